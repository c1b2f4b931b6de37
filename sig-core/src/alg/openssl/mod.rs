//! The back end on the OpenSSL of the system.
//!
//! It has the rules of the portable one: keys and signatures are read, bounded and padded by the same code, and
//! OpenSSL computes digests, the public operation of RSA and the equation of ECDSA. GOST R 34.10 and 34.11 are
//! the product's own on both.

mod digest;
mod ecdsa;
mod rsa;

pub use digest::{SHA1, SHA3_256, SHA3_384, SHA3_512, SHA224, SHA256, SHA384, SHA512};

use super::ecdsa::Ecdsa;
use super::gost::gost94::GOST94;
use super::gost::gost3410::{GOST2001, GOST2012_256, GOST2012_512};
use super::gost::streebog::{STREEBOG256, STREEBOG512};
use super::provider::Algorithms;
use super::rsa::RsaPkcs1;
use super::rsa::pss::RsaPss;

/// RSASSA-PKCS1-v1_5 with SHA-1.
pub static RSA_SHA1: RsaPkcs1 = RsaPkcs1::new(&SHA1, rsa::operation);
/// RSASSA-PKCS1-v1_5 with SHA-224.
pub static RSA_SHA224: RsaPkcs1 = RsaPkcs1::new(&SHA224, rsa::operation);
/// RSASSA-PKCS1-v1_5 with SHA-256.
pub static RSA_SHA256: RsaPkcs1 = RsaPkcs1::new(&SHA256, rsa::operation);
/// RSASSA-PKCS1-v1_5 with SHA-384.
pub static RSA_SHA384: RsaPkcs1 = RsaPkcs1::new(&SHA384, rsa::operation);
/// RSASSA-PKCS1-v1_5 with SHA-512.
pub static RSA_SHA512: RsaPkcs1 = RsaPkcs1::new(&SHA512, rsa::operation);
/// RSASSA-PSS with SHA-1.
pub static PSS_SHA1: RsaPss = RsaPss::new(&SHA1, rsa::operation);
/// RSASSA-PSS with SHA-224.
pub static PSS_SHA224: RsaPss = RsaPss::new(&SHA224, rsa::operation);
/// RSASSA-PSS with SHA-256.
pub static PSS_SHA256: RsaPss = RsaPss::new(&SHA256, rsa::operation);
/// RSASSA-PSS with SHA-384.
pub static PSS_SHA384: RsaPss = RsaPss::new(&SHA384, rsa::operation);
/// RSASSA-PSS with SHA-512.
pub static PSS_SHA512: RsaPss = RsaPss::new(&SHA512, rsa::operation);
/// ECDSA with SHA-1.
pub static ECDSA_SHA1: Ecdsa = Ecdsa::new(&SHA1, ecdsa::point);
/// ECDSA with SHA-224.
pub static ECDSA_SHA224: Ecdsa = Ecdsa::new(&SHA224, ecdsa::point);
/// ECDSA with SHA-256.
pub static ECDSA_SHA256: Ecdsa = Ecdsa::new(&SHA256, ecdsa::point);
/// ECDSA with SHA-384.
pub static ECDSA_SHA384: Ecdsa = Ecdsa::new(&SHA384, ecdsa::point);
/// ECDSA with SHA-512.
pub static ECDSA_SHA512: Ecdsa = Ecdsa::new(&SHA512, ecdsa::point);

/// The OpenSSL of the system, and the product's own GOST.
pub static OPENSSL: Algorithms = Algorithms {
    name: "openssl",
    digests: &[
        &SHA1,
        &SHA224,
        &SHA256,
        &SHA384,
        &SHA512,
        &GOST94,
        &SHA3_256,
        &SHA3_384,
        &SHA3_512,
        &STREEBOG256,
        &STREEBOG512,
    ],
    signatures: &[
        &GOST2001,
        &GOST2012_256,
        &GOST2012_512,
        &RSA_SHA1,
        &RSA_SHA224,
        &RSA_SHA256,
        &RSA_SHA384,
        &RSA_SHA512,
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
    ],
};
