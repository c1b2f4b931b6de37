//! authorityInfoAccess (RFC 5280 §4.2.2.1).

use crate::base::error::{Error, Reason};
use crate::base::limits::Budget;
use crate::der::oid::Oid;
use crate::der::reader::Reader;
use crate::der::tag::Tag;

use super::general_name::GeneralName;

/// Where information of the issuer is found (RFC 5280 §4.2.2.1).
///
/// ```text
/// AuthorityInfoAccessSyntax ::= SEQUENCE SIZE (1..MAX) OF AccessDescription
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AuthorityInformationAccess {
    /// The descriptions, in the order of the encoding.
    pub descriptions: Vec<AccessDescription>,
}

/// One place (RFC 5280 §4.2.2.1).
///
/// ```text
/// AccessDescription ::= SEQUENCE { accessMethod OBJECT IDENTIFIER, accessLocation GeneralName }
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AccessDescription {
    /// What is found there.
    pub method: Oid,
    /// The place.
    pub location: GeneralName,
}

impl AuthorityInformationAccess {
    /// Reads the extension (RFC 5280 §4.2.2.1).
    ///
    /// # Errors
    /// It is malformed, or there is no description.
    pub(crate) fn read(reader: &mut Reader<'_>, budget: &mut Budget) -> Result<Self, Error> {
        let mut list = reader.enter(Tag::SEQUENCE, budget)?;
        let mut descriptions = Vec::with_capacity(2);
        while !list.is_empty() {
            let mut fields = list.enter(Tag::SEQUENCE, budget)?;
            let method = fields.oid(budget)?;
            let location = GeneralName::from_element(&fields.element(budget)?, budget)?;
            fields.finish()?;
            descriptions.push(AccessDescription { method, location });
        }
        if descriptions.is_empty() {
            return Err(list.malformed(list.offset(), Reason::Missing));
        }
        Ok(Self { descriptions })
    }

    /// The places of a kind that are resource identifiers (RFC 5280 §4.2.2.1).
    pub fn uris(&self, method: Oid) -> impl Iterator<Item = &str> {
        let wanted = self
            .descriptions
            .iter()
            .filter(move |one| one.method == method);
        wanted.filter_map(|one| match &one.location {
            GeneralName::Uri(uri) => Some(uri.as_str()),
            _ => None,
        })
    }
}
