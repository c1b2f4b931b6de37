//! Many independent signatures at once, each by its own key over its own message, with a verdict for each.
//!
//! Signatures on the curve of CryptoPro-A (also XchA and TC26 256-B), which most keys of Russian certificates are on,
//! are verified eight at a time, one in each 64-bit lane of a register, where the processor has AVX-512 IFMA. All
//! others are verified one by one, as are those where points met that the formulas do not cover. The verdicts are
//! those of [`SignatureAlgorithm::prepare`] and [`VerifyingKey::verify`], whatever the processor.
//!
//! [`VerifyingKey::verify`]: crate::alg::signature::VerifyingKey::verify

use super::field::{Element, Field};
use super::gost3410::{GOST2001, GOST2012_256, GOST2012_512, Gost3410};
use super::limbs::{self, Limbs};
use super::parameters::CRYPTOPRO_A;
use crate::alg::signature::{KeyRejected, Message, NotVerified, SignatureAlgorithm, SignatureId};
use crate::alg::spki::SubjectPublicKeyInfo;
use lanes::LANES;
use verify::{Lane, Outcome, Scalar};

mod field;
#[cfg(target_arch = "x86_64")]
mod ifma;
mod lanes;
mod point;
#[cfg(test)]
mod portable;
mod table;
mod verify;

/// A signature to be verified together with others.
#[derive(Clone, Copy, Debug)]
pub struct BatchItem<'a> {
    /// GOST R 34.10 of one edition with one size of keys.
    pub algorithm: SignatureId,
    /// The key, as prepared for this signature only.
    pub key: &'a SubjectPublicKeyInfo,
    /// What was signed.
    pub message: Message<'a>,
    /// BE(s) || BE(r).
    pub signature: &'a [u8],
}

/// Why a signature of a batch was not verified.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Refused {
    /// The key cannot be used; [`KeyRejected::OtherAlgorithm`] also where the algorithm is not one of GOST.
    Key(KeyRejected),
    /// The signature is not one of this message by this key.
    Signature(NotVerified),
}

/// Verifies independent signatures; the verdicts are in the order of the items.
#[must_use]
pub fn verify_batch(items: &[BatchItem<'_>]) -> Vec<Result<(), Refused>> {
    let mut verdicts = vec![None; items.len()];
    let candidates = if has_vectors() {
        candidates(items)
    } else {
        Vec::new()
    };
    let lanes = lanes(&candidates);
    let vectors = candidates.chunks(LANES).zip(lanes.chunks(LANES));
    for (candidates, lanes) in vectors.filter(|(_, lanes)| lanes.len() > MAX_ONE_BY_ONE) {
        let outcomes = verify_vector(lanes).unwrap_or_default();
        for (candidate, outcome) in candidates.iter().zip(outcomes) {
            if let Some(verdict) = verdicts.get_mut(candidate.item) {
                *verdict = match outcome {
                    Outcome::Holds => Some(Ok(())),
                    Outcome::Fails => Some(Err(Refused::Signature(NotVerified::BadSignature))),
                    Outcome::InvalidPoint => Some(Err(Refused::Key(KeyRejected::InvalidPoint))),
                    Outcome::Exception => None,
                };
            }
        }
    }
    let verdicts = items.iter().zip(verdicts);
    verdicts
        .map(|(item, verdict)| verdict.unwrap_or_else(|| verify_alone(item)))
        .collect()
}

/// So few signatures take longer in a vector than one by one.
const MAX_ONE_BY_ONE: usize = 2;

/// Verifies a vector of lanes; none where the processor has no instructions for it.
fn verify_vector(lanes: &[Lane]) -> Option<Vec<Outcome>> {
    #[cfg(target_arch = "x86_64")]
    let outcomes = ifma::run(verify::Equations { lanes });
    #[cfg(not(target_arch = "x86_64"))]
    let outcomes = None;
    outcomes
}

fn has_vectors() -> bool {
    #[cfg(target_arch = "x86_64")]
    let has_vectors = ifma::is_available();
    #[cfg(not(target_arch = "x86_64"))]
    let has_vectors = false;
    has_vectors
}

fn algorithm(id: SignatureId) -> Option<&'static Gost3410> {
    [&GOST2001, &GOST2012_256, &GOST2012_512]
        .into_iter()
        .find(|algorithm| algorithm.id() == id)
}

