//! The report: the keys of `qes.report/1` in their order, and the same octets for the same inputs.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::sync::Arc;

use sig_core::alg::provider::RUSTCRYPTO;
use sig_core::der::octets::Octets;
use sig_core::report::json;
use sig_core::report::text::Detail;
use sig_core::x509::certificate::Certificate;
use sig_core::{Budget, Evidence, Limits, Material, Policy, UnixTime, Validator};
use testdata::{Timestamp, demo};

fn validator() -> Validator {
    let policy = Policy::builtin("ru-qes").unwrap();
    Validator {
        algorithms: &RUSTCRYPTO,
        policy,
        limits: Limits::STANDARD,
    }
}

fn material() -> Material {
    let pki = demo::pki().unwrap();
    let mut material = Material::default();
    material
        .add_anchors(&pki.certificate("root").unwrap().der, &Limits::STANDARD)
        .unwrap();
    for crl in ["root", "ca"] {
        material
            .add(pki.crl(crl).unwrap(), &Limits::STANDARD)
            .unwrap();
    }
    material
}

fn at() -> UnixTime {
    UnixTime::parse_rfc3339("2026-11-21T12:00:00Z").unwrap()
}

fn signature_report() -> String {
    let signature = demo::token()
        .unwrap()
        .sign_attached(b"content", Timestamp(1_795_000_000))
        .unwrap();
    let evidence = Evidence::parse(&signature, &Limits::STANDARD)
        .unwrap()
        .with_material(material());
    json::write(&validator().validate(evidence, at()).unwrap())
}

/// The keys of an object in the order in which they stand in the text.
fn keys(text: &str, object: &serde_json::Value) -> Vec<String> {
    let mut keys: Vec<String> = object.as_object().unwrap().keys().cloned().collect();
    keys.sort_by_key(|key| text.find(&format!("\"{key}\":")).unwrap());
    keys
}

#[test]
fn keys_stand_in_the_order_of_the_schema() {
    let text = signature_report();
    let report: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert!(text.starts_with(r#"{"schema":"qes.report/1","engine":"sig-core "#));
    assert_eq!(
        keys(&text, &report),
        [
            "schema",
            "engine",
            "back_end",
            "at",
            "policy",
            "trust",
            "trusted_lists",
            "document",
            "conclusion",
            "signatures",
            "work"
        ]
    );
    let start = text.find(r#""signatures":["#).unwrap();
    let signature = &report["signatures"][0];
    assert_eq!(
        keys(&text[start..], signature),
        [
            "id",
            "parent",
            "conclusion",
            "integrity",
            "level",
            "algorithms",
            "signer",
            "times",
            "path",
            "qualified",
            "findings",
            "not_checked",
            "time_stamps",
            "attributes",
            "counter_signatures"
        ]
    );
    for (object, expected) in [
        (
            &signature["algorithms"],
            &["digest", "key", "signature"][..],
        ),
        (
            &signature["signer"]["subject"],
            &[
                "cn",
                "given_name",
                "inn",
                "ogrn",
                "repeated",
                "snils",
                "surname",
            ],
        ),
        (
            &signature["signer"]["certificate"],
            &["issuer", "not_after", "not_before", "serial", "sha256"],
        ),
        (
            &signature["times"],
            &["checked_at", "claimed", "proven_not_later_than"],
        ),
        (&signature["path"][0], &["revocation", "sha256", "subject"]),
        (
            &signature["path"][0]["revocation"],
            &["source", "status", "this_update"],
        ),
        (
            &signature["qualified"]["conditions"][0],
            &["evidence", "id", "missing", "status"],
        ),
        (
            &signature["findings"][0],
            &["clause", "code", "facts", "level", "subject", "text"],
        ),
        (&signature["findings"][0]["text"], &["en", "ru"]),
        (
            &report["work"],
            &[
                "bytes",
                "fetches",
                "name_comparisons",
                "name_constraint_checks",
                "nodes",
                "path_candidates",
                "policy_nodes",
                "signature_checks",
            ],
        ),
    ] {
        let mut actual: Vec<&String> = object.as_object().unwrap().keys().collect();
        actual.sort();
        assert_eq!(actual, expected);
    }
}

#[test]
fn the_same_inputs_give_the_same_octets() {
    assert_eq!(signature_report(), signature_report());
}

#[test]
fn a_certificate_has_the_same_envelope() {
    let der = demo::pki()
        .unwrap()
        .certificate("citizen")
        .unwrap()
        .der
        .clone();
    let mut budget = Budget::new(Limits::STANDARD);
    let certificate = Arc::new(Certificate::from_der(&Octets::from(der), &mut budget).unwrap());
    let report = validator()
        .validate_certificate(&certificate, &material(), at())
        .unwrap();
    let text = json::write(&report);
    assert!(!text.contains("\"steps\""));
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        keys(&text, &value),
        [
            "schema",
            "engine",
            "back_end",
            "at",
            "policy",
            "trust",
            "trusted_lists",
            "certificate",
            "work"
        ]
    );
    for key in ["conclusion", "path", "qualified", "findings", "policies"] {
        assert!(value["certificate"].get(key).is_some(), "{key}");
    }
    let explained = json::write_in(&report, Detail::Explain);
    let explained: serde_json::Value = serde_json::from_str(&explained).unwrap();
    let step = &explained["certificate"]["steps"][0];
    let mut names: Vec<&String> = step.as_object().unwrap().keys().collect();
    names.sort();
    assert_eq!(
        names,
        [
            "clause", "codes", "id", "outcome", "source", "subject", "text", "why"
        ]
    );
}
