//! Every indication and sub-indication of EN 319 102-1 §5.1.3 is reached for each algorithm by its exact condition, and
//! a near miss of the condition does not reach it. The verdicts that the cases declare are held by `cases.rs`.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use sig_core::finding::{Indication, SubIndication};
use testdata::cases::{self, Case, all};

/// A PKI for each algorithm, with the same ids.
const PKIS: [&str; 4] = ["stamps-rsa", "stamps-p256", "stamps-gost", "stamps-gost512"];

/// What a case is told: a sub-indication, or the indication that needs none.
fn verdict(case: &Case) -> String {
    let expect = &case.expect;
    let indication = match expect.indication {
        cases::Indication::TotalPassed => Indication::TotalPassed,
        cases::Indication::TotalFailed => Indication::TotalFailed,
        cases::Indication::Indeterminate => Indication::Indeterminate,
        cases::Indication::NoSignature => Indication::NoSignature,
        cases::Indication::NotJudged => return "NOT_JUDGED".to_owned(),
    };
    let sub_indication = expect.sub_indication.clone();
    sub_indication.unwrap_or_else(|| indication.name().to_owned())
}

/// Every sub-indication, and the indications that have none.
fn outcomes() -> BTreeSet<String> {
    let without = [Indication::TotalPassed, Indication::NoSignature];
    let without = without.map(|indication| indication.name().to_owned());
    let subs = SubIndication::ALL.iter();
    subs.map(|sub| sub.name().to_owned())
        .chain(without)
        .collect()
}

/// The outcome that the folder of a case is named after, and whether the case misses it narrowly.
fn named<'a>(folder: &str, outcomes: &'a BTreeSet<String>) -> Option<(&'a str, bool)> {
    let (rest, is_near) = match folder.strip_prefix("near-") {
        Some(rest) => (rest, true),
        None => (folder, false),
    };
    let words = format!("{rest}-");
    let named = outcomes.iter().filter(|outcome| {
        let name = outcome.to_lowercase().replace('_', "-");
        words.starts_with(&format!("{name}-"))
    });
    let longest = named.max_by_key(|outcome| outcome.len())?;
    Some((longest, is_near))
}

/// Made once for all tests.
static CASES: LazyLock<Vec<Case>> = LazyLock::new(|| all().unwrap());

fn of_area(area: &str) -> impl Iterator<Item = &'static Case> {
    CASES.iter().filter(move |case| case.area == area)
}

