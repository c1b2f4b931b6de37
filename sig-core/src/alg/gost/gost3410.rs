//! Signatures of GOST R 34.10-2012 and 34.10-2001 as certificates and CMS carry them (RFC 9215 §2, RFC 4491 §2.2.2).

use std::fmt;

use super::curve::AnyKey;
use super::gost94::GOST94;
use super::parameters::{self, KeySize, ParameterSet, Purpose};
use super::streebog::{STREEBOG256, STREEBOG512};
use crate::alg::digest::{DigestAlgorithm, DigestId};
use crate::alg::identifier::{AlgorithmIdentifier, GOST94_CRYPTOPRO};
use crate::alg::provider::KeyFamily;
use crate::alg::scheme::{Input, Scheme};
use crate::alg::signature::{
    KeyRejected, Message, NotVerified, SignatureAlgorithm, SignatureId, SignatureScheme,
    VerifyingKey,
};
use crate::alg::spki::SubjectPublicKeyInfo;
use crate::alg::strength::KeyDescription;
use crate::base::error::{Error, Malformed, Reason, Structure};
use crate::base::limits::{Budget, Limits};
use crate::der::oid::Oid;
use crate::der::oids;
use crate::der::reader::{Encoding, Reader};
use crate::der::tag::Tag;

/// GOST R 34.10 of one edition with one size of keys.
#[derive(Debug)]
pub struct Gost3410 {
    scheme: SignatureScheme,
    size: KeySize,
    pub(super) digest: &'static dyn DigestAlgorithm,
    key: Oid,
    /// What a key names as its `digestParamSet`.
    digest_parameters: Oid,
}

/// GOST R 34.10-2001 with GOST R 34.11-94.
pub static GOST2001: Gost3410 = Gost3410 {
    scheme: SignatureScheme::Gost2001,
    size: KeySize::Bits256,
    digest: &GOST94,
    key: oids::GOST2001,
    digest_parameters: GOST94_CRYPTOPRO,
};
/// GOST R 34.10-2012, keys of 256 bits with Streebog-256.
pub static GOST2012_256: Gost3410 = Gost3410 {
    scheme: SignatureScheme::Gost2012_256,
    size: KeySize::Bits256,
    digest: &STREEBOG256,
    key: oids::GOST2012_256,
    digest_parameters: oids::STREEBOG256,
};
/// GOST R 34.10-2012, keys of 512 bits with Streebog-512.
pub static GOST2012_512: Gost3410 = Gost3410 {
    scheme: SignatureScheme::Gost2012_512,
    size: KeySize::Bits512,
    digest: &STREEBOG512,
    key: oids::GOST2012_512,
    digest_parameters: oids::STREEBOG512,
};

/// Names, keys and digest (RFC 4491 §2.2.2).
pub(in crate::alg) static SCHEME_2001: Scheme = Scheme {
    scheme: SignatureScheme::Gost2001,
    name: "gost2001",
    keys: &[oids::GOST2001],
    combined: &[(oids::GOST2001_GOST94, DigestId::Gost94)],
    goes_with: |digest| digest == DigestId::Gost94,
    input: Input::Digest,
    describe: |key| describe(key, KeyFamily::Gost2001, 256),
};
/// Names, keys and digest (RFC 9215 §2).
pub(in crate::alg) static SCHEME_2012_256: Scheme = Scheme {
    scheme: SignatureScheme::Gost2012_256,
    name: "gost2012-256",
    keys: &[oids::GOST2012_256],
    combined: &[(oids::GOST2012_256_STREEBOG, DigestId::Streebog256)],
    goes_with: |digest| digest == DigestId::Streebog256,
    input: Input::Digest,
    describe: |key| describe(key, KeyFamily::Gost2012, 256),
};
/// Names, keys and digest (RFC 9215 §2).
pub(in crate::alg) static SCHEME_2012_512: Scheme = Scheme {
    scheme: SignatureScheme::Gost2012_512,
    name: "gost2012-512",
    keys: &[oids::GOST2012_512],
    combined: &[(oids::GOST2012_512_STREEBOG, DigestId::Streebog512)],
    goes_with: |digest| digest == DigestId::Streebog512,
    input: Input::Digest,
    describe: |key| describe(key, KeyFamily::Gost2012, 512),
};

