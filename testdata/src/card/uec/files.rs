//! What the emulated cards hold. The person does not exist.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::keys::{Signer, certificate};
use super::rsa::{self, RsaKey};
use crate::der::tlv;

/// A file: what it holds, and who may read it.
#[derive(Clone)]
pub(super) struct File {
    pub(super) fid: u16,
    pub(super) content: Content,
    pub(super) access: Access,
}

#[derive(Clone)]
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

/// Sectors of version 1.1: number, directory and version of the format.
pub(super) const SECTORS: [[u8; 2]; 2] = [[1, 0x11], [3, 0x11]];
/// The same with every block that is known.
pub(super) const ALL_SECTORS: [[u8; 2]; 3] = [[1, 0x12], [2, 0x11], [3, 0x11]];

/// The FMD of version 1.1 with this usage: 55 octets with two sectors.
pub(super) fn fmd(usage: u8, sectors: &[[u8; 2]]) -> Vec<u8> {
    let entry = |[id, version]: &[u8; 2]| {
        let octets = [0xDF, 0x20, 1, *id, 0x51, 2, 0, *id, 0xDF, 0x21, 1, *version];
        tlv(&[0xE1], &octets)
    };
    let list: Vec<u8> = sectors.iter().flat_map(entry).collect();
    let before = hex("9F0801115F24031803145F2503130315");
    let rest = [&[0xC2, 2, usage, 0, 0x8F, 1, 1][..], &tlv(&[0xE0], &list)].concat();
    tlv(&[0x64], &[before, rest].concat())
}

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

/// Files of the application itself. Made once: signing takes its time.
pub(super) fn application(is_v11: bool, is_micron: bool, has_rsa: bool) -> Vec<File> {
    static MADE: Mutex<BTreeMap<[bool; 3], Vec<File>>> = Mutex::new(BTreeMap::new());
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    let files = made.entry([is_v11, is_micron, has_rsa]);
    files
        .or_insert_with(|| make(is_v11, is_micron, has_rsa))
        .clone()
}

fn make(is_v11: bool, is_micron: bool, has_rsa: bool) -> Vec<File> {
    let root = Signer::named("root", false);
    let issuer = Signer::named("issuer", false);
    let card = Signer::named("card", false);
    let subject = [&PAN[..], &SNILS].concat();
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
                &card.objects(),
            )),
        ),
        free(
            0x000C,
            Content::Binary(certificate(
                &root,
                b"ROOT01",
                b"ISSUER01",
                2,
                &issuer.objects(),
            )),
        ),
        free(
            0x000F,
            Content::Binary(match is_micron {
                true => card.public(),
                false => tlv(&[0xEA], &card.objects()),
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
                &card.objects(),
            )),
        ),
    ];
    if is_v11 {
        let greeting = text("ЗДРАВСТВУЙТЕ, ПЁТР");
        files.push(free(0x000A, Content::Objects(vec![(0xDF2A, greeting)])));
    }
    if has_rsa {
        let modulus = RsaKey::named("card").public();
        let rsa = [tlv(&[0x81], &modulus), tlv(&[0x82], &rsa::EXPONENT)].concat();
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

/// Every block that is known, all closed but to a session with PIN 1.
pub(super) fn all_sectors(photo: &[u8]) -> Vec<Sector> {
    let file = |fid, content| File {
        fid,
        content,
        access: Access::Pin,
    };
    let document = [
        tlv(&[0x9F, 0x7F], &[0x01]),
        tlv(&[0xDF, 0x4A], &text("4500")),
        tlv(&[0xDF, 0x4B], &text("000001")),
        tlv(&[0x5F, 0x25], &text("01.02.2003")),
        tlv(&[0xDF, 0x4C], &text("ОВД")),
        tlv(&[0xDF, 0x4D], &text("770-001")),
    ];
    let private = [
        tlv(&[0x5F, 0x42], &text("УЛ. МИРА, 1")),
        tlv(&[0xDF, 0x25], &text("+70000000000")),
        tlv(&[0xDF, 0x26], &text("p@example.test")),
        tlv(&[0xDF, 0x5C], &text("000000000000")),
        tlv(&[0xDF, 0x5D], &text("77 00 000001")),
        tlv(&[0xDF, 0x5E], &text("А001АА77")),
        tlv(&[0x7F, 0x7F], &document.concat()),
    ];
    let rights = [
        filled("ОТДЕЛЕНИЕ 1", 265),
        filled("2010-2011", 40),
        filled("ПО СТАРОСТИ", 40),
        filled("1000.00", 20),
        filled("НЕТ", 260),
    ];
    let signed = [vec![0x0A, 0x0B, 0x0C, 0x0D], vec![0x5A; 64], vec![0; 3936]];
    let mut sectors = sectors(true);
    sectors[0].catalogue = catalogue(true, &[1, 2, 3, 4]);
    sectors[0].files.retain(|file| file.fid != 0x0004);
    sectors[0].files.extend([
        file(0x0001, Content::Objects(Vec::new())),
        file(0x0003, Content::Binary(photo.to_vec())),
        file(0x0004, Content::Binary(tlv(&[0x75], &private.concat()))),
    ]);
    sectors.push(Sector {
        fid: 0x0002,
        catalogue: catalogue(true, &[4, 5, 6, 7]),
        files: vec![
            file(0x0004, Content::Binary(pensioner())),
            file(0x0005, Content::Binary(rights.concat())),
            file(0x0006, Content::Binary(vec![0; 1056])),
            file(0x0007, Content::Binary(signed.concat())),
        ],
    });
    sectors
}

/// The person as the pension fund writes him down.
fn pensioner() -> Vec<u8> {
    [
        filled("СИДОРОВ", 40),
        filled("ПЁТР", 40),
        filled("ИВАНОВИЧ", 40),
        filled("29.02.1980", 10),
        filled("001-002-003 04", 14),
        filled("ГОРОД", 160),
        filled("М", 1),
        filled("01.01.2000", 10),
    ]
    .concat()
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
        sectors.push(Sector {
            fid: 0x0002,
            catalogue: catalogue(false, &[4]),
            files: vec![file(0x0004, Content::Binary(pensioner()), Access::Pin)],
        });
    }
    sectors
}
