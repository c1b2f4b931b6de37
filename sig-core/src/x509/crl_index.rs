//! The entries of a CRL, indexed by serial number while they are read (RFC 5280 §5.1.2.6).

use std::ops::Range;

use crate::base::error::{Error, Malformed, Reason, Structure};
use crate::base::limits::Budget;
use crate::der::octets::Octets;

use super::certificate::significant;
use super::extension::general_name::GeneralName;

mod entry;
mod hop;
mod key;
mod rows;
mod saved;

pub use entry::{CrlEntry, RevocationReason};
pub use key::IndexKey;
pub use saved::IndexRefused;

pub(super) use hop::{Header, Hopper};
pub(super) use saved::SavedIndex;

use entry::RawEntry;
use hop::Critical;
use rows::Rows;

/// The entries of a CRL by serial number (RFC 5280 §5.1.2.6). An entry costs eight octets beside the CRL.
///
/// A row holds 32 bits of a keyed hash of the serial number and the offset of the entry; a look-up confirms every hit
/// on the octets of the CRL. An entry whose outline is broken fails the reading of the list; one whose values are
/// malformed fails the look-up of its serial number.
#[derive(Clone, Debug, Default)]
pub struct CrlIndex {
    source: Octets,
    key: IndexKey,
    /// Whether entries may belong to other issuers (RFC 5280 §5.2.5).
    indirect: bool,
    rows: Rows,
    /// Offsets of the entries that carry a certificateIssuer, rising.
    issuers: Vec<u32>,
    critical: Critical,
}

impl CrlIndex {
    /// Indexes the contents of `revokedCertificates`.
    pub(super) fn read(source: Octets, mut hopper: Hopper) -> Result<Self, Error> {
        hopper.reserve_for(source.len());
        let taken = hopper.take(&source, 0, source.offset())?;
        if taken != source.len() {
            return Err(truncated(source.offset() + taken));
        }
        Ok(Self::of_hops(hopper, source))
    }

    /// The entries that were hopped over, which stand in `source`.
    pub(super) fn of_hops(hopper: Hopper, source: Octets) -> Self {
        let key = hopper.key();
        let Hopper {
            rows,
            issuers,
            critical,
            ..
        } = hopper;
        Self {
            source,
            key,
            indirect: false,
            rows: Rows::built(rows),
            issuers,
            critical,
        }
    }

    /// Where the entries stand in the CRL.
    pub(super) fn place(&self) -> Range<usize> {
        let start = self.source.offset();
        start..start + self.source.len()
    }

    /// The same entries in a list that is said to be indirect, or not to be (RFC 5280 §5.2.5).
    pub(super) fn with_scope(self, indirect: bool) -> Self {
        Self { indirect, ..self }
    }

    /// Number of entries (RFC 5280 §5.1.2.6).
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no entry (RFC 5280 §5.1.2.6).
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether an entry, of whatever certificate, carries a critical extension that is not understood: the list says
    /// nothing of any certificate then (RFC 5280 §5.3).
    #[must_use]
    pub const fn has_unknown_critical_extension(&self) -> bool {
        self.critical.unknown || (self.critical.issuer && !self.indirect)
    }

    /// Octets of memory that the index holds beside the CRL and a file it was saved to (RFC 5280 §5.1.2.6).
    #[must_use]
    pub fn memory(&self) -> usize {
        self.rows.memory() + self.issuers.capacity() * size_of::<u32>()
    }

    /// Every entry for a serial number, in the order of the list (RFC 5280 §6.3.3 (i)): an indirect CRL may have one
    /// for each of several issuers.
    ///
    /// # Errors
    /// An entry for this serial number is malformed: it must not be taken for "not revoked". A limit.
    ///
    /// # Limits
    /// The elements of the entries that are found, and of the entries before them that name their issuers.
    pub fn find(&self, serial: &[u8], budget: &mut Budget) -> Result<Vec<CrlEntry>, Error> {
        let wanted = significant(serial);
        let hash = self.key.hash(wanted);
        let mut found = Vec::new();
        for offset in self.rows.with_hash(hash) {
            let entry = self.source.get(offset as usize..).unwrap_or_default();
            let serial = hop::serial_at(entry).ok_or_else(|| self.no_entry(offset))?;
            if significant(serial) == wanted {
                found.push(self.read_entry(offset, budget)?);
            }
        }
        Ok(found)
    }

    /// The list from the entry at an offset on.
    fn entry_at(&self, offset: u32) -> Octets {
        let start = self.source.offset() + offset as usize;
        self.source.part(start..usize::MAX)
    }

    fn read_entry(&self, offset: u32, budget: &mut Budget) -> Result<CrlEntry, Error> {
        let entry = RawEntry::read(&self.entry_at(offset), budget)?;
        let issuer = if self.indirect {
            self.issuer_of(offset, &entry, budget)?
        } else {
            None
        };
        entry.interpret(self.indirect, issuer, budget)
    }

    /// The certificateIssuer in effect for an entry (RFC 5280 §5.3.3).
    fn issuer_of(
        &self,
        offset: u32,
        entry: &RawEntry,
        budget: &mut Budget,
    ) -> Result<Option<Vec<GeneralName>>, Error> {
        let before = self.issuers.partition_point(|naming| *naming <= offset);
        let naming = before.checked_sub(1).and_then(|at| self.issuers.get(at));
        match naming {
            None => Ok(None),
            Some(naming) if *naming == offset => entry.certificate_issuer(budget),
            Some(naming) => {
                RawEntry::read(&self.entry_at(*naming), budget)?.certificate_issuer(budget)
            }
        }
    }

    /// A row does not point to an entry.
    fn no_entry(&self, offset: u32) -> Error {
        truncated(self.source.offset() + offset as usize)
    }
}

fn truncated(offset: usize) -> Error {
    Error::Malformed(Malformed {
        structure: Structure::CertificateList,
        offset,
        reason: Reason::Truncated,
    })
}

#[cfg(test)]
mod tests;
