//! Revocation of the certificates of a path, in the words of findings (RFC 5280 §6.3, EN 319 102-1 §5.2.5).

use std::borrow::Cow;
use std::sync::Arc;

use crate::alg::keyring::Verification;
use crate::alg::strength::Moments;
use crate::base::error::Error;
use crate::base::limits::Budget;
use crate::base::time::UnixTime;
use crate::finding::code::revocation as codes;
use crate::finding::step::{en319102_1_5_2_5, rfc5280_6_1_3, why};
use crate::finding::{Code, Finding, Level, StepSubject, Subject};
use crate::path::build::{CertificationPath, Sources};
use crate::path::validate::subject;
use crate::report::{RevocationReport, RevocationStatus};
use crate::trust::authorities::Authorities;
use crate::trust::revocation::{
    self, Answer, Determination, Freshness, Lapse, Offered, Question, Rejected, Revocation, Source,
    SourceObject, Status, UnknownSigner,
};
use crate::x509::certificate::Certificate;
use crate::x509::crl::CertificateList;

use super::evidence::Material;
use super::ledger::Ledger;
use super::policy::RevocationRule;
use super::strength::{Judge, Weakness};
use super::{Validator, ocsp};

/// What a certificate is in its path.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Role {
    EndEntity,
    Authority,
}

impl Role {
    /// By the place in the path.
    pub(super) const fn of(place: usize) -> Self {
        match place {
            0 => Self::EndEntity,
            _ => Self::Authority,
        }
    }
}

/// Anchors, certificates of the request and those of the snapshot. The keys that the snapshot prepared and the
/// signatures that it checked serve only the back end that did so.
pub(super) fn sources<'a>(
    validator: &'a Validator,
    material: &'a Material,
    at: UnixTime,
) -> Sources<'a> {
    let known = material.known();
    let verification = verification(validator, material);
    Sources::new(&material.anchors, &material.certificates, verification)
        .with_pool(known.map(Authorities::pool))
        .at(at)
}

/// The back end, with the keys and signatures that the snapshot knows.
pub(super) fn verification<'a>(
    validator: &'a Validator,
    material: &'a Material,
) -> Verification<'a> {
    match material.known() {
        Some(known) => known.verification(validator.algorithms),
        None => validator.algorithms.into(),
    }
}

/// The revocation lists of the request and of the snapshot.
pub(super) fn crls(material: &Material) -> Cow<'_, [Arc<CertificateList>]> {
    let own = &material.crls;
    match material.known().map(Authorities::crls) {
        None | Some([]) => Cow::Borrowed(own),
        Some(kept) if own.is_empty() => Cow::Borrowed(kept),
        Some(kept) => own.iter().chain(kept).cloned().collect(),
    }
}

/// What is asked about a certificate of a path.
pub(super) fn question<'a>(
    validator: &Validator,
    path: &'a CertificationPath,
    place: usize,
    certificate: &'a Certificate,
    at: UnixTime,
) -> Question<'a> {
    Question {
        path,
        place,
        certificate,
        at,
        unknown_signer: match validator.policy.revocation {
            RevocationRule::Required => UnknownSigner::Refused,
            RevocationRule::WhenAvailable | RevocationRule::Off => UnknownSigner::Taken,
        },
    }
}

