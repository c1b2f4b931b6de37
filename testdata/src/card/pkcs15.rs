//! A card with PKCS #15 (ISO/IEC 7816-15) and keys that sign: what an applet for any Java card offers.
//!
//! It speaks as IsoApplet does, an open-source applet that OpenSC knows: SELECT of its identifier gives three octets
//! (version and features), keys have references and no files, the algorithm is named in the security environment.
//! `reversed` makes the keys of Rutoken ECP of it: numbers with the low octet first, as a digest of GOST has it anyway.

mod layout;

pub use layout::{Finding, Object};

use super::files::FileSystem;
use super::{Card, CardPin, Command, Identity, Pins, Protocol, Waiting};
use crate::digest::Digest;
use crate::error::Error;

/// The applet.
const APPLET: [u8; 12] = [
    0xF2, 0x76, 0xA2, 0x88, 0xBC, 0xFB, 0xA6, 0x9D, 0x34, 0xF3, 0x10, 0x01,
];

/// Version 0.6, elliptic curves.
const APPLET_ANSWER: [u8; 3] = [0x00, 0x06, 0x04];

/// Reference of the PIN.
pub const PIN_REFERENCE: u8 = 0x01;

/// The PIN.
pub const PIN: &[u8] = b"123456";

/// Octets of the PIN as it is stored, filled with 00.
const PIN_LENGTH: usize = 16;

/// Tries of the PIN.
pub const PIN_TRIES: u8 = 3;

/// What a key does, and with what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyForm {
    /// RSA; the card pads a `DigestInfo`.
    RsaDigestInfo,
    /// RSA; the card takes the padded block.
    RsaBlock,
    /// ECDSA; the card gives `Ecdsa-Sig-Value`.
    EcSequence,
    /// ECDSA; the card gives r and s.
    EcPlain,
    /// ECDSA; the card takes what is signed, hashes it with SHA-1 and gives `Ecdsa-Sig-Value`, as IsoApplet does.
    EcSha1,
    /// GOST R 34.10, s and r.
    Gost,
}

impl KeyForm {
    /// Its reference in the security environment.
    fn algorithm(self) -> u8 {
        match self {
            Self::RsaDigestInfo => 0x11,
            Self::RsaBlock => 0x10,
            Self::EcSequence | Self::EcPlain | Self::EcSha1 => 0x21,
            Self::Gost => 0x31,
        }
    }
}

/// A key on the card.
#[derive(Clone)]
pub struct CardKey {
    identity: Identity,
    form: KeyForm,
    /// 84 of the security environment.
    reference: u8,
    identifier: u8,
}

/// A PKCS #15 card.
#[derive(Clone)]
pub struct Pkcs15Card {
    atr: Vec<u8>,
    protocol: Protocol,
    files: FileSystem,
    pins: Pins,
    keys: Vec<CardKey>,
    /// Key that the security environment names.
    environment: Option<usize>,
    waiting: Waiting,
    is_reversed: bool,
    forgets: bool,
    signatures: u32,
}

impl Pkcs15Card {
    /// A card with one key: of the PKI `rsa`, `p256` or `ru-demo`, by the form of the key.
    ///
    /// # Errors
    /// When the PKI does not declare its certificate.
    pub fn new(form: KeyForm, protocol: Protocol) -> Result<Self, Error> {
        let (pki, person) = match form {
            KeyForm::RsaDigestInfo | KeyForm::RsaBlock => ("rsa", "person"),
            KeyForm::EcSequence | KeyForm::EcPlain | KeyForm::EcSha1 => ("p256", "person"),
            KeyForm::Gost => ("ru-demo", "citizen"),
        };
        Self::of(form, protocol, [pki, person])
    }

