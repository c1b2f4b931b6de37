use proptest::prelude::*;
use testdata::card::jacarta_pki::attribute_file;

use super::attributes::{Attributes, VALUE};
use super::*;

#[test]
fn attributes_are_read_over_holes_and_up_to_the_freshness() {
    let file = attribute_file(&[(0x0003, b"key \x1B 1  "), (VALUE, b"value")]);
    let attributes = Attributes::read(&file).unwrap();
    assert_eq!(attributes.value(VALUE), Some(&b"value"[..]));
    assert_eq!(attributes.label().as_deref(), Some("key \u{FFFD} 1"));
    assert_eq!(attributes.value(0x0102), None);
    assert!(attributes.is_whole(&file));
}

#[test]
fn any_changed_octet_is_told_by_the_checksum() {
    let file = attribute_file(&[(VALUE, b"value")]);
    for at in 0..file.len() {
        let mut changed = file.clone();
        changed[at] ^= 0x01;
        let is_whole = Attributes::read(&changed).is_some_and(|read| read.is_whole(&changed));
        assert!(!is_whole, "octet {at}");
    }
}

#[test]
fn a_file_without_a_checksum_is_not_whole() {
    let file = [&[0; 7][..], &[0x00, 0x11, 0, 0, 1, 0x30], &[0; 4]].concat();
    let attributes = Attributes::read(&file).unwrap();
    assert_eq!(attributes.value(VALUE), Some(&[0x30][..]));
    assert!(!attributes.is_whole(&file));
    for hex in [
        "",
        "000000",
        "00000000000000 0011 00 00FF AA 00000000",
        "00000000000000 0011 00 00000000",
    ] {
        let file = hex::decode(hex.replace(' ', "")).unwrap();
        assert!(Attributes::read(&file).is_none(), "{hex}");
    }
}

#[test]
fn a_profile_that_is_no_road_is_refused() {
    let table = |text: &str| JacartaPki::from_table(text.parse().unwrap()).map(|_| ());
    let good = "aid = 'A0000001644C415345520001'\nserial = '0114'\ndirectory = '3F0030003001'\ncertificates = [0x0400]\nuser_pin = 0x20\n";
    assert_eq!(table(good), Ok(()));
    for (from, to) in [
        ("'A0000001644C415345520001'", "'A000'"),
        ("'0114'", "'01'"),
        ("'3F0030003001'", "'30003001'"),
        ("[0x0400]", "[0x0440]"),
        ("[0x0400]", "[0x0400, 0x0200]"),
        ("[0x0400]", "[]"),
        ("user_pin = 0x20", "user_pin = 0x120"),
        ("user_pin", "other_pin"),
    ] {
        assert!(table(&good.replace(from, to)).is_err(), "{to}");
    }
}

proptest! {
    #[test]
    fn any_octets_are_attributes_or_none(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        if let Some(attributes) = Attributes::read(&bytes) {
            let _ = (attributes.label(), attributes.is_whole(&bytes));
        }
    }
}
