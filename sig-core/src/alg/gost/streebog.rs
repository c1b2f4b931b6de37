//! GOST R 34.11-2012 "Streebog" (RFC 6986).

use crate::alg::digest::DigestId;
use crate::alg::sha::{RustCrypto, algorithm};

/// Streebog with a value of 256 bits.
pub static STREEBOG256: RustCrypto<streebog::Streebog256> = algorithm(DigestId::Streebog256);
/// Streebog with a value of 512 bits.
pub static STREEBOG512: RustCrypto<streebog::Streebog512> = algorithm(DigestId::Streebog512);
