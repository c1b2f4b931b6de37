//! The text forms in which objects are sent, taken off as the octets arrive: PEM, base64 and base64url
//! (RFC 7468, RFC 4648 §4, §5).

mod base64;
mod pem;

use crate::base::error::{Error, Malformed, Reason, Structure};

use base64::Base64;
use pem::Pem;

/// Octets from the first that is not white space in which the first encapsulation boundary of PEM must begin.
const LOOK_AHEAD: usize = 64 << 10;
/// The first octet of every object in DER or BER: SEQUENCE.
const SEQUENCE: u8 = 0x30;
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// How a file carries its objects (RFC 7468 §2, RFC 4648).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Form {
    /// As they are, in DER or BER.
    Binary,
    /// In PEM: base64 between encapsulation boundaries.
    Pem,
    /// In base64.
    Base64,
    /// In base64 with the alphabet for names and addresses.
    Base64Url,
}

impl Form {
    /// The name of the form.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Binary => "binary",
            Self::Pem => "PEM",
            Self::Base64 => "base64",
            Self::Base64Url => "base64url",
        }
    }
}

/// What comes out of a file.
pub(super) enum Piece<'a> {
    /// The next octets of an object.
    Octets(&'a [u8]),
    /// The object has ended.
    End,
}

/// Takes what comes out of a file.
pub(super) type Sink<'a> = dyn FnMut(Piece<'_>) -> Result<(), Error> + 'a;

/// Takes the text form off (RFC 7468 §2).
pub(super) struct Transport {
    state: State,
    /// Offset of the next octet in the file.
    position: usize,
}

enum State {
    /// Nothing but white space so far.
    Blank,
    /// Octets from the first that is not white space.
    Ahead {
        ahead: Vec<u8>,
        /// Its offset in the file.
        start: usize,
    },
    Binary,
    Pem(Pem),
    Base64 {
        base64: Base64,
        start: usize,
    },
}

impl Transport {
    pub(super) const fn new() -> Self {
        Self {
            state: State::Blank,
            position: 0,
        }
    }

    /// Whether a file holds its object as it is.
    pub(super) fn is_binary(file: &[u8]) -> bool {
        file.first() == Some(&SEQUENCE)
    }

    /// Takes the next octets of the file.
    pub(super) fn push(&mut self, mut octets: &[u8], sink: &mut Sink<'_>) -> Result<(), Error> {
        let position = self.position;
        self.position += octets.len();
        if matches!(self.state, State::Blank) {
            let body = octets.trim_ascii_start();
            let start = position + octets.len() - body.len();
            octets = body;
            self.state = match body.first() {
                None => return Ok(()),
                // "0" begins base64 only of tags that no object has.
                Some(&SEQUENCE) if start == 0 => State::Binary,
                Some(_) => State::Ahead {
                    ahead: Vec::new(),
                    start,
                },
            };
        }
        match &mut self.state {
            State::Blank => Ok(()),
            State::Binary => sink(Piece::Octets(octets)),
            State::Pem(pem) => pem.push(octets, sink),
            State::Base64 { base64, start } => {
                let taken = base64.push(octets, &mut |octets| sink(Piece::Octets(octets)))?;
                taken.map_err(|_| text_error(*start, Reason::InvalidText))
            }
            State::Ahead { ahead, .. } => {
                ahead.extend_from_slice(octets);
                if ahead.len() >= BYTE_ORDER_MARK.len() + LOOK_AHEAD + pem::BEGIN.len() {
                    self.decide(sink)
                } else {
                    Ok(())
                }
            }
        }
    }

    /// The file has ended.
    pub(super) fn finish(mut self, sink: &mut Sink<'_>) -> Result<Form, Error> {
        self.decide(sink)?;
        match self.state {
            State::Blank | State::Ahead { .. } => Err(text_error(0, Reason::Empty)),
            State::Binary => {
                sink(Piece::End)?;
                Ok(Form::Binary)
            }
            State::Pem(pem) => {
                pem.finish(sink)?;
                Ok(Form::Pem)
            }
            State::Base64 { base64, start } => {
                let is_url = base64.is_url();
                let ended = base64.finish(&mut |octets| sink(Piece::Octets(octets)))?;
                ended.map_err(|reason| text_error(start, reason))?;
                sink(Piece::End)?;
                Ok(if is_url {
                    Form::Base64Url
                } else {
                    Form::Base64
                })
            }
        }
    }

    /// Finds the form by what was looked at, and reads that by it.
    fn decide(&mut self, sink: &mut Sink<'_>) -> Result<(), Error> {
        let State::Ahead { ahead, start } = &mut self.state else {
            return Ok(());
        };
        let (ahead, mut start) = (std::mem::take(ahead), *start);
        let body = match ahead.strip_prefix(BYTE_ORDER_MARK) {
            Some(body) => {
                start += BYTE_ORDER_MARK.len();
                body
            }
            None => &ahead,
        };
        let first = body.get(..LOOK_AHEAD + pem::BEGIN.len()).unwrap_or(body);
        let has_boundary = first
            .windows(pem::BEGIN.len())
            .any(|window| window == pem::BEGIN);
        let after = self.position;
        self.state = if has_boundary {
            State::Pem(Pem::new(start))
        } else {
            State::Base64 {
                base64: Base64::default(),
                start,
            }
        };
        let pushed = self.push(body, sink);
        self.position = after;
        pushed
    }
}

pub(super) const fn text_error(offset: usize, reason: Reason) -> Error {
    Error::Malformed(Malformed {
        structure: Structure::Pem,
        offset,
        reason,
    })
}
