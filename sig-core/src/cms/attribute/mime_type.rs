//! mime-type (EN 319 122-1 §5.2.4.2): the media type of the content.

use crate::base::error::Error;
use crate::base::limits::Budget;
use crate::der::octets::Octets;
use crate::der::tag::Tag;

use super::{reader, text};

/// A media type such as `application/pdf`, as the signer wrote it (EN 319 122-1 §5.2.4.2).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MimeType(pub String);

impl MimeType {
    /// Reads the value, a `UTF8String` (EN 319 122-1 §5.2.4.2).
    ///
    /// # Errors
    /// It is of another type or holds no type and subtype; a limit.
    pub fn read(value: &Octets, budget: &mut Budget) -> Result<Self, Error> {
        let mut reader = reader(value);
        let element = reader.expect(Tag::UTF8_STRING, budget)?;
        reader.finish()?;
        let text = text(&element)?;
        match text.split_once('/') {
            Some((kind, rest)) if !kind.is_empty() && !rest.is_empty() => Ok(Self(text)),
            _ => Err(element.malformed(crate::base::error::Reason::InvalidValue)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{ia5, read, utf8};
    use super::*;

    #[test]
    fn a_type_has_a_subtype() {
        let known = read(utf8("text/xml; charset=utf-8"), MimeType::read);
        assert_eq!(known, Some(MimeType("text/xml; charset=utf-8".to_owned())));
        for text in ["", "text", "/xml", "text/"] {
            assert_eq!(read(utf8(text), MimeType::read), None, "{text}");
        }
        assert_eq!(read(ia5("text/xml"), MimeType::read), None);
        let twice = [utf8("text/xml"), utf8("text/xml")].concat();
        assert_eq!(read(twice, MimeType::read), None);
    }
}
