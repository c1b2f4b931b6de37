//! Step (a)(1) and the order of CRLs in time (EN 319 102-1 §5.2.5).

use sig_core::UnixTime;
use sig_core::trust::revocation::Freshness;

use crate::certificates::*;
use crate::lists::*;

fn freshness(list: &List) -> Freshness {
    let determination = World::new(&person()).ask(&[&list.signed("ca")]);
    determination.answer.unwrap().freshness
}

#[test]
fn step_a_1_freshness_is_evaluated() {
    assert_eq!(freshness(&list("CA")), Freshness::Fresh);
    let stale = list("CA").times("261001000000Z", Some("261120000000Z"));
    let due = UnixTime::parse_rfc3339("2026-11-20T00:00:00Z").unwrap();
    assert_eq!(freshness(&stale), Freshness::Stale(due));
    let endless = list("CA").times("261101000000Z", None);
    assert_eq!(freshness(&endless), Freshness::NotProvable);
}

#[test]
fn the_newest_list_decides_and_of_one_time_the_higher_number() {
    let at = |day: &'static str| list("CA").times(day, Some("261201000000Z"));
    let revoking = |list: List| list.revoking(SERIAL, Some(6));
    let (early, late) = ("261101000000Z", "261110000000Z");
    assert_eq!(judged(&person(), &[revoking(at(early)), at(late)]), "good");
    assert_eq!(
        judged(&person(), &[at(early), revoking(at(late))]),
        "on hold"
    );
    let numbered = |number| at(early).number(number);
    let lists = [revoking(numbered(1)), numbered(2)];
    assert_eq!(judged(&person(), &lists), "good");
    let lists = [numbered(1), revoking(numbered(2))];
    assert_eq!(judged(&person(), &lists), "on hold");
}

#[test]
fn a_list_of_the_future_shows_nothing_good() {
    let future = || list("CA").times("261201000000Z", Some("261230000000Z"));
    assert_eq!(judged(&person(), &[future()]), "thisUpdate in the future");
    assert_eq!(judged(&person(), &[future(), list("CA")]), "good");
    let revoking = future().revoking(SERIAL, Some(1));
    assert_eq!(judged(&person(), &[revoking, list("CA")]), "revoked");
}

#[test]
fn a_list_older_than_the_certificate_shows_nothing_good() {
    let from = |day| judged(&person().validity(day, "400101000000Z"), &[list("CA")]);
    assert_eq!(from("261101000000Z"), "good");
    assert_eq!(from("261102000000Z"), "thisUpdate < notBefore");
}

#[test]
fn a_list_newer_than_the_certificate_s_end_shows_nothing_good() {
    let until = |day| person().validity("200101000000Z", day);
    let short = || until("261031000000Z");
    assert_eq!(judged(&until("261101000000Z"), &[list("CA")]), "good");
    assert_eq!(judged(&short(), &[list("CA")]), "thisUpdate > notAfter");
    let revoking = list("CA").revoking(SERIAL, Some(1));
    assert_eq!(judged(&short(), &[revoking]), "revoked");
}

#[test]
fn x509_9_5_2_9_expired_certificates_stay_on_the_list_since() {
    let short = person().validity("200101000000Z", "261031000000Z");
    let since = |day: &str| list("CA").extension(0x3c, false, &tlv(0x18, day.as_bytes()));
    assert_eq!(judged(&short, &[since("20261031000000Z")]), "good");
    assert_eq!(
        judged(&short, &[since("20261101000000Z")]),
        "thisUpdate > notAfter"
    );
}

#[test]
fn of_equally_new_lists_the_one_that_names_the_certificate_decides() {
    let revoking = || list("CA").revoking(SERIAL, Some(1));
    let both = [list("CA"), revoking()];
    assert_eq!(judged(&person(), &both), "revoked");
    assert_eq!(judged(&person(), &[revoking(), list("CA")]), "revoked");
}
