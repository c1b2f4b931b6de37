//! Each rule of `TSTInfo`: one encoding that keeps it, one that breaks it and nothing else.

use super::*;
use crate::base::limits::Limits;
use crate::der::writer::element;

const VERSION: &[u8] = &[2, 1, 1];
const POLICY: &[u8] = &[6, 2, 0x2a, 3];
const SERIAL: &[u8] = &[2, 1, 5];
const TIME: &str = "20261101120000Z";

fn imprint() -> Vec<u8> {
    let algorithm = element(
        Tag::SEQUENCE,
        &[6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1],
    );
    let digest = element(Tag::OCTET_STRING, &[7; 32]);
    element(Tag::SEQUENCE, &[algorithm, digest].concat())
}

fn time(text: &str) -> Vec<u8> {
    element(Tag::GENERALIZED_TIME, text.as_bytes())
}

fn whole(fields: &[&[u8]]) -> Vec<u8> {
    element(Tag::SEQUENCE, &fields.concat())
}

/// The mandatory fields, then others.
fn with(rest: &[&[u8]]) -> Vec<u8> {
    at(TIME, rest)
}

fn at(text: &str, rest: &[&[u8]]) -> Vec<u8> {
    whole(&[
        VERSION,
        POLICY,
        &imprint(),
        SERIAL,
        &time(text),
        &rest.concat(),
    ])
}

fn read(octets: &[u8]) -> Result<TstInfo, Reason> {
    let mut budget = Budget::new(Limits::STANDARD);
    match TstInfo::from_der(&Octets::from(octets), &mut budget) {
        Ok(info) => Ok(info),
        Err(Error::Malformed(malformed)) => Err(malformed.reason),
        Err(other) => unreachable!("{other}"),
    }
}

fn refused(octets: &[u8]) -> Option<Reason> {
    read(octets).err()
}

#[test]
fn the_mandatory_fields_are_enough() {
    let info = read(&with(&[])).unwrap();
    assert_eq!(info.policy.to_string(), "1.2.3");
    assert_eq!(&*info.serial, [5]);
    assert_eq!(&*info.imprint.digest, [7; 32]);
    assert_eq!(info.gen_time.seconds.to_string(), "2026-11-01T12:00:00Z");
    assert!(!info.ordering && info.accuracy.is_none() && info.nonce.is_none());
    assert!(info.tsa.is_none() && info.extensions.all.is_empty() && info.deviations.is_empty());
    assert_eq!(info.latest(), info.earliest());
}

#[test]
fn each_mandatory_field_must_be_there() {
    let (imprint, time) = (imprint(), time(TIME));
    let fields = [VERSION, POLICY, &imprint, SERIAL, &time];
    assert!(read(&whole(&fields)).is_ok());
    for left_out in 0..fields.len() {
        let mut fewer = fields.to_vec();
        fewer.remove(left_out);
        assert!(read(&whole(&fewer)).is_err(), "{left_out}");
    }
}

#[test]
fn only_version_1_is_read() {
    let of = |version: &[u8]| whole(&[version, POLICY, &imprint(), SERIAL, &time(TIME)]);
    assert_eq!(refused(&of(VERSION)), None);
    assert_eq!(refused(&of(&[2, 1, 2])), Some(Reason::UnsupportedVersion));
    assert_eq!(refused(&of(&[2, 2, 0, 1])), Some(Reason::NotDer));
}

#[test]
fn nothing_follows_the_fields_or_the_structure() {
    let mut octets = with(&[]);
    octets.push(0);
    assert_eq!(refused(&octets), Some(Reason::TrailingOctets));
    assert_eq!(refused(&with(&[&[5, 0]])), Some(Reason::TrailingOctets));
    // A nonce before the ordering.
    let late = with(&[&[2, 1, 9], &[1, 1, 0xff]]);
    assert_eq!(refused(&late), Some(Reason::TrailingOctets));
}

#[test]
fn lengths_are_those_of_der() {
    let mut octets = with(&[]);
    let inside = octets.split_off(2);
    let long = [&[0x30, 0x81, inside.len() as u8][..], &inside].concat();
    assert!(inside.len() < 0x80);
    assert_eq!(refused(&long), Some(Reason::InvalidLength));
}

#[test]
fn times_are_generalized_with_a_fraction_or_none() {
    for text in ["20261101120000.5Z", "20261101120000.123456789Z"] {
        assert_eq!(refused(&at(text, &[])), None, "{text}");
    }
    for text in [
        "202611011200Z",
        "20261101120000",
        "20261101120000.Z",
        "20261101120000,5Z",
        "20261101120000+0300",
        "20261301120000Z",
        "20261101126000Z",
    ] {
        assert_eq!(
            refused(&at(text, &[])),
            Some(Reason::InvalidValue),
            "{text}"
        );
    }
    let padded = read(&at("20261101120000.50Z", &[])).unwrap();
    assert_eq!(padded.deviations, [TokenDeviation::FractionPadded]);
    let utc = element(Tag::UTC_TIME, b"261101120000Z");
    let octets = whole(&[VERSION, POLICY, &imprint(), SERIAL, &utc]);
    assert_eq!(refused(&octets), Some(Reason::UnexpectedTag));
}

