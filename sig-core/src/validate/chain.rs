//! X.509 certificate validation (EN 319 102-1 §5.2.6).

use std::borrow::Cow;
use std::sync::Arc;

use crate::alg::keyring::Verification;
use crate::alg::strength::Moments;
use crate::base::error::Error;
use crate::base::limits::Budget;
use crate::base::time::UnixTime;
use crate::der::oids;
use crate::finding::code::{path as codes, revocation as revocation_codes};
use crate::finding::step::{en319102_1_5_2_5, en319102_1_5_2_6_4, rfc5280_6_1_3, why};
use crate::finding::{Finding, Level, StepSubject, Subject};
use crate::path::build::{CertificationPath, DeadEnd, Search, Sources, search};
use crate::path::inputs::PolicySet;
use crate::path::validate::{self as rfc5280, ValidityTimes, subject};
use crate::report::{PathElement, RevocationReport, RevocationStatus};
use crate::trust::authorities::Authorities;
use crate::trust::revocation::{
    self, Answer, Freshness, Offered, Question, Revocation, SourceObject, Status, UnknownSigner,
};
use crate::x509::certificate::Certificate;
use crate::x509::crl::CertificateList;

use super::evidence::Material;
use super::ledger::{Ledger, Obligation};
use super::policy::{KeyRule, RevocationRule, ValidityModel};
use super::strength::Judge;
use super::{Validator, dead_end, ocsp};

/// What path validation found (EN 319 102-1 §5.2.6.3).
#[derive(Debug)]
pub struct Chain<'a> {
    /// The path that was judged, when one was found.
    pub path: Option<CertificationPath>,
    /// The same for the report.
    pub elements: Vec<PathElement>,
    /// The findings.
    pub ledger: Ledger<'a>,
    /// The policies the path is valid for (RFC 5280 §6.1.6).
    pub policies: PolicySet,
}

/// Builds paths and keeps the first without a failed finding, else the one with the fewest; among equals the one
/// that was tried first, since it is the likeliest to be meant (EN 319 102-1 §5.2.6.4).
///
/// When there is no path, the furthest dead end is told: that a signature is invalid if one was refused there, and
/// in any case whose issuer was not found.
///
/// # Errors
/// A limit.
pub fn validate<'a>(
    validator: &'a Validator,
    end_entity: &Arc<Certificate>,
    material: &Material,
    at: UnixTime,
    budget: &mut Budget,
) -> Result<Chain<'a>, Error> {
    let sources = sources(
        validator,
        material,
        authorities_at(validator, end_entity, at),
    );
    let mut best: Option<(usize, Chain<'a>)> = None;
    let dead_end = search(end_entity, sources, budget, &mut |path, budget| {
        let chain = judge(validator, end_entity, path, material, at, budget)?;
        let is_fail = |finding: &&Finding| finding.level == Level::Fail;
        let fails = chain.ledger.findings().iter().filter(is_fail).count();
        if best.as_ref().is_none_or(|(known, _)| fails < *known) {
            best = Some((fails, chain));
        }
        Ok(if fails == 0 {
            Search::Stop
        } else {
            Search::Continue
        })
    })?;
    if let Some((_, chain)) = best {
        return Ok(chain);
    }
    let mut ledger = Ledger::new(&validator.policy);
    let end = dead_end.unwrap_or_else(|| DeadEnd {
        certificate: Arc::clone(end_entity),
        rejected: None,
    });
    dead_end::state(&end, &mut ledger);
    Ok(Chain {
        path: None,
        elements: vec![path_element(end_entity, Some(unknown()))],
        ledger,
        policies: PolicySet::of([]),
    })
}

/// Anchors, certificates of the request and those of the snapshot. The keys that the snapshot prepared and the
/// signatures that it checked serve only the back end that did so.
fn sources<'a>(validator: &'a Validator, material: &'a Material, at: UnixTime) -> Sources<'a> {
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
fn crls(material: &Material) -> Cow<'_, [Arc<CertificateList>]> {
    let own = &material.crls;
    match material.known().map(Authorities::crls) {
        None | Some([]) => Cow::Borrowed(own),
        Some(kept) if own.is_empty() => Cow::Borrowed(kept),
        Some(kept) => own.iter().chain(kept).cloned().collect(),
    }
}

