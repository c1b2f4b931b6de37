//! RSASSA-PKCS1-v1_5 verification (RFC 8017 §8.2.2).
//!
//! The whole encoded message is built and compared: nothing of what the signer encoded is parsed, so there is
//! nothing to be lenient about. The one accepted form has NULL parameters in its `DigestInfo` (RFC 8017 §9.2
//! note 1 and §B.1). Of the form without them, which some verifiers tolerate, and of keys that must not be used, it is
//! told that the equation holds; none of them counts as verified.

#[cfg(target_arch = "x86_64")]
mod ifma;
pub mod pss;

use std::fmt::Debug;

use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, Odd};

use super::digest::{DigestAlgorithm, DigestId};
use super::identifier::digest_oid;
use super::integer;
use super::provider::KeyFamily;
use super::scheme::{Input, Scheme, is_sha};
use super::sha::{
    MD5, SHA1, SHA3_224, SHA3_256, SHA3_384, SHA3_512, SHA224, SHA256, SHA384, SHA512,
};
use super::signature::{
    Flaw, KeyRejected, Message, NotVerified, SignatureAlgorithm, SignatureId, SignatureScheme,
    VerifyingKey,
};
use super::spki::SubjectPublicKeyInfo;
use super::strength::KeyDescription;
use crate::base::error::{Error, Structure};
use crate::base::limits::{Budget, Limits};
use crate::der::oids;
use crate::der::reader::{Encoding, Reader};
use crate::der::tag::Tag;

/// Moduli outside these bounds, in bits, are not used at all. What is strong enough is another question:
/// see `strength`.
const MODULUS_BITS: std::ops::RangeInclusive<u32> = 512..=8192;
/// Exponents up to this one open the way to forgeries where padding is checked loosely, and no signature of theirs
/// counts although it is not (FIPS 186-5 §5.1).
const EXPONENT_ABOVE: u64 = 1 << 16;
/// With a lower one everybody can sign.
const LEAST_EXPONENT: u64 = 3;

/// The public operation of one key in one back end.
pub(super) trait PublicOperation: Debug + Send + Sync {
    /// s^e mod n in octets of the modulus, for an s below it of as many octets (RFC 8017 §5.2.2).
    fn apply(&self, signature: &[u8]) -> Option<Vec<u8>>;

    /// Memory that is held, in octets.
    fn memory(&self) -> usize;
}

/// How a back end takes in a key within the bounds.
pub(super) type NewOperation =
    fn(modulus: &[u8], exponent: u64) -> Option<Box<dyn PublicOperation>>;

/// In AVX-512 where the processor has the instructions and the modulus is of a usual size, else portable.
fn operation(modulus: &[u8], exponent: u64) -> Option<Box<dyn PublicOperation>> {
    quick_operation(modulus, exponent).or_else(|| MontgomeryKey::operation(modulus, exponent))
}

/// In AVX-512, for usual sizes and where the processor has the instructions.
pub(super) fn quick_operation(modulus: &[u8], exponent: u64) -> Option<Box<dyn PublicOperation>> {
    #[cfg(target_arch = "x86_64")]
    return ifma::operation(modulus, exponent);
    #[cfg(not(target_arch = "x86_64"))]
    {
        let _ = (modulus, exponent);
        None
    }
}

/// RSASSA-PKCS1-v1_5 with one digest.
#[derive(Debug)]
pub struct RsaPkcs1 {
    digest: &'static dyn DigestAlgorithm,
    operation: NewOperation,
}

impl RsaPkcs1 {
    pub(super) const fn new(digest: &'static dyn DigestAlgorithm, operation: NewOperation) -> Self {
        Self { digest, operation }
    }
}

