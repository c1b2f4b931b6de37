//! The writes of one transaction.

use sqlx::{AnyConnection, Row as _, any::AnyRow};

use super::{Attempt, deadline, deferral, keys::Keys, log, organisation, record, record::place};
use crate::{
    domain::{
        account::Account,
        application::{Application, Channel},
        ids::ApplicationId,
        time::UnixSeconds,
    },
    service::{
        change::{
            Change, Decided, Event, EventKind, FailedTry, Filed, OpenApplications, Snapshot,
            StoredOutcome,
        },
        ports::StoreError,
    },
};

/// Writes everything of `change`, and answers how its subject then stands; the caller commits.
pub(super) async fn apply(
    connection: &mut AnyConnection,
    keys: &Keys,
    before: &Snapshot,
    change: &Change,
) -> Result<Snapshot, Attempt> {
    let mut after = before.clone();
    if let Some(account) = &change.account {
        match before.account {
            None => insert_account(connection, keys, account).await?,
            Some(_) => update_account(connection, keys, account).await?,
        }
        deadline::follow(connection, keys, before.account.as_ref(), account).await?;
        after.account = Some(account.clone());
    }
    if let Some(application) = &change.application {
        insert_application(connection, keys, application).await?;
        after.filed = Some(Filed {
            application: application.clone(),
            outcome: None,
        });
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
        cancel_open(connection, before, account, at).await?;
        deferral::cancel(connection, account, at).await?;
    }
    if let Some(decided) = &change.outcome {
        // An outcome without its leaf or its application is never written.
        let missing = || Attempt::from(StoreError::Corrupt("outcome"));
        let sequence = first.ok_or_else(missing)?;
        let filed = after.filed.as_mut().ok_or_else(missing)?;
        write_outcome(connection, keys, decided, sequence).await?;
        deferral::follow(connection, before, &decided.outcome, &decided.evidence).await?;
        filed.outcome = Some(StoredOutcome {
            outcome: decided.outcome.clone(),
            report_json: decided.evidence.report_json.clone(),
            receipt: log::receipt(connection, sequence).await?,
        });
        if let (Some(link), Some(account)) = (&change.organisation, &before.account) {
            organisation::insert(connection, keys, &account.id, link).await?;
        }
    }
    Ok(after)
}

/// Cancels the applications that wait for a signature, each with its event; a
/// letter only when it went to another person, since the next may have to wait
/// for weeks. The organisations of another person are not this one's.
async fn cancel_open(
    connection: &mut AnyConnection,
    before: &Snapshot,
    account: &Account,
    at: UnixSeconds,
) -> Result<(), Attempt> {
    let old = before.account.as_ref().and_then(|it| it.claims.as_ref());
    let same = old.zip(account.claims.as_ref());
    let kept = match same.is_some_and(|(old, new)| old.names_the_same_person(new)) {
        true => Channel::PostalCode.code(),
        false => {
            organisation::end_all(connection, account, at).await?;
            ""
        }
    };
    let rows = sqlx::query(
        "UPDATE application SET cancelled_at = $1 WHERE account_id = $2 AND channel <> $3 \
         AND cancelled_at IS NULL AND expires_at > $1 AND NOT EXISTS \
         (SELECT 1 FROM outcome o WHERE o.application_id = application.application_id) \
         RETURNING application_id",
    )
    .bind(at.seconds())
    .bind(account.id.as_str())
    .bind(kept)
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

async fn insert_account(
    connection: &mut AnyConnection,
    keys: &Keys,
    account: &Account,
) -> Result<(), Attempt> {
    let columns = record::account_columns(keys, account)?;
    sqlx::query(
        "INSERT INTO account (account_id, key_id, sealed, phone_digest, email_digest, \
         snils_digest, registered_at, level, blocked, registry_check, confirmation) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(account.id.as_str())
    .bind(columns.person.key_id)
    .bind(columns.person.octets)
    .bind(columns.phone)
    .bind(columns.email)
    .bind(columns.snils)
    .bind(account.registered_at.seconds())
    .bind(account.level.code())
    .bind(columns.blocked)
    .bind(columns.check)
    .bind(columns.confirmation)
    .execute(connection)
    .await?;
    Ok(())
}

async fn update_account(
    connection: &mut AnyConnection,
    keys: &Keys,
    account: &Account,
) -> Result<(), Attempt> {
    let columns = record::account_columns(keys, account)?;
    sqlx::query(
        "UPDATE account SET key_id = $2, sealed = $3, phone_digest = $4, email_digest = $5, \
         snils_digest = $6, level = $7, blocked = $8, registry_check = $9, confirmation = $10 \
         WHERE account_id = $1",
    )
    .bind(account.id.as_str())
    .bind(columns.person.key_id)
    .bind(columns.person.octets)
    .bind(columns.phone)
    .bind(columns.email)
    .bind(columns.snils)
    .bind(account.level.code())
    .bind(columns.blocked)
    .bind(columns.check)
    .bind(columns.confirmation)
    .execute(connection)
    .await?;
    Ok(())
}

async fn insert_application(
    connection: &mut AnyConnection,
    keys: &Keys,
    application: &Application,
) -> Result<(), Attempt> {
    let id = application.id.to_string();
    let content = keys
        .seal(&place::application(&id), &application.content)
        .map_err(StoreError::from)?;
    sqlx::query(
        "INSERT INTO application (application_id, account_id, channel, audience, issued_at, \
         expires_at, key_id, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(id)
    .bind(application.account_id.as_str())
    .bind(application.channel.code())
    .bind(application.audience.as_str())
    .bind(application.issued_at.seconds())
    .bind(application.expires_at.seconds())
    .bind(content.key_id)
    .bind(content.octets)
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

/// Puts the outcome in the place of a deferred one; the database lets no other
/// be replaced.
async fn write_outcome(
    connection: &mut AnyConnection,
    keys: &Keys,
    decided: &Decided,
    sequence: i64,
) -> Result<(), Attempt> {
    let Decided { outcome, evidence } = decided;
    let id = evidence.id.to_string();
    let [signature, content, report] = place::evidence(&id);
    let seal = |place, clear| keys.seal(&place, clear).map_err(StoreError::from);
    let signature = seal(signature, evidence.signature.as_slice())?;
    let content = seal(content, evidence.content.as_slice())?;
    let report = seal(report, evidence.report_json.as_bytes())?;
    sqlx::query(
        "INSERT INTO evidence (evidence_id, application_id, at, key_id, sealed_signature, \
         sealed_content, sealed_report, policy_digest, trust_digest, digest, basis) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
         ON CONFLICT (evidence_id) DO NOTHING",
    )
    .bind(id.clone())
    .bind(evidence.application_id.to_string())
    .bind(evidence.at.seconds())
    .bind(signature.key_id)
    .bind(signature.octets)
    .bind(content.octets)
    .bind(report.octets)
    .bind(evidence.policy_digest.as_str())
    .bind(evidence.trust_digest.as_str())
    .bind(evidence.digest().as_slice().to_vec())
    .bind(evidence.basis.map(Vec::from))
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "INSERT INTO outcome (application_id, decision, reasons, evidence_id, signature_sha256, \
         decided_at, retry_at, audit_sequence) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
         ON CONFLICT (application_id) DO UPDATE SET decision = excluded.decision, \
         reasons = excluded.reasons, evidence_id = excluded.evidence_id, \
         signature_sha256 = excluded.signature_sha256, decided_at = excluded.decided_at, \
         retry_at = excluded.retry_at, audit_sequence = excluded.audit_sequence",
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
