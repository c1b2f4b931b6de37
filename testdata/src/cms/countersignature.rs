//! Counter-signatures (RFC 5652 §11.4).

use serde::Deserialize;

use super::attribute::attribute;
use super::signer::Signer;
use super::variant::{AttributeName, Variant};
use crate::der;
use crate::error::Error;
use crate::oid::{self, Oid};
use crate::timestamp::Timestamp;

const COUNTER_SIGNATURE: Oid = Oid::constant(&[1, 2, 840, 113_549, 1, 9, 6]);

/// A signature over the value of another one.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CounterSignature {
    /// The certificate.
    pub signer: String,
    pub signing_time: Timestamp,
    /// Signed in place of the value.
    pub instead: Option<String>,
    /// The attribute contentType is there, which it must not be.
    #[serde(default)]
    pub with_content_type: bool,
    /// It stands in an attribute of its own, not in that of the one before.
    #[serde(default)]
    pub apart: bool,
    /// A UTF8String in its place.
    #[serde(default)]
    pub mistyped: bool,
    /// So many of it.
    #[serde(default = "one")]
    pub times: usize,
    #[serde(default)]
    pub variant: Box<Variant>,
}

fn one() -> usize {
    1
}

/// The unsigned attributes with the counter-signatures over a value.
pub(super) fn attributes(
    parent: &Signer<'_>,
    declared: &[CounterSignature],
    signature: &[u8],
) -> Result<Vec<Vec<u8>>, Error> {
    let mut groups: Vec<Vec<Vec<u8>>> = Vec::new();
    for counter in declared {
        let value = counter.value(parent, signature)?;
        if counter.apart || groups.is_empty() {
            groups.push(Vec::new());
        }
        if let Some(group) = groups.last_mut() {
            group.extend(std::iter::repeat_n(value, counter.times));
        }
    }
    let attributes = groups.iter();
    Ok(attributes
        .map(|values| attribute(&COUNTER_SIGNATURE, values))
        .collect())
}

/// The certificates of all counter-signers, those over counter-signatures too.
pub(super) fn signers(variant: &Variant) -> Vec<&str> {
    let mut all = Vec::new();
    for counter in &variant.counter_signatures {
        all.push(counter.signer.as_str());
        all.extend(signers(&counter.variant));
    }
    all
}

impl CounterSignature {
    fn value(&self, parent: &Signer<'_>, signature: &[u8]) -> Result<Vec<u8>, Error> {
        if self.mistyped {
            return Ok(der::utf8_string("2026"));
        }
        let certificate = parent.pki.certificate(&self.signer)?;
        let signer = Signer {
            pki: parent.pki,
            certificate,
            key: parent.pki.key(&certificate.key)?,
            content: self.instead.as_deref().map_or(signature, str::as_bytes),
            content_type: &oid::DATA,
            signing_time: self.signing_time,
            form: parent.form,
            store: parent.store,
        };
        let mut variant = Variant::clone(&self.variant);
        if !self.with_content_type {
            variant.omit.push(AttributeName::ContentType);
        }
        Ok(signer.signer_info(&variant)?.der)
    }
}