/// With MD5.
pub static RSA_MD5: RsaPkcs1 = RsaPkcs1::new(&MD5, operation);
/// With SHA-1.
pub static RSA_SHA1: RsaPkcs1 = RsaPkcs1::new(&SHA1, operation);
/// With SHA-224.
pub static RSA_SHA224: RsaPkcs1 = RsaPkcs1::new(&SHA224, operation);
/// With SHA-256.
pub static RSA_SHA256: RsaPkcs1 = RsaPkcs1::new(&SHA256, operation);
/// With SHA-384.
pub static RSA_SHA384: RsaPkcs1 = RsaPkcs1::new(&SHA384, operation);
/// With SHA-512.
pub static RSA_SHA512: RsaPkcs1 = RsaPkcs1::new(&SHA512, operation);
/// With SHA3-224.
pub static RSA_SHA3_224: RsaPkcs1 = RsaPkcs1::new(&SHA3_224, operation);
/// With SHA3-256.
pub static RSA_SHA3_256: RsaPkcs1 = RsaPkcs1::new(&SHA3_256, operation);
/// With SHA3-384.
pub static RSA_SHA3_384: RsaPkcs1 = RsaPkcs1::new(&SHA3_384, operation);
/// With SHA3-512.
pub static RSA_SHA3_512: RsaPkcs1 = RsaPkcs1::new(&SHA3_512, operation);

/// Its names, keys and digests (RFC 5754 §3.2).
pub(super) static SCHEME: Scheme = Scheme {
    scheme: SignatureScheme::RsaPkcs1,
    name: "rsa-pkcs1",
    keys: &[oids::RSA],
    combined: &[
        (oids::RSA_MD5, DigestId::Md5),
        (oids::RSA_SHA1, DigestId::Sha1),
        (oids::RSA_SHA224, DigestId::Sha224),
        (oids::RSA_SHA256, DigestId::Sha256),
        (oids::RSA_SHA384, DigestId::Sha384),
        (oids::RSA_SHA512, DigestId::Sha512),
        (oids::RSA_SHA3_224, DigestId::Sha3_224),
        (oids::RSA_SHA3_256, DigestId::Sha3_256),
        (oids::RSA_SHA3_384, DigestId::Sha3_384),
        (oids::RSA_SHA3_512, DigestId::Sha3_512),
    ],
    goes_with: is_sha,
    input: Input::Digest,
    describe: |key| KeyDescription::new(KeyFamily::Rsa, modulus_bits(key)),
};

fn modulus_bits(key: &SubjectPublicKeyInfo) -> u32 {
    let Ok(numbers) = public_numbers(key) else {
        return 0;
    };
    let leading = numbers
        .modulus
        .first()
        .map_or(0, |first| first.leading_zeros());
    u32::try_from(8 * numbers.modulus.len()).map_or(0, |bits| bits - leading)
}

/// Modulus and exponent, most significant octet first and without leading zeros.
pub(super) struct PublicNumbers<'a> {
    pub(super) modulus: &'a [u8],
    /// It is written as a negative number, and is taken for its octets.
    pub(super) is_negative: bool,
    pub(super) exponent: &'a [u8],
}

/// Reads an RSA key (RFC 8017 §A.1.1).
///
/// ```text
/// RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }
/// ```
pub(super) fn public_numbers(key: &SubjectPublicKeyInfo) -> Result<PublicNumbers<'_>, Error> {
    let mut budget = Budget::new(Limits::STANDARD);
    let structure = Structure::SubjectPublicKeyInfo;
    let mut reader = Reader::new(&key.public_key, Encoding::Der, structure);
    let mut fields = reader.enter(Tag::SEQUENCE, &mut budget)?;
    reader.finish()?;
    let (modulus, is_negative) = integer::octets(&mut fields, &mut budget)?;
    let exponent = integer::positive(&mut fields, &mut budget)?;
    fields.finish()?;
    Ok(PublicNumbers {
        modulus,
        is_negative,
        exponent,
    })
}

impl SignatureAlgorithm for RsaPkcs1 {
    fn id(&self) -> SignatureId {
        SignatureId {
            scheme: SignatureScheme::RsaPkcs1,
            digest: self.digest.id(),
        }
    }

