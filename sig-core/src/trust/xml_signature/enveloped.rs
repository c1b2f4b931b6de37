//! The signature of the accredited-CA list: one, enveloped, of the whole document (XMLDSig §3.2, §4.4).
//!
//! A first pass over the events finds the signature, which is kept as a tree of its own; a second one feeds everything
//! else into the digest and to the reader of the content at once.

use std::borrow::Cow;
use std::collections::BTreeSet;

use roxmltree::Node;

use crate::alg::digest::{Digest, DigestId};
use crate::alg::provider::Algorithms;
use crate::alg::signature::{Message, SignatureId};
use crate::base::error::{Computation, Disagreement, Limit};
use crate::base::limits::{Budget, Limits};
use crate::der::octets::Octets;
use crate::x509::certificate::Certificate;

use super::super::c14n::Writer;
use super::super::xml::events::{Element, Event, Events};
use super::super::xml::{
    Attribute, Input, Source, XmlLimits, XmlRejected, attribute, is_element, normalize_line_ends,
};
use super::covered::Covered;
use super::rejected::SignatureRejected as Rejected;
use super::{
    ENVELOPED, EXCLUSIVE, NAMESPACE, SignatureProof, algorithm, algorithm_of, allow_attributes,
    base64_of, canonical, canonical_digest, children, elements, is_identifier, refuse_text,
    standard_form,
};

/// Octets of a signature element: one with a chain of certificates beside the signer's has a tenth of that.
const SIGNATURE_BYTES: u64 = 256 << 10;

/// Why a signed document is not accepted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum EnvelopedRejected {
    /// It is not an XML document that is read here.
    Xml(XmlRejected),
    /// Its signature is not accepted.
    Signature(Rejected),
}

impl From<XmlRejected> for EnvelopedRejected {
    fn from(rejected: XmlRejected) -> Self {
        Self::Xml(rejected)
    }
}

impl From<Rejected> for EnvelopedRejected {
    fn from(rejected: Rejected) -> Self {
        Self::Signature(rejected)
    }
}

/// What was read of a document whose signature verified, from what the signature covers.
#[derive(Debug)]
pub(crate) struct Signed<T> {
    /// What was read.
    pub(crate) content: T,
    /// DER of the certificate whose key made the signature. Nothing is known of it yet.
    pub(crate) signer: Octets,
    /// The algorithms.
    pub(crate) algorithm: SignatureId,
    /// The digest of the canonical document without the signature.
    pub(crate) digest: Digest,
    /// The octets that were signed, and the value of the signature.
    pub(crate) proof: SignatureProof,
}

/// Verifies the signature of a document and reads what it covers (XMLDSig §3.2). What `read` gives is dropped if the
/// signature is not accepted.
///
/// # Limits
/// Those of the document; beside what `read` keeps, memory grows with its depth and with the identifiers in it.
pub(crate) fn verify<'a, T>(
    input: &Input<'a>,
    algorithms: &Algorithms,
    limits: &Limits,
    read: impl FnOnce(&mut Covered<'_, 'a>) -> T,
) -> Result<Signed<T>, EnvelopedRejected> {
    let found = Found::in_document(input)?;
    let source = found.source(input)?;
    let tree = source.tree()?;
    let signature = tree.root().first_element_child().ok_or(Rejected::Form)?;
    let parts = Parts::read(signature)?;
    let id = parts.algorithm;
    let signer = Certificate::from_der(&parts.signer, &mut Budget::new(*limits))
        .map_err(|_| Rejected::SignerCertificate)?;
    let unavailable = Rejected::AlgorithmUnavailable(id);
    let digest = algorithms.digest(id.digest).ok_or(unavailable)?;
    let scheme = algorithms.signature(id).ok_or(unavailable)?;

    let mut context = digest.start();
    let mut sink = |octets: &[u8]| context.update(octets);
    let writer = Writer::new(&mut sink);
    let mut covered = Covered::new(input.events()?, found.start, writer);
    let content = read(&mut covered);
    covered.finish()?;
    let disagree = |_| Rejected::BackEndsDisagree(Computation::Digest, id);
    let of_document = context.finish().map_err(disagree)?;
    if of_document.value != parts.digest_value {
        return Err(Rejected::DigestMismatch.into());
    }

    let of_signed_info = canonical_digest(parts.signed_info, None, digest, id)?;
    let disagree = |Disagreement { what, .. }| Rejected::BackEndsDisagree(what, id);
    let key = id
        .prepared(scheme.prepare(&signer.spki))
        .map_err(disagree)?
        .map_err(Rejected::SignerKey)?;
    let result = key.verify(
        Message::Digest(&of_signed_info.value),
        &parts.signature_value,
    );
    if !id.verified(result).map_err(disagree)? {
        return Err(Rejected::SignatureInvalid.into());
    }
    Ok(Signed {
        content,
        signer: parts.signer,
        algorithm: id,
        digest: of_document,
        proof: SignatureProof::new(canonical(parts.signed_info)?, parts.signature_value),
    })
}

