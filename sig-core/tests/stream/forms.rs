//! The forms in which files are sent, and the mistakes that are made with them.

use sig_core::base::error::{Error, Reason};
use sig_core::cms::bundle::{unwrap_form, unwrap_text};
use sig_core::cms::signed_data::NotSignedData;
use sig_core::cms::transport::Form;

use super::{LIMITS, read};

/// A signed message without signers.
const DER: &[u8] = &[
    0x30, 53, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 7, 2, 0xa0, 40, 0x30, 38, 2, 1, 1, 0x31,
    13, 0x30, 11, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 0x30, 16, 6, 9, 0x2a, 0x86, 0x48,
    0x86, 0xf7, 13, 1, 7, 1, 0xa0, 3, 4, 1, 7, 0x31, 0,
];

fn base64() -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(DER)
}

/// What both readers make of a file: the form and the size of its objects, or why it is refused.
fn outcome(file: &[u8]) -> Result<(Form, Vec<usize>), Reason> {
    let at_hand = match unwrap_form(file) {
        Ok((form, objects)) => Ok((form, objects.iter().map(|octets| octets.len()).collect())),
        Err(Error::Malformed(malformed)) => Err(malformed.reason),
        Err(other) => panic!("{other}"),
    };
    for part in [1, 3, 1000] {
        let passed = read(file, part, 0, LIMITS).unwrap();
        let is_read = passed.message().is_some();
        let is_one = matches!(&at_hand, Ok((_, objects)) if objects == &[DER.len()]);
        assert_eq!(is_read, is_one, "{:?}", String::from_utf8_lossy(file));
        if let (Err(reason), Some(NotSignedData::Other(malformed))) =
            (&at_hand, passed.not_signed_data())
        {
            assert_eq!(malformed.reason, *reason);
        }
    }
    at_hand
}

#[test]
fn each_form_is_found_by_content() {
    let text = base64();
    let lines = |end: &str| {
        let lines = text.as_bytes().chunks(16).map(String::from_utf8_lossy);
        lines.map(|line| format!("{line}{end}")).collect::<String>()
    };
    let pem = |end: &str| {
        let body = lines(end);
        format!("-----BEGIN CMS-----{end}{body}-----END CMS-----{end}")
    };
    let whole = vec![DER.len()];
    assert_eq!(outcome(DER), Ok((Form::Binary, whole.clone())));
    for file in [
        text.clone(),
        lines("\n"),
        lines("\r\n"),
        lines("\r"),
        lines(" \t\r\n\r\n"),
    ] {
        assert_eq!(outcome(file.as_bytes()), Ok((Form::Base64, whole.clone())));
    }
    for end in ["\n", "\r\n", "\r", "\n\n", " \r\n"] {
        assert_eq!(outcome(pem(end).as_bytes()), Ok((Form::Pem, whole.clone())));
    }
    let marked = format!("\u{feff}{}", pem("\r\n"));
    assert_eq!(outcome(marked.as_bytes()), Ok((Form::Pem, whole.clone())));
    let marked = format!(" \n\u{feff}{text}");
    assert_eq!(
        outcome(marked.as_bytes()),
        Ok((Form::Base64, whole.clone()))
    );
    let around = format!("Подпись:\n{}\nКонец", pem("\n"));
    assert_eq!(outcome(around.as_bytes()), Ok((Form::Pem, whole.clone())));
    let header = pem("\n").replacen("CMS-----\n", "CMS-----\nContent-Type: x, y\n\n", 1);
    assert_eq!(outcome(header.as_bytes()), Ok((Form::Pem, whole.clone())));
    let single = format!("-----BEGIN PKCS7-----\n{text}\n-----END PKCS7-----");
    assert_eq!(outcome(single.as_bytes()), Ok((Form::Pem, whole.clone())));
}

