//! Validation of signatures with time (EN 319 102-1 §5.5): what time-stamps prove about a signature.

use std::sync::Arc;

use crate::alg::strength::Moments;
use crate::base::error::Error;
use crate::base::limits::Budget;
use crate::base::time::UnixTime;
use crate::cms::signed_data::SignedData;
use crate::cms::signer_info::SignerInfo;
use crate::finding::code::{crypto, path, revocation, time as codes};
use crate::finding::step::en319102_1_5_5_4;
use crate::finding::{Code, Finding, Indication, Level, StepSubject, Subject, Value};
use crate::path::validate::subject;
use crate::report::{TimeStampKind, TimeStampReport};
use crate::x509::certificate::Certificate;
use crate::x509::crl_index::RevocationReason;

use super::crypto::Content;
use super::evidence::Material;
use super::ledger::{Ledger, Obligation};
use super::policy::{Policy, TimeStampRule};
use super::recovery::{self, Transition};
use super::stamps::Stamp;
use super::strength::Judge;
use super::{Validator, acceptance, stamps};

/// What is judged (EN 319 102-1 §5.5.2).
#[derive(Clone, Copy, Debug)]
pub(super) struct Inputs<'a> {
    pub(super) validator: &'a Validator,
    pub(super) message: &'a SignedData,
    pub(super) signer: &'a SignerInfo,
    /// The place of the signer in the message.
    pub(super) index: usize,
    /// The signed document.
    pub(super) content: &'a Content<'a>,
    pub(super) material: &'a Material,
    /// When the signature existed, by evidence records of its file.
    pub(super) existed: Option<UnixTime>,
    pub(super) at: UnixTime,
}

/// The time-stamps of a signature and what they prove (EN 319 102-1 §5.5.4 steps 1 and 3).
#[derive(Clone, Debug, Default)]
pub(super) struct Proofs {
    /// Every one that was judged.
    pub(super) stamps: Vec<Stamp>,
    /// best-signature-time, when a time-stamp proves one: the signature existed then.
    pub(super) existed: Option<UnixTime>,
    /// The signature was not made before this time, since it covers a time-stamp.
    pub(super) not_before: Option<UnixTime>,
}

impl Proofs {
    /// The times at which strength is judged (EN 319 102-1 §5.5.4 step 8).
    pub(super) fn moments(&self, at: UnixTime) -> Moments {
        Moments::proven(self.existed, at)
    }
}

impl Proofs {
    /// The time-stamps that state best-signature-time, as subjects of findings; none where another proof does.
    pub(super) fn proven_by(&self) -> Vec<String> {
        let Some(existed) = self.existed else {
            return Vec::new();
        };
        let reports = self.stamps.iter().map(|stamp| &stamp.report);
        let stating = reports.filter(|report| {
            let token = report.token.as_ref();
            report.conclusion.indication == Indication::TotalPassed
                && report.kind != TimeStampKind::Content
                && token.is_some_and(|token| token.not_later_than == existed)
        });
        stating
            .map(|report| Subject::TimeStamp(report.id.clone()).to_string())
            .collect()
    }
}

/// Judges the time-stamps in the attributes of a signer: those of the content, of the signature value, of references, of
/// everything. One that is not valid is told and left out.
pub(super) fn collect(
    inputs: Inputs<'_>,
    about: &Subject,
    ledger: &mut Ledger<'_>,
    budget: &mut Budget,
) -> Result<Proofs, Error> {
    let mut proofs = Proofs {
        existed: inputs.existed,
        ..Proofs::default()
    };
    let stamps = stamps::judge(inputs, about, ledger, budget)?;
    for stamp in &stamps {
        proofs.take(&stamp.report, ledger);
    }
    proofs.stamps = stamps;
    proofs.existed = proofs.existed.filter(|existed| *existed <= inputs.at);
    Ok(proofs)
}

