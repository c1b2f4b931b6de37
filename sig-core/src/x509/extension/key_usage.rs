//! keyUsage (RFC 5280 §4.2.1.3).

use crate::base::error::Error;
use crate::base::limits::Budget;
use crate::der::reader::Reader;
use crate::der::tag::Tag;

/// What a key may be used for (RFC 5280 §4.2.1.3). Bit 0 is the most significant.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct KeyUsage(u16);

impl KeyUsage {
    pub(super) fn read(reader: &mut Reader<'_>, budget: &mut Budget) -> Result<Self, Error> {
        reader
            .expect(Tag::BIT_STRING, budget)?
            .named_bits()
            .map(Self)
    }

    const fn bit(self, number: u8) -> bool {
        self.0 & (0x8000 >> number) != 0
    }

    /// digitalSignature (RFC 5280 §4.2.1.3).
    #[must_use]
    pub const fn digital_signature(self) -> bool {
        self.bit(0)
    }

    /// nonRepudiation, also called contentCommitment (RFC 5280 §4.2.1.3).
    #[must_use]
    pub const fn non_repudiation(self) -> bool {
        self.bit(1)
    }

    /// keyCertSign (RFC 5280 §4.2.1.3).
    #[must_use]
    pub const fn key_cert_sign(self) -> bool {
        self.bit(5)
    }

    /// cRLSign (RFC 5280 §4.2.1.3).
    #[must_use]
    pub const fn crl_sign(self) -> bool {
        self.bit(6)
    }

    /// The names of the uses that are stated (RFC 5280 §4.2.1.3).
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        const NAMES: [(u8, &str); 9] = [
            (0, "digitalSignature"),
            (1, "nonRepudiation"),
            (2, "keyEncipherment"),
            (3, "dataEncipherment"),
            (4, "keyAgreement"),
            (5, "keyCertSign"),
            (6, "cRLSign"),
            (7, "encipherOnly"),
            (8, "decipherOnly"),
        ];
        let stated = NAMES.into_iter().filter(move |(bit, _)| self.bit(*bit));
        stated.map(|(_, name)| name)
    }
}
