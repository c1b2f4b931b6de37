use zeroize::Zeroizing;

use super::*;

/// A PIN object: flags, type, lengths, and what follows them.
fn object(flags: &str, kind: u8, lengths: &str, rest: &str) -> Vec<u8> {
    let attributes = format!("{flags} 0A01{kind:02X} {lengths} {rest}");
    let attributes = hex::decode(attributes.replace(' ', "")).unwrap();
    let wrapped = |tag: u8, inner: &[u8]| {
        let length = u8::try_from(inner.len()).unwrap();
        [&[tag, length][..], inner].concat()
    };
    let parts = [
        wrapped(0x30, &[0x0C, 0x01, b'U']),
        wrapped(0x30, &[0x04, 0x01, 0x07]),
        wrapped(0xA1, &wrapped(0x30, &attributes)),
    ];
    wrapped(0x30, &parts.concat())
}

fn read(octets: &[u8]) -> Result<PinObject, CardErrorKind> {
    let (entry, _) = Tlv::first(octets).unwrap();
    let read = PinObject::read(&entry).map_err(|error| error.kind);
    read.map(Option::unwrap)
}

fn pin(text: &str) -> Pin {
    Pin::new(Zeroizing::new(text.as_bytes().to_vec())).unwrap()
}

/// What is sent for a PIN, or why nothing is.
fn sent(object: &PinObject, text: &str) -> Result<String, CardErrorKind> {
    let encoding = object.encoding_of(&pin(text)).map_err(|error| error.kind)?;
    Ok(hex::encode_upper(&*pin(text).encoded(encoding).unwrap()))
}

/// case-sensitive, initialized; and needs-padding.
const PLAIN: &str = "0302 0388";
const PADDED: &str = "0302 028C";
/// 4 to 8.
const LENGTHS: &str = "020104 020108 020108";

#[test]
fn each_type_is_sent_as_its_object_says() {
    for (flags, kind, rest, expected) in [
        (PLAIN, 1, "800181", "31323334"),
        (PADDED, 1, "800181 0401FF", "31323334FFFFFFFF"),
        (PADDED, 2, "800181", "3132333400000000"),
        (PLAIN, 0, "800181", "1234"),
        (PADDED, 0, "800181 0401FF", "1234FFFFFFFFFFFF"),
        (PLAIN, 3, "800181", "F1F2F3F4"),
        (PADDED, 3, "800181 0401FF", "F1F2F3F4FFFFFFFF"),
        (PADDED, 4, "800181", "241234FFFFFFFFFF"),
    ] {
        let object = read(&object(flags, kind, LENGTHS, rest)).unwrap();
        assert_eq!(
            sent(&object, "1234").as_deref(),
            Ok(expected),
            "{kind} {flags}"
        );
        assert_eq!((object.reference, object.auth_id), (0x81, vec![7]));
        assert_eq!(object.label.as_deref(), Some("U"));
        assert!(object.is_of_user && object.path.is_none());
    }
}

#[test]
fn a_pin_out_of_bounds_is_not_sent() {
    let digits = read(&object(PADDED, 1, LENGTHS, "")).unwrap();
    let letters = read(&object(PADDED, 2, LENGTHS, "")).unwrap();
    assert!(sent(&digits, "12345678").is_ok() && sent(&letters, "abcd").is_ok());
    for (object, text) in [
        (&digits, "123"),
        (&digits, "123456789"),
        (&digits, "12a4"),
        (&letters, "abc"),
    ] {
        assert_eq!(
            sent(object, text),
            Err(CardErrorKind::PinRejected),
            "{text}"
        );
    }
    // Without a maximum the stored length is it.
    let stored = read(&object(PLAIN, 1, "020104 020106", "")).unwrap();
    assert!(sent(&stored, "123456").is_ok());
    assert_eq!(sent(&stored, "1234567"), Err(CardErrorKind::PinRejected));
}

#[test]
fn a_pin_for_secure_messaging_is_not_sent_plain() {
    // integrity-protected; confidentiality-protected; a type of the future.
    for (flags, kind) in [("0303 060040", 1), ("0303 050020", 1), (PLAIN, 9)] {
        let object = read(&object(flags, kind, LENGTHS, "")).unwrap();
        assert_eq!(sent(&object, "1234"), Err(CardErrorKind::Unsupported));
    }
}

#[test]
fn pins_that_unblock_and_those_of_officers_are_told_apart() {
    for (flags, is_of_user) in [("0302 0102", false), ("0302 0001", false), (PLAIN, true)] {
        let object = read(&object(flags, 1, LENGTHS, "")).unwrap();
        assert_eq!(object.is_of_user, is_of_user);
    }
}

#[test]
fn an_object_that_lacks_something_is_refused() {
    for (lengths, rest) in [
        ("020104", ""),
        ("", ""),
        ("020104 02020100", ""),
        (LENGTHS, "80020100"),
        (LENGTHS, "0402FFFF"),
        (LENGTHS, "3003 040150"),
    ] {
        let octets = object(PLAIN, 1, lengths, rest);
        assert_eq!(
            read(&octets),
            Err(CardErrorKind::Malformed),
            "{lengths} {rest}"
        );
    }
    let path = read(&object(PLAIN, 1, LENGTHS, "3006 0404 3F005015")).unwrap();
    assert_eq!(path.path, Some(Path::of(&[0x3F, 0x00, 0x50, 0x15])));
}

#[test]
fn what_is_no_password_is_left_out() {
    let octets = [0xA1, 0x00];
    let (entry, _) = Tlv::first(&octets).unwrap();
    assert_eq!(PinObject::read(&entry), Ok(None));
}
