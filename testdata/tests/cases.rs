//! Every declared case can be made, and says one thing.

use std::collections::{BTreeMap, BTreeSet};

use testdata::cases::{self, Indication};

const AREAS: [&str; 11] = [
    "attacks",
    "certificate",
    "eu-qualified",
    "indications",
    "level",
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

/// Rows of the attack table that a signature file can show; `docs/attacks.md` lists the others too.
#[test]
fn every_attack_row_has_a_case() {
    let cases = cases::all().unwrap();
    let rows: BTreeSet<u32> = cases
        .iter()
        .filter(|case| case.area == "attacks")
        .map(|case| case.id[..2].parse().unwrap())
        .collect();
    let expected = (1..=20).chain(22..=30).chain([50, 51, 54, 60]);
    let missing: Vec<u32> = expected.filter(|row| !rows.contains(row)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// What a row refuses, its twin shows to be accepted without the attack.
#[test]
fn every_attack_row_has_a_case_that_passes_and_one_that_does_not() {
    /// Told to the reader, not refused.
    const TOLD: [u32; 5] = [9, 11, 16, 51, 54];
    let cases = cases::all().unwrap();
    let attacks = cases.iter().filter(|case| case.area == "attacks");
    let mut rows: BTreeMap<u32, (bool, bool)> = BTreeMap::new();
    for case in attacks {
        let row = rows.entry(case.id[..2].parse().unwrap()).or_default();
        let passes = case.expect.indication == Indication::TotalPassed;
        let told = case.expect.codes.as_ref().is_some_and(|it| !it.is_empty());
        row.0 |= passes;
        row.1 |= !passes || (told && TOLD.contains(&case.id[..2].parse().unwrap()));
    }
    for (row, (passes, fails)) in rows {
        assert!(passes && fails, "row {row}: {passes} {fails}");
    }
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
