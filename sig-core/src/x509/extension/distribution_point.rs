//! issuingDistributionPoint of CRLs (RFC 5280 §5.2.5).

use crate::base::error::Error;
use crate::base::limits::Budget;
use crate::der::reader::Reader;
use crate::der::tag::Tag;

/// The scope of a CRL (RFC 5280 §5.2.5).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct IssuingDistributionPoint {
    /// A distribution point is named.
    pub names_distribution_point: bool,
    /// The CRL holds end-entity certificates only.
    pub only_user_certificates: bool,
    /// The CRL holds certificates of authorities only.
    pub only_ca_certificates: bool,
    /// The CRL holds some reasons only.
    pub only_some_reasons: bool,
    /// Entries may belong to other issuers.
    pub indirect: bool,
    /// The CRL holds attribute certificates only.
    pub only_attribute_certificates: bool,
}

impl IssuingDistributionPoint {
    pub(crate) fn read(reader: &mut Reader<'_>, budget: &mut Budget) -> Result<Self, Error> {
        let mut fields = reader.enter(Tag::SEQUENCE, budget)?;
        let names_distribution_point = fields
            .optional(Tag::context(0).constructed(), budget)?
            .is_some();
        let only_user_certificates = flag(&mut fields, 1, budget)?;
        let only_ca_certificates = flag(&mut fields, 2, budget)?;
        let only_some_reasons = fields.optional(Tag::context(3), budget)?.is_some();
        let indirect = flag(&mut fields, 4, budget)?;
        let only_attribute_certificates = flag(&mut fields, 5, budget)?;
        fields.finish()?;
        Ok(Self {
            names_distribution_point,
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
