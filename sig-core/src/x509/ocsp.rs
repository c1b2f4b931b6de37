//! OCSP responses (RFC 6960 §4.2), one structure a file.

mod single;

use std::sync::Arc;

use crate::alg::identifier::AlgorithmIdentifier;
use crate::base::error::{Error, Limit, Reason, Structure};
use crate::base::hex::hex;
use crate::base::limits::Budget;
use crate::base::time::UnixTime;
use crate::der::element::Element;
use crate::der::octets::Octets;
use crate::der::oid::Oid;
use crate::der::oids;
use crate::der::reader::{Encoding, Reader};
use crate::der::tag::Tag;

use super::certificate::{Certificate, Fingerprint};
use super::extension::{Deviation, DeviationKind, Extensions};
use super::name::Name;
use super::signed::Signed;

pub use single::{CertId, CertStatus, CertificateHash, RevokedInfo, SingleResponse};

/// What a responder sent (RFC 6960 §4.2.1).
///
/// ```text
/// OCSPResponse ::= SEQUENCE { responseStatus ENUMERATED, responseBytes [0] EXPLICIT ResponseBytes OPTIONAL }
/// ResponseBytes ::= SEQUENCE { responseType OBJECT IDENTIFIER, response OCTET STRING }
/// ```
#[derive(Clone, Debug)]
pub struct OcspResponse {
    /// The whole encoded response.
    pub octets: Octets,
    /// What is inside.
    pub body: OcspBody,
    fingerprint: Fingerprint,
}

/// What an OCSP response holds (RFC 6960 §4.2.1).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum OcspBody {
    /// A signed answer.
    Basic(Box<BasicOcspResponse>),
    /// The responder refused to answer.
    Unsuccessful(ResponseStatus),
    /// An answer of another type than id-pkix-ocsp-basic.
    OtherType(Oid),
}

/// Why a responder did not answer (RFC 6960 §4.2.1).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ResponseStatus {
    /// The request did not conform to the syntax.
    MalformedRequest,
    /// The responder reached an inconsistent state.
    InternalError,
    /// The responder is temporarily unable to answer.
    TryLater,
    /// The request must be signed.
    SigRequired,
    /// The requester may not ask, or the responder is not able to answer with authority.
    Unauthorized,
}

/// A signed answer (RFC 6960 §4.2.1).
///
/// ```text
/// BasicOCSPResponse ::= SEQUENCE { tbsResponseData ResponseData, signatureAlgorithm AlgorithmIdentifier,
///     signature BIT STRING, certs [0] EXPLICIT SEQUENCE OF Certificate OPTIONAL }
/// ResponseData ::= SEQUENCE { version [0] EXPLICIT Version DEFAULT v1, responderID ResponderID,
///     producedAt GeneralizedTime, responses SEQUENCE OF SingleResponse,
///     responseExtensions [1] EXPLICIT Extensions OPTIONAL }
/// ```
#[derive(Clone, Debug)]
pub struct BasicOcspResponse {
    /// What the responder signed, how, and the signature.
    pub signed: Signed,
    /// Who says to have signed it.
    pub responder: ResponderId,
    /// When it was signed.
    pub produced_at: UnixTime,
    /// The answers, in the order of the encoding.
    pub responses: Vec<SingleResponse>,
    /// The extensions of the response.
    pub extensions: Extensions,
    /// Certificates that may help to verify the signature: not signed, so hints only. Those that cannot be read
    /// are left out.
    pub certificates: Vec<Arc<Certificate>>,
    /// Leniencies that were needed outside extensions.
    pub deviations: Vec<Deviation>,
}

/// Who signed (RFC 6960 §4.2.1).
///
/// ```text
/// ResponderID ::= CHOICE { byName [1] EXPLICIT Name, byKey [2] EXPLICIT OCTET STRING }
/// ```
#[derive(Clone, Debug)]
pub enum ResponderId {
    /// Subject of the responder's certificate.
    ByName(Name),
    /// SHA-1 of the responder's public key, without tag, length and unused bits.
    ByKey(Octets),
}

impl ResponseStatus {
    /// The name of RFC 6960 §4.2.1.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::MalformedRequest => "malformedRequest",
            Self::InternalError => "internalError",
            Self::TryLater => "tryLater",
            Self::SigRequired => "sigRequired",
            Self::Unauthorized => "unauthorized",
        }
    }

    /// 0 is success, 4 is not used.
    const fn from_number(number: u32) -> Option<Self> {
        Some(match number {
            1 => Self::MalformedRequest,
            2 => Self::InternalError,
            3 => Self::TryLater,
            5 => Self::SigRequired,
            6 => Self::Unauthorized,
            _ => return None,
        })
    }
}

