//! Rutoken Lite and ECP: directories by number below one directory.

use serde::Deserialize;

use super::{FileState, Found, read_selected, select, step};
use crate::apdu::Channel;
use crate::card::contents::Progress;
use crate::card::cryptopro_container::ContainerFile;
use crate::card::setting::{FilePath, Slots};
use crate::error::CardError;

/// SELECT by path from the master file, with the control parameters in the answer (ISO/IEC 7816-4 §11.2.2). These
/// tokens know no other way to select.
const BY_PATH: [u8; 2] = [0x08, 0x04];

/// The number whose directory would have the identifier 3F00, which is that of the master file.
const MASTER: u8 = 0x3F;

/// Container `nn` is the directory `nn00`, its files are `nn03` and `nn06`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct Path {
    directory: FilePath,
    slots: Slots,
}

impl Path {
    pub(super) fn containers(
        &self,
        channel: &mut Channel<'_>,
        progress: &mut dyn Progress,
    ) -> Result<Option<Vec<Found>>, CardError> {
        if select(channel, BY_PATH, self.directory.as_bytes())?.is_none() {
            return Ok(None);
        }
        let mut found = Vec::new();
        let total = usize::from(self.slots.last - self.slots.first) + 1;
        for (done, slot) in (self.slots.first..=self.slots.last).enumerate() {
            step(progress, done, total);
            if slot == MASTER {
                continue;
            }
            let place = [self.directory.as_bytes(), &[slot, 0x00]].concat();
            if select(channel, BY_PATH, &place)?.is_none() {
                continue;
            }
            let mut file = |file: ContainerFile| {
                let path = [&place[..], &[slot, file.suffix()]].concat();
                FileState::of(read(channel, &path))
            };
            found.push(Found {
                name: file(ContainerFile::Name)?,
                header: file(ContainerFile::Header)?,
                place: vec![slot],
            });
        }
        Ok(Some(found))
    }
}

fn read(channel: &mut Channel<'_>, path: &[u8]) -> Result<Option<Vec<u8>>, CardError> {
    match select(channel, BY_PATH, path)? {
        Some(control) => read_selected(channel, control.size, &[]),
        None => Ok(None),
    }
}
