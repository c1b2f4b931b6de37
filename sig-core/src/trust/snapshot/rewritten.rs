//! Keys of which versions of the list say different things (63-FZ art. 8, art. 11 (1)).

use std::collections::BTreeMap;

use crate::base::time::UnixTime;
use crate::trust::service::{Service, Status};

use super::TrustSnapshot;
use super::archive::{Keyed, best_at, contradiction};

/// Two neighbouring versions that give a key another status on one day; the newer decides (63-FZ art. 11 (1)).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Disagreement {
    /// The older version.
    pub older: u64,
    /// The newer version.
    pub newer: u64,
    /// The status by the older version.
    pub before: Status,
    /// The status by the newer version.
    pub after: Status,
}

/// Entries of two neighbouring versions for one key.
#[derive(Clone, Debug)]
pub(super) struct Rewriting {
    /// The last instant that the older version speaks of.
    last: UnixTime,
    older: Vec<Service>,
    newer: Vec<Service>,
}

/// What was rewritten, by the octets of a key.
pub(super) type Rewritten = BTreeMap<Vec<u8>, Vec<Rewriting>>;

/// Compares neighbouring versions, the newest first.
pub(super) fn compare(newest_first: &[Keyed<'_>]) -> Rewritten {
    let mut rewritten = Rewritten::new();
    for pair in newest_first.windows(2) {
        let [newer, older] = pair else { continue };
        let (after, before) = (by_key(newer), by_key(older));
        for (key, older_services) in before {
            let Some(newer_services) = after.get(key) else {
                continue;
            };
            let last = older.edition.issued_at();
            if contradiction(&older_services, newer_services, last).is_some() {
                let owned = |services: &[&Service]| services.iter().copied().cloned().collect();
                rewritten.entry(key.to_vec()).or_default().push(Rewriting {
                    last,
                    older: owned(&older_services),
                    newer: owned(newer_services),
                });
            }
        }
    }
    rewritten
}

fn by_key<'a>(keyed: &'a Keyed<'_>) -> BTreeMap<&'a [u8], Vec<&'a Service>> {
    let mut by_key: BTreeMap<&[u8], Vec<&Service>> = BTreeMap::new();
    for (place, key) in &keyed.keys {
        if let Some(service) = keyed.edition.services().get(*place) {
            by_key.entry(key).or_default().push(service);
        }
    }
    by_key
}

impl TrustSnapshot {
    /// Where versions of the list contradict each other about a key on a day, the newest first (63-FZ art. 11 (1)).
    #[must_use]
    pub fn disagreements(&self, spki: &[u8], at: UnixTime) -> Vec<Disagreement> {
        if let Some(asked) = &self.asked {
            asked.note(spki);
        }
        let rewritings = self.rewritten.get(spki).map(Vec::as_slice);
        let speaking = rewritings.unwrap_or_default().iter();
        let speaking = speaking.filter(|rewriting| at <= rewriting.last);
        let disagreements = speaking.filter_map(|rewriting| {
            let status = |services: &[Service]| best_at(&services.iter().collect::<Vec<_>>(), at);
            let version = |services: &[Service]| services.first().map(|service| service.version);
            let (before, after) = (status(&rewriting.older)?, status(&rewriting.newer)?);
            (before != after).then_some(Disagreement {
                older: version(&rewriting.older)?,
                newer: version(&rewriting.newer)?,
                before,
                after,
            })
        });
        disagreements.collect()
    }
}
