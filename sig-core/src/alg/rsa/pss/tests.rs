use super::*;
use crate::alg::rsa::tests::{MESSAGE, SIGNER_1024, SIGNER_2048, Signer};
use crate::alg::testing::{encoded_oid, identifier, spki};
use crate::der::writer::element;

fn tagged(number: u32, content: &[u8]) -> Vec<u8> {
    element(Tag::context(number).constructed(), content)
}

fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    element(Tag::SEQUENCE, &parts.concat())
}

fn with_null(oid: Oid) -> Vec<u8> {
    sequence(&[&encoded_oid(&oid), &[5, 0]])
}

fn mgf1_with(hash: Oid) -> Vec<u8> {
    sequence(&[&encoded_oid(&MGF1), &with_null(hash)])
}

/// Encoded parameters without the trailer field.
pub(in crate::alg) fn parameters(hash: Oid, mask: Oid, salt: u8) -> Vec<u8> {
    sequence(&[
        &tagged(0, &with_null(hash)),
        &tagged(1, &mgf1_with(mask)),
        &tagged(2, &[2, 1, salt]),
    ])
}

fn resolve(parameters: &[u8]) -> Result<DigestId, Unresolved> {
    digest_of(&identifier(oids::RSA_PSS, parameters))
}

#[test]
fn parameters_with_defaults_absent_and_written_out() {
    let trailer = |value| tagged(3, &[2, 1, value]);
    let all = sequence(&[
        &tagged(0, &with_null(oids::SHA1)),
        &tagged(1, &mgf1_with(oids::SHA1)),
        &tagged(2, &[2, 1, 20]),
        &trailer(1),
    ]);
    for sha1 in [&[0x30, 0][..], &all, &sequence(&[&trailer(1)])] {
        assert_eq!(resolve(sha1), Ok(DigestId::Sha1));
    }
    let sha512 = parameters(oids::SHA512, oids::SHA512, 64);
    assert_eq!(resolve(&sha512), Ok(DigestId::Sha512));
}

#[test]
fn other_parameters_are_refused() {
    let hash = tagged(0, &with_null(oids::SHA256));
    let mask = tagged(1, &mgf1_with(oids::SHA256));
    let salt = tagged(2, &[2, 1, 32]);
    let good = sequence(&[&hash, &mask, &salt]);
    assert_eq!(resolve(&good), Ok(DigestId::Sha256));
    let other_mask = sequence(&[&encoded_oid(&oids::DATA), &with_null(oids::SHA256)]);
    let bare_mask = sequence(&[&encoded_oid(&MGF1)]);
    for broken in [
        &[][..],
        &[5, 0],
        &sequence(&[&mask, &hash, &salt]),
        &sequence(&[&hash, &hash, &mask, &salt]),
        &sequence(&[&hash, &tagged(1, &bare_mask), &salt]),
        &sequence(&[&hash, &mask, &tagged(2, &[2, 2, 0, 32])]),
        &sequence(&[&hash, &mask, &tagged(2, &[2, 1, 32, 5, 0])]),
        &sequence(&[&hash, &mask, &salt, &tagged(4, &[2, 1, 1])]),
    ] {
        assert_eq!(resolve(broken), Err(Unresolved::BadParameters));
    }
    for unsupported in [
        &sequence(&[&hash, &salt]),
        &sequence(&[&mask, &salt]),
        &sequence(&[&hash, &tagged(1, &other_mask), &salt]),
        &sequence(&[&hash, &mask, &tagged(2, &[2, 1, 0xe0])]),
        &sequence(&[&hash, &mask, &tagged(2, &[2, 3, 1, 0, 0])]),
        &sequence(&[&hash, &mask, &salt, &tagged(3, &[2, 1, 2])]),
    ] {
        assert_eq!(
            resolve(unsupported),
            Err(Unresolved::Unknown(oids::RSA_PSS))
        );
    }
    let unknown = parameters(oids::DATA, oids::DATA, 32);
    assert_eq!(resolve(&unknown), Err(Unresolved::Unknown(oids::DATA)));
}

/// EMSA-PSS-ENCODE (RFC 8017 §9.1.1) with SHA-256, whose parts can be made wrong.
struct Encoding256 {
    salt: usize,
    one: u8,
    padding: u8,
    trailer: u8,
    /// The bit above those in use.
    top: u8,
}

const GOOD: Encoding256 = Encoding256 {
    salt: 32,
    one: 1,
    padding: 0,
    trailer: 0xbc,
    top: 0,
};

