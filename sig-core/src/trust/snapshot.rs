//! Snapshots of trust: immutable, named by their content (63-FZ art. 8, RFC 5280 §6.1.1 (d)).

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::alg::keyring::{Importance, Keyring};
use crate::alg::provider::Algorithms;
use crate::base::error::{Disagreement, Error, Malformed};
use crate::base::limits::{Budget, Limits};
use crate::base::time::UnixTime;
use crate::der::oids;
use crate::finding::code::path as path_codes;
use crate::finding::{Code, Language, Level};
use crate::path::build::{Search, Sources, search};
use crate::path::inputs::PathInputs;
use crate::path::validate::{self, ValidityTimes};
use crate::x509::certificate::{Certificate, sha256_hex};
use crate::x509::extension::key_usage::KeyUsage;

use super::mintsifry_list::{ListLimits, ListRejected, SignedList};
use super::service::{AccreditedList, ListNote, Service, Status};

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
    keyring: Keyring,
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

/// Why a list does not become a snapshot (63-FZ art. 8).
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum SnapshotRejected {
    /// The list or its signature.
    List(ListRejected),
    /// The certificate of its signer cannot be read.
    SignerMalformed(Malformed),
    /// No path leads from the signer to a pinned root.
    SignerNotTrusted,
    /// The path of the signer fails this rule.
    SignerPath(&'static Code),
    /// The signer's certificate is not valid on the day the list is taken in.
    SignerValidity,
    /// The list has no date, or one after the day it is taken in.
    ListDate,
    /// The signer is not the keeper of the register.
    SignerOgrn,
    /// A limit was reached.
    Limit(Error),
}

impl SnapshotRejected {
    fn not_judged(error: Error) -> Self {
        match error {
            Error::BackEndsDisagree(disagreement) => {
                Self::List(ListRejected::BackEndsDisagree(disagreement))
            }
            other => Self::Limit(other),
        }
    }

    /// Whether two implementations of an algorithm disagree: nothing is known against the list (63-FZ art. 8).
    #[must_use]
    pub const fn is_disagreement(&self) -> bool {
        matches!(self, Self::List(ListRejected::BackEndsDisagree(_)))
    }

    /// What is wrong and what to do (63-FZ art. 8).
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        let pick = |ru: &str, en: &str| match language {
            Language::Ru => ru.to_owned(),
            Language::En => en.to_owned(),
        };
        match self {
            Self::List(rejected) => rejected.text(language),
            Self::SignerMalformed(malformed) => match language {
                Language::Ru => format!("сертификат подписавшего список повреждён: {malformed}"),
                Language::En => {
                    format!("the certificate of the list's signer is malformed: {malformed}")
                }
            },
            Self::SignerNotTrusted => pick(
                "список подписан не тем, кому доверяют заданные корни; проверьте корни",
                "no configured root vouches for the list's signer; check the roots",
            ),
            Self::SignerPath(code) => pick(code.ru, code.en),
            Self::SignerValidity => pick(
                "сертификат подписавшего список не действует; получите свежий список",
                "the certificate of the list's signer is not valid; get a fresh list",
            ),
            Self::ListDate => pick(
                "у списка нет даты или она в будущем; получите список заново",
                "the list has no date or one in the future; get the list again",
            ),
            Self::SignerOgrn => pick(
                "список подписан не министерством: ОГРН в сертификате другой",
                "the list is not signed by the ministry: its certificate carries another OGRN",
            ),
            Self::Limit(limit) => match language {
                Language::Ru => format!("список слишком велик: {limit}"),
                Language::En => format!("the list is too large: {limit}"),
            },
        }
    }
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
        let hints = readable(&signed.list.services, limits.certificate);
        check_signer(&signer, &hints, pin, algorithms, &mut budget)?;
        let by_key = index(&signed.list.services, limits.certificate);
        let keyring = prepare_keys(&signed.list, pin, algorithms, limits)
            .map_err(|disagreement| SnapshotRejected::not_judged(disagreement.into()))?;
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
            keyring,
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

    /// The keys of the authorities, prepared under the bound of [`ListLimits::key_memory`] (RFC 5280 §6.1).
    #[must_use]
    pub const fn keyring(&self) -> &Keyring {
        &self.keyring
    }

    /// Every certificate of the list that can be read: candidates for paths (RFC 5280 §6.1).
    #[must_use]
    pub fn certificates(&self, limits: Limits) -> Vec<Arc<Certificate>> {
        readable(&self.services, limits)
    }
}

fn readable(services: &[Service], limits: Limits) -> Vec<Arc<Certificate>> {
    services
        .iter()
        .flat_map(|service| &service.certificates)
        .filter_map(|octets| Certificate::from_der(octets, &mut Budget::new(limits)).ok())
        .map(Arc::new)
        .collect()
}

/// Roots and authorities whose accreditation was in force on the date of the list verify from day to day; the
/// others are there for old signatures.
fn prepare_keys(
    list: &AccreditedList,
    pin: &ListSigner,
    algorithms: &Algorithms,
    limits: ListLimits,
) -> Result<Keyring, Disagreement> {
    let dated = list.issued_at.unwrap_or(pin.taken_at);
    let roots = pin
        .anchors
        .iter()
        .map(|root| (Importance::Busy, Arc::clone(root)));
    let listed = list.services.iter().flat_map(|service| {
        let in_force = service
            .status_at(dated)
            .is_some_and(|change| change.status == Status::InForce);
        let importance = if in_force {
            Importance::Busy
        } else {
            Importance::Seldom
        };
        readable(std::slice::from_ref(service), limits.certificate)
            .into_iter()
            .map(move |certificate| (importance, certificate))
    });
    let certificates: Vec<_> = roots.chain(listed).collect();
    let keys: Vec<_> = certificates
        .iter()
        .map(|(importance, certificate)| (*importance, &certificate.spki))
        .collect();
    Keyring::within(limits.key_memory, &keys, algorithms)
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

fn index(services: &[Service], limits: Limits) -> BTreeMap<Vec<u8>, Vec<usize>> {
    let mut by_key: BTreeMap<Vec<u8>, Vec<usize>> = BTreeMap::new();
    for (place, service) in services.iter().enumerate() {
        for octets in &service.certificates {
            // What cannot be read stands in the notes and accredits nothing.
            let Ok(certificate) = Certificate::from_der(octets, &mut Budget::new(limits)) else {
                continue;
            };
            let places = by_key.entry(certificate.spki.octets.to_vec()).or_default();
            if places.last() != Some(&place) {
                places.push(place);
            }
        }
    }
    by_key
}

fn check_signer(
    signer: &Arc<Certificate>,
    hints: &[Arc<Certificate>],
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
    let sources = Sources {
        anchors: &pin.anchors,
        intermediates: hints,
        verification: algorithms.into(),
    };
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
