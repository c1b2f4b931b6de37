//! Every declared case has the verdict, and exactly the codes, that it states, and the same report on every back end.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod back_ends;
mod case_inputs;

use std::sync::LazyLock;

use back_ends::back_ends;
use case_inputs::{at, evidence, validator};
use sig_core::Error;
use sig_core::alg::provider::{Algorithms, RUSTCRYPTO};
use sig_core::finding::{self, Language, Level};
use sig_core::report::text::{self, Detail};
use sig_core::report::{Judged, QualifiedVerdict, Report, SignatureReport};
use testdata::cases::{Case, Indication, Qualified, all};

/// Made once for all tests.
static CASES: LazyLock<Vec<Case>> = LazyLock::new(|| all().unwrap());

fn judge(case: &Case) -> Report {
    judge_by(case, &RUSTCRYPTO).unwrap()
}

/// The cases with a verdict.
fn judged() -> impl Iterator<Item = &'static Case> {
    let cases = CASES.iter();
    cases.filter(|case| case.expect.indication != Indication::NotJudged)
}

fn judge_by(case: &Case, algorithms: &'static Algorithms) -> Result<Report, Error> {
    let evidence = evidence(case, algorithms)?;
    validator(case, algorithms).validate(evidence, at(case))
}

/// A signature and those over it, and so on: each before those over it.
fn with_counter_signatures(signature: &SignatureReport) -> Vec<&SignatureReport> {
    let nested = signature.counter_signatures.iter();
    let nested = nested.flat_map(with_counter_signatures);
    std::iter::once(signature).chain(nested).collect()
}

/// The verdicts of the counter-signatures.
fn counter_signatures(report: &Report) -> Vec<String> {
    let Judged::Signatures { signatures, .. } = &report.judged else {
        return Vec::new();
    };
    let all = signatures.iter().flat_map(with_counter_signatures);
    let counter = all.filter(|signature| signature.parent.is_some());
    let words = counter.map(|signature| {
        let conclusion = signature.conclusion;
        let sub = conclusion.sub_indication.map(|sub| format!(" {sub}"));
        format!("{}{}", conclusion.indication, sub.unwrap_or_default())
    });
    words.collect()
}

/// Verdict, qualified verdict and the sorted codes at level fail and warn.
fn outcome(report: &Report) -> (Indication, String, Option<Qualified>, Vec<String>) {
    let (document, conclusion, signatures, of_stamp) = match &report.judged {
        Judged::Signatures {
            document,
            conclusion,
            signatures,
        } => (document, conclusion, signatures.as_slice(), &[][..]),
        Judged::TimeStamp {
            document,
            time_stamp: stamp,
        } => (document, &stamp.conclusion, &[][..], &stamp.findings[..]),
        Judged::EvidenceRecord { .. } | Judged::Certificate(_) => {
            unreachable!("cases are files of signatures and time-stamps")
        }
    };
    let mut codes: Vec<String> = document
        .findings
        .iter()
        .chain(
            signatures
                .iter()
                .flat_map(with_counter_signatures)
                .flat_map(|signature| &signature.findings),
        )
        .chain(of_stamp)
        .filter(|finding| finding.level >= Level::Warn)
        .map(|finding| finding.code.id.to_owned())
        .collect();
    codes.sort();
    codes.dedup();
    let qualified = signatures
        .iter()
        .find_map(|signature| signature.qualified.as_ref());
    let qualified = qualified.map(|qualified| match qualified.verdict {
        QualifiedVerdict::Qualified => Qualified::Qualified,
        QualifiedVerdict::NotQualified => Qualified::NotQualified,
        QualifiedVerdict::NotProvable => Qualified::NotProvable,
    });
    (
        match conclusion.indication {
            finding::Indication::TotalPassed => Indication::TotalPassed,
            finding::Indication::TotalFailed => Indication::TotalFailed,
            finding::Indication::Indeterminate => Indication::Indeterminate,
            finding::Indication::NoSignature => Indication::NoSignature,
        },
        conclusion
            .sub_indication
            .map(|sub| sub.name().to_owned())
            .unwrap_or_default(),
        qualified,
        codes,
    )
}

/// The status of each condition of 63-FZ art. 11 of the first signature.
fn conditions(report: &Report) -> Vec<&'static str> {
    let Judged::Signatures { signatures, .. } = &report.judged else {
        return Vec::new();
    };
    let qualified = signatures.first().and_then(|it| it.qualified.as_ref());
    let conditions = qualified.iter().flat_map(|it| &it.conditions);
    conditions.map(|it| it.status.name()).collect()
}

/// What the arithmetic says of the first signature.
fn integrity(report: &Report) -> Option<String> {
    let signatures = match &report.judged {
        Judged::Signatures { signatures, .. } => signatures.as_slice(),
        _ => &[],
    };
    signatures.first().map(|it| it.integrity.name().to_owned())
}

/// The level of the first signature, and what became of its time-stamps.
fn levels(report: &Report) -> (String, Vec<String>) {
    let Judged::Signatures { signatures, .. } = &report.judged else {
        return <_>::default();
    };
    let Some(first) = signatures.first() else {
        return <_>::default();
    };
    let stamps = first.time_stamps.iter().map(|stamp| {
        let passed = stamp.decided_by.map_or("passed", |code| code.id);
        let mut words = vec![stamp.kind.name(), passed];
        let findings = stamp.findings.iter().map(|finding| finding.code.id);
        words.extend(findings.filter(|id| id.starts_with("archive.") && *id != passed));
        words.join(" ")
    });
    (first.level.name().to_owned(), stamps.collect())
}

