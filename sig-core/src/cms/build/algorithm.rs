//! The algorithm of a signature: its identifiers, and the check of what a signer returned.

use crate::alg::digest::DigestId;
use crate::alg::identifier::{AlgorithmIdentifier, digest_oid, resolve_signature};
use crate::alg::provider::Algorithms;
use crate::alg::signature::{Message, SignatureId, SignatureScheme};
use crate::alg::strength::{KeyFamily, describe_key};
use crate::base::error::{Error, Structure};
use crate::base::limits::{Budget, Limits};
use crate::der::octets::Octets;
use crate::der::oid::Oid;
use crate::der::oids;
use crate::der::reader::{Encoding, Reader};
use crate::der::tag::Tag;
use crate::der::writer::element;
use crate::x509::certificate::Certificate;

use super::refused::Refused;
use super::signer::{ToBeSigned, unsigned};

const MGF1: Oid = Oid::new(&[1, 2, 840, 113_549, 1, 1, 8]);
const NULL: &[u8] = &[5, 0];

/// The algorithm that the key of a certificate signs by when nothing else is asked for; none for keys that sign nothing
/// new. RSA means PKCS #1 v1.5 with SHA-256 (RFC 5754 §3.2); an elliptic curve takes the digest of its size (RFC 5753
/// §2.1), GOST R 34.10-2012 that of its own (RFC 9215 §2), EdDSA as RFC 8419 §2.3 says.
#[must_use]
pub fn customary(certificate: &Certificate) -> Option<SignatureId> {
    let key = describe_key(&certificate.spki);
    let (scheme, digest) = match (key.family, key.bits) {
        (KeyFamily::Gost2012, 256) => (SignatureScheme::Gost2012_256, DigestId::Streebog256),
        (KeyFamily::Gost2012, 512) => (SignatureScheme::Gost2012_512, DigestId::Streebog512),
        (KeyFamily::Rsa, _) => (
            key.scheme.unwrap_or(SignatureScheme::RsaPkcs1),
            DigestId::Sha256,
        ),
        (KeyFamily::Ec, 1..=256) => (SignatureScheme::Ecdsa, DigestId::Sha256),
        (KeyFamily::Ec, 257..=384) => (SignatureScheme::Ecdsa, DigestId::Sha384),
        (KeyFamily::Ec, 385..) => (SignatureScheme::Ecdsa, DigestId::Sha512),
        (KeyFamily::Ed25519, _) => (SignatureScheme::Ed25519, DigestId::Sha512),
        (KeyFamily::Ed448, _) => (SignatureScheme::Ed448, DigestId::Shake256),
        _ => return None,
    };
    Some(SignatureId { scheme, digest })
}

/// An algorithm that fits the key of a certificate.
#[derive(Clone, Debug)]
pub(super) struct Chosen {
    pub(super) id: SignatureId,
    /// `SignerInfo.digestAlgorithm`.
    pub(super) digest_algorithm: Vec<u8>,
    /// `SignerInfo.signatureAlgorithm`.
    pub(super) signature_algorithm: AlgorithmIdentifier,
    /// Octets of salt, for RSASSA-PSS.
    pub(super) salt: Option<usize>,
}

impl Chosen {
    /// The identifiers, checked to be read as this algorithm with this key.
    pub(super) fn new(id: SignatureId, certificate: &Certificate) -> Result<Self, Refused> {
        let signs_today = !matches!(
            id.digest,
            DigestId::Md5
                | DigestId::Sha1
                | DigestId::Sha224
                | DigestId::Sha3_224
                | DigestId::Gost94
        );
        let identifier = signature_algorithm(id).filter(|_| signs_today);
        let identifier = identifier.ok_or(Refused::NotForSigning(id))?;
        let source = Octets::from(identifier);
        let mut reader = Reader::new(&source, Encoding::Der, Structure::AlgorithmIdentifier);
        let mut budget = Budget::new(Limits::STANDARD);
        let read = |_: Error| Refused::NotForSigning(id);
        let signature_algorithm =
            AlgorithmIdentifier::read(&mut reader, &mut budget).map_err(read)?;
        let key = &certificate.spki.algorithm;
        match resolve_signature(&signature_algorithm, Some(id.digest), key) {
            Ok(resolved) if resolved == id => Ok(Self {
                id,
                digest_algorithm: identifier_of(digest_oid(id.digest), &[]),
                signature_algorithm,
                salt: (id.scheme == SignatureScheme::RsaPss).then(|| id.digest.size()),
            }),
            _ => Err(Refused::NotForKey(id)),
        }
    }

