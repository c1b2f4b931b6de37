//! The equation of EdDSA by OpenSSL.
//!
//! A key is judged by the portable back end: a canonical encoding of a point of the group of the base point, other
//! than the identity. OpenSSL computes the commitment and compares encodings; the one that it has to be told of is
//! the identity, the only point of small order in that group.

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
}

impl OpenSslEddsa {
    pub(super) const fn new(
        curve: Id,
        octets: usize,
        portable: &'static dyn SignatureAlgorithm,
    ) -> Self {
        Self {
            curve,
            octets,
            portable,
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
        }))
    }
}

#[derive(Debug)]
struct OpenSslKey {
    key: PKey<Public>,
    octets: usize,
}

/// The encoding of the identity: y = 1, x = 0 (RFC 8032 §5.1.2, §5.2.2).
fn is_identity(point: &[u8]) -> bool {
    matches!(point, [1, rest @ ..] if rest.iter().all(|octet| *octet == 0))
}

impl VerifyingKey for OpenSslKey {
    fn verify(&self, message: Message<'_>, signature: &[u8]) -> Result<(), NotVerified> {
        let Message::Octets(octets) = message else {
            return Err(NotVerified::BadSignature);
        };
        let commitment = signature.get(..self.octets);
        if signature.len() != 2 * self.octets || commitment.is_none_or(is_identity) {
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
