//! PINs.

use thiserror::Error;
use zeroize::Zeroizing;

/// Most characters of a PIN that any known card takes.
const MOST_CHARACTERS: usize = 64;

/// A personal identification number or password (ISO 9564-1). It is overwritten when dropped, and has no `Debug`, no
/// `Display` and no `Clone`.
pub struct Pin(Zeroizing<Vec<u8>>);

/// How a card wants a PIN in the data of VERIFY.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PinEncoding {
    /// The characters as they are.
    Plain,
    /// The characters, then this octet up to `length`.
    Padded {
        /// Fill octet.
        fill: u8,
        /// Octets in all.
        length: usize,
    },
    /// Digits two an octet, then this octet up to `length` (0: no padding but the last half octet F).
    Bcd {
        /// Fill octet.
        fill: u8,
        /// Octets in all.
        length: usize,
    },
    /// Digits one an octet, with F in the other half, then this octet up to `length` (0: no padding; ISO/IEC 7816-15 §8.9,
    /// half-nibble-bcd).
    HalfNibble {
        /// Fill octet.
        fill: u8,
        /// Octets in all.
        length: usize,
    },
    /// Format 2: `2n`, the digits two an octet, half octets F up to 8 octets (ISO 9564-1 §9.4).
    Iso9564Format2,
}

/// A PIN, and what was said about trying it. It lends the PIN for one act: one VERIFY at most; of a module
/// whose key asks for it at every signature, a second login after the first was right.
#[derive(Clone, Copy)]
pub struct PinUse<'p> {
    /// The PIN.
    pub pin: &'p Pin,
    /// What to do when a wrong one would block it.
    pub last_try: LastTry,
}

/// What to do with a PIN that has one try left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LastTry {
    /// Send nothing and say so.
    #[default]
    Refuse,
    /// A person has been told and wants it tried.
    Allow,
}

/// Why a PIN cannot be sent to a card. It says nothing of the characters.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum PinRejected {
    /// No characters, or more than any card takes.
    #[error("a PIN has 1 to 64 characters")]
    Length,
    /// The card wants digits.
    #[error("this card takes a PIN of digits only")]
    NotDigits,
    /// Longer than the card takes.
    #[error("the PIN is longer than this card takes ({most} characters)")]
    TooLong {
        /// Characters that it takes.
        most: usize,
    },
    /// Shorter than the card takes.
    #[error("the PIN is shorter than this card takes ({least} characters)")]
    TooShort {
        /// Characters that it takes at least.
        least: usize,
    },
}

impl Pin {
    /// Takes the characters of a PIN, without the end of the line.
    ///
    /// # Errors
    /// [`PinRejected::Length`].
    pub fn new(characters: Zeroizing<Vec<u8>>) -> Result<Self, PinRejected> {
        match characters.len() {
            1..=MOST_CHARACTERS => Ok(Pin(characters)),
            _ => Err(PinRejected::Length),
        }
    }

    /// Octets of the characters.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a PIN is never empty")]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// All characters are digits.
    #[must_use]
    pub fn is_digits(&self) -> bool {
        self.0.iter().all(u8::is_ascii_digit)
    }

    /// The data of VERIFY for a card that wants it so.
    ///
    /// # Errors
    /// The PIN has not the form that the encoding takes. Nothing was sent, no try is spent.
    pub fn encoded(&self, encoding: PinEncoding) -> Result<Zeroizing<Vec<u8>>, PinRejected> {
        match encoding {
            PinEncoding::Plain => Ok(self.0.clone()),
            PinEncoding::Padded { fill, length } => self.padded(&self.0, fill, length),
            PinEncoding::Bcd { fill, length } => {
                let digits = self.halves(0, None)?;
                let length = if length == 0 { digits.len() } else { length };
                self.padded(&digits, fill, length)
            }
            PinEncoding::HalfNibble { fill, length } => {
                if !self.is_digits() {
                    return Err(PinRejected::NotDigits);
                }
                let halves = self.0.iter().map(|digit| 0xF0 | digit & 0x0F);
                let digits = Zeroizing::new(halves.collect::<Vec<u8>>());
                let length = if length == 0 { digits.len() } else { length };
                self.padded(&digits, fill, length)
            }
            PinEncoding::Iso9564Format2 => {
                if self.len() > 14 {
                    return Err(PinRejected::TooLong { most: 14 });
                }
                let count = u8::try_from(self.len()).unwrap_or(14);
                let block = self.halves(8, Some(0x20 | count))?;
                Ok(block)
            }
        }
    }

