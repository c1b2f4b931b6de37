//! Command APDUs: all cases, with short and extended length fields.

use std::fmt;

use thiserror::Error;
use zeroize::Zeroizing;

use super::Aid;

/// Most octets of data that a command carries: Lc has two octets (ISO/IEC 7816-4 §5.1).
const MOST_DATA: usize = 65_535;

/// Most octets that a command asks for: Le 0000 (ISO/IEC 7816-4 §5.1).
const MOST_EXPECTED: u32 = 65_536;

/// A command APDU (ISO/IEC 7816-4 §5.1), `CLA INS P1 P2 | Lc data | Le`.
///
/// The data may be a PIN: it is overwritten when the command is dropped, and `Debug` shows the header and the length
/// only.
#[derive(Clone, PartialEq, Eq)]
pub struct CommandApdu {
    header: [u8; 4],
    data: Zeroizing<Vec<u8>>,
    expected: Option<u32>,
    repeatable: bool,
}

/// What the card shall answer to SELECT (ISO/IEC 7816-4 §11.2.2, P2 bits 4 and 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SelectAnswer {
    /// File control information.
    Fci,
    /// The status word alone.
    Nothing,
}

/// Why a command cannot be written.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ApduError {
    /// An application identifier has 5 to 16 octets.
    #[error("an AID has 5 to 16 octets, this one has {length}")]
    AidLength {
        /// Octets given.
        length: usize,
    },
    /// More data than the form of the command carries.
    #[error("a command of this form carries at most {most} octets of data, not {length}")]
    DataLength {
        /// Octets given.
        length: usize,
        /// Octets that the form carries.
        most: usize,
    },
    /// More octets asked for than the form of the command can say, or none.
    #[error("a command of this form expects 1 to {most} octets, not {length}")]
    ExpectedLength {
        /// Octets asked for.
        length: u32,
        /// Octets that the form can ask for.
        most: u32,
    },
}

impl CommandApdu {
    /// What asks for all that fits a short answer: Le 00.
    pub const ALL: u32 = 256;

    /// `CLA INS P1 P2` alone (case 1).
    #[must_use]
    pub fn new(header: [u8; 4]) -> Self {
        CommandApdu {
            header,
            data: Zeroizing::new(Vec::new()),
            expected: None,
            repeatable: true,
        }
    }

    /// Adds the data field; an empty one leaves Lc out.
    #[must_use]
    pub fn with_data(mut self, data: impl Into<Vec<u8>>) -> Self {
        self.data = Zeroizing::new(data.into());
        self
    }

    /// Asks for an answer of at most this many octets (Le).
    #[must_use]
    pub fn expecting(mut self, octets: u32) -> Self {
        self.expected = Some(octets);
        self
    }

    /// The command is sent once, whatever the card answers: it spends a try of a PIN, or makes a signature.
    #[must_use]
    pub fn never_repeated(mut self) -> Self {
        self.repeatable = false;
        self
    }

    /// SELECT by application identifier: `00 A4 04 00|0C | Lc AID | [Le 00]` (ISO/IEC 7816-4 §11.2.2).
    #[must_use]
    pub fn select_application(aid: &Aid, answer: SelectAnswer) -> Self {
        let select = |p2| CommandApdu::new([0x00, 0xA4, 0x04, p2]).with_data(aid.as_bytes());
        match answer {
            SelectAnswer::Fci => select(0x00).expecting(Self::ALL),
            SelectAnswer::Nothing => select(0x0C),
        }
    }

    /// CLA, INS, P1 and P2.
    #[must_use]
    pub fn header(&self) -> [u8; 4] {
        self.header
    }

    /// The data field.
    #[must_use]
    pub fn data(&self) -> &[u8] {
        &self.data
    }

    /// Most octets asked for, if an answer is.
    #[must_use]
    pub fn expected(&self) -> Option<u32> {
        self.expected
    }

    /// It may be sent again with another Le.
    pub(crate) fn is_repeatable(&self) -> bool {
        self.repeatable
    }

    /// The same with another number of octets asked for.
    pub(crate) fn with_expected(&self, expected: Option<u32>) -> Self {
        CommandApdu {
            expected,
            ..self.clone()
        }
    }

    /// The octets with one-octet length fields.
    ///
    /// # Errors
    /// [`ApduError::DataLength`] over 255 octets, [`ApduError::ExpectedLength`] outside 1 to 256.
    pub fn short(&self) -> Result<Zeroizing<Vec<u8>>, ApduError> {
        let mut octets = self.start();
        if !self.data.is_empty() {
            let length = self.data.len();
            let lc =
                u8::try_from(length).map_err(|_| ApduError::DataLength { length, most: 255 })?;
            octets.push(lc);
            octets.extend_from_slice(&self.data);
        }
        match self.expected {
            None => {}
            // Le 00 asks for 256.
            Some(Self::ALL) => octets.push(0),
            Some(length) => match u8::try_from(length) {
                Ok(le @ 1..) => octets.push(le),
                _ => return Err(ApduError::ExpectedLength { length, most: 256 }),
            },
        }
        Ok(octets)
    }

