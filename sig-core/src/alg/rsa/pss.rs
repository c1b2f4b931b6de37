//! RSASSA-PSS verification (RFC 8017 §8.1.2) with the parameters of RFC 4055 §3.1.
//!
//! One hash serves message and mask (MGF1), the salt has its length and the trailer is `BC`: what RFC 4055 §3.1
//! recommends. Other salts and mixed hashes are refused.

use super::{RsaKey, public_numbers};
use crate::alg::digest::{DigestAlgorithm, DigestId};
use crate::alg::identifier::{AlgorithmIdentifier, Unresolved, resolve_digest};
use crate::alg::sha::{SHA1, SHA224, SHA256, SHA384, SHA512};
use crate::alg::signature::{
    BadSignature, KeyRejected, Message, SignatureAlgorithm, SignatureId, SignatureScheme,
    VerifyingKey,
};
use crate::alg::spki::SubjectPublicKeyInfo;
use crate::base::error::{Error, Structure};
use crate::base::limits::{Budget, Limits};
use crate::der::element::Element;
use crate::der::oid::Oid;
use crate::der::oids;
use crate::der::reader::{Encoding, Reader};
use crate::der::tag::Tag;

const MGF1: Oid = Oid::new(&[1, 2, 840, 113_549, 1, 1, 8]);

/// RSASSA-PSS with one digest.
#[derive(Debug)]
pub struct RsaPss {
    digest: &'static dyn DigestAlgorithm,
}

/// With SHA-1.
pub static PSS_SHA1: RsaPss = RsaPss { digest: &SHA1 };
/// With SHA-224.
pub static PSS_SHA224: RsaPss = RsaPss { digest: &SHA224 };
/// With SHA-256.
pub static PSS_SHA256: RsaPss = RsaPss { digest: &SHA256 };
/// With SHA-384.
pub static PSS_SHA384: RsaPss = RsaPss { digest: &SHA384 };
/// With SHA-512.
pub static PSS_SHA512: RsaPss = RsaPss { digest: &SHA512 };

/// The parameters as they were written, absent fields replaced by their defaults.
struct Parameters {
    hash: Option<AlgorithmIdentifier>,
    mask: Option<AlgorithmIdentifier>,
    salt: usize,
    trailer: usize,
}

/// The digest of a signature by its identifier `id-RSASSA-PSS`.
///
/// ```text
/// RSASSA-PSS-params ::= SEQUENCE {
///     hashAlgorithm    [0] HashAlgorithm DEFAULT sha1Identifier,
///     maskGenAlgorithm [1] MaskGenAlgorithm DEFAULT mgf1SHA1Identifier,
///     saltLength       [2] INTEGER DEFAULT 20,
///     trailerField     [3] INTEGER DEFAULT 1 }
/// ```
///
/// The parameters are never absent in a signature (RFC 4055 §3.1); an empty SEQUENCE means SHA-1. A field that
/// says its default is read like an absent one, as that clause asks.
///
/// # Errors
/// The parameters are absent or not of this form: `BadParameters`. They are of this form, but not those verified
/// here: `Unknown`, so that a genuine signature is never called a broken one.
pub(in crate::alg) fn digest_of(identifier: &AlgorithmIdentifier) -> Result<DigestId, Unresolved> {
    let parameters = read(identifier).ok_or(Unresolved::BadParameters)?;
    let hash = digest_or_sha1(parameters.hash.as_ref())?;
    let mask = match &parameters.mask {
        None => DigestId::Sha1,
        Some(mask) if mask.algorithm == MGF1 => {
            let hash = inner_identifier(mask).ok_or(Unresolved::BadParameters)?;
            resolve_digest(&hash)?
        }
        Some(_) => return Err(Unresolved::Unknown(oids::RSA_PSS)),
    };
    if mask == hash && parameters.salt == hash.size() && parameters.trailer == 1 {
        Ok(hash)
    } else {
        Err(Unresolved::Unknown(oids::RSA_PSS))
    }
}

