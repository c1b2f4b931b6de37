//! Confirming an account by the applicant's own signature.

mod decide;
mod organisation;
mod retry;
pub(super) mod verdict;

use std::sync::Arc;

use super::{
    Context, account_id,
    change::{Change, Event, EventKind, FailedTry, Filed, Snapshot, Subject, sha256},
    evidence::keep_basis,
    judge::{check_format, check_size, judge},
    ports::{SignedContent, VerifyRequest},
    refusal::Refusal,
    uuid_field,
};
use crate::domain::{
    account::Account,
    application::{Channel, Issue, State},
    claims::{FieldViolation, Rule},
    ids::{ApplicationId, EvidenceId},
    reason::Reason,
    time::UnixSeconds,
};
use decide::{Submission, decide};
pub use retry::{Retried, retry};

/// An application with its account, read at `now`.
pub struct Standing {
    /// The account.
    pub account: Account,
    /// The application with its outcome.
    pub filed: Filed,
    /// The application's state.
    pub state: State,
}

/// Issues an application.
///
/// # Errors
/// Fields; [`Reason::AccountUnknown`]; [`Reason::ChannelNotAvailable`];
/// [`Reason::AccountBlocked`]; [`Reason::LevelTooLow`].
pub async fn prepare(
    context: &Context,
    account: &str,
    channel: Option<Channel>,
) -> Result<Standing, Refusal> {
    let account = account_id(account)?;
    let channel = channel.ok_or(FieldViolation {
        field: "channel",
        rule: Rule::Required,
    })?;
    Purpose::Confirmation.check(channel)?;
    if channel != Channel::OwnSignature {
        return Err(Reason::ChannelNotAvailable.into());
    }
    let now = context.clock.now();
    let id = ApplicationId::new(context.ids.uuid(now)?);
    let challenge = context.ids.challenge()?;
    let subject = Subject {
        account,
        application: None,
    };
    let settings = context.settings.clone();
    let decide = move |snapshot: &Snapshot| {
        let account = snapshot.account.as_ref().ok_or(Reason::AccountUnknown)?;
        let application = Issue {
            id,
            account_id: &account.id,
            claims: account.may_apply(channel)?,
            channel,
            audience: &settings.audience,
            challenge,
            issued_at: now,
            expires_at: now.plus(settings.application_lifetime),
        }
        .application()?;
        Ok(Change {
            events: vec![Event {
                application_id: Some(id),
                ..Event::of_account(EventKind::ApplicationPrepared, account, now)
            }],
            application: Some(application),
            ..Change::default()
        })
    };
    let after = context.store.transact(&subject, Arc::new(decide)).await?;
    standing(after, now)
}

/// The application as it stands.
///
/// # Errors
/// Fields; [`Reason::AccountUnknown`]; [`Reason::ApplicationUnknown`];
/// [`Reason::ApplicationOfAnotherAccount`].
pub async fn application(
    context: &Context,
    account: &str,
    application: &str,
) -> Result<Standing, Refusal> {
    let subject = subject(account, application)?;
    read(context, &subject, context.clock.now()).await
}

/// Judges a signed application; the steps are those of the channel, in order.
///
/// # Errors
/// When the request cannot be accepted; the application then stays as it is.
/// A refusal by verdict or person is an outcome.
pub async fn submit(
    context: &Context,
    account: &str,
    application: &str,
    signature: Vec<u8>,
) -> Result<Standing, Refusal> {
    let subject = subject(account, application)?;
    submit_as(context, Purpose::Confirmation, subject, signature).await
}

/// What a signed application is for: each service accepts its own only.
#[derive(Clone, Copy)]
pub(super) enum Purpose {
    /// To confirm an account.
    Confirmation,
    /// To link an organisation.
    OrganisationLink,
}

impl Purpose {
    fn check(self, channel: Channel) -> Result<(), Reason> {
        match (self, channel) {
            (_, Channel::PostalCode) => Err(Reason::PostalCodeNotSigned),
            (Self::Confirmation, Channel::Organisation) => Err(Reason::ApplicationOfAnotherKind),
            (Self::OrganisationLink, Channel::Organisation) | (Self::Confirmation, _) => Ok(()),
            (Self::OrganisationLink, _) => Err(Reason::ApplicationOfAnotherKind),
        }
    }
}