impl Encoding256 {
    fn sign(&self, signer: &Signer) -> Vec<u8> {
        let salt = vec![0x5a; self.salt];
        let digest = SHA256.digest(MESSAGE).unwrap().value;
        let hash = SHA256
            .digest(&[&[0; 8], &digest[..], &salt].concat())
            .unwrap()
            .value;
        let mut data = vec![0; signer.length() - 32 - 2 - self.salt];
        data[1] = self.padding;
        data.push(self.one);
        data.extend(&salt);
        let mask = mgf1(&hash, data.len(), &SHA256).unwrap();
        let mut block: Vec<u8> = data.iter().zip(&mask).map(|(a, b)| a ^ b).collect();
        block[0] = block[0] & 0x7f | self.top;
        block.extend(&hash);
        block.push(self.trailer);
        signer.apply(&block)
    }

    fn verifies(&self, signer: &Signer) -> bool {
        let key = PSS_SHA256.prepare(&signer.key()).unwrap();
        let signature = self.sign(signer);
        key.verify(Message::Octets(MESSAGE), &signature).is_ok()
    }
}

#[test]
fn signatures_with_sha_3() {
    let signer = &*SIGNER_2048;
    for algorithm in [&PSS_SHA3_224, &PSS_SHA3_256, &PSS_SHA3_384, &PSS_SHA3_512] {
        let digest = |octets: &[u8]| algorithm.digest.digest(octets).unwrap().value;
        let salt = vec![0x5a; algorithm.digest.id().size()];
        let hash = digest(&[&[0; 8], &digest(MESSAGE)[..], &salt].concat());
        let mut data = vec![0; signer.length() - 2 - 2 * salt.len()];
        data.push(1);
        data.extend(&salt);
        let mask = mgf1(&hash, data.len(), algorithm.digest).unwrap();
        let mut block: Vec<u8> = data.iter().zip(&mask).map(|(a, b)| a ^ b).collect();
        block[0] &= 0x7f;
        block.extend(&hash);
        block.push(0xbc);
        let mut signature = signer.apply(&block);
        let key = algorithm.prepare(&signer.key()).unwrap();
        assert_eq!(key.verify(Message::Octets(MESSAGE), &signature), Ok(()));
        signature[100] ^= 1;
        let bad = Err(NotVerified::BadSignature);
        assert_eq!(key.verify(Message::Octets(MESSAGE), &signature), bad);
    }
}

#[test]
fn every_part_of_the_encoding_is_checked() {
    for signer in [&*SIGNER_1024, &*SIGNER_2048] {
        assert!(GOOD.verifies(signer));
        for wrong in [
            Encoding256 { salt: 31, ..GOOD },
            Encoding256 { salt: 33, ..GOOD },
            Encoding256 { salt: 0, ..GOOD },
            Encoding256 { one: 2, ..GOOD },
            Encoding256 { one: 0, ..GOOD },
            Encoding256 { padding: 1, ..GOOD },
            Encoding256 {
                trailer: 0xcc,
                ..GOOD
            },
            Encoding256 { top: 0x80, ..GOOD },
        ] {
            assert!(!wrong.verifies(signer));
        }
    }
}

#[test]
fn the_salt_is_as_long_as_the_parameters_say() {
    let signer = &*SIGNER_2048;
    let key = PSS_SHA256.prepare(&signer.key()).unwrap();
    let most = 256 - 32 - 4;
    for salt in [0, 1, 20, 31, 32, 33, most] {
        let signature = Encoding256 { salt, ..GOOD }.sign(signer);
        for stated in [0, salt.saturating_sub(1), salt, salt + 1, 32, usize::MAX] {
            let verified = key.verify_salted(Message::Octets(MESSAGE), &signature, stated);
            assert_eq!(verified.is_ok(), stated == salt, "{salt} {stated}");
        }
    }
    let stated = |salt: &[u8]| {
        let hash = tagged(0, &with_null(oids::SHA256));
        let mask = tagged(1, &mgf1_with(oids::SHA256));
        identifier(oids::RSA_PSS, &sequence(&[&hash, &mask, &tagged(2, salt)]))
    };
    assert_eq!(stated(&[2, 1, 31]).pss_salt(), Some(31));
    assert_eq!(stated(&[2, 2, 0, 220]).pss_salt(), Some(220));
    assert_eq!(resolve(&[0x30, 0]), Ok(DigestId::Sha1));
    assert_eq!(identifier(oids::RSA_PSS, &[0x30, 0]).pss_salt(), Some(20));
    assert_eq!(identifier(oids::RSA, &[5, 0]).pss_salt(), None);
    let long = Encoding256 { salt: most, ..GOOD }.sign(signer);
    let verify =
        |identifier: AlgorithmIdentifier| identifier.verify(&*key, Message::Octets(MESSAGE), &long);
    assert_eq!(verify(stated(&[2, 2, 0, 220])), Ok(()));
    assert_eq!(verify(stated(&[2, 1, 32])), Err(NotVerified::BadSignature));
}

