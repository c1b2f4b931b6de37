//! Signed attributes of CAdES-BES (ETSI EN 319 122-1 §5, RFC 5652 §11, RFC 5035).

use super::variant::{
    AlgorithmProtection, AttributeName, MessageDigest, SigningCertificate, Variant,
};
use crate::certificate::Certificate;
use crate::der;
use crate::digest::Digest;
use crate::oid::{self, Oid};
use crate::timestamp::Timestamp;

/// What the attributes speak of.
pub struct Subject<'a> {
    pub content: &'a [u8],
    pub content_type: &'a Oid,
    pub signing_time: Timestamp,
    /// The certificate to name; the signer's unless a variant says otherwise.
    pub certificate: &'a Certificate,
    pub digest: Digest,
    /// `SignerInfo.digestAlgorithm`.
    pub digest_algorithm: &'a [u8],
    /// `SignerInfo.signatureAlgorithm`.
    pub signature_algorithm: &'a [u8],
}

/// The attributes, each a DER `Attribute`, in DER order.
pub fn signed_attributes(subject: &Subject<'_>, variant: &Variant) -> Vec<Vec<u8>> {
    let content_type = variant
        .content_type
        .as_ref()
        .unwrap_or(subject.content_type);
    let mut message_digest = subject.digest.of(subject.content);
    if variant.message_digest == MessageDigest::Wrong {
        message_digest[0] ^= 0x01;
    }
    let mut values = vec![
        (
            AttributeName::ContentType,
            oid::CONTENT_TYPE,
            der::object_identifier(content_type),
        ),
        (
            AttributeName::MessageDigest,
            oid::MESSAGE_DIGEST,
            der::octet_string(&message_digest),
        ),
        (
            AttributeName::SigningTime,
            oid::SIGNING_TIME,
            der::time(subject.signing_time),
        ),
    ];
    let form = variant.signing_certificate;
    if matches!(form, SigningCertificate::V1 | SigningCertificate::V1AndV2) {
        values.push((
            AttributeName::SigningCertificate,
            oid::SIGNING_CERTIFICATE,
            version_1(subject),
        ));
    }
    if form != SigningCertificate::V1 {
        values.push((
            AttributeName::SigningCertificate,
            oid::SIGNING_CERTIFICATE_V2,
            version_2(subject, form),
        ));
    }
    if let Some(value) = algorithm_protection(subject, variant.algorithm_protection) {
        values.push((
            AttributeName::AlgorithmProtection,
            oid::ALGORITHM_PROTECTION,
            value,
        ));
    }
    let mut attributes = Vec::new();
    for (name, oid, value) in values {
        if variant.omit.contains(&name) {
            continue;
        }
        let value = if variant.mistyped.contains(&name) {
            der::utf8_string("2026")
        } else {
            value
        };
        let mut set = vec![value];
        if variant.multi_valued.contains(&name) {
            set.push(other_value(name, &set[0]));
        }
        attributes.push(attribute(&oid, &set));
        if variant.repeat.contains(&name) {
            attributes.push(attribute(&oid, &[other_value(name, &set[0])]));
        }
    }
    der::sorted(&attributes)
}

/// DER `Attribute`.
pub fn attribute(oid: &Oid, values: &[Vec<u8>]) -> Vec<u8> {
    der::sequence(&[der::object_identifier(oid), der::set_of(values)])
}

/// A second value that differs from the first but is of the same type.
fn other_value(name: AttributeName, value: &[u8]) -> Vec<u8> {
    match name {
        AttributeName::ContentType => der::object_identifier(&oid::SIGNED_DATA),
        AttributeName::SigningTime => der::time(Timestamp(1_577_836_800)),
        AttributeName::MessageDigest
        | AttributeName::SigningCertificate
        | AttributeName::AlgorithmProtection => {
            let mut other = value.to_vec();
            if let Some(last) = other.last_mut() {
                *last ^= 0x01;
            }
            other
        }
    }
}

/// `CMSAlgorithmProtection` (RFC 6211 §2).
fn algorithm_protection(subject: &Subject<'_>, form: AlgorithmProtection) -> Option<Vec<u8>> {
    let digest = subject.digest_algorithm.to_vec();
    // SEQUENCE becomes the implicit [1] or [2].
    let tagged = |number: u8, algorithm: &[u8]| {
        let mut octets = algorithm.to_vec();
        octets[0] = 0xA0 | number;
        octets
    };
    let signature = tagged(1, subject.signature_algorithm);
    Some(der::sequence(&match form {
        AlgorithmProtection::Absent => return None,
        AlgorithmProtection::Same => [digest, signature].to_vec(),
        AlgorithmProtection::SameWithNull => {
            let with_null = |algorithm: &[u8]| {
                let mut contents = algorithm[2..].to_vec();
                contents.extend(der::null());
                der::element(0x30, &contents)
            };
            let signature = with_null(subject.signature_algorithm);
            [with_null(&digest), tagged(1, &signature)].to_vec()
        }
        AlgorithmProtection::OtherDigest => {
            [der::algorithm(&oid::SHA512, None), signature].to_vec()
        }
        AlgorithmProtection::OtherSignature => {
            let other = der::algorithm(&oid::ECDSA_WITH_SHA256, None);
            [digest, tagged(1, &other)].to_vec()
        }
        AlgorithmProtection::WithoutSignature => [digest].to_vec(),
        AlgorithmProtection::Mac => [digest, tagged(2, subject.signature_algorithm)].to_vec(),
    }))
}

/// `SigningCertificate` (RFC 2634 §5.4).
fn version_1(subject: &Subject<'_>) -> Vec<u8> {
    let hash = Digest::Sha1.of(&subject.certificate.der);
    let id = der::sequence(&[der::octet_string(&hash), issuer_serial(subject.certificate)]);
    der::sequence(&[der::sequence(&[id])])
}

/// `SigningCertificateV2` (RFC 5035 §3).
fn version_2(subject: &Subject<'_>, form: SigningCertificate) -> Vec<u8> {
    let digest = match form {
        SigningCertificate::V2DefaultDigest => Digest::Sha256,
        _ => subject.digest,
    };
    let mut hash = digest.of(&subject.certificate.der);
    if form == SigningCertificate::V2WrongHash {
        hash[0] ^= 0x01;
    }
    let mut parts = Vec::new();
    // DEFAULT values are not encoded in DER (X.690 §11.5).
    if digest != Digest::Sha256 {
        parts.push(der::algorithm(&digest.oid(), None));
    }
    parts.push(der::octet_string(&hash));
    match form {
        SigningCertificate::V2WithoutIssuerSerial => {}
        SigningCertificate::V2WrongSerial => {
            let mut other = subject.certificate.clone();
            other.serial = vec![0x2A];
            parts.push(issuer_serial(&other));
        }
        _ => parts.push(issuer_serial(subject.certificate)),
    }
    der::sequence(&[der::sequence(&[der::sequence(&parts)])])
}

/// `IssuerSerial ::= SEQUENCE { issuer GeneralNames, serialNumber }`.
fn issuer_serial(certificate: &Certificate) -> Vec<u8> {
    let names = der::sequence(&[der::context(4, &certificate.issuer_name)]);
    der::sequence(&[names, der::integer(&certificate.serial)])
}
