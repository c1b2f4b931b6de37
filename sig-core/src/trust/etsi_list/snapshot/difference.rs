//! What changed from one snapshot of trusted lists to another (ETSI TS 119 615 §4.1): services and their statuses.

use std::collections::BTreeMap;

use super::super::service::ListedService;
use super::super::status::ServiceStatus;
use super::EtsiSnapshot;
use crate::trust::changed::Changed;
use crate::x509::certificate::sha256_hex;

/// Changes from one snapshot to another (ETSI TS 119 615 §4.1).
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct EtsiDifference {
    /// Territory and sequence number of lists that only the newer one has.
    pub lists_added: Vec<(String, u64)>,
    /// The same of lists that only the older one has.
    pub lists_removed: Vec<(String, u64)>,
    /// SHA-256 of certificates that may sign lists in the newer one only.
    pub signers_added: Vec<String>,
    /// The same in the older one only.
    pub signers_removed: Vec<String>,
    /// What became of the services of a key, by territory and key.
    pub services: Vec<ServiceChange>,
}

/// What became of the services of one key in one list (ETSI TS 119 612 §5.5).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ServiceChange {
    /// The territory of the list.
    pub territory: String,
    /// SHA-256 of the `SubjectPublicKeyInfo`, hexadecimal digits.
    pub key: String,
    /// The name of the provider.
    pub provider: Option<String>,
    /// What changed.
    pub change: EtsiChange,
}

/// What changed about a key. Statuses are those on the date of the list, one for each service of the key.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum EtsiChange {
    /// It stands in the newer list only.
    Added {
        /// Its statuses.
        statuses: Vec<ServiceStatus>,
    },
    /// It stands in the older list only.
    Removed {
        /// Its statuses.
        statuses: Vec<ServiceStatus>,
    },
    /// The statuses are others.
    Status {
        /// In the older list.
        from: Vec<ServiceStatus>,
        /// In the newer list.
        to: Vec<ServiceStatus>,
    },
    /// The statuses are the same, and something else of the entry is not: its past, its kind, its qualifiers.
    Entry,
    /// The certificates of the key are others.
    Certificates,
}

/// The services of one key in one list, with their statuses on its date.
struct Entries<'a> {
    services: Vec<&'a ListedService>,
    statuses: Vec<ServiceStatus>,
}

type ByKey<'a> = BTreeMap<(&'a str, &'a [u8]), Entries<'a>>;

impl EtsiDifference {
    /// From an older snapshot to a newer one.
    #[must_use]
    pub fn between(older: &EtsiSnapshot, newer: &EtsiSnapshot) -> Self {
        let (before, after) = (by_key(older), by_key(newer));
        let mut services = Vec::new();
        for (place, entries) in &before {
            let change = match after.get(place) {
                Some(now) => entries.change_to(now),
                None => Some(EtsiChange::Removed {
                    statuses: entries.statuses.clone(),
                }),
            };
            services.extend(change.map(|change| entries.changed(*place, change)));
        }
        for (place, entries) in after
            .iter()
            .filter(|(place, _)| !before.contains_key(*place))
        {
            let statuses = entries.statuses.clone();
            services.push(entries.changed(*place, EtsiChange::Added { statuses }));
        }
        services.sort_by(|left, right| {
            (&left.territory, &left.key).cmp(&(&right.territory, &right.key))
        });
        let lists = Changed::between(&lists(older), &lists(newer));
        let signers = Changed::between(&signers(older), &signers(newer));
        Self {
            lists_added: lists.added,
            lists_removed: lists.removed,
            signers_added: signers.added,
            signers_removed: signers.removed,
            services,
        }
    }

    /// Whether nothing changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Entries<'_> {
    fn change_to(&self, now: &Self) -> Option<EtsiChange> {
        if self.statuses != now.statuses {
            return Some(EtsiChange::Status {
                from: self.statuses.clone(),
                to: now.statuses.clone(),
            });
        }
        let entries = |it: &Self| -> Vec<_> {
            let services = it.services.iter();
            services.map(|it| it.periods.clone()).collect()
        };
        if entries(self) != entries(now) {
            return Some(EtsiChange::Entry);
        }
        let certificates = |it: &Self| -> Vec<_> {
            let services = it.services.iter();
            services.flat_map(|it| it.certificates.clone()).collect()
        };
        (certificates(self) != certificates(now)).then_some(EtsiChange::Certificates)
    }

    fn changed(&self, (territory, key): (&str, &[u8]), change: EtsiChange) -> ServiceChange {
        let first = self.services.first();
        ServiceChange {
            territory: territory.to_owned(),
            key: sha256_hex(key),
            provider: first.and_then(|it| it.provider.name.clone()),
            change,
        }
    }
}

fn by_key(snapshot: &EtsiSnapshot) -> ByKey<'_> {
    let mut found: ByKey<'_> = BTreeMap::new();
    for (key, places) in &snapshot.by_key {
        for (edition, place) in places {
            let Some(edition) = snapshot.editions.get(*edition) else {
                continue;
            };
            let Some(service) = edition.list().services.get(*place) else {
                continue;
            };
            let entries = found.entry((edition.territory(), key)).or_insert(Entries {
                services: Vec::new(),
                statuses: Vec::new(),
            });
            let period = service.at(edition.list().header.issued_at);
            entries.statuses.extend(period.map(|it| it.status.clone()));
            entries.services.push(service);
        }
    }
    found
}

fn lists(snapshot: &EtsiSnapshot) -> Vec<(String, u64)> {
    let editions = snapshot.editions.iter();
    let named = editions.map(|it| (it.territory().to_owned(), it.number()));
    named.collect()
}

fn signers(snapshot: &EtsiSnapshot) -> Vec<String> {
    snapshot.signers.iter().map(|it| sha256_hex(it)).collect()
}
