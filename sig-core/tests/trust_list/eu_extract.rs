//! Extracts of European lists that somebody made to take more than their octets.

use sig_core::alg::provider::RUSTCRYPTO;
use sig_core::base::limits::{Budget, Limits};
use sig_core::der::octets::Octets;
use sig_core::der::tag::Tag;
use sig_core::der::writer::element;
use sig_core::trust::etsi_list::{EtsiAssembly, EtsiSnapshot};
use sig_core::trust::snapshot::{ExtractBound, StoredRefused};
use sig_core::x509::certificate::Certificate;

use super::eu_fixture::two_services;
use super::fixture::certificate;
use super::*;

/// Of one list with two services, each with a certificate that is an anchor.
fn extract() -> Vec<u8> {
    let assembly = EtsiAssembly {
        previous: None,
        lists: vec![Octets::from(two_services().xml().into_bytes())],
        signers: vec![Octets::from(certificate(1))],
        taken_at: UnixTime::parse_rfc3339("2026-11-22T00:00:00Z").unwrap(),
        refuses_outdated: false,
    };
    let snapshot = EtsiSnapshot::assemble(assembly, &RUSTCRYPTO, &ListLimits::STANDARD);
    snapshot.unwrap().to_extract()
}

fn read_extract(octets: Vec<u8>) -> Result<EtsiSnapshot, StoredRefused> {
    EtsiSnapshot::from_extract(&Octets::from(octets), &RUSTCRYPTO, Limits::STANDARD)
}

fn refused_over(octets: Vec<u8>) -> Option<ExtractBound> {
    match read_extract(octets) {
        Ok(_) => None,
        Err(StoredRefused::TooMuch(bound)) => Some(bound),
        Err(other) => panic!("another reason: {other}"),
    }
}

fn size(size: usize) -> [u8; 4] {
    u32::try_from(size).unwrap().to_le_bytes()
}

fn octets(octets: &[u8]) -> Vec<u8> {
    [&size(octets.len())[..], octets].concat()
}

/// A name of so many octets, more than 300.
fn name(length: usize) -> Vec<u8> {
    let name = |length: usize| {
        let value = element(Tag::UTF8_STRING, &vec![b'a'; length]);
        let attribute = [element(Tag::OID, &[0x55, 4, 3]), value].concat();
        let set = element(Tag::SET, &element(Tag::SEQUENCE, &attribute));
        element(Tag::SEQUENCE, &set)
    };
    let around = name(length).len() - length;
    let name = name(length - around);
    assert_eq!(name.len(), length);
    name
}

/// Beside the two anchors of the list so many that are left out, all of one name.
fn with_left_out(name: &[u8], count: usize) -> Vec<u8> {
    let mut octets = extract();
    // No names; two anchors, which the services give.
    let end = octets.split_off(octets.len() - 24);
    assert_eq!(end, [&[0; 4][..], &size(2), &[0; 16]].concat());
    octets.extend(size(1));
    octets.extend(self::octets(name));
    octets.extend(size(2 + count));
    octets.extend([0; 16]);
    octets.extend(1_u64.to_le_bytes().repeat(count));
    octets
}

#[test]
fn names_of_anchors_that_are_left_out_are_bounded() {
    const LONGEST: usize = ExtractBound::Name.most();
    const COUNT: usize = ExtractBound::Names.most() / LONGEST;
    let refused = |length, count| refused_over(with_left_out(&name(length), count));
    assert_eq!(refused(LONGEST, 1), None);
    assert_eq!(refused(LONGEST + 1, 1), Some(ExtractBound::Name));
    assert_eq!(refused(LONGEST, COUNT), None);
    assert_eq!(refused(LONGEST, COUNT + 1), Some(ExtractBound::Names));
    let most = ExtractBound::Anchors.most();
    let empty = element(Tag::SEQUENCE, b"");
    let read = read_extract(with_left_out(&empty, most - 2)).unwrap();
    assert_eq!(read.anchors().len(), most);
    assert_eq!(
        refused_over(with_left_out(&empty, most - 1)),
        Some(ExtractBound::Anchors)
    );
}

