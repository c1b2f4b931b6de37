//! Snapshots of European lists: who may sign which, what is older, what is out of date.

use sig_core::alg::provider::RUSTCRYPTO;
use sig_core::der::octets::Octets;
use sig_core::finding::Language;
use sig_core::trust::etsi_list::{
    EtsiAssembly, EtsiSnapshot, EtsiSnapshotRejected as Rejected, PointerRejected, has_stored_form,
};
use sig_core::trust::snapshot::{OwnFile, StoredRefused};

use super::eu_fixture::{
    self, EuFixture, FOR_PROGRAMS, LIST_OF_LISTS, NATIONAL, information, pointer, providers,
    scheme, service, two_services,
};
use super::fixture::certificate;
use super::*;

/// A list of lists that key 1 signs; the list of XA may be signed by these keys.
fn list_of_lists(number: u64, seeds: &[u8]) -> EuFixture {
    let pointer = pointer("XA", NATIONAL, FOR_PROGRAMS, seeds);
    eu_fixture::list_of_lists(number, &[pointer], 0)
}

fn of_territory(territory: &str) -> EuFixture {
    two_services().content(">XA<", &format!(">{territory}<"))
}

fn numbered(number: u64) -> EuFixture {
    two_services().content(
        "<TSLSequenceNumber>7<",
        &format!("<TSLSequenceNumber>{number}<"),
    )
}

fn at(time: &str) -> UnixTime {
    UnixTime::parse_rfc3339(time).unwrap()
}

fn assemble(
    previous: Option<&EtsiSnapshot>,
    lists: &[&EuFixture],
    seeds: &[u8],
) -> Result<EtsiSnapshot, Rejected> {
    let assembly = EtsiAssembly {
        previous,
        lists: lists
            .iter()
            .map(|it| Octets::from(it.xml().into_bytes()))
            .collect(),
        signers: seeds
            .iter()
            .map(|seed| Octets::from(certificate(*seed)))
            .collect(),
        taken_at: at("2026-11-22T00:00:00Z"),
        refuses_outdated: false,
    };
    EtsiSnapshot::assemble(assembly, &RUSTCRYPTO, &ListLimits::STANDARD)
}

fn not_named() -> Option<Rejected> {
    Some(Rejected::List(ListRejected::SignerNotNamed))
}

#[test]
fn a_snapshot_is_named_by_its_content() {
    let one = assemble(None, &[&two_services()], &[1]).unwrap();
    assert!(one.id().starts_with("eu-xa-7-"), "{}", one.id());
    assert_eq!(
        one.digest(),
        assemble(None, &[&two_services()], &[1]).unwrap().digest()
    );
    // Another signer that may sign is another trust.
    let wider = assemble(None, &[&two_services()], &[1, 2]).unwrap();
    assert_ne!(one.id(), wider.id());
    let several = assemble(None, &[&two_services(), &of_territory("XB")], &[1]).unwrap();
    assert!(several.id().starts_with("eu-lists-2-"), "{}", several.id());
    let whole = [&list_of_lists(3, &[4]), &two_services().signed_by(4)];
    let whole = assemble(None, &whole, &[1]).unwrap();
    assert!(whole.id().starts_with("eu-lotl-3-"), "{}", whole.id());
    assert_eq!(whole.editions().len(), 2);
    assert_eq!(assemble(None, &[], &[1]).err(), Some(Rejected::NoList));
}

#[test]
fn a_list_of_lists_alone_says_who_signs_the_others() {
    let national = two_services().signed_by(4);
    assert!(assemble(None, &[&national, &list_of_lists(3, &[4])], &[1]).is_ok());
    assert!(assemble(None, &[&national, &list_of_lists(3, &[5, 4])], &[1]).is_ok());
    // Not named for this territory, and named for another one.
    let others = list_of_lists(3, &[5]);
    assert_eq!(
        assemble(None, &[&national, &others], &[1]).err(),
        not_named()
    );
    let elsewhere = of_territory("XB").signed_by(4);
    assert_eq!(
        assemble(None, &[&elsewhere, &list_of_lists(3, &[4])], &[1]).err(),
        Some(Rejected::Pointer(
            "XB".to_owned(),
            PointerRejected::NotNamed
        ))
    );
    // Who signs the list of lists does not sign the list of a territory.
    let own = two_services();
    assert_eq!(
        assemble(None, &[&own, &list_of_lists(3, &[4])], &[1]).err(),
        not_named()
    );
    // Who signs the list of a territory does not sign the list of lists.
    let usurped = list_of_lists(3, &[4]).signed_by(4);
    assert_eq!(assemble(None, &[&usurped], &[1]).err(), not_named());
    let before = assemble(None, &[&two_services()], &[1]).unwrap();
    let later = list_of_lists(3, &[1]);
    for signers in [&[9][..], &[]] {
        let usurped = assemble(Some(&before), &[&later], signers);
        assert_eq!(usurped.err(), not_named());
    }
    // Named anew, it may.
    assert!(assemble(Some(&before), &[&later], &[1]).is_ok());
    let two = [
        &list_of_lists(3, &[4]),
        &list_of_lists(4, &[4]).content(">EU<", ">XX<"),
    ];
    assert_eq!(
        assemble(None, &two, &[1]).err(),
        Some(Rejected::SeveralListsOfLists)
    );
}

