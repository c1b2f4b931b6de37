//! The outcome of a submission: a pure decision inside the transaction.

use std::sync::Arc;

use sig_core::report::{self, CertificateSummary, SignerReport};

use super::{
    channel::{self, Scene},
    limits::check_failed_tries,
    verdict::{check_verdict, one_signature},
};
use crate::{
    domain::{
        account::{Account, Assurance, Confirmation, ConfirmationCertificate},
        application::{Application, Channel, Decision, Outcome, OutcomeReason},
        enrolment::Enrolment,
        ids::EvidenceId,
        organisation::{Link, Organisation},
        reason::Reason,
        time::UnixSeconds,
    },
    service::{
        Settings,
        change::{
            Change, Decided, Event, EventConfirmation, EventEvidence, EventKind, Evidence,
            FailedTry, Filed, Snapshot,
        },
        ports::{Clock, Verdict},
        refusal::Refusal,
    },
};

/// What the database said of the person's SNILS.
#[derive(Clone, Copy)]
pub(super) enum SnilsIs {
    /// Nothing so far.
    Free,
    /// Another account of level STANDARD or CONFIRMED has it.
    Taken,
}

/// A judged submission.
#[derive(Clone)]
pub(super) struct Submission {
    pub(super) signature: Arc<Vec<u8>>,
    pub(super) signature_sha256: [u8; 32],
    pub(super) verdict: Verdict,
    pub(super) evidence_id: EvidenceId,
    /// When it was judged.
    pub(super) now: UnixSeconds,
    /// Tells when it is decided.
    pub(super) clock: Arc<dyn Clock>,
    pub(super) snils: SnilsIs,
    pub(super) settings: Settings,
}

/// What is written for a submission, given the account and the application as
/// they stand now: both may have changed while the signature was judged.
pub(super) fn decide(snapshot: &Snapshot, submission: &Submission) -> Result<Change, Refusal> {
    let (Some(account), Some(filed)) = (&snapshot.account, &snapshot.filed) else {
        return Err(Reason::Internal.into());
    };
    if filed.application.account_id != account.id {
        return Err(Reason::ApplicationOfAnotherAccount.into());
    }
    if let Some(stored) = &filed.outcome
        && stored
            .outcome
            .stands_against(&submission.signature_sha256)?
    {
        return Ok(Change::default());
    }
    let (application, settings) = (&filed.application, &submission.settings);
    // It may have come to its end while it was judged; whoever changed the
    // data then had nothing to cancel.
    let now = submission.clock.now();
    channel::check_age(application, settings, now)?;
    application.may_be_submitted(&settings.audience, now)?;
    account.may_apply(application.channel)?;
    check_failed_tries(&snapshot.failed_tries, settings, now)?;
    let ruling = submission.ruling(account, filed, &snapshot.enrolments);
    Ok(submission.change(account, &filed.application, ruling))
}

/// Accepted by this certificate, or not for this reason.
pub(super) type Ruling = Result<ConfirmationCertificate, (Decision, OutcomeReason)>;

fn certificate_of(summary: &CertificateSummary) -> Option<ConfirmationCertificate> {
    Some(ConfirmationCertificate {
        serial: summary.serial.clone(),
        issuer: summary.issuer.clone(),
        not_after: UnixSeconds::new(summary.not_after.seconds()),
        sha256: hex::decode(&summary.sha256).ok()?.try_into().ok()?,
    })
}

impl Submission {
    /// What the verdict, the account and the enrolments as they stand come to.
    pub(super) fn ruling(
        &self,
        account: &Account,
        filed: &Filed,
        enrolments: &[Enrolment],
    ) -> Ruling {
        let application = &filed.application;
        let claims = account.may_apply(application.channel);
        let scene = Scene {
            claims: claims.map_err(|reason| (Decision::Rejected, reason.into()))?,
            application,
            enrolments,
            now: self.clock.now(),
        };
        let certificate = self.rule(|signer| channel::check(&scene, signer))?;
        match self.snils {
            SnilsIs::Free => Ok(certificate),
            SnilsIs::Taken => Err((Decision::Rejected, Reason::SnilsAlreadyUsed.into())),
        }
    }

