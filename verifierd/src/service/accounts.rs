//! Registration, personal data and registry checks.

use std::sync::Arc;

use super::{
    Context, account_id,
    change::{Change, Counted, Event, EventKind, OpenApplications, Snapshot, Subject},
    refusal::Refusal,
    uuid_field,
};
use crate::domain::{
    account::{
        Account, BlockOrder, CheckState, Contact, Effect, RawAnswer, RawBlockOrder,
        RawRegistration, Registration, parse_answers,
    },
    claims::{Claims, FieldViolation, RawClaims},
    ids::{AccountId, ActorId, CheckId},
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
    let (id, registration) = both_fields(account_id(id), Registration::parse(raw))?;
    let now = context.clock.now();
    let new = id.clone();
    transact(context, id, move |snapshot| match &snapshot.account {
        Some(account) if account.registration == registration => Ok(Change::default()),
        Some(_) => Err(Reason::AccountExists.into()),
        None => {
            let account = Account::register(new.clone(), registration.clone(), now);
            Ok(changed(None, account, EventKind::AccountRegistered, now))
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
                ..changed(
                    snapshot.account.as_ref(),
                    account,
                    EventKind::PersonalDataSubmitted,
                    now,
                )
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
        Ok(changed(snapshot.account.as_ref(), account, kind, now))
    })
    .await
}

/// Blocks an account: an administrator's act.
///
/// # Errors
/// Fields; [`Reason::AccountUnknown`]; [`Reason::AccountAlreadyBlocked`].
pub async fn block(
    context: &Context,
    id: &str,
    raw: &RawBlockOrder<'_>,
) -> Result<Account, Refusal> {
    let (id, order) = both_fields(account_id(id), BlockOrder::parse(raw))?;
    let now = context.clock.now();
    transact(context, id, move |snapshot| {
        let mut account = known(snapshot)?;
        if account.block(&order, now)? == Effect::Unchanged {
            return Ok(Change::default());
        }
        Ok(acted(account, EventKind::AccountBlocked, &order.by, now))
    })
    .await
}

/// Lets a blocked account act again: an administrator's act.
///
/// # Errors
/// Fields; [`Reason::AccountUnknown`].
pub async fn unblock(context: &Context, id: &str, acted_by: &str) -> Result<Account, Refusal> {
    let by = ActorId::of_field(acted_by).map_err(|violation| vec![violation]);
    let (id, by) = both_fields(account_id(id), by)?;
    let now = context.clock.now();
    transact(context, id, move |snapshot| {
        let mut account = known(snapshot)?;
        match account.unblock() {
            Effect::Unchanged => Ok(Change::default()),
            Effect::Changed => Ok(acted(account, EventKind::AccountUnblocked, &by, now)),
        }
    })
    .await
}

/// Takes another contact, which the portal has verified.
///
/// # Errors
/// Fields; [`Reason::AccountUnknown`]; [`Reason::ContactAlreadyUsed`].
pub async fn change_contact(
    context: &Context,
    id: &str,
    phone: &str,
    email: &str,
) -> Result<Account, Refusal> {
    let (id, contact) = both_fields(account_id(id), Contact::parse(phone, email))?;
    let now = context.clock.now();
    transact(context, id, move |snapshot| {
        let mut account = known(snapshot)?;
        match account.change_contact(contact.clone()) {
            Effect::Unchanged => Ok(Change::default()),
            Effect::Changed => Ok(changed(None, account, EventKind::ContactChanged, now)),
        }
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
        counted: Counted::Nothing,
    };
    known(&context.store.transact(&subject, Arc::new(decide)).await?)
}

/// The account and the rest of a request, or everything that is wrong with both.
fn both_fields<T>(
    id: Result<AccountId, FieldViolation>,
    rest: Result<T, Vec<FieldViolation>>,
) -> Result<(AccountId, T), Refusal> {
    match (id, rest) {
        (Ok(id), Ok(rest)) => Ok((id, rest)),
        (id, rest) => {
            let mut violations: Vec<_> = id.err().into_iter().collect();
            violations.extend(rest.err().unwrap_or_default());
            Err(Refusal::fields(violations))
        }
    }
}

fn known(snapshot: &Snapshot) -> Result<Account, Refusal> {
    let account = snapshot.account.clone();
    account.ok_or_else(|| Reason::AccountUnknown.into())
}

/// An act of staff on `account`, told with who acted.
fn acted(account: Account, kind: EventKind, by: &ActorId, at: UnixSeconds) -> Change {
    let event = Event {
        object: Some(by.as_str().to_owned()),
        ..Event::of_account(kind, &account, at)
    };
    Change {
        events: vec![event],
        account: Some(account),
        ..Change::default()
    }
}

/// What `account` shall be after `kind`, told with what it loses by it.
fn changed(before: Option<&Account>, account: Account, kind: EventKind, at: UnixSeconds) -> Change {
    let mut events = vec![Event::of_account(kind, &account, at)];
    if before.is_some_and(|it| it.confirmation.is_some()) && account.confirmation.is_none() {
        events.push(Event::of_account(
            EventKind::ConfirmationEnded,
            &account,
            at,
        ));
    }
    Change {
        events,
        account: Some(account),
        ..Change::default()
    }
}
