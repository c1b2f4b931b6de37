//! The record of steps: which conditions of §3.2 a response met, and at which it was left.

use sig_core::finding::step::{rfc6960_3_2, rfc6960_4_2_2_2, why};
use sig_core::finding::{StepOutcome, StepRow};

use super::pki::{Response, World, by_name, gost};

fn recorded(world: &World, response: &Response) -> Vec<(&'static StepRow, StepOutcome)> {
    let steps = world.ask(&[response.make()]).steps;
    let steps = steps.as_slice().iter().map(|step| {
        assert!(step.subject.place == Some(0));
        (step.row, step.outcome.clone())
    });
    steps
        .filter(|(row, _)| row.id.starts_with("rfc6960"))
        .collect()
}

fn failed(world: &World, response: &Response) -> &'static StepRow {
    let mut rows = recorded(world, response);
    let (row, outcome) = rows.pop().unwrap();
    assert!(matches!(outcome, StepOutcome::Failed(_)), "{}", row.id);
    let all_before = rfc6960_3_2::ROWS.iter().take_while(|known| **known != row);
    assert!(all_before.eq(rows.iter().map(|(row, _)| row)), "{}", row.id);
    assert!(
        rows.iter()
            .all(|(_, outcome)| *outcome == StepOutcome::Passed)
    );
    row
}

#[test]
fn section_3_2_every_condition_of_an_answer_that_counts_is_recorded_once() {
    let world = World::of(gost());
    for (response, taken, other) in [
        (
            world.delegated(),
            &rfc6960_4_2_2_2::STEP_3,
            &rfc6960_4_2_2_2::STEP_2,
        ),
        (
            world.direct(),
            &rfc6960_4_2_2_2::STEP_2,
            &rfc6960_4_2_2_2::STEP_3,
        ),
    ] {
        let rows = recorded(&world, &response);
        let outcome = |row: &StepRow| {
            let mut found = rows.iter().filter(|(known, _)| *known == row);
            let (_, outcome) = found.next().unwrap();
            assert!(found.next().is_none());
            outcome.clone()
        };
        for row in rfc6960_3_2::ROWS {
            assert_eq!(outcome(row), StepOutcome::Passed, "{}", row.id);
        }
        assert_eq!(outcome(taken), StepOutcome::Passed);
        assert_eq!(outcome(other), StepOutcome::NotApplicable(&why::OTHER_CASE));
    }
}

#[test]
fn section_3_2_a_response_is_left_at_the_condition_that_it_misses() {
    let world = World::of(gost());
    let mut response = world.delegated();
    response.singles[0].id.key_hash[0] ^= 1;
    assert_eq!(failed(&world, &response), &rfc6960_3_2::STEP_1);
    let mut response = world.delegated();
    response.change_after_signing = true;
    assert_eq!(failed(&world, &response), &rfc6960_3_2::STEP_2);
    let mut response = world.delegated();
    response.responder = by_name("Another");
    assert_eq!(failed(&world, &response), &rfc6960_3_2::STEP_3);
    let mut unauthorised = world.clone();
    unauthorised.responder.extensions.clear();
    let response = unauthorised.delegated();
    assert_eq!(failed(&unauthorised, &response), &rfc6960_3_2::STEP_4);
    let mut response = world.delegated();
    response.produced_at = "20270101000000Z";
    assert_eq!(failed(&world, &response), &rfc6960_3_2::STEP_5);
    let mut response = world.delegated();
    response.singles[0].next_update = Some("20261031000000Z");
    assert_eq!(failed(&world, &response), &rfc6960_3_2::STEP_6);
}