/// Before the services of the list, and what follows their number.
fn at_services(whole: &[u8]) -> (&[u8], &[u8]) {
    let name = whole.windows(5).position(|it| it == b"First").unwrap();
    // A number, that there is a provider, and the length of its name.
    let (before, rest) = whole.split_at(name - 9);
    assert!(rest.starts_with(&size(2)));
    (before, &rest[4..])
}

/// The extract with so many services more, before its own.
fn with_services(service: &[u8], count: usize) -> Vec<u8> {
    let whole = extract();
    let (before, own) = at_services(&whole);
    let number = size(2 + count);
    [before, &number, &service.repeat(count), own].concat()
}

/// A service without a provider, a name and a period.
fn service(certificates: &[u8], count: usize) -> Vec<u8> {
    let certificates = octets(certificates).repeat(count);
    [&[0, 0][..], &size(count), &certificates, &[0; 12]].concat()
}

#[test]
fn certificates_of_services_are_bounded() {
    let most = ExtractBound::Certificates.most();
    let refused = |count| refused_over(with_services(&service(b"", count), 1));
    assert_eq!(refused(most - 2), None);
    assert_eq!(refused(most - 1), Some(ExtractBound::Certificates));
}

/// As small as a certificate may be, of a subject of no name.
fn small_certificate(serial: u32) -> Vec<u8> {
    let algorithm = element(Tag::SEQUENCE, &element(Tag::OID, &[0x88, 0x37]));
    let date = element(Tag::UTC_TIME, b"700101000000Z");
    let key = [&algorithm[..], &element(Tag::BIT_STRING, &[0])].concat();
    let empty = element(Tag::SEQUENCE, b"");
    let serial = [&[1][..], &serial.to_be_bytes()].concat();
    let signed = [
        element(Tag::INTEGER, &serial),
        algorithm.clone(),
        empty.clone(),
        element(Tag::SEQUENCE, &[&date[..], &date].concat()),
        empty,
        element(Tag::SEQUENCE, &key),
    ];
    let whole = [
        element(Tag::SEQUENCE, &signed.concat()),
        algorithm,
        element(Tag::BIT_STRING, &[0]),
    ];
    element(Tag::SEQUENCE, &whole.concat())
}

/// The work for each service of a key does not grow with how many there are, nor with the anchors.
#[test]
fn many_services_of_one_key_are_read_and_found() {
    let most = ExtractBound::Services.most();
    let services = |count: usize| {
        let whole = extract();
        let (before, own) = at_services(&whole);
        let mut octets = [before, &size(2 + count)].concat();
        for serial in 0..u32::try_from(count).unwrap() {
            octets.extend(service(&small_certificate(serial), 1));
        }
        octets.extend(own);
        octets
    };
    assert_eq!(
        refused_over(services(most - 1)),
        Some(ExtractBound::Services)
    );
    let mut octets = services(most - 2);
    let left_out = with_left_out(&name(400), 8_000);
    octets.truncate(octets.len() - 24);
    octets.extend(&left_out[extract().len() - 24..]);
    let read = read_extract(octets).unwrap();
    assert_eq!(read.anchors().len(), 8_002);
    for (serial, found) in [(7, 1), (u32::MAX, 0)] {
        let asked = Octets::from(small_certificate(serial));
        let asked = Certificate::from_der(&asked, &mut Budget::new(Limits::STANDARD));
        assert_eq!(read.services_of(&asked.unwrap()).len(), found);
    }
}

/// A use takes an octet, and two dozen in memory.
#[test]
fn items_of_all_lists_are_counted() {
    let most = ExtractBound::Items.most();
    let uses = |count: usize| {
        let start = [&[0, 0][..], &[0; 12], &size(1)].concat();
        let period = [&[0; 10][..], &size(count), &vec![0; count], &[0; 8]].concat();
        with_services(&[start, period].concat(), 1)
    };
    assert_eq!(refused_over(uses(most - 100)), None);
    assert_eq!(refused_over(uses(most)), Some(ExtractBound::Items));
    // Of several lists, none of which has too many.
    let half = [
        &[0, 0][..],
        &[0; 8],
        &size(most / 2),
        &vec![0; 2 * most],
        &[0; 4],
    ]
    .concat();
    assert_eq!(refused_over(with_services(&half, 1)), None);
    assert_eq!(
        refused_over(with_services(&half, 2)),
        Some(ExtractBound::Items)
    );
}
