//! Rutoken S, Lite and ECP: a file system of their own, containers of CryptoPro CSP, and on ECP keys that sign.

mod key;
mod pkcs15;

pub use key::{Halves, RutokenKey};

use super::container::{Container, SUFFIXES};
use super::files::{Access, FileId, FileSystem};
use super::{Card, CardPin, Command, Pins, Protocol, Waiting};
use crate::error::Error;

/// Who configures the token.
pub const OFFICER: u8 = 1;
/// Who owns it.
pub const USER: u8 = 2;

/// PIN of the owner of every emulated token.
pub const USER_PIN: &[u8] = b"12345678";
const OFFICER_PIN: &[u8] = b"87654321";

const MOST_TRIES: u8 = 10;

const SERIAL: [u8; 4] = [0x2A, 0x81, 0x07, 0xC5];

/// Models.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Model {
    /// Signs with RSA and GOST.
    Ecp,
    /// Keeps files.
    Lite,
    /// Keeps files, with identifiers the low octet first.
    S,
}

/// A token.
pub struct Rutoken {
    model: Model,
    /// Of another model of the family, and what it speaks.
    atr: Option<(Vec<u8>, Protocol)>,
    files: FileSystem,
    pins: Pins,
    waiting: Waiting,
    keys: Vec<RutokenKey>,
    /// Numbers of certificates of PKCS #15.
    certificates: Vec<u8>,
    environment: Option<u8>,
    secrets: Vec<FileId>,
    touched: usize,
}

impl Rutoken {
    /// An empty token.
    pub fn new(model: Model) -> Self {
        let mut token = Self {
            model,
            atr: None,
            files: FileSystem::new(),
            pins: pins(MOST_TRIES),
            waiting: Waiting::default(),
            keys: Vec::new(),
            certificates: Vec::new(),
            environment: None,
            secrets: Vec::new(),
            touched: 0,
        };
        token
            .files
            .set_security(FileSystem::MASTER, &token.rights(0));
        token.directory(&[0x1000, 0x1000]);
        token.directory(&[0x1000, 0x1003]);
        token
    }

    /// With the answer to reset of another token that is read alike: ECP 2.0 and 3.0, smart cards, Bluetooth.
    pub fn with_atr(mut self, atr: &[u8], protocol: Protocol) -> Self {
        self.atr = Some((atr.to_vec(), protocol));
        self
    }

    /// With a container in a slot: on Rutoken S the directory `slot 00` of the master file, else of 1000/1003.
    ///
    /// # Errors
    /// When the container cannot be written.
    pub fn with_container(self, slot: u8, container: &Container) -> Result<Self, Error> {
        self.container(slot, container, Access::Free)
    }

    /// The same with a header that opens after the PIN.
    ///
    /// # Errors
    /// When the container cannot be written.
    pub fn with_closed_container(self, slot: u8, container: &Container) -> Result<Self, Error> {
        self.container(slot, container, Access::Pin(USER))
    }

    fn container(mut self, slot: u8, container: &Container, header: Access) -> Result<Self, Error> {
        let slot = u16::from(slot) << 8;
        let directory = match self.model {
            Model::S => self.directory(&[slot]),
            Model::Ecp | Model::Lite => self.directory(&[0x1000, 0x1003, slot]),
        };
        for suffix in SUFFIXES {
            let access = match suffix {
                0x06 => Access::Free,
                0x03 => header,
                _ => Access::Pin(USER),
            };
            let mut octets = container.file(suffix)?;
            // Files are made in steps of 32 octets.
            octets.resize(octets.len().next_multiple_of(32), 0xFF);
            let file = self.file(directory, slot | u16::from(suffix), &octets, access);
            if !matches!(suffix, 0x03 | 0x06) {
                self.secrets.push(file);
            }
        }
        Ok(self)
    }

    /// How often masks or primary of a container were selected by name or read.
    pub fn secrets_touched(&self) -> usize {
        self.touched
    }

    /// Tries that the owner's PIN has left.
    pub fn tries(&self) -> Option<u8> {
        self.pins.left(USER)
    }

    /// How many values of the owner's PIN were sent.
    pub fn pins_sent(&self) -> u32 {
        self.pins.sent(USER)
    }

