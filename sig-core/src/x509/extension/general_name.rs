//! GeneralName (RFC 5280 §4.2.1.6).

use crate::base::error::{Error, Reason, Structure};
use crate::base::limits::Budget;
use crate::der::element::Element;
use crate::der::octets::Octets;
use crate::x509::name::Name;

/// A name of one of many forms (RFC 5280 §4.2.1.6).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum GeneralName {
    /// `[1]` electronic mail address.
    Rfc822(String),
    /// `[2]` domain name.
    Dns(String),
    /// `[4]` distinguished name.
    Directory(Name),
    /// `[6]` uniform resource identifier.
    Uri(String),
    /// Any other form, whole.
    Other(Octets),
}

impl GeneralName {
    /// Reads the elements inside a `GeneralNames` (RFC 5280 §4.2.1.6).
    ///
    /// # Errors
    /// A name is malformed, or there is none.
    pub fn read_all(names: &Element<'_>, budget: &mut Budget) -> Result<Vec<Self>, Error> {
        let mut list = names.reader(Structure::GeneralName, budget)?;
        let mut all = Vec::new();
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
                Ok(text) if text.is_ascii() => Ok(text.to_owned()),
                _ => Err(element.malformed(Reason::InvalidValue)),
            }
        };
        match element.tag.context_number() {
            Some(1) => text().map(Self::Rfc822),
            Some(2) => text().map(Self::Dns),
            Some(4) => {
                let mut inside = element.reader(Structure::GeneralName, budget)?;
                let name = Name::read(&mut inside, budget)?;
                inside.finish()?;
                Ok(Self::Directory(name))
            }
            Some(6) => text().map(Self::Uri),
            Some(0 | 3 | 5 | 7 | 8) => Ok(Self::Other(element.octets())),
            _ => Err(element.malformed(Reason::UnexpectedTag)),
        }
    }
}
