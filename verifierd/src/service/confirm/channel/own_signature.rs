//! The applicant signs, with a certificate of their own.

use sig_core::report::SignerReport;

use super::Scene;
use crate::domain::{
    application::OutcomeReason,
    matching::{CertificatePerson, check_person},
};

pub(super) fn check(scene: &Scene<'_>, signer: &SignerReport) -> Result<(), OutcomeReason> {
    let subject = &signer.subject;
    let certificate = CertificatePerson {
        surname: subject.surname.as_deref(),
        given_name: subject.given_name.as_deref(),
        snils: subject.snils.as_deref(),
        inn: subject.inn.as_deref(),
        contradictory: &contradictory(signer),
    };
    check_person(scene.claims, &certificate)
}

/// What a person is matched by and the certificate states in several different ways.
fn contradictory(signer: &SignerReport) -> Vec<&'static str> {
    let repeated = signer.subject.repeated.iter();
    let fields = repeated.filter_map(|it| match it.attribute {
        "surname" => Some("surname"),
        "given-name" => Some("given_name"),
        "snils" => Some("snils"),
        "inn" => Some("inn"),
        _ => None,
    });
    fields.collect()
}
