//! One certificate with its path (RFC 5280 §6.1, EN 319 102-1 §5.2.6).

use std::sync::Arc;

use crate::base::error::Error;
use crate::base::limits::Budget;
use crate::base::time::UnixTime;
use crate::finding::Finding;
use crate::finding::code::policy as policy_codes;
use crate::path::validate::subject;
use crate::profile::{self, Identity};
use crate::report::{CertificateReport, NotChecked};
use crate::x509::certificate::Certificate;

use super::conclude::conclude;
use super::evidence::Material;
use super::ledger::CERTIFICATE;
use super::{Validator, chain, ocsp, qualified, qualified_eu, strength, summary};

/// Judges one certificate (RFC 5280 §6.1), and under a policy that asks for it, what can be said of it by
/// 63-FZ art. 11 or Regulation (EU) No 910/2014 without a signature.
///
/// # Errors
/// A limit.
pub fn validate(
    validator: &Validator,
    certificate: &Arc<Certificate>,
    material: &Material,
    at: UnixTime,
    budget: &mut Budget,
) -> Result<CertificateReport, Error> {
    let policy = &validator.policy;
    let mut chain = chain::validate(validator, certificate, material, at, budget)?;
    if policy.is_for_testing() {
        let finding = Finding::new(&policy_codes::TESTING, subject(certificate));
        chain.ledger.add(finding);
    }
    let decision = conclude(&chain.ledger, &CERTIFICATE);
    let mut not_checked = ocsp::not_checked(policy.revocation, material);
    let by_law = policy.judges_qualified().then(|| {
        not_checked.push(NotChecked {
            what: "63fz.11.3",
            why: "needs-a-signature",
        });
        let inputs = qualified::Inputs {
            policy,
            certificate,
            path: chain.path.as_ref(),
            elements: &chain.elements,
            trust: material.trust.as_deref(),
            at,
            proven: None,
            proven_by: &[],
            conclusion: decision.conclusion,
        };
        qualified::judge_certificate(inputs, &mut chain.ledger)
    });
    let lists = material.trusted_lists.as_deref();
    let by_lists = lists.filter(|_| policy.judges_eidas()).map(|trust| {
        let inputs = qualified_eu::Inputs {
            certificate,
            path: chain.path.as_ref(),
            trust,
            at,
            proven: None,
            conclusion: decision.conclusion,
        };
        qualified_eu::judge_certificate(inputs, &mut chain.ledger)
    });
    let qualified = by_law.or(by_lists);
    let (findings, steps) = chain.ledger.into_parts();
    Ok(CertificateReport {
        certificate: summary::certificate(certificate),
        subject: summary::subject(&certificate.subject),
        key: strength::key_name(&certificate.spki),
        conclusion: decision.conclusion,
        decided_by: decision.by,
        path: chain.elements,
        qualified,
        findings,
        steps,
        not_checked,
        valid_policy_set: chain.policies.to_strings(),
        identity: Identity::of(&certificate.subject),
        profile: profile::report(certificate, summary::set_of(certificate, policy)),
    })
}
