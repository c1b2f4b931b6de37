//! GeneralName (RFC 5280 §4.2.1.6).

use std::fmt;

use crate::base::error::{Error, Reason, Structure};
use crate::base::limits::Budget;
use crate::der::element::Element;
use crate::der::octets::Octets;
use crate::der::oid::Oid;
use crate::der::tag::Tag;
use crate::x509::name::Name;

/// A name of one of many forms (RFC 5280 §4.2.1.6).
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum GeneralName {
    /// `[0]` a form named by an object identifier.
    OtherName {
        /// The form.
        id: Oid,
        /// The whole encoded value.
        value: Octets,
    },
    /// `[1]` electronic mail address.
    Rfc822(String),
    /// `[2]` domain name.
    Dns(String),
    /// `[3]` X.400 address, whole.
    X400(Octets),
    /// `[4]` distinguished name.
    Directory(Name),
    /// `[5]` EDI party name, whole.
    EdiParty(Octets),
    /// `[6]` uniform resource identifier.
    Uri(String),
    /// `[7]` octets of an internet address; in a constraint those of its mask follow.
    Ip(Octets),
    /// `[8]` object identifier.
    RegisteredId(Oid),
}

/// The forms of names (RFC 5280 §4.2.1.6).
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[allow(missing_docs, reason = "the names are those of the standard")]
pub enum NameForm {
    OtherName,
    Rfc822,
    Dns,
    X400,
    Directory,
    EdiParty,
    Uri,
    Ip,
    RegisteredId,
}

impl NameForm {
    /// The name of RFC 5280 §4.2.1.6.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::OtherName => "otherName",
            Self::Rfc822 => "rfc822Name",
            Self::Dns => "dNSName",
            Self::X400 => "x400Address",
            Self::Directory => "directoryName",
            Self::EdiParty => "ediPartyName",
            Self::Uri => "uniformResourceIdentifier",
            Self::Ip => "iPAddress",
            Self::RegisteredId => "registeredID",
        }
    }
}

impl fmt::Display for NameForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl GeneralName {
    /// Reads the elements inside a `GeneralNames` (RFC 5280 §4.2.1.6).
    ///
    /// # Errors
    /// A name is malformed, or there is none.
    pub fn read_all(names: &Element<'_>, budget: &mut Budget) -> Result<Vec<Self>, Error> {
        let mut list = names.reader(Structure::GeneralName, budget)?;
        // Nearly every list is of one name.
        let mut all = Vec::with_capacity(1);
        while !list.is_empty() {
            let element = list.element(budget)?;
            all.push(Self::from_element(&element, budget)?);
        }
        if all.is_empty() {
            return Err(names.malformed(Reason::Missing));
        }
        Ok(all)
    }

    /// One name (RFC 5280 §4.2.1.6).
    ///
    /// # Errors
    /// The tag is not one of a general name, or text is not IA5.
    pub fn from_element(element: &Element<'_>, budget: &mut Budget) -> Result<Self, Error> {
        let text = || {
            let octets = element.content_bytes();
            match std::str::from_utf8(octets) {
                Ok(text) if text.is_ascii() && !element.tag.is_constructed() => Ok(text.to_owned()),
                _ => Err(element.malformed(Reason::InvalidValue)),
            }
        };
        match element.tag.context_number() {
            Some(0) => {
                let mut inside = element.reader(Structure::GeneralName, budget)?;
                let id = inside.oid(budget)?;
                let mut wrapper = inside.enter(Tag::context(0).constructed(), budget)?;
                inside.finish()?;
                let value = wrapper.element(budget)?.octets();
                wrapper.finish()?;
                Ok(Self::OtherName { id, value })
            }
            Some(1) => text().map(Self::Rfc822),
            Some(2) => text().map(Self::Dns),
            Some(3) => Ok(Self::X400(element.octets())),
            Some(4) => {
                let mut inside = element.reader(Structure::GeneralName, budget)?;
                let name = Name::read(&mut inside, budget)?;
                inside.finish()?;
                Ok(Self::Directory(name))
            }
            Some(5) => Ok(Self::EdiParty(element.octets())),
            Some(6) => text().map(Self::Uri),
            Some(7) if !element.tag.is_constructed() => Ok(Self::Ip(element.content())),
            Some(8) if !element.tag.is_constructed() => element.oid().map(Self::RegisteredId),
            _ => Err(element.malformed(Reason::UnexpectedTag)),
        }
    }

    /// Its form (RFC 5280 §4.2.1.6).
    #[must_use]
    pub const fn form(&self) -> NameForm {
        match self {
            Self::OtherName { .. } => NameForm::OtherName,
            Self::Rfc822(_) => NameForm::Rfc822,
            Self::Dns(_) => NameForm::Dns,
            Self::X400(_) => NameForm::X400,
            Self::Directory(_) => NameForm::Directory,
            Self::EdiParty(_) => NameForm::EdiParty,
            Self::Uri(_) => NameForm::Uri,
            Self::Ip(_) => NameForm::Ip,
            Self::RegisteredId(_) => NameForm::RegisteredId,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::limits::Limits;
    use crate::der::reader::{Encoding, Reader};
    use crate::der::writer::element;

    fn read(names: &[u8]) -> Option<Vec<NameForm>> {
        let source = Octets::from(element(Tag::SEQUENCE, names));
        let mut budget = Budget::new(Limits::STANDARD);
        let mut reader = Reader::new(&source, Encoding::Der, Structure::GeneralName);
        let whole = reader.element(&mut budget).unwrap();
        let names = GeneralName::read_all(&whole, &mut budget).ok()?;
        Some(names.iter().map(GeneralName::form).collect())
    }

    #[test]
    fn every_form_is_read() {
        let names = [
            &[0xa0, 8, 6, 2, 0x2a, 3, 0xa0, 2, 5, 0][..],
            &[0x81, 1, b'a'],
            &[0x82, 1, b'a'],
            &[0xa3, 0],
            &[0xa4, 2, 0x30, 0],
            &[0xa5, 0],
            &[0x86, 1, b'a'],
            &[0x87, 4, 1, 2, 3, 4],
            &[0x88, 2, 0x2a, 3],
        ]
        .concat();
        let forms = read(&names).unwrap();
        assert_eq!(forms.len(), 9);
        assert!(forms.is_sorted());
    }

    #[test]
    fn names_of_another_shape_are_refused() {
        for names in [
            &[][..],
            &[0x89, 0],
            &[0x82, 1, 0xff],
            &[0xa2, 0],
            &[0xa7, 0],
            &[0x88, 1, 0x80],
            &[0xa0, 4, 6, 2, 0x2a, 3],
            &[0x13, 1, b'a'],
        ] {
            assert_eq!(read(names), None, "{names:?}");
        }
    }
}
