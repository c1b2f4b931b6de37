//! cRLDistributionPoints and freshestCRL (RFC 5280 §4.2.1.13, §4.2.1.15).

use crate::base::error::{Error, Reason, Structure};
use crate::base::limits::Budget;
use crate::der::reader::Reader;
use crate::der::tag::Tag;

use super::distribution_point::DistributionPointName;
use super::general_name::GeneralName;
use super::reason_flags::ReasonFlags;

/// Where the CRLs of a certificate are published; in freshestCRL, its delta CRLs (RFC 5280 §4.2.1.13).
///
/// ```text
/// CRLDistributionPoints ::= SEQUENCE SIZE (1..MAX) OF DistributionPoint
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CrlDistributionPoints {
    /// The points, in the order of the encoding.
    pub points: Vec<DistributionPoint>,
}

/// One point (RFC 5280 §4.2.1.13).
///
/// ```text
/// DistributionPoint ::= SEQUENCE { distributionPoint [0] DistributionPointName OPTIONAL,
///     reasons [1] ReasonFlags OPTIONAL, cRLIssuer [2] GeneralNames OPTIONAL }
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DistributionPoint {
    /// Where the CRL is published.
    pub name: Option<DistributionPointName>,
    /// The reasons that the CRL there answers for; all when absent.
    pub reasons: Option<ReasonFlags>,
    /// Who issues the CRL, when it is not the certificate's issuer.
    pub crl_issuer: Vec<GeneralName>,
}

impl CrlDistributionPoints {
    pub(super) fn read(reader: &mut Reader<'_>, budget: &mut Budget) -> Result<Self, Error> {
        let mut list = reader.enter(Tag::SEQUENCE, budget)?;
        let mut points = Vec::with_capacity(1);
        while !list.is_empty() {
            points.push(DistributionPoint::read(&mut list, budget)?);
        }
        if points.is_empty() {
            return Err(list.malformed(list.offset(), Reason::Missing));
        }
        Ok(Self { points })
    }
}

impl DistributionPoint {
    fn read(list: &mut Reader<'_>, budget: &mut Budget) -> Result<Self, Error> {
        let element = list.expect(Tag::SEQUENCE, budget)?;
        let mut fields = element.reader(Structure::Extension, budget)?;
        let name = match fields.optional(Tag::context(0).constructed(), budget)? {
            Some(wrapper) => Some(DistributionPointName::read(&wrapper, budget)?),
            None => None,
        };
        let reasons = match fields.optional(Tag::context(1), budget)? {
            Some(bits) => Some(ReasonFlags::from_element(&bits)?),
            None => None,
        };
        let crl_issuer = match fields.optional(Tag::context(2).constructed(), budget)? {
            Some(names) => GeneralName::read_all(&names, budget)?,
            None => Vec::new(),
        };
        fields.finish()?;
        Ok(Self {
            name,
            reasons,
            crl_issuer,
        })
    }
}
