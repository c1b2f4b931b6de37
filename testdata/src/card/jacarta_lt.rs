//! JaCarta LT: a flat list of objects behind the maker's own commands.

use super::container::{Container, SUFFIXES};
use super::{Card, Command, Protocol, Waiting};
use crate::error::Error;

const ATR: &[u8] =
    b"\x3B\xDC\x18\xFF\x81\x11\xFE\x80\x73\xC8\x21\x13\x66\x01\x06\x01\x30\x80\x01\x8D";
const AID: &[u8] = b"\xA0\0\0\x04\x48\0\x03\x01";

/// Entries of the list that one answer holds.
const ENTRIES: usize = 5;

/// A token.
#[derive(Default)]
pub struct JacartaLt {
    objects: Vec<Object>,
    waiting: Waiting,
    is_selected: bool,
    is_closed: bool,
    touched: usize,
}

struct Object {
    container: u8,
    code: u8,
    octets: Vec<u8>,
}

impl JacartaLt {
    /// An empty token.
    pub fn new() -> Self {
        Self::default()
    }

    /// With a container. Its files have the codes F6 name, F3 header, F2 primary, F1 masks, F5 and F4 the second pair.
    ///
    /// # Errors
    /// When the container cannot be written.
    pub fn with_container(mut self, container: &Container) -> Result<Self, Error> {
        let number = self.objects.len() as u8;
        for suffix in SUFFIXES.iter().rev() {
            self.objects.push(Object {
                container: number,
                code: match suffix {
                    0x04 => 0xF5,
                    0x05 => 0xF4,
                    suffix => 0xF0 | suffix,
                },
                octets: container.file(*suffix)?,
            });
        }
        Ok(self)
    }

    /// Headers open after the PIN.
    pub fn closed(mut self) -> Self {
        self.is_closed = true;
        self
    }

    /// How often masks or primary of a container were asked for.
    pub fn secrets_touched(&self) -> usize {
        self.touched
    }

    fn carry_out(&mut self, command: &Command) -> (Vec<u8>, u16) {
        let status = |status| (Vec::new(), status);
        match (command.header(), command.data.as_slice()) {
            ([0x00, 0xA4, 0x04, 0x00], AID) => {
                self.is_selected = true;
                status(0x9000)
            }
            ([0x00, 0xA4, 0x04, 0x00], _) => status(0x6A82),
            ([0x80, ..], _) if !self.is_selected => status(0x6D00),
            ([0x80, 0x20, 0x60, 0x00], &[high, low]) => {
                let start = usize::from(u16::from_be_bytes([high, low]));
                let listed = self.objects.iter().enumerate().skip(start).take(ENTRIES);
                let entry = |(number, object): (usize, &Object)| {
                    [0, number as u8, object.container, object.code, 1, 1, 1]
                };
                (listed.flat_map(entry).collect(), 0x9000)
            }
            ([0x80, 0x20, 0x30, 0x00], &[0, number, from_high, from_low, high, low]) => {
                let Some(object) = self.objects.get(usize::from(number)) else {
                    return status(0x6A88);
                };
                let is_open = match object.code {
                    0xF6 => true,
                    0xF3 => !self.is_closed,
                    _ => {
                        self.touched += 1;
                        false
                    }
                };
                if !is_open {
                    return status(0x6982);
                }
                let from = usize::from(u16::from_be_bytes([from_high, from_low]));
                let length = usize::from(u16::from_be_bytes([high, low]));
                if length > 240 {
                    return status(0x6700);
                }
                match object.octets.get(from..from + length) {
                    Some(octets) => (octets.to_vec(), 0x9000),
                    None => status(0x6B00),
                }
            }
            _ => status(0x6D00),
        }
    }
}

impl Card for JacartaLt {
    fn atr(&self) -> Vec<u8> {
        ATR.to_vec()
    }

    fn reset(&mut self) {
        self.waiting.reset();
        self.is_selected = false;
    }

    fn answer(&mut self, command: &[u8]) -> Option<Vec<u8>> {
        let Some(command) = Command::read(command, Protocol::T1) else {
            return Some(vec![0x67, 0x00]);
        };
        let (data, status) = self.carry_out(&command);
        Some(self.waiting.respond(&command, Protocol::T1, &data, status))
    }
}
