//! DSA verification (FIPS 186-4 §4.7), for archives: `strength` says when such a signature was acceptable, which
//! is never today.
//!
//! That p and q are primes is what the certificate vouches for; what a forger could choose — generator and key of
//! another order — is checked.

use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, NonZero, Odd, Resize};

use super::digest::{DigestAlgorithm, DigestId};
use super::ecdsa::read_signature;
use super::integer;
use super::provider::KeyFamily;
use super::scheme::{Input, Scheme, is_sha};
use super::sha::{SHA1, SHA224, SHA256, SHA384, SHA512};
use super::signature::{
    KeyRejected, Message, NotVerified, SignatureAlgorithm, SignatureId, SignatureScheme,
    VerifyingKey,
};
use super::spki::SubjectPublicKeyInfo;
use super::strength::KeyDescription;
use crate::base::error::{Error, Structure};
use crate::base::limits::{Budget, Limits};
use crate::der::oids;
use crate::der::reader::{Encoding, Reader};
use crate::der::tag::Tag;

/// Sizes of the modulus and of the order, in bits (FIPS 186-4 §4.2, with what lies between its pairs).
const MODULUS_BITS: std::ops::RangeInclusive<u32> = 1024..=3072;
const ORDER_BITS: std::ops::RangeInclusive<u32> = 160..=256;

/// DSA with one digest.
#[derive(Debug)]
pub struct Dsa {
    digest: &'static dyn DigestAlgorithm,
}

/// With SHA-1.
pub static DSA_SHA1: Dsa = Dsa { digest: &SHA1 };
/// With SHA-224.
pub static DSA_SHA224: Dsa = Dsa { digest: &SHA224 };
/// With SHA-256.
pub static DSA_SHA256: Dsa = Dsa { digest: &SHA256 };
/// With SHA-384.
pub static DSA_SHA384: Dsa = Dsa { digest: &SHA384 };
/// With SHA-512.
pub static DSA_SHA512: Dsa = Dsa { digest: &SHA512 };

/// Its names, keys and digests (RFC 5758 §3.1).
pub(super) static SCHEME: Scheme = Scheme {
    scheme: SignatureScheme::Dsa,
    name: "dsa",
    keys: &[oids::DSA],
    combined: &[
        (oids::DSA_SHA1, DigestId::Sha1),
        (oids::DSA_SHA224, DigestId::Sha224),
        (oids::DSA_SHA256, DigestId::Sha256),
        (oids::DSA_SHA384, DigestId::Sha384),
        (oids::DSA_SHA512, DigestId::Sha512),
    ],
    goes_with: is_sha,
    input: Input::Digest,
    describe: |key| KeyDescription::new(KeyFamily::Dsa, modulus_bits(key)),
};

/// The parameters of a key, most significant octet first and without leading zeros.
pub(super) struct Parameters {
    pub(super) p: Vec<u8>,
    pub(super) q: Vec<u8>,
    pub(super) g: Vec<u8>,
}

/// Reads the parameters of a key (RFC 3279 §2.3.2); none when they are inherited.
///
/// ```text
/// Dss-Parms ::= SEQUENCE { p INTEGER, q INTEGER, g INTEGER }
/// ```
pub(super) fn parameters(key: &SubjectPublicKeyInfo) -> Result<Option<Parameters>, Error> {
    let Some(parameters) = &key.algorithm.parameters else {
        return Ok(None);
    };
    let mut budget = Budget::new(Limits::STANDARD);
    let mut reader = Reader::new(parameters, Encoding::Der, Structure::AlgorithmIdentifier);
    let mut fields = reader.enter(Tag::SEQUENCE, &mut budget)?;
    reader.finish()?;
    let p = integer::positive(&mut fields, &mut budget)?.to_vec();
    let q = integer::positive(&mut fields, &mut budget)?.to_vec();
    let g = integer::positive(&mut fields, &mut budget)?.to_vec();
    fields.finish()?;
    Ok(Some(Parameters { p, q, g }))
}

/// Reads the key itself: `DSAPublicKey ::= INTEGER`.
pub(super) fn public_value(key: &SubjectPublicKeyInfo) -> Result<Vec<u8>, Error> {
    let mut budget = Budget::new(Limits::STANDARD);
    let structure = Structure::SubjectPublicKeyInfo;
    let mut reader = Reader::new(&key.public_key, Encoding::Der, structure);
    let value = integer::positive(&mut reader, &mut budget)?.to_vec();
    reader.finish()?;
    Ok(value)
}

/// Bits of p, which is what the strength of a key is told by; 0 if that cannot be told.
pub(super) fn modulus_bits(key: &SubjectPublicKeyInfo) -> u32 {
    let strength = |parameters: Parameters| {
        let bound = match bits(&parameters.q)? {
            ..224 => 2047,
            _ => u32::MAX,
        };
        Some(bits(&parameters.p)?.min(bound))
    };
    parameters(key)
        .ok()
        .flatten()
        .and_then(strength)
        .unwrap_or(0)
}

fn bits(magnitude: &[u8]) -> Option<u32> {
    let leading = magnitude.first()?.leading_zeros();
    Some(u32::try_from(magnitude.len()).ok()?.checked_mul(8)? - leading)
}

