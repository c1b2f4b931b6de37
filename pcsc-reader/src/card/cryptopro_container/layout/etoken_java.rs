//! eToken PRO Java and JaCarta PRO: directories by number, read by the maker's own command.

use serde::Deserialize;

use super::{FileState, Found, outer_object, step, within};
use crate::apdu::{Channel, CommandApdu, StatusWord, refused};
use crate::card::contents::Progress;
use crate::card::cryptopro_container::ContainerFile;
use crate::card::iso7816;
use crate::card::setting::{FilePath, HexAid, Slots};
use crate::error::CardError;

/// Octets that one command gives at most.
const CHUNK: usize = 256;

/// Container `n` is the directory `prefix n`; its files have the prefix of files and a suffix.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct EtokenJava {
    aid: HexAid,
    directory: FilePath,
    container_prefix: u8,
    file_prefix: u8,
    slots: Slots,
}

impl EtokenJava {
    pub(super) fn containers(
        &self,
        channel: &mut Channel<'_>,
        progress: &mut dyn Progress,
    ) -> Result<Option<Vec<Found>>, CardError> {
        if iso7816::select_application(channel, &self.aid.0)?.is_none() {
            return Ok(None);
        }
        let mut found = Vec::new();
        let total = usize::from(self.slots.last - self.slots.first) + 1;
        for (done, slot) in (self.slots.first..=self.slots.last).enumerate() {
            step(progress, done, total);
            let name = FileState::of(self.read(channel, slot, ContainerFile::Name))?;
            if matches!(name, FileState::Missing) {
                continue;
            }
            found.push(Found {
                name,
                header: FileState::of(self.read(channel, slot, ContainerFile::Header))?,
                place: vec![slot],
            });
        }
        Ok(Some(found))
    }

    fn read(
        &self,
        channel: &mut Channel<'_>,
        slot: u8,
        file: ContainerFile,
    ) -> Result<Option<Vec<u8>>, CardError> {
        let tail = [self.container_prefix, slot, self.file_prefix, file.suffix()];
        let path = [self.directory.as_bytes(), &tail].concat();
        let select = CommandApdu::new([0x00, 0xA4, 0x08, 0x0C])
            .with_data(path)
            .expecting(CommandApdu::ALL);
        let response = channel.send(&select)?;
        match response.status {
            StatusWord::SUCCESS => {}
            // What is not there is refused with any of the three.
            StatusWord::NOT_FOUND | StatusWord::WRONG_P1_P2 | StatusWord::NO_DATA => {
                return Ok(None);
            }
            status => return Err(refused(&select, status)),
        }
        outer_object(CHUNK, &[], &mut |offset, length| {
            read(channel, offset, length)
        })
    }
}

/// `80 18 00 00 04 | 0E 02 offset | 00` gives what follows the offset.
fn read(channel: &mut Channel<'_>, start: usize, length: usize) -> Result<Vec<u8>, CardError> {
    let mut octets = Vec::new();
    while octets.len() < length {
        let offset = u16::try_from(start + octets.len()).unwrap_or(u16::MAX);
        let [high, low] = offset.to_be_bytes();
        let command = CommandApdu::new([0x80, 0x18, 0x00, 0x00])
            .with_data([0x0E, 0x02, high, low])
            .expecting(CommandApdu::ALL);
        let response = channel.send(&command)?;
        let is_end = match response.status {
            StatusWord::SUCCESS => response.data.len() < CHUNK,
            StatusWord::END_OF_FILE => true,
            StatusWord::WRONG_OFFSET if !octets.is_empty() => true,
            status => return Err(refused(&command, status)),
        };
        octets.extend(within(response.data, CHUNK)?);
        if is_end {
            break;
        }
    }
    Ok(octets)
}
