//! eToken PRO Java and JaCarta PRO: containers under paths, read by the maker's own command.

use super::container::{Container, SUFFIXES};
use super::{Card, Command, Protocol, Waiting};
use crate::error::Error;

const ATR: &[u8] = b"\x3B\xD5\x18\0\x81\x31\xFE\x7D\x80\x73\xC8\x21\x10\xF4";
const AID: &[u8] = b"\xA0\0\0\x03\x12\x02\x02";
const DIRECTORY: [u8; 8] = [0x66, 0x66, 0x50, 0x00, 0xE0, 0x0E, 0x0B, 0x00];

/// A token.
#[derive(Default)]
pub struct EtokenJava {
    files: Vec<(Vec<u8>, Vec<u8>)>,
    selected: Option<usize>,
    waiting: Waiting,
    is_application: bool,
    is_closed: bool,
    touched: usize,
}

impl EtokenJava {
    /// An empty token.
    pub fn new() -> Self {
        Self::default()
    }

    /// With a container in a slot from 0 to 15.
    ///
    /// # Errors
    /// When the container cannot be written.
    pub fn with_container(mut self, slot: u8, container: &Container) -> Result<Self, Error> {
        for suffix in SUFFIXES {
            let path = [&DIRECTORY[..], &[0xCC, slot, 0xF0, suffix]].concat();
            self.files.push((path, container.file(suffix)?));
        }
        Ok(self)
    }

    /// Headers open after the PIN.
    pub fn closed(mut self) -> Self {
        self.is_closed = true;
        self
    }

    /// How often masks or primary of a container were selected or read.
    pub fn secrets_touched(&self) -> usize {
        self.touched
    }

    fn carry_out(&mut self, command: &Command) -> (Vec<u8>, u16) {
        let status = |status| (Vec::new(), status);
        match (command.header(), command.data.as_slice()) {
            ([0x00, 0xA4, 0x04, 0x00], name) => {
                self.is_application = !name.is_empty() && AID.starts_with(name);
                status(if self.is_application { 0x9000 } else { 0x6A82 })
            }
            _ if !self.is_application => status(0x6D00),
            ([0x00, 0xA4, 0x08, 0x0C], path) => {
                self.selected = self.files.iter().position(|(own, _)| own == path);
                self.touched += usize::from(self.suffix().is_some_and(is_secret));
                match self.selected {
                    Some(_) => status(0x9000),
                    None => status(0x6A88),
                }
            }
            ([0x80, 0x18, 0x00, 0x00], &[0x0E, 0x02, high, low]) => {
                let suffix = self.suffix();
                self.touched += usize::from(suffix.is_some_and(is_secret));
                let Some((_, octets)) = self.selected.and_then(|file| self.files.get(file)) else {
                    return status(0x6986);
                };
                let is_open = match suffix {
                    Some(0x06) => true,
                    Some(0x03) => !self.is_closed,
                    _ => false,
                };
                if !is_open {
                    return status(0x6982);
                }
                let offset = usize::from(u16::from_be_bytes([high, low]));
                match octets.get(offset..) {
                    Some(rest) => (rest[..rest.len().min(256)].to_vec(), 0x9000),
                    None => status(0x6B00),
                }
            }
            _ => status(0x6D00),
        }
    }

    fn suffix(&self) -> Option<u8> {
        let (path, _) = self.files.get(self.selected?)?;
        path.last().copied()
    }
}

fn is_secret(suffix: u8) -> bool {
    !matches!(suffix, 0x03 | 0x06)
}

impl Card for EtokenJava {
    fn atr(&self) -> Vec<u8> {
        ATR.to_vec()
    }

    fn reset(&mut self) {
        self.waiting.reset();
        self.selected = None;
        self.is_application = false;
    }

    fn answer(&mut self, command: &[u8]) -> Option<Vec<u8>> {
        let Some(command) = Command::read(command, Protocol::T1) else {
            return Some(vec![0x67, 0x00]);
        };
        let (data, status) = self.carry_out(&command);
        Some(self.waiting.respond(&command, Protocol::T1, &data, status))
    }
}
