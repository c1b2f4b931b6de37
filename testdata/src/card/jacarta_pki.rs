//! JaCarta PKI: an application with its own SELECT and listing, and certificates in files of attributes.

use sha1::{Digest as _, Sha1};

use super::files::{Access, FileId, FileSystem};
use super::{Card, CardPin, Command, Identity, Pins, Protocol, Waiting};
use crate::error::Error;

const ATR: &[u8] =
    b"\x3B\xDC\x18\xFF\x81\x91\xFE\x1F\xC3\x80\x73\xC8\x21\x13\x66\x01\x06\x11\x59\0\x01\x28";
const AID: &[u8] = b"\xA0\0\0\x01\x64LASER\0\x01";
const USER: u8 = 0x20;
const SERIAL: &[u8] = b"LS\x00\x2A\x81\x07\xC5\x01";

/// What fills files of private objects.
const PRIVATE: &[u8] = b"PRIVATE-KEY!";

/// A token.
pub struct JacartaPki {
    atr: Vec<u8>,
    protocol: Protocol,
    files: FileSystem,
    public: FileId,
    pins: Pins,
    waiting: Waiting,
    is_selected: bool,
}

impl Default for JacartaPki {
    fn default() -> Self {
        Self::new()
    }
}

impl JacartaPki {
    /// A token that holds a private key and no certificate.
    pub fn new() -> Self {
        let mut files = FileSystem::new();
        let application = files.add_directory(FileSystem::MASTER, 0x3000, &[]);
        files.add_file(application, 0xC000, &[0x20; 160], Access::Free);
        let public = files.add_directory(application, 0x3001, &[]);
        let private = files.add_directory(application, 0x3002, &[]);
        files.add_file(private, 0x0240, PRIVATE, Access::Pin(USER));
        files.add_file(
            public,
            0x0140,
            &attribute_file(&[(0x0000, &[2, 0, 0, 0])]),
            Access::Free,
        );
        Self {
            atr: ATR.to_vec(),
            protocol: Protocol::T1,
            files,
            public,
            pins: Pins::new([CardPin::new(USER, b"11111111", 10)]),
            waiting: Waiting::default(),
            is_selected: false,
        }
    }

    /// With the answer to reset of another model.
    pub fn with_atr(mut self, atr: &[u8], protocol: Protocol) -> Self {
        self.atr = atr.to_vec();
        self.protocol = protocol;
        self
    }

    /// With a certificate in the file of this identifier, which begins with 04, 05, 84 or 85.
    ///
    /// # Errors
    /// When the certificate is not there.
    pub fn with_certificate(
        mut self,
        identifier: u16,
        label: &str,
        identity: Identity,
    ) -> Result<Self, Error> {
        let file = attribute_file(&[
            (0x0000, &[1, 0, 0, 0]),
            (0x0003, label.as_bytes()),
            (0x0080, &[0, 0, 0, 0]),
            (0x0011, identity.certificate()?),
            (0x0102, &[0x45]),
        ]);
        self.files
            .add_file(self.public, identifier, &file, Access::Free);
        Ok(self)
    }

    /// With a file of other octets.
    pub fn with_file(mut self, identifier: u16, octets: &[u8], access: Access) -> Self {
        self.files.add_file(self.public, identifier, octets, access);
        self
    }

    fn carry_out(&mut self, command: &Command) -> (Vec<u8>, u16) {
        let status = |status| (Vec::new(), status);
        match command.header() {
            [0x00, 0xA4, 0x04, 0x0C] => {
                self.is_selected = command.data == AID;
                status(if self.is_selected { 0x9000 } else { 0x6A82 })
            }
            [0x00, 0xA4, _, _] => status(0x6A86),
            _ if !self.is_selected => status(0x6985),
            [0x80, 0xA4, 0x08, 0x0C] => {
                let Some(path) = command.data.strip_prefix(&[0x3F, 0x00]) else {
                    return status(0x6A82);
                };
                match self.files.follow(FileSystem::MASTER, path) {
                    Some(file) => {
                        self.files.select(file);
                        (self.files.control(file, 0x62), 0x9000)
                    }
                    None => status(0x6A82),
                }
            }
            [0x80, 0xA4, _, _] => status(0x6A86),
            [0x80, 0x30, sort @ (0x01 | 0x38 | 0x08), 0x00] => (self.list(sort), 0x9000),
            [0x00, 0xB0, _, _] => {
                let answer = self.files.answer(command, &self.pins);
                answer.unwrap_or((Vec::new(), 0x6D00))
            }
            [0x80, 0xCB, 0x01, 0x14] => (SERIAL.to_vec(), 0x9000),
            [0x80, 0xCB, _, _] => status(0x6A88),
            [0x00, 0x20, 0x00, reference] => status(self.pins.verify(reference, &command.data)),
            [0x00 | 0x80, ..] => status(0x6D00),
            _ => status(0x6E00),
        }
    }

    /// `D1 02 count`, then `D2 02 identifier` a file.
    fn list(&self, sort: u8) -> Vec<u8> {
        let here = self.files.directory();
        let listed = self.files.children(here).iter().filter(|file| match sort {
            0x01 => !self.files.is_directory(**file),
            0x38 => self.files.is_directory(**file),
            _ => false,
        });
        let entries: Vec<[u8; 4]> = listed
            .map(|file| {
                let [high, low] = self.files.identifier(*file).to_be_bytes();
                [0xD2, 0x02, high, low]
            })
            .collect();
        let [high, low] = (entries.len() as u16).to_be_bytes();
        [&[0xD1, 0x02, high, low], entries.concat().as_slice()].concat()
    }
}

/// A file of attributes with its checksum: type, flags, length and value each, a hole in between, and four octets of
/// freshness behind them.
pub fn attribute_file(attributes: &[(u16, &[u8])]) -> Vec<u8> {
    let checksum = [0; 20];
    let mut file = vec![0x01, 0, 0, 0, 0, 0, 0];
    for (kind, value) in [(0x8013, &checksum[..])].iter().chain(attributes) {
        file.extend(kind.to_be_bytes());
        file.push(0);
        file.extend((value.len() as u16).to_be_bytes());
        file.extend_from_slice(value);
        if *kind == 0x0003 {
            file.extend([0xFF; 9]);
        }
    }
    file.extend([0, 0, 0, 7]);
    let sum = Sha1::digest(&file);
    file[12..32].copy_from_slice(&sum);
    file
}

impl Card for JacartaPki {
    fn atr(&self) -> Vec<u8> {
        self.atr.clone()
    }

    fn reset(&mut self) {
        self.files.reset();
        self.pins.reset();
        self.waiting.reset();
        self.is_selected = false;
    }

    fn answer(&mut self, command: &[u8]) -> Option<Vec<u8>> {
        let Some(command) = Command::read(command, self.protocol) else {
            return Some(vec![0x67, 0x00]);
        };
        if command.instruction == 0xC0 {
            return Some(self.waiting.fetch(&command));
        }
        let (data, status) = self.carry_out(&command);
        Some(self.waiting.respond(&command, self.protocol, &data, status))
    }
}
