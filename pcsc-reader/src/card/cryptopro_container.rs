//! Key containers of CryptoPro CSP: what `name.key` and `header.key` say.
//!
//! A container is six files. Two are read: `name.key`, and `header.key`, which holds the certificates. The other four,
//! masks and primary, are the private key; [`ContainerFile`] cannot name them.

mod checksum;
mod layout;
mod road;
mod scan;
mod text;

pub(super) use road::from_table;

use sig_core::base::error::Structure;
use sig_core::der::element::Element;
use sig_core::der::octets::Octets;
use sig_core::der::oid::Oid;
use sig_core::der::reader::{Encoding, Reader};
use sig_core::der::tag::Tag;
use sig_core::x509::certificate::Certificate;
use sig_core::{Budget, Error, Limits, UnixTime};

/// Most octets of a file of a container that is read: two certificates and room for what else is there.
pub(super) const MOST_OCTETS: usize = 32 * 1024;

/// Octets of the fingerprint of a public key.
const FINGERPRINT: usize = 8;

/// Validity of a private key (RFC 5280 edition of 1999, §4.2.1.4: `privateKeyUsagePeriod`).
const PRIVATE_KEY_USAGE_PERIOD: Oid = Oid::new(&[2, 5, 29, 16]);

/// A file of a container that this program reads. There is no value for masks and primary: they are the private key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ContainerFile {
    /// `header.key`.
    Header,
    /// `name.key`.
    Name,
}

impl ContainerFile {
    /// The low octet of its file identifier.
    pub(super) const fn suffix(self) -> u8 {
        match self {
            ContainerFile::Header => 0x03,
            ContainerFile::Name => 0x06,
        }
    }
}

/// What `header.key` says of a container.
///
/// ```text
/// GostKeyContainer ::= SEQUENCE { keyContainerContent, hmacKeyContainerContent OCTET STRING }
/// content ::= SEQUENCE {
///   [0] containerAlgorithmIdentifier OPTIONAL, containerName IA5String OPTIONAL, attributes BIT STRING,
///   primaryPrivateKeyParameters SEQUENCE { attributes BIT STRING, [0] IMPLICIT AlgorithmIdentifier },
///   [2] [3] [4] secondaryPrivateKeyParameters OPTIONAL, [5] primaryCertificate [6] secondaryCertificate OPTIONAL,
///   [7] [8] [9], [10] primaryFP [11] secondaryFP OCTET STRING (8) OPTIONAL, OBJECT IDENTIFIER OPTIONAL,
///   INTEGER OPTIONAL, [12] Extensions OPTIONAL, [13] OPTIONAL }
/// ```
#[derive(Clone, Default)]
pub struct ContainerHeader {
    /// Name of the container as the header has it.
    pub name: Option<String>,
    /// The container holds certificates and no key.
    pub is_key_absent: bool,
    /// The first key, mostly for key exchange and signatures.
    pub primary: ContainerKey,
    /// The second key, of signature only, where the container has one.
    pub secondary: Option<ContainerKey>,
    /// When use of the key begins.
    pub not_before: Option<UnixTime>,
    /// When use of the key ends.
    pub not_after: Option<UnixTime>,
    /// The header is not of the schema: only certificates and fingerprints were looked for.
    pub is_scanned: bool,
    /// The checksum is that of the header; none where there is none to compare. It is no protection against changes.
    pub is_whole: Option<bool>,
}

/// A key of a container.
#[derive(Clone, Default)]
pub struct ContainerKey {
    /// Algorithm of the key.
    pub algorithm: Option<Oid>,
    /// Parameter set of the key.
    pub parameter_set: Option<Oid>,
    /// The key may be copied out of the container.
    pub is_exportable: Option<bool>,
    /// Its certificate.
    pub certificate: Option<ContainerCertificate>,
    /// The first octets of its public key.
    pub fingerprint: Option<[u8; FINGERPRINT]>,
}

/// A certificate in a container.
#[derive(Clone)]
pub struct ContainerCertificate {
    /// DER of the certificate (RFC 5280 §4.1).
    pub octets: Vec<u8>,
    /// Whether it is that of the key of the container.
    pub binding: KeyBinding,
}

/// Whether a certificate is that of the key beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyBinding {
    /// The fingerprint of the key is that of the certificate's public key.
    Agrees,
    /// It is not: another certificate lies in the container.
    Contradicts,
    /// There is nothing to compare, or the key is of another kind.
    Unknown,
}

