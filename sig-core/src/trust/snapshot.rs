//! Snapshots of trust: immutable, named by their content (63-FZ art. 8, RFC 5280 §6.1.1 (d)).

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::alg::keyring::{Importance, Keyring, Verification};
use crate::alg::provider::Algorithms;
use crate::base::error::Error;
use crate::base::limits::{Budget, Limits};
use crate::base::time::UnixTime;
use crate::der::oids;
use crate::finding::Level;
use crate::finding::code::path as path_codes;
use crate::path::build::{Search, Sources, search};
use crate::path::inputs::PathInputs;
use crate::path::pool::Pool;
use crate::path::validate::{self, ValidityTimes};
use crate::x509::certificate::{Certificate, sha256_hex};
use crate::x509::crl::CertificateList;
use crate::x509::extension::key_usage::KeyUsage;

use super::authorities::Authorities;
use super::mintsifry_list::{ListLimits, SignedList};
use super::service::{AccreditedList, ListNote, Service, Status};

mod rejected;

pub use rejected::SnapshotRejected;

/// Accredited authorities by key (63-FZ art. 8). Built once, read by every request.
#[derive(Clone, Debug)]
pub struct TrustSnapshot {
    digest: String,
    id: String,
    version: u64,
    issued_at: Option<UnixTime>,
    services: Vec<Service>,
    notes: Vec<ListNote>,
    by_key: BTreeMap<Vec<u8>, Vec<usize>>,
    authorities: Authorities,
}

/// Who may sign a list (63-FZ art. 8).
#[derive(Clone, Debug)]
pub struct ListSigner {
    /// Roots its certificate must lead to.
    pub anchors: Vec<Arc<Certificate>>,
    /// OGRN its subject must carry.
    pub ogrn: String,
    /// The day the list is taken in: its signer must be valid then, so that a list cannot be back-dated.
    pub taken_at: UnixTime,
}

impl ListSigner {
    /// OGRN of the ministry that keeps the register (63-FZ art. 8).
    pub const MINISTRY_OGRN: &'static str = "1047702026701";
}

impl TrustSnapshot {
    /// Reads a signed list, checks its signature and its signer, and indexes its keys (63-FZ art. 8).
    ///
    /// # Errors
    /// The first rule that the list breaks.
    ///
    /// # Deviation
    /// Revocation of the list's signer is not checked: the register publishes no data for it with the list.
    pub fn build(
        xml: &[u8],
        pin: &ListSigner,
        algorithms: &Algorithms,
        limits: ListLimits,
    ) -> Result<Self, SnapshotRejected> {
        let signed = SignedList::read(xml, algorithms, &limits).map_err(SnapshotRejected::List)?;
        let mut budget = Budget::new(limits.certificate);
        let signer = match Certificate::from_der(&signed.signer, &mut budget) {
            Ok(signer) => Arc::new(signer),
            Err(Error::Malformed(malformed)) => {
                return Err(SnapshotRejected::SignerMalformed(malformed));
            }
            Err(other) => return Err(SnapshotRejected::not_judged(other)),
        };
        if signed
            .list
            .issued_at
            .is_none_or(|issued_at| issued_at > pin.taken_at)
        {
            return Err(SnapshotRejected::ListDate);
        }
        let listed = readable(&signed.list, pin, limits.certificate);
        let pool = Pool::new(
            listed.iter().map(|listed| Arc::clone(&listed.certificate)),
            limits.certificate,
        )
        .map_err(|limit| SnapshotRejected::not_judged(limit.into()))?;
        check_signer(&signer, &pool, pin, algorithms, &mut budget)?;
        let by_key = index(&listed);
        let importance = listed
            .into_iter()
            .map(|listed| (listed.importance, listed.certificate));
        let authorities = Authorities::build(&pin.anchors, importance, algorithms, limits)
            .map_err(SnapshotRejected::not_judged)?;
        let digest = content_digest(xml, pin);
        let id = format!(
            "mintsifry-{}-{}",
            signed.list.version,
            digest.get(..12).unwrap_or_default()
        );
        Ok(Self {
            digest,
            id,
            version: signed.list.version,
            issued_at: signed.list.issued_at,
            services: signed.list.services,
            notes: signed.list.notes,
            by_key,
            authorities,
        })
    }

    /// The name of the snapshot: kind, version and the first digits of the digest (63-FZ art. 8).
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// SHA-256 of the list it was built from, hexadecimal digits (63-FZ art. 8).
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Number of the list version; a caller refuses one lower than the last it saw (63-FZ art. 8).
    #[must_use]
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// Date of the list (63-FZ art. 8).
    #[must_use]
    pub const fn issued_at(&self) -> Option<UnixTime> {
        self.issued_at
    }

    /// Every key of the list (63-FZ art. 8).
    #[must_use]
    pub fn services(&self) -> &[Service] {
        &self.services
    }

    /// What was left out of the list and why (63-FZ art. 8).
    #[must_use]
    pub fn notes(&self) -> &[ListNote] {
        &self.notes
    }

    /// The entries for a key, by the octets of its `SubjectPublicKeyInfo` (63-FZ art. 11 (1)).
    #[must_use]
    pub fn accreditation(&self, spki: &[u8]) -> Vec<&Service> {
        let places = self.by_key.get(spki).map(Vec::as_slice).unwrap_or_default();
        places
            .iter()
            .filter_map(|place| self.services.get(*place))
            .collect()
    }

