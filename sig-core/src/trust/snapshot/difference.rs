//! What changed from one snapshot to another (63-FZ art. 8): keys and their statuses.

use std::collections::BTreeMap;

use crate::trust::changed::Changed;
use crate::trust::service::{Service, Status};
use crate::x509::certificate::sha256_hex;

use super::TrustSnapshot;
use super::archive::best_at;

/// Changes from one snapshot to another, by the newest version of the list in each.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Difference {
    /// Keys and what became of them, in the order of their digests.
    pub keys: Vec<KeyChange>,
    /// SHA-256 of roots that only the newer one has.
    pub roots_added: Vec<String>,
    /// SHA-256 of roots that only the older one has.
    pub roots_removed: Vec<String>,
    /// Versions of the list that only the newer one has.
    pub versions_added: Vec<u64>,
    /// Versions of the list that only the older one has.
    pub versions_removed: Vec<u64>,
}

/// What became of one key.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct KeyChange {
    /// SHA-256 of the `SubjectPublicKeyInfo`, hexadecimal digits.
    pub key: String,
    /// The subject key identifier that the list gives.
    pub key_identifier: Vec<u8>,
    /// The name of the authority.
    pub authority: Option<String>,
    /// OGRN of the authority.
    pub ogrn: Option<String>,
    /// What changed.
    pub change: Change,
}

/// What changed about a key. A status is that on the date of the list; none when the list gives none for that date.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Change {
    /// It stands in the newer list only.
    Added {
        /// Its status.
        status: Option<Status>,
    },
    /// It stands in the older list only; what that version says of its days stays known if the version is kept.
    Removed {
        /// Its status.
        status: Option<Status>,
    },
    /// The status is another one.
    Status {
        /// In the older list.
        from: Option<Status>,
        /// In the newer list.
        to: Option<Status>,
    },
    /// The status is the same and what the list says of the past is not.
    History,
    /// The certificates of the key are others.
    Certificates,
}

impl Difference {
    /// From an older snapshot to a newer one.
    #[must_use]
    pub fn between(older: &TrustSnapshot, newer: &TrustSnapshot) -> Self {
        let mut keys = Vec::new();
        let (before, after) = (by_key(older), by_key(newer));
        for (key, services) in &before {
            if let Some(change) = change_of(older, services, newer, after.get(key)) {
                keys.push(key_change(key, services, change));
            }
        }
        for (key, services) in after.iter().filter(|(key, _)| !before.contains_key(*key)) {
            let status = best_at(services, newer.newest().issued_at());
            keys.push(key_change(key, services, Change::Added { status }));
        }
        keys.sort_by(|left, right| left.key.cmp(&right.key));
        let roots = Changed::between(&roots(older), &roots(newer));
        let versions = Changed::between(&versions(older), &versions(newer));
        Self {
            keys,
            roots_added: roots.added,
            roots_removed: roots.removed,
            versions_added: versions.added,
            versions_removed: versions.removed,
        }
    }

    /// Whether nothing changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

fn by_key(snapshot: &TrustSnapshot) -> BTreeMap<Vec<u8>, Vec<&Service>> {
    snapshot.by_key_of(snapshot.newest())
}

fn change_of(
    older: &TrustSnapshot,
    before: &[&Service],
    newer: &TrustSnapshot,
    after: Option<&Vec<&Service>>,
) -> Option<Change> {
    let status = best_at(before, older.newest().issued_at());
    let Some(after) = after else {
        return Some(Change::Removed { status });
    };
    let now = best_at(after, newer.newest().issued_at());
    if status != now {
        let (from, to) = (status, now);
        return Some(Change::Status { from, to });
    }
    let histories = |services: &[&Service]| -> Vec<_> {
        services.iter().map(|it| it.history.clone()).collect()
    };
    if histories(before) != histories(after) {
        return Some(Change::History);
    }
    let certificates = |services: &[&Service]| -> Vec<_> {
        let all = services.iter().flat_map(|it| it.certificates.clone());
        all.collect()
    };
    (certificates(before) != certificates(after)).then_some(Change::Certificates)
}

fn key_change(key: &[u8], services: &[&Service], change: Change) -> KeyChange {
    let first = services.first();
    KeyChange {
        key: sha256_hex(key),
        key_identifier: first.map_or_else(Vec::new, |it| it.key_identifier.clone()),
        authority: first.and_then(|it| it.authority.name.clone()),
        ogrn: first.and_then(|it| it.authority.ogrn.clone()),
        change,
    }
}

fn roots(snapshot: &TrustSnapshot) -> Vec<String> {
    let roots = snapshot.authorities().roots().iter();
    roots.map(|root| root.sha256()).collect()
}

fn versions(snapshot: &TrustSnapshot) -> Vec<u64> {
    let editions = snapshot.editions().iter();
    editions.map(|edition| edition.version()).collect()
}
