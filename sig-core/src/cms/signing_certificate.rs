//! The signing-certificate attributes (RFC 2634 §5.4, RFC 5035 §3).

use crate::alg::digest::DigestId;
use crate::alg::identifier::{AlgorithmIdentifier, resolve_digest};
use crate::base::error::{Error, Reason, Structure};
use crate::base::limits::Budget;
use crate::der::octets::Octets;
use crate::der::oid::Oid;
use crate::der::oids;
use crate::der::reader::{Encoding, Reader};
use crate::der::tag::Tag;
use crate::x509::certificate::{Certificate, significant};
use crate::x509::extension::general_name::GeneralName;
use crate::x509::name_match;

use super::attribute::{Attributes, Single};

/// The reference to the signer's certificate: the first `ESSCertID` or `ESSCertIDv2` (RFC 5035 §3).
///
/// ```text
/// ESSCertIDv2 ::= SEQUENCE { hashAlgorithm AlgorithmIdentifier DEFAULT {id-sha256}, certHash OCTET STRING,
///     issuerSerial SEQUENCE { issuer GeneralNames, serialNumber INTEGER } OPTIONAL }
/// ```
#[derive(Clone, Debug)]
pub struct CertificateReference {
    /// The digest algorithm, when it is known.
    pub algorithm: Result<DigestId, Oid>,
    /// The digest of the whole certificate.
    pub digest: Octets,
    /// Issuer and serial number.
    pub issuer_serial: Option<IssuerSerial>,
}

/// Issuer and serial number inside a certificate reference (RFC 5035 §3).
#[derive(Clone, Debug)]
pub struct IssuerSerial {
    issuer: Vec<GeneralName>,
    serial: Octets,
}

/// What the signed attributes say of the signer's certificate (EN 319 122-1 §5.2.2).
#[derive(Clone, Debug)]
pub enum SigningCertificate {
    /// Neither attribute is there.
    Absent,
    /// An attribute occurs more than once or holds several values.
    NotSingle,
    /// The value is malformed.
    Malformed,
    /// The references: one, or two when both versions of the attribute are there.
    References(Vec<CertificateReference>),
}

impl SigningCertificate {
    /// Reads both versions of the attribute (EN 319 122-1 §5.2.2).
    ///
    /// # Errors
    /// A limit.
    pub fn of(attributes: &Attributes, budget: &mut Budget) -> Result<Self, Error> {
        let mut references = Vec::new();
        for id in [oids::SIGNING_CERTIFICATE, oids::SIGNING_CERTIFICATE_V2] {
            match attributes.single(id) {
                Single::Absent => {}
                Single::NotSingle => return Ok(Self::NotSingle),
                Single::Value(value) => match read(id, value, budget) {
                    Ok(reference) => references.push(reference),
                    Err(Error::Malformed(_)) => return Ok(Self::Malformed),
                    Err(other) => return Err(other),
                },
            }
        }
        Ok(if references.is_empty() {
            Self::Absent
        } else {
            Self::References(references)
        })
    }
}

impl IssuerSerial {
    /// Whether it names this certificate (EN 319 102-1 §5.2.3.4).
    ///
    /// # Errors
    /// The limit on name comparisons.
    pub fn names(&self, certificate: &Certificate, budget: &mut Budget) -> Result<bool, Error> {
        if significant(&self.serial) != significant(&certificate.serial) {
            return Ok(false);
        }
        for name in &self.issuer {
            if let GeneralName::Directory(name) = name
                && name_match::matches(name, &certificate.issuer, budget)?
            {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Both attributes are `SEQUENCE { certs SEQUENCE OF …, policies SEQUENCE OF … OPTIONAL }`.
fn read(id: Oid, value: &Octets, budget: &mut Budget) -> Result<CertificateReference, Error> {
    let mut reader = Reader::new(value, Encoding::Ber, Structure::SigningCertificate);
    let mut fields = reader.enter(Tag::SEQUENCE, budget)?;
    reader.finish()?;
    let mut references = fields.enter(Tag::SEQUENCE, budget)?;
    fields.optional(Tag::SEQUENCE, budget)?;
    fields.finish()?;
    if references.is_empty() {
        return Err(references.malformed(references.offset(), Reason::Missing));
    }
    let mut first = references.enter(Tag::SEQUENCE, budget)?;
    let algorithm = match first.peek_tag() {
        _ if id == oids::SIGNING_CERTIFICATE => Ok(DigestId::Sha1),
        Some(Tag::SEQUENCE) => {
            let identifier = AlgorithmIdentifier::read(&mut first, budget)?;
            resolve_digest(&identifier).map_err(|_| identifier.algorithm)
        }
        _ => Ok(DigestId::Sha256),
    };
    let digest = first.expect(Tag::OCTET_STRING, budget)?.content();
    let issuer_serial = match first.optional(Tag::SEQUENCE, budget)? {
        Some(element) => {
            let mut inside = element.reader(Structure::SigningCertificate, budget)?;
            let names = inside.expect(Tag::SEQUENCE, budget)?;
            let issuer = GeneralName::read_all(&names, budget)?;
            let serial = inside.expect(Tag::INTEGER, budget)?.content();
            inside.finish()?;
            Some(IssuerSerial { issuer, serial })
        }
        None => None,
    };
    first.finish()?;
    Ok(CertificateReference {
        algorithm,
        digest,
        issuer_serial,
    })
}
