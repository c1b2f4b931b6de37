use proptest::prelude::*;

use super::*;
use crate::error::CardErrorKind;

fn octets(hex: &str) -> Vec<u8> {
    hex::decode(hex.replace(' ', "")).unwrap()
}

fn path(hex: &str) -> Result<Path, CardErrorKind> {
    Path::read(&octets(hex)).map_err(|error| error.kind)
}

const MALFORMED: CardErrorKind = CardErrorKind::Malformed;

#[test]
fn a_path_has_identifiers_a_part_and_an_application() {
    let plain = path("0404 3F005015").unwrap();
    assert_eq!(plain, Path::of(&[0x3F, 0x00, 0x50, 0x15]));
    let part = path("0402 4404 020200C8 80020100").unwrap();
    assert_eq!((part.index, part.length), (Some(200), Some(256)));
    let other = path("A10B 4F05 A000000063 0402 4404").unwrap();
    assert_eq!(other.aid.unwrap().as_bytes().len(), 5);
    assert_eq!(other.octets, [0x44, 0x04]);
}

#[test]
fn a_path_at_fault_is_refused() {
    for hex in [
        "",
        "0403 3F0050",
        "0412 3F0050155015501550155015501550155015",
        "0402 4404 0203 010001",
        "0402 4404 0200",
        "0402 44",
        "A104 4F02 A000",
    ] {
        assert_eq!(path(hex), Err(MALFORMED), "{hex}");
    }
    assert!(path("0410 3F005015501550155015501550155015").is_ok());
    assert!(path("0402 4404 0203 010000").is_ok());
}

#[test]
fn an_object_has_common_and_class_attributes_and_those_of_its_type() {
    let whole = octets(
        "3009 0C0141 0302 0640 0401 01"
            .replace("3009", "300A")
            .as_str(),
    );
    let object = [whole, octets("3003 040145"), octets("A106 3004 0402 4404")].concat();
    let read = Object::read(&object).unwrap();
    assert_eq!(read.label.as_deref(), Some("A"));
    assert_eq!(read.auth_id.as_deref(), Some(&[1][..]));
    assert_eq!(read.id().unwrap(), [0x45]);
    assert!(read.attribute(OCTET_STRING).is_some());
    assert!(read.attribute(INTEGER).is_none());
}

#[test]
fn an_object_without_a_part_is_refused() {
    for hex in [
        // No class, no type, a type without a SEQUENCE.
        "3000 A102 3000",
        "3000 3003 040145",
        "3000 3003 040145 A103 040100",
        "3000 3003 040145 A100",
        // An identifier of a PIN without octets.
        "3002 0400 3003 040145 A102 3000",
    ] {
        assert!(Object::read(&octets(hex)).is_err(), "{hex}");
    }
    let without_id = octets("3000 3003 020145 A102 3000");
    assert!(Object::read(&without_id).unwrap().id().is_err());
    let long_id = format!("3000 3043 0441 {} A102 3000", "45".repeat(65));
    assert!(Object::read(&octets(&long_id)).unwrap().id().is_err());
}

#[test]
fn fill_between_entries_is_left_out_and_what_ends_early_is_told() {
    let file = octets("00 3000 0000 A400 FFFF");
    let (found, is_whole) = entries(&file);
    assert_eq!((found.len(), is_whole), (2, true));
    let cut = octets("3000 A405 30");
    let (found, is_whole) = entries(&cut);
    assert_eq!((found.len(), is_whole), (1, false));
    let many = octets(&"3000".repeat(MOST_OBJECTS + 1));
    let (found, is_whole) = entries(&many);
    assert_eq!((found.len(), is_whole), (MOST_OBJECTS, false));
}

#[test]
fn numbers_references_and_bits_are_read_as_cards_write_them() {
    assert_eq!(number(&[0, 0, 1, 0]), Some(256));
    assert_eq!(number(&[1, 0, 0, 0, 0]), None);
    assert_eq!(number(&[]), None);
    assert_eq!(reference(&[0x81]), Some(0x81));
    assert_eq!(reference(&[0x00, 0x81]), Some(0x81));
    assert_eq!(reference(&[0xFF, 0x81]), Some(0x81));
    assert_eq!(reference(&[0x01, 0x81]), None);
    assert!(bit(&[6, 0x20, 0x40], 2) && bit(&[6, 0x20, 0x40], 9));
    assert!(!bit(&[6, 0x20, 0x40], 3) && !bit(&[6, 0x20, 0x40], 17) && !bit(&[], 0));
}

#[test]
fn a_label_holds_no_control_characters() {
    assert_eq!(
        label("Подпись\u{1b}[2J\n".as_bytes()).as_deref(),
        Some("Подпись[2J")
    );
    assert_eq!(label(b"A\xFF").as_deref(), Some("A\u{FFFD}"));
    assert_eq!(label(b" \0\0"), None);
    assert_eq!(label(&[b'x'; 1000]).unwrap().len(), MOST_LABEL);
}

proptest! {
    #[test]
    fn any_octets_are_a_path_an_object_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(path) = Path::read(&bytes) {
            prop_assert!(path.octets.len() <= MOST_PATH);
        }
        let _ = Object::read(&bytes).map(|object| object.id());
        let (found, _) = entries(&bytes);
        let total: usize = found.iter().map(|entry| entry.octets.len()).sum();
        prop_assert!(total <= bytes.len());
    }
}
