//! Validation of signatures with archival data (EN 319 102-1 §5.6.3): what time-stamps over the validation data prove
//! about a signature that cannot be proven by what is true now.

use std::cmp::Reverse;
use std::sync::Arc;

use crate::base::error::Error;
use crate::base::limits::Budget;
use crate::base::time::UnixTime;
use crate::finding::code::{Stage, past as codes, time as time_codes};
use crate::finding::step::en319102_1_5_6_3_4;
use crate::finding::{Code, Finding, Indication, Level, StepSubject, Subject};
use crate::report::TimeStampKind;
use crate::trust::poe::ProofsOfExistence;
use crate::x509::certificate::Certificate;

use super::conclude::conclude;
use super::ledger::{Ledger, Obligation, SIGNATURE};
use super::recovery::Transition;
use super::stamps::Stamp;
use super::with_time::{self, Proofs};
use super::{acceptance, past, poe_extraction, stamps};

/// What is judged (EN 319 102-1 §5.6.3.2).
#[derive(Clone, Copy, Debug)]
pub(super) struct Inputs<'a> {
    pub(super) with_time: with_time::Inputs<'a>,
    /// Of the signer.
    pub(super) certificate: &'a Arc<Certificate>,
    /// The certificates of the path that was judged.
    pub(super) path: &'a [Arc<Certificate>],
    pub(super) acceptance: acceptance::Inputs<'a>,
    /// What evidence records prove.
    pub(super) records: &'a ProofsOfExistence,
    pub(super) about: &'a Subject,
}

/// Goes on where the process with time ended, when the signature did not pass, every finding is one that the past may
/// answer for, and something proves the past. Otherwise nothing changes.
///
/// # Errors
/// A limit; two implementations disagree.
///
/// # Limits
/// The work of judging each time-stamp once more, of a search for paths and of sliding for it and for the signature.
pub(super) fn judge(
    inputs: Inputs<'_>,
    proofs: &mut Proofs,
    ledger: &mut Ledger<'_>,
    budget: &mut Budget,
) -> Result<(), Error> {
    let at = inputs.with_time.at;
    let expired = past::Expired {
        certificates: inputs.path,
        at,
    };
    // Steps 1 to 3.
    let has_archival = !inputs.records.is_empty()
        || proofs
            .stamps
            .iter()
            .any(|stamp| is_archival(stamp.report.kind));
    let has_passed = conclude(ledger, &SIGNATURE).conclusion.indication == Indication::TotalPassed;
    if has_passed || !has_archival || !past::may_help(ledger, Transition::LongTerm, expired) {
        return Ok(());
    }
    let mut process = Process {
        inputs,
        known: ProofsOfExistence::default(),
    };
    process.known.include(inputs.records, at);
    process.take_stamps(proofs, ledger, budget)?;
    // Step 6.
    let signature = Subject::Signature(inputs.with_time.index);
    let existed = process.known.earliest(&signature).or(proofs.existed);
    proofs.existed = existed.filter(|existed| *existed <= at);
    let existed = proofs.existed.unwrap_or(at);
    process.check_times(proofs, ledger);
    // Step 7.
    let mark = ledger.mark();
    let of_signature = past::Inputs {
        validator: inputs.with_time.validator,
        certificate: inputs.certificate,
        material: inputs.with_time.material,
        proofs: &process.known,
        existed,
        at,
        transition: Transition::LongTerm,
    };
    past::settle(of_signature, expired, ledger, budget)?;
    let here = || StepSubject::certificate(0);
    ledger.took(&en319102_1_5_6_3_4::STEP_7, here(), mark);
    // Steps 8 and 9.
    let mark = ledger.mark();
    process.accept_again(proofs, existed, ledger, budget)?;
    ledger.took(&en319102_1_5_6_3_4::STEP_9, here(), mark);
    Ok(())
}

/// Whether a time-stamp is of validation data.
const fn is_archival(kind: TimeStampKind) -> bool {
    match kind {
        TimeStampKind::ArchiveV2
        | TimeStampKind::ArchiveV3
        | TimeStampKind::SignatureAndReferences
        | TimeStampKind::References => true,
        TimeStampKind::Document
        | TimeStampKind::Content
        | TimeStampKind::Signature
        | TimeStampKind::EvidenceRecord => false,
    }
}

/// How much a time-stamp may cover: of two of one second the one that may cover the other comes first.
const fn reach(kind: TimeStampKind) -> u8 {
    match kind {
        TimeStampKind::Document | TimeStampKind::Content | TimeStampKind::EvidenceRecord => 0,
        TimeStampKind::Signature => 1,
        TimeStampKind::SignatureAndReferences => 2,
        TimeStampKind::References => 3,
        TimeStampKind::ArchiveV2 | TimeStampKind::ArchiveV3 => 4,
    }
}

struct Process<'a> {
    inputs: Inputs<'a>,
    known: ProofsOfExistence,
}

