//! Where containers lie on a model of token.

mod esmart;
mod etoken_java;
mod jacarta_lt;
mod path;
mod tree_scan;

use serde::Deserialize;

use super::MOST_OCTETS;
use crate::apdu::{Channel, CommandApdu, StatusWord, Tlv, refused};
use crate::card::contents::Progress;
use crate::card::iso7816::{self, FileControl};
use crate::error::{CardError, CardErrorKind};
use crate::language::Text;

/// A way of laying containers out; the values are data of a profile.
#[derive(Debug, Deserialize)]
#[serde(tag = "layout", rename_all = "kebab-case")]
pub(super) enum Layout {
    /// ESMART Token: all files of all containers in one directory.
    Esmart(esmart::Esmart),
    /// eToken PRO Java and JaCarta PRO: a directory a container, read by the maker's own command.
    EtokenJava(etoken_java::EtokenJava),
    /// JaCarta LT: a flat list of objects.
    JacartaLt(jacarta_lt::JacartaLt),
    /// Rutoken Lite and ECP: a directory a container, by number.
    Path(path::Path),
    /// Rutoken S: directories anywhere in the tree.
    TreeScan(tree_scan::TreeScan),
}

/// A container that was found.
pub(super) struct Found {
    /// What the token calls the place.
    pub(super) place: Vec<u8>,
    pub(super) name: FileState,
    pub(super) header: FileState,
}

/// What reading a file came to.
pub(super) enum FileState {
    /// The outer object of the file.
    Read(Vec<u8>),
    /// A PIN is wanted.
    Closed,
    /// It is not there, or empty.
    Missing,
    /// It is there and is nothing that can be read.
    Unreadable,
}

impl Layout {
    /// The containers of the token; none when the token is not laid out so.
    ///
    /// # Errors
    /// What kept the token from being read.
    pub(super) fn containers(
        &self,
        channel: &mut Channel<'_>,
        progress: &mut dyn Progress,
    ) -> Result<Option<Vec<Found>>, CardError> {
        match self {
            Layout::Esmart(layout) => layout.containers(channel, progress),
            Layout::EtokenJava(layout) => layout.containers(channel, progress),
            Layout::JacartaLt(layout) => layout.containers(channel, progress),
            Layout::Path(layout) => layout.containers(channel, progress),
            Layout::TreeScan(layout) => layout.containers(channel, progress),
        }
    }
}

impl FileState {
    /// What a refusal or strange content of one file means for that file alone; other errors end the reading.
    fn of(read: Result<Option<Vec<u8>>, CardError>) -> Result<Self, CardError> {
        match read {
            Ok(Some(octets)) => Ok(FileState::Read(octets)),
            Ok(None) => Ok(FileState::Missing),
            Err(error) => match error.kind {
                CardErrorKind::PinRequired => Ok(FileState::Closed),
                CardErrorKind::Refused | CardErrorKind::Malformed => Ok(FileState::Unreadable),
                _ => Err(error),
            },
        }
    }
}

fn step(progress: &mut dyn Progress, done: usize, total: usize) {
    let what = Text {
        ru: "ключевые контейнеры",
        en: "key containers",
    };
    progress.step(what, done, total);
}

/// SELECT with an answer, in the form that the token takes; none when there is no such file.
///
/// # Errors
/// The failed exchange, or another refusal.
fn select(
    channel: &mut Channel<'_>,
    parameters: [u8; 2],
    data: &[u8],
) -> Result<Option<FileControl>, CardError> {
    let [p1, p2] = parameters;
    let command = CommandApdu::new([0x00, 0xA4, p1, p2])
        .with_data(data)
        .expecting(CommandApdu::ALL);
    let response = channel.send(&command)?;
    match response.status {
        StatusWord::SUCCESS => Ok(Some(FileControl::read(&response.data))),
        StatusWord::NOT_FOUND => Ok(None),
        status => Err(refused(&command, status)),
    }
}

/// The outer object of the selected file, which may be longer than it, and have octets in front.
///
/// # Errors
/// The failed exchange, a refusal, or [`CardErrorKind::Malformed`].
fn read_selected(
    channel: &mut Channel<'_>,
    size: Option<usize>,
    marker: &[u8],
) -> Result<Option<Vec<u8>>, CardError> {
    let first = size.unwrap_or(iso7816::READ_CHUNK).min(iso7816::READ_CHUNK);
    outer_object(first, marker, &mut |offset, length| {
        read_binary(channel, offset, length)
    })
}

/// READ BINARY of so many octets from an offset, up to the end of the file. A card that gives more than it was asked for
/// is not believed.
fn read_binary(
    channel: &mut Channel<'_>,
    start: usize,
    length: usize,
) -> Result<Vec<u8>, CardError> {
    let mut octets = Vec::new();
    while octets.len() < length {
        let chunk = iso7816::READ_CHUNK.min(length - octets.len());
        let offset = u16::try_from(start + octets.len()).unwrap_or(u16::MAX);
        let [p1, p2] = offset.to_be_bytes();
        let expected = u32::try_from(chunk).unwrap_or(CommandApdu::ALL);
        let command = CommandApdu::new([0x00, 0xB0, p1 & 0x7F, p2]).expecting(expected);
        let response = channel.send(&command)?;
        let is_end = match response.status {
            StatusWord::SUCCESS => response.data.len() < chunk,
            StatusWord::END_OF_FILE => true,
            StatusWord::WRONG_OFFSET if !octets.is_empty() => true,
            status => return Err(refused(&command, status)),
        };
        octets.extend(within(response.data, chunk)?);
        if is_end {
            break;
        }
    }
    Ok(octets)
}

/// The octets of an answer, unless there are more than were asked for.
fn within(octets: Vec<u8>, most: usize) -> Result<Vec<u8>, CardError> {
    if octets.len() > most {
        return Err(CardError::new(CardErrorKind::Malformed));
    }
    Ok(octets)
}

/// The outer object of a file by any reading command: as many octets as it announces and none behind it. None for a
/// file of nothing but fill.
///
/// # Errors
/// Those of `read`; [`CardErrorKind::Malformed`] for what is no whole object of at most [`MOST_OCTETS`].
fn outer_object(
    first: usize,
    marker: &[u8],
    read: &mut dyn FnMut(usize, usize) -> Result<Vec<u8>, CardError>,
) -> Result<Option<Vec<u8>>, CardError> {
    let malformed = || CardError::new(CardErrorKind::Malformed);
    if first == 0 {
        return Ok(None);
    }
    let mut octets = read(0, first)?;
    if octets.iter().all(|octet| matches!(octet, 0x00 | 0xFF)) {
        return Ok(None);
    }
    let start = marker.len();
    let object = octets.strip_prefix(marker).ok_or_else(malformed)?;
    if object.first() != Some(&0x30) {
        return Err(malformed());
    }
    let length = Tlv::announced(object).map_err(|_| malformed())?;
    if length > MOST_OCTETS {
        return Err(malformed());
    }
    let end = start + length;
    if octets.len() < end {
        let rest = read(octets.len(), end - octets.len())?;
        octets.extend_from_slice(&rest);
    }
    let object = octets.get(start..end).ok_or_else(malformed)?;
    Ok(Some(object.to_vec()))
}
