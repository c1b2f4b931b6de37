//! Deadlines of accounts: kept beside them, told of once.

use async_trait::async_trait;
use sqlx::{AnyConnection, any::AnyRow};

use super::{
    Attempt, SqlStore,
    keys::Keys,
    log,
    record::{column, read},
    store_error, unavailable,
};
use crate::{
    domain::{
        account::{Account, DeadlineKind, Level},
        ids::AccountId,
    },
    service::{
        change::{Event, EventAccount, EventKind},
        ports::{
            StoreError,
            deadlines::{Deadlines, Sweep},
        },
    },
};

/// Kind of the digest that stands for a certificate.
const CERTIFICATE: &str = "certificate";

#[async_trait]
impl Deadlines for SqlStore {
    async fn tell_deadlines(&self, sweep: Sweep) -> Result<u32, StoreError> {
        // Most of the time nothing is due: that takes no turn among the writers.
        let mut connection = self.reader.acquire().await.map_err(unavailable)?;
        let one = Sweep { most: 1, ..sweep };
        if due(&mut connection, one).await?.is_empty() {
            return Ok(0);
        }
        drop(connection);
        self.write(move |connection| Box::pin(tell(connection, sweep)))
            .await
            .map_err(store_error)
    }

    async fn overdue_checks(&self) -> Result<u64, StoreError> {
        let row = sqlx::query(
            "SELECT COUNT(*) AS overdue FROM deadline \
             WHERE kind = 'REGISTRY_CHECK' AND told_at IS NOT NULL",
        )
        .fetch_one(&self.reader)
        .await
        .map_err(unavailable)?;
        let overdue: i64 = column(&row, "overdue")?;
        read("overdue", u64::try_from(overdue).ok())
    }
}

/// A deadline that is not told of.
struct Due {
    account: EventAccount,
    object: String,
}

async fn due(connection: &mut AnyConnection, sweep: Sweep) -> Result<Vec<Due>, StoreError> {
    let rows = sqlx::query(
        "SELECT d.account_id, d.object, a.level FROM deadline d \
         JOIN account a ON a.account_id = d.account_id \
         WHERE d.kind = $1 AND d.at <= $2 AND d.told_at IS NULL \
         ORDER BY d.at, d.account_id LIMIT $3",
    )
    .bind(sweep.kind.code())
    .bind(sweep.by.seconds())
    .bind(i64::from(sweep.most))
    .fetch_all(connection)
    .await
    .map_err(unavailable)?;
    rows.iter().map(due_of).collect()
}

fn due_of(row: &AnyRow) -> Result<Due, StoreError> {
    let id: String = column(row, "account_id")?;
    let level: String = column(row, "level")?;
    Ok(Due {
        account: EventAccount {
            id: read("account_id", AccountId::parse(&id))?,
            level: read("level", Level::from_code(&level))?,
        },
        object: column(row, "object")?,
    })
}

/// Nobody else writes meanwhile: what is due here is told of here.
async fn tell(connection: &mut AnyConnection, sweep: Sweep) -> Result<u32, Attempt> {
    let kind = match sweep.kind {
        DeadlineKind::RegistryCheck => EventKind::RegistryCheckOverdue,
        DeadlineKind::Certificate => EventKind::CertificateExpiring,
    };
    let mut told = 0;
    for due in due(connection, sweep).await? {
        sqlx::query("UPDATE deadline SET told_at = $1 WHERE account_id = $2 AND kind = $3")
            .bind(sweep.now.seconds())
            .bind(due.account.id.as_str())
            .bind(sweep.kind.code())
            .execute(&mut *connection)
            .await?;
        let event = Event {
            account: Some(due.account),
            object: Some(due.object),
            ..Event::of_nobody(kind, sweep.now)
        };
        log::append(connection, &event).await?;
        told += 1;
    }
    Ok(told)
}

/// What the row and the event say it is: whoever reads them shall not know a certificate again.
fn object(keys: &Keys, kind: DeadlineKind, object: String) -> String {
    match kind {
        DeadlineKind::RegistryCheck => object,
        DeadlineKind::Certificate => hex::encode(keys.digest(CERTIFICATE, &object)),
    }
}

/// Keeps the deadlines of an account that changes: another one waits anew.
pub(super) async fn follow(
    connection: &mut AnyConnection,
    keys: &Keys,
    before: Option<&Account>,
    after: &Account,
) -> Result<(), Attempt> {
    for kind in DeadlineKind::ALL {
        let new = after.deadline(*kind);
        if before.and_then(|account| account.deadline(*kind)) == new {
            continue;
        }
        match new {
            None => {
                sqlx::query("DELETE FROM deadline WHERE account_id = $1 AND kind = $2")
                    .bind(after.id.as_str())
                    .bind(kind.code())
                    .execute(&mut *connection)
                    .await?;
            }
            Some(deadline) => {
                sqlx::query(
                    "INSERT INTO deadline (account_id, kind, object, at) VALUES ($1, $2, $3, $4) \
                     ON CONFLICT (account_id, kind) DO UPDATE \
                     SET object = excluded.object, at = excluded.at, told_at = NULL",
                )
                .bind(after.id.as_str())
                .bind(kind.code())
                .bind(object(keys, *kind, deadline.object))
                .bind(deadline.at.seconds())
                .execute(&mut *connection)
                .await?;
            }
        }
    }
    Ok(())
}
