//! Both back ends on every input: where they disagree, there is no verdict.

use super::digest::{Digest, DigestAlgorithm, DigestContext, DigestId, DigestsDisagree};
use super::gost::gost94::GOST94;
use super::gost::gost3410::{GOST2001, GOST2012_256, GOST2012_512};
use super::gost::streebog::{STREEBOG256, STREEBOG512};
use super::provider::Algorithms;
use super::signature::{
    KeyRejected, Message, NotVerified, SignatureAlgorithm, SignatureId, VerifyingKey,
};
use super::spki::SubjectPublicKeyInfo;
use super::{dsa, ecdsa, eddsa, openssl, rsa, sha};

/// A digest computed twice; the values are compared when it ends.
#[derive(Debug)]
pub struct DigestPair {
    first: &'static dyn DigestAlgorithm,
    second: &'static dyn DigestAlgorithm,
}

impl DigestPair {
    /// Two implementations of one digest. It goes by the name of the first.
    #[must_use]
    pub const fn new(
        first: &'static dyn DigestAlgorithm,
        second: &'static dyn DigestAlgorithm,
    ) -> Self {
        Self { first, second }
    }
}

impl DigestAlgorithm for DigestPair {
    fn id(&self) -> DigestId {
        self.first.id()
    }

    fn start(&self) -> Box<dyn DigestContext> {
        Box::new(ContextPair {
            id: self.id(),
            first: self.first.start(),
            second: self.second.start(),
        })
    }
}

struct ContextPair {
    id: DigestId,
    first: Box<dyn DigestContext>,
    second: Box<dyn DigestContext>,
}

impl DigestContext for ContextPair {
    fn update(&mut self, octets: &[u8]) {
        self.first.update(octets);
        self.second.update(octets);
    }

    fn finish(self: Box<Self>) -> Result<Digest, DigestsDisagree> {
        let first = self.first.finish()?;
        if first == self.second.finish()? {
            Ok(first)
        } else {
            Err(DigestsDisagree(self.id))
        }
    }
}

/// A signature algorithm whose keys and signatures are judged twice.
#[derive(Debug)]
pub struct SignaturePair {
    first: &'static dyn SignatureAlgorithm,
    second: &'static dyn SignatureAlgorithm,
}

impl SignaturePair {
    /// Two implementations of one algorithm. It goes by the name of the first.
    #[must_use]
    pub const fn new(
        first: &'static dyn SignatureAlgorithm,
        second: &'static dyn SignatureAlgorithm,
    ) -> Self {
        Self { first, second }
    }
}

impl SignatureAlgorithm for SignaturePair {
    fn id(&self) -> SignatureId {
        self.first.id()
    }

    fn prepare(&self, key: &SubjectPublicKeyInfo) -> Result<Box<dyn VerifyingKey>, KeyRejected> {
        pair(self.first.prepare(key), self.second.prepare(key))
    }

    fn prepare_within(
        &self,
        key: &SubjectPublicKeyInfo,
        memory: usize,
    ) -> Result<Box<dyn VerifyingKey>, KeyRejected> {
        let each = memory / 2;
        pair(
            self.first.prepare_within(key, each),
            self.second.prepare_within(key, each),
        )
    }
}

/// Both refuse a key for the same reason, or both take it.
fn pair(
    first: Result<Box<dyn VerifyingKey>, KeyRejected>,
    second: Result<Box<dyn VerifyingKey>, KeyRejected>,
) -> Result<Box<dyn VerifyingKey>, KeyRejected> {
    match (first, second) {
        (Ok(first), Ok(second)) => Ok(Box::new(KeyPair { first, second })),
        (Err(first), Err(second)) if first == second => Err(first),
        _ => Err(KeyRejected::BackEndsDisagree),
    }
}

#[derive(Debug)]
struct KeyPair {
    first: Box<dyn VerifyingKey>,
    second: Box<dyn VerifyingKey>,
}

impl VerifyingKey for KeyPair {
    fn verify(&self, message: Message<'_>, signature: &[u8]) -> Result<(), NotVerified> {
        let first = self.first.verify(message, signature);
        if first == self.second.verify(message, signature) {
            first
        } else {
            Err(NotVerified::BackEndsDisagree)
        }
    }

    fn verify_salted(
        &self,
        message: Message<'_>,
        signature: &[u8],
        salt: usize,
    ) -> Result<(), NotVerified> {
        let first = self.first.verify_salted(message, signature, salt);
        if first == self.second.verify_salted(message, signature, salt) {
            first
        } else {
            Err(NotVerified::BackEndsDisagree)
        }
    }

    fn verify_plain(&self, message: Message<'_>, signature: &[u8]) -> Result<(), NotVerified> {
        let first = self.first.verify_plain(message, signature);
        if first == self.second.verify_plain(message, signature) {
            first
        } else {
            Err(NotVerified::BackEndsDisagree)
        }
    }

    fn memory(&self) -> usize {
        size_of::<Self>() + self.first.memory() + self.second.memory()
    }
}

