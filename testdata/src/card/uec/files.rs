//! What the emulated cards hold. The person does not exist.

use super::keys::{PrivateKey, certificate};
use crate::der::tlv;

/// A file: what it holds, and who may read it.
pub(super) struct File {
    pub(super) fid: u16,
    pub(super) content: Content,
    pub(super) access: Access,
}

pub(super) enum Content {
    Binary(Vec<u8>),
    Records(Vec<Vec<u8>>),
    Objects(Vec<(u16, Vec<u8>)>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    Free,
    /// Not over the contactless interface without a session.
    Contact,
    /// A session, and PIN 1 in it.
    Pin,
}

/// A sector: its directory, the answer to its selection, its files.
pub(super) struct Sector {
    pub(super) fid: u16,
    pub(super) catalogue: Vec<u8>,
    pub(super) files: Vec<File>,
}

/// 55 octets of version 1.1.
pub(super) const FMD: &str = "64359F0801115F24031803145F2503130315C20280008F0101E01CE10CDF20010151020001DF210111E10CDF20010351020003DF210111";
/// The same for a chip that takes long data.
pub(super) const FMD_LONG: &str = "64359F0801115F24031803145F2503130315C202A0008F0101E01CE10CDF20010151020001DF210111E10CDF20010351020003DF210111";
/// Version 1.0 with both suites.
pub(super) const FCI: &str = "6F5D8001438102169C820138830210008408A0000004329000018A0105A5405F24031702285F25031203019F080110C202C000E02AE10CDF20010151020001DF210110E10CDF20010251020002DF210110E10CDF20010351020003DF210110";

pub(super) const PAN: [u8; 10] = [0x76, 0x04, 0x12, 0x34, 0x56, 0x78, 0x90, 0x12, 0x34, 0x5F];
pub(super) const CIN: [u8; 10] = [0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09];
const SNILS: [u8; 6] = [0x00, 0x10, 0x02, 0x00, 0x30, 0x4F];

fn hex(text: &str) -> Vec<u8> {
    hex::decode(text).unwrap_or_default()
}

/// Text by ISO/IEC 8859-5, Cyrillic and ASCII only.
fn text(text: &str) -> Vec<u8> {
    let octet = |c: char| match c {
        'Ё' => 0xA1,
        'А'..='я' => (u32::from(c) - 0x360) as u8,
        _ => u8::try_from(c).unwrap_or(b'?'),
    };
    text.chars().map(octet).collect()
}

fn filled(value: &str, length: usize) -> Vec<u8> {
    let mut octets = text(value);
    octets.resize(length, b' ');
    octets
}

/// Files of the application itself.
pub(super) fn application(is_v11: bool, is_micron: bool, has_rsa: bool) -> Vec<File> {
    let root = PrivateKey::named("root");
    let issuer = PrivateKey::named("issuer");
    let card = PrivateKey::named("card");
    let subject = [&PAN[..], &SNILS].concat();
    let point = |key: &PrivateKey| tlv(&[0x81], &key.public());
    let modulus: Vec<u8> = (0..128u8)
        .map(|number| number.wrapping_mul(29) | 0x81)
        .collect();
    let rsa = [tlv(&[0x81], &modulus), tlv(&[0x82], &[1, 0, 1])].concat();
    let free = |fid, content| File {
        fid,
        content,
        access: Access::Free,
    };
    let mut files = vec![
        File {
            fid: 0x0009,
            content: Content::Objects(vec![(0x5A, PAN.to_vec())]),
            access: Access::Contact,
        },
        free(
            0x000B,
            Content::Binary(certificate(
                &issuer,
                b"ISSUER01",
                &subject,
                5,
                &point(&card),
            )),
        ),
        free(
            0x000C,
            Content::Binary(certificate(
                &root,
                b"ROOT01",
                b"ISSUER01",
                2,
                &point(&issuer),
            )),
        ),
        free(
            0x000F,
            Content::Binary(match is_micron {
                true => card.public(),
                false => tlv(&[0xEA], &point(&card)),
            }),
        ),
        free(0x0012, Content::Binary(hex("300403020603"))),
        free(
            0x0011,
            Content::Binary(certificate(
                &issuer,
                b"ISSUER01",
                &subject,
                5,
                &point(&card),
            )),
        ),
    ];
    if is_v11 {
        let greeting = text("ЗДРАВСТВУЙТЕ, ПЁТР");
        files.push(free(0x000A, Content::Objects(vec![(0xDF2A, greeting)])));
    }
    if has_rsa {
        files.push(free(
            0x000D,
            Content::Binary(certificate(&issuer, b"ISSUER01", &subject, 5, &rsa)),
        ));
        files.push(free(
            0x0010,
            Content::Binary(match is_micron {
                true => modulus,
                false => tlv(&[0xEB], &rsa),
            }),
        ));
    }
    files
}

/// The catalogue of a sector's blocks.
fn catalogue(is_v11: bool, blocks: &[u8]) -> Vec<u8> {
    let entry = |id: &u8| tlv(&[0xE3], &[0xDF, 0x22, 1, *id, 0x51, 2, 0, *id]);
    let list = tlv(&[0xE2], &blocks.iter().flat_map(entry).collect::<Vec<_>>());
    match is_v11 {
        true => tlv(&[0x64], &list),
        false => tlv(&[0x6F], &tlv(&[0xA5], &list)),
    }
}

/// Sectors: the citizen, (with version 1.0) the pension fund, health insurance. With version 1.0 the insurance is free.
pub(super) fn sectors(is_v11: bool) -> Vec<Sector> {
    let file = |fid, content, access| File {
        fid,
        content,
        access,
    };
    let citizen = vec![
        (0xDF27, SNILS.to_vec()),
        (0xDF2B, hex("0001234567890123")),
        (0x5F20, text("SIDOROV/PETR")),
        (0xDF23, text("МОСКВА")),
        (0x5F2B, hex("19800229")),
        (0x5F35, vec![1]),
        (0xDF2D, text("СИДОРОВ")),
        (0xDF2E, text("ПЁТР")),
        (0xDF2F, text("ИВАНОВИЧ")),
    ];
    let private = vec![
        (0x5F42, text("УЛ. МИРА, 1")),
        (0xDF25, text("+70000000000")),
        (0xDF26, text("p@example.test")),
    ];
    let insurance = hex("0102773900000104500020110101 20991231"
        .replace(' ', "")
        .as_str());
    let history = vec![
        hex("0102773900000104500020110101"),
        hex("0102773900000204500020090101"),
    ];
    let insurance_access = if is_v11 { Access::Pin } else { Access::Free };
    let mut sectors = vec![
        Sector {
            fid: 0x0001,
            catalogue: catalogue(is_v11, &[2, 4]),
            files: vec![
                file(0x0002, Content::Objects(citizen), Access::Pin),
                file(0x0004, Content::Objects(private), Access::Pin),
            ],
        },
        Sector {
            fid: 0x0003,
            catalogue: catalogue(is_v11, &[1, 2]),
            files: vec![
                file(0x0001, Content::Binary(insurance), insurance_access),
                file(0x0002, Content::Records(history), insurance_access),
            ],
        },
    ];
    if !is_v11 {
        let person = [
            filled("СИДОРОВ", 40),
            filled("ПЁТР", 40),
            filled("ИВАНОВИЧ", 40),
            filled("29.02.1980", 10),
            filled("001-002-003 04", 14),
            filled("ГОРОД", 160),
            filled("М", 1),
            filled("01.01.2000", 10),
        ];
        sectors.push(Sector {
            fid: 0x0002,
            catalogue: catalogue(false, &[4]),
            files: vec![file(0x0004, Content::Binary(person.concat()), Access::Pin)],
        });
    }
    sectors
}
