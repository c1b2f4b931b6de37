//! Whose certificate it is, by its own words (63-FZ art. 14 and 17, RFC 5280 §4.2.1.9).

use crate::der::oid::Oid;
use crate::der::oids;
use crate::x509::certificate::Certificate;
use crate::x509::name::Name;

use super::identifiers;
use super::view::of_kind;

/// `pseudonym` (X.520 §6.2.10).
pub(super) const PSEUDONYM: Oid = Oid::new(&[2, 5, 4, 65]);
/// `organizationIdentifier` (X.520 §6.4.4).
pub(super) const ORGANIZATION_IDENTIFIER: Oid = Oid::new(&[2, 5, 4, 97]);

/// The kinds of holders whose certificates follow different rules.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Holder {
    /// A person who acts for himself.
    NaturalPerson,
    /// A legal entity, with the person who acts for it.
    LegalEntity,
    /// A sole trader.
    SoleTrader,
    /// A legal entity without a person: 63-FZ art. 14(3) allows it for signatures made automatically.
    LegalEntityWithoutPerson,
    /// A certification authority.
    Authority,
    /// A service of time-stamps or of certificate status: it signs nothing else.
    Service,
}

impl Holder {
    /// Every kind.
    pub const ALL: &'static [Self] = &[
        Self::NaturalPerson,
        Self::LegalEntity,
        Self::SoleTrader,
        Self::LegalEntityWithoutPerson,
        Self::Authority,
        Self::Service,
    ];
    /// All but authorities and services.
    pub(super) const SIGNERS: &'static [Self] = &[
        Self::NaturalPerson,
        Self::LegalEntity,
        Self::SoleTrader,
        Self::LegalEntityWithoutPerson,
    ];
    /// All but authorities.
    pub(super) const END_ENTITIES: &'static [Self] = &[
        Self::NaturalPerson,
        Self::LegalEntity,
        Self::SoleTrader,
        Self::LegalEntityWithoutPerson,
        Self::Service,
    ];
    /// Signers and authorities.
    pub(super) const SUBJECTS: &'static [Self] = &[
        Self::NaturalPerson,
        Self::LegalEntity,
        Self::SoleTrader,
        Self::LegalEntityWithoutPerson,
        Self::Authority,
    ];
    /// Persons in their own name.
    pub(super) const PERSONS: &'static [Self] = &[Self::NaturalPerson, Self::SoleTrader];
    /// Legal entities as signers.
    pub(super) const ORGANISATIONS: &'static [Self] =
        &[Self::LegalEntity, Self::LegalEntityWithoutPerson];
    /// Legal entities, accredited authorities among them.
    pub(super) const LEGAL_ENTITIES: &'static [Self] = &[
        Self::LegalEntity,
        Self::LegalEntityWithoutPerson,
        Self::Authority,
    ];
    /// Whoever is or is represented by a person.
    pub(super) const WITH_PERSON: &'static [Self] =
        &[Self::NaturalPerson, Self::LegalEntity, Self::SoleTrader];

    /// The name used in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NaturalPerson => "natural-person",
            Self::LegalEntity => "legal-entity",
            Self::SoleTrader => "sole-trader",
            Self::LegalEntityWithoutPerson => "legal-entity-without-person",
            Self::Authority => "authority",
            Self::Service => "service",
        }
    }

    /// Whose certificate it is: by basicConstraints and keyUsage, extKeyUsage, and the attributes of the subject.
    #[must_use]
    pub fn of(certificate: &Certificate) -> Self {
        let extensions = &certificate.extensions;
        let signs_certificates = extensions
            .key_usage
            .is_some_and(|usage| usage.key_cert_sign());
        if signs_certificates || extensions.basic_constraints.is_some_and(|it| it.ca) {
            return Self::Authority;
        }
        let purposes = extensions
            .extended_key_usage
            .as_ref()
            .map(|it| &it.purposes);
        let serves = |purpose: &Oid| matches!(*purpose, oids::TIME_STAMPING | oids::OCSP_SIGNING);
        if purposes.is_some_and(|it| !it.is_empty() && it.iter().all(serves)) {
            return Self::Service;
        }
        match capacity(&certificate.subject) {
            Capacity::SoleTrader => Self::SoleTrader,
            Capacity::PersonForOrganisation => Self::LegalEntity,
            Capacity::Organisation => Self::LegalEntityWithoutPerson,
            Capacity::Person => Self::NaturalPerson,
        }
    }
}

/// In which capacity a subject is named (63-FZ art. 14(3), 17(2)).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Capacity {
    SoleTrader,
    PersonForOrganisation,
    Organisation,
    /// A person, or nobody.
    Person,
}

/// By the attributes of a subject: an organisation is known by a number of its own; its name alone beside a person says
/// nothing of him acting for it.
pub(super) fn capacity(subject: &Name) -> Capacity {
    let has = |attribute: Oid| subject.attributes().any(|it| it.attribute == attribute);
    if has(oids::OGRNIP) {
        return Capacity::SoleTrader;
    }
    let has_person = [oids::SURNAME, oids::GIVEN_NAME, PSEUDONYM]
        .into_iter()
        .any(has);
    let is_padded = |text: &str| identifiers::organisation_in_twelve(text.trim()).is_some();
    let is_organisation = [oids::OGRN, oids::INNLE, ORGANIZATION_IDENTIFIER]
        .into_iter()
        .any(has)
        || of_kind(subject, oids::INN).any(|it| it.text().is_some_and(is_padded))
        || (has(oids::ORGANIZATION) && !has_person);
    match (is_organisation, has_person) {
        (true, true) => Capacity::PersonForOrganisation,
        (true, false) => Capacity::Organisation,
        (false, _) => Capacity::Person,
    }
}
