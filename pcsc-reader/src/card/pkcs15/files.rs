//! Files of a card by the paths that its objects give (ISO/IEC 7816-15 §8.2.5).

use super::malformed;
use super::object::{MOST_OBJECT, Path};
use crate::apdu::{Aid, Channel, CommandApdu, MOST_OBJECTS, StatusWord, Tlv, refused};
use crate::card::iso7816::{
    FileControl, MOST_FILE, READ_CHUNK, SelectBy, read_binary, select_application, select_file,
};
use crate::card::setting::OctetOrder;
use crate::error::{CardError, CardErrorKind};

/// Octets that one act reads: no card has so many.
const MOST_OCTETS: usize = 1 << 20;

/// Exchanges of one act after which nothing more is read.
const MOST_EXCHANGES: u32 = 16_384;

/// File identifier of the master file.
const MASTER: [u8; 2] = [0x3F, 0x00];

/// Largest file that READ BINARY with a short offset reaches the end of.
const REACHABLE: usize = 0x8000;

/// The directory from which relative paths start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A path from the master file, without `3F00`.
    Path(Vec<u8>),
    /// An application that is selected by its identifier.
    Application(Aid),
}

impl Place {
    /// Octets that name it: `3F00` and the path, or the identifier.
    pub(super) fn octets(&self) -> Vec<u8> {
        match self {
            Place::Path(path) => [&MASTER, path.as_slice()].concat(),
            Place::Application(aid) => aid.as_bytes().to_vec(),
        }
    }
}

/// The files of a card, under a budget.
pub(super) struct Files<'c, 't> {
    pub(super) channel: &'c mut Channel<'t>,
    order: OctetOrder,
    /// The application whose directory is the current one.
    current: Option<Aid>,
    left: usize,
    until: u32,
}

impl<'c, 't> Files<'c, 't> {
    pub(super) fn new(channel: &'c mut Channel<'t>, order: OctetOrder) -> Self {
        let until = channel.exchanges().saturating_add(MOST_EXCHANGES);
        Files {
            channel,
            order,
            current: None,
            left: MOST_OCTETS,
            until,
        }
    }

    /// Selects what a path leads to; none when it is not there.
    ///
    /// # Errors
    /// The failed exchange or a refusal.
    pub(super) fn select(
        &mut self,
        place: &Place,
        path: &Path,
    ) -> Result<Option<FileControl>, CardError> {
        if self.channel.exchanges() > self.until {
            return Err(CardError::new(CardErrorKind::ResponseTooLong).with_instruction(0xA4));
        }
        let absolute = path.octets.strip_prefix(&MASTER);
        match (&path.aid, absolute, place) {
            (Some(aid), ..) => self.select_relative(aid, &path.octets),
            (None, Some(absolute), _) => self.select_absolute(absolute),
            (None, None, Place::Path(start)) => {
                self.select_absolute(&[start.as_slice(), &path.octets].concat())
            }
            (None, None, Place::Application(aid)) => self.select_relative(aid, &path.octets),
        }
    }

    fn select_absolute(&mut self, path: &[u8]) -> Result<Option<FileControl>, CardError> {
        self.current = None;
        let found = match path {
            [] => self.select_file(SelectBy::File, &MASTER),
            path => self.select_file(SelectBy::PathFromMaster, path),
        };
        match found {
            // The card knows no paths: one file after the other.
            Err(error) if knows_no_paths(&error) => self.select_steps(path),
            found => found,
        }
    }

    /// SELECT with identifiers in the order of the card, and what the card says of the file in the usual one.
    fn select_file(&mut self, by: SelectBy, path: &[u8]) -> Result<Option<FileControl>, CardError> {
        let answer = select_file(self.channel, by, &self.order.path(path))?;
        Ok(answer.map(|answer| {
            let control = FileControl::read(&answer);
            FileControl {
                size: control.size.map(|size| self.order.size(size)),
                ..control
            }
        }))
    }

    fn select_steps(&mut self, path: &[u8]) -> Result<Option<FileControl>, CardError> {
        let mut control = None;
        for step in std::iter::once(MASTER.as_slice()).chain(path.chunks(2)) {
            match self.select_file(SelectBy::File, step)? {
                None => return Ok(None),
                found => control = found,
            }
        }
        Ok(control)
    }

