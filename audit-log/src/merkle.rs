//! The tree of RFC 9162 §2.1: hashes, perfect subtrees, the frontier of a growing log.

use std::ops::Range;

use sha2::{Digest as _, Sha256};

/// A hash of the tree, SHA-256.
pub type Hash = [u8; 32];

/// RFC 9162 §2.1.1: SHA-256(0x00 || leaf).
#[must_use]
pub fn leaf_hash(leaf: &[u8]) -> Hash {
    let hash = Sha256::new().chain_update([0]).chain_update(leaf);
    hash.finalize().into()
}

/// RFC 9162 §2.1.1: SHA-256(0x01 || left || right).
#[must_use]
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let hash = Sha256::new().chain_update([1]);
    hash.chain_update(left)
        .chain_update(right)
        .finalize()
        .into()
}

/// RFC 9162 §2.1.1: the Merkle Tree Hash over leaf hashes.
#[must_use]
pub fn root(leaves: &[Hash]) -> Hash {
    let mut frontier = Frontier::default();
    for leaf in leaves {
        frontier.push(*leaf);
    }
    frontier.root()
}

/// The place of a perfect subtree: the leaves from `index << level`, `1 << level` of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Node {
    /// Height above the leaves; leaves are of level 0.
    pub level: u32,
    /// Zero-based position within the level.
    pub index: u64,
}

impl Node {
    /// Its leaves.
    #[must_use]
    pub fn leaves(self) -> Range<u64> {
        let first = self.index << self.level;
        first..first + (1 << self.level)
    }
}

/// The perfect subtrees that `span` of leaves falls into, left to right.
///
/// `span` is one of a proof ([`inclusion_spans`](crate::inclusion_spans),
/// [`consistency_spans`](crate::consistency_spans)) or begins with the first leaf: there are at most 64.
#[must_use]
pub fn perfect(span: &Range<u64>) -> Vec<Node> {
    let mut nodes = Vec::new();
    let mut first = span.start;
    while first < span.end {
        let room = (span.end - first).ilog2();
        let level = room.min(first.trailing_zeros());
        nodes.push(Node {
            level,
            index: first >> level,
        });
        first += 1 << level;
    }
    nodes
}

/// The hash of a span from those of its [`perfect`] subtrees; SHA-256 of nothing for no leaves.
#[must_use]
pub fn span_root(perfect: &[Hash]) -> Hash {
    let hashes = perfect.iter().rev().copied();
    let root = hashes.reduce(|right, left| node_hash(&left, &right));
    root.unwrap_or_else(|| Sha256::digest([]).into())
}

/// The roots of the perfect subtrees of a growing log, largest first: all that appending and the root need.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    peaks: Vec<Hash>,
}

impl Frontier {
    /// Reads the stored form: `size` leaves, one 32-byte hash a set bit of it.
    #[must_use]
    pub fn from_bytes(size: u64, bytes: &[u8]) -> Option<Self> {
        let (peaks, rest) = bytes.as_chunks::<32>();
        let expected = usize::try_from(size.count_ones()).ok()?;
        (rest.is_empty() && peaks.len() == expected).then(|| Self {
            size,
            peaks: peaks.to_vec(),
        })
    }