impl Proofs {
    /// Uses a token that passed; tells one that did not.
    fn take(&mut self, report: &TimeStampReport, ledger: &mut Ledger<'_>) {
        let about = || Subject::TimeStamp(report.id.clone());
        let step = &en319102_1_5_5_4::STEP_3;
        let object = StepSubject::object(Arc::new(about()));
        let token = match &report.token {
            Some(token) if report.conclusion.indication == Indication::TotalPassed => token,
            _ => {
                let conclusion = report.conclusion;
                let reason = match conclusion.sub_indication {
                    Some(sub_indication) => sub_indication.name(),
                    None => conclusion.indication.name(),
                };
                ledger.steps().failed(step, object, &codes::STAMP_NOT_USED);
                let finding = Finding::new(&codes::STAMP_NOT_USED, about());
                let finding = finding.with_word("kind", report.kind.name());
                ledger.add(finding.with_word("reason", reason));
                return;
            }
        };
        ledger.steps().passed(step, object);
        ledger.add(
            Finding::new(&codes::STAMP_VALID, about())
                .with_word("kind", report.kind.name())
                .with_time("gen_time", token.gen_time),
        );
        self.note(report);
    }

    /// What a token that is valid says about the times of the signature.
    pub(super) fn note(&mut self, report: &TimeStampReport) {
        let Some(token) = &report.token else {
            return;
        };
        match report.kind {
            TimeStampKind::Content => {
                self.not_before = self.not_before.max(Some(token.not_earlier_than));
            }
            // Both are of the signature value.
            TimeStampKind::Signature | TimeStampKind::SignatureAndReferences => {
                let latest = token.not_later_than;
                self.existed = Some(self.existed.map_or(latest, |known| known.min(latest)));
            }
            // What archive time-stamps prove is for long-term validation.
            TimeStampKind::Document
            | TimeStampKind::References
            | TimeStampKind::ArchiveV2
            | TimeStampKind::ArchiveV3
            | TimeStampKind::EvidenceRecord => {}
        }
    }
}

/// The signer's certificate, and where in the record the findings about its path stand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Path<'a> {
    pub(super) certificate: &'a Certificate,
    /// The first of them.
    pub(super) mark: usize,
    /// A path was found.
    pub(super) is_found: bool,
    /// What the signer signed names his certificate, so that the proof of the signature is one of the certificate.
    pub(super) is_bound: bool,
}

/// Judges the findings about the path by what is proven (EN 319 102-1 §5.3.4 step 4, §5.5.4 steps 4, 6 and 7).
pub(super) fn settle_path(proofs: &Proofs, path: Path<'_>, ledger: &mut Ledger<'_>) {
    let known = Known::of(proofs, path, ledger);
    if let Some(not_before) = proofs.not_before {
        refute(not_before, path.certificate, ledger);
    }
    let Some(existed) = proofs.existed else {
        return;
    };
    let settled = ledger.settle(|finding| known.settles(existed, finding));
    for code in settled {
        let finding = Finding::new(&codes::SETTLED, subject(path.certificate));
        let finding = finding.with_word("code", code.id);
        ledger.add(finding.with_time("proven", existed));
    }
    if path.is_found {
        ledger.show_unless_failed_since(path.mark, Obligation::Path);
    }
}

/// What bears on the signer's certificate.
struct Known<'a> {
    certificate: &'a Certificate,
    about: Subject,
    /// Whether it was revoked by the proven time is known, although it is now revoked, on hold or without fresh data.
    is_established: bool,
    /// The certificate is as old as the signature.
    is_bound: bool,
}

impl<'a> Known<'a> {
    fn of(proofs: &Proofs, path: Path<'a>, ledger: &Ledger<'_>) -> Self {
        let certificate = path.certificate;
        let about = subject(certificate);
        let established = |finding: &Finding| {
            let is_own = finding.subject == about && finding.level == Level::Fail;
            let existed = proofs.existed;
            is_own && existed.is_some_and(|existed| outlives(existed, finding) == Some(true))
        };
        let is_established = ledger.findings().iter().any(established);
        Self {
            certificate,
            about,
            is_established,
            is_bound: path.is_bound,
        }
    }

    /// Whether a proof of existence settles a finding.
    fn settles(&self, existed: UnixTime, finding: &Finding) -> bool {
        // Whoever has the key of the authority could certify now a key that an old signature value fits, and could say
        // of any certificate that it was not revoked.
        if is(finding, &revocation::CA_REVOKED) && !(self.is_bound && has_ended_in_peace(finding)) {
            return false;
        }
        if let Some(outlives) = outlives(existed, finding) {
            return outlives;
        }
        if !recovery::may_continue(finding.code.sub_indication, Transition::WithTime) {
            return false;
        }
        let in_validity = existed <= self.certificate.not_after;
        let is_own = finding.subject == self.about;
        if is(finding, &path::EXPIRED_NOT_REVOKED) {
            is_own && in_validity
        } else if is(finding, &path::EXPIRED) {
            is_own && in_validity && self.is_established
        } else {
            false
        }
    }
}

