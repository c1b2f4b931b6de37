//! The XAdES signature of European trusted lists (ETSI TS 119 612 annex B, EN 319 132-1 §4 and §5.2).
//!
//! ```text
//! root [Id]
//!   …
//!   Signature Id
//!     SignedInfo
//!       CanonicalizationMethod  exclusive canonicalization
//!       SignatureMethod
//!       Reference URI="" or "#" and the Id of the root
//!         Transforms            enveloped-signature, exclusive canonicalization
//!       Reference URI="#" and the Id of SignedProperties, Type …#SignedProperties
//!         Transforms            exclusive canonicalization
//!     SignatureValue
//!     KeyInfo                   X509Data with the signer's certificate; others beside it are not looked at
//!     Object
//!       QualifyingProperties Target="#" and the Id of Signature
//!         SignedProperties Id
//!           SignedSignatureProperties / SigningCertificate or SigningCertificateV2
//! ```
//!
//! Everything else is refused, as in the parent module. Annex B demands exclusive canonicalization; no list was met with
//! another one.

use roxmltree::Node;

use crate::alg::digest::DigestId;
use crate::alg::provider::Algorithms;
use crate::alg::signature::{Message, SignatureId};
use crate::base::error::{Computation, Disagreement};
use crate::base::limits::{Budget, Limits};
use crate::der::octets::Octets;
use crate::x509::certificate::Certificate;

use super::super::xml::{Tree, attribute, is_element};
use super::rejected::SignatureRejected as Rejected;
use super::{
    ENVELOPED, EXCLUSIVE, NAMESPACE, SignatureProof, SignedTree, algorithm, algorithm_of,
    allow_attributes, base64_of, canonical, canonical_digest, children, elements, only_signature,
    refuse_ambiguous_ids, refuse_text, standard_form,
};

/// The namespace of XAdES signatures.
const XADES: &str = "http://uri.etsi.org/01903/v1.3.2#";
const SIGNED_PROPERTIES: &str = "http://uri.etsi.org/01903#SignedProperties";
/// Certificates of `KeyInfo` that are looked at: a chain has fewer.
const CERTIFICATES: usize = 16;

/// What the elements of a signature say.
struct Parts<'t> {
    signature: Node<'t, 't>,
    signed_info: Node<'t, 't>,
    algorithm: SignatureId,
    document: Reference<'t>,
    properties: Reference<'t>,
    signature_value: Vec<u8>,
    /// The octets of the certificates of `KeyInfo`.
    certificates: Vec<Octets>,
    signing_certificate: (DigestId, Vec<u8>),
}

/// A reference to a node of the document.
struct Reference<'t> {
    node: Node<'t, 't>,
    digest: DigestId,
    value: Vec<u8>,
}

/// Verifies the signature of a document (EN 319 132-1 §4, XMLDSig §3.2).
pub(crate) fn verify<'t>(
    tree: &'t Tree<'t>,
    algorithms: &Algorithms,
    limits: &Limits,
) -> Result<SignedTree<'t>, Rejected> {
    let signature = only_signature(tree)?;
    refuse_ambiguous_ids(tree)?;
    let parts = Parts::read(tree, signature)?;
    let id = parts.algorithm;
    let digest = |wanted| {
        let found = algorithms.digest(wanted);
        found.ok_or(Rejected::DigestUnavailable(wanted))
    };
    let scheme = algorithms
        .signature(id)
        .ok_or(Rejected::AlgorithmUnavailable(id))?;

    let reference = &parts.document;
    let excluded = Some(signature.id());
    let document = canonical_digest(reference.node, excluded, digest(reference.digest)?, id)?;
    if document.value != reference.value {
        return Err(Rejected::DigestMismatch);
    }
    let reference = &parts.properties;
    let properties = canonical_digest(reference.node, None, digest(reference.digest)?, id)?;
    if properties.value != reference.value {
        return Err(Rejected::PropertiesChanged);
    }
    let (algorithm, named) = &parts.signing_certificate;
    let mut signer = None;
    for certificate in &parts.certificates {
        let mut context = digest(*algorithm)?.start();
        context.update(certificate);
        let found = context.finish();
        let found = found.map_err(|_| Rejected::BackEndsDisagree(Computation::Digest, id))?;
        if found.value == *named {
            signer = Some(certificate.clone());
            break;
        }
    }
    let signer = signer.ok_or(Rejected::SigningCertificate)?;
    let certificate = Certificate::from_der(&signer, &mut Budget::new(*limits))
        .map_err(|_| Rejected::SignerCertificate)?;

    let signed_info = canonical_digest(parts.signed_info, None, digest(id.digest)?, id)?;
    let disagree = |Disagreement { what, .. }| Rejected::BackEndsDisagree(what, id);
    let key = id
        .prepared(scheme.prepare(&certificate.spki))
        .map_err(disagree)?
        .map_err(Rejected::SignerKey)?;
    let result = key.verify(Message::Digest(&signed_info.value), &parts.signature_value);
    if !id.verified(result).map_err(disagree)? {
        return Err(Rejected::SignatureInvalid);
    }
    Ok(SignedTree {
        tree,
        signature: parts.signature.id(),
        signer,
        algorithm: id,
        digest: document,
        proof: SignatureProof::new(canonical(parts.signed_info)?, parts.signature_value),
    })
}

