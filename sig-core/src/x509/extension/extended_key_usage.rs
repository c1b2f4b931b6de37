//! extKeyUsage (RFC 5280 §4.2.1.12).

use crate::base::error::{Error, Reason};
use crate::base::limits::Budget;
use crate::der::oid::Oid;
use crate::der::reader::Reader;
use crate::der::tag::Tag;

/// Purposes of a key (RFC 5280 §4.2.1.12).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ExtendedKeyUsage {
    /// The purposes, in the order of the encoding.
    pub purposes: Vec<Oid>,
}

impl ExtendedKeyUsage {
    pub(super) fn read(reader: &mut Reader<'_>, budget: &mut Budget) -> Result<Self, Error> {
        let mut list = reader.enter(Tag::SEQUENCE, budget)?;
        let mut purposes = Vec::new();
        while !list.is_empty() {
            purposes.push(list.oid(budget)?);
        }
        if purposes.is_empty() {
            return Err(list.malformed(list.offset(), Reason::Missing));
        }
        Ok(Self { purposes })
    }
}