#[test]
fn bounds_are_rounded_away_from_the_time() {
    let bounds = |text: &str, accuracy: &[u8]| {
        let accuracy = element(Tag::SEQUENCE, accuracy);
        let info = read(&at(text, &[&accuracy])).unwrap();
        let noon = UnixTime::parse_rfc3339("2026-11-01T12:00:00Z").unwrap();
        let of = |time: UnixTime| time.seconds() - noon.seconds();
        (of(info.earliest()), of(info.latest()))
    };
    assert_eq!(bounds(TIME, &[]), (0, 0));
    assert_eq!(bounds(TIME, &[2, 1, 1]), (-1, 1));
    assert_eq!(bounds(TIME, &[0x80, 1, 1]), (-1, 1));
    assert_eq!(bounds(TIME, &[0x81, 1, 1]), (-1, 1));
    assert_eq!(bounds("20261101120000.5Z", &[0x80, 2, 1, 0xf4]), (0, 1));
    assert_eq!(bounds("20261101120000.5Z", &[0x80, 2, 1, 0xf5]), (-1, 2));
    assert_eq!(bounds("20261101120000.0000001Z", &[]), (0, 1));
    assert_eq!(bounds("20261101120000.9999999Z", &[2, 1, 2]), (-2, 3));
}

#[test]
fn accuracy_is_at_most_999_of_each_part_in_order() {
    let of = |parts: &[u8]| with(&[&element(Tag::SEQUENCE, parts)]);
    let all = read(&of(&[2, 1, 3, 0x80, 2, 3, 0xe7, 0x81, 1, 9])).unwrap();
    let expected = Accuracy {
        seconds: 3,
        millis: 999,
        micros: 9,
    };
    assert_eq!(all.accuracy, Some(expected));
    assert_eq!(
        refused(&of(&[0x80, 2, 3, 0xe8])),
        Some(Reason::InvalidValue)
    );
    assert_eq!(
        refused(&of(&[0x81, 2, 3, 0xe8])),
        Some(Reason::InvalidValue)
    );
    assert_eq!(refused(&of(&[2, 1, 0xff])), Some(Reason::InvalidValue));
    let reversed = of(&[0x81, 1, 1, 0x80, 1, 1]);
    assert_eq!(refused(&reversed), Some(Reason::TrailingOctets));
    let zero = read(&of(&[2, 1, 0, 0x80, 1, 0])).unwrap();
    assert_eq!(zero.deviations, [TokenDeviation::AccuracyZero]);
}

#[test]
fn ordering_is_true_or_absent() {
    let of = |octet| with(&[&[1, 1, octet]]);
    assert!(read(&of(0xff)).unwrap().ordering);
    assert_eq!(refused(&of(1)), Some(Reason::NotDer));
    let written = read(&of(0)).unwrap();
    assert!(!written.ordering);
    assert_eq!(written.deviations, [TokenDeviation::OrderingWritten]);
}

#[test]
fn integers_are_not_padded() {
    assert_eq!(
        &*read(&with(&[&[2, 2, 0, 0x80]])).unwrap().nonce.unwrap(),
        [0, 0x80]
    );
    assert_eq!(refused(&with(&[&[2, 2, 0, 1]])), Some(Reason::NotDer));
    let serial = |serial: &[u8]| whole(&[VERSION, POLICY, &imprint(), serial, &time(TIME)]);
    assert_eq!(refused(&serial(&[2, 2, 0, 0x80])), None);
    assert_eq!(refused(&serial(&[2, 2, 0, 1])), Some(Reason::NotDer));
}

#[test]
fn the_name_is_one_general_name() {
    let of = |inside: &[u8]| with(&[&element(Tag::context(0).constructed(), inside)]);
    let name = read(&of(&[0x82, 1, b'a'])).unwrap().tsa;
    assert_eq!(name, Some(GeneralName::Dns("a".to_owned())));
    let two = of(&[0x82, 1, b'a', 0x82, 1, b'b']);
    assert_eq!(refused(&two), Some(Reason::TrailingOctets));
    assert_eq!(refused(&of(&[0x89, 0])), Some(Reason::UnexpectedTag));
}

#[test]
fn extensions_are_read_under_their_own_tag() {
    let extension = [0x30, 8, 6, 2, 0x2a, 3, 4, 2, 5, 0];
    let of = |inside: &[u8]| with(&[&element(Tag::context(1).constructed(), inside)]);
    let read_two = read(&of(&extension)).unwrap();
    assert_eq!(read_two.extensions.all.len(), 1);
    assert!(refused(&of(&extension[..9])).is_some());
    assert!(refused(&of(&[5, 0])).is_some());
}

#[test]
fn every_cut_of_a_token_is_refused() {
    let accuracy = element(Tag::SEQUENCE, &[2, 1, 1]);
    let octets = with(&[&accuracy, &[1, 1, 0xff], &[2, 1, 9]]);
    assert!(read(&octets).is_ok());
    for end in 0..octets.len() {
        assert!(read(&octets[..end]).is_err(), "{end}");
    }
}
