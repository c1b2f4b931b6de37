//! The short report: a paragraph for each outcome, in Russian and English, as it is written.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod case_inputs;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use case_inputs::material;
use sig_core::alg::provider::RUSTCRYPTO;
use sig_core::finding::{Indication, Language, has_deceptive_characters};
use sig_core::report::text::{self, Detail};
use sig_core::report::{Integrity, Judged, QualifiedVerdict, Report, SignatureReport, json};
use sig_core::x509::certificate::Certificate;
use sig_core::{Budget, Evidence, Limits, Policy, UnixTime, Validator};
use testdata::cases::{Case, all};

const LIMITS: Limits = Limits::STANDARD;

/// One case for each outcome.
const SHOWN: [(&str, &str); 24] = [
    ("qualified", "accredited"),
    ("qualified", "organisation"),
    ("qualified", "stamped-before-revocation"),
    ("qualified", "list-stale"),
    ("qualified", "issued-after-termination"),
    ("qualified", "issued-during-suspension"),
    ("qualified", "not-listed"),
    ("qualified", "without-list"),
    ("qualified", "status-unknown"),
    ("qualified", "list-stale-certificate-newer"),
    ("qualified", "revoked"),
    ("qualified", "expired"),
    ("qualified", "revocation-unknown"),
    ("qualified", "unknown-ca"),
    ("qualified", "document-changed"),
    ("qualified", "document-absent"),
    ("qualified", "key-not-for-signing"),
    ("qualified", "restriction-in-words"),
    ("qualified", "restriction-hidden"),
    ("eu-qualified", "qualified"),
    ("eu-qualified", "issuer-withdrawn"),
    ("attacks", "54-mixed"),
    ("attacks", "54-bidi"),
    ("indications", "no-signature"),
];

fn validator(case: &Case) -> Validator {
    Validator {
        algorithms: &RUSTCRYPTO,
        policy: Policy::builtin(&case.policy).unwrap(),
        limits: LIMITS,
    }
}

fn judge(case: &Case) -> Report {
    let evidence = Evidence::parse(&case.signature, &LIMITS).unwrap();
    let mut evidence = evidence.with_material(material(case, &RUSTCRYPTO));
    if let Some(content) = &case.content {
        evidence = evidence.with_content(content.clone());
    }
    let at = UnixTime::from_seconds(case.at);
    validator(case).validate(evidence, at).unwrap()
}

fn case<'a>(cases: &'a [Case], area: &str, folder: &str) -> &'a Case {
    let mut cases = cases.iter();
    let found = cases.find(|case| case.area == area && case.folder == folder);
    found.unwrap_or_else(|| panic!("{area}/{folder}"))
}

/// `UPDATE_EXPECT=1` writes what was found; the change is then reviewed.
fn check(file: &str, found: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/short")
        .join(file);
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, found).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap();
    for (found, expected) in found.lines().zip(expected.lines()) {
        assert_eq!(found, expected, "{file}");
    }
    assert_eq!(found.lines().count(), expected.lines().count(), "{file}");
}

#[test]
fn each_outcome_is_told_in_a_paragraph() {
    let cases = all().unwrap();
    for (language, file) in [(Language::Ru, "ru.txt"), (Language::En, "en.txt")] {
        let mut found = String::new();
        for (area, folder) in SHOWN {
            let case = case(&cases, area, folder);
            let report = judge(case);
            let paragraph = text::short::write(&report, language);
            assert_eq!(paragraph.lines().count(), 1, "{area}/{folder}");
            let _ = writeln!(found, "# {area}/{folder}\n{paragraph}");
        }
        check(file, &found);
    }
}

/// What a reader might act on: nobody is told to accept what is not a qualified signature, and no placeholder is left.
#[test]
fn only_a_qualified_signature_is_called_one() {
    let cases = all().unwrap();
    let mut qualified = 0;
    for case in cases.iter().filter(|case| case.area == "qualified") {
        if case.policy_changes.is_some() {
            continue;
        }
        let report = judge(case);
        let Judged::Signatures { signatures, .. } = &report.judged else {
            panic!("{}", case.id);
        };
        let is_qualified = signatures.iter().all(|signature| {
            let verdict = signature.qualified.as_ref().map(|it| it.verdict);
            signature.conclusion.indication == Indication::TotalPassed
                && verdict == Some(QualifiedVerdict::Qualified)
        });
        qualified += usize::from(is_qualified);
        for (language, accept, named) in [
            (
                Language::Ru,
                "можно принимать",
                "является усиленной квалифицированной",
            ),
            (Language::En, "may be accepted", "is a qualified one: all"),
        ] {
            let said = text::short::write(&report, language);
            assert_eq!(said.contains(accept), is_qualified, "{}: {said}", case.id);
            assert_eq!(said.contains(named), is_qualified, "{}: {said}", case.id);
            assert!(
                !said.contains(['{', '?']) || said.contains("\\u{"),
                "{}: {said}",
                case.id
            );
        }
    }
    assert!(qualified > 10);
}

