//! The signed attributes of CAdES-BES (EN 319 122-1 §5.2, RFC 5652 §11).

use crate::alg::digest::{Digest, DigestId};
use crate::alg::identifier::digest_oid;
use crate::base::time::UnixTime;
use crate::der::oid::Oid;
use crate::der::oids;
use crate::der::tag::Tag;
use crate::der::writer::{element, set_of};
use crate::x509::certificate::Certificate;

use super::Request;
use super::algorithm::identifier_of;
use super::refused::Refused;

/// What a signer commits to (EN 319 122-1 §5.2.3, RFC 5126 §5.11.1).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Commitment {
    /// Made, approved and sent the content.
    ProofOfOrigin,
    /// Received it.
    ProofOfReceipt,
    /// Delivered it.
    ProofOfDelivery,
    /// Sent it.
    ProofOfSender,
    /// Approves it.
    ProofOfApproval,
    /// Made it, and does not thereby approve it.
    ProofOfCreation,
}

/// What the content is (EN 319 122-1 §5.2.4.1, RFC 2634 §2.9).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ContentHints {
    /// For a reader.
    pub description: Option<String>,
    /// The type of the innermost content.
    pub content_type: Oid,
}

impl Request {
    /// The DER SET of the attributes (RFC 5652 §5.4). `content` is the digest of the content, `named` that of the
    /// certificate, both by the digest of the signature.
    pub(super) fn signed_attributes(
        &self,
        certificate: &Certificate,
        content: &Digest,
        named: &Digest,
    ) -> Result<Vec<u8>, Refused> {
        let mut attributes = vec![
            attribute(oids::CONTENT_TYPE, &oid(oids::DATA)),
            attribute(
                oids::MESSAGE_DIGEST,
                &element(Tag::OCTET_STRING, &content.value),
            ),
            attribute(oids::SIGNING_TIME, &time(self.signing_time)),
            attribute(
                oids::SIGNING_CERTIFICATE_V2,
                &signing_certificate(certificate, named),
            ),
        ];
        if let Some(mime_type) = &self.mime_type {
            attributes.push(attribute(oids::MIME_TYPE, &text(mime_type)?));
        }
        if let Some(hints) = &self.hints {
            let description = hints.description.as_deref().map(text).transpose()?;
            let fields = [description.unwrap_or_default(), oid(hints.content_type)];
            let value = element(Tag::SEQUENCE, &fields.concat());
            attributes.push(attribute(oids::CONTENT_HINTS, &value));
        }
        if let Some(commitment) = self.commitment {
            let value = element(Tag::SEQUENCE, &oid(commitment.oid()));
            attributes.push(attribute(oids::COMMITMENT_TYPE, &value));
        }
        Ok(set_of(attributes))
    }
}

impl Commitment {
    const fn oid(self) -> Oid {
        let number = match self {
            Self::ProofOfOrigin => 1,
            Self::ProofOfReceipt => 2,
            Self::ProofOfDelivery => 3,
            Self::ProofOfSender => 4,
            Self::ProofOfApproval => 5,
            Self::ProofOfCreation => 6,
        };
        Oid::new(&[1, 2, 840, 113_549, 1, 9, 16, 6, number])
    }
}

fn attribute(id: Oid, value: &[u8]) -> Vec<u8> {
    let fields = [oid(id), element(Tag::SET, value)];
    element(Tag::SEQUENCE, &fields.concat())
}

fn oid(id: Oid) -> Vec<u8> {
    element(Tag::OID, id.content())
}

/// A UTF8String that a reader can show.
fn text(text: &str) -> Result<Vec<u8>, Refused> {
    if text.is_empty() || text.chars().any(char::is_control) {
        return Err(Refused::Text);
    }
    Ok(element(Tag::UTF8_STRING, text.as_bytes()))
}

/// `Time`: UTCTime through 2049, GeneralizedTime otherwise (RFC 5652 §11.3).
fn time(at: UnixTime) -> Vec<u8> {
    let civil = at.to_civil();
    let rest = format!(
        "{:02}{:02}{:02}{:02}{:02}Z",
        civil.month, civil.day, civil.hour, civil.minute, civil.second
    );
    if (1950..2050).contains(&civil.year) {
        let text = format!("{:02}{rest}", civil.year % 100);
        element(Tag::UTC_TIME, text.as_bytes())
    } else {
        let text = format!("{:04}{rest}", civil.year);
        element(Tag::GENERALIZED_TIME, text.as_bytes())
    }
}

/// `SigningCertificateV2` with one certificate, its issuer and its serial number (RFC 5035 §3).
fn signing_certificate(certificate: &Certificate, digest: &Digest) -> Vec<u8> {
    let sequence = |parts: &[Vec<u8>]| element(Tag::SEQUENCE, &parts.concat());
    // directoryName [4], explicit since Name is a CHOICE.
    let name = element(Tag::context(4).constructed(), &certificate.issuer.octets);
    let serial = element(Tag::INTEGER, &certificate.serial);
    let issuer_serial = sequence(&[sequence(&[name]), serial]);
    let mut fields = Vec::new();
    // DER does not write the default (X.690 §11.5).
    if digest.algorithm != DigestId::Sha256 {
        fields.push(identifier_of(digest_oid(digest.algorithm), &[]));
    }
    fields.push(element(Tag::OCTET_STRING, &digest.value));
    fields.push(issuer_serial);
    sequence(&[sequence(&[sequence(&fields)])])
}
