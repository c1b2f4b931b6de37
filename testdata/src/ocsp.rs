//! OCSP responses (RFC 6960 §4.2).

use serde::Deserialize;

use crate::certificate::{Certificate, SignatureFault};
use crate::crl::Reason;
use crate::der;
use crate::digest::Digest;
use crate::error::Error;
use crate::key::Key;
use crate::oid;
use crate::timestamp::Timestamp;

/// What a declaration says of a response.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OcspDeclaration {
    pub id: String,
    /// The certificate asked about.
    pub certificate: String,
    /// The responder's certificate: the issuing CA's or one it delegated to.
    pub responder: String,
    pub produced_at: Timestamp,
    pub this_update: Timestamp,
    pub next_update: Option<Timestamp>,
    pub status: CertStatus,
    pub revoked_at: Option<Timestamp>,
    pub reason: Option<Reason>,
    /// Hash of the CertID.
    #[serde(default = "sha1")]
    pub hash: Digest,
    #[serde(default)]
    pub signature: SignatureFault,
    /// The responder's certificate is left out.
    #[serde(default)]
    pub without_certificate: bool,
}

fn sha1() -> Digest {
    Digest::Sha1
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CertStatus {
    Good,
    Revoked,
    Unknown,
}

/// Who takes part in a response.
pub(crate) struct Parties<'a> {
    pub certificate: &'a Certificate,
    pub issuer: &'a Certificate,
    pub issuer_key: &'a Key,
    pub responder: &'a Certificate,
    pub responder_key: &'a Key,
}

/// DER `OCSPResponse`, successful, with the responder's certificate inside unless it is left out.
pub(crate) fn make(declaration: &OcspDeclaration, parties: &Parties<'_>) -> Result<Vec<u8>, Error> {
    let hash = declaration.hash;
    let cert_id = der::sequence(&[
        der::algorithm(&hash.oid(), Some(der::null())),
        der::octet_string(&hash.of(&parties.issuer.subject_name)),
        der::octet_string(&hash.of(&parties.issuer_key.public_key_octets())),
        der::integer(&parties.certificate.serial),
    ]);
    let mut single = vec![
        cert_id,
        status(declaration)?,
        der::generalized_time(declaration.this_update),
    ];
    single.extend(
        declaration
            .next_update
            .map(|at| der::context(0, &der::generalized_time(at))),
    );
    let data = der::sequence(&[
        der::context(2, &der::octet_string(&parties.responder.subject_key_id)),
        der::generalized_time(declaration.produced_at),
        der::sequence(&[der::sequence(&single)]),
    ]);
    let digest = parties.responder_key.digest();
    let signature = declaration
        .signature
        .apply(parties.responder_key.sign(digest, &data)?);
    let mut basic = vec![
        data,
        parties.responder_key.signature_algorithm(digest),
        der::bit_string(&signature),
    ];
    if !declaration.without_certificate {
        let certificates = std::slice::from_ref(&parties.responder.der);
        basic.push(der::context(0, &der::sequence(certificates)));
    }
    let basic = der::sequence(&basic);
    let bytes = der::sequence(&[
        der::object_identifier(&oid::OCSP_BASIC),
        der::octet_string(&basic),
    ]);
    Ok(der::sequence(&[
        der::enumerated(0),
        der::context(0, &bytes),
    ]))
}

fn status(declaration: &OcspDeclaration) -> Result<Vec<u8>, Error> {
    Ok(match declaration.status {
        CertStatus::Good => der::context_primitive(0, &[]),
        CertStatus::Unknown => der::context_primitive(2, &[]),
        CertStatus::Revoked => {
            let missing = || {
                Error::value(
                    format!("ocsp {}", declaration.id),
                    "revoked needs revoked_at",
                )
            };
            let mut fields = der::generalized_time(declaration.revoked_at.ok_or_else(missing)?);
            if let Some(reason) = declaration.reason {
                fields.extend(der::context(0, &der::enumerated(reason as u8)));
            }
            der::context(1, &fields)
        }
    })
}
