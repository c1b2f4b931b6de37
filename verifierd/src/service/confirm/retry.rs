//! A deferred application, judged again with the trust of now.

use std::sync::Arc;

use super::{
    channel,
    decide::{SnilsIs, Submission},
    verdict,
};
use crate::{
    domain::{
        application::{Decision, Outcome, OutcomeReason},
        ids::EvidenceId,
        reason::Reason,
        time::UnixSeconds,
    },
    service::{
        Context,
        change::{
            Change, Counted, Decided, Event, EventEvidence, EventKind, Evidence, Filed, Snapshot,
            Subject, sha256,
        },
        evidence::keep_basis,
        judge::judge,
        ports::{
            Conflict, SignedContent, TransactError, VerifyRequest,
            deferrals::{Due, Lease},
        },
        refusal::Refusal,
    },
};

/// What became of a deferred application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retried {
    /// It was accepted or rejected.
    Ended,
    /// It is deferred again.
    Deferred,
    /// It was judged elsewhere meanwhile, or the lease ran out: nothing was written.
    Superseded,
}

/// Judges the signature of `evidence` again.
///
/// # Errors
/// [`Reason::Busy`]; the store failed.
pub async fn retry(
    context: &Context,
    due: &Due,
    (lease, evidence): (&Lease, Evidence),
) -> Result<Retried, Refusal> {
    context.log.may_go_on(&*context.store).await?;
    let now = context.clock.now();
    let counted = (due.since, due.attempts.saturating_add(1));
    let next = context.settings.pauses.next(&due.application, counted, now);
    let request = VerifyRequest {
        signature: evidence.signature.clone(),
        content: SignedContent::Octets(evidence.content.clone()),
        policy: context.settings.policy.clone(),
    };
    let judged = match judge(context, request, Some(now)).await {
        Ok(verdict) => {
            keep_basis(context, &verdict).await?;
            let signature_sha256 = sha256(&evidence.signature);
            Some(Submission {
                signature: Arc::new(evidence.signature.clone()),
                signature_sha256,
                verdict,
                evidence_id: EvidenceId::new(context.ids.uuid(now)?),
                now,
                snils: SnilsIs::Free,
                clock: Arc::clone(&context.clock),
                settings: context.settings.clone(),
            })
        }
        Err(refusal) if refusal.reason == Reason::Busy => return Err(refusal),
        Err(refusal) => {
            tracing::warn!(
                application = %due.application,
                reason = refusal.reason.code(),
                "a deferred application cannot be judged"
            );
            if let Some(next) = next {
                context.store.postpone(lease, due, next).await?;
                return Ok(Retried::Deferred);
            }
            None
        }
    };
    if context.clock.now() >= lease.until {
        return Ok(Retried::Superseded);
    }
    let again = Again {
        judged,
        before: evidence,
        next,
        now,
    };
    again.write(context, due).await
}

/// A judgement that takes the place of the one before.
#[derive(Clone)]
struct Again {
    /// None when no judgement was possible up to the limit.
    judged: Option<Submission>,
    before: Evidence,
    /// When there is another; none at the limit.
    next: Option<UnixSeconds>,
    now: UnixSeconds,
}

impl Again {
    async fn write(self, context: &Context, due: &Due) -> Result<Retried, Refusal> {
        let subject = Subject {
            account: due.account.clone(),
            application: Some(due.application),
            counted: Counted::Nothing,
        };
        let written = self.judged.as_ref().map(|it| it.evidence_id);
        let after = match self.clone().transact(context, &subject).await {
            // Only the database knows, and the outcome is the applicant's to see.
            Err(TransactError::Conflict(Conflict::Snils)) => {
                let mut taken = self;
                if let Some(submission) = &mut taken.judged {
                    submission.snils = SnilsIs::Taken;
                }
                taken.transact(context, &subject).await?
            }
            after => after?,
        };
        let outcome = after.filed.and_then(|filed| filed.outcome);
        let outcome = outcome.map(|stored| stored.outcome);
        Ok(match outcome {
            Some(outcome) if written.is_none_or(|id| id == outcome.evidence_id) => {
                match outcome.decision {
                    Decision::Accepted | Decision::Rejected => Retried::Ended,
                    Decision::Deferred => Retried::Deferred,
                }
            }
            _ => Retried::Superseded,
        })
    }

