//! Extensions of certificates and CRLs, one structure a file (RFC 5280 §4.2, §5.2).

pub mod alternative_names;
pub mod authority_information_access;
pub mod basic_constraints;
pub mod crl_distribution_points;
pub mod distribution_point;
pub mod extended_key_usage;
pub mod general_name;
pub mod identification_kind;
pub mod inhibit_any_policy;
pub mod key_identifiers;
pub mod key_usage;
pub mod name_constraints;
pub mod policies;
pub mod policy_constraints;
pub mod policy_mappings;
pub mod private_key_usage_period;
pub mod qc_statements;
pub mod reason_flags;
pub mod sign_tools;
pub mod user_notice;

use std::collections::BTreeSet;

use crate::base::error::{Error, Reason, Structure};
use crate::base::limits::Budget;
use crate::base::time::UnixTime;
use crate::der::element::Element;
use crate::der::octets::Octets;
use crate::der::oid::Oid;
use crate::der::oids;
use crate::der::reader::{Encoding, Reader};
use crate::der::tag::Tag;

use alternative_names::AlternativeNames;
use basic_constraints::BasicConstraints;
use crl_distribution_points::CrlDistributionPoints;
use extended_key_usage::ExtendedKeyUsage;
use inhibit_any_policy::InhibitAnyPolicy;
use key_identifiers::AuthorityKeyIdentifier;
use key_usage::KeyUsage;
use name_constraints::NameConstraints;
use policies::CertificatePolicies;
use policy_constraints::PolicyConstraints;
use policy_mappings::PolicyMappings;

/// One extension, as it was written (RFC 5280 §4.2).
///
/// ```text
/// Extension ::= SEQUENCE { extnID OBJECT IDENTIFIER, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING }
/// ```
#[derive(Clone, Debug)]
pub struct Extension {
    /// Which extension.
    pub id: Oid,
    /// Whether a verifier that does not know it must refuse.
    pub critical: bool,
    /// Contents of the OCTET STRING.
    pub value: Octets,
}

/// A leniency that was needed (X.690 §11). It never touches what is hashed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Deviation {
    /// What was read although it is not DER.
    pub kind: DeviationKind,
    /// Offset in the certificate or response, in octets.
    pub offset: usize,
}

/// The leniencies there are, each seen in accredited or listed authorities, or in responders (X.690 §11).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum DeviationKind {
    /// BOOLEAN TRUE that is not `FF`.
    BooleanTrue,
    /// A DEFAULT value that was written.
    DefaultWritten,
    /// The version 1 that is the default was written (RFC 6960 §4.2.1).
    VersionWritten,
    /// A time with a fraction of a second (RFC 6960 §4.2.2.1).
    FractionalSeconds,
    /// A list of policy qualifiers without one (RFC 5280 §4.2.1.4).
    EmptyQualifiers,
    /// A list of alternative names without one (RFC 5280 §4.2.1.6).
    EmptyNames,
    /// Distribution points that cannot be read, in an extension that is not critical (RFC 5280 §4.2.1.13): no CRL is
    /// taken to be published there.
    DistributionPoints,
}

impl DeviationKind {
    /// The word used in findings (X.690 §11).
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::BooleanTrue => "BOOLEAN TRUE != FF",
            Self::DefaultWritten => "DEFAULT FALSE",
            Self::VersionWritten => "DEFAULT v1",
            Self::FractionalSeconds => "fractional seconds",
            Self::EmptyQualifiers => "policyQualifiers {}",
            Self::EmptyNames => "GeneralNames {}",
            Self::DistributionPoints => "CRLDistributionPoints ?",
        }
    }
}

