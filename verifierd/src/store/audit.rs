//! The append-only log: RFC 6962 leaves and tree heads.

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::service::change::{Event, sha256};

/// A node of the tree.
pub type Hash = [u8; 32];

/// RFC 6962 §2.1: SHA-256(0x00 || leaf).
pub fn leaf_hash(leaf: &[u8]) -> Hash {
    Sha256::new()
        .chain_update([0])
        .chain_update(leaf)
        .finalize()
        .into()
}

fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new()
        .chain_update([1])
        .chain_update(left)
        .chain_update(right)
        .finalize()
        .into()
}

/// RFC 6962 §2.1 Merkle Tree Hash over leaf hashes.
pub fn root(leaves: &[Hash]) -> Hash {
    let mut frontier = Frontier::default();
    for leaf in leaves {
        frontier.push(*leaf);
    }
    frontier.root()
}

/// The roots of the perfect subtrees of a growing log, largest first: all that
/// appending and the tree head need.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    peaks: Vec<Hash>,
}

impl Frontier {
    /// Reads the stored form: `size` leaves, one 32-byte hash a set bit of it.
    pub fn from_bytes(size: u64, bytes: &[u8]) -> Option<Self> {
        let (peaks, rest) = bytes.as_chunks::<32>();
        let expected = usize::try_from(size.count_ones()).ok()?;
        (rest.is_empty() && peaks.len() == expected).then(|| Self {
            size,
            peaks: peaks.to_vec(),
        })
    }

    /// The stored form of the peaks.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.peaks.concat()
    }

    /// Number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf hash.
    pub fn push(&mut self, leaf: Hash) {
        let mut node = leaf;
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                node = node_hash(&left, &node);
            }
        }
        self.peaks.push(node);
        self.size += 1;
    }

    /// The Merkle Tree Hash; SHA-256 of nothing for an empty log.
    pub fn root(&self) -> Hash {
        self.peaks
            .iter()
            .rev()
            .copied()
            .reduce(|right, left| node_hash(&left, &right))
            .unwrap_or_else(|| sha256(&[]))
    }
}

#[derive(Serialize)]
struct Leaf<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    application: Option<String>,
    at: String,
    event: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<LeafEvidence>,
    #[serde(skip_serializing_if = "Option::is_none")]
    level: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    object: Option<&'a str>,
    reasons: Vec<&'static str>,
    schema: &'a str,
    sequence: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    signature: Option<String>,
}

#[derive(Serialize)]
struct LeafEvidence {
    digest: String,
    id: String,
    signature: String,
}

/// Canonical bytes (RFC 8785) of the leaf of `event`: digests, identifiers of
/// the daemon and codes. The portal's account id appears as its SHA-256.
pub fn leaf_bytes(sequence: u64, event: &Event) -> Result<Vec<u8>, serde_json::Error> {
    let account = event.account.as_ref();
    serde_json_canonicalizer::to_vec(&Leaf {
        account: account.map(|it| hex::encode(sha256(it.id.as_str().as_bytes()))),
        application: event.application_id.map(|id| id.to_string()),
        at: event.at.rfc3339(),
        event: event.kind.code(),
        evidence: event.evidence.map(|evidence| LeafEvidence {
            digest: hex::encode(evidence.digest),
            id: evidence.id.to_string(),
            signature: hex::encode(evidence.signature_sha256),
        }),
        level: account.map(|it| it.level.code()),
        object: event.object.as_deref(),
        reasons: event.reasons.iter().map(|reason| reason.code()).collect(),
        schema: "qes.audit/1",
        sequence,
        signature: event.signature_sha256.map(hex::encode),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{account::Level, ids::AccountId, reason::Reason, time::UnixSeconds},
        service::change::{EventAccount, EventKind},
    };

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

    fn leaves(count: usize) -> Vec<Hash> {
        VECTORS[..count]
            .iter()
            .map(|(leaf, _)| leaf_hash(&hex::decode(leaf).unwrap()))
            .collect()
    }

    #[test]
    fn published_roots() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(hex::encode(root(&[])), empty);
        for (at, (_, expected)) in VECTORS.iter().enumerate() {
            assert_eq!(
                hex::encode(root(&leaves(at + 1))),
                *expected,
                "{} leaves",
                at + 1
            );
        }
    }

    /// RFC 6962 §2.1, written as its recursion.
    fn recursive(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => sha256(&[]),
            [leaf] => *leaf,
            _ => {
                let split = leaves.len().next_power_of_two() / 2;
                node_hash(&recursive(&leaves[..split]), &recursive(&leaves[split..]))
            }
        }
    }

    #[test]
    fn the_frontier_agrees_with_the_recursion() {
        let leaves: Vec<Hash> = (0..70_u8).map(|n| leaf_hash(&[n])).collect();
        for size in 0..=leaves.len() {
            assert_eq!(
                root(&leaves[..size]),
                recursive(&leaves[..size]),
                "{size} leaves"
            );
        }
    }

    #[test]
    fn a_frontier_survives_storage_and_nothing_else_does() {
        let mut frontier = Frontier::default();
        for leaf in leaves(7) {
            frontier.push(leaf);
        }
        let stored = frontier.to_bytes();
        assert_eq!(Frontier::from_bytes(7, &stored), Some(frontier));
        assert_eq!(Frontier::from_bytes(8, &stored), None);
        assert_eq!(Frontier::from_bytes(7, &stored[1..]), None);
    }

    #[test]
    fn a_leaf_holds_digests_and_codes() {
        let event = Event {
            kind: EventKind::ApplicationRejected,
            at: UnixSeconds::new(1_795_000_000),
            account: Some(EventAccount {
                id: AccountId::parse("acc-1").unwrap(),
                level: Level::Standard,
            }),
            object: None,
            application_id: None,
            evidence: None,
            signature_sha256: None,
            reasons: vec![Reason::PersonDiffers],
        };
        let expected = concat!(
            r#"{"account":"3a3dde50c98a8fa41e7d9a5d9b54e34ce19b7ff2e5dc5dc0a1f0ac7d3b4e0d0e","#,
            r#""at":"2026-11-18T11:06:40Z","event":"APPLICATION_REJECTED","level":"STANDARD","#,
            r#""reasons":["PERSON_DIFFERS"],"schema":"qes.audit/1","sequence":7}"#
        );
        let leaf = String::from_utf8(leaf_bytes(7, &event).unwrap()).unwrap();
        let account = hex::encode(sha256(b"acc-1"));
        assert_eq!(leaf[12..76], account);
        assert_eq!(leaf[76..], expected[76..]);
        assert!(!leaf.contains("acc-1"));
    }
}