impl OcspResponse {
    /// Reads a DER `OCSPResponse`, or a `BasicOCSPResponse` without its envelope, as signatures carry it
    /// (RFC 6960 §4.2.1, RFC 5126 §6.3.4), that fills the octets.
    ///
    /// # Errors
    /// It is neither, or octets follow it.
    ///
    /// # Limits
    /// `ocsp_bytes`, `ocsp_single_responses`, `certificates`.
    ///
    /// # Deviation
    /// A written version 1 and fractions of a second are read and stand in [`BasicOcspResponse::deviations`].
    pub fn from_der(octets: &Octets, budget: &mut Budget) -> Result<Self, Error> {
        let bound = budget.limits().ocsp_bytes;
        Budget::at_most(octets.len() as u64, bound, Limit::OcspBytes)?;
        let mut reader = Reader::new(octets, Encoding::Der, Structure::OcspResponse);
        let whole = reader.expect(Tag::SEQUENCE, budget)?;
        reader.finish()?;
        let fields = whole.reader(Structure::OcspResponse, budget)?;
        let body = if fields.peek_tag() == Some(Tag::ENUMERATED) {
            read_body(fields, budget)?
        } else {
            OcspBody::Basic(Box::new(BasicOcspResponse::read(&whole, budget)?))
        };
        Ok(Self {
            octets: whole.octets(),
            body,
            fingerprint: Fingerprint::default(),
        })
    }

    /// Whether octets begin like an OCSP response, so that what is wrong with them is said of one
    /// (RFC 6960 §4.2.1). Certificates and CRLs do not.
    #[must_use]
    pub fn is_likely(octets: &Octets, budget: &Budget) -> bool {
        begins_like_response(octets, &mut Budget::new(*budget.limits())).unwrap_or(false)
    }

    /// The signed answer, when there is one (RFC 6960 §4.2.1).
    #[must_use]
    pub fn basic(&self) -> Option<&BasicOcspResponse> {
        match &self.body {
            OcspBody::Basic(basic) => Some(basic),
            OcspBody::Unsuccessful(_) | OcspBody::OtherType(_) => None,
        }
    }

    /// SHA-256 of the whole response, hexadecimal digits: its name in findings (RFC 6960 §4.2.1).
    ///
    /// It is computed once.
    #[must_use]
    pub fn sha256(&self) -> String {
        hex(self.fingerprint.of(&self.octets))
    }
}

impl BasicOcspResponse {
    /// Every leniency that was needed, extensions included (RFC 6960 §4.2.1).
    pub fn all_deviations(&self) -> impl Iterator<Item = &Deviation> {
        let singles = self
            .responses
            .iter()
            .flat_map(|single| &single.extensions.deviations);
        self.deviations
            .iter()
            .chain(&self.extensions.deviations)
            .chain(singles)
    }

    fn read(whole: &Element<'_>, budget: &mut Budget) -> Result<Self, Error> {
        let mut fields = whole.reader(Structure::OcspResponse, budget)?;
        let data = fields.expect(Tag::SEQUENCE, budget)?;
        let algorithm = AlgorithmIdentifier::read(&mut fields, budget)?;
        let signature = fields
            .expect(Tag::BIT_STRING, budget)?
            .bit_string_octets()?;
        let certificates = match fields.optional(Tag::context(0).constructed(), budget)? {
            Some(wrapper) => read_certificates(&wrapper, budget)?,
            None => Vec::new(),
        };
        fields.finish()?;

        let mut deviations = Vec::new();
        let mut fields = data.reader(Structure::OcspResponse, budget)?;
        read_version(&mut fields, &mut deviations, budget)?;
        let responder = ResponderId::read(&mut fields, budget)?;
        let produced_at = read_time(&mut fields, &mut deviations, budget)?;
        let mut list = fields.enter(Tag::SEQUENCE, budget)?;
        let mut responses = Vec::new();
        while !list.is_empty() {
            let bound = budget.limits().ocsp_single_responses;
            Budget::at_most(
                responses.len() as u64 + 1,
                bound,
                Limit::OcspSingleResponses,
            )?;
            responses.push(SingleResponse::read(&mut list, &mut deviations, budget)?);
        }
        let extensions = read_extensions(&mut fields, budget)?;
        fields.finish()?;
        Ok(Self {
            signed: Signed {
                octets: data.octets(),
                algorithm,
                signature,
            },
            responder,
            produced_at,
            responses,
            extensions,
            certificates,
            deviations,
        })
    }
}

impl ResponderId {
    pub(crate) fn read(fields: &mut Reader<'_>, budget: &mut Budget) -> Result<Self, Error> {
        const BY_NAME: Tag = Tag::context(1).constructed();
        const BY_KEY: Tag = Tag::context(2).constructed();
        let offset = fields.offset();
        let choice = fields.element(budget)?;
        let mut inside = match choice.tag {
            BY_NAME | BY_KEY => choice.reader(Structure::OcspResponse, budget)?,
            _ => return Err(fields.malformed(offset, Reason::UnexpectedTag)),
        };
        let id = if choice.tag == BY_NAME {
            Self::ByName(Name::read(&mut inside, budget)?)
        } else {
            Self::ByKey(inside.expect(Tag::OCTET_STRING, budget)?.content())
        };
        inside.finish()?;
        Ok(id)
    }
}

