//! What `pkcs15-init` lays down on a Rutoken: directories of objects in the application, the objects beside them or in
//! a directory of the token's own.

use super::key::Kind;
use super::{Access, Model, Rutoken, RutokenKey, SERIAL, USER};
use crate::card::Identity;
use crate::card::files::FileSystem;
use crate::der;
use crate::error::Error;

const AID: &[u8] = b"\xA0\0\0\0\x63PKCS-15";
const OBJECTS: u16 = 0x5031;
const TOKEN: u16 = 0x5032;
const LABEL: &str = "Rutoken (test)";

/// Where a model has what.
struct Layout {
    application: u16,
    private_keys: u16,
    certificates: u16,
    pins: u16,
    /// Directories of the files of keys and of certificates.
    key_files: &'static [u16],
    certificate_files: &'static [u16],
    /// Characters of the owner's PIN.
    pin: [u64; 2],
}

const ECP: Layout = Layout {
    application: 0x5000,
    private_keys: 0x6002,
    certificates: 0x6004,
    pins: 0x6005,
    key_files: &[0x1000, 0x1000, 0x6002],
    certificate_files: &[0x1000, 0x1000, 0x6004],
    pin: [6, 32],
};

const LITE: Layout = Layout {
    key_files: &[0x5000],
    certificate_files: &[0x5000],
    pin: [4, 32],
    ..ECP
};

const S: Layout = Layout {
    application: 0x5015,
    private_keys: 0x4402,
    certificates: 0x4404,
    pins: 0x4401,
    key_files: &[0x5015],
    certificate_files: &[0x5015],
    pin: [8, 16],
};

impl Rutoken {
    /// With a key and its certificate as objects of PKCS #15.
    ///
    /// # Errors
    /// When the certificate is not there.
    pub fn with_key(mut self, key: RutokenKey) -> Result<Self, Error> {
        let parent = self.directory(self.layout().key_files);
        let number = u16::from(key.reference);
        self.file(parent, 0x0100 | number, &[0; 32], Access::Never);
        self.keys.push(key);
        self.with_certificate(key.reference, key.identity)
    }

    /// With a certificate as an object of PKCS #15 whose key is elsewhere.
    ///
    /// # Errors
    /// When the certificate is not there.
    pub fn with_certificate(mut self, number: u8, identity: Identity) -> Result<Self, Error> {
        let parent = self.directory(self.layout().certificate_files);
        let octets = identity.certificate()?;
        self.file(parent, 0x0300 | u16::from(number), octets, Access::Free);
        self.certificates.push(number);
        self.write_pkcs15();
        Ok(self)
    }

    /// As PKCS #15 without keys.
    pub fn with_pkcs15(mut self) -> Self {
        self.write_pkcs15();
        self
    }

    fn layout(&self) -> &'static Layout {
        match self.model {
            Model::Ecp => &ECP,
            Model::Lite => &LITE,
            Model::S => &S,
        }
    }

    fn write_pkcs15(&mut self) {
        let layout = self.layout();
        let application = self.directory(&[layout.application]);
        let keys = self.keys.iter();
        let private_keys: Vec<u8> = keys.flat_map(|key| private_key(key, layout)).collect();
        let certificates = self.certificates.iter();
        let certificates: Vec<u8> = certificates
            .flat_map(|it| certificate(*it, layout))
            .collect();
        let of = |identifier: u16| path(&[0x3F00, layout.application, identifier]);
        let objects = [
            der::context(8, &of(layout.pins)),
            der::context(0, &of(layout.private_keys)),
            der::context(4, &of(layout.certificates)),
        ];
        let token = der::sequence(&[
            der::small_integer(0),
            der::octet_string(&SERIAL),
            der::utf8_string("Aktiv"),
            der::context_primitive(0, LABEL.as_bytes()),
            der::named_bits(&[2]),
        ]);
        let [high, low] = layout.application.to_be_bytes();
        let template = [
            der::element(0x4F, AID),
            der::element(0x50, LABEL.as_bytes()),
            der::element(0x51, &[0x3F, 0x00, high, low]),
        ];
        let template = der::element(0x61, &template.concat());
        for (directory, identifier, octets) in [
            (FileSystem::MASTER, 0x2F00, template),
            (application, OBJECTS, objects.concat()),
            (application, TOKEN, token),
            (application, layout.private_keys, private_keys),
            (application, layout.certificates, certificates),
            (application, layout.pins, pin(layout)),
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

/// The path of a file of an object.
fn place(directories: &[u16], file: u16) -> Vec<u8> {
    path(&[&[0x3F00], directories, &[file]].concat())
}

fn label(number: u8) -> String {
    format!("key {number}")
}

fn private_key(key: &RutokenKey, layout: &Layout) -> Vec<u8> {
    let common = der::sequence(&[
        der::utf8_string(&label(key.reference)),
        der::named_bits(&[0]),
        der::octet_string(&[USER]),
    ]);
    let class = der::sequence(&[
        der::octet_string(&[key.reference]),
        der::named_bits(&[2]),
        der::named_bits(&[0, 2, 3, 4]),
        der::small_integer(key.reference.into()),
    ]);
    let place = place(layout.key_files, 0x0100 | u16::from(key.reference));
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

fn certificate(number: u8, layout: &Layout) -> Vec<u8> {
    let common = der::sequence(&[der::utf8_string(&label(number)), der::named_bits(&[])]);
    let class = der::sequence(&[der::octet_string(&[number])]);
    let place = place(layout.certificate_files, 0x0300 | u16::from(number));
    der::sequence(&[common, class, der::context(1, &der::sequence(&[place]))])
}

/// The owner's PIN, without padding.
fn pin(layout: &Layout) -> Vec<u8> {
    let [least, most] = layout.pin;
    let common = der::sequence(&[der::utf8_string("User PIN"), der::named_bits(&[0, 1])]);
    let class = der::sequence(&[der::octet_string(&[USER])]);
    let own = der::sequence(&[
        der::named_bits(&[0, 4]),
        der::enumerated(1),
        der::small_integer(least),
        der::small_integer(most),
        der::small_integer(most),
        der::context_primitive(0, &[USER]),
    ]);
    der::sequence(&[common, class, der::context(1, &own)])
}