fn digest_or_sha1(identifier: Option<&AlgorithmIdentifier>) -> Result<DigestId, Unresolved> {
    identifier.map_or(Ok(DigestId::Sha1), resolve_digest)
}

/// None for absent parameters, too.
fn read(identifier: &AlgorithmIdentifier) -> Option<Parameters> {
    let source = identifier.parameters.as_ref()?;
    let mut budget = Budget::new(Limits::STANDARD);
    read_parameters(
        Reader::new(source, Encoding::Der, Structure::AlgorithmIdentifier),
        &mut budget,
    )
    .ok()
}

fn read_parameters(mut reader: Reader<'_>, budget: &mut Budget) -> Result<Parameters, Error> {
    let mut fields = reader.enter(Tag::SEQUENCE, budget)?;
    reader.finish()?;
    let hash = identifier_field(&mut fields, 0, budget)?;
    let mask = identifier_field(&mut fields, 1, budget)?;
    let salt = number_field(&mut fields, 2, budget)?.unwrap_or(20);
    let trailer = number_field(&mut fields, 3, budget)?.unwrap_or(1);
    fields.finish()?;
    Ok(Parameters {
        hash,
        mask,
        salt,
        trailer,
    })
}

/// The explicitly tagged field with this number.
fn field<'a>(
    fields: &mut Reader<'a>,
    number: u32,
    budget: &mut Budget,
) -> Result<Option<Reader<'a>>, Error> {
    let element: Option<Element<'a>> =
        fields.optional(Tag::context(number).constructed(), budget)?;
    element
        .map(|element| element.reader(Structure::AlgorithmIdentifier, budget))
        .transpose()
}

fn identifier_field(
    fields: &mut Reader<'_>,
    number: u32,
    budget: &mut Budget,
) -> Result<Option<AlgorithmIdentifier>, Error> {
    let Some(mut field) = field(fields, number, budget)? else {
        return Ok(None);
    };
    let identifier = AlgorithmIdentifier::read(&mut field, budget)?;
    field.finish()?;
    Ok(Some(identifier))
}

/// A small INTEGER; larger and negative ones, which nothing here accepts, become `usize::MAX`.
fn number_field(
    fields: &mut Reader<'_>,
    number: u32,
    budget: &mut Budget,
) -> Result<Option<usize>, Error> {
    let Some(mut field) = field(fields, number, budget)? else {
        return Ok(None);
    };
    let element = field.expect(Tag::INTEGER, budget)?;
    let octets = element.integer()?;
    field.finish()?;
    Ok(Some(match octets.as_ref() {
        [value @ 0..=0x7f] => usize::from(*value),
        _ => usize::MAX,
    }))
}

/// The identifier that is the whole parameters of another.
fn inner_identifier(outer: &AlgorithmIdentifier) -> Option<AlgorithmIdentifier> {
    let mut budget = Budget::new(Limits::STANDARD);
    let source = outer.parameters.as_ref()?;
    let mut reader = Reader::new(source, Encoding::Der, Structure::AlgorithmIdentifier);
    let inner = AlgorithmIdentifier::read(&mut reader, &mut budget).ok()?;
    reader.finish().ok()?;
    Some(inner)
}

impl SignatureAlgorithm for RsaPss {
    fn id(&self) -> SignatureId {
        SignatureId {
            scheme: SignatureScheme::RsaPss,
            digest: self.digest.id(),
        }
    }

