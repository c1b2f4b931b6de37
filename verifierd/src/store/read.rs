//! Accounts and applications as they stand.

use sqlx::{AnyConnection, Row as _, any::AnyRow};

use super::{enrolment, keys::Keys, record, unavailable};
use crate::{
    domain::{
        account::Account,
        application::Channel,
        ids::{AccountId, ApplicationId, EvidenceId},
        time::UnixSeconds,
    },
    service::{
        change::{Counted, Evidence, Filed, Snapshot, Subject},
        ports::StoreError,
    },
};

pub(super) async fn snapshot(
    connection: &mut AnyConnection,
    keys: &Keys,
    subject: &Subject,
) -> Result<Snapshot, StoreError> {
    let account = account(connection, keys, &subject.account).await?;
    let filed = match &subject.application {
        Some(id) => filed(connection, keys, id).await?,
        None => None,
    };
    let enrolments = match &filed {
        Some(filed) if filed.application.channel.attests_personal_data() => {
            let attestor = filed.application.attestor();
            match attestor.map_err(|_| StoreError::Corrupt("application"))? {
                Some(attestor) => enrolment::attesting(connection, keys, &attestor).await?,
                None => Vec::new(),
            }
        }
        _ => Vec::new(),
    };
    let mut snapshot = Snapshot {
        account,
        filed,
        enrolments,
        ..Snapshot::default()
    };
    let account = &subject.account;
    match subject.counted {
        Counted::Nothing => {}
        Counted::FailedTries(since) => {
            snapshot.failed_tries = failed_tries(connection, account, since).await?;
        }
        Counted::OpenApplications(at) => {
            snapshot.open_applications = open_applications(connection, account, at).await?;
        }
    }
    Ok(snapshot)
}

/// Times of failed tries after `since`, oldest first.
pub(super) async fn failed_tries(
    connection: &mut AnyConnection,
    account: &AccountId,
    since: UnixSeconds,
) -> Result<Vec<UnixSeconds>, StoreError> {
    let rows =
        sqlx::query("SELECT at FROM failed_try WHERE account_id = $1 AND at > $2 ORDER BY at")
            .bind(account.as_str())
            .bind(since.seconds())
            .fetch_all(connection)
            .await
            .map_err(unavailable)?;
    let at = |row: &AnyRow| row.try_get("at").map(UnixSeconds::new);
    rows.iter()
        .map(at)
        .collect::<Result<_, _>>()
        .map_err(unavailable)
}

/// How many applications wait for a signature or for another judgement; a
/// letter waits for its code and has a limit of its own.
async fn open_applications(
    connection: &mut AnyConnection,
    account: &AccountId,
    at: UnixSeconds,
) -> Result<usize, StoreError> {
    let row = sqlx::query(
        "SELECT COUNT(*) AS open FROM application a \
         LEFT JOIN outcome o ON o.application_id = a.application_id \
         WHERE a.account_id = $1 AND a.channel <> $2 AND a.cancelled_at IS NULL \
         AND (o.decision = 'DEFERRED' OR (o.decision IS NULL AND a.expires_at > $3))",
    )
    .bind(account.as_str())
    .bind(Channel::PostalCode.code())
    .bind(at.seconds())
    .fetch_one(connection)
    .await
    .map_err(unavailable)?;
    let open: i64 = row.try_get("open").map_err(unavailable)?;
    Ok(usize::try_from(open).unwrap_or(usize::MAX))
}

pub(super) async fn account(
    connection: &mut AnyConnection,
    keys: &Keys,
    id: &AccountId,
) -> Result<Option<Account>, StoreError> {
    let row = sqlx::query(
        "SELECT account_id, key_id, sealed, registered_at, level, blocked, registry_check, \
         confirmation FROM account WHERE account_id = $1",
    )
    .bind(id.as_str())
    .fetch_optional(connection)
    .await
    .map_err(unavailable)?;
    row.as_ref()
        .map(|row| record::account(keys, row))
        .transpose()
}

pub(super) async fn filed(
    connection: &mut AnyConnection,
    keys: &Keys,
    id: &ApplicationId,
) -> Result<Option<Filed>, StoreError> {
    let row = sqlx::query(
        "SELECT application_id, account_id, channel, audience, issued_at, expires_at, \
         cancelled_at, key_id, sealed FROM application WHERE application_id = $1",
    )
    .bind(id.to_string())
    .fetch_optional(&mut *connection)
    .await
    .map_err(unavailable)?;
    let Some(row) = row else { return Ok(None) };
    let application = record::application(keys, &row)?;
    let row = sqlx::query(
        "SELECT o.decision, o.reasons, o.evidence_id, o.signature_sha256, o.decided_at, \
         o.retry_at, o.audit_sequence, e.key_id, e.sealed_report, l.hash FROM outcome o \
         JOIN evidence e ON e.evidence_id = o.evidence_id \
         JOIN audit_leaf l ON l.sequence = o.audit_sequence WHERE o.application_id = $1",
    )
    .bind(id.to_string())
    .fetch_optional(connection)
    .await
    .map_err(unavailable)?;
    let outcome = row.as_ref().map(|row| record::outcome(keys, row));
    Ok(Some(Filed {
        application,
        outcome: outcome.transpose()?,
    }))
}

/// The bytes of an application.
pub(super) async fn content(
    connection: &mut AnyConnection,
    keys: &Keys,
    id: &ApplicationId,
) -> Result<Option<Vec<u8>>, StoreError> {
    let row = sqlx::query("SELECT key_id, sealed FROM application WHERE application_id = $1")
        .bind(id.to_string())
        .fetch_optional(connection)
        .await
        .map_err(unavailable)?;
    let Some(row) = row else { return Ok(None) };
    let sealed = record::sealed(&row, "sealed")?;
    let content = keys.open(&record::place::application(&id.to_string()), &sealed)?;
    Ok(Some(content.to_vec()))
}

pub(super) async fn evidence(
    connection: &mut AnyConnection,
    keys: &Keys,
    id: &EvidenceId,
) -> Result<Option<Evidence>, StoreError> {
    let row = sqlx::query(
        "SELECT evidence_id, application_id, at, key_id, sealed_signature, sealed_content, \
         sealed_report, policy_digest, trust_digest, basis FROM evidence WHERE evidence_id = $1",
    )
    .bind(id.to_string())
    .fetch_optional(connection)
    .await
    .map_err(unavailable)?;
    row.as_ref()
        .map(|row| record::evidence(keys, row))
        .transpose()
}
