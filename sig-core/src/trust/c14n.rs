//! Exclusive XML Canonicalization 1.0 without comments (W3C xml-exc-c14n §3).
//!
//! Own code: `xml-sec` 0.4 puts 240 000 lines and `bergshamra` 0.11 puts 178 crates (a clock, a
//! random generator and a command line among them) behind the same two hundred lines.

use roxmltree::{Node, NodeId};

use super::xml::{namespace, prefix, qualified_name};

/// Why a tree has no canonical form.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum C14nRejected {
    /// A namespace name is a relative reference (Canonical XML 1.0 §1.3).
    RelativeNamespace,
    /// A prefix is bound to the empty namespace name (Namespaces in XML 1.0 §2.2).
    UndeclaredPrefix,
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
    let mut writer = Writer {
        sink,
        buffer: Vec::with_capacity(PIECE * 2),
        rendered: Vec::new(),
        without,
    };
    if node.is_root() {
        writer.document(node)?;
    } else {
        writer.node(node)?;
    }
    (writer.sink)(&writer.buffer);
    Ok(())
}

const PIECE: usize = 16 << 10;

struct Writer<'w, 'd> {
    sink: &'w mut dyn FnMut(&[u8]),
    buffer: Vec<u8>,
    /// Namespace declarations written on the elements that are open: prefix and name.
    rendered: Vec<(&'d str, &'d str)>,
    without: Option<NodeId>,
}

struct CanonicalAttribute<'d> {
    namespace: &'d str,
    local_name: &'d str,
    qualified_name: &'d str,
    value: &'d str,
}

impl<'d> Writer<'_, 'd> {
    /// Canonical XML 1.0 §2.3, root node: a line feed after each processing instruction before the
    /// root element and before each one after it.
    fn document(&mut self, document: Node<'d, '_>) -> Result<(), C14nRejected> {
        let mut after_root = false;
        for child in document.children() {
            if child.is_element() {
                self.node(child)?;
                after_root = true;
            } else if child.is_pi() {
                if after_root {
                    self.put("\n");
                }
                self.node(child)?;
                if !after_root {
                    self.put("\n");
                }
            }
        }
        Ok(())
    }

    fn node(&mut self, node: Node<'d, '_>) -> Result<(), C14nRejected> {
        if self.without == Some(node.id()) {
            return Ok(());
        }
        if node.is_element() {
            self.element(node)?;
        } else if node.is_text() {
            self.put_text(node.text().unwrap_or_default());
        } else if let Some(instruction) = node.pi() {
            self.put("<?");
            self.put(instruction.target);
            if let Some(value) = instruction.value {
                self.put(" ");
                self.put(value);
            }
            self.put("?>");
        }
        if self.buffer.len() >= PIECE {
            (self.sink)(&self.buffer);
            self.buffer.clear();
        }
        Ok(())
    }

    fn element(&mut self, node: Node<'d, '_>) -> Result<(), C14nRejected> {
        let open = self.rendered.len();
        let name = qualified_name(node, node.range().start + 1);
        let mut attributes: Vec<_> = node
            .attributes()
            .map(|attribute| CanonicalAttribute {
                namespace: attribute.namespace().unwrap_or_default(),
                local_name: attribute.name(),
                qualified_name: qualified_name(node, attribute.range().start),
                value: attribute.value(),
            })
            .collect();
        attributes.sort_by_key(|attribute| (attribute.namespace, attribute.local_name));

        self.put("<");
        self.put(name);
        self.namespaces(node, name, &attributes)?;
        for attribute in &attributes {
            self.put_attribute(attribute.qualified_name, attribute.value);
        }
        self.put(">");
        for child in node.children() {
            self.node(child)?;
        }
        self.put("</");
        self.put(name);
        self.put(">");
        self.rendered.truncate(open);
        Ok(())
    }

    /// Declares the namespaces that are visibly utilized here and not declared by an open element
    /// (xml-exc-c14n §3 step 3).
    fn namespaces(
        &mut self,
        node: Node<'d, '_>,
        name: &'d str,
        attributes: &[CanonicalAttribute<'d>],
    ) -> Result<(), C14nRejected> {
        let mut utilized = vec![(prefix(name), namespace(node))];
        for attribute in attributes {
            let prefix = prefix(attribute.qualified_name);
            if !prefix.is_empty() && prefix != "xml" {
                utilized.push((prefix, attribute.namespace));
            }
        }
        utilized.sort_unstable();
        utilized.dedup();
        for (prefix, uri) in utilized {
            let current = self.rendered.iter().rev().find(|(open, _)| *open == prefix);
            let is_known = match current {
                Some((_, known)) => *known == uri,
                None => prefix.is_empty() && uri.is_empty(),
            };
            if is_known {
                continue;
            }
            check_namespace(prefix, uri)?;
            self.put(" xmlns");
            if !prefix.is_empty() {
                self.put(":");
                self.put(prefix);
            }
            self.put("=\"");
            self.put_value(uri);
            self.put("\"");
            self.rendered.push((prefix, uri));
        }
        Ok(())
    }

    fn put_attribute(&mut self, name: &str, value: &str) {
        self.put(" ");
        self.put(name);
        self.put("=\"");
        self.put_value(value);
        self.put("\"");
    }

    fn put(&mut self, text: &str) {
        self.buffer.extend_from_slice(text.as_bytes());
    }

    fn put_text(&mut self, text: &str) {
        self.put_escaped(text, |octet| match octet {
            b'&' => Some("&amp;"),
            b'<' => Some("&lt;"),
            b'>' => Some("&gt;"),
            b'\r' => Some("&#xD;"),
            _ => None,
        });
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

    fn put_escaped(&mut self, text: &str, escape: fn(u8) -> Option<&'static str>) {
        for octet in text.bytes() {
            match escape(octet) {
                Some(reference) => self.put(reference),
                None => self.buffer.push(octet),
            }
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
