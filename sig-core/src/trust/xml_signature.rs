//! The two forms of XML signature that trust lists may have (XMLDSig §4): this one, and the XAdES form of European
//! lists, which [`xades`] reads.
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
//! Everything else is refused, so that nothing but the whole document without its signature can
//! have been signed. The caller reads the tree that was verified, through [`SignedTree`].

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use roxmltree::{Node, NodeId};

use crate::alg::digest::{Digest, DigestAlgorithm, DigestId};
use crate::alg::provider::Algorithms;
use crate::alg::signature::{Message, SignatureId, SignatureScheme};
use crate::base::error::{Computation, Disagreement};
use crate::base::limits::{Budget, Limits};
use crate::der::octets::Octets;
use crate::der::tag::Tag;
use crate::der::writer;
use crate::x509::certificate::Certificate;

use super::c14n;
use super::xml::{self, Tree, attribute, is_element};

mod algorithm;
mod proof;
mod rejected;
mod xades;

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

/// What the elements of a signature say.
struct Parts<'t> {
    signature: Node<'t, 't>,
    signed_info: Node<'t, 't>,
    algorithm: SignatureId,
    digest_value: Vec<u8>,
    signature_value: Vec<u8>,
    signer: Octets,
}

/// Verifies the signature of a document (XMLDSig §3.2).
pub(crate) fn verify<'t>(
    tree: &'t Tree<'t>,
    algorithms: &Algorithms,
    limits: &Limits,
) -> Result<SignedTree<'t>, Rejected> {
    let signature = only_signature(tree)?;
    refuse_ambiguous_ids(tree)?;
    let parts = Parts::read(signature)?;
    let signer = Certificate::from_der(&parts.signer, &mut Budget::new(*limits))
        .map_err(|_| Rejected::SignerCertificate)?;
    let unavailable = Rejected::AlgorithmUnavailable(parts.algorithm);
    let digest = algorithms
        .digest(parts.algorithm.digest)
        .ok_or(unavailable)?;
    let signature_algorithm = algorithms.signature(parts.algorithm).ok_or(unavailable)?;

    let excluded = Some(signature.id());
    let document_digest =
        canonical_digest(tree.document_node(), excluded, digest, parts.algorithm)?;
    if document_digest.value != parts.digest_value {
        return Err(Rejected::DigestMismatch);
    }
    let signed_info_digest = canonical_digest(parts.signed_info, None, digest, parts.algorithm)?;
    let disagree = |Disagreement { what, .. }| Rejected::BackEndsDisagree(what, parts.algorithm);
    let key = parts
        .algorithm
        .prepared(signature_algorithm.prepare(&signer.spki))
        .map_err(disagree)?
        .map_err(Rejected::SignerKey)?;
    let message = Message::Digest(&signed_info_digest.value);
    let result = key.verify(message, &parts.signature_value);
    if !parts.algorithm.verified(result).map_err(disagree)? {
        return Err(Rejected::SignatureInvalid);
    }
    Ok(SignedTree {
        tree,
        signature: parts.signature.id(),
        signer: parts.signer,
        algorithm: parts.algorithm,
        digest: document_digest,
        proof: SignatureProof::new(canonical(parts.signed_info)?, parts.signature_value),
    })
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
    const XML: &str = "http://www.w3.org/XML/1998/namespace";
    let mut seen = BTreeSet::new();
    for node in tree.document_node().descendants() {
        for attribute in node.attributes() {
            let is_id = match attribute.namespace() {
                None => attribute.name().eq_ignore_ascii_case("id"),
                Some(uri) => uri == XML && attribute.name() == "id",
            };
            if is_id && !seen.insert(attribute.value()) {
                return Err(Rejected::AmbiguousId);
            }
        }
    }
    Ok(())
}

impl<'t> Parts<'t> {
    fn read(signature: Node<'t, 't>) -> Result<Self, Rejected> {
        let names = ["SignedInfo", "SignatureValue", "KeyInfo"];
        let [signed_info, signature_value, key_info] = children(signature, names)?;
        allow_attributes(signature, &["Id"])?;
        for part in [signed_info, signature_value, key_info] {
            allow_attributes(part, &["Id"])?;
        }
        let references = elements(signed_info)
            .filter(|node| is_element(*node, NAMESPACE, "Reference"))
            .count();
        if references != 1 {
            return Err(Rejected::ReferenceCount(references));
        }
        let names = ["CanonicalizationMethod", "SignatureMethod", "Reference"];
        let [canonicalization, method, reference] = children(signed_info, names)?;
        if algorithm_of(canonicalization)? != EXCLUSIVE {
            return Err(Rejected::CanonicalizationMethod);
        }
        let algorithm =
            algorithm::signature(algorithm_of(method)?).ok_or(Rejected::SignatureMethod)?;
        let (digest, digest_value) = read_reference(reference)?;
        if digest != algorithm.digest {
            return Err(Rejected::MethodsDisagree);
        }
        if digest_value.len() != digest.size() {
            return Err(Rejected::DigestValue);
        }
        let value = base64_of(signature_value).ok_or(Rejected::SignatureValue)?;
        Ok(Self {
            signature,
            signed_info,
            algorithm,
            digest_value,
            signature_value: standard_form(algorithm.scheme, value)
                .ok_or(Rejected::SignatureValue)?,
            signer: signer(key_info)?,
        })
    }
}

fn read_reference(reference: Node<'_, '_>) -> Result<(DigestId, Vec<u8>), Rejected> {
    allow_attributes(reference, &["Id", "URI", "Type"])?;
    if attribute(reference, "URI") != Some("") {
        return Err(Rejected::ReferenceUri);
    }
    let names = ["Transforms", "DigestMethod", "DigestValue"];
    let [transforms, method, value] = children(reference, names)?;
    allow_attributes(transforms, &[])?;
    refuse_text(transforms)?;
    let mut found = Vec::new();
    for transform in elements(transforms) {
        if !is_element(transform, NAMESPACE, "Transform") {
            return Err(Rejected::Transforms);
        }
        found.push(algorithm_of(transform).map_err(|_| Rejected::Transforms)?);
    }
    if found != [ENVELOPED, EXCLUSIVE] {
        return Err(Rejected::Transforms);
    }
    let digest = algorithm::digest(algorithm_of(method)?).ok_or(Rejected::DigestMethod)?;
    allow_attributes(value, &[])?;
    let value = base64_of(value).ok_or(Rejected::DigestValue)?;
    Ok((digest, value))
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

fn signer(key_info: Node<'_, '_>) -> Result<Octets, Rejected> {
    let mut certificates = key_info
        .descendants()
        .filter(|node| is_element(*node, NAMESPACE, "X509Certificate"));
    let (Some(certificate), None) = (certificates.next(), certificates.next()) else {
        return Err(Rejected::SignerCount);
    };
    let holder = certificate
        .parent()
        .filter(|holder| is_element(*holder, NAMESPACE, "X509Data"));
    if holder.and_then(|holder| holder.parent()) != Some(key_info) {
        return Err(Rejected::SignerCount);
    }
    base64_of(certificate)
        .map(Octets::from)
        .ok_or(Rejected::SignerCertificate)
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
    let mut text = xml::text(node).ok()?.into_owned();
    text.retain(|character| !matches!(character, ' ' | '\t' | '\n' | '\r'));
    STANDARD.decode(text).ok()
}
