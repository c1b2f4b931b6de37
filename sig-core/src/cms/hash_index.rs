//! ats-hash-index: what an archive time-stamp of version 3 covers (EN 319 122-1 §5.5.2, TS 101 733 §6.4.2).

use crate::alg::digest::DigestId;
use crate::alg::identifier::{AlgorithmIdentifier, resolve_digest};
use crate::base::error::{Error, Structure};
use crate::base::limits::Budget;
use crate::der::octets::Octets;
use crate::der::oid::Oid;
use crate::der::oids;
use crate::der::reader::{Encoding, Reader};
use crate::der::tag::Tag;

/// How members of unsignedAttrs are hashed (EN 319 122-1 §5.5.2).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum HashIndexVersion {
    /// Whole attributes; the digest algorithm is SHA-256 unless another is named (TS 101 733 §6.4.2).
    V1,
    /// Whole attributes; the digest algorithm is named.
    V2,
    /// Each value with the type of its attribute before it (EN 319 122-1 §5.5.2).
    V3,
}

/// The digests of what existed when an archive time-stamp was asked for (EN 319 122-1 §5.5.2).
///
/// ```text
/// ATSHashIndexV3 ::= SEQUENCE { hashIndAlgorithm AlgorithmIdentifier,
///     certificatesHashIndex SEQUENCE OF OCTET STRING, crlsHashIndex SEQUENCE OF OCTET STRING,
///     unsignedAttrValuesHashIndex SEQUENCE OF OCTET STRING }
/// ```
#[derive(Clone, Debug)]
pub struct HashIndex {
    /// Which of the attributes it stands in.
    pub version: HashIndexVersion,
    /// The digest algorithm.
    pub algorithm: Oid,
    /// The same, when it is known.
    pub digest: Option<DigestId>,
    /// Of members of SignedData.certificates.
    pub certificates: Vec<Octets>,
    /// Of members of SignedData.crls.
    pub crls: Vec<Octets>,
    /// Of unsigned attributes or of their values.
    pub attributes: Vec<Octets>,
}

impl HashIndexVersion {
    /// The versions and their attributes, the newest first (EN 319 122-1 §5.5.2).
    pub const ALL: [(Self, Oid); 3] = [
        (Self::V3, oids::ATS_HASH_INDEX_V3),
        (Self::V2, oids::ATS_HASH_INDEX_V2),
        (Self::V1, oids::ATS_HASH_INDEX),
    ];
}

impl HashIndex {
    /// Reads the value of an attribute, which is DER since it is hashed (EN 319 122-1 §5.5.2).
    ///
    /// # Errors
    /// It is malformed, or not in DER; a limit.
    pub fn read(
        version: HashIndexVersion,
        value: &Octets,
        budget: &mut Budget,
    ) -> Result<Self, Error> {
        let mut reader = Reader::new(value, Encoding::Der, Structure::Attribute);
        let mut fields = reader.enter(Tag::SEQUENCE, budget)?;
        reader.finish()?;
        let (algorithm, digest) = match version {
            HashIndexVersion::V1 if !names_algorithm(&fields, budget)? => {
                (oids::SHA256, Some(DigestId::Sha256))
            }
            _ => {
                let identifier = AlgorithmIdentifier::read(&mut fields, budget)?;
                (identifier.algorithm, resolve_digest(&identifier).ok())
            }
        };
        let certificates = read_digests(&mut fields, budget)?;
        let crls = read_digests(&mut fields, budget)?;
        let attributes = read_digests(&mut fields, budget)?;
        fields.finish()?;
        Ok(Self {
            version,
            algorithm,
            digest,
            certificates,
            crls,
            attributes,
        })
    }
}

/// Whether the first of the fields is an AlgorithmIdentifier: it begins with an OBJECT IDENTIFIER, a list of digests
/// does not.
fn names_algorithm(fields: &Reader<'_>, budget: &mut Budget) -> Result<bool, Error> {
    let first = fields.clone().enter(Tag::SEQUENCE, budget)?;
    Ok(first.peek_tag() == Some(Tag::OID))
}

fn read_digests(fields: &mut Reader<'_>, budget: &mut Budget) -> Result<Vec<Octets>, Error> {
    let mut list = fields.enter(Tag::SEQUENCE, budget)?;
    let mut digests = Vec::new();
    while !list.is_empty() {
        digests.push(list.expect(Tag::OCTET_STRING, budget)?.content());
    }
    Ok(digests)
}

#[cfg(test)]
mod tests;
