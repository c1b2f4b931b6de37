//! Documents of XMLDSig, read under limits and without a DTD: as a sequence of [`events`], or as a tree.
//!
//! The events are strict (XML 1.0, Namespaces in XML 1.0) and borrow from the octets. The tree is that of `roxmltree`,
//! for signatures with references into the document; the events of the document are read before it is built, so that
//! both ways refuse the same.

use std::borrow::Cow;
use std::fmt;

use roxmltree::{Document, Node, ParsingOptions, TextPos};

use crate::base::error::{Limit, LimitExceeded};
use crate::base::limits::Budget;

mod characters;
mod declaration;
pub(crate) mod events;
mod place;

use events::Events;
pub(crate) use place::path;
use place::position;

/// How large an XML document may be.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct XmlLimits {
    /// Octets of the document.
    pub bytes: u64,
    /// Nesting of elements.
    pub depth: u32,
    /// Tags, runs of text, comments and processing instructions.
    pub nodes: u64,
    /// Attributes and namespace declarations of the document; signs `=` in text count too.
    pub attributes: u64,
    /// Attributes and namespace declarations of one element.
    pub attributes_of_element: u64,
    /// Namespace declarations of one element.
    pub namespaces_of_element: u64,
    /// Namespace declarations of the document.
    pub namespaces: u64,
}

impl XmlLimits {
    /// The defaults: 64 MiB, depth 32, 800 000 nodes, 400 000 attributes, 64 on one element. The
    /// accredited-CA list of 2026 has 12 MB and nests 9 deep.
    pub const STANDARD: Self = Self {
        bytes: 64 << 20,
        depth: 32,
        nodes: 800_000,
        attributes: 400_000,
        attributes_of_element: 64,
        namespaces_of_element: 16,
        namespaces: 32_768,
    };
}

/// A place in an XML document, counted after line ends were normalised.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// Why octets are not an XML document that is read here.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum XmlRejected {
    /// A limit of [`XmlLimits`].
    Limit(LimitExceeded),
    /// The octets are not UTF-8; the offset of the first that is not.
    NotUtf8 {
        /// Offset in octets.
        offset: usize,
    },
    /// The XML declaration names another version than 1.0 or another encoding than UTF-8.
    Declaration,
    /// There is a document type declaration. Entities are not expanded, so none is needed.
    DocumentType {
        /// Where it begins.
        at: Position,
    },
    /// Not well-formed (XML 1.0 §2.1, Namespaces in XML 1.0 §7).
    NotWellFormed {
        /// Where.
        at: Position,
    },
}

impl From<LimitExceeded> for XmlRejected {
    fn from(limit: LimitExceeded) -> Self {
        Self::Limit(limit)
    }
}

/// A document that is read as events: UTF-8, within the limit on its size.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Input<'a> {
    text: &'a str,
    limits: XmlLimits,
}

impl<'a> Input<'a> {
    /// Takes the octets of a document.
    pub(crate) fn new(octets: &'a [u8], limits: &XmlLimits) -> Result<Self, XmlRejected> {
        let length = u64::try_from(octets.len()).unwrap_or(u64::MAX);
        Budget::at_most(length, limits.bytes, Limit::Bytes)?;
        let text = std::str::from_utf8(octets).map_err(|error| XmlRejected::NotUtf8 {
            offset: error.valid_up_to(),
        })?;
        Ok(Self {
            text: text.strip_prefix('\u{feff}').unwrap_or(text),
            limits: *limits,
        })
    }

    /// Reads it from the start.
    pub(crate) fn events(&self) -> Result<Events<'a>, XmlRejected> {
        Events::new(self.text, &self.limits)
    }

    /// A part of the text.
    pub(crate) fn slice(&self, start: usize, end: usize) -> &'a str {
        self.text.get(start..end).unwrap_or_default()
    }

    /// The limits it is read under.
    pub(crate) fn limits(&self) -> &XmlLimits {
        &self.limits
    }

    /// The place of an offset that events gave.
    pub(crate) fn position(&self, offset: usize) -> Position {
        position(self.text, offset)
    }
}

/// The text of a document that is read as a tree: line ends normalised, its events read once.
#[derive(Debug)]
pub(crate) struct Source<'a> {
    text: Cow<'a, str>,
    /// Where the document begins after the XML declaration.
    start: usize,
    nodes: u32,
}

impl<'a> Source<'a> {
    /// Reads the octets of a document.
    pub(crate) fn new(octets: &'a [u8], limits: &XmlLimits) -> Result<Self, XmlRejected> {
        Self::of(
            normalize_line_ends(Input::new(octets, limits)?.text),
            limits,
        )
    }

    /// The text of a document that is made here, its line ends normalised.
    pub(crate) fn owned(text: String, limits: &XmlLimits) -> Result<Self, XmlRejected> {
        Self::of(Cow::Owned(text), limits)
    }