fn verify_alone(item: &BatchItem<'_>) -> Result<(), Refused> {
    let key = algorithm(item.algorithm)
        .ok_or(KeyRejected::OtherAlgorithm)
        .and_then(|algorithm| algorithm.prepare(item.key))
        .map_err(Refused::Key)?;
    key.verify(item.message, item.signature)
        .map_err(Refused::Signature)
}

/// A signature that a lane can decide.
struct Candidate {
    /// Its number in the batch.
    item: usize,
    x: Limbs<4>,
    y: Limbs<4>,
    r: Limbs<4>,
    s: Limbs<4>,
    /// The digest modulo the order.
    e: Element<4>,
}

/// The signatures that lanes can decide. For all others it is left to the algorithm to say what is wrong, if anything.
fn candidates(items: &[BatchItem<'_>]) -> Vec<Candidate> {
    let numbered = items.iter().enumerate();
    numbered
        .filter_map(|(number, item)| candidate(number, item))
        .collect()
}

fn candidate(number: usize, item: &BatchItem<'_>) -> Option<Candidate> {
    let algorithm = algorithm(item.algorithm)?;
    let (set, octets) = algorithm.read(item.key).ok()?;
    if !set.is_on_cryptopro_a() {
        return None;
    }
    let (x, y) = octets.split_at_checked(32)?;
    let (x, y) = (limbs::from_le(x)?, limbs::from_le(y)?);
    let (s, r) = item.signature.split_at_checked(32)?;
    let (s, r) = (limbs::from_be(s)?, limbs::from_be(r)?);
    let order = &CRYPTOPRO_A.order;
    let q = order.modulus();
    let in_range = |value| !limbs::is_zero(value) && limbs::less(value, &q);
    // A lane compares with one x; r + q is another one if it is below the prime.
    let (next, carry) = limbs::add(&r, &q);
    let is_only_x = carry || !limbs::less(&next, &field::P);
    let is_decidable = limbs::less(&x, &field::P)
        && limbs::less(&y, &field::P)
        && in_range(&r)
        && in_range(&s)
        && is_only_x;
    if !is_decidable {
        return None;
    }
    let hashed;
    let digest = match item.message {
        Message::Digest(digest) => digest,
        Message::Octets(octets) => {
            hashed = algorithm.digest.digest(octets).ok()?;
            &hashed.value
        }
    };
    let e = order.encode(&limbs::from_le(digest)?);
    let e = if order.is_zero(&e) { order.one() } else { e };
    Some(Candidate {
        item: number,
        x,
        y,
        r,
        s,
        e,
    })
}

/// The scalars of RFC 7091 §6.2, with one inversion for all.
fn lanes(candidates: &[Candidate]) -> Vec<Lane> {
    let order = &CRYPTOPRO_A.order;
    let q = order.modulus();
    let mut products = Vec::with_capacity(candidates.len());
    let mut product = order.one();
    for candidate in candidates {
        products.push(product);
        product = order.mul(&product, &candidate.e);
    }
    let mut inverse = order.invert(&product);
    let mut lanes = Vec::with_capacity(candidates.len());
    for (candidate, before) in candidates.iter().zip(&products).rev() {
        let v = order.mul(&inverse, before);
        inverse = order.mul(&inverse, &candidate.e);
        let (minus_r, _) = limbs::sub(&q, &candidate.r);
        lanes.push(Lane {
            x: candidate.x,
            y: candidate.y,
            r: candidate.r,
            base: scalar(order.scale(&candidate.s, &v)),
            key: scalar(order.scale(&minus_r, &v)),
        });
    }
    lanes.reverse();
    lanes
}

/// Of a scalar below the order and its negative, one is odd: the order is.
fn scalar(value: Limbs<4>) -> Scalar {
    let negative = value[0] & 1 == 0;
    let odd = if negative {
        limbs::sub(&CRYPTOPRO_A.order.modulus(), &value).0
    } else {
        value
    };
    Scalar { odd, negative }
}

#[cfg(test)]
mod tests;
