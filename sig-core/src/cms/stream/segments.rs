//! The segments of a string that pass by (X.690 §8.7.3).
//!
//! What a reader of the whole message would find wrong is found here and kept, since the octets are not. It reads twice:
//! it walks an element of indefinite length to its end before it looks inside, so what such a walk meets comes first,
//! wherever it stands.

use crate::base::error::{Limit, LimitExceeded, Reason};
use crate::der::hole::{Broken, Hole};
use crate::der::reader::{Encoding, Header};
use crate::der::tag::Tag;

/// How deep the string stands in a message: in `ContentInfo`, `[0]`, `SignedData`, `EncapsulatedContentInfo` and `[0]`.
const DEPTH: u32 = 5;

/// A string of segments of which a part has arrived.
pub(super) struct Segments {
    /// The string, and the elements inside that are open.
    open: Vec<Open>,
    state: State,
    /// Offset of the next octet.
    position: usize,
    /// Octets of the header that is read.
    pending: Vec<u8>,
    /// Offset of the end.
    end: usize,
    depth_limit: u32,
    walked: u64,
    joined: u64,
    /// Why the segments cannot be joined.
    broken: Option<Broken>,
    /// Why the end of the string is not found.
    endless: Option<Broken>,
    /// The end of the innermost element of definite length around the string, or of itself.
    bound: Option<usize>,
}

#[derive(Clone, Copy)]
enum State {
    /// In front of an element, or of the end of the innermost open one.
    Header,
    /// In a primitive element.
    Inside {
        content_start: usize,
        end: usize,
        is_content: bool,
    },
    /// At the end of the string.
    Ended,
    /// The string has no end, and nothing around it has one.
    Endless,
}

/// An element that is open.
#[derive(Clone, Copy)]
struct Open {
    content_start: usize,
    /// Its end; none when its length is indefinite.
    end: Option<usize>,
    /// The end of the innermost element of definite length, this one among them.
    bound: Option<usize>,
    depth: u32,
    /// How many walks meet what stands inside, those from outside the string not counted.
    walks: u64,
    /// Whether walks from outside the string meet it.
    is_walked: bool,
}

impl Segments {
    /// A string at its first octet, with the end of the innermost element of definite length around or of itself.
    pub(super) fn new(
        start: usize,
        end: Option<usize>,
        bound: Option<usize>,
        depth_limit: u32,
    ) -> Self {
        let string = Open {
            content_start: start,
            end,
            bound,
            depth: DEPTH,
            walks: 0,
            is_walked: end.is_none(),
        };
        Self {
            open: vec![string],
            state: State::Header,
            position: start,
            pending: Vec::new(),
            end: usize::MAX,
            depth_limit,
            walked: 0,
            joined: 0,
            broken: None,
            endless: None,
            bound,
        }
    }

    pub(super) const fn has_ended(&self) -> bool {
        matches!(self.state, State::Ended)
    }

    /// Octets that were taken and stand behind the end.
    pub(super) fn pending(&self) -> &[u8] {
        &self.pending
    }

    /// Tells what passed.
    pub(super) fn describe(&self, hole: &mut Hole) {
        hole.place.end = self.end;
        hole.walked = self.walked;
        hole.joined = self.joined;
        hole.join = self.broken.map_or(Ok(()), Err);
        hole.walk = self.endless.map_or(Ok(()), Err);
    }

    /// Takes octets, up to the end of the string; how many were taken.
    pub(super) fn take(&mut self, octets: &[u8], content: &mut impl FnMut(&[u8])) -> usize {
        let mut rest = octets;
        loop {
            match self.state {
                State::Ended => return octets.len() - rest.len(),
                State::Endless => return octets.len(),
                State::Inside {
                    end, is_content, ..
                } => {
                    let count = rest.len().min(end - self.position);
                    let (inside, after) = rest.split_at(count);
                    if is_content {
                        content(inside);
                    }
                    rest = after;
                    self.position += count;
                    if self.position < end {
                        return octets.len();
                    }
                    self.state = State::Header;
                }
                State::Header => {
                    if self.close() {
                        continue;
                    }
                    match self.header(&mut rest) {
                        Some(Ok((header, at))) => self.element(&header, at),
                        Some(Err(broken)) => self.fail(broken),
                        None => return octets.len(),
                    }
                }
            }
        }
    }

    /// The file has ended.
    pub(super) fn finish(mut self, hole: &mut Hole) {
        let is_endless = self.open.first().is_some_and(|string| string.end.is_none());
        if is_endless && !self.has_ended() {
            let definite = self.open.iter().find(|open| open.end.is_some());
            let place = match (definite, self.state) {
                (Some(open), _) => (open.content_start, Reason::Truncated),
                (None, State::Inside { content_start, .. }) => (content_start, Reason::Truncated),
                (None, _) => match self.read_header(&[]) {
                    Err(place) => place,
                    Ok(_) => (self.position, Reason::Truncated),
                },
            };
            self.endless = Some(Broken::Malformed(place.0, place.1));
        }
        self.describe(hole);
    }

