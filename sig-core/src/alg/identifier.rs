//! `AlgorithmIdentifier` (RFC 5280 §4.1.1.2), and which algorithms identifiers stand for.

use crate::base::error::{Error, Structure};
use crate::base::limits::Budget;
use crate::der::element::Element;
use crate::der::octets::Octets;
use crate::der::oid::Oid;
use crate::der::oids;
use crate::der::reader::Reader;
use crate::der::tag::Tag;
use crate::der::writer::element;

use super::digest::DigestId;
use super::rsa::pss;
use super::signature::{Message, NotVerified, SignatureId, SignatureScheme, VerifyingKey};

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

    /// Octets of salt that the parameters of RSASSA-PSS state; none for other algorithms.
    #[must_use]
    pub fn pss_salt(&self) -> Option<usize> {
        pss::salt_of(self)
    }

    /// Verifies a signature of this algorithm, with the salt that its parameters state.
    ///
    /// # Errors
    /// As for [`VerifyingKey::verify`].
    pub fn verify(
        &self,
        key: &dyn VerifyingKey,
        message: Message<'_>,
        signature: &[u8],
    ) -> Result<(), NotVerified> {
        match self.pss_salt() {
            Some(salt) => key.verify_salted(message, signature, salt),
            None => key.verify(message, signature),
        }
    }
}

/// Why identifiers do not stand for an algorithm.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Unresolved {
    /// No algorithm with this identifier is known; [`oids::name`] may still have its name.
    Unknown(Oid),
    /// The signature algorithm does not go with the digest algorithm.
    DigestMismatch,
    /// The signature algorithm does not go with the key.
    KeyMismatch,
    /// There are parameters where there must be none.
    BadParameters,
}

/// Identifiers of digests (RFC 5754 §2, RFC 9215 §3, RFC 8702 §3.1).
const DIGESTS: &[(Oid, DigestId)] = &[
    (oids::MD5, DigestId::Md5),
    (oids::SHA1, DigestId::Sha1),
    (oids::SHA224, DigestId::Sha224),
    (oids::SHA256, DigestId::Sha256),
    (oids::SHA384, DigestId::Sha384),
    (oids::SHA512, DigestId::Sha512),
    (sha3(8), DigestId::Sha3_256),
    (sha3(9), DigestId::Sha3_384),
    (sha3(10), DigestId::Sha3_512),
    (SHAKE256, DigestId::Shake256),
    (SHAKE256_LEN, DigestId::Shake256),
    (oids::GOST94, DigestId::Gost94),
    (oids::STREEBOG256, DigestId::Streebog256),
    (oids::STREEBOG512, DigestId::Streebog512),
];

/// SHAKE256 of 512 bits (RFC 8702 §2), and of a stated length (RFC 8419 §2.3).
const SHAKE256: Oid = sha3(12);
const SHAKE256_LEN: Oid = sha3(18);

const fn sha3(arc: u32) -> Oid {
    Oid::new(&[2, 16, 840, 1, 101, 3, 4, 2, arc])
}

/// The only S-box of GOST R 34.11-94 in certificates: `id-GostR3411-94-CryptoProParamSet`.
pub(super) const GOST94_CRYPTOPRO: Oid = Oid::new(&[1, 2, 643, 2, 2, 30, 1]);

