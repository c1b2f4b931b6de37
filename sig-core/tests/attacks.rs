//! Rows of the table of attacks that no signature file can show by itself; each test is named with its row.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::sync::LazyLock;

use sig_core::alg::provider::RUSTCRYPTO;
use sig_core::base::error::Structure;
use sig_core::der::octets::Octets;
use sig_core::der::oids;
use sig_core::der::reader::{Encoding, Reader};
use sig_core::der::tag::Tag;
use sig_core::der::writer::{element, set_of};
use sig_core::finding::{Finding, Indication, Language, Level, has_deceptive_characters};
use sig_core::report::text::Detail;
use sig_core::report::{Judged, NotChecked, Report, SignatureReport, json, text};
use sig_core::x509::name::Name;
use sig_core::{Budget, Evidence, Limits, Material, Policy, UnixTime, Validator};
use testdata::cases::{Case, all};

static CASES: LazyLock<Vec<Case>> = LazyLock::new(|| all().unwrap());

fn case(id: &str) -> Case {
    let mut cases = CASES.iter();
    cases.find(|case| case.id == id).unwrap().clone()
}

fn judge(case: &Case, policy: Policy) -> Report {
    let limits = Limits::STANDARD;
    let mut material = Material::default();
    for anchor in &case.anchors {
        material.add_anchors(anchor, &limits).unwrap();
    }
    for object in case.certificates.iter().chain(&case.crls) {
        material.add(object, &limits).unwrap();
    }
    let validator = Validator {
        algorithms: &RUSTCRYPTO,
        policy,
        limits,
    };
    let mut evidence = Evidence::parse(&case.signature, &limits).unwrap();
    evidence = evidence.with_material(material);
    if let Some(content) = &case.content {
        evidence = evidence.with_content(content.clone());
    }
    let at = UnixTime::from_seconds(case.at);
    validator.validate(evidence, at).unwrap()
}

fn by(case: &Case, policy: &str) -> Report {
    judge(case, Policy::builtin(policy).unwrap())
}

fn signatures(report: &Report) -> &[SignatureReport] {
    match &report.judged {
        Judged::Signatures { signatures, .. } => signatures,
        _ => &[],
    }
}

fn indication(report: &Report) -> Option<Indication> {
    match &report.judged {
        Judged::Signatures { conclusion, .. } => Some(conclusion.indication),
        _ => None,
    }
}

fn failed(report: &Report) -> Vec<&'static str> {
    let findings = signatures(report).iter().flat_map(|it| &it.findings);
    let failed = findings.filter(|finding| finding.level == Level::Fail);
    failed.map(|finding: &Finding| finding.code.id).collect()
}

/// Without signed attributes a message passes only where the policy asks for none, and a set of attributes is never
/// taken for a document.
#[test]
fn attack_01_and_03_every_policy_says_what_it_does_without_attributes() {
    let (plain, stripped) = (
        case("03-no-attributes-pkix"),
        case("01-attributes-stripped-into-content"),
    );
    for id in Policy::BUILTIN {
        let report = by(&plain, id);
        let lenient = id == "cms-basic";
        let absent = failed(&report).contains(&"cms.signed_attributes.absent");
        assert_eq!(absent, !lenient, "{id}");
        if lenient {
            assert_eq!(indication(&report), Some(Indication::TotalPassed), "{id}");
        }
        let report = by(&stripped, id);
        let told = failed(&report).contains(&"cms.signed_attributes.stripped");
        assert!(told, "{id}");
        assert_eq!(indication(&report), Some(Indication::TotalFailed), "{id}");
    }
}

/// What nobody signed takes nothing away: the signers keep their verdicts whatever stands beside them.
#[test]
fn attack_15_counter_signatures_do_not_turn_the_verdict() {
    for id in ["16-of-another-value", "16-too-many", "16-malformed"] {
        let report = by(&case(id), "etsi-ades");
        assert_eq!(indication(&report), Some(Indication::TotalPassed), "{id}");
        assert_eq!(signatures(&report).len(), 1, "{id}");
    }
}

