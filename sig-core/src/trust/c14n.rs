//! Exclusive XML Canonicalization 1.0 without comments (W3C xml-exc-c14n §3).
//!
//! One writer takes elements, text and instructions in document order, and passes octets on as they come. What gives them
//! to it is either the events of a document or the walk through a tree.
//!
//! Own code: `xml-sec` 0.4 puts 240 000 lines and `bergshamra` 0.11 puts 178 crates (a clock, a
//! random generator and a command line among them) behind the same two hundred lines.

use std::borrow::Cow;

use roxmltree::{Node, NodeId};

use super::xml::events::Event;
use super::xml::{
    Attribute, Input, Source, XmlLimits, XmlRejected, namespace, prefix, qualified_name,
};

/// Why a document has no canonical form.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum C14nRejected {
    /// A namespace name is a relative reference (Canonical XML 1.0 §1.3).
    RelativeNamespace,
    /// A prefix is bound to the empty namespace name (Namespaces in XML 1.0 §2.2).
    UndeclaredPrefix,
}

/// Why the canonical form of a document is not to be had.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum NotCanonical {
    /// It is not an XML document that is read here.
    Xml(XmlRejected),
    /// It has no canonical form.
    Form(C14nRejected),
}

impl From<XmlRejected> for NotCanonical {
    fn from(rejected: XmlRejected) -> Self {
        Self::Xml(rejected)
    }
}

impl From<C14nRejected> for NotCanonical {
    fn from(rejected: C14nRejected) -> Self {
        Self::Form(rejected)
    }
}

/// Passes on the canonical form of a document, as it is read (xml-exc-c14n §3).
///
/// # Errors
/// [`NotCanonical`]: not XML, a limit, or no canonical form. What was passed on by then means nothing.
///
/// # Limits
/// Those given; memory grows with the depth of the document alone.
pub fn document(
    octets: &[u8],
    limits: &XmlLimits,
    sink: &mut dyn FnMut(&[u8]),
) -> Result<(), NotCanonical> {
    let mut events = Input::new(octets, limits)?.events()?;
    let mut writer = Writer::new(sink);
    while let Some(event) = events.next()? {
        writer.event(&event, events.attributes())?;
    }
    writer.finish();
    Ok(())
}

/// The same by a tree of the document, which another parser builds: a second opinion of [`document`] (xml-exc-c14n §3).
///
/// # Errors
/// As of [`document`].
///
/// # Limits
/// Those given.
pub fn document_by_tree(
    octets: &[u8],
    limits: &XmlLimits,
    sink: &mut dyn FnMut(&[u8]),
) -> Result<(), NotCanonical> {
    let source = Source::new(octets, limits)?;
    let tree = source.tree()?;
    Ok(exclusive(tree.document_node(), None, sink)?)
}

/// Writes the canonical form of a node and all below it, one subtree left out.
///
/// A document node stands for the whole document. The octets come in pieces of some kilobytes.
/// Nesting is bounded by the depth limit of the tree.
///
/// # Errors
/// The tree has no canonical form.
pub(crate) fn exclusive(
    node: Node<'_, '_>,
    without: Option<NodeId>,
    sink: &mut dyn FnMut(&[u8]),
) -> Result<(), C14nRejected> {
    let mut writer = Writer::new(sink);
    walk(&mut writer, node, without)?;
    writer.finish();
    Ok(())
}

fn walk<'d>(
    writer: &mut Writer<'_, 'd>,
    node: Node<'d, '_>,
    without: Option<NodeId>,
) -> Result<(), C14nRejected> {
    if without == Some(node.id()) {
        return Ok(());
    }
    if node.is_root() {
        for child in node.children().filter(|child| !child.is_text()) {
            walk(writer, child, without)?;
        }
    } else if node.is_element() {
        let name = qualified_name(node, node.range().start + 1);
        let attributes: Vec<_> = node
            .attributes()
            .map(|attribute| Attribute {
                qualified_name: qualified_name(node, attribute.range().start),
                namespace: Cow::Borrowed(attribute.namespace().unwrap_or_default()),
                value: Cow::Borrowed(attribute.value()),
                offset: attribute.range().start,
            })
            .collect();
        writer.start(name, Cow::Borrowed(namespace(node)), &attributes)?;
        for child in node.children() {
            walk(writer, child, without)?;
        }
        writer.end(name);
    } else if node.is_text() {
        writer.text(node.text().unwrap_or_default());
    } else if let Some(instruction) = node.pi() {
        writer.instruction(instruction.target, instruction.value.unwrap_or_default());
    }
    Ok(())
}

