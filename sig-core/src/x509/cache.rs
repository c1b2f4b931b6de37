//! Certificates that messages carry again and again.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::certificate::Certificate;
use crate::alg::keyring::LARGEST as TABLE;
use crate::alg::provider::Algorithms;
use crate::base::error::Error;
use crate::base::limits::Budget;
use crate::der::octets::Octets;

/// Certificates that were met lately, so that what follows from the octets of one is found out once: how it reads, its
/// digests, whose key signed it, and a table for the key of one who signs often (RFC 5280 §4.1).
///
/// That a certificate is in here says nothing for it: whether it is valid and its issuer trusted is found out for each
/// request. It is known again by all of its octets, and spends as much of a budget as one that is new: what was judged
/// before changes no report.
///
/// # Limits
/// At most 1 024 certificates of at most 8 KiB; those that were not met for the longest time go first. At most 16 MiB of
/// tables.
pub struct CertificateCache {
    algorithms: &'static Algorithms,
    kept: Mutex<Kept>,
}

/// Octets of the largest certificate that is kept, several times what one of a person has.
const LARGEST: usize = 8 << 10;
/// Certificates of one generation.
const MOST: usize = 512;
/// A table pays after so many signatures.
const USES_OF_A_TABLE: u32 = 32;
/// Octets of all tables.
const TABLES: usize = 16 << 20;

/// What was met since the young generation began, and what was met while the one before it was young.
#[derive(Default)]
struct Kept {
    young: Generation,
    old: Generation,
    /// Octets that are set aside for tables.
    tables: usize,
}

type Generation = HashMap<Arc<[u8]>, Entry>;

#[derive(Clone)]
struct Entry {
    certificate: Arc<Certificate>,
    /// ASN.1 elements that were spent to read it.
    nodes: u64,
    met: u32,
    has_table: bool,
}

impl Kept {
    /// An entry that is met once more, and whether its key is to get a table.
    fn meet(&mut self, octets: &[u8]) -> Option<(Entry, bool)> {
        if let Some((octets, entry)) = self.old.remove_entry(octets) {
            self.keep(octets, entry);
        }
        let entry = self.young.get_mut(octets)?;
        entry.met = entry.met.saturating_add(1);
        let table = !entry.has_table
            && entry.met >= USES_OF_A_TABLE
            && self.tables.saturating_add(TABLE) <= TABLES;
        if table {
            entry.has_table = true;
            self.tables += TABLE;
        }
        Some((entry.clone(), table))
    }

    /// Takes one that was read now, unless another request was quicker.
    fn add(&mut self, octets: Arc<[u8]>, entry: Entry) {
        if !self.old.contains_key(&octets) && !self.young.contains_key(&octets) {
            self.keep(octets, entry);
        }
    }

    /// Takes one that is in neither generation.
    fn keep(&mut self, octets: Arc<[u8]>, entry: Entry) {
        if self.young.len() >= MOST {
            let gone = std::mem::replace(&mut self.old, std::mem::take(&mut self.young));
            let tables = gone.values().filter(|it| it.has_table).count();
            self.tables = self.tables.saturating_sub(tables.saturating_mul(TABLE));
        }
        self.young.insert(octets, entry);
    }
}

