//! What several versions of the list say together (63-FZ art. 8, art. 11 (1)).
//!
//! A list drops keys as time goes by, so that the answer for an old certificate stands in an old version. A version
//! speaks of a key from the day of the first status that it gives, up to its own date; the newest speaks of the days
//! after its date, too. Of the versions that speak of a day the newest decides.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::time::UnixTime;
use crate::trust::service::{Service, Status};

use super::TrustSnapshot;
use super::edition::Edition;

/// The status of a key on a day, with the version that says so (63-FZ art. 11 (1)).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Accreditation<'a> {
    /// The version of the list.
    pub version: u64,
    /// The entry of the list.
    pub service: &'a Service,
    /// The status.
    pub status: &'a Status,
    /// From when it holds.
    pub from: UnixTime,
}

/// Two versions of the list that give a key another status at the same instant.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Contradiction<'a> {
    /// The entry of the older version.
    pub older: &'a Service,
    /// The entry of the newer version, which decides.
    pub newer: &'a Service,
    /// The earliest instant of which they say different things.
    pub at: UnixTime,
}

/// Where an entry for a key stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Place {
    /// Among the services of the newest version.
    Newest(usize),
    /// Among those of older versions, bounded to the days for which these decide.
    Past(usize),
}

/// Entries by the octets of a key.
pub(super) type ByKey = BTreeMap<Vec<u8>, Vec<Place>>;

/// A version, and the keys of each of its services.
pub(super) struct Keyed<'a> {
    pub(super) edition: &'a Edition,
    /// Place of a service, and the `SubjectPublicKeyInfo` of one of its certificates; each pair once.
    pub(super) keys: Vec<(usize, Vec<u8>)>,
}

/// Indexes the entries of versions, the newest first; gives the bounded entries of the older ones, too.
pub(super) fn index(newest_first: &[Keyed<'_>]) -> (ByKey, Vec<Service>) {
    let mut by_key = ByKey::new();
    let mut past = Vec::new();
    // From when on newer versions speak of a key.
    let mut spoken_of: BTreeMap<&[u8], UnixTime> = BTreeMap::new();
    for (age, keyed) in newest_first.iter().enumerate() {
        let mut starts: BTreeMap<&[u8], UnixTime> = BTreeMap::new();
        for (place, key) in &keyed.keys {
            let Some(service) = keyed.edition.services.get(*place) else {
                continue;
            };
            if let Some(first) = service.history.changes().first() {
                let day = first.from.start_of_moscow_day();
                let start = starts.entry(key).or_insert(day);
                *start = day.min(*start);
            }
            let place = if age == 0 {
                Some(Place::Newest(*place))
            } else {
                let newer = spoken_of.get(key.as_slice()).copied();
                bounded(service, keyed.edition, newer).map(|bounded| {
                    past.push(bounded);
                    Place::Past(past.len() - 1)
                })
            };
            if let Some(place) = place {
                by_key.entry(key.clone()).or_default().push(place);
            }
        }
        for (key, start) in starts {
            let known = spoken_of.entry(key).or_insert(start);
            *known = start.min(*known);
        }
    }
    (by_key, past)
}

/// An entry of an older version as far as it decides; none when newer versions decide everything that it speaks of.
fn bounded(service: &Service, edition: &Edition, newer: Option<UnixTime>) -> Option<Service> {
    let before = newer.map(|start| start.plus_seconds(-1));
    let last = before.map_or(edition.issued_at, |before| before.min(edition.issued_at));
    let speaks = service.history.changes().first();
    // An entry without a status is kept: that the key was listed is worth saying.
    if speaks.is_some_and(|first| first.from > last) || (speaks.is_none() && newer.is_some()) {
        return None;
    }
    Some(Service {
        history: service.history.until(last),
        ..service.clone()
    })
}

impl TrustSnapshot {
    /// The entries for a key, by the octets of its `SubjectPublicKeyInfo`, newest version first; each speaks of the
    /// days for which its version decides (63-FZ art. 11 (1)).
    #[must_use]
    pub fn accreditation(&self, spki: &[u8]) -> Vec<&Service> {
        if let Some(asked) = &self.asked {
            asked.note(spki);
        }
        let places = self.by_key.get(spki).map(Vec::as_slice).unwrap_or_default();
        let services = places.iter().filter_map(|place| match place {
            Place::Newest(place) => self.services().get(*place),
            Place::Past(place) => self.past.get(*place),
        });
        services.collect()
    }

    /// The status of a key at an instant, from whichever version decides it (63-FZ art. 11 (1)); of several entries for
    /// the key in that version the best.
    #[must_use]
    pub fn accreditation_at(&self, spki: &[u8], at: UnixTime) -> Option<Accreditation<'_>> {
        let services = self.accreditation(spki).into_iter();
        let answers = services.filter_map(|service| {
            let change = service.status_at(at)?;
            Some(Accreditation {
                version: service.version,
                service,
                status: &change.status,
                from: change.from,
            })
        });
        // The windows of versions do not overlap, so all answers are of one version.
        answers.min_by(|left, right| left.status.cmp(right.status))
    }

    /// Where neighbouring versions contradict each other about a key, in the order of the newer version.
    #[must_use]
    pub fn contradictions(&self) -> Vec<Contradiction<'_>> {
        let mut found = Vec::new();
        for pair in self.editions.windows(2) {
            let [older, newer] = pair else { continue };
            let before = self.by_key_of(older);
            for (key, after) in self.by_key_of(newer) {
                let before = before.get(&key).map(Vec::as_slice).unwrap_or_default();
                if let Some(contradiction) = contradiction(before, &after, older.issued_at) {
                    found.push(contradiction);
                }
            }
        }
        found
    }

    /// The entries of one version by key.
    pub(super) fn by_key_of<'a>(
        &self,
        edition: &'a Edition,
    ) -> BTreeMap<Vec<u8>, Vec<&'a Service>> {
        let mut by_key: BTreeMap<Vec<u8>, Vec<&Service>> = BTreeMap::new();
        for (place, key) in self.keys_of(edition) {
            if let Some(service) = edition.services.get(place) {
                by_key.entry(key).or_default().push(service);
            }
        }
        by_key
    }
}

/// The best status that the entries give at an instant, that is, the one that a judgement goes by.
pub(super) fn best_at(services: &[&Service], at: UnixTime) -> Option<Status> {
    let statuses = services.iter().filter_map(|service| service.status_at(at));
    statuses.map(|change| change.status.clone()).min()
}

pub(super) fn contradiction<'a>(
    before: &[&'a Service],
    after: &[&'a Service],
    last: UnixTime,
) -> Option<Contradiction<'a>> {
    let (older, newer) = (before.first()?, after.first()?);
    let all = before.iter().chain(after);
    let instants: BTreeSet<UnixTime> = all
        .flat_map(|service| service.history.changes())
        .map(|change| change.from)
        .filter(|from| *from <= last)
        .collect();
    let at = instants.into_iter().find(|at| {
        let (before, after) = (best_at(before, *at), best_at(after, *at));
        before.is_some() && after.is_some() && before != after
    })?;
    Some(Contradiction { older, newer, at })
}
