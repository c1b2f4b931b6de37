use super::*;
use crate::base::error::{Limit, LimitExceeded};
use crate::base::limits::Limits;
use crate::der::oids;
use crate::der::tag::Tag;
use crate::der::writer::element;
use crate::x509::testing::{entry, extension, issuer, reason, sequence, time};

fn index_of(version: u8, entries: &[Vec<u8>]) -> Result<CrlIndex, Error> {
    let hopper = Hopper::new(IndexKey::of_signature(b"signature"), version, 1 << 20);
    CrlIndex::read(Octets::from(entries.concat()), hopper)
}

fn find(index: &CrlIndex, serial: &[u8]) -> Result<Vec<CrlEntry>, Error> {
    index.find(serial, &mut Budget::new(Limits::STANDARD))
}

/// The years of the entries found.
fn years(index: &CrlIndex, serial: &[u8]) -> Vec<String> {
    let found = find(index, serial).unwrap();
    let year = |entry: &CrlEntry| entry.revocation_date.to_string()[2..4].to_owned();
    found.iter().map(year).collect()
}

fn refused<T>(result: Result<T, Error>) -> Option<Reason> {
    match result {
        Err(Error::Malformed(malformed)) => Some(malformed.reason),
        _ => None,
    }
}

#[test]
fn every_entry_is_found_and_no_other() {
    let serial = |number: u32| [&[1][..], &number.to_be_bytes()].concat();
    let entries: Vec<_> = (0..5_000)
        .map(|number| entry(&serial(2 * number), "25", &[]))
        .collect();
    let index = index_of(2, &entries).unwrap();
    assert_eq!(index.len(), 5_000);
    for number in 0..5_000 {
        assert_eq!(find(&index, &serial(2 * number)).unwrap().len(), 1);
        assert_eq!(find(&index, &serial(2 * number + 1)), Ok(Vec::new()));
    }
}

#[test]
fn an_entry_costs_eight_octets() {
    let entries: Vec<_> = (0..1_000_u16)
        .map(|number| entry(&number.to_be_bytes(), "25", &[reason(1)]))
        .collect();
    assert_eq!(index_of(2, &entries).unwrap().memory(), 8_000);
}

#[test]
fn serial_numbers_of_every_shape_are_compared_by_their_significant_octets() {
    let long = [0x55; 300];
    let shapes: [(&[u8], &[u8]); 7] = [
        (&[5], &[0, 0, 5]),
        (&[0, 0, 6], &[6]),
        (&[0], &[0, 0]),
        (&[0, 0x80], &[0, 0, 0x80]),
        (&[0x80], &[0x80]),
        (&[0xff, 0x80], &[0xff, 0x80]),
        (&long, &long),
    ];
    let entries: Vec<_> = shapes.iter().map(|(s, _)| entry(s, "25", &[])).collect();
    let index = index_of(2, &entries).unwrap();
    for (written, asked) in shapes {
        assert_eq!(find(&index, written).unwrap().len(), 1, "{written:?}");
        assert_eq!(find(&index, asked).unwrap().len(), 1, "{asked:?}");
    }
    for other in [&[][..], &[1], &[0xff], &[0x55; 299]] {
        assert_eq!(find(&index, other), Ok(Vec::new()));
    }
}

#[test]
fn all_entries_of_a_serial_number_come_in_the_order_of_the_list() {
    let entries = [
        entry(&[7], "29", &[]),
        entry(&[8], "20", &[]),
        entry(&[0, 7], "21", &[]),
        entry(&[7], "25", &[]),
    ];
    let index = index_of(2, &entries).unwrap();
    assert_eq!(years(&index, &[7]), ["29", "21", "25"]);
    assert_eq!(years(&index, &[8]), ["20"]);
}

