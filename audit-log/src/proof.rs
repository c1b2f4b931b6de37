//! Inclusion and consistency proofs, RFC 9162 §2.1.3 and §2.1.4.

use std::ops::Range;

use crate::merkle::{Hash, node_hash, root};

/// Why a proof shows nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofFault {
    /// The leaf is not in a tree of that size, or the first tree is the larger one.
    #[error(
        "the places do not fit the sizes of the trees / места не соответствуют размерам деревьев"
    )]
    Sizes,
    /// There are more or fewer hashes than the places need.
    #[error(
        "the proof is longer or shorter than it must be / доказательство длиннее или короче, чем должно быть"
    )]
    Length,
    /// The hashes lead to another root.
    #[error("the proof leads to another root / доказательство ведёт к другому корню")]
    Root,
}

/// The left part of a tree of `size` leaves, more than one: the largest power of two below `size`.
fn split(size: u64) -> u64 {
    1 << (size - 1).ilog2()
}

/// The spans whose hashes are the inclusion proof of leaf `index` in the tree of `size` leaves, in the order of the proof;
/// none when there is no such leaf (RFC 9162 §2.1.3.1).
#[must_use]
pub fn inclusion_spans(index: u64, size: u64) -> Option<Vec<Range<u64>>> {
    if index >= size {
        return None;
    }
    let mut spans = Vec::new();
    let (mut first, mut end) = (0, size);
    while end - first > 1 {
        let middle = first + split(end - first);
        if index < middle {
            spans.push(middle..end);
            end = middle;
        } else {
            spans.push(first..middle);
            first = middle;
        }
    }
    spans.reverse();
    Some(spans)
}

/// The spans whose hashes are the consistency proof between the trees of `first` and of `second` leaves, in the order of
/// the proof; none when `first` is the larger (RFC 9162 §2.1.4.1). The empty tree needs no proof.
#[must_use]
pub fn consistency_spans(first: u64, second: u64) -> Option<Vec<Range<u64>>> {
    if first > second {
        return None;
    }
    let mut spans = Vec::new();
    if first == 0 {
        return Some(spans);
    }
    let (mut start, mut end) = (0, second);
    let mut whole = true;
    while first != end {
        let middle = start + split(end - start);
        if first <= middle {
            spans.push(middle..end);
            end = middle;
        } else {
            spans.push(start..middle);
            start = middle;
            whole = false;
        }
    }
    if !whole {
        spans.push(start..end);
    }
    spans.reverse();
    Some(spans)
}

/// Shows that the leaf with `leaf` as its hash stands at `index` of the tree of `size` leaves with root `root`
/// (RFC 9162 §2.1.3.2).
///
/// # Errors
/// Why it is not shown.
pub fn verify_inclusion(
    (index, leaf): (u64, &Hash),
    (size, root): (u64, &Hash),
    proof: &[Hash],
) -> Result<(), ProofFault> {
    if index >= size {
        return Err(ProofFault::Sizes);
    }
    let (mut place, mut last) = (index, size - 1);
    let mut hash = *leaf;
    for sibling in proof {
        if last == 0 {
            return Err(ProofFault::Length);
        }
        if place & 1 == 1 || place == last {
            hash = node_hash(sibling, &hash);
            while place & 1 == 0 && place != 0 {
                (place, last) = (place >> 1, last >> 1);
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        (place, last) = (place >> 1, last >> 1);
    }
    match (last == 0, hash == *root) {
        (false, _) => Err(ProofFault::Length),
        (true, false) => Err(ProofFault::Root),
        (true, true) => Ok(()),
    }
}

/// Shows that the tree of the second size and root continues that of the first (RFC 9162 §2.1.4.2).
///
/// # Errors
/// Why it is not shown.
pub fn verify_consistency(
    (first, first_root): (u64, &Hash),
    (second, second_root): (u64, &Hash),
    proof: &[Hash],
) -> Result<(), ProofFault> {
    if first > second {
        return Err(ProofFault::Sizes);
    }
    if first == 0 || first == second {
        let same = match first {
            0 => *first_root == root(&[]),
            _ => first_root == second_root,
        };
        return match (proof.is_empty(), same) {
            (false, _) => Err(ProofFault::Length),
            (true, false) => Err(ProofFault::Root),
            (true, true) => Ok(()),
        };
    }
    // A perfect first tree is a node of the second one: the proof leaves it out.
    let start = first.is_power_of_two().then_some(first_root);
    let mut hashes = start.into_iter().chain(proof);
    let Some(seed) = hashes.next() else {
        return Err(ProofFault::Length);
    };
    let (mut place, mut last) = (first - 1, second - 1);
    while place & 1 == 1 {
        (place, last) = (place >> 1, last >> 1);
    }
    let (mut of_first, mut of_second) = (*seed, *seed);
    for hash in hashes {
        if last == 0 {
            return Err(ProofFault::Length);
        }
        if place & 1 == 1 || place == last {
            of_first = node_hash(hash, &of_first);
            of_second = node_hash(hash, &of_second);
            while place & 1 == 0 && place != 0 {
                (place, last) = (place >> 1, last >> 1);
            }
        } else {
            of_second = node_hash(&of_second, hash);
        }
        (place, last) = (place >> 1, last >> 1);
    }
    match (
        last == 0,
        of_first == *first_root && of_second == *second_root,
    ) {
        (false, _) => Err(ProofFault::Length),
        (true, false) => Err(ProofFault::Root),
        (true, true) => Ok(()),
    }
}

#[cfg(test)]
mod tests;
