//! Revocation status of one certificate by CRLs (RFC 5280 §6.3.3).

use std::sync::Arc;

use crate::alg::keyring::Verification;
use crate::base::error::Error;
use crate::base::limits::Budget;
use crate::base::time::UnixTime;
use crate::finding::Subject;
use crate::x509::certificate::Certificate;
use crate::x509::crl::CertificateList;
use crate::x509::crl_index::RevocationReason;
use crate::x509::extension::distribution_point::IssuingDistributionPoint;
use crate::x509::name_match;

use super::{
    Answer, Determination, Offered, Question, Rejected, Revocation, Source, SourceObject, Status,
    freshness,
};

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
pub(super) fn status(
    question: Question<'_>,
    offered: Offered<'_>,
    budget: &mut Budget,
) -> Result<Determination, Error> {
    let mut rejected = Vec::new();
    let mut best: Option<(Status, &Arc<CertificateList>)> = None;
    // A list that names the certificate, but cannot be taken: no older list outweighs it.
    let mut listed_elsewhere: Option<UnixTime> = None;
    for crl in offered.crls {
        if !name_match::matches(&crl.issuer, &question.certificate.issuer, budget)? {
            continue;
        }
        let examined = examine(question, crl, offered.sources.verification, budget)?;
        match examined.result {
            Ok(status) => {
                if best.is_none_or(|(_, best)| best.this_update < crl.this_update) {
                    best = Some((status, crl));
                }
            }
            Err(reason) => {
                if examined.names_the_certificate {
                    listed_elsewhere = listed_elsewhere.max(Some(crl.this_update));
                }
                rejected.push(Rejected {
                    subject: Subject::Crl(crl.sha256()),
                    reason: reason.word(),
                    names_the_certificate: examined.names_the_certificate,
                });
            }
        }
    }
    if let Some(listed) = listed_elsewhere {
        best = best
            .filter(|(status, crl)| crl.this_update > listed || !matches!(status, Status::Good));
    }
    let answer = best.map(|(status, crl)| Answer {
        status,
        this_update: crl.this_update,
        freshness: freshness(crl.next_update, question.at),
        sources: vec![Source {
            subject: Subject::Crl(crl.sha256()),
            signer: question.path.above(question.place),
            object: SourceObject::Crl(Arc::clone(crl)),
        }],
    });
    Ok(Determination { answer, rejected })
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
        path,
        place,
        at,
    } = question;
    let issuer = path.issuer_of(place);
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
        Some(entry) => {
            let revocation = Revocation {
                date: entry.revocation_date,
                reason: entry.reason,
            };
            Ok(if revocation.date > at {
                Status::RevokedLater(revocation)
            } else if revocation.reason == RevocationReason::CertificateHold {
                Status::OnHold(revocation)
            } else {
                Status::Revoked(revocation)
            })
        }
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
