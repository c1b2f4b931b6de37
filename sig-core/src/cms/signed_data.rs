//! `ContentInfo` and `SignedData` (RFC 5652 §3, §5.1).

use crate::alg::identifier::AlgorithmIdentifier;
use crate::base::error::{Error, Limit, Malformed, Reason, Structure};
use crate::base::limits::Budget;
use crate::der::element::{Element, LengthForm};
use crate::der::octets::Octets;
use crate::der::oid::Oid;
use crate::der::oids;
use crate::der::reader::{Encoding, Reader};
use crate::der::tag::Tag;

use super::signer_info::SignerInfo;
use super::stream::content::StreamedContent;

/// A signed message (RFC 5652 §5.1).
///
/// ```text
/// SignedData ::= SEQUENCE { version INTEGER, digestAlgorithms SET OF AlgorithmIdentifier,
///     encapContentInfo SEQUENCE { eContentType OBJECT IDENTIFIER, eContent [0] EXPLICIT OCTET STRING OPTIONAL },
///     certificates [0] IMPLICIT CertificateSet OPTIONAL, crls [1] IMPLICIT RevocationInfoChoices OPTIONAL,
///     signerInfos SET OF SignerInfo }
/// ```
#[derive(Clone, Debug)]
pub struct SignedData {
    /// The version number, as written.
    pub version: u32,
    /// Digest algorithms that signers may use: a hint.
    pub digest_algorithms: Vec<AlgorithmIdentifier>,
    /// Type of the content.
    pub content_type: Oid,
    /// The content; absent in a detached signature.
    pub content: EncapsulatedContent,
    /// Certificates as sent: hints.
    pub certificates: Vec<Octets>,
    /// CRLs as sent: hints.
    pub crls: Vec<Octets>,
    /// OCSP responses as sent (RFC 5940 §2): hints.
    pub ocsp: Vec<Octets>,
    /// The fields that archive time-stamps cover, as sent.
    pub fields: Fields,
    /// The signers. One that is malformed does not hide the others.
    pub signers: Vec<Result<SignerInfo, Malformed>>,
    /// Whether the envelope uses indefinite lengths or lengths with octets to spare.
    pub is_ber: bool,
    /// Octets after the end of the message.
    pub trailing: u64,
    /// Whether those octets are all zero: padding of a fixed-size field, as in PDF.
    pub is_padded: bool,
    has_other_choices: bool,
}

/// Fields of a message as they were sent, with tag and length (RFC 5652 §5.1).
#[derive(Clone, Debug, Default)]
pub struct Fields {
    /// encapContentInfo; without its content where that has passed by.
    pub encapsulated: Octets,
    /// eContentType.
    pub content_type: Octets,
    /// certificates.
    pub certificates: Option<Octets>,
    /// crls.
    pub crls: Option<Octets>,
}

/// The content of a message (RFC 5652 §5.2).
#[derive(Clone, Debug)]
pub enum EncapsulatedContent {
    /// It stands elsewhere: the signature is detached.
    Absent,
    /// Its octets, the BER segments joined.
    Octets(Octets),
    /// It has passed by: its size and its digests.
    Streamed(StreamedContent),
}

impl EncapsulatedContent {
    /// The octets, when they are at hand (RFC 5652 §5.2).
    #[must_use]
    pub const fn octets(&self) -> Option<&Octets> {
        match self {
            Self::Octets(octets) => Some(octets),
            Self::Absent | Self::Streamed(_) => None,
        }
    }

    /// Whether the signature is detached (RFC 5652 §5.2).
    #[must_use]
    pub const fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// How many octets it has (RFC 5652 §5.2).
    #[must_use]
    pub fn size(&self) -> Option<u64> {
        match self {
            Self::Absent => None,
            Self::Octets(octets) => Some(octets.len() as u64),
            Self::Streamed(content) => Some(content.size),
        }
    }
}

/// Why octets are not read as a signed message (RFC 5652 §3).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum NotSignedData {
    /// Not a `ContentInfo` with signed data: the input holds no signature.
    Other(Malformed),
    /// Signed data that is broken.
    Broken(Malformed),
}

