//! Organisations of accounts.

use std::sync::Arc;

use async_trait::async_trait;
use sqlx::{AnyConnection, Row as _, any::AnyRow};

use super::{Attempt, SqlStore, connect::unavailable, keys::Keys, log, read};
use crate::{
    domain::{
        account::Account,
        ids::{AccountId, ApplicationId, EvidenceId},
        organisation::{Link, Organisation},
        time::UnixSeconds,
    },
    service::{
        change::{Event, EventKind},
        ports::{
            StoreError, TransactError,
            organisations::{DecideEnd, Organisations},
        },
    },
};

/// Links of an account that are read at once.
const LINKS: i64 = 1000;

#[async_trait]
impl Organisations for SqlStore {
    async fn links(&self, account: &AccountId) -> Result<Vec<Link>, StoreError> {
        let mut connection = self.reader.acquire().await.map_err(unavailable)?;
        let rows = sqlx::query(
            "SELECT application_id, linked_at, ended_at, evidence_id FROM organisation_link \
             WHERE account_id = $1 ORDER BY linked_at DESC, application_id DESC LIMIT $2",
        )
        .bind(account.as_str())
        .bind(LINKS)
        .fetch_all(&mut *connection)
        .await
        .map_err(unavailable)?;
        let mut links = Vec::new();
        for row in rows {
            links.push(link(&mut connection, &self.keys, &row).await?);
        }
        Ok(links)
    }

    async fn end_link(
        &self,
        account: &AccountId,
        link: &ApplicationId,
        decide: DecideEnd,
    ) -> Result<(), TransactError> {
        let (keys, account, link) = (self.keys.clone(), account.clone(), *link);
        self.write(move |connection| {
            let (keys, account, decide) = (keys.clone(), account.clone(), Arc::clone(&decide));
            Box::pin(async move {
                let stands = read::account(connection, &keys, &account).await?;
                let before = one(connection, &keys, &account, &link).await?;
                let event = decide(stands.as_ref(), before.as_ref());
                let Some(event) = event.map_err(TransactError::Refused)? else {
                    return Ok(());
                };
                log::append(connection, &event).await?;
                sqlx::query(
                    "UPDATE organisation_link SET ended_at = $1 \
                     WHERE application_id = $2 AND ended_at IS NULL",
                )
                .bind(event.at.seconds())
                .bind(link.to_string())
                .execute(connection)
                .await?;
                Ok(())
            })
        })
        .await
    }
}

/// By which an organisation is found.
pub(super) fn digest(keys: &Keys, organisation: &Organisation) -> Vec<u8> {
    let digest = keys.digest(organisation.kind().code(), organisation.number());
    digest.to_vec()
}

/// Writes a link; an organisation that is linked already stays so.
pub(super) async fn insert(
    connection: &mut AnyConnection,
    keys: &Keys,
    account: &AccountId,
    link: &Link,
) -> Result<(), Attempt> {
    let digest = digest(keys, &link.organisation);
    sqlx::query(
        "INSERT INTO organisation_link (application_id, account_id, organisation_digest, \
         linked_at, evidence_id) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
    )
    .bind(link.id.to_string())
    .bind(account.as_str())
    .bind(digest)
    .bind(link.linked_at.seconds())
    .bind(link.evidence_id.to_string())
    .execute(connection)
    .await?;
    Ok(())
}

/// Ends every link of an account that is another person's now, each with its
/// event.
pub(super) async fn end_all(
    connection: &mut AnyConnection,
    account: &Account,
    at: UnixSeconds,
) -> Result<(), Attempt> {
    let rows = sqlx::query(
        "UPDATE organisation_link SET ended_at = $1 WHERE account_id = $2 AND ended_at IS NULL \
         RETURNING application_id",
    )
    .bind(at.seconds())
    .bind(account.id.as_str())
    .fetch_all(&mut *connection)
    .await?;
    let id = |row: &AnyRow| {
        let text: String = row.try_get("application_id").ok()?;
        ApplicationId::parse(&text)
    };
    let ids = rows.iter().map(id).collect::<Option<Vec<_>>>();
    let mut ids = ids.ok_or(StoreError::Corrupt("organisation_link"))?;
    // In the order of their issue, whatever order the engine answers in.
    ids.sort();
    for id in ids {
        let event = Event {
            application_id: Some(id),
            ..Event::of_account(EventKind::OrganisationUnlinked, account, at)
        };
        log::append(connection, &event).await?;
    }
    Ok(())
}

async fn one(
    connection: &mut AnyConnection,
    keys: &Keys,
    account: &AccountId,
    id: &ApplicationId,
) -> Result<Option<Link>, StoreError> {
    let row = sqlx::query(
        "SELECT application_id, linked_at, ended_at, evidence_id FROM organisation_link \
         WHERE account_id = $1 AND application_id = $2",
    )
    .bind(account.as_str())
    .bind(id.to_string())
    .fetch_optional(&mut *connection)
    .await
    .map_err(unavailable)?;
    match row {
        Some(row) => link(connection, keys, &row).await.map(Some),
        None => Ok(None),
    }
}

async fn link(
    connection: &mut AnyConnection,
    keys: &Keys,
    row: &AnyRow,
) -> Result<Link, StoreError> {
    let unreadable = || StoreError::Corrupt("organisation_link");
    let text = |name| row.try_get::<String, _>(name).map_err(unavailable);
    let time = |name| row.try_get::<Option<i64>, _>(name).map_err(unavailable);
    let id = ApplicationId::parse(&text("application_id")?).ok_or_else(unreadable)?;
    let filed = read::filed(connection, keys, &id).await?;
    let content = filed.map(|filed| filed.application.content);
    let organisation = content.and_then(|content| Organisation::of_content(&content));
    Ok(Link {
        id,
        organisation: organisation.ok_or_else(unreadable)?,
        linked_at: time("linked_at")?
            .map(UnixSeconds::new)
            .ok_or_else(unreadable)?,
        ended_at: time("ended_at")?.map(UnixSeconds::new),
        evidence_id: EvidenceId::parse(&text("evidence_id")?).ok_or_else(unreadable)?,
    })
}
