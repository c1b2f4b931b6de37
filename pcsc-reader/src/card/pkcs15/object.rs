//! Parts that the objects of PKCS #15 share (ISO/IEC 7816-15 §8.2).

use super::malformed;
use crate::apdu::{Aid, MOST_OBJECTS, Tag, Tlv};
use crate::error::CardError;

pub(super) const INTEGER: Tag = Tag(0x02);
pub(super) const BIT_STRING: Tag = Tag(0x03);
pub(super) const OCTET_STRING: Tag = Tag(0x04);
pub(super) const ENUMERATED: Tag = Tag(0x0A);
pub(super) const UTF8_STRING: Tag = Tag(0x0C);
pub(super) const SEQUENCE: Tag = Tag(0x30);

/// Octets of the longest path: eight file identifiers.
const MOST_PATH: usize = 16;

/// Octets of the longest identifier of an object.
const MOST_IDENTIFIER: usize = 64;

/// Characters of a label that are kept.
const MOST_LABEL: usize = 255;

/// Octets of the largest object, and of the largest file of objects.
pub(super) const MOST_OBJECT: usize = 65_536;

/// Where something lies (ISO/IEC 7816-15 §8.2.5).
///
/// ```text
/// Path ::= SEQUENCE { efidOrPath OCTET STRING, index INTEGER OPTIONAL, length [0] INTEGER OPTIONAL,
///                     [1] { aid [APPLICATION 15], efidOrPath OCTET STRING } OPTIONAL }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Path {
    /// File identifiers, two octets each.
    pub(super) octets: Vec<u8>,
    /// First octet, or number of the record.
    pub(super) index: Option<usize>,
    /// Octets from there.
    pub(super) length: Option<usize>,
    /// Application from which the path starts.
    pub(super) aid: Option<Aid>,
}

impl Path {
    /// A path of file identifiers alone.
    pub(super) fn of(octets: &[u8]) -> Self {
        Path {
            octets: octets.to_vec(),
            ..Path::default()
        }
    }

    /// Reads the contents of a SEQUENCE.
    ///
    /// # Errors
    /// [`CardErrorKind::Malformed`](crate::CardErrorKind::Malformed).
    pub(super) fn read(value: &[u8]) -> Result<Self, CardError> {
        let mut path = Path::default();
        let mut is_given = false;
        for part in all(value)? {
            match part.tag {
                OCTET_STRING => path.octets = identifiers(part.value)?,
                INTEGER => path.index = Some(place(part.value)?),
                Tag(0x80) => path.length = Some(place(part.value)?),
                Tag(0xA1) => {
                    for inner in all(part.value)? {
                        match inner.tag {
                            Tag(0x4F) => {
                                let aid = Aid::from_bytes(inner.value);
                                path.aid = Some(aid.map_err(|_| malformed())?);
                            }
                            OCTET_STRING => path.octets = identifiers(inner.value)?,
                            _ => {}
                        }
                    }
                }
                _ => continue,
            }
            is_given = true;
        }
        match is_given {
            true => Ok(path),
            false => Err(malformed()),
        }
    }
}

fn identifiers(value: &[u8]) -> Result<Vec<u8>, CardError> {
    if value.len() > MOST_PATH || !value.len().is_multiple_of(2) {
        return Err(malformed());
    }
    Ok(value.to_vec())
}

fn place(value: &[u8]) -> Result<usize, CardError> {
    let number = number(value).and_then(|number| usize::try_from(number).ok());
    number
        .filter(|number| *number <= MOST_OBJECT)
        .ok_or_else(malformed)
}

/// An object: common attributes, attributes of its class, and those of its type (ISO/IEC 7816-15 §8.2.2).
///
/// ```text
/// SEQUENCE { CommonObjectAttributes, ClassAttributes, subClass [0] OPTIONAL, type [1] }
/// CommonObjectAttributes ::= SEQUENCE { label UTF8String OPTIONAL, flags BIT STRING OPTIONAL,
///                                       authId OCTET STRING OPTIONAL, … }
/// ```
pub(super) struct Object<'a> {
    pub(super) label: Option<String>,
    pub(super) auth_id: Option<Vec<u8>>,
    /// Contents of the class attributes.
    pub(super) class: Vec<Tlv<'a>>,
    /// Contents of the SEQUENCE inside `[1]`.
    pub(super) attributes: Vec<Tlv<'a>>,
}

