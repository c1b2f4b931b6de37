//! One pass over the text before a tree is built: limits, and strictness the parser lacks.

use crate::base::error::Limit;
use crate::base::limits::Budget;

use super::{XmlLimits, XmlRejected, position};

/// Reads the XML declaration, if there is one, and gives the offset after it (XML 1.0 §2.8).
pub(super) fn declaration(text: &str) -> Result<usize, XmlRejected> {
    let Some(rest) = text.strip_prefix("<?xml") else {
        return Ok(0);
    };
    if !rest.starts_with([' ', '\t', '\n']) {
        return Ok(0);
    }
    let end = rest.find("?>").ok_or(XmlRejected::Declaration)?;
    let mut fields = rest.get(..end).unwrap_or_default();
    let mut names = Vec::new();
    while !fields.trim_start().is_empty() {
        let (name, value, after) = pseudo_attribute(fields).ok_or(XmlRejected::Declaration)?;
        let known = match name {
            "version" => value == "1.0",
            "encoding" => value.eq_ignore_ascii_case("utf-8"),
            "standalone" => matches!(value, "yes" | "no"),
            _ => false,
        };
        if !known {
            return Err(XmlRejected::Declaration);
        }
        names.push(name);
        fields = after;
    }
    let in_order = matches!(
        names.as_slice(),
        ["version"]
            | ["version", "encoding"]
            | ["version", "standalone"]
            | ["version", "encoding", "standalone"]
    );
    if in_order {
        Ok("<?xml".len() + end + "?>".len())
    } else {
        Err(XmlRejected::Declaration)
    }
}

fn pseudo_attribute(fields: &str) -> Option<(&str, &str, &str)> {
    let trimmed = fields.trim_start_matches(is_space);
    if trimmed.len() == fields.len() {
        return None;
    }
    let (name, rest) = trimmed.split_once('=')?;
    let rest = rest.trim_start_matches(is_space);
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let (value, after) = rest.get(1..)?.split_once(quote)?;
    Some((name.trim_end_matches(is_space), value, after))
}

/// Counts what the document consists of.
pub(super) fn document(text: &str, start: usize, limits: &XmlLimits) -> Result<(), XmlRejected> {
    let equals = text.bytes().filter(|byte| *byte == b'=').count();
    Budget::at_most(count(equals), limits.attributes, Limit::XmlNodes)?;
    let mut scan = Scan {
        text,
        at: start,
        limits,
        depth: 0,
        nodes: 0,
        namespaces: 0,
    };
    while scan.at < text.len() {
        scan.step()?;
    }
    if scan.depth == 0 {
        Ok(())
    } else {
        Err(scan.broken(text.len()))
    }
}

struct Scan<'a> {
    text: &'a str,
    at: usize,
    limits: &'a XmlLimits,
    depth: u32,
    nodes: u64,
    namespaces: u64,
}

impl<'a> Scan<'a> {
    fn step(&mut self) -> Result<(), XmlRejected> {
        let rest = self.rest();
        self.nodes += 1;
        Budget::at_most(self.nodes, self.limits.nodes, Limit::XmlNodes)?;
        if !rest.starts_with('<') {
            self.at += rest.find('<').unwrap_or(rest.len());
            return Ok(());
        }
        if rest.starts_with("<!--") {
            self.skip_past("<!--", "-->")
        } else if rest.starts_with("<![CDATA[") {
            self.skip_past("<![CDATA[", "]]>")
        } else if rest.starts_with("<!DOCTYPE") {
            Err(XmlRejected::DocumentType {
                at: position(self.text, self.at),
            })
        } else if let Some(target) = rest.strip_prefix("<?") {
            let name = target.split([' ', '\t', '\n', '?']).next();
            if name.is_some_and(|name| name.eq_ignore_ascii_case("xml")) {
                return Err(self.broken(self.at));
            }
            self.skip_past("<?", "?>")
        } else if rest.starts_with("</") {
            self.depth = match self.depth.checked_sub(1) {
                Some(depth) => depth,
                None => return Err(self.broken(self.at)),
            };
            self.skip_past("</", ">")
        } else {
            self.start_tag()
        }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn broken(&self, at: usize) -> XmlRejected {
        XmlRejected::NotWellFormed {
            at: position(self.text, at),
        }
    }

    fn skip_past(&mut self, opening: &str, closing: &str) -> Result<(), XmlRejected> {
        let inside = self.rest().get(opening.len()..).unwrap_or_default();
        let Some(length) = inside.find(closing) else {
            return Err(self.broken(self.at));
        };
        self.at += opening.len() + length + closing.len();
        Ok(())
    }

    fn start_tag(&mut self) -> Result<(), XmlRejected> {
        let start = self.at;
        self.at += 1;
        self.skip_name();
        let mut attributes = 0;
        let mut declarations = 0;
        let mut has_default = false;
        loop {
            self.skip_spaces();
            let rest = self.rest();
            if rest.starts_with('>') {
                self.at += 1;
                self.depth += 1;
                let (depth, bound) = (u64::from(self.depth), u64::from(self.limits.depth));
                return Ok(Budget::at_most(depth, bound, Limit::Depth)?);
            }
            if rest.starts_with("/>") {
                self.at += 2;
                return Ok(());
            }
            let name_start = self.at;
            self.skip_name();
            let name_end = self.at;
            self.skip_value(start)?;
            attributes += 1;
            let bound = self.limits.attributes_of_element;
            Budget::at_most(attributes, bound, Limit::XmlNodes)?;
            let name = self.text.get(name_start..name_end).unwrap_or_default();
            if name.is_empty() || name.ends_with(":xmlns") || (name == "xmlns" && has_default) {
                return Err(self.broken(name_start));
            }
            if name == "xmlns" || name.starts_with("xmlns:") {
                has_default |= name == "xmlns";
                declarations += 1;
                self.namespaces += 1;
                let bound = self.limits.namespaces_of_element;
                Budget::at_most(declarations, bound, Limit::XmlNodes)?;
                Budget::at_most(self.namespaces, self.limits.namespaces, Limit::XmlNodes)?;
            }
        }
    }

    fn skip_name(&mut self) {
        let rest = self.rest();
        let ends = [' ', '\t', '\n', '=', '/', '>', '<', '"', '\''];
        self.at += rest.find(ends).unwrap_or(rest.len());
    }

    fn skip_spaces(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches(is_space).len();
    }

    /// Skips `="…"`; a tag that is not finished is reported at its start.
    fn skip_value(&mut self, start: usize) -> Result<(), XmlRejected> {
        self.skip_spaces();
        if !self.rest().starts_with('=') {
            return Err(self.broken(start));
        }
        self.at += 1;
        self.skip_spaces();
        match self.rest().chars().next() {
            Some('"') => self.skip_past("\"", "\""),
            Some('\'') => self.skip_past("'", "'"),
            _ => Err(self.broken(start)),
        }
    }
}

const fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n')
}

fn count(value: usize) -> u64 {
    u64::try_from(value).unwrap_or(u64::MAX)
}