/// Asks whether a certificate is revoked, states the answer, and judges the strength of what it rests on
/// (EN 319 102-1 §5.2.6.4 step 4).
pub(super) fn check(
    validator: &Validator,
    question: Question<'_>,
    material: &Material,
    ledger: &mut Ledger<'_>,
    budget: &mut Budget,
) -> Result<RevocationReport, Error> {
    let mark = ledger.mark();
    let here = StepSubject::certificate(question.place);
    if validator.policy.revocation == RevocationRule::Off {
        let about = subject(question.certificate);
        ledger.add(Finding::new(&codes::NOT_REQUIRED, about));
        let steps = ledger.steps();
        steps.skipped(&rfc5280_6_1_3::A_3, here, &why::NOT_ASKED);
        return Ok(unknown());
    }
    let crls = crls(material);
    let offered = Offered {
        crls: &crls,
        ocsp: &material.ocsp,
        max_age_days: validator.policy.max_revocation_age_days,
        fresh_age_days: validator.policy.fresh_revocation_age_days,
        sources: sources(validator, material, question.at),
    };
    let mut determined = revocation::status(question, offered, budget)?;
    ledger.steps().append(std::mem::take(&mut determined.steps));
    let without_answer = code_without_answer(validator.policy.revocation, question, &determined);
    tell_rejected(&determined, question, ledger);
    let Some(answer) = determined.answer else {
        ledger.add(Finding::new(without_answer, subject(question.certificate)));
        if without_answer.level == Level::Fail {
            ledger.took(&rfc5280_6_1_3::A_3, here, mark);
        } else {
            let steps = ledger.steps();
            steps.skipped(&rfc5280_6_1_3::A_3, here, &why::NO_DATA);
        }
        return Ok(unknown());
    };
    let role = Role::of(question.place);
    let status = report_status(&answer, role, &subject(question.certificate), ledger);
    record_answer(&answer, status, &here, mark, ledger);
    let judge = Judge {
        policy: &validator.policy,
        when: Moments::unproven(question.at),
    };
    for source in &answer.sources {
        check_source(source, question.path, judge, ledger);
    }
    Ok(RevocationReport {
        status,
        source: answer
            .sources
            .first()
            .map(|source| source.subject.to_string()),
        this_update: Some(answer.this_update),
    })
}

/// States what does not count, and which reasons are not answered for.
fn tell_rejected(determined: &Determination, question: Question<'_>, ledger: &mut Ledger<'_>) {
    for rejected in determined.rejected.iter().cloned() {
        if let Subject::Ocsp(_) = rejected.subject {
            ledger.add(ocsp::rejected(rejected));
            continue;
        }
        let finding = Finding::new(&codes::CRL_REJECTED, rejected.subject);
        ledger.add(finding.with_word("reason", rejected.reason));
    }
    if !determined.uncovered.is_empty() {
        let reasons: Vec<_> = determined.uncovered.names().collect();
        let finding = Finding::new(&codes::REASONS_UNCOVERED, subject(question.certificate));
        ledger.add(finding.with_word("reasons", reasons.join(", ")));
    }
}

/// What it means that there is no answer.
fn code_without_answer(
    rule: RevocationRule,
    question: Question<'_>,
    determined: &Determination,
) -> &'static Code {
    let in_validity = question.certificate.not_before..=question.certificate.not_after;
    let mut rejected = determined.rejected.iter();
    let named = rejected.clone().any(|it| it.names_the_certificate);
    let has_expired = |it: &Rejected| it.lapse() == Some(Lapse::Expired);
    match rule {
        // Authorities drop expired certificates from their lists: step 7 states the uncertainty.
        _ if question.place == 0 && !in_validity.contains(&question.at) => &codes::NOT_ESTABLISHED,
        RevocationRule::Required if rejected.any(has_expired) => &codes::SIGNER_OUT_OF_BOUNDS,
        RevocationRule::Required => &codes::MISSING,
        RevocationRule::WhenAvailable if named => &codes::MISSING,
        RevocationRule::WhenAvailable | RevocationRule::Off => &codes::NOT_REQUIRED,
    }
}

/// The strength of one object that an answer rests on, and of the certificates of who signed it.
fn check_source(
    source: &Source,
    path: &CertificationPath,
    judge: Judge<'_>,
    ledger: &mut Ledger<'_>,
) {
    if let SourceObject::Ocsp(response) = &source.object
        && let Some(basic) = response.basic()
    {
        let findings = ocsp::leniencies(&source.subject, basic);
        findings.for_each(|finding| ledger.add(finding));
    }
    for (about, weak) in weaknesses(source, path, judge) {
        ledger.add(weak.in_path(about, judge.when.created));
    }
}

