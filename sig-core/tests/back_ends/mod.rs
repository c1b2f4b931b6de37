//! The tables that a test runs over.

use sig_core::alg::provider::{Algorithms, RUSTCRYPTO};

/// Every back end of this build, and both side by side.
pub fn back_ends() -> Vec<&'static Algorithms> {
    vec![
        &RUSTCRYPTO,
        #[cfg(feature = "openssl")]
        &sig_core::alg::openssl::OPENSSL,
        #[cfg(feature = "openssl")]
        &sig_core::alg::differential::DIFFERENTIAL,
    ]
}
