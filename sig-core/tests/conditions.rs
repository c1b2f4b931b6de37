//! The four conditions of 63-FZ art. 11: each fails alone and stays open alone, and versions of the list decide by day.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use std::collections::BTreeSet;
use std::sync::Arc;

use sig_core::alg::provider::RUSTCRYPTO;
use sig_core::finding::Language;
use sig_core::report::text::{self, Detail};
use sig_core::report::{ConditionStatus, Judged, QualifiedVerdict, Report, SignatureReport};
use sig_core::trust::mintsifry_list::ListLimits;
use sig_core::trust::snapshot::{Assembly, ListSigner, TrustSnapshot};
use sig_core::validate::qualified::dates;
use sig_core::{Evidence, Limits, Material, Policy, UnixTime, Validator};
use testdata::cases::{Case, all};
use testdata::list::{Authority, List, StatusValue};
use testdata::{Form, Timestamp, Variant, demo};

use StatusValue::{Suspended, Terminated, Unfamiliar, Valid};

const LIMITS: Limits = Limits::STANDARD;
const STATUSES: [&str; 3] = ["met", "not_met", "not_provable"];

fn qualified_cases() -> Vec<Case> {
    let cases = all().unwrap().into_iter();
    cases.filter(|case| case.area == "qualified").collect()
}

/// The declared statuses stand in `cases.rs` against the verdicts; here they are seen to leave nothing out.
#[test]
fn each_condition_fails_alone_and_stays_open_alone() {
    let cases = qualified_cases();
    let declared: Vec<&[String; 4]> = cases
        .iter()
        .filter_map(|case| case.expect.conditions.as_ref())
        .collect();
    for statuses in &declared {
        assert!(statuses.iter().all(|it| STATUSES.contains(&it.as_str())));
    }
    for condition in 0..4 {
        for status in ["not_met", "not_provable"] {
            let mut wanted = ["met"; 4];
            wanted[condition] = status;
            let found = declared.iter().any(|statuses| **statuses == wanted);
            assert!(found, "no case of {wanted:?}");
        }
    }
    assert!(declared.iter().filter(|it| ***it == ["met"; 4]).count() > 5);
}

fn time(text: &str) -> UnixTime {
    UnixTime::parse_rfc3339(text).unwrap()
}

/// One authority with the key of `ca` and a history, in a list of a version and a date.
fn list(version: u64, date: &str, history: &[(StatusValue, &str)]) -> Vec<u8> {
    let pki = demo::pki().unwrap();
    let history = history.iter();
    let authority = Authority {
        name: "Тестовый УЦ «Образец»".to_owned(),
        ogrn: "0000000000110".to_owned(),
        history: history
            .map(|(status, from)| (*status, Timestamp(time(from).seconds())))
            .collect(),
        certificates: vec![pki.certificate("ca").unwrap().der.clone()],
    };
    let list = List {
        version,
        date: Timestamp(time(date).seconds()),
        authorities: vec![authority],
        text: 40,
    };
    list.signed(pki, "ministry").unwrap()
}

/// A signature of a certificate that `ca` issued 2024-01-01T00:00:00Z, 03:00 in Moscow, judged with these lists.
fn judge(lists: &[Vec<u8>], at: &str) -> Report {
    judge_variant(lists, at, "2026-11-01T12:00:00Z", "")
}

fn judge_variant(lists: &[Vec<u8>], at: &str, signed_at: &str, variant: &str) -> Report {
    let pki = demo::pki().unwrap();
    let der = |id: &str| pki.certificate(id).unwrap().der.clone();
    let mut material = Material::default();
    material.add_anchors(&der("root"), &LIMITS).unwrap();
    for crl in ["root", "ca"] {
        material.add(pki.crl(crl).unwrap(), &LIMITS).unwrap();
    }
    let pin = ListSigner {
        anchors: material.anchors.clone(),
        ogrn: ListSigner::MINISTRY_OGRN.to_owned(),
        taken_at: time(at),
    };
    let assembly = Assembly {
        previous: None,
        lists: lists.iter().map(|it| it.clone().into()).collect(),
        crls: Vec::new(),
        pin: &pin,
    };
    let trust = TrustSnapshot::assemble(assembly, &RUSTCRYPTO, ListLimits::STANDARD).unwrap();
    material.trust = Some(Arc::new(trust));
    let token = pki.token("citizen").unwrap();
    let signed_at = Timestamp(time(signed_at).seconds());
    let variant: Variant = toml::from_str(variant).unwrap();
    let signature = token
        .sign("документ".as_bytes(), Form::Attached, signed_at, &variant)
        .unwrap();
    let validator = Validator {
        algorithms: &RUSTCRYPTO,
        policy: Policy::builtin("ru-qes").unwrap(),
        limits: LIMITS,
    };
    let evidence = Evidence::parse(&signature, &LIMITS).unwrap();
    let evidence = evidence.with_material(material);
    validator.validate(evidence, time(at)).unwrap()
}

fn first(report: &Report) -> &SignatureReport {
    let Judged::Signatures { signatures, .. } = &report.judged else {
        panic!("a signature");
    };
    &signatures[0]
}

