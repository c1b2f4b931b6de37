//! Values for the tests of attributes.

use crate::base::error::Error;
use crate::base::limits::{Budget, Limits};
use crate::der::octets::Octets;
use crate::der::oid::Oid;
use crate::der::tag::Tag;
use crate::der::writer::element;

pub(super) const TYPE: Oid = Oid::new(&[2, 999, 1]);

/// Reads a value; none when it is malformed.
pub(super) fn read<T>(
    value: Vec<u8>,
    of: fn(&Octets, &mut Budget) -> Result<T, Error>,
) -> Option<T> {
    of(&Octets::from(value), &mut Budget::new(Limits::STANDARD)).ok()
}

pub(super) fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    element(Tag::SEQUENCE, &parts.concat())
}

pub(super) fn tagged(number: u32, parts: &[Vec<u8>]) -> Vec<u8> {
    element(Tag::context(number).constructed(), &parts.concat())
}

pub(super) fn oid(id: Oid) -> Vec<u8> {
    element(Tag::OID, id.content())
}

pub(super) fn utf8(text: &str) -> Vec<u8> {
    element(Tag::UTF8_STRING, text.as_bytes())
}

pub(super) fn ia5(text: &str) -> Vec<u8> {
    element(Tag::IA5_STRING, text.as_bytes())
}

pub(super) fn octets(octets: &[u8]) -> Vec<u8> {
    element(Tag::OCTET_STRING, octets)
}

/// An `Attribute` with one value.
pub(super) fn attribute(value: Vec<u8>) -> Vec<u8> {
    sequence(&[oid(TYPE), element(Tag::SET, &value)])
}
