//! The answer to reset.

use std::fmt;

use thiserror::Error;

/// Longest answer to reset: TS and 32 octets (ISO/IEC 7816-3 §8.2.1).
const MAX_LENGTH: usize = 33;

/// A parsed answer to reset (ISO/IEC 7816-3 §8.2).
///
/// ```text
/// TS T0 [TA1 TB1 TC1 TD1] [TA2 TB2 TC2 TD2] … T1…TK [TCK]
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Atr {
    bytes: Vec<u8>,
    convention: Convention,
    groups: Vec<InterfaceGroup>,
    historical: (usize, usize),
    check: CheckByte,
}

/// Coding of the octets on the wire (TS). Readers deliver decoded octets in both cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Convention {
    /// TS 3B.
    Direct,
    /// TS 3F.
    Inverse,
}

/// Interface octets with one index: TAi, TBi, TCi, TDi.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InterfaceGroup {
    /// TAi.
    pub ta: Option<u8>,
    /// TBi.
    pub tb: Option<u8>,
    /// TCi.
    pub tc: Option<u8>,
    /// TDi: protocol in the low half, presence of the next group in the high half.
    pub td: Option<u8>,
}

/// State of the check octet TCK.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CheckByte {
    /// Absent, as it shall be when T=0 is the only protocol.
    Absent,
    /// One octet where none belongs, so its value means nothing. Sold tokens send it.
    Superfluous,
    /// Present and right.
    Valid,
}

/// Why octets are not an answer to reset.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("ATR, octet {offset}: {reason}")]
pub struct AtrError {
    /// Offset of the octet at fault.
    pub offset: usize,
    /// What is wrong there.
    pub reason: AtrReason,
}

/// What is wrong with an answer to reset.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum AtrReason {
    /// TCK is required and missing.
    #[error("the check octet TCK is missing")]
    MissingCheckByte,
    /// More than 33 octets.
    #[error("longer than 33 octets")]
    TooLong,
    /// Octets after the end.
    #[error("octets after the end")]
    TrailingBytes,
    /// It ends before what T0 and TDi announce.
    #[error("it ends before what it announces")]
    Truncated,
    /// TS is neither 3B nor 3F.
    #[error("the first octet is neither 3B nor 3F")]
    UnknownConvention,
    /// The exclusive or of T0 to TCK is not zero.
    #[error("the check octet TCK is wrong")]
    WrongCheckByte,
}

impl Atr {
    /// Reads an answer to reset. Arbitrary octets never panic.
    ///
    /// # Errors
    /// [`AtrError`] with the offset of the first octet that cannot be right.
    ///
    /// # Deviation
    /// One octet after the historical bytes is accepted where T=0 is the only protocol, as
    /// [`CheckByte::Superfluous`]: ISO/IEC 7816-3 §8.2.5 forbids a TCK there, the Rutoken Lite SD
    /// sends an octet that is not even a right one.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, AtrError> {
        if bytes.len() > MAX_LENGTH {
            return Err(AtrError {
                offset: MAX_LENGTH,
                reason: AtrReason::TooLong,
            });
        }
        let mut reader = Reader { bytes, offset: 0 };
        let convention = match reader.octet()? {
            0x3B => Convention::Direct,
            0x3F => Convention::Inverse,
            _ => {
                return Err(AtrError {
                    offset: 0,
                    reason: AtrReason::UnknownConvention,
                });
            }
        };
        let t0 = reader.octet()?;
        let groups = interface_groups(t0, &mut reader)?;
        let start = reader.offset;
        let end = start + usize::from(t0 & 0x0F);
        if end > bytes.len() {
            return Err(AtrError {
                offset: bytes.len(),
                reason: AtrReason::Truncated,
            });
        }
        let check = check_byte(bytes, end, check_is_required(&groups))?;
        Ok(Atr {
            bytes: bytes.to_vec(),
            convention,
            groups,
            historical: (start, end),
            check,
        })
    }

    /// All octets, TS first.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Coding on the wire.
    pub fn convention(&self) -> Convention {
        self.convention
    }

    /// Interface octets, index 1 first.
    pub fn interface_groups(&self) -> &[InterfaceGroup] {
        &self.groups
    }

    /// Historical octets T1…TK (ISO/IEC 7816-4 §12.1.1).
    pub fn historical_bytes(&self) -> &[u8] {
        let (start, end) = self.historical;
        self.bytes.get(start..end).unwrap_or_default()
    }

    /// The card says in its historical octets that it takes extended length fields: category 00 or 80, data object 7,
    /// third octet, bit 7 (ISO/IEC 7816-4 §12.1.1.9).
    pub fn takes_extended_lengths(&self) -> bool {
        let mut rest = match self.historical_bytes() {
            // Category 00 ends with three octets of status.
            [0x00, objects @ .., _, _, _] => objects,
            [0x80, objects @ ..] => objects,
            _ => return false,
        };
        while let [head, following @ ..] = rest {
            let length = usize::from(head & 0x0F);
            let Some((value, next)) = following.split_at_checked(length) else {
                return false;
            };
            if let (0x7, [_, _, third]) = (head >> 4, value) {
                return third & 0x40 != 0;
            }
            rest = next;
        }
        false
    }

    /// State of TCK.
    pub fn check_byte(&self) -> CheckByte {
        self.check
    }

    /// Transmission protocols offered, in the card's order, each once: 0 for T=0, 1 for T=1.
    /// T=15 announces global octets and is no protocol.
    pub fn protocols(&self) -> Vec<u8> {
        let mut protocols = Vec::new();
        for protocol in self
            .groups
            .iter()
            .filter_map(|group| group.td)
            .map(|td| td & 0x0F)
        {
            if protocol != 15 && !protocols.contains(&protocol) {
                protocols.push(protocol);
            }
        }
        if protocols.is_empty() {
            protocols.push(0);
        }
        protocols
    }
}

