//! A document as a sequence of events, in memory that does not grow with it.
//!
//! Own code: the readers that are kept well let through what XML 1.0 and its namespaces forbid (`quick-xml` 0.42: any
//! character in names and text, `]]>` in text, attributes repeated under two prefixes, text after the root), so that
//! each of their events would have to be read again. A tree by `roxmltree` of every document of the tests says the same.

use std::borrow::Cow;

use crate::base::error::Limit;
use crate::base::limits::Budget;

use super::characters::{
    ANYWHERE, IN_CDATA, IN_TEXT, first_special, is_name, is_name_start, is_space,
};
use super::declaration::end_of_declaration;
use super::{Attribute, Position, XmlLimits, XmlRejected, position};

mod reference;
mod tag;

/// What stands next in a document. Comments are not told: canonicalization drops them.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Event<'a> {
    /// An element begins; its attributes are [`Events::attributes`] until the next event.
    Start(Element<'a>),
    /// The element that was begun last and did not end yet ends.
    End {
        /// Its name with the prefix.
        qualified_name: &'a str,
        /// How many elements it is in.
        depth: usize,
    },
    /// A part of a text, as it is meant: line ends are line feeds.
    Text(&'a str),
    /// A part of a text that was written as a reference.
    Character(char),
    /// A processing instruction.
    Instruction {
        /// Its target.
        target: &'a str,
        /// What follows the target and white space; may be empty.
        data: Cow<'a, str>,
    },
}

/// The start of an element.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Element<'a> {
    /// The name with the prefix.
    pub(crate) qualified_name: &'a str,
    /// The namespace; empty when in none.
    pub(crate) namespace: Cow<'a, str>,
    /// The offset of its tag.
    pub(crate) offset: usize,
    /// How many elements it is in.
    pub(crate) depth: usize,
}

impl<'a> Element<'a> {
    /// The name without the prefix.
    pub(crate) fn local_name(&self) -> &'a str {
        super::local_name(self.qualified_name)
    }
}

/// Reads a document event by event. After an error there is nothing more to read.
#[derive(Debug)]
pub(crate) struct Events<'a> {
    text: &'a str,
    limits: XmlLimits,
    at: usize,
    part: Part,
    nodes: u64,
    namespaces: u64,
    has_root: bool,
    open: Vec<Open<'a>>,
    bindings: Vec<(&'a str, Cow<'a, str>)>,
    attributes: Vec<Attribute<'a>>,
}

/// What `at` is in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Part {
    Markup,
    Text,
    /// The section that begins at this offset.
    Cdata(usize),
    /// After an empty-element tag, whose end is still to be told.
    EmptyElement,
}

/// An element that did not end yet.
#[derive(Debug)]
struct Open<'a> {
    qualified_name: &'a str,
    /// How many namespaces were bound outside it.
    bindings: usize,
}

impl<'a> Events<'a> {
    /// The events of a text without a byte order mark.
    pub(super) fn new(text: &'a str, limits: &XmlLimits) -> Result<Self, XmlRejected> {
        let equals = text.bytes().filter(|octet| *octet == b'=').count();
        Budget::at_most(count(equals), limits.attributes, Limit::XmlNodes)?;
        Ok(Self {
            text,
            limits: *limits,
            at: end_of_declaration(text)?,
            part: Part::Markup,
            nodes: 0,
            namespaces: 0,
            has_root: false,
            open: Vec::new(),
            bindings: Vec::new(),
            attributes: Vec::new(),
        })
    }

    /// The attributes of the element that has just begun, namespace declarations not among them.
    pub(crate) fn attributes(&self) -> &[Attribute<'a>] {
        &self.attributes
    }

    /// The namespaces that are bound here: prefix and name, a later one hides an earlier one of the same prefix.
    pub(crate) fn bindings(&self) -> &[(&'a str, Cow<'a, str>)] {
        &self.bindings
    }

    /// Where the last event ended.
    pub(crate) fn offset(&self) -> usize {
        self.at
    }