/// A list of XA that key 4 signed, beside a list of lists with these pointers.
fn pointed_to(pointers: &[String]) -> Option<Rejected> {
    let lists = eu_fixture::list_of_lists(3, pointers, 0);
    assemble(None, &[&two_services().signed_by(4), &lists], &[1]).err()
}

#[test]
fn a_pointer_is_to_a_list_for_programs_of_the_territory_and_type() {
    let to = |territory: &str, kind: &str, media_type: &str, seeds: &[u8]| {
        pointer(territory, kind, media_type, seeds)
    };
    let good = to("XA", NATIONAL, FOR_PROGRAMS, &[4]);
    let refused = |why| Some(Rejected::Pointer("XA".to_owned(), why));
    assert_eq!(pointed_to(std::slice::from_ref(&good)), None);
    let of_lists = to("XA", LIST_OF_LISTS, FOR_PROGRAMS, &[4]);
    let for_people = to("XA", NATIONAL, "application/pdf", &[4]);
    let unsaid = good.replace("SchemeTerritory", "SchemeTerritories");
    let of_any_type = good.replace("TSLType", "TSLTypes");
    let elsewhere = to("XB", NATIONAL, FOR_PROGRAMS, &[4]);
    for (pointer, why) in [
        (&of_lists, PointerRejected::OtherType),
        (&of_any_type, PointerRejected::OtherType),
        (&for_people, PointerRejected::OtherMediaType),
        (&elsewhere, PointerRejected::NotNamed),
        (&unsaid, PointerRejected::NotNamed),
        (
            &to("XA", NATIONAL, FOR_PROGRAMS, &[]),
            PointerRejected::NoSigners,
        ),
    ] {
        assert_eq!(pointed_to(std::slice::from_ref(pointer)), refused(why));
        // Beside the right one it changes nothing, unless it is one like it.
        let both = pointed_to(&[pointer.clone(), good.clone()]);
        match why {
            PointerRejected::NoSigners => assert_eq!(both, refused(why)),
            _ => assert_eq!(both, None, "{why:?}"),
        }
    }
    // The same signers in another order are the same; others are not, even when the right one is among them.
    let two = |seeds: [u8; 2]| to("XA", NATIONAL, FOR_PROGRAMS, &seeds);
    assert_eq!(pointed_to(&[two([4, 5]), two([5, 4])]), None);
    let ambiguous = refused(PointerRejected::Ambiguous);
    assert_eq!(pointed_to(&[good.clone(), two([4, 5])]), ambiguous);
    assert_eq!(
        pointed_to(&[good, to("XA", NATIONAL, FOR_PROGRAMS, &[])]),
        ambiguous
    );
    let rejected = ambiguous.unwrap();
    assert!(rejected.text(Language::En).starts_with("XA: the pointers"));
    assert!(rejected.text(Language::Ru).contains("разных подписавших"));
}

#[test]
fn a_signer_that_is_named_no_longer_takes_its_list_along() {
    let whole = [&list_of_lists(3, &[4]), &two_services().signed_by(4)];
    let before = assemble(None, &whole, &[1]).unwrap();
    let kept = assemble(Some(&before), &[&list_of_lists(4, &[4, 5])], &[]).unwrap();
    assert_eq!(kept.editions().len(), 2);
    let dropped = list_of_lists(4, &[5]);
    assert_eq!(
        assemble(Some(&before), &[&dropped], &[]).err(),
        Some(Rejected::SignerDropped("XA".to_owned()))
    );
}

#[test]
fn a_list_of_another_type_is_not_one_of_a_state() {
    let other = two_services().content("TSLType/EUgeneric", "TSLType/CClist");
    let rejected = assemble(None, &[&other], &[1]).unwrap_err();
    assert_eq!(rejected, Rejected::Kind("XA".to_owned()));
    assert!(rejected.text(Language::Ru).contains("XA"));
    assert!(rejected.text(Language::En).contains("EUgeneric"));
}

#[test]
fn numbers_do_not_fall() {
    let before = assemble(None, &[&numbered(7)], &[1]).unwrap();
    let newer = assemble(Some(&before), &[&numbered(8)], &[]).unwrap();
    assert_eq!(newer.editions()[0].list().header.sequence_number, 8);
    assert_eq!(
        assemble(Some(&newer), &[&numbered(7)], &[]).err(),
        Some(Rejected::OlderNumber {
            territory: "XA".to_owned(),
            given: 7,
            newest: 8
        })
    );
    let other = numbered(8).content("service 2", "service two");
    assert_eq!(
        assemble(Some(&newer), &[&other], &[]).err(),
        Some(Rejected::NumberTwice {
            territory: "XA".to_owned(),
            given: 8
        })
    );
    // The same list again changes nothing, and another territory has numbers of its own.
    let again = assemble(Some(&newer), &[&numbered(8)], &[]).unwrap();
    assert_eq!(again.digest(), newer.digest());
    let beside = of_territory("XB");
    assert_eq!(
        assemble(Some(&newer), &[&beside], &[])
            .unwrap()
            .editions()
            .len(),
        2
    );
    let list_of = |number| list_of_lists(number, &[4]);
    let before = assemble(None, &[&list_of(3)], &[1]).unwrap();
    assert!(matches!(
        assemble(Some(&before), &[&list_of(2)], &[]).err(),
        Some(Rejected::OlderNumber {
            given: 2,
            newest: 3,
            ..
        })
    ));
}

