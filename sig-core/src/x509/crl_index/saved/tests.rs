use super::*;
use crate::base::limits::Limits;
use crate::x509::crl::CertificateList;
use crate::x509::testing::{List, entry, issuer};

/// Fields of the head: where each starts, and what a change of it is refused as.
const FIELDS: [(usize, IndexRefused); 9] = [
    (0, IndexRefused::OtherForm),
    (8, IndexRefused::OtherForm),
    (16, IndexRefused::OtherList),
    (48, IndexRefused::OtherList),
    (56, IndexRefused::OtherList),
    (64, IndexRefused::Damaged),
    (80, IndexRefused::Damaged),
    (88, IndexRefused::Damaged),
    (96, IndexRefused::Damaged),
];

fn crl() -> Octets {
    let revoked = |number: u8| match number % 5 {
        0 => entry(&[number], "25", &[issuer("a.example")]),
        _ => entry(&[number], "25", &[]),
    };
    let list = List {
        entries: Some((1..=100).map(revoked).collect()),
        ..List::default()
    };
    list.signed(b"signature")
}

fn budget() -> Budget {
    Budget::new(Limits::STANDARD)
}

fn saved() -> Vec<u8> {
    let list = CertificateList::from_der(&crl(), &mut budget()).unwrap();
    list.index_to_bytes()
}

/// The checksum made right again.
fn sealed(mut index: Vec<u8>) -> Vec<u8> {
    index.truncate(index.len() - CHECKSUM);
    index.extend(sha2::Sha256::digest(&index));
    index
}

/// What is said of an index; the list answers right whatever it is.
fn refusal(index: Vec<u8>) -> Option<IndexRefused> {
    let index = Octets::from(index);
    let read = CertificateList::from_der_with_index(&crl(), &index, &mut budget());
    let (list, refused) = read.unwrap();
    assert_eq!(list.entries.memory() == 4 * 20, refused.is_none());
    for serial in 1..=120 {
        let found = list.entries.find(&[serial], &mut budget()).unwrap();
        assert_eq!(found.len(), usize::from(serial <= 100), "{serial}");
    }
    refused
}

#[test]
fn a_saved_index_answers_like_the_list_and_holds_no_rows_in_memory() {
    assert_eq!(refusal(saved()), None);
    // At an offset, as a part of something larger.
    let shifted = Octets::from([&[0; 3][..], &saved()].concat()).part(3..usize::MAX);
    let read = CertificateList::from_der_with_index(&crl(), &shifted, &mut budget());
    let (list, refused) = read.unwrap();
    assert_eq!(refused, None);
    assert_eq!(list.index_to_bytes(), saved());
}

#[test]
fn every_octet_is_covered() {
    let index = saved();
    for at in 0..index.len() {
        let mut damaged = index.clone();
        damaged[at] ^= 0x10;
        assert!(refusal(damaged).is_some(), "{at}");
    }
    for end in 0..index.len() {
        assert!(refusal(index[..end].to_vec()).is_some(), "{end}");
    }
    let longer = [&index[..], &[0]].concat();
    assert_eq!(refusal(longer), Some(IndexRefused::Damaged));
}

#[test]
fn each_field_is_compared_even_under_a_right_checksum() {
    for (start, expected) in FIELDS {
        // Not the key, nor what entries carry: under a right checksum that is the writer's doing.
        if [64, 96].contains(&start) {
            continue;
        }
        let mut index = saved();
        index[start] ^= 1;
        assert_eq!(refusal(sealed(index)), Some(expected), "{start}");
    }
    for (start, _) in FIELDS {
        let mut index = saved();
        index[start] ^= 1;
        assert!(refusal(index).is_some());
    }
}

#[test]
fn numbers_that_overflow_are_damage() {
    for start in [80, 88] {
        for number in [u64::MAX, u64::MAX / 8, 1 << 61, 1 << 62] {
            let mut index = saved();
            index[start..start + 8].copy_from_slice(&number.to_le_bytes());
            assert_eq!(refusal(sealed(index)), Some(IndexRefused::Damaged));
        }
    }
}

#[test]
fn rows_out_of_order_or_outside_the_list_are_inconsistent() {
    let index = saved();
    let mut swapped = index.clone();
    let (first, second) = swapped[HEAD..HEAD + 2 * ROW].split_at_mut(ROW);
    first.swap_with_slice(second);
    let mut outside = index.clone();
    outside[HEAD + 3] = 0xff;
    let mut issuer_outside = index.clone();
    issuer_outside[HEAD + 100 * ROW + 20 * ISSUER - 1] = 0xff;
    for index in [swapped, outside, issuer_outside] {
        assert_eq!(refusal(sealed(index)), Some(IndexRefused::Inconsistent));
    }
}

#[test]
fn the_index_of_another_list_is_refused() {
    let other = List {
        entries: Some(vec![entry(&[1], "25", &[])]),
        ..List::default()
    };
    let other = other.signed(b"other");
    let list = CertificateList::from_der(&other, &mut budget()).unwrap();
    assert_eq!(
        refusal(list.index_to_bytes()),
        Some(IndexRefused::OtherList)
    );
}

#[test]
fn the_limit_on_entries_holds() {
    let limits = Limits {
        crl_entries: 99,
        ..Limits::STANDARD
    };
    let index = Octets::from(saved());
    let mut budget = Budget::new(limits);
    let read = CertificateList::from_der_with_index(&crl(), &index, &mut budget);
    assert!(matches!(read, Err(crate::Error::Limit(_))));
}

#[test]
fn critical_extensions_are_kept() {
    use crate::der::{oid::Oid, oids};
    use crate::x509::testing::extension;
    let unknown = |critical| extension(Oid::new(&[1, 2, 999]), critical, &[5, 0]);
    let known = extension(oids::REASON_CODE, true, &[10, 1, 1]);
    for (extensions, expected) in [
        (vec![known.clone()], false),
        (vec![unknown(false)], false),
        (vec![known, unknown(true)], true),
        // In a direct list.
        (vec![issuer("a.example")], true),
    ] {
        let list = List {
            entries: Some(vec![entry(&[1], "25", &extensions), entry(&[2], "25", &[])]),
            ..List::default()
        };
        let octets = list.signed(b"signature");
        let list = CertificateList::from_der(&octets, &mut budget()).unwrap();
        let index = Octets::from(list.index_to_bytes());
        let read = CertificateList::from_der_with_index(&octets, &index, &mut budget());
        let (again, refused) = read.unwrap();
        assert_eq!(refused, None);
        for list in [list, again] {
            assert_eq!(list.entries.has_unknown_critical_extension(), expected);
        }
    }
    let mut index = saved();
    index[96] = 4;
    assert_eq!(refusal(sealed(index)), Some(IndexRefused::Damaged));
}
