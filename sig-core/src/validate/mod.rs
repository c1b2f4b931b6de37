//! Validation of signatures and certificates, a file a block (EN 319 102-1).

pub mod acceptance;
mod attributes;
pub mod basic;
pub mod bundle;
pub mod certificate;
pub mod chain;
pub mod conclude;
pub mod context;
mod countersignature;
pub mod crypto;
mod dead_end;
mod document;
mod embedded;
pub mod evidence;
mod evidence_record;
pub mod format;
#[cfg(test)]
mod hand_made;
pub mod ledger;
mod listing;
mod long_term;
mod names;
mod ocsp;
mod past;
mod poe_extraction;
pub mod policy;
pub mod qualified;
pub mod qualified_eu;
mod recovery;
mod references;
mod revocation;
mod signature;
pub mod signer;
mod sliding;
mod stamps;
mod strength;
mod summary;
mod time_stamp;
mod with_time;

use std::sync::Arc;

use crate::alg::provider::Algorithms;
use crate::base::error::Error;
use crate::base::limits::{Budget, Limits};
use crate::base::time::UnixTime;
use crate::path::validate::subject;
use crate::report::{Judged, PolicyReference, Report, TrustReference};
use crate::trust::poe::ProofsOfExistence;
use crate::x509::certificate::Certificate;

use evidence::{Evidence, Material};
use policy::Policy;

pub use past::PastCertificate;

/// Judges evidence by a policy (EN 319 102-1 §5.1). A plain value: the same inputs give the same report.
#[derive(Clone, Debug)]
pub struct Validator {
    /// What computes digests and verifies signatures.
    pub algorithms: &'static Algorithms,
    /// What is required.
    pub policy: Policy,
    /// How much work one input may cause.
    pub limits: Limits,
}

impl Validator {
    /// Judges a signature file at a time, with the time-stamps in it (EN 319 102-1 §5.3, §5.5), or a time-stamp token
    /// that stands alone (§5.4).
    ///
    /// Whatever the octets are, the answer is a report: not a signature at all is `NO_SIGNATURE`, a broken one
    /// is `TOTAL_FAILED`.
    ///
    /// # Errors
    /// A limit was reached, or two implementations of an algorithm disagree: that is not a verdict.
    pub fn validate(&self, evidence: Evidence, at: UnixTime) -> Result<Report, Error> {
        basic::validate(self, evidence, at)
    }

    /// Until when a certificate could be relied upon, by what is proven to have existed when: past certificate validation
    /// (EN 319 102-1 §5.6.2.1).
    ///
    /// # Errors
    /// As for [`Self::validate_certificate`].
    pub fn validate_certificate_in_past(
        &self,
        certificate: &Arc<Certificate>,
        material: &Material,
        proofs: &ProofsOfExistence,
        at: UnixTime,
    ) -> Result<PastCertificate, Error> {
        let inputs = past::Inputs {
            validator: self,
            certificate,
            material,
            proofs,
            existed: proofs.since(&subject(certificate), at),
            at,
            transition: recovery::Transition::LongTerm,
        };
        past::alone(inputs, &mut Budget::new(self.limits))
    }

    /// Judges one certificate at a time (RFC 5280 §6.1, EN 319 102-1 §5.2.6).
    ///
    /// # Errors
    /// A limit was reached, or two implementations of an algorithm disagree: that is not a verdict.
    pub fn validate_certificate(
        &self,
        certificate: &Arc<Certificate>,
        material: &Material,
        at: UnixTime,
    ) -> Result<Report, Error> {
        let mut budget = Budget::new(self.limits);
        let report = certificate::validate(self, certificate, material, at, &mut budget)?;
        let [trust, trusted_lists] = trust_references(material);
        Ok(Report {
            at,
            back_end: self.algorithms.name,
            policy: self.policy.reference(),
            trust,
            trusted_lists,
            judged: Judged::Certificate(Box::new(report)),
            work: budget.used(),
        })
    }
}

impl Policy {
    /// Id and digest, as they stand in the report (EN 319 102-1 §5.1.4).
    #[must_use]
    pub fn reference(&self) -> PolicyReference {
        PolicyReference {
            id: self.id.clone(),
            digest: self.digest(),
        }
    }
}

/// The snapshots of a material, as the report names them: of accredited authorities, and of European lists.
fn trust_references(material: &Material) -> [Option<TrustReference>; 2] {
    let reference = |id: &str, digest: &str| TrustReference {
        id: id.to_owned(),
        digest: digest.to_owned(),
    };
    let accredited = material.trust.as_ref();
    let listed = material.trusted_lists.as_ref();
    [
        accredited.map(|it| reference(it.id(), it.digest())),
        listed.map(|it| reference(it.id(), it.digest())),
    ]
}
