//! ECDSA on P-256 with the deterministic nonce of RFC 6979.

use p256::ecdsa::signature::hazmat::PrehashSigner;
use p256::ecdsa::{Signature, SigningKey};
use serde::Deserialize;

use crate::der;
use crate::error::Error;

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
    pub fn sign_digest(&self, digest: &[u8], form: SequenceForm) -> Result<Vec<u8>, Error> {
        let signature: Signature = self
            .0
            .sign_prehash(digest)
            .map_err(|error| Error::value("P-256 signature", error.to_string()))?;
        let halves = signature.to_bytes();
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