/// When the certificates of authorities must be valid (EN 319 102-1 §5.2.6.4 step 2).
const fn authorities_at(validator: &Validator, end_entity: &Certificate, at: UnixTime) -> UnixTime {
    match validator.policy.validity_model {
        ValidityModel::Shell => at,
        ValidityModel::Hybrid => end_entity.not_before,
    }
}

/// One path, in the order of EN 319 102-1 §5.2.6.4: RFC 5280 and revocation, constraints on the signer,
/// strength of algorithms, validity of the end entity.
fn judge<'a>(
    validator: &'a Validator,
    end_entity: &Arc<Certificate>,
    path: CertificationPath,
    material: &Material,
    at: UnixTime,
    budget: &mut Budget,
) -> Result<Chain<'a>, Error> {
    let policy = &validator.policy;
    let mut ledger = Ledger::new(policy);
    let times = ValidityTimes {
        authorities: authorities_at(validator, end_entity, at),
    };
    let checked = rfc5280::check(&path, &policy.path, times, budget)?;
    checked.findings.into_iter().for_each(|f| ledger.add(f));
    let steps = ledger.steps();
    steps.passed(&en319102_1_5_2_6_4::STEP_2, StepSubject::PATH);
    steps.append(checked.steps);
    let mut elements = Vec::with_capacity(path.certificates.len() + 1);
    let mut end_entity_not_revoked = policy.revocation != RevocationRule::Required;
    for (place, certificate) in path.certificates.iter().enumerate() {
        let question = Question {
            path: &path,
            place,
            certificate,
            at,
            unknown_signer: match policy.revocation {
                RevocationRule::Required => UnknownSigner::Refused,
                RevocationRule::WhenAvailable | RevocationRule::Off => UnknownSigner::Taken,
            },
        };
        let role = if place == 0 {
            Role::EndEntity
        } else {
            Role::Authority
        };
        let taken = ledger.steps().as_slice().len();
        let report = check_revocation(validator, question, role, material, &mut ledger, budget)?;
        let steps = ledger.steps().split_off(taken);
        let revocation = &rfc5280_6_1_3::A_2;
        ledger.steps().insert_after(revocation, place, steps);
        if place == 0 && report.status == RevocationStatus::Good {
            end_entity_not_revoked = true;
        }
        elements.push(path_element(certificate, Some(report)));
    }
    elements.push(path_element(&path.anchor, None));
    check_signer_key(end_entity, policy.key, &mut ledger);
    let when = Moments::unproven(at);
    check_strength(&path, Judge { policy, when }, &mut ledger);
    let mark = ledger.mark();
    check_end_entity_validity(end_entity, at, end_entity_not_revoked, &mut ledger);
    let end = StepSubject::certificate(0);
    ledger.took(&en319102_1_5_2_6_4::STEP_7, end, mark);
    ledger.show_unless_failed_since(0, Obligation::Path);
    Ok(Chain {
        path: Some(path),
        elements,
        ledger,
        policies: checked.user_policies,
    })
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Role {
    EndEntity,
    Authority,
}

