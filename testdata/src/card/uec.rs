//! Universal electronic cards: version 1.0, version 1.0 of the chip that answers nothing (Micron), and version 1.1 with
//! terminal authentication and secure messaging for [`TestTerminal`].

mod authentication;
mod cipher;
mod files;
mod keys;
mod messaging;
mod sam;

pub use crate::der::tlv;
pub use keys::{INFORMATION, TestTerminal};
pub use sam::Sam;

use files::{Access, Content, File, Sector};
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
    files: Vec<File>,
    sectors: Vec<Sector>,
    key: PrivateKey,
    root: Vec<u8>,
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
            files: files::application(is_v11, form == Form::Micron, !is_v11),
            sectors: files::sectors(is_v11),
            key: PrivateKey::named("card"),
            root: PrivateKey::named("root").public(),
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
        let Some(mut session) = self.session.clone() else {
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
            (0x2A, 0, 0xBE) if self.directory == Directory::Application => {
                status(self.verify_certificate(&command.data))
            }
            (0x82, 0, 0x15) if self.directory == Directory::Application => {
                self.authenticate(&command.data)
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
        let answer = match (p2, directory, self.form) {
            (0x0C, ..) => "",
            (0x00, Directory::Application, Form::V10) => files::FCI,
            (0x00, Directory::Application, Form::V11) if self.takes_long_data => files::FMD_LONG,
            (0x00, Directory::Application, Form::V11) => files::FMD,
            (0x00, ..) => "",
            _ => return (Vec::new(), 0x6A86),
        };
        (hex::decode(answer).unwrap_or_default(), OK)
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

    /// The selected file, if it is open.
    fn open_file(&self, is_secure: bool) -> Result<&Content, u16> {
        let selected = self.file.ok_or(0x6986u16)?;
        let mut here = self.files_here().iter();
        let file = here.find(|file| file.fid == selected).ok_or(0x6986u16)?;
        let is_open = match file.access {
            Access::Free => true,
            Access::Contact => self.interface == Interface::Contact || is_secure,
            Access::Pin => is_secure && self.is_verified,
        };
        is_open.then_some(&file.content).ok_or(SECURITY)
    }

    fn get_data(&self, tag: [u8; 2], expected: Option<usize>, is_secure: bool) -> (Vec<u8>, u16) {
        let number = u16::from_be_bytes(tag);
        let value = match (self.directory, number) {
            (Directory::Issuer, 0x00CF) => files::CIN.to_vec(),
            (Directory::Application, 0xDF2C) if self.form == Form::V11 => {
                return match expected {
                    Some(1) => (vec![0x77], OK),
                    _ => (Vec::new(), 0x6700),
                };
            }
            (Directory::Application | Directory::Sector(_), _) => match self.open_file(is_secure) {
                Ok(Content::Objects(objects)) => {
                    let mut objects = objects.iter();
                    match objects.find(|(tag, _)| *tag == number) {
                        Some((_, value)) => value.clone(),
                        None => return (Vec::new(), 0x6A88),
                    }
                }
                Ok(_) => return (Vec::new(), 0x6981),
                Err(status) => return (Vec::new(), status),
            },
            _ => return (Vec::new(), 0x6A88),
        };
        // Version 1.0 answers with the tag.
        match (self.form, tag) {
            (Form::V10, [0, low]) => (tlv(&[low], &value), OK),
            (Form::V10, tag) => (tlv(&tag, &value), OK),
            _ => (value, OK),
        }
    }

    fn read_binary(
        &self,
        offset: usize,
        expected: Option<usize>,
        is_secure: bool,
    ) -> (Vec<u8>, u16) {
        let file = match self.open_file(is_secure) {
            Ok(Content::Binary(file)) => file,
            Ok(_) => return (Vec::new(), 0x6981),
            Err(status) => return (Vec::new(), status),
        };
        let wanted = expected.unwrap_or(0);
        match file.get(offset..) {
            None | Some([]) => (Vec::new(), 0x6B00),
            Some(rest) if rest.len() >= wanted => (rest[..wanted].to_vec(), OK),
            Some(rest) if self.protocol() == Protocol::T0 && !is_secure => (rest.to_vec(), OK),
            Some(rest) => (rest.to_vec(), 0x6282),
        }
    }

    fn read_record(&self, number: u8, is_secure: bool) -> (Vec<u8>, u16) {
        match self.open_file(is_secure) {
            Ok(Content::Records(records)) => {
                let place = usize::from(number).checked_sub(1);
                match place.and_then(|place| records.get(place)) {
                    Some(record) => (record.clone(), OK),
                    None => (Vec::new(), 0x6A83),
                }
            }
            Ok(_) => (Vec::new(), 0x6981),
            Err(status) => (Vec::new(), status),
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
            self.drop_session();
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
