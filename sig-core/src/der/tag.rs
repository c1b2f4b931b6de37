//! Tags (X.690 §8.1.2).

use std::fmt;

/// Class, form and number of an element.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Tag {
    /// Class and the constructed bit: the top three bits of the first identifier octet.
    leading: u8,
    number: u32,
}

/// The bit that says "made of elements".
const CONSTRUCTED: u8 = 0x20;
const APPLICATION: u8 = 0x40;
const CONTEXT: u8 = 0x80;

impl Tag {
    /// BOOLEAN.
    pub const BOOLEAN: Self = Self::universal(1);
    /// INTEGER.
    pub const INTEGER: Self = Self::universal(2);
    /// BIT STRING.
    pub const BIT_STRING: Self = Self::universal(3);
    /// OCTET STRING.
    pub const OCTET_STRING: Self = Self::universal(4);
    /// NULL.
    pub const NULL: Self = Self::universal(5);
    /// OBJECT IDENTIFIER.
    pub const OID: Self = Self::universal(6);
    /// ENUMERATED.
    pub const ENUMERATED: Self = Self::universal(10);
    /// UTF8String.
    pub const UTF8_STRING: Self = Self::universal(12);
    /// NumericString.
    pub const NUMERIC_STRING: Self = Self::universal(18);
    /// PrintableString.
    pub const PRINTABLE_STRING: Self = Self::universal(19);
    /// TeletexString.
    pub const TELETEX_STRING: Self = Self::universal(20);
    /// IA5String.
    pub const IA5_STRING: Self = Self::universal(22);
    /// UTCTime.
    pub const UTC_TIME: Self = Self::universal(23);
    /// GeneralizedTime.
    pub const GENERALIZED_TIME: Self = Self::universal(24);
    /// VisibleString.
    pub const VISIBLE_STRING: Self = Self::universal(26);
    /// UniversalString.
    pub const UNIVERSAL_STRING: Self = Self::universal(28);
    /// BMPString.
    pub const BMP_STRING: Self = Self::universal(30);
    /// SEQUENCE and SEQUENCE OF.
    pub const SEQUENCE: Self = Self::universal(16).constructed();
    /// SET and SET OF.
    pub const SET: Self = Self::universal(17).constructed();
    /// The two zero octets that end an indefinite-length element.
    pub(crate) const END_OF_CONTENTS: Self = Self::universal(0);

    const fn universal(number: u32) -> Self {
        Self { leading: 0, number }
    }

    /// A primitive context-specific tag `[n]`.
    #[must_use]
    pub const fn context(number: u32) -> Self {
        Self {
            leading: CONTEXT,
            number,
        }
    }

    /// A primitive application tag `[APPLICATION n]`.
    #[must_use]
    pub const fn application(number: u32) -> Self {
        Self {
            leading: APPLICATION,
            number,
        }
    }

    /// The same class and number in constructed form.
    #[must_use]
    pub const fn constructed(self) -> Self {
        Self {
            leading: self.leading | CONSTRUCTED,
            number: self.number,
        }
    }

    /// The same class and number in primitive form.
    #[must_use]
    pub const fn primitive(self) -> Self {
        Self {
            leading: self.leading & !CONSTRUCTED,
            number: self.number,
        }
    }

    /// Whether the contents are elements.
    #[must_use]
    pub const fn is_constructed(self) -> bool {
        self.leading & CONSTRUCTED != 0
    }

    /// The number of a context-specific tag in either form.
    #[must_use]
    pub const fn context_number(self) -> Option<u32> {
        if self.leading & !CONSTRUCTED == CONTEXT {
            Some(self.number)
        } else {
            None
        }
    }

    /// Whether the tag is written in one octet.
    pub(crate) const fn fits_one_octet(self) -> bool {
        self.number < 31
    }

    pub(crate) const fn from_parts(first_octet: u8, number: u32) -> Self {
        Self {
            leading: first_octet & 0xe0,
            number,
        }
    }

    /// The identifier octet, for numbers below 31.
    pub(crate) const fn octet(self) -> u8 {
        self.leading | (self.number & 0x1f) as u8
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let class = match self.leading & 0xc0 {
            0x00 => "UNIVERSAL ",
            0x40 => "APPLICATION ",
            0x80 => "",
            _ => "PRIVATE ",
        };
        write!(f, "[{class}{}]", self.number)
    }
}
