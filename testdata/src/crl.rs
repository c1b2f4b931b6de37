//! Certificate revocation lists (RFC 5280 §5.1).

use serde::Deserialize;

use crate::certificate::{Certificate, SignatureFault};
use crate::der;
use crate::error::Error;
use crate::extension::{
    AuthorityKeyIdentifier, Criticality, OtherExtension, authority_key_identifier, extension,
};
use crate::key::Key;
use crate::oid;
use crate::timestamp::Timestamp;

/// What a declaration says of a CRL.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CrlDeclaration {
    pub id: String,
    /// The CA's certificate.
    pub issuer: String,
    /// The key that really signs, when it is not the issuer's.
    pub signed_with: Option<String>,
    pub number: u64,
    pub this_update: Timestamp,
    pub next_update: Option<Timestamp>,
    #[serde(default)]
    pub revoked: Vec<RevokedDeclaration>,
    /// Extensions of the list that the generator knows nothing about.
    #[serde(default)]
    pub other: Vec<OtherExtension>,
    #[serde(default)]
    pub signature: SignatureFault,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RevokedDeclaration {
    pub certificate: String,
    pub at: Timestamp,
    pub reason: Option<Reason>,
    pub invalidity_date: Option<Timestamp>,
    /// Extensions of the entry that the generator knows nothing about.
    #[serde(default)]
    pub other: Vec<OtherExtension>,
}

/// CRLReason (RFC 5280 §5.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[repr(u8)]
pub enum Reason {
    KeyCompromise = 1,
    #[serde(rename = "cACompromise")]
    CaCompromise = 2,
    AffiliationChanged = 3,
    Superseded = 4,
    CessationOfOperation = 5,
    CertificateHold = 6,
    /// A number that the standard leaves out.
    Unassigned = 7,
    #[serde(rename = "removeFromCRL")]
    RemoveFromCrl = 8,
}

/// One entry: the serial number and what the declaration says.
pub(crate) struct Entry<'a> {
    pub serial: &'a [u8],
    pub declaration: &'a RevokedDeclaration,
}

pub(crate) fn make(
    declaration: &CrlDeclaration,
    issuer: &Certificate,
    signing_key: &Key,
    entries: &[Entry<'_>],
) -> Result<Vec<u8>, Error> {
    let digest = signing_key.digest();
    let algorithm = signing_key.signature_algorithm(digest);
    let mut fields = vec![
        der::small_integer(1),
        algorithm.clone(),
        issuer.subject_name.clone(),
        der::time(declaration.this_update),
    ];
    fields.extend(declaration.next_update.map(der::time));
    if !entries.is_empty() {
        let entries = entries
            .iter()
            .map(entry_to_der)
            .collect::<Result<Vec<_>, _>>()?;
        fields.push(der::sequence(&entries));
    }
    let key_id = authority_key_identifier(AuthorityKeyIdentifier::KeyIdentifier, issuer);
    let mut extensions = vec![
        extension(
            &oid::AUTHORITY_KEY_IDENTIFIER,
            Criticality::NotCritical,
            &key_id,
        ),
        extension(
            &oid::CRL_NUMBER,
            Criticality::NotCritical,
            &der::small_integer(declaration.number),
        ),
    ];
    for other in &declaration.other {
        extensions.push(other.to_der()?);
    }
    fields.push(der::context(0, &der::sequence(&extensions)));
    let to_be_signed = der::sequence(&fields);
    let signature = declaration
        .signature
        .apply(signing_key.sign(digest, &to_be_signed)?);
    Ok(der::sequence(&[
        to_be_signed,
        algorithm,
        der::bit_string(&signature),
    ]))
}

fn entry_to_der(entry: &Entry<'_>) -> Result<Vec<u8>, Error> {
    let mut fields = vec![der::integer(entry.serial), der::time(entry.declaration.at)];
    let mut extensions = Vec::new();
    if let Some(reason) = entry.declaration.reason {
        let value = der::enumerated(reason as u8);
        extensions.push(extension(
            &oid::REASON_CODE,
            Criticality::NotCritical,
            &value,
        ));
    }
    if let Some(at) = entry.declaration.invalidity_date {
        let value = der::generalized_time(at);
        extensions.push(extension(
            &oid::INVALIDITY_DATE,
            Criticality::NotCritical,
            &value,
        ));
    }
    for other in &entry.declaration.other {
        extensions.push(other.to_der()?);
    }
    if !extensions.is_empty() {
        fields.push(der::sequence(&extensions));
    }
    Ok(der::sequence(&fields))
}
