//! The working public key: §6.1.2 (g) to (i), §6.1.4 (d) to (f), §6.1.5 (c) to (e). The key of each
//! certificate, with its own algorithm and parameters, is what the next signature is verified with.

use std::sync::Arc;

use sig_core::alg::provider::RUSTCRYPTO;
use sig_core::alg::signature::KeyRejected;
use sig_core::path::build::{Search, Sources, search};
use sig_core::x509::certificate::Certificate;
use sig_core::x509::signed::SignedRejected;
use sig_core::{Budget, Limits};

use super::basic::material;
use crate::certificates::*;

const EC_PUBLIC_KEY: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];

/// Root, authority and person of one PKI, P-256 each.
fn real() -> [Arc<Certificate>; 3] {
    let material = material("p256", &["root", "ca", "person"], &[]);
    let [ca, person] = material.certificates.try_into().unwrap();
    [Arc::clone(&material.anchors[0]), ca, person]
}

/// A stand-in with the name of a certificate and another key.
fn with_key(certificate: &Certificate, key: Vec<u8>) -> Arc<Certificate> {
    let name = certificate.subject.octets.to_vec();
    authority("CA", "Root").subject(name).key(key).make()
}

/// The point of a P-256 key.
fn point(certificate: &Certificate) -> Vec<u8> {
    let octets = &certificate.spki.octets;
    octets[octets.len() - 65..].to_vec()
}

/// What the search says when `issuer` is the only one who could have issued `subject`.
fn rejected(subject: &Arc<Certificate>, issuer: Arc<Certificate>) -> Option<SignedRejected> {
    let anchors = [issuer];
    let sources = Sources::new(&anchors, &[], &RUSTCRYPTO);
    let mut budget = Budget::new(Limits::STANDARD);
    let end = search(subject, sources, &mut budget, &mut |_, _| Ok(Search::Stop));
    let end = end.unwrap()?;
    Some(end.rejected.unwrap())
}

/// The key of another certificate, a key without its parameters, a key of another algorithm.
fn other_keys(certificate: &Certificate, other: &Certificate) -> [Vec<u8>; 3] {
    [
        other.spki.octets.to_vec(),
        spki(&[oid(EC_PUBLIC_KEY)], &point(certificate)),
        spki(&[oid(&[0x2b, 0x65, 0x70])], &[7; 32]),
    ]
}

/// The key verifies what it should, and no replacement does.
fn only_its_own_key(issuer: &Arc<Certificate>, subject: &Arc<Certificate>, other: &Certificate) {
    assert_eq!(rejected(subject, Arc::clone(issuer)), None);
    let whole = spki(&[oid(EC_PUBLIC_KEY), oid(P256)], &point(issuer));
    assert_eq!(rejected(subject, with_key(issuer, whole)), None);
    let [key, parameters, algorithm] = other_keys(issuer, other);
    assert_eq!(
        rejected(subject, with_key(issuer, key)),
        Some(SignedRejected::BadSignature)
    );
    assert_eq!(
        rejected(subject, with_key(issuer, parameters)),
        Some(SignedRejected::Key(KeyRejected::UnknownParameters))
    );
    assert!(matches!(
        rejected(subject, with_key(issuer, algorithm)),
        Some(SignedRejected::Unresolved(_))
    ));
}

#[test]
fn rfc5280_6_1_2_g_h_i_the_first_key_is_the_anchors() {
    let [root, ca, _] = real();
    only_its_own_key(&root, &ca, &ca);
}

#[test]
fn rfc5280_6_1_4_d_e_f_the_next_key_is_the_certificates() {
    let [root, ca, person] = real();
    // The key above does not verify what the authority signed.
    only_its_own_key(&ca, &person, &root);
}

#[test]
fn rfc5280_6_1_5_c_d_e_the_key_of_the_path_is_the_end_entitys() {
    let [root, ca, person] = real();
    let anchors = [Arc::clone(&root)];
    let sources = Sources::new(&anchors, &[], &RUSTCRYPTO);
    let mut paths = Vec::new();
    let mut budget = Budget::new(Limits::STANDARD);
    search(&ca, sources, &mut budget, &mut |path, _| {
        paths.push(path);
        Ok(Search::Continue)
    })
    .unwrap();
    let [path] = paths.try_into().unwrap();
    let verified = |key: &Certificate| {
        let mut budget = Budget::new(Limits::STANDARD);
        let signed = &person.signed;
        signed.verify(&key.spki, &RUSTCRYPTO, &mut budget).unwrap()
    };
    assert!(verified(&path.certificates[0]).is_ok());
    assert_eq!(verified(&path.anchor), Err(SignedRejected::BadSignature));
    let [_, parameters, algorithm] = other_keys(&ca, &root);
    assert_eq!(
        verified(&with_key(&ca, parameters)),
        Err(SignedRejected::Key(KeyRejected::UnknownParameters))
    );
    assert!(verified(&with_key(&ca, algorithm)).is_err());
}
