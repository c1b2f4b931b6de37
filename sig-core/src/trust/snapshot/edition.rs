//! One version of the list of accredited authorities, with what it was taken in by (63-FZ art. 8).

use std::sync::Arc;

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
use crate::trust::mintsifry_list::{ListLimits, ListRejected, SignedList};
use crate::trust::service::{ListNote, Service, Status};
use crate::trust::xml_signature::SignatureProof;
use crate::x509::certificate::{Certificate, sha256_hex};
use crate::x509::extension::key_usage::KeyUsage;

use super::{ListSigner, SnapshotRejected};

/// One version of the list (63-FZ art. 8). None is in a snapshot but one whose signature verified, by a signer that the
/// roots of the snapshot vouch for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Edition {
    pub(super) version: u64,
    pub(super) issued_at: UnixTime,
    pub(super) taken_at: UnixTime,
    pub(super) digest: String,
    pub(super) signer: Arc<SignerCertificate>,
    pub(super) services: Vec<Service>,
    pub(super) notes: Vec<ListNote>,
    /// None of an edition that was stored before they were kept.
    pub(super) proof: Option<SignatureProof>,
    /// Certificates between the signer and a root, from the signer on.
    pub(super) chain: Vec<Arc<SignerCertificate>>,
}

/// The certificate of a signer, equal when its octets are.
#[derive(Debug)]
pub(super) struct SignerCertificate(pub(super) Arc<Certificate>);

impl PartialEq for SignerCertificate {
    fn eq(&self, other: &Self) -> bool {
        self.0.octets == other.0.octets
    }
}

impl Eq for SignerCertificate {}

impl Edition {
    /// Number of the version.
    #[must_use]
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// The date that it states.
    #[must_use]
    pub const fn issued_at(&self) -> UnixTime {
        self.issued_at
    }

    /// When it was taken in.
    #[must_use]
    pub const fn taken_at(&self) -> UnixTime {
        self.taken_at
    }

    /// SHA-256 of the XML, hexadecimal digits.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The keys, in the order of the list.
    #[must_use]
    pub fn services(&self) -> &[Service] {
        &self.services
    }

    /// What was left out of it and why.
    #[must_use]
    pub fn notes(&self) -> &[ListNote] {
        &self.notes
    }

    /// DER of the certificate of who signed it.
    #[must_use]
    pub fn signer(&self) -> &Certificate {
        &self.signer.0
    }

    /// The octets of the list's signature that were signed, and its value (XMLDSig §4.3); none of a version that was stored
    /// before they were kept.
    #[must_use]
    pub const fn proof(&self) -> Option<&SignatureProof> {
        self.proof.as_ref()
    }

    /// Reads a list and verifies its signature; who signed it is checked when a snapshot is made.
    pub(super) fn read(
        xml: &[u8],
        pin: &ListSigner,
        algorithms: &Algorithms,
        limits: &ListLimits,
    ) -> Result<Self, SnapshotRejected> {
        let signed = SignedList::read(xml, algorithms, limits).map_err(SnapshotRejected::List)?;
        let mut budget = Budget::new(limits.certificate);
        let signer = match Certificate::from_der(&signed.signer, &mut budget) {
            Ok(signer) => Arc::new(signer),
            Err(Error::Malformed(malformed)) => {
                return Err(SnapshotRejected::SignerMalformed(malformed));
            }
            Err(other) => return Err(SnapshotRejected::not_judged(other)),
        };
        let issued_at = signed.list.issued_at;
        let Some(issued_at) = issued_at.filter(|issued_at| *issued_at <= pin.taken_at) else {
            return Err(SnapshotRejected::ListDate);
        };
        Ok(Self {
            version: signed.list.version,
            issued_at,
            taken_at: pin.taken_at,
            digest: sha256_hex(xml),
            signer: Arc::new(SignerCertificate(signer)),
            services: signed.list.services,
            notes: signed.list.notes,
            proof: Some(signed.proof),
            chain: Vec::new(),
        })
    }

    /// Keeps the certificates between the signer and its root.
    pub(super) fn keep_chain(edition: &mut Arc<Self>, chain: Vec<Arc<Certificate>>) {
        let chain: Vec<_> = chain
            .into_iter()
            .map(|it| Arc::new(SignerCertificate(it)))
            .collect();
        if edition.chain != chain {
            Arc::make_mut(edition).chain = chain;
        }
    }

    /// Whether the accreditation of a key was in force on the date of the list.
    pub(super) fn is_in_force(&self, service: &Service) -> bool {
        let change = service.status_at(self.issued_at);
        change.is_some_and(|change| change.status == Status::InForce)
    }

    /// Checks that the roots vouch for the signer, with the certificates of the list as hints; gives those between the signer
    /// and the root.
    pub(super) fn check_signer(
        &self,
        hints: &Pool,
        pin: &ListSigner,
        algorithms: &Algorithms,
        limits: &ListLimits,
    ) -> Result<Vec<Arc<Certificate>>, SnapshotRejected> {
        let at = self.taken_at;
        let mut budget = Budget::new(limits.certificate);
        let vouched = check_signer(&self.signer.0, at, hints, pin, algorithms, &mut budget)?;
        Ok(vouched.between)
    }

    /// The root that vouches for the signer, with the certificates that were kept as hints; none when none does.
    pub(super) fn root_of_signer(
        &self,
        pin: &ListSigner,
        algorithms: &Algorithms,
        limits: Limits,
    ) -> Result<Option<Arc<Certificate>>, Error> {
        let hints = Pool::new(self.chain.iter().map(|it| Arc::clone(&it.0)), limits)?;
        let (at, mut budget) = (self.taken_at, Budget::new(limits));
        match check_signer(&self.signer.0, at, &hints, pin, algorithms, &mut budget) {
            Ok(vouched) => Ok(Some(vouched.root)),
            Err(SnapshotRejected::Limit(error)) => Err(error),
            Err(SnapshotRejected::List(ListRejected::BackEndsDisagree(disagreement))) => {
                Err(disagreement.into())
            }
            Err(_) => Ok(None),
        }
    }
}

/// How a root vouches for a signer.
struct Vouched {
    between: Vec<Arc<Certificate>>,
    root: Arc<Certificate>,
}

fn check_signer(
    signer: &Arc<Certificate>,
    at: UnixTime,
    hints: &Pool,
    pin: &ListSigner,
    algorithms: &Algorithms,
    budget: &mut Budget,
) -> Result<Vouched, SnapshotRejected> {
    if signer.subject.text_of(oids::OGRN) != Some(pin.ogrn.as_str()) {
        return Err(SnapshotRejected::SignerOgrn);
    }
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
        outcome = match failed {
            None => Ok(Vouched {
                between: path.certificates.iter().skip(1).cloned().collect(),
                root: Arc::clone(&path.anchor),
            }),
            Some(failed) => Err(SnapshotRejected::SignerPath(failed.code)),
        };
        Ok(if outcome.is_ok() {
            Search::Stop
        } else {
            Search::Continue
        })
    })
    .map_err(SnapshotRejected::not_judged)?;
    outcome
}
