//! The answer about one certificate (RFC 6960 §4.2.1).

use crate::alg::identifier::AlgorithmIdentifier;
use crate::base::error::{Error, Reason, Structure};
use crate::base::limits::Budget;
use crate::base::time::UnixTime;
use crate::der::element::Element;
use crate::der::octets::Octets;
use crate::der::oid::Oid;
use crate::der::oids;
use crate::der::reader::{Encoding, Reader};
use crate::der::tag::Tag;

use super::{read_extensions, read_time};
use crate::x509::crl_index::RevocationReason;
use crate::x509::extension::{Deviation, Extensions};

/// What a responder says of one certificate (RFC 6960 §4.2.1).
///
/// ```text
/// SingleResponse ::= SEQUENCE { certID CertID, certStatus CertStatus, thisUpdate GeneralizedTime,
///     nextUpdate [0] EXPLICIT GeneralizedTime OPTIONAL, singleExtensions [1] EXPLICIT Extensions OPTIONAL }
/// ```
#[derive(Clone, Debug)]
pub struct SingleResponse {
    /// Which certificate.
    pub id: CertId,
    /// Its status.
    pub status: CertStatus,
    /// When the status is known to be right.
    pub this_update: UnixTime,
    /// When newer information will be available.
    pub next_update: Option<UnixTime>,
    /// The extensions. Those read below that cannot be decoded stand in its `malformed`.
    pub extensions: Extensions,
    /// archiveCutoff: how far back the responder keeps what it knows of expired certificates (§4.4.4).
    pub archive_cutoff: Option<UnixTime>,
    /// invalidityDate: since when the key is suspected (§4.4.5, RFC 5280 §5.3.2).
    pub invalidity_date: Option<UnixTime>,
    /// certHash: digest of the certificate the answer is about (Common PKI 2.0 part 4 §3.1.2).
    pub certificate_hash: Option<CertificateHash>,
}

/// Names a certificate by its issuer and serial number (RFC 6960 §4.1.1).
///
/// ```text
/// CertID ::= SEQUENCE { hashAlgorithm AlgorithmIdentifier, issuerNameHash OCTET STRING,
///     issuerKeyHash OCTET STRING, serialNumber CertificateSerialNumber }
/// ```
#[derive(Clone, Debug)]
pub struct CertId {
    /// The digest algorithm of both hashes.
    pub hash_algorithm: AlgorithmIdentifier,
    /// Digest of the issuer's name, as it stands in the certificate.
    pub issuer_name_hash: Octets,
    /// Digest of the issuer's public key, without tag, length and unused bits.
    pub issuer_key_hash: Octets,
    /// Contents of the serial number INTEGER.
    pub serial: Octets,
}

/// Status of a certificate in a response (RFC 6960 §2.2).
///
/// ```text
/// CertStatus ::= CHOICE { good [0] IMPLICIT NULL, revoked [1] IMPLICIT RevokedInfo, unknown [2] IMPLICIT NULL }
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum CertStatus {
    /// Not known to be revoked.
    Good,
    /// Revoked or on hold, or never issued (RFC 6960 §4.4.8).
    Revoked(RevokedInfo),
    /// The responder does not know the certificate.
    Unknown,
}

/// When and why (RFC 6960 §4.2.1).
///
/// ```text
/// RevokedInfo ::= SEQUENCE { revocationTime GeneralizedTime, revocationReason [0] EXPLICIT CRLReason OPTIONAL }
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RevokedInfo {
    /// When the certificate was revoked.
    pub time: UnixTime,
    /// Why; unspecified when absent or not a reason of RFC 5280 §5.3.1: an answer that says revoked stays one.
    pub reason: RevocationReason,
}

/// A digest of a whole certificate (Common PKI 2.0 part 4 §3.1.2).
///
/// ```text
/// CertHash ::= SEQUENCE { hashAlgorithm AlgorithmIdentifier, certificateHash OCTET STRING }
/// ```
#[derive(Clone, Debug)]
pub struct CertificateHash {
    /// The digest algorithm.
    pub algorithm: AlgorithmIdentifier,
    /// The digest.
    pub value: Octets,
}

