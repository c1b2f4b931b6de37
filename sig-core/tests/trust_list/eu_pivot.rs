//! Pivots: from the signers that are known to those of the newest list of lists.

use sig_core::alg::provider::RUSTCRYPTO;
use sig_core::der::octets::Octets;
use sig_core::finding::Language;
use sig_core::trust::etsi_list::{
    EtsiAssembly, EtsiSnapshot, EtsiSnapshotRejected as Rejected, PivotRejected,
};
use sig_core::trust::snapshot::OwnFile;

use super::eu_fixture::{
    EuFixture, FOR_PROGRAMS, LIST_OF_LISTS, NATIONAL, list_of_lists, pointer, two_services,
};
use super::fixture::certificate;
use super::*;

/// A list of lists that one key signed, and that says that these sign the next.
fn pivot(number: u64, by: u8, next: &[u8]) -> EuFixture {
    let to_itself = pointer("EU", LIST_OF_LISTS, FOR_PROGRAMS, next);
    list_of_lists(number, &[to_itself], 0).signed_by(by)
}

/// The newest list of lists, which names this many pivots and the signer of XA, 4.
fn newest(number: u64, by: u8, pivots: u64) -> EuFixture {
    let national = pointer("XA", NATIONAL, FOR_PROGRAMS, &[4]);
    list_of_lists(number, &[national], pivots).signed_by(by)
}

fn octets(fixture: &EuFixture) -> Octets {
    fixture.xml().into_bytes().into()
}

fn assemble(
    previous: Option<&EtsiSnapshot>,
    seeds: &[u8],
    pivots: &[&EuFixture],
    newest: &EuFixture,
) -> Result<EtsiSnapshot, Rejected> {
    let assembly = EtsiAssembly {
        previous,
        lists: vec![octets(newest), octets(&two_services().signed_by(4))],
        signers: seeds.iter().map(|it| certificate(*it).into()).collect(),
        taken_at: UnixTime::parse_rfc3339("2026-11-22T00:00:00Z").unwrap(),
        refuses_outdated: false,
    };
    let pivots = pivots.iter().map(|it| octets(it)).collect();
    EtsiSnapshot::assemble_with_pivots(assembly, pivots, &RUSTCRYPTO, &ListLimits::STANDARD)
}

fn refused(pivots: &[&EuFixture], newest: &EuFixture) -> Rejected {
    assemble(None, &[1], pivots, newest).unwrap_err()
}

fn signed_by_other(before: Option<u64>) -> Rejected {
    Rejected::Pivot(PivotRejected::Signer { before })
}

fn out_of_order(number: u64) -> Rejected {
    Rejected::Pivot(PivotRejected::Order { number })
}

#[test]
fn a_pivot_introduces_the_signer_of_the_next() {
    let newest_list = newest(3, 5, 1);
    assert_eq!(
        refused(&[], &newest_list),
        Rejected::List(ListRejected::SignerNotNamed)
    );
    let snapshot = assemble(None, &[1], &[&pivot(2, 1, &[5])], &newest_list).unwrap();
    assert_eq!(snapshot.signers(), [Octets::from(certificate(5))]);
    assert_eq!(snapshot.editions().len(), 2);
    // What was found is all that has to be kept.
    let stored = OwnFile::vouched(snapshot.to_stored().into());
    let again = EtsiSnapshot::from_stored(&stored, &RUSTCRYPTO, &ListLimits::STANDARD).unwrap();
    assert_eq!(again.id(), snapshot.id());
    let later = assemble(Some(&snapshot), &[], &[], &newest(4, 5, 1)).unwrap();
    assert_eq!(later.signers(), snapshot.signers());
    // Who is not named any more signs no more.
    assert_eq!(
        refused(&[&pivot(2, 1, &[5])], &newest(3, 1, 1)),
        signed_by_other(Some(2))
    );
}