    /// All tries of the owner's PIN but these were spent.
    pub fn leaving_tries(mut self, left: u8) -> Self {
        self.pins = pins(left);
        self
    }

    /// The directory at the end of a path; what is missing is made.
    fn directory(&mut self, path: &[u16]) -> FileId {
        let mut at = FileSystem::MASTER;
        for identifier in path {
            at = match self.files.child(at, *identifier) {
                Some(child) => child,
                None => {
                    let child = self.files.add_directory(at, *identifier, &[]);
                    self.files.set_security(child, &self.rights(0));
                    child
                }
            };
        }
        at
    }

    fn file(&mut self, directory: FileId, id: u16, octets: &[u8], access: Access) -> FileId {
        let file = self.files.add_file(directory, id, octets, access);
        let read = match access {
            Access::Free => 0x00,
            Access::Pin(reference) => reference,
            Access::Never => 0xFF,
        };
        self.files.set_security(file, &self.rights(read));
        file
    }

    /// Security attributes: which rights are stated, then one octet a right; to read is the first.
    fn rights(&self, read: u8) -> Vec<u8> {
        let octets = match self.model {
            Model::S => 40,
            Model::Ecp | Model::Lite => 15,
        };
        let mut attributes = vec![0; octets];
        attributes[0] = 0x43;
        attributes[1] = read;
        attributes[2] = USER;
        attributes[7] = USER;
        if self.model == Model::S {
            // PINs are "CHV" there, and a word a right names which.
            attributes[1] = u8::from(read != 0);
            attributes[2] = 1;
            attributes[7] = 1;
            attributes[8] = read;
            attributes[12] = USER;
            attributes[32] = USER;
        }
        attributes
    }

    fn protocol(&self) -> Protocol {
        match (&self.atr, self.model) {
            (Some((_, protocol)), _) => *protocol,
            (None, Model::S) => Protocol::T0,
            (None, Model::Ecp | Model::Lite) => Protocol::T1,
        }
    }

    fn carry_out(&mut self, command: &Command) -> (Vec<u8>, u16) {
        let status = |status| (Vec::new(), status);
        match command.header() {
            [0x00, 0xA4, p1, p2] => self.select(p1, p2, &command.data),
            [0x00, 0xB0, _, _] => {
                self.touched += usize::from(self.secrets.contains(&self.files.selected()));
                let answer = self.files.answer(command, &self.pins);
                answer.unwrap_or_else(|| status(0x6D00))
            }
            [0x00, 0xCA, 0x01, 0x81] => {
                let mut serial = SERIAL.to_vec();
                if self.model == Model::S {
                    serial.reverse();
                }
                (serial, 0x9000)
            }
            [0x00, 0xCA, _, _] => status(0x6A88),
            [0x00, 0x20, 0x00, reference] => status(self.verify(reference, &command.data)),
            [0x80, 0x40, 0x00, 0x00] => {
                self.pins.reset();
                status(0x9000)
            }
            [0x00, 0x22, 0x41, 0xB6] if self.model == Model::Ecp => {
                status(self.set_environment(&command.data))
            }
            [0x00, 0x2A, 0x9E, 0x9A] if self.model == Model::Ecp => self.sign(&command.data),
            [0x00, 0x20 | 0x22 | 0x2A, _, _] => status(0x6A86),
            [0x00 | 0x80, _, _, _] => status(0x6D00),
            _ => status(0x6E00),
        }
    }

    fn verify(&mut self, reference: u8, value: &[u8]) -> u16 {
        if value.is_empty() {
            return self.pins.verify(reference, value);
        }
        if self.pins.is_verified(OFFICER) || self.pins.is_verified(USER) {
            return 0x6F86;
        }
        match self.pins.verify(reference, value) {
            // Tries are told to who asks for them.
            0x63C0..=0x63CF => 0x6300,
            status => status,
        }
    }

