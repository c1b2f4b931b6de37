//! A signer as a token is one: a certificate, its key, and CAdES-BES signatures.

use serde::Deserialize;

use crate::certificate::Certificate;
use crate::cms::{Plan, Variant, signed_data};
use crate::error::Error;
use crate::oid;
use crate::pki::Pki;
use crate::timestamp::Timestamp;

/// Whether the message carries its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    Attached,
    Detached,
}

/// The token of one declared certificate.
#[derive(Clone, Copy)]
pub struct Token<'a> {
    pki: &'a Pki,
    certificate: &'a Certificate,
}

impl<'a> Token<'a> {
    pub(crate) fn new(pki: &'a Pki, certificate: &'a Certificate) -> Self {
        Self { pki, certificate }
    }

    /// The certificate on the token.
    pub fn certificate(&self) -> &'a Certificate {
        self.certificate
    }

    /// CAdES-BES over `content`, which the message carries.
    ///
    /// # Errors
    /// When the key cannot sign.
    pub fn sign_attached(&self, content: &[u8], signing_time: Timestamp) -> Result<Vec<u8>, Error> {
        self.sign(content, Form::Attached, signing_time, &Variant::default())
    }

    /// CAdES-BES over `content`, which stays outside the message.
    ///
    /// # Errors
    /// When the key cannot sign.
    pub fn sign_detached(&self, content: &[u8], signing_time: Timestamp) -> Result<Vec<u8>, Error> {
        self.sign(content, Form::Detached, signing_time, &Variant::default())
    }

    /// A signature that departs from the plain form as `variant` says.
    ///
    /// # Errors
    /// When the key cannot sign, or the variant names what is not declared.
    pub fn sign(
        &self,
        content: &[u8],
        form: Form,
        signing_time: Timestamp,
        variant: &Variant,
    ) -> Result<Vec<u8>, Error> {
        let plan = Plan {
            pki: self.pki,
            certificate: &self.certificate.id,
            content,
            content_type: oid::DATA,
            form,
            signing_time,
        };
        signed_data(&plan, variant)
    }
}