impl Process<'_> {
    /// Step 5: every time-stamp, the newest first, so that what covers another is known before it.
    fn take_stamps(
        &mut self,
        proofs: &mut Proofs,
        ledger: &mut Ledger<'_>,
        budget: &mut Budget,
    ) -> Result<(), Error> {
        let mut stamps = std::mem::take(&mut proofs.stamps);
        let mut order: Vec<(UnixTime, u8, usize)> = Vec::with_capacity(stamps.len());
        for (place, stamp) in stamps.iter().enumerate() {
            if let Some(token) = &stamp.report.token {
                order.push((token.gen_time, reach(stamp.report.kind), place));
            }
        }
        order.sort_by_key(|key| Reverse(*key));
        for (_, _, place) in order {
            if let Some(stamp) = stamps.get_mut(place) {
                self.take(stamp, proofs, ledger, budget)?;
            }
        }
        proofs.stamps = stamps;
        Ok(())
    }

    fn take(
        &mut self,
        stamp: &mut Stamp,
        proofs: &mut Proofs,
        ledger: &mut Ledger<'_>,
        budget: &mut Budget,
    ) -> Result<(), Error> {
        let about = stamp.token.subject();
        let had_passed = has_passed(stamp);
        // What nothing proves to be older than now is what it was found to be now, and so is what covers nothing known.
        let is_older = self.known.earliest(&about).is_some();
        if !had_passed && is_older && stamp.coverage.is_some() {
            let inputs = self.inputs.with_time;
            let report = stamps::judge_in_past(inputs, stamp, &self.known, budget)?;
            stamp.report = report;
        }
        let step = &en319102_1_5_6_3_4::STEP_5;
        let object = StepSubject::object(Arc::new(about.clone()));
        let token = match (&stamp.report.token, &stamp.coverage) {
            (Some(token), Some(coverage)) if has_passed(stamp) => (token, coverage),
            _ => {
                let code = &time_codes::STAMP_NOT_USED;
                ledger.steps().failed(step, object, code);
                return Ok(());
            }
        };
        ledger.steps().passed(step, object);
        let (token, coverage) = token;
        if !had_passed {
            // It was told not to be used.
            ledger.lower(|finding| {
                std::ptr::eq(finding.code, &raw const time_codes::STAMP_NOT_USED)
                    && finding.subject == about
            });
            let finding = Finding::new(&codes::STAMP_VALID, about.clone());
            let finding = finding.with_word("kind", stamp.report.kind.name());
            ledger.add(finding.with_time("gen_time", token.gen_time));
            proofs.note(&stamp.report);
        }
        let at = self.inputs.with_time.at;
        let policy = &self.inputs.with_time.validator.policy;
        let extraction = poe_extraction::Inputs {
            policy,
            coverage,
            token: &about,
            time: token.not_later_than,
            at,
        };
        poe_extraction::extract(extraction, &mut self.known);
        poe_extraction::extract_signer(
            self.inputs.with_time.signer,
            self.inputs.certificate,
            self.inputs.with_time.index,
            (policy, at),
            &mut self.known,
            budget,
        )
    }

    /// What the times say together, now that more of them are known.
    fn check_times(&self, proofs: &Proofs, ledger: &mut Ledger<'_>) {
        let policy = &self.inputs.with_time.validator.policy;
        let mut again = Ledger::new(policy);
        let certificate = self.inputs.certificate;
        let claimed = self.inputs.acceptance.claimed;
        with_time::check_times(proofs, certificate, claimed, self.inputs.about, &mut again);
        for finding in again.into_parts().0 {
            if !ledger.findings().iter().any(|it| it.code == finding.code) {
                ledger.add(finding);
            }
        }
    }

    /// The attributes and algorithms once more, at the proven time: what fails no more is answered for.
    fn accept_again(
        &self,
        proofs: &Proofs,
        existed: UnixTime,
        ledger: &mut Ledger<'_>,
        budget: &mut Budget,
    ) -> Result<(), Error> {
        let of_stage = |finding: &Finding| finding.code.stage == Stage::Acceptance;
        let policy = &self.inputs.with_time.validator.policy;
        let mut again = Ledger::new(policy);
        let accepted = acceptance::Inputs {
            when: proofs.moments(self.inputs.with_time.at),
            ..self.inputs.acceptance
        };
        let about = self.inputs.about;
        acceptance::check(accepted, policy, about, &mut again, budget)?;
        with_time::check_demands(proofs, accepted, policy, about, &mut again);
        let still: Vec<&'static Code> = again
            .findings()
            .iter()
            .filter(|finding| finding.level == Level::Fail)
            .map(|finding| finding.code)
            .collect();
        let recoverable = |finding: &Finding| {
            of_stage(finding)
                && with_time::is_judged_again(finding)
                && !still.contains(&finding.code)
        };
        for code in ledger.settle(recoverable) {
            let finding = Finding::new(&codes::JUDGED_AGAIN, about.clone());
            let finding = finding.with_word("code", code.id);
            ledger.add(finding.with_time("proven", existed));
        }
        let mut findings = ledger.findings().iter();
        let fails = findings.any(|finding| finding.level == Level::Fail && of_stage(finding));
        if !fails && !ledger.has_shown(Obligation::Acceptance) {
            ledger.show(Obligation::Acceptance);
        }
        Ok(())
    }
}

fn has_passed(stamp: &Stamp) -> bool {
    stamp.report.conclusion.indication == Indication::TotalPassed
}
