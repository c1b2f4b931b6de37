//! Evidence records in the report (RFC 4998).

use crate::base::time::UnixTime;
use crate::finding::{Code, Conclusion, Finding, Subject};

use super::model::{NotChecked, TimeStampReport};

/// One evidence record (RFC 4998 §3).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct EvidenceRecordReport {
    /// SHA-256 of the record, hexadecimal digits.
    pub id: String,
    /// Where it stood.
    pub kind: EvidenceRecordKind,
    /// The verdict.
    pub conclusion: Conclusion,
    /// The finding that decided, unless everything passed.
    pub decided_by: Option<&'static Code>,
    /// All it is of existed at this time, when it passed.
    pub proven_not_later_than: Option<UnixTime>,
    /// What it is of.
    pub covers: Vec<Subject>,
    /// How many hash trees stand one on the other.
    pub chains: usize,
    /// Its time-stamps in the order in which they renew each other.
    pub time_stamps: Vec<TimeStampReport>,
    /// Findings, in the order in which they were made.
    pub findings: Vec<Finding>,
    /// What was not checked and why.
    pub not_checked: Vec<NotChecked>,
}

/// Where an evidence record stood (RFC 4998 app. A).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum EvidenceRecordKind {
    /// Alone, of a document.
    Document,
    /// In an attribute, of the message.
    Internal,
    /// In an attribute, of the message and the document beside it.
    External,
    /// Beside the signature, of its file.
    Beside,
}

impl EvidenceRecordKind {
    /// The name used in reports (RFC 4998 app. A).
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Document => "evidence-record",
            Self::Internal => "internal-evidence-record",
            Self::External => "external-evidence-record",
            Self::Beside => "evidence-record-of-file",
        }
    }
}
