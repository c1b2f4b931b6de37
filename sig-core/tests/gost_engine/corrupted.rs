//! Signatures and digests that were changed.

use num_bigint::BigUint;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::reference::{Curve, inverse};
use crate::sets::{self, Set};
use crate::{Expected, Pair, for_each_set, scalar, with_engine};

/// A signature with its numbers.
struct Signature {
    curve: Curve,
    octets: Vec<u8>,
    r: BigUint,
    s: BigUint,
}

/// A change, which may not be possible.
type Change = fn(&Signature) -> Option<Vec<u8>>;

/// What changes to numbers lead to. Nothing else than r and s below q may be read as a signature.
const CHANGES: &[(&str, Change)] = &[
    ("halves swapped", |it| it.with(&it.s, &it.r)),
    ("r = 0", |it| it.with(&BigUint::ZERO, &it.s)),
    ("s = 0", |it| it.with(&it.r, &BigUint::ZERO)),
    ("r = s = 0", |it| it.with(&BigUint::ZERO, &BigUint::ZERO)),
    ("r = 1", |it| it.with(&BigUint::from(1_u8), &it.s)),
    ("s = 1", |it| it.with(&it.r, &BigUint::from(1_u8))),
    ("r = q", |it| it.with(&it.curve.q, &it.s)),
    ("s = q", |it| it.with(&it.r, &it.curve.q)),
    ("r = s = q", |it| it.with(&it.curve.q, &it.curve.q)),
    ("r = q - 1", |it| it.with(&(&it.curve.q - 1_u8), &it.s)),
    ("s = q - 1", |it| it.with(&it.r, &(&it.curve.q - 1_u8))),
    ("r negated", |it| it.with(&(&it.curve.q - &it.r), &it.s)),
    ("s negated", |it| it.with(&it.r, &(&it.curve.q - &it.s))),
    ("r + q", |it| it.with(&(&it.r + &it.curve.q), &it.s)),
    ("s + q", |it| it.with(&it.r, &(&it.s + &it.curve.q))),
    ("r + 1", |it| it.with(&(&it.r + 1_u8), &it.s)),
    ("s + 1", |it| it.with(&it.r, &(&it.s + 1_u8))),
    ("r and s all ones", |it| Some(vec![0xff; it.octets.len()])),
    ("octets reversed", |it| {
        Some(it.octets.iter().rev().copied().collect())
    }),
];

impl Signature {
    fn new(set: &Set, octets: Vec<u8>) -> Self {
        let (s, r) = octets.split_at(octets.len() / 2);
        Self {
            curve: set.curve(),
            r: BigUint::from_bytes_be(r),
            s: BigUint::from_bytes_be(s),
            octets,
        }
    }

    /// Other numbers, if they fit into the octets.
    fn with(&self, r: &BigUint, s: &BigUint) -> Option<Vec<u8>> {
        let bits = 8 * self.curve.octets as u64;
        (r.bits() <= bits && s.bits() <= bits)
            .then(|| self.curve.encode_signature(&(r.clone(), s.clone())))
    }
}

fn octets(set: &Set) -> impl Strategy<Value = Vec<u8>> + use<> {
    prop::collection::vec(any::<u8>(), set.edition.octets())
}

fn flipped(octets: &[u8], bit: &Index) -> Vec<u8> {
    let bit = bit.index(8 * octets.len());
    let mut flipped = octets.to_vec();
    flipped[bit / 8] ^= 1 << (bit % 8);
    flipped
}

#[test]
fn numbers_of_a_signature() {
    with_engine("corrupted::numbers_of_a_signature", || {
        for_each_set(
            12,
            |set| (scalar(set), octets(set)),
            |set, (d, digest)| {
                let pair = Pair::new(set, &d);
                let signature = Signature::new(set, pair.sign(&digest));
                for (what, change) in CHANGES {
                    if let Some(changed) = change(&signature) {
                        Expected::Refused.check(&pair, what, &digest, &changed)?;
                    }
                }
                Ok(())
            },
        );
    });
}

#[test]
fn bits_of_a_signature_and_of_a_digest() {
    with_engine("corrupted::bits_of_a_signature_and_of_a_digest", || {
        for_each_set(
            48,
            |set| (scalar(set), octets(set), any::<Index>(), any::<Index>()),
            |set, (d, digest, first, second)| {
                let pair = Pair::new(set, &d);
                let signature = pair.sign(&digest);
                let changed = flipped(&signature, &first);
                Expected::Refused.check(&pair, "bit of signature", &digest, &changed)?;
                let changed = flipped(&digest, &second);
                Expected::Refused.check(&pair, "bit of digest", &changed, &signature)
            },
        );
    });
}

#[test]
fn signatures_of_other_keys_and_digests() {
    with_engine("corrupted::signatures_of_other_keys_and_digests", || {
        for_each_set(
            4,
            |set| (scalar(set), scalar(set), octets(set), octets(set)),
            |set, (d, other_d, digest, other_digest)| {
                prop_assume!(d != other_d && digest != other_digest);
                let (pair, other) = (Pair::new(set, &d), Pair::new(set, &other_d));
                let refused = |what, signature: &[u8]| {
                    Expected::Refused.check(&pair, what, &digest, signature)
                };
                refused("other digest", &pair.sign(&other_digest))?;
                refused("other key", &other.sign(&digest))?;
                let mut reversed = digest.clone();
                reversed.reverse();
                prop_assume!(reversed != digest);
                refused("digest reversed", &pair.sign(&reversed))
            },
        );
    });
}

/// A digest counts modulo q: another one with the same residue has the same signatures.
#[test]
fn congruent_digests() {
    with_engine("corrupted::congruent_digests", || {
        for_each_set(
            4,
            |set| (scalar(set), scalar(set)),
            |set, (d, e)| {
                let q = set.curve().q;
                let pair = Pair::new(set, &d);
                let little_endian = |number: BigUint| {
                    let mut octets = number.to_bytes_le();
                    octets.resize(set.edition.octets(), 0);
                    octets
                };
                let signature = pair.sign(&little_endian(e.clone()));
                let same = &e + &q;
                if same.bits() <= 8 * set.edition.octets() as u64 {
                    let digest = little_endian(same);
                    Expected::Accepted.check(&pair, "e + q", &digest, &signature)?;
                }
                Ok(())
            },
        );
    });
}

/// A signer who chooses the digest can make s = 0, for which the standard wants another nonce; written as q, it is
/// outside the range as well.
#[test]
fn s_of_zero_written_as_q() {
    const REASON: &str = "the engine compares s with q by `>` instead of `>=`";
    with_engine("corrupted::s_of_zero_written_as_q", || {
        for set in sets::ALL {
            let curve = set.curve();
            let (d, k) = (&curve.q / 5_u8, &curve.q / 9_u8);
            let (x, _) = curve.multiply(&k, &curve.base()).unwrap();
            let r = x % &curve.q;
            // r·d + k·e = 0.
            let e = (&curve.q - &r) * &d * inverse(&k, &curve.q) % &curve.q;
            let mut digest = e.to_bytes_le();
            digest.resize(curve.octets, 0);
            let pair = Pair::new(set, &d);
            for (s, expected) in [
                (BigUint::ZERO, Expected::Refused),
                (curve.q.clone(), Expected::EngineAlone(REASON)),
            ] {
                let signature = curve.encode_signature(&(r.clone(), s));
                expected.check(&pair, "s", &digest, &signature).unwrap();
            }
        }
    });
}
