//! Steps (f) and (g): who signed the CRL.

use std::sync::Arc;

use sig_core::Error;
use sig_core::x509::certificate::Certificate;
use sig_core::x509::crl::CertificateList;

use crate::certificates::*;
use crate::lists::*;

const SIGNER: &[u8] = &[0x33];

/// The authority's new key, certified with its old one; itself on a list by that old key.
fn renewed() -> Arc<Certificate> {
    authority("CA", "CA").serial(SIGNER).signed("new", "ca")
}

fn ask(world: &World, lists: &[(&List, &str)]) -> String {
    let crls: Vec<Arc<CertificateList>> = lists.iter().map(|(list, by)| list.signed(by)).collect();
    word(&world.ask(&crls.iter().collect::<Vec<_>>()))
}

/// Of old, for the signers' certificates only.
fn for_signers() -> List {
    list("CA")
        .times("261101000000Z", Some("261201000000Z"))
        .scope(&[full_name(&[uri("signers")])])
}

/// A certificate whose status stands on the list for signers.
fn listed(draft: Draft) -> Draft {
    draft.points(&[sequence(&[full_name(&[uri("signers")])])])
}

#[test]
fn step_f_the_crl_sign_bit() {
    let under = |usage| {
        let world = World::under(&ca().usage(usage), &person());
        ask(&world, &[(&list("CA"), "ca")])
    };
    assert_eq!(under(CERT_AND_CRL_SIGN), "good");
    assert_eq!(under(CERT_SIGN), "no cRLSign");
}

#[test]
fn step_f_a_renewed_key_of_the_authority() {
    let signer = listed(authority("CA", "CA").serial(SIGNER)).signed("new", "ca");
    let world = World::new(&person()).with(signer);
    let lists = (list("CA"), for_signers());
    assert_eq!(ask(&world, &[(&lists.0, "new"), (&lists.1, "ca")]), "good");
    let revoking = list("CA").revoking(SERIAL, Some(1));
    assert_eq!(
        ask(&world, &[(&revoking, "new"), (&lists.1, "ca")]),
        "revoked"
    );
    assert_eq!(
        ask(&World::new(&person()), &[(&list("CA"), "new")]),
        "bad signature"
    );
}

#[test]
fn step_f_a_separate_key_for_lists_has_the_bit_itself() {
    let with = |draft: Draft| {
        let world = World::new(&person()).with(listed(draft).signed("signer", "ca"));
        ask(&world, &[(&list("CA"), "signer"), (&for_signers(), "ca")])
    };
    assert_eq!(
        with(leaf("CA", "CA").serial(SIGNER).usage(CRL_SIGN)),
        "good"
    );
    let without = with(leaf("CA", "CA").serial(SIGNER));
    assert!(without.ends_with("no cRLSign"), "{without}");
}

#[test]
fn step_f_the_same_anchor() {
    // Another anchor, as trusted as the first, certified a key under the name of the authority.
    let foreign = authority("CA", "Stranger")
        .serial(SIGNER)
        .signed("new", "stranger");
    let world = World::new(&person()).with(foreign);
    assert_eq!(
        ask(&world, &[(&list("CA"), "new")]),
        "signer without a path to the anchor"
    );
}

#[test]
fn step_f_another_authority_below_the_anchor_does_not_speak_for_it() {
    let sub = authority("Sub", "Root")
        .serial(&[0x44])
        .signed("sub", "root");
    let forged = |subject, issuer, by| {
        let signer = authority(subject, issuer).serial(SIGNER).signed("new", by);
        let world = World::new(&person()).taking_unknown_signers();
        let world = world.with(Arc::clone(&sub)).with(signer);
        ask(&world, &[(&list("CA"), "new")])
    };
    assert_eq!(forged("CA", "Root", "root"), "good");
    assert_eq!(
        forged("CA", "Sub", "sub"),
        "signer without a path to the anchor"
    );
}

