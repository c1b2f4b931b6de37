//! Signatures with archival data under policies of other choices, and how the past is told (EN 319 102-1 §5.5, §5.6).
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use std::sync::LazyLock;

use sig_core::alg::provider::RUSTCRYPTO;
use sig_core::finding::{Indication, Level};
use sig_core::report::text::{self, Detail};
use sig_core::report::{Judged, Report, SignatureReport};
use sig_core::x509::certificate::sha256_hex;
use sig_core::{Evidence, Limits, Material, Policy, UnixTime, Validator};
use testdata::cases::{Case, all};

/// Those of the area.
static CASES: LazyLock<Vec<Case>> = LazyLock::new(|| {
    let cases = all().unwrap().into_iter();
    cases.filter(|case| case.area == "long-term").collect()
});

fn case(id: &str) -> &'static Case {
    let mut cases = CASES.iter();
    cases
        .find(|case| case.id == id)
        .unwrap_or_else(|| panic!("no case {id}"))
}

/// etsi-ades with one of its lines in another form.
fn policy(line: &str, other: &str) -> Policy {
    let text = Policy::builtin("etsi-ades").unwrap().text();
    assert!(text.contains(line), "{line}");
    Policy::read(&text.replace(line, other)).unwrap()
}

fn judge(case: &Case, policy: Policy) -> Report {
    let limits = Limits::STANDARD;
    let mut material = Material::default();
    for anchor in &case.anchors {
        material.add_anchors(anchor, &limits).unwrap();
    }
    for object in case.certificates.iter().chain(&case.crls).chain(&case.ocsp) {
        material.add(object, &limits).unwrap();
    }
    for (anchor, end) in &case.sunsets {
        let end = UnixTime::from_seconds(*end);
        material.sunsets.push((sha256_hex(anchor), end));
    }
    let validator = Validator {
        algorithms: &RUSTCRYPTO,
        policy,
        limits,
    };
    let evidence = Evidence::parse(&case.signature, &limits).unwrap();
    let at = UnixTime::from_seconds(case.at);
    validator
        .validate(evidence.with_material(material), at)
        .unwrap()
}

fn signature(report: &Report) -> &SignatureReport {
    match &report.judged {
        Judged::Signatures { signatures, .. } => signatures.first().unwrap(),
        _ => unreachable!("a signature was judged"),
    }
}

/// The sub-indication, or the indication without one, and the codes that fail.
fn outcome(report: &Report) -> (&'static str, Vec<&'static str>) {
    let signature = signature(report);
    let conclusion = signature.conclusion;
    let name = match conclusion.sub_indication {
        Some(sub) => sub.name(),
        None => conclusion.indication.name(),
    };
    let failed = signature.findings.iter();
    let failed = failed.filter(|finding| finding.level == Level::Fail);
    (name, failed.map(|finding| finding.code.id).collect())
}

fn existed(report: &Report) -> Option<String> {
    let times = signature(report).times;
    times.proven_not_later_than.map(|time| time.to_string())
}

const OPTIONAL: &str = "time_stamp = \"optional\"\n";
const REQUIRED: &str = "time_stamp = \"required\"\n";

#[test]
fn a_required_time_stamp_must_be_valid_now_or_in_the_past() {
    let required = || policy(OPTIONAL, REQUIRED);
    let by = |id: &str| outcome(&judge(case(id), required()));
    // Valid now.
    assert_eq!(by("ca-expired-rsa"), ("TOTAL_PASSED", vec![]));
    // Valid in the past: what the process with time found missing is found by the long-term one.
    let report = judge(case("signer-expired-rsa"), required());
    assert_eq!(outcome(&report), ("TOTAL_PASSED", vec![]));
    let settled = signature(&report).findings.iter();
    let settled = settled.filter(|it| it.code.id == "time.stamp.required");
    let levels: Vec<Level> = settled.map(|finding| finding.level).collect();
    assert_eq!(levels, [Level::Info]);
    // Not at all.
    let (name, failed) = by("signer-expired-unarchived-rsa");
    assert_eq!(name, "OUT_OF_BOUNDS_NOT_REVOKED");
    assert!(failed.contains(&"time.stamp.required"), "{failed:?}");
}

