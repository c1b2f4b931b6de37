//! Every scheme by name, and the tables of algorithms that a back end offers.

use super::digest::{DigestAlgorithm, DigestId};
use super::dsa::{DSA_SHA1, DSA_SHA224, DSA_SHA256, DSA_SHA384, DSA_SHA512};
use super::ecdsa::{
    ECDSA_SHA1, ECDSA_SHA3_224, ECDSA_SHA3_256, ECDSA_SHA3_384, ECDSA_SHA3_512, ECDSA_SHA224,
    ECDSA_SHA256, ECDSA_SHA384, ECDSA_SHA512,
};
use super::eddsa::{ED448, ED25519};
use super::gost::gost94::GOST94;
use super::gost::gost3410::{GOST2001, GOST2012_256, GOST2012_512};
use super::gost::streebog::{STREEBOG256, STREEBOG512};
use super::rsa::pss::{
    PSS_SHA1, PSS_SHA3_224, PSS_SHA3_256, PSS_SHA3_384, PSS_SHA3_512, PSS_SHA224, PSS_SHA256,
    PSS_SHA384, PSS_SHA512,
};
use super::rsa::{
    RSA_MD5, RSA_SHA1, RSA_SHA3_224, RSA_SHA3_256, RSA_SHA3_384, RSA_SHA3_512, RSA_SHA224,
    RSA_SHA256, RSA_SHA384, RSA_SHA512,
};
use super::scheme::{Scheme, Shown};
use super::sha::{
    MD5, SHA1, SHA3_224, SHA3_256, SHA3_384, SHA3_512, SHA224, SHA256, SHA384, SHA512, SHAKE256,
};
use super::signature::{SignatureAlgorithm, SignatureId};
use super::{dsa, ecdsa, eddsa, gost::gost3410, rsa};
use crate::der::oid::Oid;
use crate::der::oids;

/// The mathematics of a signature.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum SignatureScheme {
    /// RSASSA-PKCS1-v1_5 (RFC 8017 §8.2).
    RsaPkcs1,
    /// RSASSA-PSS (RFC 8017 §8.1), with one hash for message and mask. The salt stands in the parameters.
    RsaPss,
    /// ECDSA (FIPS 186-5 §6).
    Ecdsa,
    /// Ed25519 (RFC 8032 §5.1).
    Ed25519,
    /// Ed448 (RFC 8032 §5.2).
    Ed448,
    /// DSA (FIPS 186-4 §4).
    Dsa,
    /// GOST R 34.10-2001.
    Gost2001,
    /// GOST R 34.10-2012 with a key of 256 bits.
    Gost2012_256,
    /// GOST R 34.10-2012 with a key of 512 bits.
    Gost2012_512,
}

/// What the file of each scheme says about it. Of those that share a key, the first is meant where only the key is
/// named.
pub(super) static SCHEMES: &[&Scheme] = &[
    &rsa::SCHEME,
    &rsa::pss::SCHEME,
    &ecdsa::SCHEME,
    &eddsa::SCHEME_ED25519,
    &eddsa::SCHEME_ED448,
    &dsa::SCHEME,
    &gost3410::SCHEME_2001,
    &gost3410::SCHEME_2012_256,
    &gost3410::SCHEME_2012_512,
];

/// A kind of key, as far as strength is concerned.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum KeyFamily {
    /// RSA.
    Rsa,
    /// A point on a curve of short Weierstrass form over a prime field, for ECDSA.
    Ec,
    /// Ed25519.
    Ed25519,
    /// Ed448.
    Ed448,
    /// X25519, for key agreement: such a key signs nothing.
    X25519,
    /// X448, for key agreement.
    X448,
    /// DSA.
    Dsa,
    /// GOST R 34.10-2001.
    Gost2001,
    /// GOST R 34.10-2012.
    Gost2012,
    /// Any other algorithm, which has this identifier.
    Other(Oid),
}

/// Keys that sign nothing and stand in certificates of end entities (RFC 8410 §3), with the bits of the order.
pub(super) const KEY_AGREEMENT: &[(Oid, KeyFamily, u32)] = &[
    (oids::X25519, KeyFamily::X25519, 253),
    (oids::X448, KeyFamily::X448, 446),
];

/// The families that the rows of a policy may name, with the word for each and what is shown of its keys.
pub(super) const FAMILIES: &[(KeyFamily, &str, Shown)] = &[
    (KeyFamily::Rsa, "rsa", Shown::Bits),
    (KeyFamily::Ec, "ec", Shown::Parameters),
    (KeyFamily::Ed25519, "ed25519", Shown::Nothing),
    (KeyFamily::Ed448, "ed448", Shown::Nothing),
    (KeyFamily::X25519, "x25519", Shown::Nothing),
    (KeyFamily::X448, "x448", Shown::Nothing),
    (KeyFamily::Dsa, "dsa", Shown::Bits),
    (KeyFamily::Gost2001, "gost2001", Shown::Parameters),
    (KeyFamily::Gost2012, "gost2012", Shown::BitsAndParameters),
];

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
        &SHA3_224,
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
        &RSA_SHA3_224,
        &RSA_SHA3_256,
        &RSA_SHA3_384,
        &RSA_SHA3_512,
        &PSS_SHA1,
        &PSS_SHA224,
        &PSS_SHA256,
        &PSS_SHA384,
        &PSS_SHA512,
        &PSS_SHA3_224,
        &PSS_SHA3_256,
        &PSS_SHA3_384,
        &PSS_SHA3_512,
        &ECDSA_SHA1,
        &ECDSA_SHA224,
        &ECDSA_SHA256,
        &ECDSA_SHA384,
        &ECDSA_SHA512,
        &ECDSA_SHA3_224,
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
