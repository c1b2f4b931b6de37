//! JaCarta LT: a flat list of objects, read by the maker's own commands.

use serde::Deserialize;

use super::{FileState, Found, outer_object, step, within};
use crate::apdu::{Channel, CommandApdu, StatusWord, refused};
use crate::card::contents::Progress;
use crate::card::cryptopro_container::ContainerFile;
use crate::card::iso7816;
use crate::card::setting::HexAid;
use crate::error::CardError;

/// Octets of an entry of the list: `00 number type code` and three more.
const ENTRY: usize = 7;

/// Most entries that are read.
const MOST_ENTRIES: usize = 512;

/// Octets read by one command.
const CHUNK: usize = 240;

/// Octets that tell the length of an object.
const HEAD: usize = 4;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct JacartaLt {
    aid: HexAid,
}

/// An object of the list.
#[derive(Clone, Copy)]
struct Entry {
    number: u8,
    container: u8,
    code: u8,
}

/// The code of a file in the list. There is none here for masks (F1, F5) and primary (F2, F4).
const fn code(file: ContainerFile) -> u8 {
    match file {
        ContainerFile::Header => 0xF3,
        ContainerFile::Name => 0xF6,
    }
}

impl JacartaLt {
    pub(super) fn containers(
        &self,
        channel: &mut Channel<'_>,
        progress: &mut dyn Progress,
    ) -> Result<Option<Vec<Found>>, CardError> {
        if iso7816::select_application(channel, &self.aid.0)?.is_none() {
            return Ok(None);
        }
        let entries = list(channel)?;
        let names = entries.iter().enumerate();
        let names: Vec<_> = names
            .filter(|(_, entry)| entry.code == code(ContainerFile::Name))
            .collect();
        let mut found = Vec::new();
        for (done, (place, name)) in names.iter().enumerate() {
            step(progress, done, names.len());
            // A name begins a container, up to the next name; its files are of one type.
            let own = entries.get(place + 1..).unwrap_or_default();
            let header = own
                .iter()
                .take_while(|entry| entry.code != code(ContainerFile::Name))
                .find(|entry| {
                    entry.container == name.container && entry.code == code(ContainerFile::Header)
                });
            found.push(Found {
                name: FileState::of(read(channel, name.number))?,
                header: match header {
                    Some(header) => FileState::of(read(channel, header.number))?,
                    None => FileState::Missing,
                },
                place: vec![name.number],
            });
        }
        Ok(Some(found))
    }
}

/// `80 20 60 00 02 | number of the first entry` gives as many entries as fit; none at the end.
fn list(channel: &mut Channel<'_>) -> Result<Vec<Entry>, CardError> {
    let mut entries = Vec::new();
    while entries.len() < MOST_ENTRIES {
        let start = u16::try_from(entries.len()).unwrap_or(u16::MAX);
        let command = CommandApdu::new([0x80, 0x20, 0x60, 0x00])
            .with_data(start.to_be_bytes())
            .expecting(CommandApdu::ALL);
        let response = channel.send(&command)?;
        match response.status {
            StatusWord::SUCCESS => {}
            StatusWord::NOT_FOUND | StatusWord::NO_RECORD | StatusWord::NO_DATA => break,
            status => return Err(refused(&command, status)),
        }
        let (whole, _) = response.data.as_chunks::<ENTRY>();
        if whole.is_empty() {
            break;
        }
        entries.extend(whole.iter().map(|[_, number, container, code, ..]| Entry {
            number: *number,
            container: *container,
            code: *code,
        }));
    }
    entries.truncate(MOST_ENTRIES);
    Ok(entries)
}

/// `80 20 30 00 06 | 00 number offset length | 00`.
fn read(channel: &mut Channel<'_>, number: u8) -> Result<Option<Vec<u8>>, CardError> {
    outer_object(HEAD, &[], &mut |offset, length| {
        let mut octets = Vec::new();
        while octets.len() < length {
            let size = CHUNK.min(length - octets.len());
            let short = |value: usize| u16::try_from(value).unwrap_or(u16::MAX).to_be_bytes();
            let [high, low] = short(offset + octets.len());
            let [long, size_low] = short(size);
            let command = CommandApdu::new([0x80, 0x20, 0x30, 0x00])
                .with_data([0x00, number, high, low, long, size_low])
                .expecting(CommandApdu::ALL);
            let piece = within(channel.require(&command)?, size)?;
            octets.extend_from_slice(&piece);
            if piece.len() < size {
                break;
            }
        }
        Ok(octets)
    })
}
