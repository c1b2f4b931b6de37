//! The list of accredited authorities of the Ministry of Digital Development (63-FZ art. 8,
//! e-trust schema).
//!
//! ```text
//! АккредитованныеУдостоверяющиеЦентры { Версия, Дата }
//!   УдостоверяющийЦентр* { Название, ИНН, ОГРН, РеестровыйНомер }
//!     ПрограммноАппаратныеКомплексы / ПрограммноАппаратныйКомплекс* { КлассСредствЭП }
//!       КлючиУполномоченныхЛиц / Ключ* { ИдентификаторКлюча }
//!         АдресаСписковОтзыва / Адрес*
//!         Сертификаты / ДанныеСертификата* { Данные }
//!     СтатусАккредитации { Статус, ДействуетС }
//!     ИсторияСтатусовАккредитации / СтатусАккредитации*
//!   ds:Signature
//! ```
//!
//! Elements are found by name, in any order, in the namespace of the root element; unknown ones are
//! skipped. The list is read as a stream: what goes into the signed digest is what is read, and only what a signature
//! that verified covers is given.

use crate::alg::digest::Digest;
use crate::alg::provider::Algorithms;
use crate::alg::signature::SignatureId;
use crate::base::limits::Limits;
use crate::der::octets::Octets;

use super::service::AccreditedList;
use super::xml::{Input, XmlLimits};
use super::xml_signature::{self, SignatureProof};

mod content;
mod field;
mod rejected;
mod time;

pub use rejected::{ContentReason, ListRejected};

/// How much work one list may cause.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ListLimits {
    /// The XML document.
    pub xml: XmlLimits,
    /// Each certificate in it.
    pub certificate: Limits,
    /// Octets that the prepared keys of all authorities may hold together.
    pub key_memory: usize,
}

impl ListLimits {
    /// The defaults.
    pub const STANDARD: Self = Self {
        xml: XmlLimits::STANDARD,
        certificate: Limits::STANDARD,
        key_memory: 64 << 20,
    };
}

/// A list whose signature verified under the certificate it carries.
///
/// Nothing is known of that certificate: the caller validates its path to a pinned root and its
/// OGRN, refuses a version below the newest it has, and looks at the date.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SignedList {
    /// What the list says.
    pub list: AccreditedList,
    /// DER of the certificate whose key signed the list.
    pub signer: Octets,
    /// The algorithms of the signature.
    pub signature: SignatureId,
    /// The signed digest: of the canonical document without its signature.
    pub digest_of_document: Digest,
    /// The octets that were signed, and the value of the signature.
    pub proof: SignatureProof,
}

impl SignedList {
    /// Verifies the signature of a list and reads it.
    ///
    /// # Errors
    /// [`ListRejected`]: a limit, not XML, the signature, the content.
    ///
    /// # Limits
    /// Those given; the signature costs one digest of the document's size and one verification. Beside the octets and
    /// what is read, memory grows with the depth of the document, with its largest authority and with the identifiers
    /// (`Id`) that its elements carry.
    pub fn read(
        octets: &[u8],
        algorithms: &Algorithms,
        limits: &ListLimits,
    ) -> Result<Self, ListRejected> {
        let input = Input::new(octets, &limits.xml)?;
        let certificate = &limits.certificate;
        let signed = xml_signature::verify_enveloped(&input, algorithms, certificate, |covered| {
            content::read(covered, &input, certificate)
        })?;
        Ok(Self {
            list: signed.content?,
            signer: signed.signer,
            signature: signed.algorithm,
            digest_of_document: signed.digest,
            proof: signed.proof,
        })
    }
}
