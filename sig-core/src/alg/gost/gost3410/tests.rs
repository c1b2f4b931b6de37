use super::super::parameters::{ALL, Purpose, by_oid, tests::reference};
use super::*;
use crate::alg::digest::DigestId;
use crate::alg::gost::gost3410::reference::{Curve, Point, inverse};
use crate::alg::testing::{sequence_of, spki};
use crate::der::writer::element;
use num_bigint::BigUint;
use proptest::prelude::*;

mod edition_2001;
mod kept;
mod keys;

fn algorithm(set: &ParameterSet) -> &'static Gost3410 {
    match set.size {
        KeySize::Bits256 => &GOST2012_256,
        KeySize::Bits512 => &GOST2012_512,
    }
}

fn prepare(set: &ParameterSet, coordinates: &[u8]) -> Result<Box<dyn VerifyingKey>, KeyRejected> {
    let algorithm = algorithm(set);
    algorithm.prepare(&spki(
        algorithm.key,
        &sequence_of(&[set.oid]),
        &element(Tag::OCTET_STRING, coordinates),
    ))
}

fn set(size: KeySize, short_name: &str) -> &'static ParameterSet {
    ALL.iter()
        .find(|set| set.size == size && set.short_name == short_name)
        .unwrap()
}

fn cpa() -> (&'static ParameterSet, Curve) {
    let set = set(KeySize::Bits256, "cpa");
    (set, reference(set))
}

/// Refused key, without asking the key to be printable.
fn refused(key: Result<Box<dyn VerifyingKey>, KeyRejected>) -> Option<KeyRejected> {
    key.err()
}

struct Case {
    curve: Curve,
    key: Box<dyn VerifyingKey>,
    digest: Vec<u8>,
    r: BigUint,
    s: BigUint,
}

/// A genuine signature over a parameter set.
fn case(set: &ParameterSet, seed: u32) -> Case {
    let curve = reference(set);
    let d = (&curve.q / 7_u8) + seed;
    let k = (&curve.q / 11_u8) + seed;
    let digest = vec![seed as u8 | 1; curve.octets];
    let (r, s) = curve.sign(&d, &k, &digest).unwrap();
    let public = curve.multiply(&d, &curve.base());
    let key = prepare(set, &curve.encode_point(&public)).unwrap();
    Case {
        curve,
        key,
        digest,
        r,
        s,
    }
}

impl Case {
    fn verify(&self, r: &BigUint, s: &BigUint) -> bool {
        let signature = self.curve.encode_signature(&(r.clone(), s.clone()));
        self.verify_octets(&signature)
    }

    fn verify_octets(&self, signature: &[u8]) -> bool {
        self.key
            .verify(Message::Digest(&self.digest), signature)
            .is_ok()
    }
}

/// RFC 7091 §7.1, digest and octet order as in certificates.
#[test]
fn the_example_of_the_standard() {
    let coordinates = hex::decode(
        "0bd86fe5d8db89668f789b4e1dba8585c5508b45ec5b59d8906ddb70e2492b7f\
         da77ff871a10fbdf2766d293c5d164afbb3c7b973a41c885d11d70d689b4f126",
    )
    .unwrap();
    let digest =
        hex::decode("e53e042b67e6ec678e2e02b12a0352ce1fc6eee0529cc088119ad872b3c1fb2d").unwrap();
    let signature = hex::decode(
        "01456c64ba4642a1653c235a98a60249bcd6d3f746b631df928014f6c5bf9c40\
         41aa28d2f1ab148280cd9ed56feda41974053554a42767b83ad043fd39dc0493",
    )
    .unwrap();
    let test = by_oid(&Oid::new(&[1, 2, 643, 2, 2, 35, 0])).unwrap();
    assert_eq!(test.purpose, Purpose::Test);
    let key = prepare(test, &coordinates).unwrap();
    assert_eq!(key.verify(Message::Digest(&digest), &signature), Ok(()));
    let mut other = digest;
    other[0] ^= 1;
    assert_eq!(
        key.verify(Message::Digest(&other), &signature),
        Err(NotVerified::BadSignature)
    );
}

#[test]
fn every_set_accepts_its_signature_and_nothing_near_it() {
    for (index, set) in ALL.iter().enumerate() {
        let case = case(set, 1_000 + index as u32);
        let (r, s, q) = (&case.r, &case.s, &case.curve.q);
        let zero = BigUint::ZERO;
        assert!(case.verify(r, s), "{}", set.name);
        assert!(!case.verify(&(r + 1_u8), s), "{}: other r", set.name);
        assert!(!case.verify(r, &(s + 1_u8)), "{}: other s", set.name);
        assert!(!case.verify(r, &(q - s)), "{}: negative s", set.name);
        assert!(!case.verify(&(q - r), s), "{}: negative r", set.name);
        assert!(!case.verify(&zero, s), "{}: r = 0", set.name);
        assert!(!case.verify(r, &zero), "{}: s = 0", set.name);
        assert!(!case.verify(q, s), "{}: r = q", set.name);
        assert!(!case.verify(r, q), "{}: s = q", set.name);
        assert!(!case.verify(s, r), "{}: halves swapped", set.name);
    }
}

