//! What a card sent back.

use std::fmt;

use crate::error::{CardError, CardErrorKind};

/// The octets of a response APDU: at least the two of the status word (ISO/IEC 7816-4 §5.1).
///
/// `Debug` shows the length and the status word only: the data may be personal.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    data: Vec<u8>,
    sw1_sw2: [u8; 2],
}

impl Answer {
    /// Takes the octets of a response APDU.
    ///
    /// # Errors
    /// [`CardErrorKind::ShortResponse`] for fewer than two octets: a card that leaves the reader
    /// in the middle of a command makes the service report success with nothing in it.
    pub fn from_bytes(mut bytes: Vec<u8>) -> Result<Self, CardError> {
        match bytes.split_last_chunk::<2>() {
            None => Err(CardError::new(CardErrorKind::ShortResponse)),
            Some((data, &sw1_sw2)) => {
                let length = data.len();
                bytes.truncate(length);
                Ok(Answer {
                    data: bytes,
                    sw1_sw2,
                })
            }
        }
    }

    /// The data field, without the status word.
    pub fn data(&self) -> &[u8] {
        &self.data
    }

    /// SW1 and SW2.
    pub fn sw1_sw2(&self) -> u16 {
        u16::from_be_bytes(self.sw1_sw2)
    }

    /// Gives up the data field.
    pub fn into_data(self) -> Vec<u8> {
        self.data
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Answer({} bytes, SW {:04X})",
            self.data.len(),
            self.sw1_sw2()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fewer_than_two_octets_are_no_answer() {
        for short in [vec![], vec![0x90]] {
            let error = Answer::from_bytes(short).unwrap_err();
            assert_eq!(error.kind, CardErrorKind::ShortResponse);
        }
    }

    #[test]
    fn data_and_status_word_are_separated() {
        let answer = Answer::from_bytes(vec![1, 2, 3, 0x6A, 0x82]).unwrap();
        assert_eq!(answer.data(), [1, 2, 3]);
        assert_eq!(answer.sw1_sw2(), 0x6A82);
    }

    #[test]
    fn debug_shows_no_data() {
        let answer = Answer::from_bytes(vec![0xDE, 0xAD, 0x90, 0x00]).unwrap();
        assert_eq!(format!("{answer:?}"), "Answer(2 bytes, SW 9000)");
    }
}
