//! Challenges of a sign-in by signature: the bytes to sign, and when a
//! signature of them may be judged.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Serialize;

use super::{ids::ChallengeId, origin::Origin, reason::Reason, time::UnixSeconds};

/// Value of `schema` of a challenge; no other signed object carries it.
pub const SCHEMA: &str = "qes.sign-in/1";

/// Seconds from issue to expiry.
pub const LIFETIME: i64 = 300;

/// Signatures that may fail before the challenge is spent.
pub const FAILED_TRIES: u32 = 3;

/// An issued challenge.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Challenge {
    pub id: ChallengeId,
    /// The installation that issued it.
    pub audience: String,
    pub origin: Origin,
    pub issued_at: UnixSeconds,
    pub expires_at: UnixSeconds,
    /// The exact bytes to sign.
    pub content: Vec<u8>,
}

/// What goes into a new challenge.
#[allow(missing_docs)]
pub struct NewChallenge<'a> {
    pub id: ChallengeId,
    pub audience: &'a str,
    pub origin: Origin,
    pub random: [u8; 32],
    pub now: UnixSeconds,
}

#[derive(Serialize)]
struct Content<'a> {
    audience: &'a str,
    challenge: String,
    expires_at: String,
    issued_at: String,
    origin: &'a str,
    schema: &'static str,
}

impl NewChallenge<'_> {
    /// The challenge with its bytes to sign: UTF-8 JSON, RFC 8785.
    ///
    /// # Errors
    /// [`Reason::Internal`] when the JSON writer fails.
    pub fn issue(self) -> Result<Challenge, Reason> {
        let expires_at = self.now.plus(LIFETIME);
        let content = Content {
            audience: self.audience,
            challenge: URL_SAFE_NO_PAD.encode(self.random),
            expires_at: expires_at.rfc3339(),
            issued_at: self.now.rfc3339(),
            origin: self.origin.as_str(),
            schema: SCHEMA,
        };
        Ok(Challenge {
            content: serde_json_canonicalizer::to_vec(&content).map_err(|_| Reason::Internal)?,
            id: self.id,
            audience: self.audience.to_owned(),
            origin: self.origin,
            issued_at: self.now,
            expires_at,
        })
    }
}

/// A challenge with what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptChallenge {
    /// As it was issued.
    pub challenge: Challenge,
    /// Signatures of it that failed.
    pub failed_tries: u32,
    /// Whether a good signature has spent it.
    pub used: bool,
}

impl KeptChallenge {
    /// Whether a signature of it can be judged now, by installation
    /// `audience` for somebody at `origin`.
    ///
    /// # Errors
    /// [`Reason::SignInOfAnotherInstance`], [`Reason::SignInOriginDiffers`],
    /// [`Reason::SignInChallengeSpent`], [`Reason::SignInChallengeExpired`].
    pub fn may_be_used(
        &self,
        audience: &str,
        origin: &Origin,
        now: UnixSeconds,
    ) -> Result<(), Reason> {
        let challenge = &self.challenge;
        if challenge.audience != audience {
            return Err(Reason::SignInOfAnotherInstance);
        }
        if challenge.origin != *origin {
            return Err(Reason::SignInOriginDiffers);
        }
        if self.used || self.tries_left() == 0 {
            return Err(Reason::SignInChallengeSpent);
        }
        match now >= challenge.expires_at {
            true => Err(Reason::SignInChallengeExpired),
            false => Ok(()),
        }
    }

    /// Signatures that may still be tried.
    pub fn tries_left(&self) -> u32 {
        match self.used {
            true => 0,
            false => FAILED_TRIES.saturating_sub(self.failed_tries),
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const NOW: UnixSeconds = UnixSeconds::EPOCH;

    fn kept() -> KeptChallenge {
        let challenge = NewChallenge {
            id: ChallengeId::new(Uuid::nil()),
            audience: "test.instance",
            origin: Origin::parse("https://portal.example").unwrap(),
            random: [0xfb; 32],
            now: NOW,
        };
        KeptChallenge {
            challenge: challenge.issue().unwrap(),
            failed_tries: 0,
            used: false,
        }
    }

    #[test]
    fn bytes_to_sign_are_canonical_json() {
        let expected = concat!(
            r#"{"audience":"test.instance","challenge":"-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_s","#,
            r#""expires_at":"1970-01-01T00:05:00Z","issued_at":"1970-01-01T00:00:00Z","#,
            r#""origin":"https://portal.example","schema":"qes.sign-in/1"}"#
        );
        assert_eq!(
            String::from_utf8(kept().challenge.content).unwrap(),
            expected
        );
    }

    #[test]
    fn what_cannot_be_used() {
        let here = Origin::parse("https://portal.example").unwrap();
        let there = Origin::parse("https://portal.example:8443").unwrap();
        let fresh = kept();
        let used = KeptChallenge {
            used: true,
            ..kept()
        };
        let tried = |failed_tries| KeptChallenge {
            failed_tries,
            ..kept()
        };
        let at = |kept: &KeptChallenge, seconds| {
            kept.may_be_used("test.instance", &here, NOW.plus(seconds))
        };
        assert_eq!(at(&fresh, 299), Ok(()));
        assert_eq!(at(&fresh, 300), Err(Reason::SignInChallengeExpired));
        assert_eq!(at(&used, 0), Err(Reason::SignInChallengeSpent));
        assert_eq!(at(&tried(2), 0), Ok(()));
        assert_eq!(at(&tried(3), 0), Err(Reason::SignInChallengeSpent));
        assert_eq!(
            fresh.may_be_used("test.instance", &there, NOW),
            Err(Reason::SignInOriginDiffers)
        );
        assert_eq!(
            fresh.may_be_used("other", &here, NOW),
            Err(Reason::SignInOfAnotherInstance)
        );
        let left = [fresh, tried(2), tried(3), used].map(|kept| kept.tries_left());
        assert_eq!(left, [3, 1, 0, 0]);
    }
}
