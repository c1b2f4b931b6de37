use super::*;
use crate::alg::testing::{integer, spki};
use crate::der::writer::element;
use num_bigint::BigUint;
use proptest::prelude::*;
use std::sync::LazyLock;

/// A key whose private part is known, so that any block can be "signed".
pub(super) struct Signer {
    n: BigUint,
    e: BigUint,
    d: BigUint,
}

pub(super) static SIGNER_1024: LazyLock<Signer> = LazyLock::new(|| Signer::new(1024, 65_537));
pub(super) static SIGNER_2048: LazyLock<Signer> = LazyLock::new(|| Signer::new(2048, 65_537));

impl Signer {
    /// A key of exactly this many bits from fixed seeds.
    fn new(bits: usize, e: u64) -> Self {
        let e = BigUint::from(e);
        let one = BigUint::from(1_u8);
        let p = prime(&[1, bits as u8, (bits >> 8) as u8], bits - bits / 2);
        let q = prime(&[2, bits as u8, (bits >> 8) as u8], bits / 2);
        let n = &p * &q;
        assert_eq!(n.bits(), bits as u64);
        let phi = (&p - &one) * (&q - &one);
        let d = e.modinv(&phi).unwrap();
        Self { n, e, d }
    }

    pub(super) fn length(&self) -> usize {
        self.n.bits().div_ceil(8) as usize
    }

    pub(super) fn key(&self) -> SubjectPublicKeyInfo {
        rsa_key(&self.n.to_bytes_be(), &self.e.to_bytes_be())
    }

    pub(super) fn apply(&self, block: &[u8]) -> Vec<u8> {
        let value = BigUint::from_bytes_be(block).modpow(&self.d, &self.n);
        left_padded(&value.to_bytes_be(), self.length())
    }

    /// `00 01 FF … FF 00` around any `DigestInfo`.
    fn sign_info(&self, info: &[u8]) -> Vec<u8> {
        let padding = vec![0xff; self.length() - info.len() - 3];
        self.apply(&[&[0, 1][..], &padding, &[0], info].concat())
    }
}

/// The first prime after a number with its two top bits set, so that products have full length.
fn prime(seed: &[u8], bits: usize) -> BigUint {
    let mut octets = Vec::new();
    while octets.len() < bits / 8 {
        octets.extend(SHA512.digest(&[seed, &octets].concat()).unwrap().value);
    }
    octets.truncate(bits / 8);
    let mut candidate = BigUint::from_bytes_be(&octets);
    candidate.set_bit(bits as u64 - 1, true);
    candidate.set_bit(bits as u64 - 2, true);
    candidate.set_bit(0, true);
    let two = BigUint::from(2_u8);
    while two.modpow(&(&candidate - 1_u8), &candidate) != BigUint::from(1_u8) {
        candidate += 2_u8;
    }
    candidate
}

fn left_padded(octets: &[u8], length: usize) -> Vec<u8> {
    [vec![0; length - octets.len()], octets.to_vec()].concat()
}

fn rsa_key(modulus: &[u8], exponent: &[u8]) -> SubjectPublicKeyInfo {
    let numbers = [integer(modulus), integer(exponent)].concat();
    spki(oids::RSA, &[5, 0], &element(Tag::SEQUENCE, &numbers))
}

pub(super) const MESSAGE: &[u8] = b"message";

fn good_info() -> Vec<u8> {
    digest_info(
        DigestId::Sha256,
        &SHA256.digest(MESSAGE).unwrap().value,
        &NULL,
    )
}

fn verify_with(signer: &Signer, signature: &[u8]) -> bool {
    let key = RSA_SHA256.prepare(&signer.key()).unwrap();
    key.verify(Message::Octets(MESSAGE), signature).is_ok()
}

/// RFC 8017 §9.2 note 1.
#[test]
fn digest_infos_begin_as_published() {
    let published = [
        (DigestId::Sha1, "3021300906052b0e03021a05000414"),
        (DigestId::Sha224, "302d300d06096086480165030402040500041c"),
        (DigestId::Sha256, "3031300d060960864801650304020105000420"),
        (DigestId::Sha384, "3041300d060960864801650304020205000430"),
        (DigestId::Sha512, "3051300d060960864801650304020305000440"),
    ];
    for (id, prefix) in published {
        let info = digest_info(id, &vec![0xaa; id.size()], &NULL);
        assert_eq!(hex::encode(&info[..info.len() - id.size()]), prefix);
    }
}

