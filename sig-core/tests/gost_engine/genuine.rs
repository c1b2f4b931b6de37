//! Genuine signatures are accepted by both sides, whoever made them.

use num_bigint::BigUint;
use proptest::prelude::*;
use sig_core::alg::signature::Message;

use crate::sets::{self, Set};
use crate::sides::{engine, ours};
use crate::{Expected, Pair, digest, for_each_set, scalar, with_engine};

#[test]
fn public_keys_of_the_engine_are_those_of_the_textbook() {
    with_engine(
        "genuine::public_keys_of_the_engine_are_those_of_the_textbook",
        || {
            for set in sets::ALL {
                let q = set.curve().q;
                for d in [BigUint::from(1_u8), &q / 3_u8, &q - 1_u8] {
                    let pair = Pair::new(set, &d);
                    let textbook = set.coordinates(&d);
                    assert!(pair.spki.ends_with(&textbook), "{}", set.name);
                    assert!(pair.keys().is_some(), "{}", set.name);
                }
            }
        },
    );
}

#[test]
fn signatures_of_the_engine() {
    with_engine("genuine::signatures_of_the_engine", || {
        for_each_set(
            48,
            |set| (scalar(set), digest(set)),
            |set, (d, digest)| {
                let pair = Pair::new(set, &d);
                let signature = pair.sign(&digest);
                Expected::Accepted.check(&pair, "genuine", &digest, &signature)
            },
        );
    });
}

#[test]
fn signed_messages_of_the_engine() {
    with_engine("genuine::signed_messages_of_the_engine", || {
        for_each_set(
            16,
            |set| (scalar(set), prop::collection::vec(any::<u8>(), 0..300)),
            |set, (d, message)| {
                let pair = Pair::new(set, &d);
                let signature = pair.sign(&engine::digest(set, &message));
                let accepted = |octets| ours::accepts(&pair, Message::Octets(octets), &signature);
                prop_assert!(accepted(&message));
                prop_assert!(!accepted(&[&message[..], &[0]].concat()));
                Ok(())
            },
        );
    });
}

#[test]
fn signatures_of_the_textbook() {
    with_engine("genuine::signatures_of_the_textbook", || {
        for_each_set(
            2,
            |set| (scalar(set), scalar(set), digest(set)),
            |set: &'static Set, (d, k, digest)| {
                let curve = set.curve();
                // The engine leaves `digestParamSet` out with some sets; here it is always named.
                let pair = Pair::with_public(set, &d, &set.coordinates(&d));
                let signature = curve.sign(&d, &k, &digest).unwrap();
                let signature = curve.encode_signature(&signature);
                Expected::Accepted.check(&pair, "genuine", &digest, &signature)
            },
        );
    });
}
