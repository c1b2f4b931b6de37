//! Rutoken S: containers are directories anywhere in the tree.

use serde::Deserialize;

use super::{FileState, Found, read_selected, select, step};
use crate::apdu::{Channel, CommandApdu, StatusWord, refused};
use crate::card::contents::Progress;
use crate::card::cryptopro_container::ContainerFile;
use crate::card::iso7816::FileControl;
use crate::card::setting::OctetOrder;
use crate::error::CardError;

/// Deepest directory, the master file being 0.
const MOST_DEPTH: usize = 4;

/// Most files that are listed.
const MOST_FILES: usize = 256;

/// SELECT by identifier with an answer.
const BY_IDENTIFIER: [u8; 2] = [0x00, 0x00];

/// SELECT by path from the master file with an answer.
const BY_PATH: [u8; 2] = [0x08, 0x00];

/// A container is a directory that has files of its own high octet with the suffixes of name and header.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct TreeScan {
    file_ids: OctetOrder,
}

/// A file in a listing.
struct Listed {
    identifier: u16,
    is_directory: bool,
}

impl TreeScan {
    pub(super) fn containers(
        &self,
        channel: &mut Channel<'_>,
        progress: &mut dyn Progress,
    ) -> Result<Option<Vec<Found>>, CardError> {
        let mut found = Vec::new();
        let mut left = MOST_FILES;
        // Directories to look into, as paths of identifiers in their usual order.
        let mut waiting: Vec<Vec<u16>> = vec![Vec::new()];
        let mut done = 0;
        while let Some(path) = waiting.pop() {
            step(progress, done, done + waiting.len() + 1);
            done += 1;
            if self.select(channel, &path)?.is_none() {
                if path.is_empty() {
                    return Ok(None);
                }
                continue;
            }
            let files = self.list(channel, &mut left)?;
            if let Some(&directory) = path.last()
                && is_container(directory, &files)
            {
                found.push(self.container(channel, &path, directory)?);
                continue;
            }
            if path.len() < MOST_DEPTH {
                let directories = files.iter().rev().filter(|file| file.is_directory);
                waiting.extend(directories.map(|file| [&path[..], &[file.identifier]].concat()));
            }
        }
        Ok(Some(found))
    }

    fn container(
        &self,
        channel: &mut Channel<'_>,
        path: &[u16],
        directory: u16,
    ) -> Result<Found, CardError> {
        let mut file = |file: ContainerFile| {
            let identifier = directory & 0xFF00 | u16::from(file.suffix());
            FileState::of(self.read(channel, &[path, &[identifier]].concat()))
        };
        Ok(Found {
            name: file(ContainerFile::Name)?,
            header: file(ContainerFile::Header)?,
            place: path.iter().flat_map(|id| id.to_be_bytes()).collect(),
        })
    }

    fn read(&self, channel: &mut Channel<'_>, path: &[u16]) -> Result<Option<Vec<u8>>, CardError> {
        let Some(control) = self.select(channel, path)? else {
            return Ok(None);
        };
        let size = control.size.map(|size| self.file_ids.size(size));
        read_selected(channel, size, &[])
    }

    fn select(
        &self,
        channel: &mut Channel<'_>,
        path: &[u16],
    ) -> Result<Option<FileControl>, CardError> {
        match path {
            [] => select(channel, BY_IDENTIFIER, &self.file_ids.path(&[0x3F, 0x00])),
            path => {
                let octets: Vec<u8> = path.iter().flat_map(|id| id.to_be_bytes()).collect();
                select(channel, BY_PATH, &self.file_ids.path(&octets))
            }
        }
    }

    /// The files of the selected directory: `00 A4 00 00` gives the first, `00 A4 00 02` with an identifier the one
    /// after it. Each is selected on the way, so a directory is left again.
    fn list(&self, channel: &mut Channel<'_>, left: &mut usize) -> Result<Vec<Listed>, CardError> {
        let mut files: Vec<Listed> = Vec::new();
        let mut command = CommandApdu::new([0x00, 0xA4, 0x00, 0x00]).expecting(CommandApdu::ALL);
        while *left > 0 {
            *left -= 1;
            let response = channel.send(&command)?;
            match response.status {
                StatusWord::SUCCESS => {}
                StatusWord::NOT_FOUND => return Ok(files),
                status => return Err(refused(&command, status)),
            }
            let control = FileControl::read(&response.data);
            // What has no identifier ends the listing: there is nothing to go on from.
            let Some(octets) = control.identifier else {
                return Ok(files);
            };
            let is_directory = control.is_directory();
            if is_directory {
                let parent = CommandApdu::new([0x00, 0xA4, 0x03, 0x00]).expecting(CommandApdu::ALL);
                channel.require(&parent)?;
            }
            let identifier = self.file_ids.identifier(octets);
            if files.iter().any(|file| file.identifier == identifier) {
                return Ok(files);
            }
            files.push(Listed {
                identifier,
                is_directory,
            });
            command = CommandApdu::new([0x00, 0xA4, 0x00, 0x02])
                .with_data(octets)
                .expecting(CommandApdu::ALL);
        }
        Ok(files)
    }
}

fn is_container(directory: u16, files: &[Listed]) -> bool {
    let high = directory & 0xFF00;
    let has = |file: ContainerFile| {
        let wanted = high | u16::from(file.suffix());
        let mut plain = files.iter().filter(|file| !file.is_directory);
        plain.any(|file| file.identifier == wanted)
    };
    has(ContainerFile::Name) && has(ContainerFile::Header)
}
