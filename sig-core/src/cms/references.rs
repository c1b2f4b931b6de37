//! References to validation data by digest (RFC 5126 §6.2.1, §6.2.2, EN 319 122-1 §A.1.1).

use crate::alg::digest::DigestId;
use crate::alg::identifier::{AlgorithmIdentifier, resolve_digest};
use crate::base::error::{Error, Reason, Structure};
use crate::base::limits::Budget;
use crate::base::time::UnixTime;
use crate::der::octets::Octets;
use crate::der::oid::Oid;
use crate::der::reader::{Encoding, Reader};
use crate::der::tag::Tag;
use crate::finding::Subject;
use crate::x509::ocsp::ResponderId;

pub use resolve::{AtHand, OfAttribute, Resolved, resolve};

mod resolve;

/// The digest of an object (RFC 5126 §6.2.1).
///
/// ```text
/// OtherHash ::= CHOICE { sha1Hash OCTET STRING, otherHash SEQUENCE { hashAlgorithm AlgorithmIdentifier, hashValue OCTET STRING } }
/// ```
#[derive(Clone, Debug)]
pub struct ObjectDigest {
    /// The digest algorithm, when it is known.
    pub algorithm: Result<DigestId, Oid>,
    /// The digest of the whole object.
    pub value: Octets,
}

/// complete-certificate-references: the certificates of the path but the signer's (RFC 5126 §6.2.1).
///
/// ```text
/// CompleteCertificateRefs ::= SEQUENCE OF OtherCertID
/// OtherCertID ::= SEQUENCE { otherCertHash OtherHash, issuerSerial IssuerSerial OPTIONAL }
/// ```
#[derive(Clone, Debug, Default)]
pub struct CertificateReferences {
    /// One a certificate.
    pub all: Vec<ObjectDigest>,
}

/// complete-revocation-references: the CRLs and OCSP responses of the path (RFC 5126 §6.2.2).
///
/// ```text
/// CompleteRevocationRefs ::= SEQUENCE OF CrlOcspRef
/// CrlOcspRef ::= SEQUENCE { crlids [0] EXPLICIT CRLListID OPTIONAL, ocspids [1] EXPLICIT OcspListID OPTIONAL,
///     otherRev [2] EXPLICIT OtherRevRefs OPTIONAL }
/// CRLListID ::= SEQUENCE { crls SEQUENCE OF CrlValidatedID }
/// CrlValidatedID ::= SEQUENCE { crlHash OtherHash, crlIdentifier CrlIdentifier OPTIONAL }
/// OcspListID ::= SEQUENCE { ocspResponses SEQUENCE OF OcspResponsesID }
/// ```
#[derive(Clone, Debug, Default)]
pub struct RevocationReferences {
    /// CRLs.
    pub crls: Vec<ObjectDigest>,
    /// OCSP responses.
    pub ocsp: Vec<OcspReference>,
    /// Whether something else is referred to.
    pub has_other: bool,
}

/// A reference to an OCSP response (RFC 5126 §6.2.2).
///
/// ```text
/// OcspResponsesID ::= SEQUENCE { ocspIdentifier SEQUENCE { ocspResponderID ResponderID, producedAt GeneralizedTime },
///     ocspRepHash OtherHash OPTIONAL }
/// ```
#[derive(Clone, Debug)]
pub struct OcspReference {
    /// Who signed it.
    pub responder: ResponderId,
    /// When.
    pub produced_at: UnixTime,
    /// The digest of the response; without it nothing but its signer and time is stated.
    pub digest: Option<ObjectDigest>,
}

/// An object that a reference names by its digest (RFC 5126 §6.2).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Referenced {
    /// The attribute of the reference.
    pub attribute: Oid,
    /// The object.
    pub subject: Subject,
    /// The digest algorithm; none when the reference states a signer and a time only.
    pub digest: Option<DigestId>,
}

impl CertificateReferences {
    /// Reads the value (RFC 5126 §6.2.1).
    ///
    /// # Errors
    /// It is malformed; a limit.
    pub fn read(value: &Octets, budget: &mut Budget) -> Result<Self, Error> {
        let mut list = open(value, budget)?;
        let mut all = Vec::new();
        while !list.is_empty() {
            let mut fields = list.enter(Tag::SEQUENCE, budget)?;
            all.push(ObjectDigest::read(&mut fields, budget)?);
            fields.optional(Tag::SEQUENCE, budget)?;
            fields.finish()?;
        }
        Ok(Self { all })
    }
}

