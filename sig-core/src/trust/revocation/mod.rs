//! Revocation status of one certificate of a path (RFC 5280 §6.3, RFC 6960, EN 319 102-1 §5.2.5).

mod combine;
pub mod crl;
pub mod ocsp;
mod pending;

use std::sync::Arc;

use crate::base::error::Error;
use crate::base::limits::Budget;
use crate::base::time::UnixTime;
use crate::finding::{Steps, Subject};
use crate::path::build::{CertificationPath, Sources};
use crate::x509::certificate::Certificate;
use crate::x509::crl::CertificateList;
use crate::x509::crl_index::RevocationReason;
use crate::x509::extension::reason_flags::ReasonFlags;
use crate::x509::ocsp::OcspResponse;

use pending::Pending;

/// What is asked (RFC 5280 §6.3.1).
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The path whose anchor those who sign revocation information must share (RFC 5280 §6.3.3 (f)).
    pub path: &'a CertificationPath,
    /// Which certificate of it.
    pub place: usize,
    /// The certificate at that place.
    pub certificate: &'a Certificate,
    /// The time of judging.
    pub at: UnixTime,
    /// What holds of those who sign when nothing is known of their own revocation.
    pub unknown_signer: UnknownSigner,
}

/// What revocation information is worth when nothing is known about the revocation of those who signed it. RFC 5280
/// §6.3.3 (f) has their path validated, and §6.1.3 (a)(3) is a part of that.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum UnknownSigner {
    /// Nothing: where every authority must be proven not revoked, so must they.
    Refused,
    /// The same as otherwise.
    Taken,
}

/// Where revocation information and those who sign it are looked for.
#[derive(Clone, Copy, Debug)]
pub struct Offered<'a> {
    /// CRLs, of any issuer.
    pub crls: &'a [Arc<CertificateList>],
    /// OCSP responses, about any certificates.
    pub ocsp: &'a [Arc<OcspResponse>],
    /// The oldest information that is fresh, in days, when the policy states it (EN 319 102-1 §5.2.5).
    pub max_age_days: Option<u32>,
    /// Information that is no older is fresh whatever it says itself, in days, when the policy states it
    /// (EN 319 102-1 §5.2.5.4 step 1).
    pub fresh_age_days: Option<u32>,
    /// Certificates of those who may sign them, with what verifies signatures.
    pub sources: Sources<'a>,
}

/// What is known about a certificate (RFC 5280 §6.3.2).
#[derive(Clone, Debug)]
pub struct Determination {
    /// The answer that counts, when there is one.
    pub answer: Option<Answer>,
    /// What bears the issuer's name and does not count.
    pub rejected: Vec<Rejected>,
    /// Reasons that no CRL answers for, where others do: why there is no answer (RFC 5280 §6.3.3 (l)).
    pub uncovered: ReasonFlags,
    /// The steps that were taken on the certificate; those on the signers' certificates are not recorded.
    pub steps: Steps,
}

impl Determination {
    /// Nothing is known (RFC 5280 §6.3.3).
    fn nothing() -> Self {
        Self {
            answer: None,
            rejected: Vec::new(),
            uncovered: ReasonFlags::NONE,
            steps: Steps::default(),
        }
    }
}

/// An answer by CRLs or by an OCSP response.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: Status,
    /// Which objects say so: a CRL, a CRL and its delta, CRLs for different reasons, an OCSP response; after them what
    /// says that those who signed them are not revoked.
    pub sources: Vec<Source>,
    /// When the oldest of them was issued.
    pub this_update: UnixTime,
    /// Whether they are fresh (EN 319 102-1 §5.2.5).
    pub freshness: Freshness,
}

impl Answer {
    /// Whether the certificate is in force at the time of judging, and the data fresh (EN 319 102-1 §5.2.5).
    #[must_use]
    pub const fn is_in_force(&self) -> bool {
        matches!(self.status, Status::Good | Status::RevokedLater(_))
            && matches!(self.freshness, Freshness::Fresh)
    }
}

/// A signed object that an answer rests on.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its name in reports.
    pub subject: Subject,
    /// Who signed it: a path to the same anchor. The strength of its algorithms is the caller's.
    pub signer: CertificationPath,
    /// The object.
    pub object: SourceObject,
}

/// The kinds of sources (RFC 5280 §3.3).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum SourceObject {
    /// A CRL.
    Crl(Arc<CertificateList>),
    /// An OCSP response with a signed answer.
    Ocsp(Arc<OcspResponse>),
}

impl Status {
    /// How bad it is.
    const fn severity(self) -> u8 {
        match self {
            Self::Good => 0,
            Self::RevokedLater(_) => 1,
            Self::OnHold(_) => 2,
            Self::Revoked(_) => 3,
        }
    }

    /// Whether it speaks against the certificate at the time of judging.
    const fn is_against(self) -> bool {
        matches!(self, Self::OnHold(_) | Self::Revoked(_))
    }
}

