//! Pages of accounts and applications.

use async_trait::async_trait;
use sqlx::Row as _;

use super::{SqlStore, unavailable};
use crate::{
    domain::{
        account::{Account, Level},
        ids::{AccountId, ApplicationId},
    },
    service::{
        change::Filed,
        ports::{
            Store, StoreError,
            lists::{AccountFilter, Lists, Span, Standing},
        },
    },
};

/// An empty filter value lets everything pass, and an empty position comes before every key.
const ACCOUNTS: &str = "SELECT account_id FROM account WHERE account_id > $1 \
     AND ($2 = '' OR level = $2) \
     AND ($3 = '' OR ($3 = 'BLOCKED') = (blocked IS NOT NULL)) \
     ORDER BY account_id LIMIT $4";

const APPLICATIONS: &str = "SELECT application_id FROM application WHERE account_id = $1 \
     AND application_id > $2 ORDER BY application_id LIMIT $3";

#[async_trait]
impl Lists for SqlStore {
    async fn list_accounts(
        &self,
        filter: AccountFilter,
        span: Span<AccountId>,
    ) -> Result<Vec<Account>, StoreError> {
        let standing = match filter.standing {
            None => "",
            Some(Standing::Active) => "ACTIVE",
            Some(Standing::Blocked) => "BLOCKED",
        };
        let after = span.after.as_ref().map_or("", AccountId::as_str);
        let rows = sqlx::query(ACCOUNTS)
            .bind(after)
            .bind(filter.level.map_or("", Level::code))
            .bind(standing)
            .bind(i64::from(span.limit))
            .fetch_all(&self.reader)
            .await
            .map_err(unavailable)?;
        let mut accounts = Vec::with_capacity(rows.len());
        for row in rows {
            let id: String = row.try_get("account_id").map_err(unavailable)?;
            let id = AccountId::parse(&id).ok_or(StoreError::Corrupt("account_id"))?;
            accounts.extend(Store::account(self, &id).await?);
        }
        Ok(accounts)
    }

    async fn list_applications(
        &self,
        account: &AccountId,
        span: Span<ApplicationId>,
    ) -> Result<Vec<Filed>, StoreError> {
        let after = span.after.map(|id| id.to_string());
        let rows = sqlx::query(APPLICATIONS)
            .bind(account.as_str())
            .bind(after.unwrap_or_default())
            .bind(i64::from(span.limit))
            .fetch_all(&self.reader)
            .await
            .map_err(unavailable)?;
        let mut all = Vec::with_capacity(rows.len());
        for row in rows {
            let id: String = row.try_get("application_id").map_err(unavailable)?;
            let id = ApplicationId::parse(&id).ok_or(StoreError::Corrupt("application_id"))?;
            let one = Store::application(self, &id).await?;
            all.extend(one.map(without_octets));
        }
        Ok(all)
    }

    fn page_mac(&self, octets: &str) -> [u8; 32] {
        self.keys.digest("page_token", octets)
    }
}

/// A page stays small whatever was signed and reported.
fn without_octets(mut filed: Filed) -> Filed {
    filed.application.content.clear();
    if let Some(stored) = &mut filed.outcome {
        stored.report_json.clear();
    }
    filed
}
