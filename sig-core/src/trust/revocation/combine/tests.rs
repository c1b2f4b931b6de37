use super::super::{Rejected, Revocation};
use super::*;
use crate::finding::Subject;
use crate::x509::crl_index::RevocationReason;

const AT: UnixTime = UnixTime::from_seconds(100 * DAY);

fn on(day: i64) -> UnixTime {
    UnixTime::from_seconds(day * DAY)
}

fn revocation() -> Revocation {
    Revocation {
        date: on(1),
        reason: RevocationReason::Unspecified,
        invalid_since: None,
    }
}

fn answer(status: Status, day: i64, freshness: Freshness) -> Answer {
    Answer {
        status,
        sources: Vec::new(),
        this_update: on(day),
        freshness,
    }
}

fn fresh(status: Status, day: i64) -> Answer {
    answer(status, day, Freshness::Fresh)
}

fn crl(answer: Option<Answer>) -> Determination {
    Determination {
        answer,
        ..Determination::nothing()
    }
}

fn ocsp(answers: Vec<Answer>) -> Examined {
    Examined {
        answers,
        ..Examined::default()
    }
}

/// Status, day and freshness of what decided.
fn decided(
    by_crl: Determination,
    by_ocsp: Examined,
    days: Option<u32>,
) -> Option<(Status, i64, Freshness)> {
    let age = Age {
        most_days: days,
        fresh_days: None,
    };
    let answer = combine(by_crl, by_ocsp, age, AT).answer?;
    let day = answer.this_update.seconds() / DAY;
    Some((answer.status, day, answer.freshness))
}

#[test]
fn revoked_is_for_good_and_else_the_latest_decides_whoever_says_it() {
    let (good, bad) = (Status::Good, Status::Revoked(revocation()));
    let held = Status::OnHold(revocation());
    let one = |listed, said| decided(crl(Some(listed)), ocsp(vec![said]), None).unwrap();
    assert_eq!(one(fresh(good, 5), fresh(bad, 6)).0, bad);
    assert_eq!(one(fresh(bad, 6), fresh(good, 5)).0, bad);
    assert_eq!(one(fresh(good, 5), fresh(bad, 5)).0, bad);
    assert_eq!(one(fresh(bad, 5), fresh(good, 5)).0, bad);
    assert_eq!(one(fresh(bad, 5), fresh(good, 6)).0, bad);
    assert_eq!(one(fresh(good, 6), fresh(bad, 5)).0, bad);
    assert_eq!(one(fresh(held, 5), fresh(good, 6)).0, good);
    assert_eq!(one(fresh(held, 6), fresh(good, 5)).0, held);
    assert_eq!(decided(crl(None), ocsp(Vec::new()), None), None);
}

#[test]
fn no_answer_hides_since_when_another_says_revoked() {
    let said = |day, invalid_since| {
        Status::Revoked(Revocation {
            date: on(day),
            reason: RevocationReason::KeyCompromise,
            invalid_since,
        })
    };
    let from = |listed, said| match decided(crl(Some(fresh(listed, 90))), ocsp(vec![said]), None) {
        Some((Status::Revoked(revocation), ..)) => revocation,
        other => panic!("{other:?}"),
    };
    // The later answer decides, and knows less.
    let known = from(said(50, Some(on(40))), fresh(said(50, None), 95));
    assert_eq!((known.date, known.holds_from()), (on(50), on(40)));
    let known = from(said(50, None), fresh(said(50, Some(on(40))), 85));
    assert_eq!((known.date, known.holds_from()), (on(50), on(40)));
    let known = from(said(45, None), fresh(said(50, None), 95));
    assert_eq!((known.date, known.holds_from()), (on(50), on(45)));
    // Later than the date, it says nothing.
    let known = from(said(50, Some(on(60))), fresh(said(50, None), 95));
    assert_eq!((known.invalid_since, known.holds_from()), (None, on(50)));
}

#[test]
fn of_one_time_revoked_is_worse_than_held_than_later_than_good() {
    let order = [
        Status::Good,
        Status::RevokedLater(revocation()),
        Status::OnHold(revocation()),
        Status::Revoked(revocation()),
    ];
    for pair in order.windows(2) {
        for answers in [[0, 1], [1, 0]] {
            let answers = answers.map(|place| fresh(pair[place], 5)).to_vec();
            assert_eq!(decided(crl(None), ocsp(answers), None).unwrap().0, pair[1]);
        }
    }
}