/// The extensions of a certificate: all of them as written, the known ones decoded (RFC 5280 §4.2.1).
///
/// A known extension that cannot be decoded stands in `malformed`, one that occurs twice in `duplicates`;
/// path validation refuses both.
#[derive(Clone, Debug, Default)]
pub struct Extensions {
    /// Every extension, in the order of the encoding.
    pub all: Vec<Extension>,
    /// basicConstraints.
    pub basic_constraints: Option<BasicConstraints>,
    /// keyUsage.
    pub key_usage: Option<KeyUsage>,
    /// extKeyUsage.
    pub extended_key_usage: Option<ExtendedKeyUsage>,
    /// subjectKeyIdentifier.
    pub subject_key_identifier: Option<Octets>,
    /// authorityKeyIdentifier.
    pub authority_key_identifier: Option<AuthorityKeyIdentifier>,
    /// certificatePolicies.
    pub certificate_policies: Option<CertificatePolicies>,
    /// policyMappings.
    pub policy_mappings: Option<PolicyMappings>,
    /// policyConstraints.
    pub policy_constraints: Option<PolicyConstraints>,
    /// inhibitAnyPolicy.
    pub inhibit_any_policy: Option<InhibitAnyPolicy>,
    /// nameConstraints.
    pub name_constraints: Option<NameConstraints>,
    /// subjectAltName.
    pub subject_alternative_names: Option<AlternativeNames>,
    /// issuerAltName.
    pub issuer_alternative_names: Option<AlternativeNames>,
    /// cRLDistributionPoints.
    pub crl_distribution_points: Option<CrlDistributionPoints>,
    /// freshestCRL.
    pub freshest_crl: Option<CrlDistributionPoints>,
    /// expiredCertsOnCRL (X.509 §9.5.2.9): the CRL keeps certificates that expired at this time or later.
    pub expired_certificates_since: Option<UnixTime>,
    /// Extensions that occur more than once.
    pub duplicates: Vec<Oid>,
    /// Known extensions that could not be decoded.
    pub malformed: Vec<Oid>,
    /// Leniencies that were needed.
    pub deviations: Vec<Deviation>,
}

impl Extensions {
    /// Reads `Extensions` as the next element (RFC 5280 §4.1).
    ///
    /// # Errors
    /// The list itself is malformed or empty.
    pub fn read(reader: &mut Reader<'_>, budget: &mut Budget) -> Result<Self, Error> {
        let mut list = reader.enter(Tag::SEQUENCE, budget)?;
        let mut extensions = Self::default();
        let mut seen = BTreeSet::new();
        if list.is_empty() {
            return Err(list.malformed(list.offset(), Reason::Missing));
        }
        extensions.all.reserve(8);
        while !list.is_empty() {
            let extension = read_one(&mut list, &mut extensions.deviations, budget)?;
            if occurs(&extensions.all, extension.id, &mut seen) {
                extensions.duplicates.push(extension.id);
            } else {
                extensions.decode(&extension, budget)?;
            }
            extensions.all.push(extension);
        }
        Ok(extensions)
    }

    /// The first extension of this kind (RFC 5280 §4.2).
    #[must_use]
    pub fn find(&self, id: Oid) -> Option<&Extension> {
        self.all.iter().find(|extension| extension.id == id)
    }

    pub(super) fn fit(&mut self) {
        self.all.shrink_to_fit();
        if let Some(points) = &mut self.crl_distribution_points {
            points.points.shrink_to_fit();
        }
    }

    fn decode(&mut self, extension: &Extension, budget: &mut Budget) -> Result<(), Error> {
        let mut reader = Reader::new(&extension.value, Encoding::Der, Structure::Extension);
        match self.decode_known(extension.id, &mut reader, budget) {
            Ok(()) => Ok(()),
            Err(Error::Malformed(_)) if is_hint(extension) => {
                self.deviations.push(Deviation {
                    kind: DeviationKind::DistributionPoints,
                    offset: extension.value.offset(),
                });
                Ok(())
            }
            Err(Error::Malformed(_)) => {
                self.malformed.push(extension.id);
                Ok(())
            }
            Err(limit) => Err(limit),
        }
    }

    fn decode_known(
        &mut self,
        id: Oid,
        reader: &mut Reader<'_>,
        budget: &mut Budget,
    ) -> Result<(), Error> {
        match id {
            oids::BASIC_CONSTRAINTS => {
                let value = BasicConstraints::read(reader, &mut self.deviations, budget)?;
                self.basic_constraints = Some(value);
            }
            oids::KEY_USAGE => self.key_usage = Some(KeyUsage::read(reader, budget)?),
            oids::EXTENDED_KEY_USAGE => {
                self.extended_key_usage = Some(ExtendedKeyUsage::read(reader, budget)?);
            }
            oids::SUBJECT_KEY_IDENTIFIER => {
                let identifier = reader.expect(Tag::OCTET_STRING, budget)?.content();
                self.subject_key_identifier = Some(identifier);
            }
            oids::AUTHORITY_KEY_IDENTIFIER => {
                self.authority_key_identifier = Some(AuthorityKeyIdentifier::read(reader, budget)?);
            }
            oids::CERTIFICATE_POLICIES => {
                let value = CertificatePolicies::read(reader, &mut self.deviations, budget)?;
                self.certificate_policies = Some(value);
            }
            oids::POLICY_MAPPINGS => {
                self.policy_mappings = Some(PolicyMappings::read(reader, budget)?);
            }
            oids::POLICY_CONSTRAINTS => {
                self.policy_constraints = Some(PolicyConstraints::read(reader, budget)?);
            }
            oids::INHIBIT_ANY_POLICY => {
                self.inhibit_any_policy = Some(InhibitAnyPolicy::read(reader, budget)?);
            }
            oids::NAME_CONSTRAINTS => {
                self.name_constraints = Some(NameConstraints::read(reader, budget)?);
            }
            oids::SUBJECT_ALT_NAME => {
                let value = AlternativeNames::read(reader, &mut self.deviations, budget)?;
                self.subject_alternative_names = Some(value);
            }
            oids::ISSUER_ALT_NAME => {
                let value = AlternativeNames::read(reader, &mut self.deviations, budget)?;
                self.issuer_alternative_names = Some(value);
            }
            oids::CRL_DISTRIBUTION_POINTS => {
                self.crl_distribution_points = Some(CrlDistributionPoints::read(reader, budget)?);
            }
            oids::FRESHEST_CRL => {
                self.freshest_crl = Some(CrlDistributionPoints::read(reader, budget)?);
            }
            oids::EXPIRED_CERTS_ON_CRL => {
                let since = reader.expect(Tag::GENERALIZED_TIME, budget)?.time()?;
                self.expired_certificates_since = Some(since);
            }
            _ => return Ok(()),
        }
        reader.finish()
    }
}

