//! What `inspect` and `verify` make of each encoding and of each deviation.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/desk.rs"]
mod desk;
#[path = "support/message.rs"]
mod message;

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD},
};
use desk::{CONTENT, Desk};
use message::{Around, Detached, segments};
use serde_json::Value;
use testdata::{Form, Timestamp, Variant, demo};

const SIGNED_AT: Timestamp = Timestamp(1_795_000_000);
const SEGMENT: usize = 16;

fn sign(variant: &str) -> Vec<u8> {
    sign_as(Form::Attached, variant)
}

fn sign_as(form: Form, variant: &str) -> Vec<u8> {
    let token = demo::token().unwrap();
    let variant: Variant = toml::from_str(variant).unwrap();
    token.sign(CONTENT, form, SIGNED_AT, &variant).unwrap()
}

fn inspect(desk: &Desk, name: &str) -> (i32, String) {
    let (code, output) = desk.run(&["inspect", "--lang", "en", name]);
    (code, String::from_utf8(output.stdout).unwrap())
}

/// All that `inspect` says of a file that can be read.
fn assert_inspected(desk: &Desk, name: &str, parts: &[&str], absent: &[&str]) {
    let (code, text) = inspect(desk, name);
    assert_eq!(code, 0, "{name}: {text}");
    for part in parts {
        assert!(text.contains(part), "{name}: {part} in {text}");
    }
    for part in absent {
        assert!(!text.contains(part), "{name}: {part} in {text}");
    }
}