/// Judges what was signed for one purpose.
pub(super) async fn submit_as(
    context: &Context,
    purpose: Purpose,
    subject: Subject,
    signature: Vec<u8>,
) -> Result<Standing, Refusal> {
    let now = context.clock.now();
    check_size(context, &signature)?;
    let signature = Arc::new(signature);
    let format = check_format(context, &signature).await;
    if let Err(refusal) = format {
        count_failed_try(context, &subject, &signature, &refusal, now).await?;
        return Err(refusal);
    }

    let standing = read(context, &subject, now).await?;
    purpose.check(standing.filed.application.channel)?;
    let signature_sha256 = sha256(&signature);
    if let Some(stored) = &standing.filed.outcome
        && stored.outcome.stands_against(&signature_sha256)?
    {
        return Ok(standing);
    }
    let issued = &standing.filed.application;
    issued.may_be_submitted(&context.settings.audience, now)?;
    standing.account.may_apply(issued.channel)?;
    check_failed_tries(context, &subject, now).await?;

    let request = VerifyRequest {
        signature: signature.as_ref().clone(),
        content: SignedContent::Octets(issued.content.clone()),
        policy: context.settings.policy.clone(),
    };
    let verdict = judge(context, request, Some(now)).await;
    let judged = verdict.and_then(|verdict| {
        verdict::check_content(&verdict, &issued.content)?;
        verdict::check_signers(&verdict.report)?;
        Ok(verdict)
    });
    let verdict = match judged {
        Ok(verdict) => verdict,
        Err(refusal) => {
            let refusal = name_replay(context, &standing, refusal, &signature_sha256).await?;
            count_failed_try(context, &subject, &signature, &refusal, now).await?;
            return Err(refusal);
        }
    };
    keep_basis(context, &verdict).await?;
    let submission = Submission {
        signature,
        signature_sha256,
        verdict,
        evidence_id: EvidenceId::new(context.ids.uuid(now)?),
        now,
        settings: context.settings.clone(),
    };
    let decide = move |snapshot: &Snapshot| decide(snapshot, &submission);
    let after = context.store.transact(&subject, Arc::new(decide)).await?;
    self::standing(after, now)
}

/// Content that differs because the signature belongs to another application
/// of the account has a reason of its own; other accounts are never named.
async fn name_replay(
    context: &Context,
    standing: &Standing,
    refusal: Refusal,
    signature_sha256: &[u8; 32],
) -> Result<Refusal, Refusal> {
    if refusal.reason != Reason::ContentDiffers {
        return Ok(refusal);
    }
    let (account, application) = (&standing.account.id, &standing.filed.application.id);
    let store = &context.store;
    let replayed = store
        .decided_another(account, application, signature_sha256)
        .await?;
    Ok(if replayed {
        Reason::SignatureReplayed.into()
    } else {
        refusal
    })
}

pub(super) fn subject(account: &str, application: &str) -> Result<Subject, Refusal> {
    let account = account_id(account);
    let application = uuid_field("application_id", application, ApplicationId::parse);
    match (account, application) {
        (Ok(account), Ok(application)) => Ok(Subject {
            account,
            application: Some(application),
        }),
        (account, application) => Err(Refusal::fields(
            account.err().into_iter().chain(application.err()).collect(),
        )),
    }
}

async fn read(context: &Context, subject: &Subject, now: UnixSeconds) -> Result<Standing, Refusal> {
    let account = context.store.account(&subject.account).await?;
    let filed = match &subject.application {
        Some(id) => context.store.application(id).await?,
        None => None,
    };
    standing(Snapshot { account, filed }, now)
}

pub(super) fn standing(snapshot: Snapshot, now: UnixSeconds) -> Result<Standing, Refusal> {
    let account = snapshot.account.ok_or(Reason::AccountUnknown)?;
    let filed = snapshot.filed.ok_or(Reason::ApplicationUnknown)?;
    if filed.application.account_id != account.id {
        return Err(Reason::ApplicationOfAnotherAccount.into());
    }
    let outcome = filed.outcome.as_ref().map(|stored| &stored.outcome);
    Ok(Standing {
        state: filed.application.state(outcome, now),
        account,
        filed,
    })
}

/// Refuses an account that failed too often of late.
async fn check_failed_tries(
    context: &Context,
    subject: &Subject,
    now: UnixSeconds,
) -> Result<(), Refusal> {
    let settings = &context.settings;
    let since = now.plus(-settings.failed_tries_window);
    let tries = context.store.failed_tries(&subject.account, since).await?;
    // The oldest try that has to leave the window before another is free.
    let Some(decisive) = tries.len().checked_sub(settings.failed_tries) else {
        return Ok(());
    };
    let free_at = tries
        .get(decisive)
        .map_or(now, |at| at.plus(settings.failed_tries_window));
    let wait = (free_at.seconds() - now.seconds()).max(1);
    Err(Refusal::from(Reason::TooManyFailedTries).with_retry_after(wait))
}

/// Counts a refusal that is the submitter's doing, for an application that
/// waits for a signature.
async fn count_failed_try(
    context: &Context,
    subject: &Subject,
    signature: &[u8],
    refusal: &Refusal,
    now: UnixSeconds,
) -> Result<(), Refusal> {
    use crate::domain::reason::Kind;
    let Some(application_id) = subject.application else {
        return Ok(());
    };
    let counted = refusal.reason.kind() == Kind::InvalidArgument;
    if !counted || check_failed_tries(context, subject, now).await.is_err() {
        return Ok(());
    }
    let failed = FailedTry {
        application_id,
        at: now,
        reason: refusal.reason,
        signature_sha256: sha256(signature),
    };
    let count = move |snapshot: &Snapshot| {
        let waits = |it: Standing| matches!(it.state, State::Prepared | State::Deferred);
        let open = standing(snapshot.clone(), now).is_ok_and(waits);
        Ok(Change {
            failed_try: open.then(|| failed.clone()),
            ..Change::default()
        })
    };
    context.store.transact(subject, Arc::new(count)).await?;
    Ok(())
}
