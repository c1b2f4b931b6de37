//! Lists of what the store keeps, page by page.

use async_trait::async_trait;

use super::StoreError;
use crate::{
    domain::{
        account::{Account, Level},
        ids::{AccountId, ApplicationId},
    },
    service::change::Filed,
};

/// Whether an account may act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Standing {
    Active,
    Blocked,
}

/// Which accounts are listed; all where nothing is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct AccountFilter {
    pub level: Option<Level>,
    pub standing: Option<Standing>,
}

/// Where a page begins and how long it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span<T> {
    /// The last item of the page before.
    pub after: Option<T>,
    /// Most items.
    pub limit: u32,
}

/// Lists in the order of their keys, octet by octet: what is added while a reader turns pages moves nothing.
#[async_trait]
pub trait Lists: Send + Sync {
    /// Accounts by id.
    async fn list_accounts(
        &self,
        filter: AccountFilter,
        span: Span<AccountId>,
    ) -> Result<Vec<Account>, StoreError>;

    /// Applications of an account by id, without what was signed and without reports.
    async fn list_applications(
        &self,
        account: &AccountId,
        span: Span<ApplicationId>,
    ) -> Result<Vec<Filed>, StoreError>;

    /// Authenticates a page token: the same for every daemon over one database, and for nobody else.
    fn page_mac(&self, octets: &str) -> [u8; 32];
}
