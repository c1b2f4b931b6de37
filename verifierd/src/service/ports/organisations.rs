//! Keeping the organisations of accounts.

use std::sync::Arc;

use async_trait::async_trait;

use super::{StoreError, TransactError};
use crate::{
    domain::{
        account::Account,
        ids::{AccountId, ApplicationId},
        organisation::Link,
    },
    service::{change::Event, refusal::Refusal},
};

/// Keeps links; a new one is written with the outcome that it rests on.
#[async_trait]
pub trait Organisations: Send + Sync {
    /// The links of an account, the latest first, a bounded number.
    async fn links(&self, account: &AccountId) -> Result<Vec<Link>, StoreError>;

    /// Reads an account and one of its links for change, asks `decide`, and
    /// ends the link with the event that it answers, or writes nothing.
    async fn end_link(
        &self,
        account: &AccountId,
        link: &ApplicationId,
        decide: DecideEnd,
    ) -> Result<(), TransactError>;
}

/// Answers an account and its link with the event of its end, or with nothing
/// when it has ended. Pure: it may be asked again.
pub type DecideEnd =
    Arc<dyn Fn(Option<&Account>, Option<&Link>) -> Result<Option<Event>, Refusal> + Send + Sync>;
