//! A document as a sequence of events, in memory that does not grow with it.
//!
//! Own code: the readers that are kept well let through what XML 1.0 and its namespaces forbid (`quick-xml` 0.42: any
//! character in names and text, `]]>` in text, attributes repeated under two prefixes, text after the root), so that
//! each of their events would have to be read again. A tree by `roxmltree` of every document of the tests says the same.

use std::borrow::Cow;

use crate::base::error::Limit;
use crate::base::limits::Budget;

use super::characters::{
    ANYWHERE, IN_CDATA, IN_TEXT, IN_VALUE, first_special, is_character, is_name, is_name_start,
    is_qualified_name, is_space,
};
use super::declaration::end_of_declaration;
use super::{Attribute, Position, XmlLimits, XmlRejected, position, prefix};

const XML: &str = "http://www.w3.org/XML/1998/namespace";
const XMLNS: &str = "http://www.w3.org/2000/xmlns/";

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

    fn start_tag(&mut self) -> Result<Event<'a>, XmlRejected> {
        let start = self.at;
        if self.open.is_empty() && self.has_root {
            return Err(self.broken(start));
        }
        self.has_root = true;
        self.at += 1;
        let qualified_name = self.qualified_name()?;
        let bound_outside = self.bindings.len();
        self.part = self.rest_of_start_tag(start, bound_outside)?;
        self.resolve_attributes()?;
        let namespace = match prefix(qualified_name) {
            "xml" | "xmlns" => None,
            prefix => self.resolve(prefix),
        };
        let namespace = namespace.ok_or_else(|| self.broken(start + 1))?;
        let depth = self.open.len();
        self.open.push(Open {
            qualified_name,
            bindings: bound_outside,
        });
        if self.part == Part::Markup {
            let bound = u64::from(self.limits.depth);
            Budget::at_most(count(self.open.len()), bound, Limit::Depth)?;
        }
        Ok(Event::Start(Element {
            qualified_name,
            namespace,
            offset: start,
            depth,
        }))
    }

    /// The attributes and namespace declarations of a tag, and what comes after it.
    fn rest_of_start_tag(
        &mut self,
        start: usize,
        bound_outside: usize,
    ) -> Result<Part, XmlRejected> {
        self.attributes.clear();
        let mut attributes = 0;
        loop {
            let before = self.at;
            self.skip_spaces();
            let rest = self.rest();
            if rest.starts_with('>') {
                self.at += 1;
                return Ok(Part::Markup);
            }
            if rest.starts_with("/>") {
                self.at += 2;
                return Ok(Part::EmptyElement);
            }
            if rest.is_empty() {
                return Err(self.broken(start));
            }
            if self.at == before {
                return Err(self.broken(before));
            }
            let offset = self.at;
            let qualified_name = self.qualified_name()?;
            let value = self.value(start)?;
            attributes += 1;
            let bound = self.limits.attributes_of_element;
            Budget::at_most(attributes, bound, Limit::XmlNodes)?;
            let declared = match qualified_name.split_once(':') {
                Some(("xmlns", prefix)) => Some(prefix),
                Some((_, "xmlns")) => return Err(self.broken(offset)),
                None if qualified_name == "xmlns" => Some(""),
                _ => None,
            };
            if let Some(prefix) = declared {
                let is_allowed = self.declare(prefix, value, bound_outside)?;
                if !is_allowed {
                    return Err(self.broken(offset));
                }
            } else {
                self.attributes.push(Attribute {
                    qualified_name,
                    namespace: Cow::Borrowed(""),
                    value,
                    offset,
                });
            }
        }
    }

    /// Binds a prefix, unless that is forbidden (Namespaces in XML 1.0 §3). The empty name for a prefix is left to
    /// canonicalization, which refuses it where it is used.
    fn declare(
        &mut self,
        prefix: &'a str,
        name: Cow<'a, str>,
        bound_outside: usize,
    ) -> Result<bool, XmlRejected> {
        self.namespaces += 1;
        let declared = self.bindings.get(bound_outside..).unwrap_or_default();
        let of_element = count(declared.len()) + 1;
        let bound = self.limits.namespaces_of_element;
        Budget::at_most(of_element, bound, Limit::XmlNodes)?;
        Budget::at_most(self.namespaces, self.limits.namespaces, Limit::XmlNodes)?;
        let is_repeated = declared.iter().any(|(other, _)| *other == prefix);
        let is_allowed = !is_repeated
            && prefix != "xmlns"
            && name != XMLNS
            && (prefix == "xml") == (name == XML);
        self.bindings.push((prefix, name));
        Ok(is_allowed)
    }

    /// The namespace of a prefix; the empty one without a default namespace.
    fn resolve(&self, prefix: &str) -> Option<Cow<'a, str>> {
        let mut bindings = self.bindings.iter().rev();
        match bindings.find(|(bound, _)| *bound == prefix) {
            Some((_, name)) => Some(name.clone()),
            None if prefix.is_empty() => Some(Cow::Borrowed("")),
            None => None,
        }
    }

    /// Gives attributes their namespaces and refuses two of one name (Namespaces in XML 1.0 §6.2, §6.3).
    fn resolve_attributes(&mut self) -> Result<(), XmlRejected> {
        let mut attributes = std::mem::take(&mut self.attributes);
        for index in 0..attributes.len() {
            let (before, rest) = attributes.split_at_mut(index);
            let Some(attribute) = rest.first_mut() else {
                break;
            };
            let namespace = match prefix(attribute.qualified_name) {
                "" => Some(Cow::Borrowed("")),
                "xml" => Some(Cow::Borrowed(XML)),
                prefix => self.resolve(prefix),
            };
            attribute.namespace = namespace.ok_or_else(|| self.broken(attribute.offset))?;
            let is_same = |other: &Attribute<'_>| {
                other.local_name() == attribute.local_name()
                    && other.namespace == attribute.namespace
            };
            if before.iter().any(is_same) {
                return Err(self.broken(attribute.offset));
            }
        }
        self.attributes = attributes;
        Ok(())
    }

    fn qualified_name(&mut self) -> Result<&'a str, XmlRejected> {
        let rest = self.rest();
        let end = rest.find(|c: char| !is_name(c)).unwrap_or(rest.len());
        let name = rest.get(..end).unwrap_or_default();
        if !is_qualified_name(name) {
            return Err(self.broken(self.at));
        }
        self.at += end;
        Ok(name)
    }

    /// Reads `="…"` (XML 1.0 §3.3.3); a tag that is not finished is reported at its start.
    fn value(&mut self, tag: usize) -> Result<Cow<'a, str>, XmlRejected> {
        self.skip_spaces();
        if !self.rest().starts_with('=') {
            return Err(self.broken(tag));
        }
        self.at += 1;
        self.skip_spaces();
        let quote = self.text.as_bytes().get(self.at).copied();
        let Some(quote @ (b'"' | b'\'')) = quote else {
            return Err(self.broken(tag));
        };
        let start = self.at + 1;
        let mut end = start;
        let mut is_plain = true;
        loop {
            end = self.special(end, IN_VALUE)?;
            match self.text.as_bytes().get(end) {
                None => return Err(self.broken(tag)),
                Some(b'<') => return Err(self.broken(end)),
                Some(octet) if *octet == quote => break,
                Some(b'"' | b'\'') => {}
                Some(_) => is_plain = false,
            }
            end += 1;
        }
        self.at = end + 1;
        if is_plain {
            return Ok(Cow::Borrowed(self.slice(start, end)));
        }
        self.normalized_value(start, end).map(Cow::Owned)
    }

    fn normalized_value(&self, start: usize, end: usize) -> Result<String, XmlRejected> {
        let mut value = String::with_capacity(end - start);
        let mut at = start;
        while at < end {
            let rest = self.slice(at, end);
            match rest.as_bytes().first() {
                Some(b'&') => {
                    let (character, after) = self.reference(at)?;
                    value.push(character);
                    at = after;
                }
                Some(b'\t' | b'\n' | b'\r') => {
                    value.push(' ');
                    at += if rest.starts_with("\r\n") { 2 } else { 1 };
                }
                _ => {
                    let plain = rest.find(['&', '\t', '\n', '\r']).unwrap_or(rest.len());
                    value.push_str(rest.get(..plain).unwrap_or_default());
                    at += plain;
                }
            }
        }
        Ok(value)
    }

    /// A reference to a character or to one of the five entities (XML 1.0 §4.1, §4.6), and the offset after it.
    fn reference(&self, start: usize) -> Result<(char, usize), XmlRejected> {
        let broken = || self.broken(start);
        let inside = self.text.get(start + 1..).unwrap_or_default();
        // No reference needs more; leading zeros of a number are not counted without end.
        let end = inside.bytes().take(32).position(|octet| octet == b';');
        let end = end.ok_or_else(broken)?;
        let name = inside.get(..end).unwrap_or_default();
        let number = |digits: &str, radix| {
            let is_digits = digits
                .bytes()
                .all(|digit| char::from(digit).is_digit(radix));
            let number = u32::from_str_radix(digits, radix).ok();
            number.filter(|_| is_digits).and_then(char::from_u32)
        };
        let character = match name {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            _ => match (name.strip_prefix("#x"), name.strip_prefix('#')) {
                (Some(digits), _) => number(digits, 16),
                (None, Some(digits)) => number(digits, 10),
                (None, None) => None,
            },
        };
        let character = character.filter(|character| is_character(*character));
        Ok((character.ok_or_else(broken)?, start + 1 + end + 1))
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
