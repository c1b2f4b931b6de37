use uuid::Uuid;

use super::*;

const NOW: i64 = 1_795_000_000;

fn at(seconds: i64) -> UnixSeconds {
    UnixSeconds::new(NOW + seconds)
}

fn act(seconds: i64) -> Act {
    Act {
        by: Line::parse("admin").unwrap(),
        at: at(seconds),
    }
}

fn centre(id: &str) -> Enrolled {
    Enrolled::parse(&RawEnrolled::Centre {
        centre: id,
        name: "МФЦ",
    })
    .ok()
    .unwrap()
}

fn operator(centre: &str, snils: &str) -> Enrolled {
    Enrolled::parse(&RawEnrolled::Operator { centre, snils })
        .ok()
        .unwrap()
}

fn bank(ogrn: &str) -> Enrolled {
    Enrolled::parse(&RawEnrolled::Bank {
        ogrn, name: "Банк"
    })
    .ok()
    .unwrap()
}

/// In force from `from` until `until`, in seconds from now.
fn enrolment(enrolled: Enrolled, from: i64, until: Option<i64>) -> Enrolment {
    Enrolment {
        id: EnrolmentId::new(Uuid::nil()),
        enrolled,
        from: at(from),
        until: until.map(at),
        made: act(0),
        ended: None,
    }
}

#[test]
fn an_enrolment_counts_from_its_first_second_to_its_last() {
    let dated = enrolment(bank("1047702026701"), 10, Some(20));
    for (now, standing) in [
        (9, Standing::NotYet),
        (10, Standing::InForce),
        (19, Standing::InForce),
        (20, Standing::Ended),
    ] {
        assert_eq!(dated.standing(at(now)), standing, "{now}");
    }
    let open = enrolment(bank("1047702026701"), 0, None);
    assert_eq!(open.standing(at(1 << 30)), Standing::InForce);
}

#[test]
fn an_end_is_brought_forward_and_never_put_off() {
    let ends = |mut it: Enrolment, until: Option<i64>| {
        let done = it.end(until.map(at), act(100));
        (done, it.until.map(|until| until.seconds() - NOW))
    };
    let open = || enrolment(bank("1047702026701"), 0, None);
    let planned = |until| enrolment(bank("1047702026701"), 0, Some(until));
    let future = || enrolment(bank("1047702026701"), 500, None);
    assert_eq!(ends(open(), None), (Ok(true), Some(100)));
    assert_eq!(ends(open(), Some(300)), (Ok(true), Some(300)));
    assert_eq!(ends(open(), Some(99)), (Err(EndRefused::Passed), None));
    assert_eq!(ends(planned(300), None), (Ok(true), Some(100)));
    assert_eq!(ends(planned(300), Some(200)), (Ok(true), Some(200)));
    let later = (Err(EndRefused::EndsEarlier), Some(300));
    assert_eq!(ends(planned(300), Some(301)), later);
    // It is over; the act is noted and its end stays.
    assert_eq!(ends(planned(50), None), (Ok(true), Some(50)));
    assert_eq!(ends(future(), None), (Ok(true), Some(500)));

    let mut ended = open();
    ended.end(Some(at(300)), act(100)).unwrap();
    assert_eq!(ends(ended.clone(), Some(300)), (Ok(false), Some(300)));
    assert_eq!(ends(ended.clone(), None), (Ok(true), Some(100)));
    ended.end(None, act(100)).unwrap();
    assert_eq!(ends(ended.clone(), None), (Ok(false), Some(100)));
    let earlier = (Err(EndRefused::EndsEarlier), Some(100));
    assert_eq!(ends(ended, Some(300)), earlier);
}

#[test]
fn an_operator_attests_only_while_enrolled_at_an_active_centre() {
    const ONE: &str = "08765430300";
    let Enrolled::Operator { centre: id, snils } = operator("mfc-1", ONE) else {
        panic!("no operator");
    };
    let attestor = Attestor::Operator { centre: id, snils };
    let may = |rows: &[(Enrolled, i64, Option<i64>)]| {
        let enrolments: Vec<_> = rows
            .iter()
            .map(|(enrolled, from, until)| enrolment(enrolled.clone(), *from, *until))
            .collect();
        may_attest(&attestor, &enrolments, at(0))
    };
    let active = || (centre("mfc-1"), -9, None);
    let over = |enrolled| (enrolled, -9, Some(-1));
    let to_come = |enrolled| (enrolled, 1, None);
    let one = || operator("mfc-1", ONE);
    assert_eq!(may(&[active(), (one(), 0, None)]), Ok(()));
    assert_eq!(may(&[active()]), Err(Reason::OperatorNotEnrolled));
    assert_eq!(
        may(&[active(), to_come(one())]),
        Err(Reason::OperatorNotEnrolled)
    );
    assert_eq!(
        may(&[active(), over(one())]),
        Err(Reason::OperatorEnrolmentEnded)
    );
    assert_eq!(
        may(&[active(), over(one()), (one(), -1, Some(1))]),
        Ok(()),
        "enrolled again"
    );
    for elsewhere in [operator("mfc-2", ONE), operator("mfc-1", "11223344595")] {
        assert_eq!(
            may(&[active(), (elsewhere, -9, None)]),
            Err(Reason::OperatorNotEnrolled)
        );
    }
    for inactive in [over(centre("mfc-1")), to_come(centre("mfc-1"))] {
        assert_eq!(
            may(&[inactive, (one(), -9, None)]),
            Err(Reason::CentreNotActive)
        );
    }
    assert_eq!(
        may(&[(centre("mfc-2"), -9, None), (one(), -9, None)]),
        Err(Reason::CentreNotActive)
    );
}

#[test]
fn a_bank_attests_only_while_enrolled() {
    let Enrolled::Bank { ogrn, .. } = bank("1047702026701") else {
        panic!("no bank");
    };
    let attestor = Attestor::Bank { ogrn };
    let may = |enrolled: Enrolled, from, until| {
        may_attest(&attestor, &[enrolment(enrolled, from, until)], at(0))
    };
    let one = || bank("1047702026701");
    assert_eq!(may(one(), 0, None), Ok(()));
    assert_eq!(may(one(), 1, None), Err(Reason::BankNotEnrolled));
    assert_eq!(may(one(), -9, Some(0)), Err(Reason::BankEnrolmentEnded));
    let other = bank("0000000000660");
    assert_eq!(may(other, -9, None), Err(Reason::BankNotEnrolled));
}

#[test]
fn every_wrong_field_is_named() {
    let faults = |raw: RawEnrolled<'_>| match Enrolled::parse(&raw) {
        Ok(_) => Vec::new(),
        Err(faults) => faults.iter().map(|it| (it.field, it.rule)).collect(),
    };
    let (centre, name, snils, ogrn) = ("", "\u{7}", "1122334459", "1047702026702");
    assert_eq!(
        faults(RawEnrolled::Centre { centre, name }),
        [("centre_id", Rule::Required), ("name", Rule::Line)]
    );
    assert_eq!(
        faults(RawEnrolled::Operator {
            centre: "a b",
            snils
        }),
        [
            ("centre_id", Rule::AccountId),
            ("operator_snils", Rule::Snils)
        ]
    );
    assert_eq!(
        faults(RawEnrolled::Bank { ogrn, name: "" }),
        [("ogrn", Rule::CheckDigits), ("name", Rule::Required)]
    );
}
