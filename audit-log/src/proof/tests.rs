use proptest::prelude::*;

use super::*;
use crate::merkle::{
    leaf_hash, root,
    tests::{numbered, recursive, reference},
};

fn hashes(leaves: &[Hash], spans: &[Range<u64>]) -> Vec<Hash> {
    let spans = spans.iter();
    spans
        .map(|span| recursive(&leaves[span.start as usize..span.end as usize]))
        .collect()
}

fn inclusion(leaves: &[Hash], index: u64, size: u64) -> Vec<Hash> {
    hashes(leaves, &inclusion_spans(index, size).unwrap())
}

fn consistency(leaves: &[Hash], first: u64, second: u64) -> Vec<Hash> {
    hashes(leaves, &consistency_spans(first, second).unwrap())
}

fn head(leaves: &[Hash], size: u64) -> (u64, Hash) {
    (size, root(&leaves[..size as usize]))
}

/// PATH of RFC 9162 §2.1.3.1, written as its recursion.
fn path(index: usize, leaves: &[Hash]) -> Vec<Hash> {
    if leaves.len() == 1 {
        return Vec::new();
    }
    let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
    let (mut path, sibling) = match index.checked_sub(left.len()) {
        None => (path(index, left), recursive(right)),
        Some(index) => (path(index, right), recursive(left)),
    };
    path.push(sibling);
    path
}

/// SUBPROOF of RFC 9162 §2.1.4.1, written as its recursion.
fn subproof(first: usize, leaves: &[Hash], known: bool) -> Vec<Hash> {
    if first == leaves.len() {
        return match known {
            true => Vec::new(),
            false => vec![recursive(leaves)],
        };
    }
    let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
    let (mut proof, sibling) = match first > left.len() {
        false => (subproof(first, left, known), recursive(right)),
        true => (subproof(first - left.len(), right, false), recursive(left)),
    };
    proof.push(sibling);
    proof
}

/// The proofs of the Certificate Transparency reference tests.
#[test]
fn published_proofs() {
    let leaves = reference(8);
    let said = |proof: Vec<Hash>| proof.iter().map(hex::encode).collect::<Vec<_>>();
    let [a, b, c] = [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ];
    assert_eq!(said(inclusion(&leaves, 0, 1)), [] as [&str; 0]);
    assert_eq!(said(inclusion(&leaves, 0, 8)), [a, b, c]);
    assert_eq!(
        said(inclusion(&leaves, 5, 8)),
        [
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ]
    );
    assert_eq!(
        said(inclusion(&leaves, 2, 3)),
        ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]
    );
    assert_eq!(
        said(inclusion(&leaves, 1, 5)),
        [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            b,
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ]
    );
    assert_eq!(said(consistency(&leaves, 1, 1)), [] as [&str; 0]);
    assert_eq!(said(consistency(&leaves, 1, 8)), [a, b, c]);
    assert_eq!(
        said(consistency(&leaves, 6, 8)),
        [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ]
    );
    assert_eq!(
        said(consistency(&leaves, 2, 5)),
        [
            b,
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
        ]
    );
}

#[test]
fn every_leaf_of_every_small_tree_is_shown_as_the_recursion_shows_it() {
    let leaves = numbered(70);
    for size in 1..=70 {
        let (_, root) = head(&leaves, size);
        for index in 0..size {
            let proof = inclusion(&leaves, index, size);
            assert_eq!(proof, path(index as usize, &leaves[..size as usize]));
            let leaf = &leaves[index as usize];
            assert_eq!(
                verify_inclusion((index, leaf), (size, &root), &proof),
                Ok(())
            );
            // Another place, another leaf, another length.
            let other = (index + 1) % size;
            if other != index {
                assert!(verify_inclusion((other, leaf), (size, &root), &proof).is_err());
            }
            let wrong = leaf_hash(b"another");
            let shown = verify_inclusion((index, &wrong), (size, &root), &proof);
            assert_eq!(shown, Err(ProofFault::Root));
            let longer = [proof.as_slice(), &[wrong]].concat();
            assert!(verify_inclusion((index, leaf), (size, &root), &longer).is_err());
            if let Some((_, shorter)) = proof.split_last() {
                assert!(verify_inclusion((index, leaf), (size, &root), shorter).is_err());
            }
        }
        let outside = verify_inclusion((size, &leaves[0]), (size, &root), &[]);
        assert_eq!(outside, Err(ProofFault::Sizes));
        assert!(inclusion_spans(size, size).is_none());
    }
}

#[test]
fn every_two_small_trees_are_shown_consistent_as_the_recursion_shows_it() {
    let leaves = numbered(70);
    let heads: Vec<_> = (0..=70).map(|size| head(&leaves, size)).collect();
    let wrong = leaf_hash(b"another");
    for (second, second_root) in &heads {
        for (first, first_root) in &heads[..=*second as usize] {
            let (first, second) = (*first, *second);
            let proof = consistency(&leaves, first, second);
            if first > 0 {
                let leaves = &leaves[..second as usize];
                assert_eq!(proof, subproof(first as usize, leaves, true));
            }
            let check =
                |one, two, proof: &[Hash]| verify_consistency((first, one), (second, two), proof);
            assert_eq!(
                check(first_root, second_root, &proof),
                Ok(()),
                "{first} {second}"
            );
            assert!(
                check(&wrong, second_root, &proof).is_err(),
                "{first} {second}"
            );
            if first > 0 {
                assert!(
                    check(first_root, &wrong, &proof).is_err(),
                    "{first} {second}"
                );
            }
            let longer = [proof.as_slice(), &[wrong]].concat();
            assert!(check(first_root, second_root, &longer).is_err());
            if let Some((_, shorter)) = proof.split_last() {
                assert!(check(first_root, second_root, shorter).is_err());
            }
        }
    }
    let backwards = verify_consistency((2, &heads[2].1), (1, &heads[1].1), &[]);
    assert_eq!(backwards, Err(ProofFault::Sizes));
    assert!(consistency_spans(2, 1).is_none());
}

proptest! {
    /// A proof is short, and its spans are perfect or end with the tree, whatever the size.
    #[test]
    fn proofs_of_large_trees_are_short(size in 1_u64..1 << 62, place in any::<u64>()) {
        let index = place % size;
        for spans in [inclusion_spans(index, size).unwrap(), consistency_spans(index, size).unwrap()] {
            prop_assert!(spans.len() <= 64);
            for span in spans {
                let nodes = crate::merkle::perfect(&span);
                prop_assert!(nodes.len() == 1 || span.end == size);
                prop_assert!(nodes.len() <= 64);
            }
        }
    }

    /// What is no proof is refused.
    #[test]
    fn a_changed_octet_is_found(size in 2_u64..70, place in any::<u64>(), at in any::<usize>(), bit in 0_u32..8) {
        let leaves = numbered(70);
        let index = place % size;
        let mut proof = inclusion(&leaves, index, size);
        let octets = proof.len() * 32;
        let at = at % octets;
        proof[at / 32][at % 32] ^= 1 << bit;
        let (_, root) = head(&leaves, size);
        let shown = verify_inclusion((index, &leaves[index as usize]), (size, &root), &proof);
        prop_assert_eq!(shown, Err(ProofFault::Root));
    }
}
