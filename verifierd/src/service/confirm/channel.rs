//! What each channel asks of who signed (accounts.md §3): one module a
//! channel.

mod bank;
mod own_signature;
mod service_centre;

use sig_core::report::SignerReport;

use super::organisation;
use crate::{
    domain::{
        application::{Application, Channel, OutcomeReason},
        claims::Claims,
        enrolment::{Attestor, Enrolment, may_attest},
        reason::Reason,
        time::UnixSeconds,
    },
    service::Settings,
};

/// What a signer is compared with, as it stands inside the transaction.
pub(super) struct Scene<'a> {
    pub(super) claims: &'a Claims,
    pub(super) application: &'a Application,
    pub(super) enrolments: &'a [Enrolment],
    pub(super) now: UnixSeconds,
}

/// Whether the signer is who the channel needs, and names whom it must.
pub(super) fn check(scene: &Scene<'_>, signer: &SignerReport) -> Result<(), OutcomeReason> {
    match scene.application.channel {
        // A card is no more than where the applicant's key is.
        Channel::OwnSignature | Channel::UecCard => own_signature::check(scene, signer),
        Channel::ServiceCentre => service_centre::check(scene, signer),
        Channel::Bank => bank::check(scene, signer),
        Channel::Organisation => organisation::check(scene.application, scene.claims, signer),
        // Nobody signs.
        Channel::PostalCode => Err(Reason::Internal.into()),
    }
}

/// Whether `attestor` may attest the person of `claims` at `now`.
pub(super) fn check_attestor(
    attestor: &Attestor,
    claims: &Claims,
    enrolments: &[Enrolment],
    now: UnixSeconds,
) -> Result<(), Reason> {
    if let Attestor::Operator { snils, .. } = attestor
        && *snils == claims.snils
    {
        return Err(Reason::OperatorAttestsSelf);
    }
    may_attest(attestor, enrolments, now)
}

/// Whether what was issued is still fresh enough for its channel.
pub(super) fn check_age(
    application: &Application,
    settings: &Settings,
    now: UnixSeconds,
) -> Result<(), Reason> {
    let expires_at = application
        .issued_at
        .plus(settings.attestation_max_age)
        .min(application.expires_at);
    match application.channel {
        Channel::Bank if now >= expires_at => Err(Reason::AttestationTooOld),
        _ => Ok(()),
    }
}

/// Seconds for which what is issued for `channel` can be submitted.
pub(super) fn lifetime(channel: Channel, settings: &Settings) -> i64 {
    match channel {
        Channel::Bank => settings.attestation_max_age,
        _ => settings.application_lifetime,
    }
}

/// The attested claims are those of the account as it stands.
fn check_attested_claims(scene: &Scene<'_>) -> Result<(), OutcomeReason> {
    let fields = scene.application.differing(scene.claims)?;
    match fields.is_empty() {
        true => Ok(()),
        false => Err(OutcomeReason {
            reason: Reason::PersonDiffers,
            fields,
        }),
    }
}

/// Another than the attestor that is named has signed.
fn differs(field: &'static str) -> OutcomeReason {
    OutcomeReason {
        reason: Reason::AttestorDiffers,
        fields: vec![field],
    }
}

/// What a subject states in one way only: what it states in several is
/// nobody's.
pub(super) fn sole<'a>(
    signer: &SignerReport,
    attribute: &str,
    stated: Option<&'a str>,
) -> Option<&'a str> {
    let mut repeated = signer.subject.repeated.iter();
    let contradictory = repeated.any(|it| it.attribute == attribute);
    stated.filter(|text| !contradictory && !text.trim().is_empty())
}
