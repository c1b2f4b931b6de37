//! authorityKeyIdentifier (RFC 5280 §4.2.1.1).

use crate::base::error::{Error, Reason};
use crate::base::limits::Budget;
use crate::der::octets::Octets;
use crate::der::reader::Reader;
use crate::der::tag::Tag;

use super::general_name::GeneralName;

/// Which key signed (RFC 5280 §4.2.1.1). It orders candidates and proves nothing.
///
/// ```text
/// AuthorityKeyIdentifier ::= SEQUENCE { keyIdentifier [0] OCTET STRING OPTIONAL,
///     authorityCertIssuer [1] GeneralNames OPTIONAL, authorityCertSerialNumber [2] INTEGER OPTIONAL }
/// ```
#[derive(Clone, Debug)]
pub struct AuthorityKeyIdentifier {
    /// Key identifier, as stored: authorities compute it in three ways.
    pub key_identifier: Option<Octets>,
    /// Issuer of the authority's certificate.
    pub issuer: Vec<GeneralName>,
    /// Serial number of the authority's certificate.
    pub serial: Option<Octets>,
}

impl AuthorityKeyIdentifier {
    pub(super) fn read(reader: &mut Reader<'_>, budget: &mut Budget) -> Result<Self, Error> {
        let mut fields = reader.enter(Tag::SEQUENCE, budget)?;
        let key_identifier = fields
            .optional(Tag::context(0), budget)?
            .map(|e| e.content());
        let issuer = match fields.optional(Tag::context(1).constructed(), budget)? {
            Some(names) => GeneralName::read_all(&names, budget)?,
            None => Vec::new(),
        };
        let serial = fields.optional(Tag::context(2), budget)?;
        if let Some(serial) = serial.filter(|serial| serial.content_bytes().is_empty()) {
            return Err(serial.malformed(Reason::InvalidValue));
        }
        fields.finish()?;
        Ok(Self {
            key_identifier,
            issuer,
            serial: serial.map(|serial| serial.content()),
        })
    }
}
