//! The signed sample of the e-trust schema, with GOST algorithms.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sig_core::alg::digest::DigestId;
use sig_core::alg::signature::{KeyRejected, SignatureScheme};

use super::*;

fn sample() -> Option<String> {
    let path = corpus("tsl/synthetic-e-trust-schema-signed.xml")?;
    Some(fs::read_to_string(path).unwrap())
}

/// The text between the first of these tags.
fn between<'a>(text: &'a str, open: &str, close: &str) -> &'a str {
    let (_, rest) = text.split_once(open).unwrap();
    rest.split_once(close).unwrap().0
}

#[test]
fn it_verifies_and_says_who_was_accredited_when() {
    let Some(xml) = sample() else { return };
    let signed = read(&xml).unwrap();
    let list = &signed.list;
    assert_eq!(
        (list.version, list.notes.len(), list.services.len()),
        (1, 0, 7)
    );
    assert_eq!(
        list.issued_at,
        UnixTime::parse_rfc3339("2026-11-21T00:00:00Z")
    );
    assert!(
        list.services
            .iter()
            .all(|service| service.certificates.len() == 1)
    );
    assert!(
        list.services
            .iter()
            .all(|service| service.key_identifier.len() == 20)
    );
    assert!(
        list.services
            .iter()
            .all(|service| service.tool_class.as_deref() == Some("КС2"))
    );
    assert!(
        list.services
            .iter()
            .all(|service| service.crl_addresses.len() == 1)
    );

    let taxnet = by_ogrn(&signed, "1021602855262");
    assert_eq!(taxnet.authority.name.as_deref(), Some("ЗАО \"ТАКСНЕТ\""));
    assert_eq!(taxnet.authority.inn.as_deref(), Some("1655045406"));
    assert_eq!(taxnet.authority.registry_number.as_deref(), Some("2"));
    assert_eq!(taxnet.history.changes().len(), 2);
    assert_eq!(status_at(taxnet, "2012-08-31T19:59:59Z"), None);
    assert_eq!(
        status_at(taxnet, "2019-12-16T00:00:00Z"),
        Some(Status::InForce)
    );
    assert_eq!(
        status_at(taxnet, "2021-06-30T23:59:59+03:00"),
        Some(Status::InForce)
    );
    assert_eq!(
        status_at(taxnet, "2021-07-01T00:00:00+03:00"),
        Some(Status::Terminated)
    );
    assert_eq!(
        status_at(taxnet, "2022-01-01T00:00:00Z"),
        Some(Status::Terminated)
    );

    assert_eq!(signed.signature.scheme, SignatureScheme::Gost2012_256);
    assert_eq!(signed.digest_of_document.algorithm, DigestId::Streebog256);
    let digest = between(&xml, "<DigestValue>", "</DigestValue>");
    assert_eq!(STANDARD.encode(&signed.digest_of_document.value), digest);
    let signer = between(&xml, "<X509Certificate>", "</X509Certificate>");
    assert_eq!(STANDARD.encode(&signed.signer), signer);
}

#[test]
fn what_does_not_change_the_canonical_form_is_accepted() {
    let Some(xml) = sample() else { return };
    let expected = read(&xml).unwrap();
    for (from, to) in [
        ("Прекращена", "Прек<!-- Действует -->ращена"),
        ("Прекращена", "<![CDATA[Прекращена]]>"),
        ("Прекращена", "&#x41f;рекращена"),
        ("<Версия>1", "<Версия\n >1"),
        ("<?xml version='1.0' encoding='UTF-8'?>", "<!-- a list -->"),
        (
            "</АккредитованныеУдостоверяющиеЦентры>",
            "</АккредитованныеУдостоверяющиеЦентры>\n<!-- end -->\n",
        ),
        ("<SignatureValue>", "<SignatureValue>\r\n "),
    ] {
        let edited = xml.replace(from, to);
        assert_ne!(edited, xml);
        assert_eq!(read(&edited), Ok(expected.clone()), "{to}");
    }
}

