//! RSASSA-PSS (RFC 8017 §9.1.1) and its parameters (RFC 4055 §3.1), which need not agree.

use serde::Deserialize;

use crate::der;
use crate::digest::Digest;
use crate::error::Error;
use crate::oid::{self, Oid};
use crate::seed;

/// How a message is encoded and what the parameters say of it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Pss {
    /// Octets of salt; as many as the digest's when absent.
    pub salt: Option<usize>,
    /// Octets of salt by the parameters, when they lie.
    pub stated_salt: Option<u64>,
    /// Digest of the mask, when not the message's.
    pub mask: Option<Digest>,
    /// The mask function by the parameters, when not MGF1.
    pub stated_mask_function: Option<Oid>,
    /// The trailer field, written when present.
    pub trailer: Option<u64>,
    pub parameters: PssParameters,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PssParameters {
    #[default]
    Written,
    Absent,
    Null,
    /// An empty SEQUENCE, which says SHA-1 and 20 octets of salt.
    Defaults,
}

impl Pss {
    /// EMSA-PSS for a modulus of whole octets whose top bit is set.
    pub fn encode(&self, digest: Digest, hashed: &[u8], octets: usize) -> Result<Vec<u8>, Error> {
        let length = self.salt.unwrap_or(hashed.len());
        let salt = seed::derive(hashed, b"pss salt", length);
        let hash = digest.of(&[&[0; 8], hashed, &salt].concat());
        let zeros = octets.checked_sub(hash.len() + length + 2);
        let zeros = zeros.ok_or_else(|| Error::value("pss", "the modulus is too short"))?;
        let mut data = vec![0; zeros];
        data.push(1);
        data.extend(&salt);
        let mask = mgf1(self.mask.unwrap_or(digest), &hash, data.len());
        for (octet, mask) in data.iter_mut().zip(&mask) {
            *octet ^= mask;
        }
        data[0] &= 0x7f;
        Ok([data.as_slice(), &hash, &[0xbc]].concat())
    }

    /// `RSASSA-PSS-params`; none when absent.
    pub fn parameters(&self, digest: Digest) -> Option<Vec<u8>> {
        match self.parameters {
            PssParameters::Absent => return None,
            PssParameters::Null => return Some(der::null()),
            PssParameters::Defaults => return Some(der::sequence(&[])),
            PssParameters::Written => {}
        }
        let hash = der::algorithm(&digest.oid(), Some(der::null()));
        let mask = self.mask.unwrap_or(digest);
        let mask = der::algorithm(&mask.oid(), Some(der::null()));
        let function = self.stated_mask_function.clone().unwrap_or(oid::MGF1);
        let octets = digest.of(&[]).len();
        let salt = self
            .stated_salt
            .unwrap_or(self.salt.unwrap_or(octets) as u64);
        let mut fields = vec![
            der::context(0, &hash),
            der::context(1, &der::algorithm(&function, Some(mask))),
            der::context(2, &der::small_integer(salt)),
        ];
        let trailer = self.trailer.map(der::small_integer);
        fields.extend(trailer.map(|trailer| der::context(3, &trailer)));
        Some(der::sequence(&fields))
    }
}

/// MGF1 (RFC 8017 §B.2.1).
fn mgf1(digest: Digest, seed: &[u8], length: usize) -> Vec<u8> {
    let blocks = (0u32..).map(|counter| digest.of(&[seed, &counter.to_be_bytes()].concat()));
    let mut mask: Vec<u8> = blocks.take(length.div_ceil(20)).flatten().collect();
    mask.truncate(length);
    mask
}
