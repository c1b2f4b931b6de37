//! `SignerInfo` (RFC 5652 §5.3).

use std::sync::OnceLock;

use crate::alg::identifier::AlgorithmIdentifier;
use crate::base::error::{Error, Reason, Structure};
use crate::base::limits::Budget;
use crate::der::element::Element;
use crate::der::octets::Octets;
use crate::der::oid::Oid;
use crate::der::reader::{Encoding, Reader};
use crate::der::tag::Tag;
use crate::x509::certificate::{Certificate, significant};
use crate::x509::name::Name;
use crate::x509::name_match;

use super::attribute::{Attributes, Single};
use super::signing_certificate::SigningCertificate;

/// One signature of a message (RFC 5652 §5.3).
///
/// ```text
/// SignerInfo ::= SEQUENCE { version INTEGER, sid SignerIdentifier, digestAlgorithm AlgorithmIdentifier,
///     signedAttrs [0] IMPLICIT SET OF Attribute OPTIONAL, signatureAlgorithm AlgorithmIdentifier,
///     signature OCTET STRING, unsignedAttrs [1] IMPLICIT SET OF Attribute OPTIONAL }
/// ```
#[derive(Clone, Debug)]
pub struct SignerInfo {
    /// Whose certificate it is.
    pub identifier: SignerIdentifier,
    /// The digest of the content and of the signed attributes.
    pub digest_algorithm: AlgorithmIdentifier,
    /// The signed attributes.
    pub signed_attributes: Option<SignedAttributes>,
    /// The signature algorithm.
    pub signature_algorithm: AlgorithmIdentifier,
    /// The signature value.
    pub signature: Octets,
    /// Hints that nobody signed.
    pub unsigned_attributes: Attributes,
    /// The whole encoded `SignerInfo`.
    pub octets: Octets,
}

/// The signed attributes with the octets they were sent in (RFC 5652 §5.4).
#[derive(Clone, Debug)]
pub struct SignedAttributes {
    /// The attributes.
    pub attributes: Attributes,
    /// The whole element, with its `[0]` tag.
    pub octets: Octets,
    signing_certificate: OnceLock<SigningCertificate>,
}

impl SignedAttributes {
    /// What they say of the signer's certificate, read when it is first asked for (EN 319 122-1 §5.2.2).
    ///
    /// # Errors
    /// A limit.
    pub fn signing_certificate(&self, budget: &mut Budget) -> Result<&SigningCertificate, Error> {
        if let Some(known) = self.signing_certificate.get() {
            return Ok(known);
        }
        let read = SigningCertificate::of(&self.attributes, budget)?;
        Ok(self.signing_certificate.get_or_init(|| read))
    }
}

/// How a signer is named (RFC 5652 §5.3).
#[derive(Clone, Debug)]
pub enum SignerIdentifier {
    /// By issuer name and serial number.
    IssuerAndSerialNumber {
        /// Issuer name.
        issuer: Name,
        /// Contents of the serial number INTEGER.
        serial: Octets,
    },
    /// By the subjectKeyIdentifier extension.
    SubjectKeyIdentifier(Octets),
}

impl SignerIdentifier {
    /// Whether it names this certificate (RFC 5652 §5.3).
    ///
    /// # Errors
    /// The limit on name comparisons.
    pub fn names(&self, certificate: &Certificate, budget: &mut Budget) -> Result<bool, Error> {
        match self {
            Self::IssuerAndSerialNumber { issuer, serial } => Ok(significant(serial)
                == significant(&certificate.serial)
                && name_match::matches(issuer, &certificate.issuer, budget)?),
            Self::SubjectKeyIdentifier(identifier) => {
                let known = certificate.extensions.subject_key_identifier.as_ref();
                Ok(known.is_some_and(|known| known == identifier))
            }
        }
    }
}

impl SignerInfo {
    /// A signed attribute that must be single (RFC 5652 §11).
    #[must_use]
    pub fn single_signed(&self, id: Oid) -> Single<'_> {
        match &self.signed_attributes {
            Some(signed) => signed.attributes.single(id),
            None => Single::Absent,
        }
    }

    /// Reads a value of the attribute counterSignature (RFC 5652 §11.4).
    ///
    /// # Errors
    /// It is malformed; a limit.
    pub fn from_ber(value: &Octets, budget: &mut Budget) -> Result<Self, Error> {
        let mut reader = Reader::new(value, Encoding::Ber, Structure::SignerInfo);
        let element = reader.expect(Tag::SEQUENCE, budget)?;
        reader.finish()?;
        Self::from_element(&element, budget)
    }

    pub(super) fn from_element(element: &Element<'_>, budget: &mut Budget) -> Result<Self, Error> {
        let mut fields = element.reader(Structure::SignerInfo, budget)?;
        let version = fields.expect(Tag::INTEGER, budget)?;
        if !matches!(version.small_integer()?, 1 | 3) {
            return Err(version.malformed(Reason::UnsupportedVersion));
        }
        let identifier = read_identifier(&mut fields, budget)?;
        let digest_algorithm = AlgorithmIdentifier::read(&mut fields, budget)?;
        let signed_attributes = match fields.optional(Tag::context(0).constructed(), budget)? {
            Some(element) => {
                let attributes = Attributes::read(&element, budget)?;
                if attributes.all.is_empty() {
                    return Err(element.malformed(Reason::Empty));
                }
                Some(SignedAttributes {
                    attributes,
                    octets: element.octets(),
                    signing_certificate: OnceLock::new(),
                })
            }
            None => None,
        };
        let signature_algorithm = AlgorithmIdentifier::read(&mut fields, budget)?;
        let signature = fields.expect_string(Tag::OCTET_STRING, budget)?;
        let signature = if signature.tag.is_constructed() {
            Octets::from(signature.string_octets(budget)?.into_owned())
        } else {
            signature.content()
        };
        let unsigned_attributes = match fields.optional(Tag::context(1).constructed(), budget)? {
            Some(element) => Attributes::read(&element, budget)?,
            None => Attributes::default(),
        };
        fields.finish()?;
        Ok(Self {
            identifier,
            digest_algorithm,
            signed_attributes,
            signature_algorithm,
            signature,
            unsigned_attributes,
            octets: element.octets(),
        })
    }
}

fn read_identifier(
    fields: &mut Reader<'_>,
    budget: &mut Budget,
) -> Result<SignerIdentifier, Error> {
    match fields.peek_tag() {
        Some(Tag::SEQUENCE) => {
            let mut inside = fields.enter(Tag::SEQUENCE, budget)?;
            let issuer = Name::read(&mut inside, budget)?;
            let serial = inside.expect(Tag::INTEGER, budget)?.content();
            inside.finish()?;
            Ok(SignerIdentifier::IssuerAndSerialNumber { issuer, serial })
        }
        _ => {
            let identifier = fields.expect(Tag::context(0), budget)?;
            Ok(SignerIdentifier::SubjectKeyIdentifier(identifier.content()))
        }
    }
}
