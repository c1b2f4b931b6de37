//! ECDSA on P-256 and P-384 with the deterministic nonce of RFC 6979.

use p256::ecdsa::signature::hazmat::PrehashSigner;
use serde::Deserialize;

use crate::der;
use crate::error::Error;
use crate::oid::{self, Oid};

/// How `ECDSA-Sig-Value` is encoded (RFC 3279 §2.2.3): one way is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SequenceForm {
    #[default]
    Exact,
    /// A third INTEGER.
    ThirdInteger,
    /// An octet after the SEQUENCE.
    OctetAfter,
    /// The length of the SEQUENCE in two octets where one is enough.
    LongLength,
    /// A zero octet more in front of r.
    PaddedInteger,
    /// r as a negative number.
    NegativeInteger,
    /// No r and no s.
    Empty,
    /// r || s, as other formats write it.
    Plain,
    /// r is zero.
    ZeroR,
}

pub enum EcdsaKey {
    P256(p256::ecdsa::SigningKey),
    P384(p384::ecdsa::SigningKey),
}

impl EcdsaKey {
    pub fn derive_256(seed: &[u8]) -> Result<Self, Error> {
        let scalar = crate::seed::derive(seed, b"p-256", 32);
        p256::ecdsa::SigningKey::from_slice(&scalar)
            .map(Self::P256)
            .map_err(|error| Error::value("P-256 key", error.to_string()))
    }

    pub fn derive_384(seed: &[u8]) -> Result<Self, Error> {
        let scalar = crate::seed::derive(seed, b"p-384", 48);
        p384::ecdsa::SigningKey::from_slice(&scalar)
            .map(Self::P384)
            .map_err(|error| Error::value("P-384 key", error.to_string()))
    }

    /// Object identifier of the curve.
    pub fn curve(&self) -> Oid {
        match self {
            Self::P256(_) => oid::PRIME256V1,
            Self::P384(_) => oid::SECP384R1,
        }
    }

    pub fn public_key_octets(&self) -> Vec<u8> {
        match self {
            Self::P256(key) => key.verifying_key().to_sec1_point(false).as_bytes().to_vec(),
            Self::P384(key) => key.verifying_key().to_sec1_point(false).as_bytes().to_vec(),
        }
    }

    /// r and s, one after the other.
    fn sign_halves(&self, digest: &[u8]) -> Result<Vec<u8>, Error> {
        let halves = match self {
            Self::P256(key) => {
                let signature: Result<p256::ecdsa::Signature, _> = key.sign_prehash(digest);
                signature.map(|signature| signature.to_bytes().to_vec())
            }
            Self::P384(key) => {
                let signature: Result<p384::ecdsa::Signature, _> = key.sign_prehash(digest);
                signature.map(|signature| signature.to_bytes().to_vec())
            }
        };
        halves.map_err(|error| Error::value("ECDSA signature", error.to_string()))
    }

    /// DER `ECDSA-Sig-Value`.
    pub fn sign_digest(&self, digest: &[u8], form: SequenceForm) -> Result<Vec<u8>, Error> {
        let halves = self.sign_halves(digest)?;
        let (r, s) = halves.split_at(halves.len() / 2);
        let integers = [der::integer(r), der::integer(s)];
        let exact = der::sequence(&integers);
        let [r_integer, s_integer] = integers;
        let padded = [&[0; 2], r].concat();
        let negative = [&[0xff], r].concat();
        Ok(match form {
            SequenceForm::Exact => exact,
            SequenceForm::ThirdInteger => {
                der::sequence(&[r_integer, s_integer, der::small_integer(1)])
            }
            SequenceForm::OctetAfter => [exact.as_slice(), &[0]].concat(),
            SequenceForm::LongLength => [&[exact[0], 0x81, exact[1]], &exact[2..]].concat(),
            SequenceForm::PaddedInteger => der::sequence(&[der::element(0x02, &padded), s_integer]),
            SequenceForm::NegativeInteger => {
                der::sequence(&[der::element(0x02, &negative), s_integer])
            }
            SequenceForm::Empty => der::sequence(&[]),
            SequenceForm::Plain => [r, s].concat(),
            SequenceForm::ZeroR => der::sequence(&[der::small_integer(0), s_integer]),
        })
    }
}