/// What is not acceptable in an object that an answer rests on, and in the certificates of who signed it that do not
/// stand in the path themselves.
pub(super) fn weaknesses(
    source: &Source,
    path: &CertificationPath,
    judge: Judge<'_>,
) -> Vec<(Subject, Weakness)> {
    let mut found = Vec::new();
    let signed = match &source.object {
        SourceObject::Crl(crl) => Some(&crl.signed),
        SourceObject::Ocsp(response) => response.basic().map(|basic| &basic.signed),
    };
    let signer = source.signer.certificates.first();
    let signer = signer.unwrap_or(&source.signer.anchor);
    let weak = signed.and_then(|signed| judge.signed(signed, signer));
    found.extend(weak.map(|weak| (source.subject.clone(), weak)));
    for (place, certificate) in source.signer.certificates.iter().enumerate() {
        let mut judged = path.certificates.iter();
        if judged.any(|known| known.octets == certificate.octets) {
            continue;
        }
        let weak = judge.certificate(certificate, source.signer.issuer_of(place));
        found.extend(weak.map(|weak| (subject(certificate), weak)));
    }
    found
}

/// The answer of revocation for a certificate, (a)(3), and its freshness, EN 319 102-1 §5.2.5: what is revoked
/// stays so, however old the answer is.
fn record_answer(
    answer: &Answer,
    status: RevocationStatus,
    here: &StepSubject,
    mark: usize,
    ledger: &mut Ledger<'_>,
) {
    let fresh = &en319102_1_5_2_5::STEP_1;
    match (status, answer.freshness) {
        (RevocationStatus::Revoked, _) => {
            ledger
                .steps()
                .skipped(fresh, here.clone(), &why::ALREADY_KNOWN);
        }
        (_, Freshness::Fresh) => ledger.steps().passed(fresh, here.clone()),
        _ => ledger.took(fresh, here.clone(), mark),
    }
    ledger.took(&rfc5280_6_1_3::A_3, here.clone(), mark);
}

/// What the answer says, in findings, and what a report says of it.
fn report_status(
    answer: &Answer,
    role: Role,
    about: &Subject,
    ledger: &mut Ledger<'_>,
) -> RevocationStatus {
    let this_update = answer.this_update;
    match answer.status {
        Status::Revoked(entry) => {
            let code = match role {
                Role::EndEntity => &codes::REVOKED,
                Role::Authority => &codes::CA_REVOKED,
            };
            let finding = Finding::new(code, about.clone());
            let finding = dated(finding, entry);
            ledger.add(finding.with_word("reason", entry.reason.name()));
            return RevocationStatus::Revoked;
        }
        Status::OnHold(entry) => {
            let finding = Finding::new(&codes::ON_HOLD, about.clone());
            ledger.add(dated(finding, entry));
            return RevocationStatus::Revoked;
        }
        Status::RevokedLater(entry) => {
            let finding = Finding::new(&codes::REVOKED_LATER, about.clone());
            ledger.add(finding.with_time("revoked_at", entry.date));
        }
        Status::Good => {}
    }
    match answer.freshness {
        Freshness::Fresh => RevocationStatus::Good,
        Freshness::Stale(next_update) => {
            ledger.add(
                Finding::new(&codes::STALE, about.clone())
                    .with_time("this_update", this_update)
                    .with_time("next_update", next_update),
            );
            RevocationStatus::Unknown
        }
        Freshness::NotProvable => {
            let finding = Finding::new(&codes::NO_NEXT_UPDATE, about.clone());
            ledger.add(finding.with_time("this_update", this_update));
            RevocationStatus::Unknown
        }
    }
}

/// When a certificate was revoked, and since when its key is suspected where that is earlier (RFC 5280 §5.3.2).
pub(super) fn dated(finding: Finding, entry: Revocation) -> Finding {
    let finding = finding.with_time("revoked_at", entry.date);
    match entry.holds_from() {
        since if since < entry.date => finding.with_time("invalid_since", since),
        _ => finding,
    }
}

/// Nothing is known.
pub(super) const fn unknown() -> RevocationReport {
    RevocationReport {
        status: RevocationStatus::Unknown,
        source: None,
        this_update: None,
    }
}
