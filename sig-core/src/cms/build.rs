//! Signatures that are made: CAdES-BES (EN 319 122-1 §5.2, RFC 5652 §5), for desks.
//!
//! A signature is made in two steps, since the key may be in a card or far away: [`Request::prepare`] gives the octets
//! to be signed, [`Prepared::finish`] takes the signature value. [`Request::sign`] does both with a [`Signer`]. What
//! leaves here verifies: the value is checked with the key of the certificate, so that a fault of a card, or the key of
//! another certificate, makes an error and no message.

mod algorithm;
mod attributes;
mod message;
mod refused;
mod signer;

use crate::alg::digest::Digest;
use crate::alg::provider::Algorithms;
use crate::alg::signature::SignatureId;
use crate::base::time::UnixTime;
use crate::der::octets::Octets;
use crate::der::oid::Oid;
use crate::x509::certificate::Certificate;

use algorithm::Chosen;
pub use algorithm::customary;
use message::{Enclosed, Parts};

pub use attributes::{Commitment, ContentHints};
pub use message::Message;
pub use refused::{BuildError, Refused};
pub use signer::{Signer, ToBeSigned, ecdsa_value};

/// Octets of the largest content: its length and those around it fit the numbers that count them.
const MOST: u64 = 1 << 62;

/// What is signed, and whether the message carries it (RFC 5652 §5.2).
#[derive(Clone, Debug)]
pub enum Content {
    /// In the message.
    Attached(Octets),
    /// In the message, written by the caller between [`Message::head`] and [`Message::tail`]: for content of any size.
    AttachedElsewhere {
        /// By the digest algorithm of the signature.
        digest: Digest,
        /// In octets.
        length: u64,
    },
    /// Outside the message.
    Detached(Octets),
    /// Outside the message, by the digest algorithm of the signature.
    DetachedDigest(Digest),
}

/// A signature to be made (EN 319 122-1 §5.2).
#[derive(Clone, Debug)]
pub struct Request {
    /// What is signed.
    pub content: Content,
    /// The time that the signature claims (EN 319 122-1 §5.2.1).
    pub signing_time: UnixTime,
    chain: Vec<Octets>,
    mime_type: Option<String>,
    hints: Option<ContentHints>,
    commitment: Option<Commitment>,
}

/// A signature that lacks its value (RFC 5652 §5.4).
#[derive(Clone, Debug)]
pub struct Prepared {
    certificate: Certificate,
    chosen: Chosen,
    /// DER SET OF the signed attributes.
    attributes: Vec<u8>,
    digest: Digest,
    enclosed: Enclosed,
    chain: Vec<Octets>,
    algorithms: &'static Algorithms,
}

impl Request {
    /// A signature with the attributes that are mandatory in baseline B-B (EN 319 122-1 §6.3).
    #[must_use]
    pub const fn new(content: Content, signing_time: UnixTime) -> Self {
        Self {
            content,
            signing_time,
            chain: Vec::new(),
            mime_type: None,
            hints: None,
            commitment: None,
        }
    }

    /// Adds certificates of authorities that the message carries beside the signer's (RFC 5652 §10.2.3).
    #[must_use]
    pub fn with_chain<'a>(mut self, chain: impl IntoIterator<Item = &'a Certificate>) -> Self {
        let octets = chain.into_iter().map(|it| it.octets.clone());
        self.chain.extend(octets);
        self
    }

    /// States the media type of the content, such as `application/pdf` (EN 319 122-1 §5.2.4.2).
    #[must_use]
    pub fn with_mime_type(mut self, mime_type: impl Into<String>) -> Self {
        self.mime_type = Some(mime_type.into());
        self
    }

    /// Describes the content (EN 319 122-1 §5.2.4.1, RFC 2634 §2.9).
    #[must_use]
    pub fn with_content_hints(mut self, description: Option<String>, content_type: Oid) -> Self {
        self.hints = Some(ContentHints {
            description,
            content_type,
        });
        self
    }

    /// States what the signer commits to (EN 319 122-1 §5.2.3).
    #[must_use]
    pub const fn with_commitment(mut self, commitment: Commitment) -> Self {
        self.commitment = Some(commitment);
        self
    }

    /// The first step: everything but the signature value (RFC 5652 §5.4).
    ///
    /// # Errors
    /// The algorithm is not one that signs today or does not go with the certificate's key; the digest of the content
    /// is of another algorithm; a text is empty.
    pub fn prepare(
        &self,
        certificate: &Certificate,
        algorithm: SignatureId,
        algorithms: &'static Algorithms,
    ) -> Result<Prepared, Refused> {
        let chosen = Chosen::new(algorithm, certificate)?;
        let own = algorithms
            .digest(algorithm.digest)
            .ok_or(Refused::NotInBackEnd(algorithm))?;
        let (content, enclosed) = match &self.content {
            Content::Attached(octets) => (own.digest(octets)?, Enclosed::Octets(octets.clone())),
            Content::AttachedElsewhere { length, .. } if *length > MOST => {
                return Err(Refused::TooLarge);
            }
            Content::AttachedElsewhere { digest, length } => {
                (digest.clone(), Enclosed::Elsewhere(*length))
            }
            Content::Detached(octets) => (own.digest(octets)?, Enclosed::Nothing),
            Content::DetachedDigest(digest) => (digest.clone(), Enclosed::Nothing),
        };
        if content.algorithm != algorithm.digest || content.value.len() != algorithm.digest.size() {
            return Err(Refused::DigestMismatch {
                expected: algorithm.digest,
                found: content.algorithm,
            });
        }
        let named = own.digest(&certificate.octets)?;
        let attributes = self.signed_attributes(certificate, &content, &named)?;
        Ok(Prepared {
            certificate: certificate.clone(),
            digest: own.digest(&attributes)?,
            chosen,
            attributes,
            enclosed,
            chain: self.chain.clone(),
            algorithms,
        })
    }

    /// Both steps: the finished message (RFC 5652 §5).
    ///
    /// # Errors
    /// As for [`Self::prepare`] and [`Prepared::finish`], or the signer's own.
    pub fn sign<S: Signer>(
        &self,
        signer: &S,
        algorithms: &'static Algorithms,
    ) -> Result<Message, BuildError<S::Error>> {
        let prepared = self.prepare(signer.certificate(), signer.algorithm(), algorithms)?;
        let signature = signer
            .sign(prepared.to_be_signed())
            .map_err(BuildError::Signer)?;
        Ok(prepared.finish(&signature)?)
    }
}

impl Prepared {
    /// What the key signs (RFC 5652 §5.4).
    #[must_use]
    pub fn to_be_signed(&self) -> ToBeSigned<'_> {
        ToBeSigned {
            algorithm: self.chosen.id,
            octets: &self.attributes,
            digest: &self.digest.value,
            salt: self.chosen.salt,
        }
    }

    /// The second step: the message with a signature value, which is that of the field `signature` (RFC 5652 §5.3):
    /// of GOST s and r, of ECDSA a DER SEQUENCE (see [`ecdsa_value`]).
    ///
    /// # Errors
    /// The value is not a signature of [`Self::to_be_signed`] by the key of the certificate.
    pub fn finish(&self, signature: &[u8]) -> Result<Message, Refused> {
        self.chosen.check(
            &self.certificate,
            &self.to_be_signed(),
            signature,
            self.algorithms,
        )?;
        Ok(message::write(&Parts {
            certificate: &self.certificate,
            chosen: &self.chosen,
            attributes: &self.attributes,
            signature,
            enclosed: &self.enclosed,
            chain: &self.chain,
        }))
    }
}

#[cfg(test)]
mod tests;
