//! signer-location (EN 319 122-1 §5.2.5, RFC 5126 §5.11.2): where the signer says he signed.

use crate::base::error::{Error, Reason, Structure};
use crate::base::limits::Budget;
use crate::der::element::Element;
use crate::der::octets::Octets;
use crate::der::reader::Reader;
use crate::der::tag::Tag;

use super::{sequence, text};

/// X.520 upper bound of the lines of a postal address.
const MOST_LINES: usize = 6;

/// A place (RFC 5126 §5.11.2); at least one of its parts is there.
///
/// ```text
/// SignerLocation ::= SEQUENCE { countryName [0] DirectoryString OPTIONAL,
///     localityName [1] DirectoryString OPTIONAL, postalAddress [2] PostalAddress OPTIONAL }
/// PostalAddress ::= SEQUENCE SIZE (1..6) OF DirectoryString
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct SignerLocation {
    /// The country.
    pub country: Option<String>,
    /// The locality.
    pub locality: Option<String>,
    /// The lines of the address.
    pub postal_address: Vec<String>,
}

impl SignerLocation {
    /// Reads the value (RFC 5126 §5.11.2).
    ///
    /// # Errors
    /// It is malformed or holds nothing; a limit.
    ///
    /// # Deviation
    /// An address under an implicit tag is read too: widespread software writes it so.
    pub fn read(value: &Octets, budget: &mut Budget) -> Result<Self, Error> {
        let mut fields = sequence(value, budget)?;
        let mut part = |number| match fields.optional(Tag::context(number).constructed(), budget)? {
            Some(element) => {
                let mut inside = element.reader(Structure::Attribute, budget)?;
                let name = text(&inside.element(budget)?)?;
                inside.finish()?;
                Ok::<_, Error>(Some(name))
            }
            None => Ok(None),
        };
        let (country, locality) = (part(0)?, part(1)?);
        let address = fields.optional(Tag::context(2).constructed(), budget)?;
        let postal_address = match &address {
            Some(element) => lines(element, budget)?,
            None => Vec::new(),
        };
        fields.finish()?;
        if country.is_none() && locality.is_none() && address.is_none() {
            return Err(fields.malformed(fields.offset(), Reason::Missing));
        }
        Ok(Self {
            country,
            locality,
            postal_address,
        })
    }
}

fn lines(element: &Element<'_>, budget: &mut Budget) -> Result<Vec<String>, Error> {
    let mut list: Reader<'_> = element.reader(Structure::Attribute, budget)?;
    if list.peek_tag() == Some(Tag::SEQUENCE) {
        let outer = &mut list;
        let inside = outer.enter(Tag::SEQUENCE, budget)?;
        outer.finish()?;
        list = inside;
    }
    let mut lines = Vec::new();
    while !list.is_empty() {
        lines.push(text(&list.element(budget)?)?);
    }
    if lines.is_empty() || lines.len() > MOST_LINES {
        return Err(element.malformed(Reason::InvalidValue));
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{TYPE, oid, read, sequence, tagged, utf8};
    use super::*;

    fn location(fields: &[Vec<u8>]) -> Option<SignerLocation> {
        read(sequence(fields), SignerLocation::read)
    }

    #[test]
    fn every_part_may_stand_alone() {
        let lines = [utf8("ул. Тестовая, 1"), utf8("Пермь")];
        let explicit = tagged(2, &[sequence(&lines)]);
        let all = [
            tagged(0, &[utf8("RU")]),
            tagged(1, &[utf8("Пермь")]),
            explicit.clone(),
        ];
        let place = location(&all).unwrap();
        assert_eq!(place.country.as_deref(), Some("RU"));
        assert_eq!(place.locality.as_deref(), Some("Пермь"));
        assert_eq!(place.postal_address.len(), 2);
        for part in &all {
            assert!(location(std::slice::from_ref(part)).is_some());
        }
        assert_eq!(location(&[tagged(2, &lines)]), location(&[explicit]));
    }

    #[test]
    fn places_of_another_shape_are_refused() {
        let many = vec![utf8("a"); 7];
        for fields in [
            vec![],
            vec![utf8("RU")],
            vec![tagged(0, &[])],
            vec![tagged(0, &[oid(TYPE)])],
            vec![tagged(0, &[utf8("a"), utf8("b")])],
            vec![tagged(1, &[utf8("a")]), tagged(0, &[utf8("b")])],
            vec![tagged(2, &[])],
            vec![tagged(2, &[sequence(&[])])],
            vec![tagged(2, &[sequence(&many)])],
            vec![tagged(2, &[sequence(&[utf8("a")]), utf8("b")])],
        ] {
            assert_eq!(location(&fields), None);
        }
    }
}
