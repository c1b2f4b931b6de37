//! Proofs of existence (EN 319 102-1 §5.6.2.3).

use std::collections::BTreeMap;

use crate::base::time::UnixTime;
use crate::finding::Subject;

/// Since when objects are proven to exist (EN 319 102-1 §5.6.2.3). What has no entry is proven at the time of
/// validation only.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct ProofsOfExistence {
    earliest: BTreeMap<Subject, UnixTime>,
}

impl ProofsOfExistence {
    /// Adds a proof; an earlier one of the same object stays (EN 319 102-1 §5.6.2.3).
    pub fn add(&mut self, object: Subject, time: UnixTime) {
        let known = self.earliest.entry(object).or_insert(time);
        *known = time.min(*known);
    }

    /// Adds what another set proves by a time; what it proves later is left out (EN 319 102-1 §5.6.3.4 step 1).
    pub fn include(&mut self, other: &Self, until: UnixTime) {
        let others = other.earliest.iter().filter(|(_, time)| **time <= until);
        for (object, time) in others {
            self.add(object.clone(), *time);
        }
    }

    /// The earliest time at which an object is proven to have existed (EN 319 102-1 §5.6.2.3).
    #[must_use]
    pub fn earliest(&self, object: &Subject) -> Option<UnixTime> {
        self.earliest.get(object).copied()
    }

    /// The earliest time at which an object is proven to have existed: what nothing else proves exists when it is
    /// checked (EN 319 102-1 §5.6.3.4 step 2).
    #[must_use]
    pub fn since(&self, object: &Subject, checked: UnixTime) -> UnixTime {
        self.earliest(object)
            .map_or(checked, |time| time.min(checked))
    }

    /// Whether nothing is proven beyond the time of checking (EN 319 102-1 §5.6.3.4 step 2).
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.earliest.is_empty()
    }

    /// Whether an object is proven to have existed at a time (EN 319 102-1 §5.6.2.3).
    #[must_use]
    pub fn existed(&self, object: &Subject, at: UnixTime) -> bool {
        self.earliest(object).is_some_and(|time| time <= at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_earliest_proof_counts() {
        let time = UnixTime::from_seconds;
        let object = Subject::Crl("00".to_owned());
        let mut proofs = ProofsOfExistence::default();
        assert!(!proofs.existed(&object, time(i64::MAX)));
        for seconds in [20, 10, 30] {
            proofs.add(object.clone(), time(seconds));
        }
        assert_eq!(proofs.earliest(&object), Some(time(10)));
        assert!(proofs.existed(&object, time(10)) && !proofs.existed(&object, time(9)));
        assert!(!proofs.existed(&Subject::Ocsp("00".to_owned()), time(10)));
        assert_eq!(proofs.since(&object, time(40)), time(10));
        let mut others = ProofsOfExistence::default();
        others.include(&proofs, time(9));
        assert!(others.is_empty());
        others.include(&proofs, time(10));
        assert_eq!(others, proofs);
        assert_eq!(proofs.since(&object, time(5)), time(5));
        assert_eq!(proofs.since(&Subject::Document, time(40)), time(40));
    }
}
