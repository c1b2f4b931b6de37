use super::*;

fn tlv(tag: &str, value: &[u8]) -> Vec<u8> {
    let length = u8::try_from(value.len()).unwrap();
    let head = hex::decode(tag).unwrap();
    match length {
        0..0x80 => [&head, &[length][..], value].concat(),
        _ => [&head, &[0x81, length][..], value].concat(),
    }
}

const SUBJECT: [u8; 16] = *b"\x76\x04\x12\x34\x56\x78\x90\x12\x34\x5F\x00\x10\x02\x00\x30\x4F";

/// Tags and values of the body, in order.
fn objects() -> Vec<(&'static str, Vec<u8>)> {
    let about = [
        tlv("80", &[5]),
        tlv("81", &[0xFF]),
        tlv("82", &[1]),
        tlv("83", &[2]),
    ];
    vec![
        ("5F29", vec![1]),
        ("42", b"ISSUER".to_vec()),
        ("65", tlv("80", &[1])),
        ("5F20", SUBJECT.to_vec()),
        ("7F49", tlv("81", &[7; 64])),
        ("7F4C", about.concat()),
        ("5F25", vec![0x13, 0x03, 0x15]),
        ("5F24", vec![0x18, 0x03, 0x14]),
    ]
}

fn certificate(objects: &[(&'static str, Vec<u8>)]) -> Vec<u8> {
    let body: Vec<u8> = objects
        .iter()
        .flat_map(|(tag, value)| tlv(tag, value))
        .collect();
    tlv(
        "7F21",
        &[tlv("7F4E", &body), tlv("5F37", &[9; 64])].concat(),
    )
}

/// With another value of one object, or without it.
fn changed(tag: &str, value: Option<Vec<u8>>) -> Result<CardVerifiableCertificate, FormatError> {
    let mut objects = objects();
    let place = objects.iter().position(|(name, _)| *name == tag).unwrap();
    match value {
        Some(value) => objects[place].1 = value,
        None => drop(objects.remove(place)),
    }
    CardVerifiableCertificate::read(&certificate(&objects))
}

#[test]
fn a_certificate_is_read() {
    let octets = certificate(&objects());
    let read = CardVerifiableCertificate::read(&octets).unwrap();
    assert_eq!((read.profile, read.role), (1, Role::Application));
    assert_eq!((read.key_version, read.purpose), (Some(1), Some(2)));
    assert_eq!(read.rights, [0xFF]);
    assert_eq!(read.subject, SUBJECT);
    assert_eq!(read.public_key, PublicKey::Gost([7; 64]));
    assert_eq!(read.effective.to_string(), "2013-03-15");
    assert_eq!(read.expires.to_string(), "2018-03-14");
    assert_eq!(
        [read.body.as_slice(), &read.signature].concat(),
        octets[4..]
    );
    assert_eq!(read.terminal_information(), None);
    let about = [tlv("80", &[7]), tlv("81", &[])].concat();
    let terminal = changed("7F4C", Some(about)).unwrap();
    assert_eq!(terminal.terminal_information(), Some(SUBJECT));
}

#[test]
fn debug_shows_no_person_and_no_key() {
    let read = CardVerifiableCertificate::read(&certificate(&objects())).unwrap();
    let shown = format!("{read:?} {:?}", read.public_key);
    assert_eq!(
        shown,
        "CardVerifiableCertificate(Application, subject of 16 octets, GOST, 2013-03-15 to 2018-03-14) GOST"
    );
}

#[test]
fn what_is_missing_or_wrong_is_named() {
    for (tag, number) in [
        ("5F29", 0x5F29),
        ("42", 0x42),
        ("5F20", 0x5F20),
        ("7F49", 0x7F49),
        ("7F4C", 0x7F4C),
        ("5F25", 0x5F25),
        ("5F24", 0x5F24),
    ] {
        assert_eq!(
            changed(tag, None),
            Err(FormatError::Missing(Tag(number))),
            "{tag}"
        );
    }
    let value = |number| Err(FormatError::Value(Tag(number)));
    let rsa = |length: usize, exponent: &[u8]| {
        [tlv("81", &vec![3; length]), tlv("82", exponent)].concat()
    };
    assert_eq!(changed("7F4C", Some(tlv("80", &[8]))), value(0x7F4C));
    assert_eq!(changed("42", Some(Vec::new())), value(0x42));
    assert_eq!(changed("5F20", Some(vec![0; 65])), value(0x5F20));
    assert_eq!(
        changed("5F24", Some(vec![0x18, 0x02, 0x30])),
        Err(FormatError::Date(Tag(0x5F24)))
    );
    assert_eq!(changed("7F49", Some(rsa(95, &[3]))), value(0x81));
    assert_eq!(changed("7F49", Some(rsa(96, &[5]))), value(0x82));
    assert_eq!(changed("7F49", Some(rsa(96, &[]))), value(0x82));
    assert_eq!(
        changed("7F49", Some(rsa(96, &[0, 0, 0, 0, 3]))),
        value(0x82)
    );
    assert!(changed("7F49", Some(rsa(96, &[3]))).is_ok());
    assert!(changed("7F49", Some(rsa(96, &[1, 0, 1]))).is_ok());
    let short = FormatError::Length {
        tag: Tag(0x81),
        expected: 64,
        found: 63,
    };
    assert_eq!(changed("7F49", Some(tlv("81", &[7; 63]))), Err(short));
}

#[test]
fn every_truncation_and_what_follows_is_an_error() {
    let whole = certificate(&objects());
    for length in 0..whole.len() {
        assert!(
            CardVerifiableCertificate::read(&whole[..length]).is_err(),
            "{length}"
        );
    }
    let more = [whole.as_slice(), &[0xFF]].concat();
    assert_eq!(
        CardVerifiableCertificate::read(&more),
        Err(FormatError::Trailing)
    );
    let other = [&[0x7F, 0x22], &whole[2..]].concat();
    assert_eq!(
        CardVerifiableCertificate::read(&other),
        Err(FormatError::Missing(CERTIFICATE))
    );
}

#[test]
fn files_of_keys_are_tagged_or_of_exact_length() {
    let gost = tlv("81", &[7; 64]);
    let rsa = [tlv("81", &[9; 128]), tlv("82", &[1, 0, 1])].concat();
    assert_eq!(
        PublicKey::from_file(&tlv("EA", &gost)),
        Ok(PublicKey::Gost([7; 64]))
    );
    assert!(matches!(
        PublicKey::from_file(&tlv("EB", &rsa)),
        Ok(PublicKey::Rsa {
            exponent: 65_537,
            ..
        })
    ));
    assert_eq!(
        PublicKey::from_file(&tlv("EA", &rsa)),
        Err(FormatError::Value(FILE_GOST))
    );
    assert_eq!(
        PublicKey::from_file(&tlv("EB", &gost)),
        Err(FormatError::Value(FILE_RSA))
    );
    assert_eq!(
        PublicKey::from_file(&tlv("EC", &gost)),
        Err(FormatError::Missing(FILE_GOST))
    );
    assert!(matches!(
        PublicKey::from_untagged(&[7; 64]),
        Ok(PublicKey::Gost(_))
    ));
    assert!(matches!(
        PublicKey::from_untagged(&[7; 128]),
        Ok(PublicKey::Rsa {
            exponent: 65_537,
            ..
        })
    ));
    assert_eq!(
        PublicKey::from_untagged(&[7; 65]),
        Err(FormatError::Value(KEY))
    );
}

proptest::proptest! {
    #[test]
    fn any_change_is_a_certificate_or_an_error(place in 0usize..220, value in proptest::num::u8::ANY) {
        let mut octets = certificate(&objects());
        let place = place % octets.len();
        octets[place] = value;
        let _ = CardVerifiableCertificate::read(&octets);
        let _ = PublicKey::from_file(&octets);
    }
}
