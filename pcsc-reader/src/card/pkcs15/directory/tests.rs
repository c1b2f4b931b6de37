use proptest::prelude::*;

use super::*;

fn octets(hex: &str) -> Vec<u8> {
    hex::decode(hex.replace(' ', "")).unwrap()
}

fn entry(octets: &[u8]) -> Tlv<'_> {
    Tlv::first(octets).unwrap().0
}

fn wrapped(tag: u8, inner: &[u8]) -> Vec<u8> {
    let length = u8::try_from(inner.len()).unwrap();
    [&[tag, length][..], inner].concat()
}

fn object(tag: u8, common: &str, class: &str, attributes: &str) -> Vec<u8> {
    let attributes = wrapped(0xA1, &wrapped(0x30, &octets(attributes)));
    let parts = [
        wrapped(0x30, &octets(common)),
        wrapped(0x30, &octets(class)),
        attributes,
    ];
    wrapped(tag, &parts.concat())
}

#[test]
fn entries_lead_to_files_or_hold_their_objects() {
    let read = |hex: &str| read_entry(&entry(&octets(hex)));
    let file = Source::File(Path::of(&[0x44, 0x04]));
    assert_eq!(
        read("A006 3004 0402 4404"),
        Ok(Some((Class::PrivateKeys, file.clone())))
    );
    for tag in ["A4", "A5", "A6"] {
        let entry = format!("{tag}06 3004 0402 4404");
        assert_eq!(read(&entry), Ok(Some((Class::Certificates, file.clone()))));
    }
    let here = Source::Here(vec![0x30, 0x00]);
    assert_eq!(
        read("A804 A002 3000"),
        Ok(Some((Class::Authentication, here)))
    );
    // Public keys, secret keys, data, extensions.
    for other in ["A106 3004 0402 4404", "A306 3004 0402 4404", "A700", "AA00"] {
        assert_eq!(read(other), Ok(None));
    }
    for wrong in ["A000", "A003 040144", "A004 3002 0401", "A005 3003 040144"] {
        assert!(read(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn a_key_is_read_with_its_kind_its_pin_and_its_references() {
    let class = "0401 45 0303 062040 0302 03B8 0202 0081 A106 020101 020102";
    for (tag, kind, bits) in [
        (0x30, KeyKind::Rsa, Some(2048)),
        (0xA0, KeyKind::Ec, None),
        (0xA4, KeyKind::Gost, None),
        (0xA2, KeyKind::Other, None),
    ] {
        let octets = object(tag, "0401 01", class, "3004 0402 4B01 0202 0800");
        let key = PrivateKey::read(&entry(&octets)).unwrap();
        assert_eq!((key.kind, key.bits, key.signs), (kind, bits, true));
        assert_eq!((key.id, key.auth_id), (vec![0x45], Some(vec![0x01])));
        assert_eq!((key.reference, key.algorithms), (Some(0x81), vec![1, 2]));
        assert_eq!(key.path, Path::of(&[0x4B, 0x01]));
    }
}

#[test]
fn a_key_for_decryption_does_not_sign_and_one_without_usage_is_none() {
    let read = |class: &str| {
        let octets = object(0x30, "", class, "3000");
        PrivateKey::read(&entry(&octets)).map(|key| (key.signs, key.auth_id, key.path))
    };
    assert_eq!(
        read("0401 45 0302 0640"),
        Ok((false, None, Path::default()))
    );
    assert!(read("0401 45 0302 0520").unwrap().0);
    assert!(read("0401 45").is_err());
    assert!(read("0401 45 0302 0520 0202 0181").is_err());
}

#[test]
fn a_certificate_is_in_a_file_or_in_its_entry() {
    let read = |attributes: &str| {
        let octets = object(0x30, "0C0141", "0401 45 0101FF", attributes);
        CertificateObject::read(&entry(&octets)).map(Option::unwrap)
    };
    let file = read("3004 0402 3100").unwrap();
    assert_eq!(file.source, Source::File(Path::of(&[0x31, 0x00])));
    assert_eq!(file.label.as_deref(), Some("A"));
    // [0] around a certificate, and in the place of its tag.
    let here = Source::Here(octets("3004 3000 3000"));
    assert_eq!(read("A006 3004 3000 3000").unwrap().source, here);
    assert_eq!(read("A004 3000 3000").unwrap().source, here);
    assert!(read("1600").is_err());
    assert!(read("").is_err());
    let other = object(0xA0, "", "0401 45", "3000");
    assert_eq!(CertificateObject::read(&entry(&other)), Ok(None));
}

#[test]
fn card_info_tells_serial_label_and_algorithms() {
    let of = |hex: &str| wrapped(0x30, &octets(hex));
    let algorithms = [
        of("020101 020101 0500 0302 0640 020111"),
        of("020102 02021041 0500 0302 0510"),
    ];
    let parts = [
        octets("020100 0402 0123 0C0141 800142 0302 0420"),
        wrapped(0xA2, &algorithms.concat()),
    ];
    let info = wrapped(0x30, &parts.concat());
    let info = CardInfo::read(&info).unwrap();
    assert_eq!(info.serial.as_deref(), Some(&[0x01, 0x23][..]));
    assert_eq!(info.manufacturer.as_deref(), Some("A"));
    assert_eq!(info.label.as_deref(), Some("B"));
    let key = |algorithms: &str| {
        let class = format!("0401 45 0302 0520 {algorithms}");
        let octets = object(0x30, "", &class, "3000");
        PrivateKey::read(&entry(&octets)).unwrap()
    };
    assert_eq!(info.algorithm(&key("A103 020101"), 1), Some(0x11));
    // Of another mechanism, of another number, of one that does not sign.
    assert_eq!(info.algorithm(&key("A103 020101"), 3), None);
    assert_eq!(info.algorithm(&key("A103 020102"), 1), None);
    assert_eq!(info.algorithm(&key("A103 020102"), 0x1041), None);
    assert!(CardInfo::read(&octets("0401 00")).is_err());
    assert!(CardInfo::read(&[]).is_err());
}

#[test]
fn what_cannot_be_read_marks_the_directory_and_loses_nothing_else() {
    let key = object(0x30, "", "0401 45 0302 0520", "3000");
    let broken = octets("3002 3000");
    let mut directory = Directory::default();
    directory.add(Class::PrivateKeys, &entry(&key));
    assert!(!directory.is_damaged);
    for class in [
        Class::PrivateKeys,
        Class::Certificates,
        Class::Authentication,
    ] {
        directory.is_damaged = false;
        directory.add(class, &entry(&broken));
        assert!(directory.is_damaged, "{class:?}");
    }
    assert_eq!(directory.len(), 1);
}

proptest! {
    #[test]
    fn any_octets_are_objects_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let mut directory = Directory::default();
        let (found, _) = super::super::object::entries(&bytes);
        for entry in &found {
            let _ = read_entry(entry);
            for class in [Class::PrivateKeys, Class::Certificates, Class::Authentication] {
                directory.add(class, entry);
            }
        }
        prop_assert!(directory.len() <= 3 * found.len());
        let _ = CardInfo::read(&bytes);
    }

    #[test]
    fn a_changed_octet_never_panics(at in 0usize..60, to in any::<u8>()) {
        let class = "0401 45 0303 062040 0302 03B8 0202 0081 A106 020101 020102";
        let mut octets = object(0x30, "0401 01", class, "3004 0402 4B01 0202 0800");
        let length = octets.len();
        octets[at % length] = to;
        if let Ok((entry, _)) = Tlv::first(&octets) {
            let _ = PrivateKey::read(&entry);
            let _ = CertificateObject::read(&entry);
            let _ = PinObject::read(&entry);
        }
    }
}