    fn prepare(&self, key: &SubjectPublicKeyInfo) -> Result<Box<dyn VerifyingKey>, KeyRejected> {
        if key.algorithm.algorithm != oids::RSA {
            return Err(KeyRejected::OtherAlgorithm);
        }
        if !key.algorithm.has_no_parameters() {
            return Err(KeyRejected::UnknownParameters);
        }
        let numbers = public_numbers(key).map_err(|_| KeyRejected::Malformed)?;
        RsaKey::new(numbers, self.digest, self.operation)
            .map(|key| Box::new(key) as Box<dyn VerifyingKey>)
            .ok_or(KeyRejected::OutOfBounds)
    }
}

/// A public key within the bounds, and the digest that it is used with.
#[derive(Debug)]
struct RsaKey {
    /// Most significant octet first, without leading zeros; every signature is as long.
    modulus: Vec<u8>,
    /// Bits of the modulus.
    bits: u32,
    operation: Box<dyn PublicOperation>,
    digest: &'static dyn DigestAlgorithm,
    /// Why none of its signatures counts.
    flaw: Option<Flaw>,
}

impl RsaKey {
    /// None if modulus or exponent is outside the bounds.
    fn new(
        numbers: PublicNumbers<'_>,
        digest: &'static dyn DigestAlgorithm,
        operation: NewOperation,
    ) -> Option<Self> {
        let PublicNumbers {
            modulus,
            is_negative,
            exponent,
        } = numbers;
        let leading = modulus.first()?.leading_zeros();
        let bits = u32::try_from(modulus.len()).ok()?.checked_mul(8)? - leading;
        let exponent = be_u64(exponent)?;
        let is_odd = modulus.last()? % 2 == 1 && exponent % 2 == 1;
        if !is_odd || !MODULUS_BITS.contains(&bits) || exponent < LEAST_EXPONENT {
            return None;
        }
        let flaws = [
            (exponent <= EXPONENT_ABOVE, Flaw::LowExponent),
            (is_negative, Flaw::NegativeModulus),
        ];
        let mut flaws = flaws.into_iter().filter(|(has_it, _)| *has_it);
        Some(Self {
            flaw: flaws.next().map(|(_, flaw)| flaw),
            operation: operation(modulus, exponent)?,
            modulus: modulus.to_vec(),
            bits,
            digest,
        })
    }

    /// s^e mod n in octets of the modulus; none unless s is as long and below it (RFC 8017 §8.2.2 steps 1 and 2).
    fn recover(&self, signature: &[u8]) -> Option<Vec<u8>> {
        let in_range = signature.len() == self.modulus.len() && *signature < *self.modulus;
        if in_range {
            self.operation.apply(signature)
        } else {
            None
        }
    }

    /// What a signature is whose equation holds.
    const fn judged(&self) -> Result<(), NotVerified> {
        match self.flaw {
            None => Ok(()),
            Some(flaw) => Err(NotVerified::Flawed(flaw)),
        }
    }

    /// EMSA-PKCS1-v1_5 (RFC 8017 §9.2): `00 01 FF … FF 00 DigestInfo`; none if the modulus is too short.
    fn encoded_message(&self, digest: &[u8], null: &[u8]) -> Option<Vec<u8>> {
        let info = digest_info(self.digest.id(), digest, null);
        let length = self.modulus.len();
        let padding = length.checked_sub(info.len() + 3)?;
        if padding < 8 {
            return None;
        }
        let mut message = Vec::with_capacity(length);
        message.extend([0, 1]);
        message.resize(2 + padding, 0xff);
        message.push(0);
        message.extend(info);
        Some(message)
    }

