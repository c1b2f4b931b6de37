//! Response APDUs.

use std::fmt;

use super::StatusWord;
use crate::error::CardError;
use crate::transport::Answer;

/// A response APDU: data and status word (ISO/IEC 7816-4 §5.1).
///
/// `Debug` shows the length and the status word only: the data may be personal.
#[derive(Clone, PartialEq, Eq)]
pub struct Response {
    /// Data field, possibly empty.
    pub data: Vec<u8>,
    /// SW1 SW2.
    pub status: StatusWord,
}

impl Response {
    /// Reads a response APDU. Arbitrary octets never panic.
    ///
    /// # Errors
    /// [`CardErrorKind::ShortResponse`](crate::CardErrorKind::ShortResponse) for fewer than two
    /// octets.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CardError> {
        Answer::from_bytes(bytes.to_vec()).map(Response::from)
    }
}

impl From<Answer> for Response {
    fn from(answer: Answer) -> Self {
        let status = StatusWord(answer.sw1_sw2());
        Response {
            data: answer.into_data(),
            status,
        }
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Response({} bytes, {:?})", self.data.len(), self.status)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_octets_are_an_answer_or_too_short(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
            match Response::from_bytes(&bytes) {
                Err(_) => prop_assert!(bytes.len() < 2),
                Ok(response) => {
                    let mut again = response.data.clone();
                    again.extend(response.status.0.to_be_bytes());
                    prop_assert_eq!(again, bytes);
                }
            }
        }
    }
}
