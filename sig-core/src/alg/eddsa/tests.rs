use super::ed448::{HASH_OCTETS, Key, OCTETS, Point};
use super::*;
use crate::alg::testing::spki;
use num_bigint::BigUint;
use proptest::prelude::*;

fn octets(digits: &str) -> Vec<u8> {
    hex::decode(digits).unwrap()
}

fn prepare(
    algorithm: &dyn SignatureAlgorithm,
    oid: Oid,
    key: &[u8],
) -> Result<Box<dyn VerifyingKey>, KeyRejected> {
    algorithm.prepare(&spki(oid, &[], key))
}

fn ed25519(key: &[u8]) -> Result<Box<dyn VerifyingKey>, KeyRejected> {
    prepare(&ED25519, oids::ED25519, key)
}

fn ed448(key: &[u8]) -> Result<Box<dyn VerifyingKey>, KeyRejected> {
    prepare(&ED448, oids::ED448, key)
}

fn genuine(key: &dyn VerifyingKey, message: &[u8], signature: &[u8]) -> bool {
    key.verify(Message::Octets(message), signature).is_ok()
}

/// RFC 8032 §7.1 test 1 and §7.4 "blank": the empty message.
const KEY_25519: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
const SIGNATURE_25519: &str = "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b";
const KEY_448: &str = "5fd7449b59b461fd2ce787ec616ad46a1da1342485a70e1f8a0ea75d80e96778edf124769b46c7061bd6783df1e50f6cd1fa1abeafe8256180";
const SIGNATURE_448: &str = "533a37f6bbe457251f023c0d88f976ae2dfb504a843e34d2074fd823d41a591f2b233f034f628281f2fd7a22ddd47d7828c59bd0a21bfd3980ff0d2028d4b18a9df63e006c5d1c2d345b925d8dc00b4104852db99ac5c7cdda8530a113a0f4dbb61149f05a7363268c71d95808ff2e652600";

/// A published key, its signature of the empty message, and the order of the group.
fn published() -> [(Box<dyn VerifyingKey>, Vec<u8>, BigUint); 2] {
    [
        (
            ed25519(&octets(KEY_25519)).unwrap(),
            octets(SIGNATURE_25519),
            order_25519(),
        ),
        (
            ed448(&octets(KEY_448)).unwrap(),
            octets(SIGNATURE_448),
            order_448(),
        ),
    ]
}

fn order_25519() -> BigUint {
    (BigUint::from(1_u8) << 252) + 27_742_317_777_372_353_535_851_937_790_883_648_493_u128
}

fn order_448() -> BigUint {
    let low = "13818066809895115352007386748515426880336692474882178609894547503885";
    (BigUint::from(1_u8) << 446) - BigUint::parse_bytes(low.as_bytes(), 10).unwrap()
}

fn little_endian(value: &BigUint, length: usize) -> Vec<u8> {
    let mut octets = value.to_bytes_le();
    octets.resize(length, 0);
    octets
}

#[test]
fn published_signatures() {
    for (key, signature, _) in published() {
        assert!(genuine(&*key, b"", &signature));
        assert!(!genuine(&*key, b"\0", &signature));
        for changed in [0, signature.len() / 2, signature.len() - 2] {
            let mut signature = signature.clone();
            signature[changed] ^= 1;
            assert!(!genuine(&*key, b"", &signature));
        }
    }
}

#[test]
fn signatures_have_one_length_and_one_s() {
    for (key, signature, order) in published() {
        let half = signature.len() / 2;
        let (commitment, s) = signature.split_at(half);
        let with = |s: &BigUint| [commitment, &little_endian(s, half)].concat();
        let s = BigUint::from_bytes_le(s);
        assert!(genuine(&*key, b"", &with(&s)));
        assert!(!genuine(&*key, b"", &with(&(&s + &order))));
        for other in [
            &signature[..signature.len() - 1],
            &[&signature[..], &[0]].concat(),
            &signature[..half],
            &[],
        ] {
            assert!(!genuine(&*key, b"", other));
        }
    }
    let mut high = octets(SIGNATURE_448);
    high[113] = 1;
    assert!(!genuine(&*ed448(&octets(KEY_448)).unwrap(), b"", &high));
}

/// Pure EdDSA has no form over a digest, and the prehashed one is another algorithm (RFC 8410 §3).
#[test]
fn a_digest_proves_nothing() {
    for (key, signature, _) in published() {
        let verified = key.verify(Message::Digest(b""), &signature);
        assert!(verified.is_err());
    }
    assert!(!SignatureScheme::Ed25519.verifies_digests());
    assert!(!SignatureScheme::Ed448.verifies_digests());
    assert!(SignatureScheme::Ecdsa.verifies_digests());
}

