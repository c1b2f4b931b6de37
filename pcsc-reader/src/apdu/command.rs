//! Command APDUs with short length fields.

use std::fmt;

use thiserror::Error;

use super::Aid;

/// A command APDU (ISO/IEC 7816-4 §5.1), `CLA INS P1 P2 | Lc data | Le`.
///
/// `Debug` shows the header and the length only: the data may be a PIN.
#[derive(Clone, PartialEq, Eq)]
pub struct CommandApdu(Vec<u8>);

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
    /// A short command carries at most 255 octets of data.
    #[error("a short command carries at most 255 octets of data, not {length}")]
    DataLength {
        /// Octets given.
        length: usize,
    },
    /// A short command expects 1 to 256 octets.
    #[error("a short command expects 1 to 256 octets, not {length}")]
    ExpectedLength {
        /// Octets asked for.
        length: u16,
    },
}

impl CommandApdu {
    /// Writes a short command. Empty `data` leaves Lc out, `expected` none leaves Le out.
    ///
    /// # Errors
    /// [`ApduError::DataLength`] or [`ApduError::ExpectedLength`].
    pub fn short(header: [u8; 4], data: &[u8], expected: Option<u16>) -> Result<Self, ApduError> {
        let mut bytes = header.to_vec();
        if !data.is_empty() {
            let lc = u8::try_from(data.len())
                .map_err(|_| ApduError::DataLength { length: data.len() })?;
            bytes.push(lc);
            bytes.extend_from_slice(data);
        }
        match expected {
            None => {}
            // Le 00 asks for 256.
            Some(256) => bytes.push(0),
            Some(length) => match u8::try_from(length) {
                Ok(le @ 1..) => bytes.push(le),
                _ => return Err(ApduError::ExpectedLength { length }),
            },
        }
        Ok(CommandApdu(bytes))
    }

    /// SELECT by application identifier: `00 A4 04 00|0C | Lc AID | [Le 00]`
    /// (ISO/IEC 7816-4 §11.2.2).
    pub fn select_application(aid: &Aid, answer: SelectAnswer) -> Self {
        let (p2, le): (u8, &[u8]) = match answer {
            SelectAnswer::Fci => (0x00, &[0x00]),
            SelectAnswer::Nothing => (0x0C, &[]),
        };
        let aid = aid.as_bytes();
        let lc = u8::try_from(aid.len()).unwrap_or(u8::MAX);
        let mut bytes = vec![0x00, 0xA4, 0x04, p2, lc];
        bytes.extend_from_slice(aid);
        bytes.extend_from_slice(le);
        CommandApdu(bytes)
    }

    /// The octets to send.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for CommandApdu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let header = self.0.get(..4).unwrap_or_default();
        write!(
            f,
            "CommandApdu({} …, {} bytes)",
            hex::encode_upper(header),
            self.0.len()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(data: &[u8], expected: Option<u16>, bytes: &str) {
        let command = CommandApdu::short([0x00, 0xB0, 0x01, 0x02], data, expected).unwrap();
        assert_eq!(hex::encode_upper(command.as_bytes()), bytes);
    }

    #[test]
    fn the_four_cases_of_7816_3() {
        check(&[], None, "00B00102");
        check(&[], Some(5), "00B0010205");
        check(&[], Some(256), "00B0010200");
        check(&[0xAA, 0xBB], None, "00B0010202AABB");
        check(&[0xAA, 0xBB], Some(1), "00B0010202AABB01");
    }

    #[test]
    fn lengths_beyond_a_short_command_are_refused() {
        let write = |data: &[u8], expected| CommandApdu::short([0; 4], data, expected);
        assert!(write(&[0; 255], Some(256)).is_ok());
        assert_eq!(
            write(&[0; 256], None),
            Err(ApduError::DataLength { length: 256 })
        );
        assert_eq!(
            write(&[], Some(0)),
            Err(ApduError::ExpectedLength { length: 0 })
        );
        assert_eq!(
            write(&[], Some(257)),
            Err(ApduError::ExpectedLength { length: 257 })
        );
    }

    #[test]
    fn select_asks_for_what_is_wanted() {
        let aid = Aid::from_bytes(&[0xA0, 0, 0, 4, 0x32]).unwrap();
        let hex_of =
            |answer| hex::encode_upper(CommandApdu::select_application(&aid, answer).as_bytes());
        assert_eq!(hex_of(SelectAnswer::Nothing), "00A4040C05A000000432");
        assert_eq!(hex_of(SelectAnswer::Fci), "00A4040005A00000043200");
    }

    #[test]
    fn debug_shows_no_data() {
        let command = CommandApdu::short([0, 0x20, 0, 1], b"1234", None).unwrap();
        assert_eq!(format!("{command:?}"), "CommandApdu(00200001 …, 9 bytes)");
    }
}
