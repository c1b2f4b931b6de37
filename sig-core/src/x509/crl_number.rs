//! CRL numbers (RFC 5280 §5.2.3).

use crate::base::error::{Error, Reason, Structure};
use crate::base::limits::Budget;
use crate::der::octets::Octets;
use crate::der::reader::{Encoding, Reader};
use crate::der::tag::Tag;

/// Octets of the longest number (RFC 5280 §5.2.3).
const MAX: usize = 20;

/// The number of a CRL, which grows with every list of an issuer and scope (RFC 5280 §5.2.3).
///
/// ```text
/// CRLNumber ::= INTEGER (0..MAX)
/// BaseCRLNumber ::= CRLNumber
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct CrlNumber([u8; MAX]);

impl CrlNumber {
    /// Reads the value of a cRLNumber or deltaCRLIndicator extension (RFC 5280 §5.2.3, §5.2.4).
    ///
    /// # Errors
    /// Not an INTEGER, negative, or longer than 20 octets.
    pub fn from_extension(value: &Octets, budget: &mut Budget) -> Result<Self, Error> {
        let mut reader = Reader::new(value, Encoding::Der, Structure::Extension);
        let element = reader.expect(Tag::INTEGER, budget)?;
        reader.finish()?;
        let octets = element.integer()?;
        let invalid = || element.malformed(Reason::InvalidValue);
        if octets.first().is_some_and(|first| *first >= 0x80) {
            return Err(invalid());
        }
        let digits = octets.strip_prefix(&[0]).unwrap_or(&octets);
        let start = MAX.checked_sub(digits.len()).ok_or_else(invalid)?;
        let mut number = [0; MAX];
        let place = number.get_mut(start..).ok_or_else(invalid)?;
        place.copy_from_slice(digits);
        Ok(Self(number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::limits::Limits;
    use crate::der::writer::element;

    fn number(content: &[u8]) -> Option<CrlNumber> {
        let value = Octets::from(element(Tag::INTEGER, content));
        CrlNumber::from_extension(&value, &mut Budget::new(Limits::STANDARD)).ok()
    }

    #[test]
    fn numbers_are_compared_as_numbers() {
        let rising = [
            &[0][..],
            &[9],
            &[0x7f],
            &[0, 0x80],
            &[1, 0],
            &[0x7f; 19],
            &[0x7f; 20],
            &[&[0][..], &[0xff; 20]].concat(),
        ]
        .map(|content| number(content).unwrap());
        assert!(rising.is_sorted_by(|left, right| left < right));
    }

    #[test]
    fn numbers_out_of_range_are_refused() {
        for content in [&[][..], &[0x80], &[0, 1], &[1; 21]] {
            assert_eq!(number(content), None, "{content:?}");
        }
    }
}
