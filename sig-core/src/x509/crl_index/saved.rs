//! Indexes as octets, to be kept beside their lists (RFC 5280 §5.1.2.6).
//!
//! Numbers are written with the least significant octet first:
//!
//! | octets | what |
//! |---|---|
//! | 8 | `crlindex` |
//! | 8 | version of the form, 2 |
//! | 32 | SHA-256 of the whole CRL |
//! | 8, 8 | offset and length of the contents of `revokedCertificates` |
//! | 16 | key of the hash |
//! | 8, 8 | number of rows, number of entries that name their issuers |
//! | 8 | critical extensions of entries: 1 certificateIssuer, 2 one that is not known, 3 both |
//! | 8 each | rows, rising: hash in the upper half, offset of the entry in the lower |
//! | 4 each | offsets of the entries that name their issuers, rising |
//! | 32 | SHA-256 of everything before |
//!
//! A row left out would hide a revocation, so nothing is used before the whole index was checked: that costs SHA-256
//! over eight octets an entry, beside SHA-256 over the CRL, which its name in a report costs anyway.

use std::fmt;
use std::ops::Range;

use sha2::Digest as _;

use crate::base::error::Limit;
use crate::base::limits::Budget;
use crate::der::octets::Octets;

use super::CrlIndex;
use super::hop::{Critical, Hopper};
use super::key::IndexKey;
use super::rows::{ROW, Rows};

const MAGIC: [u8; 8] = *b"crlindex";
const VERSION: u64 = 2;
/// Octets of the entry that names its issuer.
const ISSUER: usize = size_of::<u32>();
/// Octets before the rows.
const HEAD: usize = 104;
/// Octets of the checksum.
const CHECKSUM: usize = 32;

/// Why a saved index is not used; the list is then read without it (RFC 5280 §5.1.2.6).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum IndexRefused {
    /// It is no index, or one of another version.
    OtherForm,
    /// It is damaged: its length or checksum is wrong.
    Damaged,
    /// It is the index of another list, or of another state of this list.
    OtherList,
    /// Its rows are not in order or point outside the list.
    Inconsistent,
}

impl fmt::Display for IndexRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OtherForm => "not an index of this version",
            Self::Damaged => "length or checksum is wrong",
            Self::OtherList => "the index of another list",
            Self::Inconsistent => "rows are out of order or outside the list",
        })
    }
}

/// An index that is whole, of whatever list.
pub(in crate::x509) struct SavedIndex {
    list: [u8; 32],
    start: u64,
    length: u64,
    key: IndexKey,
    rows: Octets,
    issuers: Vec<u32>,
    critical: Critical,
}

impl Critical {
    fn bits(self) -> u64 {
        u64::from(self.issuer) | u64::from(self.unknown) << 1
    }

    const fn from_bits(bits: u64) -> Option<Self> {
        match bits {
            0..=3 => Some(Self {
                issuer: bits & 1 != 0,
                unknown: bits & 2 != 0,
            }),
            _ => None,
        }
    }
}

impl CrlIndex {
    /// The index of the list with this SHA-256, whose entries stand in this place.
    pub(in crate::x509) fn to_bytes(&self, list: &[u8; 32], place: Range<usize>) -> Vec<u8> {
        let size = HEAD + self.rows.len() * ROW + self.issuers.len() * ISSUER + CHECKSUM;
        let mut octets = Vec::with_capacity(size);
        let number = |number: usize| (number as u64).to_le_bytes();
        octets.extend(MAGIC);
        octets.extend(VERSION.to_le_bytes());
        octets.extend(list);
        octets.extend(number(place.start));
        octets.extend(number(place.len()));
        octets.extend(self.key.octets());
        octets.extend(number(self.rows.len()));
        octets.extend(number(self.issuers.len()));
        octets.extend(self.critical.bits().to_le_bytes());
        octets.extend(self.rows.iter().flat_map(u64::to_le_bytes));
        octets.extend(self.issuers.iter().copied().flat_map(u32::to_le_bytes));
        octets.extend(sha2::Sha256::digest(&octets));
        octets
    }
}

