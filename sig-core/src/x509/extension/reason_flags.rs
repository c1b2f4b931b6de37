//! ReasonFlags (RFC 5280 §4.2.1.13).

use crate::base::error::Error;
use crate::der::element::Element;

/// A set of reasons for revocation: what a CRL answers for (RFC 5280 §6.3.2).
///
/// ```text
/// ReasonFlags ::= BIT STRING { unused (0), keyCompromise (1), cACompromise (2), affiliationChanged (3), superseded (4),
///     cessationOfOperation (5), certificateHold (6), privilegeWithdrawn (7), aACompromise (8) }
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct ReasonFlags(u16);

/// The names of bits 1 to 8.
const NAMES: [&str; 8] = [
    "keyCompromise",
    "cACompromise",
    "affiliationChanged",
    "superseded",
    "cessationOfOperation",
    "certificateHold",
    "privilegeWithdrawn",
    "aACompromise",
];

impl ReasonFlags {
    /// No reason (RFC 5280 §6.3.2).
    pub const NONE: Self = Self(0);

    /// all-reasons (RFC 5280 §6.3.2).
    pub const ALL: Self = Self(0x7f80);

    /// The named bits of an element; bit 0 means nothing.
    pub(super) fn from_element(element: &Element<'_>) -> Result<Self, Error> {
        Ok(Self(element.named_bits()?).intersection(Self::ALL))
    }

    /// What is in either (RFC 5280 §6.3.3 (l)).
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What is in both (RFC 5280 §6.3.3 (d)(1)).
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// What is in this set and not in the other (RFC 5280 §6.3.3 (e)).
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether no reason is in it (RFC 5280 §6.3.2).
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The names of the reasons, in the order of the bits (RFC 5280 §4.2.1.13).
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        let bit = move |(place, name): (usize, &'static str)| {
            (self.0 & (0x4000 >> place) != 0).then_some(name)
        };
        NAMES.into_iter().enumerate().filter_map(bit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::error::Structure;
    use crate::base::limits::{Budget, Limits};
    use crate::der::octets::Octets;
    use crate::der::reader::{Encoding, Reader};
    use crate::der::tag::Tag;
    use crate::der::writer::element;

    fn read(content: &[u8]) -> ReasonFlags {
        let source = Octets::from(element(Tag::BIT_STRING, content));
        let mut reader = Reader::new(&source, Encoding::Der, Structure::Extension);
        let mut budget = Budget::new(Limits::STANDARD);
        ReasonFlags::from_element(&reader.element(&mut budget).unwrap()).unwrap()
    }

    #[test]
    fn every_bit_has_its_name() {
        let all = read(&[7, 0x7f, 0x80]);
        assert_eq!(all, ReasonFlags::ALL);
        assert_eq!(all.names().collect::<Vec<_>>(), NAMES);
        assert_eq!(read(&[5, 0x60]).names().collect::<Vec<_>>(), NAMES[..2]);
        assert_eq!(
            read(&[7, 0, 0x80]).names().collect::<Vec<_>>(),
            ["aACompromise"]
        );
    }

    #[test]
    fn the_unused_bit_is_no_reason() {
        assert!(read(&[7, 0x80]).is_empty());
        assert_eq!(
            ReasonFlags::ALL.without(ReasonFlags::ALL),
            ReasonFlags::NONE
        );
    }
}
