//! Checking a path (RFC 5280 §6.1, RFC 9618 §5): a file a section, one function a lettered step.
//!
//! Signatures are the builder's: a path exists only when they verify. Revocation and the validity of the end
//! entity are the caller's, since EN 319 102-1 §5.2.6.4 judges them apart. The steps say so in their places.

mod anchor;
mod basic_processing;
mod demands;
mod initialization;
mod preparation;
mod profile;
mod wrap_up;

use crate::base::error::LimitExceeded;
use crate::base::limits::Budget;
use crate::base::time::UnixTime;
use crate::der::oid::Oid;
use crate::der::oids;
use crate::finding::step::why;
use crate::finding::{Finding, StepOutcome, StepRow, StepSubject, Steps, Subject, Why};
use crate::x509::certificate::Certificate;
use crate::x509::name_match;

use super::build::CertificationPath;
use super::inputs::{PathInputs, PolicySet, ProfileRule};
use super::name_constraints::Subtrees;
use super::policy_graph::PolicyGraph;

/// When each part of a path must be valid (EN 319 102-1 §5.2.6, validation models).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ValidityTimes {
    /// The time for the certificates of authorities.
    pub authorities: UnixTime,
}

/// What path validation found (RFC 5280 §6.1.6).
///
/// The working public key is that of the first certificate of the path, with the parameters that it inherits.
#[derive(Clone, Debug)]
pub struct CheckedPath {
    /// In path order, the certificate below the anchor first. The path is valid when none of them fails.
    pub findings: Vec<Finding>,
    /// authority-constrained-policy-set: the policies under which the authorities certified.
    pub authority_policies: PolicySet,
    /// user-constrained-policy-set: those of them that were asked for.
    pub user_policies: PolicySet,
    /// Every step of §6.1.2 to §6.1.5 in the order in which it was taken.
    pub steps: Steps,
}

/// Checks everything of RFC 5280 §6.1.3 to §6.1.5 but the signatures, which the builder verified, the
/// validity of the end entity, which EN 319 102-1 §5.2.6.4 step 7 judges last, and revocation.
///
/// Every step is taken even when one before it failed, so that a report names all that is wrong.
///
/// # Errors
/// A limit: that says nothing about the path.
///
/// # Limits
/// Name comparisons for each certificate, one name constraint check for each pair of a name and a subtree,
/// one policy node for each policy that stays valid at a depth.
pub fn check(
    path: &CertificationPath,
    inputs: &PathInputs,
    times: ValidityTimes,
    budget: &mut Budget,
) -> Result<CheckedPath, LimitExceeded> {
    let mut state = State::initialize(path, inputs, budget)?;
    state.apply_anchor(path, times, budget)?;
    for (place, certificate) in path.certificates.iter().enumerate().rev() {
        state.place = place;
        let issuer = path.issuer_of(place);
        let current = Current {
            certificate,
            issuer,
            is_self_issued: is_self_issued(certificate, budget)?,
            is_last: place == 0,
        };
        state.process(&current, times, budget)?;
        if current.is_last {
            state.wrap_up(&current);
        } else {
            state.prepare_for_next(&current, budget)?;
        }
        if inputs.profile == ProfileRule::Required {
            state.check_profile(certificate);
        }
    }
    if path.certificates.is_empty() && state.explicit_policy == 0 {
        // No certificate states a policy for the anchor.
        let _ = state.fail_policy(&path.anchor);
    }
    let end_entity = path.certificates.first().unwrap_or(&path.anchor);
    state.check_demands(end_entity);
    Ok(state.finish(path))
}

/// The subject of findings about a certificate (RFC 5280 §6.1).
#[must_use]
pub fn subject(certificate: &Certificate) -> Subject {
    Subject::Certificate(certificate.sha256())
}

/// RFC 5280 §6.1: the same name in both fields, in the sense of §7.1.
fn is_self_issued(certificate: &Certificate, budget: &mut Budget) -> Result<bool, LimitExceeded> {
    name_match::matches(&certificate.subject, &certificate.issuer, budget)
}

/// Certificate i.
struct Current<'a> {
    certificate: &'a Certificate,
    issuer: &'a Certificate,
    is_self_issued: bool,
    is_last: bool,
}

/// State variables of RFC 5280 §6.1.2.
struct State<'a> {
    inputs: &'a PathInputs,
    findings: Vec<Finding>,
    valid_policy_graph: PolicyGraph,
    /// permitted_subtrees and excluded_subtrees: a name must satisfy those of each authority.
    subtrees: Vec<Subtrees>,
    explicit_policy: u32,
    inhibit_any_policy: u32,
    policy_mapping: u32,
    max_path_length: u32,
    /// A missing policy is stated once, where it first failed.
    policy_failed: bool,
    steps: Steps,
    /// The place of the certificate that is looked at.
    place: usize,
}

impl State<'_> {
    fn add(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Records a step that made the findings since a mark.
    fn took(&mut self, row: &'static StepRow, mark: usize) {
        let made = self.findings.get(mark..).unwrap_or_default();
        let outcome = StepOutcome::of(made);
        self.steps.add(row, self.here(), outcome);
    }

    fn passed(&mut self, row: &'static StepRow) {
        self.steps.passed(row, self.here());
    }

    fn skipped(&mut self, row: &'static StepRow, why: &'static Why) {
        self.steps.skipped(row, self.here(), why);
    }

    /// Records one of two: a step on something, or that there is none of it.
    fn passed_if(&mut self, is_there: bool, row: &'static StepRow) {
        if is_there {
            self.passed(row);
        } else {
            self.skipped(row, &why::ABSENT);
        }
    }

    const fn here(&self) -> StepSubject {
        StepSubject::certificate(self.place)
    }

    const fn mark(&self) -> usize {
        self.findings.len()
    }

    fn finish(self, path: &CertificationPath) -> CheckedPath {
        let authority_policies = if path.certificates.is_empty() {
            // No certificate stated a policy.
            PolicySet::of([])
        } else {
            self.valid_policy_graph.authority_constrained()
        };
        CheckedPath {
            findings: self.findings,
            user_policies: authority_policies.intersection(&self.inputs.policies),
            authority_policies,
            steps: self.steps,
        }
    }
}

/// Extensions whose meaning is processed here or by the caller, or that bear no constraint on the path.
const RECOGNISED: [Oid; 16] = [
    oids::BASIC_CONSTRAINTS,
    oids::KEY_USAGE,
    oids::EXTENDED_KEY_USAGE,
    oids::CERTIFICATE_POLICIES,
    oids::SUBJECT_ALT_NAME,
    oids::ISSUER_ALT_NAME,
    oids::SUBJECT_KEY_IDENTIFIER,
    oids::AUTHORITY_KEY_IDENTIFIER,
    oids::CRL_DISTRIBUTION_POINTS,
    oids::NAME_CONSTRAINTS,
    oids::POLICY_MAPPINGS,
    oids::POLICY_CONSTRAINTS,
    oids::INHIBIT_ANY_POLICY,
    // FSB order 795: descriptions of the tools used; two accredited authorities mark them critical.
    oids::SUBJECT_SIGN_TOOL,
    oids::ISSUER_SIGN_TOOL,
    oids::IDENTIFICATION_KIND,
];
