//! Deadlines of accounts, each told once.

use async_trait::async_trait;

use super::StoreError;
use crate::domain::{account::DeadlineKind, time::UnixSeconds};

/// Which deadlines are to be told of.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub struct Sweep {
    pub kind: DeadlineKind,
    /// Those at this time or before.
    pub by: UnixSeconds,
    pub now: UnixSeconds,
    /// So many at most, the earliest first.
    pub most: u32,
}

/// The deadlines of accounts as they stand.
#[async_trait]
pub trait Deadlines: Send + Sync {
    /// Tells of each deadline by an event, unless that was done; answers of
    /// how many. Whichever daemons ask: one event a deadline.
    async fn tell_deadlines(&self, sweep: Sweep) -> Result<u32, StoreError>;

    /// Registry checks that were told to be overdue and are not answered yet.
    async fn overdue_checks(&self) -> Result<u64, StoreError>;
}
