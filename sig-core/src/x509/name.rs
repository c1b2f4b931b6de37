//! Distinguished names (RFC 5280 §4.1.2.4).

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;
use std::slice;
use std::sync::OnceLock;

use crate::base::error::{Error, Reason, Structure};
use crate::base::limits::{Budget, Limits};
use crate::der::element::Element;
use crate::der::octets::Octets;
use crate::der::oid::Oid;
use crate::der::oids;
use crate::der::reader::{Encoding, Reader};
use crate::der::tag::Tag;

/// A distinguished name with its octets (RFC 5280 §4.1.2.4).
///
/// ```text
/// Name ::= SEQUENCE OF RelativeDistinguishedName
/// RelativeDistinguishedName ::= SET SIZE (1..MAX) OF AttributeTypeAndValue
/// ```
#[derive(Clone)]
pub struct Name {
    /// The whole encoded name.
    pub octets: Octets,
    encoding: Encoding,
    /// Most names are only ever compared by their octets: the parts are kept when they are first asked for.
    parts: OnceLock<Box<[RelativeName]>>,
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.octets == other.octets
    }
}

impl Eq for Name {}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Name")
            .field("octets", &self.octets)
            .finish_non_exhaustive()
    }
}

/// One `RelativeDistinguishedName` (RFC 5280 §4.1.2.4): at least one attribute, and nearly always no more.
#[derive(Clone, Debug)]
pub enum RelativeName {
    /// Of one attribute.
    One(NameAttribute),
    /// Of several.
    Several(Vec<NameAttribute>),
}

/// One `AttributeTypeAndValue` (RFC 5280 §4.1.2.4).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NameAttribute {
    /// The type.
    pub attribute: Oid,
    /// The whole encoded value.
    pub value: Octets,
    text: Text,
}

/// How the text of a value is had.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Text {
    /// The contents are UTF-8, or not text; they follow so many octets of tag and length.
    Utf8(usize),
    /// The same, for types of ASCII.
    Ascii(usize),
    /// Of a type whose contents had to be decoded; none when they could not be.
    Decoded(Option<Box<str>>),
}

impl Name {
    /// Reads the next element as a name.
    ///
    /// # Errors
    /// It is not one. Lengths over the bounds of X.520 are read: accredited authorities exceed them.
    pub fn read(reader: &mut Reader<'_>, budget: &mut Budget) -> Result<Self, Error> {
        let element = reader.expect(Tag::SEQUENCE, budget)?;
        let mut sequence = element.reader(Structure::Name, budget)?;
        while !sequence.is_empty() {
            let mut set = sequence.enter(Tag::SET, budget)?;
            if set.is_empty() {
                return Err(set.malformed(set.offset(), Reason::Missing));
            }
            while !set.is_empty() {
                NameAttribute::fields(&mut set, budget)?;
            }
        }
        Ok(Self {
            octets: element.octets(),
            encoding: reader.encoding(),
            parts: OnceLock::new(),
        })
    }

    /// The relative names, in the order of the encoding.
    pub fn relative_names(&self) -> &[RelativeName] {
        self.parts.get_or_init(|| self.read_again())
    }

    /// The same for once: thousands of authorities are indexed by their names and hardly ever looked at.
    pub(super) fn glance(&self) -> Cow<'_, [RelativeName]> {
        match self.parts.get() {
            Some(parts) => Cow::Borrowed(parts),
            None => Cow::Owned(self.read_again().into_vec()),
        }
    }

    /// They were read before, under the caller's limits.
    fn read_again(&self) -> Box<[RelativeName]> {
        let mut budget = Budget::new(Limits {
            depth: u32::MAX,
            nodes: u64::MAX,
            ..Limits::STANDARD
        });
        let mut reader = Reader::new(&self.octets, self.encoding, Structure::Name);
        Self::read_parts(&mut reader, &mut budget).unwrap_or_default()
    }

    fn read_parts(
        reader: &mut Reader<'_>,
        budget: &mut Budget,
    ) -> Result<Box<[RelativeName]>, Error> {
        let mut sequence = reader.enter(Tag::SEQUENCE, budget)?;
        let mut parts = Vec::with_capacity(8);
        while !sequence.is_empty() {
            let mut set = sequence.enter(Tag::SET, budget)?;
            parts.push(RelativeName::read_set(&mut set, budget)?);
        }
        Ok(parts.into_boxed_slice())
    }

    /// Whether there is no attribute at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.relative_names().is_empty()
    }

    /// Every attribute, in the order of the encoding.
    pub fn attributes(&self) -> impl Iterator<Item = &NameAttribute> {
        self.relative_names().iter().flat_map(|one| one.iter())
    }

    /// The text of the first attribute of a type, blanks around it cut off.
    #[must_use]
    pub fn text_of(&self, attribute: Oid) -> Option<&str> {
        self.attributes()
            .find(|candidate| candidate.attribute == attribute)
            .and_then(NameAttribute::text)
            .map(str::trim)
    }
}

