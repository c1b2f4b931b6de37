//! What the audit log shows: signed checkpoints, receipts, proofs, leaves.

use audit_log::{Hash, Receipt, consistency_spans, inclusion_spans, leaf_hash, node_hash};

use super::{Context, change::TreeHead, refusal::Refusal, uuid_field};
use crate::domain::{
    claims::{FieldViolation, Rule},
    ids::ApplicationId,
    reason::Reason,
};

/// The signed head of the log as it stands, and its size.
///
/// # Errors
/// [`Reason::StoreUnavailable`].
pub async fn checkpoint(context: &Context) -> Result<(String, u64), Refusal> {
    let head = context.store.tree_head().await?;
    Ok((signed(context, &head).await?, head.size))
}

async fn signed(context: &Context, head: &TreeHead) -> Result<String, Refusal> {
    context.log.checkpoint(&*context.store, head).await
}

/// The receipt of a leaf that is in the log, up to this leaf: always the same.
///
/// # Errors
/// [`Reason::StoreUnavailable`]; [`Reason::Internal`] when there is no such leaf.
pub async fn receipt(context: &Context, sequence: u64) -> Result<Receipt, Refusal> {
    let leaf = leaf(context, sequence).await?;
    let size = sequence.saturating_add(1);
    let spans = inclusion_spans(sequence, size).ok_or(Reason::Internal)?;
    let proof = context.store.span_hashes(&spans).await?;
    // Everything else of this tree stands to the left of its last leaf.
    let root = proof
        .iter()
        .fold(leaf_hash(&leaf), |hash, left| node_hash(left, &hash));
    let checkpoint = signed(context, &TreeHead { size, root }).await?;
    let receipt = Receipt::new(sequence, &leaf, &proof, checkpoint);
    receipt.ok_or_else(|| Reason::Internal.into())
}

async fn leaf(context: &Context, sequence: u64) -> Result<Vec<u8>, Refusal> {
    let leaves = context.store.leaves(sequence, 1).await?;
    leaves
        .into_iter()
        .next()
        .ok_or_else(|| Reason::Internal.into())
}

/// Which entry of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// The one at this place.
    Index(u64),
    /// The one with this leaf hash.
    Hash(Vec<u8>),
    /// That of the outcome of this application.
    Application(String),
}

/// An entry shown to be in a tree.
pub struct Inclusion {
    /// Its place.
    pub index: u64,
    /// Its leaf hash.
    pub leaf_hash: Hash,
    /// The size of the tree.
    pub size: u64,
    /// RFC 9162 §2.1.3.1.
    pub proof: Vec<Hash>,
    /// For the log as it stands.
    pub receipt: Option<Receipt>,
}

/// Shows that `entry` is in the tree of `size` leaves; 0 is the log as it stands.
///
/// # Errors
/// Fields; [`Reason::AuditEntryUnknown`].
pub async fn inclusion(
    context: &Context,
    entry: Option<Entry>,
    size: u64,
) -> Result<Inclusion, Refusal> {
    let head = context.store.tree_head().await?;
    let index = index(context, entry).await?;
    let index = index.filter(|index| *index < head.size);
    let index = index.ok_or(Reason::AuditEntryUnknown)?;
    let current = size == 0;
    let size = if current { head.size } else { size };
    let spans = inclusion_spans(index, size).filter(|_| size <= head.size);
    let spans = spans.ok_or_else(|| violation("tree_size", Rule::TreeSize))?;
    let leaf = leaf(context, index).await?;
    let proof = context.store.span_hashes(&spans).await?;
    let receipt = match current {
        true => {
            let checkpoint = signed(context, &head).await?;
            let receipt = Receipt::new(index, &leaf, &proof, checkpoint);
            Some(receipt.ok_or(Reason::Internal)?)
        }
        false => None,
    };
    Ok(Inclusion {
        index,
        leaf_hash: leaf_hash(&leaf),
        size,
        proof,
        receipt,
    })
}

async fn index(context: &Context, entry: Option<Entry>) -> Result<Option<u64>, Refusal> {
    Ok(match entry {
        None => return Err(violation("entry", Rule::Required)),
        Some(Entry::Index(index)) => Some(index),
        Some(Entry::Hash(hash)) => {
            let hash = hash.as_slice().try_into();
            let hash = hash.map_err(|_| violation("leaf_hash", Rule::Sha256))?;
            context.store.leaf_of_hash(&hash).await?
        }
        Some(Entry::Application(id)) => {
            let id = uuid_field("application_id", &id, ApplicationId::parse)
                .map_err(|violation| Refusal::fields(vec![violation]))?;
            context.store.leaf_of_outcome(&id).await?
        }
    })
}

/// Shows that the tree of `second` leaves continues that of `first`; as `second`, 0 is the log as it stands. Answers
/// RFC 9162 §2.1.4.1 and the size of the second tree.
///
/// # Errors
/// Fields.
pub async fn consistency(
    context: &Context,
    first: u64,
    second: u64,
) -> Result<(Vec<Hash>, u64), Refusal> {
    let size = context.store.tree_head().await?.size;
    let second = if second == 0 { size } else { second };
    if second > size {
        return Err(violation("second_size", Rule::TreeSize));
    }
    let spans = consistency_spans(first, second);
    let spans = spans.ok_or_else(|| violation("first_size", Rule::TreeSize))?;
    Ok((context.store.span_hashes(&spans).await?, second))
}

/// A page of leaves in their order.
pub struct Leaves {
    /// The place of the first of them.
    pub first: u64,
    /// Their octets.
    pub leaves: Vec<String>,
    /// Where the next page begins.
    pub next: String,
}

/// The leaves of a page; a page of size 0 has 100.
///
/// # Errors
/// Fields.
pub async fn leaves(context: &Context, page_size: u32, token: &str) -> Result<Leaves, Refusal> {
    let count = match page_size {
        0 => 100,
        1..=1000 => page_size,
        _ => return Err(violation("page_size", Rule::PageSize)),
    };
    let first = match token.strip_prefix("leaf-") {
        None if token.is_empty() => Some(0),
        None => None,
        Some(number) => number.parse().ok().filter(|first| token == page(*first)),
    };
    let first = first.ok_or_else(|| violation("page_token", Rule::PageToken))?;
    let leaves = context.store.leaves(first, count).await?.into_iter();
    let leaves: Result<Vec<_>, _> = leaves.map(String::from_utf8).collect();
    let leaves = leaves.map_err(|_| Reason::Internal)?;
    Ok(Leaves {
        first,
        next: page(first.saturating_add(leaves.len() as u64)),
        leaves,
    })
}

fn page(first: u64) -> String {
    format!("leaf-{first}")
}

fn violation(field: &'static str, rule: Rule) -> Refusal {
    Refusal::fields(vec![FieldViolation { field, rule }])
}
