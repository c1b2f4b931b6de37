//! Key containers of CryptoPro CSP: six files, of which a reader may know two.

mod checksum;

use super::Identity;
use crate::error::Error;
use crate::oid::Oid;
use crate::timestamp::Timestamp;
use crate::{der, oid};

/// What fills masks and primary: it must never leave a card.
pub const CANARY: [u8; 12] = *b"PRIVATE-KEY!";

/// Key agreement with keys of GOST R 34.10-2012 of 256 bits: how containers name the algorithm.
const AGREEMENT_256: Oid = Oid::constant(&[1, 2, 643, 7, 1, 1, 6, 1]);
const AGREEMENT_512: Oid = Oid::constant(&[1, 2, 643, 7, 1, 1, 6, 2]);
const EXCHANGE_A: Oid = Oid::constant(&[1, 2, 643, 2, 2, 36, 0]);
const SET_512_A: Oid = Oid::constant(&[1, 2, 643, 7, 1, 2, 1, 2, 1]);
const STREEBOG_256: Oid = Oid::constant(&[1, 2, 643, 7, 1, 1, 2, 2]);
const STREEBOG_512: Oid = Oid::constant(&[1, 2, 643, 7, 1, 1, 2, 3]);
const USAGE_PERIOD: Oid = Oid::constant(&[2, 5, 29, 16]);

/// A container to be written.
#[derive(Clone)]
pub struct Container {
    name: String,
    primary: Key,
    secondary: Option<Key>,
    has_key: bool,
    period: Option<(Timestamp, Timestamp)>,
    is_damaged: bool,
    form: Form,
}

#[derive(Clone, Copy)]
struct Key {
    identity: Identity,
    /// The key whose fingerprint is written, when not that of the certificate.
    fingerprint_of: Identity,
    has_certificate: bool,
    is_exportable: bool,
}

/// How a header is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// As the schema has it.
    Schema,
    /// With a field in front that no schema knows.
    Strange,
}

/// The files of a container: the octet that names it and its octets.
pub const SUFFIXES: [u8; 6] = [0x01, 0x02, 0x03, 0x04, 0x05, 0x06];

impl Container {
    /// A container with a key, not exportable, and its certificate.
    pub fn new(name: &str, identity: Identity) -> Self {
        Self {
            name: name.to_owned(),
            primary: Key::new(identity),
            secondary: None,
            has_key: true,
            period: None,
            is_damaged: false,
            form: Form::Schema,
        }
    }

    /// With a second key.
    pub fn with_secondary(mut self, identity: Identity) -> Self {
        self.secondary = Some(Key::new(identity));
        self
    }

    /// The key may be exported.
    pub fn exportable(mut self) -> Self {
        self.primary.is_exportable = true;
        self
    }

    /// Without a certificate.
    pub fn without_certificate(mut self) -> Self {
        self.primary.has_certificate = false;
        self
    }

    /// The fingerprint is that of another key.
    pub fn with_fingerprint_of(mut self, other: Identity) -> Self {
        self.primary.fingerprint_of = other;
        self
    }

    /// The header says that the private key is elsewhere.
    pub fn without_key(mut self) -> Self {
        self.has_key = false;
        self
    }

    /// The private key is in use between two times.
    pub fn in_use(mut self, from: Timestamp, until: Timestamp) -> Self {
        self.period = Some((from, until));
        self
    }

    /// The checksum of the header is another.
    pub fn damaged(mut self) -> Self {
        self.is_damaged = true;
        self
    }

    /// The header begins with a field that no schema knows.
    pub fn strange(mut self) -> Self {
        self.form = Form::Strange;
        self
    }

    /// The octets of the file with this suffix.
    ///
    /// # Errors
    /// When a key cannot be written.
    pub fn file(&self, suffix: u8) -> Result<Vec<u8>, Error> {
        match suffix {
            0x03 => self.header(),
            0x06 => Ok(self.name_key()),
            _ => Ok(secret()),
        }
    }