    /// The characters, for a module that takes them as they are (PKCS #11 `C_Login`).
    pub(crate) fn characters(&self) -> &[u8] {
        &self.0
    }

    fn padded(
        &self,
        octets: &[u8],
        fill: u8,
        length: usize,
    ) -> Result<Zeroizing<Vec<u8>>, PinRejected> {
        if octets.len() > length {
            return Err(PinRejected::TooLong { most: length });
        }
        let mut padded = Zeroizing::new(vec![fill; length]);
        for (to, from) in padded.iter_mut().zip(octets) {
            *to = *from;
        }
        Ok(padded)
    }

    /// The digits two an octet after `start`, half octets F up to an octet and to `length` octets.
    fn halves(&self, length: usize, start: Option<u8>) -> Result<Zeroizing<Vec<u8>>, PinRejected> {
        let own = self.len().div_ceil(2) + usize::from(start.is_some());
        let mut octets = Zeroizing::new(Vec::with_capacity(own.max(length)));
        octets.extend(start);
        for pair in self.0.chunks(2) {
            let mut octet = 0xFF;
            for (place, character) in pair.iter().enumerate() {
                let digit = character.wrapping_sub(b'0');
                if digit > 9 {
                    return Err(PinRejected::NotDigits);
                }
                octet = match place {
                    0 => digit << 4 | 0x0F,
                    _ => octet & 0xF0 | digit,
                };
            }
            octets.push(octet);
        }
        while octets.len() < length {
            octets.push(0xFF);
        }
        Ok(octets)
    }
}

impl<'p> PinUse<'p> {
    /// A PIN that is not tried when one try is left.
    #[must_use]
    pub fn new(pin: &'p Pin) -> Self {
        PinUse {
            pin,
            last_try: LastTry::Refuse,
        }
    }

    /// The same for a person who wants the last try spent.
    #[must_use]
    pub fn allowing_last_try(mut self) -> Self {
        self.last_try = LastTry::Allow;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pin(text: &str) -> Pin {
        Pin::new(Zeroizing::new(text.as_bytes().to_vec())).unwrap_or_else(|error| panic!("{error}"))
    }

    fn encoded(text: &str, encoding: PinEncoding) -> Result<String, PinRejected> {
        let octets = pin(text).encoded(encoding)?;
        Ok(hex::encode_upper(&*octets))
    }

    #[test]
    fn each_encoding_writes_what_its_standard_says() {
        let padded = PinEncoding::Padded {
            fill: 0xFF,
            length: 8,
        };
        let bcd = PinEncoding::Bcd {
            fill: 0xFF,
            length: 0,
        };
        for (text, encoding, expected) in [
            ("1234", PinEncoding::Plain, "31323334"),
            ("1234", padded, "31323334FFFFFFFF"),
            ("12345678", padded, "3132333435363738"),
            ("1234", bcd, "1234"),
            ("12345", bcd, "12345F"),
            (
                "1234",
                PinEncoding::HalfNibble {
                    fill: 0xFF,
                    length: 6,
                },
                "F1F2F3F4FFFF",
            ),
            (
                "1234",
                PinEncoding::HalfNibble { fill: 0, length: 0 },
                "F1F2F3F4",
            ),
            ("1234", PinEncoding::Iso9564Format2, "241234FFFFFFFFFF"),
            ("12345", PinEncoding::Iso9564Format2, "2512345FFFFFFFFF"),
            (
                "12345678901234",
                PinEncoding::Iso9564Format2,
                "2E12345678901234",
            ),
        ] {
            assert_eq!(
                encoded(text, encoding).as_deref(),
                Ok(expected),
                "{encoding:?}"
            );
        }
    }

    #[test]
    fn a_pin_that_does_not_fit_is_refused_before_it_is_sent() {
        let padded = PinEncoding::Padded {
            fill: 0xFF,
            length: 8,
        };
        let format2 = PinEncoding::Iso9564Format2;
        assert_eq!(
            encoded("123456789", padded),
            Err(PinRejected::TooLong { most: 8 })
        );
        assert_eq!(
            encoded("123456789012345", format2),
            Err(PinRejected::TooLong { most: 14 })
        );
        assert_eq!(encoded("12a4", format2), Err(PinRejected::NotDigits));
        assert!(Pin::new(Zeroizing::new(Vec::new())).is_err());
        assert!(Pin::new(Zeroizing::new(vec![b'1'; MOST_CHARACTERS + 1])).is_err());
    }
}