impl SignedData {
    /// Reads a `ContentInfo` that holds signed data (RFC 5652 §3), in BER.
    ///
    /// # Errors
    /// A limit.
    pub fn from_ber(
        octets: &Octets,
        budget: &mut Budget,
    ) -> Result<Result<Self, NotSignedData>, Error> {
        Self::from_stream(octets, None, budget)
    }

    /// As [`SignedData::from_ber`], of octets with a hole where their content passed by.
    pub(crate) fn from_stream(
        octets: &Octets,
        content: Option<StreamedContent>,
        budget: &mut Budget,
    ) -> Result<Result<Self, NotSignedData>, Error> {
        let mut reader = Reader::new(octets, Encoding::Ber, Structure::ContentInfo);
        let mut is_signed_data = false;
        match read_content_info(&mut reader, content, &mut is_signed_data, budget) {
            Ok(mut message) => {
                let rest = octets.part(reader.offset()..usize::MAX);
                message.trailing = rest.len() as u64;
                message.is_padded = !rest.is_empty() && rest.iter().all(|octet| *octet == 0);
                Ok(Ok(message))
            }
            Err(Error::Malformed(malformed)) if is_signed_data => {
                Ok(Err(NotSignedData::Broken(malformed)))
            }
            Err(Error::Malformed(malformed)) => Ok(Err(NotSignedData::Other(malformed))),
            Err(other) => Err(other),
        }
    }

    /// The version that the content asks for (RFC 5652 §5.1).
    #[must_use]
    pub fn expected_version(&self) -> u32 {
        use super::signer_info::SignerIdentifier::SubjectKeyIdentifier;
        let by_key = self
            .signers
            .iter()
            .flatten()
            .any(|signer| matches!(signer.identifier, SubjectKeyIdentifier(_)));
        if self.has_other_choices {
            5
        } else if by_key || self.content_type != oids::DATA {
            3
        } else {
            1
        }
    }
}

/// A truncated message is still known for a signature by the type that stands at its beginning, so the outer
/// lengths are not trusted until the type was read.
fn read_content_info(
    reader: &mut Reader<'_>,
    content: Option<StreamedContent>,
    is_signed_data: &mut bool,
    budget: &mut Budget,
) -> Result<SignedData, Error> {
    *is_signed_data = reader.starts_with_content_type(oids::SIGNED_DATA);
    let mut fields = reader.enter(Tag::SEQUENCE, budget)?;
    let content_type = fields.expect(Tag::OID, budget)?;
    if content_type.oid()? != oids::SIGNED_DATA {
        return Err(content_type.malformed(Reason::UnsupportedContent));
    }
    let mut wrapper = fields.enter(Tag::context(0).constructed(), budget)?;
    fields.finish()?;
    let message = read_signed_data(&mut wrapper, content, budget)?;
    wrapper.finish()?;
    Ok(message)
}

fn read_signed_data(
    wrapper: &mut Reader<'_>,
    streamed: Option<StreamedContent>,
    budget: &mut Budget,
) -> Result<SignedData, Error> {
    let element = wrapper.expect(Tag::SEQUENCE, budget)?;
    let mut is_ber = element.length_form() != LengthForm::Minimal;
    let mut fields = element.reader(Structure::SignedData, budget)?;
    let version = fields.expect(Tag::INTEGER, budget)?.small_integer()?;
    let mut set = fields.enter(Tag::SET, budget)?;
    let mut digest_algorithms = Vec::new();
    while !set.is_empty() {
        digest_algorithms.push(AlgorithmIdentifier::read(&mut set, budget)?);
    }
    let encapsulated = fields.expect(Tag::SEQUENCE, budget)?;
    is_ber |= encapsulated.length_form() != LengthForm::Minimal;
    let mut inside = encapsulated.reader(Structure::EncapsulatedContentInfo, budget)?;
    let of_type = inside.expect(Tag::OID, budget)?;
    let content_type = of_type.oid()?;
    let content = match inside.optional(Tag::context(0).constructed(), budget)? {
        Some(wrapper) => {
            let mut explicit = wrapper.reader(Structure::EncapsulatedContentInfo, budget)?;
            let string = explicit.expect_string(Tag::OCTET_STRING, budget)?;
            explicit.finish()?;
            is_ber |= string.tag.is_constructed();
            read_content(&string, streamed, budget)?
        }
        None => EncapsulatedContent::Absent,
    };
    inside.finish()?;
    fields.pass_hole();
    let mut has_other_choices = false;
    let of_certificates = read_choices(&mut fields, 0, &mut has_other_choices, budget)?;
    let certificates = of_certificates.plain;
    let Choices {
        plain: crls,
        ocsp,
        octets,
    } = read_choices(&mut fields, 1, &mut has_other_choices, budget)?;
    let as_sent = Fields {
        encapsulated: encapsulated.octets(),
        content_type: of_type.octets(),
        certificates: of_certificates.octets,
        crls: octets,
    };
    Budget::at_most(
        certificates.len() as u64,
        budget.limits().certificates,
        Limit::Certificates,
    )?;
    let mut set = fields.enter(Tag::SET, budget)?;
    fields.finish()?;
    let mut signers = Vec::new();
    while !set.is_empty() {
        Budget::at_most(
            signers.len() as u64 + 1,
            budget.limits().signers,
            Limit::Signers,
        )?;
        let signer = set.expect(Tag::SEQUENCE, budget)?;
        signers.push(match SignerInfo::from_element(&signer, budget) {
            Ok(signer) => Ok(signer),
            Err(Error::Malformed(malformed)) => Err(malformed),
            Err(other) => return Err(other),
        });
    }
    Ok(SignedData {
        version,
        digest_algorithms,
        content_type,
        content,
        certificates,
        crls,
        ocsp,
        fields: as_sent,
        signers,
        is_ber,
        trailing: 0,
        is_padded: false,
        has_other_choices,
    })
}

