//! ECDSA verification (FIPS 186-5 §6.4.2) over named curves.

mod brainpool_p512r1;

use ecdsa::signature::hazmat::PrehashVerifier;

use super::digest::{DigestAlgorithm, DigestId};
use super::integer;
use super::provider::KeyFamily;
use super::scheme::{Input, Scheme, is_sha};
use super::sha::{SHA1, SHA3_224, SHA3_256, SHA3_384, SHA3_512, SHA224, SHA256, SHA384, SHA512};
use super::signature::{
    KeyRejected, Message, NotVerified, SignatureAlgorithm, SignatureId, SignatureScheme,
    VerifyingKey,
};
use super::spki::SubjectPublicKeyInfo;
use super::strength::KeyDescription;
use crate::base::error::{Error, Structure};
use crate::base::limits::{Budget, Limits};
use crate::der::octets::Octets;
use crate::der::oid::Oid;
use crate::der::oids;
use crate::der::reader::{Encoding, Reader};
use crate::der::tag::Tag;

/// ECDSA with one digest; the curve is the key's.
#[derive(Debug)]
pub struct Ecdsa {
    digest: &'static dyn DigestAlgorithm,
    read_point: ReadPoint,
}

impl Ecdsa {
    pub(super) const fn new(digest: &'static dyn DigestAlgorithm, read_point: ReadPoint) -> Self {
        Self { digest, read_point }
    }
}

/// How a back end takes in a point: none if the encoded coordinates are not those of one on the curve.
pub(super) type ReadPoint = fn(&NamedCurve, &[u8]) -> Option<Box<dyn Point>>;

/// With SHA-1.
pub static ECDSA_SHA1: Ecdsa = Ecdsa::new(&SHA1, portable);
/// With SHA-224.
pub static ECDSA_SHA224: Ecdsa = Ecdsa::new(&SHA224, portable);
/// With SHA-256.
pub static ECDSA_SHA256: Ecdsa = Ecdsa::new(&SHA256, portable);
/// With SHA-384.
pub static ECDSA_SHA384: Ecdsa = Ecdsa::new(&SHA384, portable);
/// With SHA-512.
pub static ECDSA_SHA512: Ecdsa = Ecdsa::new(&SHA512, portable);
/// With SHA3-224.
pub static ECDSA_SHA3_224: Ecdsa = Ecdsa::new(&SHA3_224, portable);
/// With SHA3-256.
pub static ECDSA_SHA3_256: Ecdsa = Ecdsa::new(&SHA3_256, portable);
/// With SHA3-384.
pub static ECDSA_SHA3_384: Ecdsa = Ecdsa::new(&SHA3_384, portable);
/// With SHA3-512.
pub static ECDSA_SHA3_512: Ecdsa = Ecdsa::new(&SHA3_512, portable);

/// Its names, keys and digests (RFC 5754 §3.3).
pub(super) static SCHEME: Scheme = Scheme {
    scheme: SignatureScheme::Ecdsa,
    name: "ecdsa",
    keys: &[oids::EC],
    combined: &[
        (oids::ECDSA_SHA1, DigestId::Sha1),
        (oids::ECDSA_SHA224, DigestId::Sha224),
        (oids::ECDSA_SHA256, DigestId::Sha256),
        (oids::ECDSA_SHA384, DigestId::Sha384),
        (oids::ECDSA_SHA512, DigestId::Sha512),
        (oids::ECDSA_SHA3_224, DigestId::Sha3_224),
        (oids::ECDSA_SHA3_256, DigestId::Sha3_256),
        (oids::ECDSA_SHA3_384, DigestId::Sha3_384),
        (oids::ECDSA_SHA3_512, DigestId::Sha3_512),
        (oids::ECDSA_PLAIN_SHA1, DigestId::Sha1),
        (oids::ECDSA_PLAIN_SHA224, DigestId::Sha224),
        (oids::ECDSA_PLAIN_SHA256, DigestId::Sha256),
        (oids::ECDSA_PLAIN_SHA384, DigestId::Sha384),
        (oids::ECDSA_PLAIN_SHA512, DigestId::Sha512),
    ],
    goes_with: is_sha,
    input: Input::Digest,
    describe: |key| {
        let parameters = named_curve(key);
        let curve = CURVES.iter().find(|curve| Some(curve.oid) == parameters);
        KeyDescription {
            parameters,
            ..KeyDescription::new(KeyFamily::Ec, curve.map_or(0, |curve| curve.bits))
        }
    },
};

/// Identifiers whose signatures are r and s one after the other, not a SEQUENCE (BSI TR-03111 §5.2.1).
const PLAIN: [Oid; 5] = [
    oids::ECDSA_PLAIN_SHA1,
    oids::ECDSA_PLAIN_SHA224,
    oids::ECDSA_PLAIN_SHA256,
    oids::ECDSA_PLAIN_SHA384,
    oids::ECDSA_PLAIN_SHA512,
];