/// Rows that share a hash are told apart by the octets of the list.
#[test]
fn a_shared_hash_is_no_hit() {
    let entries: Vec<_> = (1..=20_u8).map(|n| entry(&[n], "25", &[])).collect();
    let mut index = index_of(2, &entries).unwrap();
    let hash = index.key.hash(&[7]);
    let moved = index.rows.iter().map(|row| rows::row(hash, row as u32));
    index.rows = Rows::built(moved.collect());
    assert_eq!(find(&index, &[7]).unwrap().len(), 1);
    let absent = (0..=u8::MAX).find(|n| *n > 20 && index.key.hash(&[*n]) != hash);
    assert_eq!(find(&index, &[absent.unwrap()]), Ok(Vec::new()));
}

#[test]
fn the_key_changes_the_order_of_the_rows() {
    let entries: Vec<_> = (1..=50_u8).map(|n| entry(&[n], "25", &[])).collect();
    let source = Octets::from(entries.concat());
    let read = |signature: &[u8]| {
        let hopper = Hopper::new(IndexKey::of_signature(signature), 2, 100);
        let index = CrlIndex::read(source.clone(), hopper).unwrap();
        index.rows.iter().collect::<Vec<_>>()
    };
    assert_eq!(read(b"one"), read(b"one"));
    assert_ne!(read(b"one"), read(b"other"));
}

#[test]
fn values_of_an_entry_are_read() {
    let date = element(Tag::GENERALIZED_TIME, b"20240102030405Z");
    let extensions = [reason(6), extension(oids::INVALIDITY_DATE, false, &date)];
    let index = index_of(2, &[entry(&[1], "25", &extensions)]).unwrap();
    let found = find(&index, &[1]).unwrap().remove(0);
    assert_eq!(found.reason, RevocationReason::CertificateHold);
    let since = found.invalidity_date.unwrap().to_string();
    assert_eq!(since, "2024-01-02T03:04:05Z");
    assert_eq!(found.certificate_issuer, None);
    assert!(!found.has_unknown_critical_extension);
}

#[test]
fn the_issuer_in_effect_is_the_nearest_that_was_named() {
    let entries = [
        entry(&[1], "25", &[]),
        entry(&[2], "25", &[issuer("first")]),
        entry(&[1], "25", &[reason(1)]),
        entry(&[1], "25", &[reason(1), issuer("second")]),
        entry(&[3], "25", &[]),
    ];
    let index = index_of(2, &entries).unwrap();
    let issuers = |index: &CrlIndex, serial| -> Vec<_> {
        let found = find(index, &[serial]).unwrap();
        let each = found.into_iter();
        each.map(|e| (e.certificate_issuer, e.has_unknown_critical_extension))
            .collect()
    };
    let dns = |name: &str| (Some(vec![GeneralName::Dns(name.to_owned())]), false);
    let indirect = index.clone().with_scope(true);
    let expected = [(None, false), dns("first"), dns("second")];
    assert_eq!(issuers(&indirect, 1), expected);
    assert_eq!(issuers(&indirect, 2), [dns("first")]);
    assert_eq!(issuers(&indirect, 3), [dns("second")]);
    // In a direct list the extension is unknown, and critical.
    let expected = [(None, false), (None, false), (None, true)];
    assert_eq!(issuers(&index, 1), expected);
}

#[test]
fn a_malformed_issuer_fails_every_entry_that_it_is_in_effect_for() {
    let broken = extension(oids::CERTIFICATE_ISSUER, true, &[0x30, 0]);
    let entries = [
        entry(&[1], "25", &[]),
        entry(&[2], "25", &[broken]),
        entry(&[3], "25", &[]),
    ];
    let index = index_of(2, &entries).unwrap().with_scope(true);
    assert!(find(&index, &[1]).is_ok());
    assert_eq!(refused(find(&index, &[2])), Some(Reason::Missing));
    assert_eq!(refused(find(&index, &[3])), Some(Reason::Missing));
}