/// A limit that ends while counter-signatures are judged is told, and the verdict over the document stands.
#[test]
fn attack_16_a_limit_among_counter_signatures_is_told() {
    let case = case("16-two-values-two-attributes");
    let limits = Limits {
        signature_checks: 8,
        ..Limits::STANDARD
    };
    let mut material = Material::default();
    material.add_anchors(&case.anchors[0], &limits).unwrap();
    for crl in &case.crls {
        material.add(crl, &limits).unwrap();
    }
    let validator = Validator {
        algorithms: &RUSTCRYPTO,
        policy: Policy::builtin("etsi-ades").unwrap(),
        limits,
    };
    let evidence = Evidence::parse(&case.signature, &limits).unwrap();
    let evidence = evidence.with_material(material);
    let at = UnixTime::from_seconds(case.at);
    let report = validator.validate(evidence, at).unwrap();
    assert_eq!(indication(&report), Some(Indication::TotalPassed));
    let signature = &signatures(&report)[0];
    assert!(signature.counter_signatures.len() < 3);
    let mut findings = signature.findings.iter();
    assert!(findings.any(|it| it.code.id == "attribute.counter_signature.limit"));
}

/// Each counter-signature names its parent, and the report shows it under it.
#[test]
fn attack_16_a_counter_signature_stands_under_its_parent() {
    let report = by(&case("16-nested"), "etsi-ades");
    let outer = &signatures(&report)[0];
    let inner = &outer.counter_signatures[0];
    let innermost = &inner.counter_signatures[0];
    assert_eq!(outer.parent, None);
    assert_eq!(inner.parent.as_ref(), Some(&outer.id));
    assert_eq!(innermost.parent.as_ref(), Some(&inner.id));
    for (language, words) in [
        (
            Language::Ru,
            [
                "Подпись 1:",
                "Заверяющая подпись 1.1:",
                "Заверяющая подпись 1.1.1:",
            ],
        ),
        (
            Language::En,
            [
                "Signature 1:",
                "Counter-signature 1.1:",
                "Counter-signature 1.1.1:",
            ],
        ),
    ] {
        let text = text::write(&report, language, Detail::Normal);
        let places = words.map(|word| text.find(word).unwrap());
        assert!(places.is_sorted(), "{places:?}");
    }
    let json: serde_json::Value = serde_json::from_str(&json::write(&report)).unwrap();
    let nested = &json["signatures"][0]["counter_signatures"][0]["counter_signatures"][0];
    assert_eq!(nested["parent"], inner.id.as_str());
}

/// Four million commas are printed in time: quadratic work over them would not end.
#[test]
fn attack_21_names_are_printed_in_linear_time() {
    const COMMAS: usize = 4 << 20;
    let value = element(Tag::UTF8_STRING, &vec![b','; COMMAS]);
    let kind = element(Tag::OID, oids::COMMON_NAME.content());
    let attribute = element(Tag::SEQUENCE, &[kind, value].concat());
    let name = element(Tag::SEQUENCE, &set_of(vec![attribute]));
    let input = Octets::from(name);
    let mut budget = Budget::new(Limits::STANDARD);
    let mut reader = Reader::new(&input, Encoding::Der, Structure::Name);
    let name = Name::read(&mut reader, &mut budget).unwrap();
    let text = name.to_string();
    assert_eq!(text.len(), "CN=".len() + 2 * COMMAS);
    assert!(text.ends_with("\\,\\,"));
}

/// No name and no claim of a signer reaches a terminal as it was written, and no key of the report can be forged.
#[test]
fn attack_54_nothing_deceptive_is_shown() {
    for id in [
        "54-bidi",
        "54-control",
        "54-mixed",
        "54-markup",
        "attribute-deceptive-text",
    ] {
        let report = by(&case(id), "etsi-ades");
        for language in [Language::Ru, Language::En] {
            for detail in [Detail::Normal, Detail::Explain] {
                let text = text::write(&report, language, detail);
                let lines = text.lines();
                let shown: String = lines.collect();
                assert!(!has_deceptive_characters(&shown), "{id}: {shown:?}");
            }
        }
        let json = json::write(&report);
        assert!(!json.chars().any(char::is_control), "{id}");
        assert!(serde_json::from_str::<serde_json::Value>(&json).is_ok());
    }
}

