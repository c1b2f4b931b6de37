//! What the arithmetic says is told apart from the verdict: a document that was changed from one that was not, and
//! nothing that does not count counts.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use std::sync::LazyLock;

use sig_core::alg::digest::{Digest, DigestId};
use sig_core::alg::provider::RUSTCRYPTO;
use sig_core::finding::{Level, Subject};
use sig_core::path::validate::subject;
use sig_core::report::{Integrity, Judged, Report, json};
use sig_core::trust::poe::ProofsOfExistence;
use sig_core::validate::PastCertificate;
use sig_core::{Evidence, Limits, Material, Policy, UnixTime, Validator};
use testdata::Pki;
use testdata::cases::{Case, all};

const DOCUMENT: &str = "Содержание документа\nвторая строка\n";
const AT: &str = "2026-11-21T12:00:00Z";

fn time(text: &str) -> UnixTime {
    UnixTime::parse_rfc3339(text).unwrap()
}

fn validator(policy: &str) -> Validator {
    Validator {
        algorithms: &RUSTCRYPTO,
        policy: Policy::builtin(policy).unwrap(),
        limits: Limits::STANDARD,
    }
}

fn material(pki: &Pki, crls: &[&str]) -> Material {
    let limits = Limits::STANDARD;
    let mut material = Material::default();
    let root = pki.certificate("root").unwrap();
    material.add_anchors(&root.der, &limits).unwrap();
    let ca = pki.certificate("ca").unwrap();
    material.add(&ca.der, &limits).unwrap();
    for crl in crls {
        material.add(pki.crl(crl).unwrap(), &limits).unwrap();
    }
    material
}

/// Sub-indication, integrity and the codes that failed.
fn outcome(report: &Report) -> (&'static str, Integrity, Vec<&'static str>) {
    let (conclusion, integrity, findings) = match &report.judged {
        Judged::Signatures {
            conclusion,
            signatures,
            ..
        } => {
            let [signature] = signatures.as_slice() else {
                panic!("one signature");
            };
            (*conclusion, signature.integrity, &signature.findings)
        }
        Judged::TimeStamp { time_stamp, .. } => (
            time_stamp.conclusion,
            time_stamp.integrity,
            &time_stamp.findings,
        ),
        _ => panic!("a signature or a token"),
    };
    let failed = findings.iter().filter(|it| it.level == Level::Fail);
    let codes = failed.map(|finding| finding.code.id).collect();
    let word = match conclusion.sub_indication {
        Some(sub_indication) => sub_indication.name(),
        None => conclusion.indication.name(),
    };
    (word, integrity, codes)
}

/// Made once for all tests.
static EMPTY_INSIDE: LazyLock<Vec<Case>> = LazyLock::new(|| {
    let mut cases = all().unwrap();
    cases.retain(|case| case.area == "signature" && case.folder == "content-empty-inside");
    cases
});

/// Of four kinds of keys.
fn with_empty_inside(
    policy: &str,
    with: impl Fn(Evidence) -> Evidence,
) -> Vec<(&'static str, Integrity, Vec<&'static str>)> {
    let judged = EMPTY_INSIDE.iter().map(|case| {
        let evidence = Evidence::parse(&case.signature, &Limits::STANDARD).unwrap();
        let pki = testdata::pki::named(&case.pki).unwrap();
        let evidence = with(evidence).with_material(material(pki, &["root", "ca"]));
        outcome(&validator(policy).validate(evidence, time(AT)).unwrap())
    });
    let judged: Vec<_> = judged.collect();
    assert_eq!(judged.len(), 4);
    judged
}

#[test]
fn an_empty_document_inside_fails_and_the_one_beside_is_told_intact() {
    for policy in ["etsi-ades", "cms-basic", "archive"] {
        let signed = with_empty_inside(policy, |evidence| {
            evidence.with_content(DOCUMENT.as_bytes())
        });
        for found in signed {
            let code = vec!["cms.content.empty_inside"];
            assert_eq!(found, ("HASH_FAILURE", Integrity::Intact, code), "{policy}");
        }
    }
    let other = with_empty_inside("etsi-ades", |evidence| {
        evidence.with_content(&b"another"[..])
    });
    for found in other {
        let codes = vec!["cms.content.empty_inside", "crypto.digest.mismatch"];
        assert_eq!(found, ("HASH_FAILURE", Integrity::Broken, codes));
    }
    // A digest of another document, by whatever algorithm the signer used.
    let other = with_empty_inside("etsi-ades", |evidence| {
        let ids = [
            DigestId::Sha256,
            DigestId::Streebog256,
            DigestId::Streebog512,
        ];
        ids.into_iter().fold(evidence, |evidence, algorithm| {
            let value = vec![7; algorithm.size()];
            evidence.with_content_digest(Digest { algorithm, value })
        })
    });
    for found in other {
        assert_eq!((found.0, found.1), ("HASH_FAILURE", Integrity::Broken));
    }
}

fn token(pki: &Pki, octets: &[u8]) -> (&'static str, Integrity, Vec<&'static str>) {
    let evidence = Evidence::parse(octets, &Limits::STANDARD).unwrap();
    let evidence = evidence.with_content(&b"content"[..]);
    let evidence = evidence.with_material(material(pki, &["root", "ca"]));
    outcome(&validator("etsi-ades").validate(evidence, time(AT)).unwrap())
}

