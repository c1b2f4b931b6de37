//! Past certificate validation and past signature validation (EN 319 102-1 §5.6.2.1, §5.6.2.4).

use std::sync::Arc;

use crate::base::error::Error;
use crate::base::limits::Budget;
use crate::base::time::UnixTime;
use crate::finding::code::{Stage, crypto, past as codes, path, revocation, time as time_codes};
use crate::finding::step::{en319102_1_5_6_2_1, en319102_1_5_6_2_4};
use crate::finding::{Code, Finding, Level, StepSubject, SubIndication as Sub, Subject, Value};
use crate::path::build::{CertificationPath, Search, search};
use crate::path::validate::{self as rfc5280, ValidityTimes, subject};
use crate::trust::poe::ProofsOfExistence;
use crate::x509::certificate::Certificate;

use super::evidence::Material;
use super::ledger::{Ledger, Obligation};
use super::listing;
use super::policy::ValidityModel;
use super::recovery::{self, Remedy, Transition};
use super::sliding::{self, Slid, Stopped};
use super::{Validator, revocation as asking, with_time};

/// A signature whose present status may be answered for by the past (EN 319 102-1 §5.6.2.4.2).
#[derive(Clone, Copy, Debug)]
pub(super) struct Inputs<'a> {
    pub(super) validator: &'a Validator,
    /// Of the signer.
    pub(super) certificate: &'a Arc<Certificate>,
    pub(super) material: &'a Material,
    /// What existed when.
    pub(super) proofs: &'a ProofsOfExistence,
    /// The earliest time at which the signature is proven to exist.
    pub(super) existed: UnixTime,
    /// The time of checking.
    pub(super) at: UnixTime,
    /// What asks: it decides which results may be answered for.
    pub(super) transition: Transition,
}

/// A path that was valid in the past (EN 319 102-1 §5.6.2.1.3).
#[derive(Debug)]
struct Past {
    slid: Slid,
}

/// What past certificate validation gives (EN 319 102-1 §5.6.2.1.3).
#[derive(Clone, Debug)]
pub struct PastCertificate {
    /// The last second at which everything in a path is proven good; none when there is no such path.
    pub control: Option<UnixTime>,
    /// How it came to that, or why there is none.
    pub findings: Vec<Finding>,
}

/// Why there is none.
#[derive(Debug)]
enum NoPast {
    /// No path, or none that obeys RFC 5280 at any time.
    NoPath,
    /// One does, and there is no control time.
    Stopped(Stopped),
}

/// Whether every failed finding of a record is one that a past validation may answer for (EN 319 102-1 §5.6.3.4 step
/// 3): one that is not decides, whatever else is proven.
pub(super) fn may_help(ledger: &Ledger<'_>, transition: Transition, inputs: Expired<'_>) -> bool {
    let mut failed = failed_findings(ledger);
    failed.all(|finding| recovery::may_continue(Some(inputs.result_of(finding)), transition))
}

/// What is known about which certificates have expired.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expired<'a> {
    pub(super) certificates: &'a [Arc<Certificate>],
    pub(super) at: UnixTime,
}

impl Expired<'_> {
    /// The result that a failed finding stands for in the matrix.
    ///
    /// # Deviation
    /// The end of an authority is one of RFC 5280 §6.1.3 (a)(2), for which the standard has no row; it is taken as that
    /// of the signer's certificate, which is what it is in the reference implementation. Data about a certificate that
    /// expired will not become fresher, so that it is stale means the same.
    fn result_of(self, finding: &Finding) -> Sub {
        let has_expired = || {
            let about = |it: &&Arc<Certificate>| subject(it) == finding.subject;
            let mut known = self.certificates.iter();
            known.find(about).is_some_and(|it| it.not_after < self.at)
        };
        if is(finding, &path::CA_EXPIRED) || is_stale(finding) && has_expired() {
            return Sub::OutOfBoundsNoPoe;
        }
        // Judged at the time of checking for want of a proof, as the signature value itself.
        if is(finding, &crypto::REFERENCE_DIGEST_NOT_ACCEPTABLE) {
            return Sub::CryptoConstraintsFailureNoPoe;
        }
        // A code without a reason never fails; the strictest row stands for it.
        finding.code.sub_indication.unwrap_or(Sub::FormatFailure)
    }
}

