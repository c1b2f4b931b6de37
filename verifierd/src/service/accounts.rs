//! Registration, personal data and registry checks.

use std::sync::Arc;

use super::{
    Context, account_id,
    change::{Change, Event, EventKind, OpenApplications, Snapshot, Subject},
    refusal::Refusal,
    uuid_field,
};
use crate::domain::{
    account::{
        Account, CheckState, Effect, RawAnswer, RawRegistration, Registration, parse_answers,
    },
    claims::{Claims, RawClaims},
    ids::{AccountId, CheckId},
    reason::Reason,
    time::UnixSeconds,
};

/// Creates an account, or answers the one that the same call created.
///
/// # Errors
/// Fields; [`Reason::AccountExists`]; [`Reason::ContactAlreadyUsed`].
pub async fn register(
    context: &Context,
    id: &str,
    raw: &RawRegistration<'_>,
) -> Result<Account, Refusal> {
    let (id, registration) = match (account_id(id), Registration::parse(raw)) {
        (Ok(id), Ok(registration)) => (id, registration),
        (id, registration) => {
            let mut violations: Vec<_> = id.err().into_iter().collect();
            violations.extend(registration.err().unwrap_or_default());
            return Err(Refusal::fields(violations));
        }
    };
    let now = context.clock.now();
    let new = id.clone();
    transact(context, id, move |snapshot| match &snapshot.account {
        Some(account) if account.registration == registration => Ok(Change::default()),
        Some(_) => Err(Reason::AccountExists.into()),
        None => {
            let account = Account::register(new.clone(), registration.clone(), now);
            Ok(changed(account, EventKind::AccountRegistered, now))
        }
    })
    .await
}

/// Takes personal data and opens a registry check.
///
/// # Errors
/// Fields; [`Reason::AccountUnknown`].
pub async fn submit_personal_data(
    context: &Context,
    id: &str,
    raw: Option<&RawClaims>,
) -> Result<Account, Refusal> {
    let id = account_id(id)?;
    let now = context.clock.now();
    let empty = RawClaims::default();
    let claims = Claims::parse(raw.unwrap_or(&empty), now.date()).map_err(Refusal::fields)?;
    let check = CheckId::new(context.ids.uuid(now)?);
    transact(context, id, move |snapshot| {
        let mut account = known(snapshot)?;
        match account.submit_claims(claims.clone(), check, now) {
            Effect::Unchanged => Ok(Change::default()),
            Effect::Changed => Ok(Change {
                open_applications: OpenApplications::Cancel(now),
                ..changed(account, EventKind::PersonalDataSubmitted, now)
            }),
        }
    })
    .await
}

/// Takes the registries' answers to a check.
///
/// # Errors
/// Fields; [`Reason::AccountUnknown`]; [`Reason::RegistryCheckNotCurrent`];
/// [`Reason::RegistryCheckDecided`]; [`Reason::SnilsAlreadyUsed`].
pub async fn record_registry_result(
    context: &Context,
    id: &str,
    check: &str,
    answers: &[RawAnswer],
) -> Result<Account, Refusal> {
    let id = account_id(id)?;
    let check = uuid_field("check_id", check, CheckId::parse)?;
    let answers = parse_answers(answers).map_err(Refusal::fields)?;
    let now = context.clock.now();
    transact(context, id, move |snapshot| {
        let mut account = known(snapshot)?;
        if account.record_answers(check, answers.clone(), now)? == Effect::Unchanged {
            return Ok(Change::default());
        }
        let passed = account
            .check
            .as_ref()
            .is_some_and(|check| check.state == CheckState::Passed);
        let kind = match passed {
            true => EventKind::RegistryPassed,
            false => EventKind::RegistryFailed,
        };
        Ok(changed(account, kind, now))
    })
    .await
}

/// The account as it stands.
///
/// # Errors
/// Fields; [`Reason::AccountUnknown`].
pub async fn account(context: &Context, id: &str) -> Result<Account, Refusal> {
    let account = context.store.account(&account_id(id)?).await?;
    account.ok_or_else(|| Reason::AccountUnknown.into())
}

async fn transact(
    context: &Context,
    account: AccountId,
    decide: impl Fn(&Snapshot) -> Result<Change, Refusal> + Send + Sync + 'static,
) -> Result<Account, Refusal> {
    let subject = Subject {
        account,
        application: None,
    };
    known(&context.store.transact(&subject, Arc::new(decide)).await?)
}

fn known(snapshot: &Snapshot) -> Result<Account, Refusal> {
    let account = snapshot.account.clone();
    account.ok_or_else(|| Reason::AccountUnknown.into())
}

fn changed(account: Account, kind: EventKind, at: UnixSeconds) -> Change {
    Change {
        events: vec![Event::of_account(kind, &account, at)],
        account: Some(account),
        ..Change::default()
    }
}