    /// Closes an element of definite length at its end, or one of which no more is to be known; whether there was one.
    fn close(&mut self) -> bool {
        let Some(top) = self.open.last() else {
            // What is around the string ends, although the string does not.
            self.end = self.position;
            self.state = State::Ended;
            return true;
        };
        let Some(end) = top.end else {
            return false;
        };
        if self.position == end {
            self.open.pop();
            if self.open.is_empty() {
                self.end = end;
                self.state = State::Ended;
            }
            return true;
        }
        if self.broken.is_some() {
            self.state = State::Inside {
                content_start: top.content_start,
                end,
                is_content: false,
            };
            return true;
        }
        false
    }

    /// The next header and its offset; nothing when more octets are needed.
    fn header(&mut self, rest: &mut &[u8]) -> Option<Result<(Header, usize), Broken>> {
        let at = self.position;
        let read = loop {
            let is_direct = self.pending.is_empty();
            match self.read_header(if is_direct { rest } else { &[] }) {
                Ok(header) => {
                    if is_direct {
                        let (octets, after) = rest.split_at(header.size.min(rest.len()));
                        self.pending.extend_from_slice(octets);
                        *rest = after;
                    }
                    self.position += header.size;
                    break Ok((header, at));
                }
                Err((offset, Reason::Truncated)) if self.is_before_bound(offset) => {
                    let (next, after) =
                        rest.split_at(rest.len().min(if is_direct { rest.len() } else { 1 }));
                    if next.is_empty() {
                        return None;
                    }
                    self.pending.extend_from_slice(next);
                    *rest = after;
                }
                Err((offset, reason)) => {
                    self.position += self.pending.len();
                    break Err(Broken::Malformed(offset, reason));
                }
            }
        };
        Some(read)
    }

    fn read_header(&self, rest: &[u8]) -> Result<Header, (usize, Reason)> {
        let octet = |at: usize| {
            let index = at - self.position;
            let octet = self.pending.get(index).or_else(|| rest.get(index));
            octet.copied().filter(|_| self.is_before_bound(at))
        };
        Header::read(octet, self.position, Encoding::Ber)
    }

    fn is_before_bound(&self, at: usize) -> bool {
        let bound = self.open.last().and_then(|open| open.bound);
        bound.is_none_or(|bound| at < bound)
    }

    /// An element whose header has arrived.
    fn element(&mut self, header: &Header, at: usize) {
        let Some(parent) = self.open.last().copied() else {
            return;
        };
        if parent.end.is_none() && header.tag == Tag::END_OF_CONTENTS {
            self.end_of_contents(header, at, parent);
            return;
        }
        self.pending.clear();
        let content_start = self.position;
        let end = match header.length {
            None => None,
            Some(length) => match content_start.checked_add(length) {
                Some(end) if parent.bound.is_none_or(|bound| end <= bound) => Some(end),
                _ => {
                    self.fail(Broken::Malformed(content_start, Reason::Truncated));
                    return;
                }
            },
        };
        self.walked += u64::from(parent.is_walked);
        let is_sound = self.broken.is_none();
        if is_sound {
            self.joined += parent.walks + 1;
            if header.tag.primitive() != Tag::OCTET_STRING {
                self.broken = Some(Broken::Malformed(at, Reason::UnexpectedTag));
            }
        }
        let is_looked_into = header.tag.is_constructed() && self.broken.is_none();
        match end {
            Some(end) if !is_looked_into => {
                self.state = State::Inside {
                    content_start,
                    end,
                    is_content: self.broken.is_none(),
                };
            }
            _ => self.open(content_start, end, parent),
        }
    }

    /// Goes into an element.
    fn open(&mut self, content_start: usize, end: Option<usize>, parent: Open) {
        let depth = parent.depth + 1;
        if depth >= self.depth_limit {
            let broken = Broken::Limit(LimitExceeded {
                which: Limit::Depth,
                bound: u64::from(self.depth_limit),
            });
            match end {
                None => self.fail(broken),
                // A walk does not go into it.
                Some(end) => {
                    self.broken = self.broken.or(Some(broken));
                    self.state = State::Inside {
                        content_start,
                        end,
                        is_content: false,
                    };
                }
            }
            return;
        }
        self.open.push(Open {
            content_start,
            end,
            bound: end.or(parent.bound),
            depth,
            walks: match end {
                Some(_) => 0,
                None => parent.walks + 1,
            },
            is_walked: end.is_none() && parent.is_walked,
        });
    }

    fn end_of_contents(&mut self, header: &Header, at: usize, parent: Open) {
        if header.length != Some(0) {
            self.fail(Broken::Malformed(at, Reason::InvalidLength));
        } else if self.open.len() == 1 {
            // It belongs to what follows the contents.
            self.end = at;
            self.state = State::Ended;
        } else {
            self.pending.clear();
            self.walked += u64::from(parent.is_walked);
            if self.broken.is_none() {
                self.joined += parent.walks;
            }
            self.open.pop();
        }
    }

    /// A walk ends here: whoever walks stops, and only what stands behind an element of definite length is met by others.
    fn fail(&mut self, broken: Broken) {
        self.pending.clear();
        self.broken = Some(broken);
        while self.open.pop_if(|open| open.end.is_none()).is_some() {}
        if self.open.is_empty() {
            self.endless = Some(broken);
            self.state = match self.bound {
                None => State::Endless,
                Some(end) => State::Inside {
                    content_start: self.position,
                    end,
                    is_content: false,
                },
            };
        }
    }
}
