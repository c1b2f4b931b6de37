//! A judgement is made again from its bundle alone, on every back end, to the same octets of the report; whatever was
//! changed in a bundle is found and named.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod back_ends;
mod bundle_file;
mod case_inputs;
#[path = "bundle/certificates.rs"]
mod certificates;
#[path = "bundle/changed.rs"]
mod changed;
#[path = "bundle/kinds.rs"]
mod kinds;
#[path = "bundle/records.rs"]
mod records;
#[path = "bundle/trust.rs"]
mod trust;
#[path = "bundle/trusted_lists.rs"]
mod trusted_lists;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use back_ends::back_ends;
use case_inputs::{at, evidence, validator};
use sig_core::alg::provider::{Algorithms, RUSTCRYPTO};
use sig_core::report::bundle::{Bundle, BundleLimits, Role};
use sig_core::report::json;
use sig_core::report::text::Detail;
use sig_core::validate::bundle::{Judge, Keeping, KeptDocument, NotBundled, Replay};
use testdata::cases::{Case, Indication, all};

const DIGESTS: Keeping = Keeping {
    document: KeptDocument::Digests,
    detail: Detail::Normal,
};
const WHOLE: Keeping = Keeping {
    document: KeptDocument::Whole,
    ..DIGESTS
};

fn read(file: &[u8]) -> Bundle {
    Bundle::read(file, &BundleLimits::STANDARD).unwrap()
}

fn replay(file: &[u8], algorithms: &'static Algorithms) -> Replay {
    read(file).judge(algorithms).unwrap()
}

/// A judged case, its report and its bundle.
fn bundle(
    case: &Case,
    keeping: Keeping,
    algorithms: &'static Algorithms,
) -> (String, Result<Vec<u8>, NotBundled>) {
    let evidence = evidence(case, algorithms).unwrap();
    let validator = validator(case, algorithms);
    let report = validator.validate(evidence.clone(), at(case)).unwrap();
    let file = Bundle::of(&validator, &evidence, &report, keeping);
    (json::write_in(&report, keeping.detail), file)
}

/// Made once for all tests.
static CASES: LazyLock<Vec<Case>> = LazyLock::new(|| all().unwrap());

/// The case of an id.
fn case(id: &str) -> &'static Case {
    CASES.iter().find(|case| case.id == id).unwrap()
}

/// Every case with a verdict: its bundle is made on each back end in turn and judged again on the next.
#[test]
fn every_judgement_is_repeated_from_its_bundle() {
    let judged = CASES
        .iter()
        .filter(|case| case.expect.indication != Indication::NotJudged);
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let back_ends = back_ends();
    for (number, case) in judged.enumerate() {
        let place = format!("{}/{}", case.area, case.id);
        let algorithms = back_ends[number % back_ends.len()];
        let (report, file) = bundle(case, DIGESTS, algorithms);
        let file = match file {
            Ok(file) => {
                *counts.entry("digests").or_default() += 1;
                file
            }
            Err(NotBundled::DocumentNeeded) => {
                *counts.entry("document").or_default() += 1;
                bundle(case, WHOLE, algorithms).1.unwrap()
            }
            Err(other) => panic!("{place}: {other}"),
        };
        let read = read(&file);
        assert_eq!(read.to_octets(), file, "{place}");
        let kept = read.one(Role::Report).unwrap();
        assert_eq!(&**kept, report.as_bytes(), "{place}");
        for (role, name) in [(Role::CrlIssuers, "left out"), (Role::Crl, "kept")] {
            *counts.entry(name).or_default() += read.of_role(role).count();
        }
        if !case.trusted_lists.is_empty() {
            *counts.entry("european").or_default() += 1;
            let extracts = read.of_role(Role::TrustedListsExtract).count();
            assert_eq!(extracts, 1, "{place}");
            assert_eq!(
                read.of_role(Role::Anchor).count(),
                case.anchors.len(),
                "{place}"
            );
        }
        // On its own back end it was judged again before it was given out.
        let other = back_ends[(number + 1) % back_ends.len()];
        let replay = read.judge(other).unwrap();
        assert_eq!(replay.differences, [], "{place} by {}", other.name);
        let is_same = other.name == algorithms.name;
        assert_eq!(replay.judge == Judge::Same, is_same, "{place}");
    }
    assert!(counts["digests"] >= 1_100, "{counts:?}");
    assert!(
        counts["left out"] > 10 && counts["kept"] > 500,
        "{counts:?}"
    );
    assert!(counts["european"] > 5, "{counts:?}");
    // Archive time-stamps of the second kind, and signatures without attributes, over a document beside them.
    assert!(counts["document"] < 100, "{counts:?}");
}

#[test]
fn a_document_beside_the_signature_is_not_kept_unless_it_is_asked_for() {
    let detached = CASES.iter().find(|case| {
        let content = case.content.as_ref();
        content.is_some_and(|content| content.len() > 8)
            && case.expect.codes.as_deref() == Some(&[])
    });
    let case = detached.unwrap();
    let content = case.content.as_deref().unwrap();
    let holds = |file: &[u8]| file.windows(content.len()).any(|part| part == content);
    let without = bundle(case, DIGESTS, &RUSTCRYPTO).1.unwrap();
    assert!(!holds(&without));
    assert!(read(&without).one(Role::Document).is_none());
    let with = bundle(case, WHOLE, &RUSTCRYPTO).1.unwrap();
    assert!(holds(&with));
    assert_eq!(replay(&with, &RUSTCRYPTO).differences, []);
}

/// Ten of the cases whose steps are listed, too.
#[test]
fn a_report_with_its_steps_is_repeated_with_them() {
    let explained = Keeping {
        detail: Detail::Explain,
        ..WHOLE
    };
    let judged = CASES
        .iter()
        .filter(|case| case.expect.indication != Indication::NotJudged);
    for case in judged.step_by(120) {
        let (report, file) = bundle(case, explained, &RUSTCRYPTO);
        let file = file.unwrap();
        let kept = read(&file);
        assert_eq!(&**kept.one(Role::Report).unwrap(), report.as_bytes());
        assert!(
            report.contains("\"steps\"") || report.contains("NO_SIGNATURE"),
            "{}",
            case.id
        );
        assert_eq!(replay(&file, &RUSTCRYPTO).differences, []);
    }
}