#[test]
fn step_f_the_signer_is_in_its_validity() {
    let until = |day| {
        let draft = listed(authority("CA", "CA").serial(SIGNER));
        let world =
            World::new(&person()).with(draft.validity("200101000000Z", day).signed("new", "ca"));
        ask(&world, &[(&list("CA"), "new"), (&for_signers(), "ca")])
    };
    assert_eq!(until("261130000000Z"), "good");
    let ended = until("261115000000Z");
    assert!(ended.ends_with("signer expired"), "{ended}");
}

#[test]
fn step_f_a_revoked_signer_does_not_count() {
    let signer = listed(authority("CA", "CA").serial(SIGNER)).signed("new", "ca");
    let world = World::new(&person()).with(signer).taking_unknown_signers();
    let with = |reason| {
        let of_signers = for_signers().revoking(SIGNER, Some(reason));
        ask(&world, &[(&list("CA"), "new"), (&of_signers, "ca")])
    };
    for (reason, expected) in [(1, "signer revoked"), (6, "signer on hold")] {
        let word = with(reason);
        assert!(word.ends_with(expected), "{word}");
    }
}

#[test]
fn step_f_what_is_not_known_of_a_signer_decides_as_asked() {
    let ask = |world: World| ask(&world.with(renewed()), &[(&list("CA"), "new")]);
    let unknown = "status of its signer unknown";
    assert_eq!(ask(World::new(&person())), unknown);
    assert_eq!(ask(World::new(&person()).taking_unknown_signers()), "good");
}

#[test]
fn step_f_a_list_does_not_vouch_for_its_own_signer() {
    let world = World::new(&person()).with(renewed());
    // The list covers the signer's certificate too; by the old key, it would do.
    assert_eq!(
        ask(&world, &[(&list("CA"), "new")]),
        "status of its signer unknown"
    );
    let both = [(&list("CA"), "new"), (&list("CA"), "ca")];
    assert_eq!(ask(&world, &both), "good");
}

#[test]
fn step_f_a_stale_list_for_the_signer_shows_nothing() {
    let world = World::new(&person())
        .with(listed(authority("CA", "CA").serial(SIGNER)).signed("new", "ca"))
        .taking_unknown_signers();
    let stale = for_signers().times("261001000000Z", Some("261101000000Z"));
    let word = ask(&world, &[(&list("CA"), "new"), (&stale, "ca")]);
    assert!(word.contains("status of its signer unknown"), "{word}");
}

#[test]
fn step_f_a_genuine_list_by_an_unproven_signer_outweighs_an_older_one() {
    let newer = list("CA").times("261110000000Z", Some("261201000000Z"));
    let older = list("CA").scope(&[full_name(&[directory("CA")]), flag(ONLY_USERS)]);
    let world = World::new(&person()).with(renewed());
    let with = |newer: &List| ask(&world, &[(newer, "new"), (&older, "ca")]);
    assert_eq!(with(&newer), "good");
    let revoking = newer.revoking(SERIAL, Some(1));
    assert_eq!(with(&revoking), "status of its signer unknown");
}

#[test]
fn step_f_a_crl_issuer_that_alone_answers_for_itself() {
    let delegated = |points: &str| {
        let point = sequence(&[full_name(&[uri("u")]), crl_issuer(points)]);
        leaf("Lists", "CA")
            .serial(SIGNER)
            .usage(CRL_SIGN)
            .points(&[point])
    };
    let point = sequence(&[full_name(&[uri("u")]), crl_issuer("Lists")]);
    let certificate = person().points(&[point]);
    let list = || list("Lists").scope(&[full_name(&[uri("u")]), flag(INDIRECT)]);
    let with = |points, list: List| {
        let world = World::new(&certificate).with(delegated(points).signed("signer", "ca"));
        ask(&world, &[(&list, "signer")])
    };
    assert_eq!(with("Lists", list()), "good");
    assert_eq!(with("Nobody", list()), "status of its signer unknown");
    let of_ca = extension(0x1d, true, &sequence(&[directory("CA")]));
    let revoking = list().entry(SIGNER, "260601000000Z", &[of_ca]);
    assert_eq!(with("Lists", revoking), "signer revoked");
}

