//! X.509 certificate validation (EN 319 102-1 §5.2.6).

use std::sync::Arc;

use crate::alg::strength::Moments;
use crate::base::error::Error;
use crate::base::limits::Budget;
use crate::base::time::UnixTime;
use crate::der::oid::Oid;
use crate::der::oids;
use crate::finding::code::path as codes;
use crate::finding::step::{en319102_1_5_2_6_4, rfc5280_6_1_3, why};
use crate::finding::{Finding, Level, StepSubject};
use crate::path::build::{CertificationPath, DeadEnd, Search, search};
use crate::path::inputs::PolicySet;
use crate::path::validate::{self as rfc5280, ValidityTimes, subject};
use crate::report::{PathElement, RevocationReport, RevocationStatus};
use crate::x509::certificate::Certificate;

use super::evidence::Material;
use super::ledger::{Ledger, Obligation};
use super::policy::{KeyRule, RevocationRule, ValidityModel};
use super::strength::Judge;
use super::{Validator, dead_end, listing, revocation};

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
    let when = authorities_at(validator, end_entity, at);
    let sources = revocation::sources(validator, material, when);
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
        elements: vec![path_element(end_entity, Some(revocation::unknown()))],
        ledger,
        policies: PolicySet::of([]),
    })
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
    let mut ledger = Ledger::of_path(policy);
    let times = ValidityTimes {
        authorities: authorities_at(validator, end_entity, at),
    };
    check_sunset(&path, material, at, &mut ledger);
    listing::check_anchor(&path, material, policy.key, at, &mut ledger);
    let checked = rfc5280::check(&path, &policy.path, times, budget)?;
    checked.findings.into_iter().for_each(|f| ledger.add(f));
    let steps = ledger.steps();
    steps.passed(&en319102_1_5_2_6_4::STEP_2, StepSubject::PATH);
    steps.append(checked.steps);
    let mut elements = Vec::with_capacity(path.certificates.len() + 1);
    let mut end_entity_not_revoked = policy.revocation != RevocationRule::Required;
    for (place, certificate) in path.certificates.iter().enumerate() {
        let question = revocation::question(validator, &path, place, certificate, at);
        let taken = ledger.steps().as_slice().len();
        let report = revocation::check(validator, question, material, &mut ledger, budget)?;
        let steps = ledger.steps().split_off(taken);
        let before = &rfc5280_6_1_3::A_2;
        ledger.steps().insert_after(before, place, steps);
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

/// The anchor is trusted still, EN 319 102-1 §5.2.6.4 step 3.
fn check_sunset(
    path: &CertificationPath,
    material: &Material,
    at: UnixTime,
    ledger: &mut Ledger<'_>,
) {
    let Some(sunset) = material.sunset_of(&path.anchor) else {
        return;
    };
    let mark = ledger.mark();
    if sunset <= at {
        let finding = Finding::new(&codes::ANCHOR_SUNSET, subject(&path.anchor));
        let finding = finding.with_time("sunset", sunset);
        ledger.add(finding.with_time("at", at));
    }
    ledger.took(&en319102_1_5_2_6_4::STEP_3, StepSubject::PATH, mark);
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
    let purposes = purposes.map_or(&[][..], |usage| &usage.purposes);
    let is_of_service = |id: &Oid| matches!(*id, oids::TIME_STAMPING | oids::OCSP_SIGNING);
    if let Some(purpose) = purposes.first()
        && purposes.iter().all(is_of_service)
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
        subject: certificate.subject_text().to_owned(),
        revocation,
    }
}
