//! Values of the stored form, none of them outside the octets that are left (63-FZ art. 8).

use crate::base::hex::hex;
use crate::base::time::{Civil, UnixTime};
use crate::der::octets::Octets;

use super::{ExtractBound, StoredRefused};

/// What is left to be read. Everything answers none when it is not there.
pub(super) struct Input {
    octets: Octets,
    at: usize,
    items: usize,
    is_bounded: bool,
}

impl Input {
    pub(super) const fn new(octets: Octets) -> Self {
        Self {
            octets,
            at: 0,
            items: 0,
            is_bounded: false,
        }
    }

    /// Of whoever wrote it: the items of all lists are counted.
    pub(super) const fn of_anybody(octets: Octets) -> Self {
        let mut input = Self::new(octets);
        input.is_bounded = true;
        input
    }

    /// Why reading came to an end before the octets did.
    pub(super) fn refused(&self) -> StoredRefused {
        match self.check_items() {
            Ok(()) => StoredRefused::Inconsistent,
            Err(bound) => bound.into(),
        }
    }

    fn check_items(&self) -> Result<(), ExtractBound> {
        if self.is_bounded {
            return ExtractBound::Items.check(self.items);
        }
        Ok(())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.left() == 0
    }

    fn left(&self) -> usize {
        self.octets.len() - self.at
    }

    fn take(&mut self, count: usize) -> Option<&[u8]> {
        let end = self.at.checked_add(count)?;
        let taken = self.octets.get(self.at..end)?;
        self.at = end;
        Some(taken)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.first_chunk().copied()
    }

    pub(super) fn number(&mut self) -> Option<u64> {
        Some(u64::from_le_bytes(self.array()?))
    }

    pub(super) fn size(&mut self) -> Option<usize> {
        usize::try_from(self.number()?).ok()
    }

    pub(super) fn place(&mut self) -> Option<usize> {
        usize::try_from(u32::from_le_bytes(self.array()?)).ok()
    }

    /// An instant of the years 0 to 9999, as every date of a list and of a certificate is.
    pub(super) fn instant(&mut self) -> Option<UnixTime> {
        let instant = UnixTime::from_seconds(i64::from_le_bytes(self.array()?));
        let year = |year, month, day| {
            UnixTime::from_civil(Civil {
                year,
                month,
                day,
                hour: 0,
                minute: 0,
                second: 0,
            })
        };
        let (first, last) = (year(0, 1, 1)?, year(9999, 12, 31)?);
        (first..=last.plus_seconds(86_400))
            .contains(&instant)
            .then_some(instant)
    }

    pub(super) fn digest(&mut self) -> Option<String> {
        let octets: [u8; 32] = self.array()?;
        Some(hex(&octets))
    }

    /// Octets that stay where they are.
    pub(super) fn octets(&mut self) -> Option<Octets> {
        let length = self.size()?;
        let start = self.octets.offset() + self.at;
        self.take(length)?;
        Some(self.octets.part(start..start + length))
    }

    pub(super) fn text(&mut self) -> Option<String> {
        let length = self.place()?;
        let text = std::str::from_utf8(self.take(length)?).ok()?;
        Some(text.to_owned())
    }

    pub(super) fn optional_text(&mut self) -> Option<Option<String>> {
        self.option(Self::text)
    }

    pub(super) fn option<T>(
        &mut self,
        value: impl FnOnce(&mut Self) -> Option<T>,
    ) -> Option<Option<T>> {
        match self.array()? {
            [0] => Some(None),
            [1] => Some(Some(value(self)?)),
            _ => None,
        }
    }

    /// A list, every item of which takes an octet at least, so that a count is bounded by what is left.
    pub(super) fn list<T>(
        &mut self,
        mut item: impl FnMut(&mut Self) -> Option<T>,
    ) -> Option<Vec<T>> {
        let count = self.place()?;
        if count > self.left() {
            return None;
        }
        // Items are larger in memory than in the file: room is taken as they come.
        self.items = self.items.saturating_add(count);
        self.check_items().ok()?;
        let mut items = Vec::new();
        for _ in 0..count {
            items.push(item(self)?);
        }
        Some(items)
    }
}
