//! Organisations that a confirmed person is the head of.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use super::{
    account::codes,
    application::{Application, Channel, OutcomeReason, applicant},
    claims::{Claims, FieldViolation, Rule},
    identifiers::{Ogrn, Ogrnip, Snils, Unacceptable},
    ids::{AccountId, ApplicationId, EvidenceId},
    matching::{given_name_difference, inn_differs},
    reason::Reason,
    time::UnixSeconds,
};

/// Value of `schema` of an application to link an organisation; no other
/// signed object carries it.
pub const SCHEMA: &str = "qes.organisation-link/1";

codes!(
    /// What an organisation is.
    OrganisationKind {
        /// A legal entity, by its OGRN.
        LegalEntity = "LEGAL_ENTITY",
        /// A sole trader, by their OGRNIP.
        SoleTrader = "SOLE_TRADER",
    }
);

/// An organisation by its state registration number.
#[derive(Clone, PartialEq, Eq)]
pub enum Organisation {
    /// A legal entity.
    LegalEntity(Ogrn),
    /// A sole trader.
    SoleTrader(Ogrnip),
}

impl Organisation {
    /// Reads the number of an organisation of this kind.
    ///
    /// # Errors
    /// The field `ogrn` or `ogrnip` with the rule that it breaks.
    pub fn parse(kind: OrganisationKind, number: &str) -> Result<Self, FieldViolation> {
        let rule = |error, format| match (number.is_empty(), error) {
            (true, _) => Rule::Required,
            (_, Unacceptable::Format) => format,
            (_, Unacceptable::CheckDigits) => Rule::CheckDigits,
        };
        match kind {
            OrganisationKind::LegalEntity => Ogrn::parse(number)
                .map(Self::LegalEntity)
                .map_err(|error| (error, "ogrn", Rule::Ogrn)),
            OrganisationKind::SoleTrader => Ogrnip::parse(number)
                .map(Self::SoleTrader)
                .map_err(|error| (error, "ogrnip", Rule::Ogrnip)),
        }
        .map_err(|(error, field, format)| FieldViolation {
            field,
            rule: rule(error, format),
        })
    }

    /// What it is.
    pub fn kind(&self) -> OrganisationKind {
        match self {
            Self::LegalEntity(_) => OrganisationKind::LegalEntity,
            Self::SoleTrader(_) => OrganisationKind::SoleTrader,
        }
    }

    /// Its 13 or 15 digits.
    pub fn number(&self) -> &str {
        match self {
            Self::LegalEntity(ogrn) => ogrn.as_str(),
            Self::SoleTrader(ogrnip) => ogrnip.as_str(),
        }
    }

    /// The organisation that issued bytes of [`SCHEMA`] are about.
    pub fn of_content(content: &[u8]) -> Option<Self> {
        let issued: Issued = serde_json::from_slice(content).ok()?;
        let (kind, number) = match (issued.organisation.ogrn, issued.organisation.ogrnip) {
            (Some(ogrn), None) => (OrganisationKind::LegalEntity, ogrn),
            (None, Some(ogrnip)) => (OrganisationKind::SoleTrader, ogrnip),
            _ => return None,
        };
        (issued.schema == SCHEMA).then(|| Self::parse(kind, &number).ok())?
    }
}

#[derive(Deserialize)]
struct Issued {
    organisation: Member,
    schema: String,
}

#[derive(Serialize, Deserialize)]
struct Member {
    #[serde(skip_serializing_if = "Option::is_none")]
    ogrn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ogrnip: Option<String>,
}

/// What goes into a new application to link an organisation.
#[allow(missing_docs)]
pub struct LinkIssue<'a> {
    pub id: ApplicationId,
    pub account_id: &'a AccountId,
    pub claims: &'a Claims,
    pub organisation: &'a Organisation,
    pub audience: &'a str,
    pub challenge: [u8; 32],
    pub issued_at: UnixSeconds,
    pub expires_at: UnixSeconds,
}

#[derive(Serialize)]
struct Content<'a> {
    account_id: &'a str,
    applicant: BTreeMap<&'static str, String>,
    application_id: String,
    audience: &'a str,
    challenge: String,
    expires_at: String,
    issued_at: String,
    organisation: Member,
    schema: &'static str,
    statement: String,
}

