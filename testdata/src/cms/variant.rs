//! How a signature departs from the plain CAdES-BES a token writes.

use serde::Deserialize;

use super::archive::ArchiveDeclaration;
use super::countersignature::CounterSignature;
use super::hostile::Nesting;
use super::signed_extra::{PolicyStore, SignedExtra};
use super::validation_data::{Objects, References};
use crate::digest::Digest;
use crate::key::{Pkcs1, Pss, SequenceForm};
use crate::oid::Oid;
use crate::timestamp::Timestamp;

/// Departures from the plain form; the default departs in nothing.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Variant {
    pub encoding: Encoding,
    pub signed_attributes: SignedAttributes,
    /// Signed attributes to leave out.
    pub omit: Vec<AttributeName>,
    /// Signed attributes to write as two attributes.
    pub repeat: Vec<AttributeName>,
    /// Signed attributes to give two values.
    pub multi_valued: Vec<AttributeName>,
    /// Signed attributes whose value is of another ASN.1 type (a UTF8String).
    pub mistyped: Vec<AttributeName>,
    pub signing_certificate: SigningCertificate,
    /// The certificate that the signing-certificate attribute names, when not the signer's.
    pub signing_certificate_of: Option<String>,
    /// Value of the content-type attribute, when not the eContentType.
    pub content_type: Option<Oid>,
    /// `eContentType`, when not id-data.
    pub encapsulated_content_type: Option<Oid>,
    pub message_digest: MessageDigest,
    pub signer_identifier: SignerIdentifier,
    /// The certificate that the sid names, when not the signer's.
    pub signer_identifier_of: Option<String>,
    /// Embedded certificates by id; when absent, the signer's and its issuers' without the root.
    pub certificates: Option<Vec<String>>,
    /// Embedded CRLs by id.
    pub crls: Vec<String>,
    /// Embedded OCSP responses by id, each an `OtherRevocationInfoFormat` (RFC 5940 §2.1).
    pub ocsp: Vec<String>,
    /// Digest used over content and attributes, when not the key's own.
    pub digest: Option<Digest>,
    /// `SignerInfo.digestAlgorithm`, when it lies about the digest used.
    pub digest_algorithm: Option<Oid>,
    /// `SignedData.digestAlgorithms`, when it does not list the signer's digest; may be empty.
    pub digest_algorithms: Option<Vec<Oid>>,
    pub signature_algorithm: SignatureAlgorithm,
    /// `SignerInfo.signatureAlgorithm` as any identifier; wins over `signature_algorithm`.
    pub signature_algorithm_oid: Option<Oid>,
    pub parameters: Parameters,
    /// Parameters of the digest algorithm, hexadecimal DER; wins over `parameters`.
    pub digest_parameters: Option<String>,
    /// Parameters of the signature algorithm, hexadecimal DER; wins over `parameters`.
    pub signature_parameters: Option<String>,
    pub algorithm_protection: AlgorithmProtection,
    pub signature: SignatureOctets,
    /// The block that an RSA key signs, when not the exact one.
    pub pkcs1: Option<Pkcs1>,
    /// RSASSA-PSS in place of PKCS #1 v1.5.
    pub pss: Option<Pss>,
    /// The encoding of an ECDSA signature, when not the exact one.
    pub ecdsa: Option<SequenceForm>,
    /// More signers, by certificate id, after the first; each signs in the plain form.
    pub co_signers: Vec<String>,
    /// More signers, by certificate id, before the first.
    pub co_signers_before: Vec<String>,
    pub signers: Signers,
    /// The content to carry in place of the signed one.
    pub presented_content: Option<String>,
    pub time_stamp: Option<TimeStampDeclaration>,
    /// A time-stamp of the content, signed (EN 319 122-1 §5.2.8).
    pub content_time_stamp: Option<TimeStampDeclaration>,
    /// Signed attributes beside those of the plain form.
    pub signed_extra: Vec<SignedExtra>,
    /// The document of the signature policy, unsigned.
    pub policy_store: Option<PolicyStore>,
    /// Signatures over the signature value, unsigned.
    pub counter_signatures: Vec<CounterSignature>,
    /// The attributes complete-certificate-references and complete-revocation-references.
    pub references: Option<References>,
    /// A time-stamp of the signature, its time-stamp and the references: CAdES-X type 1.
    pub cades_c_time_stamp: Option<TimeStampDeclaration>,
    /// A time-stamp of the references: CAdES-X type 2.
    pub references_time_stamp: Option<TimeStampDeclaration>,
    /// The attributes certificate-values and revocation-values.
    pub values: Option<Objects>,
    /// Archive time-stamps, the oldest first.
    pub archive: Vec<ArchiveDeclaration>,
    /// Objects put into `SignedData.certificates` and `crls` after everything else was made.
    pub added_last: Objects,
    /// DER attributes that stand unsigned before those declared here.
    #[serde(skip)]
    pub unsigned: Vec<Vec<u8>>,
    /// An unsigned attribute with elements inside elements.
    pub nesting: Option<Nesting>,
    /// The whole file in place of the message, hexadecimal.
    pub file: Option<String>,
    /// Octets after the ContentInfo, hexadecimal.
    pub trailing: Option<String>,
    /// Flips one bit of the finished message: the octet's offset from the end, counted from 1.
    pub flip_from_end: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    #[default]
    Der,
    /// Indefinite lengths down to the content, and the content in chunks of 16 octets.
    BerIndefinite,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignedAttributes {
    /// In DER order, signed in that order.
    #[default]
    Sorted,
    /// Out of order, and signed as they stand.
    UnsortedSignedAsSent,
    /// Out of order, but signed in DER order.
    UnsortedSignedSorted,
    /// Signed with the `[0]` tag instead of SET OF: never valid.
    SignedWithImplicitTag,
    /// None: the content itself is signed.
    None,
    /// The attributes of a signed message are presented as its content, without attributes:
    /// the signature value still verifies (draft-ietf-lamps-cms-euf-cma-signeddata).
    StrippedIntoContent,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AttributeName {
    ContentType,
    MessageDigest,
    SigningTime,
    SigningCertificate,
    AlgorithmProtection,
}

/// The attribute CMSAlgorithmProtection (RFC 6211).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AlgorithmProtection {
    #[default]
    Absent,
    /// The two algorithms of the SignerInfo.
    Same,
    /// The same with NULL parameters, which the SignerInfo leaves out.
    SameWithNull,
    OtherDigest,
    OtherSignature,
    /// The digest alone.
    WithoutSignature,
    /// A MAC algorithm in place of the signature algorithm.
    Mac,
}

