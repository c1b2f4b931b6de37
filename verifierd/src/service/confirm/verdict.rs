//! From a report to what it means for an application.

use sig_core::{
    finding::{self, Conclusion, Indication, SubIndication, Value},
    report::{ConditionStatus, Judged, QualifiedReport, QualifiedVerdict, Report, SignatureReport},
};

use crate::{
    domain::{application::Decision, reason::Reason},
    service::{ports::Verdict, refusal::Refusal},
};

/// What a person is told of a sub-indication (EN 319 102-1 §5.1.3).
fn reason(sub_indication: SubIndication) -> Reason {
    use SubIndication as Sub;
    match sub_indication {
        Sub::FormatFailure => Reason::SignatureFormat,
        Sub::HashFailure | Sub::SigCryptoFailure => Reason::SignatureBroken,
        Sub::Revoked | Sub::RevokedNoPoe | Sub::RevokedCaNoPoe => Reason::CertificateRevoked,
        Sub::Expired | Sub::OutOfBoundsNoPoe | Sub::OutOfBoundsNotRevoked => {
            Reason::CertificateExpired
        }
        Sub::NotYetValid => Reason::CertificateNotYetValid,
        Sub::SigConstraintsFailure | Sub::TimestampOrderFailure => Reason::SignatureAttributes,
        Sub::ChainConstraintsFailure | Sub::CertificateChainGeneralFailure => {
            Reason::CertificatePathInvalid
        }
        Sub::CryptoConstraintsFailure | Sub::CryptoConstraintsFailureNoPoe => {
            Reason::AlgorithmNotAccepted
        }
        Sub::NoSigningCertificateFound => Reason::SigningCertificateMissing,
        Sub::NoCertificateChainFound | Sub::NoCertificateChainFoundNoPoe => {
            Reason::CertificateAuthorityUnknown
        }
        Sub::RevocationOutOfBoundsNoPoe | Sub::TryLater => Reason::RevocationDataMissing,
        Sub::SignedDataNotFound => Reason::ContentDiffers,
        Sub::PolicyProcessingError | Sub::SignaturePolicyNotAvailable | Sub::NoPoe => {
            Reason::SignatureIndeterminate
        }
    }
}

/// Findings that say more than their sub-indication.
const FINDINGS: [(&str, (Decision, Reason)); 4] = [
    (
        "crypto.digest.unknown_algorithm",
        (Decision::Rejected, Reason::AlgorithmUnknown),
    ),
    (
        "crypto.signature.unknown_algorithm",
        (Decision::Rejected, Reason::AlgorithmUnknown),
    ),
    (
        "path.signature.unsupported",
        (Decision::Rejected, Reason::AlgorithmUnknown),
    ),
    (
        "revocation.data.missing",
        (Decision::Deferred, Reason::RevocationDataMissing),
    ),
];

fn signatures(report: &Report) -> (Conclusion, &[SignatureReport]) {
    match &report.judged {
        Judged::Signatures {
            conclusion,
            signatures,
            ..
        } => (*conclusion, signatures),
        // A time-stamp is a statement of an authority, never the signature of a person.
        Judged::Certificate(_) | Judged::TimeStamp { .. } | Judged::EvidenceRecord { .. } => {
            (Conclusion::NO_SIGNATURE, &[])
        }
    }
}

/// The signature of a file that has exactly one.
pub(in crate::service) fn one_signature(report: &Report) -> Option<&SignatureReport> {
    match signatures(report).1 {
        [signature] => Some(signature),
        _ => None,
    }
}

/// The signed content is byte for byte what was issued.
pub(in crate::service) fn check_content(verdict: &Verdict, issued: &[u8]) -> Result<(), Refusal> {
    let same = match &verdict.attached_content {
        Some(attached) => attached == issued,
        None => one_signature(&verdict.report).is_none_or(|signature| {
            signature.conclusion.sub_indication != Some(SubIndication::HashFailure)
        }),
    };
    match same {
        true => Ok(()),
        false => Err(Reason::ContentDiffers.into()),
    }
}

