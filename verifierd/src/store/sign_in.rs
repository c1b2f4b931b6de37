//! Challenges of sign-ins and the one use of each.

use std::sync::Arc;

use async_trait::async_trait;
use sqlx::{AnyConnection, Row as _, any::AnyRow};

use super::{Attempt, SqlStore, keys::Keys, log, read, record::kind, unavailable};
use crate::{
    domain::{
        account::{Account, Level},
        identifiers::Snils,
        ids::{AccountId, ChallengeId},
        origin::Origin,
        reason::Reason,
        sign_in::{Challenge, KeptChallenge},
        time::UnixSeconds,
    },
    service::{
        change::Receipt,
        ports::{
            StoreError, TransactError,
            challenges::{ChallengeUse, Challenges, DecideSignIn, SignInStands, Spending},
        },
    },
};

/// Old challenges that one new one may remove: more than one, so that they
/// never pile up, and few, so that nobody waits.
const SWEPT: i64 = 32;

#[async_trait]
impl Challenges for SqlStore {
    async fn keep_challenge(
        &self,
        challenge: &Challenge,
        forgotten: UnixSeconds,
    ) -> Result<(), StoreError> {
        let challenge = Arc::new(challenge.clone());
        let kept = self
            .write(move |connection| {
                let challenge = Arc::clone(&challenge);
                Box::pin(async move {
                    sweep(connection, forgotten).await?;
                    insert(connection, &challenge).await
                })
            })
            .await;
        kept.map_err(|error| match error {
            TransactError::Store(error) => error,
            TransactError::Refused(_) | TransactError::Conflict(_) => {
                StoreError::Corrupt("sign_in_challenge")
            }
        })
    }

    async fn challenge(&self, id: &ChallengeId) -> Result<Option<KeptChallenge>, StoreError> {
        let mut connection = self.reader.acquire().await.map_err(unavailable)?;
        kept(&mut connection, id).await
    }

    async fn use_challenge(
        &self,
        id: &ChallengeId,
        snils: Option<&Snils>,
        decide: DecideSignIn,
    ) -> Result<SignInStands, TransactError> {
        let (id, keys, snils) = (*id, self.keys.clone(), snils.cloned());
        self.write(move |connection| {
            let (keys, snils, decide) = (keys.clone(), snils.clone(), Arc::clone(&decide));
            Box::pin(async move {
                let before = known(connection, &id).await?;
                let account = match &snils {
                    Some(snils) => confirmed(connection, &keys, snils).await?,
                    None => None,
                };
                let used = decide(&before, account.as_ref()).map_err(TransactError::Refused)?;
                let receipt = spend(connection, &id, &used).await?;
                Ok(SignInStands {
                    challenge: known(connection, &id).await?,
                    account,
                    receipt,
                })
            })
        })
        .await
    }
}

/// Forgets a bounded number of challenges, the oldest first.
async fn sweep(connection: &mut AnyConnection, forgotten: UnixSeconds) -> Result<(), Attempt> {
    sqlx::query(
        "DELETE FROM sign_in_challenge WHERE challenge_id IN (SELECT challenge_id \
         FROM sign_in_challenge WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)",
    )
    .bind(forgotten.seconds())
    .bind(SWEPT)
    .execute(connection)
    .await?;
    Ok(())
}