fn read_body(mut fields: Reader<'_>, budget: &mut Budget) -> Result<OcspBody, Error> {
    let status = fields.expect(Tag::ENUMERATED, budget)?;
    let number = status.small_integer()?;
    let wrapper = fields.optional(Tag::context(0).constructed(), budget)?;
    fields.finish()?;
    let wrapper = match (number, wrapper) {
        (0, Some(wrapper)) => wrapper,
        (0, None) => return Err(fields.malformed(fields.offset(), Reason::Missing)),
        (_, Some(wrapper)) => return Err(wrapper.malformed(Reason::InvalidValue)),
        (refusal, None) => {
            let refusal = ResponseStatus::from_number(refusal);
            let refusal = refusal.ok_or_else(|| status.malformed(Reason::InvalidValue))?;
            return Ok(OcspBody::Unsuccessful(refusal));
        }
    };
    let mut inside = wrapper.reader(Structure::OcspResponse, budget)?;
    let mut bytes = inside.enter(Tag::SEQUENCE, budget)?;
    inside.finish()?;
    let kind = bytes.oid(budget)?;
    let response = bytes.expect(Tag::OCTET_STRING, budget)?.content();
    bytes.finish()?;
    if kind != oids::OCSP_BASIC {
        return Ok(OcspBody::OtherType(kind));
    }
    let mut reader = Reader::new(&response, Encoding::Der, Structure::OcspResponse);
    let whole = reader.expect(Tag::SEQUENCE, budget)?;
    reader.finish()?;
    Ok(OcspBody::Basic(Box::new(BasicOcspResponse::read(
        &whole, budget,
    )?)))
}

fn read_version(
    fields: &mut Reader<'_>,
    deviations: &mut Vec<Deviation>,
    budget: &mut Budget,
) -> Result<(), Error> {
    let Some(wrapper) = fields.optional(Tag::context(0).constructed(), budget)? else {
        return Ok(());
    };
    let mut inside = wrapper.reader(Structure::OcspResponse, budget)?;
    let number = inside.expect(Tag::INTEGER, budget)?;
    inside.finish()?;
    if number.small_integer()? != 0 {
        return Err(number.malformed(Reason::UnsupportedVersion));
    }
    deviations.push(Deviation {
        kind: DeviationKind::VersionWritten,
        offset: wrapper.offset(),
    });
    Ok(())
}

fn read_certificates(
    wrapper: &Element<'_>,
    budget: &mut Budget,
) -> Result<Vec<Arc<Certificate>>, Error> {
    let mut inside = wrapper.reader(Structure::OcspResponse, budget)?;
    let mut list = inside.enter(Tag::SEQUENCE, budget)?;
    inside.finish()?;
    let mut certificates = Vec::new();
    let mut seen = 0_u64;
    while !list.is_empty() {
        seen += 1;
        Budget::at_most(seen, budget.limits().certificates, Limit::Certificates)?;
        let element = list.element(budget)?;
        match Certificate::from_der(&element.octets(), budget) {
            Ok(certificate) => certificates.push(Arc::new(certificate)),
            Err(Error::Malformed(_)) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(certificates)
}

/// `[1] EXPLICIT Extensions OPTIONAL`.
fn read_extensions(fields: &mut Reader<'_>, budget: &mut Budget) -> Result<Extensions, Error> {
    let Some(wrapper) = fields.optional(Tag::context(1).constructed(), budget)? else {
        return Ok(Extensions::default());
    };
    let mut inside = wrapper.reader(Structure::OcspResponse, budget)?;
    let extensions = Extensions::read(&mut inside, budget)?;
    inside.finish()?;
    Ok(extensions)
}

fn read_time(
    fields: &mut Reader<'_>,
    deviations: &mut Vec<Deviation>,
    budget: &mut Budget,
) -> Result<UnixTime, Error> {
    let element = fields.expect(Tag::GENERALIZED_TIME, budget)?;
    let (time, has_fraction) = element.generalized_time()?;
    if has_fraction {
        deviations.push(Deviation {
            kind: DeviationKind::FractionalSeconds,
            offset: element.offset(),
        });
    }
    Ok(time)
}

fn begins_like_response(octets: &Octets, budget: &mut Budget) -> Result<bool, Error> {
    let mut reader = Reader::new(octets, Encoding::Der, Structure::OcspResponse);
    let mut fields = reader.enter(Tag::SEQUENCE, budget)?;
    if fields.peek_tag() != Some(Tag::SEQUENCE) {
        return Ok(fields.peek_tag() == Some(Tag::ENUMERATED));
    }
    let mut data = fields.enter(Tag::SEQUENCE, budget)?;
    data.optional(Tag::context(0).constructed(), budget)?;
    let responder = [Tag::context(1), Tag::context(2)].map(Tag::constructed);
    Ok(data.peek_tag().is_some_and(|tag| responder.contains(&tag)))
}

#[cfg(test)]
mod tests;