#[test]
fn two_pivots_lead_on_in_whatever_order_they_are_given() {
    let (first, second) = (pivot(2, 1, &[5]), pivot(3, 5, &[6, 7]));
    for pivots in [[&first, &second], [&second, &first]] {
        let snapshot = assemble(None, &[1], &pivots, &newest(4, 7, 2)).unwrap();
        assert_eq!(snapshot.signers().len(), 2);
    }
    // Each is signed by one that the one before names.
    let usurped = pivot(3, 1, &[6]);
    assert_eq!(
        refused(&[&first, &usurped], &newest(4, 6, 2)),
        signed_by_other(Some(2))
    );
    let by_nobody = pivot(2, 9, &[5]);
    assert_eq!(
        refused(&[&by_nobody], &newest(3, 5, 1)),
        signed_by_other(None)
    );
    let edited = first
        .xml()
        .replace("TSLSequenceNumber>2<", "TSLSequenceNumber>1<");
    let assembly = EtsiAssembly {
        previous: None,
        lists: vec![octets(&newest(3, 5, 1))],
        signers: vec![certificate(1).into()],
        taken_at: UnixTime::parse_rfc3339("2026-11-22T00:00:00Z").unwrap(),
        refuses_outdated: false,
    };
    let edited = vec![Octets::from(edited.into_bytes())];
    let limits = ListLimits::STANDARD;
    let read = EtsiSnapshot::assemble_with_pivots(assembly, edited, &RUSTCRYPTO, &limits);
    assert!(matches!(
        read,
        Err(Rejected::List(ListRejected::Signature(_)))
    ));
}

#[test]
fn a_missing_pivot_is_told() {
    let (first, second) = (pivot(2, 1, &[5]), pivot(3, 5, &[6]));
    assert_eq!(refused(&[&second], &newest(4, 6, 2)), signed_by_other(None));
    assert_eq!(
        refused(&[&first], &newest(4, 6, 2)),
        signed_by_other(Some(2))
    );
    // Where the signers would do, the one between may have taken one of them away.
    let missing = PivotRejected::Missing { named: 2, given: 1 };
    let lasting = pivot(2, 1, &[5, 6]);
    assert_eq!(
        refused(&[&lasting], &newest(4, 6, 2)),
        Rejected::Pivot(missing)
    );
    // Signers that an earlier snapshot found need the newer ones only.
    let before = assemble(None, &[1], &[&first], &newest(3, 5, 1)).unwrap();
    assert!(assemble(Some(&before), &[], &[&pivot(4, 5, &[6])], &newest(5, 6, 2)).is_ok());
}

#[test]
fn a_pivot_is_a_list_of_lists_of_the_territory() {
    let other = |number| Rejected::Pivot(PivotRejected::Other { number });
    let elsewhere = list_of_lists(2, &[pointer("XX", LIST_OF_LISTS, FOR_PROGRAMS, &[5])], 0);
    let elsewhere = elsewhere.content(">EU<", ">XX<");
    assert_eq!(refused(&[&elsewhere], &newest(3, 5, 1)), other(2));
    let second = list_of_lists(3, &[pointer("XX", LIST_OF_LISTS, FOR_PROGRAMS, &[6])], 0)
        .content(">EU<", ">XX<")
        .signed_by(5);
    assert_eq!(
        refused(&[&pivot(2, 1, &[5]), &second], &newest(4, 6, 2)),
        other(3)
    );
    assert_eq!(refused(&[&two_services()], &newest(8, 5, 1)), other(7));
}

#[test]
fn a_pivot_says_who_signs_the_next() {
    let nobody = Rejected::Pivot(PivotRejected::NoSigners { number: 2 });
    let to = |kind: &str, seeds: &[u8]| pointer("EU", kind, FOR_PROGRAMS, seeds);
    for pointers in [
        vec![],
        vec![to(NATIONAL, &[5])],
        vec![to(LIST_OF_LISTS, &[])],
        vec![to(LIST_OF_LISTS, &[5]), to(LIST_OF_LISTS, &[6])],
    ] {
        let silent = list_of_lists(2, &pointers, 0);
        assert_eq!(refused(&[&silent], &newest(3, 5, 1)), nobody);
    }
}