/// Identifiers that name scheme and digest together (RFC 5754 §3, RFC 8419 §2.2, RFC 4491 §2.2.2, RFC 9215 §2).
/// EdDSA identifiers name no digest of a content: RFC 8419 §2.3 fixes it.
const COMBINED: &[(Oid, SignatureScheme, DigestId)] = {
    use DigestId::{
        Gost94, Md5, Sha1, Sha3_256, Sha3_384, Sha3_512, Sha224, Sha256, Sha384, Sha512, Shake256,
        Streebog256, Streebog512,
    };
    use SignatureScheme::{
        Dsa, Ecdsa, Ed448, Ed25519, Gost2001, Gost2012_256, Gost2012_512, RsaPkcs1,
    };
    &[
        (oids::RSA_MD5, RsaPkcs1, Md5),
        (oids::RSA_SHA1, RsaPkcs1, Sha1),
        (oids::RSA_SHA224, RsaPkcs1, Sha224),
        (oids::RSA_SHA256, RsaPkcs1, Sha256),
        (oids::RSA_SHA384, RsaPkcs1, Sha384),
        (oids::RSA_SHA512, RsaPkcs1, Sha512),
        (oids::RSA_SHA3_256, RsaPkcs1, Sha3_256),
        (oids::RSA_SHA3_384, RsaPkcs1, Sha3_384),
        (oids::RSA_SHA3_512, RsaPkcs1, Sha3_512),
        (oids::ECDSA_SHA1, Ecdsa, Sha1),
        (oids::ECDSA_SHA224, Ecdsa, Sha224),
        (oids::ECDSA_SHA256, Ecdsa, Sha256),
        (oids::ECDSA_SHA384, Ecdsa, Sha384),
        (oids::ECDSA_SHA512, Ecdsa, Sha512),
        (oids::ECDSA_SHA3_256, Ecdsa, Sha3_256),
        (oids::ECDSA_SHA3_384, Ecdsa, Sha3_384),
        (oids::ECDSA_SHA3_512, Ecdsa, Sha3_512),
        (oids::ED25519, Ed25519, Sha512),
        (oids::ED448, Ed448, Shake256),
        (oids::DSA_SHA1, Dsa, Sha1),
        (oids::DSA_SHA224, Dsa, Sha224),
        (oids::DSA_SHA256, Dsa, Sha256),
        (oids::DSA_SHA384, Dsa, Sha384),
        (oids::DSA_SHA512, Dsa, Sha512),
        (oids::GOST2001_GOST94, Gost2001, Gost94),
        (oids::GOST2012_256_STREEBOG, Gost2012_256, Streebog256),
        (oids::GOST2012_512_STREEBOG, Gost2012_512, Streebog512),
    ]
};

/// Identifiers of keys.
const KEYS: &[(Oid, SignatureScheme)] = &[
    (oids::RSA, SignatureScheme::RsaPkcs1),
    (oids::RSA, SignatureScheme::RsaPss),
    (oids::RSA_PSS, SignatureScheme::RsaPss),
    (oids::EC, SignatureScheme::Ecdsa),
    (oids::ED25519, SignatureScheme::Ed25519),
    (oids::ED448, SignatureScheme::Ed448),
    (oids::DSA, SignatureScheme::Dsa),
    (oids::GOST2001, SignatureScheme::Gost2001),
    (oids::GOST2012_256, SignatureScheme::Gost2012_256),
    (oids::GOST2012_512, SignatureScheme::Gost2012_512),
];

/// The digest with this [`DigestId::name`].
#[must_use]
pub fn digest_by_name(name: &str) -> Option<DigestId> {
    let mut known = DIGESTS.iter().map(|(_, id)| *id);
    known.find(|id| id.name() == name)
}

/// The identifier of a digest.
#[must_use]
pub const fn digest_oid(id: DigestId) -> Oid {
    match id {
        DigestId::Md5 => oids::MD5,
        DigestId::Sha1 => oids::SHA1,
        DigestId::Sha224 => oids::SHA224,
        DigestId::Sha256 => oids::SHA256,
        DigestId::Sha384 => oids::SHA384,
        DigestId::Sha512 => oids::SHA512,
        DigestId::Sha3_256 => sha3(8),
        DigestId::Sha3_384 => sha3(9),
        DigestId::Sha3_512 => sha3(10),
        DigestId::Shake256 => SHAKE256,
        DigestId::Gost94 => oids::GOST94,
        DigestId::Streebog256 => oids::STREEBOG256,
        DigestId::Streebog512 => oids::STREEBOG512,
    }
}

/// The digest algorithm that an identifier names. A back end may still not have it.
///
/// # Errors
/// The identifier is not known, or has parameters other than NULL. GOST R 34.11-94 may name its S-box, SHAKE256
/// its output length of 512 bits; its parameters are never NULL.
pub fn resolve_digest(identifier: &AlgorithmIdentifier) -> Result<DigestId, Unresolved> {
    let oid = identifier.algorithm;
    let (_, id) = DIGESTS
        .iter()
        .find(|(known, _)| *known == oid)
        .ok_or(Unresolved::Unknown(oid))?;
    let names_s_box = || {
        let s_box = element(Tag::OID, GOST94_CRYPTOPRO.content());
        *id == DigestId::Gost94 && identifier.parameters.as_deref() == Some(&s_box)
    };
    let proper = match oid {
        SHAKE256 => identifier.parameters.is_none(),
        SHAKE256_LEN => {
            let length = element(Tag::INTEGER, &[2, 0]);
            identifier.parameters.as_deref() == Some(&length)
        }
        _ => identifier.has_no_parameters() || names_s_box(),
    };
    if proper {
        Ok(*id)
    } else {
        Err(Unresolved::BadParameters)
    }
}

