//! Lists made for tests, octet by octet.

use crate::der::octets::Octets;
use crate::der::oid::Oid;
use crate::der::oids;
use crate::der::tag::Tag;
use crate::der::writer::element;

pub(super) fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    element(Tag::SEQUENCE, &parts.concat())
}

/// The beginning of the year 20YY.
pub(super) fn time(year: &str) -> Vec<u8> {
    element(Tag::UTC_TIME, format!("{year}0101000000Z").as_bytes())
}

pub(super) fn extension(id: Oid, critical: bool, value: &[u8]) -> Vec<u8> {
    let id = element(Tag::OID, id.content());
    let value = element(Tag::OCTET_STRING, value);
    if critical {
        sequence(&[id, element(Tag::BOOLEAN, &[0xff]), value])
    } else {
        sequence(&[id, value])
    }
}

pub(super) fn reason(number: u8) -> Vec<u8> {
    extension(oids::REASON_CODE, false, &[10, 1, number])
}

/// A certificateIssuer that names one domain.
pub(super) fn issuer(name: &str) -> Vec<u8> {
    let names = sequence(&[element(Tag::context(2), name.as_bytes())]);
    extension(oids::CERTIFICATE_ISSUER, true, &names)
}

/// An entry of the year 20YY with these extensions.
pub(super) fn entry(serial: &[u8], year: &str, extensions: &[Vec<u8>]) -> Vec<u8> {
    let mut fields = vec![element(Tag::INTEGER, serial), time(year)];
    if !extensions.is_empty() {
        fields.push(sequence(extensions));
    }
    sequence(&fields)
}

/// A list: its entries, if it has such a field at all, and its extensions.
#[derive(Clone, Default)]
pub(super) struct List {
    pub(super) version_1: bool,
    pub(super) entries: Option<Vec<Vec<u8>>>,
    pub(super) extensions: Vec<Vec<u8>>,
}

/// ecdsa-with-SHA256.
fn algorithm() -> Vec<u8> {
    sequence(&[element(Tag::OID, oids::ECDSA_SHA256.content())])
}

impl List {
    /// What is signed.
    pub(super) fn tbs(&self) -> Vec<u8> {
        let mut fields = Vec::new();
        if !self.version_1 {
            fields.push(element(Tag::INTEGER, &[1]));
        }
        fields.extend([algorithm(), sequence(&[]), time("26"), time("27")]);
        fields.extend(self.entries.as_deref().map(sequence));
        if !self.extensions.is_empty() {
            let list = sequence(&self.extensions);
            fields.push(element(Tag::context(0).constructed(), &list));
        }
        sequence(&fields)
    }

    /// The whole list with a signature value.
    pub(super) fn signed(&self, signature: &[u8]) -> Octets {
        let signature = element(Tag::BIT_STRING, &[&[0], signature].concat());
        Octets::from(sequence(&[self.tbs(), algorithm(), signature]))
    }
}
