//! A list of a million serial numbers, signed when it is needed.

use anyhow::{Context as _, Result};
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::rand::rand_bytes;
use openssl::rsa::Rsa;
use openssl::sign::Signer;
use sig_core::der::tag::Tag;
use sig_core::der::writer::element;

const ENTRIES: usize = 1_000_000;

/// A signed CRL.
pub struct List {
    pub der: Vec<u8>,
    /// `SubjectPublicKeyInfo` of the key that signed it.
    pub spki: Vec<u8>,
    /// What it lists, in order.
    pub serials: Vec<[u8; 16]>,
}

/// sha256WithRSAEncryption, 1.2.840.113549.1.1.11.
const RSA_SHA256: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b];
/// reasonCode, 2.5.29.21.
const REASON_CODE: [u8; 3] = [0x55, 0x1d, 0x15];

impl List {
    /// Random serial numbers of sixteen octets, every other one with a reason, under an RSA-2048 key made now.
    pub fn new() -> Result<Self> {
        let serials = serials()?;
        let time = |digits: &str| element(Tag::UTC_TIME, digits.as_bytes());
        let algorithm = sequence(&[element(Tag::OID, &RSA_SHA256), vec![5, 0]]);
        let superseded = element(Tag::OCTET_STRING, &element(Tag::ENUMERATED, &[4]));
        let reason = sequence(&[sequence(&[element(Tag::OID, &REASON_CODE), superseded])]);
        let mut entries = Vec::new();
        for (number, serial) in serials.iter().enumerate() {
            let mut fields = vec![element(Tag::INTEGER, serial), time("250601120000Z")];
            if number % 2 == 0 {
                fields.push(reason.clone());
            }
            entries.extend(sequence(&fields));
        }
        let tbs = sequence(&[
            element(Tag::INTEGER, &[1]),
            algorithm.clone(),
            sequence(&[]),
            time("260101000000Z"),
            time("270101000000Z"),
            element(Tag::SEQUENCE, &entries),
        ]);
        let key = PKey::from_rsa(Rsa::generate(2048)?)?;
        let mut signer = Signer::new(MessageDigest::sha256(), &key)?;
        let signature = signer.sign_oneshot_to_vec(&tbs)?;
        let signature = element(Tag::BIT_STRING, &[&[0], &*signature].concat());
        Ok(Self {
            der: sequence(&[tbs, algorithm, signature]),
            spki: key.public_key_to_der()?,
            serials,
        })
    }

    /// A serial number from the middle.
    pub fn one(&self) -> Result<&[u8; 16]> {
        let middle = self.serials.get(self.serials.len() / 2);
        middle.context("the list has entries")
    }
}

fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    element(Tag::SEQUENCE, &parts.concat())
}

fn serials() -> Result<Vec<[u8; 16]>> {
    let mut octets = vec![0; ENTRIES * 16];
    rand_bytes(&mut octets)?;
    let positive = |mut serial: [u8; 16]| {
        serial[0] = serial[0] & 0x7f | 0x40;
        serial
    };
    let (serials, _) = octets.as_chunks();
    Ok(serials.iter().copied().map(positive).collect())
}
