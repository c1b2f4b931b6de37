//! Answers of time-stamping authorities (RFC 3161 §2.4.2).

use crate::base::error::{Error, Reason, Structure};
use crate::base::limits::Budget;
use crate::der::octets::Octets;
use crate::der::oids;
use crate::der::reader::{Encoding, Reader};
use crate::der::tag::Tag;

/// An answer to a request for a time-stamp (RFC 3161 §2.4.2).
///
/// ```text
/// TimeStampResp ::= SEQUENCE { status PKIStatusInfo, timeStampToken ContentInfo OPTIONAL }
/// PKIStatusInfo ::= SEQUENCE { status INTEGER, statusString SEQUENCE OF UTF8String OPTIONAL,
///     failInfo BIT STRING OPTIONAL }
/// ```
#[derive(Clone, Debug)]
pub struct TimeStampResponse {
    /// How the authority answered.
    pub status: PkiStatus,
    /// What it says about that; untrusted.
    pub text: Vec<String>,
    /// Why it refused, by the bits of `failInfo`.
    pub failures: Vec<&'static str>,
    /// The whole encoded token; there if and only if it was granted.
    pub token: Option<Octets>,
}

/// `PKIStatus` (RFC 3161 §2.4.2).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[allow(missing_docs, reason = "the names are those of RFC 3161")]
pub enum PkiStatus {
    Granted,
    GrantedWithMods,
    Rejection,
    Waiting,
    RevocationWarning,
    RevocationNotification,
}

impl PkiStatus {
    /// The name of RFC 3161 §2.4.2.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Granted => "granted",
            Self::GrantedWithMods => "grantedWithMods",
            Self::Rejection => "rejection",
            Self::Waiting => "waiting",
            Self::RevocationWarning => "revocationWarning",
            Self::RevocationNotification => "revocationNotification",
        }
    }

    /// Whether a token must come with it (RFC 3161 §2.4.2).
    #[must_use]
    pub const fn is_granted(self) -> bool {
        matches!(self, Self::Granted | Self::GrantedWithMods)
    }

    const fn of(number: u32) -> Option<Self> {
        Some(match number {
            0 => Self::Granted,
            1 => Self::GrantedWithMods,
            2 => Self::Rejection,
            3 => Self::Waiting,
            4 => Self::RevocationWarning,
            5 => Self::RevocationNotification,
            _ => return None,
        })
    }
}

/// The bits of `PKIFailureInfo` that RFC 3161 §2.4.2 names.
const FAILURES: [(usize, &str); 8] = [
    (0, "badAlg"),
    (2, "badRequest"),
    (5, "badDataFormat"),
    (14, "timeNotAvailable"),
    (15, "unacceptedPolicy"),
    (16, "unacceptedExtension"),
    (17, "addInfoNotAvailable"),
    (25, "systemFailure"),
];

impl TimeStampResponse {
    /// Reads a `TimeStampResp` that fills the octets (RFC 3161 §2.4.2): DER, but for the token, whose envelope may be
    /// in BER.
    ///
    /// # Errors
    /// It is none; a token came without being granted, or was granted and did not come.
    pub fn from_der(octets: &Octets, budget: &mut Budget) -> Result<Self, Error> {
        let mut reader = Reader::new(octets, Encoding::Ber, Structure::TimeStampResponse);
        let mut fields = reader.enter(Tag::SEQUENCE, budget)?;
        reader.finish()?;
        let mut info = fields.enter(Tag::SEQUENCE, budget)?;
        let number = info.expect(Tag::INTEGER, budget)?;
        let status = PkiStatus::of(number.small_integer()?)
            .ok_or_else(|| number.malformed(Reason::InvalidValue))?;
        let mut text = Vec::new();
        if let Some(list) = info.optional(Tag::SEQUENCE, budget)? {
            let mut lines = list.reader(Structure::TimeStampResponse, budget)?;
            while !lines.is_empty() {
                let line = lines.expect(Tag::UTF8_STRING, budget)?;
                let line = line
                    .text()
                    .ok_or_else(|| line.malformed(Reason::InvalidValue));
                text.push(line?);
            }
        }
        let failures = match info.optional(Tag::BIT_STRING, budget)? {
            Some(bits) => failures(bits.content_bytes()),
            None => Vec::new(),
        };
        info.finish()?;
        let offset = fields.offset();
        let token = match fields.is_empty() {
            true => None,
            false => {
                let token = fields.expect(Tag::SEQUENCE, budget)?;
                let mut inside = token.reader(Structure::TimeStampResponse, budget)?;
                if inside.oid(budget)? != oids::SIGNED_DATA {
                    return Err(token.malformed(Reason::InvalidValue));
                }
                Some(token.octets())
            }
        };
        fields.finish()?;
        match (status.is_granted(), &token) {
            (true, None) => Err(fields.malformed(offset, Reason::Missing)),
            (false, Some(_)) => Err(fields.malformed(offset, Reason::InvalidValue)),
            _ => Ok(Self {
                status,
                text,
                failures,
                token,
            }),
        }
    }

    /// Whether octets begin like an answer, so that what is wrong with them is said of one (RFC 3161 §2.4.2).
    /// Certificates and CRLs do not: after their first field comes an algorithm.
    #[must_use]
    pub fn is_likely(octets: &Octets, budget: &Budget) -> bool {
        begins_like_response(octets, &mut Budget::new(*budget.limits())).unwrap_or(false)
    }
}

