//! Time-stamps in the attributes of a signer (RFC 3161 app. A, RFC 5126 §6).

use crate::base::error::{Error, Malformed};
use crate::base::limits::Budget;
use crate::cms::signed_data::{NotSignedData, SignedData};
use crate::cms::time_stamp::{GenTime, TstInfo, token_id};
use crate::der::octets::Octets;
use crate::der::oid::Oid;
use crate::der::oids;
use crate::finding::Subject;

/// A time-stamp in an attribute (RFC 3161 app. A).
#[derive(Clone, Debug)]
pub struct Token {
    /// The type of the attribute.
    pub attribute: Oid,
    /// The value: the whole token.
    pub value: Octets,
    /// The message in it.
    pub message: SignedData,
    /// What it states, when that can be read.
    pub info: Option<TstInfo>,
}

impl Token {
    /// Reads the value of an attribute, which the token fills (RFC 3161 app. A).
    ///
    /// # Errors
    /// A limit.
    pub fn read(
        attribute: Oid,
        value: &Octets,
        budget: &mut Budget,
    ) -> Result<Result<Self, Malformed>, Error> {
        let message = match SignedData::from_ber(value, budget)? {
            Ok(message) => message,
            Err(NotSignedData::Other(malformed) | NotSignedData::Broken(malformed)) => {
                return Ok(Err(malformed));
            }
        };
        let info = match TstInfo::of(&message, budget)? {
            Some(Ok(info)) => Some(info),
            Some(Err(_)) | None => None,
        };
        Ok(Ok(Self {
            attribute,
            value: value.clone(),
            message,
            info,
        }))
    }

    /// Its name in findings and proofs (RFC 3161 §2.4.2).
    #[must_use]
    pub fn subject(&self) -> Subject {
        Subject::TimeStamp(token_id(&self.message))
    }

    /// Whether an attribute holds archive time-stamps (RFC 5126 §6.4.1, EN 319 122-1 §5.5.3).
    #[must_use]
    pub fn is_archive(attribute: Oid) -> bool {
        [
            oids::ARCHIVE_TIME_STAMP_V1,
            oids::ARCHIVE_TIME_STAMP_V2,
            oids::ARCHIVE_TIME_STAMP_V3,
        ]
        .contains(&attribute)
    }

    /// Whether an attribute holds time-stamps of any kind (RFC 5126 §5.11.4, §6).
    #[must_use]
    pub fn is_in(attribute: Oid) -> bool {
        [
            oids::CONTENT_TIME_STAMP,
            oids::SIGNATURE_TIME_STAMP,
            oids::CADES_C_TIME_STAMP,
            oids::REFERENCES_TIME_STAMP,
        ]
        .contains(&attribute)
            || Self::is_archive(attribute)
    }

    /// Whether it states an earlier time (RFC 3161 §2.4.2); a time that cannot be read is not earlier.
    pub(super) fn is_before(&self, other: &Self) -> bool {
        let time = |token: &Self| token.info.as_ref().map(|info| order(info.gen_time));
        match (time(self), time(other)) {
            (Some(own), Some(other)) => own < other,
            _ => false,
        }
    }

    /// Whether it is the value of an attribute at this place.
    pub(super) fn is_at(&self, value: &Octets) -> bool {
        self.value.offset() == value.offset() && self.value.len() == value.len()
    }
}

/// Times as they follow each other.
const fn order(time: GenTime) -> (i64, u32, bool) {
    (time.seconds.seconds(), time.microseconds, time.has_more)
}
