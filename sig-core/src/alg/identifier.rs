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
use super::ecdsa;
use super::provider::SCHEMES;
use super::rsa::pss;
use super::scheme::{Input, Scheme};
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

    /// Verifies a signature of this algorithm, in its form and with the salt that its parameters state.
    ///
    /// # Errors
    /// As for [`VerifyingKey::verify`].
    pub fn verify(
        &self,
        key: &dyn VerifyingKey,
        message: Message<'_>,
        signature: &[u8],
    ) -> Result<(), NotVerified> {
        if ecdsa::is_plain(&self.algorithm) {
            return key.verify_plain(message, signature);
        }
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
    (sha3(7), DigestId::Sha3_224),
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
        DigestId::Sha3_224 => sha3(7),
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
    for row in SCHEMES {
        if let Some((_, own)) = row.combined.iter().find(|(known, _)| *known == oid) {
            return resolve_combined(row, *own, signature, digest, key);
        }
    }
    let row = SCHEMES.iter().find(|row| row.keys.contains(&oid));
    let (Some(row), Some(digest)) = (row, digest) else {
        return Err(Unresolved::Unknown(oid));
    };
    check_key(row.scheme, key)?;
    // Some signers repeat the whole identifier of their key.
    if !signature.has_no_parameters() && signature.parameters != key.parameters {
        return Err(Unresolved::BadParameters);
    }
    if (row.goes_with)(digest) {
        Ok(SignatureId {
            scheme: row.scheme,
            digest,
        })
    } else {
        Err(Unresolved::DigestMismatch)
    }
}

/// The digest of the message that a signature of a certificate or CRL is made over, by its identifier alone: for
/// reading an object before the key is known. None when the identifier names no digest, or the scheme signs the
/// octets themselves.
#[must_use]
pub fn digest_of_signature(signature: &AlgorithmIdentifier) -> Option<DigestId> {
    if signature.algorithm == oids::RSA_PSS {
        return pss::digest_of(signature).ok();
    }
    let signs_digest = |row: &&&Scheme| matches!(row.input, Input::Digest);
    let mut combined = SCHEMES
        .iter()
        .filter(signs_digest)
        .flat_map(|row| row.combined);
    let found = combined.find(|(known, _)| *known == signature.algorithm);
    found.map(|(_, digest)| *digest)
}

/// An identifier that names scheme and digest together (RFC 5754 §3, RFC 8419 §2.2, RFC 4491 §2.2.2, RFC 9215 §2).
/// EdDSA identifiers name no digest of a content: RFC 8419 §2.3 fixes it.
fn resolve_combined(
    row: &Scheme,
    own: DigestId,
    signature: &AlgorithmIdentifier,
    digest: Option<DigestId>,
    key: &AlgorithmIdentifier,
) -> Result<SignatureId, Unresolved> {
    check_key(row.scheme, key)?;
    let proper = match row.input {
        Input::Octets => signature.parameters.is_none(),
        // Signers by plain ECDSA repeat the curve of their key.
        Input::Digest => {
            let repeats_key = signature.parameters == key.parameters;
            signature.has_no_parameters() || repeats_key && ecdsa::is_plain(&signature.algorithm)
        }
    };
    if !proper {
        return Err(Unresolved::BadParameters);
    }
    match digest {
        Some(digest) if digest != own => Err(Unresolved::DigestMismatch),
        _ => Ok(SignatureId {
            scheme: row.scheme,
            digest: own,
        }),
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
        _ if (pss::SCHEME.goes_with)(id.digest) => Ok(id),
        _ => Err(Unresolved::BadParameters),
    }
}

/// Whether keys of this kind sign by a scheme.
pub(super) fn fits_key(scheme: SignatureScheme, key: &AlgorithmIdentifier) -> bool {
    let row = scheme.row();
    row.is_some_and(|row| row.keys.contains(&key.algorithm))
}

fn check_key(scheme: SignatureScheme, key: &AlgorithmIdentifier) -> Result<(), Unresolved> {
    if fits_key(scheme, key) {
        Ok(())
    } else {
        Err(Unresolved::KeyMismatch)
    }
}

#[cfg(test)]
mod tests;
