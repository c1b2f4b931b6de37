//! Applications that wait for another judgement.

use std::sync::Arc;

use async_trait::async_trait;
use sqlx::{AnyConnection, Row as _, any::AnyRow};

use super::{Attempt, SqlStore, connect::unavailable, store_error};
use crate::{
    domain::{
        account::Account,
        application::{Decision, Outcome},
        ids::{AccountId, ApplicationId, EvidenceId},
        time::UnixSeconds,
    },
    service::{
        change::{Evidence, Snapshot},
        ports::{
            StoreError,
            deferrals::{Deferrals, Due, Lease},
        },
    },
};

#[async_trait]
impl Deferrals for SqlStore {
    async fn lease_due(
        &self,
        lease: &Lease,
        now: UnixSeconds,
        most: u32,
    ) -> Result<Vec<Due>, StoreError> {
        // Most of the time nothing is due: that takes no turn among the writers.
        let mut connection = self.reader.acquire().await.map_err(unavailable)?;
        if due(&mut connection, now, 1).await?.is_empty() {
            return Ok(Vec::new());
        }
        drop(connection);
        let lease = Arc::new(lease.clone());
        self.write(move |connection| {
            let lease = Arc::clone(&lease);
            Box::pin(async move {
                let mut leased = Vec::new();
                for row in &due(connection, now, most).await? {
                    let id: String = row.try_get("application_id").map_err(unavailable)?;
                    match due_of(row) {
                        Ok(due) => leased.push(due),
                        // Leased like the others, so that it takes no turn of theirs.
                        Err(StoreError::Corrupt(_)) => tracing::error!(
                            application = id,
                            "a deferred application cannot be read and is not judged: restore its rows of deferral, outcome and \
                             application from a backup / отложенное заявление не читается и не проверяется: восстановите его \
                             строки deferral, outcome и application из копии"
                        ),
                        Err(error) => return Err(error.into()),
                    }
                    take(connection, &lease, id).await?;
                }
                Ok(leased)
            })
        })
        .await
        .map_err(store_error)
    }

    async fn postpone(
        &self,
        lease: &Lease,
        due: &Due,
        next: UnixSeconds,
    ) -> Result<(), StoreError> {
        let (owner, id) = (lease.owner.clone(), due.application.to_string());
        self.write(move |connection| {
            let (owner, id) = (owner.clone(), id.clone());
            Box::pin(async move {
                let postponed = sqlx::query(
                    "UPDATE deferral SET next_at = $1, attempts = attempts + 1, \
                     leased_by = NULL, leased_until = NULL \
                     WHERE application_id = $2 AND leased_by = $3",
                )
                .bind(next.seconds())
                .bind(id.clone())
                .bind(owner)
                .execute(&mut *connection)
                .await?;
                if postponed.rows_affected() == 1 {
                    sqlx::query("UPDATE outcome SET retry_at = $1 WHERE application_id = $2")
                        .bind(next.seconds())
                        .bind(id)
                        .execute(connection)
                        .await?;
                }
                Ok(())
            })
        })
        .await
        .map_err(store_error)
    }

    async fn release(&self, lease: &Lease) -> Result<(), StoreError> {
        let owner = lease.owner.clone();
        self.write(move |connection| {
            let owner = owner.clone();
            Box::pin(async move {
                sqlx::query(
                    "UPDATE deferral SET leased_by = NULL, leased_until = NULL \
                     WHERE leased_by = $1",
                )
                .bind(owner)
                .execute(connection)
                .await?;
                Ok(())
            })
        })
        .await
        .map_err(store_error)
    }

    async fn evidence(&self, id: &EvidenceId) -> Result<Option<Evidence>, StoreError> {
        Self::evidence(self, id).await
    }
}

