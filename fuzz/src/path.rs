//! A chain of certificates, checked as it stands.

use std::sync::Arc;

use sig_core::base::error::Structure;
use sig_core::der::octets::Octets;
use sig_core::der::oids;
use sig_core::der::reader::{Encoding, Reader};
use sig_core::finding::Level;
use sig_core::path::build::CertificationPath;
use sig_core::path::host::Host;
use sig_core::path::inputs::{
    AnchorRule, AnchorValidity, AnyPolicyRule, ExplicitPolicyRule, KeyPurposeScope, PathInputs,
    PolicyMappingRule, ProfileRule,
};
use sig_core::path::validate::{ValidityTimes, check};
use sig_core::x509::certificate::Certificate;
use sig_core::{Budget, Error};

use crate::{AT, LIMITS};

/// Certificates one after another, the anchor first and the end entity last: the work stays within its limits,
/// and asking for more never makes a path that failed pass.
pub fn path(data: &[u8]) {
    let Ok(Some(path)) = read(data) else {
        return;
    };
    let strict = PathInputs {
        explicit_policy: ExplicitPolicyRule::Required,
        policy_mapping: PolicyMappingRule::Inhibited,
        any_policy: AnyPolicyRule::Inhibited,
        anchor: AnchorRule::AllConstraints,
        anchor_validity: AnchorValidity::Checked,
        max_depth: Some(1),
        key_purpose: Some(oids::SERVER_AUTH),
        key_purpose_scope: KeyPurposeScope::WholePath,
        host: Host::parse("a.example"),
        profile: ProfileRule::Required,
        ..PathInputs::UNCONSTRAINED
    };
    let plain = passes(&path, &PathInputs::UNCONSTRAINED);
    let strict = passes(&path, &strict);
    assert!(plain != Some(false) || strict != Some(true));
}

fn read(data: &[u8]) -> Result<Option<CertificationPath>, Error> {
    let input = Octets::from(data);
    let mut budget = Budget::new(LIMITS);
    let mut reader = Reader::new(&input, Encoding::Der, Structure::Certificate);
    let mut certificates = Vec::new();
    while !reader.is_empty() {
        let octets = reader.element(&mut budget)?.octets();
        let certificate = Certificate::from_der(&octets, &mut budget)?;
        certificates.insert(0, Arc::new(certificate));
    }
    Ok(certificates.pop().map(|anchor| CertificationPath {
        certificates,
        anchor,
    }))
}

/// Whether nothing failed; nothing when a limit was reached.
fn passes(path: &CertificationPath, inputs: &PathInputs) -> Option<bool> {
    let mut budget = Budget::new(LIMITS);
    let checked = check(path, inputs, ValidityTimes { authorities: AT }, &mut budget);
    let used = budget.used();
    assert!(used.policy_nodes <= LIMITS.policy_nodes);
    assert!(used.name_comparisons <= LIMITS.name_comparisons);
    assert!(used.name_constraint_checks <= LIMITS.name_constraint_checks);
    let checked = checked.ok()?;
    Some(checked.findings.iter().all(|f| f.level != Level::Fail))
}
