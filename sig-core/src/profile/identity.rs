//! Who the holder of a certificate is, by the attributes of its subject (63-FZ art. 17(2), FSB order 795).

use crate::der::oids;
use crate::x509::name::Name;

use super::holder::{Capacity, PSEUDONYM, capacity};
use super::identifiers::{CheckDigits, Kind, organisation_in_twelve};
use super::view::of_kind;

/// The holder as the certificate names him (63-FZ art. 17(2), FSB order 795). Nothing of it is checked against a
/// register.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Identity {
    /// In which capacity.
    pub kind: IdentityKind,
    /// The person, when one is named.
    pub person: Option<PersonIdentity>,
    /// The organisation, when one is named.
    pub organisation: Option<OrganisationIdentity>,
}

/// In which capacity a holder signs (63-FZ art. 14(3), 17(2)).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum IdentityKind {
    /// A person for himself. Whether he may act for somebody else is said by a power of attorney, not here.
    Person,
    /// An organisation without a person.
    Organisation,
    /// A person who acts for the organisation named beside him: it is named by a number of its own, since a name alone may
    /// be that of whoever employs him.
    PersonForOrganisation,
    /// A sole trader.
    SoleTrader,
    /// The subject names neither a person nor an organisation.
    NotStated,
}

/// A person (63-FZ art. 17(2)).
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct PersonIdentity {
    /// Surname.
    pub surname: Option<String>,
    /// Given name: what stands before the first blank of `givenName`.
    pub name: Option<String>,
    /// Patronymic: what follows it, of one word or more.
    pub patronymic: Option<String>,
    /// Pseudonym, in certificates of the EU.
    pub pseudonym: Option<String>,
    /// Insurance number, without separators.
    pub snils: Option<Identifier>,
    /// Taxpayer number.
    pub inn: Option<Identifier>,
    /// Registration number of a sole trader.
    pub ogrnip: Option<Identifier>,
}

/// An organisation (63-FZ art. 17(2)).
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct OrganisationIdentity {
    /// Name.
    pub name: Option<String>,
    /// Registration number.
    pub ogrn: Option<Identifier>,
    /// Taxpayer number of 10 digits: from INNLE, or from the INN of certificates before FSB order 31.
    pub inn: Option<Identifier>,
}

/// A number with what its check digits say: advice, never a reason to refuse (FSB order 795).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Identifier {
    /// The number as the certificate states it.
    pub value: String,
    /// Its check digits.
    pub check: CheckDigits,
}

impl IdentityKind {
    /// The name used in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Organisation => "organisation",
            Self::PersonForOrganisation => "person-for-organisation",
            Self::SoleTrader => "sole-trader",
            Self::NotStated => "not-stated",
        }
    }
}

impl Identifier {
    fn new(kind: Kind, text: &str) -> Self {
        Self {
            value: text.to_owned(),
            check: kind.check(text),
        }
    }
}

impl Identity {
    /// Of a subject that names nobody (63-FZ art. 17(2)).
    pub const NOT_STATED: Self = Self {
        kind: IdentityKind::NotStated,
        person: None,
        organisation: None,
    };

    /// Reads a subject (63-FZ art. 17(2), FSB order 795).
    #[must_use]
    pub fn of(subject: &Name) -> Self {
        let text = |attribute| {
            let text = of_kind(subject, attribute).find_map(|it| it.text());
            text.map(trimmed).filter(|text| !text.is_empty())
        };
        let owned = |attribute| text(attribute).map(str::to_owned);
        let number = |attribute, kind| text(attribute).map(|it| Identifier::new(kind, it));

        let (person_inn, organisation_inn) = taxpayer_numbers(subject);
        let (name, patronymic) = text(oids::GIVEN_NAME).map_or((None, None), split);
        let person = PersonIdentity {
            surname: owned(oids::SURNAME),
            name,
            patronymic,
            pseudonym: owned(PSEUDONYM),
            snils: text(oids::SNILS)
                .map(|it| Identifier::new(Kind::Snils, &without_separators(it))),
            inn: person_inn,
            ogrnip: number(oids::OGRNIP, Kind::Ogrnip),
        };
        let organisation = OrganisationIdentity {
            name: owned(oids::ORGANIZATION),
            ogrn: number(oids::OGRN, Kind::Ogrn),
            inn: number(oids::INNLE, Kind::OrganisationInn).or(organisation_inn),
        };
        let person = Some(person).filter(|it| *it != PersonIdentity::default());
        let organisation = Some(organisation).filter(|it| *it != OrganisationIdentity::default());
        let kind = match capacity(subject) {
            Capacity::SoleTrader => IdentityKind::SoleTrader,
            Capacity::PersonForOrganisation => IdentityKind::PersonForOrganisation,
            Capacity::Organisation => IdentityKind::Organisation,
            // Numbers of a person name him where nothing else does.
            Capacity::Person if person.is_some() => IdentityKind::Person,
            Capacity::Person if organisation.is_some() => IdentityKind::Organisation,
            Capacity::Person => IdentityKind::NotStated,
        };
        Self {
            kind,
            person,
            organisation,
        }
    }
}

/// INN stands for a person, or before FSB order 31 for an organisation as `00` and 10 digits; some wrote the ten alone.
fn taxpayer_numbers(subject: &Name) -> (Option<Identifier>, Option<Identifier>) {
    let (mut person, mut organisation) = (None, None);
    for attribute in of_kind(subject, oids::INN) {
        let Some(text) = attribute.text().map(trimmed).filter(|it| !it.is_empty()) else {
            continue;
        };
        let ten = organisation_in_twelve(text).or_else(|| is_ten_digits(text).then_some(text));
        match ten {
            Some(ten) => {
                organisation.get_or_insert_with(|| Identifier::new(Kind::OrganisationInn, ten));
            }
            None => {
                person.get_or_insert_with(|| Identifier::new(Kind::PersonInn, text));
            }
        }
    }
    (person, organisation)
}

fn is_ten_digits(text: &str) -> bool {
    text.len() == Kind::OrganisationInn.digits() && text.bytes().all(|it| it.is_ascii_digit())
}

/// `givenName` holds name and patronymic in one value; the patronymic may have two words.
fn split(given_name: &str) -> (Option<String>, Option<String>) {
    match given_name.split_once(char::is_whitespace) {
        Some((name, rest)) => (Some(name.to_owned()), Some(trimmed(rest).to_owned())),
        None => (Some(given_name.to_owned()), None),
    }
}

/// Ends of values carry blanks and control characters.
fn trimmed(text: &str) -> &str {
    text.trim_matches(|character: char| character.is_whitespace() || character.is_control())
}

/// `112-233-445 95` is how the number is printed.
fn without_separators(text: &str) -> String {
    text.chars()
        .filter(|character| !matches!(character, ' ' | '-'))
        .collect()
}