/// Status of a certificate (RFC 5280 §6.3.2).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Status {
    /// Not revoked.
    Good,
    /// Revoked for good, at or before the time of judging.
    Revoked(Revocation),
    /// On hold at the time of judging.
    OnHold(Revocation),
    /// Revoked or held after the time of judging.
    RevokedLater(Revocation),
}

/// When and why (RFC 5280 §5.3, RFC 6960 §4.2.1).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Revocation {
    /// When the certificate was revoked.
    pub date: UnixTime,
    /// Why.
    pub reason: RevocationReason,
    /// Since when the key is suspected, as far as anybody says so (RFC 5280 §5.3.2).
    pub invalid_since: Option<UnixTime>,
}

impl Revocation {
    /// What was signed from then on may be a stranger's (RFC 5280 §5.3.2): the date, or the earlier time since when the
    /// key is suspected.
    #[must_use]
    pub fn holds_from(self) -> UnixTime {
        self.invalid_since
            .map_or(self.date, |since| since.min(self.date))
    }
}

/// Result of the revocation freshness checker (EN 319 102-1 §5.2.5).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Freshness {
    /// `thisUpdate` is later than the time of judging less `nextUpdate` - `thisUpdate`.
    Fresh,
    /// It is not; an update was due at this time.
    Stale(UnixTime),
    /// There is no `nextUpdate`, so freshness is not provable.
    NotProvable,
}

/// Why an object that carries the issuer's name does not count (RFC 5280 §6.3.3).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Rejected {
    /// Which object.
    pub subject: Subject,
    /// Why, in one word of the catalogue of reasons.
    pub reason: &'static str,
    /// Its signature verifies and it names the certificate: whatever it means, that is not "good".
    pub names_the_certificate: bool,
}

/// Why the signer of revocation information is not believed at the time of judging, where it may have been at an
/// earlier one (EN 319 102-1 §5.6.2.4).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Lapse {
    /// Its certificate expired.
    Expired,
    /// Its certificate is revoked.
    Revoked,
    /// Its certificate is on hold.
    OnHold,
    /// Whether its certificate is revoked is not known.
    Unknown,
}

impl Rejected {
    /// What became of the signer, when that is why the object does not count (EN 319 102-1 §5.6.2.4).
    #[must_use]
    pub fn lapse(&self) -> Option<Lapse> {
        use crl::RejectedReason as OfCrl;
        use ocsp::RejectedReason as OfOcsp;
        let reasons = [
            (OfCrl::SignerExpired.word(), Lapse::Expired),
            (OfCrl::SignerRevoked.word(), Lapse::Revoked),
            (OfCrl::SignerOnHold.word(), Lapse::OnHold),
            (OfCrl::SignerUnknown.word(), Lapse::Unknown),
            (OfOcsp::ResponderExpired.word(), Lapse::Expired),
            (OfOcsp::ResponderRevoked.word(), Lapse::Revoked),
            (OfOcsp::ResponderOnHold.word(), Lapse::OnHold),
            (OfOcsp::ResponderStatus.word(), Lapse::Unknown),
        ];
        let mut reasons = reasons.into_iter();
        reasons
            .find(|(word, _)| *word == self.reason)
            .map(|(_, lapse)| lapse)
    }
}

/// The status of a certificate by what is offered (RFC 5280 §6.3.3, EN 319 102-1 §5.2.6.4).
///
/// # Errors
/// A limit; two implementations disagree.
///
/// # Limits
/// Name comparisons for each CRL, and one signature check for each that is needed and each certificate that may have
/// signed it; a few of both for each OCSP response about the certificate; the same again for those certificates, to a
/// depth of three.
pub fn status(
    question: Question<'_>,
    offered: Offered<'_>,
    budget: &mut Budget,
) -> Result<Determination, Error> {
    determine(
        question,
        Pending::only(question.certificate),
        offered,
        budget,
    )
}

/// The same inside another question.
fn determine(
    question: Question<'_>,
    pending: Pending<'_>,
    offered: Offered<'_>,
    budget: &mut Budget,
) -> Result<Determination, Error> {
    if pending.is_too_deep() {
        return Ok(Determination::nothing());
    }
    let by_crl = crl::status(question, pending, offered, budget)?;
    let by_ocsp = ocsp::examine(question, pending, offered, budget)?;
    let age = combine::Age {
        most_days: offered.max_age_days,
        fresh_days: offered.fresh_age_days,
    };
    Ok(combine::combine(by_crl, by_ocsp, age, question.at))
}

/// Revocation freshness checker, EN 319 102-1 §5.2.5, with the interval of the object itself.
#[must_use]
pub fn freshness(next_update: Option<UnixTime>, at: UnixTime) -> Freshness {
    match next_update {
        None => Freshness::NotProvable,
        Some(next_update) if at < next_update => Freshness::Fresh,
        Some(next_update) => Freshness::Stale(next_update),
    }
}
