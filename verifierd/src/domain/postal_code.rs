//! Codes sent by registered post: what they are, how long they count, and
//! what is kept of them.

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{Error, PasswordHasher as _, PasswordVerifier as _},
};
use serde::Serialize;
use zeroize::Zeroizing;

use super::{
    application::{Application, Channel, applicant},
    claims::Claims,
    ids::{AccountId, ApplicationId},
    reason::Reason,
    time::UnixSeconds,
};

/// Value of `schema` of what is kept of a letter; nobody signs it.
pub const SCHEMA: &str = "qes.postal-code/1";

const DAY: i64 = 86_400;

/// Seconds for which a code counts.
pub const LIFETIME: i64 = 90 * DAY;

/// Seconds from one letter to the next.
pub const PAUSE: i64 = 30 * DAY;

/// Wrong codes that spend a letter.
pub const WRONG_TRIES: u32 = 5;

const DIGITS: usize = 16;

/// 16 decimal digits; never printed but in the letter.
#[derive(Clone, PartialEq, Eq)]
pub struct PostalCode(Zeroizing<String>);

impl PostalCode {
    /// Draws a code from random octets, each digit as likely as any other.
    ///
    /// # Errors
    /// That of `random`; [`Reason::Internal`] when its octets will not do.
    pub fn draw(random: impl Fn() -> Result<[u8; 32], Reason>) -> Result<Self, Reason> {
        let mut digits = Zeroizing::new(String::with_capacity(DIGITS));
        // 32 octets fall short of 16 digits about once in 10²² times.
        for _ in 0..8 {
            let octets = Zeroizing::new(random()?);
            // 250 is the largest multiple of ten: the rest would favour 0 to 5.
            let drawn = octets.iter().filter(|octet| **octet < 250);
            let missing = DIGITS - digits.len();
            digits.extend(
                drawn
                    .take(missing)
                    .map(|octet| char::from(b'0' + octet % 10)),
            );
            if digits.len() == DIGITS {
                return Ok(Self(digits));
            }
        }
        Err(Reason::Internal)
    }

    /// Reads 16 digits that may stand in groups, as in the letter.
    pub fn parse(text: &str) -> Option<Self> {
        // Longer than any grouping: the rest is not worth reading.
        if text.len() > 64 {
            return None;
        }
        let separator = |c: &char| matches!(c, ' ' | '-' | '\u{a0}');
        let mut digits = Zeroizing::new(String::with_capacity(64));
        digits.extend(text.chars().filter(|c| !separator(c)));
        let all = digits.bytes().all(|b| b.is_ascii_digit());
        (digits.len() == DIGITS && all).then_some(Self(digits))
    }

    /// The digits, for the letter.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What is kept of the code. Costs some 50 ms of a core, and 19 MiB.
    ///
    /// # Errors
    /// [`Reason::Internal`] without memory.
    pub fn hash(&self, salt: &[u8; 16]) -> Result<CodeHash, Reason> {
        let hash = hasher()?.hash_password_with_salt(self.0.as_bytes(), salt);
        hash.map(|hash| CodeHash(hash.to_string()))
            .map_err(|_| Reason::Internal)
    }
}

/// Argon2id with the memory and passes of RFC 9106 §4 for a machine that has
/// little to spare (19 MiB, 2 passes, 1 lane: OWASP's least): a code of 53
/// bits counts five tries here, and a stolen table costs an age a letter.
fn hasher() -> Result<Argon2<'static>, Reason> {
    let params = Params::new(19 * 1024, 2, 1, Some(32)).map_err(|_| Reason::Internal)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// A password hash of a code, in the PHC string format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeHash(String);

impl CodeHash {
    /// Wraps a stored hash.
    pub fn of_stored(text: String) -> Self {
        Self(text)
    }

    /// The stored form.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is that of `code`; digests are compared in constant time.
    /// Costs as much as [`PostalCode::hash`].
    ///
    /// # Errors
    /// [`Reason::Internal`] when the stored hash cannot be read.
    pub fn matches(&self, code: &PostalCode) -> Result<bool, Reason> {
        match hasher()?.verify_password(code.0.as_bytes(), self.0.as_str()) {
            Ok(()) => Ok(true),
            Err(Error::PasswordInvalid) => Ok(false),
            Err(_) => Err(Reason::Internal),
        }
    }
}

/// A letter as it is kept: an application that a code answers, not a
/// signature.
#[derive(Clone)]
#[allow(missing_docs)]
pub struct KeptCode {
    pub application_id: ApplicationId,
    pub issued_at: UnixSeconds,
    pub hash: CodeHash,
    pub wrong_tries: u32,
}