/// The codes of a report at level fail and warn, sorted.
fn codes(report: &Value) -> Vec<&str> {
    let mut codes: Vec<&str> = report["signatures"]
        .as_array()
        .unwrap()
        .iter()
        .chain([&report["document"]])
        .flat_map(|holder| holder["findings"].as_array().unwrap())
        .filter(|finding| finding["level"] != "info")
        .map(|finding| finding["code"].as_str().unwrap())
        .collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// Lines of so many characters, each with its end.
fn lines(text: &str, width: usize, end: &str) -> Vec<u8> {
    let lines = text.as_bytes().chunks(width);
    lines
        .flat_map(|line| [line, end.as_bytes()].concat())
        .collect()
}

fn pem(label: &str, der: &[u8], end: &str) -> Vec<u8> {
    let body = lines(&STANDARD.encode(der), 64, end);
    let body = String::from_utf8(body).unwrap();
    format!("-----BEGIN {label}-----{end}{body}-----END {label}-----{end}").into_bytes()
}

fn around(around: Around, content: &[u8]) -> Vec<u8> {
    [around.head, content.to_vec(), around.tail].concat()
}

#[test]
fn each_encoding_is_read_inspected_and_judged_alike() {
    let desk = Desk::new();
    let der = desk.read("attached.p7s");
    let message = Detached::read(&desk.read("detached.p7s"));
    let pieces = segments(CONTENT, SEGMENT);
    let count = CONTENT.len().div_ceil(SEGMENT);
    let of_segments = format!("{count} segment(s)");
    let (whole, in_pieces) = (
        around(message.indefinite(), &segments(CONTENT, CONTENT.len())),
        around(message.indefinite(), &pieces),
    );
    let definite = around(message.segmented(pieces.len()), &pieces);
    let text = STANDARD.encode(&der);
    let url = URL_SAFE.encode(&der);
    assert!(
        url.contains(['-', '_']),
        "no letter that tells the alphabets apart"
    );
    let with_mark = [&b"\xef\xbb\xbf"[..], text.as_bytes()].concat();
    let after_words = [
        &b"Signature of the person:\r\n"[..],
        &pem("CMS", &der, "\r\n"),
    ]
    .concat();
    let plain = &["SignedData version 1, DER"][..];
    let ber = "SignedData version 1, BER";
    let indefinite = "indefinite length(s)";
    let one_string = "1 string(s) in segments";
    let ber_one = &[ber, indefinite, one_string, "1 segment(s)"][..];
    let ber_all = &[ber, indefinite, one_string, &of_segments][..];
    let ber_definite = &[ber, one_string, &of_segments][..];
    let files: Vec<(&str, &str, Vec<u8>, &[&str])> = vec![
        ("der", "binary", der.clone(), plain),
        (
            "definite",
            "binary",
            around(message.definite(CONTENT.len()), CONTENT),
            plain,
        ),
        ("ber-one-segment", "binary", whole, ber_one),
        ("ber-segments", "binary", in_pieces.clone(), ber_all),
        ("ber-definite-segments", "binary", definite, ber_definite),
        ("pem-cms", "PEM", pem("CMS", &der, "\n"), plain),
        ("pem-pkcs7", "PEM", pem("PKCS7", &der, "\r\n"), plain),
        (
            "pem-signed-data",
            "PEM",
            pem("PKCS #7 SIGNED DATA", &der, "\r"),
            plain,
        ),
        ("pem-after-words", "PEM", after_words, plain),
        ("pem-of-ber", "PEM", pem("CMS", &in_pieces, "\n"), ber_all),
        (
            "base64-one-line",
            "base64",
            text.clone().into_bytes(),
            plain,
        ),
        ("base64-mark", "base64", with_mark, plain),
        (
            "base64-unpadded",
            "base64",
            STANDARD_NO_PAD.encode(&der).into_bytes(),
            plain,
        ),
        ("base64-lf", "base64", lines(&text, 64, "\n"), plain),
        ("base64-cr", "base64", lines(&text, 64, "\r"), plain),
        ("base64-crlf", "base64", lines(&text, 76, "\r\n"), plain),
        (
            "base64-blank",
            "base64",
            lines(&text, 60, " \t\r\n\r\n"),
            plain,
        ),
        (
            "base64-of-ber",
            "base64",
            STANDARD.encode(&in_pieces).into(),
            ber_all,
        ),
        ("base64url", "base64url", url.into_bytes(), plain),
        (
            "base64url-unpadded",
            "base64url",
            URL_SAFE_NO_PAD.encode(&der).into_bytes(),
            plain,
        ),
    ];
    let (_, expected) = desk.verify(&["attached.p7s"]);
    for (name, form, file, said) in files {
        desk.write(name, &file);
        let size = format!("{} octets, {form}, 1 object(s)", file.len());
        let content = format!("attached content: {} octets", CONTENT.len());
        let signed = ["signer 0: level B-B", "signed messageDigest: 1 value(s)"];
        let parts = [&[size.as_str(), &content][..], &signed, said].concat();
        assert_inspected(&desk, name, &parts, &["deviation"]);
        let (code, reports) = desk.verify(&[name]);
        assert_eq!(code, 0, "{name}");
        // What is signed is what was signed, in whatever it came.
        for member in ["conclusion", "signatures"] {
            if !said.contains(&ber) {
                assert_eq!(reports[0][member], expected[0][member], "{name}");
            }
        }
        assert_eq!(
            reports[0]["document"]["digest"], expected[0]["document"]["digest"],
            "{name}"
        );
        assert_eq!(codes(&reports[0]), [""; 0], "{name}");
    }
}

#[test]
fn a_bundle_is_described_and_is_no_signature() {
    let desk = Desk::new();
    let pki = demo::pki().unwrap();
    let variant = "signers = \"none\"\ncertificates = [\"citizen\"]\ncrls = [\"root\", \"ca\"]";
    let none = sign_as(Form::Detached, variant);
    let names = [
        ("bundle.p7b", none.clone()),
        ("bundle.pem", pem("PKCS7", &none, "\n")),
    ];
    for (name, file) in names {
        desk.write(name, &file);
        let certificate = pki.certificate(demo::CITIZEN).unwrap();
        let named = format!("certificate {}", sha256(&certificate.der));
        assert_inspected(
            &desk,
            name,
            &["SignedData version 1", &named, "CRL "],
            &["signer 0", "deviation"],
        );
        let (code, reports) = desk.verify(&[name]);
        assert_eq!(code, 65, "{name}");
        assert_eq!(
            reports[0]["conclusion"]["indication"], "NO_SIGNATURE",
            "{name}"
        );
    }
    // As material it is what its certificates and CRLs are.
    desk.write("crls-in-a-bundle", &none);
    let arguments = [
        "verify",
        "--at",
        desk::AT,
        "--policy",
        "etsi-ades",
        "--anchors",
        "anchors.pem",
        "--crls",
        "crls-in-a-bundle",
        "attached.p7s",
    ];
    assert_eq!(desk.run(&arguments).0, 0);
}

fn sha256(octets: &[u8]) -> String {
    use sha2::Digest as _;
    hex::encode(sha2::Sha256::digest(octets))
}

#[test]
fn each_deviation_is_described_and_judged_by_its_rule() {
    let desk = Desk::new();
    let not_single = (1, "FORMAT_FAILURE", &["cms.attribute.not_single"][..]);
    let not_one_certificate = (
        2,
        "SIG_CONSTRAINTS_FAILURE",
        &["cms.signing_certificate.not_single"][..],
    );
    let unlisted = (0, "", &["cms.digest_algorithms.signer_digest_missing"][..]);
    let after = (1, "FORMAT_FAILURE", &["cms.envelope.trailing_octets"][..]);
    let unsorted = (0, "", &["cms.signed_attributes.unsorted"][..]);
    let fine = (0, "", &[][..]);
    for (name, variant, said, (exit, sub_indication, expected)) in [
        ("exact", "", "", fine),
        (
            "zeros",
            "trailing = \"000000\"",
            "deviation: 3 zero octets after the end",
            fine,
        ),
        (
            "octets",
            "trailing = \"deadbeef\"",
            "deviation: 4 octets after the end",
            after,
        ),
        (
            "element",
            "trailing = \"3003020101\"",
            "deviation: 5 octets after the end",
            after,
        ),
        (
            "digest-twice",
            "repeat = [\"message-digest\"]",
            "deviation: signer 0 has messageDigest again",
            not_single,
        ),
        (
            "type-twice",
            "repeat = [\"content-type\"]",
            "deviation: signer 0 has contentType again",
            not_single,
        ),
        (
            "time-twice",
            "repeat = [\"signing-time\"]",
            "deviation: signer 0 has signingTime again",
            not_single,
        ),
        (
            "certificate-twice",
            "repeat = [\"signing-certificate\"]",
            "deviation: signer 0 has signingCertificateV2 again",
            not_one_certificate,
        ),
        (
            "digest-of-two-values",
            "multi_valued = [\"message-digest\"]",
            "deviation: messageDigest of signer 0 has 2 values",
            not_single,
        ),
        (
            "type-of-two-values",
            "multi_valued = [\"content-type\"]",
            "deviation: contentType of signer 0 has 2 values",
            not_single,
        ),
        (
            "time-of-two-values",
            "multi_valued = [\"signing-time\"]",
            "deviation: signingTime of signer 0 has 2 values",
            not_single,
        ),
        (
            "certificate-of-two-values",
            "multi_valued = [\"signing-certificate\"]",
            "deviation: signingCertificateV2 of signer 0 has 2 values",
            not_one_certificate,
        ),
        (
            "empty",
            "digest_algorithms = []",
            "deviation: digestAlgorithms is empty",
            unlisted,
        ),
        (
            "of-another",
            "digest_algorithms = [\"2.16.840.1.101.3.4.2.1\"]",
            "deviation: streebog256 of signer 0 is not in digestAlgorithms",
            unlisted,
        ),
        (
            "with-another",
            "digest_algorithms = [\"2.16.840.1.101.3.4.2.1\", \"1.2.643.7.1.1.2.2\"]",
            "",
            fine,
        ),
        (
            "unsorted",
            "signed_attributes = \"unsorted-signed-as-sent\"",
            "deviation: signed attributes of signer 0 are not sorted",
            unsorted,
        ),
    ] {
        desk.write(name, &sign(variant));
        match said {
            "" => assert_inspected(&desk, name, &["SignedData"], &["deviation"]),
            said => assert_inspected(&desk, name, &[said], &[]),
        }
        let (code, reports) = desk.verify(&[name]);
        let conclusion = &reports[0]["conclusion"];
        let actual = conclusion["sub_indication"].as_str().unwrap_or_default();
        assert_eq!((code, actual), (exit, sub_indication), "{name}");
        assert_eq!(codes(&reports[0]), expected, "{name}");
    }
}