/// `UPDATE_EXPECT=1` writes the codes that were found into the case; the change is then reviewed.
fn write_codes(case: &Case, codes: &[String]) {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../testdata/cases");
    let path = format!("{root}/{}/{}/case.toml", case.area, case.folder);
    let text = std::fs::read_to_string(&path).unwrap();
    let kept = text.lines().filter(|line| !line.starts_with("codes = "));
    let kept: String = kept.map(|line| format!("{line}\n")).collect();
    let quoted: Vec<String> = codes.iter().map(|code| format!("\"{code}\"")).collect();
    let line = format!("[expect]\ncodes = [{}]", quoted.join(", "));
    std::fs::write(path, kept.replace("[expect]", &line)).unwrap();
}

#[test]
fn every_case_has_its_verdict() {
    let cases: Vec<&Case> = judged().collect();
    assert!(cases.len() >= 1200, "only {} cases", cases.len());
    let mut wrong = Vec::new();
    for case in &cases {
        let report = judge(case);
        let (indication, sub, qualified, codes) = outcome(&report);
        let counter = counter_signatures(&report);
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            write_codes(case, &codes);
            continue;
        }
        let expect = &case.expect;
        let expected_sub = expect.sub_indication.clone().unwrap_or_default();
        let codes_match = expect.codes.as_deref() == Some(codes.as_slice());
        let found = levels(&report);
        let level_matches = expect.level.as_ref().is_none_or(|level| *level == found.0);
        let integrity = integrity(&report);
        let integrity_matches = expect.integrity.is_none() || expect.integrity == integrity;
        let stamps_match = expect.stamps.as_ref().is_none_or(|it| *it == found.1);
        let conditions = conditions(&report);
        let conditions_match = expect
            .conditions
            .as_ref()
            .is_none_or(|it| *it == conditions[..]);
        let qualified_match = expect.qualified.is_none() || expect.qualified == qualified;
        if indication != expect.indication
            || sub != expected_sub
            || !codes_match
            || !qualified_match
            || !conditions_match
            || !level_matches
            || !stamps_match
            || !integrity_matches
            || counter != expect.counter_signatures
        {
            wrong.push(format!(
                "{}/{}: expected {:?} {expected_sub} {:?} {:?} {:?} {:?}\n    got {indication:?} {sub} {qualified:?} {codes:?} {conditions:?} {found:?} {counter:?} {integrity:?}",
                case.area,
                case.id,
                expect.indication,
                expect.qualified,
                expect.codes,
                expect.level,
                expect.stamps
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {} cases:\n{}",
        wrong.len(),
        cases.len(),
        wrong.join("\n")
    );
}

/// What could not be judged has no verdict at all, so it cannot be taken for a bad one.
#[test]
fn what_reaches_a_limit_is_not_judged() {
    let stopped = |case: &Case| case.expect.indication == Indication::NotJudged;
    let mut count = 0;
    for case in CASES.iter().filter(|case| stopped(case)) {
        let Err(Error::Limit(limit)) = judge_by(case, &RUSTCRYPTO) else {
            panic!("{}/{} was judged", case.area, case.id);
        };
        let which = format!("{:?}", limit.which);
        assert_eq!(Some(which), case.expect.limit, "{}/{}", case.area, case.id);
        count += 1;
    }
    assert!(count > 0);
}

#[test]
fn every_back_end_gives_the_same_report() {
    for case in judged() {
        let report = judge(case);
        for algorithms in back_ends() {
            let other = judge_by(case, algorithms).unwrap();
            assert_eq!(other.back_end, algorithms.name);
            let report = Report {
                back_end: other.back_end,
                ..report.clone()
            };
            assert_eq!(other, report, "{}/{}", case.area, case.id);
        }
    }
}

/// A reader who knows no codes is told the verdict and what decided it, in words of his language.
#[test]
fn every_case_is_told_in_both_languages() {
    let mut told = 0;
    for case in judged() {
        let report = judge(case);
        let Judged::Signatures { signatures, .. } = &report.judged else {
            continue;
        };
        for language in [Language::Ru, Language::En] {
            let text = text::write(&report, language, Detail::Explain);
            let place = format!("{}/{}", case.area, case.id);
            let label = match language {
                Language::Ru => "Вывод по правилам политики",
                Language::En => "Verdict by the rules of policy",
            };
            let told_of: Vec<_> = signatures
                .iter()
                .flat_map(with_counter_signatures)
                .collect();
            assert_eq!(text.matches(label).count(), told_of.len(), "{place}");
            for signature in told_of {
                let Some(code) = signature.decided_by else {
                    continue;
                };
                let mut findings = signature.findings.iter();
                let decided = findings.find(|it| it.code.id == code.id).unwrap();
                let reason = finding::render(decided, language);
                assert!(!reason.contains(['{', '?']), "{place}: {reason}");
                assert!(text.contains(&format!(": {reason} (")), "{place}: {reason}");
                told += 1;
            }
        }
    }
    assert!(told > 200, "{told}");
}
