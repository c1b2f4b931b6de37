//! `AlgorithmIdentifier` (RFC 5280 §4.1.1.2).

use crate::base::error::{Error, Structure};
use crate::base::limits::Budget;
use crate::der::element::Element;
use crate::der::octets::Octets;
use crate::der::oid::Oid;
use crate::der::reader::Reader;
use crate::der::tag::Tag;

/// An algorithm and its parameters, as they were written.
///
/// ```text
/// AlgorithmIdentifier ::= SEQUENCE { algorithm OBJECT IDENTIFIER, parameters ANY OPTIONAL }
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AlgorithmIdentifier {
    /// The algorithm.
    pub algorithm: Oid,
    /// The whole encoded parameters element, when present.
    pub parameters: Option<Octets>,
    /// The whole encoded `AlgorithmIdentifier`.
    pub octets: Octets,
}

impl AlgorithmIdentifier {
    /// Reads the next element as an `AlgorithmIdentifier`.
    ///
    /// # Errors
    /// It is not one.
    pub fn read(reader: &mut Reader<'_>, budget: &mut Budget) -> Result<Self, Error> {
        let element = reader.expect(Tag::SEQUENCE, budget)?;
        Self::from_element(&element, budget)
    }

    /// Reads an element as an `AlgorithmIdentifier`.
    ///
    /// # Errors
    /// It is not one.
    pub fn from_element(element: &Element<'_>, budget: &mut Budget) -> Result<Self, Error> {
        let mut fields = element.reader(Structure::AlgorithmIdentifier, budget)?;
        let algorithm = fields.oid(budget)?;
        let parameters = if fields.is_empty() {
            None
        } else {
            Some(fields.element(budget)?.octets())
        };
        fields.finish()?;
        Ok(Self {
            algorithm,
            parameters,
            octets: element.octets(),
        })
    }

    /// Whether the parameters are absent or NULL: the two forms that mean "none".
    #[must_use]
    pub fn has_no_parameters(&self) -> bool {
        self.parameters
            .as_deref()
            .is_none_or(|parameters| parameters == [5, 0])
    }
}

// SHIM: replaced by the algorithms branch.
use super::digest::DigestId;
use super::signature::{SignatureId, SignatureScheme};
use crate::der::oids;
/// Why.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Unresolved {
    /// Unknown.
    Unknown(Oid),
    /// Digest mismatch.
    DigestMismatch,
    /// Key mismatch.
    KeyMismatch,
    /// Bad parameters.
    BadParameters,
}
/// Digest.
pub fn resolve_digest(id: &AlgorithmIdentifier) -> Result<DigestId, Unresolved> {
    match id.algorithm {
        oids::SHA1 => Ok(DigestId::Sha1),
        oids::SHA256 => Ok(DigestId::Sha256),
        oids::STREEBOG256 => Ok(DigestId::Streebog256),
        oids::STREEBOG512 => Ok(DigestId::Streebog512),
        o => Err(Unresolved::Unknown(o)),
    }
}
/// Signature.
pub fn resolve_signature(
    signature: &AlgorithmIdentifier,
    _digest: Option<DigestId>,
    _key: &AlgorithmIdentifier,
) -> Result<SignatureId, Unresolved> {
    match signature.algorithm {
        oids::GOST2012_256 | oids::GOST2012_256_STREEBOG => Ok(SignatureId {
            scheme: SignatureScheme::Gost2012_256,
            digest: DigestId::Streebog256,
        }),
        oids::GOST2012_512 | oids::GOST2012_512_STREEBOG => Ok(SignatureId {
            scheme: SignatureScheme::Gost2012_512,
            digest: DigestId::Streebog512,
        }),
        o => Err(Unresolved::Unknown(o)),
    }
}
