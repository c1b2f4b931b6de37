//! Universal electronic cards: version 1.0, version 1.0 of the chip that answers nothing (Micron), and version 1.1 with
//! terminal authentication and secure messaging for [`TestTerminal`].

mod authentication;
mod cipher;
mod des;
mod files;
mod keys;
mod messaging;
mod reading;
mod rsa;
mod sam;
mod terminal;

pub use crate::der::tlv;
pub use sam::Sam;
pub use terminal::{INFORMATION, INFORMATION_RSA, TestTerminal};

use std::collections::BTreeMap;

use files::{Content, File, Sector};
use keys::PrivateKey;
use messaging::Session;

use super::{Card, Command, Protocol, Waiting};

const ID_AID: [u8; 8] = [0xA0, 0, 0, 0x04, 0x32, 0x90, 0, 0x01];
const ISD_AID: [u8; 11] = [0xA0, 0, 0, 0x04, 0x32, 0x55, 0x45, 0x43, 0x49, 0x53, 0x44];
const PAYMENT_AID: [u8; 7] = [0xA0, 0, 0, 0x04, 0x32, 0, 0x01];

/// With contacts: T=0, as no TD1 is there.
const ATR_CONTACT: &str = "3B6C000080641134014873F741C08107";
const ATR_MICRON: &str = "3B6C000080641165019073000000 8107";
/// Without contacts, as readers write it: T=1.
const ATR_CONTACTLESS: &str = "3B8C80018064116501907300000081 07F9";

const TRIES: u8 = 3;

const OK: u16 = 0x9000;
const SECURITY: u16 = 0x6982;

/// How a card reaches its reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interface {
    /// With contacts, T=0.
    Contact,
    /// Without contacts, T=1.
    Contactless,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    V10,
    Micron,
    V11,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Directory {
    None,
    Application,
    Sector(usize),
    Issuer,
    Payment,
}

/// A universal electronic card. It takes no PIN outside a session, counts tries, and loses session and PIN on reset, on
/// the selection of an application and on any command in the clear.
pub struct Uec {
    form: Form,
    interface: Interface,
    has_application: bool,
    takes_long_data: bool,
    has_rsa: bool,
    /// What SELECT of the application answers.
    information: Vec<u8>,
    files: Vec<File>,
    sectors: Vec<Sector>,
    key: PrivateKey,
    environment: BTreeMap<[u8; 2], u8>,
    directory: Directory,
    file: Option<u16>,
    waiting: Waiting,
    envelope: Vec<u8>,
    operator: Option<Vec<u8>>,
    terminal: Option<Vec<u8>>,
    challenge: Option<Vec<u8>>,
    challenges: u32,
    session: Option<Session>,
    is_verified: bool,
    tries: u8,
    pins: u32,
}

impl Uec {
    /// Version 1.0, both suites; the health insurance is free to read.
    #[must_use]
    pub fn v1_0() -> Self {
        Self::of(Form::V10, Interface::Contact)
    }

    /// Version 1.0, and SELECT of the application is answered with nothing.
    #[must_use]
    pub fn micron() -> Self {
        Self::of(Form::Micron, Interface::Contact)
    }

    /// Version 1.1, GOST only.
    #[must_use]
    pub fn v1_1(interface: Interface) -> Self {
        Self::of(Form::V11, interface)
    }

    /// Version 1.1 of a chip that takes long commands.
    #[must_use]
    pub fn v1_1_long(interface: Interface) -> Self {
        Self {
            takes_long_data: true,
            information: files::fmd(0xA0, &files::SECTORS),
            ..Self::v1_1(interface)
        }
    }

    /// Version 1.1 with both suites.
    #[must_use]
    pub fn v1_1_rsa(interface: Interface) -> Self {
        Self {
            has_rsa: true,
            information: files::fmd(0xC0, &files::SECTORS),
            files: files::application(true, false, true),
            ..Self::v1_1(interface)
        }
    }

    /// Version 1.1 with both suites, of a chip that takes long commands.
    #[must_use]
    pub fn v1_1_rsa_long(interface: Interface) -> Self {
        Self {
            takes_long_data: true,
            information: files::fmd(0xE0, &files::SECTORS),
            ..Self::v1_1_rsa(interface)
        }
    }

    /// Version 1.1 with every block that is known, the private data in the form of version 12; the photograph is this.
    #[must_use]
    pub fn v1_1_full(interface: Interface, photo: &[u8]) -> Self {
        Self {
            information: files::fmd(0x80, &files::ALL_SECTORS),
            sectors: files::all_sectors(photo),
            ..Self::v1_1(interface)
        }
    }

    /// The application of identification is gone; the domain of the issuer is there.
    #[must_use]
    pub fn without_application(mut self) -> Self {
        self.has_application = false;
        self
    }

