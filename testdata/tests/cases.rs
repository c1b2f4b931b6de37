//! Every declared case can be made, and says one thing.

use std::collections::BTreeSet;

use testdata::cases::{self, Indication};

const AREAS: [&str; 9] = [
    "attacks",
    "certificate",
    "indications",
    "long-term",
    "qualified",
    "recovery",
    "revocation",
    "signature",
    "time-stamp",
];

#[test]
fn every_case_loads_and_ids_are_unique() {
    let cases = cases::all().unwrap();
    let ids: BTreeSet<(&str, &str)> = cases
        .iter()
        .map(|case| (case.area.as_str(), case.id.as_str()))
        .collect();
    assert_eq!(ids.len(), cases.len());
    let areas: BTreeSet<&str> = cases.iter().map(|case| case.area.as_str()).collect();
    assert_eq!(areas.into_iter().collect::<Vec<_>>(), AREAS);
}

/// Rows of the attack table that a signature file can show.
#[test]
fn every_attack_row_has_a_case() {
    let cases = cases::all().unwrap();
    let rows: BTreeSet<u32> = cases
        .iter()
        .filter(|case| case.area == "attacks")
        .map(|case| case.id[..2].parse().unwrap())
        .collect();
    let expected: BTreeSet<u32> = (1..=14).chain([17, 18]).chain(22..=30).collect();
    assert_eq!(rows, expected);
}

#[test]
fn each_area_has_a_case_that_passes_and_one_that_does_not() {
    let cases = cases::all().unwrap();
    for area in AREAS {
        let passes = |case: &&cases::Case| case.expect.indication == Indication::TotalPassed;
        assert!(
            cases
                .iter()
                .filter(|case| case.area == area)
                .any(|case| passes(&case)),
            "{area}"
        );
        assert!(
            cases
                .iter()
                .filter(|case| case.area == area)
                .any(|case| !passes(&case)),
            "{area}"
        );
    }
}

#[test]
fn the_octets_are_the_same_each_time() {
    let (first, second) = (cases::all().unwrap(), cases::all().unwrap());
    for (first, second) in first.iter().zip(&second) {
        assert_eq!(first.signature, second.signature, "{}", first.id);
    }
}
