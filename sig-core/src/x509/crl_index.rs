//! The entries of a CRL, indexed by serial number while they are read (RFC 5280 §5.1.2.6).

use crate::base::error::{Error, Reason, Structure};
use crate::base::limits::Budget;
use crate::base::time::UnixTime;
use crate::der::element::Element;
use crate::der::octets::Octets;
use crate::der::oids;
use crate::der::reader::{Encoding, Reader};
use crate::der::tag::Tag;

use super::certificate::significant;
use super::extension::Extensions;

/// Entries of a CRL sorted by serial number (RFC 5280 §5.1.2.6). An entry costs twelve octets.
#[derive(Clone, Debug)]
pub struct CrlIndex {
    source: Octets,
    rows: Vec<Row>,
}

/// Offsets into the list of entries.
#[derive(Clone, Copy, Debug)]
struct Row {
    entry: u32,
    serial: u32,
    serial_length: u32,
}

/// One entry of a CRL (RFC 5280 §5.3).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct CrlEntry {
    /// When the certificate was revoked.
    pub revocation_date: UnixTime,
    /// Why (RFC 5280 §5.3.1); unspecified when absent.
    pub reason: RevocationReason,
    /// A critical extension of the entry is not understood, so its meaning is open.
    pub has_unknown_critical_extension: bool,
}

/// Why a certificate was revoked (RFC 5280 §5.3.1).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[allow(missing_docs, reason = "the names are those of RFC 5280")]
pub enum RevocationReason {
    Unspecified,
    KeyCompromise,
    CaCompromise,
    AffiliationChanged,
    Superseded,
    CessationOfOperation,
    CertificateHold,
    RemoveFromCrl,
    PrivilegeWithdrawn,
    AaCompromise,
}

impl RevocationReason {
    /// The name of RFC 5280 §5.3.1.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unspecified => "unspecified",
            Self::KeyCompromise => "keyCompromise",
            Self::CaCompromise => "cACompromise",
            Self::AffiliationChanged => "affiliationChanged",
            Self::Superseded => "superseded",
            Self::CessationOfOperation => "cessationOfOperation",
            Self::CertificateHold => "certificateHold",
            Self::RemoveFromCrl => "removeFromCRL",
            Self::PrivilegeWithdrawn => "privilegeWithdrawn",
            Self::AaCompromise => "aACompromise",
        }
    }

    pub(in crate::x509) const fn from_number(number: u8) -> Option<Self> {
        Some(match number {
            0 => Self::Unspecified,
            1 => Self::KeyCompromise,
            2 => Self::CaCompromise,
            3 => Self::AffiliationChanged,
            4 => Self::Superseded,
            5 => Self::CessationOfOperation,
            6 => Self::CertificateHold,
            8 => Self::RemoveFromCrl,
            9 => Self::PrivilegeWithdrawn,
            10 => Self::AaCompromise,
            _ => return None,
        })
    }
}

impl Default for CrlIndex {
    fn default() -> Self {
        Self {
            source: Octets::from(Vec::new()),
            rows: Vec::new(),
        }
    }
}

impl CrlIndex {
    pub(super) fn read(list: &Element<'_>, budget: &mut Budget) -> Result<Self, Error> {
        let source = list.content();
        let base = source.offset();
        let mut reader = list.reader(Structure::CertificateList, budget)?;
        let mut rows = Vec::new();
        while !reader.is_empty() {
            let entry = reader.expect(Tag::SEQUENCE, budget)?;
            let mut fields = entry.reader(Structure::CertificateList, budget)?;
            let number = fields.expect(Tag::INTEGER, budget)?;
            let serial = number.content();
            if serial.is_empty() {
                return Err(number.malformed(Reason::InvalidValue));
            }
            let offset = |at: usize| {
                u32::try_from(at - base).map_err(|_| entry.malformed(Reason::InvalidLength))
            };
            rows.push(Row {
                entry: offset(entry.offset())?,
                serial: offset(serial.offset())?,
                serial_length: offset(base + serial.len())?,
            });
        }
        let mut index = Self {
            source,
            rows: Vec::new(),
        };
        rows.sort_by(|left, right| index.serial(left).cmp(index.serial(right)));
        index.rows = rows;
        Ok(index)
    }

    /// Number of entries (RFC 5280 §5.1.2.6).
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no entry (RFC 5280 §5.1.2.6).
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    fn serial(&self, row: &Row) -> &[u8] {
        let start = row.serial as usize;
        significant(
            self.source
                .get(start..start + row.serial_length as usize)
                .unwrap_or_default(),
        )
    }

    /// The entry for a serial number (RFC 5280 §6.3.3 (i)).
    ///
    /// # Errors
    /// The entry is malformed: it must not be taken for "not revoked".
    pub fn find(&self, serial: &[u8], budget: &mut Budget) -> Result<Option<CrlEntry>, Error> {
        let wanted = significant(serial);
        let Ok(at) = self
            .rows
            .binary_search_by(|row| self.serial(row).cmp(wanted))
        else {
            return Ok(None);
        };
        let Some(row) = self.rows.get(at) else {
            return Ok(None);
        };
        let start = self.source.offset() + row.entry as usize;
        let rest = self.source.part(start..usize::MAX);
        let mut reader = Reader::new(&rest, Encoding::Der, Structure::CertificateList);
        read_entry(&mut reader, budget).map(Some)
    }
}

fn read_entry(reader: &mut Reader<'_>, budget: &mut Budget) -> Result<CrlEntry, Error> {
    let mut fields = reader.enter(Tag::SEQUENCE, budget)?;
    fields.expect(Tag::INTEGER, budget)?;
    let revocation_date = fields.element(budget)?.time()?;
    let extensions = if fields.is_empty() {
        Extensions::default()
    } else {
        Extensions::read(&mut fields, budget)?
    };
    fields.finish()?;
    let reason = match extensions.find(oids::REASON_CODE) {
        Some(extension) => {
            let mut value = Reader::new(&extension.value, Encoding::Der, Structure::Extension);
            let number = value.expect(Tag::ENUMERATED, budget)?;
            value.finish()?;
            match number.content_bytes() {
                [octet] => RevocationReason::from_number(*octet),
                _ => None,
            }
            .ok_or_else(|| number.malformed(Reason::InvalidValue))?
        }
        None => RevocationReason::Unspecified,
    };
    let known = [oids::REASON_CODE, oids::INVALIDITY_DATE];
    let has_unknown_critical_extension = extensions
        .all
        .iter()
        .any(|extension| extension.critical && !known.contains(&extension.id));
    Ok(CrlEntry {
        revocation_date,
        reason,
        has_unknown_critical_extension,
    })
}
