use super::*;
use crate::alg::testing::{encoded_oid, integer, spki};
use crate::der::writer::element;
use num_bigint::BigUint;
use p256::ecdsa::SigningKey;
use p256::ecdsa::signature::hazmat::PrehashSigner;
use proptest::prelude::*;

const ORDER: &str = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
/// The key of RFC 6979 §A.2.5.
const X: &str = "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6";
const Y: &str = "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";

fn octets(digits: &str) -> Vec<u8> {
    hex::decode(digits).unwrap()
}

fn uncompressed() -> Vec<u8> {
    [vec![4], octets(X), octets(Y)].concat()
}

fn key(point: &[u8]) -> SubjectPublicKeyInfo {
    spki(oids::EC, &encoded_oid(&oids::P256), point)
}

fn prepare(point: &[u8]) -> Result<Box<dyn VerifyingKey>, KeyRejected> {
    ECDSA_SHA256.prepare(&key(point))
}

fn der(r: &[u8], s: &[u8]) -> Vec<u8> {
    element(Tag::SEQUENCE, &[integer(r), integer(s)].concat())
}

/// The signature of "sample" with SHA-256 in RFC 6979 §A.2.5.
fn sample() -> (Vec<u8>, Vec<u8>) {
    (
        octets("efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"),
        octets("f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"),
    )
}

fn verify(signature: &[u8]) -> bool {
    let key = prepare(&uncompressed()).unwrap();
    key.verify(Message::Octets(b"sample"), signature).is_ok()
}

/// RFC 6979 §A.2.5, message "sample".
#[test]
fn published_signatures_with_every_digest() {
    let rows: [(&Ecdsa, &str, &str); 5] = [
        (
            &ECDSA_SHA1,
            "61340c88c3aaebeb4f6d667f672ca9759a6ccaa9fa8811313039ee4a35471d32",
            "6d7f147dac089441bb2e2fe8f7a3fa264b9c475098fdcf6e00d7c996e1b8b7eb",
        ),
        (
            &ECDSA_SHA224,
            "53b2fff5d1752b2c689df257c04c40a587fababb3f6fc2702f1343af7ca9aa3f",
            "b9afb64fdc03dc1a131c7d2386d11e349f070aa432a4acc918bea988bf75c74c",
        ),
        (
            &ECDSA_SHA256,
            "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716",
            "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
        ),
        (
            &ECDSA_SHA384,
            "0eafea039b20e9b42309fb1d89e213057cbf973dc0cfc8f129edddc800ef7719",
            "4861f0491e6998b9455193e34e7b0d284ddd7149a74b95b9261f13abde940954",
        ),
        (
            &ECDSA_SHA512,
            "8496a60b5e9b47c825488827e0495b0e3fa109ec4568fd3f8d1097678eb97f00",
            "2362ab1adbe2b8adf9cb9edab740ea6049c028114f2460f96554f61fae3302fe",
        ),
    ];
    for (algorithm, r, s) in rows {
        let key = algorithm.prepare(&key(&uncompressed())).unwrap();
        let signature = der(&octets(r), &octets(s));
        let name = algorithm.id();
        let verify = |message: &[u8]| key.verify(Message::Octets(message), &signature);
        assert_eq!(verify(b"sample"), Ok(()), "{name}");
        assert_eq!(verify(b"samplf"), Err(NotVerified::BadSignature), "{name}");
        let digest = algorithm.digest.digest(b"sample").unwrap().value;
        let verify = |digest: &[u8]| key.verify(Message::Digest(digest), &signature);
        assert_eq!(verify(&digest), Ok(()), "{name}");
        assert_eq!(
            verify(&digest[1..]),
            Err(NotVerified::BadSignature),
            "{name}"
        );
        assert_eq!(
            verify(&[&digest[..], &[0]].concat()),
            Err(NotVerified::BadSignature),
            "{name}"
        );
    }
}

#[test]
fn r_and_s_are_positive_and_below_the_order() {
    let (r, s) = sample();
    let order = octets(ORDER);
    let above = |value: &[u8]| {
        (BigUint::from_bytes_be(value) + BigUint::from_bytes_be(&order)).to_bytes_be()
    };
    assert!(verify(&der(&r, &s)));
    for (r, s) in [
        (&[0][..], &s[..]),
        (&r, &[0]),
        (&order, &s),
        (&r, &order),
        (&above(&r), &s),
        (&r, &above(&s)),
        (&s, &r),
    ] {
        assert!(!verify(&der(r, s)));
    }
    // As negative integers: the leading zero left out.
    let negative = element(
        Tag::SEQUENCE,
        &[element(Tag::INTEGER, &r), element(Tag::INTEGER, &s)].concat(),
    );
    assert!(!verify(&negative));
}

