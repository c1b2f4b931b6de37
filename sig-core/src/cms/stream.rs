//! A message of any size, judged in one pass: what stands around its content is kept, the content is only hashed
//! (RFC 5652 §5.1, §5.4).

pub mod content;
mod outline;
mod segments;
pub mod wanted;

use std::fmt;

use crate::alg::digest::DigestId;
use crate::alg::provider::Algorithms;
use crate::base::error::{Error, Limit, LimitExceeded, Malformed, Reason, Structure};
use crate::base::limits::Limits;
use crate::der::hole::{Hole, Holed};
use crate::der::octets::Octets;

use content::{ContentDigests, StreamedContent};
use outline::{Outline, Outlined};
use segments::Segments;

use super::transport::{Form, Piece, Transport};

/// A signature file of which a part has arrived (RFC 5652 §3).
///
/// The content of a signed message goes into the digests that the message lists, and those the caller asks for; it is
/// kept only when it is small. Everything else is kept, and read at the end like a file at hand.
pub struct CmsStream<'a> {
    transport: Option<Transport>,
    object: Object<'a>,
    limits: Limits,
    /// Octets of the file.
    size: u64,
    /// Why the rest is not looked at.
    stopped: Option<Error>,
}

/// The objects of the file: the first, and whether there are more.
struct Object<'a> {
    part: Part,
    digesting: Digesting<'a>,
    /// Octets of the object.
    size: usize,
    /// The object as it is, while it is small.
    whole: Option<Vec<u8>>,
    /// Octets that are kept, and how many may be.
    held: usize,
    bound: u64,
    depth: u32,
    ended: usize,
}

/// What the content is hashed with.
struct Digesting<'a> {
    algorithms: &'a Algorithms,
    asked: Vec<DigestId>,
    kept: usize,
}

/// Where the reader stands.
enum Part {
    /// In front of the content, or in an object that has none to hash.
    Head {
        head: Vec<u8>,
        /// How many octets must be there before the next look; none when nothing more is looked for.
        next: Option<usize>,
    },
    /// In the content or behind it.
    Content(Box<Content>),
}

struct Content {
    head: Vec<u8>,
    /// Nothing once the contents have ended.
    place: Place,
    digests: ContentDigests,
    tail: Vec<u8>,
    hole: Hole,
}

enum Place {
    /// A primitive string, so many octets before its end.
    Primitive(usize),
    /// A string of segments.
    Segments(Segments),
    Behind,
}

/// A file that has arrived whole (RFC 5652 §3).
#[derive(Debug)]
pub struct StreamedFile {
    /// Its one object; the content is not among its octets when it was hashed.
    pub(crate) object: Result<Octets, Malformed>,
    /// The content that was hashed.
    pub(crate) content: Option<StreamedContent>,
    /// How the file carries its object.
    pub form: Option<Form>,
    /// Octets of the file.
    pub size: u64,
    pub(crate) limits: Limits,
}

/// Octets of content that are kept when no other number is asked for: 1 MiB.
pub const KEPT: usize = 1 << 20;

impl<'a> CmsStream<'a> {
    /// Nothing has arrived yet (RFC 5652 §3).
    #[must_use]
    pub fn new(algorithms: &'a Algorithms, limits: Limits) -> Self {
        Self {
            transport: Some(Transport::new()),
            object: Object {
                part: Part::Head {
                    head: Vec::new(),
                    next: Some(1),
                },
                digesting: Digesting {
                    algorithms,
                    asked: Vec::new(),
                    kept: KEPT,
                },
                size: 0,
                whole: Some(Vec::new()),
                held: 0,
                bound: limits.bytes,
                depth: limits.depth,
                ended: 0,
            },
            limits,
            size: 0,
            stopped: None,
        }
    }

    /// Hashes the content by these algorithms too: those of a first reading (RFC 5652 §5.4).
    #[must_use]
    pub fn with_digests(mut self, asked: &[DigestId]) -> Self {
        self.object.digesting.asked = asked.to_vec();
        self
    }

    /// Keeps a message of at most so many octets whole (RFC 5652 §5.2).
    #[must_use]
    pub const fn keeping(mut self, octets: usize) -> Self {
        self.object.digesting.kept = octets;
        self
    }

    /// Takes the next octets, however many (RFC 5652 §3). Octets that are no signature are judged as such later.
    ///
    /// # Errors
    /// The limit on octets that are held.
    ///
    /// # Limits
    /// `bytes` bounds the object without its content.
    pub fn push(&mut self, octets: &[u8]) -> Result<(), Error> {
        self.size += octets.len() as u64;
        if let (None, Some(transport)) = (&self.stopped, &mut self.transport) {
            let object = &mut self.object;
            let pushed = transport.push(octets, &mut |piece| object.take(piece));
            self.stopped = pushed.err();
        }
        match &self.stopped {
            Some(Error::Malformed(_)) | None => Ok(()),
            Some(other) => Err(other.clone()),
        }
    }