impl<'a> Object<'a> {
    /// Reads the contents of an object.
    ///
    /// # Errors
    /// [`CardErrorKind::Malformed`](crate::CardErrorKind::Malformed).
    pub(super) fn read(value: &'a [u8]) -> Result<Self, CardError> {
        let parts = all(value)?;
        let mut sequences = parts.iter().filter(|part| part.tag == SEQUENCE);
        let (Some(common), Some(class)) = (sequences.next(), sequences.next()) else {
            return Err(malformed());
        };
        let types = parts.iter().find(|part| part.tag == Tag(0xA1));
        let types = types.ok_or_else(malformed)?;
        let (attributes, _) = Tlv::first(types.value).map_err(|_| malformed())?;
        if attributes.tag != SEQUENCE {
            return Err(malformed());
        }
        let common = all(common.value)?;
        let first = |tag| common.iter().find(|part| part.tag == tag);
        let auth_id = first(OCTET_STRING).map(|part| identifier(part.value));
        Ok(Object {
            label: first(UTF8_STRING).and_then(|part| label(part.value)),
            auth_id: auth_id.transpose()?,
            class: all(class.value)?,
            attributes: all(attributes.value)?,
        })
    }

    /// The `iD` of its class (ISO/IEC 7816-15 §8.2.3).
    ///
    /// # Errors
    /// [`CardErrorKind::Malformed`](crate::CardErrorKind::Malformed) without one.
    pub(super) fn id(&self) -> Result<Vec<u8>, CardError> {
        let id = self.class.first().filter(|part| part.tag == OCTET_STRING);
        identifier(id.ok_or_else(malformed)?.value)
    }

    /// The first of its attributes with this tag.
    pub(super) fn attribute(&self, tag: Tag) -> Option<&Tlv<'a>> {
        self.attributes.iter().find(|part| part.tag == tag)
    }
}

/// The objects of one level.
///
/// # Errors
/// [`CardErrorKind::Malformed`](crate::CardErrorKind::Malformed).
pub(super) fn all(value: &[u8]) -> Result<Vec<Tlv<'_>>, CardError> {
    Tlv::all(value).map_err(|_| malformed())
}

/// The objects of a file up to the first that cannot be read; `false` when there is such a one, or too many.
///
/// # Limits
/// [`MOST_OBJECTS`].
pub(super) fn entries(file: &[u8]) -> (Vec<Tlv<'_>>, bool) {
    let mut objects = Vec::new();
    let mut rest = file;
    while let Some(next) = rest.first() {
        if matches!(next, 0x00 | 0xFF) {
            rest = rest.get(1..).unwrap_or_default();
            continue;
        }
        match Tlv::first(rest) {
            Ok((object, behind)) if objects.len() < MOST_OBJECTS => {
                objects.push(object);
                rest = behind;
            }
            _ => return (objects, false),
        }
    }
    (objects, true)
}

fn identifier(value: &[u8]) -> Result<Vec<u8>, CardError> {
    match value.len() {
        1..=MOST_IDENTIFIER => Ok(value.to_vec()),
        _ => Err(malformed()),
    }
}

/// A text for people: what is no UTF-8 is replaced, control characters are left out.
pub(super) fn label(value: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(value);
    let kept = text.chars().filter(|character| !character.is_control());
    let label: String = kept.take(MOST_LABEL).collect();
    let label = label.trim();
    (!label.is_empty()).then(|| label.to_owned())
}

/// A number that is not negative, of four octets at most.
pub(super) fn number(value: &[u8]) -> Option<u32> {
    let significant = significant(value);
    let fits = !value.is_empty() && significant.len() <= 4;
    let sum = significant
        .iter()
        .fold(0, |sum, octet| sum << 8 | u32::from(*octet));
    fits.then_some(sum)
}

/// A number without the zeros before it.
pub(super) fn significant(value: &[u8]) -> &[u8] {
    let zeros = value.iter().take_while(|octet| **octet == 0).count();
    value.get(zeros..).unwrap_or_default()
}

/// A reference of one octet. Cards write those over 7F as negative numbers, too.
pub(super) fn reference(value: &[u8]) -> Option<u8> {
    match value {
        [octet] | [0x00 | 0xFF, octet] => Some(*octet),
        _ => None,
    }
}

/// Bit `number` of a BIT STRING; those behind its end are not set (X.690 §8.6.2).
pub(super) fn bit(value: &[u8], number: usize) -> bool {
    let octet = value.get(1 + number / 8).copied().unwrap_or(0);
    octet & (0x80 >> (number % 8)) != 0
}

#[cfg(test)]
mod tests;