/// Octets whose base64 differs in the two alphabets.
#[test]
fn both_alphabets_are_read_with_padding_and_without() {
    for (text, form, octets) in [
        ("MAMCAfs=", Form::Base64, vec![0x30, 3, 2, 1, 0xfb]),
        ("MAMCAfs", Form::Base64, vec![0x30, 3, 2, 1, 0xfb]),
        (
            "MAT7/vv+",
            Form::Base64,
            vec![0x30, 4, 0xfb, 0xfe, 0xfb, 0xfe],
        ),
        (
            "MAT7_vv-",
            Form::Base64Url,
            vec![0x30, 4, 0xfb, 0xfe, 0xfb, 0xfe],
        ),
        (
            "MAT7_vv-\r\n",
            Form::Base64Url,
            vec![0x30, 4, 0xfb, 0xfe, 0xfb, 0xfe],
        ),
        (
            "MAX7_v\nv--w==",
            Form::Base64Url,
            vec![0x30, 5, 0xfb, 0xfe, 0xfb, 0xfe, 0xfb],
        ),
        (
            "MAX7_vv--w",
            Form::Base64Url,
            vec![0x30, 5, 0xfb, 0xfe, 0xfb, 0xfe, 0xfb],
        ),
    ] {
        let (found, objects) = unwrap_form(text.as_bytes()).unwrap();
        assert_eq!((found, &*objects[0]), (form, &*octets), "{text}");
    }
}

#[test]
fn each_mistake_has_its_reason() {
    let text = base64();
    let boundary = |body: &str| format!("-----BEGIN CMS-----\n{body}\n-----END CMS-----\n");
    let cases: &[(String, Reason)] = &[
        (String::new(), Reason::Empty),
        ("\r\n \t".to_owned(), Reason::Empty),
        ("\u{feff}".to_owned(), Reason::Empty),
        ("Файл подписи во вложении".to_owned(), Reason::InvalidText),
        (format!("{text}\0"), Reason::InvalidText),
        (format!("{text}{text}="), Reason::InvalidText),
        (format!("={text}"), Reason::InvalidText),
        (text[..text.len() - 3].to_owned(), Reason::InvalidText),
        ("MAMCAft=".to_owned(), Reason::InvalidText),
        ("MAMCAfs==".to_owned(), Reason::InvalidText),
        ("MAMCAf==s".to_owned(), Reason::InvalidText),
        ("MAT7/vv-".to_owned(), Reason::InvalidText),
        ("MAT7_vv-=".to_owned(), Reason::InvalidText),
        (boundary(""), Reason::Empty),
        (boundary("MAM*"), Reason::InvalidText),
        (format!("-----BEGIN CMS-----\n{text}\n"), Reason::Truncated),
        (
            format!("{}-----END CMS-----\n", boundary(&text)),
            Reason::InvalidText,
        ),
        (
            format!("-----BEGIN CMS-----\n{}", boundary(&text)),
            Reason::InvalidText,
        ),
        (
            format!("-----BEGIN CMS-----\n{text}\n----END CMS----"),
            Reason::InvalidText,
        ),
        // Saved as UTF-16.
        (
            text.chars().flat_map(|it| [it, '\0']).collect(),
            Reason::InvalidText,
        ),
    ];
    for (file, reason) in cases {
        assert_eq!(outcome(file.as_bytes()), Err(*reason), "{file:?}");
    }
}

#[test]
fn several_objects_are_a_bundle_and_no_signature() {
    let one = format!("-----BEGIN CMS-----\n{}\n-----END CMS-----\n", base64());
    let file = one.repeat(2);
    assert_eq!(
        outcome(file.as_bytes()),
        Ok((Form::Pem, vec![DER.len(); 2]))
    );
    let passed = read(file.as_bytes(), 5, 0, LIMITS).unwrap();
    let why = passed.not_signed_data();
    assert!(matches!(why, Some(NotSignedData::Other(why)) if why.reason == Reason::Duplicate));
}

#[test]
fn a_boundary_far_behind_text_is_not_looked_for() {
    let pem = format!("-----BEGIN CMS-----\n{}\n-----END CMS-----\n", base64());
    let near = format!("{}\n{pem}", "x".repeat((64 << 10) - 1));
    let far = format!("{}\n{pem}", "x".repeat(64 << 10));
    assert_eq!(outcome(near.as_bytes()), Ok((Form::Pem, vec![DER.len()])));
    assert!(unwrap_text(far.as_bytes()).is_err());
    assert!(outcome(far.as_bytes()).is_err());
}
