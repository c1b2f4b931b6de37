//! Lists of accounts and applications.

use super::{
    Context, account_id,
    change::Snapshot,
    confirm::{self, Standing},
    page::{Asked, Listed, Page},
    ports::lists::AccountFilter,
    refusal::Refusal,
};
use crate::domain::{
    account::{Account, Level},
    ids::{AccountId, ApplicationId},
    reason::Reason,
};

/// A page of accounts, by id.
///
/// # Errors
/// Field `page_size`; [`Reason::PageTokenInvalid`].
pub async fn accounts(
    context: &Context,
    filter: AccountFilter,
    asked: Asked<'_>,
) -> Result<Page<Account>, Refusal> {
    let level = filter.level.map_or("", Level::code).to_owned();
    let standing = filter.standing.map(|it| format!("{it:?}"));
    let listed = Listed {
        list: "accounts",
        filter: vec![level, standing.unwrap_or_default()],
    };
    let store = &*context.store;
    let span = listed.span(store, asked, AccountId::parse)?;
    let limit = span.limit;
    let accounts = store.list_accounts(filter, span).await?;
    Ok(listed.page(store, limit, accounts, |last| last.id.to_string()))
}

/// A page of an account's applications, oldest first, without the bytes to sign and without reports.
///
/// # Errors
/// Fields; [`Reason::PageTokenInvalid`]; [`Reason::AccountUnknown`].
pub async fn applications(
    context: &Context,
    account: &str,
    asked: Asked<'_>,
) -> Result<Page<Standing>, Refusal> {
    let id = account_id(account)?;
    let listed = Listed {
        list: "applications",
        filter: vec![id.to_string()],
    };
    let store = &*context.store;
    let span = listed.span(store, asked, ApplicationId::parse)?;
    let limit = span.limit;
    let account = store.account(&id).await?.ok_or(Reason::AccountUnknown)?;
    let filed = store.list_applications(&id, span).await?;
    let now = context.clock.now();
    let page = listed.page(store, limit, filed, |last| last.application.id.to_string());
    let standing = page.items.into_iter().map(|filed| {
        let snapshot = Snapshot {
            account: Some(account.clone()),
            filed: Some(filed),
            ..Snapshot::default()
        };
        confirm::standing(snapshot, now)
    });
    Ok(Page {
        items: standing.collect::<Result<_, _>>()?,
        next: page.next,
    })
}
