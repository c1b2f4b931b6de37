//! Reading files and data objects, in the clear or under secure messaging alike.

use super::application::{UecVersion, single};
use crate::apdu::{Channel, CommandApdu, Response, StatusWord, Tag, Tlv};
use crate::error::{CardError, CardErrorKind};

/// Most octets of one file.
pub(super) const MOST_FILE: usize = 0x7FFF;
/// Octets that hold tag and length of every object of the card.
const HEAD: usize = 5;
/// Most READ BINARY that give less than was asked for before the end.
const MOST_SHORT_READS: usize = 8;

/// What carries commands to the card.
pub(super) trait Exchange {
    /// Sends one command and collects its answer.
    fn send(&mut self, command: &CommandApdu) -> Result<Response, CardError>;
}

impl Exchange for Channel<'_> {
    fn send(&mut self, command: &CommandApdu) -> Result<Response, CardError> {
        Channel::send(self, command)
    }
}

/// What asking the card for something gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found<T> {
    /// It is there.
    There(T),
    /// The card does not have it.
    Absent,
    /// The card wants a terminal or a PIN first.
    Protected,
    /// The card says something else.
    Refused(StatusWord),
}

impl<T> Found<T> {
    fn of(status: StatusWord) -> Self {
        match status.0 {
            0x6A82 | 0x6A83 | 0x6A88 => Found::Absent,
            0x6982 => Found::Protected,
            _ => Found::Refused(status),
        }
    }

    /// The value, if it is there.
    pub(super) fn value(self) -> Option<T> {
        match self {
            Found::There(value) => Some(value),
            _ => None,
        }
    }

    /// What to do with the value, if it is there.
    pub(super) fn then<U>(
        self,
        next: impl FnOnce(T) -> Result<Found<U>, CardError>,
    ) -> Result<Found<U>, CardError> {
        match self {
            Found::There(value) => next(value),
            Found::Absent => Ok(Found::Absent),
            Found::Protected => Ok(Found::Protected),
            Found::Refused(status) => Ok(Found::Refused(status)),
        }
    }
}

/// Selects an elementary file: `00 A4 00 0C`.
pub(super) fn select_file(
    exchange: &mut dyn Exchange,
    fid: [u8; 2],
) -> Result<Found<()>, CardError> {
    let command = CommandApdu::new([0x00, 0xA4, 0x00, 0x0C]).with_data(fid);
    let status = exchange.send(&command)?.status;
    Ok(match status {
        StatusWord::SUCCESS | StatusWord::DEACTIVATED => Found::There(()),
        status => Found::of(status),
    })
}

/// Selects the directory of a sector; its answer is the catalogue of blocks.
pub(super) fn select_sector(
    exchange: &mut dyn Exchange,
    fid: [u8; 2],
    version: UecVersion,
) -> Result<Found<Vec<u8>>, CardError> {
    let p2 = match version {
        UecVersion::V10 => 0x00,
        UecVersion::V11 => 0x08,
    };
    let command = CommandApdu::new([0x00, 0xA4, 0x00, p2])
        .with_data(fid)
        .expecting(CommandApdu::ALL);
    let response = exchange.send(&command)?;
    Ok(match response.status {
        StatusWord::SUCCESS | StatusWord::DEACTIVATED => Found::There(response.data),
        status => Found::of(status),
    })
}

/// Back from a sector to the application; `false` when the card refuses.
///
/// # Errors
/// The failed exchange.
pub(super) fn select_parent(
    exchange: &mut dyn Exchange,
    version: UecVersion,
) -> Result<bool, CardError> {
    let command = match version {
        UecVersion::V10 => CommandApdu::new([0x00, 0xA4, 0x03, 0x0C]),
        UecVersion::V11 => CommandApdu::new([0x00, 0xA4, 0x00, 0x0C]).with_data([0x3F, 0x3F]),
    };
    Ok(exchange.send(&command)?.status == StatusWord::SUCCESS)
}

/// GET DATA. Version 1.0 answers with the tag, version 1.1 and Micron with the value alone: both are taken.
pub(super) fn get_data(
    exchange: &mut dyn Exchange,
    tag: Tag,
    expected: u32,
) -> Result<Found<Vec<u8>>, CardError> {
    let [_, _, p1, p2] = tag.0.to_be_bytes();
    let command = CommandApdu::new([0x00, 0xCA, p1, p2]).expecting(expected);
    let response = exchange.send(&command)?;
    Ok(match response.status {
        StatusWord::SUCCESS => Found::There(without_tag(tag, response.data)),
        status => Found::of(status),
    })
}

/// The value of an object that may come with its tag.
fn without_tag(tag: Tag, octets: Vec<u8>) -> Vec<u8> {
    match single(&octets) {
        Ok(object) if object.tag == tag => object.value.to_vec(),
        _ => octets,
    }
}

/// The data object that the selected file begins with, and nothing behind it. A file of fill octets holds none.
///
/// # Errors
/// The failed exchange; [`CardErrorKind::Malformed`] for a file that ends before its object or is longer than
/// [`MOST_FILE`].
///
/// # Limits
/// [`MOST_FILE`] octets; eight answers that are shorter than asked for.
pub(super) fn read_object(
    exchange: &mut dyn Exchange,
    chunk: usize,
) -> Result<Found<Vec<u8>>, CardError> {
    read_object_at(exchange, 0, chunk)
}