    /// The same, with revocation lists whose signatures are checked now (RFC 5280 §6.3.3 (f)).
    ///
    /// They are judged like any other: a list that no authority signed is offered all the same, and refused where it
    /// is met. The name of the snapshot does not change: lists come and go, and are evidence, not trust.
    ///
    /// # Errors
    /// Two implementations disagree.
    pub fn with_crls(
        mut self,
        crls: Vec<Arc<CertificateList>>,
        algorithms: &Algorithms,
    ) -> Result<Self, Error> {
        self.authorities = self.authorities.with_crls(crls, algorithms)?;
        Ok(self)
    }

    /// The certificates, keys, revocation lists and checked signatures (RFC 5280 §6.1).
    #[must_use]
    pub const fn authorities(&self) -> &Authorities {
        &self.authorities
    }

    /// The keys of the authorities, prepared under the bound of [`ListLimits::key_memory`] (RFC 5280 §6.1).
    #[must_use]
    pub const fn keyring(&self) -> &Keyring {
        self.authorities.keyring()
    }

    /// A back end with the keys and the signatures that the snapshot knows (RFC 5280 §6.1.3 (a)(1)).
    #[must_use]
    pub fn verification<'a>(&'a self, algorithms: &'a Algorithms) -> Verification<'a> {
        self.authorities.verification(algorithms)
    }

    /// Every certificate of the list that can be read: candidates for paths (RFC 5280 §6.1).
    #[must_use]
    pub fn certificates(&self) -> &[Arc<Certificate>] {
        self.authorities.pool().certificates()
    }
}

/// A certificate of the list.
struct Listed {
    service: usize,
    importance: Importance,
    certificate: Arc<Certificate>,
}

/// What cannot be read stands in the notes and accredits nothing. Roots and authorities whose accreditation was in
/// force on the date of the list verify from day to day; the others are there for old signatures.
fn readable(list: &AccreditedList, pin: &ListSigner, limits: Limits) -> Vec<Listed> {
    let dated = list.issued_at.unwrap_or(pin.taken_at);
    let mut listed = Vec::new();
    for (place, service) in list.services.iter().enumerate() {
        let in_force = service
            .status_at(dated)
            .is_some_and(|change| change.status == Status::InForce);
        let importance = if in_force {
            Importance::Busy
        } else {
            Importance::Seldom
        };
        for octets in &service.certificates {
            if let Ok(certificate) = Certificate::from_der(octets, &mut Budget::new(limits)) {
                listed.push(Listed {
                    service: place,
                    importance,
                    certificate: Arc::new(certificate),
                });
            }
        }
    }
    listed
}

/// The snapshot is named by everything it was made from: the list, the roots and the signer's OGRN.
fn content_digest(xml: &[u8], pin: &ListSigner) -> String {
    let mut roots: Vec<String> = pin.anchors.iter().map(|anchor| anchor.sha256()).collect();
    roots.sort();
    let inputs = format!(
        "list={}\nroots={}\nogrn={}\n",
        sha256_hex(xml),
        roots.join(","),
        pin.ogrn
    );
    sha256_hex(inputs.as_bytes())
}

fn index(listed: &[Listed]) -> BTreeMap<Vec<u8>, Vec<usize>> {
    let mut by_key: BTreeMap<Vec<u8>, Vec<usize>> = BTreeMap::new();
    for listed in listed {
        let key = listed.certificate.spki.octets.to_vec();
        let places = by_key.entry(key).or_default();
        if places.last() != Some(&listed.service) {
            places.push(listed.service);
        }
    }
    by_key
}

fn check_signer(
    signer: &Arc<Certificate>,
    hints: &Pool,
    pin: &ListSigner,
    algorithms: &Algorithms,
    budget: &mut Budget,
) -> Result<(), SnapshotRejected> {
    if signer.subject.text_of(oids::OGRN) != Some(pin.ogrn.as_str()) {
        return Err(SnapshotRejected::SignerOgrn);
    }
    let at = pin.taken_at;
    if !(signer.not_before..=signer.not_after).contains(&at) {
        return Err(SnapshotRejected::SignerValidity);
    }
    let signs = |usage: KeyUsage| usage.digital_signature() || usage.non_repudiation();
    if !signer.extensions.key_usage.is_none_or(signs) {
        return Err(SnapshotRejected::SignerPath(&path_codes::SIGNER_KEY_USAGE));
    }
    let sources = Sources::new(&pin.anchors, &[], algorithms)
        .with_pool(Some(hints))
        .at(at);
    let mut outcome = Err(SnapshotRejected::SignerNotTrusted);
    search(signer, sources, budget, &mut |path, budget| {
        let times = ValidityTimes { authorities: at };
        let checked = validate::check(&path, &PathInputs::UNCONSTRAINED, times, budget)?;
        let failed = checked
            .findings
            .iter()
            .find(|finding| finding.level == Level::Fail);
        outcome = failed.map_or(Ok(()), |f| Err(SnapshotRejected::SignerPath(f.code)));
        Ok(if outcome.is_ok() {
            Search::Stop
        } else {
            Search::Continue
        })
    })
    .map_err(SnapshotRejected::not_judged)?;
    outcome
}