/// What is due and free, the longest waiting first.
async fn due(
    connection: &mut AnyConnection,
    now: UnixSeconds,
    most: u32,
) -> Result<Vec<AnyRow>, StoreError> {
    sqlx::query(
        "SELECT d.application_id, a.account_id, o.evidence_id, d.since, d.attempts \
         FROM deferral d JOIN outcome o ON o.application_id = d.application_id \
         JOIN application a ON a.application_id = d.application_id \
         WHERE d.next_at <= $1 AND (d.leased_until IS NULL OR d.leased_until <= $1) \
         ORDER BY d.next_at, d.application_id LIMIT $2",
    )
    .bind(now.seconds())
    .bind(i64::from(most))
    .fetch_all(connection)
    .await
    .map_err(unavailable)
}

fn due_of(row: &AnyRow) -> Result<Due, StoreError> {
    let corrupt = StoreError::Corrupt("deferral");
    let text = |name| row.try_get::<String, _>(name).map_err(unavailable);
    let number = |name| row.try_get::<i64, _>(name).map_err(unavailable);
    let attempts = u32::try_from(number("attempts")?).map_err(|_| corrupt.clone())?;
    let ids = (
        AccountId::parse(&text("account_id")?),
        ApplicationId::parse(&text("application_id")?),
        EvidenceId::parse(&text("evidence_id")?),
    );
    let (Some(account), Some(application), Some(evidence)) = ids else {
        return Err(corrupt);
    };
    Ok(Due {
        account,
        application,
        evidence,
        since: UnixSeconds::new(number("since")?),
        attempts,
    })
}

async fn take(connection: &mut AnyConnection, lease: &Lease, id: String) -> Result<(), Attempt> {
    sqlx::query("UPDATE deferral SET leased_by = $1, leased_until = $2 WHERE application_id = $3")
        .bind(lease.owner.as_str())
        .bind(lease.until.seconds())
        .bind(id)
        .execute(connection)
        .await?;
    Ok(())
}

/// Keeps the row of an application in step with its outcome: whoever has a
/// lease of it loses it.
pub(super) async fn follow(
    connection: &mut AnyConnection,
    before: &Snapshot,
    outcome: &Outcome,
    evidence: &Evidence,
) -> Result<(), Attempt> {
    let id = evidence.application_id.to_string();
    match (outcome.decision, outcome.retry_at) {
        (Decision::Deferred, Some(next)) => {
            sqlx::query(
                "INSERT INTO deferral (application_id, since, attempts, next_at) \
                 VALUES ($1, $2, 0, $3) ON CONFLICT (application_id) DO UPDATE SET \
                 attempts = deferral.attempts + 1, next_at = excluded.next_at, \
                 leased_by = NULL, leased_until = NULL",
            )
            .bind(id)
            .bind(outcome.decided_at.seconds())
            .bind(next.seconds())
            .execute(connection)
            .await?;
            Ok(())
        }
        (Decision::Deferred, None) => Err(StoreError::Corrupt("outcome").into()),
        (Decision::Accepted | Decision::Rejected, _) => {
            let filed = before.filed.as_ref();
            if filed.is_some_and(|filed| filed.outcome.is_some()) {
                sqlx::query("DELETE FROM deferral WHERE application_id = $1")
                    .bind(id)
                    .execute(connection)
                    .await?;
            }
            Ok(())
        }
    }
}

/// Cancels what waits for another judgement; it is rejected at the next one,
/// which is due now.
pub(super) async fn cancel(
    connection: &mut AnyConnection,
    account: &Account,
    at: UnixSeconds,
) -> Result<(), Attempt> {
    sqlx::query(
        "UPDATE application SET cancelled_at = $1 WHERE account_id = $2 \
         AND cancelled_at IS NULL AND EXISTS \
         (SELECT 1 FROM deferral d WHERE d.application_id = application.application_id)",
    )
    .bind(at.seconds())
    .bind(account.id.as_str())
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "UPDATE deferral SET next_at = $1 WHERE next_at > $1 AND application_id IN \
         (SELECT application_id FROM application WHERE account_id = $2)",
    )
    .bind(at.seconds())
    .bind(account.id.as_str())
    .execute(connection)
    .await?;
    Ok(())
}
