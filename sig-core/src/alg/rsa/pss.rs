//! RSASSA-PSS verification (RFC 8017 §8.1.2) with the parameters of RFC 4055 §3.1.
//!
//! One hash serves message and mask (MGF1) and the trailer is `BC`. The salt is as long as the parameters say, which
//! a policy judges; mixed hashes are refused.

use super::{NewOperation, RsaKey, modulus_bits, operation, public_numbers};
use crate::alg::digest::{DigestAlgorithm, DigestId, DigestsDisagree};
use crate::alg::identifier::{AlgorithmIdentifier, Unresolved, resolve_digest};
use crate::alg::provider::KeyFamily;
use crate::alg::scheme::{Input, Scheme, is_sha};
use crate::alg::sha::{
    SHA1, SHA3_224, SHA3_256, SHA3_384, SHA3_512, SHA224, SHA256, SHA384, SHA512,
};
use crate::alg::signature::{
    KeyRejected, Message, NotVerified, SignatureAlgorithm, SignatureId, SignatureScheme,
    VerifyingKey,
};
use crate::alg::spki::SubjectPublicKeyInfo;
use crate::alg::strength::KeyDescription;
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
    operation: NewOperation,
}

impl RsaPss {
    pub(in crate::alg) const fn new(
        digest: &'static dyn DigestAlgorithm,
        operation: NewOperation,
    ) -> Self {
        Self { digest, operation }
    }
}

/// Its name, keys and digests (RFC 4055 §3). The digest stands in the parameters of its one identifier.
pub(in crate::alg) static SCHEME: Scheme = Scheme {
    scheme: SignatureScheme::RsaPss,
    name: "rsa-pss",
    keys: &[oids::RSA, oids::RSA_PSS],
    combined: &[],
    goes_with: is_sha,
    input: Input::Digest,
    describe: |key| KeyDescription {
        scheme: Some(SignatureScheme::RsaPss),
        ..KeyDescription::new(KeyFamily::Rsa, modulus_bits(key))
    },
};

/// With SHA-1.
pub static PSS_SHA1: RsaPss = RsaPss::new(&SHA1, operation);
/// With SHA-224.
pub static PSS_SHA224: RsaPss = RsaPss::new(&SHA224, operation);
/// With SHA-256.
pub static PSS_SHA256: RsaPss = RsaPss::new(&SHA256, operation);
/// With SHA-384.
pub static PSS_SHA384: RsaPss = RsaPss::new(&SHA384, operation);
/// With SHA-512.
pub static PSS_SHA512: RsaPss = RsaPss::new(&SHA512, operation);
/// With SHA3-224 (FIPS 186-5 §5.4).
pub static PSS_SHA3_224: RsaPss = RsaPss::new(&SHA3_224, operation);
/// With SHA3-256 (FIPS 186-5 §5.4).
pub static PSS_SHA3_256: RsaPss = RsaPss::new(&SHA3_256, operation);
/// With SHA3-384 (FIPS 186-5 §5.4).
pub static PSS_SHA3_384: RsaPss = RsaPss::new(&SHA3_384, operation);
/// With SHA3-512 (FIPS 186-5 §5.4).
pub static PSS_SHA3_512: RsaPss = RsaPss::new(&SHA3_512, operation);

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
    let is_salt = parameters.salt != OUT_OF_RANGE;
    if mask == hash && is_salt && parameters.trailer == 1 {
        Ok(hash)
    } else {
        Err(Unresolved::Unknown(oids::RSA_PSS))
    }
}

/// Octets of salt that the parameters of a signature state; none for other algorithms and unreadable parameters.
pub(in crate::alg) fn salt_of(identifier: &AlgorithmIdentifier) -> Option<usize> {
    let is_pss = identifier.algorithm == oids::RSA_PSS;
    let parameters = is_pss.then(|| read(identifier)).flatten()?;
    Some(parameters.salt)
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

/// Stands for numbers that are negative or need more than two octets: no modulus holds such a salt.
const OUT_OF_RANGE: usize = usize::MAX;

/// A small INTEGER.
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
        [high @ 0..=0x7f, low] => usize::from(u16::from_be_bytes([*high, *low])),
        _ => OUT_OF_RANGE,
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
        let mut least_salt = 0;
        match key.algorithm.algorithm {
            oids::RSA if key.algorithm.has_no_parameters() => {}
            oids::RSA => return Err(KeyRejected::UnknownParameters),
            oids::RSA_PSS if key.algorithm.parameters.is_none() => {}
            oids::RSA_PSS => match digest_of(&key.algorithm) {
                Ok(digest) if digest == self.digest.id() => {
                    least_salt = salt_of(&key.algorithm).unwrap_or(OUT_OF_RANGE);
                }
                Ok(_) => return Err(KeyRejected::ParametersMismatch),
                Err(_) => return Err(KeyRejected::UnknownParameters),
            },
            _ => return Err(KeyRejected::OtherAlgorithm),
        }
        let numbers = public_numbers(key).map_err(|_| KeyRejected::Malformed)?;
        RsaKey::new(numbers, self.digest, self.operation)
            .map(|key| Box::new(PssKey { key, least_salt }) as Box<dyn VerifyingKey>)
            .ok_or(KeyRejected::OutOfBounds)
    }
}