impl KeptCode {
    /// Wrong codes that are still free.
    pub fn tries_left(&self) -> u32 {
        WRONG_TRIES.saturating_sub(self.wrong_tries)
    }

    /// Seconds from `now` until another letter may be issued.
    pub fn wait(&self, now: UnixSeconds) -> Option<i64> {
        let wait = self.issued_at.plus(PAUSE).seconds() - now.seconds();
        (wait > 0).then_some(wait)
    }
}

/// What goes into a new letter's application.
#[allow(missing_docs)]
pub struct Letter<'a> {
    pub id: ApplicationId,
    pub account_id: &'a AccountId,
    pub claims: &'a Claims,
    pub audience: &'a str,
    /// SHA-256 of the kept hash.
    pub hash_sha256: [u8; 32],
    pub issued_at: UnixSeconds,
}

#[derive(Serialize)]
struct Content<'a> {
    account_id: &'a str,
    applicant: std::collections::BTreeMap<&'static str, String>,
    application_id: String,
    audience: &'a str,
    channel: &'static str,
    code_hash_sha256: String,
    expires_at: String,
    issued_at: String,
    schema: &'static str,
}

impl Letter<'_> {
    /// The application that the code answers; its bytes say who was written
    /// to, when, and which hash is kept, and nothing of the code.
    ///
    /// # Errors
    /// [`Reason::Internal`] when the JSON writer fails.
    pub fn application(&self) -> Result<Application, Reason> {
        let expires_at = self.issued_at.plus(LIFETIME);
        let content = Content {
            account_id: self.account_id.as_str(),
            applicant: applicant(self.claims),
            application_id: self.id.to_string(),
            audience: self.audience,
            channel: Channel::PostalCode.code(),
            code_hash_sha256: hex::encode(self.hash_sha256),
            expires_at: expires_at.rfc3339(),
            issued_at: self.issued_at.rfc3339(),
            schema: SCHEMA,
        };
        Ok(Application {
            id: self.id,
            account_id: self.account_id.clone(),
            channel: Channel::PostalCode,
            audience: self.audience.to_owned(),
            issued_at: self.issued_at,
            expires_at,
            cancelled: None,
            content: serde_json_canonicalizer::to_vec(&content).map_err(|_| Reason::Internal)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn every_digit_is_as_likely_as_any_other() {
        // Each octet once: the 250 that count give each digit 25 times.
        let next = Cell::new(0_u8);
        let random = || {
            let mut octets = [0; 32];
            for octet in &mut octets {
                *octet = next.get();
                next.set(next.get().wrapping_add(1));
            }
            Ok(octets)
        };
        let mut counts = [0; 10];
        for _ in 0..8 {
            let code = PostalCode::draw(random).unwrap();
            for digit in code.expose().bytes() {
                counts[usize::from(digit - b'0')] += 1;
            }
        }
        assert_eq!(counts.iter().sum::<usize>(), 128);
        assert!(
            counts.iter().all(|count| (12..=14).contains(count)),
            "{counts:?}"
        );
    }

    #[test]
    fn octets_above_249_are_left_out_and_not_waited_for() {
        assert_eq!(
            PostalCode::draw(|| Ok([250; 32])).err(),
            Some(Reason::Internal)
        );
        let lowest = PostalCode::draw(|| Ok([249; 32])).unwrap();
        assert_eq!(lowest.expose(), "9999999999999999");
        assert_eq!(
            PostalCode::draw(|| Err(Reason::Busy)).err(),
            Some(Reason::Busy)
        );
    }

    #[test]
    fn a_code_is_read_as_it_is_printed() {
        for text in [
            "1234567890123456",
            "1234 5678 9012 3456",
            "1234-5678-9012-3456",
        ] {
            assert_eq!(
                PostalCode::parse(text).unwrap().expose(),
                "1234567890123456"
            );
        }
        let long = format!("1234567890123456{}", " ".repeat(64));
        for wrong in [
            "",
            "123456789012345",
            "12345678901234567",
            "123456789012345x",
            &long,
        ] {
            assert!(PostalCode::parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn a_hash_is_of_its_code_and_salt() {
        let code = PostalCode::parse("1234567890123456").unwrap();
        let other = PostalCode::parse("1234567890123457").unwrap();
        let hash = code.hash(&[7; 16]).unwrap();
        assert!(hash.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(!hash.as_str().contains("1234567890123456"));
        assert_eq!(hash.matches(&code), Ok(true));
        assert_eq!(hash.matches(&other), Ok(false));
        assert_ne!(code.hash(&[8; 16]).unwrap(), hash);
        let broken = CodeHash::of_stored("1234567890123456".into());
        assert_eq!(broken.matches(&code), Err(Reason::Internal));
    }
}
