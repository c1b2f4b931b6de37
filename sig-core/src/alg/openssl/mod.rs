//! The back end on the OpenSSL of the system.
//!
//! It has the rules of the portable one: keys and signatures are read, bounded and padded by the same code, and
//! OpenSSL computes digests, the public operation of RSA and the equations of ECDSA, EdDSA and DSA. GOST R 34.10 and 34.11 are
//! the product's own on both.

mod digest;
mod dsa;
mod ecdsa;
mod eddsa;
mod rsa;

pub use digest::{
    MD5, SHA1, SHA3_224, SHA3_256, SHA3_384, SHA3_512, SHA224, SHA256, SHA384, SHA512, SHAKE256,
};

use openssl::error::ErrorStack;
use openssl::pkey::Id;

use self::dsa::OpenSslDsa;
use self::eddsa::OpenSslEddsa;
use super::ecdsa::Ecdsa;
use super::gost::gost94::GOST94;
use super::gost::gost3410::{GOST2001, GOST2012_256, GOST2012_512};
use super::gost::streebog::{STREEBOG256, STREEBOG512};
use super::provider::Algorithms;
use super::rsa::RsaPkcs1;
use super::rsa::pss::RsaPss;
use super::signature::NotVerified;
use super::{dsa as portable_dsa, eddsa as portable_eddsa};

/// RSASSA-PKCS1-v1_5 with MD5.
pub static RSA_MD5: RsaPkcs1 = RsaPkcs1::new(&MD5, rsa::quicker);
/// RSASSA-PKCS1-v1_5 with SHA-1.
pub static RSA_SHA1: RsaPkcs1 = RsaPkcs1::new(&SHA1, rsa::quicker);
/// RSASSA-PKCS1-v1_5 with SHA-224.
pub static RSA_SHA224: RsaPkcs1 = RsaPkcs1::new(&SHA224, rsa::quicker);
/// RSASSA-PKCS1-v1_5 with SHA-256.
pub static RSA_SHA256: RsaPkcs1 = RsaPkcs1::new(&SHA256, rsa::quicker);
/// RSASSA-PKCS1-v1_5 with SHA-384.
pub static RSA_SHA384: RsaPkcs1 = RsaPkcs1::new(&SHA384, rsa::quicker);
/// RSASSA-PKCS1-v1_5 with SHA-512.
pub static RSA_SHA512: RsaPkcs1 = RsaPkcs1::new(&SHA512, rsa::quicker);
/// RSASSA-PKCS1-v1_5 with SHA3-224.
pub static RSA_SHA3_224: RsaPkcs1 = RsaPkcs1::new(&SHA3_224, rsa::quicker);
/// RSASSA-PKCS1-v1_5 with SHA3-256.
pub static RSA_SHA3_256: RsaPkcs1 = RsaPkcs1::new(&SHA3_256, rsa::quicker);
/// RSASSA-PKCS1-v1_5 with SHA3-384.
pub static RSA_SHA3_384: RsaPkcs1 = RsaPkcs1::new(&SHA3_384, rsa::quicker);
/// RSASSA-PKCS1-v1_5 with SHA3-512.
pub static RSA_SHA3_512: RsaPkcs1 = RsaPkcs1::new(&SHA3_512, rsa::quicker);
/// RSASSA-PSS with SHA-1.
pub static PSS_SHA1: RsaPss = RsaPss::new(&SHA1, rsa::quicker);
/// RSASSA-PSS with SHA-224.
pub static PSS_SHA224: RsaPss = RsaPss::new(&SHA224, rsa::quicker);
/// RSASSA-PSS with SHA-256.
pub static PSS_SHA256: RsaPss = RsaPss::new(&SHA256, rsa::quicker);
/// RSASSA-PSS with SHA-384.
pub static PSS_SHA384: RsaPss = RsaPss::new(&SHA384, rsa::quicker);
/// RSASSA-PSS with SHA-512.
pub static PSS_SHA512: RsaPss = RsaPss::new(&SHA512, rsa::quicker);
/// RSASSA-PSS with SHA3-224.
pub static PSS_SHA3_224: RsaPss = RsaPss::new(&SHA3_224, rsa::quicker);
/// RSASSA-PSS with SHA3-256.
pub static PSS_SHA3_256: RsaPss = RsaPss::new(&SHA3_256, rsa::quicker);
/// RSASSA-PSS with SHA3-384.
pub static PSS_SHA3_384: RsaPss = RsaPss::new(&SHA3_384, rsa::quicker);
/// RSASSA-PSS with SHA3-512.
pub static PSS_SHA3_512: RsaPss = RsaPss::new(&SHA3_512, rsa::quicker);
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

