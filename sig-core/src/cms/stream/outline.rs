//! What stands in front of the content of a message (RFC 5652 §3, §5.1, §5.2).

use crate::alg::digest::DigestId;
use crate::alg::identifier::{AlgorithmIdentifier, resolve_digest};
use crate::base::error::{Error, Reason, Structure};
use crate::base::limits::{Budget, Limits};
use crate::der::octets::Octets;
use crate::der::oids;
use crate::der::reader::{Encoding, Header, Reader};
use crate::der::tag::Tag;

/// What stands in front of the content takes a few hundred octets; a message with more is held whole.
const LONGEST: usize = 64 << 10;

/// Where the content of a message stands.
pub(super) struct Outline {
    /// Digest algorithms that the message lists.
    pub(super) digests: Vec<DigestId>,
    /// Offset of the contents of the string.
    pub(super) start: usize,
    /// Their length; none when it is indefinite.
    pub(super) length: Option<usize>,
    pub(super) is_constructed: bool,
    /// The end of the innermost element of definite length around the string.
    pub(super) bound: Option<usize>,
}

/// What the beginning of an object is.
pub(super) enum Outlined {
    /// More must be seen.
    Unfinished,
    /// Not the beginning of a message whose content can pass by.
    None,
    Found(Outline),
}

impl Outline {
    /// Looks for the content. Whatever is out of order here is left to the reader of the whole object to name.
    pub(super) fn read(head: &[u8], depth: u32) -> Outlined {
        let mut walk = Walk {
            octets: Octets::from(head),
            at: 0,
            bound: None,
            budget: Budget::new(Limits {
                depth,
                ..Limits::STANDARD
            }),
        };
        match walk.outline() {
            Ok(outline) => Outlined::Found(outline),
            Err(Stop::Unfinished) if head.len() < LONGEST => Outlined::Unfinished,
            Err(Stop::Unfinished | Stop::Other) => Outlined::None,
        }
    }
}

enum Stop {
    Unfinished,
    Other,
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        match error {
            Error::Malformed(malformed) if malformed.reason == Reason::Truncated => {
                Self::Unfinished
            }
            _ => Self::Other,
        }
    }
}

struct Walk {
    octets: Octets,
    at: usize,
    bound: Option<usize>,
    budget: Budget,
}

impl Walk {
    fn outline(&mut self) -> Result<Outline, Stop> {
        self.enter(Tag::SEQUENCE)?;
        if self.whole(|reader, budget| reader.oid(budget))? != oids::SIGNED_DATA {
            return Err(Stop::Other);
        }
        self.enter(Tag::context(0).constructed())?;
        self.enter(Tag::SEQUENCE)?;
        self.whole(|reader, budget| reader.expect(Tag::INTEGER, budget).map(|_| ()))?;
        let digests = self.whole(read_digests)?;
        self.enter(Tag::SEQUENCE)?;
        if self.whole(|reader, budget| reader.oid(budget))? == oids::TST_INFO {
            return Err(Stop::Other);
        }
        self.enter(Tag::context(0).constructed())?;
        let header = self.header()?;
        let is_constructed = header.tag == Tag::OCTET_STRING.constructed();
        let end = header.length.and_then(|length| self.at.checked_add(length));
        let is_inside = match (header.length, self.bound) {
            (None, _) => true,
            (Some(_), None) => end.is_some(),
            (Some(_), Some(bound)) => end.is_some_and(|end| end <= bound),
        };
        let is_string = is_constructed || header.tag == Tag::OCTET_STRING;
        if !is_string || !is_inside {
            return Err(Stop::Other);
        }
        Ok(Outline {
            digests,
            start: self.at,
            length: header.length,
            is_constructed,
            bound: self.bound,
        })
    }

    fn header(&mut self) -> Result<Header, Stop> {
        let limit = self.bound.unwrap_or(usize::MAX);
        let octet = |at: usize| self.octets.get(at).copied().filter(|_| at < limit);
        match Header::read(octet, self.at, Encoding::Ber) {
            Ok(header) => {
                self.at += header.size;
                Ok(header)
            }
            Err((at, Reason::Truncated)) if at < limit => Err(Stop::Unfinished),
            Err(_) => Err(Stop::Other),
        }
    }

    /// Goes into an element.
    fn enter(&mut self, tag: Tag) -> Result<(), Stop> {
        let header = self.header()?;
        if header.tag != tag {
            return Err(Stop::Other);
        }
        if let Some(length) = header.length {
            let end = self.at.checked_add(length).ok_or(Stop::Other)?;
            if self.bound.is_some_and(|bound| end > bound) {
                return Err(Stop::Other);
            }
            self.bound = Some(end);
        }
        Ok(())
    }

    /// Reads an element that must be there whole.
    fn whole<T>(
        &mut self,
        read: impl FnOnce(&mut Reader<'_>, &mut Budget) -> Result<T, Error>,
    ) -> Result<T, Stop> {
        let rest = self.octets.part(self.at..self.bound.unwrap_or(usize::MAX));
        let mut reader = Reader::new(&rest, Encoding::Ber, Structure::SignedData);
        let value = read(&mut reader, &mut self.budget)?;
        self.at = reader.offset();
        Ok(value)
    }
}

fn read_digests(reader: &mut Reader<'_>, budget: &mut Budget) -> Result<Vec<DigestId>, Error> {
    let mut set = reader.enter(Tag::SET, budget)?;
    let mut digests = Vec::new();
    while !set.is_empty() {
        let identifier = AlgorithmIdentifier::read(&mut set, budget)?;
        digests.extend(resolve_digest(&identifier));
    }
    Ok(digests)
}
