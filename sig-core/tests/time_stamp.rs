//! Time-stamp tokens that stand alone, and answers of authorities: each rule by a token that keeps it and one that
//! breaks it and nothing else.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use sig_core::alg::digest::{Digest, DigestId};
use sig_core::alg::provider::RUSTCRYPTO;
use sig_core::finding::{Indication, Level};
use sig_core::report::text::Detail;
use sig_core::report::{Judged, Report, json};
use sig_core::{Evidence, Limits, Material, Policy, UnixTime, Validator};
use testdata::Pki;

const KINDS: [&str; 2] = ["stamps-rsa", "stamps-gost"];
const PASSED: (&str, &str) = ("TOTAL_PASSED", "");

fn material(pki: &Pki) -> Material {
    let limits = Limits::STANDARD;
    let mut material = Material::default();
    for anchor in ["root", "tsa-anchor", "tsa-anchor-expired"] {
        let certificate = pki.certificate(anchor).unwrap();
        material.add_anchors(&certificate.der, &limits).unwrap();
    }
    for crl in ["root", "ca-2024", "ca", "ca-2"] {
        material.add(pki.crl(crl).unwrap(), &limits).unwrap();
    }
    material
}

fn judge(pki: &Pki, token: &[u8], with: impl Fn(Evidence) -> Evidence) -> Report {
    let validator = Validator {
        algorithms: &RUSTCRYPTO,
        policy: Policy::builtin("etsi-ades").unwrap(),
        limits: Limits::STANDARD,
    };
    let at = UnixTime::parse_rfc3339("2026-11-21T12:00:00Z").unwrap();
    let evidence = Evidence::parse(token, &Limits::STANDARD).unwrap();
    let evidence = with(evidence).with_material(material(pki));
    validator.validate(evidence, at).unwrap()
}

fn of_content(pki: &Pki, id: &str) -> Report {
    let token = pki.time_stamp(id).unwrap();
    judge(pki, token, |evidence| {
        evidence.with_content(&b"content"[..])
    })
}

/// Indication, sub-indication and the codes at level fail and warn.
fn outcome(report: &Report) -> (&'static str, &'static str, Vec<&'static str>) {
    let (conclusion, findings) = match &report.judged {
        Judged::TimeStamp { time_stamp, .. } => (time_stamp.conclusion, &time_stamp.findings),
        Judged::Signatures {
            conclusion,
            document,
            signatures,
        } => {
            assert!(signatures.is_empty());
            (*conclusion, &document.findings)
        }
        Judged::EvidenceRecord { .. } | Judged::Certificate(_) => unreachable!("a file was judged"),
    };
    let mut codes: Vec<&str> = findings
        .iter()
        .filter(|finding| finding.level >= Level::Warn)
        .map(|finding| finding.code.id)
        .collect();
    codes.sort_unstable();
    codes.dedup();
    let sub_indication = conclusion.sub_indication.map_or("", |sub| sub.name());
    (conclusion.indication.name(), sub_indication, codes)
}

fn check(id: &str, (indication, sub_indication): (&str, &str), codes: &[&str]) {
    for kind in KINDS {
        let report = of_content(testdata::pki::named(kind).unwrap(), id);
        let expected = (indication, sub_indication, codes.to_vec());
        assert_eq!(outcome(&report), expected, "{kind}/{id}");
    }
}

#[test]
fn tokens_that_keep_every_rule_pass() {
    for id in [
        "good",
        "named",
        "extension",
        "granted",
        "granted-with-mods",
        "tsa-anchor",
    ] {
        check(id, PASSED, &[]);
    }
    check("future", PASSED, &["time.gen_time.after_check"]);
}

#[test]
fn the_binding_by_sha_1_is_too_weak_now() {
    let code = "crypto.certificate_reference.not_acceptable";
    let why = ("INDETERMINATE", "CRYPTO_CONSTRAINTS_FAILURE");
    check("signing-certificate-v1", why, &[code]);
}

#[test]
fn the_structure_is_that_of_a_token() {
    let failed = ("TOTAL_FAILED", "FORMAT_FAILURE");
    check("version-2", failed, &["time.token.malformed"]);
    check("two-signers", failed, &["time.token.signers"]);
    check("no-signers", failed, &["time.token.signers"]);
    let why = ("INDETERMINATE", "SIG_CONSTRAINTS_FAILURE");
    check(
        "critical-extension",
        why,
        &["time.token.critical_extension"],
    );
    check("misnamed", why, &["time.authority.name_mismatch"]);
    let codes = [
        "cms.signing_time.outside_validity",
        "time.gen_time.outside_validity",
    ];
    check("before-validity", why, &codes);
}

#[test]
fn the_signature_is_one_of_the_named_certificate() {
    let absent = ("INDETERMINATE", "SIG_CONSTRAINTS_FAILURE");
    check(
        "no-signing-certificate",
        absent,
        &["cms.signing_certificate.absent"],
    );
    let other = ("INDETERMINATE", "NO_SIGNING_CERTIFICATE_FOUND");
    let code = "cms.signing_certificate.mismatch";
    check("other-signing-certificate", other, &[code]);
    let broken = ("TOTAL_FAILED", "SIG_CRYPTO_FAILURE");
    check("signature-broken", broken, &["crypto.signature.invalid"]);
    let wrong = ("TOTAL_FAILED", "HASH_FAILURE");
    check("digest-wrong", wrong, &["crypto.digest.mismatch"]);
}