    /// Ends the file (RFC 5652 §3).
    ///
    /// # Errors
    /// The limit on octets that are held; two implementations of a digest disagree.
    pub fn finish(mut self) -> Result<StreamedFile, Error> {
        let object = &mut self.object;
        let ended = match (self.stopped, self.transport.take()) {
            (Some(error), _) => Err(error),
            (None, Some(transport)) => transport.finish(&mut |piece| object.take(piece)).map(Some),
            (None, None) => Ok(None),
        };
        let file = |object, content, form| StreamedFile {
            object,
            content,
            form,
            size: self.size,
            limits: self.limits,
        };
        let form = match ended {
            Ok(form) => form,
            Err(Error::Malformed(malformed)) => return Ok(file(Err(malformed), None, None)),
            Err(other) => return Err(other),
        };
        if self.object.ended != 1 {
            return Ok(file(Err(several_objects()), None, form));
        }
        let (octets, content) = self.object.finish()?;
        Ok(file(Ok(octets), content, form))
    }
}

impl Object<'_> {
    fn take(&mut self, piece: Piece<'_>) -> Result<(), Error> {
        match piece {
            Piece::End => {
                self.ended += 1;
                Ok(())
            }
            // The file is refused for holding more than one.
            Piece::Octets(_) if self.ended > 0 => Ok(()),
            Piece::Octets(octets) => self.push(octets),
        }
    }

    fn push(&mut self, octets: &[u8]) -> Result<(), Error> {
        self.size += octets.len();
        self.whole = self
            .whole
            .take()
            .filter(|_| self.size <= self.digesting.kept);
        if let Some(whole) = &mut self.whole {
            whole.extend_from_slice(octets);
        }
        match &mut self.part {
            Part::Head { head, next } => {
                head.extend_from_slice(octets);
                self.held = head.len();
                let Some(wanted) = *next else {
                    return self.check_bound();
                };
                if head.len() < wanted {
                    return Ok(());
                }
                match Outline::read(head, self.depth) {
                    Outlined::Unfinished => *next = Some(head.len() + head.len() / 4 + 1),
                    Outlined::None => *next = None,
                    Outlined::Found(outline) => {
                        let head = std::mem::take(head);
                        return self.begin_content(head, &outline);
                    }
                }
                self.check_bound()
            }
            Part::Content(content) => {
                self.held = content.take(octets);
                self.check_bound()
            }
        }
    }

    fn begin_content(&mut self, mut head: Vec<u8>, outline: &Outline) -> Result<(), Error> {
        let after = head.split_off(outline.start);
        let Digesting {
            algorithms,
            asked,
            kept,
        } = &self.digesting;
        // What is asked for has room, however many a message lists.
        let wanted = asked.iter().chain(&outline.digests).copied();
        let place = match outline.length {
            Some(length) if !outline.is_constructed => Place::Primitive(length),
            length => {
                let end = length.map(|length| outline.start + length);
                let bound = end.or(outline.bound);
                Place::Segments(Segments::new(outline.start, end, bound, self.depth))
            }
        };
        let end = outline.length.map(|length| outline.start + length);
        let mut content = Box::new(Content {
            head,
            place,
            digests: ContentDigests::new(algorithms, wanted).keeping(*kept),
            tail: Vec::new(),
            hole: Hole {
                place: outline.start..end.unwrap_or(usize::MAX),
                walked: 0,
                walk: Ok(()),
                joined: 0,
                join: Ok(()),
            },
        });
        self.held = content.take(&after);
        self.part = Part::Content(content);
        self.check_bound()
    }

    fn check_bound(&self) -> Result<(), Error> {
        if self.held as u64 > self.bound {
            return Err(Error::Limit(LimitExceeded {
                which: Limit::Bytes,
                bound: self.bound,
            }));
        }
        Ok(())
    }

    fn finish(self) -> Result<(Octets, Option<StreamedContent>), Error> {
        // Some time-stamps are of octets that stand around the content too.
        if let Some(whole) = self.whole {
            return Ok((Octets::from(whole), None));
        }
        match self.part {
            Part::Head { head, .. } => Ok((Octets::from(head), None)),
            Part::Content(mut content) => {
                if let Place::Segments(segments) = content.place {
                    segments.finish(&mut content.hole);
                }
                let octets = Octets::with_hole(Holed {
                    head: content.head,
                    hole: content.hole,
                    tail: content.tail,
                    size: self.size,
                });
                Ok((octets, Some(content.digests.finish()?)))
            }
        }
    }
}

impl Content {
    /// Takes octets of the content and what stands behind it; how many octets are now held.
    fn take(&mut self, mut octets: &[u8]) -> usize {
        let digests = &mut self.digests;
        match &mut self.place {
            Place::Primitive(left) => {
                let (content, rest) = octets.split_at(octets.len().min(*left));
                digests.update(content);
                *left -= content.len();
                octets = rest;
                if *left == 0 {
                    self.place = Place::Behind;
                }
            }
            Place::Segments(segments) => {
                let taken = segments.take(octets, &mut |content| digests.update(content));
                octets = octets.get(taken..).unwrap_or_default();
                if segments.has_ended() {
                    segments.describe(&mut self.hole);
                    self.tail.extend_from_slice(segments.pending());
                    self.place = Place::Behind;
                }
            }
            Place::Behind => {}
        }
        if matches!(self.place, Place::Behind) {
            self.tail.extend_from_slice(octets);
        }
        self.head.len() + self.tail.len()
    }
}

/// Why a file of several objects is no signature (RFC 7468 §2).
pub(crate) const fn several_objects() -> Malformed {
    Malformed {
        structure: Structure::Pem,
        offset: 0,
        reason: Reason::Duplicate,
    }
}

impl fmt::Debug for CmsStream<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CmsStream")
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}
