//! What one account may do at most: failed tries of late, applications that
//! are open at once.

use std::sync::Arc;

use super::standing;
use crate::{
    domain::{
        application::State,
        reason::{Kind, Reason},
        time::UnixSeconds,
    },
    service::{
        Context, Settings,
        change::{Change, FailedTry, Snapshot, Subject, sha256},
        refusal::Refusal,
    },
};

/// The time after which failed tries count at `now`.
pub(super) fn window(settings: &Settings, now: UnixSeconds) -> UnixSeconds {
    now.plus(-settings.failed_tries_window)
}

/// Refuses an account with as many failed tries within the window as are
/// free; `tries` are theirs, oldest first.
pub(super) fn check_failed_tries(
    tries: &[UnixSeconds],
    settings: &Settings,
    now: UnixSeconds,
) -> Result<(), Refusal> {
    let since = window(settings, now);
    let first = tries.partition_point(|at| *at <= since);
    let counted = tries.get(first..).unwrap_or_default();
    // The oldest try that has to leave the window before another is free.
    let Some(decisive) = counted.len().checked_sub(settings.failed_tries) else {
        return Ok(());
    };
    let free_at = counted
        .get(decisive)
        .map_or(now, |at| at.plus(settings.failed_tries_window));
    let wait = (free_at.seconds() - now.seconds()).max(1);
    Err(Refusal::from(Reason::TooManyFailedTries).with_retry_after(wait))
}

/// Counts a refusal that is the submitter's doing, for an application that
/// waits for a signature.
///
/// # Errors
/// [`Reason::TooManyFailedTries`] when others took the last free try
/// meanwhile; the store failed.
pub(super) async fn count_failed_try(
    context: &Context,
    subject: &Subject,
    refusal: &Refusal,
    signature: &[u8],
) -> Result<(), Refusal> {
    let Some(application_id) = subject.application else {
        return Ok(());
    };
    if refusal.reason.kind() != Kind::InvalidArgument {
        return Ok(());
    }
    let (reason, signature_sha256) = (refusal.reason, sha256(signature));
    let (clock, settings) = (Arc::clone(&context.clock), context.settings.clone());
    let count = move |snapshot: &Snapshot| {
        let at = clock.now();
        let state = standing(snapshot.clone(), at).map(|it| it.state);
        if !matches!(state, Ok(State::Prepared | State::Deferred)) {
            return Ok(Change::default());
        }
        check_failed_tries(&snapshot.failed_tries, &settings, at)?;
        Ok(Change {
            failed_try: Some(FailedTry {
                application_id,
                at,
                reason,
                signature_sha256,
            }),
            ..Change::default()
        })
    };
    context.store.transact(subject, Arc::new(count)).await?;
    Ok(())
}

/// Refuses another application where as many are open as may be.
pub(in crate::service) fn check_open_applications(
    snapshot: &Snapshot,
    settings: &Settings,
) -> Result<(), Refusal> {
    match snapshot.open_applications < settings.open_applications {
        true => Ok(()),
        false => Err(Refusal::from(Reason::TooManyOpenApplications)
            .with_fact("limit", settings.open_applications)),
    }
}
