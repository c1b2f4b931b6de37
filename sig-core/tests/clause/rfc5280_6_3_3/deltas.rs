//! Steps (a)(2), (c), (h), (i) and (k): delta CRLs.

use sig_core::trust::revocation::Freshness;

use crate::lists::*;

const HOLD: u8 = 6;
const REMOVE: u8 = 8;

fn base() -> List {
    list("CA").number(5)
}

/// A later list of changes since number 5.
fn delta() -> List {
    list("CA")
        .times("261110000000Z", Some("261130000000Z"))
        .number(7)
        .delta_of(5)
}

#[test]
fn step_a_2_and_i_the_delta_decides() {
    assert_eq!(judged(&person(), &[base(), delta()]), "good");
    let revoking = delta().revoking(SERIAL, Some(1));
    assert_eq!(judged(&person(), &[base(), revoking.clone()]), "revoked");
    // Of another certificate.
    let other = delta().revoking(&[6], Some(1));
    assert_eq!(judged(&person(), &[base(), other]), "good");
    // Worse than a hold in the complete list.
    let held = base().revoking(SERIAL, Some(HOLD));
    assert_eq!(judged(&person(), &[held, revoking]), "revoked");
}

#[test]
fn step_a_2_a_delta_keeps_a_stale_list_fresh_and_is_fresh_itself() {
    let freshness = |lists: &[List]| {
        let crls: Vec<_> = lists.iter().map(|list| list.signed("ca")).collect();
        let crls: Vec<_> = crls.iter().collect();
        World::new(&person()).ask(&crls).answer.unwrap().freshness
    };
    let stale = base().times("261001000000Z", Some("261105000000Z"));
    assert!(matches!(
        freshness(std::slice::from_ref(&stale)),
        Freshness::Stale(_)
    ));
    assert_eq!(freshness(&[stale.clone(), delta()]), Freshness::Fresh);
    let also_stale = delta().times("261110000000Z", Some("261111000000Z"));
    assert!(matches!(
        freshness(&[stale, also_stale]),
        Freshness::Stale(_)
    ));
}

#[test]
fn step_c_1_the_issuer_is_that_of_the_complete_list() {
    let delta_of = |issuer| list(issuer).number(7).delta_of(5).revoking(SERIAL, None);
    assert_eq!(judged(&person(), &[base(), delta_of("CA")]), "revoked");
    assert_eq!(judged(&person(), &[base(), delta_of("Lists")]), "good");
}

#[test]
fn step_c_2_the_scope_is_that_of_the_complete_list() {
    let scoped = |list: List, text: &str| list.scope(&[full_name(&[uri(text), directory("CA")])]);
    let revoking = || delta().revoking(SERIAL, Some(HOLD));
    let same = [scoped(base(), "u"), scoped(revoking(), "u")];
    assert_eq!(judged(&person(), &same), "on hold");
    // What does not fit names the certificate, so that it is not in force is not shown either.
    let unfit = "delta CRL without its base";
    let other = [scoped(base(), "u"), scoped(revoking(), "v")];
    assert_eq!(judged(&person(), &other), unfit);
    assert_eq!(judged(&person(), &[base(), scoped(revoking(), "u")]), unfit);
    assert_eq!(judged(&person(), &[scoped(base(), "u"), revoking()]), unfit);
}

#[test]
fn step_c_3_the_key_is_that_of_the_complete_list() {
    let pair = |octet| {
        let revoking = delta().revoking(SERIAL, Some(HOLD)).key_identifier(octet);
        judged(&person(), &[base().key_identifier(1), revoking])
    };
    assert_eq!(pair(1), "on hold");
    assert_eq!(pair(2), "delta CRL without its base");
}

#[test]
fn rfc5280_5_2_4_the_numbers_follow_one_another() {
    let with = |number, base_number, own| {
        let delta = list("CA")
            .times("261110000000Z", Some("261130000000Z"))
            .number(own)
            .delta_of(base_number)
            .revoking(SERIAL, Some(HOLD));
        judged(&person(), &[list("CA").number(number), delta])
    };
    assert_eq!(with(5, 5, 6), "on hold");
    assert_eq!(with(6, 5, 7), "on hold");
    let unfit = "delta CRL without its base";
    assert_eq!(with(4, 5, 7), unfit);
    assert_eq!(with(7, 5, 7), unfit);
}

#[test]
fn rfc5280_5_2_3_a_delta_without_a_number_does_not_count() {
    let without = list("CA")
        .times("261110000000Z", Some("261130000000Z"))
        .delta_of(5);
    let revoking = without.clone().revoking(SERIAL, None);
    assert_eq!(judged(&person(), &[base(), without]), "good");
    let malformed = "delta CRL without cRLNumber";
    assert_eq!(judged(&person(), &[base(), revoking]), malformed);
}

#[test]
fn rfc5280_5_2_4_a_delta_alone_says_nothing() {
    assert_eq!(judged(&person(), &[delta()]), "delta CRL without its base");
    // A complete list without a number has no deltas.
    assert_eq!(judged(&person(), &[list("CA"), delta()]), "good");
}