/// The signature algorithm of an object signed by a key.
///
/// In certificates, CRLs and OCSP responses the identifier names the digest, too, and `digest` is absent.
/// A `SignerInfo` has its own digest algorithm: there the identifier may be that of the key alone
/// (RFC 5652 §5.3, RFC 9215 §2), or must agree with that digest.
///
/// # Errors
/// The identifier is not known, or identifier, digest and key do not go together.
pub fn resolve_signature(
    signature: &AlgorithmIdentifier,
    digest: Option<DigestId>,
    key: &AlgorithmIdentifier,
) -> Result<SignatureId, Unresolved> {
    let oid = signature.algorithm;
    if oid == oids::RSA_PSS {
        return resolve_pss(signature, digest, key);
    }
    if let Some((_, scheme, own)) = COMBINED.iter().find(|(known, ..)| *known == oid) {
        let id = SignatureId {
            scheme: *scheme,
            digest: *own,
        };
        check_key(id.scheme, key)?;
        // EdDSA has no form with NULL (RFC 8410 §3).
        let proper = match id.scheme {
            SignatureScheme::Ed25519 | SignatureScheme::Ed448 => signature.parameters.is_none(),
            _ => signature.has_no_parameters(),
        };
        if !proper {
            return Err(Unresolved::BadParameters);
        }
        return match digest {
            Some(digest) if digest != id.digest => Err(Unresolved::DigestMismatch),
            _ => Ok(id),
        };
    }
    let (Some((_, scheme)), Some(digest)) = (KEYS.iter().find(|(known, _)| *known == oid), digest)
    else {
        return Err(Unresolved::Unknown(oid));
    };
    check_key(*scheme, key)?;
    // Some signers repeat the whole identifier of their key.
    if !signature.has_no_parameters() && signature.parameters != key.parameters {
        return Err(Unresolved::BadParameters);
    }
    if goes_with(*scheme, digest) {
        Ok(SignatureId {
            scheme: *scheme,
            digest,
        })
    } else {
        Err(Unresolved::DigestMismatch)
    }
}

/// RSASSA-PSS names its digest in its parameters, everywhere (RFC 4055 §3.1, RFC 4056 §3).
fn resolve_pss(
    signature: &AlgorithmIdentifier,
    digest: Option<DigestId>,
    key: &AlgorithmIdentifier,
) -> Result<SignatureId, Unresolved> {
    let id = SignatureId {
        scheme: SignatureScheme::RsaPss,
        digest: pss::digest_of(signature)?,
    };
    check_key(id.scheme, key)?;
    match digest {
        Some(digest) if digest != id.digest => Err(Unresolved::DigestMismatch),
        _ if goes_with(id.scheme, id.digest) => Ok(id),
        _ => Err(Unresolved::BadParameters),
    }
}

/// Whether keys of this kind sign by a scheme.
pub(super) fn fits_key(scheme: SignatureScheme, key: &AlgorithmIdentifier) -> bool {
    KEYS.contains(&(key.algorithm, scheme))
}

fn check_key(scheme: SignatureScheme, key: &AlgorithmIdentifier) -> Result<(), Unresolved> {
    if fits_key(scheme, key) {
        Ok(())
    } else {
        Err(Unresolved::KeyMismatch)
    }
}

/// Whether a scheme is used with a digest at all.
const fn goes_with(scheme: SignatureScheme, digest: DigestId) -> bool {
    let is_gost = matches!(
        digest,
        DigestId::Gost94 | DigestId::Streebog256 | DigestId::Streebog512
    );
    match scheme {
        SignatureScheme::RsaPkcs1
        | SignatureScheme::RsaPss
        | SignatureScheme::Ecdsa
        | SignatureScheme::Dsa => !is_gost && !matches!(digest, DigestId::Shake256),
        SignatureScheme::Ed25519 => matches!(digest, DigestId::Sha512),
        SignatureScheme::Ed448 => matches!(digest, DigestId::Shake256),
        SignatureScheme::Gost2001 => matches!(digest, DigestId::Gost94),
        SignatureScheme::Gost2012_256 => matches!(digest, DigestId::Streebog256),
        SignatureScheme::Gost2012_512 => matches!(digest, DigestId::Streebog512),
    }
}

#[cfg(test)]
mod tests;
