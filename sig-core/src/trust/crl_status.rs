//! Revocation status of one certificate by CRLs (RFC 5280 §6.3.3, EN 319 102-1 §5.2.5).

use std::sync::Arc;

use crate::alg::keyring::Verification;
use crate::base::error::Error;
use crate::base::limits::Budget;
use crate::base::time::UnixTime;
use crate::x509::certificate::Certificate;
use crate::x509::crl::CertificateList;
use crate::x509::crl_index::{CrlEntry, RevocationReason};
use crate::x509::extension::distribution_point::IssuingDistributionPoint;
use crate::x509::name_match;

/// What is asked (RFC 5280 §6.3.1).
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The certificate.
    pub certificate: &'a Certificate,
    /// Its issuer in the path.
    pub issuer: &'a Certificate,
    /// The time of judging.
    pub at: UnixTime,
}

/// The answer of the newest acceptable CRL (RFC 5280 §6.3.3).
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: Status,
    /// Which CRL says so.
    pub crl: Arc<CertificateList>,
    /// Whether it is fresh (EN 319 102-1 §5.2.5).
    pub freshness: Freshness,
}

/// Status of a certificate (RFC 5280 §6.3.2).
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Status {
    /// Not on the list.
    Good,
    /// Revoked for good, at or before the time of judging.
    Revoked(CrlEntry),
    /// On hold at the time of judging.
    OnHold(CrlEntry),
    /// Revoked or held after the time of judging.
    RevokedLater(CrlEntry),
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

/// Why a CRL that carries the issuer's name does not count (RFC 5280 §6.3.3).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Rejected {
    /// SHA-256 of the CRL.
    pub crl: String,
    /// Why.
    pub reason: RejectedReason,
    /// Its signature verifies and it names the certificate: whatever it means, that is not "good".
    pub names_the_certificate: bool,
}

/// Reasons not to use a CRL (RFC 5280 §6.3.3).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum RejectedReason {
    /// The signature does not verify with the issuer's key.
    BadSignature,
    /// The issuer's key is not meant for signing CRLs.
    NoCrlSign,
    /// The algorithm inside differs from the one outside.
    AlgorithmsDiffer,
    /// A critical extension of the list or of the entry is not understood.
    UnknownCriticalExtension,
    /// Extensions are duplicated or malformed.
    MalformedExtension,
    /// A delta CRL without its base.
    Delta,
    /// The scope of the list does not cover the certificate, or cannot be compared.
    Scope,
    /// Issued before the certificate.
    BeforeIssue,
    /// Issued after the certificate expired, when authorities drop entries.
    AfterExpiry,
    /// The entry for the certificate is malformed.
    MalformedEntry,
}

impl RejectedReason {
    /// The word used in findings (RFC 5280 §6.3.3).
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::BadSignature => "bad signature",
            Self::NoCrlSign => "no cRLSign",
            Self::AlgorithmsDiffer => "signature algorithms differ",
            Self::UnknownCriticalExtension => "unknown critical extension",
            Self::MalformedExtension => "malformed extension",
            Self::Delta => "delta CRL",
            Self::Scope => "issuingDistributionPoint",
            Self::BeforeIssue => "thisUpdate < notBefore",
            Self::AfterExpiry => "thisUpdate > notAfter",
            Self::MalformedEntry => "malformed entry",
        }
    }
}

/// The status by the newest CRL that counts, and the CRLs that do not (RFC 5280 §6.3.3).
///
/// # Errors
/// A limit; two implementations disagree.
///
/// # Deviation
/// Delta and indirect CRLs, partial reasons and distribution points are not processed: such a CRL does not
/// count, so the status stays unknown.
pub fn status(
    question: Question<'_>,
    crls: &[Arc<CertificateList>],
    verification: Verification<'_>,
    budget: &mut Budget,
) -> Result<(Option<Answer>, Vec<Rejected>), Error> {
    let mut rejected = Vec::new();
    let mut best: Option<Answer> = None;
    // A list that names the certificate, but cannot be taken: no older list outweighs it.
    let mut listed_elsewhere: Option<UnixTime> = None;
    for crl in crls {
        if !name_match::matches(&crl.issuer, &question.certificate.issuer, budget)? {
            continue;
        }
        let examined = examine(question, crl, verification, budget)?;
        match examined.result {
            Ok(status) => {
                if best
                    .as_ref()
                    .is_none_or(|best| best.crl.this_update < crl.this_update)
                {
                    let freshness = freshness(crl, question.at);
                    let crl = Arc::clone(crl);
                    best = Some(Answer {
                        status,
                        crl,
                        freshness,
                    });
                }
            }
            Err(reason) => {
                if examined.names_the_certificate {
                    listed_elsewhere = listed_elsewhere.max(Some(crl.this_update));
                }
                rejected.push(Rejected {
                    crl: crl.sha256(),
                    reason,
                    names_the_certificate: examined.names_the_certificate,
                });
            }
        }
    }
    if let Some(listed) = listed_elsewhere {
        best = best
            .filter(|best| best.crl.this_update > listed || !matches!(best.status, Status::Good));
    }
    Ok((best, rejected))
}

