//! GOST R 34.11-94 (RFC 5831) with the S-boxes of RFC 4357 §11.2.

use crate::alg::digest::DigestId;
use crate::alg::sha::{RustCrypto, algorithm};

/// GOST R 34.11-94 with the CryptoPro S-box, the only one of certificates and messages (RFC 4491 §2.1).
pub static GOST94: RustCrypto<gost94::Gost94CryptoPro> = algorithm(DigestId::Gost94);

/// GOST R 34.11-94 with the S-box of the examples in the standard.
///
/// It is no [`DigestAlgorithm`](crate::alg::digest::DigestAlgorithm), so that no table of a back end can offer it.
#[derive(Clone, Copy, Debug)]
pub struct Gost94TestSBox;

impl Gost94TestSBox {
    /// The digest of octets, in the order of [`Digest`](crate::alg::digest::Digest).
    #[must_use]
    pub fn digest(self, octets: &[u8]) -> Vec<u8> {
        use sha2::Digest;
        gost94::Gost94Test::digest(octets).to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alg::digest::DigestAlgorithm;

    /// RFC 5831 §7.3.1, written in the order of its octets.
    #[test]
    fn the_example_of_the_standard_has_the_test_s_box() {
        let message = b"This is message, length=32 bytes";
        let expected = "b1c466d37519b82e8319819ff32595e047a28cb6f83eff1c6916a815a637fffa";
        assert_eq!(hex::encode(Gost94TestSBox.digest(message)), expected);
        assert_ne!(GOST94.digest(message).unwrap().hex(), expected);
    }

    #[test]
    fn certificates_have_the_cryptopro_s_box() {
        let expected = "981e5f3ca30c841487830f84fb433e13ac1101569b9c13584ac483234cd656c0";
        let empty = GOST94.digest(b"").unwrap();
        assert_eq!(empty.hex(), expected);
        assert_eq!(empty.algorithm, DigestId::Gost94);
        assert_eq!(empty.value.len(), DigestId::Gost94.size());
        assert_ne!(hex::encode(Gost94TestSBox.digest(b"")), expected);
        let mut context = GOST94.start();
        context.update(b"");
        assert_eq!(context.finish(), Ok(empty));
    }
}
