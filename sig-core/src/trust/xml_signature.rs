//! The two forms of XML signature that trust lists may have (XMLDSig §4): that of the accredited-CA list, which
//! [`enveloped`] reads, and the XAdES form of European lists, which [`xades`] reads.
//!
//! ```text
//! root
//!   …
//!   Signature
//!     SignedInfo
//!       CanonicalizationMethod  exclusive canonicalization
//!       SignatureMethod
//!       Reference URI=""
//!         Transforms            enveloped-signature, exclusive canonicalization
//!         DigestMethod, DigestValue
//!     SignatureValue
//!     KeyInfo                   one X509Certificate
//! ```
//!
//! Everything else is refused, so that nothing but the whole document without its signature can have been signed. What is
//! read is what was verified: the accredited-CA list through [`Covered`], the events that go into its digest; European
//! lists, whose signatures also refer to a part of the document, through the tree of [`SignedTree`].

use std::collections::BTreeSet;

use roxmltree::{Node, NodeId};

use crate::alg::digest::{Digest, DigestAlgorithm};
use crate::alg::signature::{SignatureId, SignatureScheme};
use crate::base::error::Computation;
use crate::der::octets::Octets;
use crate::der::tag::Tag;
use crate::der::writer;

use super::c14n;
use super::value;
use super::xml::{self, Tree, attribute, is_element};

mod algorithm;
mod covered;
mod enveloped;
mod proof;
mod rejected;
mod xades;

pub(crate) use covered::Covered;
pub(crate) use enveloped::{EnvelopedRejected, verify as verify_enveloped};
pub use proof::{SignatureProof, SignedDigest};
pub use rejected::SignatureRejected;
pub(crate) use xades::verify as verify_xades;

use rejected::SignatureRejected as Rejected;

/// The namespace of XML signatures.
pub(crate) const NAMESPACE: &str = "http://www.w3.org/2000/09/xmldsig#";
const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";

/// A tree whose signature verified. There is no other way to make one.
pub(crate) struct SignedTree<'t> {
    tree: &'t Tree<'t>,
    signature: NodeId,
    /// DER of the certificate whose key made the signature. Nothing is known of it yet.
    pub(crate) signer: Octets,
    /// The algorithms.
    pub(crate) algorithm: SignatureId,
    /// The digest of the canonical document without the signature.
    pub(crate) digest: Digest,
    /// The octets that were signed, and the value of the signature.
    pub(crate) proof: SignatureProof,
}

impl<'t> SignedTree<'t> {
    /// The root element.
    pub(crate) fn root(&self) -> Node<'t, 't> {
        self.tree.root()
    }

    /// The tree.
    pub(crate) fn tree(&self) -> &'t Tree<'t> {
        self.tree
    }

    /// Elements below a node that the signature covers.
    pub(crate) fn children(&self, node: Node<'t, 't>) -> impl Iterator<Item = Node<'t, 't>> {
        let signature = self.signature;
        node.children()
            .filter(move |child| child.is_element() && child.id() != signature)
    }
}

fn canonical_digest(
    node: Node<'_, '_>,
    without: Option<NodeId>,
    digest: &dyn DigestAlgorithm,
    id: SignatureId,
) -> Result<Digest, Rejected> {
    let mut context = digest.start();
    c14n::exclusive(node, without, &mut |octets| context.update(octets))
        .map_err(Rejected::Canonicalization)?;
    context
        .finish()
        .map_err(|_| Rejected::BackEndsDisagree(Computation::Digest, id))
}

/// The canonical octets of an element that is small.
fn canonical(node: Node<'_, '_>) -> Result<Vec<u8>, Rejected> {
    let mut canonical = Vec::new();
    c14n::exclusive(node, None, &mut |octets| {
        canonical.extend_from_slice(octets)
    })
    .map_err(Rejected::Canonicalization)?;
    Ok(canonical)
}

/// The one Signature of the document, which must be a child of the root element.
fn only_signature<'t>(tree: &'t Tree<'t>) -> Result<Node<'t, 't>, Rejected> {
    let mut signatures = tree
        .document_node()
        .descendants()
        .filter(|node| is_element(*node, NAMESPACE, "Signature"));
    let signature = signatures.next().ok_or(Rejected::Missing)?;
    if signatures.next().is_some() {
        return Err(Rejected::Repeated);
    }
    if signature.parent() == Some(tree.root()) {
        Ok(signature)
    } else {
        Err(Rejected::Misplaced)
    }
}