/// Octets that are gathered before they are passed on.
const PIECE: usize = 16 << 10;
/// Text of this size is passed on as it stands.
const LONG: usize = 1 << 10;

/// Writes canonical octets to a sink.
pub(crate) struct Writer<'w, 'd> {
    sink: &'w mut dyn FnMut(&[u8]),
    buffer: Vec<u8>,
    /// Namespace declarations written on the elements that are open: prefix and name.
    rendered: Vec<(&'d str, Cow<'d, str>)>,
    /// How many were written outside each open element.
    open: Vec<usize>,
    after_root: bool,
    /// Room that is used again: the order of the attributes, and the namespaces of one element.
    order: Vec<usize>,
    utilized: Vec<(&'d str, Cow<'d, str>)>,
}

impl<'w, 'd> Writer<'w, 'd> {
    /// A writer at the start of a document or of a subtree.
    pub(crate) fn new(sink: &'w mut dyn FnMut(&[u8])) -> Self {
        Self {
            sink,
            buffer: Vec::with_capacity(PIECE * 2),
            rendered: Vec::new(),
            open: Vec::new(),
            after_root: false,
            order: Vec::new(),
            utilized: Vec::new(),
        }
    }

    /// Writes what stands next in the document.
    ///
    /// # Errors
    /// An element has no canonical form.
    pub(crate) fn event(
        &mut self,
        event: &Event<'d>,
        attributes: &[Attribute<'d>],
    ) -> Result<(), C14nRejected> {
        match event {
            Event::Start(element) => {
                self.start(
                    element.qualified_name,
                    element.namespace.clone(),
                    attributes,
                )?;
            }
            Event::End { qualified_name, .. } => self.end(qualified_name),
            Event::Text(text) => self.text(text),
            Event::Character(character) => self.text(character.encode_utf8(&mut [0; 4])),
            Event::Instruction { target, data } => self.instruction(target, data),
        }
        Ok(())
    }

    /// Passes on what is left.
    pub(crate) fn finish(self) {
        (self.sink)(&self.buffer);
    }

    fn start(
        &mut self,
        name: &'d str,
        namespace: Cow<'d, str>,
        attributes: &[Attribute<'d>],
    ) -> Result<(), C14nRejected> {
        self.open.push(self.rendered.len());
        self.put("<");
        self.put(name);
        self.namespaces(name, namespace, attributes)?;
        let mut order = std::mem::take(&mut self.order);
        order.clear();
        order.extend(0..attributes.len());
        let key = |index: usize| {
            let attribute = attributes.get(index);
            attribute.map(|it| (&it.namespace, it.local_name()))
        };
        order.sort_by(|left, right| key(*left).cmp(&key(*right)));
        for attribute in order.iter().filter_map(|index| attributes.get(*index)) {
            self.put_attribute(attribute.qualified_name, &attribute.value);
        }
        self.order = order;
        self.put(">");
        self.pass_on(PIECE);
        Ok(())
    }

    fn end(&mut self, name: &str) {
        self.put("</");
        self.put(name);
        self.put(">");
        let outside = self.open.pop().unwrap_or(0);
        self.rendered.truncate(outside);
        self.after_root |= self.open.is_empty();
        self.pass_on(PIECE);
    }

    /// Canonical XML 1.0 §2.3: outside the root element a line feed after each processing instruction before it, and
    /// before each one after it.
    fn instruction(&mut self, target: &str, data: &str) {
        let is_outside = self.open.is_empty();
        if is_outside && self.after_root {
            self.put("\n");
        }
        self.put("<?");
        self.put(target);
        if !data.is_empty() {
            self.put(" ");
            self.put(data);
        }
        self.put("?>");
        if is_outside && !self.after_root {
            self.put("\n");
        }
        self.pass_on(PIECE);
    }

    fn text(&mut self, text: &str) {
        self.put_escaped(text, |octet| match octet {
            b'&' => Some("&amp;"),
            b'<' => Some("&lt;"),
            b'>' => Some("&gt;"),
            b'\r' => Some("&#xD;"),
            _ => None,
        });
        self.pass_on(PIECE);
    }

    /// Declares the namespaces that are visibly utilized here and not declared by an open element
    /// (xml-exc-c14n §3 step 3).
    fn namespaces(
        &mut self,
        name: &'d str,
        namespace: Cow<'d, str>,
        attributes: &[Attribute<'d>],
    ) -> Result<(), C14nRejected> {
        let mut utilized = std::mem::take(&mut self.utilized);
        utilized.clear();
        utilized.push((prefix(name), namespace));
        for attribute in attributes {
            let prefix = prefix(attribute.qualified_name);
            if !prefix.is_empty() && prefix != "xml" {
                utilized.push((prefix, attribute.namespace.clone()));
            }
        }
        utilized.sort_unstable();
        utilized.dedup();
        for (prefix, uri) in utilized.drain(..) {
            let current = self.rendered.iter().rev().find(|(open, _)| *open == prefix);
            let is_known = match current {
                Some((_, known)) => *known == uri,
                None => prefix.is_empty() && uri.is_empty(),
            };
            if is_known {
                continue;
            }
            check_namespace(prefix, &uri)?;
            self.put(" xmlns");
            if !prefix.is_empty() {
                self.put(":");
                self.put(prefix);
            }
            self.put("=\"");
            self.put_value(&uri);
            self.put("\"");
            self.rendered.push((prefix, uri));
        }
        self.utilized = utilized;
        Ok(())
    }

    fn put_attribute(&mut self, name: &str, value: &str) {
        self.put(" ");
        self.put(name);
        self.put("=\"");
        self.put_value(value);
        self.put("\"");
    }

    fn put_value(&mut self, value: &str) {
        self.put_escaped(value, |octet| match octet {
            b'&' => Some("&amp;"),
            b'<' => Some("&lt;"),
            b'"' => Some("&quot;"),
            b'\t' => Some("&#x9;"),
            b'\n' => Some("&#xA;"),
            b'\r' => Some("&#xD;"),
            _ => None,
        });
    }

    fn put_escaped(&mut self, text: &str, escape: impl Fn(u8) -> Option<&'static str>) {
        let mut rest = text.as_bytes();
        while let Some(at) = rest.iter().position(|octet| escape(*octet).is_some()) {
            let (plain, from) = rest.split_at(at);
            self.put_octets(plain);
            let Some((octet, after)) = from.split_first() else {
                break;
            };
            self.put(escape(*octet).unwrap_or_default());
            rest = after;
        }
        self.put_octets(rest);
    }

    fn put(&mut self, text: &str) {
        self.buffer.extend_from_slice(text.as_bytes());
    }

    fn put_octets(&mut self, octets: &[u8]) {
        if octets.len() >= LONG {
            self.pass_on(0);
            (self.sink)(octets);
        } else {
            self.buffer.extend_from_slice(octets);
            self.pass_on(PIECE);
        }
    }

    /// Passes on what was gathered, if it is that much.
    fn pass_on(&mut self, enough: usize) {
        if self.buffer.len() >= enough {
            (self.sink)(&self.buffer);
            self.buffer.clear();
        }
    }
}

fn check_namespace(prefix: &str, uri: &str) -> Result<(), C14nRejected> {
    if uri.is_empty() {
        return if prefix.is_empty() {
            Ok(())
        } else {
            Err(C14nRejected::UndeclaredPrefix)
        };
    }
    let scheme = uri.split_once(':').map(|(scheme, _)| scheme.as_bytes());
    let is_absolute = scheme.is_some_and(|scheme| {
        scheme.first().is_some_and(u8::is_ascii_alphabetic)
            && scheme
                .iter()
                .all(|octet| octet.is_ascii_alphanumeric() || b"+-.".contains(octet))
    });
    if is_absolute {
        Ok(())
    } else {
        Err(C14nRejected::RelativeNamespace)
    }
}

#[cfg(test)]
mod tests;
