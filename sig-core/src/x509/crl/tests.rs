use super::*;
use crate::base::error::{Limit, LimitExceeded};
use crate::base::limits::Limits;
use crate::der::writer::element;
use crate::x509::testing::{List, entry, extension};

/// A CRL with this many entries and this many different extensions.
fn crl(entries: usize, extensions: usize) -> Octets {
    let revoked = |number: usize| {
        let digits = u32::try_from(number).unwrap().to_be_bytes();
        entry(&[&[1][..], &digits].concat(), "25", &[])
    };
    let unknown = |number: usize| {
        let arc = u32::try_from(number).unwrap();
        extension(Oid::new(&[1, 2, 999, arc]), false, &[])
    };
    let list = List {
        version_1: false,
        entries: Some((0..entries).map(revoked).collect()),
        extensions: (0..extensions).map(unknown).collect(),
    };
    list.signed(b"")
}

/// A list without entries that has these extensions.
fn with(extensions: Vec<Vec<u8>>) -> Result<CertificateList, Error> {
    let list = List {
        extensions,
        ..List::default()
    };
    CertificateList::from_der(&list.signed(b""), &mut Budget::new(Limits::STANDARD))
}

fn integer(id: Oid, critical: bool, number: u8) -> Vec<u8> {
    extension(id, critical, &element(Tag::INTEGER, &[number]))
}

#[test]
fn entries_do_not_count_against_the_elements_and_extensions_do() {
    let limits = Limits {
        nodes: 1_000,
        ..Limits::STANDARD
    };
    let read = |entries, extensions| {
        CertificateList::from_der(&crl(entries, extensions), &mut Budget::new(limits))
            .map(|crl| crl.entries.len())
    };
    assert_eq!(read(5_000, 1), Ok(5_000));
    let bound = Err(Error::Limit(LimitExceeded {
        which: Limit::Nodes,
        bound: 1_000,
    }));
    assert_eq!(read(1, 5_000), bound);
}

#[test]
fn entries_have_a_limit_of_their_own() {
    let limits = Limits {
        crl_entries: 10,
        ..Limits::STANDARD
    };
    let read = |entries| CertificateList::from_der(&crl(entries, 1), &mut Budget::new(limits));
    let expected = LimitExceeded {
        which: Limit::CrlEntries,
        bound: 10,
    };
    assert!(read(10).is_ok());
    assert_eq!(read(11).unwrap_err(), Error::Limit(expected));
}

#[test]
fn the_numbers_of_a_delta_list_are_read() {
    let numbers = [
        integer(oids::CRL_NUMBER, false, 9),
        integer(oids::DELTA_CRL_INDICATOR, true, 7),
        extension(oids::FRESHEST_CRL, false, &[0x30, 0]),
    ];
    let list = with(numbers.to_vec()).unwrap();
    assert!(list.is_delta() && list.delta_base < list.crl_number);
    assert!(list.delta_base.is_some());
    assert_eq!(list.freshest().map(|value| value.len()), Some(2));
    assert_eq!(list.unknown_critical_extension(), None);
    let plain = with(vec![integer(oids::CRL_NUMBER, false, 9)]).unwrap();
    assert!(!plain.is_delta());
    assert_eq!(
        (plain.delta_base, plain.crl_number),
        (None, list.crl_number)
    );
    assert_eq!((plain.version, plain.freshest()), (2, None));
}

#[test]
fn a_malformed_number_is_noted_and_leaves_the_list_a_delta() {
    for id in [oids::CRL_NUMBER, oids::DELTA_CRL_INDICATOR] {
        let list = with(vec![integer(id, true, 0x80)]).unwrap();
        assert_eq!(list.extensions.malformed, [id]);
        assert_eq!((list.crl_number, list.delta_base), (None, None));
        assert_eq!(list.is_delta(), id == oids::DELTA_CRL_INDICATOR);
    }
}

#[test]
fn a_list_of_version_1_has_no_extensions() {
    let list = |extensions| List {
        version_1: true,
        extensions,
        entries: Some(vec![entry(&[1], "25", &[])]),
    };
    let read = |list: List| {
        CertificateList::from_der(&list.signed(b""), &mut Budget::new(Limits::STANDARD))
    };
    assert_eq!(read(list(Vec::new())).unwrap().version, 1);
    let refused = read(list(vec![integer(oids::CRL_NUMBER, false, 1)]));
    let Error::Malformed(why) = refused.unwrap_err() else {
        panic!("a limit");
    };
    assert_eq!(why.reason, Reason::UnsupportedVersion);
}

#[test]
fn the_name_of_a_list_is_its_digest() {
    let list = with(Vec::new()).unwrap();
    let expected = crate::x509::certificate::sha256_hex(&list.octets);
    assert_eq!((list.sha256(), list.sha256()), (expected.clone(), expected));
}
