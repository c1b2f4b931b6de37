//! Item 2: valid at the trusted moment of signing, else on the day of the check (63-FZ art. 11 (2)).

use crate::base::time::UnixTime;
use crate::finding::code::{path, qualified as codes, revocation, time};
use crate::finding::{Finding, Level, Stage};
use crate::report::Condition;

use super::super::ledger::{Ledger, Obligation};
use super::accredited::OF_AUTHORITIES;
use super::{Inputs, Weighed, about, dates, limits, open_codes};

const ID: &str = "63fz.11.2";

/// `signingTime` is what the signer claims, and is not looked at.
pub(super) fn judge(
    inputs: Inputs<'_>,
    accredited_since: Option<UnixTime>,
    ledger: &mut Ledger<'_>,
) -> Condition {
    let subject = about(inputs.certificate);
    let (code, at) = match inputs.proven {
        Some(proven) => (&codes::TRUSTED_TIME, proven),
        None => (&codes::NO_TRUSTED_TIME, inputs.at),
    };
    ledger.add(Finding::new(code, subject.clone()).with_time("at", at));
    if inputs.proven.is_some() && !dates::ORDER_580.is_in_force(at) {
        let finding = Finding::new(&codes::TIME_MARK_ORDER, subject.clone());
        ledger.add(finding.with_time("at", at));
    }
    let mut weighed = Weighed::by(evidence(inputs));
    let is_meant = |finding: &Finding| is_of_validity(finding, inputs);
    for finding in ledger.findings() {
        let id = finding.code.id;
        let refutes = finding.level == Level::Fail && refutes_validity(finding);
        if refutes && !weighed.refuted.iter().any(|it| it == id) {
            weighed.refuted.push(id.to_owned());
        }
    }
    weighed.missing = open_codes(ledger, Stage::Chain, is_meant);
    if has_ceased(inputs, accredited_since, at) {
        let finding = Finding::new(&codes::CEASED, subject);
        let end = dates::CEASED_2022.until.unwrap_or(at);
        ledger.add(finding.with_time("end", end).with_time("at", at));
        weighed.missing.push(codes::CEASED.id.to_owned());
    }
    let is_of_others = !open_codes(ledger, Stage::Chain, |it| !is_meant(it)).is_empty();
    let is_shown = ledger.has_shown(Obligation::Path) || is_of_others;
    if weighed.missing.is_empty() && (inputs.path.is_none() || !is_shown) {
        weighed.missing.push("certification-path".to_owned());
    }
    weighed.decide(ID)
}

/// The certificate, what says that it and those above it are not revoked, and what proves the time.
fn evidence(inputs: Inputs<'_>) -> Vec<String> {
    let sources = inputs.elements.iter();
    let sources = sources.filter_map(|element| element.revocation.as_ref()?.source.clone());
    let mut evidence = vec![about(inputs.certificate).to_string()];
    for id in inputs.proven_by.iter().cloned().chain(sources) {
        if !evidence.contains(&id) {
            evidence.push(id);
        }
    }
    evidence
}

/// Findings about the chain that bear on this condition; the others bear on items 1 and 4.
fn is_of_validity(finding: &Finding, inputs: Inputs<'_>) -> bool {
    !OF_AUTHORITIES.contains(&finding.code) && !limits::is_about_limits(finding, inputs.certificate)
}

/// Findings that show the certificate to be invalid, as opposed to leaving it open.
fn refutes_validity(finding: &Finding) -> bool {
    let refuting = [
        &path::EXPIRED,
        &path::EXPIRED_NOT_REVOKED,
        &path::NOT_YET_VALID,
        &path::SIGNATURE_INVALID,
        &revocation::REVOKED,
        &revocation::CA_REVOKED,
        &time::SIGNED_BEFORE_VALIDITY,
        &time::SIGNED_AFTER_REVOCATION,
        &time::SIGNED_AFTER_EXPIRY,
    ];
    refuting.contains(&finding.code)
}

/// By 476-FZ a certificate of an authority that was accredited under the old rules was valid up to a day, whatever it
/// says itself. Only where the policy takes that as certain.
fn has_ceased(inputs: Inputs<'_>, accredited_since: Option<UnixTime>, at: UnixTime) -> bool {
    let row = &dates::CEASED_2022;
    let is_taken = inputs.policy.assumed_rules.iter().any(|id| id == row.id);
    let is_old = accredited_since.is_some_and(|since| dates::OLD_ACCREDITATION.is_in_force(since));
    is_taken && is_old && row.is_in_force(inputs.certificate.not_before) && !row.is_in_force(at)
}
