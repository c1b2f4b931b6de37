//! Certificates indexed by what paths are built along (RFC 4158 §2.4, §3.5).

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::base::error::LimitExceeded;
use crate::base::limits::{Budget, Limits};
use crate::der::octets::Octets;
use crate::x509::certificate::{Certificate, significant};
use crate::x509::name::Name;
use crate::x509::name_match::PreparedName;

/// Many certificates, each once, to be looked up by subject name, key identifier and serial number
/// (RFC 4158 §3.5).
///
/// A look-up costs the logarithm of their number. Every index is ordered, so that chosen names cannot degrade it,
/// and all names are prepared when the pool is built: nobody who looks up pays for that.
#[derive(Clone, Debug, Default)]
pub struct Pool {
    certificates: Vec<Arc<Certificate>>,
    by_octets: BTreeMap<Shared, usize>,
    /// By the octets of the subject: most issuers are named octet for octet as they name themselves.
    by_subject: BTreeMap<Box<[u8]>, Vec<usize>>,
    by_prepared_subject: BTreeMap<PreparedName, Vec<usize>>,
    by_key_identifier: BTreeMap<Box<[u8]>, Vec<usize>>,
    by_serial: BTreeMap<Box<[u8]>, Vec<usize>>,
    met: Option<Met>,
}

/// Which certificates of a pool were found by somebody who looked for them (RFC 4158 §2.4).
#[derive(Clone, Debug)]
pub struct Met(Arc<[AtomicBool]>);

impl Met {
    fn note(&self, place: usize) {
        if let Some(met) = self.0.get(place) {
            met.store(true, Ordering::Relaxed);
        }
    }

    /// Whether the certificate at a place of the pool was found (RFC 4158 §2.4).
    #[must_use]
    pub fn has(&self, place: usize) -> bool {
        let met = self.0.get(place);
        met.is_some_and(|met| met.load(Ordering::Relaxed))
    }
}

impl Pool {
    /// The same pool, which remembers what is found in it; what is found is the same (RFC 4158 §2.4).
    #[must_use]
    pub fn recording(&self) -> (Self, Met) {
        let none = self.certificates.iter().map(|_| AtomicBool::new(false));
        let met = Met(none.collect());
        let pool = Self {
            met: Some(met.clone()),
            ..self.clone()
        };
        (pool, met)
    }

    /// Indexes certificates; of those with the same octets the first stays (RFC 4158 §3.5).
    ///
    /// # Errors
    /// A name is too long to be prepared under the limits, which hold for each certificate.
    ///
    /// # Limits
    /// One name comparison for each 32 octets of a subject name.
    pub fn new(
        certificates: impl IntoIterator<Item = Arc<Certificate>>,
        limits: Limits,
    ) -> Result<Self, LimitExceeded> {
        let mut pool = Self::default();
        let mut prepared: BTreeMap<Box<[u8]>, PreparedName> = BTreeMap::new();
        for certificate in certificates {
            let place = pool.certificates.len();
            match pool.by_octets.entry(Shared(certificate.octets.clone())) {
                Entry::Occupied(_) => continue,
                Entry::Vacant(vacant) => vacant.insert(place),
            };
            let subject: &[u8] = &certificate.subject.octets;
            let name = match prepared.get(subject) {
                Some(name) => name.clone(),
                None => {
                    let mut budget = Budget::new(limits);
                    let name = PreparedName::new(&certificate.subject, &mut budget)?;
                    prepared.insert(subject.into(), name.clone());
                    name
                }
            };
            pool.by_prepared_subject
                .entry(name)
                .or_default()
                .push(place);
            note(&mut pool.by_subject, subject, place);
            if let Some(identifier) = &certificate.extensions.subject_key_identifier {
                note(&mut pool.by_key_identifier, identifier, place);
            }
            note(&mut pool.by_serial, significant(&certificate.serial), place);
            pool.certificates.push(certificate);
        }
        Ok(pool)
    }

    /// Every certificate, in the order given (RFC 4158 §2.4).
    #[must_use]
    pub fn certificates(&self) -> &[Arc<Certificate>] {
        &self.certificates
    }

    /// The one with these very octets (RFC 5280 §4.1).
    #[must_use]
    pub fn of_octets(&self, octets: &Octets) -> Option<&Arc<Certificate>> {
        let place = self.by_octets.get(&Shared(octets.clone()))?;
        self.found(*place)
    }

    /// Those whose subject has these very octets (RFC 5280 §7.1).
    pub fn of_subject_octets(&self, subject: &Name) -> impl Iterator<Item = &Arc<Certificate>> {
        self.at(self.by_subject.get(&*subject.octets))
    }

    /// Those whose subject is this name, however it is encoded (RFC 5280 §7.1).
    pub fn of_subject(&self, subject: &PreparedName) -> impl Iterator<Item = &Arc<Certificate>> {
        self.at(self.by_prepared_subject.get(subject))
    }

    /// Those that state this subjectKeyIdentifier (RFC 5280 §4.2.1.2).
    pub fn of_key_identifier(&self, identifier: &[u8]) -> impl Iterator<Item = &Arc<Certificate>> {
        self.at(self.by_key_identifier.get(identifier))
    }

    /// Those with this serial number, of any issuer (RFC 5280 §4.1.2.2).
    pub fn of_serial(&self, serial: &[u8]) -> impl Iterator<Item = &Arc<Certificate>> {
        self.at(self.by_serial.get(significant(serial)))
    }

    fn at(&self, places: Option<&Vec<usize>>) -> impl Iterator<Item = &Arc<Certificate>> {
        let places = places.map(Vec::as_slice).unwrap_or_default();
        places.iter().filter_map(|place| self.found(*place))
    }

    fn found(&self, place: usize) -> Option<&Arc<Certificate>> {
        if let Some(met) = &self.met {
            met.note(place);
        }
        self.certificates.get(place)
    }
}

fn note(index: &mut BTreeMap<Box<[u8]>, Vec<usize>>, key: &[u8], place: usize) {
    if let Some(places) = index.get_mut(key) {
        places.push(place);
    } else {
        index.insert(key.into(), vec![place]);
    }
}

/// Octets ordered by their values.
#[derive(Clone, Debug)]
struct Shared(Octets);

impl PartialEq for Shared {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Shared {}

impl PartialOrd for Shared {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Shared {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (*self.0).cmp(&*other.0)
    }
}
