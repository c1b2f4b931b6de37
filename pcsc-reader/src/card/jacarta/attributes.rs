//! A file of attributes: what PKCS #11 says of one object.
//!
//! ```text
//! header (7) { type (2), flags (1), length (2, big-endian), value }… freshness (4)
//! ```
//! Octets FF between attributes are holes. The first attribute is a SHA-1 checksum of the file.

use sig_core::alg::digest::DigestId;
use sig_core::alg::provider::RUSTCRYPTO;

/// `CKA_VALUE`: DER of the certificate.
pub(super) const VALUE: u16 = 0x0011;

/// `CKA_LABEL`.
const LABEL: u16 = 0x0003;

/// The maker's own attribute with the checksum.
const CHECKSUM: u16 = 0x8013;

/// Octets of SHA-1.
const CHECKSUM_OCTETS: usize = 20;

const HEADER: usize = 7;
const FRESHNESS: usize = 4;

/// Octets of type, flags and length.
const HEAD: usize = 5;

/// Most attributes of one file.
const MOST: usize = 64;

/// Most characters of a label.
const MOST_LABEL: usize = 128;

/// The attributes of a file.
pub(super) struct Attributes<'a>(Vec<Attribute<'a>>);

struct Attribute<'a> {
    kind: u16,
    value: &'a [u8],
    /// Of the value in the file.
    offset: usize,
}

impl<'a> Attributes<'a> {
    /// The attributes; none where the file is not of the form.
    ///
    /// # Limits
    /// [`MOST`] attributes.
    pub(super) fn read(file: &'a [u8]) -> Option<Self> {
        let end = file.len().checked_sub(FRESHNESS)?;
        let mut attributes = Vec::new();
        let mut at = HEADER;
        while at < end {
            if file.get(at) == Some(&0xFF) {
                at += 1;
                continue;
            }
            let &[high, low, _, long, short] = file.get(at..end)?.first_chunk::<HEAD>()?;
            let offset = at + HEAD;
            let length = usize::from(u16::from_be_bytes([long, short]));
            let value = file.get(offset..end)?.get(..length)?;
            if attributes.len() == MOST {
                return None;
            }
            attributes.push(Attribute {
                kind: u16::from_be_bytes([high, low]),
                value,
                offset,
            });
            at = offset + length;
        }
        Some(Attributes(attributes))
    }

    /// The value of the first attribute of a type.
    pub(super) fn value(&self, kind: u16) -> Option<&'a [u8]> {
        let found = self.0.iter().find(|attribute| attribute.kind == kind);
        found.map(|attribute| attribute.value)
    }

    /// The label, without what steers a terminal.
    pub(super) fn label(&self) -> Option<String> {
        let text = std::str::from_utf8(self.value(LABEL)?).ok()?;
        let shown = text.trim_end_matches(['\0', ' ']);
        let plain = |character: char| match character.is_control() {
            true => char::REPLACEMENT_CHARACTER,
            false => character,
        };
        let shown: String = shown.chars().take(MOST_LABEL).map(plain).collect();
        (!shown.is_empty()).then_some(shown)
    }

    /// The first attribute is the checksum, and it is that of the file: SHA-1 over it with the checksum's own octets
    /// zero. A file without one is not believed to be whole.
    pub(super) fn is_whole(&self, file: &[u8]) -> bool {
        let Some(first) = self.0.first() else {
            return false;
        };
        if first.kind != CHECKSUM || first.value.len() != CHECKSUM_OCTETS {
            return false;
        }
        let mut octets = file.to_vec();
        let own = octets.get_mut(first.offset..first.offset + CHECKSUM_OCTETS);
        own.unwrap_or_default().fill(0);
        let digest = RUSTCRYPTO
            .digest(DigestId::Sha1)
            .and_then(|sha1| sha1.digest(&octets).ok());
        digest.is_some_and(|digest| digest.value == first.value)
    }
}
