//! Signatures and digests of other lengths.

use num_bigint::BigUint;
use proptest::prelude::*;

use crate::sets::{self, Edition};
use crate::{Expected, Pair, for_each_set, scalar, with_engine};
use Expected::{EngineAlone, Refused};

/// A form of s and r that is not BE(s) || BE(r) of full length.
type Form = fn(s: &[u8], r: &[u8]) -> Vec<u8>;

const SPLIT: &str = "the engine takes one half of whatever length for s and the other for r";
const ODD: &str = "the engine ignores the last octet of an odd length";

const FORMS: &[(&str, Form, Expected)] = &[
    ("nothing", |_, _| Vec::new(), Refused),
    ("one octet", |s, _| s[..1].to_vec(), Refused),
    ("s alone", |s, _| s.to_vec(), Refused),
    (
        "without the last octet",
        |s, r| [s, &r[..r.len() - 1]].concat(),
        Refused,
    ),
    (
        "without the first octet",
        |s, r| [&s[1..], r].concat(),
        Refused,
    ),
    (
        "without the last octet of each",
        |s, r| [&s[..s.len() - 1], &r[..r.len() - 1]].concat(),
        Refused,
    ),
    (
        "an octet after",
        |s, r| [s, r, &[0]].concat(),
        EngineAlone(ODD),
    ),
    (
        "another octet after",
        |s, r| [s, r, &[0xff]].concat(),
        EngineAlone(ODD),
    ),
    ("an octet before", |s, r| [&[0], s, r].concat(), Refused),
    ("two octets after", |s, r| [s, r, &[0, 0]].concat(), Refused),
    (
        "an octet before and one after",
        |s, r| [&[0], s, r, &[0]].concat(),
        Refused,
    ),
    (
        "a zero before each",
        |s, r| [&[0], s, &[0], r].concat(),
        EngineAlone(SPLIT),
    ),
    (
        "a one before each",
        |s, r| [&[1], s, &[1], r].concat(),
        Refused,
    ),
    (
        "many zeros before each",
        |s, r| [&[0; 64], s, &[0; 64], r].concat(),
        EngineAlone(SPLIT),
    ),
    ("twice", |s, r| [s, r, s, r].concat(), Refused),
];

#[test]
fn other_lengths_of_signatures() {
    with_engine("lengths::other_lengths_of_signatures", || {
        for_each_set(
            8,
            |set| {
                (
                    scalar(set),
                    prop::collection::vec(any::<u8>(), set.edition.octets()),
                )
            },
            |set, (d, digest)| {
                let pair = Pair::new(set, &d);
                let signature = pair.sign(&digest);
                let (s, r) = signature.split_at(signature.len() / 2);
                // Shortened halves would still be right numbers.
                prop_assume!(s[s.len() - 1] != 0 && r[r.len() - 1] != 0);
                for (what, form, expected) in FORMS {
                    expected.check(&pair, what, &digest, &form(s, r))?;
                }
                Ok(())
            },
        );
    });
}

/// Where both numbers begin with a zero octet, they fit into fewer octets.
#[test]
fn shorter_numbers_without_their_zeros() {
    with_engine("lengths::shorter_numbers_without_their_zeros", || {
        // The order has 255 bits: one signature in 4096 will do.
        let set = sets::named("256 TC26-A");
        let pair = Pair::new(set, &BigUint::from(0x1234_5678_u32));
        let digest = [0x77; 32];
        let signature = (0..200_000)
            .map(|_| pair.sign(&digest))
            .find(|signature| signature[0] == 0 && signature[32] == 0)
            .expect("200 000 signatures without zeros");
        let shorter = [&signature[1..32], &signature[33..]].concat();
        Expected::Accepted
            .check(&pair, "full length", &digest, &signature)
            .unwrap();
        EngineAlone(SPLIT)
            .check(&pair, "shorter", &digest, &shorter)
            .unwrap();
    });
}

/// A digest of 64 octets belongs to a key of 512 bits, and one of 32 to a key of 256.
#[test]
fn digests_of_the_other_length() {
    const MIXED: &str = "the engine takes digests of 32 and of 64 octets with every key";
    with_engine("lengths::digests_of_the_other_length", || {
        for_each_set(1, scalar, |set, d| {
            let pair = Pair::new(set, &d);
            let digest = match set.edition {
                Edition::Gost2001 | Edition::Gost2012With256 => vec![0x42; 64],
                Edition::Gost2012With512 => vec![0x42; 32],
            };
            let signature = pair.sign(&digest);
            EngineAlone(MIXED).check(&pair, "digest", &digest, &signature)
        });
    });
}