/// Answers for the failed findings about a path by what was true in the past: past signature validation
/// (EN 319 102-1 §5.6.2.4.4). What is answered for is told and no longer fails; what is not stays.
///
/// Gives whether nothing about the path fails any more.
///
/// # Errors
/// A limit; two implementations disagree.
///
/// # Limits
/// The work of a search for paths, and of sliding along each.
pub(super) fn settle(
    inputs: Inputs<'_>,
    expired: Expired<'_>,
    ledger: &mut Ledger<'_>,
    budget: &mut Budget,
) -> Result<bool, Error> {
    if !path_fails(ledger) {
        return Ok(true);
    }
    let here = StepSubject::certificate(0);
    let step = &en319102_1_5_6_2_4::STEP_2;
    let mark = ledger.mark();
    match certificate(inputs, budget)? {
        Ok(past) => {
            past.slid
                .story
                .iter()
                .cloned()
                .for_each(|it| ledger.add(it));
            let about = subject(inputs.certificate);
            let finding = Finding::new(&codes::PATH_VALID, about);
            ledger.add(finding.with_time("control", past.slid.control));
            ledger
                .steps()
                .passed(&en319102_1_5_6_2_1::STEP_1, here.clone());
            ledger.steps().passed(step, here.clone());
            let mark = ledger.mark();
            conclude(inputs, &past, expired, ledger);
            ledger.took(&en319102_1_5_6_2_4::STEP_3, here, mark);
        }
        Err(no_past) => {
            tell(no_past, expired, ledger);
            ledger.took(step, here, mark);
        }
    }
    let passed = !path_fails(ledger);
    if passed && !ledger.has_shown(Obligation::Path) {
        ledger.show(Obligation::Path);
    }
    Ok(passed)
}

/// Past certificate validation of a certificate by itself (EN 319 102-1 §5.6.2.1).
///
/// # Errors
/// A limit; two implementations disagree.
///
/// # Limits
/// The work of a search for paths, and of sliding along each.
pub(super) fn alone(inputs: Inputs<'_>, budget: &mut Budget) -> Result<PastCertificate, Error> {
    let mut ledger = Ledger::new(&inputs.validator.policy);
    let control = match certificate(inputs, budget)? {
        Ok(past) => {
            let Slid {
                control,
                story,
                ended,
                ..
            } = past.slid;
            story.into_iter().for_each(|finding| ledger.add(finding));
            // Nothing is good then of which it is known that it had ended.
            let ended = ended.filter(|ended| ended.since <= control);
            let is_refuted = ended.is_some();
            ended.into_iter().for_each(|it| ledger.add(it.finding));
            (!is_refuted).then_some(control)
        }
        Err(no_past) => {
            let expired = Expired {
                certificates: std::slice::from_ref(inputs.certificate),
                at: inputs.at,
            };
            tell(no_past, expired, &mut ledger);
            None
        }
    };
    let (findings, _) = ledger.into_parts();
    Ok(PastCertificate { control, findings })
}

/// Whether something about the path fails.
fn path_fails(ledger: &Ledger<'_>) -> bool {
    failed_findings(ledger).any(|finding| finding.code.stage == Stage::Chain)
}

fn failed_findings<'l>(ledger: &'l Ledger<'_>) -> impl Iterator<Item = &'l Finding> {
    let findings = ledger.findings().iter();
    findings.filter(|finding| finding.level == Level::Fail)
}