/// The same residue modulo q, written above q: only the one below q is a signature.
#[test]
fn r_and_s_are_not_reduced() {
    let case = case(set(KeySize::Bits256, "tc26a"), 5);
    let (r, s, q) = (&case.r, &case.s, &case.curve.q);
    assert!(case.verify(r, s));
    assert!(!case.verify(&(r + q), s));
    assert!(!case.verify(r, &(s + q)));
}

#[test]
fn the_length_of_a_signature_is_exact() {
    let case = case(cpa().0, 77);
    let signature = case
        .curve
        .encode_signature(&(case.r.clone(), case.s.clone()));
    assert!(case.verify_octets(&signature));
    assert!(!case.verify_octets(&[&signature[..], &[0]].concat()));
    assert!(!case.verify_octets(&[&[0], &signature[..]].concat()));
    assert!(
        !case.verify_octets(
            signature
                .strip_suffix(&[*signature.last().unwrap()])
                .unwrap()
        )
    );
    assert!(!case.verify_octets(&[]));
}

#[test]
fn the_length_of_a_digest_is_exact() {
    let case = case(cpa().0, 78);
    let signature = case
        .curve
        .encode_signature(&(case.r.clone(), case.s.clone()));
    let verify = |digest: &[u8]| case.key.verify(Message::Digest(digest), &signature);
    assert_eq!(verify(&case.digest), Ok(()));
    assert_eq!(
        verify(&[&case.digest[..], &[0]].concat()),
        Err(NotVerified::BadSignature)
    );
    assert_eq!(verify(&case.digest[1..]), Err(NotVerified::BadSignature));
    assert_eq!(verify(&[]), Err(NotVerified::BadSignature));
}

#[test]
fn a_message_is_hashed_with_the_digest_of_the_key_size() {
    for (set, id) in [
        (set(KeySize::Bits256, "xcha"), DigestId::Streebog256),
        (set(KeySize::Bits512, "tc26a"), DigestId::Streebog512),
    ] {
        let curve = reference(set);
        let algorithm = algorithm(set);
        assert_eq!(algorithm.id().digest, id);
        let digest = algorithm.digest.digest(b"message").unwrap().value;
        let (d, k) = (BigUint::from(33_u8), BigUint::from(44_u8));
        let signature = curve.encode_signature(&curve.sign(&d, &k, &digest).unwrap());
        let public = curve.encode_point(&curve.multiply(&d, &curve.base()));
        let key = prepare(set, &public).unwrap();
        assert_eq!(key.verify(Message::Octets(b"message"), &signature), Ok(()));
        let other = key.verify(Message::Octets(b"Message"), &signature);
        assert_eq!(other, Err(NotVerified::BadSignature));
    }
}

/// RFC 7091 §6.2 step 2: a digest that is a multiple of q counts as 1.
#[test]
fn a_digest_of_zero_modulo_q_counts_as_one() {
    let (set, curve) = cpa();
    let (d, k) = (BigUint::from(1_234_u32), BigUint::from(4_321_u32));
    let key = prepare(set, &curve.encode_point(&curve.multiply(&d, &curve.base()))).unwrap();
    let zero = vec![0; 32];
    let mut order = curve.big_endian(&curve.q);
    order.reverse();
    let mut one = zero.clone();
    one[0] = 1;
    let mut two = zero.clone();
    two[0] = 2;
    let signature = curve.encode_signature(&curve.sign(&d, &k, &one).unwrap());
    for digest in [&zero, &order, &one] {
        assert_eq!(key.verify(Message::Digest(digest), &signature), Ok(()));
    }
    assert_eq!(
        key.verify(Message::Digest(&two), &signature),
        Err(NotVerified::BadSignature)
    );
}

/// C = O: the key is chosen so that z1·P + z2·Q is the identity.
#[test]
fn the_identity_is_never_a_signature() {
    for short_name in ["cpa", "tc26a"] {
        let set = set(KeySize::Bits256, short_name);
        let curve = reference(set);
        let (r, s) = (BigUint::from(3_u8), BigUint::from(5_u8));
        // s·P = r·Q.
        let d = &s * inverse(&r, &curve.q) % &curve.q;
        let key = prepare(set, &curve.encode_point(&curve.multiply(&d, &curve.base()))).unwrap();
        let signature = curve.encode_signature(&(r, s));
        assert_eq!(
            key.verify(Message::Digest(&[9; 32]), &signature),
            Err(NotVerified::BadSignature)
        );
    }
}