    fn rule(&self, person: impl FnOnce(&SignerReport) -> Result<(), OutcomeReason>) -> Ruling {
        let because = |decision, reason: Reason| Err((decision, reason.into()));
        let Some(signature) = one_signature(&self.verdict.report) else {
            return because(Decision::Rejected, Reason::SignatureFailed);
        };
        if let Err((decision, reason)) = check_verdict(&self.verdict.report, signature) {
            return because(decision, reason);
        }
        let Some(signer) = &signature.signer else {
            return because(Decision::Rejected, Reason::SigningCertificateMissing);
        };
        person(signer).map_err(|reason| (Decision::Rejected, reason))?;
        match certificate_of(&signer.certificate) {
            Some(certificate) => Ok(certificate),
            None => because(Decision::Rejected, Reason::SigningCertificateMissing),
        }
    }

    pub(super) fn change(
        &self,
        account: &Account,
        application: &Application,
        ruling: Ruling,
    ) -> Change {
        let report = &self.verdict.report;
        let trust = report.trust.as_ref();
        let evidence = Evidence {
            id: self.evidence_id,
            application_id: application.id,
            at: self.now,
            signature: self.signature.to_vec(),
            content: application.content.clone(),
            report_json: report::json::write(report),
            policy_digest: report.policy.digest.clone(),
            trust_digest: trust.map_or(String::new(), |trust| trust.digest.clone()),
            basis: self.verdict.basis.as_ref().map(|basis| basis.digest()),
        };
        let mut account = account.clone();
        let link = Organisation::of_content(&application.content);
        let link = link.filter(|_| application.channel == Channel::Organisation);
        let (decision, reasons) = match ruling {
            Ok(_) if link.is_some() => (Decision::Accepted, Vec::new()),
            Ok(certificate) => {
                account.confirm(self.confirmation(application, certificate));
                (Decision::Accepted, Vec::new())
            }
            Err((decision, reason)) => (decision, vec![reason]),
        };
        let kind = match decision {
            Decision::Accepted if link.is_some() => EventKind::OrganisationLinked,
            Decision::Accepted => EventKind::ApplicationAccepted,
            Decision::Rejected => EventKind::ApplicationRejected,
            Decision::Deferred => EventKind::ApplicationDeferred,
        };
        let failed = reasons.first().filter(|_| decision == Decision::Rejected);
        Change {
            failed_try: failed.map(|reason| FailedTry {
                application_id: application.id,
                at: self.now,
                reason: reason.reason,
                signature_sha256: self.signature_sha256,
            }),
            events: vec![Event {
                application_id: Some(application.id),
                evidence: Some(EventEvidence {
                    id: evidence.id,
                    digest: evidence.digest(),
                    signature_sha256: self.signature_sha256,
                }),
                confirmation: EventConfirmation::of(&account, self.evidence_id),
                reasons: reasons.iter().map(|reason| reason.reason).collect(),
                ..Event::of_account(kind, &account, self.now)
            }],
            outcome: Some(Decided {
                outcome: Outcome {
                    retry_at: (decision == Decision::Deferred).then(|| self.retry_at()),
                    decision,
                    reasons,
                    evidence_id: self.evidence_id,
                    signature_sha256: self.signature_sha256,
                    decided_at: self.now,
                },
                evidence,
            }),
            account: (decision == Decision::Accepted && link.is_none()).then_some(account),
            organisation: link
                .filter(|_| decision == Decision::Accepted)
                .map(|organisation| Link {
                    id: application.id,
                    organisation,
                    linked_at: self.now,
                    ended_at: None,
                    evidence_id: self.evidence_id,
                }),
            ..Change::default()
        }
    }

    fn confirmation(
        &self,
        application: &Application,
        certificate: ConfirmationCertificate,
    ) -> Confirmation {
        Confirmation {
            channel: application.channel,
            at: self.now,
            evidence_id: self.evidence_id,
            assurance: Assurance::Full,
            certificate: Some(certificate),
        }
    }

    fn retry_at(&self) -> UnixSeconds {
        self.now.plus(self.settings.pauses.first)
    }
}
