//! The public operation of RSA by OpenSSL.
//!
//! Keys are built from their numbers: decoding a `SubjectPublicKeyInfo` costs OpenSSL several verifications.
//! The key of the low-level interface is kept, because each call through `EVP_PKEY` makes a context.

use openssl::bn::BigNum;
use openssl::pkey::Public;
use openssl::rsa::{Padding, Rsa};

use crate::alg::rsa::{PublicOperation, quick_operation};

/// The product's own operation where it is the quicker one, else OpenSSL's.
pub(super) fn quicker(modulus: &[u8], exponent: u64) -> Option<Box<dyn PublicOperation>> {
    quick_operation(modulus, exponent).or_else(|| operation(modulus, exponent))
}

/// OpenSSL's, for a key within the bounds.
pub(super) fn operation(modulus: &[u8], exponent: u64) -> Option<Box<dyn PublicOperation>> {
    let n = BigNum::from_slice(modulus).ok()?;
    let e = BigNum::from_slice(&exponent.to_be_bytes()).ok()?;
    let key = Rsa::from_public_components(n, e).ok()?;
    Some(Box::new(OpenSslKey {
        key,
        length: modulus.len(),
    }))
}

#[derive(Debug)]
struct OpenSslKey {
    key: Rsa<Public>,
    /// Octets of the modulus.
    length: usize,
}

impl PublicOperation for OpenSslKey {
    fn apply(&self, signature: &[u8]) -> Option<Vec<u8>> {
        let mut block = vec![0; self.length];
        let written = self
            .key
            .public_decrypt(signature, &mut block, Padding::NONE)
            .ok()?;
        (written == self.length).then_some(block)
    }

    fn memory(&self) -> usize {
        // The structure of OpenSSL; the modulus, and the modulus and R² modulo it of the Montgomery form.
        size_of::<Self>() + 1024 + 3 * self.length
    }
}
