//! From a verdict to what it means for an application.

use crate::{
    domain::{application::Decision, reason::Reason, time::UnixSeconds},
    service::{
        ports::{Indication, Qualified, SignerFacts, Verdict},
        refusal::Refusal,
    },
};

/// Sub-indications (EN 319 102-1 §5.1.3) with the reason a person is told.
const REASONS: [(&str, Reason); 21] = [
    (
        "CERTIFICATE_CHAIN_GENERAL_FAILURE",
        Reason::CertificatePathInvalid,
    ),
    ("CHAIN_CONSTRAINTS_FAILURE", Reason::CertificatePathInvalid),
    ("CRYPTO_CONSTRAINTS_FAILURE", Reason::AlgorithmNotAccepted),
    (
        "CRYPTO_CONSTRAINTS_FAILURE_NO_POE",
        Reason::AlgorithmNotAccepted,
    ),
    ("EXPIRED", Reason::CertificateExpired),
    ("FORMAT_FAILURE", Reason::SignatureFormat),
    ("HASH_FAILURE", Reason::SignatureBroken),
    ("NOT_YET_VALID", Reason::CertificateNotYetValid),
    (
        "NO_CERTIFICATE_CHAIN_FOUND",
        Reason::CertificateAuthorityUnknown,
    ),
    (
        "NO_CERTIFICATE_CHAIN_FOUND_NO_POE",
        Reason::CertificateAuthorityUnknown,
    ),
    (
        "NO_SIGNING_CERTIFICATE_FOUND",
        Reason::SigningCertificateMissing,
    ),
    ("OUT_OF_BOUNDS_NOT_REVOKED", Reason::CertificateExpired),
    ("OUT_OF_BOUNDS_NO_POE", Reason::CertificateExpired),
    (
        "REVOCATION_OUT_OF_BOUNDS_NO_POE",
        Reason::RevocationDataMissing,
    ),
    ("REVOKED", Reason::CertificateRevoked),
    ("REVOKED_CA_NO_POE", Reason::CertificateRevoked),
    ("REVOKED_NO_POE", Reason::CertificateRevoked),
    ("SIG_CONSTRAINTS_FAILURE", Reason::SignatureAttributes),
    ("SIG_CRYPTO_FAILURE", Reason::SignatureBroken),
    ("TIMESTAMP_ORDER_FAILURE", Reason::SignatureAttributes),
    ("TRY_LATER", Reason::RevocationDataMissing),
];

/// Findings that say more than their sub-indication.
const FINDINGS: [(&str, (Decision, Reason)); 3] = [
    (
        "crypto.digest.unknown_algorithm",
        (Decision::Rejected, Reason::AlgorithmUnknown),
    ),
    (
        "crypto.signature.unknown_algorithm",
        (Decision::Rejected, Reason::AlgorithmUnknown),
    ),
    (
        "revocation.data.missing",
        (Decision::Deferred, Reason::RevocationDataMissing),
    ),
];

/// The signed content is byte for byte what was issued.
pub(super) fn check_content(verdict: &Verdict, issued: &[u8]) -> Result<(), Refusal> {
    let same = match &verdict.attached_content {
        Some(attached) => attached == issued,
        None => verdict.sub_indication.as_deref() != Some("HASH_FAILURE"),
    };
    match same {
        true => Ok(()),
        false => Err(Reason::ContentDiffers.into()),
    }
}

/// There is exactly one signer.
pub(super) fn check_signers(verdict: &Verdict) -> Result<(), Refusal> {
    match verdict.signatures.len() {
        1 => Ok(()),
        count => Err(Refusal::from(Reason::SignerCount).with_fact("signers", count)),
    }
}

/// What a verdict alone decides: `Ok` for a qualified signature that is
/// proven good, else the decision with its reason.
pub(super) fn check_verdict(
    verdict: &Verdict,
    signer: &SignerFacts,
    at: UnixSeconds,
) -> Result<(), (Decision, Reason)> {
    let rejected = |reason| Err((Decision::Rejected, reason));
    let sub_indication = verdict.sub_indication.as_deref().unwrap_or_default();
    let decided_by = verdict.decided_by.as_deref().unwrap_or_default();
    let finding = FINDINGS.iter().find(|(id, _)| *id == decided_by);
    if let (Indication::Indeterminate, Some((_, decided))) = (verdict.indication, finding) {
        return Err(*decided);
    }
    match (verdict.indication, verdict.qualified) {
        (Indication::TotalPassed, Some(Qualified::Qualified)) => Ok(()),
        (Indication::TotalPassed, Some(Qualified::NotProvable)) => {
            rejected(Reason::QualificationNotProvable)
        }
        (Indication::TotalPassed, Some(Qualified::NotQualified) | None) => {
            rejected(Reason::CertificateNotQualified)
        }
        (Indication::Indeterminate, _) if sub_indication == "TRY_LATER" => {
            Err((Decision::Deferred, Reason::RevocationDataMissing))
        }
        (indication, _) => {
            let known = REASONS.iter().find(|(name, _)| *name == sub_indication);
            rejected(match (known, indication) {
                (Some((_, Reason::CertificateExpired)), _) if starts_after(signer, at) => {
                    Reason::CertificateNotYetValid
                }
                (Some((_, reason)), _) => *reason,
                (None, Indication::Indeterminate) => Reason::SignatureIndeterminate,
                (None, _) => Reason::SignatureFailed,
            })
        }
    }
}

