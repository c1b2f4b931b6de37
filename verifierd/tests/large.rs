//! Files that pass by: the same reports as files at hand, in little memory.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/desk.rs"]
mod desk;

use desk::{AT, Desk};
use serde_json::Value;
use sig_core::{
    Evidence, Limits, Material, Policy, UnixTime, Validator,
    alg::openssl::OPENSSL,
    report::json,
    trust::mintsifry_list::ListLimits,
    trust::snapshot::{ListSigner, TrustSnapshot},
};
use std::sync::Arc;
use testdata::{Form, Timestamp, Variant, demo};

const SIGNED_AT: Timestamp = Timestamp(1_795_000_000);
const SIZE: usize = 3 << 19;

fn content() -> Vec<u8> {
    (0..SIZE).map(|at| (at / 7 % 251) as u8).collect()
}

fn sign(form: Form, variant: &str) -> Vec<u8> {
    let pki = demo::pki().unwrap();
    let person = demo::CITIZEN;
    let token = pki.token(person).unwrap();
    let variant: Variant = toml::from_str(variant).unwrap();
    token.sign(&content(), form, SIGNED_AT, &variant).unwrap()
}

/// The report on a file at hand, as the library gives it.
fn at_hand(desk: &Desk, file: &[u8], document: Option<&[u8]>) -> Value {
    let at = UnixTime::parse_rfc3339(AT).unwrap();
    let limits = Limits::STANDARD;
    let mut material = Material::default();
    material
        .add_anchors(&desk.read("anchors.pem"), &limits)
        .unwrap();
    material.add(&desk.read("crls.pem"), &limits).unwrap();
    let pin = ListSigner {
        anchors: material.anchors.clone(),
        ogrn: ListSigner::MINISTRY_OGRN.to_owned(),
        taken_at: at,
    };
    let list = desk.read("accredited-cas.xml");
    let snapshot = TrustSnapshot::build(&list, &pin, &OPENSSL, ListLimits::STANDARD).unwrap();
    let crls = std::mem::take(&mut material.crls);
    material.trust = Some(Arc::new(snapshot.with_crls(crls, &OPENSSL).unwrap()));
    let validator = Validator {
        algorithms: &OPENSSL,
        policy: Policy::builtin("ru-qes").unwrap(),
        limits,
    };
    let mut evidence = Evidence::parse(file, &limits)
        .unwrap()
        .with_material(material);
    if let Some(document) = document {
        evidence = evidence.with_content(document);
    }
    let report = validator.validate(evidence, at).unwrap();
    serde_json::from_str(&json::write(&report)).unwrap()
}

fn base64(octets: &[u8]) -> Vec<u8> {
    use base64::Engine as _;
    let text = base64::engine::general_purpose::STANDARD.encode(octets);
    let lines = text.as_bytes().chunks(76);
    lines.flat_map(|line| [line, b"\r\n"].concat()).collect()
}

#[test]
fn a_large_file_has_the_report_of_one_at_hand_in_every_form() {
    let desk = Desk::new();
    let der = sign(Form::Attached, "");
    let ber = sign(Form::Attached, "encoding = \"ber-indefinite\"");
    let pem = [
        &b"-----BEGIN CMS-----\n"[..],
        &base64(&der),
        b"-----END CMS-----\n",
    ]
    .concat();
    for (name, file) in [
        ("der", der.clone()),
        ("pem", pem),
        ("base64", base64(&der)),
        ("base64-of-ber", base64(&ber)),
    ] {
        desk.write(name, &file);
        let (code, reports) = desk.verify(&[name]);
        assert_eq!(code, 0, "{name}");
        let (_, from_input) = desk.verify_input(&["-"], name);
        assert_eq!(from_input, reports, "{name}");
        if name != "base64-of-ber" {
            assert_eq!(reports[0], at_hand(&desk, &file, None), "{name}");
        }
    }
    let mut changed = der;
    changed[SIZE / 2] ^= 1;
    desk.write("changed", &changed);
    let (code, reports) = desk.verify(&["changed"]);
    assert_eq!(code, 1);
    assert_eq!(reports[0], at_hand(&desk, &changed, None));
    desk.write("cut", &changed[..SIZE]);
    let (code, reports) = desk.verify(&["cut"]);
    assert_eq!(code, 1);
    assert_eq!(reports[0], at_hand(&desk, &changed[..SIZE], None));
}

#[test]
fn a_large_document_is_hashed_once_for_all_its_signatures() {
    let desk = Desk::new();
    let (gost, attached) = (sign(Form::Detached, ""), sign(Form::Attached, ""));
    desk.write("document", &content());
    desk.write("gost.p7s", &gost);
    desk.write("attached-too.p7s", &attached);
    let arguments = [
        "--content",
        "document",
        "gost.p7s",
        "detached.p7s",
        "attached-too.p7s",
    ];
    let (code, reports) = desk.verify(&arguments);
    assert_eq!(code, 1);
    let files = [gost, desk.read("detached.p7s"), attached];
    for (report, file) in reports.iter().zip(&files) {
        assert_eq!(*report, at_hand(&desk, file, Some(&content())));
    }
    let (code, from_input) = desk.verify_input(&["--content", "-", "gost.p7s"], "document");
    assert_eq!((code, &from_input[0]), (0, &reports[0]));
    let (code, _) = desk.verify_input(&["--content", "document", "-"], "gost.p7s");
    assert_eq!(code, 0);
    assert_eq!(desk.verify(&["--content", "-", "-"]).0, 64);
}

#[test]
fn digests_that_no_list_names_cost_a_second_reading() {
    let desk = Desk::new();
    let file = sign(Form::Attached, "digest_algorithms = []");
    desk.write("unlisted", &file);
    let (code, reports) = desk.verify(&["unlisted"]);
    assert_eq!((code, &reports[0]), (0, &at_hand(&desk, &file, None)));
    // Standard input is read once.
    let (code, reports) = desk.verify_input(&["-"], "unlisted");
    assert_eq!(code, 2);
    let conclusion = &reports[0]["conclusion"];
    assert_eq!(conclusion["sub_indication"], "SIGNED_DATA_NOT_FOUND");
}

#[test]
fn inspect_tells_form_and_encoding() {
    let desk = Desk::new();
    let pki = demo::pki().unwrap();
    let token = pki.token(demo::CITIZEN).unwrap();
    let variant = |text: &str| toml::from_str::<Variant>(text).unwrap();
    let sign = |text: &str| {
        let content = b"content that is longer than a segment";
        token
            .sign(content, Form::Attached, SIGNED_AT, &variant(text))
            .unwrap()
    };
    desk.write("base64", &base64(&sign("encoding = \"ber-indefinite\"")));
    desk.write(
        "unlisted",
        &[&sign("digest_algorithms = []")[..], &[0, 0]].concat(),
    );
    for (name, parts) in [
        (
            "base64",
            &[
                "base64, 1 object",
                "BER",
                "indefinite length(s)",
                "1 string(s) in segments",
                "3 segment(s)",
            ][..],
        ),
        (
            "unlisted",
            &[
                "binary, 1 object",
                "DER",
                "digestAlgorithms is empty",
                "2 zero octets after the end",
            ],
        ),
    ] {
        let (code, output) = desk.run(&["inspect", "--lang", "en", name]);
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(code, 0);
        for part in parts {
            assert!(text.contains(part), "{part} in {text}");
        }
    }
}