#[test]
fn signatures_with_every_digest() {
    let signer = &*SIGNER_2048;
    for algorithm in [
        &RSA_SHA1,
        &RSA_SHA224,
        &RSA_SHA256,
        &RSA_SHA384,
        &RSA_SHA512,
    ] {
        let digest = algorithm.digest.digest(MESSAGE).unwrap().value;
        let signature = signer.sign_info(&digest_info(algorithm.digest.id(), &digest, &NULL));
        let key = algorithm.prepare(&signer.key()).unwrap();
        let name = algorithm.id();
        assert_eq!(
            key.verify(Message::Octets(MESSAGE), &signature),
            Ok(()),
            "{name}"
        );
        assert_eq!(
            key.verify(Message::Digest(&digest), &signature),
            Ok(()),
            "{name}"
        );
        let other = key.verify(Message::Octets(b"massage"), &signature);
        assert_eq!(other, Err(NotVerified::BadSignature), "{name}");
        let short = key.verify(Message::Digest(&digest[1..]), &signature);
        assert_eq!(short, Err(NotVerified::BadSignature), "{name}");
    }
    // A digest named by the signer and another one asked for.
    let signature = signer.sign_info(&good_info());
    let key = RSA_SHA384.prepare(&signer.key()).unwrap();
    assert!(key.verify(Message::Octets(MESSAGE), &signature).is_err());
}

/// The `rsa` crate is the second opinion.
#[test]
fn another_implementation_agrees() {
    let signer = &*SIGNER_2048;
    let number = |value: &BigUint| {
        let octets = value.to_bytes_be();
        BoxedUint::from_be_slice(&octets, value.bits() as u32).unwrap()
    };
    let key = rsa::RsaPublicKey::new(number(&signer.n), number(&signer.e)).unwrap();
    let digest = SHA256.digest(MESSAGE).unwrap().value;
    let agrees = |signature: &[u8]| {
        let scheme = rsa::Pkcs1v15Sign::new::<sha2::Sha256>();
        let theirs = key.verify(scheme, &digest, signature).is_ok();
        assert_eq!(theirs, verify_with(signer, signature));
        theirs
    };
    let signature = signer.sign_info(&good_info());
    assert!(agrees(&signature));
    let mut changed = signature;
    changed[9] ^= 1;
    assert!(!agrees(&changed));
}

/// RFC 8017 §8.2.2 steps 1 and 2: the length is that of the modulus, the number below it.
#[test]
fn length_and_range_of_signatures() {
    let signer = &*SIGNER_1024;
    let signature = signer.sign_info(&good_info());
    assert!(verify_with(signer, &signature));
    assert!(!verify_with(signer, &[&[0], &signature[..]].concat()));
    assert!(!verify_with(signer, &[&signature[..], &[0]].concat()));
    assert!(!verify_with(signer, &signature[1..]));
    assert!(!verify_with(signer, &[]));
    let above = BigUint::from_bytes_be(&signature) + &signer.n;
    if above.bits() <= 1024 {
        assert!(!verify_with(signer, &above.to_bytes_be()));
    }
    let minus = &signer.n - BigUint::from_bytes_be(&signature);
    assert!(!verify_with(
        signer,
        &left_padded(&minus.to_bytes_be(), 128)
    ));
    assert!(!verify_with(signer, &[0; 128]));
    assert!(!verify_with(signer, &signer.n.to_bytes_be()));
}

/// Encodings that parsers have let through (validation attacks 22 and 23); each is properly signed.
#[test]
fn no_other_encoding_of_the_digest_is_accepted() {
    let signer = &*SIGNER_2048;
    let good = good_info();
    let digest = SHA256.digest(MESSAGE).unwrap().value;
    assert!(verify_with(signer, &signer.sign_info(&good)));

    let oid = element(Tag::OID, oids::SHA256.content());
    let info = |identifier: &[u8], rest: &[u8]| {
        let identifier = element(Tag::SEQUENCE, identifier);
        element(Tag::SEQUENCE, &[&identifier, rest].concat())
    };
    let value = element(Tag::OCTET_STRING, &digest);
    let null = [&oid[..], &[5, 0]].concat();
    let without_null = info(&oid, &value);
    let garbage_in_parameters = info(
        &[&oid[..], &element(Tag::OCTET_STRING, &[7; 40])].concat(),
        &value,
    );
    let garbage_behind_the_value = info(&null, &[&value[..], &[5, 0]].concat());
    let garbage_behind_all = [&good[..], &[0; 40]].concat();
    let long_length = [&[0x30, 0x81, good[1]], &good[2..]].concat();
    let short_value = info(&null, &element(Tag::OCTET_STRING, &digest[..30]));
    let bare_digest = digest.clone();
    let wrong_oid = digest_info(DigestId::Sha512, &digest, &NULL);
    for info in [
        without_null,
        garbage_in_parameters,
        garbage_behind_the_value,
        garbage_behind_all,
        long_length,
        short_value,
        bare_digest,
        wrong_oid,
    ] {
        assert!(
            !verify_with(signer, &signer.sign_info(&info)),
            "{}",
            hex::encode(&info)
        );
    }
}