fn describe(key: &SubjectPublicKeyInfo, family: KeyFamily, bits: u32) -> KeyDescription {
    let named = named_parameters(&key.algorithm).ok();
    let parameters = named.map(|named| named.public_key);
    let set = parameters.and_then(|oid| parameters::by_oid(&oid));
    KeyDescription {
        parameters,
        test_only: set.is_some_and(|set| set.purpose == Purpose::Test),
        ..KeyDescription::new(family, bits)
    }
}

impl Gost3410 {
    /// The parameter set of a key.
    ///
    /// A digest that is named must be the one of this algorithm. Keys of 2012 may leave it out with every set: their
    /// size alone decides which digest is used. Keys of 2001 must name it, and a set of RFC 4357 (RFC 4491 §2.3.2).
    fn parameters(
        &self,
        identifier: &AlgorithmIdentifier,
    ) -> Result<&'static ParameterSet, KeyRejected> {
        let named = named_parameters(identifier).map_err(|_| KeyRejected::UnknownParameters)?;
        let set = parameters::by_oid(&named.public_key).ok_or(KeyRejected::UnknownParameters)?;
        let is_old = self.scheme == SignatureScheme::Gost2001;
        let digest_fits = match named.digest {
            Some(digest) => digest == self.digest_parameters,
            None => !is_old,
        };
        let set_fits = set.size == self.size && (!is_old || set.is_of_rfc_4357());
        if set_fits && digest_fits {
            Ok(set)
        } else {
            Err(KeyRejected::ParametersMismatch)
        }
    }

    /// The parameter set of a key and its encoded coordinates, not checked yet.
    pub(super) fn read(
        &self,
        key: &SubjectPublicKeyInfo,
    ) -> Result<(&'static ParameterSet, Vec<u8>), KeyRejected> {
        if key.algorithm.algorithm != self.key {
            return Err(KeyRejected::OtherAlgorithm);
        }
        let parameters = self.parameters(&key.algorithm)?;
        let octets = coordinates(key).map_err(|_| KeyRejected::Malformed)?;
        Ok((parameters, octets))
    }
}

/// The identifiers in the parameters of a key.
pub(crate) struct NamedParameters {
    pub(crate) public_key: Oid,
    pub(crate) digest: Option<Oid>,
}

/// Reads the parameters of a key (RFC 9215 §4.1, RFC 4491 §2.3.2); absent and explicit ones are errors.
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

/// The coordinates in a public key: a DER OCTET STRING (RFC 9215 §4.3, RFC 4491 §2.3.2).
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
        SignatureId {
            scheme: self.scheme,
            digest: self.digest.id(),
        }
    }

    fn prepare(&self, key: &SubjectPublicKeyInfo) -> Result<Box<dyn VerifyingKey>, KeyRejected> {
        self.prepare_within(key, 0)
    }

    fn prepare_within(
        &self,
        key: &SubjectPublicKeyInfo,
        memory: usize,
    ) -> Result<Box<dyn VerifyingKey>, KeyRejected> {
        let (parameters, octets) = self.read(key)?;
        let memory = memory.saturating_sub(size_of::<GostKey>());
        Ok(Box::new(GostKey {
            parameters,
            digest: self.digest,
            key: parameters.curve.prepare(&octets, memory)?,
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
    fn verify(&self, message: Message<'_>, signature: &[u8]) -> Result<(), NotVerified> {
        match message {
            Message::Octets(octets) => {
                let digest = self.digest.digest(octets)?;
                Ok(self.key.verify(&digest.value, signature)?)
            }
            Message::Digest(digest) => Ok(self.key.verify(digest, signature)?),
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
