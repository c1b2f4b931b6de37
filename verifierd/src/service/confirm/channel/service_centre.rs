//! An operator of a service centre attests that the person appeared.

use sig_core::report::SignerReport;

use super::{Scene, check_attested_claims, check_attestor, differs, sole};
use crate::domain::{
    application::OutcomeReason, enrolment::Attestor, identifiers::Snils, reason::Reason,
};

pub(super) fn check(scene: &Scene<'_>, signer: &SignerReport) -> Result<(), OutcomeReason> {
    let attestor = scene.application.attestor()?;
    let Some(attestor @ Attestor::Operator { snils, .. }) = &attestor else {
        return Err(Reason::Internal.into());
    };
    let stated = sole(signer, "snils", signer.subject.snils.as_deref());
    let Some(stated) = stated else {
        return Err(OutcomeReason {
            reason: Reason::CertificateWithoutSnils,
            fields: vec!["operator_snils"],
        });
    };
    if Snils::parse_printed(stated).ok().as_ref() != Some(snils) {
        return Err(differs("operator_snils"));
    }
    check_attestor(attestor, scene.claims, scene.enrolments, scene.now)?;
    check_attested_claims(scene)
}
