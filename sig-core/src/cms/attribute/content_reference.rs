//! content-reference (RFC 2634 §2.11, EN 319 122-1 §5.2.11): the message that this one answers.

use crate::base::error::Error;
use crate::base::limits::Budget;
use crate::der::octets::Octets;
use crate::der::oid::Oid;

use super::{octet_string, sequence};

/// A reference to another signed message (RFC 2634 §2.11).
///
/// ```text
/// ContentReference ::= SEQUENCE { contentType ContentType, signedContentIdentifier OCTET STRING,
///     originatorSignatureValue OCTET STRING }
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ContentReference {
    /// The type of its content.
    pub content_type: Oid,
    /// Its content-identifier.
    pub identifier: Octets,
    /// The signature value of its originator.
    pub signature: Octets,
}

impl ContentReference {
    /// Reads the value (RFC 2634 §2.11).
    ///
    /// # Errors
    /// It is malformed; a limit.
    pub fn read(value: &Octets, budget: &mut Budget) -> Result<Self, Error> {
        let mut fields = sequence(value, budget)?;
        let content_type = fields.oid(budget)?;
        let identifier = octet_string(&mut fields, budget)?;
        let signature = octet_string(&mut fields, budget)?;
        fields.finish()?;
        Ok(Self {
            content_type,
            identifier,
            signature,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{TYPE, octets, oid, read, sequence};
    use super::*;

    #[test]
    fn all_fields_are_needed_and_no_more() {
        let fields = [oid(TYPE), octets(&[1]), octets(&[2]), octets(&[3])];
        let reference = read(sequence(&fields[..3]), ContentReference::read).unwrap();
        assert_eq!(reference.content_type, TYPE);
        assert_eq!(
            (&*reference.identifier, &*reference.signature),
            (&[1][..], &[2][..])
        );
        for count in [0, 1, 2, 4] {
            assert_eq!(
                read(sequence(&fields[..count]), ContentReference::read),
                None
            );
        }
    }
}
