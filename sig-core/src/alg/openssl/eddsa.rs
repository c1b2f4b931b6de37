//! The equation of EdDSA by OpenSSL.
//!
//! A key is judged by the portable back end: a canonical encoding of a point of the group of the base point, other
//! than the identity. OpenSSL computes the commitment; for Ed25519 it compares encodings, for Ed448 it compares points up
//! to those of small order. So the commitment of a signature is held to the same rule as a key first: within the group
//! of the base point both comparisons are equality. For Ed25519 only the identity is left to refuse.

use openssl::pkey::{Id, PKey, Public};
use openssl::sign::Verifier;

use crate::alg::signature::{
    KeyRejected, Message, NotVerified, SignatureAlgorithm, SignatureId, VerifyingKey,
};
use crate::alg::spki::SubjectPublicKeyInfo;

/// EdDSA over one curve.
#[derive(Debug)]
pub struct OpenSslEddsa {
    curve: Id,
    /// Octets of a point and of a scalar.
    octets: usize,
    portable: &'static dyn SignatureAlgorithm,
    /// Whether these octets may be a commitment.
    accepts: fn(&[u8]) -> bool,
}

impl OpenSslEddsa {
    pub(super) const fn new(
        curve: Id,
        octets: usize,
        portable: &'static dyn SignatureAlgorithm,
        accepts: fn(&[u8]) -> bool,
    ) -> Self {
        Self {
            curve,
            octets,
            portable,
            accepts,
        }
    }
}

impl SignatureAlgorithm for OpenSslEddsa {
    fn id(&self) -> SignatureId {
        self.portable.id()
    }

    fn prepare(&self, key: &SubjectPublicKeyInfo) -> Result<Box<dyn VerifyingKey>, KeyRejected> {
        self.portable.prepare(key)?;
        let key = PKey::public_key_from_raw_bytes(&key.public_key, self.curve)
            .map_err(|_| KeyRejected::InvalidPoint)?;
        Ok(Box::new(OpenSslKey {
            key,
            octets: self.octets,
            accepts: self.accepts,
        }))
    }
}

#[derive(Debug)]
struct OpenSslKey {
    key: PKey<Public>,
    octets: usize,
    accepts: fn(&[u8]) -> bool,
}

/// Everything but the encoding of the identity: y = 1, x = 0 (RFC 8032 §5.1.2).
pub(super) fn is_not_identity(point: &[u8]) -> bool {
    !matches!(point, [1, rest @ ..] if rest.iter().all(|octet| *octet == 0))
}

impl VerifyingKey for OpenSslKey {
    fn verify(&self, message: Message<'_>, signature: &[u8]) -> Result<(), NotVerified> {
        let Message::Octets(octets) = message else {
            return Err(NotVerified::BadSignature);
        };
        let commitment = signature.get(..self.octets);
        if signature.len() != 2 * self.octets || !commitment.is_some_and(self.accepts) {
            return Err(NotVerified::BadSignature);
        }
        super::verdict(
            Verifier::new_without_digest(&self.key)
                .and_then(|mut verifier| verifier.verify_oneshot(signature, octets)),
        )
    }

    fn memory(&self) -> usize {
        // The structures of OpenSSL.
        size_of::<Self>() + 1024
    }
}
