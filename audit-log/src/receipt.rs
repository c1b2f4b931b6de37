//! Proofs as files that a third party checks with the key of the log alone.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};

use crate::{
    checkpoint::Checkpoint,
    key::VerifyingKey,
    leaf::{Leaf, LeafFault},
    merkle::{Hash, leaf_hash},
    note::{MOST_NOTE, NoteFault},
    proof::{ProofFault, verify_consistency, verify_inclusion},
};

/// Largest file that is read, in octets.
pub const MOST_RECEIPT: usize = 4 * MOST_NOTE;
const RECEIPT: &str = "qes.receipt/1";
const CONSISTENCY: &str = "qes.consistency/1";

/// Why a receipt or a proof shows nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptFault {
    /// Not JSON of the schema.
    #[error(
        "this is not a file of schema qes.receipt/1 or qes.consistency/1 / это не файл qes.receipt/1 или qes.consistency/1"
    )]
    Form,
    /// The leaf.
    #[error(transparent)]
    Leaf(#[from] LeafFault),
    /// The leaf says that it stands at another place.
    #[error(
        "the leaf belongs to another place of the log / запись относится к другому месту журнала"
    )]
    Place,
    /// A checkpoint.
    #[error("checkpoint / контрольная точка: {0}")]
    Note(#[from] NoteFault),
    /// The proof.
    #[error("{0}")]
    Proof(#[from] ProofFault),
}

/// A leaf with the proof that it stands in the log: JSON text of schema `qes.receipt/1`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    schema: String,
    index: u64,
    leaf: String,
    proof: Vec<String>,
    checkpoint: String,
}

impl Receipt {
    /// The receipt of the leaf at `index` with these octets, and the checkpoint that the proof leads to; none when the
    /// octets are no text.
    #[must_use]
    pub fn new(index: u64, leaf: &[u8], proof: &[Hash], checkpoint: String) -> Option<Self> {
        Some(Self {
            schema: RECEIPT.to_owned(),
            index,
            leaf: String::from_utf8(leaf.to_vec()).ok()?,
            proof: written(proof),
            checkpoint,
        })
    }

    /// Reads a file.
    ///
    /// # Errors
    /// [`ReceiptFault::Form`].
    pub fn parse(octets: &[u8]) -> Result<Self, ReceiptFault> {
        read(octets)
            .filter(|read: &Self| read.schema == RECEIPT)
            .ok_or(ReceiptFault::Form)
    }

    /// The file.
    #[must_use]
    pub fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// What the leaf says, and the checkpoint under which it stands in the log of `key`.
    ///
    /// # Errors
    /// What is not shown.
    pub fn check(&self, key: &VerifyingKey) -> Result<(Leaf, Checkpoint), ReceiptFault> {
        let checkpoint = Checkpoint::open(key, &self.checkpoint)?;
        let octets = self.leaf.as_bytes();
        let proof = hashes(&self.proof)?;
        let place = (self.index, &leaf_hash(octets));
        verify_inclusion(place, (checkpoint.size, &checkpoint.root), &proof)?;
        let leaf = Leaf::parse(octets)?;
        match leaf.sequence == self.index {
            true => Ok((leaf, checkpoint)),
            false => Err(ReceiptFault::Place),
        }
    }
}

/// Two checkpoints with the proof that the second continues the first: JSON text of schema `qes.consistency/1`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsistencyProof {
    schema: String,
    first: String,
    second: String,
    proof: Vec<String>,
}

impl ConsistencyProof {
    /// The proof between two signed checkpoints.
    #[must_use]
    pub fn new(first: String, second: String, proof: &[Hash]) -> Self {
        Self {
            schema: CONSISTENCY.to_owned(),
            first,
            second,
            proof: written(proof),
        }
    }

    /// Reads a file.
    ///
    /// # Errors
    /// [`ReceiptFault::Form`].
    pub fn parse(octets: &[u8]) -> Result<Self, ReceiptFault> {
        read(octets)
            .filter(|read: &Self| read.schema == CONSISTENCY)
            .ok_or(ReceiptFault::Form)
    }

    /// The file.
    #[must_use]
    pub fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The checkpoints of the log of `key`, the second of which continues the first.
    ///
    /// # Errors
    /// What is not shown.
    pub fn check(&self, key: &VerifyingKey) -> Result<(Checkpoint, Checkpoint), ReceiptFault> {
        let first = Checkpoint::open(key, &self.first)?;
        let second = Checkpoint::open(key, &self.second)?;
        let proof = hashes(&self.proof)?;
        verify_consistency(
            (first.size, &first.root),
            (second.size, &second.root),
            &proof,
        )?;
        Ok((first, second))
    }
}

fn read<T: for<'a> Deserialize<'a>>(octets: &[u8]) -> Option<T> {
    (octets.len() <= MOST_RECEIPT)
        .then(|| serde_json::from_slice(octets).ok())
        .flatten()
}

