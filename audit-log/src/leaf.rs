//! What a leaf says.

use serde::{Deserialize, Serialize};

/// Value of `schema` of every leaf.
const SCHEMA: &str = "qes.audit/1";

/// One event: identifiers of the daemon, digests and codes; nothing personal. Its octets are its canonical JSON, RFC 8785.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Leaf {
    /// SHA-256 of the portal's account id, in hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// The application's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub application: Option<String>,
    /// RFC 3339, UTC.
    pub at: String,
    /// The confirmation that the account has by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmation: Option<LeafConfirmation>,
    /// The code of what happened.
    pub event: String,
    /// What an outcome rests on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<LeafEvidence>,
    /// The account's level after the event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// The daemon's id of what else it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// Codes.
    pub reasons: Vec<String>,
    /// SHA-256 of all that the act left of an enrolment, in hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<String>,
    schema: String,
    /// Its place in the log.
    pub sequence: u64,
    /// SHA-256 of a judged signature that no evidence is kept of, in hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
}

/// Which evidence an outcome rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeafEvidence {
    /// SHA-256 over the digests of its parts, in hexadecimal digits.
    pub digest: String,
    /// Its id.
    pub id: String,
    /// SHA-256 of the signature file, in hexadecimal digits.
    pub signature: String,
}

/// How an account was confirmed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeafConfirmation {
    /// How strong it is, a code.
    pub assurance: String,
    /// The way in which it came, a code.
    pub channel: String,
}

/// Why octets are not a leaf.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LeafFault {
    /// Not JSON of schema `qes.audit/1`, or not in its canonical form.
    #[error("this is not a leaf of schema qes.audit/1 / это не запись журнала qes.audit/1")]
    Form,
    /// The JSON writer failed.
    #[error("a leaf could not be written / запись журнала не удалось составить")]
    Write,
}

impl Leaf {
    /// An event with nothing but its place, time and code.
    #[must_use]
    pub fn new(sequence: u64, at: String, event: &str) -> Self {
        Self {
            account: None,
            application: None,
            at,
            confirmation: None,
            event: event.to_owned(),
            evidence: None,
            level: None,
            object: None,
            reasons: Vec::new(),
            row: None,
            schema: SCHEMA.to_owned(),
            sequence,
            signature: None,
        }
    }

    /// Its octets.
    ///
    /// # Errors
    /// [`LeafFault::Write`].
    pub fn to_octets(&self) -> Result<Vec<u8>, LeafFault> {
        serde_json_canonicalizer::to_vec(self).map_err(|_| LeafFault::Write)
    }

    /// Reads octets; only the canonical form of a leaf is one.
    ///
    /// # Errors
    /// [`LeafFault::Form`].
    pub fn parse(octets: &[u8]) -> Result<Self, LeafFault> {
        let leaf: Self = serde_json::from_slice(octets).map_err(|_| LeafFault::Form)?;
        let canonical = leaf.to_octets().is_ok_and(|written| written == octets);
        match canonical && leaf.schema == SCHEMA {
            true => Ok(leaf),
            false => Err(LeafFault::Form),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = concat!(
        r#"{"at":"2026-11-18T11:06:40Z","event":"APPLICATION_REJECTED","level":"STANDARD","#,
        r#""reasons":["PERSON_DIFFERS"],"schema":"qes.audit/1","sequence":7}"#
    );

    #[test]
    fn one_written_form() {
        let leaf = Leaf {
            level: Some("STANDARD".to_owned()),
            reasons: vec!["PERSON_DIFFERS".to_owned()],
            ..Leaf::new(7, "2026-11-18T11:06:40Z".to_owned(), "APPLICATION_REJECTED")
        };
        assert_eq!(leaf.to_octets().unwrap(), TEXT.as_bytes());
        assert_eq!(Leaf::parse(TEXT.as_bytes()), Ok(leaf));
        for wrong in [
            TEXT.replace("qes.audit/1", "qes.audit/2"),
            TEXT.replace(r#","sequence""#, r#", "sequence""#),
            TEXT.replace(r#""level":"STANDARD","#, r#""level":null,"#),
            TEXT.replace(r#""reasons":["PERSON_DIFFERS"],"#, ""),
            TEXT.replace(r#""level""#, r#""lavel""#),
            TEXT.replace(":7}", ":-7}"),
            format!("{TEXT}\n"),
            String::new(),
        ] {
            assert_eq!(
                Leaf::parse(wrong.as_bytes()),
                Err(LeafFault::Form),
                "{wrong}"
            );
        }
    }
}
