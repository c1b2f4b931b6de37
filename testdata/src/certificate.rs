//! Certificates (RFC 5280 §4.1).

use serde::Deserialize;
use sha1::{Digest as _, Sha1};

use crate::der;
use crate::error::Error;
use crate::extension::Extensions;
use crate::key::Key;
use crate::name::Attribute;
use crate::timestamp::Timestamp;

/// What a declaration says of a certificate.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CertificateDeclaration {
    pub id: String,
    pub key: String,
    /// The issuing certificate; its own id for a self-signed one.
    pub issuer: String,
    /// The key that really signs, when it is not the issuer's.
    pub signed_with: Option<String>,
    /// Hexadecimal; derived from the id when absent.
    pub serial: Option<String>,
    pub not_before: Timestamp,
    pub not_after: Timestamp,
    /// A declared person, whose attributes come first in the subject.
    pub person: Option<String>,
    #[serde(default)]
    pub subject: Vec<Attribute>,
    pub profile: Option<String>,
    #[serde(default)]
    pub extensions: Extensions,
    #[serde(default)]
    pub signature: SignatureFault,
    #[serde(default)]
    pub signature_parameters: SignatureParameters,
}

/// Whether a made signature is damaged afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignatureFault {
    #[default]
    None,
    BitFlipped,
}

impl SignatureFault {
    /// `signature` with the fault.
    pub fn apply(self, mut signature: Vec<u8>) -> Vec<u8> {
        if self == Self::BitFlipped
            && let Some(last) = signature.last_mut()
        {
            *last ^= 0x01;
        }
        signature
    }
}

/// Parameters of the signature `AlgorithmIdentifier`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignatureParameters {
    /// As the algorithm's standard wants: NULL for RSA, absent for the others.
    #[default]
    Customary,
    /// NULL, as some accredited CAs wrote beside GOST algorithms.
    Null,
}

/// A made certificate.
#[derive(Debug, Clone)]
pub struct Certificate {
    pub id: String,
    /// Id of the key pair.
    pub key: String,
    /// Id of the issuing certificate.
    pub issuer: String,
    pub der: Vec<u8>,
    /// Big-endian, without a leading zero.
    pub serial: Vec<u8>,
    /// DER `Name`.
    pub subject_name: Vec<u8>,
    /// DER `Name`.
    pub issuer_name: Vec<u8>,
    pub subject: Vec<Attribute>,
    pub subject_key_id: Vec<u8>,
    pub not_before: Timestamp,
    pub not_after: Timestamp,
}

impl Certificate {
    pub fn is_self_signed(&self) -> bool {
        self.id == self.issuer
    }
}

/// What a certificate is made of.
pub(crate) struct Parts<'a> {
    pub declaration: &'a CertificateDeclaration,
    pub subject: Vec<Attribute>,
    pub extensions: Extensions,
    pub key: &'a Key,
    /// None when the certificate signs itself.
    pub issuer: Option<&'a Certificate>,
    pub signing_key: &'a Key,
    pub serial: Vec<u8>,
}

/// SHA-1 over the octets of the public key (RFC 5280 §4.2.1.2 method 1).
pub fn key_identifier(key: &Key) -> Vec<u8> {
    Sha1::digest(key.public_key_octets()).to_vec()
}

pub(crate) fn make(parts: Parts<'_>) -> Result<Certificate, Error> {
    let declaration = parts.declaration;
    let subject_name = crate::name::to_der(&parts.subject);
    let issuer_name = parts.issuer.map_or_else(
        || subject_name.clone(),
        |issuer| issuer.subject_name.clone(),
    );
    let subject_key_id = key_identifier(parts.key);
    let extensions = parts
        .extensions
        .to_der(&subject_key_id, parts.issuer)
        .map_err(|error| {
            Error::value(format!("certificate {}", declaration.id), error.to_string())
        })?;
    let digest = parts.signing_key.digest();
    let algorithm = match declaration.signature_parameters {
        SignatureParameters::Customary => parts.signing_key.signature_algorithm(digest),
        SignatureParameters::Null => {
            der::algorithm(&parts.signing_key.combined_oid(digest), Some(der::null()))
        }
    };
    let mut fields = vec![
        der::context(0, &der::small_integer(2)),
        der::integer(&parts.serial),
        algorithm.clone(),
        issuer_name.clone(),
        der::sequence(&[
            der::time(declaration.not_before),
            der::time(declaration.not_after),
        ]),
        subject_name.clone(),
        parts.key.subject_public_key_info(),
    ];
    // An empty SEQUENCE OF Extension is not allowed (RFC 5280 §4.1).
    if extensions.len() > 2 {
        fields.push(der::context(3, &extensions));
    }
    let to_be_signed = der::sequence(&fields);
    let signature = declaration
        .signature
        .apply(parts.signing_key.sign(digest, &to_be_signed)?);
    Ok(Certificate {
        id: declaration.id.clone(),
        key: declaration.key.clone(),
        issuer: declaration.issuer.clone(),
        der: der::sequence(&[to_be_signed, algorithm, der::bit_string(&signature)]),
        serial: parts.serial,
        subject_name,
        issuer_name,
        subject: parts.subject,
        subject_key_id,
        not_before: declaration.not_before,
        not_after: declaration.not_after,
    })
}
