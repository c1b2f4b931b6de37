//! content-identifier (RFC 2634 §2.7, EN 319 122-1 §5.2.12).

use crate::base::error::Error;
use crate::base::limits::Budget;
use crate::der::octets::Octets;

use super::{octet_string, reader};

/// Octets by which another message may refer to the content (RFC 2634 §2.7).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ContentIdentifier(pub Octets);

impl ContentIdentifier {
    /// Reads the value, an OCTET STRING (RFC 2634 §2.7).
    ///
    /// # Errors
    /// It is of another type; a limit.
    pub fn read(value: &Octets, budget: &mut Budget) -> Result<Self, Error> {
        let mut reader = reader(value);
        let octets = octet_string(&mut reader, budget)?;
        reader.finish()?;
        Ok(Self(octets))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{octets, read, utf8};
    use super::*;

    #[test]
    fn the_octets_are_those_of_the_string() {
        let identifier = read(octets(&[1, 2]), ContentIdentifier::read).unwrap();
        assert_eq!(*identifier.0, [1, 2]);
        assert_eq!(read(utf8("a"), ContentIdentifier::read), None);
        let trailing = [octets(&[1]), vec![0]].concat();
        assert_eq!(read(trailing, ContentIdentifier::read), None);
    }
}