fn begins_like_response(octets: &Octets, budget: &mut Budget) -> Result<bool, Error> {
    let mut reader = Reader::new(octets, Encoding::Ber, Structure::TimeStampResponse);
    let mut fields = reader.enter(Tag::SEQUENCE, budget)?;
    let mut info = fields.enter(Tag::SEQUENCE, budget)?;
    info.expect(Tag::INTEGER, budget)?.small_integer()?;
    if let Some(list) = info.optional(Tag::SEQUENCE, budget)? {
        let lines = list.reader(Structure::TimeStampResponse, budget)?;
        if lines.peek_tag() != Some(Tag::UTF8_STRING) {
            return Ok(false);
        }
    }
    info.optional(Tag::BIT_STRING, budget)?;
    if !info.is_empty() {
        return Ok(false);
    }
    if fields.is_empty() {
        return Ok(true);
    }
    let mut token = fields.enter(Tag::SEQUENCE, budget)?;
    Ok(token.oid(budget)? == oids::SIGNED_DATA)
}

fn failures(bit_string: &[u8]) -> Vec<&'static str> {
    let bits = bit_string.get(1..).unwrap_or_default();
    let is_set = |bit: &usize| {
        let octet = bits.get(bit / 8).copied().unwrap_or(0);
        octet & (0x80 >> (bit % 8)) != 0
    };
    let named = FAILURES.iter().filter(|(bit, _)| is_set(bit));
    named.map(|(_, name)| *name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::limits::Limits;
    use crate::der::writer::element;

    const TOKEN: &[u8] = &[
        0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 7, 2, 0x05, 0,
    ];

    fn response(info: &[&[u8]], token: &[u8]) -> Vec<u8> {
        let info = element(Tag::SEQUENCE, &info.concat());
        element(Tag::SEQUENCE, &[info, token.to_vec()].concat())
    }

    fn read(octets: &[u8]) -> Result<TimeStampResponse, Reason> {
        let octets = Octets::from(octets);
        let mut budget = Budget::new(Limits::STANDARD);
        match TimeStampResponse::from_der(&octets, &mut budget) {
            Ok(response) => {
                assert!(TimeStampResponse::is_likely(&octets, &budget));
                Ok(response)
            }
            Err(Error::Malformed(malformed)) => Err(malformed.reason),
            Err(other) => unreachable!("{other}"),
        }
    }

    #[test]
    fn each_status_is_told_and_a_token_comes_only_with_a_grant() {
        for number in 0..=5 {
            let info: &[&[u8]] = &[&[2, 1, number]];
            let granted = number < 2;
            let with = read(&response(info, TOKEN)).map(|it| it.token.is_some());
            let without = read(&response(info, &[])).map(|it| it.status as u8);
            if granted {
                assert_eq!(with, Ok(true));
                assert_eq!(without, Err(Reason::Missing));
            } else {
                assert_eq!(with, Err(Reason::InvalidValue));
                assert_eq!(without, Ok(number));
            }
        }
        let unknown = read(&response(&[&[2, 1, 6]], &[])).map(|it| it.status);
        assert_eq!(unknown, Err(Reason::InvalidValue));
    }

    #[test]
    fn a_token_is_signed_data() {
        let other = element(Tag::SEQUENCE, &element(Tag::OID, oids::DATA.content()));
        let read = read(&response(&[&[2, 1, 0]], &other));
        assert_eq!(read.map(|it| it.status), Err(Reason::InvalidValue));
    }

    #[test]
    fn the_reasons_of_a_refusal_are_read() {
        let text = element(Tag::SEQUENCE, &element(Tag::UTF8_STRING, "нет".as_bytes()));
        let info: &[&[u8]] = &[&[2, 1, 2], &text, &[3, 4, 6, 0x20, 0, 0x40]];
        let refused = read(&response(info, &[])).unwrap();
        assert_eq!(refused.text, ["нет"]);
        assert_eq!(refused.failures, ["badRequest", "addInfoNotAvailable"]);
        assert!(refused.token.is_none());
    }

    #[test]
    fn what_follows_is_refused() {
        let mut octets = response(&[&[2, 1, 0]], TOKEN);
        octets.push(0);
        assert_eq!(read(&octets).map(|_| ()), Err(Reason::TrailingOctets));
        let octets = response(&[&[2, 1, 0], &[5, 0]], TOKEN);
        assert_eq!(read(&octets).map(|_| ()), Err(Reason::TrailingOctets));
        let twice = [TOKEN, TOKEN].concat();
        let octets = response(&[&[2, 1, 0]], &twice);
        assert_eq!(read(&octets).map(|_| ()), Err(Reason::TrailingOctets));
    }

    #[test]
    fn other_objects_do_not_begin_like_an_answer() {
        let budget = Budget::new(Limits::STANDARD);
        // A certificate of version 1: a serial number and an algorithm.
        let certificate = response(&[&[2, 1, 0], &[0x30, 4, 6, 2, 0x2a, 3]], TOKEN);
        for octets in [&certificate[..], TOKEN, &[0x30, 0], &[]] {
            assert!(!TimeStampResponse::is_likely(
                &Octets::from(octets),
                &budget
            ));
        }
    }
}