#[test]
fn signatures_are_strict_der() {
    let (r, s) = sample();
    let good = der(&r, &s);
    assert!(verify(&good));
    let (r, s) = (integer(&r), integer(&s));
    let sequence = |parts: &[&[u8]]| element(Tag::SEQUENCE, &parts.concat());
    let padded = element(Tag::INTEGER, &[&[0, 0], &sample().0[..]].concat());
    let long_form = [&[0x30, 0x81, good[1]], &good[2..]].concat();
    let indefinite = [&[0x30, 0x80], &good[2..], &[0, 0]].concat();
    for broken in [
        &[&good[..], &[0]].concat()[..],
        &good[..good.len() - 1],
        &sequence(&[&r, &s, &[5, 0]]),
        &sequence(&[&r]),
        &sequence(&[&padded, &s]),
        &long_form,
        &indefinite,
        &element(Tag::SET, &[&r[..], &s].concat()),
        &[sample().0, sample().1].concat(),
        &[],
    ] {
        assert!(!verify(broken));
    }
}

/// BSI TR-03111 §5.2.1: by an identifier of its own, and nothing else by that one.
#[test]
fn plain_signatures_are_r_and_s_of_the_size_of_the_order() {
    use crate::alg::identifier::{AlgorithmIdentifier, resolve_signature};
    let identifier = |oid: Oid| {
        let octets = Octets::from(element(Tag::SEQUENCE, &encoded_oid(&oid)));
        let mut reader = Reader::new(&octets, Encoding::Der, Structure::AlgorithmIdentifier);
        AlgorithmIdentifier::read(&mut reader, &mut Budget::new(Limits::STANDARD)).unwrap()
    };
    let spki = key(&uncompressed());
    let with = |oid: Oid, curve: Oid| {
        let octets = [encoded_oid(&oid), encoded_oid(&curve)].concat();
        let octets = Octets::from(element(Tag::SEQUENCE, &octets));
        let mut reader = Reader::new(&octets, Encoding::Der, Structure::AlgorithmIdentifier);
        let read = AlgorithmIdentifier::read(&mut reader, &mut Budget::new(Limits::STANDARD));
        resolve_signature(&read.unwrap(), None, &spki.algorithm).is_ok()
    };
    assert!(with(oids::ECDSA_PLAIN_SHA256, oids::P256));
    assert!(!with(oids::ECDSA_PLAIN_SHA256, oids::P384));
    assert!(!with(oids::ECDSA_SHA256, oids::P256));
    let verify = |oid, signature: &[u8]| {
        let identifier = identifier(oid);
        let id = resolve_signature(&identifier, None, &spki.algorithm).unwrap();
        assert_eq!(id, ECDSA_SHA256.id());
        let key = ECDSA_SHA256.prepare(&spki).unwrap();
        let message = Message::Octets(b"sample");
        identifier.verify(&*key, message, signature).is_ok()
    };
    let (r, s) = sample();
    let plain = [&r[..], &s].concat();
    assert!(verify(oids::ECDSA_PLAIN_SHA256, &plain));
    assert!(verify(oids::ECDSA_SHA256, &der(&r, &s)));
    assert!(!verify(oids::ECDSA_PLAIN_SHA256, &der(&r, &s)));
    assert!(!verify(oids::ECDSA_SHA256, &plain));
    let longer = [&[0][..], &r, &[0], &s].concat();
    let swapped = [&s[..], &r].concat();
    let zeros = [0; 64];
    for wrong in [
        &longer[..],
        &plain[..63],
        &plain[1..],
        &swapped,
        &zeros,
        &[],
    ] {
        assert!(!verify(oids::ECDSA_PLAIN_SHA256, wrong), "{wrong:02x?}");
    }
    for flipped in [0, 31, 32, 63] {
        let mut wrong = plain.clone();
        wrong[flipped] ^= 1;
        assert!(!verify(oids::ECDSA_PLAIN_SHA256, &wrong));
    }
}

#[test]
fn points_of_both_forms_are_accepted() {
    let (r, s) = sample();
    let signature = der(&r, &s);
    // y is odd.
    let compressed = [vec![3], octets(X)].concat();
    let other = [vec![2], octets(X)].concat();
    for (point, genuine) in [(uncompressed(), true), (compressed, true), (other, false)] {
        let key = prepare(&point).unwrap();
        let verified = key.verify(Message::Octets(b"sample"), &signature);
        assert_eq!(verified.is_ok(), genuine);
    }
}