impl SingleResponse {
    /// Reads a `SingleResponse` as the next element.
    pub(super) fn read(
        list: &mut Reader<'_>,
        deviations: &mut Vec<Deviation>,
        budget: &mut Budget,
    ) -> Result<Self, Error> {
        let mut fields = list.enter(Tag::SEQUENCE, budget)?;
        let id = CertId::read(&mut fields, budget)?;
        let status = CertStatus::read(&mut fields, deviations, budget)?;
        let this_update = read_time(&mut fields, deviations, budget)?;
        let next_update = match fields.optional(Tag::context(0).constructed(), budget)? {
            Some(wrapper) => {
                let mut inside = wrapper.reader(Structure::OcspResponse, budget)?;
                let time = read_time(&mut inside, deviations, budget)?;
                inside.finish()?;
                Some(time)
            }
            None => None,
        };
        let mut extensions = read_extensions(&mut fields, budget)?;
        fields.finish()?;
        let archive_cutoff = decode(
            &mut extensions,
            oids::OCSP_ARCHIVE_CUTOFF,
            budget,
            &|reader, budget| reader.expect(Tag::GENERALIZED_TIME, budget)?.time(),
        )?;
        let invalidity_date = decode(
            &mut extensions,
            oids::INVALIDITY_DATE,
            budget,
            &|reader, budget| reader.expect(Tag::GENERALIZED_TIME, budget)?.time(),
        )?;
        let certificate_hash = decode(
            &mut extensions,
            oids::CERTIFICATE_HASH,
            budget,
            &CertificateHash::read,
        )?;
        Ok(Self {
            id,
            status,
            this_update,
            next_update,
            extensions,
            archive_cutoff,
            invalidity_date,
            certificate_hash,
        })
    }
}

/// One extension of a kind; that it cannot be decoded is noted, so that a status "revoked" beside it stays known.
fn decode<T>(
    extensions: &mut Extensions,
    id: Oid,
    budget: &mut Budget,
    read: &dyn Fn(&mut Reader<'_>, &mut Budget) -> Result<T, Error>,
) -> Result<Option<T>, Error> {
    let Some(extension) = extensions.find(id) else {
        return Ok(None);
    };
    let value = extension.value.clone();
    let mut reader = Reader::new(&value, Encoding::Der, Structure::Extension);
    let decoded = read(&mut reader, budget).and_then(|value| reader.finish().map(|()| value));
    match decoded {
        Ok(value) => Ok(Some(value)),
        Err(Error::Malformed(_)) => {
            extensions.malformed.push(id);
            Ok(None)
        }
        Err(limit) => Err(limit),
    }
}

impl CertId {
    fn read(fields: &mut Reader<'_>, budget: &mut Budget) -> Result<Self, Error> {
        let mut inside = fields.enter(Tag::SEQUENCE, budget)?;
        let hash_algorithm = AlgorithmIdentifier::read(&mut inside, budget)?;
        let issuer_name_hash = inside.expect(Tag::OCTET_STRING, budget)?.content();
        let issuer_key_hash = inside.expect(Tag::OCTET_STRING, budget)?.content();
        let serial = inside.expect(Tag::INTEGER, budget)?;
        if serial.content_bytes().is_empty() {
            return Err(serial.malformed(Reason::InvalidValue));
        }
        inside.finish()?;
        Ok(Self {
            hash_algorithm,
            issuer_name_hash,
            issuer_key_hash,
            serial: serial.content(),
        })
    }
}

impl CertStatus {
    fn read(
        fields: &mut Reader<'_>,
        deviations: &mut Vec<Deviation>,
        budget: &mut Budget,
    ) -> Result<Self, Error> {
        const GOOD: Tag = Tag::context(0);
        const REVOKED: Tag = Tag::context(1).constructed();
        const UNKNOWN: Tag = Tag::context(2);
        let choice = fields.element(budget)?;
        match choice.tag {
            GOOD => choice.null().map(|()| Self::Good),
            UNKNOWN => choice.null().map(|()| Self::Unknown),
            REVOKED => RevokedInfo::read(&choice, deviations, budget).map(Self::Revoked),
            _ => Err(choice.malformed(Reason::UnexpectedTag)),
        }
    }
}

impl RevokedInfo {
    fn read(
        choice: &Element<'_>,
        deviations: &mut Vec<Deviation>,
        budget: &mut Budget,
    ) -> Result<Self, Error> {
        let mut fields = choice.reader(Structure::OcspResponse, budget)?;
        let time = read_time(&mut fields, deviations, budget)?;
        let reason = match fields.optional(Tag::context(0).constructed(), budget)? {
            Some(wrapper) => {
                let mut inside = wrapper.reader(Structure::OcspResponse, budget)?;
                let number = inside.expect(Tag::ENUMERATED, budget)?.small_integer()?;
                inside.finish()?;
                u8::try_from(number)
                    .ok()
                    .and_then(RevocationReason::from_number)
            }
            None => None,
        };
        fields.finish()?;
        Ok(Self {
            time,
            reason: reason.unwrap_or(RevocationReason::Unspecified),
        })
    }
}

impl CertificateHash {
    fn read(reader: &mut Reader<'_>, budget: &mut Budget) -> Result<Self, Error> {
        let mut fields = reader.enter(Tag::SEQUENCE, budget)?;
        let algorithm = AlgorithmIdentifier::read(&mut fields, budget)?;
        let value = fields.expect(Tag::OCTET_STRING, budget)?.content();
        fields.finish()?;
        Ok(Self { algorithm, value })
    }
}
