//! What the signed octets of a list's signature show without the list.

use p256::ecdsa::Signature;
use p256::ecdsa::signature::hazmat::PrehashSigner;
use sha2::{Digest, Sha256};
use sig_core::alg::provider::RUSTCRYPTO;
use sig_core::x509::certificate::Certificate;
use sig_core::{Budget, Limits};

use sig_core::trust::xml_signature::{SignatureProof, SignatureRejected as Refused};

use super::eu_fixture::two_services;
use super::fixture::{DSIG, Fixture, HEAD, certificate, key};

/// The octets are signed as they are.
fn checked(signed_info: &str) -> Result<Vec<u8>, Refused> {
    let declared = format!("<ds:SignedInfo xmlns:ds=\"{DSIG}\"");
    let octets = signed_info.replacen("<ds:SignedInfo", &declared, 1);
    let value: Signature = key(1).sign_prehash(&Sha256::digest(&octets)).unwrap();
    let proof = SignatureProof::new(octets.into_bytes(), value.to_der().as_bytes().to_vec());
    let octets = certificate(1).into();
    let signer = Certificate::from_der(&octets, &mut Budget::new(Limits::STANDARD)).unwrap();
    let signed = proof.check(&signer, &RUSTCRYPTO)?;
    Ok(signed.digest.value)
}

fn digest() -> String {
    Fixture::new(HEAD).digest()
}

/// Of the form with one reference, and of that with one more to the signed properties.
fn both() -> [String; 2] {
    let one = Fixture::new(HEAD).signed_info;
    let two = two_services()
        .signed_info
        .replace("{properties}", &digest());
    [one, two].map(|it| it.replace("{digest}", &digest()))
}

fn refused(from: &str, to: &str) -> [Option<Refused>; 2] {
    both().map(|it| {
        assert!(it.contains(from), "{from}");
        checked(&it.replacen(from, to, 1)).err()
    })
}

#[test]
fn the_digest_of_a_whole_document_is_shown() {
    for good in both() {
        assert_eq!(checked(&good), Ok(Sha256::digest(document()).to_vec()));
    }
}

fn document() -> String {
    let fixture = Fixture::new(HEAD);
    format!(
        "{}{}{}",
        fixture.root_start, fixture.content, fixture.root_end
    )
}

#[test]
fn a_part_of_a_document_is_not_the_document() {
    for uri in [
        "URI=\"#somewhere\"",
        "URI=\"other.xml\"",
        "xmlns:o=\"urn:o\" o:URI=\"\"",
    ] {
        for found in refused("URI=\"\"", uri) {
            let refused = matches!(found, Some(Refused::ReferenceUri | Refused::Form));
            assert!(refused, "{uri}: {found:?}");
        }
    }
    let without = refused(" URI=\"\"", "");
    assert_eq!(without, [Some(Refused::ReferenceUri); 2]);
}

#[test]
fn attributes_of_another_namespace_are_not_those_of_the_signature() {
    let named = "Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"";
    let foreign = format!("xmlns:o=\"urn:o\" o:{named}");
    assert_eq!(refused(named, &foreign), [Some(Refused::Form); 2]);
    let beside = format!("xmlns:o=\"urn:o\" o:Algorithm=\"other\" {named}");
    assert_eq!(refused(named, &beside), [Some(Refused::Form); 2]);
}

/// A comment neither shortens nor splits a value.
#[test]
fn a_digest_is_read_whole() {
    let digest = digest();
    let longer = format!("{digest}<!-- -->AAAA");
    assert_eq!(refused(&digest, &longer), [Some(Refused::DigestValue); 2]);
    let (start, end) = digest.split_at(9);
    let split = format!("{start}<!-- -->{end}");
    assert_eq!(refused(&digest, &split), [None; 2]);
}

#[test]
fn the_rules_are_those_of_a_whole_signature() {
    let (sha256, sha512) = ("xmlenc#sha256", "xmlenc#sha512");
    let [one, two] = refused(sha256, sha512);
    // Only the form with one reference has the digest of its signature algorithm.
    assert_eq!(one, Some(Refused::MethodsDisagree));
    assert_eq!(two, Some(Refused::DigestValue));
    let transforms = refused("xmldsig#enveloped-signature", "xmldsig#base64");
    assert_eq!(transforms, [Some(Refused::Transforms); 2]);
    let [one, two] = both();
    let start = one.find("<ds:Reference").unwrap();
    let end = one.find("</ds:SignedInfo>").unwrap();
    let reference = &one[start..end];
    let twice = one.replacen(reference, &reference.repeat(2), 1);
    assert_eq!(checked(&twice), Err(Refused::SignedProperties));
    let thrice = one.replacen(reference, &reference.repeat(3), 1);
    assert_eq!(checked(&thrice), Err(Refused::ReferenceCount(3)));
    let stray = two.replacen("<ds:Reference", "text<ds:Reference", 1);
    assert_eq!(checked(&stray), Err(Refused::Form));
}