#[test]
fn step_g_the_signature_verifies_with_that_key() {
    let world = World::new(&person());
    assert_eq!(ask(&world, &[(&list("CA"), "ca")]), "good");
    assert_eq!(ask(&world, &[(&list("CA"), "stranger")]), "bad signature");
    let forged = list("CA").revoking(SERIAL, Some(1));
    assert_eq!(
        ask(&world, &[(&forged, "stranger"), (&list("CA"), "ca")]),
        "good"
    );
}

#[test]
fn signers_of_signers_end_at_a_depth() {
    // Keys that certify one another under one name: no list is proven, and the search ends.
    let mut world = World::new(&person());
    for (index, (key, by)) in [
        ("new", "signer"),
        ("signer", "sub"),
        ("sub", "new"),
        ("new", "ca"),
    ]
    .into_iter()
    .enumerate()
    {
        let serial = [0x50 + index as u8];
        world = world.with(authority("CA", "CA").serial(&serial).signed(key, by));
    }
    let lists = ["new", "signer", "sub"].map(|by| list("CA").signed(by));
    match world.try_ask(AT, &lists.iter().collect::<Vec<_>>()) {
        Ok(determination) => assert!(determination.answer.is_none()),
        Err(error) => assert!(matches!(error, Error::Limit(_)), "{error}"),
    }
}

/// An authority with two keys may publish a list for each.
#[test]
fn step_f_a_list_by_another_key_does_not_take_back_what_the_issuers_key_said() {
    let renewed = ca().signed("new", "root");
    let world = World::new(&person()).with(renewed);
    let world = world.taking_unknown_signers();
    let on = |day, until| list("CA").times(day, Some(until));
    let (first, second, third) = ("261101000000Z", "261102000000Z", "261103000000Z");
    let end = "261201000000Z";
    let other = on(third, end).signed("new");
    let ask = |lists: &[(List, &str)]| {
        let lists: Vec<_> = lists.iter().map(|(list, key)| list.signed(key)).collect();
        let crls: Vec<_> = lists.iter().chain([&other]).collect();
        word(&world.ask(&crls))
    };
    assert_eq!(ask(&[]), "good");
    for (reason, expected) in [(1, "revoked"), (6, "on hold")] {
        let revoking = |day, until| on(day, until).revoking(SERIAL, Some(reason));
        assert_eq!(ask(&[(revoking(first, end), "ca")]), expected);
        // A newer list by that key says otherwise.
        let silent = (on(second, end), "ca");
        assert_eq!(ask(&[(revoking(first, end), "ca"), silent]), "good");
        // Older lists by the other key do not count, nor those of a stranger.
        assert_eq!(ask(&[(revoking(first, end), "new")]), "good");
        assert_eq!(ask(&[(revoking(first, end), "stranger")]), "good");
        let forged = (on(second, end), "stranger");
        assert_eq!(ask(&[(revoking(first, end), "ca"), forged]), expected);
        // The key has been given up.
        let ended = ask(&[(revoking(first, "261110000000Z"), "ca")]);
        assert_eq!(ended, if reason == 1 { "revoked" } else { "good" });
    }
    // A forged delta list releases nothing, a genuine one does.
    let releasing = on(second, end).number(2).delta_of(1);
    let releasing = || releasing.clone().revoking(SERIAL, Some(8));
    let held = || on(first, end).number(1).revoking(SERIAL, Some(6));
    let with_delta = |key| ask(&[(held(), "ca"), (releasing(), key)]);
    assert_eq!(with_delta("stranger"), "on hold");
    assert_eq!(with_delta("ca"), "good");
    // A silent list by that key that has ended does not make the newer one old.
    let old = on(first, "261110000000Z").signed("ca");
    let answer = world.ask(&[&old, &other]).answer.unwrap();
    assert!(answer.is_in_force());
}
