//! Levels of CAdES (EN 319 122-1 §6, RFC 5126 §4.3).

use crate::der::oids;

use super::signer_info::SignerInfo;

/// The level of a signature by the attributes it carries (EN 319 122-1 §6, RFC 5126 §4.3). Attributes that
/// are there are not thereby valid.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Level {
    /// CMS without the attributes of CAdES.
    Cms,
    /// CAdES-BES or baseline B-B.
    BB,
    /// With a signature time-stamp: CAdES-T, B-T.
    BT,
    /// With references to certificates and revocation data: CAdES-C.
    C,
    /// CAdES-X Long type 1.
    XLongType1,
    /// With certificate and revocation values: B-LT, CAdES-X Long.
    BLt,
    /// With an archive time-stamp: B-LTA, CAdES-A.
    BLta,
}

impl Level {
    /// The level of a signer (EN 319 122-1 §6).
    #[must_use]
    pub fn of(signer: &SignerInfo) -> Self {
        let signed = |id| {
            let attributes = signer.signed_attributes.as_ref();
            attributes.is_some_and(|signed| signed.attributes.contains(id))
        };
        let has = |id| signer.unsigned_attributes.contains(id);
        let bound = signed(oids::SIGNING_CERTIFICATE) || signed(oids::SIGNING_CERTIFICATE_V2);
        let references = has(oids::CERTIFICATE_REFERENCES) && has(oids::REVOCATION_REFERENCES);
        let values = has(oids::CERTIFICATE_VALUES) && has(oids::REVOCATION_VALUES);
        if !bound {
            Self::Cms
        } else if !has(oids::SIGNATURE_TIME_STAMP) {
            Self::BB
        } else if has(oids::ARCHIVE_TIME_STAMP_V2) || has(oids::ARCHIVE_TIME_STAMP_V3) {
            Self::BLta
        } else if references && values && has(oids::CADES_C_TIME_STAMP) {
            Self::XLongType1
        } else if values {
            Self::BLt
        } else if references {
            Self::C
        } else {
            Self::BT
        }
    }

    /// The name used in reports (EN 319 122-1 §6).
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cms => "CMS",
            Self::BB => "B-B",
            Self::BT => "B-T",
            Self::C => "C",
            Self::XLongType1 => "X-L-1",
            Self::BLt => "B-LT",
            Self::BLta => "B-LTA",
        }
    }
}