    /// The holder's certificate is this file.
    #[must_use]
    pub fn with_holder_certificate(mut self, octets: &[u8]) -> Self {
        for file in self.files.iter_mut().filter(|file| file.fid == 0x0011) {
            file.content = Content::Binary(octets.to_vec());
        }
        self
    }

    /// The flag that tells of the holder's certificate is this file.
    #[must_use]
    pub fn with_presence(mut self, octets: &[u8]) -> Self {
        for file in self.files.iter_mut().filter(|file| file.fid == 0x0012) {
            file.content = Content::Binary(octets.to_vec());
        }
        self
    }

    /// There is no certificate of the holder, and the card says so.
    #[must_use]
    pub fn without_holder_certificate(mut self) -> Self {
        self.files.retain(|file| file.fid != 0x0011);
        for file in self.files.iter_mut().filter(|file| file.fid == 0x0012) {
            file.content = Content::Binary(vec![0x30, 4, 3, 2, 6, 0]);
        }
        self
    }

    /// Tries of PIN 1 that are left.
    #[must_use]
    pub fn tries_left(&self) -> u8 {
        self.tries
    }

    /// How many PINs came, in a session or not.
    #[must_use]
    pub fn pins(&self) -> u32 {
        self.pins
    }

    fn of(form: Form, interface: Interface) -> Self {
        let is_v11 = form == Form::V11;
        Self {
            form,
            interface,
            has_application: true,
            takes_long_data: false,
            has_rsa: !is_v11,
            information: match form {
                Form::V10 => hex::decode(files::FCI).unwrap_or_default(),
                Form::Micron => Vec::new(),
                Form::V11 => files::fmd(0x80, &files::SECTORS),
            },
            files: files::application(is_v11, form == Form::Micron, !is_v11),
            sectors: files::sectors(is_v11),
            key: PrivateKey::named("card"),
            environment: BTreeMap::new(),
            directory: Directory::None,
            file: None,
            waiting: Waiting::default(),
            envelope: Vec::new(),
            operator: None,
            terminal: None,
            challenge: None,
            challenges: 0,
            session: None,
            is_verified: false,
            tries: TRIES,
            pins: 0,
        }
    }

    fn protocol(&self) -> Protocol {
        match self.interface {
            Interface::Contact => Protocol::T0,
            Interface::Contactless => Protocol::T1,
        }
    }

    fn drop_security(&mut self) {
        self.environment.clear();
        self.operator = None;
        self.terminal = None;
        self.challenge = None;
        self.drop_session();
    }

    fn drop_session(&mut self) {
        self.session = None;
        self.is_verified = false;
    }

    /// Opens a protected command, carries it out, and protects the answer.
    fn protected(&mut self, command: &Command) -> (Vec<u8>, u16) {
        let Some(mut session) = self.session.clone().filter(|_| self.may_message()) else {
            return (Vec::new(), 0x6985);
        };
        let Some(inner) = session.open(command.header(), &command.data) else {
            self.drop_session();
            return (Vec::new(), 0x6988);
        };
        let command = Command {
            class: command.class & !0x0C,
            data: inner.data,
            expected: inner.expected,
            ..command.clone()
        };
        let (data, status) = self.carry_out(&command, true);
        let answer = session.close(&data, status);
        self.session = Some(session);
        (answer, OK)
    }

    fn carry_out(&mut self, command: &Command, is_secure: bool) -> (Vec<u8>, u16) {
        let status = |status| (Vec::new(), status);
        match (command.instruction, command.p1, command.p2) {
            (0xA4, 0x04, p2) => self.select_application(p2, &command.data),
            (0xA4, p1, p2) => self.select(p1, p2, &command.data),
            (0xCA, p1, p2) => self.get_data([p1, p2], command.expected, is_secure),
            (0xB0, p1, p2) => {
                let offset = usize::from(u16::from_be_bytes([p1, p2]));
                self.read_binary(offset, command.expected, is_secure)
            }
            (0xB2, number, 0x04) => self.read_record(number, is_secure),
            (0x84, 0, 0) if self.directory == Directory::Application => self.get_challenge(command),
            (0x22, p1, p2) if self.directory == Directory::Application => {
                status(self.manage([p1, p2], &command.data))
            }
            (0x2A, 0, p2) if self.directory == Directory::Application => {
                status(self.verify_certificate(p2, &command.data))
            }
            (0x82, 0, key) if self.directory == Directory::Application => {
                self.authenticate(key, command)
            }
            (0x20, 0, reference) => status(self.verify(reference, &command.data, is_secure)),
            (0x20 | 0x2A | 0x82 | 0x84 | 0xB2, ..) => status(0x6A86),
            _ => status(0x6D00),
        }
    }