/// Whether signatures by this identifier are plain.
pub(super) fn is_plain(algorithm: &Oid) -> bool {
    PLAIN.contains(algorithm)
}

/// A curve by name (RFC 5480 §2.1.1.1).
pub(super) struct NamedCurve {
    pub(super) oid: Oid,
    /// The name in reports.
    pub(super) short_name: &'static str,
    /// Bits of the order. No digest is longer than the order of a curve whose bits fill no whole octets.
    pub(super) bits: u32,
    read: fn(&[u8]) -> Option<Box<dyn Point>>,
}

/// brainpoolP256r1, brainpoolP384r1 and brainpoolP512r1 (RFC 5639 §4.1). Their twists, the curves with a `t` in
/// the name, are not offered: nothing signs with them.
const BRAINPOOL_P256R1: Oid = Oid::new(&[1, 3, 36, 3, 3, 2, 8, 1, 1, 7]);
const BRAINPOOL_P384R1: Oid = Oid::new(&[1, 3, 36, 3, 3, 2, 8, 1, 1, 11]);
const BRAINPOOL_P512R1: Oid = Oid::new(&[1, 3, 36, 3, 3, 2, 8, 1, 1, 13]);

/// The curves that signatures are verified on.
pub(super) static CURVES: &[NamedCurve] = &[
    NamedCurve {
        oid: oids::P256,
        short_name: "p256",
        bits: 256,
        read: p256_point,
    },
    NamedCurve {
        oid: oids::P384,
        short_name: "p384",
        bits: 384,
        read: p384_point,
    },
    NamedCurve {
        oid: oids::P521,
        short_name: "p521",
        bits: 521,
        read: p521_point,
    },
    NamedCurve {
        oid: BRAINPOOL_P256R1,
        short_name: "brainpool-p256r1",
        bits: 256,
        read: brainpool_p256r1_point,
    },
    NamedCurve {
        oid: BRAINPOOL_P384R1,
        short_name: "brainpool-p384r1",
        bits: 384,
        read: brainpool_p384r1_point,
    },
    NamedCurve {
        oid: BRAINPOOL_P512R1,
        short_name: "brainpool-p512r1",
        bits: 512,
        read: brainpool_p512r1_point,
    },
];

/// A public key on some curve, in one back end.
pub(super) trait Point: Send + Sync {
    /// Verifies over a digest that is not longer than the order; r and s have its size and may still be zero or
    /// not below it.
    fn verify(&self, digest: &[u8], r: &[u8], s: &[u8]) -> bool;

    /// Memory that is held, in octets.
    fn memory(&self) -> usize;
}

/// Points in Rust.
fn portable(curve: &NamedCurve, octets: &[u8]) -> Option<Box<dyn Point>> {
    (curve.read)(octets)
}

/// Keys on one curve of the RustCrypto family, and the function that reads them.
macro_rules! curve {
    ($read:ident, $curve:ty) => {
        fn $read(octets: &[u8]) -> Option<Box<dyn Point>> {
            let key = ecdsa::VerifyingKey::<$curve>::from_sec1_bytes(octets).ok()?;
            Some(Box::new(key))
        }

        impl Point for ecdsa::VerifyingKey<$curve> {
            fn verify(&self, digest: &[u8], r: &[u8], s: &[u8]) -> bool {
                let Some(digest) = padded(digest, r.len()) else {
                    return false;
                };
                // Refuses r and s that are zero or not below the order.
                ecdsa::Signature::<$curve>::from_slice(&[r, s].concat())
                    .and_then(|signature| self.verify_prehash(&digest, &signature))
                    .is_ok()
            }

            fn memory(&self) -> usize {
                size_of::<Self>()
            }
        }
    };
}

curve!(p256_point, p256::NistP256);
curve!(p384_point, p384::NistP384);
curve!(p521_point, p521::NistP521);
curve!(brainpool_p256r1_point, bp256::BrainpoolP256r1);
curve!(brainpool_p384r1_point, bp384::BrainpoolP384r1);
curve!(brainpool_p512r1_point, brainpool_p512r1::BrainpoolP512r1);

impl NamedCurve {
    const fn octets(&self) -> usize {
        (self.bits as usize).div_ceil(8)
    }

    /// An uncompressed or compressed point (SEC 1 §2.3.3); hybrid, compact and infinite ones are refused.
    fn point(&self, octets: &[u8], read: ReadPoint) -> Result<Box<dyn Point>, KeyRejected> {
        let length = match octets.first() {
            Some(4) => 1 + 2 * self.octets(),
            Some(2 | 3) => 1 + self.octets(),
            _ => return Err(KeyRejected::Malformed),
        };
        if octets.len() != length {
            return Err(KeyRejected::Malformed);
        }
        read(self, octets).ok_or(KeyRejected::InvalidPoint)
    }
}

/// The first octet of `ECParameters` that are written out (RFC 3279 §2.3.5): a SEQUENCE.
const EXPLICIT: u8 = 0x30;

