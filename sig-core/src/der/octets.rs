//! Shared octets that remember where they stood.

use std::fmt;
use std::ops::{Deref, Range};
use std::sync::Arc;

use super::hole::{Hole, Holed};

/// A part of an input: the original octets, never re-encoded, cheap to clone.
#[derive(Clone)]
pub struct Octets {
    buffer: Buffer,
    start: usize,
    end: usize,
}

/// Who holds the octets.
#[derive(Clone)]
enum Buffer {
    Own(Arc<[u8]>),
    Foreign(Arc<dyn AsRef<[u8]> + Send + Sync>),
    Holed(Arc<Holed>),
}

impl Octets {
    /// All octets of an input.
    #[must_use]
    pub fn new(buffer: impl Into<Arc<[u8]>>) -> Self {
        let buffer = buffer.into();
        let end = buffer.len();
        Self {
            buffer: Buffer::Own(buffer),
            start: 0,
            end,
        }
    }

    /// All octets that something else holds, such as a mapped file. They must stay as they are.
    #[must_use]
    pub fn shared(holder: Arc<dyn AsRef<[u8]> + Send + Sync>) -> Self {
        let end = (*holder).as_ref().len();
        Self {
            buffer: Buffer::Foreign(holder),
            start: 0,
            end,
        }
    }

    /// An input of which the octets in a hole are not kept. Only parts on one side of the hole can be looked at: a part
    /// that spans it shows what stands before it.
    pub(crate) fn with_hole(holed: Holed) -> Self {
        let end = holed.size;
        Self {
            buffer: Buffer::Holed(Arc::new(holed)),
            start: 0,
            end,
        }
    }

    /// The hole in the input.
    pub(crate) fn hole(&self) -> Option<&Hole> {
        match &self.buffer {
            Buffer::Holed(holed) => Some(&holed.hole),
            Buffer::Own(_) | Buffer::Foreign(_) => None,
        }
    }

    /// The octets on both sides of the hole.
    pub(crate) fn holed(&self) -> Option<&Holed> {
        match &self.buffer {
            Buffer::Holed(holed) => Some(holed),
            Buffer::Own(_) | Buffer::Foreign(_) => None,
        }
    }

    /// What stands behind the hole, to the end of the whole input.
    pub(super) fn behind_hole(&self) -> &[u8] {
        match &self.buffer {
            Buffer::Holed(holed) => &holed.tail,
            Buffer::Own(_) | Buffer::Foreign(_) => &[],
        }
    }

    /// The octet at an offset of the whole input, behind a hole too.
    #[cold]
    pub(super) fn octet(&self, at: usize) -> Option<u8> {
        if !(self.start..self.end).contains(&at) {
            return None;
        }
        match &self.buffer {
            Buffer::Holed(holed) => holed.octet(at),
            Buffer::Own(_) | Buffer::Foreign(_) => self.get(at - self.start).copied(),
        }
    }

    /// Offset behind the last octet, from the start of the input.
    pub(super) const fn end(&self) -> usize {
        self.end
    }

    /// Offset from the start of the input, in octets.
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.start
    }

    /// The part between two offsets of the whole input; a range outside this part is cut to it.
    #[must_use]
    #[inline]
    pub fn part(&self, range: Range<usize>) -> Self {
        let start = range.start.clamp(self.start, self.end);
        let end = range.end.clamp(start, self.end);
        Self {
            buffer: self.buffer.clone(),
            start,
            end,
        }
    }
}

impl Deref for Octets {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        let all = match &self.buffer {
            Buffer::Own(octets) => octets,
            Buffer::Foreign(holder) => (**holder).as_ref(),
            Buffer::Holed(holed) => return holed.part(self.start..self.end),
        };
        all.get(self.start..self.end).unwrap_or_default()
    }
}

impl AsRef<[u8]> for Octets {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl Default for Octets {
    /// No octets.
    fn default() -> Self {
        Self::new([])
    }
}

impl From<Vec<u8>> for Octets {
    fn from(octets: Vec<u8>) -> Self {
        Self::new(octets)
    }
}

impl From<&[u8]> for Octets {
    fn from(octets: &[u8]) -> Self {
        Self::new(octets)
    }
}

impl PartialEq for Octets {
    fn eq(&self, other: &Self) -> bool {
        let (left, right): (&[u8], &[u8]) = (self, other);
        std::ptr::eq(left, right) || left == right
    }
}

impl Eq for Octets {}

impl fmt::Debug for Octets {
    /// Place and length only: the octets may be personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Octets({} at {})", self.len(), self.start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_octets_are_parts_like_any_other() {
        let holder: Arc<dyn AsRef<[u8]> + Send + Sync> = Arc::new(vec![1, 2, 3, 4]);
        let shared = Octets::shared(holder);
        let own = Octets::from(vec![1, 2, 3, 4]);
        assert_eq!(shared, own);
        let (part, expected) = (shared.part(1..3), own.part(1..3));
        assert_eq!((part.offset(), &*part), (expected.offset(), &*expected));
        assert_eq!(*shared.part(3..9), [4]);
    }
}