impl ContainerHeader {
    /// Reads `header.key`. One that does not keep the schema is searched for certificates and fingerprints.
    ///
    /// # Errors
    /// The octets are not of the schema and nothing in them is a certificate.
    ///
    /// # Limits
    /// The elements of [`Limits::STANDARD`].
    pub fn from_der(octets: &[u8]) -> Result<Self, Error> {
        let source = Octets::from(octets);
        let mut budget = Budget::new(Limits {
            bytes: 1 << 20,
            depth: 16,
            nodes: 4_096,
            ..Limits::STANDARD
        });
        match read(&source, &mut budget) {
            Ok(header) => Ok(header),
            Err(error) => scan::search(octets).ok_or(error),
        }
    }

    /// The keys of the container with the number that CryptoPro gives their use: 1 exchange, 2 signature.
    pub(super) fn keys(&self) -> impl Iterator<Item = (u8, &ContainerKey)> {
        std::iter::once((1, &self.primary)).chain(self.secondary.iter().map(|key| (2, key)))
    }
}

/// The name in `name.key`: `SEQUENCE { string }`, in ASCII or Windows-1251.
///
/// # Errors
/// The octets are no such structure, or the string is empty.
pub fn container_name(octets: &[u8]) -> Result<String, Error> {
    let source = Octets::from(octets);
    let mut budget = Budget::new(Limits::STANDARD);
    let mut reader = Reader::new(&source, Encoding::Der, Structure::Object);
    let mut fields = reader.enter(Tag::SEQUENCE, &mut budget)?;
    let string = fields.element(&mut budget)?;
    let name = text::shown(string.content_bytes());
    if string.tag.is_constructed() || name.is_empty() {
        return Err(string.malformed(sig_core::base::error::Reason::InvalidValue));
    }
    Ok(name)
}

fn read(source: &Octets, budget: &mut Budget) -> Result<ContainerHeader, Error> {
    let mut reader = Reader::new(source, Encoding::Der, Structure::Object);
    let mut container = reader.enter(Tag::SEQUENCE, budget)?;
    let content = container.expect(Tag::SEQUENCE, budget)?;
    let checksum = container.expect(Tag::OCTET_STRING, budget)?;
    container.finish()?;

    let mut fields = content.reader(Structure::Object, budget)?;
    let mut header = ContainerHeader {
        is_whole: Some(checksum::is_of(&content.octets(), checksum.content_bytes())),
        ..ContainerHeader::default()
    };
    let mut secondary = ContainerKey::default();
    let mut has_secondary = false;
    fields.optional(Tag::context(0).constructed(), budget)?;
    if let Some(name) = fields.optional(Tag::IA5_STRING, budget)? {
        header.name = Some(text::shown(name.content_bytes())).filter(|name| !name.is_empty());
    }
    let attributes = fields.expect(Tag::BIT_STRING, budget)?.named_bits()?;
    header.is_key_absent = attributes & 0x2000 != 0;
    let parameters = fields.expect(Tag::SEQUENCE, budget)?;
    key_parameters(&parameters, &mut header.primary, budget)?;
    while !fields.is_empty() {
        let field = fields.element(budget)?;
        let Some(number) = field.tag.context_number() else {
            // passwordPolicy and securityLevel say nothing of what is read here.
            if matches!(field.tag, Tag::OID | Tag::INTEGER) {
                continue;
            }
            return Err(field.malformed(sig_core::base::error::Reason::UnexpectedTag));
        };
        match number {
            4 => {
                has_secondary = true;
                key_parameters(&field, &mut secondary, budget)?;
            }
            5 => header.primary.certificate = certificate(&field, budget)?,
            6 => {
                has_secondary = true;
                secondary.certificate = certificate(&field, budget)?;
            }
            10 => header.primary.fingerprint = Some(fingerprint(&field)?),
            11 => {
                has_secondary = true;
                secondary.fingerprint = Some(fingerprint(&field)?);
            }
            12 => key_validity(&field, &mut header, budget)?,
            2 | 3 | 7 | 8 | 9 | 13 => {}
            _ => return Err(field.malformed(sig_core::base::error::Reason::UnexpectedTag)),
        }
    }
    header.primary.bind(budget);
    secondary.bind(budget);
    header.secondary = has_secondary.then_some(secondary);
    Ok(header)
}