#[test]
fn no_other_padding_is_accepted() {
    let signer = &*SIGNER_2048;
    let good = good_info();
    let room = signer.length() - good.len() - 3;
    let block = |head: &[u8], padding: &[u8], end: &[u8], tail: &[u8]| {
        signer.apply(&[head, padding, end, &good, tail].concat())
    };
    assert!(verify_with(
        signer,
        &block(&[0, 1], &vec![0xff; room], &[0], &[])
    ));
    let mut odd_octet = vec![0xff; room];
    odd_octet[room / 2] = 0xfe;
    for broken in [
        block(&[0, 2], &vec![0xff; room], &[0], &[]),
        block(&[0, 0], &vec![0xff; room], &[0], &[]),
        block(&[0, 1], &vec![0; room], &[0], &[]),
        block(&[0, 1], &odd_octet, &[0], &[]),
        block(&[0, 1], &vec![0xff; room], &[0xff], &[]),
        // Short padding, the rest filled behind the digest.
        block(&[0, 1], &[0xff; 8], &[0], &vec![0; room - 8]),
        block(&[0, 1], &[0xff; 8], &[0], &vec![0x5a; room - 8]),
        block(&[0, 1], &[], &[0], &vec![0xff; room]),
    ] {
        assert!(!verify_with(signer, &broken));
    }
}

#[test]
fn bounds_of_modulus_and_exponent() {
    let prepare =
        |modulus: &[u8], exponent: &[u8]| RSA_SHA256.prepare(&rsa_key(modulus, exponent)).err();
    let f4 = &[1, 0, 1][..];
    let bounds = Some(KeyRejected::OutOfBounds);
    let modulus = |octets: usize, first: u8| {
        let mut modulus = vec![0xff; octets];
        modulus[0] = first;
        modulus
    };
    assert_eq!(prepare(&modulus(64, 0x80), f4), None);
    assert_eq!(prepare(&modulus(64, 0x7f), f4), bounds);
    assert_eq!(prepare(&modulus(1024, 0xff), f4), None);
    assert_eq!(prepare(&modulus(1025, 1), f4), bounds);
    let mut even = modulus(256, 0xff);
    even[255] = 0xfe;
    assert_eq!(prepare(&even, f4), bounds);

    let modulus = modulus(256, 0xff);
    for (exponent, expected) in [
        (&[1, 0, 1][..], None),
        (&[1, 0, 0], bounds),
        (&[1, 0, 2], bounds),
        (&[3], None),
        (&[1], bounds),
        (&[2], bounds),
        (&[0xff, 0xff], None),
        (&[0xff; 8], None),
        (&[1, 0, 0, 0, 0, 0, 0, 0, 1], bounds),
    ] {
        assert_eq!(prepare(&modulus, exponent), expected, "{exponent:?}");
    }
}

fn said(signer: &Signer, key: &SubjectPublicKeyInfo, info: &[u8]) -> Result<(), NotVerified> {
    let key = RSA_SHA256.prepare(key).unwrap();
    key.verify(Message::Octets(MESSAGE), &signer.sign_info(info))
}

#[test]
fn of_a_low_exponent_it_is_told_that_the_equation_holds() {
    let low = Signer::new(1024, 65_521);
    let flawed = Err(NotVerified::Flawed(Flaw::LowExponent));
    assert_eq!(said(&low, &low.key(), &good_info()), flawed);
    let other = digest_info(DigestId::Sha256, &[7; 32], &NULL);
    let bad = Err(NotVerified::BadSignature);
    assert_eq!(said(&low, &low.key(), &other), bad);
    let lowest_taken = Signer::new(1024, 65_537);
    assert_eq!(
        said(&lowest_taken, &lowest_taken.key(), &good_info()),
        Ok(())
    );
}