#[test]
fn the_delay_between_the_claimed_and_the_proven_time_is_bounded() {
    let by = |id: &str, seconds: u32| {
        let line = format!("{OPTIONAL}time_stamp_delay_seconds = {seconds}\n");
        outcome(&judge(case(id), policy(OPTIONAL, &line)))
    };
    // A day and the second of accuracy lie between them; the signing time with the delay must be later than the proof.
    let (name, failed) = by("ca-expired-rsa", 86_401);
    assert_eq!(name, "SIG_CONSTRAINTS_FAILURE");
    assert_eq!(failed, ["time.stamp.delay"]);
    assert_eq!(by("ca-expired-rsa", 86_402), ("TOTAL_PASSED", vec![]));
    // Proven by a time-stamp of the past.
    let (_, failed) = by("signer-expired-rsa", 86_401);
    assert_eq!(failed, ["time.stamp.delay"]);
    assert_eq!(by("signer-expired-rsa", 86_402), ("TOTAL_PASSED", vec![]));
}

#[test]
fn the_delay_is_read_back_and_changes_the_digest() {
    let line = format!("{OPTIONAL}time_stamp_delay_seconds = 60\n");
    let with = policy(OPTIONAL, &line);
    assert_eq!(with.time_stamp_delay_seconds, Some(60));
    assert_eq!(Policy::read(&with.text()).unwrap(), with);
    let without = Policy::builtin("etsi-ades").unwrap();
    assert_ne!(with.digest(), without.digest());
}

#[test]
fn without_revocation_the_past_needs_none() {
    let off = policy("revocation = \"required\"", "revocation = \"off\"");
    let uncovered = case("ca-expired-crl-uncovered-rsa");
    assert_eq!(
        outcome(&judge(uncovered, off.clone())),
        ("TOTAL_PASSED", vec![])
    );
    // But it needs something that proves it.
    let unarchived = case("ca-expired-unarchived-rsa");
    let name = outcome(&judge(unarchived, off)).0;
    assert_eq!(name, "CERTIFICATE_CHAIN_GENERAL_FAILURE");
}

#[test]
fn what_was_valid_when_the_end_entity_was_certified_needs_no_past_in_the_hybrid_model() {
    let hybrid = policy("validity_model = \"shell\"", "validity_model = \"hybrid\"");
    let unarchived = case("ca-expired-unarchived-rsa");
    assert_eq!(outcome(&judge(unarchived, hybrid)).0, "TOTAL_PASSED");
}

#[test]
fn the_proven_time_is_that_of_the_earliest_time_stamp_that_holds() {
    let by = |id: &str| existed(&judge(case(id), Policy::builtin("etsi-ades").unwrap()));
    let time = |text: &str| Some(text.to_owned());
    assert_eq!(by("signer-expired-rsa"), time("2018-01-02T12:00:01Z"));
    assert_eq!(
        by("signer-expired-archived-late-rsa"),
        time("2023-01-01T12:00:01Z")
    );
    assert_eq!(
        by("signer-expired-archive-alone-rsa"),
        time("2018-07-01T12:00:01Z")
    );
    assert_eq!(by("signer-expired-unarchived-rsa"), None);
    assert_eq!(by("archive-of-unknown-authority-rsa"), None);
}

#[test]
fn no_case_is_near_the_limits_of_work() {
    for case in CASES.iter() {
        let report = judge(case, Policy::builtin("etsi-ades").unwrap());
        let checks = report.work.signature_checks;
        assert!(checks <= 75, "{} takes {checks} checks", case.id);
    }
}

#[test]
fn the_past_is_told_in_both_languages() {
    use sig_core::finding::Language;
    let report = judge(
        case("ca-expired-rsa"),
        Policy::builtin("etsi-ades").unwrap(),
    );
    assert_eq!(
        signature(&report).conclusion.indication,
        Indication::TotalPassed
    );
    let told = |language, sentence: &str| {
        let text = text::write(&report, language, Detail::Explain);
        assert!(text.contains(sentence), "{sentence}\n{text}");
    };
    told(Language::Ru, "цепочка была действительна");
    told(Language::Ru, "истёк 2020-01-01");
    told(Language::En, "the path was valid");
    told(Language::En, "expired 2020-01-01");
}