#[test]
fn no_salt_is_shorter_than_the_key_says() {
    let signer = &*SIGNER_2048;
    let numbers = signer.key().public_key;
    let bound = parameters(oids::SHA256, oids::SHA256, 20);
    let key = PSS_SHA256
        .prepare(&spki(oids::RSA_PSS, &bound, &numbers))
        .unwrap();
    for (salt, verifies) in [(19, false), (20, true), (32, true)] {
        let signature = Encoding256 { salt, ..GOOD }.sign(signer);
        let verified = key.verify_salted(Message::Octets(MESSAGE), &signature, salt);
        assert_eq!(verified.is_ok(), verifies, "{salt}");
    }
}

/// RFC 8017 §9.1.2 steps 6 and 9: `emBits` is one less than the bits of the modulus.
#[test]
fn bits_above_the_encoded_message_are_zero() {
    let digest = SHA256.digest(MESSAGE).unwrap().value;
    let hash = SHA256
        .digest(&[&[0; 8], &digest[..], &[7; 32]].concat())
        .unwrap()
        .value;
    let data = [&[0, 0, 1][..], &[7; 32]].concat();
    let mask = mgf1(&hash, data.len(), &SHA256).unwrap();
    let mut block: Vec<u8> = data.iter().zip(&mask).map(|(a, b)| a ^ b).collect();
    block[0] &= 0x0f;
    block.extend(&hash);
    block.push(0xbc);
    let bits = 8 * 68 - 4;
    assert_eq!(check_encoding(&block, bits, &digest, 32, &SHA256), Ok(()));
    block[0] |= 0x10;
    assert_eq!(
        check_encoding(&block, bits, &digest, 32, &SHA256),
        Err(NotVerified::BadSignature)
    );
    // An encoded message of whole octets stands behind one octet of the block, which is zero.
    let mut longer = {
        let mut block: Vec<u8> = data.iter().zip(&mask).map(|(a, b)| a ^ b).collect();
        block.extend(&hash);
        block.push(0xbc);
        [&[0], &block[..]].concat()
    };
    assert_eq!(
        check_encoding(&longer, 8 * 68, &digest, 32, &SHA256),
        Ok(())
    );
    longer[0] = 1;
    assert_eq!(
        check_encoding(&longer, 8 * 68, &digest, 32, &SHA256),
        Err(NotVerified::BadSignature)
    );
}

#[test]
fn message_length_and_digest_are_checked() {
    let signer = &*SIGNER_1024;
    let key = PSS_SHA256.prepare(&signer.key()).unwrap();
    let good = GOOD.sign(signer);
    let digest = SHA256.digest(MESSAGE).unwrap().value;
    assert_eq!(key.verify(Message::Digest(&digest), &good), Ok(()));
    let refused = Err(NotVerified::BadSignature);
    assert_eq!(key.verify(Message::Octets(b"other"), &good), refused);
    assert_eq!(key.verify(Message::Digest(&digest[1..]), &good), refused);
    assert_eq!(key.verify(Message::Octets(MESSAGE), &good[1..]), refused);
    let long = [&[0], &good[..]].concat();
    assert_eq!(key.verify(Message::Octets(MESSAGE), &long), refused);
    // 1024 bits hold no SHA-512 with its salt, which need 130 octets.
    let key = PSS_SHA512.prepare(&signer.key()).unwrap();
    assert_eq!(key.verify(Message::Octets(MESSAGE), &good), refused);
}

#[test]
fn keys_for_pss_alone_say_which_digest() {
    let numbers = SIGNER_1024.key().public_key;
    let prepare = |algorithm, parameters: &[u8]| {
        PSS_SHA256
            .prepare(&spki(algorithm, parameters, &numbers))
            .err()
    };
    let sha256 = parameters(oids::SHA256, oids::SHA256, 32);
    let sha512 = parameters(oids::SHA512, oids::SHA512, 64);
    assert_eq!(prepare(oids::RSA, &[5, 0]), None);
    assert_eq!(prepare(oids::RSA_PSS, &[]), None);
    assert_eq!(prepare(oids::RSA_PSS, &sha256), None);
    assert_eq!(
        prepare(oids::RSA_PSS, &sha512),
        Some(KeyRejected::ParametersMismatch)
    );
    for (algorithm, parameters) in [(oids::RSA_PSS, &[5, 0][..]), (oids::RSA, &sha256)] {
        assert_eq!(
            prepare(algorithm, parameters),
            Some(KeyRejected::UnknownParameters)
        );
    }
    assert_eq!(prepare(oids::EC, &[]), Some(KeyRejected::OtherAlgorithm));
}