    fn select_application(&mut self, p2: u8, aid: &[u8]) -> (Vec<u8>, u16) {
        let directory = match aid {
            aid if aid == ID_AID && self.has_application => Directory::Application,
            aid if aid == ISD_AID => Directory::Issuer,
            aid if aid == PAYMENT_AID => Directory::Payment,
            _ => return (Vec::new(), 0x6A82),
        };
        self.drop_security();
        self.directory = directory;
        self.file = None;
        match (p2, directory) {
            (0x00, Directory::Application) => (self.information.clone(), OK),
            (0x00 | 0x0C, _) => (Vec::new(), OK),
            _ => (Vec::new(), 0x6A86),
        }
    }

    fn select(&mut self, p1: u8, p2: u8, data: &[u8]) -> (Vec<u8>, u16) {
        let in_application = matches!(
            self.directory,
            Directory::Application | Directory::Sector(_)
        );
        let fid = match *data {
            [high, low] => u16::from_be_bytes([high, low]),
            [] => 0,
            _ => return (Vec::new(), 0x6700),
        };
        let is_v11 = self.form == Form::V11;
        match (p1, p2, fid) {
            _ if !in_application => (Vec::new(), 0x6A86),
            (0x03, 0x0C, 0) if !is_v11 => self.enter(Directory::Application),
            (0x00, 0x0C, 0x3F3F) if is_v11 => self.enter(Directory::Application),
            (0x00, 0x0C, _) => match self.files_here().iter().any(|file| file.fid == fid) {
                true => {
                    self.file = Some(fid);
                    (Vec::new(), OK)
                }
                false => (Vec::new(), 0x6A82),
            },
            (0x00, 0x08, _) if is_v11 => self.select_sector(fid),
            (0x00, 0x00, _) if !is_v11 => self.select_sector(fid),
            _ => (Vec::new(), 0x6A86),
        }
    }

    fn enter(&mut self, directory: Directory) -> (Vec<u8>, u16) {
        self.directory = directory;
        self.file = None;
        (Vec::new(), OK)
    }

    fn select_sector(&mut self, fid: u16) -> (Vec<u8>, u16) {
        let place = self.sectors.iter().position(|sector| sector.fid == fid);
        let Some(place) = place.filter(|_| self.directory == Directory::Application) else {
            return (Vec::new(), 0x6A82);
        };
        self.enter(Directory::Sector(place));
        (self.sectors[place].catalogue.clone(), OK)
    }

    fn files_here(&self) -> &[File] {
        match self.directory {
            Directory::Application => &self.files,
            Directory::Sector(place) => &self.sectors[place].files,
            Directory::None | Directory::Issuer | Directory::Payment => &[],
        }
    }
}

impl Card for Uec {
    fn atr(&self) -> Vec<u8> {
        let atr = match (self.interface, self.form) {
            (Interface::Contactless, _) => ATR_CONTACTLESS,
            (Interface::Contact, Form::Micron) => ATR_MICRON,
            (Interface::Contact, _) => ATR_CONTACT,
        };
        hex::decode(atr.replace(' ', "")).unwrap_or_default()
    }

    fn reset(&mut self) {
        self.drop_security();
        self.directory = Directory::None;
        self.file = None;
        self.waiting.reset();
        self.envelope.clear();
    }

    fn answer(&mut self, octets: &[u8]) -> Option<Vec<u8>> {
        let protocol = self.protocol();
        let Some(command) = Command::read(octets, protocol) else {
            return Some(vec![0x67, 0x00]);
        };
        if command.instruction == 0xC0 {
            return Some(self.waiting.fetch(&command));
        }
        if command.instruction == 0xC2 && self.takes_long_data {
            let Some(whole) = self.envelope(&command.data) else {
                return Some(vec![0x90, 0x00]);
            };
            self.drop_session();
            let (data, status) = self.carry_out(&whole, false);
            return Some(self.waiting.respond(&command, protocol, &data, status));
        }
        let Some(whole) = self.waiting.chained(command.clone()) else {
            return Some(vec![0x90, 0x00]);
        };
        let (data, status) = if whole.class & 0x0C == 0x0C {
            self.protected(&whole)
        } else if whole.class != 0 {
            (Vec::new(), 0x6E00)
        } else {
            // The environment of a session is set up in the clear.
            if whole.instruction != 0x22 {
                self.drop_session();
            }
            self.carry_out(&whole, false)
        };
        // With T=0 the card knows the length and takes no other (ISO/IEC 7816-3 §12.2.1.3).
        let asked = command.expected.unwrap_or(0);
        let is_other = command.data.is_empty() && !data.is_empty() && asked > data.len();
        match u8::try_from(data.len()) {
            Ok(length) if protocol == Protocol::T0 && is_other => Some(vec![0x6C, length]),
            _ => Some(self.waiting.respond(&command, protocol, &data, status)),
        }
    }
}
