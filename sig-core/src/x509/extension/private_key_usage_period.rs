//! privateKeyUsagePeriod (RFC 3280 §4.2.1.4).

use crate::base::error::{Error, Reason};
use crate::base::limits::Budget;
use crate::base::time::UnixTime;
use crate::der::reader::Reader;
use crate::der::tag::Tag;

/// When the private key may sign (RFC 3280 §4.2.1.4).
///
/// ```text
/// PrivateKeyUsagePeriod ::= SEQUENCE { notBefore [0] GeneralizedTime OPTIONAL, notAfter [1] GeneralizedTime OPTIONAL }
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PrivateKeyUsagePeriod {
    /// Not earlier.
    pub not_before: Option<UnixTime>,
    /// Not later.
    pub not_after: Option<UnixTime>,
}

impl PrivateKeyUsagePeriod {
    /// Reads the extension (RFC 3280 §4.2.1.4).
    ///
    /// # Errors
    /// It is malformed: a time is not `YYYYMMDDHHMMSSZ`, as one accredited root writes it, or both are absent.
    pub(crate) fn read(reader: &mut Reader<'_>, budget: &mut Budget) -> Result<Self, Error> {
        let mut fields = reader.enter(Tag::SEQUENCE, budget)?;
        let mut ends = [None; 2];
        for (number, end) in [0, 1].into_iter().zip(&mut ends) {
            if let Some(element) = fields.optional(Tag::context(number), budget)? {
                let time = generalized_time(element.content_bytes());
                *end = Some(time.ok_or_else(|| element.malformed(Reason::InvalidValue))?);
            }
        }
        fields.finish()?;
        let [not_before, not_after] = ends;
        if not_before.is_none() && not_after.is_none() {
            return Err(fields.malformed(fields.offset(), Reason::Missing));
        }
        Ok(Self {
            not_before,
            not_after,
        })
    }
}

/// RFC 5280 §4.1.2.5.2.
fn generalized_time(octets: &[u8]) -> Option<UnixTime> {
    let text = str::from_utf8(octets).ok().filter(|text| text.is_ascii())?;
    let digits = text.strip_suffix('Z').filter(|digits| digits.len() == 14)?;
    let part = |from: usize, to: usize| digits.get(from..to);
    UnixTime::parse_rfc3339(&format!(
        "{}-{}-{}T{}:{}:{}Z",
        part(0, 4)?,
        part(4, 6)?,
        part(6, 8)?,
        part(8, 10)?,
        part(10, 12)?,
        part(12, 14)?
    ))
}
