//! What names a holder in a subject, and whether it is said in one way only (X.520 §6, 63-FZ art. 17(2)).

use crate::der::oid::Oid;
use crate::der::oids;
use crate::x509::name::{Name, NameAttribute};

use super::holder::PSEUDONYM;
use super::identifiers::{Kind, organisation_in_twelve};
use super::view::of_kind;

/// Different values of one part that are kept; a name needs one.
const MOST: usize = 8;

/// Something that a holder has one of. A subject that states it in several ways does not say which is right.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Part {
    CommonName,
    Surname,
    GivenName,
    Pseudonym,
    Organisation,
    Snils,
    /// The taxpayer number of a person.
    Inn,
    /// The taxpayer number of an organisation: INNLE, or INN before FSB order 31.
    OrganisationInn,
    Ogrn,
    Ogrnip,
}

impl Part {
    /// Every part, in the order of a report.
    pub(crate) const ALL: [Self; 10] = [
        Self::CommonName,
        Self::Surname,
        Self::GivenName,
        Self::Pseudonym,
        Self::Organisation,
        Self::Snils,
        Self::Inn,
        Self::OrganisationInn,
        Self::Ogrn,
        Self::Ogrnip,
    ];

    /// The name used in reports; [`crate::finding::word`] has its texts.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::CommonName => "common-name",
            Self::Surname => "surname",
            Self::GivenName => "given-name",
            Self::Pseudonym => "pseudonym",
            Self::Organisation => "organisation",
            Self::Snils => "snils",
            Self::Inn => "inn",
            Self::OrganisationInn => "organisation-inn",
            Self::Ogrn => "ogrn",
            Self::Ogrnip => "ogrnip",
        }
    }

    /// The different values of this part, blanks around them cut off, in the order of the subject.
    ///
    /// # Limits
    /// Eight values; an ellipsis stands for the others.
    pub(crate) fn values(self, subject: &Name) -> Vec<String> {
        let mut values = Vec::new();
        for (kind, form) in self.sources() {
            for attribute in of_kind(subject, *kind) {
                let Some(value) = form(attribute) else {
                    continue;
                };
                if values.contains(&value) {
                    continue;
                }
                if values.len() == MOST {
                    values.push("…".to_owned());
                    return values;
                }
                values.push(value);
            }
        }
        values
    }

    /// The value, when the subject states exactly one.
    pub(crate) fn sole(self, subject: &Name) -> Option<String> {
        match self.values(subject).as_mut_slice() {
            [one] => Some(std::mem::take(one)),
            _ => None,
        }
    }

    /// The attributes that state it, and how each does.
    fn sources(self) -> &'static [(Oid, Form)] {
        match self {
            Self::CommonName => &[(oids::COMMON_NAME, whole)],
            Self::Surname => &[(oids::SURNAME, whole)],
            Self::GivenName => &[(oids::GIVEN_NAME, whole)],
            Self::Pseudonym => &[(PSEUDONYM, whole)],
            Self::Organisation => &[(oids::ORGANIZATION, whole)],
            Self::Snils => &[(oids::SNILS, without_separators)],
            Self::Inn => &[(oids::INN, of_person)],
            Self::OrganisationInn => &[(oids::INNLE, whole), (oids::INN, of_organisation)],
            Self::Ogrn => &[(oids::OGRN, whole)],
            Self::Ogrnip => &[(oids::OGRNIP, whole)],
        }
    }
}

type Form = fn(&NameAttribute) -> Option<String>;

/// None when it is empty. What is no text is told by its octets, since it may be the one that is meant.
fn whole(attribute: &NameAttribute) -> Option<String> {
    let text = match attribute.text() {
        Some(text) => trimmed(text).to_owned(),
        None => {
            let octets = attribute.value.iter().take(32);
            octets.fold("#".to_owned(), |hex, octet| format!("{hex}{octet:02x}"))
        }
    };
    Some(text).filter(|text| !text.is_empty())
}

/// `112-233-445 95` is how the number is printed.
fn without_separators(attribute: &NameAttribute) -> Option<String> {
    let mut text = whole(attribute)?;
    text.retain(|character| !matches!(character, ' ' | '-'));
    Some(text).filter(|text| !text.is_empty())
}

/// INN stands for a person, or before FSB order 31 for an organisation as `00` and 10 digits; some wrote the ten alone.
fn of_person(attribute: &NameAttribute) -> Option<String> {
    let text = whole(attribute)?;
    ten(&text).is_none().then_some(text)
}

fn of_organisation(attribute: &NameAttribute) -> Option<String> {
    ten(&whole(attribute)?).map(str::to_owned)
}

fn ten(text: &str) -> Option<&str> {
    let is_ten = text.len() == Kind::OrganisationInn.digits()
        && text.bytes().all(|octet| octet.is_ascii_digit());
    organisation_in_twelve(text).or_else(|| is_ten.then_some(text))
}

/// Ends of values carry blanks and control characters.
fn trimmed(text: &str) -> &str {
    text.trim_matches(|character: char| character.is_whitespace() || character.is_control())
}