    /// The next event, none at the end of the document.
    ///
    /// # Limits
    /// Those of the document.
    pub(crate) fn next(&mut self) -> Result<Option<Event<'a>>, XmlRejected> {
        loop {
            let event = match self.part {
                Part::EmptyElement => Some(self.close()),
                Part::Text => self.text()?,
                Part::Cdata(start) => self.cdata(start)?,
                Part::Markup if self.at == self.text.len() => {
                    let is_whole = self.has_root && self.open.is_empty();
                    return if is_whole {
                        Ok(None)
                    } else {
                        Err(self.broken(self.at))
                    };
                }
                Part::Markup => self.markup()?,
            };
            if event.is_some() {
                return Ok(event);
            }
        }
    }

    fn markup(&mut self) -> Result<Option<Event<'a>>, XmlRejected> {
        self.nodes += 1;
        Budget::at_most(self.nodes, self.limits.nodes, Limit::XmlNodes)?;
        let start = self.at;
        let rest = self.rest();
        if !rest.starts_with('<') {
            if !self.open.is_empty() {
                self.part = Part::Text;
                return Ok(None);
            }
            self.skip_spaces();
            return if self.at > start {
                Ok(None)
            } else {
                Err(self.broken(start))
            };
        }
        if let Some(inside) = rest.strip_prefix("<!--") {
            self.comment(inside)
        } else if rest.starts_with("<![CDATA[") && !self.open.is_empty() {
            self.at += "<![CDATA[".len();
            self.part = Part::Cdata(start);
            Ok(None)
        } else if rest.starts_with("<!DOCTYPE") {
            Err(XmlRejected::DocumentType {
                at: self.position(start),
            })
        } else if let Some(inside) = rest.strip_prefix("<?") {
            self.instruction(inside).map(Some)
        } else if let Some(inside) = rest.strip_prefix("</") {
            self.end_tag(inside).map(Some)
        } else {
            self.start_tag().map(Some)
        }
    }

    /// A part of the text between tags; none where it ends.
    fn text(&mut self) -> Result<Option<Event<'a>>, XmlRejected> {
        let start = self.at;
        let mut end = start;
        loop {
            end = self.special(end, IN_TEXT)?;
            let octets = self.text.as_bytes();
            match octets.get(end) {
                Some(b'>') if octets.get(..end).unwrap_or_default().ends_with(b"]]") => {
                    return Err(self.broken(end));
                }
                Some(b'>') => end += 1,
                Some(b'&') if end == start => {
                    let (character, after) = self.reference(start)?;
                    self.at = after;
                    return Ok(Some(Event::Character(character)));
                }
                Some(b'\r') if end == start => return Ok(Some(self.carriage_return())),
                Some(b'&' | b'\r') => break,
                _ if end == start => {
                    self.part = Part::Markup;
                    return Ok(None);
                }
                _ => break,
            }
        }
        self.at = end;
        Ok(Some(Event::Text(self.slice(start, end))))
    }

    /// A part of the text of a CDATA section; none where it ends.
    fn cdata(&mut self, section: usize) -> Result<Option<Event<'a>>, XmlRejected> {
        let start = self.at;
        let mut end = start;
        loop {
            end = self.special(end, IN_CDATA)?;
            let rest = self.text.as_bytes().get(end..).unwrap_or_default();
            if rest.is_empty() {
                return Err(self.broken(section));
            } else if rest.starts_with(b"]]>") {
                if end > start {
                    break;
                }
                self.at += "]]>".len();
                self.part = Part::Markup;
                return Ok(None);
            } else if rest.starts_with(b"\r") {
                if end > start {
                    break;
                }
                return Ok(Some(self.carriage_return()));
            }
            end += 1;
        }
        self.at = end;
        Ok(Some(Event::Text(self.slice(start, end))))
    }

    /// XML 1.0 §2.11.
    fn carriage_return(&mut self) -> Event<'a> {
        self.at += if self.rest().starts_with("\r\n") {
            2
        } else {
            1
        };
        Event::Text("\n")
    }

    /// XML 1.0 §2.5.
    fn comment(&mut self, inside: &'a str) -> Result<Option<Event<'a>>, XmlRejected> {
        let start = self.at;
        let length = inside.find("--").ok_or_else(|| self.broken(start))?;
        let body = start + "<!--".len();
        self.only_characters(body, body + length)?;
        self.at = body + length;
        if !self.rest().starts_with("-->") {
            return Err(self.broken(start));
        }
        self.at += "-->".len();
        Ok(None)
    }

    /// XML 1.0 §2.6.
    fn instruction(&mut self, inside: &'a str) -> Result<Event<'a>, XmlRejected> {
        let start = self.at;
        let broken = || self.broken(start);
        let (whole, _) = inside.split_once("?>").ok_or_else(broken)?;
        let (target, data) = match whole.find(|c: char| !is_name(c)) {
            Some(end) => whole.split_at(end),
            None => (whole, ""),
        };
        let is_parted = data.is_empty() || data.starts_with(is_white);
        if !target.starts_with(is_name_start) || target.eq_ignore_ascii_case("xml") || !is_parted {
            return Err(broken());
        }
        let body = start + "<?".len();
        self.only_characters(body, body + whole.len())?;
        self.at = body + whole.len() + "?>".len();
        Ok(Event::Instruction {
            target,
            data: super::normalize_line_ends(data.trim_start_matches(is_white)),
        })
    }

    fn end_tag(&mut self, inside: &'a str) -> Result<Event<'a>, XmlRejected> {
        let start = self.at;
        let name = self.open.last().map(|open| open.qualified_name);
        let after = name.and_then(|name| inside.strip_prefix(name));
        let after = after.map(|after| after.trim_start_matches(is_white));
        let Some(after) = after.and_then(|after| after.strip_prefix('>')) else {
            return Err(self.broken(start));
        };
        self.at = self.text.len() - after.len();
        Ok(self.close())
    }

    fn close(&mut self) -> Event<'a> {
        self.part = Part::Markup;
        let (qualified_name, bindings) = match self.open.pop() {
            Some(open) => (open.qualified_name, open.bindings),
            None => ("", 0),
        };
        self.bindings.truncate(bindings);
        Event::End {
            qualified_name,
            depth: self.open.len(),
        }
    }

    /// The character that a reference means, and the offset after it.
    fn reference(&self, start: usize) -> Result<(char, usize), XmlRejected> {
        reference::read(self.text, start).ok_or_else(|| self.broken(start))
    }

    /// The offset of the next octet that needs a look in this context, or of the end of the document.
    fn special(&self, from: usize, context: u8) -> Result<usize, XmlRejected> {
        special(self.text.as_bytes(), from, context).map_err(|at| self.broken(at))
    }

    fn only_characters(&self, start: usize, end: usize) -> Result<(), XmlRejected> {
        let octets = self.text.as_bytes().get(..end).unwrap_or_default();
        let checked = special(octets, start, ANYWHERE);
        checked.map(|_| ()).map_err(|at| self.broken(at))
    }

    fn skip_spaces(&mut self) {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let spaces = rest.iter().take_while(|octet| is_space(**octet)).count();
        self.at += spaces;
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn slice(&self, start: usize, end: usize) -> &'a str {
        self.text.get(start..end).unwrap_or_default()
    }

    fn position(&self, at: usize) -> Position {
        position(self.text, at)
    }

    fn broken(&self, at: usize) -> XmlRejected {
        XmlRejected::NotWellFormed {
            at: self.position(at),
        }
    }
}

/// The offset of the next octet that needs a look in this context, or of the end. An error is the offset of a character
/// that may not stand in a document.
fn special(octets: &[u8], from: usize, context: u8) -> Result<usize, usize> {
    let mut at = from;
    loop {
        let rest = octets.get(at..).unwrap_or_default();
        let Some(found) = first_special(rest, context) else {
            return Ok(octets.len());
        };
        at += found;
        match rest.get(found..).unwrap_or_default() {
            [0xef, 0xbf, 0xbe | 0xbf, ..] => return Err(at),
            [0xef, ..] => at += 3,
            [octet, ..] if *octet < 0x20 && !is_space(*octet) => return Err(at),
            _ => return Ok(at),
        }
    }
}

const fn is_white(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\r')
}

fn count(value: usize) -> u64 {
    u64::try_from(value).unwrap_or(u64::MAX)
}
