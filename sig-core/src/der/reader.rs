//! A reader over the elements of one input.
//!
//! What every element passes through is inlined: an element is a dozen words, and handing them over through memory costs
//! more than reading them.

use crate::base::error::{Error, Limit, LimitExceeded, Malformed, Reason, Structure};
use crate::base::limits::Budget;

use super::element::{Element, LengthForm};
use super::octets::Octets;
use super::oid::Oid;
use super::tag::Tag;

/// Which encoding rules an input must keep.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Encoding {
    /// Distinguished encoding rules: certificates, CRLs, OCSP, `TSTInfo`.
    Der,
    /// Basic encoding rules: the CMS envelope only.
    Ber,
}

/// Reads elements one after another.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    source: &'a Octets,
    /// The octets of the source.
    bytes: &'a [u8],
    /// Offset of the first of them in the input.
    base: usize,
    position: usize,
    end: usize,
    encoding: Encoding,
    depth: u32,
    structure: Structure,
}

/// Tag and length of an element.
pub(crate) struct Header {
    pub(crate) tag: Tag,
    /// None when it is indefinite.
    pub(crate) length: Option<usize>,
    form: LengthForm,
    /// Octets of tag and length.
    pub(crate) size: usize,
}

impl<'a> Reader<'a> {
    /// Which encoding rules the input must keep.
    #[must_use]
    pub const fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// A reader over a whole input.
    #[must_use]
    pub fn new(source: &'a Octets, encoding: Encoding, structure: Structure) -> Self {
        let bytes: &[u8] = source;
        let base = source.offset();
        Self {
            source,
            bytes,
            base,
            position: base,
            end: source.end(),
            encoding,
            depth: 0,
            structure,
        }
    }

    #[inline(always)]
    pub(super) fn inside(
        element: &Element<'a>,
        structure: Structure,
        budget: &Budget,
    ) -> Result<Self, Error> {
        let depth = element.depth + 1;
        check_depth(depth, budget)?;
        Ok(Self {
            source: element.source,
            bytes: element.bytes,
            base: element.base,
            position: element.content_start,
            end: element.content_end,
            encoding: element.encoding,
            depth,
            structure,
        })
    }

    /// Whether everything was read.
    #[must_use]
    #[inline]
    pub const fn is_empty(&self) -> bool {
        self.position >= self.end
    }

