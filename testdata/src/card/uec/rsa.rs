//! RSA of the test system: keys of 1024 bits, signatures by PKCS #1 v1.5 with SHA-1, encryption with padding of block
//! type 2 (RFC 8017 §7.2, §8.2).

use std::collections::HashMap;
use std::sync::{Mutex, OnceLock, PoisonError};

use num_bigint::BigUint;

use crate::digest::Digest;
use crate::key::{Algorithm, DigestParameter, Key, KeyDeclaration};

pub(super) const OCTETS: usize = 128;
pub(super) const EXPONENT: [u8; 3] = [1, 0, 1];

/// `DigestInfo` of SHA-1 before its digest (RFC 8017 §9.2).
const SHA1_INFO: [u8; 15] = [
    0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2B, 0x0E, 0x03, 0x02, 0x1A, 0x05, 0x00, 0x04, 0x14,
];

/// A private key: a name stands for it.
#[derive(Clone, Copy)]
pub(super) struct RsaKey(Option<&'static Key>);

impl RsaKey {
    /// Found once: a search for primes takes its time.
    pub(super) fn named(name: &str) -> Self {
        static KEYS: OnceLock<Mutex<HashMap<String, Option<&'static Key>>>> = OnceLock::new();
        let declaration = || KeyDeclaration {
            id: name.to_owned(),
            algorithm: Algorithm::Rsa1024,
            parameter_set: None,
            digest_parameter: DigestParameter::Present,
            spki_algorithm: None,
            spki_parameters: None,
        };
        let derived = || {
            let key = Key::derive("uec", &declaration()).ok()?;
            Some(&*Box::leak(Box::new(key)))
        };
        let keys = KEYS.get_or_init(Mutex::default);
        let mut keys = keys.lock().unwrap_or_else(PoisonError::into_inner);
        Self(*keys.entry(name.to_owned()).or_insert_with(derived))
    }

    /// The modulus.
    pub(super) fn public(self) -> Vec<u8> {
        let octets = self.0.map(Key::public_key_octets).unwrap_or_default();
        // SEQUENCE, INTEGER, and a zero before the modulus; after it the exponent.
        octets.get(7..7 + OCTETS).unwrap_or_default().to_vec()
    }

    pub(super) fn sign(self, message: &[u8]) -> Vec<u8> {
        let signature = self.0.and_then(|key| key.sign(Digest::Sha1, message).ok());
        signature.unwrap_or_default()
    }

    /// What was encrypted for the key; none when the padding is none.
    pub(super) fn decrypt(self, cipher: &[u8]) -> Option<Vec<u8>> {
        let block = self.0?.sign_raw(cipher).ok()?;
        let [0, 2, rest @ ..] = block.as_slice() else {
            return None;
        };
        let end = rest.iter().position(|octet| *octet == 0)?;
        Some(rest[end + 1..].to_vec())
    }
}

fn power(modulus: &[u8], block: &[u8]) -> Vec<u8> {
    let [modulus, exponent, block] = [modulus, &EXPONENT, block].map(BigUint::from_bytes_be);
    if modulus == BigUint::ZERO {
        return Vec::new();
    }
    let octets = block.modpow(&exponent, &modulus).to_bytes_be();
    [vec![0; OCTETS.saturating_sub(octets.len())], octets].concat()
}

fn padded(kind: u8, fill: &[u8], content: &[u8]) -> Vec<u8> {
    let room = OCTETS - 3 - content.len();
    let fill: Vec<u8> = fill.iter().copied().cycle().take(room).collect();
    [&[0, kind], fill.as_slice(), &[0], content].concat()
}

/// Whether the signature is one of the key whose modulus this is.
pub(super) fn verify(modulus: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let info = [&SHA1_INFO[..], &Digest::Sha1.of(message)].concat();
    signature.len() == OCTETS && power(modulus, signature) == padded(1, &[0xFF], &info)
}

/// Encrypts for the key whose modulus this is.
pub(super) fn encrypt(modulus: &[u8], secret: &[u8]) -> Vec<u8> {
    let fill = Digest::Sha1.of(&[b"uec padding", secret].concat());
    let fill: Vec<u8> = fill.iter().map(|octet| octet | 1).collect();
    power(modulus, &padded(2, &fill, secret))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_signed_verifies_and_what_is_encrypted_is_opened() {
        let (key, other) = (RsaKey::named("a"), RsaKey::named("b"));
        let signature = key.sign(b"message");
        assert!(verify(&key.public(), b"message", &signature));
        assert!(!verify(&key.public(), b"massage", &signature));
        assert!(!verify(&other.public(), b"message", &signature));
        let cipher = encrypt(&key.public(), b"secret");
        assert_eq!(key.decrypt(&cipher).as_deref(), Some(&b"secret"[..]));
        assert_eq!(key.decrypt(&signature), None);
        assert_ne!(other.decrypt(&cipher).as_deref(), Some(&b"secret"[..]));
    }
}
