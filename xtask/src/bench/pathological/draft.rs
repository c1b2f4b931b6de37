//! Certificates that say anything and are signed by nobody.

use std::sync::Arc;

use anyhow::Result;
use sig_core::der::octets::Octets;
use sig_core::der::oid::Oid;
use sig_core::der::oids;
use sig_core::der::tag::Tag;
use sig_core::der::writer::element;
use sig_core::x509::certificate::Certificate;
use sig_core::{Budget, Limits};

/// A certificate to be written.
#[derive(Clone)]
pub struct Draft {
    pub serial: u32,
    pub subject: Vec<u8>,
    pub issuer: Vec<u8>,
    /// `SubjectPublicKeyInfo`.
    pub key: Vec<u8>,
    /// `AlgorithmIdentifier` of the signature.
    pub algorithm: Vec<u8>,
    /// Octets of the signature, all of one value.
    pub signature: usize,
    /// Each an `Extension`.
    pub extensions: Vec<Vec<u8>>,
}

impl Draft {
    /// An authority with an RSA key that nobody has.
    pub fn authority(subject: &str, issuer: &str) -> Self {
        let is_authority = sequence(&[element(Tag::BOOLEAN, &[0xff])]);
        Self {
            serial: 1,
            subject: name(&[subject]),
            issuer: name(&[issuer]),
            key: rsa_key(256, 1),
            algorithm: sha256_with_rsa(),
            signature: 256,
            extensions: vec![extension(19, &is_authority)],
        }
    }

    pub fn with(mut self, number: u8, value: &[u8]) -> Self {
        self.extensions.push(extension(number, value));
        self
    }

    pub fn der(&self) -> Vec<u8> {
        let time = |text: &[u8]| element(Tag::UTC_TIME, text);
        let serial = [&[1][..], &self.serial.to_be_bytes()].concat();
        let wrapped = element(Tag::context(3).constructed(), &sequence(&self.extensions));
        let signed = sequence(&[
            element(Tag::context(0).constructed(), &element(Tag::INTEGER, &[2])),
            element(Tag::INTEGER, &serial),
            self.algorithm.clone(),
            self.issuer.clone(),
            sequence(&[time(b"200101000000Z"), time(b"400101000000Z")]),
            self.subject.clone(),
            self.key.clone(),
            wrapped,
        ]);
        let signature = [&[0][..], &vec![0x55; self.signature]].concat();
        sequence(&[
            signed,
            self.algorithm.clone(),
            element(Tag::BIT_STRING, &signature),
        ])
    }

    pub fn make(&self) -> Result<Arc<Certificate>> {
        let octets = Octets::from(self.der());
        let mut budget = Budget::new(Limits::STANDARD);
        Ok(Arc::new(Certificate::from_der(&octets, &mut budget)?))
    }
}

pub fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    element(Tag::SEQUENCE, &parts.concat())
}

/// A name of common names.
pub fn name(texts: &[&str]) -> Vec<u8> {
    let relative: Vec<Vec<u8>> = texts
        .iter()
        .map(|text| {
            let common_name = element(Tag::OID, oids::COMMON_NAME.content());
            let value = element(Tag::UTF8_STRING, text.as_bytes());
            element(Tag::SET, &sequence(&[common_name, value]))
        })
        .collect();
    sequence(&relative)
}

/// `id-ce` and a number.
fn extension(number: u8, value: &[u8]) -> Vec<u8> {
    let id = element(Tag::OID, &[0x55, 0x1d, number]);
    sequence(&[id, element(Tag::OCTET_STRING, value)])
}

/// A key with a modulus of so many octets, which differs with the number.
pub fn rsa_key(octets: usize, number: u32) -> Vec<u8> {
    let mut modulus = vec![0xa5; octets];
    for (octet, value) in modulus.iter_mut().skip(1).zip(number.to_be_bytes()) {
        *octet = value;
    }
    let integer = |octets: &[u8]| element(Tag::INTEGER, &[&[0], octets].concat());
    let exponent = element(Tag::INTEGER, &[1, 0, 1]);
    let key = sequence(&[integer(&modulus), exponent]);
    let bits = element(Tag::BIT_STRING, &[&[0], &*key].concat());
    sequence(&[algorithm(oids::RSA), bits])
}

pub fn sha256_with_rsa() -> Vec<u8> {
    algorithm(Oid::new(&[1, 2, 840, 113_549, 1, 1, 11]))
}

fn algorithm(id: Oid) -> Vec<u8> {
    sequence(&[element(Tag::OID, id.content()), element(Tag::NULL, &[])])
}