    /// The stored form of the peaks.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.peaks.concat()
    }

    /// Number of leaves.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The perfect subtrees with their hashes, largest first.
    pub fn peaks(&self) -> impl Iterator<Item = (Node, Hash)> {
        perfect(&(0..self.size))
            .into_iter()
            .zip(self.peaks.iter().copied())
    }

    /// Appends a leaf hash; answers the perfect subtrees that it completes, lowest first, without the leaf itself.
    pub fn push(&mut self, leaf: Hash) -> Vec<(Node, Hash)> {
        let mut completed = Vec::new();
        let mut hash = leaf;
        for level in 1..=self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                hash = node_hash(&left, &hash);
                let index = self.size >> level;
                completed.push((Node { level, index }, hash));
            }
        }
        self.peaks.push(hash);
        self.size += 1;
        completed
    }

    /// The root; SHA-256 of nothing for an empty log.
    #[must_use]
    pub fn root(&self) -> Hash {
        span_root(&self.peaks)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// The leaves and roots of the Certificate Transparency reference tests.
    const VECTORS: [(&str, &str); 8] = [
        (
            "",
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        ),
        (
            "00",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        ),
        (
            "10",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        ),
        (
            "2021",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ),
        (
            "3031",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        ),
        (
            "40414243",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        ),
        (
            "5051525354555657",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        ),
        (
            "606162636465666768696a6b6c6d6e6f",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ),
    ];

    /// Leaf hashes of the reference tests.
    pub(crate) fn reference(count: usize) -> Vec<Hash> {
        let leaves = VECTORS[..count].iter();
        leaves
            .map(|(leaf, _)| leaf_hash(&hex::decode(leaf).unwrap()))
            .collect()
    }

    pub(crate) fn numbered(count: u8) -> Vec<Hash> {
        (0..count).map(|n| leaf_hash(&[n])).collect()
    }

    /// RFC 9162 §2.1.1, written as its recursion.
    pub(crate) fn recursive(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => Sha256::digest([]).into(),
            [leaf] => *leaf,
            _ => {
                let split = leaves.len().next_power_of_two() / 2;
                node_hash(&recursive(&leaves[..split]), &recursive(&leaves[split..]))
            }
        }
    }

    #[test]
    fn published_roots() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(hex::encode(root(&[])), empty);
        for (at, (_, expected)) in VECTORS.iter().enumerate() {
            assert_eq!(hex::encode(root(&reference(at + 1))), *expected, "{at}");
        }
    }

    #[test]
    fn the_frontier_agrees_with_the_recursion() {
        let leaves = numbered(70);
        for size in 0..=leaves.len() {
            assert_eq!(root(&leaves[..size]), recursive(&leaves[..size]), "{size}");
        }
    }

    #[test]
    fn every_perfect_subtree_is_answered_once_when_it_is_complete() {
        let leaves = numbered(70);
        let mut frontier = Frontier::default();
        let mut seen = std::collections::BTreeSet::new();
        for (at, leaf) in leaves.iter().enumerate() {
            for (node, hash) in frontier.push(*leaf) {
                let span = node.leaves();
                assert_eq!(span.end, at as u64 + 1);
                let under = &leaves[span.start as usize..span.end as usize];
                assert_eq!(hash, recursive(under), "{node:?}");
                assert!(seen.insert(node));
            }
        }
        // 35 + 17 + 8 + 4 + 2 + 1 complete subtrees.
        assert_eq!(seen.len(), 67);
        for (node, hash) in frontier.peaks() {
            let span = node.leaves();
            assert_eq!(
                hash,
                recursive(&leaves[span.start as usize..span.end as usize])
            );
        }
    }

    #[test]
    fn a_span_falls_into_perfect_subtrees() {
        let leaves = numbered(70);
        for size in 0..=70 {
            let nodes = perfect(&(0..size));
            let hashes: Vec<_> = nodes
                .iter()
                .map(|node| {
                    recursive(&leaves[node.leaves().start as usize..node.leaves().end as usize])
                })
                .collect();
            assert_eq!(nodes.len(), size.count_ones() as usize);
            assert_eq!(span_root(&hashes), recursive(&leaves[..size as usize]));
        }
    }

    #[test]
    fn a_frontier_survives_storage_and_nothing_else_does() {
        let mut frontier = Frontier::default();
        for leaf in reference(7) {
            frontier.push(leaf);
        }
        let stored = frontier.to_bytes();
        assert_eq!(Frontier::from_bytes(7, &stored), Some(frontier));
        assert_eq!(Frontier::from_bytes(8, &stored), None);
        assert_eq!(Frontier::from_bytes(7, &stored[1..]), None);
    }
}