    fn select_relative(
        &mut self,
        aid: &Aid,
        path: &[u8],
    ) -> Result<Option<FileControl>, CardError> {
        if path.is_empty() || self.current.as_ref() != Some(aid) {
            self.current = None;
            let Some(answer) = select_application(self.channel, aid)? else {
                return Ok(None);
            };
            self.current = Some(aid.clone());
            if path.is_empty() {
                return Ok(Some(FileControl::read(&answer)));
            }
        }
        let by = match path.len() {
            2 => SelectBy::File,
            _ => SelectBy::PathFromCurrent,
        };
        let Some(control) = self.select_file(by, path)? else {
            return Ok(None);
        };
        if by != SelectBy::File || control.is_directory() {
            self.current = None;
        }
        Ok(Some(control))
    }

    /// Reads a whole file, or the part or the record that the path names; none when it is not there.
    ///
    /// # Errors
    /// The failed exchange or a refusal.
    ///
    /// # Limits
    /// [`MOST_OBJECT`] octets, [`MOST_OBJECTS`] records.
    pub(super) fn read(
        &mut self,
        place: &Place,
        path: &Path,
    ) -> Result<Option<Vec<u8>>, CardError> {
        let Some(control) = self.select(place, path)? else {
            return Ok(None);
        };
        let octets = if has_records(&control) {
            self.records(path.index)?
        } else {
            let start = path.index.unwrap_or(0);
            let own = control.size.filter(|size| *size <= REACHABLE);
            let length = path.length.or(own.map(|size| size.saturating_sub(start)));
            match read_binary(self.channel, start, length) {
                Err(error) if error.status_word == Some(NOT_TRANSPARENT) => {
                    self.records(path.index)?
                }
                read => read?,
            }
        };
        self.charge(octets.len())?;
        Ok(Some(octets))
    }

    /// Reads the one object that begins where the path says; none when the file is not there.
    ///
    /// # Errors
    /// The failed exchange or a refusal; [`CardErrorKind::Malformed`] when it is no object, or too large.
    ///
    /// # Limits
    /// [`MOST_OBJECT`] octets.
    pub(super) fn read_object(
        &mut self,
        place: &Place,
        path: &Path,
    ) -> Result<Option<Vec<u8>>, CardError> {
        let Some(control) = self.select(place, path)? else {
            return Ok(None);
        };
        let mut octets = if has_records(&control) {
            self.records(path.index)?
        } else {
            let start = path.index.unwrap_or(0);
            let most = path.length.unwrap_or(MOST_OBJECT).min(MOST_FILE);
            let mut octets = read_binary(self.channel, start, Some(most.min(READ_CHUNK)))?;
            let whole = Tlv::announced(&octets).map_err(|_| malformed())?;
            if whole > most {
                return Err(malformed());
            }
            if whole > octets.len() {
                let (start, length) = (start + octets.len(), whole - octets.len());
                octets.extend(read_binary(self.channel, start, Some(length))?);
            }
            octets
        };
        let (object, _) = Tlv::first(&octets).map_err(|_| malformed())?;
        let length = object.octets.len();
        octets.truncate(length);
        self.charge(length)?;
        Ok(Some(octets))
    }

    /// One record, or all, one behind the other (READ RECORD, ISO/IEC 7816-4 §11.4.3).
    fn records(&mut self, only: Option<usize>) -> Result<Vec<u8>, CardError> {
        let (first, last) = match only {
            Some(number) => (number, number),
            None => (1, MOST_OBJECTS),
        };
        let mut octets = Vec::new();
        for number in first..=last {
            let Ok(number) = u8::try_from(number) else {
                break;
            };
            let command = CommandApdu::new([0x00, 0xB2, number, 0x04]).expecting(CommandApdu::ALL);
            let response = self.channel.send(&command)?;
            match response.status {
                StatusWord::SUCCESS | StatusWord::END_OF_FILE => {
                    octets.extend_from_slice(&response.data);
                }
                StatusWord::NO_RECORD if only.is_none() && number > 1 => break,
                status => return Err(refused(&command, status)),
            }
            if octets.len() > MOST_OBJECT {
                return Err(malformed());
            }
        }
        Ok(octets)
    }

    fn charge(&mut self, octets: usize) -> Result<(), CardError> {
        let left = self.left.checked_sub(octets);
        self.left = left.ok_or(CardError::new(CardErrorKind::ResponseTooLong))?;
        Ok(())
    }
}

/// 6981: the command does not go with the file.
const NOT_TRANSPARENT: u16 = 0x6981;

/// Structures 010 to 110 are those of records (ISO/IEC 7816-4 table 12).
fn has_records(control: &FileControl) -> bool {
    control
        .descriptor
        .is_some_and(|descriptor| !control.is_directory() && descriptor & 0x06 != 0)
}

/// What cards say to a SELECT whose P1 they do not know.
fn knows_no_paths(error: &CardError) -> bool {
    matches!(error.status_word, Some(0x6A81 | 0x6A86 | 0x6B00))
}