impl<'t> Parts<'t> {
    fn read(tree: &'t Tree<'t>, signature: Node<'t, 't>) -> Result<Self, Rejected> {
        let names = ["SignedInfo", "SignatureValue", "KeyInfo", "Object"];
        let [signed_info, value, key_info, object] = children(signature, names)?;
        allow_attributes(signature, &["Id"])?;
        for part in [signed_info, value, key_info, object] {
            allow_attributes(part, &["Id"])?;
        }
        let properties = signed_properties(tree, signature, object)?;
        let references = elements(signed_info)
            .filter(|node| is_element(*node, NAMESPACE, "Reference"))
            .count();
        if references != 2 {
            return Err(Rejected::ReferenceCount(references));
        }
        let names = [
            "CanonicalizationMethod",
            "SignatureMethod",
            "Reference",
            "Reference",
        ];
        let [canonicalization, method, first, second] = children(signed_info, names)?;
        if algorithm_of(canonicalization)? != EXCLUSIVE {
            return Err(Rejected::CanonicalizationMethod);
        }
        let algorithm =
            algorithm::signature(algorithm_of(method)?).ok_or(Rejected::SignatureMethod)?;
        let (document, of_properties) = in_order(first, second)?;
        let value = base64_of(value).ok_or(Rejected::SignatureValue)?;
        Ok(Self {
            signature,
            signed_info,
            algorithm,
            document: Reference::read(
                document,
                &[ENVELOPED, EXCLUSIVE],
                document_of(tree, document)?,
            )?,
            properties: {
                if !names_id(of_properties, "URI", properties) {
                    return Err(Rejected::SignedProperties);
                }
                Reference::read(of_properties, &[EXCLUSIVE], properties)?
            },
            signature_value: standard_form(algorithm.scheme, value)
                .ok_or(Rejected::SignatureValue)?,
            certificates: certificates(key_info)?,
            signing_certificate: signing_certificate(properties)?,
        })
    }
}

impl<'t> Reference<'t> {
    /// Reads the transforms and the digest of a reference to this node.
    fn read(
        reference: Node<'t, 't>,
        transforms: &[&str],
        node: Node<'t, 't>,
    ) -> Result<Self, Rejected> {
        allow_attributes(reference, &["Id", "URI", "Type"])?;
        let names = ["Transforms", "DigestMethod", "DigestValue"];
        let [listed, method, value] = children(reference, names)?;
        allow_attributes(listed, &[])?;
        refuse_text(listed)?;
        let mut found = Vec::new();
        for transform in elements(listed) {
            if !is_element(transform, NAMESPACE, "Transform") {
                return Err(Rejected::Transforms);
            }
            found.push(algorithm_of(transform).map_err(|_| Rejected::Transforms)?);
        }
        if found != transforms {
            return Err(Rejected::Transforms);
        }
        let digest = algorithm::digest(algorithm_of(method)?).ok_or(Rejected::DigestMethod)?;
        allow_attributes(value, &[])?;
        let value = base64_of(value).ok_or(Rejected::DigestValue)?;
        if value.len() != digest.size() {
            return Err(Rejected::DigestValue);
        }
        Ok(Self {
            node,
            digest,
            value,
        })
    }
}

/// The reference to the document and that to the signed properties; either may stand first.
pub(super) fn in_order<'t>(
    first: Node<'t, 't>,
    second: Node<'t, 't>,
) -> Result<(Node<'t, 't>, Node<'t, 't>), Rejected> {
    let is_of_properties = |node| attribute(node, "Type") == Some(SIGNED_PROPERTIES);
    match (is_of_properties(first), is_of_properties(second)) {
        (false, true) => Ok((first, second)),
        (true, false) => Ok((second, first)),
        _ => Err(Rejected::SignedProperties),
    }
}