#[test]
fn dates_are_looked_at() {
    let future = two_services().content("2026-11-01T00:00:00Z", "2026-11-22T00:00:01Z");
    let wrong = Some(Rejected::Date("XA".to_owned()));
    assert_eq!(assemble(None, &[&future], &[1]).err(), wrong);
    let before = assemble(None, &[&numbered(7)], &[1]).unwrap();
    let fallen = numbered(8).content("2026-11-01T00:00:00Z", "2026-10-31T00:00:00Z");
    assert_eq!(assemble(Some(&before), &[&fallen], &[]).err(), wrong);
}

#[test]
fn a_list_whose_successor_is_due_is_refused_by_choice_and_told_otherwise() {
    let strict = |next: &str| {
        let fixture = two_services().content("2027-05-01T00:00:00Z", next);
        let assembly = EtsiAssembly {
            previous: None,
            lists: vec![Octets::from(fixture.xml().into_bytes())],
            signers: vec![Octets::from(certificate(1))],
            taken_at: at("2026-11-22T00:00:00Z"),
            refuses_outdated: true,
        };
        let snapshot = EtsiSnapshot::assemble(assembly, &RUSTCRYPTO, &ListLimits::STANDARD);
        let lenient = assemble(None, &[&fixture], &[1]).unwrap();
        let list = lenient.editions()[0].list();
        (
            snapshot.err(),
            list.is_past_next_update(at("2026-11-22T00:00:00Z")),
        )
    };
    assert_eq!(strict("2026-11-22T00:00:00Z"), (None, false));
    let outdated = Some(Rejected::Outdated("XA".to_owned()));
    assert_eq!(strict("2026-11-21T23:59:59Z"), (outdated, true));
}

#[test]
fn the_stored_form_is_read_back_and_verified_again() {
    let whole = [&list_of_lists(3, &[4]), &two_services().signed_by(4)];
    let snapshot = assemble(None, &whole, &[1]).unwrap();
    let stored = snapshot.to_stored();
    assert!(has_stored_form(&stored));
    let read = |octets: Vec<u8>| {
        let file = OwnFile::vouched(Octets::from(octets));
        EtsiSnapshot::from_stored(&file, &RUSTCRYPTO, &ListLimits::STANDARD)
    };
    let again = read(stored.clone()).unwrap();
    assert_eq!(again.id(), snapshot.id());
    assert_eq!(again.editions(), snapshot.editions());
    assert_eq!(again.to_stored(), stored);
    for place in (0..stored.len())
        .step_by(97)
        .chain(stored.len() - 40..stored.len())
    {
        let mut broken = stored.clone();
        broken[place] ^= 1;
        assert!(read(broken).is_err(), "{place}");
    }
    for length in [0, 7, 8, 47, 100, stored.len() - 1] {
        assert!(read(stored[..length].to_vec()).is_err(), "{length}");
    }
    // Whoever mends the checksum does not mend the signatures.
    let text = "Svcstatus/withdrawn";
    let at = stored
        .windows(text.len())
        .position(|it| it == text.as_bytes())
        .unwrap();
    let mut forged = stored[..stored.len() - 32].to_vec();
    forged.splice(at..at + text.len(), *b"Svcstatus/withdrewn");
    let checksum = {
        use sha2::Digest as _;
        sha2::Sha256::digest(&forged)
    };
    forged.extend(checksum);
    assert_eq!(read(forged).err(), Some(StoredRefused::Inconsistent));
}

#[test]
fn a_certificate_is_an_anchor_in_whatever_order_its_services_stand() {
    let certifies = information(2, "granted", "2017-01-01T00:00:00Z", "");
    let answers = certifies.replace("Svctype/CA/QC", "Svctype/Certstatus/OCSP/QC");
    let anchors = |services: &[&String]| {
        let services: String = services.iter().map(|it| service(it, "")).collect();
        let list = format!("{}{}", scheme(7, NATIONAL, "XA", ""), providers(&services));
        let snapshot = assemble(None, &[&EuFixture::new(&list)], &[1]).unwrap();
        let octets = snapshot.anchors().iter().map(|it| it.octets.to_vec());
        octets.collect::<Vec<_>>()
    };
    let one = vec![certificate(2)];
    assert_eq!(anchors(&[&certifies, &answers]), one);
    assert_eq!(anchors(&[&answers, &certifies]), one);
    assert_eq!(anchors(&[&certifies, &certifies]), one);
    assert!(anchors(&[&answers]).is_empty());
}
