//! Signature acceptance (EN 319 102-1 §5.2.8).

use crate::alg::signature::SignatureId;
use crate::base::error::Error;
use crate::base::limits::Budget;
use crate::base::time::UnixTime;
use crate::cms::attribute::Single;
use crate::cms::signer_info::SignerInfo;
use crate::cms::signing_certificate::SigningCertificate;
use crate::der::oids;
use crate::finding::code::{cms as cms_codes, crypto as codes};
use crate::finding::{Finding, Subject};
use crate::x509::certificate::Certificate;

use super::ledger::{Ledger, Obligation};
use super::policy::{AttributesRule, Policy, SigningTimeRule};
use super::strength;

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
    /// The time at which strength is judged.
    pub at: UnixTime,
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
    let key = &inputs.certificate.spki;
    let weak = match inputs.signature {
        Some(id) => strength::weak_signature(id, key, inputs.at),
        // An algorithm that was not resolved failed in the cryptographic block.
        None => None,
    };
    if let Some(algorithm) = weak {
        ledger.add(
            Finding::new(&codes::ALGORITHM_NOT_ACCEPTABLE, about.clone())
                .with_word("algorithm", algorithm)
                .with_time("at", inputs.at),
        );
    }
    check_references(inputs, about, ledger, budget)?;
    ledger.show_unless_failed_since(mark, Obligation::Acceptance);
    Ok(())
}

/// One reference by an acceptable digest is enough: the other version of the attribute stands beside it for
/// old verifiers.
fn check_references(
    inputs: Inputs<'_>,
    about: &Subject,
    ledger: &mut Ledger<'_>,
    budget: &mut Budget,
) -> Result<(), Error> {
    let Some(signed) = &inputs.signer.signed_attributes else {
        return Ok(());
    };
    if let SigningCertificate::References(references) =
        SigningCertificate::of(&signed.attributes, budget)?
    {
        let digests = references
            .iter()
            .filter_map(|reference| reference.algorithm.ok());
        let weak: Option<Vec<String>> = digests
            .map(|digest| strength::weak_digest(digest, inputs.at))
            .collect();
        if let Some([algorithm, ..]) = weak.as_deref() {
            let code = &codes::REFERENCE_DIGEST_NOT_ACCEPTABLE;
            let finding = Finding::new(code, about.clone());
            ledger.add(finding.with_word("algorithm", algorithm.as_str()));
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
        if required {
            ledger.add(Finding::new(&cms_codes::ATTRIBUTES_ABSENT, about.clone()));
        }
        return Ok(());
    };
    match SigningCertificate::of(&signed.attributes, budget)? {
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
