//! The writes of one transaction.

use sqlx::{AnyConnection, Row as _, any::AnyRow};

use super::{Attempt, log, record};
use crate::{
    domain::{account::Account, application::Application, ids::ApplicationId, time::UnixSeconds},
    service::{
        change::{Change, Decided, Event, EventKind, FailedTry, OpenApplications, Snapshot},
        ports::StoreError,
    },
};

/// Writes everything of `change`; the caller commits.
pub(super) async fn apply(
    connection: &mut AnyConnection,
    before: &Snapshot,
    change: &Change,
) -> Result<(), Attempt> {
    if let Some(account) = &change.account {
        match before.account {
            None => insert_account(connection, account).await?,
            Some(_) => update_account(connection, account).await?,
        }
    }
    if let Some(application) = &change.application {
        insert_application(connection, application).await?;
    }
    if let Some(failed) = &change.failed_try {
        insert_failed_try(connection, before, failed).await?;
    }
    let mut first = None;
    for event in &change.events {
        let sequence = log::append(connection, event).await?;
        first.get_or_insert(sequence);
    }
    if let (Some(account), OpenApplications::Cancel(at)) =
        (&change.account, change.open_applications)
    {
        cancel_open(connection, account, at).await?;
    }
    match (&change.outcome, first) {
        (None, _) => Ok(()),
        (Some(decided), Some(sequence)) => insert_outcome(connection, decided, sequence).await,
        // An outcome without its leaf is never written.
        (Some(_), None) => Err(StoreError::Corrupt("outcome").into()),
    }
}

/// Cancels the applications that wait for a signature, each with its event.
async fn cancel_open(
    connection: &mut AnyConnection,
    account: &Account,
    at: UnixSeconds,
) -> Result<(), Attempt> {
    let rows = sqlx::query(
        "UPDATE application SET cancelled_at = $1 WHERE account_id = $2 \
         AND cancelled_at IS NULL AND expires_at > $1 AND NOT EXISTS \
         (SELECT 1 FROM outcome o WHERE o.application_id = application.application_id) \
         RETURNING application_id",
    )
    .bind(at.seconds())
    .bind(account.id.as_str())
    .fetch_all(&mut *connection)
    .await?;
    let id = |row: &AnyRow| -> Result<ApplicationId, StoreError> {
        let text: String = row
            .try_get("application_id")
            .map_err(|_| StoreError::Corrupt("application_id"))?;
        ApplicationId::parse(&text).ok_or(StoreError::Corrupt("application_id"))
    };
    let mut ids = rows.iter().map(id).collect::<Result<Vec<_>, _>>()?;
    // In the order of their issue, whatever order the engine answers in.
    ids.sort();
    for id in ids {
        let event = Event {
            application_id: Some(id),
            ..Event::of_account(EventKind::ApplicationCancelled, account, at)
        };
        log::append(connection, &event).await?;
    }
    Ok(())
}

async fn insert_account(connection: &mut AnyConnection, account: &Account) -> Result<(), Attempt> {
    let columns = record::account_columns(account)?;
    sqlx::query(
        "INSERT INTO account (account_id, surname, given_name, phone, email, registered_at, \
         level, blocked, snils, claims, registry_check, confirmation) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind(account.id.as_str())
    .bind(account.registration.surname.as_str())
    .bind(account.registration.given_name.as_str())
    .bind(account.registration.phone.clone())
    .bind(account.registration.email.clone())
    .bind(account.registered_at.seconds())
    .bind(account.level.code())
    .bind(columns.blocked)
    .bind(snils(account))
    .bind(columns.claims)
    .bind(columns.check)
    .bind(columns.confirmation)
    .execute(connection)
    .await?;
    Ok(())
}

async fn update_account(connection: &mut AnyConnection, account: &Account) -> Result<(), Attempt> {
    let columns = record::account_columns(account)?;
    sqlx::query(
        "UPDATE account SET level = $2, blocked = $3, snils = $4, claims = $5, \
         registry_check = $6, confirmation = $7, phone = $8, email = $9 WHERE account_id = $1",
    )
    .bind(account.id.as_str())
    .bind(account.level.code())
    .bind(columns.blocked)
    .bind(snils(account))
    .bind(columns.claims)
    .bind(columns.check)
    .bind(columns.confirmation)
    .bind(account.registration.phone.clone())
    .bind(account.registration.email.clone())
    .execute(connection)
    .await?;
    Ok(())
}

fn snils(account: &Account) -> Option<String> {
    let claims = account.claims.as_ref()?;
    Some(claims.snils.as_str().to_owned())
}

async fn insert_application(
    connection: &mut AnyConnection,
    application: &Application,
) -> Result<(), Attempt> {
    sqlx::query(
        "INSERT INTO application (application_id, account_id, channel, audience, issued_at, \
         expires_at, content) VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(application.id.to_string())
    .bind(application.account_id.as_str())
    .bind(application.channel.code())
    .bind(application.audience.as_str())
    .bind(application.issued_at.seconds())
    .bind(application.expires_at.seconds())
    .bind(application.content.as_slice())
    .execute(connection)
    .await?;
    Ok(())
}

async fn insert_failed_try(
    connection: &mut AnyConnection,
    before: &Snapshot,
    failed: &FailedTry,
) -> Result<(), Attempt> {
    let account = before.account.as_ref().map(|account| account.id.as_str());
    sqlx::query(
        "INSERT INTO failed_try (account_id, application_id, at, reason, signature_sha256) \
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(account)
    .bind(failed.application_id.to_string())
    .bind(failed.at.seconds())
    .bind(failed.reason.code())
    .bind(failed.signature_sha256.as_slice())
    .execute(connection)
    .await?;
    Ok(())
}

async fn insert_outcome(
    connection: &mut AnyConnection,
    decided: &Decided,
    sequence: i64,
) -> Result<(), Attempt> {
    let Decided { outcome, evidence } = decided;
    sqlx::query(
        "INSERT INTO evidence (evidence_id, application_id, at, signature, content, report, \
         policy_digest, trust_digest, digest) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(evidence.id.to_string())
    .bind(evidence.application_id.to_string())
    .bind(evidence.at.seconds())
    .bind(evidence.signature.as_slice())
    .bind(evidence.content.as_slice())
    .bind(evidence.report_json.as_str())
    .bind(evidence.policy_digest.as_str())
    .bind(evidence.trust_digest.as_str())
    .bind(evidence.digest().as_slice().to_vec())
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "INSERT INTO outcome (application_id, decision, reasons, evidence_id, signature_sha256, \
         decided_at, retry_at, audit_sequence) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(evidence.application_id.to_string())
    .bind(outcome.decision.code())
    .bind(record::reasons_json(&outcome.reasons)?)
    .bind(outcome.evidence_id.to_string())
    .bind(outcome.signature_sha256.as_slice())
    .bind(outcome.decided_at.seconds())
    .bind(outcome.retry_at.map(|at| at.seconds()))
    .bind(sequence)
    .execute(connection)
    .await?;
    Ok(())
}
