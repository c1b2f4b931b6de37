//! Events as they were written.

use async_trait::async_trait;
use sqlx::any::AnyRow;

use super::{
    SqlStore,
    record::{column, read, time_column},
    unavailable,
};
use crate::{
    domain::{
        account::Level,
        ids::{AccountId, ApplicationId},
        reason::Reason,
    },
    service::{
        change::{EventAccount, EventKind},
        ports::{
            StoreError,
            events::{Events, Told},
        },
    },
};

#[async_trait]
impl Events for SqlStore {
    async fn events(&self, from: u64, most: u32) -> Result<Vec<Told>, StoreError> {
        // Beyond what the engines count there is nothing.
        let Ok(from) = i64::try_from(from) else {
            return Ok(Vec::new());
        };
        let rows = sqlx::query(
            "SELECT sequence, kind, at, account_id, level, application_id, object, reasons \
             FROM event WHERE sequence >= $1 ORDER BY sequence LIMIT $2",
        )
        .bind(from)
        .bind(i64::from(most))
        .fetch_all(&self.reader)
        .await
        .map_err(unavailable)?;
        let told: Vec<Told> = rows.iter().map(told).collect::<Result<_, _>>()?;
        let from = u64::try_from(from).unwrap_or_default();
        let without_gap = (from..).zip(&told).all(|(n, it)| it.sequence == n);
        match without_gap {
            true => Ok(told),
            false => Err(StoreError::Corrupt("event")),
        }
    }
}

fn told(row: &AnyRow) -> Result<Told, StoreError> {
    let sequence: i64 = column(row, "sequence")?;
    let kind: String = column(row, "kind")?;
    let id: Option<String> = column(row, "account_id")?;
    let level: Option<String> = column(row, "level")?;
    let application: Option<String> = column(row, "application_id")?;
    let reasons: String = column(row, "reasons")?;
    let account = match (id, level) {
        (None, None) => None,
        (Some(id), Some(level)) => Some(EventAccount {
            id: read("account_id", AccountId::parse(&id))?,
            level: read("level", Level::from_code(&level))?,
        }),
        _ => return Err(StoreError::Corrupt("event")),
    };
    let application = application.map(|id| read("application_id", ApplicationId::parse(&id)));
    let words = reasons.split(',').filter(|word| !word.is_empty());
    let reasons = words.map(|word| read("reasons", Reason::from_code(word)));
    Ok(Told {
        sequence: read("sequence", u64::try_from(sequence).ok())?,
        kind: read("kind", EventKind::from_code(&kind))?,
        at: time_column(row, "at")?,
        account,
        application_id: application.transpose()?,
        object: column(row, "object")?,
        reasons: reasons.collect::<Result<_, _>>()?,
    })
}