#[derive(Debug)]
struct PssKey {
    key: RsaKey,
    /// By the parameters of the key (RFC 4055 §3.3); a signature has no shorter salt.
    least_salt: usize,
}

impl PssKey {
    fn verify_digest(
        &self,
        digest: &[u8],
        signature: &[u8],
        salt: usize,
    ) -> Result<(), NotVerified> {
        let key = &self.key;
        if digest.len() != key.digest.id().size() || salt < self.least_salt {
            return Err(NotVerified::BadSignature);
        }
        let block = key.recover(signature).ok_or(NotVerified::BadSignature)?;
        check_encoding(&block, key.bits - 1, digest, salt, key.digest)?;
        key.judged()
    }
}

/// EMSA-PSS-VERIFY (RFC 8017 §9.1.2), `bits` being `emBits`.
fn check_encoding(
    block: &[u8],
    bits: u32,
    digest: &[u8],
    salt: usize,
    algorithm: &dyn DigestAlgorithm,
) -> Result<(), NotVerified> {
    let Opened { hash, salt } =
        open(block, bits, salt, algorithm)?.ok_or(NotVerified::BadSignature)?;
    let expected = algorithm.digest(&[&[0; 8], digest, &salt].concat())?;
    if expected.value == hash {
        Ok(())
    } else {
        Err(NotVerified::BadSignature)
    }
}

/// What an encoded message holds.
struct Opened<'a> {
    hash: &'a [u8],
    salt: Vec<u8>,
}

/// The hash and the salt of an encoded message; none where it is not one with this many octets of salt.
fn open<'a>(
    block: &'a [u8],
    bits: u32,
    salt: usize,
    algorithm: &dyn DigestAlgorithm,
) -> Result<Option<Opened<'a>>, DigestsDisagree> {
    let size = algorithm.id().size();
    let Some((masked, hash, used)) =
        split(block, bits, size).filter(|(masked, ..)| masked.len() > salt)
    else {
        return Ok(None);
    };
    let mask = mgf1(hash, masked.len(), algorithm)?;
    let mut data: Vec<u8> = masked.iter().zip(&mask).map(|(a, b)| a ^ b).collect();
    if let Some(first) = data.first_mut() {
        *first &= used;
    }
    // Zeros, one 01 and the salt.
    let Some((padding, salt)) = data.split_at_checked(data.len().saturating_sub(salt)) else {
        return Ok(None);
    };
    Ok(match padding.split_last() {
        Some((1, zeros)) if zeros.iter().all(|octet| *octet == 0) => Some(Opened {
            hash,
            salt: salt.to_vec(),
        }),
        _ => None,
    })
}

/// The masked data block, the hash and which bits of the first octet are used.
fn split(block: &[u8], bits: u32, size: usize) -> Option<(&[u8], &[u8], u8)> {
    let length = usize::try_from(bits.div_ceil(8)).ok()?;
    // With 8k + 1 bits of modulus the block is one octet longer than the encoded message.
    let (excess, message) = block.split_at_checked(block.len().checked_sub(length)?)?;
    let (&trailer, message) = message.split_last()?;
    let (masked, hash) = message.split_at_checked(message.len().checked_sub(size)?)?;
    let used = u8::MAX >> (8 * length - usize::try_from(bits).ok()?);
    let fits =
        trailer == 0xbc && excess.iter().all(|octet| *octet == 0) && masked.first()? & !used == 0;
    fits.then_some((masked, hash, used))
}

/// MGF1 (RFC 8017 §B.2.1).
fn mgf1(
    seed: &[u8],
    length: usize,
    algorithm: &dyn DigestAlgorithm,
) -> Result<Vec<u8>, DigestsDisagree> {
    let mut mask = Vec::with_capacity(length + algorithm.id().size());
    for counter in 0_u32.. {
        if mask.len() >= length {
            break;
        }
        let block = algorithm.digest(&[seed, &counter.to_be_bytes()].concat())?;
        mask.extend(block.value);
    }
    mask.truncate(length);
    Ok(mask)
}

impl VerifyingKey for PssKey {
    /// With the salt that RFC 4055 §3.1 recommends: as long as the digest.
    fn verify(&self, message: Message<'_>, signature: &[u8]) -> Result<(), NotVerified> {
        self.verify_salted(message, signature, self.key.digest.id().size())
    }

    fn verify_salted(
        &self,
        message: Message<'_>,
        signature: &[u8],
        salt: usize,
    ) -> Result<(), NotVerified> {
        match message {
            Message::Octets(octets) => {
                let digest = self.key.digest.digest(octets)?;
                self.verify_digest(&digest.value, signature, salt)
            }
            Message::Digest(digest) => self.verify_digest(digest, signature, salt),
        }
    }

    fn memory(&self) -> usize {
        self.key.memory()
    }
}

#[cfg(test)]
pub(in crate::alg) mod tests;
