//! What judgements rest on besides what was judged, and where it is kept.

use std::collections::BTreeMap;

use async_trait::async_trait;

use super::StoreError;
use crate::{
    domain::ids::{AccountId, EvidenceId},
    service::change::{Evidence, Receipt},
};

/// SHA-256 of an object.
pub type Sha256 = [u8; 32];

/// The policy, the anchors, the trust lists and the revocation lists of a
/// judgement. Many judgements share one.
pub trait Basis: Send + Sync {
    /// SHA-256 of the index, which names every other object.
    fn digest(&self) -> Sha256;

    /// Every object, the index last. Made when it is asked for.
    fn objects(&self) -> Vec<Vec<u8>>;
}

/// What is judged again so that it becomes a bundle.
pub struct Recorded {
    /// What was judged, and the report that came out.
    pub evidence: Evidence,
    /// SHA-256 of the index.
    pub basis: Sha256,
    /// The index and every object that it names.
    pub objects: BTreeMap<Sha256, Vec<u8>>,
}

/// Why there is no bundle of what was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotBundled {
    /// An object cannot be read, or one is missing.
    Unreadable,
    /// Judged again, it gave another report.
    NotRepeated,
    /// Judging again failed.
    NotJudged(super::NotJudged),
}

/// A judgement of an account, with the leaf of the audit log that binds it.
#[derive(Clone)]
pub struct Bound {
    /// What was judged, and the report that came out.
    pub evidence: Evidence,
    /// The digest that was written beside it.
    pub digest: Sha256,
    /// Where the leaf stands.
    pub receipt: Receipt,
    /// The leaf.
    pub leaf: Vec<u8>,
}

impl Bound {
    /// Whether the evidence is what was written, and what the leaf names.
    pub fn is_whole(&self) -> bool {
        let digest = self.evidence.digest();
        let digits = hex::encode(digest);
        self.digest == digest && self.names(&self.evidence.id, &digits)
    }

    fn names(&self, id: &EvidenceId, digest: &str) -> bool {
        let leaf: Option<serde_json::Value> = serde_json::from_slice(&self.leaf).ok();
        let evidence = leaf.as_ref().and_then(|leaf| leaf.get("evidence"));
        let text = |name| evidence.and_then(|it| it.get(name)?.as_str());
        text("id") == Some(&id.to_string()) && text("digest") == Some(digest)
    }
}

/// Keeps objects by their SHA-256, each once, and finds judgements.
#[async_trait]
pub trait Bases: Send + Sync {
    /// Whether an object is kept whole.
    ///
    /// # Errors
    /// The store failed.
    async fn has_object(&self, sha256: &Sha256) -> Result<bool, StoreError>;

    /// Keeps an object; one that is there stays. A large one takes several
    /// turns, so that other writers do not wait for it.
    ///
    /// # Errors
    /// The store failed; what was begun is of no account.
    async fn keep_object(&self, octets: Vec<u8>) -> Result<(), StoreError>;

    /// An object as it stands there: the caller compares its SHA-256.
    ///
    /// # Errors
    /// The store failed.
    async fn object(&self, sha256: &Sha256) -> Result<Option<Vec<u8>>, StoreError>;

    /// A judgement of an application of `account`.
    ///
    /// # Errors
    /// The store failed, or the row cannot be read.
    async fn judgement(
        &self,
        account: &AccountId,
        id: &EvidenceId,
    ) -> Result<Option<Bound>, StoreError>;
}
