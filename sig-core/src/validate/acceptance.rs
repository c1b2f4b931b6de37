//! Signature acceptance (EN 319 102-1 §5.2.8).

use crate::alg::signature::SignatureId;
use crate::alg::strength::Moments;
use crate::base::error::Error;
use crate::base::limits::Budget;
use crate::base::time::UnixTime;
use crate::cms::attribute::Single;
use crate::cms::signer_info::SignerInfo;
use crate::cms::signing_certificate::SigningCertificate;
use crate::der::oids;
use crate::finding::code::cms as cms_codes;
use crate::finding::{Finding, Subject};
use crate::x509::certificate::Certificate;

use super::ledger::{Ledger, Obligation};
use super::policy::{AttributesRule, Policy, SigningTimeRule};
use super::strength::{Judge, Weakness};

/// What is accepted (EN 319 102-1 §5.2.8.2).
#[derive(Clone, Copy, Debug)]
pub struct Inputs<'a> {
    /// The signer.
    pub signer: &'a SignerInfo,
    /// The signer's certificate.
    pub certificate: &'a Certificate,
    /// The signature algorithm that was verified.
    pub signature: Option<SignatureId>,
    /// The time the signer claims.
    pub claimed: Option<UnixTime>,
    /// When the signature is proven to exist, and when it is checked: the times at which strength is judged.
    pub when: Moments,
}

/// Checks the attributes that must be there and the strength of the algorithms (EN 319 102-1 §5.2.8.4).
///
/// # Errors
/// A limit.
pub fn check(
    inputs: Inputs<'_>,
    policy: &Policy,
    about: &Subject,
    ledger: &mut Ledger<'_>,
    budget: &mut Budget,
) -> Result<(), Error> {
    let mark = ledger.mark();
    check_attributes(inputs, policy, about, ledger, budget)?;
    check_signing_time(inputs, policy, about, ledger);
    let judge = Judge {
        policy,
        when: inputs.when,
    };
    // An algorithm that was not resolved failed in the cryptographic block.
    if let Some(id) = inputs.signature {
        let key = &inputs.certificate.spki;
        if let Some(weak) = judge.signature(id, &inputs.signer.signature_algorithm, key) {
            ledger.add(weak.of_signature(about.clone(), inputs.when.created));
        }
    }
    check_references(inputs, judge, about, ledger, budget)?;
    ledger.show_unless_failed_since(mark, Obligation::Acceptance);
    Ok(())
}

/// One reference by an acceptable digest is enough: the other version of the attribute stands beside it for
/// old verifiers.
fn check_references(
    inputs: Inputs<'_>,
    judge: Judge<'_>,
    about: &Subject,
    ledger: &mut Ledger<'_>,
    budget: &mut Budget,
) -> Result<(), Error> {
    let Some(signed) = &inputs.signer.signed_attributes else {
        return Ok(());
    };
    if let SigningCertificate::References(references) = signed.signing_certificate(budget)? {
        let digests = references
            .iter()
            .filter_map(|reference| reference.algorithm.ok());
        let weak: Option<Vec<Weakness>> = digests.map(|digest| judge.digest(digest)).collect();
        if let Some(weak) = weak.and_then(|weak| weak.into_iter().next()) {
            ledger.add(weak.of_reference(about.clone(), inputs.when.created));
        }
    }
    Ok(())
}

fn check_signing_time(
    inputs: Inputs<'_>,
    policy: &Policy,
    about: &Subject,
    ledger: &mut Ledger<'_>,
) {
    if inputs.signer.signed_attributes.is_none() {
        return;
    }
    let Inputs {
        signer,
        certificate,
        claimed,
        ..
    } = inputs;
    match signer.single_signed(oids::SIGNING_TIME) {
        Single::Absent if policy.signing_time == SigningTimeRule::Required => {
            ledger.add(Finding::new(
                &cms_codes::SIGNING_TIME_REQUIRED,
                about.clone(),
            ));
        }
        Single::Absent => {
            ledger.add(Finding::new(&cms_codes::SIGNING_TIME_ABSENT, about.clone()));
        }
        // The format block says that it is not single.
        Single::Value(_) | Single::NotSingle => {}
    }
    let validity = certificate.not_before..=certificate.not_after;
    if let Some(claimed) = claimed.filter(|claimed| !validity.contains(claimed)) {
        let finding = Finding::new(&cms_codes::SIGNING_TIME_OUTSIDE_VALIDITY, about.clone());
        ledger.add(finding.with_time("claimed", claimed));
    }
}

fn check_attributes(
    inputs: Inputs<'_>,
    policy: &Policy,
    about: &Subject,
    ledger: &mut Ledger<'_>,
    budget: &mut Budget,
) -> Result<(), Error> {
    let required = policy.attributes == AttributesRule::Cades;
    let Some(signed) = &inputs.signer.signed_attributes else {
        if policy.attributes != AttributesRule::Cms {
            ledger.add(Finding::new(&cms_codes::ATTRIBUTES_ABSENT, about.clone()));
        }
        return Ok(());
    };
    match signed.signing_certificate(budget)? {
        SigningCertificate::Absent if required => {
            ledger.add(Finding::new(
                &cms_codes::SIGNING_CERTIFICATE_ABSENT,
                about.clone(),
            ));
        }
        SigningCertificate::NotSingle => {
            ledger.add(Finding::new(
                &cms_codes::SIGNING_CERTIFICATE_NOT_SINGLE,
                about.clone(),
            ));
        }
        // Malformed references failed while the signer was identified.
        SigningCertificate::Absent
        | SigningCertificate::Malformed
        | SigningCertificate::References(_) => {}
    }
    Ok(())
}
