use super::*;
use crate::alg::testing::{integer, spki};
use crate::der::writer::element;
use num_bigint::BigUint;
use proptest::prelude::*;

/// The key of RFC 6979 §A.2.1.
const P: &str = "86f5ca03dcfeb225063ff830a0c769b9dd9d6153ad91d7ce27f787c43278b447e6533b86b18bed6e8a48b784a14c252c5be0dbf60b86d6385bd2f12fb763ed8873abfd3f5ba2e0a8c0a59082eac056935e529daf7c610467899c77adedfc846c881870b7b19b2b58f9be0521a17002e3bdd6b86685ee90b3d9a1b02b782b1779";
const Q: &str = "996f967f6c8e388d9e28d01e205fba957a5698b1";
const G: &str = "07b0f92546150b62514bb771e2a0c0ce387f03bda6c56b505209ff25fd3c133d89bbcd97e904e09114d9a7defdeadfc9078ea544d2e401aeecc40bb9fbbf78fd87995a10a1c27cb7789b594ba7efb5c4326a9fe59a070e136db77175464adca417be5dce2f40d10a46a3a3943f26ab7fd9c0398ff8c76ee0a56826a8a88f1dbd";
const Y: &str = "5df5e01ded31d0297e274e1691c192fe5868fef9e19a84776454b100cf16f65392195a38b90523e2542ee61871c0440cb87c322fc4b4d2ec5e1e7ec766e1be8d4ce935437dc11c3c8fd426338933ebfe739cb3465f4d3668c5e473508253b1e682f65cbdc4fae93c2ea212390e54905a86e2223170b44eaa7da5dd9ffcfb7f3b";
const X: &str = "411602cb19a6ccc34494d79d98ef1e7ed5af25f7";

fn number(digits: &str) -> BigUint {
    BigUint::parse_bytes(digits.as_bytes(), 16).unwrap()
}

fn one() -> BigUint {
    BigUint::from(1_u8)
}

fn encoded(value: &BigUint) -> Vec<u8> {
    integer(&value.to_bytes_be())
}

fn parms(p: &BigUint, q: &BigUint, g: &BigUint) -> Vec<u8> {
    element(Tag::SEQUENCE, &[p, q, g].map(encoded).concat())
}

fn key(p: &BigUint, q: &BigUint, g: &BigUint, y: &BigUint) -> SubjectPublicKeyInfo {
    spki(oids::DSA, &parms(p, q, g), &encoded(y))
}

fn published() -> SubjectPublicKeyInfo {
    key(&number(P), &number(Q), &number(G), &number(Y))
}

fn rejected(key: &SubjectPublicKeyInfo) -> Option<KeyRejected> {
    DSA_SHA1.prepare(key).err()
}

fn der(r: &BigUint, s: &BigUint) -> Vec<u8> {
    element(Tag::SEQUENCE, &[encoded(r), encoded(s)].concat())
}

/// The signature of "sample" with SHA-1.
fn sample() -> (BigUint, BigUint) {
    (
        number("2e1a0c2562b2912caaf89186fb0f42001585da55"),
        number("29efb6b0aff2d7a68eb70ca313022253b9a88df5"),
    )
}

fn verify(signature: &[u8]) -> bool {
    let key = DSA_SHA1.prepare(&published()).unwrap();
    key.verify(Message::Octets(b"sample"), signature).is_ok()
}

/// RFC 6979 §A.2.1, message "sample"; all digests but the first are cut to the 160 bits of q.
#[test]
fn published_signatures_with_every_digest() {
    let rows: [(&Dsa, &str, &str); 5] = [
        (
            &DSA_SHA1,
            "2e1a0c2562b2912caaf89186fb0f42001585da55",
            "29efb6b0aff2d7a68eb70ca313022253b9a88df5",
        ),
        (
            &DSA_SHA224,
            "4bc3b686aea70145856814a6f1bb53346f02101e",
            "410697b92295d994d21edd2f4ada85566f6f94c1",
        ),
        (
            &DSA_SHA256,
            "81f2f5850be5bc123c43f71a3033e9384611c545",
            "4cdd914b65eb6c66a8aaad27299bee6b035f5e89",
        ),
        (
            &DSA_SHA384,
            "07f2108557ee0e3921bc1774f1ca9b410b4ce65a",
            "54df70456c86fac10fab47c1949ab83f2c6f7595",
        ),
        (
            &DSA_SHA512,
            "16c3491f9b8c3fbbdd5e7a7b667057f0d8ee8e1b",
            "02c36a127a7b89edbb72e4ffbc71dabc7d4fc69c",
        ),
    ];
    for (algorithm, r, s) in rows {
        let key = algorithm.prepare(&published()).unwrap();
        let signature = der(&number(r), &number(s));
        let name = algorithm.id();
        let verify = |message: &[u8]| key.verify(Message::Octets(message), &signature).is_ok();
        assert!(verify(b"sample"), "{name}");
        assert!(!verify(b"samplf"), "{name}");
        let digest = algorithm.digest.digest(b"sample").unwrap().value;
        let verify = |digest: &[u8]| key.verify(Message::Digest(digest), &signature).is_ok();
        assert!(verify(&digest), "{name}");
        assert!(!verify(&digest[..digest.len() - 1]), "{name}");
        assert!(!verify(&[&digest[..], &[0]].concat()), "{name}");
    }
}

