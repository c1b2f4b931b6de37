//! ESMART Token GOST: the files of all containers in one directory.

use super::container::{Container, SUFFIXES};
use super::files::{Access, FileId, FileSystem};
use super::{Card, Command, Pins, Protocol, Waiting};
use crate::error::Error;

const ATR: &[u8] = b"\x3B\x7C\x95\0\0ESMARTGOST10";

/// A token.
pub struct Esmart {
    files: FileSystem,
    directory: FileId,
    waiting: Waiting,
    secrets: Vec<FileId>,
    is_closed: bool,
    touched: usize,
}

impl Default for Esmart {
    fn default() -> Self {
        Self::new()
    }
}

impl Esmart {
    /// An empty token.
    pub fn new() -> Self {
        let mut files = FileSystem::new();
        let directory = files.add_directory(FileSystem::MASTER, 0x7F01, &[]);
        Self {
            files,
            directory,
            waiting: Waiting::default(),
            secrets: Vec::new(),
            is_closed: false,
            touched: 0,
        }
    }

    /// Headers of the containers that follow open after the PIN.
    pub fn closed(mut self) -> Self {
        self.is_closed = true;
        self
    }

    /// With a container in a slot from 1 to 9: `F slot suffix`, the second pair under 11 and 12.
    ///
    /// # Errors
    /// When the container cannot be written.
    pub fn with_container(mut self, slot: u8, container: &Container) -> Result<Self, Error> {
        for suffix in SUFFIXES {
            let low = match suffix {
                0x04 => 0x11,
                0x05 => 0x12,
                suffix => suffix,
            };
            let access = match suffix {
                0x06 => Access::Free,
                0x03 if !self.is_closed => Access::Free,
                _ => Access::Never,
            };
            let mut octets = [&[0x01][..], &container.file(suffix)?].concat();
            octets.resize(octets.len().next_multiple_of(64), 0x00);
            let identifier = u16::from_be_bytes([0xF0 | slot, low]);
            let file = self
                .files
                .add_file(self.directory, identifier, &octets, access);
            if !matches!(suffix, 0x03 | 0x06) {
                self.secrets.push(file);
            }
        }
        Ok(self)
    }

    /// How often masks or primary of a container were selected or read.
    pub fn secrets_touched(&self) -> usize {
        self.touched
    }

    fn carry_out(&mut self, command: &Command) -> (Vec<u8>, u16) {
        let answer = match command.header() {
            [0x00, 0xA4, 0x00, 0x00] | [0x00, 0xB0, _, _] => {
                self.files.answer(command, &Pins::default())
            }
            [0x00, 0xA4, _, _] => Some((Vec::new(), 0x6A86)),
            _ => None,
        };
        self.touched += usize::from(self.secrets.contains(&self.files.selected()));
        answer.unwrap_or((Vec::new(), 0x6D00))
    }
}

impl Card for Esmart {
    fn atr(&self) -> Vec<u8> {
        ATR.to_vec()
    }

    fn reset(&mut self) {
        self.files.reset();
        self.waiting.reset();
    }

    fn answer(&mut self, command: &[u8]) -> Option<Vec<u8>> {
        let Some(command) = Command::read(command, Protocol::T0) else {
            return Some(vec![0x67, 0x00]);
        };
        if command.instruction == 0xC0 {
            return Some(self.waiting.fetch(&command));
        }
        let (data, status) = self.carry_out(&command);
        Some(self.waiting.respond(&command, Protocol::T0, &data, status))
    }
}
