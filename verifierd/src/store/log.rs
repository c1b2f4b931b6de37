//! Appending to the audit log.

use audit_log::{Frontier, Leaf, LeafConfirmation, LeafEvidence, leaf_hash};
use sqlx::{AnyConnection, Row as _};

use super::{Attempt, unavailable};
use crate::service::{
    change::{Event, Receipt, sha256},
    ports::StoreError,
};

/// Only nodes of every fourth level are kept: one row for fifteen leaves.
pub(super) const LEVELS: u32 = 4;

/// Writes the event and its leaf at the next place of the log; answers the
/// place. Within [`SqlStore::write`](super::SqlStore::write) only: there writers take turns.
pub(super) async fn append(connection: &mut AnyConnection, event: &Event) -> Result<i64, Attempt> {
    let mut frontier = frontier(connection).await?;
    let size = frontier.size();
    let sequence = i64::try_from(size).map_err(|_| StoreError::Corrupt("audit_head"))?;
    let leaf = leaf(size, event).to_octets();
    let leaf = leaf.map_err(|_| StoreError::Corrupt("leaf"))?;
    let hash = leaf_hash(&leaf);
    let completed = frontier.push(hash);
    sqlx::query("INSERT INTO audit_leaf (sequence, leaf, hash) VALUES ($1, $2, $3)")
        .bind(sequence)
        .bind(leaf)
        .bind(hash.as_slice())
        .execute(&mut *connection)
        .await?;
    for (node, hash) in completed {
        if node.level % LEVELS != 0 {
            continue;
        }
        let index = i64::try_from(node.index).map_err(|_| StoreError::Corrupt("audit_head"))?;
        sqlx::query("INSERT INTO audit_node (level, position, hash) VALUES ($1, $2, $3)")
            .bind(i64::from(node.level))
            .bind(index)
            .bind(hash.to_vec())
            .execute(&mut *connection)
            .await?;
    }
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

/// The leaf of `event`. The portal's account id appears as its SHA-256.
fn leaf(sequence: u64, event: &Event) -> Leaf {
    let account = event.account.as_ref();
    let mut leaf = Leaf::new(sequence, event.at.rfc3339(), event.kind.code());
    leaf.account = account.map(|it| account_digest(it.id.as_str()));
    leaf.application = event.application_id.map(|id| id.to_string());
    leaf.evidence = event.evidence.map(|evidence| LeafEvidence {
        digest: hex::encode(evidence.digest),
        id: evidence.id.to_string(),
        signature: hex::encode(evidence.signature_sha256),
    });
    leaf.level = account.map(|it| it.level.code().to_owned());
    leaf.object = event.object.clone();
    leaf.signature = event.signature_sha256.map(hex::encode);
    leaf.confirmation = event.confirmation.map(|it| LeafConfirmation {
        assurance: it.assurance.code().to_owned(),
        channel: it.channel.code().to_owned(),
    });
    leaf.row.clone_from(&event.row);
    leaf.reasons = event
        .reasons
        .iter()
        .map(|it| it.code().to_owned())
        .collect();
    leaf
}

/// How leaves name an account.
pub(super) fn account_digest(id: &str) -> String {
    hex::encode(sha256(id.as_bytes()))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{account::Level, ids::AccountId, reason::Reason, time::UnixSeconds},
        service::change::{EventAccount, EventKind},
    };

    #[test]
    fn a_leaf_holds_digests_and_codes() {
        let event = Event {
            kind: EventKind::ApplicationRejected,
            at: UnixSeconds::new(1_795_000_000),
            account: Some(EventAccount {
                id: AccountId::parse("acc-1").unwrap(),
                level: Level::Standard,
            }),
            object: None,
            application_id: None,
            evidence: None,
            signature_sha256: None,
            confirmation: None,
            row: None,
            reasons: vec![Reason::PersonDiffers],
        };
        let leaf = String::from_utf8(leaf(7, &event).to_octets().unwrap()).unwrap();
        let account = hex::encode(sha256(b"acc-1"));
        let rest = concat!(
            r#"","at":"2026-11-18T11:06:40Z","event":"APPLICATION_REJECTED","level":"STANDARD","#,
            r#""reasons":["PERSON_DIFFERS"],"schema":"qes.audit/1","sequence":7}"#
        );
        assert_eq!(leaf, format!(r#"{{"account":"{account}{rest}"#));
    }
}
