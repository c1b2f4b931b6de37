//! Signatures of GOST R 34.10-2012 as certificates and CMS carry them (RFC 9215 §2).

use std::fmt;

use super::curve::AnyKey;
use super::parameters::{self, KeySize, ParameterSet};
use super::streebog::{STREEBOG256, STREEBOG512};
use crate::alg::digest::DigestAlgorithm;
use crate::alg::identifier::AlgorithmIdentifier;
use crate::alg::signature::{
    BadSignature, KeyRejected, Message, SignatureAlgorithm, SignatureId, SignatureScheme,
    VerifyingKey,
};
use crate::alg::spki::SubjectPublicKeyInfo;
use crate::base::error::{Error, Malformed, Reason, Structure};
use crate::base::limits::{Budget, Limits};
use crate::der::oid::Oid;
use crate::der::oids;
use crate::der::reader::{Encoding, Reader};
use crate::der::tag::Tag;

/// GOST R 34.10-2012 with one size of keys.
#[derive(Debug)]
pub struct Gost3410 {
    size: KeySize,
}

/// Keys of 256 bits with Streebog-256.
pub static GOST2012_256: Gost3410 = Gost3410 {
    size: KeySize::Bits256,
};
/// Keys of 512 bits with Streebog-512.
pub static GOST2012_512: Gost3410 = Gost3410 {
    size: KeySize::Bits512,
};

impl Gost3410 {
    fn digest(&self) -> &'static dyn DigestAlgorithm {
        match self.size {
            KeySize::Bits256 => &STREEBOG256,
            KeySize::Bits512 => &STREEBOG512,
        }
    }

    const fn key_oid(&self) -> Oid {
        match self.size {
            KeySize::Bits256 => oids::GOST2012_256,
            KeySize::Bits512 => oids::GOST2012_512,
        }
    }

    const fn digest_oid(&self) -> Oid {
        match self.size {
            KeySize::Bits256 => oids::STREEBOG256,
            KeySize::Bits512 => oids::STREEBOG512,
        }
    }

    /// The parameter set of a key of this size.
    ///
    /// A digest that is named must be the one of the key's size. It may be left out with every set: the size
    /// of the key alone decides which digest is used.
    fn parameters(
        &self,
        identifier: &AlgorithmIdentifier,
    ) -> Result<&'static ParameterSet, KeyRejected> {
        let named = named_parameters(identifier).map_err(|_| KeyRejected::UnknownParameters)?;
        let set = parameters::by_oid(&named.public_key).ok_or(KeyRejected::UnknownParameters)?;
        let digest_fits = named
            .digest
            .is_none_or(|digest| digest == self.digest_oid());
        if set.size == self.size && digest_fits {
            Ok(set)
        } else {
            Err(KeyRejected::ParametersMismatch)
        }
    }
}

/// The identifiers in the parameters of a key.
pub(crate) struct NamedParameters {
    pub(crate) public_key: Oid,
    pub(crate) digest: Option<Oid>,
}

/// Reads the parameters of a key (RFC 9215 §4.1); absent and explicit ones are errors.
///
/// ```text
/// GostR3410-2012-PublicKeyParameters ::= SEQUENCE {
///     publicKeyParamSet OBJECT IDENTIFIER,
///     digestParamSet OBJECT IDENTIFIER OPTIONAL }
/// ```
/// The cipher parameters that older certificates name in a third identifier do not matter to signatures.
pub(crate) fn named_parameters(identifier: &AlgorithmIdentifier) -> Result<NamedParameters, Error> {
    let mut budget = Budget::new(Limits::STANDARD);
    let Some(octets) = &identifier.parameters else {
        return Err(Error::Malformed(Malformed {
            structure: Structure::AlgorithmIdentifier,
            offset: identifier.octets.offset(),
            reason: Reason::Missing,
        }));
    };
    let mut reader = Reader::new(octets, Encoding::Der, Structure::AlgorithmIdentifier);
    let mut fields = reader.enter(Tag::SEQUENCE, &mut budget)?;
    reader.finish()?;
    let public_key = fields.oid(&mut budget)?;
    let digest = fields
        .optional(Tag::OID, &mut budget)?
        .map(|element| element.oid())
        .transpose()?;
    if let Some(encryption) = fields.optional(Tag::OID, &mut budget)? {
        encryption.oid()?;
    }
    fields.finish()?;
    Ok(NamedParameters { public_key, digest })
}

/// The coordinates in a public key: a DER OCTET STRING (RFC 9215 §4.3).
fn coordinates(key: &SubjectPublicKeyInfo) -> Result<Vec<u8>, Error> {
    let mut budget = Budget::new(Limits::STANDARD);
    let mut reader = Reader::new(
        &key.public_key,
        Encoding::Der,
        Structure::SubjectPublicKeyInfo,
    );
    let octets = reader.expect(Tag::OCTET_STRING, &mut budget)?.content();
    reader.finish()?;
    Ok(octets.to_vec())
}

impl SignatureAlgorithm for Gost3410 {
    fn id(&self) -> SignatureId {
        let scheme = match self.size {
            KeySize::Bits256 => SignatureScheme::Gost2012_256,
            KeySize::Bits512 => SignatureScheme::Gost2012_512,
        };
        SignatureId {
            scheme,
            digest: self.digest().id(),
        }
    }

    fn prepare(&self, key: &SubjectPublicKeyInfo) -> Result<Box<dyn VerifyingKey>, KeyRejected> {
        if key.algorithm.algorithm != self.key_oid() {
            return Err(KeyRejected::OtherAlgorithm);
        }
        let parameters = self.parameters(&key.algorithm)?;
        let octets = coordinates(key).map_err(|_| KeyRejected::Malformed)?;
        Ok(Box::new(GostKey {
            parameters,
            digest: self.digest(),
            key: parameters.curve.prepare(&octets)?,
        }))
    }
}

/// A checked public key.
struct GostKey {
    parameters: &'static ParameterSet,
    digest: &'static dyn DigestAlgorithm,
    key: Box<dyn AnyKey>,
}

impl fmt::Debug for GostKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("GostKey")
            .field(&self.parameters.name)
            .finish()
    }
}

impl VerifyingKey for GostKey {
    fn verify(&self, message: Message<'_>, signature: &[u8]) -> Result<(), BadSignature> {
        match message {
            Message::Octets(octets) => {
                let digest = self.digest.digest(octets);
                self.key.verify(&digest.value, signature)
            }
            Message::Digest(digest) => self.key.verify(digest, signature),
        }
    }

    fn memory(&self) -> usize {
        size_of::<Self>() + self.key.memory()
    }
}

#[cfg(test)]
pub(super) mod reference;
#[cfg(test)]
mod tests;