    fn of(text: Cow<'a, str>, limits: &XmlLimits) -> Result<Self, XmlRejected> {
        let mut events = Events::new(&text, limits)?;
        let start = events.offset();
        while events.next()?.is_some() {}
        let nodes = u32::try_from(limits.nodes.saturating_add(2)).unwrap_or(u32::MAX);
        Ok(Self { text, start, nodes })
    }

    /// Builds the tree.
    pub(crate) fn tree(&self) -> Result<Tree<'_>, XmlRejected> {
        let text = self.text.get(self.start..).unwrap_or_default();
        let options = ParsingOptions {
            allow_dtd: false,
            nodes_limit: self.nodes,
            entity_resolver: None,
        };
        let document =
            Document::parse_with_options(text, options).map_err(|error| match error {
                roxmltree::Error::NodesLimitReached => XmlRejected::Limit(LimitExceeded {
                    which: Limit::XmlNodes,
                    bound: u64::from(self.nodes),
                }),
                other => XmlRejected::NotWellFormed {
                    at: self.position_of(other.pos()),
                },
            })?;
        Ok(Tree {
            document,
            source: self,
        })
    }

    /// The place in the whole text of a place in the part that was parsed.
    fn position_of(&self, inner: TextPos) -> Position {
        let outer = position(&self.text, self.start);
        Position {
            line: outer.line + inner.row.saturating_sub(1),
            column: if inner.row == 1 {
                outer.column + inner.col.saturating_sub(1)
            } else {
                inner.col
            },
        }
    }
}

/// A document as a tree.
#[derive(Debug)]
pub(crate) struct Tree<'s> {
    document: Document<'s>,
    source: &'s Source<'s>,
}

impl<'s> Tree<'s> {
    /// The node above the root element.
    pub(crate) fn document_node(&self) -> Node<'_, 's> {
        self.document.root()
    }

    /// The root element.
    pub(crate) fn root(&self) -> Node<'_, 's> {
        self.document.root_element()
    }

    /// Where a node begins.
    pub(crate) fn position(&self, node: Node<'_, '_>) -> Position {
        position(&self.source.text, self.source.start + node.range().start)
    }
}

/// The qualified name of an element or attribute whose name begins at this offset.
pub(crate) fn qualified_name<'d>(node: Node<'d, '_>, offset: usize) -> &'d str {
    let text = node
        .document()
        .input_text()
        .get(offset..)
        .unwrap_or_default();
    let end = text
        .find([' ', '\t', '\n', '=', '/', '>'])
        .unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

/// An attribute of an element, its value normalised (XML 1.0 §3.3.3).
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Attribute<'a> {
    /// The name with the prefix.
    pub(crate) qualified_name: &'a str,
    /// The namespace; empty when in none.
    pub(crate) namespace: Cow<'a, str>,
    /// The value.
    pub(crate) value: Cow<'a, str>,
    /// Where it begins.
    pub(crate) offset: usize,
}

impl<'a> Attribute<'a> {
    /// The name without the prefix.
    pub(crate) fn local_name(&self) -> &'a str {
        local_name(self.qualified_name)
    }
}

/// The prefix of a qualified name, empty when there is none.
pub(crate) fn prefix(qualified_name: &str) -> &str {
    qualified_name
        .split_once(':')
        .map_or("", |(prefix, _)| prefix)
}

/// The qualified name without its prefix.
pub(crate) fn local_name(qualified_name: &str) -> &str {
    qualified_name
        .split_once(':')
        .map_or(qualified_name, |(_, local)| local)
}

/// The namespace of an element; empty when it is in none.
pub(crate) fn namespace<'d>(node: Node<'d, '_>) -> &'d str {
    node.tag_name().namespace().unwrap_or_default()
}

/// The element has this name in this namespace.
pub(crate) fn is_element(node: Node<'_, '_>, namespace_uri: &str, name: &str) -> bool {
    node.is_element() && node.tag_name().name() == name && namespace(node) == namespace_uri
}

/// The value of an attribute that is in no namespace.
///
/// The parser's own look-up by a bare name finds attributes of any namespace.
pub(crate) fn attribute<'d>(node: Node<'d, '_>, name: &str) -> Option<&'d str> {
    node.attributes()
        .find(|attribute| attribute.name() == name && attribute.namespace().is_none())
        .map(|attribute| attribute.value())
}

/// An element inside an element that may only hold text.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct NotText;

/// The whole text of an element, comments and processing instructions left out as canonicalization
/// leaves comments out: a comment never shortens a value.
pub(crate) fn text<'d>(node: Node<'d, '_>) -> Result<Cow<'d, str>, NotText> {
    let mut whole = Cow::Borrowed("");
    for child in node.children() {
        if child.is_element() {
            return Err(NotText);
        }
        if let (true, Some(part)) = (child.is_text(), child.text()) {
            if whole.is_empty() {
                whole = Cow::Borrowed(part);
            } else {
                whole.to_mut().push_str(part);
            }
        }
    }
    Ok(whole)
}

pub(crate) fn normalize_line_ends(text: &str) -> Cow<'_, str> {
    if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests;