/// Status and evidence of the first condition, and the codes of the list.
fn accredited(report: &Report) -> (ConditionStatus, Vec<String>, BTreeSet<&'static str>) {
    let signature = first(report);
    let condition = &signature.qualified.as_ref().unwrap().conditions[0];
    let codes = signature.findings.iter().map(|finding| finding.code.id);
    let codes = codes
        .filter(|id| id.starts_with("qualified.authority.") || id.starts_with("qualified.list."));
    (
        condition.status,
        condition.evidence.clone(),
        codes.collect(),
    )
}

const AT: &str = "2026-11-21T12:00:00Z";
const DATE: &str = "2026-11-01T06:00:00Z";

#[test]
fn accreditation_counts_on_the_calendar_day_of_issue_in_moscow() {
    use ConditionStatus::{Met, NotMet, NotProvable};
    let long_ago = (Valid, "2020-02-01T00:00:00+03:00");
    // The certificate was issued at 03:00 on 2024-01-01 in Moscow.
    for (history, expected) in [
        // Begun on the day before, at its first instant, later on it, on the day after.
        (vec![(Valid, "2023-12-31T23:59:59+03:00")], Met),
        (vec![(Valid, "2024-01-01T00:00:00+03:00")], Met),
        (vec![(Valid, "2024-01-01T23:59:59+03:00")], Met),
        (vec![(Valid, "2024-01-02T00:00:00+03:00")], NotProvable),
        // Suspended before, at the very instant, later on the day.
        (
            vec![long_ago, (Suspended, "2023-12-31T00:00:00+03:00")],
            NotMet,
        ),
        (
            vec![long_ago, (Suspended, "2024-01-01T03:00:00+03:00")],
            NotMet,
        ),
        (
            vec![long_ago, (Suspended, "2024-01-01T03:00:01+03:00")],
            Met,
        ),
        // Restored before and after the issue.
        (
            vec![
                long_ago,
                (Suspended, "2023-11-01T00:00:00+03:00"),
                (Valid, "2023-12-16T00:00:00+03:00"),
            ],
            Met,
        ),
        (
            vec![
                long_ago,
                (Suspended, "2023-12-15T00:00:00+03:00"),
                (Valid, "2024-01-29T00:00:00+03:00"),
            ],
            NotMet,
        ),
        // What comes later undoes nothing, whatever it is.
        (
            vec![long_ago, (Terminated, "2024-03-01T00:00:00+03:00")],
            Met,
        ),
        (
            vec![long_ago, (Unfamiliar, "2024-03-01T00:00:00+03:00")],
            Met,
        ),
        (
            vec![long_ago, (Terminated, "2023-12-01T00:00:00+03:00")],
            NotMet,
        ),
        // A word that nobody knows is neither.
        (
            vec![long_ago, (Unfamiliar, "2023-12-01T00:00:00+03:00")],
            NotProvable,
        ),
    ] {
        let report = judge(&[list(7, DATE, &history)], AT);
        let (status, evidence, codes) = accredited(&report);
        assert_eq!(status, expected, "{history:?} {codes:?}");
        assert!(
            evidence.iter().any(|it| it.starts_with("trust:")),
            "{evidence:?}"
        );
    }
}

#[test]
fn the_version_that_decides_is_named() {
    let since = (Valid, "2020-02-01T00:00:00+03:00");
    let older = list(16_313, "2025-06-01T00:00:00Z", &[since]);
    // A newer version that begins later leaves the day of issue to the older one.
    let later = list(16_314, DATE, &[(Valid, "2025-01-01T00:00:00+03:00")]);
    let (status, evidence, codes) = accredited(&judge(&[older.clone(), later], AT));
    assert_eq!(status, ConditionStatus::Met);
    assert!(
        evidence.contains(&"list-version:16313".to_owned()),
        "{evidence:?}"
    );
    assert!(!codes.contains("qualified.list.versions_contradict"));
    let whole = list(16_314, DATE, &[since]);
    let (_, evidence, codes) = accredited(&judge(&[older, whole], AT));
    assert!(
        evidence.contains(&"list-version:16314".to_owned()),
        "{evidence:?}"
    );
    assert!(
        evidence.iter().any(|it| it.starts_with("key-identifier:")),
        "{evidence:?}"
    );
    assert!(
        evidence.iter().any(|it| it.starts_with("certificate:")),
        "{evidence:?}"
    );
    assert!(!codes.contains("qualified.list.versions_contradict"));
}