    /// The same with the key of a person of a PKI.
    ///
    /// # Errors
    /// When the PKI does not declare the certificate.
    pub fn of(
        form: KeyForm,
        protocol: Protocol,
        [pki, person]: [&'static str; 2],
    ) -> Result<Self, Error> {
        let key = CardKey {
            identity: Identity::new(pki, person)?,
            form,
            reference: 0x01,
            identifier: 0x45,
        };
        Self::with_key(key, Identity::new(pki, "ca")?, protocol)
    }

    fn with_key(key: CardKey, issuer: Identity, protocol: Protocol) -> Result<Self, Error> {
        let stored = [PIN, &[0; PIN_LENGTH][PIN.len()..]].concat();
        let files = layout::files(&key, key.identity.certificate()?, issuer.certificate()?);
        Ok(Self {
            atr: match protocol {
                // Historical bytes "TEST": no model has them.
                Protocol::T0 => b"\x3B\x04TEST".to_vec(),
                Protocol::T1 => b"\x3B\x84\x80\x01TEST\x13".to_vec(),
            },
            protocol,
            files,
            pins: Pins::new([CardPin::new(PIN_REFERENCE, &stored, PIN_TRIES)]),
            keys: vec![key],
            environment: None,
            waiting: Waiting::default(),
            is_reversed: false,
            forgets: false,
            signatures: 0,
        })
    }

    /// Octets come and go last first.
    #[must_use]
    pub fn reversed(mut self) -> Self {
        self.is_reversed = true;
        self
    }

    /// A PIN counts for one signature.
    #[must_use]
    pub fn forgetting(mut self) -> Self {
        self.forgets = true;
        self
    }

    /// The PIN has so many tries left.
    #[must_use]
    pub fn with_tries_left(mut self, left: u8) -> Self {
        let stored = [PIN, &[0; PIN_LENGTH][PIN.len()..]].concat();
        let pin = CardPin::new(PIN_REFERENCE, &stored, PIN_TRIES).with_left(left);
        self.pins = Pins::new([pin]);
        self
    }

    /// The application is found in another way.
    #[must_use]
    pub fn found(mut self, how: Finding) -> Self {
        layout::find_by(&mut self.files, how);
        self
    }

    /// Puts other octets into a file of the application.
    #[must_use]
    pub fn with_object(mut self, object: Object, octets: &[u8]) -> Self {
        if let Some(file) = self.files.follow(FileSystem::MASTER, &object.path()) {
            self.files.write(file, octets);
        }
        self
    }

    /// The octets of a file of the application.
    pub fn object(&self, object: Object) -> &[u8] {
        let file = self.files.follow(FileSystem::MASTER, &object.path());
        file.and_then(|file| self.files.octets(file))
            .unwrap_or_default()
    }

    /// The PINs.
    pub fn pins(&self) -> &Pins {
        &self.pins
    }

    /// How many signatures it made.
    pub fn signatures(&self) -> u32 {
        self.signatures
    }

    fn carry_out(&mut self, command: &Command) -> (Vec<u8>, u16) {
        if command.class != 0x00 {
            return (Vec::new(), 0x6E00);
        }
        let alone = |status| (Vec::new(), status);
        match command.header() {
            [_, 0xA4, 0x04, _] if command.data == APPLET => {
                self.files.select(FileSystem::MASTER);
                (APPLET_ANSWER.to_vec(), 0x9000)
            }
            [_, 0x20, 0x00, reference] => {
                if !command.data.is_empty() && command.data.len() != PIN_LENGTH {
                    return alone(0x6700);
                }
                alone(self.pins.verify(reference, &command.data))
            }
            [_, 0x20, ..] => alone(0x6A86),
            [_, 0x22, 0x41, 0xB6] => alone(self.set_environment(&command.data)),
            [_, 0x22, ..] => alone(0x6A86),
            [_, 0x2A, 0x9E, 0x9A] => self.sign(&command.data).unwrap_or_else(alone),
            [_, 0x2A, ..] => alone(0x6A86),
            _ => {
                let answered = self.files.answer(command, &self.pins);
                answered.unwrap_or(alone(0x6D00))
            }
        }
    }

    /// MANAGE SECURITY ENVIRONMENT: algorithm (80), file (81), key (84).
    fn set_environment(&mut self, data: &[u8]) -> u16 {
        self.environment = None;
        let (mut algorithm, mut reference) = (None, None);
        let mut rest = data;
        while let [tag, length, behind @ ..] = rest {
            let Some((value, behind)) = behind.split_at_checked(usize::from(*length)) else {
                return 0x6A80;
            };
            match (tag, value) {
                (0x80, [value]) => algorithm = Some(*value),
                // Keys have no files: what the directory names in their place is taken.
                (0x81, [_, _]) => {}
                (0x84, [value]) => reference = Some(*value),
                _ => return 0x6A80,
            }
            rest = behind;
        }
        let mut keys = self.keys.iter();
        let Some(found) = keys.position(|key| Some(key.reference) == reference) else {
            return 0x6A88;
        };
        if algorithm != Some(self.keys[found].form.algorithm()) {
            return 0x6A80;
        }
        self.environment = Some(found);
        0x9000
    }

    fn sign(&mut self, data: &[u8]) -> Result<(Vec<u8>, u16), u16> {
        let key = &self.keys[self.environment.ok_or(0x6985_u16)?];
        if !self.pins.is_verified(PIN_REFERENCE) {
            return Err(0x6982);
        }
        let mut data = data.to_vec();
        if self.is_reversed && key.form != KeyForm::Gost {
            data.reverse();
        }
        let identity = &key.identity;
        let made = match key.form {
            KeyForm::RsaDigestInfo => identity.sign_digest_info(&data),
            KeyForm::RsaBlock => identity.sign_raw(&data),
            KeyForm::EcPlain | KeyForm::EcSequence | KeyForm::Gost if data.len() != 32 => {
                return Err(0x6A80);
            }
            KeyForm::EcPlain | KeyForm::Gost => identity.sign_raw(&data),
            KeyForm::EcSequence => identity
                .sign_raw(&data)
                .map(|halves| layout::sequence_of(&halves)),
            KeyForm::EcSha1 => identity
                .sign_raw(&Digest::Sha1.of(&data))
                .map(|halves| layout::sequence_of(&halves)),
        };
        let mut value = made.map_err(|_| 0x6A80_u16)?;
        if self.is_reversed {
            value.reverse();
        }
        if self.forgets {
            self.pins.forget(PIN_REFERENCE);
        }
        self.signatures += 1;
        Ok((value, 0x9000))
    }
}

impl Card for Pkcs15Card {
    fn atr(&self) -> Vec<u8> {
        self.atr.clone()
    }

    fn reset(&mut self) {
        self.files.reset();
        self.pins.reset();
        self.environment = None;
        self.waiting.reset();
    }

    fn answer(&mut self, octets: &[u8]) -> Option<Vec<u8>> {
        let Some(command) = Command::read(octets, self.protocol) else {
            return Some(vec![0x67, 0x00]);
        };
        if command.is_extended {
            return Some(vec![0x67, 0x00]);
        }
        if command.instruction == 0xC0 {
            return Some(self.waiting.fetch(&command));
        }
        let link = command.class & 0x10 != 0;
        if link && command.instruction != 0x2A {
            return Some(vec![0x68, 0x84]);
        }
        let Some(whole) = self.waiting.chained(command.clone()) else {
            return Some(vec![0x90, 0x00]);
        };
        let (data, status) = self.carry_out(&whole);
        let mut command = command;
        if data == APPLET_ANSWER {
            // The applet says its version to those who do not ask for an answer, too.
            command.expected = command.expected.or(Some(256));
        }
        Some(self.waiting.respond(&command, self.protocol, &data, status))
    }
}

#[cfg(test)]
mod tests;
