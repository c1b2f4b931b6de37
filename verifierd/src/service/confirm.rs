//! Confirming an account by a signed application or attestation.

mod channel;
mod decide;
mod limits;
mod organisation;
mod retry;
pub(super) mod verdict;

use std::sync::Arc;

use super::{
    Context, account_id,
    change::{Change, Counted, Event, EventKind, Filed, Snapshot, Subject, sha256},
    evidence::keep_basis,
    judge::{check_format, check_size, judge},
    ports::{Conflict, SignedContent, TransactError, VerifyRequest},
    refusal::Refusal,
    tries::tried,
    uuid_field,
};
use crate::domain::{
    account::Account,
    application::{Channel, Issue, State},
    attestation::{self, RawAttesting},
    caller::Caller,
    claims::{FieldViolation, Rule},
    ids::{ApplicationId, EvidenceId},
    reason::Reason,
    time::UnixSeconds,
};
use decide::{SnilsIs, Submission, decide};
pub(super) use limits::check_open_applications;
use limits::{check_failed_tries, count_failed_try};
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
/// Fields; [`Reason::AccountUnknown`]; [`Reason::PostalCodeNotSigned`];
/// [`Reason::AccountBlocked`]; [`Reason::LevelTooLow`];
/// [`Reason::PersonalDataMissing`]; why the attestor may not attest;
/// [`Reason::TooManyOpenApplications`].
pub async fn prepare(
    context: &Context,
    account: &str,
    channel: Option<Channel>,
    attesting: Option<&RawAttesting>,
) -> Result<Standing, Refusal> {
    let account = account_id(account)?;
    let channel = channel.ok_or(FieldViolation {
        field: "channel",
        rule: Rule::Required,
    })?;
    Purpose::Confirmation.check(channel)?;
    let attesting = attestation::parse(channel, attesting).map_err(Refusal::fields)?;
    let now = context.clock.now();
    // Asked again when what is signed is judged: this spares a signature.
    let enrolments = match &attesting {
        Some(attesting) => context.store.attesting(&attesting.attestor).await?,
        None => Vec::new(),
    };
    let id = ApplicationId::new(context.ids.uuid(now)?);
    let challenge = context.ids.challenge()?;
    let subject = Subject {
        account,
        application: None,
        counted: Counted::OpenApplications(now),
    };
    let settings = context.settings.clone();
    let decide = move |snapshot: &Snapshot| {
        let account = snapshot.account.as_ref().ok_or(Reason::AccountUnknown)?;
        let claims = account.may_apply(channel)?;
        if let Some(attesting) = &attesting {
            attesting.check_documents(claims)?;
            channel::check_attestor(&attesting.attestor, claims, &enrolments, now)?;
        }
        check_open_applications(snapshot, &settings)?;
        let application = Issue {
            id,
            account_id: &account.id,
            claims,
            channel,
            attesting: attesting.as_ref(),
            audience: &settings.audience,
            challenge,
            issued_at: now,
            expires_at: now.plus(channel::lifetime(channel, &settings)),
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
    caller: &Caller,
    account: &str,
    application: &str,
    signature: Vec<u8>,
) -> Result<Standing, Refusal> {
    let subject = subject(account, application)?;
    submit_as(context, caller, Purpose::Confirmation, subject, signature).await
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

/// Judges what was signed for one purpose, to the end once it has begun.
pub(super) async fn submit_as(
    context: &Context,
    caller: &Caller,
    purpose: Purpose,
    subject: Subject,
    signature: Vec<u8>,
) -> Result<Standing, Refusal> {
    let own = context.clone();
    let rejected = |standing: &Standing| standing.state == State::Rejected;
    tried(context, caller, rejected, async move {
        judge_as(&own, purpose, subject, signature).await
    })
    .await
}

async fn judge_as(
    context: &Context,
    purpose: Purpose,
    subject: Subject,
    signature: Vec<u8>,
) -> Result<Standing, Refusal> {
    context.log.may_go_on(&*context.store).await?;
    let now = context.clock.now();
    let since = limits::window(&context.settings, now);
    let subject = Subject {
        counted: Counted::FailedTries(since),
        ..subject
    };
    check_size(context, &signature)?;
    let signature = Arc::new(signature);
    let format = check_format(context, &signature).await;
    if let Err(refusal) = format {
        // What cannot be read tells nothing of the limit.
        return Err(
            match count_failed_try(context, &subject, &refusal, &signature).await {
                Err(fault) if fault.reason != Reason::TooManyFailedTries => fault,
                Err(_) | Ok(()) => refusal,
            },
        );
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
    channel::check_age(issued, &context.settings, now)?;
    issued.may_be_submitted(&context.settings.audience, now)?;
    standing.account.may_apply(issued.channel)?;
    // Asked again when the outcome is written: this spares a judgement.
    let tries = context.store.failed_tries(&subject.account, since).await?;
    check_failed_tries(&tries, &context.settings, now)?;

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
            count_failed_try(context, &subject, &refusal, &signature).await?;
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
        snils: SnilsIs::Free,
        clock: Arc::clone(&context.clock),
        settings: context.settings.clone(),
    };
    let decided = transact(context, &subject, submission.clone()).await;
    let after = match decided {
        // Only the database knows, and the outcome is the applicant's to see.
        Err(TransactError::Conflict(Conflict::Snils)) => {
            let snils = SnilsIs::Taken;
            let submission = Submission {
                snils,
                ..submission
            };
            transact(context, &subject, submission).await?
        }
        decided => decided?,
    };
    self::standing(after, now)
}

async fn transact(
    context: &Context,
    subject: &Subject,
    submission: Submission,
) -> Result<Snapshot, TransactError> {
    let decide = move |snapshot: &Snapshot| decide(snapshot, &submission);
    context.store.transact(subject, Arc::new(decide)).await
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
            counted: Counted::Nothing,
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
    let snapshot = Snapshot {
        account,
        filed,
        ..Snapshot::default()
    };
    standing(snapshot, now)
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