fn check_revocation(
    validator: &Validator,
    question: Question<'_>,
    role: Role,
    material: &Material,
    ledger: &mut Ledger<'_>,
    budget: &mut Budget,
) -> Result<RevocationReport, Error> {
    let mark = ledger.mark();
    let rule = validator.policy.revocation;
    let about = || subject(question.certificate);
    let here = StepSubject::certificate(question.place);
    if rule == RevocationRule::Off {
        ledger.add(Finding::new(&revocation_codes::NOT_REQUIRED, about()));
        let steps = ledger.steps();
        steps.skipped(&rfc5280_6_1_3::A_3, here, &why::NOT_ASKED);
        return Ok(unknown());
    }
    let crls = crls(material);
    let offered = Offered {
        crls: &crls,
        ocsp: &material.ocsp,
        max_age_days: validator.policy.max_revocation_age_days,
        sources: sources(validator, material, question.at),
    };
    let determined = revocation::status(question, offered, budget)?;
    ledger.steps().append(determined.steps);
    let named = determined
        .rejected
        .iter()
        .any(|rejected| rejected.names_the_certificate);
    for rejected in determined.rejected {
        if let Subject::Ocsp(_) = rejected.subject {
            ledger.add(ocsp::rejected(rejected));
            continue;
        }
        let finding = Finding::new(&revocation_codes::CRL_REJECTED, rejected.subject);
        ledger.add(finding.with_word("reason", rejected.reason));
    }
    if !determined.uncovered.is_empty() {
        let reasons: Vec<_> = determined.uncovered.names().collect();
        let finding = Finding::new(&revocation_codes::REASONS_UNCOVERED, about());
        ledger.add(finding.with_word("reasons", reasons.join(", ")));
    }
    let Some(answer) = determined.answer else {
        let in_validity = question.certificate.not_before..=question.certificate.not_after;
        let code = match rule {
            // Authorities drop expired certificates from their lists: step 7 states the uncertainty.
            _ if role == Role::EndEntity && !in_validity.contains(&question.at) => {
                &revocation_codes::NOT_ESTABLISHED
            }
            RevocationRule::Required => &revocation_codes::MISSING,
            RevocationRule::WhenAvailable if named => &revocation_codes::MISSING,
            RevocationRule::WhenAvailable | RevocationRule::Off => &revocation_codes::NOT_REQUIRED,
        };
        ledger.add(Finding::new(code, about()));
        if code.level == Level::Fail {
            ledger.took(&rfc5280_6_1_3::A_3, here, mark);
        } else {
            let steps = ledger.steps();
            steps.skipped(&rfc5280_6_1_3::A_3, here, &why::NO_DATA);
        }
        return Ok(unknown());
    };
    let status = report_status(&answer, role, &about(), ledger);
    record_answer(&answer, status, &here, mark, ledger);
    let when = Moments::unproven(question.at);
    let judge = Judge {
        policy: &validator.policy,
        when,
    };
    for source in &answer.sources {
        let signed = match &source.object {
            SourceObject::Crl(crl) => &crl.signed,
            SourceObject::Ocsp(response) => {
                let Some(basic) = response.basic() else {
                    continue;
                };
                let findings = ocsp::leniencies(&source.subject, basic);
                findings.for_each(|finding| ledger.add(finding));
                &basic.signed
            }
        };
        let signer = source.signer.certificates.first();
        let signer = signer.unwrap_or(&source.signer.anchor);
        if let Some(weak) = judge.signed(signed, signer) {
            ledger.add(weak.in_path(source.subject.clone(), when.created));
        }
        for (place, certificate) in source.signer.certificates.iter().enumerate() {
            let mut judged = question.path.certificates.iter();
            if judged.any(|known| known.octets == certificate.octets) {
                continue;
            }
            if let Some(weak) = judge.certificate(certificate, source.signer.issuer_of(place)) {
                ledger.add(weak.in_path(subject(certificate), when.created));
            }
        }
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
                Role::EndEntity => &revocation_codes::REVOKED,
                Role::Authority => &revocation_codes::CA_REVOKED,
            };
            let finding = Finding::new(code, about.clone());
            let finding = dated(finding, entry);
            ledger.add(finding.with_word("reason", entry.reason.name()));
            return RevocationStatus::Revoked;
        }
        Status::OnHold(entry) => {
            let finding = Finding::new(&revocation_codes::ON_HOLD, about.clone());
            ledger.add(dated(finding, entry));
            return RevocationStatus::Revoked;
        }
        Status::RevokedLater(entry) => {
            let finding = Finding::new(&revocation_codes::REVOKED_LATER, about.clone());
            ledger.add(finding.with_time("revoked_at", entry.date));
        }
        Status::Good => {}
    }
    match answer.freshness {
        Freshness::Fresh => RevocationStatus::Good,
        Freshness::Stale(next_update) => {
            ledger.add(
                Finding::new(&revocation_codes::STALE, about.clone())
                    .with_time("this_update", this_update)
                    .with_time("next_update", next_update),
            );
            RevocationStatus::Unknown
        }
        Freshness::NotProvable => {
            let finding = Finding::new(&revocation_codes::NO_NEXT_UPDATE, about.clone());
            ledger.add(finding.with_time("this_update", this_update));
            RevocationStatus::Unknown
        }
    }
}