#[test]
fn of_a_negative_modulus_it_is_told_that_the_equation_holds() {
    let signer = &*SIGNER_2048;
    let modulus = signer.n.to_bytes_be();
    assert!(modulus[0] >= 0x80);
    let numbers = [element(Tag::INTEGER, &modulus), integer(&[1, 0, 1])].concat();
    let negative = spki(oids::RSA, &[5, 0], &element(Tag::SEQUENCE, &numbers));
    let flawed = Err(NotVerified::Flawed(Flaw::NegativeModulus));
    assert_eq!(said(signer, &negative, &good_info()), flawed);
    assert_eq!(said(signer, &signer.key(), &good_info()), Ok(()));
    let other = digest_info(DigestId::Sha256, &[7; 32], &NULL);
    let bad = Err(NotVerified::BadSignature);
    assert_eq!(said(signer, &negative, &other), bad);
}

#[test]
fn of_a_digest_info_without_null_it_is_told_that_the_equation_holds() {
    let signer = &*SIGNER_2048;
    let digest = SHA256.digest(MESSAGE).unwrap().value;
    let with = |digest: &[u8], null: &[u8]| {
        let info = digest_info(DigestId::Sha256, digest, null);
        said(signer, &signer.key(), &info)
    };
    let flawed = Err(NotVerified::Flawed(Flaw::NoDigestParameters));
    let bad = Err(NotVerified::BadSignature);
    assert_eq!(with(&digest, &[]), flawed);
    assert_eq!(with(&[7; 32], &[]), bad);
    assert_eq!(with(&digest, &[0x05, 0x01, 0x00]), bad);
    assert_eq!(with(&digest, &NULL), Ok(()));
}

#[test]
fn keys_are_strict_der() {
    let numbers = [integer(&[0xff; 128]), integer(&[1, 0, 1])].concat();
    let good = element(Tag::SEQUENCE, &numbers);
    let prepare = |algorithm, parameters: &[u8], key: &[u8]| {
        RSA_SHA256.prepare(&spki(algorithm, parameters, key)).err()
    };
    assert_eq!(prepare(oids::RSA, &[5, 0], &good), None);
    assert_eq!(prepare(oids::RSA, &[], &good), None);
    let parameters = Some(KeyRejected::UnknownParameters);
    assert_eq!(prepare(oids::RSA, &[4, 0], &good), parameters);
    for other in [oids::RSA_PSS, oids::RSA_SHA256, oids::EC] {
        let reason = Some(KeyRejected::OtherAlgorithm);
        assert_eq!(prepare(other, &[5, 0], &good), reason);
    }
    let sequence = |parts: &[&[u8]]| element(Tag::SEQUENCE, &parts.concat());
    let negative = element(Tag::INTEGER, &[0xff; 128]);
    let padded = element(Tag::INTEGER, &[&[0, 0][..], &[0xff; 128]].concat());
    let e = integer(&[1, 0, 1]);
    for malformed in [
        &[][..],
        &numbers,
        &[&good[..], &[0]].concat(),
        &sequence(&[&numbers, &[5, 0]]),
        &sequence(&[&e]),
        &sequence(&[&negative, &e]),
        &sequence(&[&padded, &e]),
        &sequence(&[&integer(&[0]), &e]),
    ] {
        let reason = Some(KeyRejected::Malformed);
        assert_eq!(prepare(oids::RSA, &[5, 0], malformed), reason);
    }
}

/// A modulus that is not a whole number of octets.
#[test]
fn odd_sizes() {
    let signer = Signer::new(1041, (1 << 61) - 1);
    assert!(verify_with(&signer, &signer.sign_info(&good_info())));
    let mut wrong = signer.sign_info(&good_info());
    wrong[20] ^= 4;
    assert!(!verify_with(&signer, &wrong));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn one_changed_bit(flipped in 0..2048_usize) {
        let signer = &*SIGNER_2048;
        let mut signature = signer.sign_info(&good_info());
        signature[flipped / 8] ^= 1 << (flipped % 8);
        prop_assert!(!verify_with(signer, &signature));
    }

    #[test]
    fn random_octets_are_refused(
        signature in prop::collection::vec(any::<u8>(), 128),
        key in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        prop_assert!(!verify_with(&SIGNER_1024, &signature));
        prop_assert!(RSA_SHA256.prepare(&spki(oids::RSA, &[5, 0], &key)).is_err());
    }
}