    /// `name.key`.
    pub fn name_key(&self) -> Vec<u8> {
        der::sequence(&[der::element(0x16, &windows_1251(&self.name))])
    }

    /// `header.key`.
    ///
    /// # Errors
    /// When a key cannot be written.
    pub fn header(&self) -> Result<Vec<u8>, Error> {
        let strange = match self.form {
            Form::Schema => Vec::new(),
            Form::Strange => der::octet_string(b"?"),
        };
        let attributes: &[u8] = if self.has_key { &[] } else { &[2] };
        let mut fields = vec![
            strange,
            der::element(0x16, &windows_1251(&self.name)),
            der::named_bits(attributes),
            der::sequence(&[self.primary.parameters()?]),
            der::context_primitive(2, &[0; 4]),
        ];
        if let Some(secondary) = &self.secondary {
            fields.push(der::context(4, &secondary.parameters()?));
        }
        fields.push(self.primary.certificate(5)?);
        if let Some(secondary) = &self.secondary {
            fields.push(secondary.certificate(6)?);
        }
        fields.push(self.primary.fingerprint(10)?);
        if let Some(secondary) = &self.secondary {
            fields.push(secondary.fingerprint(11)?);
        }
        if let Some((from, until)) = self.period {
            let period = der::sequence(&[
                der::context_primitive(0, from.generalized().as_bytes()),
                der::context_primitive(1, until.generalized().as_bytes()),
            ]);
            let extension = der::sequence(&[
                der::object_identifier(&USAGE_PERIOD),
                der::octet_string(&period),
            ]);
            fields.push(der::context(12, &der::sequence(&[extension])));
        }
        let content = der::sequence(&fields);
        let mut checksum = checksum::of(&content);
        checksum[0] ^= u8::from(self.is_damaged);
        Ok(der::sequence(&[content, der::octet_string(&checksum)]))
    }
}

impl Key {
    fn new(identity: Identity) -> Self {
        Self {
            identity,
            fingerprint_of: identity,
            has_certificate: true,
            is_exportable: false,
        }
    }

    /// Attributes and algorithm, without the SEQUENCE around them.
    fn parameters(&self) -> Result<Vec<u8>, Error> {
        let attributes: &[u8] = if self.is_exportable { &[0, 2] } else { &[2] };
        let (algorithm, set, digest) = match self.identity.public_key()?.len() {
            0..=127 => (AGREEMENT_256, EXCHANGE_A, STREEBOG_256),
            128..=139 => (AGREEMENT_512, SET_512_A, STREEBOG_512),
            _ => (oid::RSA_ENCRYPTION, EXCHANGE_A, STREEBOG_256),
        };
        let sets = der::sequence(&[
            der::object_identifier(&set),
            der::object_identifier(&digest),
        ]);
        let algorithm = [der::object_identifier(&algorithm), sets].concat();
        Ok([der::named_bits(attributes), der::context(0, &algorithm)].concat())
    }

    fn certificate(&self, number: u8) -> Result<Vec<u8>, Error> {
        if !self.has_certificate {
            return Ok(Vec::new());
        }
        Ok(der::context_primitive(number, self.identity.certificate()?))
    }

    /// The first octets of x, little-endian.
    fn fingerprint(&self, number: u8) -> Result<Vec<u8>, Error> {
        let point = self.fingerprint_of.public_key()?;
        let start = if point.get(1) == Some(&0x81) { 3 } else { 2 };
        let octets = point.get(start..start + 8).unwrap_or_default();
        Ok(der::context_primitive(number, octets))
    }
}

/// Masks or primary.
fn secret() -> Vec<u8> {
    der::sequence(&[der::octet_string(&CANARY.repeat(4))])
}

/// Letters outside ASCII are Russian ones.
fn windows_1251(text: &str) -> Vec<u8> {
    let octet = |character: char| match character {
        'Ё' => 0xA8,
        'ё' => 0xB8,
        'А'..='я' => (u32::from(character) - u32::from('А') + 0xC0) as u8,
        other if other.is_ascii() => other as u8,
        _ => b'?',
    };
    text.chars().map(octet).collect()
}
