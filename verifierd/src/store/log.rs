//! Appending to the audit log.

use sqlx::{AnyConnection, Row as _};

use super::{
    Attempt,
    audit::{Frontier, leaf_bytes, leaf_hash},
    unavailable,
};
use crate::service::{
    change::{Event, Receipt},
    ports::StoreError,
};

/// Writes the event and its leaf at the next place of the log; answers the
/// place. Within [`SqlStore::write`](super::SqlStore::write) only: there writers take turns.
pub(super) async fn append(connection: &mut AnyConnection, event: &Event) -> Result<i64, Attempt> {
    let mut frontier = frontier(connection).await?;
    let size = frontier.size();
    let sequence = i64::try_from(size).map_err(|_| StoreError::Corrupt("audit_head"))?;
    let leaf = leaf_bytes(size, event).map_err(|_| StoreError::Corrupt("leaf"))?;
    let hash = leaf_hash(&leaf);
    frontier.push(hash);
    sqlx::query("INSERT INTO audit_leaf (sequence, leaf, hash) VALUES ($1, $2, $3)")
        .bind(sequence)
        .bind(leaf)
        .bind(hash.as_slice())
        .execute(&mut *connection)
        .await?;
    sqlx::query("UPDATE audit_head SET size = $1, frontier = $2 WHERE one = 1")
        .bind(sequence + 1)
        .bind(frontier.to_bytes())
        .execute(&mut *connection)
        .await?;
    let reasons: Vec<_> = event.reasons.iter().map(|reason| reason.code()).collect();
    sqlx::query(
        "INSERT INTO event (sequence, kind, at, account_id, level, application_id, object, reasons) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(sequence)
    .bind(event.kind.code())
    .bind(event.at.seconds())
    .bind(event.account.as_ref().map(|account| account.id.as_str()))
    .bind(event.account.as_ref().map(|account| account.level.code()))
    .bind(event.application_id.map(|id| id.to_string()))
    .bind(event.object.as_deref())
    .bind(reasons.join(","))
    .execute(connection)
    .await?;
    Ok(sequence)
}

/// The state of the log.
pub(super) async fn frontier(connection: &mut AnyConnection) -> Result<Frontier, StoreError> {
    let row = sqlx::query("SELECT size, frontier FROM audit_head WHERE one = 1")
        .fetch_one(connection)
        .await
        .map_err(unavailable)?;
    let corrupt = |_| StoreError::Corrupt("audit_head");
    let size: i64 = row.try_get("size").map_err(corrupt)?;
    let peaks: Vec<u8> = row.try_get("frontier").map_err(corrupt)?;
    u64::try_from(size)
        .ok()
        .and_then(|size| Frontier::from_bytes(size, &peaks))
        .ok_or(StoreError::Corrupt("audit_head"))
}

/// The leaf at place `sequence`.
pub(super) async fn receipt(
    connection: &mut AnyConnection,
    sequence: i64,
) -> Result<Receipt, StoreError> {
    let row = sqlx::query("SELECT hash FROM audit_leaf WHERE sequence = $1")
        .bind(sequence)
        .fetch_one(connection)
        .await
        .map_err(unavailable)?;
    let hash: Vec<u8> = row.try_get("hash").map_err(unavailable)?;
    let hash = hash.try_into().ok();
    match (u64::try_from(sequence), hash) {
        (Ok(sequence), Some(leaf_hash)) => Ok(Receipt {
            sequence,
            leaf_hash,
        }),
        _ => Err(StoreError::Corrupt("audit_leaf")),
    }
}
