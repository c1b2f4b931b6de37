//! An append-only log that can be checked by whoever has its public key.
//!
//! Leaves are canonical JSON (RFC 8785). The tree is that of RFC 9162 §2.1; its heads are signed as C2SP `tlog-checkpoint`
//! in a C2SP `signed-note`. Nothing here reads a file, a clock or a database.

mod checkpoint;
mod key;
mod leaf;
mod merkle;
mod note;
mod proof;
mod receipt;

pub use checkpoint::Checkpoint;
pub use key::{KeyFault, SigningKey, VerifyingKey};
pub use leaf::{Leaf, LeafConfirmation, LeafEvidence, LeafFault};
pub use merkle::{Frontier, Hash, Node, leaf_hash, node_hash, perfect, root, span_root};
pub use note::{MOST_NOTE, NoteFault};
pub use proof::{
    ProofFault, consistency_spans, inclusion_spans, verify_consistency, verify_inclusion,
};
pub use receipt::{ConsistencyProof, MOST_RECEIPT, Receipt, ReceiptFault};