/// A modulus with its constants; none if its size is outside the bounds or it is even.
fn modulus(magnitude: &[u8], bounds: &std::ops::RangeInclusive<u32>) -> Option<BoxedMontyParams> {
    let bits = bits(magnitude).filter(|bits| bounds.contains(bits))?;
    let value = BoxedUint::from_be_slice(magnitude, bits).ok()?;
    let value: Option<Odd<BoxedUint>> = Odd::new(value).into();
    Some(BoxedMontyParams::new_vartime(value?))
}

/// A value below a modulus, in the precision of that; none if it is not below.
fn below(magnitude: &[u8], modulus: &BoxedMontyParams) -> Option<BoxedUint> {
    let modulus = modulus.modulus().as_ref();
    let value = BoxedUint::from_be_slice(magnitude, modulus.bits_precision()).ok()?;
    (value < *modulus).then_some(value)
}

impl SignatureAlgorithm for Dsa {
    fn id(&self) -> SignatureId {
        SignatureId {
            scheme: SignatureScheme::Dsa,
            digest: self.digest.id(),
        }
    }

    fn prepare(&self, key: &SubjectPublicKeyInfo) -> Result<Box<dyn VerifyingKey>, KeyRejected> {
        if key.algorithm.algorithm != oids::DSA {
            return Err(KeyRejected::OtherAlgorithm);
        }
        let parameters = parameters(key)
            .map_err(|_| KeyRejected::Malformed)?
            .ok_or(KeyRejected::UnknownParameters)?;
        let y = public_value(key).map_err(|_| KeyRejected::Malformed)?;
        let p = modulus(&parameters.p, &MODULUS_BITS).ok_or(KeyRejected::OutOfBounds)?;
        let q = modulus(&parameters.q, &ORDER_BITS).ok_or(KeyRejected::OutOfBounds)?;
        let order = q.modulus().as_nz_ref();
        let group_order = p
            .modulus()
            .as_ref()
            .wrapping_sub(BoxedUint::one())
            .rem_vartime(order);
        if !bool::from(group_order.is_zero()) {
            return Err(KeyRejected::ParametersMismatch);
        }
        let g = element(&parameters.g, &p, order).ok_or(KeyRejected::ParametersMismatch)?;
        let y = element(&y, &p, order).ok_or(KeyRejected::InvalidPoint)?;
        Ok(Box::new(DsaKey {
            q,
            g,
            y,
            digest: self.digest,
        }))
    }
}

/// An element of the group of order q, other than 1; none if it is not one.
fn element(
    magnitude: &[u8],
    p: &BoxedMontyParams,
    order: &NonZero<BoxedUint>,
) -> Option<BoxedMontyForm> {
    let one = BoxedMontyForm::one(p);
    let element = BoxedMontyForm::new(below(magnitude, p)?, p);
    (element != one && element.pow(order.as_ref()) == one).then_some(element)
}

#[derive(Debug)]
struct DsaKey {
    q: BoxedMontyParams,
    g: BoxedMontyForm,
    y: BoxedMontyForm,
    digest: &'static dyn DigestAlgorithm,
}

impl DsaKey {
    /// The leftmost bits of the digest, as many as q has, modulo q (FIPS 186-4 §4.6).
    fn message_value(&self, digest: &[u8]) -> Option<BoxedUint> {
        let order = self.q.modulus();
        let length = u32::try_from(digest.len()).ok()?.checked_mul(8)?;
        let excess = length.saturating_sub(order.as_ref().bits_vartime());
        let value = BoxedUint::from_be_slice(digest, length).ok()?;
        Some(
            value
                .shr_vartime(excess)?
                .rem_vartime(order.as_nz_ref())
                .resize(order.as_ref().bits_precision()),
        )
    }

    /// FIPS 186-4 §4.7. None if the signature is not one of this digest.
    fn check(&self, digest: &[u8], signature: &[u8]) -> Option<()> {
        if digest.len() != self.digest.id().size() {
            return None;
        }
        let [r, s] = read_signature(signature).ok()?;
        let (r, s) = (below(&r, &self.q)?, below(&s, &self.q)?);
        let scalar = |value| BoxedMontyForm::new(value, &self.q);
        let inverse: Option<BoxedMontyForm> = scalar(s).invert_vartime().into();
        let inverse = inverse?;
        let u1 = scalar(self.message_value(digest)?).mul(&inverse).retrieve();
        let u2 = scalar(r.clone()).mul(&inverse).retrieve();
        let power = self.g.pow(&u1).mul(&self.y.pow(&u2)).retrieve();
        let v = power.rem_vartime(self.q.modulus().as_nz_ref());
        (v == r).then_some(())
    }
}

impl VerifyingKey for DsaKey {
    fn verify(&self, message: Message<'_>, signature: &[u8]) -> Result<(), NotVerified> {
        let checked = match message {
            Message::Octets(octets) => self.check(&self.digest.digest(octets)?.value, signature),
            Message::Digest(digest) => self.check(digest, signature),
        };
        checked.ok_or(NotVerified::BadSignature)
    }

    fn memory(&self) -> usize {
        // Four values of the size of p for each element, and three of the size of q.
        let octets = |form: &BoxedMontyForm| 4 * (form.bits_precision() as usize) / 8;
        let order = 3 * (self.q.bits_precision() as usize) / 8;
        size_of::<Self>() + octets(&self.g) + octets(&self.y) + order
    }
}

#[cfg(test)]
mod tests;