#[test]
fn a_token_whose_authority_is_not_known_is_told_intact_and_never_passes() {
    for kind in ["stamps-rsa", "stamps-p256", "stamps-gost", "stamps-gost512"] {
        let pki = testdata::pki::named(kind).unwrap();
        let of = |id: &str| token(pki, pki.time_stamp(id).unwrap());
        assert_eq!(of("good"), ("TOTAL_PASSED", Integrity::Intact, Vec::new()));
        let other = pki.time_stamp("other-signing-certificate").unwrap();
        let (why, codes) = (
            "NO_SIGNING_CERTIFICATE_FOUND",
            vec!["cms.signing_certificate.mismatch"],
        );
        assert_eq!(token(pki, other), (why, Integrity::Intact, codes.clone()));
        let mut broken = other.to_vec();
        *broken.last_mut().unwrap() ^= 1;
        assert_eq!(token(pki, &broken), (why, Integrity::NotKnown, codes));
        assert_eq!(of("signature-broken").1, Integrity::Broken);
        assert_eq!(of("digest-wrong").1, Integrity::Broken);
        assert_eq!(of("no-signers").1, Integrity::NotKnown);
    }
}

/// That a token is as it was signed says nothing of a document.
#[test]
fn a_token_of_another_document_claims_no_integrity_of_it() {
    let pki = testdata::pki::named("stamps-rsa").unwrap();
    let evidence = Evidence::parse(pki.time_stamp("good").unwrap(), &Limits::STANDARD).unwrap();
    let evidence = evidence.with_content(&b"another"[..]);
    let evidence = evidence.with_material(material(pki, &["root", "ca"]));
    let report = validator("etsi-ades").validate(evidence, time(AT)).unwrap();
    let (why, _, codes) = outcome(&report);
    assert_eq!(
        (why, codes),
        ("HASH_FAILURE", vec!["time.imprint.mismatch"])
    );
    let written: String = json::write(&report).split_whitespace().collect();
    assert!(written.contains(r#""token_integrity":"intact""#));
    assert!(!written.contains(r#""integrity":"#));
}

fn past(pki: &Pki, crls: &[&str], proven: &[(Subject, &str)]) -> PastCertificate {
    past_of(pki, "person", crls, proven)
}

fn past_of(pki: &Pki, id: &str, crls: &[&str], proven: &[(Subject, &str)]) -> PastCertificate {
    let material = material(pki, crls);
    let mut read = Material::default();
    let person = pki.certificate(id).unwrap();
    read.add(&person.der, &Limits::STANDARD).unwrap();
    let mut proofs = ProofsOfExistence::default();
    for (object, at) in proven {
        proofs.add(object.clone(), time(at));
    }
    let validator = validator("etsi-ades");
    let certificate = &read.certificates[0];
    let judged = validator.validate_certificate_in_past(certificate, &material, &proofs, time(AT));
    judged.unwrap()
}

#[test]
fn a_certificate_could_be_relied_upon_until_its_authority_was_revoked() {
    for kind in ["stamps-rsa", "stamps-p256", "stamps-gost", "stamps-gost512"] {
        let pki = testdata::pki::named(kind).unwrap();
        let mut read = Material::default();
        let person = pki.certificate("person").unwrap();
        read.add(&person.der, &Limits::STANDARD).unwrap();
        read.add(pki.crl("ca-2024").unwrap(), &Limits::STANDARD)
            .unwrap();
        let person = (subject(&read.certificates[0]), "2025-02-01T00:00:00Z");
        let list = |at| (Subject::Crl(read.crls[0].sha256()), at);
        let codes = |past: &PastCertificate| -> Vec<&str> {
            past.findings.iter().map(|it| it.code.id).collect()
        };

        let good = past(pki, &["root", "ca"], &[]);
        assert_eq!(good.control, Some(time(AT)), "{kind}");
        assert_eq!(codes(&good), Vec::<&str>::new());

        // The authority was revoked on 2025-06-01.
        let crls = ["root-revoking-ca", "ca-2024"];
        let proven = [person.clone(), list("2025-02-01T00:00:00Z")];
        let until = past(pki, &crls, &proven);
        assert_eq!(until.control, Some(time("2025-05-31T23:59:59Z")), "{kind}");
        assert!(codes(&until).contains(&"past.control.revoked"));

        for unproven in [
            &[][..],
            std::slice::from_ref(&person),
            &[person.clone(), list("2025-06-01T00:00:00Z")],
        ] {
            let none = past(pki, &crls, unproven);
            assert_eq!(none.control, None, "{kind}");
            assert_eq!(codes(&none), ["past.object.unproven"]);
        }
    }
}

/// EN 319 102-1 §5.6.2.2.4 step 2 a leaves out data that is proven late; what it says is known all the same.
#[test]
fn what_is_known_to_have_been_revoked_by_then_has_no_control_time() {
    for kind in ["stamps-rsa", "stamps-p256", "stamps-gost", "stamps-gost512"] {
        let pki = testdata::pki::named(kind).unwrap();
        let mut read = Material::default();
        let person = pki.certificate("person-revoked").unwrap();
        read.add(&person.der, &Limits::STANDARD).unwrap();
        read.add(pki.crl("ca-2024").unwrap(), &Limits::STANDARD)
            .unwrap();
        let proven = [
            (subject(&read.certificates[0]), "2025-02-01T00:00:00Z"),
            (Subject::Crl(read.crls[0].sha256()), "2025-02-01T00:00:00Z"),
        ];
        let with = |crls: &[&str]| past_of(pki, "person-revoked", crls, &proven);

        // The authority was revoked on 2025-06-01, the person on the same day.
        let until = with(&["root-revoking-ca", "ca-2024", "ca"]);
        assert_eq!(until.control, Some(time("2025-05-31T23:59:59Z")), "{kind}");

        // The key of the person is suspected since 2025-04-01.
        let none = with(&["root-revoking-ca", "ca-2024", "ca-suspected"]);
        assert_eq!(none.control, None, "{kind}");
        let mut codes = none.findings.iter().map(|it| it.code.id);
        assert!(codes.any(|code| code == "revocation.status.revoked"));
    }
}