impl RelativeName {
    /// The attributes of one relative name, up to the end of its SET.
    #[inline]
    pub(super) fn read_set(set: &mut Reader<'_>, budget: &mut Budget) -> Result<Self, Error> {
        if set.is_empty() {
            return Err(set.malformed(set.offset(), Reason::Missing));
        }
        let first = NameAttribute::read(set, budget)?;
        if set.is_empty() {
            return Ok(Self::One(first));
        }
        let mut several = vec![first];
        while !set.is_empty() {
            several.push(NameAttribute::read(set, budget)?);
        }
        Ok(Self::Several(several))
    }
}

impl Deref for RelativeName {
    type Target = [NameAttribute];

    fn deref(&self) -> &[NameAttribute] {
        match self {
            Self::One(attribute) => slice::from_ref(attribute),
            Self::Several(attributes) => attributes,
        }
    }
}

impl PartialEq for RelativeName {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for RelativeName {}

impl NameAttribute {
    #[inline(always)]
    fn fields<'a>(set: &mut Reader<'a>, budget: &mut Budget) -> Result<(Oid, Element<'a>), Error> {
        let mut fields = set.enter(Tag::SEQUENCE, budget)?;
        let attribute = fields.oid(budget)?;
        let value = fields.element(budget)?;
        fields.finish()?;
        Ok((attribute, value))
    }

    #[inline(always)]
    fn read(set: &mut Reader<'_>, budget: &mut Budget) -> Result<Self, Error> {
        let (attribute, value) = Self::fields(set, budget)?;
        let header = value.header_size();
        Ok(Self {
            attribute,
            text: match value.tag {
                Tag::UTF8_STRING => Text::Utf8(header),
                Tag::PRINTABLE_STRING | Tag::IA5_STRING | Tag::VISIBLE_STRING => {
                    Text::Ascii(header)
                }
                _ => Text::Decoded(value.text().map(String::into_boxed_str)),
            },
            value: value.octets(),
        })
    }

    /// The text of the value, when it is a character string (RFC 5280 §4.1.2.4). `postalAddress` and others are not.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        let contents = |header| self.value.get(header..).unwrap_or_default();
        match &self.text {
            Text::Utf8(header) => str::from_utf8(contents(*header)).ok(),
            Text::Ascii(header) => {
                let text = str::from_utf8(contents(*header)).ok();
                text.filter(|text| text.is_ascii())
            }
            Text::Decoded(text) => text.as_deref(),
        }
    }
}

impl fmt::Display for Name {
    /// RFC 4514: the last relative name first, special characters escaped.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, relative_name) in self.relative_names().iter().rev().enumerate() {
            if index > 0 {
                f.write_str(",")?;
            }
            for (place, attribute) in relative_name.iter().enumerate() {
                if place > 0 {
                    f.write_str("+")?;
                }
                attribute.fmt(f)?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for NameAttribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match oids::known_name(&self.attribute) {
            Some(name) => f.write_str(name)?,
            None => self.attribute.fmt(f)?,
        }
        f.write_str("=")?;
        match self.text() {
            Some(text) => escape(text, f),
            None => {
                f.write_str("#")?;
                self.value
                    .iter()
                    .try_for_each(|octet| write!(f, "{octet:02x}"))
            }
        }
    }
}

/// RFC 4514 §2.4, in one pass.
fn escape(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut written = 0;
    for (at, octet) in text.bytes().enumerate() {
        let special = matches!(octet, b'"' | b'+' | b',' | b';' | b'<' | b'>' | b'\\')
            || (at == 0 && matches!(octet, b' ' | b'#'))
            || (at + 1 == text.len() && octet == b' ');
        if special {
            // The octet is a character by itself, so both sides of it are text.
            f.write_str(text.get(written..at).unwrap_or_default())?;
            f.write_str("\\")?;
            written = at;
        }
    }
    f.write_str(text.get(written..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::der::writer::element;

    /// A name of one attribute whose value is nested so deeply, in the indefinite form of BER.
    fn nested(depth: usize) -> Octets {
        let mut value = [0x30, 0x80].repeat(depth);
        value.extend([0, 0].repeat(depth));
        let kind = element(Tag::OID, &[0x55, 0x04, 0x03]);
        let attribute = element(Tag::SEQUENCE, &[kind, value].concat());
        element(Tag::SEQUENCE, &element(Tag::SET, &attribute)).into()
    }

    #[test]
    fn a_name_that_was_read_under_wider_limits_has_its_parts() {
        let octets = nested(40);
        let mut budget = Budget::new(Limits {
            depth: 64,
            ..Limits::STANDARD
        });
        let mut reader = Reader::new(&octets, Encoding::Ber, Structure::Name);
        let name = Name::read(&mut reader, &mut budget).unwrap();
        assert_eq!(name.relative_names().len(), 1);
        assert_eq!(name.glance().len(), 1);

        let mut budget = Budget::new(Limits::STANDARD);
        let mut reader = Reader::new(&octets, Encoding::Ber, Structure::Name);
        assert!(Name::read(&mut reader, &mut budget).is_err());
    }
}