/// `SEQUENCE { attributes BIT STRING, [0] IMPLICIT SEQUENCE { algorithm, SEQUENCE { curve, digest } } }`.
fn key_parameters(
    element: &Element<'_>,
    key: &mut ContainerKey,
    budget: &mut Budget,
) -> Result<(), Error> {
    let mut fields = element.reader(Structure::Object, budget)?;
    let attributes = fields.expect(Tag::BIT_STRING, budget)?.named_bits()?;
    key.is_exportable = Some(attributes & 0x8000 != 0);
    let mut algorithm = fields.enter(Tag::context(0).constructed(), budget)?;
    key.algorithm = Some(algorithm.oid(budget)?);
    if let Some(parameters) = algorithm.optional(Tag::SEQUENCE, budget)? {
        let mut sets = parameters.reader(Structure::Object, budget)?;
        if let Some(set) = sets.optional(Tag::OID, budget)? {
            key.parameter_set = Some(set.oid()?);
        }
    }
    Ok(())
}

/// The certificate in `[5]` or `[6]`, if any: writers leave the octets as they are, under a primitive tag.
fn certificate(
    element: &Element<'_>,
    budget: &mut Budget,
) -> Result<Option<ContainerCertificate>, Error> {
    let octets = element.content();
    if octets.is_empty() {
        return Ok(None);
    }
    Certificate::from_der(&octets, budget)?;
    Ok(Some(ContainerCertificate {
        octets: octets.to_vec(),
        binding: KeyBinding::Unknown,
    }))
}

fn fingerprint(element: &Element<'_>) -> Result<[u8; FINGERPRINT], Error> {
    element
        .content_bytes()
        .try_into()
        .map_err(|_| element.malformed(sig_core::base::error::Reason::InvalidValue))
}

/// The period in `Extensions`, written with or without a SEQUENCE of its own.
fn key_validity(
    element: &Element<'_>,
    header: &mut ContainerHeader,
    budget: &mut Budget,
) -> Result<(), Error> {
    let mut list = element.reader(Structure::Extension, budget)?;
    if let [0x30, _, 0x30, ..] | [0x30, 0x81, _, 0x30, ..] | [0x30, 0x82, _, _, 0x30, ..] =
        element.content_bytes()
    {
        list = list.enter(Tag::SEQUENCE, budget)?;
    }
    while !list.is_empty() {
        let mut extension = list.enter(Tag::SEQUENCE, budget)?;
        let oid = extension.oid(budget)?;
        extension.optional(Tag::BOOLEAN, budget)?;
        let value = extension.expect(Tag::OCTET_STRING, budget)?.content();
        if oid != PRIVATE_KEY_USAGE_PERIOD {
            continue;
        }
        let mut reader = Reader::new(&value, Encoding::Der, Structure::Extension);
        let mut period = reader.enter(Tag::SEQUENCE, budget)?;
        header.not_before = generalized(&mut period, 0, budget)?;
        header.not_after = generalized(&mut period, 1, budget)?;
    }
    Ok(())
}

/// `[number] IMPLICIT GeneralizedTime OPTIONAL`.
fn generalized(
    fields: &mut Reader<'_>,
    number: u32,
    budget: &mut Budget,
) -> Result<Option<UnixTime>, Error> {
    let Some(element) = fields.optional(Tag::context(number), budget)? else {
        return Ok(None);
    };
    let mut octets = vec![0x18, 15];
    octets.extend_from_slice(element.content_bytes());
    let source = Octets::from(octets);
    let mut reader = Reader::new(&source, Encoding::Der, Structure::Time);
    reader.element(budget)?.time().map(Some)
}

impl ContainerKey {
    /// Compares the fingerprint of the key with the certificate's public key: it is the first octets of x,
    /// little-endian, which is how a certificate of a GOST key begins (RFC 4491 §2.3.2, RFC 9215 §4.3).
    fn bind(&mut self, budget: &mut Budget) {
        let (Some(certificate), Some(fingerprint)) = (&mut self.certificate, &self.fingerprint)
        else {
            return;
        };
        let source = Octets::from(certificate.octets.as_slice());
        let Ok(parsed) = Certificate::from_der(&source, budget) else {
            return;
        };
        let mut reader = Reader::new(
            &parsed.spki.public_key,
            Encoding::Der,
            Structure::SubjectPublicKeyInfo,
        );
        if let Ok(point) = reader.expect(Tag::OCTET_STRING, budget) {
            let agrees = point.content_bytes().starts_with(fingerprint);
            certificate.binding = if agrees {
                KeyBinding::Agrees
            } else {
                KeyBinding::Contradicts
            };
        }
    }
}

#[cfg(test)]
mod tests;