/// The curve that the parameters of a key name; none for explicit and inherited ones (RFC 5480 §2.1.1).
pub(super) fn named_curve(key: &SubjectPublicKeyInfo) -> Option<Oid> {
    let mut budget = Budget::new(Limits::STANDARD);
    let parameters = key.algorithm.parameters.as_ref()?;
    let mut reader = Reader::new(parameters, Encoding::Der, Structure::AlgorithmIdentifier);
    let oid = reader.oid(&mut budget).ok()?;
    reader.finish().ok()?;
    Some(oid)
}

impl SignatureAlgorithm for Ecdsa {
    fn id(&self) -> SignatureId {
        SignatureId {
            scheme: SignatureScheme::Ecdsa,
            digest: self.digest.id(),
        }
    }

    fn prepare(&self, key: &SubjectPublicKeyInfo) -> Result<Box<dyn VerifyingKey>, KeyRejected> {
        if key.algorithm.algorithm != oids::EC {
            return Err(KeyRejected::OtherAlgorithm);
        }
        let oid = named_curve(key).ok_or_else(|| match &key.algorithm.parameters {
            Some(written) if written.first() == Some(&EXPLICIT) => KeyRejected::ExplicitParameters,
            _ => KeyRejected::UnknownParameters,
        })?;
        let curve = CURVES
            .iter()
            .find(|curve| curve.oid == oid)
            .ok_or(KeyRejected::UnknownParameters)?;
        Ok(Box::new(EcdsaKey {
            curve,
            point: curve.point(&key.public_key, self.read_point)?,
            digest: self.digest,
        }))
    }
}

struct EcdsaKey {
    curve: &'static NamedCurve,
    point: Box<dyn Point>,
    digest: &'static dyn DigestAlgorithm,
}

impl std::fmt::Debug for EcdsaKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("EcdsaKey")
            .field(&self.curve.short_name)
            .finish()
    }
}

impl EcdsaKey {
    fn equation_holds(&self, digest: &[u8], signature: &[u8]) -> bool {
        let length = self.curve.octets();
        let Ok([r, s]) = read_signature(signature) else {
            return false;
        };
        match (padded(&r, length), padded(&s, length)) {
            (Some(r), Some(s)) => self.holds_for(digest, &r, &s),
            _ => false,
        }
    }

    /// r and s have the size of the order.
    fn holds_for(&self, digest: &[u8], r: &[u8], s: &[u8]) -> bool {
        if digest.len() != self.digest.id().size() {
            return false;
        }
        let length = self.curve.octets();
        // The leftmost bits of a long digest (FIPS 186-5 §6.4.2 step 2).
        let cut = digest.get(..length).unwrap_or(digest);
        self.point.verify(cut, r, s)
    }
}

/// Reads a signature (RFC 5480 appendix A): DER, shortest positive integers, nothing behind.
///
/// ```text
/// ECDSA-Sig-Value ::= SEQUENCE { r INTEGER, s INTEGER }
/// ```
pub(super) fn read_signature(signature: &[u8]) -> Result<[Vec<u8>; 2], Error> {
    let mut budget = Budget::new(Limits::STANDARD);
    let source = Octets::from(signature);
    let mut reader = Reader::new(&source, Encoding::Der, Structure::Object);
    let mut fields = reader.enter(Tag::SEQUENCE, &mut budget)?;
    reader.finish()?;
    let r = integer::positive(&mut fields, &mut budget)?.to_vec();
    let s = integer::positive(&mut fields, &mut budget)?.to_vec();
    fields.finish()?;
    Ok([r, s])
}

/// With leading zeros to a length; none if it is longer.
fn padded(octets: &[u8], length: usize) -> Option<Vec<u8>> {
    let mut padded = vec![0; length.checked_sub(octets.len())?];
    padded.extend(octets);
    Some(padded)
}

impl VerifyingKey for EcdsaKey {
    fn verify(&self, message: Message<'_>, signature: &[u8]) -> Result<(), NotVerified> {
        let genuine = match message {
            Message::Octets(octets) => {
                self.equation_holds(&self.digest.digest(octets)?.value, signature)
            }
            Message::Digest(digest) => self.equation_holds(digest, signature),
        };
        if genuine {
            Ok(())
        } else {
            Err(NotVerified::BadSignature)
        }
    }

    fn verify_plain(&self, message: Message<'_>, signature: &[u8]) -> Result<(), NotVerified> {
        let (r, s) = signature
            .split_at_checked(self.curve.octets())
            .filter(|(r, s)| r.len() == s.len())
            .ok_or(NotVerified::BadSignature)?;
        let genuine = match message {
            Message::Octets(octets) => self.holds_for(&self.digest.digest(octets)?.value, r, s),
            Message::Digest(digest) => self.holds_for(digest, r, s),
        };
        genuine.then_some(()).ok_or(NotVerified::BadSignature)
    }

    fn memory(&self) -> usize {
        size_of::<Self>() + self.point.memory()
    }
}

#[cfg(test)]
mod tests;