#[test]
fn an_older_fresh_answer_stands_for_one_that_says_the_same_and_is_not_fresh() {
    let good = Status::Good;
    let open = answer(good, 6, Freshness::NotProvable);
    let stale = answer(good, 6, Freshness::Stale(on(7)));
    for latest in [open, stale] {
        let found = decided(crl(Some(fresh(good, 5))), ocsp(vec![latest.clone()]), None);
        assert_eq!(found, Some((good, 5, Freshness::Fresh)));
        // Nobody is fresh.
        let found = decided(crl(None), ocsp(vec![latest.clone()]), None);
        assert_eq!(found.unwrap().1, 6);
        // It says otherwise, or somebody between does.
        let held = fresh(Status::OnHold(revocation()), 5);
        let found = decided(crl(Some(held.clone())), ocsp(vec![latest.clone()]), None);
        assert_eq!(found.unwrap().1, 6);
        let answers = ocsp(vec![latest, held]);
        let found = decided(crl(Some(fresh(good, 4))), answers, None);
        assert_eq!(found.unwrap().1, 6);
    }
}

#[test]
fn a_fresh_good_does_not_stand_for_a_revocation_that_is_not_fresh() {
    let bad = Status::Revoked(revocation());
    let stale = answer(bad, 6, Freshness::Stale(on(7)));
    let found = decided(crl(Some(fresh(Status::Good, 5))), ocsp(vec![stale]), None);
    assert_eq!(found.unwrap().0, bad);
}

#[test]
fn what_was_denied_is_not_good_until_something_later_says_so() {
    let good = |day| crl(Some(fresh(Status::Good, day)));
    let denied = || Examined {
        denied_at: Some(on(5)),
        ..Examined::default()
    };
    assert_eq!(decided(good(5), denied(), None), None);
    assert_eq!(decided(good(6), denied(), None).unwrap().1, 6);
    let never = Examined {
        never_issued: true,
        ..Examined::default()
    };
    assert_eq!(decided(good(6), never, None), None);
}

#[test]
fn a_crl_that_names_the_certificate_outweighs_responses_unless_another_counts() {
    let rejected = || Rejected {
        subject: Subject::Crl(String::new()),
        reason: "scope",
        names_the_certificate: true,
    };
    let by_crl = |answer| Determination {
        answer,
        rejected: vec![rejected()],
        ..Determination::nothing()
    };
    let good = || fresh(Status::Good, 6);
    assert_eq!(decided(by_crl(None), ocsp(vec![good()]), None), None);
    assert!(
        decided(
            by_crl(Some(fresh(Status::Good, 4))),
            ocsp(vec![good()]),
            None
        )
        .is_some()
    );
    let bad = Status::Revoked(revocation());
    let found = decided(by_crl(None), ocsp(vec![fresh(bad, 5)]), None);
    assert_eq!(found.unwrap().0, bad);
}

#[test]
fn the_age_of_the_policy_ends_with_its_last_day() {
    let fresh_for = |day, freshness, days| {
        let answers = ocsp(vec![answer(Status::Good, day, freshness)]);
        decided(crl(None), answers, Some(days)).unwrap().2
    };
    let open = Freshness::NotProvable;
    assert_eq!(fresh_for(94, open, 7), Freshness::Fresh);
    assert_eq!(fresh_for(93, open, 7), Freshness::Stale(on(100)));
    assert_eq!(
        fresh_for(93, Freshness::Fresh, 7),
        Freshness::Stale(on(100))
    );
    let due = Freshness::Stale(on(95));
    assert_eq!(fresh_for(94, due, 7), due);
}

#[test]
fn what_the_policy_calls_fresh_is_so_although_an_update_was_due() {
    let (due, open) = (Freshness::Stale(on(95)), Freshness::NotProvable);
    let fresh_for = |status, day, freshness, most_days, fresh_days| {
        let answers = ocsp(vec![answer(status, day, freshness)]);
        let age = Age {
            most_days,
            fresh_days,
        };
        let found = combine(crl(None), answers, age, AT).answer.unwrap();
        (found.status, found.freshness)
    };
    let of = |day, freshness, most, least| fresh_for(Status::Good, day, freshness, most, least).1;
    assert_eq!(of(94, due, None, None), due);
    assert_eq!(of(94, due, None, Some(7)), Freshness::Fresh);
    assert_eq!(of(93, due, None, Some(7)), due);
    assert_eq!(of(94, open, None, Some(7)), Freshness::Fresh);
    assert_eq!(of(93, open, None, Some(7)), open);
    // The oldest that is fresh bounds it.
    let ended = Freshness::Stale(on(97));
    assert_eq!(of(94, due, Some(3), Some(7)), ended);
    // Who is revoked stays so, however old the word is.
    let bad = Status::Revoked(revocation());
    assert_eq!(fresh_for(bad, 94, due, None, Some(7)).0, bad);
}
