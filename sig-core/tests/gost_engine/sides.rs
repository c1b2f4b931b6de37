//! The two sides, each of which reads a DER `SubjectPublicKeyInfo` and says whether a signature is genuine.

use num_bigint::BigUint;
use openssl::hash::{MessageDigest, hash};
use openssl::pkey::{PKey, Private, Public};
use openssl::pkey_ctx::PkeyCtx;
use sig_core::alg::gost::batch::{BatchItem, verify_batch};
use sig_core::alg::provider::RUSTCRYPTO;
use sig_core::alg::signature::{Message, VerifyingKey};
use sig_core::alg::spki::SubjectPublicKeyInfo;
use sig_core::base::error::Structure;
use sig_core::der::octets::Octets;
use sig_core::der::oid::Oid;
use sig_core::der::reader::{Encoding, Reader};
use sig_core::der::tag::Tag;
use sig_core::der::writer::element;
use sig_core::{Budget, Limits};

use crate::Pair;
use crate::sets::Set;

/// An encoded public key.
pub fn spki(set: &Set, coordinates: &[u8]) -> Vec<u8> {
    let key = [vec![0], element(Tag::OCTET_STRING, coordinates)].concat();
    let encoded = [identifier(set), element(Tag::BIT_STRING, &key)].concat();
    element(Tag::SEQUENCE, &encoded)
}

fn identifier(set: &Set) -> Vec<u8> {
    let oid = |oid: Oid| element(Tag::OID, oid.content());
    let named = [oid(set.oid), oid(set.edition.digest_oid())].concat();
    let parameters = element(Tag::SEQUENCE, &named);
    element(
        Tag::SEQUENCE,
        &[oid(set.edition.key_oid()), parameters].concat(),
    )
}

/// The side under test.
pub mod ours {
    use super::*;

    /// What a trust snapshot gives to the key of one authority at most.
    const MEMORY: usize = 160 << 10;

    /// A key as it is for one signature, and as it is for many.
    pub type Keys = [Box<dyn VerifyingKey>; 2];

    fn read(spki: &[u8]) -> SubjectPublicKeyInfo {
        let source = Octets::from(spki);
        let mut reader = Reader::new(&source, Encoding::Der, Structure::SubjectPublicKeyInfo);
        SubjectPublicKeyInfo::read(&mut reader, &mut Budget::new(Limits::STANDARD)).unwrap()
    }

    /// A key if it is accepted.
    pub fn keys(set: &Set, spki: &[u8]) -> Option<Keys> {
        let algorithm = RUSTCRYPTO.signature(set.edition.id()).unwrap();
        let spki = read(spki);
        let plain = algorithm.prepare(&spki);
        let with_tables = algorithm.prepare_within(&spki, MEMORY);
        match (plain, with_tables) {
            (Ok(plain), Ok(with_tables)) => Some([plain, with_tables]),
            (Err(plain), Err(with_tables)) => {
                assert_eq!(plain, with_tables);
                None
            }
            (plain, with_tables) => panic!("{plain:?} but {with_tables:?}"),
        }
    }

    /// The verdict, once every way to it has come to the same.
    pub fn accepts(pair: &Pair, message: Message<'_>, signature: &[u8]) -> bool {
        let set = pair.set;
        let [alone, by_tables] = match pair.keys() {
            Some(keys) => keys
                .each_ref()
                .map(|key| key.verify(message, signature).is_ok()),
            None => [false; 2],
        };
        let key = read(&pair.spki);
        let item = BatchItem {
            algorithm: set.edition.id(),
            key: &key,
            message,
            signature,
        };
        // More than one register of lanes, where there are lanes for the curve.
        let copies = if set.has_lanes() { 9 } else { 1 };
        let batch = verify_batch(&vec![item; copies]);
        assert_eq!(by_tables, alone, "{}: by tables, alone", set.name);
        for verdict in batch {
            assert_eq!(verdict.is_ok(), alone, "{}: in a batch, alone", set.name);
        }
        alone
    }
}

/// The side compared with.
pub mod engine {
    use super::*;

    pub fn is_loaded() -> bool {
        MessageDigest::from_name("md_gost12_256").is_some()
    }

    pub fn accepts(spki: &[u8], digest: &[u8], signature: &[u8]) -> bool {
        // The engine ends the process on a digest of another length.
        assert!([32, 64].contains(&digest.len()));
        let Ok(key): Result<PKey<Public>, _> = PKey::public_key_from_der(spki) else {
            return false;
        };
        let mut context = PkeyCtx::new(&key).unwrap();
        context.verify_init().unwrap();
        context.verify(digest, signature).unwrap_or(false)
    }

    /// The private key in PKCS #8, least significant octet first.
    pub fn private_key(set: &Set, d: &BigUint) -> PKey<Private> {
        let mut scalar = d.to_bytes_le();
        scalar.resize(set.edition.octets(), 0);
        let encoded = [
            element(Tag::INTEGER, &[0]),
            identifier(set),
            element(Tag::OCTET_STRING, &element(Tag::OCTET_STRING, &scalar)),
        ];
        PKey::private_key_from_der(&element(Tag::SEQUENCE, &encoded.concat())).unwrap()
    }

    pub fn sign(key: &PKey<Private>, digest: &[u8]) -> Vec<u8> {
        let mut context = PkeyCtx::new(key).unwrap();
        context.sign_init().unwrap();
        let mut signature = Vec::new();
        context.sign_to_vec(digest, &mut signature).unwrap();
        signature
    }

    pub fn digest(set: &Set, message: &[u8]) -> Vec<u8> {
        let algorithm = MessageDigest::from_name(set.edition.digest_name()).unwrap();
        hash(algorithm, message).unwrap().to_vec()
    }
}
