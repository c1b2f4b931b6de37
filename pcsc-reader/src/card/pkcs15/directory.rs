//! The object directory and what its files hold (ISO/IEC 7816-15 §8.3 to §8.9).

use super::malformed;
use super::object::{
    BIT_STRING, INTEGER, OCTET_STRING, Object, Path, SEQUENCE, UTF8_STRING, all, bit, label,
    number, reference,
};
use super::pin::PinObject;
use crate::apdu::{Tag, Tlv};
use crate::error::CardError;

/// What a file of objects holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// `[0]`: private keys.
    PrivateKeys,
    /// `[4]` to `[6]`: certificates, trusted ones, useful ones.
    Certificates,
    /// `[8]`: authentication objects.
    Authentication,
}

/// Where the objects of a class are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// In this file.
    File(Path),
    /// In the directory itself.
    Here(Vec<u8>),
}

/// One entry of the object directory (ISO/IEC 7816-15 §8.3); none for classes that are of no use here.
///
/// ```text
/// CIOChoice ::= CHOICE { privateKeys [0], publicKeys [1], trustedPublicKeys [2], secretKeys [3], certificates [4],
///                        trustedCertificates [5], usefulCertificates [6], dataContainerObjects [7], authObjects [8] }
/// PathOrObjects ::= CHOICE { path Path, objects [0] SEQUENCE OF … }
/// ```
///
/// # Errors
/// [`CardErrorKind::Malformed`](crate::CardErrorKind::Malformed).
pub(super) fn read_entry(entry: &Tlv<'_>) -> Result<Option<(Class, Source)>, CardError> {
    let class = match entry.tag {
        Tag(0xA0) => Class::PrivateKeys,
        Tag(0xA4..=0xA6) => Class::Certificates,
        Tag(0xA8) => Class::Authentication,
        _ => return Ok(None),
    };
    let (place, _) = Tlv::first(entry.value).map_err(|_| malformed())?;
    let source = match place.tag {
        SEQUENCE => Source::File(Path::read(place.value)?),
        Tag(0xA0) => Source::Here(place.value.to_vec()),
        _ => return Err(malformed()),
    };
    Ok(Some((class, source)))
}

/// What a key computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyKind {
    /// RSA.
    Rsa,
    /// Elliptic curve.
    Ec,
    /// GOST R 34.10: `[4]`, an addition of OpenSC.
    Gost,
    /// Anything else.
    Other,
}

/// A private key (ISO/IEC 7816-15 §8.5).
///
/// ```text
/// CommonKeyAttributes ::= SEQUENCE { iD OCTET STRING, usage BIT STRING, native BOOLEAN DEFAULT TRUE,
///                                    accessFlags BIT STRING OPTIONAL, keyReference INTEGER OPTIONAL, …,
///                                    algReference [1] SEQUENCE OF INTEGER OPTIONAL }
/// PrivateRSAKeyAttributes ::= SEQUENCE { value Path, modulusLength INTEGER, … }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PrivateKey {
    pub(super) kind: KeyKind,
    pub(super) id: Vec<u8>,
    pub(super) auth_id: Option<Vec<u8>>,
    /// The card says that it signs.
    pub(super) signs: bool,
    pub(super) reference: Option<u8>,
    /// Its algorithms, as [`CardInfo`] numbers them.
    pub(super) algorithms: Vec<u32>,
    /// Its file or directory; empty where it has none.
    pub(super) path: Path,
    /// Bits of the modulus, of RSA.
    pub(super) bits: Option<u32>,
}

impl PrivateKey {
    /// # Errors
    /// [`CardErrorKind::Malformed`](crate::CardErrorKind::Malformed).
    pub(super) fn read(entry: &Tlv<'_>) -> Result<Self, CardError> {
        let kind = match entry.tag {
            SEQUENCE => KeyKind::Rsa,
            Tag(0xA0) => KeyKind::Ec,
            Tag(0xA4) => KeyKind::Gost,
            _ => KeyKind::Other,
        };
        let object = Object::read(entry.value)?;
        let of_class = |tag| object.class.iter().find(|part| part.tag == tag);
        let usage = of_class(BIT_STRING).ok_or_else(malformed)?;
        let path = match object.attributes.first() {
            Some(part) if part.tag == SEQUENCE && !part.value.is_empty() => Path::read(part.value)?,
            _ => Path::default(),
        };
        let reference = match of_class(INTEGER) {
            None => None,
            Some(part) => Some(reference(part.value).ok_or_else(malformed)?),
        };
        let algorithms = of_class(Tag(0xA1))
            .map(|part| all(part.value))
            .transpose()?;
        let algorithms = algorithms.unwrap_or_default();
        let bits = object.attribute(INTEGER).filter(|_| kind == KeyKind::Rsa);
        Ok(PrivateKey {
            kind,
            id: object.id()?,
            // sign, signRecover, nonRepudiation.
            signs: [2, 3, 9].iter().any(|number| bit(usage.value, *number)),
            reference,
            algorithms: algorithms
                .iter()
                .filter_map(|part| number(part.value))
                .collect(),
            path,
            bits: bits.and_then(|part| number(part.value)),
            auth_id: object.auth_id,
        })
    }
}

/// A certificate (ISO/IEC 7816-15 §8.7).
///
/// ```text
/// CommonCertificateAttributes ::= SEQUENCE { iD OCTET STRING, authority BOOLEAN DEFAULT FALSE, … }
/// X509CertificateAttributes ::= SEQUENCE { value CHOICE { Path, direct [0] Certificate }, … }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CertificateObject {
    pub(super) id: Vec<u8>,
    pub(super) label: Option<String>,
    pub(super) source: Source,
}

