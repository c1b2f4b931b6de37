//! inhibitAnyPolicy (RFC 5280 §4.2.1.14).

use crate::base::error::Error;
use crate::base::limits::Budget;
use crate::der::reader::Reader;
use crate::der::tag::Tag;

use super::skip_certificates;

/// When anyPolicy stops to count (RFC 5280 §4.2.1.14).
///
/// ```text
/// InhibitAnyPolicy ::= INTEGER (0..MAX)
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct InhibitAnyPolicy {
    /// Certificates that may follow before anyPolicy is ignored.
    pub skip_certificates: u32,
}

impl InhibitAnyPolicy {
    pub(super) fn read(reader: &mut Reader<'_>, budget: &mut Budget) -> Result<Self, Error> {
        let element = reader.expect(Tag::INTEGER, budget)?;
        let skip_certificates = skip_certificates(&element)?;
        Ok(Self { skip_certificates })
    }
}