/// Sums that a careless addition formula gets wrong: Q = P, −P, 2P and small multiples.
#[test]
fn keys_close_to_the_base_point() {
    for set in ALL {
        let curve = reference(set);
        for d in [1_u32, 2, 3, 4, 5, 254, 256] {
            for d in [BigUint::from(d), &curve.q - d] {
                let k = BigUint::from(77_u8);
                let digest = vec![0x55; curve.octets];
                let signature = curve.sign(&d, &k, &digest).unwrap();
                let public = curve.multiply(&d, &curve.base());
                let key = prepare(set, &curve.encode_point(&public)).unwrap();
                let verify = |signature: &(BigUint, BigUint)| {
                    key.verify(Message::Digest(&digest), &curve.encode_signature(signature))
                };
                assert_eq!(verify(&signature), Ok(()), "{} {d}", set.name);
                let wrong = (signature.0.clone(), &curve.q - &signature.1);
                assert_eq!(
                    verify(&wrong),
                    Err(NotVerified::BadSignature),
                    "{} {d}",
                    set.name
                );
            }
        }
    }
}

#[test]
fn the_base_point_of_cryptopro_c_has_x_zero_and_is_a_key() {
    let set = set(KeySize::Bits256, "cpc");
    let curve = reference(set);
    assert_eq!(curve.x, BigUint::ZERO);
    let case = {
        let digest = vec![3; 32];
        let (r, s) = curve
            .sign(&BigUint::from(1_u8), &BigUint::from(9_u8), &digest)
            .unwrap();
        let key = prepare(set, &curve.encode_point(&curve.base())).unwrap();
        Case {
            curve,
            key,
            digest,
            r,
            s,
        }
    };
    assert!(case.verify(&case.r, &case.s));
    assert!(!case.verify(&case.s, &case.r));
}

#[test]
fn a_key_says_what_it_holds() {
    let case = case(cpa().0, 3);
    assert!(case.key.memory() >= 8 * 64 && case.key.memory() < 4_096);
    assert!(format!("{:?}", case.key).contains("CryptoPro-A"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn signatures_of_random_keys(
        index in 0..ALL.len(),
        secret in any::<[u8; 60]>(),
        nonce in any::<[u8; 60]>(),
        digest in any::<[u8; 64]>(),
        flipped in 0..1024_usize,
    ) {
        let set = &ALL[index];
        let curve = reference(set);
        let d = BigUint::from_bytes_be(&secret) % &curve.q;
        let k = BigUint::from_bytes_be(&nonce) % &curve.q;
        prop_assume!(d != BigUint::ZERO && k != BigUint::ZERO);
        let digest = &digest[..curve.octets];
        let Some(signature) = curve.sign(&d, &k, digest) else { return Ok(()) };
        let mut signature = curve.encode_signature(&signature);
        let public = curve.multiply(&d, &curve.base());
        let key = prepare(set, &curve.encode_point(&public)).unwrap();
        prop_assert_eq!(key.verify(Message::Digest(digest), &signature), Ok(()));
        let bit = flipped % (8 * signature.len());
        signature[bit / 8] ^= 1 << (bit % 8);
        prop_assert_eq!(key.verify(Message::Digest(digest), &signature), Err(NotVerified::BadSignature));
    }

    #[test]
    fn random_octets_are_never_a_key_of_another_form(
        key in prop::collection::vec(any::<u8>(), 0..140),
        parameters in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let wrapped = element(Tag::OCTET_STRING, &key);
        let wild = element(Tag::SEQUENCE, &parameters);
        let plain = sequence_of(&[cpa().0.oid]);
        for (parameters, key) in [(&plain, &key), (&plain, &wrapped), (&wild, &wrapped)] {
            prop_assert!(
                GOST2012_256.prepare(&spki(oids::GOST2012_256, parameters, key)).is_err()
            );
        }
    }

    #[test]
    fn random_octets_are_never_a_signature(
        signature in prop::collection::vec(any::<u8>(), 0..140),
        digest in prop::collection::vec(any::<u8>(), 0..70),
    ) {
        let case = case(cpa().0, 1);
        prop_assert!(case.key.verify(Message::Digest(&digest), &signature).is_err());
        prop_assert!(case.key.verify(Message::Octets(&digest), &signature).is_err());
    }
}
