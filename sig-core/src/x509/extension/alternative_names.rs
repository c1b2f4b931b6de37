//! subjectAltName and issuerAltName (RFC 5280 §4.2.1.6, §4.2.1.7).

use crate::base::error::Error;
use crate::base::limits::Budget;
use crate::der::reader::Reader;
use crate::der::tag::Tag;

use super::general_name::GeneralName;
use super::{Deviation, DeviationKind};

/// Further names of the subject or the issuer (RFC 5280 §4.2.1.6).
///
/// ```text
/// SubjectAltName ::= SEQUENCE SIZE (1..MAX) OF GeneralName
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AlternativeNames {
    /// The names, in the order of the encoding.
    pub names: Vec<GeneralName>,
}

impl AlternativeNames {
    pub(super) fn read(
        reader: &mut Reader<'_>,
        deviations: &mut Vec<Deviation>,
        budget: &mut Budget,
    ) -> Result<Self, Error> {
        let names = reader.expect(Tag::SEQUENCE, budget)?;
        if names.content_bytes().is_empty() {
            // Authorities of European trusted lists write it; it says nothing.
            deviations.push(Deviation {
                kind: DeviationKind::EmptyNames,
                offset: names.offset(),
            });
            return Ok(Self { names: Vec::new() });
        }
        let names = GeneralName::read_all(&names, budget)?;
        Ok(Self { names })
    }
}
