//! Whom a certificate names, in the words of a sentence.

use crate::finding::Language;
use crate::profile::identity::{Identity, IdentityKind, OrganisationIdentity, PersonIdentity};

use super::super::super::model::SubjectReport;
use super::super::escape::foreign;
use super::super::words::named as quoted;

/// The person, and the organisation acted for; else the common name, else the whole name. No number of a person: a
/// paragraph is read by many.
pub(super) fn named(
    identity: &Identity,
    subject: &SubjectReport,
    whole: &str,
    language: Language,
) -> String {
    let person = identity.person.as_ref();
    let person = person.and_then(|person| of_person(person, language));
    let organisation = identity.organisation.as_ref();
    let organisation = organisation.and_then(|it| of_organisation(it, language));
    let said = match (identity.kind, person, organisation) {
        (IdentityKind::PersonForOrganisation, Some(person), Some(organisation)) => {
            let acting = match language {
                Language::Ru => "за организацию",
                Language::En => "for the organisation",
            };
            Some(format!("{person}, {acting} {organisation}"))
        }
        // A person of the EU may be named by the common name alone, beside the organisation.
        (IdentityKind::Organisation, _, Some(organisation)) => Some(match &subject.cn {
            Some(common) if !organisation.contains(&foreign(common.trim(), language)) => {
                format!("{}, {organisation}", foreign(common.trim(), language))
            }
            _ => organisation,
        }),
        (IdentityKind::SoleTrader, Some(person), _) => Some(match language {
            Language::Ru => format!("индивидуальный предприниматель {person}"),
            Language::En => format!("{person}, sole trader"),
        }),
        (IdentityKind::NotStated, ..) => None,
        (_, person, organisation) => person.or(organisation),
    };
    said.unwrap_or_else(|| match &subject.cn {
        Some(common) => foreign(common.trim(), language),
        None => quoted(whole),
    })
}

fn of_person(person: &PersonIdentity, language: Language) -> Option<String> {
    let parts = [&person.surname, &person.name, &person.patronymic];
    let parts: Vec<&str> = parts.into_iter().flatten().map(|it| it.trim()).collect();
    let name = if parts.is_empty() {
        person.pseudonym.clone()?
    } else {
        parts.join(" ")
    };
    Some(foreign(&name, language))
}

fn of_organisation(organisation: &OrganisationIdentity, language: Language) -> Option<String> {
    let label = match language {
        Language::Ru => "ОГРН",
        Language::En => "OGRN",
    };
    let number = organisation.ogrn.as_ref();
    let number = number.map(|it| format!("{label} {}", foreign(&it.value, language)));
    match (&organisation.name, number) {
        (Some(name), Some(number)) => {
            Some(format!("{} ({number})", foreign(name.trim(), language)))
        }
        (Some(name), None) => Some(foreign(name.trim(), language)),
        (None, number) => number,
    }
}
