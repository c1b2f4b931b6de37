//! Whom a signer's certificate names.

use sig_core::report::SignerReport;

use crate::domain::{
    application::OutcomeReason,
    claims::Claims,
    identifiers::Snils,
    matching::{CertificatePerson, check_person},
};

/// A person as a certificate names them.
#[derive(Clone, Default)]
pub(super) struct Signatory {
    surname: Option<String>,
    given_name: Option<String>,
    snils: Option<String>,
    inn: Option<String>,
    /// What a person is matched by and the certificate states in several
    /// different ways.
    contradictory: Vec<&'static str>,
}

impl Signatory {
    pub(super) fn of(signer: &SignerReport) -> Self {
        let subject = &signer.subject;
        let repeated = subject.repeated.iter();
        let fields = repeated.filter_map(|it| match it.attribute {
            "surname" => Some("surname"),
            "given-name" => Some("given_name"),
            "snils" => Some("snils"),
            "inn" => Some("inn"),
            _ => None,
        });
        Self {
            surname: subject.surname.clone(),
            given_name: subject.given_name.clone(),
            snils: subject.snils.clone(),
            inn: subject.inn.clone(),
            contradictory: fields.collect(),
        }
    }

    /// Compares with the personal data of an account.
    ///
    /// # Errors
    /// As [`check_person`].
    pub(super) fn check(&self, claims: &Claims) -> Result<(), OutcomeReason> {
        check_person(
            claims,
            &CertificatePerson {
                surname: self.surname.as_deref(),
                given_name: self.given_name.as_deref(),
                snils: self.snils.as_deref(),
                inn: self.inn.as_deref(),
                contradictory: &self.contradictory,
            },
        )
    }

    /// The SNILS, when the certificate states one and its check digits fit.
    pub(super) fn snils(&self) -> Option<Snils> {
        Snils::parse_printed(self.snils.as_deref()?).ok()
    }

    /// Whether the certificate states a SNILS at all.
    pub(super) fn states_snils(&self) -> bool {
        let stated = self.snils.as_deref();
        stated.is_some_and(|text| !text.trim().is_empty()) || self.contradictory.contains(&"snils")
    }
}
