//! EdDSA verification over edwards25519 and edwards448 (RFC 8032), in the pure variants only: they sign octets,
//! so that a digest of a message proves nothing.
//!
//! Stricter than RFC 8032 asks: a key is a point of the group of the base point and not the identity, encodings
//! are the canonical ones, and the commitment of a signature is not the identity. Every honest signer keeps to
//! that, and within it the equation with and without the cofactor is the same.

mod ed448;

use shake::{ExtendableOutput, Shake256, Update, XofReader};

use super::digest::DigestId;
use super::provider::KeyFamily;
use super::scheme::{Input, Scheme};
use super::signature::{
    KeyRejected, Message, NotVerified, SignatureAlgorithm, SignatureId, SignatureScheme,
    VerifyingKey,
};
use super::spki::SubjectPublicKeyInfo;
use super::strength::KeyDescription;
use crate::der::oid::Oid;
use crate::der::oids;

/// Ed25519 (RFC 8032 §5.1).
#[derive(Debug)]
pub struct Ed25519;

/// Ed448 (RFC 8032 §5.2) with an empty context.
#[derive(Debug)]
pub struct Ed448;

/// Ed25519.
pub static ED25519: Ed25519 = Ed25519;
/// Ed448.
pub static ED448: Ed448 = Ed448;

/// Names, keys and the digest of a CMS content (RFC 8419 §2.3).
pub(super) static SCHEME_ED25519: Scheme = Scheme {
    scheme: SignatureScheme::Ed25519,
    name: "ed25519",
    keys: &[oids::ED25519],
    combined: &[(oids::ED25519, DigestId::Sha512)],
    goes_with: |digest| digest == DigestId::Sha512,
    input: Input::Octets,
    // Bits of the order, as for other curves.
    describe: |_| KeyDescription::new(KeyFamily::Ed25519, 253),
};
/// Names, keys and the digest of a CMS content (RFC 8419 §2.3).
pub(super) static SCHEME_ED448: Scheme = Scheme {
    scheme: SignatureScheme::Ed448,
    name: "ed448",
    keys: &[oids::ED448],
    combined: &[(oids::ED448, DigestId::Shake256)],
    goes_with: |digest| digest == DigestId::Shake256,
    input: Input::Octets,
    describe: |_| KeyDescription::new(KeyFamily::Ed448, 446),
};

/// The octets of a key (RFC 8410 §3, §4): parameters are absent, not even NULL.
fn key_octets<const N: usize>(
    key: &SubjectPublicKeyInfo,
    algorithm: Oid,
) -> Result<[u8; N], KeyRejected> {
    if key.algorithm.algorithm != algorithm {
        return Err(KeyRejected::OtherAlgorithm);
    }
    if key.algorithm.parameters.is_some() {
        return Err(KeyRejected::UnknownParameters);
    }
    let octets: &[u8] = &key.public_key;
    octets.try_into().map_err(|_| KeyRejected::Malformed)
}

impl SignatureAlgorithm for Ed25519 {
    fn id(&self) -> SignatureId {
        SignatureId {
            scheme: SignatureScheme::Ed25519,
            digest: DigestId::Sha512,
        }
    }

    fn prepare(&self, key: &SubjectPublicKeyInfo) -> Result<Box<dyn VerifyingKey>, KeyRejected> {
        let octets = key_octets(key, oids::ED25519)?;
        let key = ed25519_dalek::VerifyingKey::from_bytes(&octets)
            .map_err(|_| KeyRejected::InvalidPoint)?;
        let point = key.to_edwards();
        // Decoding reduces y and drops the sign of x = 0.
        if point.compress().to_bytes() != octets {
            return Err(KeyRejected::Malformed);
        }
        if point.is_small_order() || !point.is_torsion_free() {
            return Err(KeyRejected::InvalidPoint);
        }
        Ok(Box::new(Ed25519Key(key)))
    }
}

#[derive(Debug)]
struct Ed25519Key(ed25519_dalek::VerifyingKey);

impl VerifyingKey for Ed25519Key {
    fn verify(&self, message: Message<'_>, signature: &[u8]) -> Result<(), NotVerified> {
        let Message::Octets(octets) = message else {
            return Err(NotVerified::BadSignature);
        };
        let signature = ed25519_dalek::Signature::from_slice(signature)
            .map_err(|_| NotVerified::BadSignature)?;
        self.0
            .verify_strict(octets, &signature)
            .map_err(|_| NotVerified::BadSignature)
    }

    fn memory(&self) -> usize {
        size_of::<Self>()
    }
}

impl SignatureAlgorithm for Ed448 {
    fn id(&self) -> SignatureId {
        SignatureId {
            scheme: SignatureScheme::Ed448,
            digest: DigestId::Shake256,
        }
    }

    fn prepare(&self, key: &SubjectPublicKeyInfo) -> Result<Box<dyn VerifyingKey>, KeyRejected> {
        let octets = key_octets(key, oids::ED448)?;
        let point = ed448::Point::decode(&octets).ok_or(KeyRejected::InvalidPoint)?;
        let key = ed448::Key::new(&point).ok_or(KeyRejected::InvalidPoint)?;
        Ok(Box::new(Ed448Key { octets, key }))
    }
}

#[derive(Debug)]
struct Ed448Key {
    octets: [u8; ed448::OCTETS],
    key: ed448::Key,
}

impl Ed448Key {
    /// RFC 8032 §5.2.7. None if the signature is not one of these octets.
    fn check(&self, octets: &[u8], signature: &[u8]) -> Option<()> {
        let (commitment, s) = signature.split_at_checked(ed448::OCTETS)?;
        let mut hash = [0; ed448::HASH_OCTETS];
        Shake256::default()
            // dom4(0, ""): not prehashed, no context.
            .chain(b"SigEd448\x00\x00")
            .chain(commitment)
            .chain(self.octets)
            .chain(octets)
            .finalize_xof()
            .read(&mut hash);
        let expected = self.key.commitment(s.try_into().ok()?, &hash)?.encode()?;
        (expected == commitment).then_some(())
    }
}

impl VerifyingKey for Ed448Key {
    fn verify(&self, message: Message<'_>, signature: &[u8]) -> Result<(), NotVerified> {
        match message {
            Message::Octets(octets) => self
                .check(octets, signature)
                .ok_or(NotVerified::BadSignature),
            Message::Digest(_) => Err(NotVerified::BadSignature),
        }
    }

    fn memory(&self) -> usize {
        size_of::<Self>()
    }
}

#[cfg(test)]
mod tests;