#[test]
fn the_certificate_is_one_of_an_authority_in_force() {
    let constraints = ("INDETERMINATE", "CHAIN_CONSTRAINTS_FAILURE");
    let purpose = "time.authority.extended_key_usage";
    check("tsa-plain", constraints, &[purpose]);
    check("tsa-two-purposes", constraints, &[purpose]);
    check("tsa-no-purpose", constraints, &[purpose]);
    check("tsa-key-usage", constraints, &["time.authority.key_usage"]);
    let revoked = ("INDETERMINATE", "REVOKED_NO_POE");
    check("tsa-revoked", revoked, &["revocation.status.revoked"]);
    let expired = ("INDETERMINATE", "OUT_OF_BOUNDS_NOT_REVOKED");
    let code = "path.validity.expired_not_revoked";
    check("tsa-expired", expired, &[code]);
    // Row 52: an anchor is judged by its validity like another.
    let expired = ("INDETERMINATE", "OUT_OF_BOUNDS_NO_POE");
    check("tsa-anchor-expired", expired, &["path.validity.expired"]);
}

#[test]
fn the_imprint_is_by_an_acceptable_algorithm() {
    let why = ("INDETERMINATE", "CRYPTO_CONSTRAINTS_FAILURE_NO_POE");
    check("weak-imprint", why, &["crypto.algorithm.not_acceptable"]);
}

#[test]
fn what_was_stamped_must_be_at_hand_and_equal() {
    let pki = testdata::pki::named("stamps-rsa").unwrap();
    let good = pki.time_stamp("good").unwrap();
    let absent = judge(pki, good, |evidence| evidence);
    let code = "cms.content.missing";
    assert_eq!(
        outcome(&absent),
        ("INDETERMINATE", "SIGNED_DATA_NOT_FOUND", vec![code])
    );
    let other = judge(pki, good, |evidence| evidence.with_content(&b"Content"[..]));
    let code = "time.imprint.mismatch";
    assert_eq!(
        outcome(&other),
        ("TOTAL_FAILED", "HASH_FAILURE", vec![code])
    );
}

#[test]
fn a_digest_stands_for_the_document() {
    let pki = testdata::pki::named("stamps-rsa").unwrap();
    let good = pki.time_stamp("good").unwrap();
    let by = |algorithm: DigestId, content: &[u8]| {
        let computed = RUSTCRYPTO.digest(algorithm).unwrap().digest(content);
        let digest: Digest = computed.unwrap();
        judge(pki, good, |evidence| {
            evidence.with_content_digest(digest.clone())
        })
    };
    let right = by(DigestId::Sha256, b"content");
    assert_eq!(outcome(&right), ("TOTAL_PASSED", "", vec![]));
    let Judged::TimeStamp { document, .. } = &right.judged else {
        panic!("a token was judged");
    };
    assert!(document.digest.is_some() && document.size.is_none());
    let wrong = by(DigestId::Sha256, b"another");
    let code = "time.imprint.mismatch";
    assert_eq!(
        outcome(&wrong),
        ("TOTAL_FAILED", "HASH_FAILURE", vec![code])
    );
    let not_asked = by(DigestId::Sha512, b"content");
    let code = "cms.content.digest_missing";
    let expected = ("INDETERMINATE", "SIGNED_DATA_NOT_FOUND", vec![code]);
    assert_eq!(outcome(&not_asked), expected);
}

#[test]
fn a_refusal_and_a_message_of_another_content_are_no_time_stamps() {
    check("rejected", ("NO_SIGNATURE", ""), &["time.response.refused"]);
    let pki = testdata::pki::named("stamps-rsa").unwrap();
    // A message of other content stands alone as a signature: it is judged as one, not as a time-stamp.
    let other = of_content(pki, "data");
    assert!(matches!(other.judged, Judged::Signatures { .. }));
}

#[test]
fn a_token_is_no_signature_in_the_report() {
    let pki = testdata::pki::named("stamps-gost").unwrap();
    let text = json::write(&of_content(pki, "good"));
    let report: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(report["signatures"], serde_json::json!([]));
    assert_eq!(report["conclusion"]["indication"], "TOTAL_PASSED");
    let stamp = &report["time_stamp"];
    assert_eq!(stamp["kind"], "time-stamp");
    assert_eq!(stamp["token"]["gen_time"], "2026-11-01T12:00:00Z");
    assert_eq!(stamp["token"]["not_earlier_than"], "2026-11-01T11:59:59Z");
    assert_eq!(stamp["token"]["not_later_than"], "2026-11-01T12:00:01Z");
    assert_eq!(stamp["token"]["digest"], "streebog256");
    assert_eq!(
        text,
        json::write_in(&of_content(pki, "good"), Detail::Normal)
    );
}

#[test]
fn a_cut_or_changed_token_never_passes() {
    let pki = testdata::pki::named("stamps-rsa").unwrap();
    let good = pki.time_stamp("granted").unwrap();
    let verdict = |octets: &[u8]| {
        let report = judge(pki, octets, |it| it.with_content(&b"content"[..]));
        outcome(&report).0
    };
    assert_eq!(verdict(good), Indication::TotalPassed.name());
    for end in (0..good.len()).step_by(53) {
        assert_ne!(verdict(&good[..end]), "TOTAL_PASSED", "cut at {end}");
    }
    let longer = [good, &[0]].concat();
    assert_ne!(verdict(&longer), "TOTAL_PASSED");
}
