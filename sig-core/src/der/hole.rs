//! Inputs of which a part passed by and was not kept: the content of a message that is read as a stream.

use std::ops::Range;

use crate::base::error::{Error, LimitExceeded, Malformed, Reason, Structure};

/// Where the contents of a string stood, and what a reader that walks over them would meet.
#[derive(Clone, Debug)]
pub(crate) struct Hole {
    /// From the first octet of the contents to the end of them. The end is past every input when it was not found.
    pub(crate) place: Range<usize>,
    /// Elements that a walk for the end of an indefinite length meets inside.
    pub(crate) walked: u64,
    /// What such a walk ends with.
    pub(crate) walk: Result<(), Broken>,
    /// Elements that are read when the segments are joined.
    pub(crate) joined: u64,
    /// What the joining of the segments ends with.
    pub(crate) join: Result<(), Broken>,
}

/// Why the contents cannot be read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Broken {
    /// What is wrong, and where.
    Malformed(usize, Reason),
    /// A limit.
    Limit(LimitExceeded),
}

impl Broken {
    /// As an error in a structure.
    pub(crate) const fn in_structure(self, structure: Structure) -> Error {
        match self {
            Self::Malformed(offset, reason) => Error::Malformed(Malformed {
                structure,
                offset,
                reason,
            }),
            Self::Limit(limit) => Error::Limit(limit),
        }
    }
}

/// The octets on both sides of a hole.
pub(crate) struct Holed {
    /// Up to the hole.
    pub(crate) head: Vec<u8>,
    /// The hole; it is not empty.
    pub(crate) hole: Hole,
    /// From the end of the hole.
    pub(crate) tail: Vec<u8>,
    /// Octets of the whole input, the hole among them.
    pub(crate) size: usize,
}

impl Holed {
    pub(super) fn octet(&self, at: usize) -> Option<u8> {
        match at.checked_sub(self.hole.place.end) {
            Some(at) => self.tail.get(at).copied(),
            None => self.head.get(at).copied(),
        }
    }

    /// What is kept of a part, from its beginning.
    pub(super) fn part(&self, range: Range<usize>) -> &[u8] {
        let end = self.hole.place.end;
        let kept = if range.start >= end {
            self.tail.get(range.start - end..range.end - end)
        } else {
            self.head.get(range.start..range.end.min(self.head.len()))
        };
        kept.unwrap_or_default()
    }
}
