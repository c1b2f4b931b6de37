//! issuingDistributionPoint of CRLs, and the names of distribution points (RFC 5280 §5.2.5).

use crate::base::error::{Error, Reason, Structure};
use crate::base::limits::Budget;
use crate::der::element::Element;
use crate::der::reader::Reader;
use crate::der::tag::Tag;
use crate::x509::name::RelativeName;

use super::general_name::GeneralName;
use super::reason_flags::ReasonFlags;

/// Where CRLs are published (RFC 5280 §4.2.1.13).
///
/// ```text
/// DistributionPointName ::= CHOICE { fullName [0] GeneralNames,
///                                    nameRelativeToCRLIssuer [1] RelativeDistinguishedName }
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum DistributionPointName {
    /// Several names of one place.
    Full(Vec<GeneralName>),
    /// What follows the name of the CRL issuer.
    RelativeToIssuer(RelativeName),
}

impl DistributionPointName {
    /// Reads the choice inside its `[0]`.
    pub(super) fn read(wrapper: &Element<'_>, budget: &mut Budget) -> Result<Self, Error> {
        let mut inside = wrapper.reader(Structure::Extension, budget)?;
        let name = inside.element(budget)?;
        inside.finish()?;
        match name.tag.context_number() {
            Some(0) => GeneralName::read_all(&name, budget).map(Self::Full),
            Some(1) => {
                let mut set = name.reader(Structure::Name, budget)?;
                RelativeName::read_set(&mut set, budget).map(Self::RelativeToIssuer)
            }
            _ => Err(name.malformed(Reason::UnexpectedTag)),
        }
    }
}

/// The scope of a CRL (RFC 5280 §5.2.5). That it states something, and no more than one kind of certificates, is
/// checked where scopes are compared.
///
/// ```text
/// IssuingDistributionPoint ::= SEQUENCE { distributionPoint [0] DistributionPointName OPTIONAL,
///     onlyContainsUserCerts [1] BOOLEAN DEFAULT FALSE, onlyContainsCACerts [2] BOOLEAN DEFAULT FALSE,
///     onlySomeReasons [3] ReasonFlags OPTIONAL, indirectCRL [4] BOOLEAN DEFAULT FALSE,
///     onlyContainsAttributeCerts [5] BOOLEAN DEFAULT FALSE }
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct IssuingDistributionPoint {
    /// Where the CRL is published.
    pub distribution_point: Option<DistributionPointName>,
    /// The CRL holds end-entity certificates only.
    pub only_user_certificates: bool,
    /// The CRL holds certificates of authorities only.
    pub only_ca_certificates: bool,
    /// The CRL holds these reasons only.
    pub only_some_reasons: Option<ReasonFlags>,
    /// Entries may belong to other issuers.
    pub indirect: bool,
    /// The CRL holds attribute certificates only.
    pub only_attribute_certificates: bool,
}

impl IssuingDistributionPoint {
    pub(crate) fn read(reader: &mut Reader<'_>, budget: &mut Budget) -> Result<Self, Error> {
        let mut fields = reader.enter(Tag::SEQUENCE, budget)?;
        let distribution_point = match fields.optional(Tag::context(0).constructed(), budget)? {
            Some(wrapper) => Some(DistributionPointName::read(&wrapper, budget)?),
            None => None,
        };
        let only_user_certificates = flag(&mut fields, 1, budget)?;
        let only_ca_certificates = flag(&mut fields, 2, budget)?;
        let only_some_reasons = match fields.optional(Tag::context(3), budget)? {
            Some(bits) => Some(ReasonFlags::from_element(&bits)?),
            None => None,
        };
        let indirect = flag(&mut fields, 4, budget)?;
        let only_attribute_certificates = flag(&mut fields, 5, budget)?;
        fields.finish()?;
        Ok(Self {
            distribution_point,
            only_user_certificates,
            only_ca_certificates,
            only_some_reasons,
            indirect,
            only_attribute_certificates,
        })
    }
}

fn flag(fields: &mut Reader<'_>, number: u32, budget: &mut Budget) -> Result<bool, Error> {
    match fields.optional(Tag::context(number), budget)? {
        Some(element) => Ok(element.boolean()?.value),
        None => Ok(false),
    }
}
