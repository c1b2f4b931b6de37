//! Reading what happened.

use async_trait::async_trait;

use super::StoreError;
use crate::{
    domain::{ids::ApplicationId, reason::Reason, time::UnixSeconds},
    service::change::{EventAccount, EventKind},
};

/// A written event.
#[derive(Clone)]
#[allow(missing_docs)]
pub struct Told {
    /// That of its leaf.
    pub sequence: u64,
    pub kind: EventKind,
    pub at: UnixSeconds,
    pub account: Option<EventAccount>,
    pub application_id: Option<ApplicationId>,
    pub object: Option<String>,
    pub reasons: Vec<Reason>,
}

/// The events in the order of the audit log.
#[async_trait]
pub trait Events: Send + Sync {
    /// Events from number `from` on, `most` at most, without a gap.
    async fn events(&self, from: u64, most: u32) -> Result<Vec<Told>, StoreError>;
}
