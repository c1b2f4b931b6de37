//! Distinguished names (RFC 5280 §4.1.2.4).

use std::fmt;

use crate::base::error::{Error, Reason, Structure};
use crate::base::limits::Budget;
use crate::der::octets::Octets;
use crate::der::oid::Oid;
use crate::der::oids;
use crate::der::reader::Reader;
use crate::der::tag::Tag;

/// A distinguished name with its octets (RFC 5280 §4.1.2.4).
///
/// ```text
/// Name ::= SEQUENCE OF RelativeDistinguishedName
/// RelativeDistinguishedName ::= SET SIZE (1..MAX) OF AttributeTypeAndValue
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Name {
    /// The whole encoded name.
    pub octets: Octets,
    /// The relative names, in the order of the encoding.
    pub relative_names: Vec<Vec<NameAttribute>>,
}

/// One `AttributeTypeAndValue` (RFC 5280 §4.1.2.4).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NameAttribute {
    /// The type.
    pub attribute: Oid,
    /// The whole encoded value.
    pub value: Octets,
    /// Its text, when it is a character string. `postalAddress` and others are not.
    pub text: Option<String>,
}

impl Name {
    /// Reads the next element as a name.
    ///
    /// # Errors
    /// It is not one. Lengths over the bounds of X.520 are read: accredited authorities exceed them.
    pub fn read(reader: &mut Reader<'_>, budget: &mut Budget) -> Result<Self, Error> {
        let element = reader.expect(Tag::SEQUENCE, budget)?;
        let mut sequence = element.reader(Structure::Name, budget)?;
        let mut relative_names = Vec::new();
        while !sequence.is_empty() {
            let mut set = sequence.enter(Tag::SET, budget)?;
            let attributes = NameAttribute::read_set(&mut set, budget)?;
            relative_names.push(attributes);
        }
        Ok(Self {
            octets: element.octets(),
            relative_names,
        })
    }

    /// Whether there is no attribute at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.relative_names.is_empty()
    }

    /// Every attribute, in the order of the encoding.
    pub fn attributes(&self) -> impl Iterator<Item = &NameAttribute> {
        self.relative_names.iter().flatten()
    }

    /// The text of the first attribute of a type, blanks around it cut off.
    #[must_use]
    pub fn text_of(&self, attribute: Oid) -> Option<&str> {
        self.attributes()
            .find(|candidate| candidate.attribute == attribute)
            .and_then(|candidate| candidate.text.as_deref())
            .map(str::trim)
    }
}

impl NameAttribute {
    /// The attributes of one relative name, up to the end of its SET.
    pub(super) fn read_set(set: &mut Reader<'_>, budget: &mut Budget) -> Result<Vec<Self>, Error> {
        let mut attributes = Vec::new();
        while !set.is_empty() {
            let mut fields = set.enter(Tag::SEQUENCE, budget)?;
            let attribute = fields.oid(budget)?;
            let value = fields.element(budget)?;
            fields.finish()?;
            attributes.push(Self {
                attribute,
                value: value.octets(),
                text: value.text(),
            });
        }
        if attributes.is_empty() {
            return Err(set.malformed(set.offset(), Reason::Missing));
        }
        Ok(attributes)
    }
}

impl fmt::Display for Name {
    /// RFC 4514: the last relative name first, special characters escaped.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, relative_name) in self.relative_names.iter().rev().enumerate() {
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
        write!(f, "{}=", oids::name(&self.attribute))?;
        match &self.text {
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
    let last = text.chars().count().saturating_sub(1);
    for (index, character) in text.chars().enumerate() {
        let special = matches!(character, '"' | '+' | ',' | ';' | '<' | '>' | '\\')
            || (index == 0 && matches!(character, ' ' | '#'))
            || (index == last && character == ' ');
        if special {
            f.write_str("\\")?;
        }
        write!(f, "{character}")?;
    }
    Ok(())
}