#[test]
fn keys_have_no_parameters() {
    let rows: [(&dyn SignatureAlgorithm, Oid, &str); 2] = [
        (&ED25519, oids::ED25519, KEY_25519),
        (&ED448, oids::ED448, KEY_448),
    ];
    for (algorithm, oid, digits) in rows {
        let key = octets(digits);
        assert!(algorithm.prepare(&spki(oid, &[], &key)).is_ok());
        assert_eq!(
            algorithm.prepare(&spki(oid, &[5, 0], &key)).err(),
            Some(KeyRejected::UnknownParameters)
        );
        assert_eq!(
            algorithm.prepare(&spki(oids::EC, &[], &key)).err(),
            Some(KeyRejected::OtherAlgorithm)
        );
        for malformed in [&key[1..], &[&key[..], &[0]].concat(), &[]] {
            assert_eq!(
                prepare(algorithm, oid, malformed).err(),
                Some(KeyRejected::Malformed)
            );
        }
    }
}

/// The points of small order of edwards25519, in their canonical encodings.
const SMALL_25519: [&str; 8] = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
];

#[test]
fn keys_of_ed25519_are_in_the_group_of_the_base_point() {
    let read = |octets: &[u8]| {
        let octets = octets.try_into().unwrap();
        ed25519_dalek::VerifyingKey::from_bytes(&octets)
            .unwrap()
            .to_edwards()
    };
    let key = octets(KEY_25519);
    for small in SMALL_25519 {
        let small = octets(small);
        assert_eq!(ed25519(&small).err(), Some(KeyRejected::InvalidPoint));
        let sum = (read(&key) + read(&small)).compress().to_bytes();
        let expected = (sum != key[..]).then_some(KeyRejected::InvalidPoint);
        assert_eq!(ed25519(&sum).err(), expected);
    }
}

#[test]
fn keys_of_ed25519_have_one_encoding() {
    for not_canonical in [
        // x = 0 with a sign.
        "0100000000000000000000000000000000000000000000000000000000000080",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        // y = p, y = p + 1.
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        // y = p + 3, a point of large order.
        "f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ] {
        let rejected = ed25519(&octets(not_canonical)).err();
        assert_eq!(rejected, Some(KeyRejected::Malformed), "{not_canonical}");
    }
    // y = 2 is on no point.
    let off_curve = little_endian(&BigUint::from(2_u8), 32);
    assert_eq!(ed25519(&off_curve).err(), Some(KeyRejected::InvalidPoint));
}

/// With R = 0 and s = k a the equation holds; whoever knows the key can make such a signature, and RFC 8032 lets
/// it pass.
#[test]
fn a_commitment_of_ed25519_is_not_the_identity() {
    use sha2::Digest as _;
    use sha2::Sha512;
    let secret = [7; 32];
    let signing = ed25519_dalek::SigningKey::from_bytes(&secret);
    let public = signing.verifying_key();
    let mut scalar = Sha512::digest(secret)[..32].to_vec();
    scalar[0] &= 0xf8;
    scalar[31] = scalar[31] & 0x3f | 0x40;
    let commitment = octets(SMALL_25519[0]);
    let message = b"message";
    let hash = Sha512::new()
        .chain_update(&commitment)
        .chain_update(public.as_bytes())
        .chain_update(message)
        .finalize();
    let s = BigUint::from_bytes_le(&hash) * BigUint::from_bytes_le(&scalar) % order_25519();
    let forged = [commitment, little_endian(&s, 32)].concat();
    let as_written = ed25519_dalek::Signature::from_slice(&forged).unwrap();
    assert!(ed25519_dalek::Verifier::verify(&public, message, &as_written).is_ok());
    let key = ed25519(public.as_bytes()).unwrap();
    assert!(!genuine(&*key, message, &forged));
}

fn modulus_448() -> BigUint {
    (BigUint::from(1_u8) << 448) - (BigUint::from(1_u8) << 224) - 1_u8
}

#[test]
fn keys_of_ed448_are_in_the_group_of_the_base_point() {
    let one = BigUint::from(1_u8);
    let rejected = |key: &[u8]| ed448(key).err();
    // (0, 1), (0, -1) and (±1, 0).
    for (y, sign) in [
        (one.clone(), 0),
        (modulus_448() - &one, 0),
        (BigUint::ZERO, 0),
        (BigUint::ZERO, 0x80),
    ] {
        let mut small = little_endian(&y, OCTETS);
        small[56] = sign;
        assert!(Point::decode(&small.clone().try_into().unwrap()).is_some());
        assert_eq!(rejected(&small), Some(KeyRejected::InvalidPoint));
    }
    // A + (0, -1) = (-x, -y), which is on the curve.
    let key = octets(KEY_448);
    let y = modulus_448() - BigUint::from_bytes_le(&key[..56]);
    let mut mixed = little_endian(&y, OCTETS);
    for sign in [0, 0x80] {
        mixed[56] = sign;
        assert!(Point::decode(&mixed.clone().try_into().unwrap()).is_some());
        assert_eq!(rejected(&mixed), Some(KeyRejected::InvalidPoint));
    }
    assert_eq!(rejected(&key), None);
}