#[test]
fn numbers_and_dates_do_not_fall() {
    let good = pivot(2, 1, &[5]);
    for number in [1, 2] {
        assert_eq!(refused(&[&good], &newest(number, 5, 1)), out_of_order(2));
    }
    let twin = pivot(2, 5, &[6]);
    let twins = refused(&[&good, &twin], &newest(3, 6, 2));
    assert_eq!(twins, out_of_order(2));
    let later = |date: &str| pivot(2, 1, &[5]).content("2026-11-01T00:00:00Z", date);
    assert_eq!(
        refused(&[&later("2026-11-01T00:00:01Z")], &newest(3, 5, 1)),
        out_of_order(2)
    );
    let future = later("2026-11-22T00:00:01Z");
    assert_eq!(refused(&[&future], &newest(3, 5, 1)), out_of_order(2));
    // A pivot of before the list of lists that is known would bring its signers back.
    let known = pivot(5, 1, &[1]);
    let before = assemble(
        None,
        &[1],
        &[],
        &known.clone().content(
            "<PointersToOtherTSL>",
            &format!(
                "<PointersToOtherTSL>{}",
                pointer("XA", NATIONAL, FOR_PROGRAMS, &[4])
            ),
        ),
    )
    .unwrap();
    let brought_back = assemble(Some(&before), &[], &[&pivot(4, 1, &[9])], &newest(6, 9, 1));
    assert_eq!(brought_back.unwrap_err(), out_of_order(4));
    assert!(assemble(Some(&before), &[], &[&pivot(6, 1, &[9])], &newest(7, 9, 1)).is_ok());
}

#[test]
fn the_list_of_lists_that_is_known_may_be_the_pivot() {
    let pointers = [
        pointer("EU", LIST_OF_LISTS, FOR_PROGRAMS, &[5]),
        pointer("XA", NATIONAL, FOR_PROGRAMS, &[4]),
    ];
    let known = list_of_lists(5, &pointers, 0);
    let before = assemble(None, &[1], &[], &known).unwrap();
    let next = newest(6, 5, 1);
    assert_eq!(
        assemble(Some(&before), &[], &[], &next).unwrap_err(),
        Rejected::List(ListRejected::SignerNotNamed)
    );
    let snapshot = assemble(Some(&before), &[], &[&known], &next).unwrap();
    assert_eq!(snapshot.signers(), [Octets::from(certificate(5))]);
    // The list itself does not go back.
    let older = assemble(Some(&snapshot), &[5], &[], &newest(5, 5, 1));
    assert!(matches!(older, Err(Rejected::OlderNumber { .. })));
}

#[test]
fn pivots_lead_to_a_list_of_lists_and_are_few() {
    let assembly = || EtsiAssembly {
        previous: None,
        lists: vec![octets(&two_services())],
        signers: vec![certificate(1).into()],
        taken_at: UnixTime::parse_rfc3339("2026-11-22T00:00:00Z").unwrap(),
        refuses_outdated: false,
    };
    let given = vec![octets(&pivot(2, 1, &[5]))];
    let limits = ListLimits::STANDARD;
    let led = EtsiSnapshot::assemble_with_pivots(assembly(), given, &RUSTCRYPTO, &limits);
    assert_eq!(
        led.unwrap_err(),
        Rejected::Pivot(PivotRejected::NoListOfLists)
    );
    let one = pivot(2, 1, &[5]);
    let many: Vec<&EuFixture> = std::iter::repeat_n(&one, 65).collect();
    assert_eq!(
        refused(&many, &newest(3, 5, 1)),
        Rejected::Pivot(PivotRejected::TooMany)
    );
    for why in [
        PivotRejected::NoListOfLists,
        PivotRejected::TooMany,
        PivotRejected::Other { number: 7 },
        PivotRejected::Signer { before: None },
        PivotRejected::Signer { before: Some(7) },
        PivotRejected::NoSigners { number: 7 },
        PivotRejected::Order { number: 7 },
        PivotRejected::Missing { named: 7, given: 6 },
    ] {
        let texts = [Language::Ru, Language::En].map(|it| Rejected::Pivot(why).text(it));
        assert!(texts[0] != texts[1] && !texts.iter().any(String::is_empty));
    }
}