#[test]
fn versions_that_contradict_each_other_are_named_and_the_newer_decides() {
    let since = (Valid, "2020-02-01T00:00:00+03:00");
    let suspended = [
        since,
        (Suspended, "2023-12-15T00:00:00+03:00"),
        (Valid, "2024-01-29T00:00:00+03:00"),
    ];
    let older = |history: &[_]| list(10, "2025-06-01T00:00:00Z", history);
    let newer = |history: &[_]| list(11, DATE, history);
    for (lists, expected) in [
        (
            [older(&[since]), newer(&suspended)],
            ConditionStatus::NotMet,
        ),
        ([older(&suspended), newer(&[since])], ConditionStatus::Met),
    ] {
        let report = judge(&lists, AT);
        let (status, _, codes) = accredited(&report);
        assert_eq!(status, expected);
        assert!(
            codes.contains("qualified.list.versions_contradict"),
            "{codes:?}"
        );
        let text = text::write(&report, Language::En, Detail::Normal);
        assert!(
            text.contains("version 10 says") && text.contains("version 11 says"),
            "{text}"
        );
    }
    // They differ about another day.
    let other = [since, (Suspended, "2024-05-15T00:00:00+03:00")];
    let (status, _, codes) = accredited(&judge(&[older(&[since]), newer(&other)], AT));
    assert_eq!(status, ConditionStatus::Met);
    assert!(
        !codes.contains("qualified.list.versions_contradict"),
        "{codes:?}"
    );
}

#[test]
fn a_list_is_stale_a_second_after_its_bound() {
    let fresh = [list(7, DATE, &[(Valid, "2020-02-01T00:00:00+03:00")])];
    for (at, is_stale) in [
        ("2026-12-01T06:00:00Z", false),
        ("2026-12-01T06:00:01Z", true),
    ] {
        let (status, _, codes) = accredited(&judge(&fresh, at));
        // The certificate is older than the list, which says what was on that day.
        assert_eq!(status, ConditionStatus::Met);
        assert_eq!(codes.contains("qualified.list.stale"), is_stale, "{at}");
    }
}

#[test]
fn the_text_names_limits_and_class() {
    let report = judge(
        &[list(7, DATE, &[(Valid, "2020-02-01T00:00:00+03:00")])],
        AT,
    );
    let qualified = first(&report).qualified.as_ref().unwrap();
    assert_eq!(qualified.verdict, QualifiedVerdict::Qualified);
    let limits = &qualified.conditions[3].evidence;
    for stated in [
        "key_usage:digitalSignature",
        "key_purpose:clientAuth",
        "class:KC2",
    ] {
        assert!(limits.iter().any(|it| it == stated), "{stated}: {limits:?}");
    }
    let text = text::write(&report, Language::Ru, Detail::Normal);
    assert!(text.contains("КС2"), "{text}");
}

#[test]
fn rules_that_a_policy_may_take_are_listed_with_their_confidence() {
    let base = Policy::builtin("ru-qes").unwrap();
    let taken = Policy {
        assumed_rules: vec![dates::CEASED_2022.id.to_owned()],
        ..base.clone()
    };
    assert_eq!(Policy::read(&taken.text()).as_ref(), Ok(&taken));
    assert_ne!(taken.digest(), base.digest());
    for wrong in [
        "\"order472.format\"",
        "\"476fz.certificates-cease\", \"476fz.certificates-cease\"",
    ] {
        let line = format!("assumed_rules = [{wrong}]\nrevocation = ");
        let text = base.text().replacen("revocation = ", &line, 1);
        let refused = Policy::read(&text).unwrap_err().to_string();
        assert!(refused.contains("assumed_rules"), "{refused}");
    }
    let text = base.text().replacen("days = 30", "days = -1", 1);
    assert!(Policy::read(&text).is_err());
    let text = base.text().replacen("\"not-provable\"", "\"maybe\"", 1);
    let refused = Policy::read(&text).unwrap_err().to_string();
    assert!(
        refused.contains("trust_list_age.stale = maybe"),
        "{refused}"
    );
}

/// The days of the orders as a verdict sees them: the last second before, the first of the day, the last of the last day.
#[test]
fn an_order_is_asked_from_its_first_day_to_its_last() {
    let lists = [list(
        7,
        "2026-12-20T06:00:00Z",
        &[(Valid, "2020-02-01T00:00:00+03:00")],
    )];
    let has = |report: &Report, code: &str| {
        let mut findings = first(report).findings.iter();
        findings.any(|it| it.code.id == code)
    };
    for (signed_at, is_told) in [
        ("2020-11-08T23:59:59+03:00", false),
        ("2020-11-09T00:00:00+03:00", true),
        ("2020-11-10T00:00:00+03:00", true),
    ] {
        let variant = "signer_identifier = \"subject-key-identifier\"";
        let report = judge_variant(&lists, "2026-12-25T12:00:00Z", signed_at, variant);
        let code = "qualified.format.signer_identifier";
        assert_eq!(has(&report, code), is_told, "{signed_at}");
    }
    for (stamped_at, is_told) in [
        ("2026-12-30T20:00:00Z", false),
        ("2026-12-31T20:59:00Z", false),
        ("2026-12-31T21:00:00Z", true),
        ("2027-01-02T12:00:00Z", true),
    ] {
        let variant =
            format!("time_stamp = {{ authority = \"tsa\", gen_time = \"{stamped_at}\" }}");
        let report = judge_variant(
            &lists,
            "2027-01-10T12:00:00Z",
            "2026-12-25T12:00:00Z",
            &variant,
        );
        assert!(first(&report).times.proven_not_later_than.is_some());
        let code = "qualified.time.order_not_in_force";
        assert_eq!(has(&report, code), is_told, "{stamped_at}");
    }
}
