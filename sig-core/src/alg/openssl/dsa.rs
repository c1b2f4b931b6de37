//! The equation of DSA by OpenSSL.

use openssl::bn::BigNum;
use openssl::dsa::Dsa;
use openssl::error::ErrorStack;
use openssl::pkey::{PKey, Public};
use openssl::pkey_ctx::PkeyCtx;

use crate::alg::digest::DigestAlgorithm;
use crate::alg::dsa::{self, Parameters};
use crate::alg::ecdsa::read_signature;
use crate::alg::signature::{
    KeyRejected, Message, NotVerified, SignatureAlgorithm, SignatureId, VerifyingKey,
};
use crate::alg::spki::SubjectPublicKeyInfo;

/// The sizes of the order that OpenSSL verifies with, in octets; keys of the others are left to Rust.
const ORDER_OCTETS: [usize; 3] = [20, 28, 32];

/// DSA with one digest. A key is judged by the portable back end.
#[derive(Debug)]
pub struct OpenSslDsa {
    digest: &'static dyn DigestAlgorithm,
    portable: &'static dsa::Dsa,
}

impl OpenSslDsa {
    pub(super) const fn new(
        digest: &'static dyn DigestAlgorithm,
        portable: &'static dsa::Dsa,
    ) -> Self {
        Self { digest, portable }
    }
}

impl SignatureAlgorithm for OpenSslDsa {
    fn id(&self) -> SignatureId {
        self.portable.id()
    }

    fn prepare(&self, key: &SubjectPublicKeyInfo) -> Result<Box<dyn VerifyingKey>, KeyRejected> {
        let portable = self.portable.prepare(key)?;
        let numbers = dsa::parameters(key).ok().flatten();
        let Some((numbers, y)) = numbers.zip(dsa::public_value(key).ok()) else {
            return Ok(portable);
        };
        let is_offered = ORDER_OCTETS.contains(&numbers.q.len())
            && numbers.q.first().is_some_and(|first| *first >= 0x80);
        match take_in(&numbers, &y) {
            Ok(key) if is_offered => Ok(Box::new(OpenSslKey {
                key,
                modulus: numbers.p.len(),
                digest: self.digest,
            })),
            _ => Ok(portable),
        }
    }
}

fn take_in(numbers: &Parameters, y: &[u8]) -> Result<PKey<Public>, ErrorStack> {
    PKey::from_dsa(Dsa::from_public_components(
        BigNum::from_slice(&numbers.p)?,
        BigNum::from_slice(&numbers.q)?,
        BigNum::from_slice(&numbers.g)?,
        BigNum::from_slice(y)?,
    )?)
}

#[derive(Debug)]
struct OpenSslKey {
    key: PKey<Public>,
    /// Octets of p.
    modulus: usize,
    digest: &'static dyn DigestAlgorithm,
}

impl OpenSslKey {
    fn check(&self, digest: &[u8], signature: &[u8]) -> Result<(), NotVerified> {
        if digest.len() != self.digest.id().size() || read_signature(signature).is_err() {
            return Err(NotVerified::BadSignature);
        }
        let verified = PkeyCtx::new(&self.key).and_then(|mut context| {
            context.verify_init()?;
            context.verify(digest, signature)
        });
        super::verdict(verified)
    }
}

impl VerifyingKey for OpenSslKey {
    fn verify(&self, message: Message<'_>, signature: &[u8]) -> Result<(), NotVerified> {
        match message {
            Message::Octets(octets) => self.check(&self.digest.digest(octets)?.value, signature),
            Message::Digest(digest) => self.check(digest, signature),
        }
    }

    fn memory(&self) -> usize {
        // The structures of OpenSSL; p, g, y and the Montgomery form of p.
        size_of::<Self>() + 2048 + 5 * self.modulus
    }
}