#[test]
fn other_points_are_refused() {
    let off_curve = {
        let mut point = uncompressed();
        point[64] ^= 1;
        point
    };
    let prime = "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff";
    // The point with x = 5, written as 5 + p in compressed form, would need 33 octets; x = p is 0.
    let not_reduced = [vec![2], octets(prime)].concat();
    assert_eq!(prepare(&off_curve).err(), Some(KeyRejected::InvalidPoint));
    assert_eq!(prepare(&not_reduced).err(), Some(KeyRejected::InvalidPoint));
    let body = &uncompressed()[1..];
    for malformed in [
        &[][..],
        &[0],
        &[4],
        body,
        &[&[6], body].concat(),
        &[&[7], body].concat(),
        &[&[5], &body[..32]].concat(),
        &[&[4], &body[..63]].concat(),
        &[&[4], body, &[0]].concat(),
        &[&[2], body].concat(),
    ] {
        assert_eq!(prepare(malformed).err(), Some(KeyRejected::Malformed));
    }
}

#[test]
fn only_named_curves_of_keys_for_ecdsa() {
    let point = uncompressed();
    let with = |algorithm, parameters: &[u8]| {
        ECDSA_SHA256
            .prepare(&spki(algorithm, parameters, &point))
            .err()
    };
    let p256 = encoded_oid(&oids::P256);
    assert_eq!(with(oids::EC, &p256), None);
    assert_eq!(with(oids::RSA, &p256), Some(KeyRejected::OtherAlgorithm));
    let explicit = element(Tag::SEQUENCE, &element(Tag::INTEGER, &[1]));
    let unknown = encoded_oid(&oids::DATA);
    for parameters in [&[][..], &[5, 0], &unknown] {
        assert_eq!(
            with(oids::EC, parameters),
            Some(KeyRejected::UnknownParameters)
        );
    }
    assert_eq!(
        with(oids::EC, &explicit),
        Some(KeyRejected::ExplicitParameters)
    );
}

/// RFC 5639 §3: the base points of the three random curves are keys, those of their twists are not.
#[test]
fn twists_of_brainpool_curves_are_refused() {
    let arc = |last| Oid::new(&[1, 3, 36, 3, 3, 2, 8, 1, 1, last]);
    let p512r1 = octets(concat!(
        "0481aee4bdd82ed9645a21322e9c4c6a9385ed9f70b5d916c1b43b62eef4d0098eff3b1f78e2d0d48d50d1687b93b97d5f7c6d5047406a5e688b352209bcb9f822",
        "7dde385d566332ecc0eabfa9cf7822fdf209f70024a57b1aa000c55b881f8111b2dcde494a5f485e5bca4bd88a2763aed1ca2b2fa8f0540678cd1e0f3ad80892"
    ));
    let with = |last, point: &[u8]| {
        let curve = encoded_oid(&arc(last));
        ECDSA_SHA512.prepare(&spki(oids::EC, &curve, point)).err()
    };
    assert_eq!(with(13, &p512r1), None);
    let mut off_curve = p512r1.clone();
    off_curve[128] ^= 1;
    assert_eq!(with(13, &off_curve), Some(KeyRejected::InvalidPoint));
    for twist in [8, 12, 14] {
        assert_eq!(with(twist, &p512r1), Some(KeyRejected::UnknownParameters));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn random_signatures_and_one_changed_bit(
        secret in any::<[u8; 32]>(),
        digest in any::<[u8; 32]>(),
        flipped in any::<usize>(),
    ) {
        let Ok(signer) = SigningKey::from_slice(&secret) else { return Ok(()) };
        let signature: p256::ecdsa::Signature = signer.sign_prehash(&digest).unwrap();
        let mut signature = signature.to_der().as_bytes().to_vec();
        let point = signer.verifying_key().to_sec1_point(false);
        let key = prepare(point.as_bytes()).unwrap();
        prop_assert_eq!(key.verify(Message::Digest(&digest), &signature), Ok(()));
        let bit = flipped % (8 * signature.len());
        signature[bit / 8] ^= 1 << (bit % 8);
        prop_assert_eq!(key.verify(Message::Digest(&digest), &signature), Err(NotVerified::BadSignature));
    }

    #[test]
    fn random_octets_are_refused(
        point in prop::collection::vec(any::<u8>(), 0..80),
        signature in prop::collection::vec(any::<u8>(), 0..80),
    ) {
        let _ = prepare(&point);
        prop_assert!(!verify(&signature));
    }
}
