//! PEM as it arrives (RFC 7468 §2, RFC 1421 §4.4).

use crate::base::error::{Error, Reason};

use super::base64::Base64;
use super::{Piece, Sink, text_error};

/// What a line that opens an object begins with.
pub(super) const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";
/// Octets of a line by which its kind is known: a boundary, a header of RFC 1421 with its colon, or base64.
const LINE_BEGINNING: usize = 128;

/// PEM of which a part has arrived. A line ends with a carriage return, a line feed or both.
pub(super) struct Pem {
    /// Offset of the next octet in the file.
    position: usize,
    line: Line,
    /// Offset of the line.
    line_start: usize,
    /// Base64 of the object that is open, and the offset of its first boundary.
    open: Option<(Base64, usize)>,
    has_object: bool,
}

enum Line {
    /// Its beginning, without white space before it.
    Unknown(Vec<u8>),
    /// Base64.
    Data,
    /// A boundary, a header, or text around the objects.
    Other,
}

impl Pem {
    pub(super) const fn new(position: usize) -> Self {
        Self {
            position,
            line: Line::Unknown(Vec::new()),
            line_start: position,
            open: None,
            has_object: false,
        }
    }

    pub(super) fn push(&mut self, mut octets: &[u8], sink: &mut Sink<'_>) -> Result<(), Error> {
        let is_end = |octet: &u8| matches!(octet, b'\n' | b'\r');
        while !octets.is_empty() {
            let count = octets.iter().position(is_end);
            let (line, rest) = octets.split_at(count.unwrap_or(octets.len()));
            self.part(line, sink)?;
            self.position += line.len();
            octets = rest;
            if let Some((_, rest)) = rest.split_first() {
                self.end_line(sink)?;
                self.position += 1;
                self.line_start = self.position;
                octets = rest;
            }
        }
        Ok(())
    }

    pub(super) fn finish(mut self, sink: &mut Sink<'_>) -> Result<(), Error> {
        self.end_line(sink)?;
        match self.open {
            Some((_, start)) => Err(text_error(start, Reason::Truncated)),
            None if self.has_object => Ok(()),
            None => Err(text_error(0, Reason::Empty)),
        }
    }

    /// A part of a line.
    fn part(&mut self, mut part: &[u8], sink: &mut Sink<'_>) -> Result<(), Error> {
        if let Line::Unknown(beginning) = &mut self.line {
            if beginning.is_empty() {
                part = part.trim_ascii_start();
            }
            let (first, rest) = part
                .split_at_checked(LINE_BEGINNING - beginning.len())
                .unwrap_or((part, &[]));
            beginning.extend_from_slice(first);
            if beginning.len() < LINE_BEGINNING {
                return Ok(());
            }
            self.begin_line(sink)?;
            part = rest;
        }
        match self.line {
            Line::Data => self.data(part, sink),
            Line::Unknown(_) | Line::Other => Ok(()),
        }
    }

    /// The line that was begun has ended.
    fn end_line(&mut self, sink: &mut Sink<'_>) -> Result<(), Error> {
        if matches!(self.line, Line::Unknown(_)) {
            self.begin_line(sink)?;
        }
        self.line = Line::Unknown(Vec::new());
        Ok(())
    }

    /// Knows a line by its beginning.
    fn begin_line(&mut self, sink: &mut Sink<'_>) -> Result<(), Error> {
        let Line::Unknown(beginning) = std::mem::replace(&mut self.line, Line::Other) else {
            return Ok(());
        };
        let invalid = text_error(self.line_start, Reason::InvalidText);
        if beginning.starts_with(BEGIN) {
            if self.open.is_some() {
                return Err(invalid);
            }
            self.open = Some((Base64::default(), self.line_start));
        } else if beginning.starts_with(END) {
            let (base64, start) = self.open.take().ok_or(invalid)?;
            let ended = base64.finish(&mut |octets| sink(Piece::Octets(octets)))?;
            ended.map_err(|reason| text_error(start, reason))?;
            self.has_object = true;
            sink(Piece::End)?;
        } else if self.open.is_some() && !beginning.contains(&b':') {
            self.line = Line::Data;
            self.data(&beginning, sink)?;
        }
        Ok(())
    }

    fn data(&mut self, text: &[u8], sink: &mut Sink<'_>) -> Result<(), Error> {
        let Some((base64, start)) = &mut self.open else {
            return Ok(());
        };
        let taken = base64.push(text, &mut |octets| sink(Piece::Octets(octets)))?;
        taken.map_err(|_| text_error(*start, Reason::InvalidText))
    }
}