/// Past certificate validation (EN 319 102-1 §5.6.2.1.4): the first path whose control time is not before the signature
/// and of which nothing is known to have been revoked by then, else the one whose control time is latest, among those of
/// which nothing is.
fn certificate(inputs: Inputs<'_>, budget: &mut Budget) -> Result<Result<Past, NoPast>, Error> {
    let Inputs {
        validator,
        certificate,
        material,
        proofs,
        existed,
        at,
        ..
    } = inputs;
    let mut best: Result<Past, NoPast> = Err(NoPast::NoPath);
    let sources = asking::sources(validator, material, existed);
    search(certificate, sources, budget, &mut |path, budget| {
        if !obeys_rfc5280(validator, certificate, &path, budget)? {
            return Ok(Search::Continue);
        }
        // A service that was not in force is no more trusted in the past than it is now.
        if listing::anchor_counts(&path, material, validator.policy.key, at).is_err() {
            return Ok(Search::Continue);
        }
        let slid = sliding::Inputs {
            validator,
            path: &path,
            material,
            proofs,
            at,
            sunset: material.sunset_of(&path.anchor),
        };
        match sliding::slide(slid, budget)? {
            Ok(slid) => {
                let worth = |slid: &Slid| (!slid.is_refuted(existed), slid.control);
                let is_enough = worth(&slid) >= (true, existed);
                let known = best.as_ref().ok().map(|known| worth(&known.slid));
                if known.is_none_or(|known| known < worth(&slid)) {
                    best = Ok(Past { slid });
                }
                if is_enough {
                    return Ok(Search::Stop);
                }
            }
            Err(stopped) if matches!(best, Err(NoPast::NoPath)) => {
                best = Err(NoPast::Stopped(stopped));
            }
            Err(_) => {}
        }
        Ok(Search::Continue)
    })?;
    Ok(best)
}

/// Step 2: RFC 5280 §6.1 at a time at which every certificate is valid, revocation and the anchor's end apart. What a
/// policy asks of the signer's certificate itself does not depend on time and was asked before.
fn obeys_rfc5280(
    validator: &Validator,
    end_entity: &Certificate,
    path: &CertificationPath,
    budget: &mut Budget,
) -> Result<bool, Error> {
    let authorities = match validator.policy.validity_model {
        ValidityModel::Hybrid => end_entity.not_before,
        ValidityModel::Shell => {
            let ends = path.certificates.iter().map(|it| it.not_after);
            ends.min().unwrap_or(end_entity.not_after)
        }
    };
    if authorities < end_entity.not_before {
        return Ok(false);
    }
    let times = ValidityTimes { authorities };
    let checked = rfc5280::check(path, &validator.policy.path, times, budget)?;
    let level = |finding: &Finding| validator.policy.level_of(finding.code);
    let mut findings = checked.findings.iter();
    Ok(!findings.any(|finding| level(finding) == Level::Fail))
}

/// Step 3 to 6, for each failed finding.
fn conclude(inputs: Inputs<'_>, past: &Past, expired: Expired<'_>, ledger: &mut Ledger<'_>) {
    let Inputs {
        certificate,
        existed,
        transition,
        ..
    } = inputs;
    let control = past.slid.control;
    let about = subject(certificate);
    let is_in_control = existed <= control;
    if is_in_control && existed < certificate.not_before {
        tell_not_yet_valid(inputs, expired, ledger);
        return;
    }
    let in_validity = (certificate.not_before..=certificate.not_after).contains(&existed);
    let is_answered = |finding: &Finding| {
        let result = expired.result_of(finding);
        let row = recovery::of(Some(result));
        let Some(row) = row.filter(|_| recovery::may_continue(Some(result), transition)) else {
            return false;
        };
        finding.code.stage == Stage::Chain
            && !is_known_ended(finding, existed)
            && match row.remedy {
                Remedy::ControlTime => is_in_control,
                Remedy::ControlTimeInValidity => is_in_control && in_validity,
                Remedy::ControlTimeOrStrength => {
                    is_in_control || past.slid.strong_when_proven.contains(&finding.subject)
                }
                Remedy::ControlTimeOrFreshness => {
                    is_in_control || is_stale(finding) && was_fresh(finding, existed)
                }
                Remedy::JudgedAgain | Remedy::None => false,
            }
    };
    let settled = ledger.settle(is_answered);
    if let Some(ended) = past.slid.ended.as_ref().filter(|it| it.since <= existed) {
        let told = |known: &Finding| known.subject == ended.finding.subject && is_dated(known);
        if !failed_findings(ledger).any(told) {
            ledger.add(ended.finding.clone());
        }
    }
    for code in settled {
        let finding = Finding::new(&codes::SETTLED, about.clone());
        let finding = finding.with_word("code", code.id);
        let finding = finding.with_time("proven", existed);
        ledger.add(finding.with_time("control", control));
    }
    if !is_in_control && path_fails(ledger) {
        let finding = Finding::new(&codes::PROVEN_LATE, about);
        let finding = finding.with_time("proven", existed);
        ledger.add(finding.with_time("control", control));
    }
}

