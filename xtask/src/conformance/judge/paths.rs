//! Certification paths.

use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use sig_core::alg::provider::Algorithms;
use sig_core::alg::strength::{KeyFamily, StrengthRow, StrengthTable, Subject};
use sig_core::finding::{self, Indication, Value};
use sig_core::path::build::{CertificationPath, Sources};
use sig_core::path::validate::subject;
use sig_core::report::{CertificateReport, Judged, RevocationStatus};
use sig_core::trust::poe::ProofsOfExistence;
use sig_core::trust::revocation::{self, Offered, Question, UnknownSigner};
use sig_core::validate::policy::{SaltRule, WeakRule};
use sig_core::x509::certificate::Certificate;
use sig_core::{Budget, Material, Policy, UnixTime, Validator};

use super::super::case::{Answer, Expected, Outcome, Path, Proof};
use super::messages::{rule, word};
use super::{because, limits, load, not_judged, unsupported};
use crate::corpus::Corpus;

enum Attempt {
    Judged(Box<CertificateReport>),
    Ended(Outcome),
}

/// Judges a certificate.
pub fn judge(
    path: &Path,
    corpus: &Corpus,
    algorithms: &'static Algorithms,
    expected: &Expected,
) -> Result<Outcome> {
    let report = match attempt(path, corpus, algorithms, expected)? {
        Attempt::Judged(report) => report,
        Attempt::Ended(outcome) => return Ok(outcome),
    };
    if let Some(skipped) = unsupported(report.findings.iter())
        && *expected != Expected::Answers
    {
        return Ok(skipped);
    }
    let passed = report.conclusion.indication == Indication::TotalPassed;
    let agrees = match expected {
        Expected::Valid => passed,
        Expected::Invalid | Expected::Survives => !passed,
        Expected::Because(sub_indication) => word(report.conclusion) == *sub_indication,
        _ => true,
    };
    if let Some(policies) = path.policies.as_ref().filter(|_| agrees && passed) {
        let actual = report.valid_policy_set.join(",");
        let agrees = actual == policies.to_string();
        return Ok(Outcome::of(
            agrees,
            format!("valid for {actual}"),
            format!("it must be for {policies}"),
        ));
    }
    let reason = because(report.decided_by, &report.findings);
    Ok(Outcome::of(agrees, word(report.conclusion), reason))
}

/// Says whether a certificate is revoked.
pub fn status(
    path: &Path,
    corpus: &Corpus,
    algorithms: &'static Algorithms,
    expected: &Expected,
) -> Result<Outcome> {
    let report = match attempt(path, corpus, algorithms, expected)? {
        Attempt::Judged(report) => report,
        Attempt::Ended(outcome) => return Ok(outcome),
    };
    if let Some(skipped) = unsupported(report.findings.iter()) {
        return Ok(skipped);
    }
    let element = report.path.first();
    let status = element.and_then(|element| element.revocation.as_ref());
    let actual = match status.map(|revocation| revocation.status) {
        Some(RevocationStatus::Good) => Expected::Good,
        Some(RevocationStatus::Revoked) => Expected::Revoked,
        Some(RevocationStatus::Unknown) | None => Expected::Unknown,
    };
    let codes: Vec<&str> = report
        .findings
        .iter()
        .map(|finding| finding.code.id)
        .filter(|id| id.starts_with("revocation."))
        .collect();
    let reason = if codes.is_empty() {
        because(report.decided_by, &report.findings)
    } else {
        codes.join(", ")
    };
    Ok(Outcome::of(actual == *expected, actual.to_string(), reason))
}

/// Says whether a response is an answer of an authorised responder about a certificate.
pub fn answer(
    answer: &Answer,
    corpus: &Corpus,
    algorithms: &'static Algorithms,
    expected: &Expected,
) -> Result<Outcome> {
    let limits = limits();
    let first = |source| {
        let mut read = Material::default();
        read.add(&load(corpus, source)?, &limits)?;
        read.certificates
            .into_iter()
            .next()
            .context("a file without a certificate")
    };
    let (target, issuer) = (&first(&answer.target)?, &first(&answer.issuer)?);
    let mut material = Material::default();
    if let Err(error) = material.add(&load(corpus, &answer.response)?, &limits) {
        return Ok(not_judged(&error, expected));
    }
    let path = CertificationPath {
        certificates: vec![Arc::clone(target)],
        anchor: Arc::clone(issuer),
    };
    let question = Question {
        path: &path,
        place: 0,
        certificate: target,
        at: answer.at,
        unknown_signer: UnknownSigner::Taken,
    };
    let offered = Offered {
        crls: &[],
        ocsp: &material.ocsp,
        max_age_days: None,
        fresh_age_days: None,
        sources: Sources::new(std::slice::from_ref(issuer), &[], algorithms),
    };
    let determined = match revocation::status(question, offered, &mut Budget::new(limits)) {
        Ok(determined) => determined,
        Err(error) => return Ok(not_judged(&error, expected)),
    };
    let actual = match determined.answer {
        Some(_) => Expected::Valid,
        None => Expected::Invalid,
    };
    let reasons: Vec<&str> = determined.rejected.iter().map(|it| it.reason).collect();
    Ok(Outcome::of(
        actual == *expected,
        actual.to_string(),
        reasons.join(", "),
    ))
}