/// As [`read_object`], and the objects that come after it, up to fill octets or the end of the file.
///
/// # Errors
/// As [`read_object`].
///
/// # Limits
/// `most` objects; what comes after them is not read.
pub(super) fn read_objects(
    exchange: &mut dyn Exchange,
    chunk: usize,
    most: usize,
) -> Result<Found<Vec<Vec<u8>>>, CardError> {
    let mut objects = Vec::new();
    let mut offset = 0;
    while objects.len() < most && offset <= MOST_FILE {
        match (read_object_at(exchange, offset, chunk)?, offset) {
            (Found::There(object), _) => {
                offset += object.len();
                objects.push(object);
            }
            (other, 0) => return other.then(|_| Ok(Found::Absent)),
            // The file has ended.
            (Found::Absent | Found::Refused(StatusWord::WRONG_OFFSET), _) => break,
            (other, _) => return other.then(|_| Ok(Found::Absent)),
        }
    }
    Ok(Found::There(objects))
}

fn read_object_at(
    exchange: &mut dyn Exchange,
    offset: usize,
    chunk: usize,
) -> Result<Found<Vec<u8>>, CardError> {
    let head = match read_at(exchange, offset, HEAD)? {
        Found::There(head) if head.iter().all(|octet| matches!(octet, 0x00 | 0xFF)) => {
            return Ok(Found::Absent);
        }
        Found::There(head) => head,
        other => return Ok(other),
    };
    let length = Tlv::announced(&head).map_err(|_| malformed())?;
    if offset + length > MOST_FILE {
        return Err(malformed());
    }
    read_rest(exchange, head, offset, length, chunk)
}

/// So many octets of the selected file from its beginning, or all of a shorter file.
///
/// # Errors
/// The failed exchange.
///
/// # Limits
/// One READ BINARY a chunk: an answer shorter than asked for is the end.
pub(super) fn read_octets(
    exchange: &mut dyn Exchange,
    length: usize,
    chunk: usize,
) -> Result<Found<Vec<u8>>, CardError> {
    let mut file = Vec::new();
    while file.len() < length {
        let wanted = chunk.min(length - file.len());
        match read_at(exchange, file.len(), wanted)? {
            Found::There(piece) => {
                file.extend_from_slice(&piece);
                if piece.len() < wanted {
                    break;
                }
            }
            Found::Refused(StatusWord::WRONG_OFFSET) if !file.is_empty() => break,
            other => return Ok(other),
        }
    }
    Ok(Found::There(file))
}

fn read_rest(
    exchange: &mut dyn Exchange,
    mut file: Vec<u8>,
    offset: usize,
    length: usize,
    chunk: usize,
) -> Result<Found<Vec<u8>>, CardError> {
    let mut short_reads = 0;
    while file.len() < length {
        let wanted = chunk.min(length - file.len());
        let piece = match read_at(exchange, offset + file.len(), wanted)? {
            Found::There(piece) => piece,
            // The file has ended.
            Found::Refused(StatusWord::WRONG_OFFSET) => return Err(malformed()),
            other => return Ok(other),
        };
        if piece.len() < wanted {
            short_reads += 1;
        }
        if piece.is_empty() || short_reads > MOST_SHORT_READS {
            return Err(malformed());
        }
        file.extend_from_slice(&piece);
    }
    file.truncate(length);
    Ok(Found::There(file))
}

/// READ BINARY: at most so many octets.
fn read_at(
    exchange: &mut dyn Exchange,
    offset: usize,
    length: usize,
) -> Result<Found<Vec<u8>>, CardError> {
    let [p1, p2] = u16::try_from(offset).unwrap_or(u16::MAX).to_be_bytes();
    let expected = u32::try_from(length).unwrap_or(CommandApdu::ALL);
    let command = CommandApdu::new([0x00, 0xB0, p1, p2]).expecting(expected);
    let mut response = exchange.send(&command)?;
    // A card must not give more than was asked for.
    response.data.truncate(length);
    Ok(match response.status {
        StatusWord::SUCCESS | StatusWord::END_OF_FILE => Found::There(response.data),
        status => Found::of(status),
    })
}

/// Records 1 to `most` of the selected file, up to the first that is not there.
///
/// # Errors
/// The failed exchange.
///
/// # Limits
/// `most` records.
pub(super) fn read_records(
    exchange: &mut dyn Exchange,
    most: u8,
) -> Result<Found<Vec<Vec<u8>>>, CardError> {
    let mut records = Vec::new();
    for number in 1..=most {
        let command = CommandApdu::new([0x00, 0xB2, number, 0x04]).expecting(CommandApdu::ALL);
        let response = exchange.send(&command)?;
        match (response.status, records.is_empty()) {
            (StatusWord::SUCCESS, _) => records.push(response.data),
            (StatusWord::NO_RECORD, _) => break,
            (status, true) => return Ok(Found::of(status)),
            (_, false) => break,
        }
    }
    Ok(Found::There(records))
}

fn malformed() -> CardError {
    CardError::new(CardErrorKind::Malformed).with_instruction(0xB0)
}