/// The portable back end and OpenSSL side by side. GOST is the product's own on both, so it runs once.
pub static DIFFERENTIAL: Algorithms = Algorithms {
    name: "differential",
    digests: &[
        &DigestPair::new(&sha::MD5, &openssl::MD5),
        &DigestPair::new(&sha::SHA1, &openssl::SHA1),
        &DigestPair::new(&sha::SHA224, &openssl::SHA224),
        &DigestPair::new(&sha::SHA256, &openssl::SHA256),
        &DigestPair::new(&sha::SHA384, &openssl::SHA384),
        &DigestPair::new(&sha::SHA512, &openssl::SHA512),
        &GOST94,
        &DigestPair::new(&sha::SHA3_224, &openssl::SHA3_224),
        &DigestPair::new(&sha::SHA3_256, &openssl::SHA3_256),
        &DigestPair::new(&sha::SHA3_384, &openssl::SHA3_384),
        &DigestPair::new(&sha::SHA3_512, &openssl::SHA3_512),
        &DigestPair::new(&sha::SHAKE256, &openssl::SHAKE256),
        &STREEBOG256,
        &STREEBOG512,
    ],
    signatures: &[
        &GOST2001,
        &GOST2012_256,
        &GOST2012_512,
        &SignaturePair::new(&rsa::RSA_MD5, &openssl::plain::RSA_MD5),
        &SignaturePair::new(&rsa::RSA_SHA1, &openssl::plain::RSA_SHA1),
        &SignaturePair::new(&rsa::RSA_SHA224, &openssl::plain::RSA_SHA224),
        &SignaturePair::new(&rsa::RSA_SHA256, &openssl::plain::RSA_SHA256),
        &SignaturePair::new(&rsa::RSA_SHA384, &openssl::plain::RSA_SHA384),
        &SignaturePair::new(&rsa::RSA_SHA512, &openssl::plain::RSA_SHA512),
        &SignaturePair::new(&rsa::RSA_SHA3_224, &openssl::plain::RSA_SHA3_224),
        &SignaturePair::new(&rsa::RSA_SHA3_256, &openssl::plain::RSA_SHA3_256),
        &SignaturePair::new(&rsa::RSA_SHA3_384, &openssl::plain::RSA_SHA3_384),
        &SignaturePair::new(&rsa::RSA_SHA3_512, &openssl::plain::RSA_SHA3_512),
        &SignaturePair::new(&rsa::pss::PSS_SHA1, &openssl::plain::PSS_SHA1),
        &SignaturePair::new(&rsa::pss::PSS_SHA224, &openssl::plain::PSS_SHA224),
        &SignaturePair::new(&rsa::pss::PSS_SHA256, &openssl::plain::PSS_SHA256),
        &SignaturePair::new(&rsa::pss::PSS_SHA384, &openssl::plain::PSS_SHA384),
        &SignaturePair::new(&rsa::pss::PSS_SHA512, &openssl::plain::PSS_SHA512),
        &SignaturePair::new(&rsa::pss::PSS_SHA3_224, &openssl::plain::PSS_SHA3_224),
        &SignaturePair::new(&rsa::pss::PSS_SHA3_256, &openssl::plain::PSS_SHA3_256),
        &SignaturePair::new(&rsa::pss::PSS_SHA3_384, &openssl::plain::PSS_SHA3_384),
        &SignaturePair::new(&rsa::pss::PSS_SHA3_512, &openssl::plain::PSS_SHA3_512),
        &SignaturePair::new(&ecdsa::ECDSA_SHA1, &openssl::ECDSA_SHA1),
        &SignaturePair::new(&ecdsa::ECDSA_SHA224, &openssl::ECDSA_SHA224),
        &SignaturePair::new(&ecdsa::ECDSA_SHA256, &openssl::ECDSA_SHA256),
        &SignaturePair::new(&ecdsa::ECDSA_SHA384, &openssl::ECDSA_SHA384),
        &SignaturePair::new(&ecdsa::ECDSA_SHA512, &openssl::ECDSA_SHA512),
        &SignaturePair::new(&ecdsa::ECDSA_SHA3_224, &openssl::ECDSA_SHA3_224),
        &SignaturePair::new(&ecdsa::ECDSA_SHA3_256, &openssl::ECDSA_SHA3_256),
        &SignaturePair::new(&ecdsa::ECDSA_SHA3_384, &openssl::ECDSA_SHA3_384),
        &SignaturePair::new(&ecdsa::ECDSA_SHA3_512, &openssl::ECDSA_SHA3_512),
        &SignaturePair::new(&eddsa::ED25519, &openssl::ED25519),
        &SignaturePair::new(&eddsa::ED448, &openssl::ED448),
        &SignaturePair::new(&dsa::DSA_SHA1, &openssl::DSA_SHA1),
        &SignaturePair::new(&dsa::DSA_SHA224, &openssl::DSA_SHA224),
        &SignaturePair::new(&dsa::DSA_SHA256, &openssl::DSA_SHA256),
        &SignaturePair::new(&dsa::DSA_SHA384, &openssl::DSA_SHA384),
        &SignaturePair::new(&dsa::DSA_SHA512, &openssl::DSA_SHA512),
    ],
};

#[cfg(test)]
mod tests;