/// Whether the key of an authority that was revoked is still its own (RFC 5280 §5.3.1).
///
/// # Deviation
/// EN 319 102-1 §5.5.4 step 4 lets a signature that is older than the revocation go on for any reason. That its own
/// certificate was not revoked is then known by data that nothing proves to be older than the loss of the key, as
/// §5.6.2.4.4 step 3 has it proven: only the process with archival data answers for it.
fn has_ended_in_peace(finding: &Finding) -> bool {
    use RevocationReason as Reason;
    let reasons = [
        Reason::AffiliationChanged,
        Reason::Superseded,
        Reason::CessationOfOperation,
    ];
    let mut facts = finding.facts.iter();
    let stated = facts.find(|fact| fact.name == "reason");
    matches!(stated.map(|fact| &fact.value), Some(Value::Word(word))
        if reasons.iter().any(|reason| reason.name() == word))
}

/// Whether the signature is older than what a finding about revocation says; nothing for other findings.
pub(super) fn outlives(existed: UnixTime, finding: &Finding) -> Option<bool> {
    let dated = [
        &revocation::REVOKED,
        &revocation::CA_REVOKED,
        &revocation::ON_HOLD,
    ];
    if dated.into_iter().any(|code| is(finding, code)) {
        // Whoever took the key could have a time-stamp made before the theft was told: RFC 5280 §5.3.2.
        let since = time(finding, "invalid_since").or_else(|| time(finding, "revoked_at"));
        return Some(since.is_some_and(|since| existed < since));
    }
    if is(finding, &revocation::STALE) {
        // Fresh at the proven time, EN 319 102-1 §5.2.5.
        return Some(time(finding, "next_update").is_some_and(|due| existed < due));
    }
    None
}

/// A time-stamp that the signer signed proves that the signature was made after the certificate ended.
fn refute(made: UnixTime, certificate: &Certificate, ledger: &mut Ledger<'_>) {
    let about = subject(certificate);
    let is_own = |finding: &Finding| finding.subject == about && finding.level == Level::Fail;
    let revoked = ledger
        .findings()
        .iter()
        .filter(|finding| is_own(finding) && is(finding, &revocation::REVOKED))
        .find_map(|finding| time(finding, "revoked_at"))
        .filter(|revoked| made > *revoked);
    let expired =
        |finding: &Finding| is(finding, &path::EXPIRED) || is(finding, &path::EXPIRED_NOT_REVOKED);
    let has_expired = ledger
        .findings()
        .iter()
        .any(|finding| is_own(finding) && expired(finding));
    let has_expired = has_expired && made > certificate.not_after;
    if let Some(revoked) = revoked {
        ledger.settle(|finding| is_own(finding) && is(finding, &revocation::REVOKED));
        let finding = Finding::new(&codes::SIGNED_AFTER_REVOCATION, about.clone());
        let finding = finding.with_time("proven", made);
        ledger.add(finding.with_time("revoked_at", revoked));
    }
    if has_expired {
        ledger.settle(|finding| is_own(finding) && expired(finding));
        let finding = Finding::new(&codes::SIGNED_AFTER_EXPIRY, about.clone());
        let finding = finding.with_time("proven", made);
        ledger.add(finding.with_time("not_after", certificate.not_after));
    }
}

/// Judges what the times say together: their order, the validity of the certificate, the time the signer claims
/// (EN 319 102-1 §5.5.4 steps 4 and 5).
pub(super) fn check_times(
    proofs: &Proofs,
    certificate: &Certificate,
    claimed: Option<UnixTime>,
    about: &Subject,
    ledger: &mut Ledger<'_>,
) {
    let Some(proven) = proofs.existed else {
        return;
    };
    let mark = ledger.mark();
    if let (Some(content), signature) = (proofs.not_before, proven)
        && content > signature
    {
        let finding = Finding::new(&codes::ORDER, about.clone());
        let finding = finding.with_time("content", content);
        ledger.add(finding.with_time("signature", signature));
    }
    if proven < certificate.not_before {
        let finding = Finding::new(&codes::SIGNED_BEFORE_VALIDITY, subject(certificate));
        let finding = finding.with_time("proven", proven);
        ledger.add(finding.with_time("not_before", certificate.not_before));
    }
    let step = &en319102_1_5_5_4::STEP_4;
    ledger.took(step, StepSubject::certificate(0), mark);
    if let Some(claimed) = claimed
        && claimed > proven
    {
        let finding = Finding::new(&codes::CLAIMED_LATER, about.clone());
        let finding = finding.with_time("claimed", claimed);
        ledger.add(finding.with_time("proven", proven));
    }
}