fn written(proof: &[Hash]) -> Vec<String> {
    proof.iter().map(|hash| STANDARD.encode(hash)).collect()
}

fn hashes(proof: &[String]) -> Result<Vec<Hash>, ReceiptFault> {
    let hash = |text: &String| STANDARD.decode(text).ok()?.try_into().ok();
    let hashes: Option<_> = proof.iter().map(hash).collect();
    hashes.ok_or(ReceiptFault::Form)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        key::{
            SigningKey,
            tests::{PUBLIC, SECRET},
        },
        merkle::root,
    };

    fn leaf(sequence: u64) -> Vec<u8> {
        Leaf::new(sequence, "2026-11-18T11:06:40Z".to_owned(), "X")
            .to_octets()
            .unwrap()
    }

    fn signed(leaves: &[Vec<u8>]) -> String {
        let hashes: Vec<_> = leaves.iter().map(|leaf| leaf_hash(leaf)).collect();
        let key = SigningKey::parse(SECRET).unwrap();
        Checkpoint::sign(&key, leaves.len() as u64, &root(&hashes))
    }

    fn key() -> VerifyingKey {
        VerifyingKey::parse(PUBLIC).unwrap()
    }

    #[test]
    fn a_receipt_says_what_its_leaf_says() {
        let leaves = [leaf(0), leaf(1)];
        let proof = [leaf_hash(&leaves[0])];
        let receipt = Receipt::new(1, &leaves[1], &proof, signed(&leaves)).unwrap();
        let read = Receipt::parse(receipt.to_text().as_bytes()).unwrap();
        let (said, checkpoint) = read.check(&key()).unwrap();
        assert_eq!(
            (said.sequence, said.event.as_str(), checkpoint.size),
            (1, "X", 2)
        );

        let fault = |change: fn(&mut Receipt)| {
            let mut changed = receipt.clone();
            change(&mut changed);
            changed.check(&key()).unwrap_err()
        };
        assert_eq!(
            fault(|it| it.index = 0),
            ReceiptFault::Proof(ProofFault::Root)
        );
        assert_eq!(
            fault(|it| it.index = 2),
            ReceiptFault::Proof(ProofFault::Sizes)
        );
        let fault_of_leaf = fault(|it| it.leaf = it.leaf.replace('X', "Y"));
        assert_eq!(fault_of_leaf, ReceiptFault::Proof(ProofFault::Root));
        assert_eq!(
            fault(|it| it.proof.clear()),
            ReceiptFault::Proof(ProofFault::Length)
        );
        assert_eq!(fault(|it| it.proof[0].clear()), ReceiptFault::Form);
        let resized = fault(|it| it.checkpoint = it.checkpoint.replace("\n2\n", "\n3\n"));
        assert_eq!(resized, ReceiptFault::Note(NoteFault::Signature));
        for wrong in [
            "",
            "{}",
            &receipt.to_text().replace("receipt/1", "receipt/2"),
        ] {
            assert_eq!(Receipt::parse(wrong.as_bytes()), Err(ReceiptFault::Form));
        }
        let long = format!("{}{}", receipt.to_text(), " ".repeat(MOST_RECEIPT));
        assert_eq!(Receipt::parse(long.as_bytes()), Err(ReceiptFault::Form));
    }

    #[test]
    fn a_leaf_belongs_to_its_place() {
        let receipt =
            |leaves: &[Vec<u8>]| Receipt::new(0, &leaves[0], &[], signed(leaves)).unwrap();
        assert_eq!(receipt(&[leaf(5)]).check(&key()), Err(ReceiptFault::Place));
        let other = ReceiptFault::Leaf(LeafFault::Form);
        assert_eq!(receipt(&[b"{}".to_vec()]).check(&key()), Err(other));
    }

    #[test]
    fn two_checkpoints_of_one_log() {
        let leaves = [leaf(0), leaf(1)];
        let proof = ConsistencyProof::new(
            signed(&leaves[..1]),
            signed(&leaves),
            &[leaf_hash(&leaves[1])],
        );
        let read = ConsistencyProof::parse(proof.to_text().as_bytes()).unwrap();
        let (first, second) = read.check(&key()).unwrap();
        assert_eq!((first.size, second.size), (1, 2));
        let forked = ConsistencyProof::new(
            signed(&[leaf(7)]),
            signed(&leaves),
            &[leaf_hash(&leaves[1])],
        );
        assert_eq!(
            forked.check(&key()),
            Err(ReceiptFault::Proof(ProofFault::Root))
        );
        let backwards = ConsistencyProof::new(signed(&leaves), signed(&leaves[..1]), &[]);
        assert_eq!(
            backwards.check(&key()),
            Err(ReceiptFault::Proof(ProofFault::Sizes))
        );
        assert!(Receipt::parse(proof.to_text().as_bytes()).is_err());
    }
}
