//! Confirming an account by a code sent by registered post.

use std::sync::Arc;

use super::{
    Context, account_id,
    change::{
        Change, Decided, Event, EventConfirmation, EventEvidence, EventKind, Evidence, sha256,
    },
    confirm::Standing,
    ports::postal_codes::{CodeChange, LetterChange, LetterStands},
    refusal::Refusal,
    tries::tried,
};
use crate::domain::{
    account::{Account, Assurance, Confirmation},
    application::{Application, Channel, Decision, Outcome, OutcomeReason, State},
    caller::Caller,
    claims::{Claims, FieldViolation, Rule},
    ids::{AccountId, ApplicationId, EvidenceId},
    postal_code::{CodeHash, Letter, PAUSE, PostalCode},
    reason::Reason,
    time::UnixSeconds,
};

/// An issued code: the one time that it is shown.
pub struct Issued {
    /// The code to print.
    pub code: PostalCode,
    /// The letter's application.
    pub application: Application,
    /// Before this there is no other letter.
    pub next_not_before: UnixSeconds,
}

/// Issues a code for a letter to the account's person.
///
/// # Errors
/// Fields; [`Reason::AccountUnknown`]; [`Reason::AccountBlocked`];
/// [`Reason::LevelTooLow`]; [`Reason::AlreadyConfirmed`];
/// [`Reason::PostalCodeTooSoon`]; [`Reason::Busy`].
pub async fn issue(context: &Context, account: &str) -> Result<Issued, Refusal> {
    let account = account_id(account)?;
    let now = context.clock.now();
    // Asked again when it is written: this spares the hash.
    may_issue(&context.store.letter(&account).await?, now)?;

    let code = PostalCode::draw(|| context.ids.challenge())?;
    let hash = hash(context, &code).await?;
    let id = ApplicationId::new(context.ids.uuid(now)?);
    let audience = context.settings.audience.clone();
    let decide = move |stands: &LetterStands| {
        let (account, claims) = may_issue(stands, now)?;
        let application = Letter {
            id,
            account_id: &account.id,
            claims,
            audience: &audience,
            hash_sha256: sha256(hash.as_str().as_bytes()),
            issued_at: now,
        }
        .application()?;
        Ok(LetterChange {
            change: Change {
                application: Some(application),
                events: events(stands, account, id, now),
                ..Change::default()
            },
            code: CodeChange::Issue {
                application_id: id,
                hash: hash.clone(),
            },
        })
    };
    let store = &context.store;
    let stands = store.change_letter(&account, Arc::new(decide)).await?;
    let filed = stands.snapshot.filed.ok_or(Reason::Internal)?;
    Ok(Issued {
        code,
        application: filed.application,
        next_not_before: now.plus(PAUSE),
    })
}

/// A letter is issued; the one before it, if it still counted, is cancelled.
fn events(
    stands: &LetterStands,
    account: &Account,
    id: ApplicationId,
    now: UnixSeconds,
) -> Vec<Event> {
    let event = |kind, id| Event {
        application_id: Some(id),
        ..Event::of_account(kind, account, now)
    };
    let before = stands.snapshot.filed.as_ref().filter(|filed| {
        let outcome = filed.outcome.as_ref().map(|stored| &stored.outcome);
        filed.application.state(outcome, now) == State::Prepared
    });
    let cancelled =
        before.map(|filed| event(EventKind::ApplicationCancelled, filed.application.id));
    let issued = event(EventKind::PostalCodeIssued, id);
    [issued].into_iter().chain(cancelled).collect()
}

/// Confirms an account by the code of its latest letter.
///
/// The right code again answers what it did.
///
/// # Errors
/// Fields; [`Reason::AccountUnknown`]; [`Reason::PostalCodeNotIssued`];
/// [`Reason::PostalCodeSpent`], [`Reason::PostalCodeVoid`],
/// [`Reason::PostalCodeExpired`]; as for [`issue`];
/// [`Reason::PostalCodeWrong`], which counts.
pub async fn confirm(
    context: &Context,
    caller: &Caller,
    account: &str,
    code: &str,
) -> Result<Standing, Refusal> {
    let (account, code) = match (account_id(account), parse(code)) {
        (Ok(account), Ok(code)) => (account, code),
        (account, code) => {
            let faults = account.err().into_iter().chain(code.err());
            return Err(Refusal::fields(faults.collect()));
        }
    };
    let own = context.clone();
    let work = async move { try_code(&own, account, code).await };
    tried(context, caller, |_| false, work).await
}