#[test]
fn malformed_values_fail_the_look_up_of_their_entry_only() {
    let bad_time = element(Tag::UTC_TIME, b"259901000000Z");
    let entries = [
        entry(&[1], "25", &[reason(7)]),
        entry(&[2], "25", &[reason(1), reason(1)]),
        entry(
            &[3],
            "25",
            &[extension(oids::INVALIDITY_DATE, false, &time("25"))],
        ),
        sequence(&[element(Tag::INTEGER, &[4]), bad_time]),
        // An extension without a value.
        entry(&[5], "25", &[sequence(&[element(Tag::OID, &[0x2a, 3])])]),
        sequence(&[element(Tag::INTEGER, &[6]), time("25"), sequence(&[])]),
        entry(&[9], "25", &[]),
    ];
    let index = index_of(2, &entries).unwrap();
    for serial in 1..=6 {
        assert!(refused(find(&index, &[serial])).is_some(), "{serial}");
    }
    assert_eq!(find(&index, &[9]).unwrap().len(), 1);
}

#[test]
fn a_broken_outline_fails_the_list() {
    let good = entry(&[1], "25", &[]);
    let int = |content: &[u8]| element(Tag::INTEGER, content);
    let ext = sequence(&[reason(1)]);
    let cases: [(Vec<u8>, Reason); 12] = [
        (element(Tag::SET, &[]), Reason::UnexpectedTag),
        (sequence(&[]), Reason::Missing),
        (sequence(&[int(&[]), time("25")]), Reason::InvalidValue),
        (sequence(&[time("25")]), Reason::UnexpectedTag),
        (sequence(&[int(&[2])]), Reason::Missing),
        (sequence(&[int(&[2]), int(&[2])]), Reason::UnexpectedTag),
        (
            sequence(&[int(&[2]), time("25"), ext.clone(), int(&[2])]),
            Reason::TrailingOctets,
        ),
        (
            sequence(&[int(&[2]), time("25"), sequence(&[int(&[2])])]),
            Reason::UnexpectedTag,
        ),
        // Lengths: in two octets where one would do, reaching out of the entry, reaching out of the list.
        (
            [&[0x30, 0x81, 18][..], &good[2..]].concat(),
            Reason::InvalidLength,
        ),
        (vec![0x30, 5, 2, 9, 1, 1, 1], Reason::Truncated),
        (vec![0x30, 0x84, 0, 0, 0, 5, 2, 1, 1], Reason::InvalidLength),
        (vec![0x30, 40, 2, 1, 1], Reason::Truncated),
    ];
    for (broken, reason) in cases {
        let list = [good.clone(), broken.clone()];
        assert_eq!(refused(index_of(2, &list)), Some(reason), "{broken:02x?}");
        if reason != Reason::Truncated {
            let list = [broken, good.clone()];
            assert_eq!(refused(index_of(2, &list)), Some(reason));
        }
    }
    assert_eq!(refused(index_of(2, &[vec![0x30]])), Some(Reason::Truncated));
    assert_eq!(
        refused(index_of(2, &[vec![0x30, 0x80, 0, 0]])),
        Some(Reason::InvalidLength)
    );
}

#[test]
fn entries_of_version_1_have_no_extensions() {
    let plain = entry(&[1], "25", &[]);
    let extended = entry(&[2], "25", &[reason(1)]);
    assert_eq!(index_of(1, std::slice::from_ref(&plain)).unwrap().len(), 1);
    let refusal = refused(index_of(1, &[plain, extended]));
    assert_eq!(refusal, Some(Reason::UnsupportedVersion));
}

#[test]
fn one_serial_number_a_thousand_times_ends_at_the_budget() {
    let entries = vec![entry(&[1], "25", &[]); 1_000];
    let index = index_of(2, &entries).unwrap();
    let limits = Limits {
        nodes: 100,
        ..Limits::STANDARD
    };
    let expected = LimitExceeded {
        which: Limit::Nodes,
        bound: 100,
    };
    let found = index.find(&[1], &mut Budget::new(limits));
    assert_eq!(found, Err(Error::Limit(expected)));
    assert_eq!(index.find(&[2], &mut Budget::new(limits)), Ok(Vec::new()));
}