/// Reads the contents of an extension (RFC 5280 §4.2): the whole of them.
///
/// # Errors
/// They are malformed, or a limit is reached.
pub(crate) fn whole<T>(
    value: &Octets,
    read: fn(&mut Reader<'_>, &mut Budget) -> Result<T, Error>,
    budget: &mut Budget,
) -> Result<T, Error> {
    let mut reader = Reader::new(value, Encoding::Der, Structure::Extension);
    let found = read(&mut reader, budget)?;
    reader.finish()?;
    Ok(found)
}

/// Whether an extension is among those before it. Certificates have a few, which are looked through; of many, `seen`
/// holds all.
fn occurs(before: &[Extension], id: Oid, seen: &mut BTreeSet<Oid>) -> bool {
    const FEW: usize = 24;
    if before.len() < FEW {
        return before.iter().any(|extension| extension.id.is(&id));
    }
    if seen.is_empty() {
        seen.extend(before.iter().map(|extension| extension.id));
    }
    !seen.insert(id)
}

/// Without these a path is judged all the same; fewer CRLs match.
fn is_hint(extension: &Extension) -> bool {
    !extension.critical
        && matches!(
            extension.id,
            oids::CRL_DISTRIBUTION_POINTS | oids::FRESHEST_CRL
        )
}

fn read_one(
    list: &mut Reader<'_>,
    deviations: &mut Vec<Deviation>,
    budget: &mut Budget,
) -> Result<Extension, Error> {
    let element = list.expect(Tag::SEQUENCE, budget)?;
    let mut fields = element.reader(Structure::Extension, budget)?;
    let id = fields.oid(budget)?;
    let critical = read_default_false(&mut fields, deviations, budget)?;
    let value = fields.expect(Tag::OCTET_STRING, budget)?.content();
    fields.finish()?;
    Ok(Extension {
        id,
        critical,
        value,
    })
}

/// `SkipCerts ::= INTEGER (0..MAX)`: more certificates than fit 32 bits are as many as fit (RFC 5280 §4.2.1.11).
fn skip_certificates(element: &Element<'_>) -> Result<u32, Error> {
    let octets = element.integer()?;
    if octets.first().is_some_and(|octet| *octet >= 0x80) {
        return Err(element.malformed(Reason::InvalidValue));
    }
    let folded = octets.iter().try_fold(0_u32, |value, octet| {
        value.checked_mul(256)?.checked_add(u32::from(*octet))
    });
    Ok(folded.unwrap_or(u32::MAX))
}

/// `BOOLEAN DEFAULT FALSE`, with the leniencies seen in accredited authorities (X.690 §11.1, §11.5).
fn read_default_false(
    fields: &mut Reader<'_>,
    deviations: &mut Vec<Deviation>,
    budget: &mut Budget,
) -> Result<bool, Error> {
    let Some(element) = fields.optional(Tag::BOOLEAN, budget)? else {
        return Ok(false);
    };
    let boolean = element.boolean()?;
    let offset = element.offset();
    if !boolean.is_der {
        deviations.push(Deviation {
            kind: DeviationKind::BooleanTrue,
            offset,
        });
    }
    if !boolean.value {
        deviations.push(Deviation {
            kind: DeviationKind::DefaultWritten,
            offset,
        });
    }
    Ok(boolean.value)
}