/// Step 3 (a): the signature is older than its certificate, which is worse than what the past would answer for.
fn tell_not_yet_valid(inputs: Inputs<'_>, expired: Expired<'_>, ledger: &mut Ledger<'_>) {
    let Inputs {
        certificate,
        existed,
        ..
    } = inputs;
    ledger.settle(|finding| {
        let row = recovery::of(Some(expired.result_of(finding)));
        finding.code.stage == Stage::Chain && row.is_some_and(|row| row.remedy != Remedy::None)
    });
    let code = &time_codes::SIGNED_BEFORE_VALIDITY;
    if !failed_findings(ledger).any(|finding| is(finding, code)) {
        let finding = Finding::new(code, subject(certificate));
        let finding = finding.with_time("proven", existed);
        ledger.add(finding.with_time("not_before", certificate.not_before));
    }
}

/// Says why there is no past. What ended an authority is then told as the missing proof that it is.
fn tell(no_past: NoPast, expired: Expired<'_>, ledger: &mut Ledger<'_>) {
    let finding = match no_past {
        NoPast::NoPath => {
            let about = expired.certificates.first().map(|it| subject(it));
            Finding::new(&codes::PATH_NOT_FOUND, about.unwrap_or(Subject::Document))
        }
        NoPast::Stopped(Stopped::Unproven(object, control)) => {
            ledger.settle(|finding| is(finding, &path::CA_EXPIRED));
            let finding = Finding::new(&codes::OBJECT_UNPROVEN, object);
            finding.with_time("control", control)
        }
        NoPast::Stopped(Stopped::SignerOutOfBounds(object)) => {
            Finding::new(&codes::SIGNER_OUT_OF_BOUNDS, object)
        }
        NoPast::Stopped(Stopped::Weak(object, algorithm, control)) => {
            let finding = Finding::new(&codes::PATH_WEAK, object);
            let finding = finding.with_word("algorithm", algorithm);
            finding.with_time("control", control)
        }
    };
    ledger.add(finding);
}

fn is(finding: &Finding, code: &'static Code) -> bool {
    std::ptr::eq(finding.code, code)
}

/// Whether a finding itself says that a certificate was revoked or on hold when the signature is proven to exist.
///
/// # Deviation
/// Sliding leaves out data that nothing proves to be as old as the control time (EN 319 102-1 §5.6.2.2.4 step 2 a), and
/// with it a revocation that was told in time; what is known to have been revoked is not made good by knowing less. This
/// is of the path that was judged at the time of checking; [`Slid::ended`] says the same of the path that is slid along.
fn is_known_ended(finding: &Finding, existed: UnixTime) -> bool {
    is_dated(finding) && with_time::outlives(existed, finding) != Some(true)
}

fn is_dated(finding: &Finding) -> bool {
    finding.facts.iter().any(|fact| fact.name == "revoked_at")
}

fn is_stale(finding: &Finding) -> bool {
    is(finding, &revocation::STALE) || is(finding, &revocation::NO_NEXT_UPDATE)
}

/// Step 5: the freshness checker at the time of the proof.
fn was_fresh(finding: &Finding, existed: UnixTime) -> bool {
    let fact = finding.facts.iter().find(|fact| fact.name == "next_update");
    match fact.map(|fact| &fact.value) {
        Some(Value::Time(due)) => existed < *due,
        _ => false,
    }
}

#[cfg(test)]
mod tests;
