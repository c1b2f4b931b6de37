//! What is noted about a trusted list.

use crate::finding::Language;

/// Something in a list that does not stop the reading of the rest (ETSI TS 119 612 §5).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct EtsiNote {
    /// Which provider of the list, from 1; 0 when the note is about a pointer.
    pub provider: usize,
    /// Which service of the provider, or which pointer, from 1.
    pub service: usize,
    /// What was noted.
    pub reason: EtsiNoteReason,
}

/// What is noted about a list (ETSI TS 119 612 §5).
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum EtsiNoteReason {
    /// A certificate cannot be read; it was left out.
    CertificateMalformed,
    /// A service has no certificate: nothing can be found under it.
    NoCertificate,
    /// A status is not known; it counts as not in force.
    StatusUnknown(String),
    /// The history has an entry that begins after the current one; from then on the current one holds.
    HistoryAfterCurrent,
    /// A critical extension is not known; the period it stands in counts for nothing.
    CriticalExtension(String),
}

impl EtsiNoteReason {
    /// The stable name of the note.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::CertificateMalformed => "list.certificate.malformed",
            Self::NoCertificate => "list.service.no_certificate",
            Self::StatusUnknown(_) => "list.status.unknown",
            Self::HistoryAfterCurrent => "list.history.after_current",
            Self::CriticalExtension(_) => "list.extension.unknown_critical",
        }
    }

    /// What was noted, in words.
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        let (ru, en, what) = match self {
            Self::CertificateMalformed => (
                "сертификат не читается и пропущен",
                "a certificate cannot be read; it was left out",
                None,
            ),
            Self::NoCertificate => (
                "у услуги нет ни одного сертификата",
                "the service has no certificate",
                None,
            ),
            Self::HistoryAfterCurrent => (
                "запись истории услуги начинается позже текущей: действует текущая",
                "an entry of the history of the service begins after the current one; the current one holds",
                None,
            ),
            Self::StatusUnknown(uri) => (
                "неизвестный статус услуги: он не считается действующим",
                "the status of the service is unknown; it does not count as in force",
                Some(uri),
            ),
            Self::CriticalExtension(name) => (
                "неизвестное критичное расширение: запись не считается действующей",
                "an unknown critical extension; the entry does not count as in force",
                Some(name),
            ),
        };
        let text = match language {
            Language::Ru => ru,
            Language::En => en,
        };
        match what {
            Some(what) => format!("{text}: {}", crate::finding::displayable(what)),
            None => text.to_owned(),
        }
    }
}