impl CertificateCache {
    /// An empty one, for a back end.
    #[must_use]
    pub fn new(algorithms: &'static Algorithms) -> Self {
        Self {
            algorithms,
            kept: Mutex::default(),
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The certificate with these octets, read now if it was not met lately.
    ///
    /// # Errors
    /// Those of [`Certificate::from_der`].
    pub(crate) fn read(
        &self,
        octets: &Octets,
        budget: &mut Budget,
    ) -> Result<Arc<Certificate>, Error> {
        if octets.len() > LARGEST {
            return Ok(Arc::new(Certificate::from_der(octets, budget)?));
        }
        let met = self.kept().meet(octets);
        if let Some((entry, table)) = met {
            budget.spend_nodes(entry.nodes)?;
            if table {
                let key = &entry.certificate.spki;
                key.prepare_for_frequent_use(self.algorithms);
            }
            return Ok(entry.certificate);
        }
        let before = budget.used().nodes;
        // Of its own, since the message that it came with must not be held for it.
        let own: Arc<[u8]> = Arc::from(&**octets);
        let alone = Octets::new(Arc::clone(&own));
        let mut spent = budget.clone();
        let Ok(certificate) = Certificate::from_der(&alone, &mut spent) else {
            // What is wrong is told where it stands.
            return Ok(Arc::new(Certificate::from_der(octets, budget)?));
        };
        *budget = spent;
        let entry = Entry {
            certificate: Arc::new(certificate),
            nodes: budget.used().nodes.saturating_sub(before),
            met: 1,
            has_table: false,
        };
        let certificate = Arc::clone(&entry.certificate);
        self.kept().add(own, entry);
        Ok(certificate)
    }
}

impl fmt::Debug for CertificateCache {
    /// Names are personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CertificateCache")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alg::provider::RUSTCRYPTO;
    use crate::base::limits::Limits;

    fn citizen() -> Octets {
        let pki = testdata::pki::named("ru-demo").unwrap();
        Octets::from(pki.certificate("citizen").unwrap().der.as_slice())
    }

    fn entry() -> Entry {
        let mut budget = Budget::new(Limits::STANDARD);
        let certificate = Certificate::from_der(&citizen(), &mut budget).unwrap();
        Entry {
            certificate: Arc::new(certificate),
            nodes: budget.used().nodes,
            met: 1,
            has_table: false,
        }
    }

    #[test]
    fn those_not_met_for_the_longest_time_go_first() {
        let (entry, mut kept) = (entry(), Kept::default());
        let frequent = [0xff; 8];
        kept.add(Arc::from(frequent), entry.clone());
        for number in 0..4 * MOST {
            kept.add(Arc::from(number.to_be_bytes()), entry.clone());
            kept.add(Arc::from(number.to_be_bytes()), entry.clone());
            assert!(kept.young.len() + kept.old.len() <= 2 * MOST);
            assert!(kept.meet(&frequent).is_some(), "{number}");
        }
        assert!(kept.meet(&(4 * MOST - 1).to_be_bytes()).is_some());
        assert!(kept.meet(&0_usize.to_be_bytes()).is_none());
    }

    #[test]
    fn tables_are_bounded_and_go_with_their_certificates() {
        let (entry, mut kept) = (entry(), Kept::default());
        let mut tables = 0;
        for number in 0..MOST {
            let octets = number.to_be_bytes();
            kept.add(Arc::from(octets), entry.clone());
            for met in 2..=2 * USES_OF_A_TABLE {
                let (_, table) = kept.meet(&octets).unwrap();
                assert!(!table || met == USES_OF_A_TABLE);
                tables += usize::from(table);
            }
        }
        assert_eq!(tables, TABLES / TABLE);
        assert_eq!(kept.tables, tables * TABLE);
        for number in MOST..3 * MOST {
            kept.add(Arc::from(number.to_be_bytes()), entry.clone());
        }
        assert_eq!(kept.tables, 0);
    }

    #[test]
    fn a_certificate_that_is_known_spends_as_much_as_one_that_is_new() {
        let cache = CertificateCache::new(&RUSTCRYPTO);
        let octets = citizen();
        let read = |limits| {
            let mut budget = Budget::new(limits);
            let read = cache.read(&octets, &mut budget);
            (read.map(|it| it.octets.clone()), budget.used())
        };
        let (first, spent) = read(Limits::STANDARD);
        assert_eq!(first.unwrap(), octets);
        let (again, spent_again) = read(Limits::STANDARD);
        assert_eq!((again.unwrap(), spent_again), (octets.clone(), spent));
        let (over, _) = read(Limits {
            nodes: spent.nodes - 1,
            ..Limits::STANDARD
        });
        assert!(matches!(over, Err(Error::Limit(_))));
    }

    #[test]
    fn a_large_certificate_is_not_kept() {
        let cache = CertificateCache::new(&RUSTCRYPTO);
        let mut octets = citizen().to_vec();
        octets.resize(LARGEST + 1, 0);
        let mut budget = Budget::new(Limits::STANDARD);
        let read = cache.read(&Octets::from(octets), &mut budget);
        assert!(read.is_err(), "what follows it is refused as ever");
        assert!(cache.kept().young.is_empty());
    }
}