/// Names that hide something are shown as they are written, in every form of the report.
#[test]
fn hidden_characters_are_shown_and_mixed_letters_marked() {
    let cases = all().unwrap();
    for folder in ["54-bidi", "54-control", "54-mixed", "54-markup"] {
        let report = judge(case(&cases, "attacks", folder));
        for language in [Language::Ru, Language::En] {
            for said in [
                text::short::write(&report, language),
                text::write(&report, language, Detail::Normal),
                text::write(&report, language, Detail::Explain),
                json::write(&report) + "\n",
            ] {
                for line in said.lines() {
                    assert!(!has_deceptive_characters(line), "{folder}: {line:?}");
                }
                let mark = match folder {
                    "54-bidi" => ["\\u{202e}", "\\u202e"],
                    "54-control" => ["\\u{1b}", "\\u001b"],
                    "54-mixed" => ["Oбразцов", "Oбразцов"],
                    _ => ["<b onload", "<b onload"],
                };
                assert!(mark.iter().any(|it| said.contains(it)), "{folder}: {said}");
            }
        }
        let is_marked = text::write(&report, Language::Ru, Detail::Normal)
            .contains("[буквы разных алфавитов в слове: Oбразцов]");
        assert_eq!(is_marked, folder == "54-mixed", "{folder}");
    }
}

#[test]
fn a_certificate_is_told_too() {
    let cases = all().unwrap();
    let case = case(&cases, "qualified", "accredited");
    let der = testdata::demo::pki()
        .unwrap()
        .certificate("citizen")
        .unwrap();
    let octets = der.der.clone().into();
    let certificate = Certificate::from_der(&octets, &mut Budget::new(LIMITS)).unwrap();
    let at = UnixTime::from_seconds(case.at);
    let report = validator(case)
        .validate_certificate(&Arc::new(certificate), &material(case, &RUSTCRYPTO), at)
        .unwrap();
    let said = text::short::write(&report, Language::Ru);
    let expected = "Сертификат выдан на имя: «Образцов Семён Тестович». Сертификат действителен и является квалифицированным. Срок действия — до 01.01.2044 03:00:00 по Москве.\n";
    assert_eq!(said, expected);
    let said = text::short::write(&report, Language::En);
    assert!(said.contains("valid and a qualified one"), "{said}");
    assert!(
        said.contains("Its validity ends 2044-01-01 03:00:00"),
        "{said}"
    );
}

fn signatures_of(report: &mut Report) -> &mut Vec<SignatureReport> {
    match &mut report.judged {
        Judged::Signatures { signatures, .. } => signatures,
        _ => panic!("no signatures"),
    }
}

#[test]
fn a_proven_time_keeps_its_seconds_and_is_told_only_of_what_fits() {
    let cases = all().unwrap();
    let mut report = judge(case(&cases, "qualified", "stamped-before-revocation"));
    let at = UnixTime::from_seconds(1_738_368_959);
    signatures_of(&mut report)[0].times.proven_not_later_than = Some(at);
    let said = text::short::write(&report, Language::En);
    assert!(said.contains("existed by 2025-02-01 03:15:59"), "{said}");
    signatures_of(&mut report)[0].integrity = Integrity::Broken;
    for (language, proven) in [(Language::Ru, "доказано"), (Language::En, "proven")] {
        let said = text::short::write(&report, language);
        assert!(!said.contains(proven), "{said}");
    }
}

#[test]
fn several_signatures_have_one_advice() {
    let cases = all().unwrap();
    let mut report = judge(case(&cases, "qualified", "accredited"));
    let good = signatures_of(&mut report)[0].clone();
    signatures_of(&mut report).push(good.clone());
    let said = text::short::write(&report, Language::Ru);
    assert_eq!(said.matches("можно принимать").count(), 1, "{said}");
    assert_eq!(said.lines().count(), 3, "{said}");

    let mut other = judge(case(&cases, "qualified", "document-changed"));
    let changed = signatures_of(&mut other)[0].clone();
    signatures_of(&mut report)[1] = changed.clone();
    let failed = changed.conclusion;
    if let Judged::Signatures { conclusion, .. } = &mut report.judged {
        *conclusion = failed;
    }
    let said = text::short::write(&report, Language::Ru);
    assert!(!said.contains("можно принимать"), "{said}");
    assert_eq!(said.matches("Не принимайте").count(), 1, "{said}");

    let mut alone = good;
    alone.counter_signatures.push(changed);
    *signatures_of(&mut report) = vec![alone];
    let said = text::short::write(&report, Language::En);
    let counted = "Counter-signatures that are not proven to be valid: 1 of 1.";
    assert!(said.contains(counted), "{said}");
}
