//! certificatePolicies (RFC 5280 §4.2.1.4).

use crate::base::error::{Error, Reason};
use crate::base::limits::Budget;
use crate::der::oid::Oid;
use crate::der::reader::Reader;
use crate::der::tag::Tag;

/// Policies under which a certificate was issued (RFC 5280 §4.2.1.4); qualifiers are not decoded.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CertificatePolicies {
    /// The policies, in the order of the encoding.
    pub policies: Vec<Oid>,
}

impl CertificatePolicies {
    pub(super) fn read(reader: &mut Reader<'_>, budget: &mut Budget) -> Result<Self, Error> {
        let mut list = reader.enter(Tag::SEQUENCE, budget)?;
        let mut policies = Vec::new();
        while !list.is_empty() {
            let element = list.expect(Tag::SEQUENCE, budget)?;
            let mut fields = element.reader(crate::base::error::Structure::Extension, budget)?;
            let policy = fields.oid(budget)?;
            if policies.contains(&policy) {
                return Err(element.malformed(Reason::Duplicate));
            }
            fields.optional(Tag::SEQUENCE, budget)?;
            fields.finish()?;
            policies.push(policy);
        }
        if policies.is_empty() {
            return Err(list.malformed(list.offset(), Reason::Missing));
        }
        Ok(Self { policies })
    }
}