#[test]
fn every_outcome_is_reached_and_narrowly_missed_for_every_algorithm() {
    let outcomes = outcomes();
    let mut reached = BTreeSet::new();
    let mut missed = BTreeSet::new();
    let mut wrong = Vec::new();
    for case in of_area("indications") {
        let Some((name, is_near)) = named(&case.folder, &outcomes) else {
            wrong.push(format!("{}: named after no outcome", case.folder));
            continue;
        };
        let is_it = verdict(case) == name;
        if is_it == is_near {
            wrong.push(format!("{}: {}", case.id, verdict(case)));
        }
        let group = if is_near { &mut missed } else { &mut reached };
        group.insert((name.to_owned(), case.pki.clone()));
    }
    for outcome in &outcomes {
        for pki in PKIS {
            let place = (outcome.clone(), pki.to_owned());
            if !reached.contains(&place) {
                wrong.push(format!("{outcome} is not reached with {pki}"));
            }
            // Each case of another outcome misses these two.
            let is_sub = SubIndication::ALL.iter().any(|sub| sub.name() == outcome);
            if is_sub && !missed.contains(&place) {
                wrong.push(format!("{outcome} is not missed narrowly with {pki}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_declaration_is_for_every_algorithm() {
    let mut pkis: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for case in of_area("indications").chain(of_area("recovery")) {
        pkis.entry(&case.folder).or_default().insert(&case.pki);
    }
    let every = BTreeSet::from(PKIS);
    for (folder, pkis) in pkis {
        assert_eq!(pkis, every, "{folder}");
    }
}

/// What follows each result, as the recovery matrix of EN 319 102-1 §5.5.4 step 2 and §5.6.3.4 steps 3 and 5 says. The
/// columns are those of [`COLUMNS`]: `y` it goes on, and what is proven then makes up for it; `s` it goes on, and the
/// next step returns it; `n` it is returned; `-` the process before has no such result, see [`NO_SUCH_RESULT`].
const MATRIX: [(&str, &str); 26] = [
    ("PASSED", "yyyy"),
    ("FORMAT_FAILURE", "nnn-"),
    ("HASH_FAILURE", "nnn-"),
    ("SIG_CRYPTO_FAILURE", "nnnn"),
    ("REVOKED", "nn--"),
    ("EXPIRED", "nn-n"),
    ("NOT_YET_VALID", "nn-n"),
    ("SIG_CONSTRAINTS_FAILURE", "nyn-"),
    ("CHAIN_CONSTRAINTS_FAILURE", "nnnn"),
    ("CERTIFICATE_CHAIN_GENERAL_FAILURE", "nnnn"),
    ("CRYPTO_CONSTRAINTS_FAILURE", "nnn-"),
    ("POLICY_PROCESSING_ERROR", "nn--"),
    ("SIGNATURE_POLICY_NOT_AVAILABLE", "nn--"),
    ("TIMESTAMP_ORDER_FAILURE", "nn--"),
    ("NO_SIGNING_CERTIFICATE_FOUND", "nnnn"),
    ("NO_CERTIFICATE_CHAIN_FOUND", "nnnn"),
    ("NO_CERTIFICATE_CHAIN_FOUND_NO_POE", "nyyy"),
    ("REVOKED_NO_POE", "yyyy"),
    ("REVOKED_CA_NO_POE", "yyyy"),
    ("OUT_OF_BOUNDS_NOT_REVOKED", "yyyy"),
    ("OUT_OF_BOUNDS_NO_POE", "syyy"),
    ("REVOCATION_OUT_OF_BOUNDS_NO_POE", "nyy-"),
    ("CRYPTO_CONSTRAINTS_FAILURE_NO_POE", "yyyy"),
    ("NO_POE", "-n--"),
    ("TRY_LATER", "yynn"),
    ("SIGNED_DATA_NOT_FOUND", "nn--"),
];

/// How the cases of a column begin, and whether the result is that of the signature itself: a time-stamp or a revocation
/// object that is recovered shows in that the signature passes.
const COLUMNS: [(&str, bool); 4] = [
    ("time-", true),
    ("archive-", true),
    ("stamp-", false),
    ("revocation-", false),
];

/// Why the process before has no such result: one row for each `-` of [`MATRIX`].
const NO_SUCH_RESULT: [(&str, &str, &str); 20] = [
    ("NO_POE", "time-", PAST),
    ("REVOKED", "stamp-", CONTENT_STAMP),
    ("EXPIRED", "stamp-", CONTENT_STAMP),
    (
        "NOT_YET_VALID",
        "stamp-",
        "it comes of the best-signature-time (§5.5.4 step 4), which only a signature has",
    ),
    ("POLICY_PROCESSING_ERROR", "stamp-", SIGNATURE_POLICY),
    ("SIGNATURE_POLICY_NOT_AVAILABLE", "stamp-", SIGNATURE_POLICY),
    ("TIMESTAMP_ORDER_FAILURE", "stamp-", ORDER),
    ("NO_POE", "stamp-", PAST),
    ("SIGNED_DATA_NOT_FOUND", "stamp-", HOLDS_ITS_DATA),
    (
        "FORMAT_FAILURE",
        "revocation-",
        "what cannot be read as a list or a response is refused before it is weighed (§5.2.5)",
    ),
    (
        "HASH_FAILURE",
        "revocation-",
        "it signs its own octets: there is no digest apart from the value (RFC 5280 §5.1.1.3)",
    ),
    ("REVOKED", "revocation-", CONTENT_STAMP),
    (
        "SIG_CONSTRAINTS_FAILURE",
        "revocation-",
        "it has no attributes of a signature (§5.2.8)",
    ),
    ("CRYPTO_CONSTRAINTS_FAILURE", "revocation-", CONTENT_STAMP),
    ("POLICY_PROCESSING_ERROR", "revocation-", SIGNATURE_POLICY),
    (
        "SIGNATURE_POLICY_NOT_AVAILABLE",
        "revocation-",
        SIGNATURE_POLICY,
    ),
    ("TIMESTAMP_ORDER_FAILURE", "revocation-", ORDER),
    (
        "REVOCATION_OUT_OF_BOUNDS_NO_POE",
        "revocation-",
        "it is said of the signature whose path the object is about, not of the object (§5.2.6.4 step 8)",
    ),
    ("NO_POE", "revocation-", PAST),
    ("SIGNED_DATA_NOT_FOUND", "revocation-", HOLDS_ITS_DATA),
];
const PAST: &str = "only the validation of the past gives it, which comes after (§5.6.2)";
const CONTENT_STAMP: &str =
    "it takes a content time-stamp (§5.3 steps 4 and 6), which only a signature has";
const SIGNATURE_POLICY: &str = "only a signature names a signature policy (§5.2.4)";
const ORDER: &str = "it has no time-stamps of its own to be put in order (§5.5.4 step 4)";
const HOLDS_ITS_DATA: &str = "what it signs stands inside it";

#[test]
fn each_result_that_a_process_never_has_has_a_reason() {
    let mut never = BTreeSet::new();
    for (result, row) in MATRIX {
        let cells = row.chars().zip(COLUMNS);
        let absent = cells.filter(|(outcome, _)| *outcome == '-');
        never.extend(absent.map(|(_, (prefix, _))| (result, prefix)));
    }
    let explained: BTreeSet<_> = NO_SUCH_RESULT
        .map(|(result, prefix, _)| (result, prefix))
        .into();
    assert_eq!(explained, never);
    assert_eq!(explained.len(), NO_SUCH_RESULT.len());
    assert!(NO_SUCH_RESULT.iter().all(|(_, _, why)| why.len() > 20));
}

#[test]
fn every_cell_of_the_recovery_matrix_has_its_cases() {
    let results: BTreeSet<String> = MATRIX.iter().map(|(name, _)| (*name).to_owned()).collect();
    let subs = SubIndication::ALL.iter().map(|sub| sub.name().to_owned());
    let rows: BTreeSet<String> = subs.chain(["PASSED".to_owned()]).collect();
    assert_eq!(results, rows);
    // The verdicts of each cell with each PKI.
    let mut cells: BTreeMap<(String, usize, String), Vec<String>> = BTreeMap::new();
    for case in of_area("recovery") {
        let mut columns = COLUMNS.iter().enumerate();
        let rest = columns.find_map(|(place, (prefix, _))| {
            let rest = case.folder.strip_prefix(prefix)?;
            Some((place, named(rest, &results)?.0.to_owned()))
        });
        let (place, result) = rest.unwrap();
        let cell = cells.entry((result, place, case.pki.clone())).or_default();
        cell.push(verdict(case));
    }
    for (result, row) in MATRIX {
        for (place, (outcome, (prefix, of_signature))) in row.chars().zip(COLUMNS).enumerate() {
            for pki in PKIS {
                let key = (result.to_owned(), place, pki.to_owned());
                let verdicts = cells.remove(&key).unwrap_or_default();
                let is_returned = |verdict: &String| match of_signature {
                    true => verdict == result,
                    false => verdict != "TOTAL_PASSED",
                };
                let holds = match outcome {
                    'y' => verdicts.iter().any(|verdict| !is_returned(verdict)),
                    's' | 'n' => !verdicts.is_empty() && verdicts.iter().all(is_returned),
                    _ => verdicts.is_empty(),
                };
                assert!(holds, "{prefix} {result} {outcome} {pki}: {verdicts:?}");
            }
        }
    }
    assert!(cells.is_empty(), "{cells:?}");
}
