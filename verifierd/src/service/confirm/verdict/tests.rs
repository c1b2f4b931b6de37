use sig_core::{
    UnixTime,
    base::limits::Work,
    cms::cades::Level,
    finding::{Finding, Subject, code},
    report::{
        AlgorithmNames, AttributesReport, Condition, DocumentReport, Integrity, PolicyReference,
        QualifiedReport, Times,
    },
};

use super::*;

fn signature(conclusion: Conclusion) -> SignatureReport {
    let at = UnixTime::from_seconds(0);
    SignatureReport {
        id: String::new(),
        parent: None,
        conclusion,
        decided_by: None,
        integrity: Integrity::Intact,
        level: Level::BB,
        algorithms: AlgorithmNames::default(),
        signer: None,
        times: Times {
            claimed: None,
            proven_not_later_than: None,
            checked_at: at,
        },
        path: Vec::new(),
        qualified: Some(QualifiedReport {
            verdict: QualifiedVerdict::Qualified,
            conditions: Vec::new(),
        }),
        findings: Vec::new(),
        steps: finding::Steps::default(),
        not_checked: Vec::new(),
        time_stamps: Vec::new(),
        attributes: AttributesReport::default(),
        counter_signatures: Vec::new(),
    }
}

fn report(conclusion: Conclusion, signatures: Vec<SignatureReport>) -> Report {
    Report {
        back_end: "openssl",
        at: UnixTime::from_seconds(0),
        policy: PolicyReference {
            id: String::new(),
            digest: String::new(),
        },
        trust: None,
        trusted_lists: None,
        judged: Judged::Signatures {
            document: DocumentReport {
                size: None,
                digest: None,
                detached: true,
                findings: Vec::new(),
                evidence_records: Vec::new(),
            },
            conclusion,
            signatures,
        },
        work: Work::default(),
    }
}

fn decided(signature: &SignatureReport) -> Result<(), (Decision, Reason)> {
    check_verdict(
        &report(signature.conclusion, vec![signature.clone()]),
        signature,
    )
}

fn conclusion(indication: Indication) -> Conclusion {
    Conclusion {
        indication,
        sub_indication: None,
    }
}

#[test]
fn only_passed_and_qualified_goes_on() {
    let mut passed = signature(Conclusion::PASSED);
    assert_eq!(decided(&passed), Ok(()));
    for (verdict, reason) in [
        (
            QualifiedVerdict::NotQualified,
            Reason::CertificateNotQualified,
        ),
        (
            QualifiedVerdict::NotProvable,
            Reason::QualificationNotProvable,
        ),
    ] {
        passed.qualified = Some(QualifiedReport {
            verdict,
            conditions: Vec::new(),
        });
        assert_eq!(decided(&passed), Err((Decision::Rejected, reason)));
    }
    passed.qualified = None;
    let unqualified = Err((Decision::Rejected, Reason::CertificateNotQualified));
    assert_eq!(decided(&passed), unqualified);
}

#[test]
fn a_list_that_is_too_old_is_nobodys_failure() {
    let not_provable = |missing: &[&str]| {
        let mut passed = signature(Conclusion::PASSED);
        passed.qualified = Some(QualifiedReport {
            verdict: QualifiedVerdict::NotProvable,
            conditions: vec![Condition {
                id: "63fz.11.1",
                status: ConditionStatus::NotProvable,
                evidence: Vec::new(),
                missing: missing.iter().map(|it| (*it).to_owned()).collect(),
            }],
        });
        passed
    };
    let list = "list-not-older-than-certificate";
    let deferred = Err((Decision::Deferred, Reason::AuthorityListOutdated));
    let rejected = Err((Decision::Rejected, Reason::QualificationNotProvable));
    assert_eq!(decided(&not_provable(&[list])), deferred);
    for missing in [
        &[][..],
        &["accredited-ca-list"],
        &[list, "certification-path"],
    ] {
        assert_eq!(decided(&not_provable(missing)), rejected, "{missing:?}");
    }
    // What a time-stamp set aside is not outweighed by the age of a list.
    let mut revoked = not_provable(&[list]);
    let finding = Finding::new(SET_ASIDE[0], Subject::Document);
    let told = finding.with_word("code", code::revocation::REVOKED.id);
    revoked.findings.push(told);
    let rejected = Err((Decision::Rejected, Reason::CertificateRevoked));
    assert_eq!(decided(&revoked), rejected);
}

#[test]
fn no_proof_of_the_past_confirms_anybody_by_a_certificate_that_is_not_in_force() {
    for told in SET_ASIDE {
        assert_what_was_set_aside_decides(told);
    }
}