impl RevocationReferences {
    /// Reads the value (RFC 5126 §6.2.2).
    ///
    /// # Errors
    /// It is malformed; a limit.
    pub fn read(value: &Octets, budget: &mut Budget) -> Result<Self, Error> {
        let mut list = open(value, budget)?;
        let mut references = Self::default();
        while !list.is_empty() {
            let mut fields = list.enter(Tag::SEQUENCE, budget)?;
            references.read_crls(&mut fields, budget)?;
            references.read_ocsp(&mut fields, budget)?;
            let other = fields.optional(Tag::context(2).constructed(), budget)?;
            references.has_other |= other.is_some();
            fields.finish()?;
        }
        Ok(references)
    }

    fn read_crls(&mut self, fields: &mut Reader<'_>, budget: &mut Budget) -> Result<(), Error> {
        let Some(mut list) = open_list(fields, 0, budget)? else {
            return Ok(());
        };
        while !list.is_empty() {
            let mut fields = list.enter(Tag::SEQUENCE, budget)?;
            self.crls.push(ObjectDigest::read(&mut fields, budget)?);
            fields.optional(Tag::SEQUENCE, budget)?;
            fields.finish()?;
        }
        Ok(())
    }

    fn read_ocsp(&mut self, fields: &mut Reader<'_>, budget: &mut Budget) -> Result<(), Error> {
        let Some(mut list) = open_list(fields, 1, budget)? else {
            return Ok(());
        };
        while !list.is_empty() {
            let mut fields = list.enter(Tag::SEQUENCE, budget)?;
            let mut identifier = fields.enter(Tag::SEQUENCE, budget)?;
            let responder = ResponderId::read(&mut identifier, budget)?;
            let produced = identifier.expect(Tag::GENERALIZED_TIME, budget)?;
            let (produced_at, _) = produced.generalized_time()?;
            identifier.finish()?;
            let digest = if fields.is_empty() {
                None
            } else {
                Some(ObjectDigest::read(&mut fields, budget)?)
            };
            fields.finish()?;
            self.ocsp.push(OcspReference {
                responder,
                produced_at,
                digest,
            });
        }
        Ok(())
    }
}

impl ObjectDigest {
    /// `OtherHash` as the next element.
    fn read(fields: &mut Reader<'_>, budget: &mut Budget) -> Result<Self, Error> {
        let offset = fields.offset();
        let element = fields.element(budget)?;
        match element.tag {
            Tag::OCTET_STRING => Ok(Self {
                algorithm: Ok(DigestId::Sha1),
                value: element.content(),
            }),
            Tag::SEQUENCE => {
                let mut inside = element.reader(Structure::Attribute, budget)?;
                let identifier = AlgorithmIdentifier::read(&mut inside, budget)?;
                let value = inside.expect(Tag::OCTET_STRING, budget)?.content();
                inside.finish()?;
                Ok(Self {
                    algorithm: resolve_digest(&identifier).map_err(|_| identifier.algorithm),
                    value,
                })
            }
            _ => Err(fields.malformed(offset, Reason::UnexpectedTag)),
        }
    }
}

fn open<'a>(value: &'a Octets, budget: &mut Budget) -> Result<Reader<'a>, Error> {
    let mut reader = Reader::new(value, Encoding::Ber, Structure::Attribute);
    let list = reader.enter(Tag::SEQUENCE, budget)?;
    reader.finish()?;
    Ok(list)
}

/// `[n] EXPLICIT SEQUENCE { SEQUENCE OF … } OPTIONAL`.
fn open_list<'a>(
    fields: &mut Reader<'a>,
    number: u32,
    budget: &mut Budget,
) -> Result<Option<Reader<'a>>, Error> {
    let Some(wrapper) = fields.optional(Tag::context(number).constructed(), budget)? else {
        return Ok(None);
    };
    let mut inside = wrapper.reader(Structure::Attribute, budget)?;
    let mut outer = inside.enter(Tag::SEQUENCE, budget)?;
    inside.finish()?;
    let list = outer.enter(Tag::SEQUENCE, budget)?;
    outer.finish()?;
    Ok(Some(list))
}

#[cfg(test)]
mod tests;