/// There is exactly one signer.
pub(in crate::service) fn check_signers(report: &Report) -> Result<(), Refusal> {
    let count = signatures(report).1.len();
    match count {
        1 => Ok(()),
        _ => Err(Refusal::from(Reason::SignerCount).with_fact("signers", count)),
    }
}

/// What a proof of existence sets aside: by a time-stamp of the signature, by the past that archival data proves, by the
/// time at which algorithms and attributes are judged again.
const SET_ASIDE: [&finding::Code; 3] = [
    &finding::code::time::SETTLED,
    &finding::code::past::SETTLED,
    &finding::code::past::JUDGED_AGAIN,
];

/// What a time-stamp or archival data set aside: an application is filed today, so that the certificate was in force when
/// the signature was made is not enough, it is in force now. Whoever took a key signs and stamps in the hour before the
/// theft is told.
fn check_set_aside(signature: &SignatureReport) -> Result<(), (Decision, Reason)> {
    let set_aside = signature
        .findings
        .iter()
        .filter(|finding| SET_ASIDE.contains(&finding.code));
    let mut deferred = Ok(());
    for finding in set_aside {
        let id = finding.facts.iter().find_map(|fact| match &fact.value {
            Value::Word(word) if fact.name == "code" => Some(word.as_str()),
            _ => None,
        });
        let code = finding::code::all().find(|code| Some(code.id) == id);
        match code.and_then(|code| code.sub_indication) {
            Some(SubIndication::TryLater) => {
                deferred = Err((Decision::Deferred, Reason::RevocationDataMissing));
            }
            Some(sub_indication) => return Err((Decision::Rejected, reason(sub_indication))),
            None => return Err((Decision::Rejected, Reason::SignatureIndeterminate)),
        }
    }
    deferred
}

/// Nothing stands in the way but the age of the operator's list of accredited authorities: whoever signed can do nothing
/// about it.
fn lacks_newer_list(qualified: &QualifiedReport) -> bool {
    let open = qualified
        .conditions
        .iter()
        .filter(|it| it.status != ConditionStatus::Met);
    let mut missing = open.clone().flat_map(|it| &it.missing);
    let is_open = open.clone().next().is_some();
    let are_named = open.clone().all(|it| !it.missing.is_empty());
    is_open && are_named && missing.all(|it| it == "list-not-older-than-certificate")
}

/// What a report alone decides: `Ok` for a qualified signature that is proven
/// good now, not only at the time of a time-stamp, else the decision with its reason.
pub(in crate::service) fn check_verdict(
    report: &Report,
    signature: &SignatureReport,
) -> Result<(), (Decision, Reason)> {
    let rejected = |reason| Err((Decision::Rejected, reason));
    let (document, _) = signatures(report);
    let conclusion = match signature.conclusion.indication {
        Indication::TotalPassed => document,
        _ => signature.conclusion,
    };
    if conclusion.indication == Indication::TotalPassed {
        let qualified = signature.qualified.as_ref();
        return match qualified.map(|qualified| qualified.verdict) {
            Some(QualifiedVerdict::Qualified) => check_set_aside(signature),
            Some(QualifiedVerdict::NotProvable) if qualified.is_some_and(lacks_newer_list) => {
                check_set_aside(signature)?;
                Err((Decision::Deferred, Reason::AuthorityListOutdated))
            }
            Some(QualifiedVerdict::NotProvable) => rejected(Reason::QualificationNotProvable),
            Some(QualifiedVerdict::NotQualified) | None => {
                rejected(Reason::CertificateNotQualified)
            }
        };
    }
    let indeterminate = conclusion.indication == Indication::Indeterminate;
    let decided_by = signature.decided_by.map(|code| code.id);
    let finding = FINDINGS.iter().find(|(id, _)| decided_by == Some(*id));
    match (conclusion.sub_indication, finding) {
        (_, Some((_, decided))) if indeterminate => Err(*decided),
        (Some(SubIndication::TryLater), _) if indeterminate => {
            Err((Decision::Deferred, Reason::RevocationDataMissing))
        }
        (Some(sub_indication), _) => rejected(reason(sub_indication)),
        (None, _) if indeterminate => rejected(Reason::SignatureIndeterminate),
        (None, _) => rejected(Reason::SignatureFailed),
    }
}

#[cfg(test)]
mod tests;