#[test]
fn r_and_s_are_positive_and_below_the_order() {
    let (r, s) = sample();
    let (q, zero) = (number(Q), BigUint::ZERO);
    assert!(verify(&der(&r, &s)));
    for (r, s) in [
        (&zero, &s),
        (&r, &zero),
        (&q, &s),
        (&r, &q),
        (&(&r + &q), &s),
        (&r, &(&s + &q)),
        (&s, &r),
    ] {
        assert!(!verify(&der(r, s)));
    }
}

#[test]
fn signatures_are_strict_der() {
    let (r, s) = sample();
    let good = der(&r, &s);
    assert!(verify(&good));
    let padded = element(Tag::INTEGER, &[&[0], &r.to_bytes_be()[..]].concat());
    for broken in [
        &[&good[..], &[0]].concat()[..],
        &good[..good.len() - 1],
        &element(Tag::SEQUENCE, &[padded, encoded(&s)].concat()),
        &element(
            Tag::SEQUENCE,
            &[encoded(&r), encoded(&s), encoded(&s)].concat(),
        ),
        &[&[0x30, 0x81, good[1]], &good[2..]].concat(),
        &[r.to_bytes_be(), s.to_bytes_be()].concat(),
        &[],
    ] {
        assert!(!verify(broken));
    }
}

#[test]
fn parameters_are_in_the_key() {
    let y = encoded(&number(Y));
    let good = parms(&number(P), &number(Q), &number(G));
    let with = |algorithm, parameters: &[u8]| rejected(&spki(algorithm, parameters, &y));
    assert_eq!(with(oids::DSA, &good), None);
    assert_eq!(with(oids::EC, &good), Some(KeyRejected::OtherAlgorithm));
    // Inherited from the issuer (RFC 3279 §2.3.2).
    assert_eq!(with(oids::DSA, &[]), Some(KeyRejected::UnknownParameters));
    let fourth = [number(P), number(Q), number(G), one()].map(|value| encoded(&value));
    let negative = [
        encoded(&number(P)),
        encoded(&number(Q)),
        element(Tag::INTEGER, &[0x87]),
    ];
    for malformed in [
        &[5, 0][..],
        &element(Tag::SEQUENCE, &fourth.concat()),
        &element(Tag::SEQUENCE, &fourth[..2].concat()),
        &element(Tag::SEQUENCE, &negative.concat()),
    ] {
        assert_eq!(with(oids::DSA, malformed), Some(KeyRejected::Malformed));
    }
    let trailing = spki(oids::DSA, &good, &[&y[..], &[0]].concat());
    assert_eq!(rejected(&trailing), Some(KeyRejected::Malformed));
}

#[test]
fn sizes_have_bounds() {
    let (p, q, g, y) = (number(P), number(Q), number(G), number(Y));
    let refused = Some(KeyRejected::OutOfBounds);
    assert_eq!(rejected(&key(&p, &q, &g, &y)), None);
    for (p, q) in [
        (&(&p >> 1 | one()), &q),
        (&(&p << 2049 | one()), &q),
        (&p, &(&q >> 1 | one())),
        (&p, &(&q << 97 | one())),
        // Even ones.
        (&(&p - one()), &q),
        (&p, &(&q - one())),
    ] {
        assert_eq!(rejected(&key(p, q, &g, &y)), refused);
    }
}

#[test]
fn generator_and_key_have_the_order_q() {
    let (p, q, g, y) = (number(P), number(Q), number(G), number(Y));
    let mismatch = Some(KeyRejected::ParametersMismatch);
    // q does not divide p - 1.
    let two = BigUint::from(2_u8);
    assert_eq!(rejected(&key(&p, &(&q + &two), &g, &y)), mismatch);
    for g in [&one(), &two, &(&p - one()), &p, &(&p + &g)] {
        assert_eq!(rejected(&key(&p, &q, g, &y)), mismatch);
    }
    for y in [&one(), &two, &(&p - one()), &p, &(&p + &y)] {
        let refused = Some(KeyRejected::InvalidPoint);
        assert_eq!(rejected(&key(&p, &q, &g, y)), refused);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn random_signatures_and_one_changed_bit(
        nonce in any::<[u8; 19]>(),
        message in prop::collection::vec(any::<u8>(), 0..50),
        flipped in any::<usize>(),
    ) {
        let (p, q, g, x) = (number(P), number(Q), number(G), number(X));
        let nonce = BigUint::from_bytes_be(&nonce) + one();
        let r = g.modpow(&nonce, &p) % &q;
        let z = BigUint::from_bytes_be(&SHA256.digest(&message).unwrap().value[..20]);
        let s = nonce.modinv(&q).unwrap() * (z + &r * x) % &q;
        let mut signature = der(&r, &s);
        let key = DSA_SHA256.prepare(&published()).unwrap();
        prop_assert!(key.verify(Message::Octets(&message), &signature).is_ok());
        let bit = flipped % (8 * signature.len());
        signature[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(key.verify(Message::Octets(&message), &signature).is_err());
    }

    #[test]
    fn random_octets_are_refused(signature in prop::collection::vec(any::<u8>(), 0..80)) {
        prop_assert!(!verify(&signature));
    }
}
