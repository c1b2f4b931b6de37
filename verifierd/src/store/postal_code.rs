//! Letters with codes.

use std::sync::Arc;

use async_trait::async_trait;
use sqlx::{AnyConnection, Row as _};

use super::{Attempt, SqlStore, keys::Keys, snapshot, unavailable, write};
use crate::{
    domain::{
        ids::{AccountId, ApplicationId},
        postal_code::{CodeHash, KeptCode},
        time::UnixSeconds,
    },
    service::{
        change::{Counted, Subject},
        ports::{
            StoreError, TransactError,
            postal_codes::{CodeChange, DecideLetter, LetterChange, LetterStands, PostalCodes},
        },
    },
};

#[async_trait]
impl PostalCodes for SqlStore {
    async fn letter(&self, account: &AccountId) -> Result<LetterStands, StoreError> {
        let mut connection = self.reader.acquire().await.map_err(unavailable)?;
        stands(&mut connection, &self.keys, account).await
    }

    async fn change_letter(
        &self,
        account: &AccountId,
        decide: DecideLetter,
    ) -> Result<LetterStands, TransactError> {
        let (keys, account) = (self.keys.clone(), account.clone());
        self.write(move |connection| {
            let (keys, account) = (keys.clone(), account.clone());
            let decide = Arc::clone(&decide);
            Box::pin(async move {
                let before = stands(connection, &keys, &account).await?;
                let changed = decide(&before).map_err(TransactError::Refused)?;
                write(connection, &keys, &before, &changed).await?;
                Ok(stands(connection, &keys, &account).await?)
            })
        })
        .await
    }
}

async fn stands(
    connection: &mut AnyConnection,
    keys: &Keys,
    account: &AccountId,
) -> Result<LetterStands, StoreError> {
    let code = latest(connection, account).await?;
    let subject = Subject {
        account: account.clone(),
        application: code.as_ref().map(|code| code.application_id),
        counted: Counted::Nothing,
    };
    Ok(LetterStands {
        snapshot: snapshot(connection, keys, &subject).await?,
        code,
    })
}

async fn latest(
    connection: &mut AnyConnection,
    account: &AccountId,
) -> Result<Option<KeptCode>, StoreError> {
    let row = sqlx::query(
        "SELECT application_id, issued_at, hash, wrong_tries FROM postal_code \
         WHERE account_id = $1 ORDER BY issued_at DESC LIMIT 1",
    )
    .bind(account.as_str())
    .fetch_optional(connection)
    .await
    .map_err(unavailable)?;
    let Some(row) = row else { return Ok(None) };
    let id: String = row.try_get("application_id").map_err(unavailable)?;
    let wrong_tries: i64 = row.try_get("wrong_tries").map_err(unavailable)?;
    let unreadable = || StoreError::Corrupt("postal_code");
    Ok(Some(KeptCode {
        application_id: ApplicationId::parse(&id).ok_or_else(unreadable)?,
        issued_at: UnixSeconds::new(row.try_get("issued_at").map_err(unavailable)?),
        hash: CodeHash::of_stored(row.try_get("hash").map_err(unavailable)?),
        wrong_tries: u32::try_from(wrong_tries).map_err(|_| unreadable())?,
    }))
}

async fn write(
    connection: &mut AnyConnection,
    keys: &Keys,
    before: &LetterStands,
    changed: &LetterChange,
) -> Result<(), Attempt> {
    if !changed.change.is_empty() {
        write::apply(connection, keys, &before.snapshot, &changed.change).await?;
    }
    let before = before
        .code
        .as_ref()
        .map(|code| code.application_id.to_string());
    match &changed.code {
        CodeChange::Keep => Ok(()),
        CodeChange::Issue {
            application_id,
            hash,
        } => {
            if let Some(before) = before {
                supersede(connection, before, application_id).await?;
            }
            insert(connection, application_id, hash).await
        }
        CodeChange::WrongTry => {
            sqlx::query(
                "UPDATE postal_code SET wrong_tries = wrong_tries + 1 WHERE application_id = $1",
            )
            .bind(before)
            .execute(connection)
            .await?;
            Ok(())
        }
    }
}

/// The letter before counts no more, if it still did.
async fn supersede(
    connection: &mut AnyConnection,
    before: String,
    by: &ApplicationId,
) -> Result<(), Attempt> {
    sqlx::query(
        "UPDATE application SET cancelled_at = (SELECT issued_at FROM application \
         WHERE application_id = $2) WHERE application_id = $1 AND cancelled_at IS NULL \
         AND expires_at > (SELECT issued_at FROM application WHERE application_id = $2) \
         AND NOT EXISTS (SELECT 1 FROM outcome o WHERE o.application_id = $1)",
    )
    .bind(before)
    .bind(by.to_string())
    .execute(connection)
    .await?;
    Ok(())
}

async fn insert(
    connection: &mut AnyConnection,
    id: &ApplicationId,
    hash: &CodeHash,
) -> Result<(), Attempt> {
    sqlx::query(
        "INSERT INTO postal_code (application_id, account_id, issued_at, hash) \
         SELECT application_id, account_id, issued_at, $2 FROM application \
         WHERE application_id = $1",
    )
    .bind(id.to_string())
    .bind(hash.as_str())
    .execute(connection)
    .await?;
    Ok(())
}
