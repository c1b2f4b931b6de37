//! Commands that many cards understand alike: selection, reading, PINs (ISO/IEC 7816-4 §11).

use crate::apdu::{Aid, Channel, CommandApdu, SelectAnswer, StatusWord, Tag, Tlv, refused};
use crate::error::{CardError, CardErrorKind};
use crate::secret::{LastTry, Pin, PinEncoding, PinUse};

/// Most octets of one file that is read.
pub(super) const MOST_FILE: usize = 65_535;

/// Offsets over this do not fit P1 and P2 of READ BINARY (ISO/IEC 7816-4 §11.3.3).
const MOST_OFFSET: usize = 0x7FFF;

/// Octets read with one READ BINARY.
pub(super) const READ_CHUNK: usize = 248;

/// Where SELECT starts from (P1, ISO/IEC 7816-4 §11.2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub(super) enum SelectBy {
    /// 00: a file by its identifier.
    File,
    /// 08: a path from the master file, without `3F00`.
    PathFromMaster,
    /// 09: a path from the current directory.
    PathFromCurrent,
}

/// What a card says of a selected file (FCP or FCI, ISO/IEC 7816-4 §7.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub(super) struct FileControl {
    /// Octets of a transparent file (80, else 81).
    pub(super) size: Option<usize>,
    /// First octet of the descriptor (82).
    pub(super) descriptor: Option<u8>,
    /// File identifier (83).
    pub(super) identifier: Option<[u8; 2]>,
}

impl FileControl {
    /// Reads the answer to SELECT: a template 62, 6F or 64. What is missing or strange is left out.
    #[must_use]
    pub(super) fn read(answer: &[u8]) -> Self {
        let Ok((template, _)) = Tlv::first(answer) else {
            return FileControl::default();
        };
        let of = |tag| Tlv::find(template.value, &[Tag(tag)]);
        let number = |octets: &[u8]| {
            let fits = (1..=4).contains(&octets.len());
            let sum = octets
                .iter()
                .fold(0, |sum, octet| sum << 8 | usize::from(*octet));
            fits.then_some(sum)
        };
        FileControl {
            size: of(0x80).or_else(|| of(0x81)).and_then(number),
            descriptor: of(0x82).and_then(|octets| octets.first().copied()),
            identifier: of(0x83).and_then(|octets| octets.try_into().ok()),
        }
    }

    /// The file is a directory (ISO/IEC 7816-4 table 12).
    #[must_use]
    pub(super) fn is_directory(&self) -> bool {
        self.descriptor
            .is_some_and(|descriptor| descriptor & 0x38 == 0x38)
    }
}

/// Selects an application; none when the card does not have it. A deactivated one counts as there.
///
/// # Errors
/// The failed exchange, or a refusal that says neither yes nor no.
pub(super) fn select_application(
    channel: &mut Channel<'_>,
    aid: &Aid,
) -> Result<Option<Vec<u8>>, CardError> {
    let command = CommandApdu::select_application(aid, SelectAnswer::Fci);
    let response = channel.send(&command)?;
    match response.status {
        StatusWord::SUCCESS | StatusWord::DEACTIVATED => Ok(Some(response.data)),
        StatusWord::NOT_FOUND => Ok(None),
        status => Err(refused(&command, status)),
    }
}

/// Selects a file; none when it is not there. Where the card answers with file control information, it is given; cards
/// that refuse to give any (6A86) are asked without.
///
/// # Errors
/// The failed exchange, or another refusal.
pub(super) fn select_file(
    channel: &mut Channel<'_>,
    by: SelectBy,
    path: &[u8],
) -> Result<Option<Vec<u8>>, CardError> {
    let p1 = match by {
        SelectBy::File => 0x00,
        SelectBy::PathFromMaster => 0x08,
        SelectBy::PathFromCurrent => 0x09,
    };
    let with_answer = CommandApdu::new([0x00, 0xA4, p1, 0x00])
        .with_data(path)
        .expecting(CommandApdu::ALL);
    let without = CommandApdu::new([0x00, 0xA4, p1, 0x0C]).with_data(path);
    let mut command = with_answer;
    let mut response = channel.send(&command)?;
    if response.status == StatusWord::WRONG_P1_P2 {
        command = without;
        response = channel.send(&command)?;
    }
    match response.status {
        StatusWord::SUCCESS => Ok(Some(response.data)),
        StatusWord::NOT_FOUND => Ok(None),
        status => Err(refused(&command, status)),
    }
}

/// Reads the selected transparent file from `start`: `length` octets, or to its end.
///
/// # Errors
/// The failed exchange or a refusal; [`CardErrorKind::ResponseTooLong`] for a file over [`MOST_FILE`].
///
/// # Limits
/// [`MOST_FILE`] octets.
pub(super) fn read_binary(
    channel: &mut Channel<'_>,
    start: usize,
    length: Option<usize>,
) -> Result<Vec<u8>, CardError> {
    let wanted = length.unwrap_or(MOST_FILE);
    let too_long = CardError::new(CardErrorKind::ResponseTooLong).with_instruction(0xB0);
    if wanted > MOST_FILE {
        return Err(too_long);
    }
    let mut file = Vec::new();
    while file.len() < wanted {
        let offset = start + file.len();
        if offset > MOST_OFFSET {
            return if length.is_some() {
                Err(too_long)
            } else {
                Ok(file)
            };
        }
        let chunk = READ_CHUNK.min(wanted - file.len());
        let [p1, p2] = u16::try_from(offset).unwrap_or(u16::MAX).to_be_bytes();
        let expected = u32::try_from(chunk).unwrap_or(CommandApdu::ALL);
        let command = CommandApdu::new([0x00, 0xB0, p1, p2]).expecting(expected);
        let response = channel.send(&command)?;
        // A card must not give more than was asked for.
        let given = response.data.get(..chunk).unwrap_or(&response.data);
        file.extend_from_slice(given);
        match response.status {
            StatusWord::SUCCESS if given.len() == chunk => {}
            StatusWord::SUCCESS | StatusWord::END_OF_FILE => return Ok(file),
            StatusWord::WRONG_OFFSET if !file.is_empty() => return Ok(file),
            status => return Err(refused(&command, status)),
        }
    }
    Ok(file)
}