    /// The octets with extended length fields: `00 Lc Lc` and `Le Le`, or `00 Le Le` without data.
    ///
    /// # Errors
    /// [`ApduError::DataLength`] over 65 535 octets, [`ApduError::ExpectedLength`] outside 1 to 65 536.
    pub fn extended(&self) -> Result<Zeroizing<Vec<u8>>, ApduError> {
        let mut octets = self.start();
        let length = self.data.len();
        let most = MOST_DATA;
        let lc = u16::try_from(length).map_err(|_| ApduError::DataLength { length, most })?;
        if lc > 0 {
            octets.push(0);
            octets.extend_from_slice(&lc.to_be_bytes());
            octets.extend_from_slice(&self.data);
        }
        if let Some(length) = self.expected {
            let le = match u16::try_from(length) {
                Ok(le @ 1..) => le,
                // Le 0000 asks for 65 536.
                Err(_) if length == MOST_EXPECTED => 0,
                _ => {
                    let most = MOST_EXPECTED;
                    return Err(ApduError::ExpectedLength { length, most });
                }
            };
            if lc == 0 {
                octets.push(0);
            }
            octets.extend_from_slice(&le.to_be_bytes());
        }
        Ok(octets)
    }

    fn start(&self) -> Zeroizing<Vec<u8>> {
        // Room for all that follows: growing would leave a copy of the data behind.
        let mut octets = Zeroizing::new(Vec::with_capacity(self.data.len() + 10));
        octets.extend_from_slice(&self.header);
        octets
    }
}

impl fmt::Debug for CommandApdu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let header = hex::encode_upper(self.header);
        write!(
            f,
            "CommandApdu({header}, {} octets of data",
            self.data.len()
        )?;
        match self.expected {
            Some(expected) => write!(f, ", {expected} expected)"),
            None => write!(f, ")"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(data: &[u8], expected: Option<u32>) -> CommandApdu {
        CommandApdu::new([0x00, 0xB0, 0x01, 0x02])
            .with_data(data)
            .with_expected(expected)
    }

    #[test]
    fn the_cases_of_7816_3() {
        let long = vec![0xAB; 256];
        let long_hex = "AB".repeat(256);
        for (data, expected, short, extended) in [
            (
                &[][..],
                None,
                Some("00B00102".to_owned()),
                "00B00102".to_owned(),
            ),
            (
                &[],
                Some(5),
                Some("00B0010205".into()),
                "00B00102000005".into(),
            ),
            (
                &[],
                Some(256),
                Some("00B0010200".into()),
                "00B00102000100".into(),
            ),
            (&[], Some(65_536), None, "00B00102000000".into()),
            (
                &[0xAA],
                None,
                Some("00B0010201AA".into()),
                "00B00102000001AA".into(),
            ),
            (
                &[0xAA],
                Some(1),
                Some("00B0010201AA01".into()),
                "00B00102000001AA0001".into(),
            ),
            (&long, None, None, format!("00B00102000100{long_hex}")),
            (
                &long,
                Some(65_536),
                None,
                format!("00B00102000100{long_hex}0000"),
            ),
        ] {
            let command = command(data, expected);
            let found = command
                .short()
                .ok()
                .map(|octets| hex::encode_upper(&*octets));
            assert_eq!(found, short);
            assert_eq!(hex::encode_upper(&*command.extended().unwrap()), extended);
        }
    }

    #[test]
    fn lengths_beyond_the_form_are_refused() {
        let data = |length, most| Err(ApduError::DataLength { length, most });
        let expected = |length, most| Err(ApduError::ExpectedLength { length, most });
        assert!(command(&[0; 255], Some(256)).short().is_ok());
        assert_eq!(command(&[0; 256], None).short(), data(256, 255));
        assert_eq!(command(&[], Some(0)).short(), expected(0, 256));
        assert_eq!(command(&[], Some(257)).short(), expected(257, 256));
        assert!(command(&[0; 65_535], Some(65_536)).extended().is_ok());
        assert_eq!(command(&[0; 65_536], None).extended(), data(65_536, 65_535));
        assert_eq!(command(&[], Some(0)).extended(), expected(0, 65_536));
        assert_eq!(
            command(&[], Some(65_537)).extended(),
            expected(65_537, 65_536)
        );
    }

    #[test]
    fn select_asks_for_what_is_wanted() {
        let aid = Aid::from_bytes(&[0xA0, 0, 0, 4, 0x32]).unwrap();
        let hex_of = |answer| {
            let octets = CommandApdu::select_application(&aid, answer).short();
            hex::encode_upper(&*octets.unwrap())
        };
        assert_eq!(hex_of(SelectAnswer::Nothing), "00A4040C05A000000432");
        assert_eq!(hex_of(SelectAnswer::Fci), "00A4040005A00000043200");
    }

    #[test]
    fn debug_shows_no_data() {
        let command = CommandApdu::new([0, 0x20, 0, 1]).with_data(*b"1234");
        assert_eq!(
            format!("{command:?}"),
            "CommandApdu(00200001, 4 octets of data)"
        );
    }
}
