//! An organisation's signature: its certificate names it and its head.

use sig_core::report::SignerReport;

use super::channel::sole;
use crate::domain::{
    application::{Application, OutcomeReason},
    claims::Claims,
    organisation::{CertificateHead, Organisation, check_head},
    reason::Reason,
};

/// Whether the signer is the organisation that the application is about, by
/// its head, who is the person of the account.
pub(super) fn check(
    application: &Application,
    claims: &Claims,
    signer: &SignerReport,
) -> Result<(), OutcomeReason> {
    let organisation = Organisation::of_content(&application.content);
    let organisation = organisation.ok_or(OutcomeReason {
        reason: Reason::OrganisationDiffers,
        fields: Vec::new(),
    })?;
    let subject = &signer.subject;
    let person = signer.holder.identity().person.as_ref();
    let ogrnip = person.and_then(|person| person.ogrnip.as_ref());
    let repeated = subject.repeated.iter();
    let contradictory = repeated.filter_map(|it| match it.attribute {
        "surname" => Some("surname"),
        "given-name" => Some("given_name"),
        "snils" => Some("snils"),
        "inn" => Some("inn"),
        _ => None,
    });
    let contradictory: Vec<_> = contradictory.collect();
    let head = CertificateHead {
        ogrn: sole(signer, "ogrn", subject.ogrn.as_deref()),
        ogrnip: sole(signer, "ogrnip", ogrnip.map(|ogrnip| ogrnip.value.as_str())),
        surname: subject.surname.as_deref(),
        given_name: subject.given_name.as_deref(),
        snils: subject.snils.as_deref(),
        inn: subject.inn.as_deref(),
        contradictory: &contradictory,
    };
    check_head(&organisation, claims, &head)
}
