//! One element: tag, length, contents (X.690 §8.1).

use std::borrow::Cow;

use crate::base::error::{Error, Malformed, Reason, Structure};
use crate::base::limits::Budget;

use super::hole::Hole;
use super::octets::Octets;
use super::reader::{Encoding, Reader};
use super::tag::Tag;

/// An element of an input, with its place.
#[derive(Clone, Copy, Debug)]
pub struct Element<'a> {
    /// Tag of the element.
    pub tag: Tag,
    pub(super) source: &'a Octets,
    pub(super) bytes: &'a [u8],
    pub(super) base: usize,
    pub(super) start: usize,
    pub(super) content_start: usize,
    pub(super) content_end: usize,
    pub(super) end: usize,
    pub(super) length: LengthForm,
    pub(super) encoding: Encoding,
    pub(super) depth: u32,
    pub(super) structure: Structure,
}

/// How the length was written (X.690 §8.1.3).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum LengthForm {
    /// The shortest definite form, as DER requires.
    Minimal,
    /// A definite form with octets to spare.
    NotMinimal,
    /// Ended by two zero octets.
    Indefinite,
}

impl<'a> Element<'a> {
    /// Offset of the first identifier octet in the input.
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.start
    }

    /// Octets of tag and length.
    #[must_use]
    #[inline]
    pub const fn header_size(&self) -> usize {
        self.content_start - self.start
    }

    /// How the length was written.
    #[must_use]
    pub const fn length_form(&self) -> LengthForm {
        self.length
    }

    /// The whole element, as it was sent.
    #[must_use]
    #[inline]
    pub fn octets(&self) -> Octets {
        self.source.part(self.start..self.end)
    }

    /// The contents, without tag, length and end-of-contents.
    #[must_use]
    #[inline]
    pub fn content(&self) -> Octets {
        self.source.part(self.content_start..self.content_end)
    }

    /// The contents, borrowed.
    #[must_use]
    #[inline(always)]
    pub fn content_bytes(&self) -> &'a [u8] {
        self.bytes
            .get(self.content_start - self.base..self.content_end - self.base)
            .unwrap_or_default()
    }

    /// The hole that the contents are.
    pub(crate) fn hole(&self) -> Option<&'a Hole> {
        let hole = self.source.hole();
        hole.filter(|hole| hole.place.start == self.content_start)
    }

    /// A reader over the elements inside.
    ///
    /// # Errors
    /// The element is primitive, or nested too deep.
    #[inline(always)]
    pub fn reader(&self, structure: Structure, budget: &Budget) -> Result<Reader<'a>, Error> {
        if !self.tag.is_constructed() {
            return Err(self.malformed(Reason::UnexpectedTag));
        }
        Reader::inside(self, structure, budget)
    }

    /// The octets of a string type, its BER segments joined (X.690 §8.7.3).
    ///
    /// # Errors
    /// A segment of another type, or a segmented string where DER is required.
    pub fn string_octets(&self, budget: &mut Budget) -> Result<Cow<'a, [u8]>, Error> {
        if !self.tag.is_constructed() {
            return Ok(Cow::Borrowed(self.content_bytes()));
        }
        if self.encoding == Encoding::Der {
            return Err(self.malformed(Reason::NotDer));
        }
        let mut joined = Vec::new();
        self.join_segments(&mut joined, budget)?;
        Ok(Cow::Owned(joined))
    }

    fn join_segments(&self, joined: &mut Vec<u8>, budget: &mut Budget) -> Result<(), Error> {
        let mut reader = self.reader(self.structure, budget)?;
        while !reader.is_empty() {
            let segment = reader.element(budget)?;
            if segment.tag.primitive() != Tag::OCTET_STRING {
                return Err(segment.malformed(Reason::UnexpectedTag));
            }
            if segment.tag.is_constructed() {
                segment.join_segments(joined, budget)?;
            } else {
                joined.extend_from_slice(segment.content_bytes());
            }
        }
        Ok(())
    }

    /// An error at this element.
    #[must_use]
    #[cold]
    #[inline(never)]
    pub const fn malformed(&self, reason: Reason) -> Error {
        Error::Malformed(Malformed {
            structure: self.structure,
            offset: self.start,
            reason,
        })
    }
}
