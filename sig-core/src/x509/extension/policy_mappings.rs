//! policyMappings (RFC 5280 §4.2.1.5).

use crate::base::error::{Error, Reason};
use crate::base::limits::Budget;
use crate::der::oid::Oid;
use crate::der::reader::Reader;
use crate::der::tag::Tag;

/// Which policies of the subject's domain equal which of the issuer's (RFC 5280 §4.2.1.5).
///
/// ```text
/// PolicyMappings ::= SEQUENCE SIZE (1..MAX) OF SEQUENCE {
///     issuerDomainPolicy OBJECT IDENTIFIER, subjectDomainPolicy OBJECT IDENTIFIER }
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PolicyMappings {
    /// The pairs, in the order of the encoding.
    pub pairs: Vec<PolicyMapping>,
}

/// One pair (RFC 5280 §4.2.1.5).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PolicyMapping {
    /// A policy of the issuer.
    pub issuer_domain: Oid,
    /// The policy of the subject that the issuer takes for it.
    pub subject_domain: Oid,
}

impl PolicyMappings {
    pub(super) fn read(reader: &mut Reader<'_>, budget: &mut Budget) -> Result<Self, Error> {
        let mut list = reader.enter(Tag::SEQUENCE, budget)?;
        let mut pairs = Vec::new();
        while !list.is_empty() {
            let mut fields = list.enter(Tag::SEQUENCE, budget)?;
            let issuer_domain = fields.oid(budget)?;
            let subject_domain = fields.oid(budget)?;
            fields.finish()?;
            pairs.push(PolicyMapping {
                issuer_domain,
                subject_domain,
            });
        }
        if pairs.is_empty() {
            return Err(list.malformed(list.offset(), Reason::Missing));
        }
        Ok(Self { pairs })
    }
}