impl LinkIssue<'_> {
    /// The application with its bytes to sign: UTF-8 JSON, RFC 8785.
    ///
    /// # Errors
    /// [`Reason::Internal`] when the JSON writer fails.
    pub fn application(&self) -> Result<Application, Reason> {
        let number = Some(self.organisation.number().to_owned());
        let (organisation, named) = match self.organisation.kind() {
            OrganisationKind::LegalEntity => {
                let (ogrn, ogrnip) = (number, None);
                (Member { ogrn, ogrnip }, "организацию с ОГРН")
            }
            OrganisationKind::SoleTrader => {
                let (ogrn, ogrnip) = (None, number);
                (Member { ogrn, ogrnip }, "предпринимателя с ОГРНИП")
            }
        };
        let content = Content {
            account_id: self.account_id.as_str(),
            applicant: applicant(self.claims),
            application_id: self.id.to_string(),
            audience: self.audience,
            challenge: URL_SAFE_NO_PAD.encode(self.challenge),
            expires_at: self.expires_at.rfc3339(),
            issued_at: self.issued_at.rfc3339(),
            organisation,
            schema: SCHEMA,
            statement: format!(
                "Прошу присоединить {named} {} к учётной записи {}",
                self.organisation.number(),
                self.account_id
            ),
        };
        Ok(Application {
            id: self.id,
            account_id: self.account_id.clone(),
            channel: Channel::Organisation,
            audience: self.audience.to_owned(),
            issued_at: self.issued_at,
            expires_at: self.expires_at,
            cancelled: None,
            content: serde_json_canonicalizer::to_vec(&content).map_err(|_| Reason::Internal)?,
        })
    }
}

/// An organisation that belongs to an account.
#[derive(Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Link {
    /// The application that it rests on.
    pub id: ApplicationId,
    pub organisation: Organisation,
    pub linked_at: UnixSeconds,
    /// Absent while it counts.
    pub ended_at: Option<UnixSeconds>,
    pub evidence_id: EvidenceId,
}

impl Link {
    /// Whether it counts and is of `organisation`.
    pub fn is_live_of(&self, organisation: &Organisation) -> bool {
        self.ended_at.is_none() && self.organisation == *organisation
    }
}

/// What a certificate of an organisation says.
#[derive(Clone, Copy, Default)]
#[allow(missing_docs)]
pub struct CertificateHead<'a> {
    pub ogrn: Option<&'a str>,
    pub ogrnip: Option<&'a str>,
    pub surname: Option<&'a str>,
    /// "given patronymic" in one text.
    pub given_name: Option<&'a str>,
    pub snils: Option<&'a str>,
    pub inn: Option<&'a str>,
    /// Of these it states several different values.
    pub contradictory: &'a [&'static str],
}

/// Whether a certificate names this organisation and, as its head, the person
/// of the account: by SNILS or INN, and by nothing that contradicts.
///
/// # Errors
/// [`Reason::OrganisationDiffers`]; [`Reason::PersonDiffers`] with the names
/// of the fields that differ; [`Reason::HeadNotNamed`].
pub fn check_head(
    organisation: &Organisation,
    claims: &Claims,
    certificate: &CertificateHead<'_>,
) -> Result<(), OutcomeReason> {
    let because = |reason, fields| Err(OutcomeReason { reason, fields });
    let stated = match organisation {
        Organisation::LegalEntity(_) => certificate.ogrn,
        Organisation::SoleTrader(_) => certificate.ogrnip,
    };
    if stated.map(str::trim) != Some(organisation.number()) {
        return because(Reason::OrganisationDiffers, Vec::new());
    }
    let stated = |text: Option<&'_ str>| text.is_some_and(|text| !text.trim().is_empty());
    let snils = certificate.snils.filter(|_| stated(certificate.snils));
    let same_snils =
        snils.map(|text| Snils::parse_printed(text).ok().as_ref() == Some(&claims.snils));
    let inn = claims.inn.as_ref().filter(|_| stated(certificate.inn));
    let same_inn = inn.map(|inn| certificate.inn.map(str::trim) == Some(inn.as_str()));

    let mut fields = Vec::new();
    if certificate
        .surname
        .is_some_and(|text| !claims.surname.is_same_as(text))
    {
        fields.push("surname");
    }
    if certificate.given_name.is_some() {
        fields.extend(given_name_difference(claims, certificate.given_name));
    }
    if same_snils == Some(false) {
        fields.push("snils");
    }
    if inn_differs(claims.inn.as_ref(), certificate.inn) {
        fields.push("inn");
    }
    for field in certificate.contradictory {
        if !fields.contains(field) {
            fields.push(field);
        }
    }
    match (fields.is_empty(), same_snils, same_inn) {
        (false, ..) => because(Reason::PersonDiffers, fields),
        (true, Some(true), _) | (true, _, Some(true)) => Ok(()),
        (true, ..) => because(Reason::HeadNotNamed, vec!["snils", "inn"]),
    }
}

#[cfg(test)]
mod tests;
