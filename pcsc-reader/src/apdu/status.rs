//! Status words.

use std::fmt;

/// SW1 SW2 of a response APDU (ISO/IEC 7816-4 §5.6).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct StatusWord(pub u16);

impl StatusWord {
    /// 9000: normal processing, nothing else to say.
    pub const SUCCESS: StatusWord = StatusWord(0x9000);
    /// 6A82: file or application not found.
    pub const NOT_FOUND: StatusWord = StatusWord(0x6A82);
    /// 6283: selected file or application is deactivated.
    pub const DEACTIVATED: StatusWord = StatusWord(0x6283);

    /// The command was carried out: 9000, or 61xx with octets left to fetch.
    pub fn is_success(self) -> bool {
        self == Self::SUCCESS || self.0 >> 8 == 0x61
    }
}

impl fmt::Debug for StatusWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SW {:04X}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_9000_and_61xx_succeed() {
        for value in 0..=u16::MAX {
            let expected = value == 0x9000 || (0x6100..=0x61FF).contains(&value);
            assert_eq!(StatusWord(value).is_success(), expected, "{value:04X}");
        }
    }
}