#[test]
fn altered_copies_are_refused() {
    let Some(xml) = sample() else { return };
    let digest = between(&xml, "<DigestValue>", "</DigestValue>");
    let value = between(&xml, "<SignatureValue>", "</SignatureValue>");
    let flipped = |text: &str| {
        let mut octets = STANDARD.decode(text).unwrap();
        octets[7] ^= 1;
        STANDARD.encode(octets)
    };
    for (from, to, reason) in [
        ("Прекращена", "Действует", SignatureRejected::DigestMismatch),
        (
            "2021-07-01",
            "2031-07-01",
            SignatureRejected::DigestMismatch,
        ),
        (
            "<Версия>1<",
            "<Версия>2<",
            SignatureRejected::DigestMismatch,
        ),
        (
            "<Версия>1<",
            "<Версия>1 <",
            SignatureRejected::DigestMismatch,
        ),
        (
            "<Версия>1<",
            "<Версия><?p?>1<",
            SignatureRejected::DigestMismatch,
        ),
        (digest, &flipped(digest), SignatureRejected::DigestMismatch),
        (digest, &digest[4..], SignatureRejected::DigestValue),
        (value, &flipped(value), SignatureRejected::SignatureInvalid),
        (value, "", SignatureRejected::SignatureInvalid),
        (value, "нет", SignatureRejected::SignatureValue),
        (
            "-256\"/><Reference",
            "-512\"/><Reference",
            SignatureRejected::MethodsDisagree,
        ),
    ] {
        let edited = xml.replace(from, to);
        assert_ne!(edited, xml);
        assert_eq!(refused_for(&edited), Some(reason), "{from} to {to}");
    }
}

/// A digest made to fit an edited document does not help without the key.
#[test]
fn an_edited_digest_of_an_edited_list_is_refused() {
    let Some(xml) = sample() else { return };
    let edited = xml.replace("Прекращена", "Действует");
    let start = edited.find("<АккредитованныеУдостоверяющиеЦентры").unwrap();
    let signature = edited.find("<Signature ").unwrap();
    let end = edited.find("</Signature>").unwrap() + "</Signature>".len();
    let canonical = [&edited[start..signature], &edited[end..]].concat();
    let digest = fixture::ALGORITHMS
        .digest(DigestId::Streebog256)
        .unwrap()
        .digest(canonical.as_bytes())
        .unwrap();
    let old = between(&edited, "<DigestValue>", "</DigestValue>");
    let forged = edited.replace(old, &STANDARD.encode(digest.value));
    assert_eq!(
        refused_for(forged),
        Some(SignatureRejected::SignatureInvalid)
    );
}

#[test]
fn another_signer_is_refused() {
    let Some(xml) = sample() else { return };
    let signer = between(&xml, "<X509Certificate>", "</X509Certificate>");
    let another = between(&xml, "<Данные>", "</Данные>");
    let elliptic = STANDARD.encode(fixture::certificate(1));
    for (certificate, reason) in [
        (another, SignatureRejected::SignatureInvalid),
        (
            &elliptic,
            SignatureRejected::SignerKey(KeyRejected::OtherAlgorithm),
        ),
        (&signer[..400], SignatureRejected::SignerCertificate),
        ("", SignatureRejected::SignerCertificate),
        ("нет", SignatureRejected::SignerCertificate),
    ] {
        let edited = xml.replace(signer, certificate);
        assert_eq!(refused_for(edited), Some(reason));
    }
}

/// Every sixteenth octet, changed: refused, or the same list.
#[test]
fn no_changed_octet_changes_the_list() {
    let Some(xml) = sample() else { return };
    let expected = read(&xml).unwrap();
    let mut octets = xml.into_bytes();
    let mut refused = 0;
    for at in (0..octets.len()).step_by(16) {
        octets[at] ^= 1;
        match read(&octets) {
            Ok(signed) => assert_eq!(signed.list, expected.list, "octet {at}"),
            Err(_) => refused += 1,
        }
        octets[at] ^= 1;
    }
    assert!(refused > 1_900, "{refused}");
}

#[test]
fn no_part_of_the_list_is_read() {
    let Some(xml) = sample() else { return };
    for end in (0..xml.len())
        .step_by(997)
        .filter(|end| xml.is_char_boundary(*end))
    {
        assert!(read(&xml[..end]).is_err(), "{end}");
    }
}
