//! Steps (i) and (j): the entries for the certificate.

use crate::certificates::*;
use crate::lists::*;

const HOLD: Option<u8> = Some(6);

#[test]
fn step_j_the_serial_number_is_looked_up() {
    let revoking = |serial| list("CA").revoking(serial, Some(1));
    assert_eq!(judged(&person(), &[revoking(SERIAL)]), "revoked");
    assert_eq!(judged(&person(), &[revoking(&[6])]), "good");
    assert_eq!(judged(&person(), &[revoking(&[0, 5])]), "revoked");
}

#[test]
fn step_j_1_an_entry_with_a_reason() {
    let for_reason = |reason| judged(&person(), &[list("CA").revoking(SERIAL, Some(reason))]);
    assert_eq!(for_reason(1), "revoked");
    assert_eq!(for_reason(6), "on hold");
    // A number that means nothing.
    assert_eq!(for_reason(7), "malformed entry");
}

#[test]
fn step_j_2_an_entry_without_a_reason() {
    let revoking = |serial| judged(&person(), &[list("CA").revoking(serial, None)]);
    assert_eq!(revoking(SERIAL), "revoked");
    assert_eq!(revoking(&[6]), "good");
}

#[test]
fn step_j_the_worst_of_several_entries_counts() {
    let both = list("CA").revoking(SERIAL, HOLD).revoking(SERIAL, Some(1));
    assert_eq!(judged(&person(), &[both]), "revoked");
    let later = list("CA")
        .entry(SERIAL, "261125000000Z", &[])
        .revoking(SERIAL, HOLD);
    assert_eq!(judged(&person(), &[later]), "on hold");
}

#[test]
fn step_j_a_revocation_after_the_time_of_judging() {
    let entry = |date| judged(&person(), &[list("CA").entry(SERIAL, date, &[])]);
    assert_eq!(entry("261120000000Z"), "revoked");
    assert_eq!(entry("261125000000Z"), "revoked later");
}

#[test]
fn step_j_entries_of_an_indirect_list_are_matched_by_issuer_and_number() {
    let indirect = || list("CA").scope(&[flag(INDIRECT)]);
    let of = |issuer| extension(0x1d, true, &sequence(&[directory(issuer)]));
    let entry = |issuer| indirect().entry(SERIAL, "260601000000Z", &[of(issuer)]);
    assert_eq!(judged(&person(), &[entry("Other")]), "good");
    assert_eq!(judged(&person(), &[entry("CA")]), "revoked");
    // It holds for the entries that follow.
    let following = |issuer| {
        indirect()
            .entry(&[9], "260601000000Z", &[of(issuer)])
            .revoking(SERIAL, Some(1))
    };
    assert_eq!(judged(&person(), &[following("Other")]), "good");
    assert_eq!(judged(&person(), &[following("CA")]), "revoked");
    // Before the first, the issuer of the list is meant.
    let before = indirect()
        .revoking(SERIAL, Some(1))
        .entry(&[9], "260601000000Z", &[of("Other")]);
    assert_eq!(judged(&person(), &[before]), "revoked");
}

#[test]
fn rfc5280_5_3_3_an_issuer_in_a_direct_list_is_not_understood() {
    let of = extension(0x1d, true, &sequence(&[directory("Other")]));
    let entry = list("CA").entry(SERIAL, "260601000000Z", &[of]);
    assert_eq!(judged(&person(), &[entry]), "unknown critical extension");
}

#[test]
fn rfc5280_5_3_an_unknown_critical_extension_of_the_entry() {
    let entry = |is_critical| {
        let unknown = extension(0x7f, is_critical, &[5, 0]);
        list("CA").entry(SERIAL, "260601000000Z", &[unknown])
    };
    assert_eq!(judged(&person(), &[entry(false)]), "revoked");
    assert_eq!(
        judged(&person(), &[entry(true)]),
        "unknown critical extension"
    );
}

#[test]
fn rfc5280_5_2_an_unknown_critical_extension_of_the_list() {
    let with = |is_critical| list("CA").extension(0x7f, is_critical, &[5, 0]);
    assert_eq!(judged(&person(), &[with(false)]), "good");
    assert_eq!(
        judged(&person(), &[with(true)]),
        "unknown critical extension"
    );
}

#[test]
fn a_newer_list_that_is_not_understood_outweighs_an_older_one() {
    let newer = list("CA").times("261110000000Z", Some("261201000000Z"));
    let unknown = |list: List| list.extension(0x7f, true, &[5, 0]);
    let named = unknown(newer.clone().revoking(SERIAL, Some(1)));
    let why = "unknown critical extension";
    assert_eq!(judged(&person(), &[list("CA"), named.clone()]), why);
    assert_eq!(judged(&person(), &[list("CA"), unknown(newer)]), "good");
    let older = list("CA").times("261115000000Z", Some("261201000000Z"));
    assert_eq!(judged(&person(), &[older, named]), "good");
}

#[test]
fn rfc5280_5_1_lists_of_version_1_count() {
    assert_eq!(judged(&person(), &[list("CA").version_1()]), "good");
    let revoking = list("CA").version_1().revoking(SERIAL, None);
    assert_eq!(judged(&person(), &[revoking]), "revoked");
}

/// The list must not be used for any certificate.
#[test]
fn rfc5280_5_3_an_unknown_critical_extension_of_another_entry() {
    let with = |list: List, is_critical| {
        let unknown = extension(0x7f, is_critical, &[5, 0]);
        list.entry(&[6], "260601000000Z", &[unknown])
    };
    let why = "unknown critical extension";
    assert_eq!(judged(&person(), &[with(list("CA"), false)]), "good");
    assert_eq!(judged(&person(), &[with(list("CA"), true)]), why);
    // Its word against a certificate keeps an older list from showing the opposite.
    let newer = list("CA").times("261110000000Z", Some("261201000000Z"));
    let naming = newer.clone().revoking(SERIAL, Some(1));
    assert_eq!(judged(&person(), &[list("CA"), with(naming, true)]), why);
    assert_eq!(judged(&person(), &[list("CA"), with(newer, true)]), "good");
    // The issuer of an entry is understood in an indirect list only.
    let of = extension(0x1d, true, &sequence(&[directory("Other")]));
    let entry = |list: List| list.entry(&[6], "260601000000Z", std::slice::from_ref(&of));
    let indirect = list("CA").scope(&[flag(INDIRECT)]);
    assert_eq!(judged(&person(), &[entry(indirect)]), "good");
    assert_eq!(judged(&person(), &[entry(list("CA"))]), why);
}

#[test]
fn rfc5280_5_2_5_a_scope_that_cannot_be_read() {
    let newer = || {
        let newer = list("CA").times("261110000000Z", Some("261201000000Z"));
        newer.extension(0x1c, true, &[5, 0])
    };
    let why = "malformed extension";
    let older = || list("CA");
    assert_eq!(judged(&person(), &[newer()]), why);
    let naming = newer().revoking(SERIAL, Some(1));
    assert_eq!(judged(&person(), &[older(), naming.clone()]), why);
    assert_eq!(judged(&person(), &[older(), newer()]), "good");
    // Of another issuer, if it is indirect; by a stranger.
    let of = extension(0x1d, true, &sequence(&[directory("Other")]));
    let other = newer().entry(SERIAL, "260601000000Z", &[of]);
    assert_eq!(judged(&person(), &[older(), other]), "good");
    let forged = [older().signed("ca"), naming.signed("stranger")];
    let asked = World::new(&person()).ask(&[&forged[0], &forged[1]]);
    assert_eq!(word(&asked), "good");
}