impl CertificateObject {
    /// An X.509 certificate; none for other kinds.
    ///
    /// # Errors
    /// [`CardErrorKind::Malformed`](crate::CardErrorKind::Malformed).
    pub(super) fn read(entry: &Tlv<'_>) -> Result<Option<Self>, CardError> {
        if entry.tag != SEQUENCE {
            return Ok(None);
        }
        let object = Object::read(entry.value)?;
        let source = match object.attributes.first() {
            Some(part) if part.tag == SEQUENCE => Source::File(Path::read(part.value)?),
            Some(part) if part.tag == Tag(0xA0) => Source::Here(direct(part)),
            _ => return Err(malformed()),
        };
        Ok(Some(CertificateObject {
            id: object.id()?,
            source,
            label: object.label,
        }))
    }
}

/// A certificate under the tag `[0]`: around it, or in the place of its own tag. Cards have both.
fn direct(part: &Tlv<'_>) -> Vec<u8> {
    match Tlv::first(part.value) {
        Ok((inner, [])) if inner.tag == SEQUENCE => part.value.to_vec(),
        _ => {
            let mut octets = part.octets.to_vec();
            if let Some(tag) = octets.first_mut() {
                *tag = 0x30;
            }
            octets
        }
    }
}

/// What the card says of itself (ISO/IEC 7816-15 §8.10).
///
/// ```text
/// CardInfo ::= SEQUENCE { version INTEGER, serialNumber OCTET STRING OPTIONAL, manufacturerID UTF8String OPTIONAL,
///                         label [0] UTF8String OPTIONAL, cardflags BIT STRING, …,
///                         supportedAlgorithms [2] SEQUENCE OF AlgorithmInfo OPTIONAL, … }
/// AlgorithmInfo ::= SEQUENCE { reference INTEGER, algorithm INTEGER, parameters ANY, supportedOperations BIT STRING,
///                              objId OBJECT IDENTIFIER OPTIONAL, algRef INTEGER OPTIONAL }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct CardInfo {
    algorithms: Vec<AlgorithmInfo>,
    pub(super) serial: Option<Vec<u8>>,
    pub(super) manufacturer: Option<String>,
    pub(super) label: Option<String>,
}

impl CardInfo {
    /// # Errors
    /// [`CardErrorKind::Malformed`](crate::CardErrorKind::Malformed).
    pub(super) fn read(file: &[u8]) -> Result<Self, CardError> {
        let (info, _) = Tlv::first(file).map_err(|_| malformed())?;
        if info.tag != SEQUENCE {
            return Err(malformed());
        }
        let parts = all(info.value)?;
        let first = |tag| parts.iter().find(|part| part.tag == tag);
        Ok(CardInfo {
            serial: first(OCTET_STRING).map(|part| part.value.to_vec()),
            manufacturer: first(UTF8_STRING).and_then(|part| label(part.value)),
            label: first(Tag(0x80)).and_then(|part| label(part.value)),
            algorithms: match first(Tag(0xA2)) {
                None => Vec::new(),
                Some(list) => all(list.value)?
                    .iter()
                    .filter_map(AlgorithmInfo::read)
                    .collect(),
            },
        })
    }

    /// The card's own reference for what a key computes by this mechanism.
    pub(super) fn algorithm(&self, key: &PrivateKey, mechanism: u32) -> Option<u8> {
        let mut own = self.algorithms.iter().filter(|algorithm| {
            algorithm.signs
                && algorithm.mechanism == mechanism
                && key.algorithms.contains(&algorithm.reference)
        });
        own.find_map(|algorithm| algorithm.own)
    }
}

/// One algorithm of the card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct AlgorithmInfo {
    reference: u32,
    mechanism: u32,
    signs: bool,
    /// The card's reference.
    own: Option<u8>,
}

impl AlgorithmInfo {
    fn read(entry: &Tlv<'_>) -> Option<Self> {
        let parts = Tlv::all(entry.value).ok()?;
        let operations = parts.iter().position(|part| part.tag == BIT_STRING)?;
        let (before, behind) = parts.split_at(operations);
        let mut numbers = before.iter().filter(|part| part.tag == INTEGER);
        let own = behind.iter().find(|part| part.tag == INTEGER);
        Some(AlgorithmInfo {
            reference: number(numbers.next()?.value)?,
            mechanism: number(numbers.next()?.value)?,
            // compute-signature.
            signs: bit(behind.first()?.value, 1),
            own: own.and_then(|part| reference(part.value)),
        })
    }
}

/// All that the directory leads to.
#[derive(Clone, Debug, Default)]
pub(super) struct Directory {
    pub(super) keys: Vec<PrivateKey>,
    pub(super) certificates: Vec<CertificateObject>,
    pub(super) pins: Vec<PinObject>,
    /// Something in it could not be read.
    pub(super) is_damaged: bool,
}

impl Directory {
    /// Adds an object of a file of this class; what cannot be read marks the directory as damaged.
    pub(super) fn add(&mut self, class: Class, entry: &Tlv<'_>) {
        let read = match class {
            Class::PrivateKeys => PrivateKey::read(entry).map(|key| self.keys.push(key)),
            Class::Certificates => {
                CertificateObject::read(entry).map(|object| self.certificates.extend(object))
            }
            Class::Authentication => PinObject::read(entry).map(|pin| self.pins.extend(pin)),
        };
        self.is_damaged |= read.is_err();
    }

    /// Objects of all classes.
    pub(super) fn len(&self) -> usize {
        self.keys.len() + self.certificates.len() + self.pins.len()
    }
}

#[cfg(test)]
mod tests;