/// No two elements may carry the same identifier: a reader that looks one up must not have a choice.
fn refuse_ambiguous_ids(tree: &Tree<'_>) -> Result<(), Rejected> {
    let mut seen = BTreeSet::new();
    for node in tree.document_node().descendants() {
        for attribute in node.attributes() {
            let namespace = attribute.namespace().unwrap_or_default();
            if is_identifier(namespace, attribute.name()) && !seen.insert(attribute.value()) {
                return Err(Rejected::AmbiguousId);
            }
        }
    }
    Ok(())
}

/// An attribute of this name is taken for an identifier.
fn is_identifier(namespace: &str, local_name: &str) -> bool {
    const XML: &str = "http://www.w3.org/XML/1998/namespace";
    match namespace {
        "" => local_name.eq_ignore_ascii_case("id"),
        XML => local_name == "id",
        _ => false,
    }
}

/// The `Algorithm` of an element that must have no parameters.
fn algorithm_of<'d>(node: Node<'d, '_>) -> Result<&'d str, Rejected> {
    allow_attributes(node, &["Algorithm"])?;
    let has_parameters =
        elements(node).next().is_some() || xml::text(node).is_ok_and(|text| !is_blank(&text));
    if has_parameters {
        return Err(Rejected::Parameters);
    }
    attribute(node, "Algorithm").ok_or(Rejected::Form)
}

/// The octets as the signature algorithms of X.509 take them: ECDSA is r and s side by side in XML
/// (XMLDSig 1.1 §6.4.3), a SEQUENCE in X.509 (RFC 3279 §2.2.3); the others are the same in both.
fn standard_form(scheme: SignatureScheme, value: Vec<u8>) -> Option<Vec<u8>> {
    if scheme != SignatureScheme::Ecdsa {
        return Some(value);
    }
    if value.is_empty() || !value.len().is_multiple_of(2) || value.len() > 132 {
        return None;
    }
    let (r, s) = value.split_at(value.len() / 2);
    let content = [unsigned_integer(r), unsigned_integer(s)].concat();
    Some(writer::element(Tag::SEQUENCE, &content))
}

fn unsigned_integer(octets: &[u8]) -> Vec<u8> {
    let zeros = octets.iter().take_while(|octet| **octet == 0).count();
    let mut content = octets.get(zeros..).unwrap_or_default().to_vec();
    if content.first().is_none_or(|first| *first >= 0x80) {
        content.insert(0, 0);
    }
    writer::element(Tag::INTEGER, &content)
}

/// The elements below a node, which must be exactly these, in this order, with nothing but white
/// space between them.
fn children<'t, const N: usize>(
    node: Node<'t, 't>,
    names: [&str; N],
) -> Result<[Node<'t, 't>; N], Rejected> {
    refuse_text(node)?;
    let found: [Node<'t, 't>; N] = elements(node)
        .collect::<Vec<_>>()
        .try_into()
        .map_err(|_| Rejected::Form)?;
    let as_named = found
        .iter()
        .zip(names)
        .all(|(child, name)| is_element(*child, NAMESPACE, name));
    if as_named {
        Ok(found)
    } else {
        Err(Rejected::Form)
    }
}

/// Only white space may stand between the elements inside a node.
fn refuse_text(node: Node<'_, '_>) -> Result<(), Rejected> {
    let is_stray =
        |child: Node<'_, '_>| child.is_text() && !is_blank(child.text().unwrap_or_default());
    if node.children().any(is_stray) {
        Err(Rejected::Form)
    } else {
        Ok(())
    }
}

fn elements<'t, 'i>(node: Node<'t, 'i>) -> impl Iterator<Item = Node<'t, 'i>> {
    node.children().filter(Node::is_element)
}

fn allow_attributes(node: Node<'_, '_>, names: &[&str]) -> Result<(), Rejected> {
    let allowed = node
        .attributes()
        .all(|found| found.namespace().is_none() && names.contains(&found.name()));
    if allowed { Ok(()) } else { Err(Rejected::Form) }
}

fn is_blank(text: &str) -> bool {
    text.trim_matches([' ', '\t', '\n', '\r']).is_empty()
}

/// The octets of an element's base64 text, white space ignored.
pub(crate) fn base64_of(node: Node<'_, '_>) -> Option<Vec<u8>> {
    value::base64(&xml::text(node).ok()?)
}