async fn insert(connection: &mut AnyConnection, challenge: &Challenge) -> Result<(), Attempt> {
    sqlx::query(
        "INSERT INTO sign_in_challenge (challenge_id, audience, origin, issued_at, expires_at, \
         content) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(challenge.id.to_string())
    .bind(challenge.audience.as_str())
    .bind(challenge.origin.as_str())
    .bind(challenge.issued_at.seconds())
    .bind(challenge.expires_at.seconds())
    .bind(challenge.content.as_slice())
    .execute(connection)
    .await?;
    Ok(())
}

async fn known(connection: &mut AnyConnection, id: &ChallengeId) -> Result<KeptChallenge, Attempt> {
    let kept = kept(connection, id).await?;
    kept.ok_or_else(|| TransactError::Refused(Reason::SignInChallengeUnknown.into()).into())
}

async fn kept(
    connection: &mut AnyConnection,
    id: &ChallengeId,
) -> Result<Option<KeptChallenge>, StoreError> {
    let row = sqlx::query(
        "SELECT c.audience, c.origin, c.issued_at, c.expires_at, c.content, c.failed_tries, \
         u.at FROM sign_in_challenge c LEFT JOIN sign_in_use u \
         ON u.challenge_id = c.challenge_id WHERE c.challenge_id = $1",
    )
    .bind(id.to_string())
    .fetch_optional(connection)
    .await
    .map_err(unavailable)?;
    row.map(|row| read(*id, &row)).transpose()
}

fn read(id: ChallengeId, row: &AnyRow) -> Result<KeptChallenge, StoreError> {
    let corrupt = |_: sqlx::Error| StoreError::Corrupt("sign_in_challenge");
    let origin: String = row.try_get("origin").map_err(corrupt)?;
    let failed_tries: i64 = row.try_get("failed_tries").map_err(corrupt)?;
    let used: Option<i64> = row.try_get("at").map_err(corrupt)?;
    let unreadable = StoreError::Corrupt("sign_in_challenge");
    Ok(KeptChallenge {
        challenge: Challenge {
            id,
            audience: row.try_get("audience").map_err(corrupt)?,
            origin: Origin::parse(&origin).ok_or_else(|| unreadable.clone())?,
            issued_at: UnixSeconds::new(row.try_get("issued_at").map_err(corrupt)?),
            expires_at: UnixSeconds::new(row.try_get("expires_at").map_err(corrupt)?),
            content: row.try_get("content").map_err(corrupt)?,
        },
        failed_tries: u32::try_from(failed_tries).map_err(|_| unreadable)?,
        used: used.is_some(),
    })
}

/// The CONFIRMED account of a SNILS: the database keeps it the only one.
async fn confirmed(
    connection: &mut AnyConnection,
    keys: &Keys,
    snils: &Snils,
) -> Result<Option<Account>, StoreError> {
    let row = sqlx::query("SELECT account_id FROM account WHERE snils_digest = $1 AND level = $2")
        .bind(keys.digest(kind::SNILS, snils.as_str()).to_vec())
        .bind(Level::Confirmed.code())
        .fetch_optional(&mut *connection)
        .await
        .map_err(unavailable)?;
    let Some(row) = row else { return Ok(None) };
    let id: String = row.try_get("account_id").map_err(unavailable)?;
    let id = AccountId::parse(&id).ok_or(StoreError::Corrupt("account_id"))?;
    read::account(connection, keys, &id).await
}

/// Writes the event and the use that it is of.
async fn spend(
    connection: &mut AnyConnection,
    id: &ChallengeId,
    used: &ChallengeUse,
) -> Result<Receipt, Attempt> {
    let sequence = log::append(connection, &used.event).await?;
    match &used.spending {
        Spending::Try => {
            sqlx::query(
                "UPDATE sign_in_challenge SET failed_tries = failed_tries + 1 \
                 WHERE challenge_id = $1",
            )
            .bind(id.to_string())
            .execute(&mut *connection)
            .await?;
        }
        Spending::Whole(account) => {
            sqlx::query(
                "INSERT INTO sign_in_use (challenge_id, account_id, at, audit_sequence) \
                 VALUES ($1, $2, $3, $4)",
            )
            .bind(id.to_string())
            .bind(account.as_ref().map(|account| account.as_str()))
            .bind(used.event.at.seconds())
            .bind(sequence)
            .execute(&mut *connection)
            .await?;
        }
    }
    Ok(log::receipt(connection, sequence).await?)
}