impl SavedIndex {
    /// Reads an index and checks that it is whole.
    pub(in crate::x509) fn open(saved: &Octets) -> Result<Self, IndexRefused> {
        let base = saved.offset();
        let mut head = Head(saved.get(..HEAD).ok_or(IndexRefused::OtherForm)?);
        if head.array() != MAGIC || head.number() != VERSION {
            return Err(IndexRefused::OtherForm);
        }
        let list = head.array();
        let (start, length) = (head.number(), head.number());
        let key = IndexKey::from_octets(head.array());
        let (rows, issuers) = (head.size(ROW), head.size(ISSUER));
        let critical = Critical::from_bits(head.number()).ok_or(IndexRefused::Damaged)?;
        let rows_end = rows.and_then(|rows| rows.checked_add(HEAD));
        let issuers_end = rows_end
            .zip(issuers)
            .and_then(|(end, size)| end.checked_add(size));
        let whole = issuers_end.and_then(|end| end.checked_add(CHECKSUM));
        let (Some(rows_end), Some(issuers_end)) = (rows_end, issuers_end) else {
            return Err(IndexRefused::Damaged);
        };
        if whole != Some(saved.len()) {
            return Err(IndexRefused::Damaged);
        }
        let (body, checksum) = saved.split_at(issuers_end);
        if *sha2::Sha256::digest(body) != *checksum {
            return Err(IndexRefused::Damaged);
        }
        let issuers = body.get(rows_end..).unwrap_or_default();
        Ok(Self {
            list,
            start,
            length,
            key,
            rows: saved.part(base + HEAD..base + rows_end),
            issuers: issuers
                .as_chunks()
                .0
                .iter()
                .copied()
                .map(u32::from_le_bytes)
                .collect(),
            critical,
        })
    }

    /// Whether it says that it is the index of the list with this SHA-256.
    pub(in crate::x509) fn is_of(&self, list: &[u8; 32]) -> bool {
        self.list == *list
    }

    /// The index over the contents of `revokedCertificates`, which would otherwise be hopped over.
    pub(in crate::x509) fn attach(
        self,
        source: &Octets,
        hopper: &Hopper,
    ) -> Result<CrlIndex, IndexRefused> {
        let place = (source.offset() as u64, source.len() as u64);
        if place != (self.start, self.length) {
            return Err(IndexRefused::OtherList);
        }
        let rows = Rows::Saved(self.rows);
        let inside = |offset: u32| (offset as usize) < source.len();
        let rising = rows.iter().is_sorted_by(|left, right| left < right)
            && self.issuers.is_sorted_by(|left, right| left < right);
        let all_inside = rows.iter().all(|row| inside(row as u32))
            && self.issuers.iter().all(|offset| inside(*offset));
        // Too many entries: the list is read and refused.
        let bounded = Budget::at_most(rows.len() as u64, hopper.bound(), Limit::CrlEntries);
        if !rising || !all_inside || bounded.is_err() {
            return Err(IndexRefused::Inconsistent);
        }
        Ok(CrlIndex {
            source: source.clone(),
            key: self.key,
            indirect: false,
            rows,
            issuers: self.issuers,
            critical: self.critical,
        })
    }
}

/// What is left of the head.
struct Head<'a>(&'a [u8]);

impl Head<'_> {
    fn array<const N: usize>(&mut self) -> [u8; N] {
        let (array, rest) = self.0.split_first_chunk().unwrap_or((&[0; N], &[]));
        self.0 = rest;
        *array
    }

    fn number(&mut self) -> u64 {
        u64::from_le_bytes(self.array())
    }

    /// Octets of as many rows as the next number says.
    fn size(&mut self, row: usize) -> Option<usize> {
        usize::try_from(self.number()).ok()?.checked_mul(row)
    }
}

#[cfg(test)]
mod tests;