async fn try_code(
    context: &Context,
    account: AccountId,
    code: PostalCode,
) -> Result<Standing, Refusal> {
    context.log.may_go_on(&*context.store).await?;
    let now = context.clock.now();
    let audience = context.settings.audience.clone();
    let stands = context.store.letter(&account).await?;
    let kept = may_try(&stands, &audience, now)?.kept;
    let attempt = Attempt {
        application_id: kept.application_id,
        right: matches(context, kept.hash.clone(), code).await?,
        audience,
        evidence_id: EvidenceId::new(context.ids.uuid(now)?),
        now,
    };
    let right = attempt.right;
    let decide = move |stands: &LetterStands| attempt.decide(stands);
    let store = &context.store;
    let stands = store.change_letter(&account, Arc::new(decide)).await?;
    if !right {
        let left = stands.code.map_or(0, |code| code.tries_left());
        return Err(Refusal::from(Reason::PostalCodeWrong).with_fact("tries_left", left));
    }
    let (account, filed) = (stands.snapshot.account, stands.snapshot.filed);
    let (account, filed) = account.zip(filed).ok_or(Reason::Internal)?;
    let outcome = filed.outcome.as_ref().map(|stored| &stored.outcome);
    Ok(Standing {
        state: filed.application.state(outcome, now),
        account,
        filed,
    })
}

fn parse(code: &str) -> Result<PostalCode, FieldViolation> {
    PostalCode::parse(code).ok_or(FieldViolation {
        field: "code",
        rule: match code.is_empty() {
            true => Rule::Required,
            false => Rule::PostalCode,
        },
    })
}

async fn hash(context: &Context, code: &PostalCode) -> Result<CodeHash, Refusal> {
    let [salt, _] = halves(context.ids.challenge()?);
    let code = code.clone();
    let hash = context.workers.run(move || code.hash(&salt)).await?;
    Ok(hash?)
}

fn halves(octets: [u8; 32]) -> [[u8; 16]; 2] {
    let mut halves = [[0; 16]; 2];
    for (half, part) in halves.iter_mut().zip(octets.as_chunks::<16>().0) {
        *half = *part;
    }
    halves
}

async fn matches(context: &Context, hash: CodeHash, code: PostalCode) -> Result<bool, Refusal> {
    let matches = context.workers.run(move || hash.matches(&code)).await?;
    Ok(matches?)
}

/// Whose identity a letter may prove: nobody's whom a full channel has proven.
fn addressee(stands: &LetterStands) -> Result<(&Account, &Claims), Reason> {
    let account = stands.snapshot.account.as_ref();
    let account = account.ok_or(Reason::AccountUnknown)?;
    let claims = account.may_apply(Channel::PostalCode)?;
    let confirmation = account.confirmation.as_ref();
    match confirmation.map(|confirmation| confirmation.assurance) {
        Some(Assurance::Full) => Err(Reason::AlreadyConfirmed),
        Some(Assurance::Limited) | None => Ok((account, claims)),
    }
}

fn may_issue(stands: &LetterStands, now: UnixSeconds) -> Result<(&Account, &Claims), Refusal> {
    let addressee = addressee(stands)?;
    match stands.code.as_ref().and_then(|code| code.wait(now)) {
        Some(wait) => Err(Refusal::from(Reason::PostalCodeTooSoon).with_retry_after(wait)),
        None => Ok(addressee),
    }
}

/// A letter whose code may be tried, or was right before.
struct Open<'a> {
    kept: &'a crate::domain::postal_code::KeptCode,
    account: &'a Account,
    application: &'a Application,
    /// The code was right before.
    accepted: bool,
}