    async fn transact(
        self,
        context: &Context,
        subject: &Subject,
    ) -> Result<Snapshot, TransactError> {
        let decide = move |snapshot: &Snapshot| self.decide(snapshot);
        context.store.transact(subject, Arc::new(decide)).await
    }

    /// What is written, given the application as it stands: nothing when
    /// another judgement has come between.
    fn decide(&self, snapshot: &Snapshot) -> Result<Change, Refusal> {
        let (Some(account), Some(filed)) = (&snapshot.account, &snapshot.filed) else {
            return Err(Reason::Internal.into());
        };
        let Some(waiting) = waiting(filed, &self.before.id) else {
            return Ok(Change::default());
        };
        let Some(submission) = &self.judged else {
            return Ok(self.given_up(snapshot, waiting));
        };
        let content = &filed.application.content;
        let same = verdict::check_content(&submission.verdict, content)
            .and_then(|()| verdict::check_signers(&submission.verdict.report))
            .map_err(|refusal| refusal.reason);
        let open = match filed.application.cancelled {
            None => same.and_then(|()| {
                let now = submission.clock.now();
                channel::check_age(&filed.application, &submission.settings, now)
            }),
            Some(_) => Err(Reason::ApplicationCancelled),
        };
        let ruling = match open {
            Ok(()) => submission.ruling(account, filed, &snapshot.enrolments),
            Err(reason) => Err((Decision::Rejected, because(reason))),
        };
        let (ruling, waited_for) = match (ruling, self.next) {
            (Err((Decision::Deferred, reason)), None) => {
                let limit = because(Reason::DeferralLimitReached);
                (Err((Decision::Rejected, limit)), Some(reason))
            }
            (ruling, _) => (ruling, None),
        };
        let mut change = submission.change(account, &filed.application, ruling);
        // The daemon tried, not the person.
        change.failed_try = None;
        if let Some(decided) = &mut change.outcome {
            if decided.outcome.decision == Decision::Deferred {
                decided.outcome.retry_at = self.next;
            }
            decided.outcome.reasons.extend(waited_for.clone());
        }
        if let Some(event) = change.events.first_mut() {
            event.reasons.extend(waited_for.map(|it| it.reason));
        }
        Ok(change)
    }

    /// The end of one that could not be judged any more: it rests on the last
    /// judgement that there is.
    fn given_up(&self, snapshot: &Snapshot, waiting: &Outcome) -> Change {
        let Some(account) = &snapshot.account else {
            return Change::default();
        };
        let mut reasons = vec![because(Reason::DeferralLimitReached)];
        reasons.extend(waiting.reasons.iter().cloned());
        let evidence = self.before.clone();
        Change {
            events: vec![Event {
                application_id: Some(evidence.application_id),
                evidence: Some(EventEvidence {
                    id: evidence.id,
                    digest: evidence.digest(),
                    signature_sha256: waiting.signature_sha256,
                }),
                reasons: reasons.iter().map(|reason| reason.reason).collect(),
                ..Event::of_account(EventKind::ApplicationRejected, account, self.now)
            }],
            outcome: Some(Decided {
                outcome: Outcome {
                    decision: Decision::Rejected,
                    reasons,
                    decided_at: self.now,
                    retry_at: None,
                    ..waiting.clone()
                },
                evidence,
            }),
            ..Change::default()
        }
    }
}

fn because(reason: Reason) -> OutcomeReason {
    OutcomeReason {
        reason,
        fields: Vec::new(),
    }
}

/// The outcome that rests on `evidence`, if the application still waits.
fn waiting<'a>(filed: &'a Filed, evidence: &EvidenceId) -> Option<&'a Outcome> {
    let outcome = filed.outcome.as_ref().map(|stored| &stored.outcome)?;
    let waits = outcome.decision == Decision::Deferred && outcome.evidence_id == *evidence;
    waits.then_some(outcome)
}