/// Revocation freshness checker, EN 319 102-1 §5.2.5, with the interval of the CRL itself.
fn freshness(crl: &CertificateList, at: UnixTime) -> Freshness {
    match crl.next_update {
        None => Freshness::NotProvable,
        Some(next_update) if at < next_update => Freshness::Fresh,
        Some(next_update) => Freshness::Stale(next_update),
    }
}

/// One CRL: whether it answers, and whether it names the certificate under a signature that verifies.
struct Examined {
    result: Result<Status, RejectedReason>,
    names_the_certificate: bool,
}

fn examine(
    question: Question<'_>,
    crl: &CertificateList,
    verification: Verification<'_>,
    budget: &mut Budget,
) -> Result<Examined, Error> {
    let Question {
        certificate,
        issuer,
        at,
    } = question;
    let rejected = |reason, names_the_certificate| {
        Ok(Examined {
            result: Err(reason),
            names_the_certificate,
        })
    };
    if crl
        .signed
        .verify(&issuer.spki, verification, budget)?
        .is_err()
    {
        return rejected(RejectedReason::BadSignature, false);
    }
    let entry = match crl.entries.find(&certificate.serial, budget) {
        Ok(entries) => entries.into_iter().next(),
        Err(Error::Malformed(_)) => return rejected(RejectedReason::MalformedEntry, true),
        Err(other) => return Err(other),
    };
    if let Err(reason) = check_scope(certificate, issuer, crl) {
        return rejected(reason, entry.is_some());
    }
    let names_the_certificate = entry.is_some();
    let result = match entry {
        None => Ok(Status::Good),
        Some(entry) if entry.has_unknown_critical_extension => {
            Err(RejectedReason::UnknownCriticalExtension)
        }
        Some(entry) if entry.revocation_date > at => Ok(Status::RevokedLater(entry)),
        Some(entry) if entry.reason == RevocationReason::CertificateHold => {
            Ok(Status::OnHold(entry))
        }
        Some(entry) => Ok(Status::Revoked(entry)),
    };
    Ok(Examined {
        result,
        names_the_certificate,
    })
}

fn check_scope(
    certificate: &Certificate,
    issuer: &Certificate,
    crl: &CertificateList,
) -> Result<(), RejectedReason> {
    if crl.tbs_signature.octets != crl.signed.algorithm.octets {
        return Err(RejectedReason::AlgorithmsDiffer);
    }
    if !crl.extensions.duplicates.is_empty() || !crl.extensions.malformed.is_empty() {
        return Err(RejectedReason::MalformedExtension);
    }
    if crl.is_delta() {
        return Err(RejectedReason::Delta);
    }
    if crl.unknown_critical_extension().is_some() {
        return Err(RejectedReason::UnknownCriticalExtension);
    }
    if issuer
        .extensions
        .key_usage
        .is_some_and(|usage| !usage.crl_sign())
    {
        return Err(RejectedReason::NoCrlSign);
    }
    if let Some(point) = crl.issuing_distribution_point {
        let is_ca = certificate
            .extensions
            .basic_constraints
            .is_some_and(|basic| basic.ca);
        let other_kind = if is_ca {
            point.only_user_certificates
        } else {
            point.only_ca_certificates
        };
        let partial = point.names_distribution_point
            || point.only_some_reasons
            || point.indirect
            || point.only_attribute_certificates;
        // RFC 5280 §5.2.5: the extension is never an empty sequence.
        let states_nothing = point == IssuingDistributionPoint::default();
        if partial || other_kind || states_nothing {
            return Err(RejectedReason::Scope);
        }
    }
    if crl.this_update < certificate.not_before {
        return Err(RejectedReason::BeforeIssue);
    }
    if crl.this_update > certificate.not_after {
        return Err(RejectedReason::AfterExpiry);
    }
    Ok(())
}
