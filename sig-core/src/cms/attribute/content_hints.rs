//! content-hints (RFC 2634 §2.9, EN 319 122-1 §5.2.4.1): what the innermost content is.

use crate::base::error::Error;
use crate::base::limits::Budget;
use crate::der::octets::Octets;
use crate::der::oid::Oid;
use crate::der::tag::Tag;

use super::{sequence, text};

/// What the signer says of the content (RFC 2634 §2.9).
///
/// ```text
/// ContentHints ::= SEQUENCE { contentDescription UTF8String OPTIONAL, contentType ContentType }
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ContentHints {
    /// A description for people.
    pub description: Option<String>,
    /// The type of the innermost content.
    pub content_type: Oid,
}

impl ContentHints {
    /// Reads the value (RFC 2634 §2.9).
    ///
    /// # Errors
    /// It is malformed; a limit.
    pub fn read(value: &Octets, budget: &mut Budget) -> Result<Self, Error> {
        let mut fields = sequence(value, budget)?;
        let description = fields.optional(Tag::UTF8_STRING, budget)?;
        let description = description.as_ref().map(text).transpose()?;
        let content_type = fields.oid(budget)?;
        fields.finish()?;
        Ok(Self {
            description,
            content_type,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{TYPE, ia5, oid, read, sequence, utf8};
    use super::*;

    #[test]
    fn the_description_may_be_absent() {
        let with = read(sequence(&[utf8("Договор"), oid(TYPE)]), ContentHints::read).unwrap();
        assert_eq!(with.description.as_deref(), Some("Договор"));
        let without = read(sequence(&[oid(TYPE)]), ContentHints::read).unwrap();
        assert_eq!((without.description, without.content_type), (None, TYPE));
    }

    #[test]
    fn values_of_another_shape_are_refused() {
        let broken = vec![0x0c, 1, 0xff];
        for fields in [
            vec![],
            vec![utf8("a")],
            vec![oid(TYPE), utf8("a")],
            vec![ia5("a"), oid(TYPE)],
            vec![broken, oid(TYPE)],
        ] {
            assert_eq!(read(sequence(&fields), ContentHints::read), None);
        }
    }
}
