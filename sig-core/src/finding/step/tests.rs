use std::collections::BTreeSet;

use super::*;
use crate::finding::code;

#[test]
fn ids_follow_the_clause_and_stand_once() {
    let mut seen = BTreeSet::new();
    for row in all() {
        assert!(seen.insert(row.id), "{} twice", row.id);
        assert!(row.clause.starts_with(row.section), "{}", row.id);
        let step = row.clause.trim_start_matches(row.section).trim();
        let letters: String = step
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '.' })
            .collect();
        let parts: Vec<&str> = letters.split('.').filter(|part| !part.is_empty()).collect();
        assert!(row.id.ends_with(&parts.join(".")), "{}", row.id);
        let (_, constant) = row.constant.split_once("::").unwrap();
        assert!(
            row.id.ends_with(&constant.to_lowercase().replace('_', ".")),
            "{}",
            row.id
        );
    }
}

#[test]
fn every_step_has_words_and_names_what_it_can_raise() {
    for row in all() {
        assert!(!row.ru.is_empty() && !row.en.is_empty(), "{}", row.id);
        assert!(!row.ru.is_ascii(), "{}", row.id);
        assert!(!row.findings.is_empty(), "{}", row.id);
    }
    for why in why::ALL {
        assert!(!why.ru.is_empty() && !why.en.is_empty(), "{}", why.id);
    }
}

#[test]
fn a_step_fails_by_what_fails_by_default() {
    let finding = |code| Finding::new(code, Subject::Document);
    assert_eq!(StepOutcome::of(&[]), StepOutcome::Passed);
    let leniency = finding(&code::certificate::LENIENCY);
    assert_eq!(
        StepOutcome::of(std::slice::from_ref(&leniency)),
        StepOutcome::Passed
    );
    let mut weak = finding(&code::crypto::CHAIN_ALGORITHM_NOT_ACCEPTABLE);
    weak.level = Level::Warn;
    assert_eq!(
        StepOutcome::of(&[leniency, weak]),
        StepOutcome::Failed(vec![&code::crypto::CHAIN_ALGORITHM_NOT_ACCEPTABLE])
    );
}

#[test]
fn steps_of_another_part_stand_where_the_standard_has_them() {
    let mut steps = Steps::default();
    for place in [1, 0] {
        let subject = StepSubject::certificate(place);
        steps.passed(&rfc5280_6_1_3::A_2, subject.clone());
        steps.passed(&rfc5280_6_1_3::A_4, subject);
    }
    let mut other = Steps::default();
    other.passed(&rfc5280_6_1_3::A_3, StepSubject::certificate(1));
    steps.insert_after(&rfc5280_6_1_3::A_2, 1, other.clone());
    steps.insert_after(&rfc5280_6_1_3::A_2, 7, other);
    let found: Vec<&str> = steps.as_slice().iter().map(|step| step.row.id).collect();
    assert_eq!(
        found,
        ["a.2", "a.3", "a.4", "a.2", "a.4", "a.3"].map(|id| format!("rfc5280.6.1.3.{id}"))
    );
}