    /// Whether a signer's answer is a signature of what it was asked to sign.
    pub(super) fn check(
        &self,
        certificate: &Certificate,
        asked: &ToBeSigned<'_>,
        signature: &[u8],
        algorithms: &Algorithms,
    ) -> Result<(), Refused> {
        let algorithm = algorithms
            .signature(self.id)
            .ok_or(Refused::NotInBackEnd(self.id))?;
        let key = self.id.prepared(algorithm.prepare(&certificate.spki))?;
        let key = key.map_err(Refused::Key)?;
        if let Some(expected) = self.length(certificate)
            && expected != signature.len()
        {
            return Err(Refused::SignatureLength {
                expected,
                found: signature.len(),
            });
        }
        let message = if self.id.scheme.verifies_digests() {
            Message::Digest(asked.digest)
        } else {
            Message::Octets(asked.octets)
        };
        let result = self.signature_algorithm.verify(&*key, message, signature);
        if self.id.verified(result)? {
            Ok(())
        } else {
            Err(Refused::SignatureWrong)
        }
    }

    /// Octets of every signature by the key; none when they differ.
    fn length(&self, certificate: &Certificate) -> Option<usize> {
        let bits = || usize::try_from(describe_key(&certificate.spki).bits).ok();
        match self.id.scheme {
            SignatureScheme::RsaPkcs1 | SignatureScheme::RsaPss => bits().map(|it| it.div_ceil(8)),
            SignatureScheme::Gost2012_256 | SignatureScheme::Ed25519 => Some(64),
            SignatureScheme::Gost2012_512 => Some(128),
            SignatureScheme::Ed448 => Some(114),
            _ => None,
        }
    }
}

/// The identifier as signers write it: that of the key for GOST (as every published message has it) and RSA (RFC 3370
/// §3.2), that of key and digest together for ECDSA (RFC 5753 §2.1.1). None for algorithms of the past.
fn signature_algorithm(id: SignatureId) -> Option<Vec<u8>> {
    let plain = |oid: Oid| identifier_of(oid, &[]);
    Some(match id.scheme {
        SignatureScheme::Gost2012_256 => plain(oids::GOST2012_256),
        SignatureScheme::Gost2012_512 => plain(oids::GOST2012_512),
        SignatureScheme::RsaPkcs1 => identifier_of(oids::RSA, NULL),
        SignatureScheme::RsaPss => identifier_of(oids::RSA_PSS, &pss_parameters(id.digest)),
        SignatureScheme::Ecdsa => plain(match id.digest {
            DigestId::Sha256 => oids::ECDSA_SHA256,
            DigestId::Sha384 => oids::ECDSA_SHA384,
            DigestId::Sha512 => oids::ECDSA_SHA512,
            DigestId::Sha3_256 => oids::ECDSA_SHA3_256,
            DigestId::Sha3_384 => oids::ECDSA_SHA3_384,
            DigestId::Sha3_512 => oids::ECDSA_SHA3_512,
            _ => return None,
        }),
        SignatureScheme::Ed25519 => plain(oids::ED25519),
        SignatureScheme::Ed448 => plain(oids::ED448),
        _ => return None,
    })
}

/// One digest for message and mask, and a salt of its length (RFC 4056 §3, RFC 8017 §9.1).
fn pss_parameters(digest: DigestId) -> Vec<u8> {
    let explicit = |number: u32, octets: &[u8]| element(Tag::context(number).constructed(), octets);
    let hash = identifier_of(digest_oid(digest), NULL);
    let mask = identifier_of(MGF1, &hash);
    let salt = unsigned(&digest.size().to_be_bytes());
    let fields = [explicit(0, &hash), explicit(1, &mask), explicit(2, &salt)];
    element(Tag::SEQUENCE, &fields.concat())
}

pub(super) fn identifier_of(algorithm: Oid, parameters: &[u8]) -> Vec<u8> {
    let oid = element(Tag::OID, algorithm.content());
    element(Tag::SEQUENCE, &[&oid, parameters].concat())
}
