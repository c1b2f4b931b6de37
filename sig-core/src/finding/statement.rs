//! One true statement with its evidence.

use std::fmt;

use crate::base::time::UnixTime;
use crate::der::oid::Oid;

use super::code::{Code, Level};

/// A true statement about one object of the evidence.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Finding {
    /// What is stated.
    pub code: &'static Code,
    /// What it does to the conclusion under the policy that was applied.
    pub level: Level,
    /// About which object.
    pub subject: Subject,
    /// The evidence; its names are the placeholders of the texts.
    pub facts: Vec<Fact>,
}

/// The object a finding is about.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Subject {
    /// The input as a whole.
    Document,
    /// A `SignerInfo`, by its place from 0.
    Signature(usize),
    /// A counter-signature, by the SHA-256 of its signature value in hexadecimal digits.
    CounterSignature(String),
    /// A certificate, by the SHA-256 of its octets in hexadecimal digits.
    Certificate(String),
    /// A CRL, by the SHA-256 of its octets in hexadecimal digits.
    Crl(String),
    /// An OCSP response, by the SHA-256 of its octets in hexadecimal digits.
    Ocsp(String),
    /// A time-stamp token, by the SHA-256 of its signature value in hexadecimal digits.
    TimeStamp(String),
    /// An evidence record, by the SHA-256 of its octets in hexadecimal digits.
    EvidenceRecord(String),
    /// The accredited-CA list.
    TrustList,
}

/// A named value.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Fact {
    /// The name; a placeholder of the texts.
    pub name: &'static str,
    /// The value.
    pub value: Value,
}

/// A typed value, so that texts and JSON are made from one source.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// An instant.
    Time(UnixTime),
    /// An object identifier.
    Oid(Oid),
    /// A number.
    Count(u64),
    /// A fixed word of the standards, such as the name of an algorithm.
    Word(String),
    /// Text read from the input: untrusted, escaped wherever it is shown.
    Text(String),
}

impl Finding {
    /// A finding without facts.
    #[must_use]
    pub const fn new(code: &'static Code, subject: Subject) -> Self {
        Self {
            code,
            level: code.level,
            subject,
            facts: Vec::new(),
        }
    }

    /// Adds a fact.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: Value) -> Self {
        self.facts.push(Fact { name, value });
        self
    }

    /// Adds an instant.
    #[must_use]
    pub fn with_time(self, name: &'static str, time: UnixTime) -> Self {
        self.with(name, Value::Time(time))
    }

    /// Adds an object identifier.
    #[must_use]
    pub fn with_oid(self, name: &'static str, oid: Oid) -> Self {
        self.with(name, Value::Oid(oid))
    }

    /// Adds a number.
    #[must_use]
    pub fn with_count(self, name: &'static str, count: u64) -> Self {
        self.with(name, Value::Count(count))
    }

    /// Adds a fixed word.
    #[must_use]
    pub fn with_word(self, name: &'static str, word: impl Into<String>) -> Self {
        self.with(name, Value::Word(word.into()))
    }

    /// Adds text read from the input.
    #[must_use]
    pub fn with_text(self, name: &'static str, text: impl Into<String>) -> Self {
        self.with(name, Value::Text(text.into()))
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Document => f.write_str("document"),
            Self::Signature(index) => write!(f, "signature:{index}"),
            Self::CounterSignature(sha256) => write!(f, "counter-signature:{sha256}"),
            Self::Certificate(sha256) => write!(f, "certificate:{sha256}"),
            Self::Crl(sha256) => write!(f, "crl:{sha256}"),
            Self::Ocsp(sha256) => write!(f, "ocsp:{sha256}"),
            Self::TimeStamp(sha256) => write!(f, "time-stamp:{sha256}"),
            Self::EvidenceRecord(sha256) => write!(f, "evidence-record:{sha256}"),
            Self::TrustList => f.write_str("trust-list"),
        }
    }
}