/// The reference to the signed properties, as far as it can be seen without them.
pub(super) fn check_properties_reference(reference: Node<'_, '_>) -> Result<(), Rejected> {
    let named = attribute(reference, "URI").and_then(|uri| uri.strip_prefix('#'));
    if named.is_none_or(str::is_empty) {
        return Err(Rejected::SignedProperties);
    }
    Reference::read(reference, &[EXCLUSIVE], reference).map(|_| ())
}

/// The node that the reference to the document stands for: the document, or its root element.
fn document_of<'t>(tree: &'t Tree<'t>, reference: Node<'t, 't>) -> Result<Node<'t, 't>, Rejected> {
    if attribute(reference, "URI") == Some("") {
        Ok(tree.document_node())
    } else if names_id(reference, "URI", tree.root()) {
        Ok(tree.root())
    } else {
        Err(Rejected::ReferenceUri)
    }
}

/// An attribute of a node is "#" and the `Id` of another.
fn names_id(node: Node<'_, '_>, name: &str, other: Node<'_, '_>) -> bool {
    let named = attribute(node, name).and_then(|uri| uri.strip_prefix('#'));
    named.is_some_and(|named| !named.is_empty() && attribute(other, "Id") == Some(named))
}

/// The one `SignedProperties` of the document, which must be that of this signature.
fn signed_properties<'t>(
    tree: &'t Tree<'t>,
    signature: Node<'t, 't>,
    object: Node<'t, 't>,
) -> Result<Node<'t, 't>, Rejected> {
    let all = tree
        .document_node()
        .descendants()
        .filter(|node| is_element(*node, XADES, "SignedProperties"));
    if all.count() != 1 {
        return Err(Rejected::SignedProperties);
    }
    refuse_text(object)?;
    let mut inside = elements(object);
    let (Some(qualifying), None) = (inside.next(), inside.next()) else {
        return Err(Rejected::Form);
    };
    if !is_element(qualifying, XADES, "QualifyingProperties") {
        return Err(Rejected::SignedProperties);
    }
    allow_attributes(qualifying, &["Id", "Target"])?;
    refuse_text(qualifying)?;
    if !names_id(qualifying, "Target", signature) {
        return Err(Rejected::SignedProperties);
    }
    let mut inside = elements(qualifying);
    let properties = inside
        .next()
        .filter(|node| is_element(*node, XADES, "SignedProperties"))
        .ok_or(Rejected::SignedProperties)?;
    allow_attributes(properties, &["Id"])?;
    let unsigned = inside.next();
    let is_form = unsigned.is_none_or(|node| is_element(node, XADES, "UnsignedProperties"));
    if is_form && inside.next().is_none() {
        Ok(properties)
    } else {
        Err(Rejected::Form)
    }
}

/// The digest that names the signer's certificate; of several names the first is the signer's (EN 319 132-1 §5.2.2).
fn signing_certificate<'t>(properties: Node<'t, 't>) -> Result<(DigestId, Vec<u8>), Rejected> {
    const WRONG: Rejected = Rejected::SigningCertificate;
    let of_signature = only(properties, &["SignedSignatureProperties"]).ok_or(WRONG)?;
    let names = ["SigningCertificate", "SigningCertificateV2"];
    let named = only(of_signature, &names).ok_or(WRONG)?;
    let first = elements(named).next();
    let first = first.filter(|node| is_element(*node, XADES, "Cert"));
    let digest = only(first.ok_or(WRONG)?, &["CertDigest"]).ok_or(WRONG)?;
    let [method, value] = children(digest, ["DigestMethod", "DigestValue"]).map_err(|_| WRONG)?;
    let method = algorithm_of(method).map_err(|_| WRONG)?;
    let algorithm = algorithm::certificate_digest(method).ok_or(WRONG)?;
    Ok((algorithm, base64_of(value).ok_or(WRONG)?))
}

/// The one XAdES element of these names below a node.
fn only<'t>(node: Node<'t, 't>, names: &[&str]) -> Option<Node<'t, 't>> {
    let is_named = |child: &Node<'_, '_>| names.iter().any(|name| is_element(*child, XADES, name));
    let mut found = elements(node).filter(is_named);
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

fn certificates(key_info: Node<'_, '_>) -> Result<Vec<Octets>, Rejected> {
    let data = elements(key_info).filter(|node| is_element(*node, NAMESPACE, "X509Data"));
    let found: Vec<_> = data
        .flat_map(elements)
        .filter(|node| is_element(*node, NAMESPACE, "X509Certificate"))
        .collect();
    if found.is_empty() || found.len() > CERTIFICATES {
        return Err(Rejected::SignerCount);
    }
    let read = found.into_iter().map(|node| {
        let octets = base64_of(node).map(Octets::from);
        octets.ok_or(Rejected::SignerCertificate)
    });
    read.collect()
}
