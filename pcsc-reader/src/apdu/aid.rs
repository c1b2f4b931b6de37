//! Application identifiers.

use std::fmt;

use super::command::ApduError;

/// An application identifier: 5 to 16 octets (ISO/IEC 7816-4 §12.2.3).
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Aid(Vec<u8>);

impl Aid {
    /// Takes the octets of an identifier.
    ///
    /// # Errors
    /// [`ApduError::AidLength`] unless there are 5 to 16.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ApduError> {
        match bytes.len() {
            5..=16 => Ok(Aid(bytes.to_vec())),
            length => Err(ApduError::AidLength { length }),
        }
    }

    /// The octets.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Aid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Aid({})", hex::encode_upper(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_to_sixteen_octets() {
        for length in [5, 16] {
            assert!(Aid::from_bytes(&vec![0xA0; length]).is_ok());
        }
        for length in [0, 4, 17] {
            assert_eq!(
                Aid::from_bytes(&vec![0xA0; length]),
                Err(ApduError::AidLength { length })
            );
        }
    }
}