    fn verify_digest(&self, digest: &[u8], signature: &[u8]) -> Result<(), NotVerified> {
        let bad = Err(NotVerified::BadSignature);
        if digest.len() != self.digest.id().size() {
            return bad;
        }
        let Some(actual) = self.recover(signature) else {
            return bad;
        };
        let is = |null: &[u8]| self.encoded_message(digest, null).as_ref() == Some(&actual);
        if is(&NULL) {
            self.judged()
        } else if is(&[]) {
            Err(NotVerified::Flawed(Flaw::NoDigestParameters))
        } else {
            bad
        }
    }
}

fn be_u64(octets: &[u8]) -> Option<u64> {
    if octets.len() > 8 {
        return None;
    }
    Some(
        octets
            .iter()
            .fold(0, |value, octet| value << 8 | u64::from(*octet)),
    )
}

/// The parameters inside `DigestInfo` (RFC 8017 §9.2 note 1).
const NULL: [u8; 2] = [0x05, 0x00];

/// ```text
/// DigestInfo ::= SEQUENCE { digestAlgorithm AlgorithmIdentifier, digest OCTET STRING }
/// ```
fn digest_info(id: DigestId, digest: &[u8], null: &[u8]) -> Vec<u8> {
    let oid = digest_oid(id);
    let oid = oid.content();
    // The longest identifier has 9 octets and the longest digest 64, so every length is of one octet.
    let short = |length: usize| u8::try_from(length).unwrap_or(u8::MAX);
    let identifier = oid.len() + 2 + null.len();
    let total = identifier + digest.len() + 4;
    let mut info = Vec::with_capacity(2 + total);
    info.extend([Tag::SEQUENCE.octet(), short(total)]);
    info.extend([Tag::SEQUENCE.octet(), short(identifier)]);
    info.extend([Tag::OID.octet(), short(oid.len())]);
    info.extend(oid);
    info.extend(null);
    info.extend([Tag::OCTET_STRING.octet(), short(digest.len())]);
    info.extend(digest);
    info
}

impl VerifyingKey for RsaKey {
    fn verify(&self, message: Message<'_>, signature: &[u8]) -> Result<(), NotVerified> {
        match message {
            Message::Octets(octets) => {
                self.verify_digest(&self.digest.digest(octets)?.value, signature)
            }
            Message::Digest(digest) => self.verify_digest(digest, signature),
        }
    }

    fn memory(&self) -> usize {
        size_of::<Self>() + self.modulus.len() + self.operation.memory()
    }
}

/// A key in Rust, with the constants of its modulus.
#[derive(Debug)]
struct MontgomeryKey {
    modulus: BoxedMontyParams,
    exponent: u64,
    /// Octets of the modulus.
    length: usize,
}

impl MontgomeryKey {
    fn operation(modulus: &[u8], exponent: u64) -> Option<Box<dyn PublicOperation>> {
        let bits = u32::try_from(modulus.len()).ok()?.checked_mul(8)?;
        let value = BoxedUint::from_be_slice(modulus, bits).ok()?;
        let value = Option::from(Odd::new(value))?;
        Some(Box::new(Self {
            modulus: BoxedMontyParams::new_vartime(value),
            exponent,
            length: modulus.len(),
        }))
    }
}

impl PublicOperation for MontgomeryKey {
    fn apply(&self, signature: &[u8]) -> Option<Vec<u8>> {
        let precision = self.modulus.modulus().as_ref().bits_precision();
        let value = BoxedUint::from_be_slice(signature, precision).ok()?;
        let base = BoxedMontyForm::new(value, &self.modulus);
        let mut power = base.clone();
        for position in (0..self.exponent.ilog2()).rev() {
            power = power.square();
            if self.exponent >> position & 1 == 1 {
                power = power.mul(&base);
            }
        }
        let octets = power.retrieve().to_be_bytes();
        let padding = octets.len().checked_sub(self.length)?;
        octets.get(padding..).map(<[u8]>::to_vec)
    }

    fn memory(&self) -> usize {
        // The modulus, 1 and R² modulo it.
        size_of::<Self>() + 3 * self.length
    }
}

#[cfg(test)]
mod tests;