    /// P1 00 by identifier, or the first or next file of the directory; 03 the parent; 08 by path.
    fn select(&mut self, p1: u8, p2: u8, data: &[u8]) -> (Vec<u8>, u16) {
        let octets = self.in_order(data);
        let here = self.files.directory();
        let is_named = !(p1 == 0x00 && (p2 == 0x02 || data.is_empty()));
        let found = match (p1, p2, octets.as_slice()) {
            (0x00, 0x00, []) => self.files.children(here).first().copied(),
            (0x00, 0x02, &[high, low]) => {
                let previous = u16::from_be_bytes([high, low]);
                let children = self.files.children(here).iter();
                let mut after =
                    children.skip_while(|file| self.files.identifier(**file) != previous);
                after.nth(1).copied()
            }
            (0x00, 0x00 | 0x04, &[0x3F, 0x00]) => Some(FileSystem::MASTER),
            (0x00, 0x00 | 0x04, &[_, _]) => self.files.follow(here, &octets),
            (0x03, 0x00 | 0x04, []) => Some(self.files.parent(here)),
            (0x08, 0x00 | 0x04, [_, ..]) => self.files.follow(FileSystem::MASTER, &octets),
            (0x00 | 0x03 | 0x08, 0x00 | 0x02 | 0x04, _) => return (Vec::new(), 0x6A80),
            _ => return (Vec::new(), 0x6A86),
        };
        let Some(file) = found else {
            return (Vec::new(), 0x6A82);
        };
        self.touched += usize::from(is_named && self.secrets.contains(&file));
        self.files.select(file);
        (self.control(file), 0x9000)
    }

    /// `62 { 80 size, 82 descriptor, 83 identifier, 86 rights }`.
    fn control(&self, file: FileId) -> Vec<u8> {
        let plain = self.files.control(file, 0x62);
        let mut objects = Vec::new();
        let mut rest = plain.get(2..).unwrap_or_default();
        while let [tag, length, value @ ..] = rest {
            let (value, next) = value
                .split_at_checked(usize::from(*length))
                .unwrap_or_default();
            let value = match tag {
                0x80 | 0x83 => self.in_order(value),
                0x82 => vec![value.first().copied().unwrap_or(0), 0],
                0x86 => value.to_vec(),
                _ => Vec::new(),
            };
            if !value.is_empty() {
                objects.extend([*tag, value.len() as u8]);
                objects.extend(value);
            }
            rest = next;
        }
        [&[0x62, objects.len() as u8][..], &objects].concat()
    }

    /// Rutoken S has every two octets of identifiers and sizes the other way round.
    fn in_order(&self, octets: &[u8]) -> Vec<u8> {
        let mut octets = octets.to_vec();
        if self.model == Model::S {
            for pair in octets.chunks_exact_mut(2) {
                pair.reverse();
            }
        }
        octets
    }
}

fn pins(left: u8) -> Pins {
    Pins::new([
        CardPin::new(OFFICER, OFFICER_PIN, MOST_TRIES),
        CardPin::new(USER, USER_PIN, MOST_TRIES).with_left(left),
    ])
}

impl Card for Rutoken {
    fn atr(&self) -> Vec<u8> {
        if let Some((atr, _)) = &self.atr {
            return atr.clone();
        }
        let octets: &[u8] = match self.model {
            Model::Ecp => b"\x3B\x8B\x01Rutoken ECP\xA0",
            Model::Lite => b"\x3B\x8B\x01Rutoken" as &[u8],
            Model::S => b"\x3B\x6F\x00\xFF\x00VruTokns0 \0\0\x90\0",
        };
        match self.model {
            Model::Lite => [octets, b"lite\xC2"].concat(),
            _ => octets.to_vec(),
        }
    }

    fn reset(&mut self) {
        self.files.reset();
        self.pins.reset();
        self.waiting.reset();
        self.environment = None;
    }

    fn answer(&mut self, command: &[u8]) -> Option<Vec<u8>> {
        let protocol = self.protocol();
        let Some(command) = Command::read(command, protocol) else {
            return Some(vec![0x67, 0x00]);
        };
        if command.instruction == 0xC0 {
            return Some(self.waiting.fetch(&command));
        }
        let Some(command) = self.waiting.chained(command) else {
            return Some(vec![0x90, 0x00]);
        };
        let (data, status) = self.carry_out(&command);
        if self.model == Model::S {
            // The driver of its reader fetches answers by itself: nobody sees 61xx of this token.
            return Some([&data[..], &status.to_be_bytes()].concat());
        }
        Some(self.waiting.respond(&command, protocol, &data, status))
    }
}

#[cfg(test)]
mod tests;