/// GET DATA; none when the card has no such object (ISO/IEC 7816-4 §11.4.3).
///
/// # Errors
/// The failed exchange, or another refusal.
pub(super) fn get_data(
    channel: &mut Channel<'_>,
    class: u8,
    tag: [u8; 2],
) -> Result<Option<Vec<u8>>, CardError> {
    let [p1, p2] = tag;
    let command = CommandApdu::new([class, 0xCA, p1, p2]).expecting(CommandApdu::ALL);
    let response = channel.send(&command)?;
    match response.status {
        StatusWord::SUCCESS => Ok(Some(response.data)),
        StatusWord::NO_DATA | StatusWord::NOT_FOUND => Ok(None),
        status => Err(refused(&command, status)),
    }
}

/// What is known of a PIN without trying one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PinState {
    /// So many tries are left.
    Tries(u8),
    /// No tries are left.
    Blocked,
    /// It has been verified in this session of the card.
    Verified,
    /// The card does not tell, or must not be asked.
    Unknown,
}

/// Asks for the tries that are left: VERIFY without data. Only for cards whose profile says that this spends none.
///
/// # Errors
/// The failed exchange.
pub(super) fn pin_state(channel: &mut Channel<'_>, reference: u8) -> Result<PinState, CardError> {
    let command = CommandApdu::new([0x00, 0x20, 0x00, reference]).never_repeated();
    let status = channel.send(&command)?.status;
    Ok(match (status, status.tries_left()) {
        (StatusWord::SUCCESS, _) => PinState::Verified,
        (StatusWord::BLOCKED, _) | (_, Some(0)) => PinState::Blocked,
        (_, Some(left)) => PinState::Tries(left),
        _ => PinState::Unknown,
    })
}

/// Verifies a PIN (ISO/IEC 7816-4 §11.6.6): one command, never sent again, and whoever comes next finds the card
/// reset.
///
/// # Errors
/// [`CardErrorKind::PinWrong`], [`CardErrorKind::PinBlocked`], [`CardErrorKind::PinRejected`], or the failed exchange.
pub(super) fn verify(
    channel: &mut Channel<'_>,
    reference: u8,
    pin: &Pin,
    encoding: PinEncoding,
) -> Result<(), CardError> {
    let rejected = |_| CardError::new(CardErrorKind::PinRejected);
    let block = pin.encoded(encoding).map_err(rejected)?;
    let command = CommandApdu::new([0x00, 0x20, 0x00, reference])
        .with_data(block.as_slice())
        .never_repeated();
    channel.reset_on_release();
    let status = channel.send(&command)?.status;
    verified(status)
}

/// Verifies the PIN of one act: with `safe_query` the tries are asked for first, so that the last one is not spent
/// without leave.
///
/// # Errors
/// [`CardErrorKind::PinLastTry`] or [`CardErrorKind::PinBlocked`] before the PIN is sent, else as [`verify`].
pub(super) fn verify_in_act(
    channel: &mut Channel<'_>,
    reference: u8,
    pin: PinUse<'_>,
    encoding: PinEncoding,
    safe_query: bool,
) -> Result<(), CardError> {
    if safe_query {
        let kind = match pin_state(channel, reference)? {
            PinState::Blocked => Some(CardErrorKind::PinBlocked),
            PinState::Tries(1) if pin.last_try == LastTry::Refuse => {
                Some(CardErrorKind::PinLastTry)
            }
            _ => None,
        };
        if let Some(kind) = kind {
            return Err(CardError::new(kind).with_instruction(0x20));
        }
    }
    let verified = verify(channel, reference, pin.pin, encoding);
    match verified {
        Err(error) if safe_query && error.kind == (CardErrorKind::PinWrong { left: None }) => {
            // Rutoken says 6300 and tells the tries to who asks for them.
            let kind = match pin_state(channel, reference) {
                Ok(PinState::Tries(left)) => CardErrorKind::PinWrong { left: Some(left) },
                Ok(PinState::Blocked) => CardErrorKind::PinBlocked,
                _ => error.kind,
            };
            Err(CardError { kind, ..error })
        }
        verified => verified,
    }
}

/// What the answer to VERIFY means.
///
/// # Errors
/// As [`verify`].
pub(crate) fn verified(status: StatusWord) -> Result<(), CardError> {
    let kind = match (status, status.tries_left()) {
        (StatusWord::SUCCESS, _) => return Ok(()),
        (StatusWord::BLOCKED, _) | (_, Some(0)) => CardErrorKind::PinBlocked,
        (_, Some(left)) => CardErrorKind::PinWrong { left: Some(left) },
        (StatusWord(0x6300), _) => CardErrorKind::PinWrong { left: None },
        _ => CardErrorKind::Refused,
    };
    Err(CardError::new(kind)
        .with_instruction(0x20)
        .with_status_word(status.0))
}

#[cfg(test)]
mod tests;
