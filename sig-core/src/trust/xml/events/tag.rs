//! Start tags: names, attributes and namespaces (XML 1.0 §3.1, Namespaces in XML 1.0).

use std::borrow::Cow;

use crate::base::error::Limit;
use crate::base::limits::Budget;

use super::super::characters::{IN_VALUE, is_name, is_qualified_name};
use super::super::{Attribute, XmlRejected, prefix};
use super::{Element, Event, Events, Open, Part, count};

const XML: &str = "http://www.w3.org/XML/1998/namespace";
const XMLNS: &str = "http://www.w3.org/2000/xmlns/";
/// Octets of a namespace name: it is compared at each element that is in it.
const NAMESPACE_BYTES: u64 = 1_024;

impl<'a> Events<'a> {
    pub(super) fn start_tag(&mut self) -> Result<Event<'a>, XmlRejected> {
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
        Budget::at_most(count(name.len()), NAMESPACE_BYTES, Limit::Bytes)?;
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
}