fn assert_what_was_set_aside_decides(told: &'static code::Code) {
    let settled = |codes: &[&'static code::Code]| {
        let mut passed = signature(Conclusion::PASSED);
        for code in codes {
            let finding = Finding::new(told, Subject::Document);
            passed.findings.push(finding.with_word("code", code.id));
        }
        decided(&passed)
    };
    let rejected = |reason| Err((Decision::Rejected, reason));
    let deferred = Err((Decision::Deferred, Reason::RevocationDataMissing));
    for (codes, expected) in [
        (vec![], Ok(())),
        (
            vec![&code::revocation::REVOKED],
            rejected(Reason::CertificateRevoked),
        ),
        (
            vec![&code::revocation::CA_REVOKED],
            rejected(Reason::CertificateRevoked),
        ),
        (
            vec![&code::path::EXPIRED],
            rejected(Reason::CertificateExpired),
        ),
        (
            vec![&code::path::EXPIRED_NOT_REVOKED],
            rejected(Reason::CertificateExpired),
        ),
        (vec![&code::revocation::ON_HOLD], deferred),
        (vec![&code::revocation::STALE], deferred),
        (
            vec![&code::revocation::STALE, &code::path::EXPIRED],
            rejected(Reason::CertificateExpired),
        ),
    ] {
        assert_eq!(settled(&codes), expected, "{codes:?}");
    }
    let mut unnamed = signature(Conclusion::PASSED);
    let finding = Finding::new(told, Subject::Document);
    unnamed.findings.push(finding);
    assert_eq!(decided(&unnamed), rejected(Reason::SignatureIndeterminate));
}

#[test]
fn a_document_that_did_not_pass_stops_a_signature_that_did() {
    let passed = signature(Conclusion::PASSED);
    let failed = Conclusion::because(SubIndication::FormatFailure);
    assert_eq!(
        check_verdict(&report(failed, vec![passed.clone()]), &passed),
        Err((Decision::Rejected, Reason::SignatureFormat))
    );
}

#[test]
fn every_sub_indication_stops_it_and_only_try_later_defers() {
    for sub_indication in SubIndication::ALL {
        let stopped = decided(&signature(Conclusion::because(*sub_indication)));
        let decision = match sub_indication {
            SubIndication::TryLater => Decision::Deferred,
            _ => Decision::Rejected,
        };
        assert_eq!(
            stopped,
            Err((decision, reason(*sub_indication))),
            "{sub_indication}"
        );
    }
    for (indication, reason) in [
        (Indication::Indeterminate, Reason::SignatureIndeterminate),
        (Indication::TotalFailed, Reason::SignatureFailed),
        (Indication::NoSignature, Reason::SignatureFailed),
    ] {
        let stopped = decided(&signature(conclusion(indication)));
        assert_eq!(stopped, Err((Decision::Rejected, reason)));
    }
}

#[test]
fn a_deciding_finding_says_more() {
    for (id, expected) in FINDINGS {
        let code = code::all().find(|code| code.id == id).unwrap();
        let general = SubIndication::CertificateChainGeneralFailure;
        let mut signature = signature(Conclusion::because(general));
        signature.decided_by = Some(code);
        assert_eq!(decided(&signature), Err(expected), "{id}");
        signature.conclusion = conclusion(Indication::TotalFailed);
        let failed = (Decision::Rejected, Reason::SignatureFailed);
        assert_eq!(decided(&signature), Err(failed), "{id}");
    }
}

#[test]
fn content_is_compared_octet_for_octet() {
    let verdict = |conclusion, attached: Option<&[u8]>| Verdict {
        report: report(conclusion, vec![signature(conclusion)]),
        attached_content: attached.map(<[u8]>::to_vec),
        basis: None,
    };
    let differs = Err(Refusal::from(Reason::ContentDiffers));
    let passed = Conclusion::PASSED;
    let hash_failure = Conclusion::because(SubIndication::HashFailure);
    assert_eq!(check_content(&verdict(passed, Some(b"{}")), b"{}"), Ok(()));
    assert_eq!(
        check_content(&verdict(passed, Some(b"{}")), b"{} "),
        differs
    );
    assert_eq!(check_content(&verdict(passed, None), b"{}"), Ok(()));
    assert_eq!(check_content(&verdict(hash_failure, None), b"{}"), differs);
    // Carried content that equals the issued one: the signature is at fault.
    assert_eq!(
        check_content(&verdict(hash_failure, Some(b"{}")), b"{}"),
        Ok(())
    );
}

#[test]
fn one_signer_and_no_other_number() {
    let passed = || signature(Conclusion::PASSED);
    let count = |signatures| check_signers(&report(Conclusion::PASSED, signatures));
    assert_eq!(count(vec![passed()]), Ok(()));
    for (signatures, signers) in [(Vec::new(), 0), (vec![passed(), passed()], 2)] {
        let refusal = Refusal::from(Reason::SignerCount).with_fact("signers", signers);
        assert_eq!(count(signatures), Err(refusal));
    }
}
