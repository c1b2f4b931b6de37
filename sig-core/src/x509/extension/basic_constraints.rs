//! basicConstraints (RFC 5280 §4.2.1.9).

use crate::base::error::Error;
use crate::base::limits::Budget;
use crate::der::reader::Reader;
use crate::der::tag::Tag;

use super::{Deviation, read_default_false};

/// Whether the subject is a certification authority (RFC 5280 §4.2.1.9).
///
/// ```text
/// BasicConstraints ::= SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER (0..MAX) OPTIONAL }
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct BasicConstraints {
    /// The subject may issue certificates.
    pub ca: bool,
    /// How many intermediate certificates may follow, self-issued ones not counted.
    pub path_length: Option<u32>,
}

impl BasicConstraints {
    pub(super) fn read(
        reader: &mut Reader<'_>,
        deviations: &mut Vec<Deviation>,
        budget: &mut Budget,
    ) -> Result<Self, Error> {
        let mut fields = reader.enter(Tag::SEQUENCE, budget)?;
        let ca = read_default_false(&mut fields, deviations, budget)?;
        let path_length = match fields.optional(Tag::INTEGER, budget)? {
            Some(number) => Some(number.small_integer()?),
            None => None,
        };
        fields.finish()?;
        Ok(Self { ca, path_length })
    }
}
