//! A bank attests its client with an organisation's certificate.

use sig_core::{profile::identity::IdentityKind, report::SignerReport};

use super::{Scene, check_attested_claims, check_attestor, differs, sole};
use crate::domain::{application::OutcomeReason, enrolment::Attestor, reason::Reason};

pub(super) fn check(scene: &Scene<'_>, signer: &SignerReport) -> Result<(), OutcomeReason> {
    let attestor = scene.application.attestor()?;
    let Some(attestor @ Attestor::Bank { ogrn }) = &attestor else {
        return Err(Reason::Internal.into());
    };
    let is_organisation = match signer.holder.identity().kind {
        // The certificate of a legal entity may name who acts for it, too.
        IdentityKind::Organisation | IdentityKind::PersonForOrganisation => true,
        IdentityKind::Person | IdentityKind::SoleTrader | IdentityKind::NotStated => false,
    };
    let stated = sole(signer, "ogrn", signer.subject.ogrn.as_deref());
    let Some(stated) = stated.filter(|_| is_organisation) else {
        return Err(OutcomeReason {
            reason: Reason::CertificateNotOfOrganisation,
            fields: vec!["ogrn"],
        });
    };
    if stated.trim() != ogrn.as_str() {
        return Err(differs("ogrn"));
    }
    check_attestor(attestor, scene.claims, scene.enrolments, scene.now)?;
    check_attested_claims(scene)
}
