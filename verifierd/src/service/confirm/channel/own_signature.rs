//! The applicant signs, with a certificate of their own.

use sig_core::report::SignerReport;

use super::Scene;
use crate::{domain::application::OutcomeReason, service::signatory::Signatory};

pub(super) fn check(scene: &Scene<'_>, signer: &SignerReport) -> Result<(), OutcomeReason> {
    Signatory::of(signer).check(scene.claims)
}