#[test]
fn points_of_ed448_have_one_encoding() {
    let decode = |octets: Vec<u8>| Point::decode(&octets.try_into().unwrap());
    let key = octets(KEY_448);
    let point = decode(key.clone()).unwrap();
    assert_eq!(point.encode().unwrap()[..], key);
    let mut stray = key.clone();
    stray[56] |= 1;
    assert!(decode(stray).is_none());
    for y in [0_u8, 1] {
        let small = BigUint::from(y);
        assert!(decode(little_endian(&small, OCTETS)).is_some());
        assert!(decode(little_endian(&(small + modulus_448()), OCTETS)).is_none());
    }
    let mut signed_zero = little_endian(&BigUint::from(1_u8), OCTETS);
    signed_zero[56] = 0x80;
    assert!(decode(signed_zero).is_none());
    // No x belongs to y = 2.
    assert!(decode(little_endian(&BigUint::from(2_u8), OCTETS)).is_none());
}

fn hash_448(commitment: &[u8], key: &[u8], message: &[u8]) -> BigUint {
    let mut hash = [0; HASH_OCTETS];
    Shake256::default()
        .chain(b"SigEd448\x00\x00")
        .chain(commitment)
        .chain(key)
        .chain(message)
        .finalize_xof()
        .read(&mut hash);
    BigUint::from_bytes_le(&hash)
}

/// The multiple of the base point, encoded: with the hash 0 a key does not matter.
fn multiple_448(multiplier: &BigUint) -> Vec<u8> {
    let point = Point::decode(&octets(KEY_448).try_into().unwrap()).unwrap();
    let key = Key::new(&point).unwrap();
    let multiplier = little_endian(multiplier, OCTETS).try_into().unwrap();
    let multiple = key.commitment(&multiplier, &[0; HASH_OCTETS]).unwrap();
    multiple.encode().unwrap().to_vec()
}

/// The same as for Ed25519: R = 0 and s = k a.
#[test]
fn a_commitment_of_ed448_is_not_the_identity() {
    let secret = BigUint::from(12_345_u32);
    let public = multiple_448(&secret);
    let key = ed448(&public).unwrap();
    let sign = |commitment: Vec<u8>, nonce: u32| {
        let s = (hash_448(&commitment, &public, b"message") * &secret + nonce) % order_448();
        [commitment, little_endian(&s, OCTETS)].concat()
    };
    let identity = little_endian(&BigUint::from(1_u8), OCTETS);
    assert!(!genuine(&*key, b"message", &sign(identity, 0)));
    let nonce = 67_890;
    let commitment = multiple_448(&BigUint::from(nonce));
    assert!(genuine(&*key, b"message", &sign(commitment, nonce)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn random_signatures_of_ed25519_and_one_changed_bit(
        secret in any::<[u8; 32]>(),
        message in prop::collection::vec(any::<u8>(), 0..50),
        flipped in 0_usize..512,
    ) {
        use ed25519_dalek::Signer as _;
        let signing = ed25519_dalek::SigningKey::from_bytes(&secret);
        let key = ed25519(signing.verifying_key().as_bytes()).unwrap();
        let mut signature = signing.sign(&message).to_bytes();
        prop_assert!(genuine(&*key, &message, &signature));
        signature[flipped / 8] ^= 1 << (flipped % 8);
        prop_assert!(!genuine(&*key, &message, &signature));
    }

    #[test]
    fn random_signatures_of_ed448_and_one_changed_bit(
        secret in any::<[u8; 55]>(),
        nonce in any::<[u8; 55]>(),
        message in prop::collection::vec(any::<u8>(), 0..50),
        flipped in 0_usize..912,
    ) {
        let [secret, nonce] = [secret, nonce].map(|octets| BigUint::from_bytes_le(&octets) + 1_u8);
        let (public, commitment) = (multiple_448(&secret), multiple_448(&nonce));
        let s = (hash_448(&commitment, &public, &message) * secret + nonce) % order_448();
        let mut signature = [commitment, little_endian(&s, OCTETS)].concat();
        let key = ed448(&public).unwrap();
        prop_assert!(genuine(&*key, &message, &signature));
        signature[flipped / 8] ^= 1 << (flipped % 8);
        prop_assert!(!genuine(&*key, &message, &signature));
    }

    #[test]
    fn random_octets_are_refused(
        key in prop::collection::vec(any::<u8>(), 30..60),
        signature in prop::collection::vec(any::<u8>(), 0..120),
    ) {
        let _ = (ed25519(&key), ed448(&key));
        for (key, ..) in published() {
            prop_assert!(!genuine(&*key, b"message", &signature));
        }
    }
}