/// The standard has one name for "expired" and "not yet valid".
fn starts_after(signer: &SignerFacts, at: UnixSeconds) -> bool {
    let certificate = signer.certificate.as_ref();
    certificate.is_some_and(|certificate| at < certificate.not_before)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::ports::SignerCertificate;

    const AT: UnixSeconds = UnixSeconds::EPOCH;

    fn verdict(indication: Indication, sub_indication: Option<&str>) -> Verdict {
        Verdict {
            report_json: String::new(),
            indication,
            sub_indication: sub_indication.map(str::to_owned),
            decided_by: None,
            qualified: Some(Qualified::Qualified),
            retry_at: None,
            signatures: vec![SignerFacts::default()],
            attached_content: None,
            policy_digest: String::new(),
            trust_digest: String::new(),
        }
    }

    fn decided(verdict: &Verdict) -> Result<(), (Decision, Reason)> {
        check_verdict(verdict, &SignerFacts::default(), AT)
    }

    #[test]
    fn only_passed_and_qualified_goes_on() {
        let mut passed = verdict(Indication::TotalPassed, None);
        assert_eq!(decided(&passed), Ok(()));
        for (qualified, reason) in [
            (
                Some(Qualified::NotQualified),
                Reason::CertificateNotQualified,
            ),
            (
                Some(Qualified::NotProvable),
                Reason::QualificationNotProvable,
            ),
            (None, Reason::CertificateNotQualified),
        ] {
            passed.qualified = qualified;
            assert_eq!(decided(&passed), Err((Decision::Rejected, reason)));
        }
    }

    #[test]
    fn every_sub_indication_has_its_reason() {
        assert!(REASONS.is_sorted_by_key(|(name, _)| *name));
        for (name, reason) in REASONS {
            let failed = decided(&verdict(Indication::TotalFailed, Some(name)));
            assert_eq!(failed, Err((Decision::Rejected, reason)), "{name}");
        }
    }

    #[test]
    fn only_try_later_is_deferred() {
        let later = decided(&verdict(Indication::Indeterminate, Some("TRY_LATER")));
        assert_eq!(
            later,
            Err((Decision::Deferred, Reason::RevocationDataMissing))
        );
        let unknown = decided(&verdict(Indication::Indeterminate, Some("SOMETHING_NEW")));
        assert_eq!(
            unknown,
            Err((Decision::Rejected, Reason::SignatureIndeterminate))
        );
        let nameless = decided(&verdict(Indication::Indeterminate, None));
        assert_eq!(
            nameless,
            Err((Decision::Rejected, Reason::SignatureIndeterminate))
        );
        for indication in [Indication::TotalFailed, Indication::NoSignature] {
            let failed = decided(&verdict(indication, None));
            assert_eq!(failed, Err((Decision::Rejected, Reason::SignatureFailed)));
        }
    }

    #[test]
    fn a_deciding_finding_says_more() {
        for (id, expected) in FINDINGS {
            let sub_indication = Some("CERTIFICATE_CHAIN_GENERAL_FAILURE");
            let mut verdict = verdict(Indication::Indeterminate, sub_indication);
            verdict.decided_by = Some(id.to_owned());
            assert_eq!(decided(&verdict), Err(expected), "{id}");
            verdict.indication = Indication::TotalFailed;
            let path = (Decision::Rejected, Reason::CertificatePathInvalid);
            assert_eq!(decided(&verdict), Err(path), "{id}");
        }
    }

    #[test]
    fn not_yet_valid_is_told_from_expired() {
        let signer = SignerFacts {
            certificate: Some(SignerCertificate {
                serial: String::new(),
                issuer: String::new(),
                not_before: AT.plus(1),
                not_after: AT.plus(2),
                sha256: [0; 32],
            }),
            ..SignerFacts::default()
        };
        let verdict = verdict(Indication::Indeterminate, Some("OUT_OF_BOUNDS_NO_POE"));
        let reason = |at| check_verdict(&verdict, &signer, at).unwrap_err().1;
        assert_eq!(reason(AT), Reason::CertificateNotYetValid);
        assert_eq!(reason(AT.plus(3)), Reason::CertificateExpired);
    }

    #[test]
    fn content_is_compared_octet_for_octet() {
        let mut verdict = verdict(Indication::TotalPassed, None);
        verdict.attached_content = Some(b"{}".to_vec());
        assert!(check_content(&verdict, b"{}").is_ok());
        let differs = check_content(&verdict, b"{} ").unwrap_err();
        assert_eq!(differs.reason, Reason::ContentDiffers);
        verdict.attached_content = None;
        assert!(check_content(&verdict, b"{}").is_ok());
        verdict.sub_indication = Some("HASH_FAILURE".into());
        assert!(check_content(&verdict, b"{}").is_err());
    }

    #[test]
    fn one_signer_and_no_other_number() {
        let mut verdict = verdict(Indication::TotalPassed, None);
        assert!(check_signers(&verdict).is_ok());
        verdict.signatures.push(SignerFacts::default());
        assert_eq!(
            check_signers(&verdict).unwrap_err().reason,
            Reason::SignerCount
        );
        verdict.signatures.clear();
        assert_eq!(
            check_signers(&verdict).unwrap_err().reason,
            Reason::SignerCount
        );
    }
}
