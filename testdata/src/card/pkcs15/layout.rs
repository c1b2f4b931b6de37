//! The files of a PKCS #15 card.

use super::{CardKey, KeyForm, PIN_LENGTH, PIN_REFERENCE};
use crate::card::files::{Access, FileSystem};
use crate::der::{
    context, context_primitive, element, enumerated, integer, named_bits, null, octet_string,
    sequence, small_integer, utf8_string,
};

/// Application identifier (PKCS #15 v1.1 §6.3).
const AID: [u8; 12] = *b"\xA0\x00\x00\x00\x63PKCS-15";

/// Directory of the application.
const DF: u16 = 0x5015;

/// How a reader comes to the application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    /// EF.DIR is a transparent file.
    Directory,
    /// EF.DIR has records.
    DirectoryOfRecords,
    /// By its identifier: there is no EF.DIR.
    Identifier,
    /// At the customary place: there is no EF.DIR and no identifier.
    Place,
}

/// A file of the application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Object {
    /// EF.OD.
    ObjectDirectory,
    /// EF.TokenInfo.
    TokenInfo,
    /// EF.AOD.
    Pins,
    /// EF.PrKD.
    PrivateKeys,
    /// EF.CD.
    Certificates,
    /// EF.CD of trusted certificates.
    TrustedCertificates,
    /// The certificate of the key.
    Certificate,
    /// The certificate of its issuer.
    IssuerCertificate,
}

impl Object {
    const ALL: [Self; 8] = [
        Self::ObjectDirectory,
        Self::TokenInfo,
        Self::Pins,
        Self::PrivateKeys,
        Self::Certificates,
        Self::TrustedCertificates,
        Self::Certificate,
        Self::IssuerCertificate,
    ];

    fn identifier(self) -> u16 {
        match self {
            Self::ObjectDirectory => 0x5031,
            Self::TokenInfo => 0x5032,
            Self::Pins => 0x4401,
            Self::PrivateKeys => 0x4402,
            Self::Certificates => 0x4404,
            Self::TrustedCertificates => 0x4405,
            Self::Certificate => 0x3100,
            Self::IssuerCertificate => 0x3101,
        }
    }

    /// File identifiers from the master file.
    pub fn path(self) -> [u8; 4] {
        let [a, b] = DF.to_be_bytes();
        let [c, d] = self.identifier().to_be_bytes();
        [a, b, c, d]
    }
}

/// `Path` to an object: whole for some, from the application for others.
fn path(object: Object) -> Vec<u8> {
    let octets = match object {
        Object::Certificates | Object::Certificate => [&[0x3F, 0x00][..], &object.path()].concat(),
        _ => object.identifier().to_be_bytes().to_vec(),
    };
    sequence(&[octet_string(&octets)])
}

/// All files. Those with objects are longer than what they hold, and filled with 00 or FF.
pub(super) fn files(key: &CardKey, certificate: &[u8], issuer: &[u8]) -> FileSystem {
    let mut files = FileSystem::new();
    let directory = files.add_directory(FileSystem::MASTER, DF, &AID);
    files.add_file(FileSystem::MASTER, 0x2F00, &template(), Access::Free);
    for object in Object::ALL {
        let (octets, room, fill) = match object {
            Object::ObjectDirectory => (object_directory(), 256, 0x00),
            Object::TokenInfo => (token_info(key), 128, 0x00),
            Object::Pins => (pins(), 256, 0xFF),
            Object::PrivateKeys => (private_key(key), 256, 0x00),
            Object::Certificates => {
                let entry = certificate_entry("Signature", key.identifier, false);
                (entry(Object::Certificate), 512, 0x00)
            }
            Object::TrustedCertificates => {
                let entry = certificate_entry("Issuer", key.identifier + 1, true);
                (entry(Object::IssuerCertificate), 128, 0xFF)
            }
            Object::Certificate => (certificate.to_vec(), certificate.len() + 40, 0x00),
            Object::IssuerCertificate => (issuer.to_vec(), issuer.len(), 0x00),
        };
        let mut octets = octets;
        octets.resize(room.max(octets.len()), fill);
        files.add_file(directory, object.identifier(), &octets, Access::Free);
    }
    files
}

/// Changes how the application is found.
pub(super) fn find_by(files: &mut FileSystem, how: Finding) {
    let Some(list) = files.child(FileSystem::MASTER, 0x2F00) else {
        return;
    };
    match how {
        Finding::Directory => {}
        Finding::DirectoryOfRecords => {
            let other = sequence_of_other_application();
            files.write_records(list, vec![other, template()]);
        }
        Finding::Identifier => files.remove(list),
        Finding::Place => {
            files.remove(list);
            if let Some(directory) = files.child(FileSystem::MASTER, DF) {
                files.rename(directory, &[]);
            }
        }
    }
}