fn may_try<'a>(
    stands: &'a LetterStands,
    audience: &str,
    now: UnixSeconds,
) -> Result<Open<'a>, Reason> {
    let account = stands.snapshot.account.as_ref();
    let account = account.ok_or(Reason::AccountUnknown)?;
    let letter = stands.code.as_ref().zip(stands.snapshot.filed.as_ref());
    let (kept, filed) = letter.ok_or(Reason::PostalCodeNotIssued)?;
    let application = &filed.application;
    if application.audience != audience {
        return Err(Reason::ApplicationOfAnotherInstance);
    }
    let outcome = filed.outcome.as_ref().map(|stored| &stored.outcome);
    let accepted = match application.state(outcome, now) {
        State::Accepted => true,
        State::Rejected | State::Deferred => return Err(Reason::PostalCodeSpent),
        State::Cancelled => return Err(Reason::PostalCodeVoid),
        State::Expired => return Err(Reason::PostalCodeExpired),
        State::Prepared => {
            addressee(stands)?;
            false
        }
    };
    Ok(Open {
        kept,
        account,
        application,
        accepted,
    })
}

/// A code that was compared with the hash of one letter.
struct Attempt {
    application_id: ApplicationId,
    right: bool,
    audience: String,
    evidence_id: EvidenceId,
    now: UnixSeconds,
}

impl Attempt {
    /// The account and the letter may have changed while the code was compared.
    fn decide(&self, stands: &LetterStands) -> Result<LetterChange, Refusal> {
        let open = may_try(stands, &self.audience, self.now)?;
        if open.kept.application_id != self.application_id {
            return Err(Reason::PostalCodeVoid.into());
        }
        let unchanged = LetterChange {
            change: Change::default(),
            code: CodeChange::Keep,
        };
        Ok(match (open.accepted, self.right) {
            (true, true) => unchanged,
            (true, false) => return Err(Reason::PostalCodeSpent.into()),
            (false, true) => LetterChange {
                change: self.accept(&open),
                ..unchanged
            },
            (false, false) => LetterChange {
                change: match open.kept.tries_left() {
                    0 | 1 => self.spend(&open),
                    _ => Change::default(),
                },
                code: CodeChange::WrongTry,
            },
        })
    }

    fn accept(&self, open: &Open<'_>) -> Change {
        let mut account = open.account.clone();
        account.confirm(Confirmation {
            channel: Channel::PostalCode,
            at: self.now,
            evidence_id: self.evidence_id,
            assurance: Assurance::Limited,
            certificate: None,
        });
        let decided = self.decided(open, Decision::Accepted, Vec::new());
        let event = Event {
            confirmation: EventConfirmation::of(&account, self.evidence_id),
            ..Event::of_account(EventKind::ApplicationAccepted, &account, self.now)
        };
        Change {
            events: vec![of_outcome(event, &decided)],
            outcome: Some(decided),
            account: Some(account),
            ..Change::default()
        }
    }

    fn spend(&self, open: &Open<'_>) -> Change {
        let reason = Reason::PostalCodeTries;
        let reasons = vec![OutcomeReason {
            reason,
            fields: Vec::new(),
        }];
        let decided = self.decided(open, Decision::Rejected, reasons);
        let event = Event {
            reasons: vec![reason],
            ..Event::of_account(EventKind::PostalCodeSpent, open.account, self.now)
        };
        Change {
            events: vec![of_outcome(event, &decided)],
            outcome: Some(decided),
            ..Change::default()
        }
    }

    /// The evidence is what was written to whom and when, and which hash the
    /// code was compared with; there is no signature and no report on one.
    fn decided(&self, open: &Open<'_>, decision: Decision, reasons: Vec<OutcomeReason>) -> Decided {
        Decided {
            outcome: Outcome {
                decision,
                reasons,
                evidence_id: self.evidence_id,
                signature_sha256: sha256(&[]),
                decided_at: self.now,
                retry_at: None,
            },
            evidence: Evidence {
                id: self.evidence_id,
                application_id: open.application.id,
                at: self.now,
                signature: Vec::new(),
                content: open.application.content.clone(),
                report_json: String::new(),
                policy_digest: String::new(),
                trust_digest: String::new(),
                basis: None,
            },
        }
    }
}

fn of_outcome(event: Event, decided: &Decided) -> Event {
    Event {
        application_id: Some(decided.evidence.application_id),
        evidence: Some(EventEvidence {
            id: decided.evidence.id,
            digest: decided.evidence.digest(),
            signature_sha256: decided.outcome.signature_sha256,
        }),
        ..event
    }
}
