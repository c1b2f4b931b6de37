//! Levels of CAdES (EN 319 122-1 §6, EN 319 122-2 §5, RFC 5126 §4.3, §4.4).

use crate::alg::digest::DigestId;
use crate::base::error::Error;
use crate::base::limits::Budget;
use crate::der::oid::Oid;
use crate::der::oids;
use crate::x509::certificate::Certificate;

use super::attribute::Single;
use super::signed_data::SignedData;
use super::signer_info::SignerInfo;
use super::signing_certificate::SigningCertificate;
use super::validation_data;

/// The level of a signature by what it carries (EN 319 122-1 §6, RFC 5126 §4.3). What is there is not thereby valid:
/// findings say of each time-stamp and each object what it is worth.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Level {
    /// CMS without the attributes of CAdES.
    Cms,
    /// CAdES-BES that is not baseline.
    Bes,
    /// The same with a signature policy: CAdES-EPES.
    Epes,
    /// Baseline B-B.
    BB,
    /// CAdES-T that is not baseline: with a signature time-stamp.
    T,
    /// Baseline B-T.
    BT,
    /// With references to certificates and revocation data: CAdES-C.
    C,
    /// CAdES-C with a time-stamp of the signature and the references: CAdES-X type 1.
    XType1,
    /// CAdES-C with a time-stamp of the references: CAdES-X type 2.
    XType2,
    /// CAdES-C with the certificates and revocation data of its paths: CAdES-X Long.
    XLong,
    /// CAdES-X Long type 1, which Russian practice calls the advanced signature.
    XLongType1,
    /// CAdES-X Long type 2.
    XLongType2,
    /// CAdES-T with the revocation data of its paths, that is not baseline.
    Lt,
    /// CAdES-A: with an archive time-stamp, not baseline.
    A,
    /// Baseline B-LT: with the certificates and revocation data of its paths.
    BLt,
    /// Baseline B-LTA: the same with an archive time-stamp of version 3.
    BLta,
}

impl Level {
    /// The level of a signer whose certificate is this one, when it is known (EN 319 122-1 §6.3, RFC 5126 §4.3, §4.4).
    ///
    /// # Errors
    /// A limit.
    ///
    /// # Limits
    /// Certificates and revocation data are read only when there are time-stamps and revocation data.
    pub fn of(
        message: &SignedData,
        signer: &SignerInfo,
        certificate: Option<&Certificate>,
        budget: &mut Budget,
    ) -> Result<Self, Error> {
        let has = |id| signer.unsigned_attributes.contains(id);
        if !is_bes(signer, budget)? {
            return Ok(Self::Cms);
        }
        let is_baseline = is_baseline(message, signer, certificate, budget)?;
        if !has(oids::SIGNATURE_TIME_STAMP) {
            let has_policy = has_signed(signer, oids::SIGNATURE_POLICY);
            return Ok(match (is_baseline, has_policy) {
                (true, _) => Self::BB,
                (false, true) => Self::Epes,
                (false, false) => Self::Bes,
            });
        }
        let is_complete = validation_data::is_complete(message, signer, certificate, budget)?;
        let has_archive = has(oids::ARCHIVE_TIME_STAMP_V2)
            || has(oids::ARCHIVE_TIME_STAMP_V3)
            || has(oids::ARCHIVE_TIME_STAMP_V1);
        // Baseline signatures keep validation data in the message (EN 319 122-1 §6.3).
        let in_attributes = [
            oids::CERTIFICATE_VALUES,
            oids::CERTIFICATE_REFERENCES,
            oids::REVOCATION_VALUES,
            oids::REVOCATION_REFERENCES,
            oids::REFERENCES_TIME_STAMP,
        ];
        if is_baseline && is_complete && !in_attributes.into_iter().any(has) {
            return Ok(match has_archive {
                true if has(oids::ARCHIVE_TIME_STAMP_V3) => Self::BLta,
                true => Self::A,
                false => Self::BLt,
            });
        }
        let single = |id| matches!(signer.unsigned_attributes.single(id), Single::Value(_));
        let has_references =
            single(oids::CERTIFICATE_REFERENCES) && single(oids::REVOCATION_REFERENCES);
        let (type_1, type_2) = (
            has(oids::CADES_C_TIME_STAMP),
            has(oids::REFERENCES_TIME_STAMP),
        );
        Ok(match (is_complete, has_references) {
            (true, _) if has_archive => Self::A,
            (true, true) if type_1 => Self::XLongType1,
            (true, true) if type_2 => Self::XLongType2,
            (true, true) => Self::XLong,
            (true, false) => Self::Lt,
            (false, true) if type_1 => Self::XType1,
            (false, true) if type_2 => Self::XType2,
            (false, true) => Self::C,
            (false, false) if is_baseline => Self::BT,
            (false, false) => Self::T,
        })
    }

