use super::*;
use crate::base::limits::Limits;
use crate::der::oids;
use crate::der::writer;

fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    writer::element(Tag::SEQUENCE, &parts.concat())
}

fn explicit(number: u32, content: &[u8]) -> Vec<u8> {
    writer::element(Tag::context(number).constructed(), content)
}

fn sha1() -> Vec<u8> {
    writer::element(Tag::OCTET_STRING, &[1; 20])
}

fn sha256() -> Vec<u8> {
    let id = writer::element(Tag::OID, oids::SHA256.content());
    let value = writer::element(Tag::OCTET_STRING, &[2; 32]);
    sequence(&[&sequence(&[&id]), &value])
}

fn budget() -> Budget {
    Budget::new(Limits::STANDARD)
}

#[test]
fn both_forms_of_a_digest_are_read() {
    let issuer_serial = sequence(&[]);
    let value = sequence(&[
        &sequence(&[&sha1()]),
        &sequence(&[&sha256(), &issuer_serial]),
    ]);
    let references = CertificateReferences::read(&value.into(), &mut budget()).unwrap();
    let all = references.all.iter();
    let all: Vec<_> = all.map(|it| (it.algorithm, it.value.to_vec())).collect();
    assert_eq!(
        all,
        [
            (Ok(DigestId::Sha1), vec![1; 20]),
            (Ok(DigestId::Sha256), vec![2; 32])
        ]
    );
}

#[test]
fn crls_and_ocsp_are_read_from_every_member() {
    let crls = explicit(0, &sequence(&[&sequence(&[&sequence(&[&sha256()])])]));
    let key = explicit(2, &sha1());
    let time = writer::element(Tag::GENERALIZED_TIME, b"20260101000000Z");
    let with = sequence(&[&sequence(&[&key, &time]), &sha1()]);
    let without = sequence(&[&sequence(&[&key, &time])]);
    let ocsp = explicit(1, &sequence(&[&sequence(&[&with, &without])]));
    let other = explicit(2, &sequence(&[]));
    let value = sequence(&[
        &sequence(&[&crls]),
        &sequence(&[&ocsp]),
        &sequence(&[&crls, &ocsp, &other]),
    ]);
    let references = RevocationReferences::read(&value.into(), &mut budget()).unwrap();
    assert_eq!((references.crls.len(), references.ocsp.len()), (2, 4));
    let has_digest = references.ocsp.iter().map(|it| it.digest.is_some());
    assert_eq!(has_digest.collect::<Vec<_>>(), [true, false, true, false]);
    assert_eq!(
        references.ocsp[0].produced_at.to_string(),
        "2026-01-01T00:00:00Z"
    );
    assert!(references.has_other);
}

#[test]
fn what_is_no_reference_is_refused() {
    let integer = [2, 1, 5];
    for value in [
        sequence(&[&sequence(&[&integer])]),
        sequence(&[&sequence(&[])]),
        sequence(&[&integer]),
        [sequence(&[]), vec![0]].concat(),
    ] {
        let value = Octets::from(value);
        let read = CertificateReferences::read(&value, &mut budget());
        assert!(matches!(read, Err(Error::Malformed(_))));
    }
    let misplaced = sequence(&[&sequence(&[&explicit(3, &sequence(&[]))])]);
    assert!(RevocationReferences::read(&misplaced.into(), &mut budget()).is_err());
}