/// Says until when a certificate could be relied upon.
pub fn past(
    path: &Path,
    proofs: &[Proof],
    corpus: &Corpus,
    algorithms: &'static Algorithms,
    expected: &Expected,
) -> Result<Outcome> {
    let Inputs {
        target,
        material,
        validator,
    } = match inputs(path, corpus, algorithms, expected)? {
        Ok(inputs) => inputs,
        Err(outcome) => return Ok(outcome),
    };
    let mut proven = ProofsOfExistence::default();
    for proof in proofs {
        let mut read = Material::default();
        read.add(&load(corpus, &proof.object)?, &validator.limits)?;
        let certificates = read.certificates.iter().map(|it| subject(it));
        let crls = read
            .crls
            .iter()
            .map(|it| finding::Subject::Crl(it.sha256()));
        let ocsp = read
            .ocsp
            .iter()
            .map(|it| finding::Subject::Ocsp(it.sha256()));
        let objects: Vec<finding::Subject> = certificates.chain(crls).chain(ocsp).collect();
        ensure!(!objects.is_empty(), "a proof of nothing");
        objects.into_iter().for_each(|it| proven.add(it, proof.at));
    }
    let past = validator.validate_certificate_in_past(&target, &material, &proven, path.at);
    let past = match past {
        Ok(past) => past,
        Err(error) => return Ok(not_judged(&error, expected)),
    };
    let codes: Vec<&str> = past.findings.iter().map(|it| it.code.id).collect();
    let actual = past.control.map_or(Expected::NoControl, Expected::Control);
    // A revocation ends trust with its second: the standard names that second, the product the last one before it.
    let is_end = |time: UnixTime| {
        let moved = past.findings.iter().filter(|it| it.code.id == REVOKED);
        let mut ends = moved.flat_map(|it| &it.facts).map(|fact| &fact.value);
        ends.any(|value| *value == Value::Time(time))
    };
    let agrees = match (expected, past.control) {
        (Expected::Control(time), Some(control)) => {
            control == *time || control.plus_seconds(1) == *time && is_end(*time)
        }
        _ => *expected == actual,
    };
    Ok(Outcome::of(agrees, actual.to_string(), codes.join(", ")))
}

/// The finding that a revocation moved the control time.
const REVOKED: &str = "past.control.revoked";

struct Inputs {
    target: Arc<Certificate>,
    material: Material,
    validator: Validator,
}

fn attempt(
    path: &Path,
    corpus: &Corpus,
    algorithms: &'static Algorithms,
    expected: &Expected,
) -> Result<Attempt> {
    let Inputs {
        target,
        material,
        validator,
    } = match inputs(path, corpus, algorithms, expected)? {
        Ok(inputs) => inputs,
        Err(outcome) => return Ok(Attempt::Ended(outcome)),
    };
    Ok(
        match validator.validate_certificate(&target, &material, path.at) {
            Ok(report) => match report.judged {
                Judged::Certificate(report) => Attempt::Judged(report),
                Judged::Signatures { .. }
                | Judged::TimeStamp { .. }
                | Judged::EvidenceRecord { .. } => {
                    Attempt::Ended(Outcome::of(false, "a message", "not a certificate"))
                }
            },
            Err(error) => Attempt::Ended(not_judged(&error, expected)),
        },
    )
}

fn inputs(
    path: &Path,
    corpus: &Corpus,
    algorithms: &'static Algorithms,
    expected: &Expected,
) -> Result<Result<Inputs, Outcome>> {
    let limits = limits();
    let mut read = Material::default();
    let target = match read.add(&load(corpus, &path.target)?, &limits) {
        Ok(_) => read.certificates.first().cloned(),
        Err(error) => return Ok(Err(not_judged(&error, expected))),
    };
    let Some(target) = target else {
        let agrees = matches!(
            expected,
            Expected::Invalid | Expected::Answers | Expected::Unknown
        );
        let outcome = Outcome::of(agrees, "not a certificate", "the target cannot be read");
        return Ok(Err(outcome));
    };
    let mut material = Material::default();
    for source in &path.anchors {
        let octets = load(corpus, source)?;
        super::add_anchor(&mut material, &octets, &limits)?;
    }
    for source in &path.material {
        let octets = load(corpus, source)?;
        if let Err(error) = material.add(&octets, &limits) {
            return Ok(Err(not_judged(&error, expected)));
        }
    }
    let builtin = Policy::builtin("pkix")?;
    let validator = Validator {
        algorithms,
        policy: Policy {
            strength: match path.smallest_rsa {
                Some(bits) => Arc::new(without_small_rsa(&builtin.strength, bits)?),
                None => Arc::clone(&builtin.strength),
            },
            revocation: rule(path.revocation),
            weak_algorithms: if path.allow_weak {
                WeakRule::Warn
            } else {
                WeakRule::Fail
            },
            path: path.inputs.clone(),
            max_revocation_age_days: path.max_revocation_age_days,
            fresh_revocation_age_days: path.fresh_revocation_age_days,
            pss_salt: SaltRule::AtMost(u16::MAX),
            ..builtin
        },
        limits,
    };
    Ok(Ok(Inputs {
        target,
        material,
        validator,
    }))
}

fn without_small_rsa(table: &StrengthTable, smallest: u32) -> Result<StrengthTable> {
    let is_small = |row: &StrengthRow| {
        matches!(
            row.subject,
            Subject::Key { family: KeyFamily::Rsa, bits, .. } if bits < smallest
        )
    };
    let mut rows: Vec<_> = table.rows().to_vec();
    rows.retain(|row| !is_small(row));
    StrengthTable::new(rows).map_err(|why| anyhow::anyhow!("{why}"))
}