/// What the certificates say in names is told where it may deceive.
#[test]
fn attack_54_a_reader_is_warned() {
    for (id, expected) in [
        ("54-exact", None),
        ("54-markup", None),
        ("54-bidi", Some("certificate.name.deceptive_characters")),
        ("54-control", Some("certificate.name.deceptive_characters")),
        ("54-mixed", Some("certificate.name.mixed_scripts")),
        ("54-contradictory", Some("certificate.name.contradictory")),
    ] {
        let report = by(&case(id), "etsi-ades");
        let mut findings = signatures(&report).iter().flat_map(|it| &it.findings);
        let found = findings.find(|it| it.code.id.starts_with("certificate.name."));
        assert_eq!(found.map(|finding| finding.code.id), expected, "{id}");
    }
}

/// Two people in one subject: neither is asserted, both are shown, and no number of either in the short report.
#[test]
fn attack_54_no_one_of_two_people_is_asserted() {
    let report = by(&case("54-contradictory"), "etsi-ades");
    let signer = signatures(&report)[0].signer.as_ref().unwrap();
    assert_eq!((&signer.subject.cn, &signer.subject.snils), (&None, &None));
    let person = signer.holder.identity().person.as_ref().unwrap();
    assert_eq!(person.snils, None);
    for (language, label) in [(Language::Ru, "СНИЛС"), (Language::En, "SNILS")] {
        let short = text::short::write(&report, language);
        for name in ["Образцов Семён", "Примеров Пётр", label] {
            assert!(short.contains(name), "{short}");
        }
        let long = text::write(&report, language, Detail::Normal);
        for number in ["11223344595", "08765430300"] {
            assert!(!short.contains(number), "{short}");
            assert!(long.contains(number), "{long}");
        }
    }
}

/// Octets of the process in memory.
#[cfg(target_os = "linux")]
fn resident() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap();
    let mut lines = text.lines();
    let line = lines.find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    let number = line.split_whitespace().next().unwrap();
    number.parse::<u64>().unwrap() << 10
}

/// Sixty verifications after twenty others take no more memory; `cargo xtask soak verify` does a million.
#[cfg(target_os = "linux")]
#[test]
fn attack_59_memory_does_not_grow() {
    const MOST: u64 = 8 << 20;
    let case = case("16-nested");
    let run = |times: usize| {
        for _ in 0..times {
            let report = by(&case, "etsi-ades");
            assert_eq!(indication(&report), Some(Indication::TotalPassed));
        }
    };
    run(20);
    let before = resident();
    run(60);
    let after = resident();
    assert!(after.saturating_sub(before) < MOST, "{before} {after}");
}

/// Three families: proven bad, not provable with what is missing, could not run.
#[test]
fn attack_60_what_is_missing_is_named() {
    for (id, expected, missing) in [
        (
            "60-proven-bad",
            Indication::TotalFailed,
            "crypto.digest.mismatch",
        ),
        (
            "60-no-content",
            Indication::Indeterminate,
            "cms.content.missing",
        ),
        (
            "60-no-anchor",
            Indication::Indeterminate,
            "path.build.no_chain",
        ),
    ] {
        let report = by(&case(id), "etsi-ades");
        assert_eq!(indication(&report), Some(expected), "{id}");
        assert!(
            failed(&report).contains(&missing),
            "{id}: {:?}",
            failed(&report)
        );
    }
}

/// A policy that was matched by its document is not listed as unchecked; what it says is.
#[test]
fn a_matched_signature_policy_is_checked() {
    let report = by(&case("15-policy-store"), "etsi-ades");
    let listed = |report: &Report| -> Vec<NotChecked> {
        let listed = signatures(report).iter().flat_map(|it| &it.not_checked);
        let policies = listed.filter(|it| it.what.starts_with("signature-policy"));
        policies.cloned().collect()
    };
    assert_eq!(listed(&report)[0].what, "signature-policy-rules");
    let report = by(&case("policy-document-missing-archive"), "archive");
    assert_eq!(listed(&report)[0].what, "signature-policy");
}