/// Where the signature stands, and the namespaces that are bound around it.
struct Found<'a> {
    start: usize,
    end: usize,
    bindings: Vec<(&'a str, Cow<'a, str>)>,
}

impl<'a> Found<'a> {
    /// The one Signature of the document, which must be a child of the root element; no two elements may carry the same
    /// identifier, as a reader that looks one up must not have a choice.
    fn in_document(input: &Input<'a>) -> Result<Self, EnvelopedRejected> {
        let mut events = input.events()?;
        let mut found: Option<(Element<'a>, Self)> = None;
        let mut is_repeated = false;
        let mut identifiers = BTreeSet::new();
        let mut is_ambiguous = false;
        while let Some(event) = events.next()? {
            match event {
                Event::Start(element) => {
                    for attribute in events.attributes().iter().filter(|it| is_id(it)) {
                        is_ambiguous |= !identifiers.insert(attribute.value.clone());
                    }
                    if element.namespace == NAMESPACE && element.local_name() == "Signature" {
                        is_repeated |= found.is_some();
                        found.get_or_insert_with(|| Self::at(element, &events));
                    }
                }
                Event::End { depth, .. } => {
                    if let Some((element, found)) = &mut found
                        && depth == element.depth
                        && found.end == 0
                    {
                        found.end = events.offset();
                    }
                }
                _ => {}
            }
        }
        let (element, found) = found.ok_or(Rejected::Missing)?;
        if is_repeated {
            Err(Rejected::Repeated.into())
        } else if element.depth != 1 {
            Err(Rejected::Misplaced.into())
        } else if is_ambiguous {
            Err(Rejected::AmbiguousId.into())
        } else {
            Ok(found)
        }
    }

    fn at(element: Element<'a>, events: &Events<'a>) -> (Element<'a>, Self) {
        let found = Self {
            start: element.offset,
            end: 0,
            bindings: events.bindings().to_vec(),
        };
        (element, found)
    }

    /// The signature inside an element that binds what is bound around it.
    fn source(&self, input: &Input<'_>) -> Result<Source<'static>, XmlRejected> {
        let element = input.slice(self.start, self.end);
        let length = u64::try_from(element.len()).unwrap_or(u64::MAX);
        Budget::at_most(length, SIGNATURE_BYTES, Limit::Bytes)?;
        let mut text = String::from("<signed");
        for (index, (prefix, name)) in self.bindings.iter().enumerate() {
            let later = self.bindings.get(index + 1..).unwrap_or_default();
            if later.iter().any(|(other, _)| other == prefix) {
                continue;
            }
            text.push_str(" xmlns");
            if !prefix.is_empty() {
                text.push(':');
                text.push_str(prefix);
            }
            text.push_str("=\"");
            push_value(name, &mut text);
            text.push('"');
        }
        text.push('>');
        text.push_str(&normalize_line_ends(element));
        text.push_str("</signed>");
        // The document is within its limits; the element around the signature is not of it.
        let limits = XmlLimits {
            bytes: u64::MAX,
            depth: input.limits().depth.saturating_add(1),
            attributes: u64::MAX,
            attributes_of_element: u64::MAX,
            namespaces_of_element: u64::MAX,
            namespaces: u64::MAX,
            nodes: input.limits().nodes.saturating_add(2),
        };
        Source::owned(text, &limits)
    }
}

fn push_value(value: &str, text: &mut String) {
    for character in value.chars() {
        match character {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '"' => text.push_str("&quot;"),
            '\t' => text.push_str("&#9;"),
            '\n' => text.push_str("&#10;"),
            '\r' => text.push_str("&#13;"),
            other => text.push(other),
        }
    }
}

fn is_id(attribute: &Attribute<'_>) -> bool {
    is_identifier(&attribute.namespace, attribute.local_name())
}

/// What the elements of a signature say.
struct Parts<'t> {
    signed_info: Node<'t, 't>,
    algorithm: SignatureId,
    digest_value: Vec<u8>,
    signature_value: Vec<u8>,
    signer: Octets,
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
            signed_info,
            algorithm,
            digest_value,
            signature_value: standard_form(algorithm.scheme, value)
                .ok_or(Rejected::SignatureValue)?,
            signer: signer(key_info)?,
        })
    }
}

/// The digest of the whole document without its signature, that the reference names.
pub(super) fn read_reference(reference: Node<'_, '_>) -> Result<(DigestId, Vec<u8>), Rejected> {
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