    /// Of keys under `id-RSASSA-PSS` with parameters, those of this digest (RFC 4055 §3.3).
    fn prepare(&self, key: &SubjectPublicKeyInfo) -> Result<Box<dyn VerifyingKey>, KeyRejected> {
        match key.algorithm.algorithm {
            oids::RSA if key.algorithm.has_no_parameters() => {}
            oids::RSA => return Err(KeyRejected::UnknownParameters),
            oids::RSA_PSS if key.algorithm.parameters.is_none() => {}
            oids::RSA_PSS => match digest_of(&key.algorithm) {
                Ok(digest) if digest == self.digest.id() => {}
                Ok(_) => return Err(KeyRejected::ParametersMismatch),
                Err(_) => return Err(KeyRejected::UnknownParameters),
            },
            _ => return Err(KeyRejected::OtherAlgorithm),
        }
        let numbers = public_numbers(key).map_err(|_| KeyRejected::Malformed)?;
        RsaKey::new(&numbers, self.digest)
            .map(|key| Box::new(PssKey(key)) as Box<dyn VerifyingKey>)
            .ok_or(KeyRejected::OutOfBounds)
    }
}

#[derive(Debug)]
struct PssKey(RsaKey);

impl PssKey {
    fn equation_holds(&self, digest: &[u8], signature: &[u8]) -> bool {
        let key = &self.0;
        if signature.len() != key.length || digest.len() != key.digest.id().size() {
            return false;
        }
        let bits = key.modulus.modulus().as_ref().bits();
        key.recover(signature)
            .and_then(|block| is_encoding(&block, bits - 1, digest, key.digest))
            .unwrap_or(false)
    }
}

/// EMSA-PSS-VERIFY (RFC 8017 §9.1.2), `bits` being `emBits`; none where the block is too short for the digest.
fn is_encoding(
    block: &[u8],
    bits: u32,
    digest: &[u8],
    algorithm: &dyn DigestAlgorithm,
) -> Option<bool> {
    let size = digest.len();
    let length = usize::try_from(bits.div_ceil(8)).ok()?;
    // With 8k + 1 bits of modulus the block is one octet longer than the encoded message.
    let (excess, message) = block.split_at_checked(block.len().checked_sub(length)?)?;
    let (&trailer, message) = message.split_last()?;
    let (masked, hash) = message.split_at_checked(message.len().checked_sub(size)?)?;
    // Zeros, one 01 and the salt.
    let zeros = masked.len().checked_sub(size + 1)?;
    let used = u8::MAX >> (8 * length - usize::try_from(bits).ok()?);
    if trailer != 0xbc || excess.iter().any(|octet| *octet != 0) || masked.first()? & !used != 0 {
        return Some(false);
    }
    let mask = mgf1(hash, masked.len(), algorithm);
    let mut data: Vec<u8> = masked.iter().zip(&mask).map(|(a, b)| a ^ b).collect();
    *data.first_mut()? &= used;
    let (padding, salt) = data.split_at_checked(zeros + 1)?;
    let (&one, padding) = padding.split_last()?;
    if one != 1 || padding.iter().any(|octet| *octet != 0) {
        return Some(false);
    }
    let expected = algorithm.digest(&[&[0; 8], digest, salt].concat());
    Some(expected.value == hash)
}

/// MGF1 (RFC 8017 §B.2.1).
fn mgf1(seed: &[u8], length: usize, algorithm: &dyn DigestAlgorithm) -> Vec<u8> {
    let mut mask = Vec::with_capacity(length + algorithm.id().size());
    for counter in 0_u32.. {
        if mask.len() >= length {
            break;
        }
        mask.extend(
            algorithm
                .digest(&[seed, &counter.to_be_bytes()].concat())
                .value,
        );
    }
    mask.truncate(length);
    mask
}

impl VerifyingKey for PssKey {
    fn verify(&self, message: Message<'_>, signature: &[u8]) -> Result<(), BadSignature> {
        let genuine = match message {
            Message::Octets(octets) => {
                self.equation_holds(&self.0.digest.digest(octets).value, signature)
            }
            Message::Digest(digest) => self.equation_holds(digest, signature),
        };
        if genuine { Ok(()) } else { Err(BadSignature) }
    }

    fn memory(&self) -> usize {
        self.0.memory()
    }
}

#[cfg(test)]
pub(in crate::alg) mod tests;