    /// The name used in reports (EN 319 122-1 §6, RFC 5126 §4.3).
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cms => "CMS",
            Self::Bes => "BES",
            Self::Epes => "EPES",
            Self::BB => "B-B",
            Self::T => "T",
            Self::BT => "B-T",
            Self::C => "C",
            Self::XType1 => "X-1",
            Self::XType2 => "X-2",
            Self::XLong => "X-L",
            Self::XLongType1 => "X-L-1",
            Self::XLongType2 => "X-L-2",
            Self::Lt => "LT",
            Self::A => "A",
            Self::BLt => "B-LT",
            Self::BLta => "B-LTA",
        }
    }
}

fn has_signed(signer: &SignerInfo, id: Oid) -> bool {
    let signed = signer.signed_attributes.as_ref();
    signed.is_some_and(|signed| signed.attributes.contains(id))
}

fn is_single(signer: &SignerInfo, id: Oid) -> bool {
    matches!(signer.single_signed(id), Single::Value(_))
}

/// What every CAdES signature has (EN 319 122-1 §5, EN 319 122-2 §5.2): content-type, which counter-signatures must not
/// have (RFC 5652 §11.4), message-digest and a signing-certificate attribute of the version that fits its digest.
fn is_bes(signer: &SignerInfo, budget: &mut Budget) -> Result<bool, Error> {
    let Some(signed) = &signer.signed_attributes else {
        return Ok(false);
    };
    let is_repeated = matches!(signer.single_signed(oids::CONTENT_TYPE), Single::NotSingle);
    if is_repeated || !is_single(signer, oids::MESSAGE_DIGEST) {
        return Ok(false);
    }
    let has_v2 = signed.attributes.contains(oids::SIGNING_CERTIFICATE_V2);
    Ok(match signed.signing_certificate(budget)? {
        // SHA-1 has a version of its own.
        SigningCertificate::References(references) => references
            .last()
            .is_some_and(|last| !has_v2 || last.algorithm != Ok(DigestId::Sha1)),
        _ => false,
    })
}

/// What baseline asks for beyond that (EN 319 122-1 §6.3): one signing-certificate attribute, the signing time, plain
/// data, and the certificate of the signer in the message.
fn is_baseline(
    message: &SignedData,
    signer: &SignerInfo,
    certificate: Option<&Certificate>,
    budget: &mut Budget,
) -> Result<bool, Error> {
    let both = [oids::SIGNING_CERTIFICATE, oids::SIGNING_CERTIFICATE_V2];
    if both.into_iter().all(|id| has_signed(signer, id))
        || !is_single(signer, oids::SIGNING_TIME)
        || message.content_type != oids::DATA
    {
        return Ok(false);
    }
    if let Some(certificate) = certificate {
        let mut own = message.certificates.iter();
        return Ok(own.any(|octets| *octets == certificate.octets));
    }
    for octets in &message.certificates {
        match Certificate::from_der(octets, budget) {
            Ok(certificate) if signer.identifier.names(&certificate, budget)? => return Ok(true),
            Ok(_) | Err(Error::Malformed(_)) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(false)
}