/// The contents of the string, or what is known of those that passed by.
fn read_content(
    string: &Element<'_>,
    streamed: Option<StreamedContent>,
    budget: &mut Budget,
) -> Result<EncapsulatedContent, Error> {
    if let (Some(hole), Some(content)) = (string.hole(), streamed) {
        budget.count_passed_nodes(hole.joined);
        hole.join
            .map_err(|broken| broken.in_structure(Structure::EncapsulatedContentInfo))?;
        return Ok(match content.whole {
            Some(octets) => EncapsulatedContent::Octets(octets),
            None => EncapsulatedContent::Streamed(content),
        });
    }
    Ok(EncapsulatedContent::Octets(
        if string.tag.is_constructed() {
            Octets::from(string.string_octets(budget)?.into_owned())
        } else {
            string.content()
        },
    ))
}

/// Members of a `CertificateSet` or `RevocationInfoChoices`.
#[derive(Default)]
struct Choices {
    /// Certificates or CRLs.
    plain: Vec<Octets>,
    /// OCSP responses.
    ocsp: Vec<Octets>,
    /// The whole set.
    octets: Option<Octets>,
}

/// The members that are read; other tagged choices (attribute certificates, unknown kinds of revocation
/// information) are passed over.
fn read_choices(
    fields: &mut Reader<'_>,
    number: u32,
    has_other: &mut bool,
    budget: &mut Budget,
) -> Result<Choices, Error> {
    /// `other [1] IMPLICIT OtherRevocationInfoFormat` (RFC 5652 §10.2.1); in the other set an attribute
    /// certificate of version 1.
    const OTHER: Tag = Tag::context(1).constructed();
    const REVOCATION: u32 = 1;
    let mut choices = Choices::default();
    let Some(set) = fields.optional(Tag::context(number).constructed(), budget)? else {
        return Ok(choices);
    };
    choices.octets = Some(set.octets());
    let mut members = set.reader(Structure::SignedData, budget)?;
    while !members.is_empty() {
        let member = members.element(budget)?;
        if member.tag == Tag::SEQUENCE {
            choices.plain.push(member.octets());
            continue;
        }
        *has_other = true;
        if number == REVOCATION && member.tag == OTHER {
            let mut inside = member.reader(Structure::SignedData, budget)?;
            if is_ocsp(inside.oid(budget)?) {
                choices.ocsp.push(inside.element(budget)?.octets());
            }
        }
    }
    Ok(choices)
}

/// Whether revocation information of another format is an OCSP response: as RFC 5940 §2 has it, or the
/// `BasicOCSPResponse` alone under the type that RFC 6960 §4.2.1 gives it, as signatures in use carry it.
pub(super) fn is_ocsp(format: Oid) -> bool {
    format == oids::RI_OCSP_RESPONSE || format == oids::OCSP_BASIC
}
