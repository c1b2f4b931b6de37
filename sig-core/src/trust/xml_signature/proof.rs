//! What of the signature of a document shows, without the document, who signed which digest of it (XMLDSig §3.2.2).
//!
//! The signature is made over `SignedInfo`, which holds the digest of the canonical document. Whoever has its canonical
//! octets and the value of the signature can verify that this digest was signed; that something stands in the document
//! takes the document.

use crate::alg::digest::Digest;
use crate::alg::provider::Algorithms;
use crate::alg::signature::{Message, SignatureId};
use crate::base::error::{Computation, Disagreement};
use crate::der::octets::Octets;
use crate::x509::certificate::Certificate;

use super::super::xml::{Source, XmlLimits, is_element};
use super::rejected::SignatureRejected as Rejected;
use super::{
    EXCLUSIVE, NAMESPACE, algorithm, algorithm_of, allow_attributes, children, elements, enveloped,
    xades,
};

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
    /// Those of lists have less than two thousand octets.
    const LIMITS: XmlLimits = XmlLimits {
        bytes: 64 << 10,
        nodes: 1_000,
        ..XmlLimits::STANDARD
    };

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
    /// The octets are no `SignedInfo` of one document that is signed as a whole (`URI=""`: where an identifier stands in
    /// its place, it takes the document to see what has it), or the signature does not verify.
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

    /// Whether it signs a digest of a whole document that is not named by its identifier: only then the octets show it.
    pub(crate) fn is_of_whole_document(&self) -> bool {
        self.read().is_ok()
    }

    /// By the rules of the form with one reference, or of that with one more to the signed properties.
    fn read(&self) -> Result<SignedDigest, Rejected> {
        let source = Source::new(&self.signed_info, &Self::LIMITS).map_err(|_| Rejected::Form)?;
        let tree = source.tree().map_err(|_| Rejected::Form)?;
        let root = tree.root();
        if !is_element(root, NAMESPACE, "SignedInfo") {
            return Err(Rejected::Form);
        }
        allow_attributes(root, &["Id"])?;
        let references = elements(root)
            .filter(|node| is_element(*node, NAMESPACE, "Reference"))
            .count();
        let (canonicalization, method, document, of_properties) = match references {
            1 => {
                let names = ["CanonicalizationMethod", "SignatureMethod", "Reference"];
                let [canonicalization, method, document] = children(root, names)?;
                (canonicalization, method, document, None)
            }
            2 => {
                let names = [
                    "CanonicalizationMethod",
                    "SignatureMethod",
                    "Reference",
                    "Reference",
                ];
                let [canonicalization, method, first, second] = children(root, names)?;
                let (document, of_properties) = xades::in_order(first, second)?;
                (canonicalization, method, document, Some(of_properties))
            }
            count => return Err(Rejected::ReferenceCount(count)),
        };
        if algorithm_of(canonicalization)? != EXCLUSIVE {
            return Err(Rejected::CanonicalizationMethod);
        }
        let algorithm =
            algorithm::signature(algorithm_of(method)?).ok_or(Rejected::SignatureMethod)?;
        let (digest, value) = enveloped::read_reference(document)?;
        match of_properties {
            None if digest != algorithm.digest => return Err(Rejected::MethodsDisagree),
            None => {}
            Some(of_properties) => xades::check_properties_reference(of_properties)?,
        }
        if value.len() != digest.size() {
            return Err(Rejected::DigestValue);
        }
        Ok(SignedDigest {
            algorithm,
            digest: Digest {
                algorithm: digest,
                value,
            },
        })
    }
}