/// The ESS attribute (RFC 5035) that binds the signer's certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SigningCertificate {
    /// Version 2 with the key's digest, with issuerSerial.
    #[default]
    V2,
    /// Version 2 without issuerSerial.
    V2WithoutIssuerSerial,
    /// Version 2 with the default digest SHA-256, not written.
    V2DefaultDigest,
    /// Version 2 whose hash is of no certificate.
    V2WrongHash,
    /// Version 2 with the right hash and a wrong serial number.
    V2WrongSerial,
    /// Version 1 (SHA-1).
    V1,
    /// Both versions, both right.
    V1AndV2,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MessageDigest {
    #[default]
    OfContent,
    Wrong,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignerIdentifier {
    #[default]
    IssuerAndSerialNumber,
    SubjectKeyIdentifier,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignatureAlgorithm {
    /// The key's own identifier, as GOST and RSA signers write.
    #[default]
    Key,
    /// The identifier of key and digest together.
    Combined,
}

/// Parameters of the digest and signature AlgorithmIdentifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Parameters {
    /// NULL for RSA signatures, absent elsewhere.
    #[default]
    Customary,
    Absent,
    Null,
}

/// What becomes of the signature value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignatureOctets {
    #[default]
    AsMade,
    BitFlipped,
    /// r || s instead of s || r.
    HalvesSwapped,
    ZeroS,
    ZeroR,
    AllZero,
    /// s + q, for a curve whose order leaves room.
    SPlusOrder,
    /// r + q, for a curve whose order leaves room.
    RPlusOrder,
    /// The last octet is missing.
    Truncated,
    /// A zero octet more in front.
    Extended,
    /// SEQUENCE { INTEGER s, INTEGER r }.
    DerSequence,
    Empty,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Signers {
    #[default]
    Present,
    /// An empty SignerInfos.
    None,
}

/// A time-stamp in an attribute.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeStampDeclaration {
    /// The authority's certificate.
    pub authority: String,
    pub gen_time: Timestamp,
    #[serde(default)]
    pub imprint: Imprint,
    #[serde(default)]
    pub token: TokenVariant,
}

/// How a token departs from the plain form.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TokenVariant {
    pub version: Option<u64>,
    pub name: TokenName,
    /// One extension that no standard names.
    pub extension: TokenExtension,
    /// In the place of `id-ct-TSTInfo`.
    pub content_type: Option<Oid>,
    /// Of the message, when not that of the authority's key.
    pub imprint_digest: Option<Digest>,
    /// The status of the answer around it.
    pub response: Option<u64>,
    /// Departures of its signature.
    pub cms: Box<Variant>,
}

/// The field `tsa`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TokenName {
    #[default]
    Absent,
    /// The subject of the authority.
    Own,
    /// The issuer of the authority.
    OfIssuer,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TokenExtension {
    #[default]
    Absent,
    Plain,
    Critical,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Imprint {
    /// Of the signature value, or of the content.
    #[default]
    OfSignature,
    Wrong,
}