#[test]
fn step_h_the_delta_is_signed_with_the_same_key() {
    let ask = |key| {
        let crls = [
            base().signed("ca"),
            delta().revoking(SERIAL, Some(1)).signed(key),
        ];
        word(&World::new(&person()).ask(&[&crls[0], &crls[1]]))
    };
    assert_eq!(ask("ca"), "revoked");
    assert_eq!(ask("stranger"), "good");
}

#[test]
fn step_h_a_forged_delta_does_not_make_an_old_list_new() {
    let newer = list("CA")
        .times("261105000000Z", Some("261201000000Z"))
        .number(6)
        .revoking(SERIAL, Some(1));
    let older = base().signed("ca");
    let world = World::new(&person());
    let newer = newer.signed("ca");
    let of_older = list("CA")
        .times("261110000000Z", None)
        .number(6)
        .delta_of(5);
    let forged = of_older.signed("stranger");
    assert_eq!(word(&world.ask(&[&older, &forged, &newer])), "revoked");
}

#[test]
fn step_i_1_the_newest_delta_decides() {
    let first = delta().revoking(SERIAL, Some(HOLD));
    let second = list("CA")
        .times("261115000000Z", Some("261130000000Z"))
        .number(8)
        .delta_of(5);
    let released = second.clone().revoking(SERIAL, Some(REMOVE));
    let held = base().revoking(SERIAL, Some(HOLD));
    assert_eq!(judged(&person(), &[held.clone(), released, first]), "good");
    let from_the_future = second
        .times("261201000000Z", Some("261230000000Z"))
        .revoking(SERIAL, Some(REMOVE));
    assert_eq!(judged(&person(), &[held, from_the_future]), "on hold");
}

#[test]
fn step_i_2_an_entry_of_the_delta_without_a_reason() {
    let held = base().revoking(SERIAL, Some(HOLD));
    assert_eq!(
        judged(&person(), &[held.clone(), delta().revoking(SERIAL, None)]),
        "revoked"
    );
    let other = delta().revoking(&[6], None);
    assert_eq!(judged(&person(), &[held, other]), "on hold");
}

#[test]
fn step_k_a_hold_is_released_and_a_revocation_is_not() {
    let removing = || delta().revoking(SERIAL, Some(REMOVE));
    let ask = |reason| {
        judged(
            &person(),
            &[base().revoking(SERIAL, Some(reason)), removing()],
        )
    };
    assert_eq!(ask(HOLD), "good");
    assert_eq!(ask(1), "revoked");
    assert_eq!(judged(&person(), &[base(), removing()]), "good");
}

#[test]
fn step_k_a_complete_list_takes_nothing_back() {
    let removing = base().revoking(SERIAL, Some(REMOVE));
    assert_eq!(judged(&person(), &[removing]), "malformed entry");
}

#[test]
fn step_f_a_delta_is_not_lost_with_a_forged_complete_list() {
    let revoking = delta().revoking(SERIAL, Some(1)).signed("ca");
    let older = list("CA").number(3).signed("ca");
    let world = World::new(&person());
    let unfit = "delta CRL without its base";
    assert_eq!(word(&world.ask(&[&older, &revoking])), unfit);
    // What the delta continues is nobody's, so it does not count; the delta names the certificate all the same.
    let forged = base().signed("stranger");
    let asked = world.ask(&[&older, &revoking, &forged]);
    assert_ne!(word(&asked), "good");
    assert!(asked.rejected.iter().any(|r| r.names_the_certificate));
    // Nor with one whose entry is malformed, or that states no scope.
    let malformed = base().revoking(SERIAL, Some(REMOVE)).signed("stranger");
    assert_ne!(word(&world.ask(&[&older, &revoking, &malformed])), "good");
    // A delta that is forged itself takes nothing away.
    let by_stranger = delta().revoking(SERIAL, Some(1)).signed("stranger");
    assert_eq!(word(&world.ask(&[&older, &by_stranger, &forged])), "good");
}

#[test]
fn step_h_a_delta_by_another_key_of_the_authority_leaves_the_status_open() {
    let renewed = ca().signed("new", "root");
    let world = World::new(&person()).with(renewed);
    let complete = base().signed("ca");
    let revoking = delta().revoking(SERIAL, Some(1)).signed("new");
    let asked = world.ask(&[&complete, &revoking]);
    assert_ne!(word(&asked), "good");
    assert!(asked.rejected.iter().any(|r| r.names_the_certificate));
    // One that does not name the certificate is only left aside.
    let silent = delta().signed("new");
    assert_eq!(word(&world.ask(&[&complete, &silent])), "good");
}

#[test]
fn step_h_a_forged_delta_does_not_hide_a_hold() {
    // Both are about a certificate that has expired.
    let short = person().validity("200101000000Z", "261105000000Z");
    let world = World::new(&short);
    let held = list("CA")
        .times("261103000000Z", Some("261201000000Z"))
        .number(5)
        .revoking(SERIAL, Some(HOLD))
        .signed("ca");
    let older = list("CA").number(3).signed("ca");
    assert_eq!(word(&world.ask(&[&older, &held])), "on hold");
    let forged = delta().revoking(SERIAL, Some(REMOVE)).signed("stranger");
    assert_eq!(word(&world.ask(&[&older, &held, &forged])), "on hold");
}