/// An application template (ISO/IEC 7816-4 §12.2.2).
fn template() -> Vec<u8> {
    let parts = [
        element(0x4F, &AID),
        element(0x50, b"Test card"),
        element(0x51, &[&[0x3F, 0x00][..], &DF.to_be_bytes()].concat()),
    ];
    element(0x61, &parts.concat())
}

fn sequence_of_other_application() -> Vec<u8> {
    element(0x61, &element(0x4F, &[0xA0, 0, 0, 0, 3, 8]))
}

fn object_directory() -> Vec<u8> {
    [
        context(0, &path(Object::PrivateKeys)),
        context(4, &path(Object::Certificates)),
        context(5, &path(Object::TrustedCertificates)),
        context(8, &path(Object::Pins)),
    ]
    .concat()
}

fn token_info(key: &CardKey) -> Vec<u8> {
    let (mechanism, operations) = match key.form {
        KeyForm::RsaDigestInfo => (0x0001, named_bits(&[1])),
        KeyForm::RsaBlock => (0x0003, named_bits(&[1])),
        KeyForm::EcPlain | KeyForm::EcSequence => (0x1041, named_bits(&[1])),
        KeyForm::EcSha1 => (0x1042, named_bits(&[1])),
        KeyForm::Gost => (0x1201, named_bits(&[1])),
    };
    let algorithm = sequence(&[
        small_integer(1),
        small_integer(mechanism),
        null(),
        operations,
        small_integer(u64::from(key.form.algorithm())),
    ]);
    sequence(&[
        small_integer(0),
        octet_string(&[0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF]),
        utf8_string("Verifier test data"),
        context_primitive(0, b"Test card"),
        named_bits(&[2, 3]),
        context(2, &algorithm),
    ])
}

/// A PIN of ASCII digits, filled with 00 to 16 octets.
fn pins() -> Vec<u8> {
    let common = sequence(&[utf8_string("User PIN"), named_bits(&[0, 1])]);
    let class = sequence(&[octet_string(&[0x01])]);
    let length = u64::try_from(PIN_LENGTH).unwrap_or(0);
    let attributes = sequence(&[
        // case-sensitive, initialized, needs-padding.
        named_bits(&[0, 4, 5]),
        enumerated(1),
        small_integer(4),
        small_integer(length),
        small_integer(length),
        context_primitive(0, &[PIN_REFERENCE]),
        octet_string(&[0x00]),
        sequence(&[octet_string(
            &[&[0x3F, 0x00][..], &DF.to_be_bytes()].concat(),
        )]),
    ]);
    sequence(&[common, class, context(1, &attributes)])
}

fn private_key(key: &CardKey) -> Vec<u8> {
    let common = sequence(&[
        utf8_string("Signature key"),
        named_bits(&[0]),
        octet_string(&[0x01]),
    ]);
    let class = sequence(&[
        octet_string(&[key.identifier]),
        // sign, nonRepudiation.
        named_bits(&[2, 9]),
        // sensitive, alwaysSensitive, neverExtractable, local.
        named_bits(&[0, 2, 3, 4]),
        small_integer(u64::from(key.reference)),
        context(1, &small_integer(1)),
    ]);
    let place = sequence(&[octet_string(
        &[&[0x3F, 0x00][..], &DF.to_be_bytes()].concat(),
    )]);
    let size = match key.form {
        KeyForm::RsaDigestInfo | KeyForm::RsaBlock => small_integer(2048),
        KeyForm::EcPlain | KeyForm::EcSequence | KeyForm::EcSha1 => small_integer(256),
        // Numbers of the parameter sets of the key and of the digest.
        KeyForm::Gost => [small_integer(1), small_integer(1)].concat(),
    };
    let parts = [common, class, context(1, &sequence(&[place, size]))].concat();
    match key.form {
        KeyForm::RsaDigestInfo | KeyForm::RsaBlock => element(0x30, &parts),
        KeyForm::EcPlain | KeyForm::EcSequence | KeyForm::EcSha1 => context(0, &parts),
        KeyForm::Gost => context(4, &parts),
    }
}

fn certificate_entry(
    label: &'static str,
    identifier: u8,
    is_authority: bool,
) -> impl Fn(Object) -> Vec<u8> {
    move |place| {
        let common = sequence(&[utf8_string(label), named_bits(&[1])]);
        let authority = match is_authority {
            true => crate::der::boolean_true(),
            false => Vec::new(),
        };
        let class = sequence(&[octet_string(&[identifier]), authority]);
        sequence(&[common, class, context(1, &sequence(&[path(place)]))])
    }
}

/// `Ecdsa-Sig-Value` of r and s.
pub(super) fn sequence_of(halves: &[u8]) -> Vec<u8> {
    let (r, s) = halves.split_at(halves.len() / 2);
    sequence(&[integer(r), integer(s)])
}
