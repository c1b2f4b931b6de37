//! What of the signature of a document shows, without the document, who signed which digest of it (XMLDSig §3.2.2).
//!
//! The signature is made over `SignedInfo`, which holds the digest of the canonical document. Whoever has its canonical
//! octets and the value of the signature can verify that this digest was signed; that something stands in the document
//! takes the document.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use roxmltree::{Node, ParsingOptions};

use crate::alg::digest::{Digest, DigestId};
use crate::alg::provider::Algorithms;
use crate::alg::signature::{Message, SignatureId};
use crate::base::error::{Computation, Disagreement};
use crate::der::octets::Octets;
use crate::x509::certificate::Certificate;

use super::rejected::SignatureRejected as Rejected;
use super::{ENVELOPED, EXCLUSIVE, NAMESPACE, algorithm};

/// The signed octets of a signature, and its value (XMLDSig §4.3, §4.4).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SignatureProof {
    signed_info: Octets,
    value: Octets,
}

/// The digest of a document that was signed (XMLDSig §4.4.3.6).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SignedDigest {
    /// The algorithms of the signature.
    pub algorithm: SignatureId,
    /// The digest of the canonical document without its signature.
    pub digest: Digest,
}

impl SignatureProof {
    /// Octets of `SignedInfo`, at most: those of lists have less than two thousand.
    const MOST: usize = 64 << 10;
    /// Nodes of it, at most.
    const NODES: u32 = 1_000;

    /// Canonical octets of `SignedInfo`, and the value as the signature algorithms of X.509 take it (XMLDSig §4.3).
    #[must_use]
    pub fn new(signed_info: impl Into<Octets>, value: impl Into<Octets>) -> Self {
        Self {
            signed_info: signed_info.into(),
            value: value.into(),
        }
    }

    /// The canonical octets that were signed (XMLDSig §4.4).
    #[must_use]
    pub const fn signed_info(&self) -> &Octets {
        &self.signed_info
    }

    /// The value of the signature, as the algorithms of X.509 take it (XMLDSig §4.3, RFC 3279 §2.2.3).
    #[must_use]
    pub const fn value(&self) -> &Octets {
        &self.value
    }

    /// Verifies that the key of a certificate signed, and says which digest of a whole document without its signature
    /// (XMLDSig §3.2.2).
    ///
    /// # Errors
    /// The octets are no `SignedInfo` of one document that is signed as a whole, or the signature does not verify.
    ///
    /// # Limits
    /// 64 KiB and 1 000 nodes; one verification.
    pub fn check(
        &self,
        signer: &Certificate,
        algorithms: &Algorithms,
    ) -> Result<SignedDigest, Rejected> {
        let signed = self.read()?;
        let id = signed.algorithm;
        let unavailable = Rejected::AlgorithmUnavailable(id);
        let digest = algorithms.digest(id.digest).ok_or(unavailable)?;
        let scheme = algorithms.signature(id).ok_or(unavailable)?;
        let disagree = |Disagreement { what, .. }| Rejected::BackEndsDisagree(what, id);
        let mut context = digest.start();
        context.update(&self.signed_info);
        let message = context.finish();
        let message = message.map_err(|_| Rejected::BackEndsDisagree(Computation::Digest, id))?;
        let key = id
            .prepared(scheme.prepare(&signer.spki))
            .map_err(disagree)?
            .map_err(Rejected::SignerKey)?;
        let result = key.verify(Message::Digest(&message.value), &self.value);
        if id.verified(result).map_err(disagree)? {
            Ok(signed)
        } else {
            Err(Rejected::SignatureInvalid)
        }
    }

    fn read(&self) -> Result<SignedDigest, Rejected> {
        let text = std::str::from_utf8(&self.signed_info).ok();
        let text = text.filter(|text| text.len() <= Self::MOST);
        let options = ParsingOptions {
            allow_dtd: false,
            nodes_limit: Self::NODES,
            ..ParsingOptions::default()
        };
        let tree = roxmltree::Document::parse_with_options(text.ok_or(Rejected::Form)?, options);
        let tree = tree.map_err(|_| Rejected::Form)?;
        let root = tree.root_element();
        let mut parts = elements(root);
        let (Some(canonicalization), Some(method)) = (parts.next(), parts.next()) else {
            return Err(Rejected::Form);
        };
        let is_form = is(root, "SignedInfo")
            && is(canonicalization, "CanonicalizationMethod")
            && is(method, "SignatureMethod");
        if !is_form {
            return Err(Rejected::Form);
        }
        if algorithm_of(canonicalization)? != EXCLUSIVE {
            return Err(Rejected::CanonicalizationMethod);
        }
        let algorithm =
            algorithm::signature(algorithm_of(method)?).ok_or(Rejected::SignatureMethod)?;
        // Of two references one is to the properties of the signature.
        let mut documents = Vec::new();
        for reference in parts {
            if !is(reference, "Reference") {
                return Err(Rejected::Form);
            }
            if transforms(reference)? == [ENVELOPED, EXCLUSIVE] {
                documents.push(reference);
            }
        }
        let [document] = documents.as_slice() else {
            return Err(Rejected::ReferenceCount(documents.len()));
        };
        Ok(SignedDigest {
            algorithm,
            digest: digest(*document)?,
        })
    }
}

fn is(node: Node<'_, '_>, name: &str) -> bool {
    node.has_tag_name((NAMESPACE, name))
}

fn elements<'t, 'i>(node: Node<'t, 'i>) -> impl Iterator<Item = Node<'t, 'i>> {
    node.children().filter(Node::is_element)
}

/// The one element of a name below a node.
fn only<'t, 'i>(node: Node<'t, 'i>, name: &str) -> Result<Node<'t, 'i>, Rejected> {
    let mut found = elements(node).filter(|child| is(*child, name));
    match (found.next(), found.next()) {
        (Some(child), None) => Ok(child),
        _ => Err(Rejected::Form),
    }
}

/// The `Algorithm` of an element without parameters.
fn algorithm_of<'t>(node: Node<'t, '_>) -> Result<&'t str, Rejected> {
    if elements(node).next().is_some() {
        return Err(Rejected::Parameters);
    }
    node.attribute("Algorithm").ok_or(Rejected::Form)
}

fn transforms<'t>(reference: Node<'t, '_>) -> Result<Vec<&'t str>, Rejected> {
    let transforms = only(reference, "Transforms")?;
    elements(transforms)
        .map(|transform| {
            let is_plain = is(transform, "Transform");
            let algorithm = algorithm_of(transform);
            algorithm
                .ok()
                .filter(|_| is_plain)
                .ok_or(Rejected::Transforms)
        })
        .collect()
}

fn digest(reference: Node<'_, '_>) -> Result<Digest, Rejected> {
    let method = algorithm_of(only(reference, "DigestMethod")?)?;
    let id: DigestId = algorithm::digest(method).ok_or(Rejected::DigestMethod)?;
    let mut text = only(reference, "DigestValue")?
        .text()
        .unwrap_or_default()
        .to_owned();
    text.retain(|character| !matches!(character, ' ' | '\t' | '\n' | '\r'));
    let value = STANDARD.decode(text).ok();
    let value = value.filter(|value| value.len() == id.size());
    Ok(Digest {
        algorithm: id,
        value: value.ok_or(Rejected::DigestValue)?,
    })
}