impl fmt::Debug for Atr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Atr({})", hex::encode_upper(&self.bytes))
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    offset: usize,
}

impl Reader<'_> {
    fn octet(&mut self) -> Result<u8, AtrError> {
        let octet = self.bytes.get(self.offset).copied();
        let octet = octet.ok_or(AtrError {
            offset: self.offset,
            reason: AtrReason::Truncated,
        })?;
        self.offset += 1;
        Ok(octet)
    }

    fn octet_if(&mut self, present: u8) -> Result<Option<u8>, AtrError> {
        if present == 0 {
            Ok(None)
        } else {
            self.octet().map(Some)
        }
    }
}

/// Reads the groups announced by the high halves of T0 and each TDi. Every group but the last
/// takes an octet, so the length of the answer bounds the loop.
fn interface_groups(t0: u8, reader: &mut Reader<'_>) -> Result<Vec<InterfaceGroup>, AtrError> {
    let mut groups = Vec::new();
    let mut announced = t0 & 0xF0;
    while announced != 0 {
        let group = InterfaceGroup {
            ta: reader.octet_if(announced & 0x10)?,
            tb: reader.octet_if(announced & 0x20)?,
            tc: reader.octet_if(announced & 0x40)?,
            td: reader.octet_if(announced & 0x80)?,
        };
        announced = group.td.unwrap_or(0) & 0xF0;
        groups.push(group);
    }
    Ok(groups)
}

/// TCK is present unless T=0 is the only value indicated (ISO/IEC 7816-3 §8.2.5).
fn check_is_required(groups: &[InterfaceGroup]) -> bool {
    groups
        .iter()
        .filter_map(|group| group.td)
        .any(|td| td & 0x0F != 0)
}

fn check_byte(bytes: &[u8], end: usize, required: bool) -> Result<CheckByte, AtrError> {
    let octets_left = bytes.len().saturating_sub(end);
    match (octets_left, required) {
        (0, false) => Ok(CheckByte::Absent),
        (0, true) => Err(AtrError {
            offset: end,
            reason: AtrReason::MissingCheckByte,
        }),
        (1, false) => Ok(CheckByte::Superfluous),
        (1, true) => match bytes.iter().skip(1).fold(0, |sum, octet| sum ^ octet) {
            0 => Ok(CheckByte::Valid),
            _ => Err(AtrError {
                offset: end,
                reason: AtrReason::WrongCheckByte,
            }),
        },
        _ => Err(AtrError {
            offset: end + 1,
            reason: AtrReason::TrailingBytes,
        }),
    }
}

#[cfg(test)]
mod tests;
