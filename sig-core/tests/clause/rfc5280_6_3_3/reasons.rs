//! Steps (d), (e) and (l): the reasons that CRLs answer for.

use sig_core::trust::revocation::Determination;

use crate::certificates::*;
use crate::lists::*;

const COMPROMISE: &[u8] = &[1, 2];
const OTHERS: &[u8] = &[3, 4, 5, 6, 7, 8];

fn some(bits: &[u8]) -> List {
    list("CA").scope(&[reasons(0x83, bits)])
}

fn with_reasons(bits: &[u8]) -> Draft {
    person().points(&[sequence(&[full_name(&[uri("u")]), reasons(0x81, bits)])])
}

fn asked(person: &Draft, lists: &[List]) -> Determination {
    let crls: Vec<_> = lists.iter().map(|list| list.signed("ca")).collect();
    World::new(person).ask(&crls.iter().collect::<Vec<_>>())
}

fn uncovered(person: &Draft, lists: &[List]) -> Vec<&'static str> {
    asked(person, lists).uncovered.names().collect()
}

#[test]
fn step_d_1_reasons_of_both_are_intersected() {
    let certificate = with_reasons(&[1, 2, 3]);
    let covered = uncovered(&certificate, &[some(&[1, 2, 4])]);
    assert_eq!(covered.len(), 6);
    assert!(!covered.contains(&"keyCompromise") && !covered.contains(&"cACompromise"));
    assert_eq!(judged(&certificate, &[some(&[4])]), "onlySomeReasons");
}

#[test]
fn step_d_2_reasons_of_the_list_alone() {
    let left = uncovered(&person(), &[some(&[1, 2, 3, 4, 5, 6])]);
    assert_eq!(left, ["privilegeWithdrawn", "aACompromise"]);
}

#[test]
fn step_d_3_reasons_of_the_point_alone() {
    let left = uncovered(&with_reasons(OTHERS), &[list("CA")]);
    assert_eq!(left, ["keyCompromise", "cACompromise"]);
}

#[test]
fn step_d_4_without_either_all_reasons_are_covered() {
    let determination = asked(&person(), &[list("CA")]);
    assert_eq!(word(&determination), "good");
    assert!(determination.uncovered.is_empty());
}

#[test]
fn step_e_a_list_that_adds_no_reason_is_not_used() {
    let older = some(COMPROMISE)
        .times("261001000000Z", Some("261201000000Z"))
        .revoking(SERIAL, Some(1));
    let determination = asked(&person(), &[older.clone(), list("CA")]);
    assert_eq!(word(&determination), "good");
    assert_eq!(determination.answer.unwrap().sources.len(), 1);
    // It does add some to a newer list of the others.
    assert_eq!(judged(&person(), &[older, some(OTHERS)]), "revoked");
}

#[test]
fn step_l_masks_are_united_until_all_are_covered() {
    let determination = asked(&person(), &[some(COMPROMISE), some(OTHERS)]);
    assert_eq!(word(&determination), "good");
    assert_eq!(determination.answer.unwrap().sources.len(), 2);
    assert_eq!(judged(&person(), &[some(OTHERS)]), "reasons uncovered");
}

#[test]
fn step_l_a_revocation_counts_though_reasons_are_left() {
    let revoking = some(COMPROMISE).revoking(SERIAL, Some(1));
    assert_eq!(judged(&person(), &[revoking]), "revoked");
}
