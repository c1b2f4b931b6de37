//! Signature acceptance (EN 319 102-1 §5.2.8).

use crate::alg::signature::SignatureId;
use crate::base::error::Error;
use crate::base::limits::Budget;
use crate::base::time::UnixTime;
use crate::cms::signer_info::SignerInfo;
use crate::cms::signing_certificate::SigningCertificate;
use crate::finding::code::{cms as cms_codes, crypto as codes};
use crate::finding::{Finding, Subject};
use crate::x509::certificate::Certificate;

use super::ledger::{Ledger, Obligation};
use super::policy::{AttributesRule, Policy};
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
    ledger.show_unless_failed_since(mark, Obligation::Acceptance);
    Ok(())
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
        SigningCertificate::References(references) => {
            for digest in references
                .iter()
                .filter_map(|reference| reference.algorithm.ok())
            {
                if let Some(algorithm) = strength::weak_digest(digest, inputs.at) {
                    let code = &codes::REFERENCE_DIGEST_NOT_ACCEPTABLE;
                    let finding = Finding::new(code, about.clone());
                    ledger.add(finding.with_word("algorithm", algorithm));
                }
            }
        }
        // Malformed references failed while the signer was identified.
        SigningCertificate::Absent | SigningCertificate::Malformed => {}
    }
    Ok(())
}
