//! Applications that wait for another judgement.

use async_trait::async_trait;

use super::StoreError;
use crate::{
    domain::{
        ids::{AccountId, ApplicationId, EvidenceId},
        time::UnixSeconds,
    },
    service::change::Evidence,
};

/// An application whose time has come, leased to who asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// Whose it is.
    pub account: AccountId,
    /// Which one.
    pub application: ApplicationId,
    /// What the last judgement rests on: another judgement has another.
    pub evidence: EvidenceId,
    /// When it was deferred first.
    pub since: UnixSeconds,
    /// Judgements since then.
    pub attempts: u32,
}

/// The right to work on rows that nobody else works on.
#[derive(Clone, Debug)]
pub struct Lease {
    /// Who has it.
    pub owner: String,
    /// Until when: a row of whoever fell silent comes free.
    pub until: UnixSeconds,
}

/// Keeps which applications wait, until when, and who is at them. A row comes
/// with a DEFERRED outcome and goes with the final one.
#[async_trait]
pub trait Deferrals: Send + Sync {
    /// Leases at most `most` of the applications that are due at `now` and
    /// free, the longest waiting first.
    ///
    /// # Errors
    /// The store failed; nothing is leased then.
    async fn lease_due(
        &self,
        lease: &Lease,
        now: UnixSeconds,
        most: u32,
    ) -> Result<Vec<Due>, StoreError>;

    /// Gives up the lease of one that could not be judged, until `next`.
    /// Nothing happens when somebody else has it by now.
    ///
    /// # Errors
    /// The store failed.
    async fn postpone(&self, lease: &Lease, due: &Due, next: UnixSeconds)
    -> Result<(), StoreError>;

    /// Gives up every lease.
    ///
    /// # Errors
    /// The store failed; the leases then run out.
    async fn release(&self, lease: &Lease) -> Result<(), StoreError>;

    /// What a judgement rests on.
    ///
    /// # Errors
    /// The store failed, or the row cannot be read.
    async fn evidence(&self, id: &EvidenceId) -> Result<Option<Evidence>, StoreError>;
}