/// ECDSA with SHA3-224.
pub static ECDSA_SHA3_224: Ecdsa = Ecdsa::new(&SHA3_224, ecdsa::point);
/// ECDSA with SHA3-256.
pub static ECDSA_SHA3_256: Ecdsa = Ecdsa::new(&SHA3_256, ecdsa::point);
/// ECDSA with SHA3-384.
pub static ECDSA_SHA3_384: Ecdsa = Ecdsa::new(&SHA3_384, ecdsa::point);
/// ECDSA with SHA3-512.
pub static ECDSA_SHA3_512: Ecdsa = Ecdsa::new(&SHA3_512, ecdsa::point);
/// Ed25519.
pub static ED25519: OpenSslEddsa = OpenSslEddsa::new(
    Id::ED25519,
    32,
    &portable_eddsa::ED25519,
    eddsa::is_not_identity,
);
/// Ed448.
pub static ED448: OpenSslEddsa = OpenSslEddsa::new(
    Id::ED448,
    57,
    &portable_eddsa::ED448,
    portable_eddsa::is_in_group_448,
);
/// DSA with SHA-1.
pub static DSA_SHA1: OpenSslDsa = OpenSslDsa::new(&SHA1, &portable_dsa::DSA_SHA1);
/// DSA with SHA-224.
pub static DSA_SHA224: OpenSslDsa = OpenSslDsa::new(&SHA224, &portable_dsa::DSA_SHA224);
/// DSA with SHA-256.
pub static DSA_SHA256: OpenSslDsa = OpenSslDsa::new(&SHA256, &portable_dsa::DSA_SHA256);
/// DSA with SHA-384.
pub static DSA_SHA384: OpenSslDsa = OpenSslDsa::new(&SHA384, &portable_dsa::DSA_SHA384);
/// DSA with SHA-512.
pub static DSA_SHA512: OpenSslDsa = OpenSslDsa::new(&SHA512, &portable_dsa::DSA_SHA512);

/// RSA by OpenSSL alone: the second opinion of `DIFFERENTIAL`.
pub(super) mod plain {
    use super::{RsaPkcs1, RsaPss, rsa};

    macro_rules! plain {
        ($($name:ident = $scheme:ident, $digest:ident;)+) => {
            $(pub(in crate::alg) static $name: $scheme = $scheme::new(&super::$digest, rsa::operation);)+
        };
    }

    plain! {
        RSA_MD5 = RsaPkcs1, MD5;
        RSA_SHA1 = RsaPkcs1, SHA1;
        RSA_SHA224 = RsaPkcs1, SHA224;
        RSA_SHA256 = RsaPkcs1, SHA256;
        RSA_SHA384 = RsaPkcs1, SHA384;
        RSA_SHA512 = RsaPkcs1, SHA512;
        RSA_SHA3_224 = RsaPkcs1, SHA3_224;
        RSA_SHA3_256 = RsaPkcs1, SHA3_256;
        RSA_SHA3_384 = RsaPkcs1, SHA3_384;
        RSA_SHA3_512 = RsaPkcs1, SHA3_512;
        PSS_SHA1 = RsaPss, SHA1;
        PSS_SHA224 = RsaPss, SHA224;
        PSS_SHA256 = RsaPss, SHA256;
        PSS_SHA384 = RsaPss, SHA384;
        PSS_SHA512 = RsaPss, SHA512;
        PSS_SHA3_224 = RsaPss, SHA3_224;
        PSS_SHA3_256 = RsaPss, SHA3_256;
        PSS_SHA3_384 = RsaPss, SHA3_384;
        PSS_SHA3_512 = RsaPss, SHA3_512;
    }
}

/// The answer of OpenSSL about one signature. An error is an answer, too: some bad signatures end in one.
fn verdict(verified: Result<bool, ErrorStack>) -> Result<(), NotVerified> {
    if let Ok(true) = verified {
        return Ok(());
    }
    // What OpenSSL left in the error queue of the thread is not for its next user.
    drop(ErrorStack::get());
    Err(NotVerified::BadSignature)
}

/// The OpenSSL of the system, and the product's own GOST.
pub static OPENSSL: Algorithms = Algorithms {
    name: "openssl",
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
