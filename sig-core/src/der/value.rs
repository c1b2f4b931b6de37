//! Values of primitive elements: BOOLEAN, INTEGER, OBJECT IDENTIFIER, BIT STRING.

use crate::base::error::{Error, Reason};
use crate::base::limits::Budget;

use super::element::Element;
use super::octets::Octets;
use super::oid::Oid;
use super::reader::Reader;
use super::tag::Tag;

/// A BOOLEAN and whether it was written as DER requires.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Boolean {
    /// The truth value.
    pub value: bool,
    /// Written as `00` or `FF`. Accredited authorities have issued `01` (X.690 §11.1 asks for `FF`).
    pub is_der: bool,
}

impl Element<'_> {
    /// A BOOLEAN.
    ///
    /// # Errors
    /// Not exactly one octet.
    pub fn boolean(&self) -> Result<Boolean, Error> {
        match self.content_bytes() {
            [octet] => Ok(Boolean {
                value: *octet != 0,
                is_der: matches!(octet, 0 | 0xff),
            }),
            _ => Err(self.malformed(Reason::InvalidValue)),
        }
    }

    /// An OBJECT IDENTIFIER.
    ///
    /// # Errors
    /// The encoding is empty, padded, unfinished or longer than 63 octets.
    #[inline(always)]
    pub fn oid(&self) -> Result<Oid, Error> {
        Oid::from_content(self.content_bytes()).ok_or_else(|| self.malformed(Reason::InvalidValue))
    }

    /// The contents of an INTEGER: two's complement, most significant octet first, shortest form.
    ///
    /// # Errors
    /// Empty or padded.
    pub fn integer(&self) -> Result<Octets, Error> {
        match self.content_bytes() {
            [] => Err(self.malformed(Reason::InvalidValue)),
            [0, next, ..] if *next < 0x80 => Err(self.malformed(Reason::NotDer)),
            [0xff, next, ..] if *next >= 0x80 => Err(self.malformed(Reason::NotDer)),
            _ => Ok(self.content()),
        }
    }

    /// A small non-negative INTEGER, such as a version.
    ///
    /// # Errors
    /// Negative, padded or over 32 bits.
    pub fn small_integer(&self) -> Result<u32, Error> {
        let octets = self.integer()?;
        let magnitude = octets.strip_prefix(&[0]).unwrap_or(&octets);
        let negative = octets.first().is_some_and(|octet| *octet >= 0x80);
        if negative || magnitude.len() > 4 {
            return Err(self.malformed(Reason::InvalidValue));
        }
        Ok(magnitude
            .iter()
            .fold(0, |value, octet| value << 8 | u32::from(*octet)))
    }

    /// The octets of a BIT STRING without unused bits.
    ///
    /// # Errors
    /// Empty, or not a whole number of octets.
    pub fn bit_string_octets(&self) -> Result<Octets, Error> {
        match self.content_bytes() {
            [0, ..] => Ok(self.source.part(self.content_start + 1..self.content_end)),
            _ => Err(self.malformed(Reason::InvalidValue)),
        }
    }

    /// A named-bit list of at most 16 bits; bit 0 is the most significant (X.680 §22).
    ///
    /// # Errors
    /// A wrong count of unused bits.
    pub fn named_bits(&self) -> Result<u16, Error> {
        let [unused, bits @ ..] = self.content_bytes() else {
            return Err(self.malformed(Reason::InvalidValue));
        };
        if *unused > 7 || (bits.is_empty() && *unused != 0) {
            return Err(self.malformed(Reason::InvalidValue));
        }
        let octet = |index: usize| {
            let value = bits.get(index).copied().unwrap_or(0);
            let last = index + 1 == bits.len();
            u16::from(if last {
                value & (0xff_u8 << unused)
            } else {
                value
            })
        };
        Ok(octet(0) << 8 | octet(1))
    }

    /// NULL.
    ///
    /// # Errors
    /// It has contents.
    pub fn null(&self) -> Result<(), Error> {
        if self.content_bytes().is_empty() {
            Ok(())
        } else {
            Err(self.malformed(Reason::InvalidValue))
        }
    }
}

impl Reader<'_> {
    /// The next element, an OBJECT IDENTIFIER.
    ///
    /// # Errors
    /// Another element is there.
    #[inline(always)]
    pub fn oid(&mut self, budget: &mut Budget) -> Result<Oid, Error> {
        self.expect(Tag::OID, budget)?.oid()
    }
}

#[cfg(test)]
mod tests {
    use super::super::reader::Encoding;
    use super::*;
    use crate::base::error::Structure;
    use crate::base::limits::Limits;

    fn with<T>(bytes: &[u8], read: impl Fn(&Element<'_>) -> Result<T, Error>) -> Option<T> {
        let source = Octets::from(bytes);
        let mut budget = Budget::new(Limits::STANDARD);
        let element = Reader::new(&source, Encoding::Der, Structure::Object)
            .element(&mut budget)
            .unwrap();
        read(&element).ok()
    }

    #[test]
    fn booleans_tell_whether_they_are_der() {
        let is_der = |octet| with(&[1, 1, octet], |e| e.boolean()).map(|b| (b.value, b.is_der));
        assert_eq!(is_der(0xff), Some((true, true)));
        assert_eq!(is_der(0x00), Some((false, true)));
        assert_eq!(is_der(0x01), Some((true, false)));
        assert_eq!(with(&[1, 0], |e| e.boolean()), None);
    }

    #[test]
    fn small_integers() {
        assert_eq!(with(&[2, 1, 3], |e| e.small_integer()), Some(3));
        assert_eq!(with(&[2, 2, 0, 0x80], |e| e.small_integer()), Some(128));
        assert_eq!(
            with(&[2, 5, 0, 0xff, 0xff, 0xff, 0xff], |e| e.small_integer()),
            Some(u32::MAX)
        );
        for bytes in [
            &[2, 0][..],
            &[2, 1, 0x80],
            &[2, 2, 0, 1],
            &[2, 5, 1, 0, 0, 0, 0],
        ] {
            assert_eq!(with(bytes, |e| e.small_integer()), None, "{bytes:?}");
        }
    }

    #[test]
    fn named_bits_ignore_what_is_unused() {
        assert_eq!(with(&[3, 2, 3, 0xff], |e| e.named_bits()), Some(0xf800));
        assert_eq!(
            with(&[3, 3, 7, 0x06, 0x80], |e| e.named_bits()),
            Some(0x0680)
        );
        assert_eq!(with(&[3, 1, 0], |e| e.named_bits()), Some(0));
        assert_eq!(with(&[3, 2, 8, 0], |e| e.named_bits()), None);
        assert_eq!(with(&[3, 0], |e| e.named_bits()), None);
    }

    #[test]
    fn bit_strings_must_be_whole_octets() {
        assert_eq!(
            with(&[3, 2, 0, 9], |e| e.bit_string_octets()),
            Some(Octets::from(&[9][..]))
        );
        assert_eq!(with(&[3, 2, 1, 8], |e| e.bit_string_octets()), None);
    }
}
