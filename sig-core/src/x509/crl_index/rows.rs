//! The rows of an index, in memory or in a file that is mapped (RFC 5280 §5.1.2.6).

use crate::der::octets::Octets;

/// Octets of a row.
pub(super) const ROW: usize = size_of::<u64>();

/// Rows in rising order: 32 bits of a hash above, the offset of an entry below.
#[derive(Clone, Debug)]
pub(super) enum Rows {
    Built(Vec<u64>),
    /// Each eight octets, the least significant first.
    Saved(Octets),
}

impl Default for Rows {
    fn default() -> Self {
        Self::Built(Vec::new())
    }
}

/// The row of an entry.
pub(super) const fn row(hash: u32, offset: u32) -> u64 {
    (hash as u64) << 32 | offset as u64
}

impl Rows {
    /// From rows in any order.
    pub(super) fn built(mut rows: Vec<u64>) -> Self {
        rows.sort_unstable();
        rows.shrink_to_fit();
        Self::Built(rows)
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Built(rows) => rows.len(),
            Self::Saved(octets) => octets.len() / ROW,
        }
    }

    /// Octets of memory.
    pub(super) fn memory(&self) -> usize {
        match self {
            Self::Built(rows) => rows.capacity() * ROW,
            Self::Saved(_) => 0,
        }
    }

    /// All rows.
    pub(super) fn iter(&self) -> impl Iterator<Item = u64> {
        let (built, saved) = match self {
            Self::Built(rows) => (rows.as_slice(), &[][..]),
            Self::Saved(octets) => (&[][..], octets.as_chunks().0),
        };
        let saved = saved.iter().map(|octets| u64::from_le_bytes(*octets));
        built.iter().copied().chain(saved)
    }

    /// Offsets of the entries with this hash, in the order of the list.
    pub(super) fn with_hash(&self, hash: u32) -> impl Iterator<Item = u32> {
        let (first, last) = (row(hash, 0), row(hash, u32::MAX));
        let (built, saved) = match self {
            Self::Built(rows) => (from(rows, |row| *row < first), &[][..]),
            Self::Saved(octets) => {
                let rows = octets.as_chunks().0;
                let before = |octets: &[u8; ROW]| u64::from_le_bytes(*octets) < first;
                (&[][..], from(rows, before))
            }
        };
        let saved = saved.iter().map(|octets| u64::from_le_bytes(*octets));
        let rows = built.iter().copied().chain(saved);
        rows.take_while(move |row| *row <= last)
            .map(|row| row as u32)
    }
}

/// The part of a sorted slice from the first element on that does not come before.
fn from<T>(rows: &[T], before: impl Fn(&T) -> bool) -> &[T] {
    let first = rows.partition_point(before);
    rows.get(first..).unwrap_or_default()
}
