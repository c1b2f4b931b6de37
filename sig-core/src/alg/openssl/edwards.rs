//! EdDSA by OpenSSL. Keys are read by the portable back end: OpenSSL takes points outside the group of the base point.

use openssl::error::ErrorStack;
use openssl::pkey::{Id, PKey, Public};
use openssl::sign::Verifier;

use crate::alg::signature::{
    KeyRejected, Message, NotVerified, SignatureAlgorithm, SignatureId, VerifyingKey,
};
use crate::alg::spki::SubjectPublicKeyInfo;

/// One of the two curves.
#[derive(Debug)]
pub struct Eddsa {
    portable: &'static dyn SignatureAlgorithm,
    curve: Id,
}

impl Eddsa {
    pub(super) const fn new(portable: &'static dyn SignatureAlgorithm, curve: Id) -> Self {
        Self { portable, curve }
    }
}

impl SignatureAlgorithm for Eddsa {
    fn id(&self) -> SignatureId {
        self.portable.id()
    }

    fn prepare(&self, key: &SubjectPublicKeyInfo) -> Result<Box<dyn VerifyingKey>, KeyRejected> {
        self.portable.prepare(key)?;
        let point = PKey::public_key_from_raw_bytes(&key.public_key, self.curve)
            .map_err(|_| KeyRejected::InvalidPoint)?;
        Ok(Box::new(EddsaKey {
            octets: key.public_key.len(),
            point,
        }))
    }
}

#[derive(Debug)]
struct EddsaKey {
    point: PKey<Public>,
    /// Octets of a point.
    octets: usize,
}

impl EddsaKey {
    /// The encoding of (0, 1), which no honest signature begins with.
    fn is_identity(&self, commitment: &[u8]) -> bool {
        matches!(commitment, [1, rest @ ..] if rest.iter().all(|octet| *octet == 0))
    }

    fn check(&self, octets: &[u8], signature: &[u8]) -> Result<bool, ErrorStack> {
        Verifier::new_without_digest(&self.point)?.verify_oneshot(signature, octets)
    }
}

impl VerifyingKey for EddsaKey {
    fn verify(&self, message: Message<'_>, signature: &[u8]) -> Result<(), NotVerified> {
        let (Message::Octets(octets), Some((commitment, _))) =
            (message, signature.split_at_checked(self.octets))
        else {
            return Err(NotVerified::BadSignature);
        };
        if self.is_identity(commitment) {
            return Err(NotVerified::BadSignature);
        }
        super::verdict(self.check(octets, signature))
    }

    fn memory(&self) -> usize {
        // The structures of OpenSSL.
        size_of::<Self>() + 512
    }
}