/// When a certificate was revoked, and since when its key is suspected where that is earlier (RFC 5280 §5.3.2).
fn dated(finding: Finding, entry: Revocation) -> Finding {
    let finding = finding.with_time("revoked_at", entry.date);
    match entry.holds_from() {
        since if since < entry.date => finding.with_time("invalid_since", since),
        _ => finding,
    }
}

/// Constraints on the end entity's key, EN 319 102-1 §5.2.6.4 step 5.
fn check_signer_key(certificate: &Certificate, rule: KeyRule, ledger: &mut Ledger<'_>) {
    let here = StepSubject::certificate(0);
    let row = &en319102_1_5_2_6_4::STEP_5;
    if rule == KeyRule::Any {
        return ledger.steps().skipped(row, here, &why::NOT_ASKED);
    }
    let mark = ledger.mark();
    let allowed = match certificate.extensions.key_usage {
        Some(usage) => usage.digital_signature() || usage.non_repudiation(),
        None => rule == KeyRule::Document,
    };
    if !allowed {
        ledger.add(Finding::new(&codes::SIGNER_KEY_USAGE, subject(certificate)));
    }
    let purposes = certificate.extensions.extended_key_usage.as_ref();
    if let Some([purpose @ (oids::TIME_STAMPING | oids::OCSP_SIGNING)]) =
        purposes.map(|usage| usage.purposes.as_slice())
    {
        let finding = Finding::new(&codes::SIGNER_EXTENDED_KEY_USAGE, subject(certificate));
        ledger.add(finding.with_oid("purpose", *purpose));
    }
    ledger.took(row, here, mark);
}

/// Strength of the algorithms in the path, EN 319 102-1 §5.2.6.4 step 6.
fn check_strength(path: &CertificationPath, judge: Judge<'_>, ledger: &mut Ledger<'_>) {
    for (place, certificate) in path.certificates.iter().enumerate() {
        let issuer = path.issuer_of(place);
        let mark = ledger.mark();
        if let Some(weak) = judge.certificate(certificate, issuer) {
            ledger.add(weak.in_path(subject(certificate), judge.when.created));
        }
        let here = StepSubject::certificate(place);
        ledger.took(&en319102_1_5_2_6_4::STEP_6, here, mark);
    }
}

/// EN 319 102-1 §5.2.6.4 step 7.
fn check_end_entity_validity(
    certificate: &Certificate,
    at: UnixTime,
    not_revoked: bool,
    ledger: &mut Ledger<'_>,
) {
    if at < certificate.not_before {
        ledger.add(
            Finding::new(&codes::NOT_YET_VALID, subject(certificate))
                .with_time("not_before", certificate.not_before)
                .with_time("at", at),
        );
    }
    if at > certificate.not_after {
        let code = if not_revoked {
            &codes::EXPIRED_NOT_REVOKED
        } else {
            &codes::EXPIRED
        };
        ledger.add(
            Finding::new(code, subject(certificate))
                .with_time("not_after", certificate.not_after)
                .with_time("at", at),
        );
    }
}

fn path_element(certificate: &Certificate, revocation: Option<RevocationReport>) -> PathElement {
    PathElement {
        sha256: certificate.sha256(),
        subject: certificate.subject.to_string(),
        revocation,
    }
}

const fn unknown() -> RevocationReport {
    RevocationReport {
        status: RevocationStatus::Unknown,
        source: None,
        this_update: None,
    }
}
