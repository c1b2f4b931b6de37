//! PINs of a PKCS #15 card (ISO/IEC 7816-15 §8.9).

use super::malformed;
use super::object::{
    BIT_STRING, ENUMERATED, INTEGER, OCTET_STRING, Object, Path, SEQUENCE, bit, number, reference,
};
use crate::apdu::{Tag, Tlv};
use crate::error::{CardError, CardErrorKind};
use crate::secret::{Pin, PinEncoding};

/// Fill octet of PINs that are padded and say not with what.
const FILL: u8 = 0x00;

/// A PIN.
///
/// ```text
/// PasswordAttributes ::= SEQUENCE { pwdFlags BIT STRING, pwdType ENUMERATED { bcd, ascii-numeric, utf8,
///     half-nibble-bcd, iso9564-1 }, minLength INTEGER, storedLength INTEGER, maxLength INTEGER OPTIONAL,
///     pwdReference [0] INTEGER DEFAULT 0, padChar OCTET STRING OPTIONAL, lastPasswordChange GeneralizedTime OPTIONAL,
///     path Path OPTIONAL }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PinObject {
    pub(super) auth_id: Vec<u8>,
    pub(super) label: Option<String>,
    /// P2 of VERIFY.
    pub(super) reference: u8,
    /// Where it is verified; none for the application.
    pub(super) path: Option<Path>,
    /// How it is sent; none where this program cannot send it so.
    pub(super) encoding: Option<PinEncoding>,
    least: usize,
    most: Option<usize>,
    is_digits: bool,
    /// It opens keys: it neither unblocks another one nor is that of the security officer.
    pub(super) is_of_user: bool,
}

impl PinObject {
    /// A PIN; none for another authentication object.
    ///
    /// # Errors
    /// [`CardErrorKind::Malformed`].
    pub(super) fn read(entry: &Tlv<'_>) -> Result<Option<Self>, CardError> {
        if entry.tag != SEQUENCE {
            return Ok(None);
        }
        let object = Object::read(entry.value)?;
        let flags = object.attribute(BIT_STRING).ok_or_else(malformed)?.value;
        let kind = object.attribute(ENUMERATED).ok_or_else(malformed)?.value;
        let mut lengths = object
            .attributes
            .iter()
            .filter(|part| part.tag == INTEGER)
            .map(|part| length(part));
        let least = lengths.next().ok_or_else(malformed)??;
        let stored = lengths.next().ok_or_else(malformed)??;
        let most = lengths.next().transpose()?;
        let reference = match object.attribute(Tag(0x80)) {
            None => 0,
            Some(part) => reference(part.value).ok_or_else(malformed)?,
        };
        let fill = match object.attribute(OCTET_STRING).map(|part| part.value) {
            None => FILL,
            Some([fill]) => *fill,
            Some(_) => return Err(malformed()),
        };
        let path = object.attribute(SEQUENCE);
        let path = path.map(|part| Path::read(part.value)).transpose()?;
        let needs_padding = bit(flags, 5);
        let is_protected = bit(flags, 9) || bit(flags, 10);
        let is_digits = !matches!(kind, [2]);
        let encoding = encoding(kind, needs_padding.then_some(stored), fill);
        Ok(Some(PinObject {
            auth_id: object.id()?,
            reference,
            path,
            encoding: encoding.filter(|_| !is_protected),
            least,
            most: most.or(Some(stored).filter(|stored| *stored > 0 && !is_packed(kind))),
            is_digits,
            is_of_user: !bit(flags, 6) && !bit(flags, 7),
            label: object.label,
        }))
    }

    /// How the PIN is sent, when it has the form that the card takes.
    ///
    /// # Errors
    /// [`CardErrorKind::PinRejected`]; [`CardErrorKind::Unsupported`] for a card that wants it protected.
    pub(super) fn encoding_of(&self, pin: &Pin) -> Result<PinEncoding, CardError> {
        let encoding = self
            .encoding
            .ok_or(CardError::new(CardErrorKind::Unsupported))?;
        let fits = pin.len() >= self.least && self.most.is_none_or(|most| pin.len() <= most);
        let has_form = !self.is_digits || pin.is_digits();
        if !fits || !has_form || pin.encoded(encoding).is_err() {
            return Err(CardError::new(CardErrorKind::PinRejected).with_instruction(0x20));
        }
        Ok(encoding)
    }
}

/// The stored length counts octets, and these hold two digits or a length.
fn is_packed(kind: &[u8]) -> bool {
    !matches!(kind, [1..=3])
}

fn length(part: &Tlv<'_>) -> Result<usize, CardError> {
    let number = number(part.value).filter(|number| *number <= 255);
    number
        .and_then(|number| usize::try_from(number).ok())
        .ok_or_else(malformed)
}

/// The encoding for a `pwdType`, padded to so many octets.
fn encoding(kind: &[u8], padded: Option<usize>, fill: u8) -> Option<PinEncoding> {
    let length = padded.filter(|length| *length > 0);
    Some(match (kind, length) {
        ([0], length) => PinEncoding::Bcd {
            fill,
            length: length.unwrap_or(0),
        },
        ([1 | 2], None) => PinEncoding::Plain,
        ([1 | 2], Some(length)) => PinEncoding::Padded { fill, length },
        ([3], length) => PinEncoding::HalfNibble {
            fill,
            length: length.unwrap_or(0),
        },
        ([4], _) => PinEncoding::Iso9564Format2,
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
