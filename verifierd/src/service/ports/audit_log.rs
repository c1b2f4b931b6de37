//! What the audit log is asked.

use std::ops::Range;

use async_trait::async_trait;
use audit_log::Hash;

use super::StoreError;
use crate::domain::ids::ApplicationId;

/// Reads the audit log. What was read once never changes.
#[async_trait]
pub trait AuditLog: Send + Sync {
    /// The hash of each span of leaves: those of a proof, or of a tree's beginning, that are in the log.
    async fn span_hashes(&self, spans: &[Range<u64>]) -> Result<Vec<Hash>, StoreError>;

    /// Octets of the leaves from `first`, `count` of them or as many as there are.
    async fn leaves(&self, first: u64, count: u32) -> Result<Vec<Vec<u8>>, StoreError>;

    /// The place of the leaf with this hash.
    async fn leaf_of_hash(&self, hash: &Hash) -> Result<Option<u64>, StoreError>;

    /// The place of the outcome of an application.
    async fn leaf_of_outcome(&self, id: &ApplicationId) -> Result<Option<u64>, StoreError>;

    /// The public key of the log; none before it has one.
    async fn log_key(&self) -> Result<Option<String>, StoreError>;

    /// Gives the log its public key, unless it has one; answers the one it has.
    async fn keep_log_key(&self, key: &str) -> Result<String, StoreError>;
}