/// What the policy demands of time-stamps: that there is one that proves the time of the signature, and that this is not
/// much later than the time the signer claims (EN 319 102-1 §5.5.4 steps 3 and 5).
pub(super) fn check_demands(
    proofs: &Proofs,
    inputs: acceptance::Inputs<'_>,
    policy: &Policy,
    about: &Subject,
    ledger: &mut Ledger<'_>,
) {
    if policy.time_stamp == TimeStampRule::Required && proofs.existed.is_none() {
        ledger.add(Finding::new(&codes::STAMP_REQUIRED, about.clone()));
    }
    let Some(delay) = policy.time_stamp_delay_seconds else {
        return;
    };
    let proven = proofs.existed.unwrap_or(inputs.when.checked);
    let Some(claimed) = inputs.claimed else {
        ledger.add(Finding::new(&codes::DELAY_UNKNOWN, about.clone()));
        return;
    };
    let latest = claimed.seconds().saturating_add(i64::from(delay));
    if latest <= proven.seconds() {
        let finding = Finding::new(&codes::DELAY, about.clone());
        let finding = finding.with_time("claimed", claimed);
        let finding = finding.with_time("proven", proven);
        ledger.add(finding.with_count("seconds", u64::from(delay)));
    }
}

/// Whether a finding depends on when the signature is proven to exist, so that it is judged again when more is proven
/// (EN 319 102-1 §5.6.3.4 steps 8 and 9).
pub(super) fn is_judged_again(finding: &Finding) -> bool {
    let codes: [&'static Code; 5] = [
        &crypto::ALGORITHM_NOT_ACCEPTABLE,
        &crypto::REFERENCE_DIGEST_NOT_ACCEPTABLE,
        &codes::STAMP_REQUIRED,
        &codes::DELAY,
        &codes::DELAY_UNKNOWN,
    ];
    codes.into_iter().any(|code| is(finding, code))
}

/// Says of weak algorithms of the signature that they were weak when it was made, where a time-stamp that it covers
/// shows that they were so already then (EN 319 102-1 §5.3.4 step 6).
pub(super) fn refute_strength(
    proofs: &Proofs,
    inputs: acceptance::Inputs<'_>,
    policy: &Policy,
    about: &Subject,
    ledger: &mut Ledger<'_>,
) {
    let (Some(made), Some(id)) = (proofs.not_before, inputs.signature) else {
        return;
    };
    let judge = Judge {
        policy,
        when: Moments::proven(Some(made), inputs.when.checked),
    };
    let SignerInfo {
        signature_algorithm,
        ..
    } = inputs.signer;
    let key = &inputs.certificate.spki;
    let was_weak = judge.signature(id, signature_algorithm, key).is_some();
    let weak = |finding: &Finding| {
        finding.level == Level::Fail && is(finding, &crypto::ALGORITHM_NOT_ACCEPTABLE)
    };
    let found = ledger.findings().iter().find(|finding| weak(finding));
    let Some(found) = found.filter(|_| was_weak) else {
        return;
    };
    let algorithm = found.facts.iter().find(|fact| fact.name == "algorithm");
    let algorithm = match algorithm.map(|fact| &fact.value) {
        Some(Value::Word(word)) => word.clone(),
        _ => String::new(),
    };
    ledger.settle(weak);
    let finding = Finding::new(&codes::SIGNED_WITH_WEAK, about.clone());
    let finding = finding.with_time("proven", made);
    ledger.add(finding.with_word("algorithm", algorithm));
}

fn is(finding: &Finding, code: &'static Code) -> bool {
    std::ptr::eq(finding.code, code)
}

fn time(finding: &Finding, name: &str) -> Option<UnixTime> {
    let fact = finding.facts.iter().find(|fact| fact.name == name)?;
    match fact.value {
        Value::Time(time) => Some(time),
        _ => None,
    }
}
