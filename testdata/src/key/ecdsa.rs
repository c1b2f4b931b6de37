//! ECDSA on P-256 with the deterministic nonce of RFC 6979.

use p256::ecdsa::signature::hazmat::PrehashSigner;
use p256::ecdsa::{Signature, SigningKey};

use crate::error::Error;

pub struct EcdsaKey(SigningKey);

impl EcdsaKey {
    pub fn derive(seed: &[u8]) -> Result<Self, Error> {
        let scalar = crate::seed::derive(seed, b"p-256", 32);
        SigningKey::from_slice(&scalar)
            .map(Self)
            .map_err(|error| Error::value("P-256 key", error.to_string()))
    }

    pub fn public_key_octets(&self) -> Vec<u8> {
        self.0
            .verifying_key()
            .to_sec1_point(false)
            .as_bytes()
            .to_vec()
    }

    /// DER `ECDSA-Sig-Value`.
    pub fn sign_digest(&self, digest: &[u8]) -> Result<Vec<u8>, Error> {
        let signature: Signature = self
            .0
            .sign_prehash(digest)
            .map_err(|error| Error::value("P-256 signature", error.to_string()))?;
        Ok(signature.to_der().as_bytes().to_vec())
    }
}
