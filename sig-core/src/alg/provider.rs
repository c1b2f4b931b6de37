//! The tables of algorithms that a back end offers.

use super::digest::{DigestAlgorithm, DigestId};
use super::dsa::{DSA_SHA1, DSA_SHA224, DSA_SHA256, DSA_SHA384, DSA_SHA512};
use super::ecdsa::{
    ECDSA_SHA1, ECDSA_SHA3_256, ECDSA_SHA3_384, ECDSA_SHA3_512, ECDSA_SHA224, ECDSA_SHA256,
    ECDSA_SHA384, ECDSA_SHA512,
};
use super::eddsa::{ED448, ED25519};
use super::gost::gost94::GOST94;
use super::gost::gost3410::{GOST2001, GOST2012_256, GOST2012_512};
use super::gost::streebog::{STREEBOG256, STREEBOG512};
use super::rsa::pss::{PSS_SHA1, PSS_SHA224, PSS_SHA256, PSS_SHA384, PSS_SHA512};
use super::rsa::{
    RSA_MD5, RSA_SHA1, RSA_SHA3_256, RSA_SHA3_384, RSA_SHA3_512, RSA_SHA224, RSA_SHA256,
    RSA_SHA384, RSA_SHA512,
};
use super::sha::{
    MD5, SHA1, SHA3_256, SHA3_384, SHA3_512, SHA224, SHA256, SHA384, SHA512, SHAKE256,
};
use super::signature::{SignatureAlgorithm, SignatureId};

/// A back end: what it computes, and nothing about what is acceptable.
#[derive(Clone, Copy, Debug)]
pub struct Algorithms {
    /// The name in reports.
    pub name: &'static str,
    /// The digests.
    pub digests: &'static [&'static dyn DigestAlgorithm],
    /// The signature algorithms.
    pub signatures: &'static [&'static dyn SignatureAlgorithm],
}

impl Algorithms {
    /// The digest with this name, if the back end has it.
    #[must_use]
    pub fn digest(&self, id: DigestId) -> Option<&'static dyn DigestAlgorithm> {
        self.digests
            .iter()
            .copied()
            .find(|algorithm| algorithm.id() == id)
    }

    /// The signature algorithm with this name, if the back end has it.
    #[must_use]
    pub fn signature(&self, id: SignatureId) -> Option<&'static dyn SignatureAlgorithm> {
        self.signatures
            .iter()
            .copied()
            .find(|algorithm| algorithm.id() == id)
    }
}

/// Rust only: no C, no thread, no file.
pub static RUSTCRYPTO: Algorithms = Algorithms {
    name: "rustcrypto",
    digests: &[
        &MD5,
        &SHA1,
        &SHA224,
        &SHA256,
        &SHA384,
        &SHA512,
        &GOST94,
        &SHA3_256,
        &SHA3_384,
        &SHA3_512,
        &SHAKE256,
        &STREEBOG256,
        &STREEBOG512,
    ],
    signatures: &[
        &GOST2001,
        &GOST2012_256,
        &GOST2012_512,
        &RSA_MD5,
        &RSA_SHA1,
        &RSA_SHA224,
        &RSA_SHA256,
        &RSA_SHA384,
        &RSA_SHA512,
        &RSA_SHA3_256,
        &RSA_SHA3_384,
        &RSA_SHA3_512,
        &PSS_SHA1,
        &PSS_SHA224,
        &PSS_SHA256,
        &PSS_SHA384,
        &PSS_SHA512,
        &ECDSA_SHA1,
        &ECDSA_SHA224,
        &ECDSA_SHA256,
        &ECDSA_SHA384,
        &ECDSA_SHA512,
        &ECDSA_SHA3_256,
        &ECDSA_SHA3_384,
        &ECDSA_SHA3_512,
        &ED25519,
        &ED448,
        &DSA_SHA1,
        &DSA_SHA224,
        &DSA_SHA256,
        &DSA_SHA384,
        &DSA_SHA512,
    ],
};

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn each_algorithm_stands_once_and_is_found() {
        let digests: HashSet<_> = RUSTCRYPTO.digests.iter().map(|row| row.id()).collect();
        assert_eq!(digests.len(), RUSTCRYPTO.digests.len());
        for id in digests {
            assert_eq!(RUSTCRYPTO.digest(id).unwrap().id(), id);
        }
        let signatures: HashSet<_> = RUSTCRYPTO.signatures.iter().map(|row| row.id()).collect();
        assert_eq!(signatures.len(), RUSTCRYPTO.signatures.len());
        for id in signatures {
            assert_eq!(RUSTCRYPTO.signature(id).unwrap().id(), id);
            assert!(RUSTCRYPTO.digest(id.digest).is_some());
        }
    }
}