    /// Offset of the next element in the input.
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.position
    }

    /// The tag of the next element.
    #[must_use]
    pub fn peek_tag(&self) -> Option<Tag> {
        self.header_at(self.position).ok().map(|header| header.tag)
    }

    /// The next element.
    ///
    /// # Errors
    /// The octets are not an element under the encoding rules; a limit.
    ///
    /// # Limits
    /// One node for each element; for an indefinite length one for each element inside.
    #[inline(always)]
    pub fn element(&mut self, budget: &mut Budget) -> Result<Element<'a>, Error> {
        budget.spend_node()?;
        let header = self.header_at(self.position)?;
        self.element_with(&header, budget)
    }

    /// The next element, whose header was read.
    #[inline(always)]
    fn element_with(&mut self, header: &Header, budget: &mut Budget) -> Result<Element<'a>, Error> {
        let start = self.position;
        let content_start = start + header.size;
        let (content_end, end) = match header.length {
            Some(length) => {
                let end = self.definite_end(content_start, length)?;
                (end, end)
            }
            None => self.end_of_indefinite(content_start, budget)?,
        };
        if self.encoding == Encoding::Der && header.form != LengthForm::Minimal {
            return Err(self.malformed(start, Reason::InvalidLength));
        }
        self.position = end;
        Ok(Element {
            tag: header.tag,
            source: self.source,
            bytes: self.bytes,
            base: self.base,
            start,
            content_start,
            content_end,
            end,
            length: header.form,
            encoding: self.encoding,
            depth: self.depth,
            structure: self.structure,
        })
    }

    /// The next element, which must have this tag.
    ///
    /// # Errors
    /// Another tag, or nothing, is there.
    #[inline(always)]
    pub fn expect(&mut self, tag: Tag, budget: &mut Budget) -> Result<Element<'a>, Error> {
        let offset = self.position;
        if self.is_empty() {
            return Err(self.malformed(offset, Reason::Missing));
        }
        let element = self.element(budget)?;
        if element.tag == tag {
            Ok(element)
        } else {
            Err(self.malformed(offset, Reason::UnexpectedTag))
        }
    }

    /// The next element if it has this tag.
    ///
    /// # Errors
    /// As [`Reader::element`].
    #[inline(always)]
    pub fn optional(
        &mut self,
        tag: Tag,
        budget: &mut Budget,
    ) -> Result<Option<Element<'a>>, Error> {
        if self.is_empty() {
            return Ok(None);
        }
        match self.header_at(self.position) {
            Ok(header) if header.tag == tag => {
                budget.spend_node()?;
                self.element_with(&header, budget).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// A reader over the contents of the next element, which must have this tag.
    ///
    /// # Errors
    /// As [`Reader::expect`].
    #[inline(always)]
    pub fn enter(&mut self, tag: Tag, budget: &mut Budget) -> Result<Self, Error> {
        let structure = self.structure;
        self.expect(tag, budget)?.reader(structure, budget)
    }

    /// A string element in primitive or, under BER, segmented form.
    ///
    /// # Errors
    /// Another tag is there.
    pub fn expect_string(&mut self, tag: Tag, budget: &mut Budget) -> Result<Element<'a>, Error> {
        let offset = self.position;
        let element = self.element(budget)?;
        let segmented = self.encoding == Encoding::Ber && element.tag == tag.constructed();
        if element.tag == tag || segmented {
            Ok(element)
        } else {
            Err(self.malformed(offset, Reason::UnexpectedTag))
        }
    }

    /// Whether the input begins like a SEQUENCE that begins with this object identifier, whatever its lengths
    /// claim.
    #[must_use]
    pub fn starts_with_content_type(&self, oid: Oid) -> bool {
        let first = |at| self.header_at(at).ok();
        let Some(outer) = first(self.position).filter(|header| header.tag == Tag::SEQUENCE) else {
            return false;
        };
        let at = self.position + outer.size;
        let Some(inner) = first(at).filter(|header| header.tag == Tag::OID) else {
            return false;
        };
        let start = at + inner.size - self.base;
        let content = oid.content();
        inner.length == Some(content.len())
            && self.bytes.get(start..start + content.len()) == Some(content)
    }

    /// From here on the octets behind the hole of the input are read, if the reader stands behind it.
    pub(crate) fn pass_hole(&mut self) {
        if let Some(hole) = self.source.hole()
            && self.position >= hole.place.end
        {
            self.base = hole.place.end;
            self.bytes = self.source.behind_hole();
        }
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// Octets are left.
    pub fn finish(&self) -> Result<(), Error> {
        if self.is_empty() {
            Ok(())
        } else {
            Err(self.malformed(self.position, Reason::TrailingOctets))
        }
    }

    /// An error at an offset of this input.
    #[must_use]
    #[cold]
    #[inline(never)]
    pub const fn malformed(&self, offset: usize, reason: Reason) -> Error {
        Error::Malformed(Malformed {
            structure: self.structure,
            offset,
            reason,
        })
    }

    fn octet(&self, at: usize) -> Option<u8> {
        if at >= self.end {
            return None;
        }
        let octet = self.bytes.get(at - self.base).copied();
        octet.or_else(|| self.source.octet(at))
    }

    #[inline(always)]
    fn header_at(&self, start: usize) -> Result<Header, Error> {
        if let Some(&[first, lead]) = self.bytes.get(start - self.base..start - self.base + 2)
            && start + 2 <= self.end
            && first & 0x1f != 0x1f
            && lead < 0x80
        {
            // Nearly every element has a tag of one octet and a length of one.
            return Ok(Header {
                tag: Tag::from_parts(first, u32::from(first & 0x1f)),
                length: Some(usize::from(lead)),
                form: LengthForm::Minimal,
                size: 2,
            });
        }
        self.any_header_at(start)
    }

    #[inline(never)]
    fn any_header_at(&self, start: usize) -> Result<Header, Error> {
        if let Some(header) = self.long_header_at(start) {
            return Ok(header);
        }
        Header::read(|at| self.octet(at), start, self.encoding)
            .map_err(|(offset, reason)| self.malformed(offset, reason))
    }

    /// A header of one octet of tag and two or three of length, the shortest form: that of nearly all others.
    #[inline(always)]
    fn long_header_at(&self, start: usize) -> Option<Header> {
        let &[first, lead, high, low] = self.bytes.get(start - self.base..start - self.base + 4)?
        else {
            return None;
        };
        let (length, size) = match lead {
            0x81 => (usize::from(high), 3),
            0x82 => (usize::from(high) << 8 | usize::from(low), 4),
            _ => return None,
        };
        let is_shortest = length >= if size == 3 { 0x80 } else { 0x100 };
        let is_usual = start + size <= self.end && first & 0x1f != 0x1f && is_shortest;
        is_usual.then(|| Header {
            tag: Tag::from_parts(first, u32::from(first & 0x1f)),
            length: Some(length),
            form: LengthForm::Minimal,
            size,
        })
    }

    #[inline(always)]
    fn definite_end(&self, content_start: usize, length: usize) -> Result<usize, Error> {
        content_start
            .checked_add(length)
            .filter(|end| *end <= self.end)
            .ok_or_else(|| self.malformed(content_start, Reason::Truncated))
    }

    /// Walks the elements of an indefinite-length element to its end-of-contents.
    #[cold]
    #[inline(never)]
    fn end_of_indefinite(
        &self,
        content_start: usize,
        budget: &mut Budget,
    ) -> Result<(usize, usize), Error> {
        let mut open = 1_u32;
        let mut position = content_start;
        loop {
            if let Some(hole) = self.source.hole()
                && hole.place.start == position
            {
                budget.count_passed_nodes(hole.walked);
                hole.walk
                    .map_err(|broken| broken.in_structure(self.structure))?;
                position = hole.place.end;
            }
            budget.spend_node()?;
            let header = self.header_at(position)?;
            let content = position + header.size;
            match header.length {
                Some(0) if header.tag == Tag::END_OF_CONTENTS => {
                    open -= 1;
                    if open == 0 {
                        return Ok((position, content));
                    }
                    position = content;
                }
                Some(_) if header.tag == Tag::END_OF_CONTENTS => {
                    return Err(self.malformed(position, Reason::InvalidLength));
                }
                Some(length) => position = self.definite_end(content, length)?,
                None => {
                    open += 1;
                    check_depth(self.depth + open, budget)?;
                    position = content;
                }
            }
        }
    }
}

impl Header {
    /// Reads the header at an offset of an input; the error is where something is wrong, and what (X.690 §8.1.2, §8.1.3).
    pub(crate) fn read(
        octet: impl Fn(usize) -> Option<u8>,
        start: usize,
        encoding: Encoding,
    ) -> Result<Self, (usize, Reason)> {
        let octet = |at| octet(at).ok_or((at, Reason::Truncated));
        let first = octet(start)?;
        let (number, after_tag) = if first & 0x1f == 0x1f {
            long_tag_number(octet, start + 1)?
        } else {
            (u32::from(first & 0x1f), start + 1)
        };
        let tag = Tag::from_parts(first, number);
        let lead = octet(after_tag)?;
        let after_lead = after_tag + 1;
        let header = |length, form, end: usize| Self {
            tag,
            length,
            form,
            size: end - start,
        };
        if lead < 0x80 {
            let length = Some(usize::from(lead));
            return Ok(header(length, LengthForm::Minimal, after_lead));
        }
        if lead == 0x80 {
            return if tag.is_constructed() && encoding == Encoding::Ber {
                Ok(header(None, LengthForm::Indefinite, after_lead))
            } else {
                Err((after_tag, Reason::InvalidLength))
            };
        }
        let count = usize::from(lead & 0x7f);
        let mut length = 0_usize;
        for index in 0..count {
            let octet = octet(after_lead + index)?;
            length = length
                .checked_mul(256)
                .and_then(|shifted| shifted.checked_add(usize::from(octet)))
                .ok_or((after_tag, Reason::InvalidLength))?;
        }
        let shortest = match length {
            0..0x80 => 0,
            _ => length.ilog2() as usize / 8 + 1,
        };
        let form = if count == shortest {
            LengthForm::Minimal
        } else {
            LengthForm::NotMinimal
        };
        Ok(header(Some(length), form, after_lead + count))
    }
}

/// A tag number of 31 or more, in base 128 (X.690 §8.1.2.4).
fn long_tag_number(
    octet: impl Fn(usize) -> Result<u8, (usize, Reason)>,
    start: usize,
) -> Result<(u32, usize), (usize, Reason)> {
    let mut number = 0_u32;
    for index in 0..4 {
        let octet = octet(start + index)?;
        number = number << 7 | u32::from(octet & 0x7f);
        if octet < 0x80 {
            return if number >= 31 {
                Ok((number, start + index + 1))
            } else {
                Err((start, Reason::InvalidValue))
            };
        }
    }
    Err((start, Reason::InvalidValue))
}

#[inline(always)]
fn check_depth(depth: u32, budget: &Budget) -> Result<(), LimitExceeded> {
    Budget::at_most(
        u64::from(depth),
        u64::from(budget.limits().depth),
        Limit::Depth,
    )
}

#[cfg(test)]
mod tests;
