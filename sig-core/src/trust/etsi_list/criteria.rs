//! What a list says of some of the certificates of a service (ETSI TS 119 612 §5.5.9.2).

use crate::der::oid::Oid;
use crate::x509::certificate::Certificate;

/// Qualifiers, and the certificates they are about (ETSI TS 119 612 §5.5.9.2.2).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Qualification {
    /// What is said.
    pub qualifiers: Vec<Qualifier>,
    /// Of which certificates.
    pub criteria: Criteria,
}

/// What is said of certificates (ETSI TS 119 612 §5.5.9.2.3).
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Qualifier {
    /// `QCStatement`: they are qualified ones.
    Qualified,
    /// `NotQualified`: they are not, whatever they say.
    NotQualified,
    /// `QCWithSSCD` or `QCWithQSCD`: the key is in a qualified device.
    InDevice,
    /// `QCNoSSCD` or `QCNoQSCD`: it is not.
    NotInDevice,
    /// `QCSSCDStatusAsInCert` or `QCQSCDStatusAsInCert`: the certificate says whether it is.
    DeviceAsInCertificate,
    /// `QCQSCDManagedOnBehalf`: it is in one that the provider keeps.
    DeviceOnBehalf,
    /// `QCForLegalPerson`: the holder is a legal person.
    ForLegalPerson,
    /// `QCForESig`: they are for signatures.
    ForSignatures,
    /// `QCForESeal`: they are for seals.
    ForSeals,
    /// `QCForWSA`: they are for web sites.
    ForWebSites,
    /// Another, by its URI.
    Other(String),
}

impl Qualifier {
    /// From the URI of the list.
    #[must_use]
    pub fn from_uri(uri: &str) -> Self {
        const PREFIXES: [&str; 2] = [
            "http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/",
            "http://uri.etsi.org/TrstSvc/eSigDir-1999-93-EC-TrustedList/SvcInfoExt/",
        ];
        let mut words = PREFIXES
            .iter()
            .filter_map(|prefix| uri.strip_prefix(prefix));
        match words.next() {
            Some("QCStatement") => Self::Qualified,
            Some("NotQualified") => Self::NotQualified,
            Some("QCWithSSCD" | "QCWithQSCD") => Self::InDevice,
            Some("QCNoSSCD" | "QCNoQSCD") => Self::NotInDevice,
            Some("QCSSCDStatusAsInCert" | "QCQSCDStatusAsInCert") => Self::DeviceAsInCertificate,
            Some("QCQSCDManagedOnBehalf") => Self::DeviceOnBehalf,
            Some("QCForLegalPerson") => Self::ForLegalPerson,
            Some("QCForESig") => Self::ForSignatures,
            Some("QCForESeal") => Self::ForSeals,
            Some("QCForWSA") => Self::ForWebSites,
            _ => Self::Other(uri.to_owned()),
        }
    }
}

/// Criteria, and how many of them must hold (ETSI TS 119 612 §5.5.9.2.2.1).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Criteria {
    /// How many.
    pub assertion: Assertion,
    /// The criteria.
    pub criteria: Vec<Criterion>,
}

/// How many criteria must hold (ETSI TS 119 612 §5.5.9.2.2.1).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Assertion {
    /// All.
    All,
    /// At least one.
    AtLeastOne,
    /// None.
    None,
    /// The list says something else: nobody can tell.
    Unknown,
}

/// Something that holds for a certificate or does not (ETSI TS 119 612 §5.5.9.2.2).
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Criterion {
    /// Bits of keyUsage by name, with the values they must have.
    KeyUsage(Vec<(String, bool)>),
    /// Policies, all of which the certificate must state.
    Policies(Vec<Oid>),
    /// Purposes of extendedKeyUsage, all of which the certificate must state.
    KeyPurposes(Vec<Oid>),
    /// Attributes, all of which the subject must have.
    SubjectAttributes(Vec<Oid>),
    /// Further criteria.
    Nested(Criteria),
    /// Something that is not known here, by name.
    Unknown(String),
}

impl Criteria {
    /// Whether the criteria hold for a certificate; none when that cannot be told: a criterion is not known and the others
    /// do not decide (ETSI TS 119 612 §5.5.9.2.2).
    ///
    /// # Limits
    /// Criteria nest as deep as the list does, which its limits bound.
    #[must_use]
    pub fn hold_for(&self, certificate: &Certificate) -> Option<bool> {
        if self.criteria.is_empty() {
            return None;
        }
        let answers = self.criteria.iter().map(|it| it.holds_for(certificate));
        let (mut is_any, mut is_every, mut is_open) = (false, true, false);
        for answer in answers {
            match answer {
                Some(true) => is_any = true,
                Some(false) => is_every = false,
                None => is_open = true,
            }
        }
        match self.assertion {
            Assertion::All if !is_every => Some(false),
            Assertion::All if !is_open => Some(true),
            Assertion::AtLeastOne if is_any => Some(true),
            Assertion::AtLeastOne if !is_open => Some(false),
            Assertion::None if is_any => Some(false),
            Assertion::None if !is_open => Some(true),
            _ => None,
        }
    }
}

impl Criterion {
    fn holds_for(&self, certificate: &Certificate) -> Option<bool> {
        let extensions = &certificate.extensions;
        Some(match self {
            Self::KeyUsage(bits) => {
                let usage = extensions.key_usage;
                bits.iter().all(|(name, wanted)| {
                    let mut stated = usage.iter().flat_map(|usage| usage.names());
                    stated.any(|it| it.eq_ignore_ascii_case(name)) == *wanted
                })
            }
            Self::Policies(wanted) => {
                let stated = extensions.certificate_policies.as_ref();
                stated.is_some_and(|stated| wanted.iter().all(|id| stated.policies.contains(id)))
            }
            Self::KeyPurposes(wanted) => {
                let stated = extensions.extended_key_usage.as_ref();
                stated.is_some_and(|stated| wanted.iter().all(|id| stated.purposes.contains(id)))
            }
            Self::SubjectAttributes(wanted) => wanted.iter().all(|id| {
                let mut attributes = certificate.subject.attributes();
                attributes.any(|it| it.attribute == *id)
            }),
            Self::Nested(criteria) => return criteria.hold_for(certificate),
            Self::Unknown(_) => return None,
        })
    }
}
