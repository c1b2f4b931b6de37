//! What `pkcs15-init` lays down on a Rutoken: directories of objects in 5000, the objects in 1000/1000.

use super::key::Kind;
use super::{Access, Rutoken, RutokenKey, SERIAL, USER};
use crate::card::files::FileSystem;
use crate::der;
use crate::error::Error;

const AID: &[u8] = b"\xA0\0\0\0\x63PKCS-15";
const APPLICATION: u16 = 0x5000;
const OBJECTS: u16 = 0x5031;
const TOKEN: u16 = 0x5032;
const PRIVATE_KEYS: u16 = 0x6002;
const CERTIFICATES: u16 = 0x6004;
const PINS: u16 = 0x6005;
const LABEL: &str = "Rutoken (test)";

impl Rutoken {
    /// With a key and its certificate as objects of PKCS #15.
    ///
    /// # Errors
    /// When the certificate is not there.
    pub fn with_key(mut self, key: RutokenKey) -> Result<Self, Error> {
        let number = u16::from(key.reference);
        let parent = self.directory(&[0x1000, 0x1000, CERTIFICATES]);
        let certificate = key.identity.certificate()?;
        self.file(parent, 0x0300 | number, certificate, Access::Free);
        let parent = self.directory(&[0x1000, 0x1000, PRIVATE_KEYS]);
        self.file(parent, 0x0100 | number, &[0; 32], Access::Never);
        self.keys.push(key);
        self.write_pkcs15();
        Ok(self)
    }

    /// As PKCS #15 without keys.
    pub fn with_pkcs15(mut self) -> Self {
        self.write_pkcs15();
        self
    }

    fn write_pkcs15(&mut self) {
        let application = self.directory(&[APPLICATION]);
        let private_keys: Vec<u8> = self.keys.iter().flat_map(private_key).collect();
        let certificates: Vec<u8> = self.keys.iter().flat_map(certificate).collect();
        let of = |identifier: u16| path(&[0x3F00, APPLICATION, identifier]);
        let objects = [
            der::context(8, &of(PINS)),
            der::context(0, &of(PRIVATE_KEYS)),
            der::context(4, &of(CERTIFICATES)),
        ];
        let token = der::sequence(&[
            der::small_integer(0),
            der::octet_string(&SERIAL),
            der::utf8_string("Aktiv"),
            der::context_primitive(0, LABEL.as_bytes()),
            der::named_bits(&[2]),
        ]);
        let template = [
            der::element(0x4F, AID),
            der::element(0x50, LABEL.as_bytes()),
            der::element(0x51, &[0x3F, 0x00, 0x50, 0x00]),
        ];
        let template = der::element(0x61, &template.concat());
        for (directory, identifier, octets) in [
            (FileSystem::MASTER, 0x2F00, template),
            (application, OBJECTS, objects.concat()),
            (application, TOKEN, token),
            (application, PRIVATE_KEYS, private_keys),
            (application, CERTIFICATES, certificates),
            (application, PINS, pin()),
        ] {
            // Directories have room for more objects.
            let mut octets = octets;
            octets.resize((octets.len() + 1).next_multiple_of(64), 0);
            match self.files.child(directory, identifier) {
                Some(file) => self.files.write(file, &octets),
                None => {
                    self.file(directory, identifier, &octets, Access::Free);
                }
            }
        }
    }
}

/// `Path ::= SEQUENCE { path OCTET STRING }`.
fn path(identifiers: &[u16]) -> Vec<u8> {
    let octets: Vec<u8> = identifiers.iter().flat_map(|id| id.to_be_bytes()).collect();
    der::sequence(&[der::octet_string(&octets)])
}

fn label(key: &RutokenKey) -> String {
    format!("key {}", key.reference)
}

fn private_key(key: &RutokenKey) -> Vec<u8> {
    let common = der::sequence(&[
        der::utf8_string(&label(key)),
        der::named_bits(&[0]),
        der::octet_string(&[USER]),
    ]);
    let class = der::sequence(&[
        der::octet_string(&[key.reference]),
        der::named_bits(&[2]),
        der::named_bits(&[0, 2, 3, 4]),
        der::small_integer(key.reference.into()),
    ]);
    let place = path(&[
        0x3F00,
        0x1000,
        0x1000,
        PRIVATE_KEYS,
        0x0100 | u16::from(key.reference),
    ]);
    match key.kind {
        Kind::Rsa(octets) => {
            let own = der::sequence(&[place, der::small_integer(octets as u64 * 8)]);
            der::sequence(&[common, class, der::context(1, &own)])
        }
        Kind::Gost(_) => {
            let own = der::sequence(&[place, der::small_integer(1), der::small_integer(1)]);
            der::context(4, &[common, class, der::context(1, &own)].concat())
        }
    }
}

fn certificate(key: &RutokenKey) -> Vec<u8> {
    let common = der::sequence(&[der::utf8_string(&label(key)), der::named_bits(&[])]);
    let class = der::sequence(&[der::octet_string(&[key.reference])]);
    let place = path(&[
        0x3F00,
        0x1000,
        0x1000,
        CERTIFICATES,
        0x0300 | u16::from(key.reference),
    ]);
    der::sequence(&[common, class, der::context(1, &der::sequence(&[place]))])
}

/// The owner's PIN: at least six characters, at most 32, no padding.
fn pin() -> Vec<u8> {
    let common = der::sequence(&[der::utf8_string("User PIN"), der::named_bits(&[0, 1])]);
    let class = der::sequence(&[der::octet_string(&[USER])]);
    let own = der::sequence(&[
        der::named_bits(&[0, 4]),
        der::enumerated(1),
        der::small_integer(6),
        der::small_integer(32),
        der::small_integer(32),
        der::context_primitive(0, &[USER]),
    ]);
    der::sequence(&[common, class, der::context(1, &own)])
}
