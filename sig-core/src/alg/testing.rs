//! What the tests of several algorithms build.

use super::identifier::AlgorithmIdentifier;
use super::spki::SubjectPublicKeyInfo;
use crate::base::error::Structure;
use crate::base::limits::{Budget, Limits};
use crate::der::octets::Octets;
use crate::der::oid::Oid;
use crate::der::reader::{Encoding, Reader};
use crate::der::tag::Tag;
use crate::der::writer::element;

/// An `AlgorithmIdentifier` with these encoded parameters, which may be none.
pub fn identifier(algorithm: Oid, parameters: &[u8]) -> AlgorithmIdentifier {
    let source = Octets::from(encoded_identifier(algorithm, parameters));
    let mut reader = Reader::new(&source, Encoding::Der, Structure::AlgorithmIdentifier);
    AlgorithmIdentifier::read(&mut reader, &mut Budget::new(Limits::STANDARD)).unwrap()
}

/// A `SubjectPublicKeyInfo` from its parts.
pub fn spki(algorithm: Oid, parameters: &[u8], key: &[u8]) -> SubjectPublicKeyInfo {
    let encoded = [
        encoded_identifier(algorithm, parameters),
        element(Tag::BIT_STRING, &[&[0], key].concat()),
    ]
    .concat();
    let source = Octets::from(element(Tag::SEQUENCE, &encoded));
    let mut reader = Reader::new(&source, Encoding::Der, Structure::SubjectPublicKeyInfo);
    SubjectPublicKeyInfo::read(&mut reader, &mut Budget::new(Limits::STANDARD)).unwrap()
}

/// An encoded SEQUENCE of object identifiers.
pub fn sequence_of(oids: &[Oid]) -> Vec<u8> {
    let members: Vec<u8> = oids.iter().flat_map(encoded_oid).collect();
    element(Tag::SEQUENCE, &members)
}

/// An encoded OBJECT IDENTIFIER.
pub fn encoded_oid(oid: &Oid) -> Vec<u8> {
    element(Tag::OID, oid.content())
}

/// An encoded INTEGER from a magnitude, with the zero octet that keeps it positive.
pub fn integer(magnitude: &[u8]) -> Vec<u8> {
    match magnitude {
        [0x80..=0xff, ..] => element(Tag::INTEGER, &[&[0], magnitude].concat()),
        _ => element(Tag::INTEGER, magnitude),
    }
}

fn encoded_identifier(algorithm: Oid, parameters: &[u8]) -> Vec<u8> {
    element(
        Tag::SEQUENCE,
        &[encoded_oid(&algorithm), parameters.to_vec()].concat(),
    )
}
