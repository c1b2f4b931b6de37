//! ESMART Token: the files of all containers in one directory.

use serde::Deserialize;

use super::{FileState, Found, read_selected, select, step};
use crate::apdu::{Channel, CommandApdu, StatusWord};
use crate::card::contents::Progress;
use crate::card::cryptopro_container::ContainerFile;
use crate::card::setting::{FilePath, Hex};
use crate::error::CardError;

/// SELECT by identifier with an answer.
const BY_IDENTIFIER: [u8; 2] = [0x00, 0x00];

/// Containers are numbered by half an octet: the file of container `n` is `Fn` and a suffix.
const FIRST: u8 = 1;
const LAST: u8 = 9;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct Esmart {
    directory: FilePath,
    /// Octets before the outer object of a file.
    leading_marker: Hex,
}

impl Esmart {
    pub(super) fn containers(
        &self,
        channel: &mut Channel<'_>,
        progress: &mut dyn Progress,
    ) -> Result<Option<Vec<Found>>, CardError> {
        let master = CommandApdu::new([0x00, 0xA4, 0x00, 0x00]).expecting(CommandApdu::ALL);
        let response = channel.send(&master)?;
        if response.status != StatusWord::SUCCESS {
            return Ok(None);
        }
        for directory in self.directory.as_bytes().chunks(2) {
            if select(channel, BY_IDENTIFIER, directory)?.is_none() {
                return Ok(None);
            }
        }
        let mut found = Vec::new();
        for slot in FIRST..=LAST {
            step(progress, usize::from(slot - FIRST), usize::from(LAST));
            let mut file = |file| FileState::of(self.read(channel, slot, file));
            let name = file(ContainerFile::Name)?;
            if matches!(name, FileState::Missing) {
                continue;
            }
            found.push(Found {
                name,
                header: file(ContainerFile::Header)?,
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
        let identifier = [0xF0 | slot, file.suffix()];
        match select(channel, BY_IDENTIFIER, &identifier)? {
            Some(control) => read_selected(channel, control.size, self.leading_marker.as_bytes()),
            None => Ok(None),
        }
    }
}
