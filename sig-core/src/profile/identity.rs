//! Who the holder of a certificate is, by the attributes of its subject (63-FZ art. 17(2), FSB order 795).

use crate::x509::name::Name;

use super::holder::{Capacity, capacity};
use super::identifiers::{CheckDigits, Kind};
use super::part::Part;

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
    fn new(kind: Kind, value: String) -> Self {
        Self {
            check: kind.check(&value),
            value,
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

    /// Reads a subject (63-FZ art. 17(2), FSB order 795). What it states in several different ways is left out: nothing
    /// says which is right.
    #[must_use]
    pub fn of(subject: &Name) -> Self {
        let text = |part: Part| part.sole(subject);
        let number = |part, kind| text(part).map(|it| Identifier::new(kind, it));

        let (name, patronymic) = text(Part::GivenName).map_or((None, None), |it| split(&it));
        let person = PersonIdentity {
            surname: text(Part::Surname),
            name,
            patronymic,
            pseudonym: text(Part::Pseudonym),
            snils: number(Part::Snils, Kind::Snils),
            inn: number(Part::Inn, Kind::PersonInn),
            ogrnip: number(Part::Ogrnip, Kind::Ogrnip),
        };
        let organisation = OrganisationIdentity {
            name: text(Part::Organisation),
            ogrn: number(Part::Ogrn, Kind::Ogrn),
            inn: number(Part::OrganisationInn, Kind::OrganisationInn),
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

/// `givenName` holds name and patronymic in one value; the patronymic may have two words.
fn split(given_name: &str) -> (Option<String>, Option<String>) {
    match given_name.split_once(char::is_whitespace) {
        Some((name, rest)) => (Some(name.to_owned()), Some(rest.trim().to_owned())),
        None => (Some(given_name.to_owned()), None),
    }
}
