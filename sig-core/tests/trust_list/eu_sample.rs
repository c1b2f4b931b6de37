//! The trusted list of Iceland of 2019, as it was published.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sig_core::alg::digest::DigestId;
use sig_core::alg::provider::RUSTCRYPTO;
use sig_core::alg::signature::SignatureScheme;
use sig_core::der::octets::Octets;
use sig_core::trust::etsi_list::{
    ListKind, PointerRejected, ServiceStatus, ServiceType, ServiceUse, SignedEtsiList,
    is_etsi_list, stated_territory,
};

use super::*;

fn sample() -> Option<String> {
    let path = corpus("tsl/eu-tl-IS.xml")?;
    Some(fs::read_to_string(path).unwrap())
}

fn read_eu(xml: &str, signer: &[u8]) -> Result<SignedEtsiList, ListRejected> {
    let signers = [Octets::from(signer)];
    SignedEtsiList::read(xml.as_bytes(), &signers, &RUSTCRYPTO, &ListLimits::STANDARD)
}

/// The certificate in KeyInfo.
fn stated_signer(xml: &str) -> Vec<u8> {
    let (_, rest) = xml.split_once("<ds:X509Certificate>").unwrap();
    let text = rest.split_once('<').unwrap().0;
    STANDARD
        .decode(text.replace(['\r', '\n', ' '], ""))
        .unwrap()
}

#[test]
fn it_verifies_with_its_signer_given_and_says_what_was_listed() {
    let Some(xml) = sample() else { return };
    let signer = stated_signer(&xml);
    let signed = read_eu(&xml, &signer).unwrap();
    assert_eq!(signed.signer[..], signer[..]);
    assert_eq!(signed.signature.scheme, SignatureScheme::RsaPkcs1);
    assert_eq!(signed.digest_of_document.algorithm, DigestId::Sha256);
    let list = &signed.list;
    let header = &list.header;
    assert_eq!((header.version, header.sequence_number), (5, 13));
    assert_eq!(
        (&*header.territory, &header.kind),
        ("IS", &ListKind::National)
    );
    assert_eq!(header.issued_at.to_string(), "2019-06-14T01:00:00Z");
    assert_eq!(
        header.next_update.unwrap().to_string(),
        "2019-12-14T00:00:00Z"
    );
    let last = header.next_update.unwrap();
    assert!(!list.is_past_next_update(last));
    assert!(list.is_past_next_update(last.plus_seconds(1)));
    assert_eq!(list.notes, []);

    let [pointer] = &list.pointers[..] else {
        panic!()
    };
    assert_eq!(pointer.kind, Some(ListKind::ListOfLists));
    assert_eq!(pointer.territory.as_deref(), Some("EU"));
    assert_eq!(pointer.signers.len(), 8);
    let mut named = list.signers_of("EU", &ListKind::ListOfLists).unwrap();
    let mut expected = pointer.signers.clone();
    for signers in [&mut named, &mut expected] {
        signers.sort_by(|left, right| left.as_ref().cmp(right.as_ref()));
    }
    assert_eq!(named, expected);
    for (territory, kind, why) in [
        ("EU", ListKind::National, PointerRejected::OtherType),
        ("IS", ListKind::ListOfLists, PointerRejected::NotNamed),
    ] {
        assert_eq!(list.signers_of(territory, &kind), Err(why));
    }

    let [authority, old, new] = &list.services[..] else {
        panic!()
    };
    assert_eq!(authority.provider.name.as_deref(), Some("Audkenni ehf."));
    assert_eq!(authority.name.as_deref(), Some("Fulltgilt audkenni"));
    assert_eq!(authority.certificates.len(), 2);
    let at = |time| UnixTime::parse_rfc3339(time).unwrap();
    let statuses = |time| {
        let period = authority.at(at(time));
        period.map(|it| (it.service_type.clone(), it.status.clone()))
    };
    let qualified = |status| Some((ServiceType::CaQc, status));
    assert_eq!(statuses("2009-05-05T11:59:59Z"), None);
    assert_eq!(
        statuses("2009-05-05T12:00:00Z"),
        qualified(ServiceStatus::UnderSupervision)
    );
    assert_eq!(
        statuses("2016-06-30T21:59:59Z"),
        qualified(ServiceStatus::UnderSupervision)
    );
    assert_eq!(
        statuses("2016-06-30T22:00:00Z"),
        qualified(ServiceStatus::Granted)
    );
    assert_eq!(authority.latest().unwrap().uses, [ServiceUse::Signatures]);
    assert_eq!(old.periods.len(), 3);
    assert_eq!(old.latest().unwrap().status, ServiceStatus::Withdrawn);
    assert_eq!(new.subject_names.len(), 1);
    assert_eq!(new.key_identifiers[0].len(), 20);
}

#[test]
fn another_signer_is_refused() {
    let Some(xml) = sample() else { return };
    let other = fixture::certificate(1);
    assert_eq!(read_eu(&xml, &other), Err(ListRejected::SignerNotNamed));
    let none = SignedEtsiList::read(xml.as_bytes(), &[], &RUSTCRYPTO, &ListLimits::STANDARD);
    assert_eq!(none, Err(ListRejected::SignerNotNamed));
}

#[test]
fn edits_are_refused() {
    let Some(xml) = sample() else { return };
    let signer = stated_signer(&xml);
    for (from, to, reason) in [
        (
            "Svcstatus/withdrawn",
            "Svcstatus/granted",
            SignatureRejected::DigestMismatch,
        ),
        (
            "<TSLSequenceNumber>13<",
            "<TSLSequenceNumber>14<",
            SignatureRejected::DigestMismatch,
        ),
        (
            "2018-06-20T22:00:00Z",
            "2038-06-20T22:00:00Z",
            SignatureRejected::DigestMismatch,
        ),
        (
            "2019-06-18T09:24:48Z",
            "2029-06-18T09:24:48Z",
            SignatureRejected::PropertiesChanged,
        ),
        ("ds:X509Data>", "ds:Other>", SignatureRejected::SignerCount),
    ] {
        assert!(xml.contains(from), "{from}");
        let refused = read_eu(&xml.replace(from, to), &signer);
        assert_eq!(refused, Err(ListRejected::Signature(reason)), "{from}");
    }
}

#[test]
fn its_kind_is_known_before_its_signature() {
    let Some(xml) = sample() else { return };
    assert!(is_etsi_list(xml.as_bytes()));
    assert_eq!(
        stated_territory(xml.as_bytes(), &ListLimits::STANDARD),
        Ok(Some(("IS".to_owned(), ListKind::National)))
    );
    assert!(!is_etsi_list(fixture::two_authorities().xml().as_bytes()));
}
