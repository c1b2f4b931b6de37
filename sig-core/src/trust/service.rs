//! Accredited authorities, their keys and the history of their accreditation (63-FZ art. 8 and 16).

use std::sync::Arc;

use crate::base::time::UnixTime;
use crate::der::octets::Octets;
use crate::finding::Language;

/// A list of accredited authorities, as it was read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AccreditedList {
    /// The number of the edition. A caller who keeps editions refuses one below the newest it has.
    pub version: u64,
    /// When the edition was made, if it says so.
    pub issued_at: Option<UnixTime>,
    /// The keys, in the order of the list.
    pub services: Vec<Service>,
    /// What was left out or looks wrong, in the order of the list.
    pub notes: Vec<ListNote>,
}

/// One key of an accredited authority.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Service {
    /// The version of the list that says this.
    pub version: u64,
    /// Whose key it is; the same value for all keys of the authority.
    pub authority: Arc<Authority>,
    /// The subject key identifier the list gives; empty when it gives none.
    pub key_identifier: Vec<u8>,
    /// DER of the certificates of this key, in the order of the list.
    pub certificates: Vec<Octets>,
    /// Addresses of revocation lists.
    pub crl_addresses: Vec<String>,
    /// Class of the signature tools, for example КС2.
    pub tool_class: Option<String>,
    /// Statuses of the accreditation, oldest first.
    pub history: History,
}

/// An accredited authority.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Authority {
    /// Name.
    pub name: Option<String>,
    /// INN.
    pub inn: Option<String>,
    /// OGRN.
    pub ogrn: Option<String>,
    /// Number in the register of accredited authorities.
    pub registry_number: Option<String>,
}

/// A status and the instant from which it holds.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct StatusChange {
    /// From when.
    pub from: UnixTime,
    /// What holds from then on.
    pub status: Status,
}

/// The status of an accreditation. The order is from the best to the worst.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Status {
    /// Действует.
    InForce,
    /// Приостановлена.
    Suspended,
    /// Прекращена.
    Terminated,
    /// Аннулирована.
    Annulled,
    /// A word that is not known here. It never means "in force".
    Unknown(String),
}

impl Status {
    /// From the word of the list.
    #[must_use]
    pub fn from_word(word: &str) -> Self {
        match word {
            "Действует" => Self::InForce,
            "Приостановлена" => Self::Suspended,
            "Прекращена" => Self::Terminated,
            "Аннулирована" => Self::Annulled,
            other => Self::Unknown(other.to_owned()),
        }
    }

    /// The word of the list.
    #[must_use]
    pub fn word(&self) -> &str {
        match self {
            Self::InForce => "Действует",
            Self::Suspended => "Приостановлена",
            Self::Terminated => "Прекращена",
            Self::Annulled => "Аннулирована",
            Self::Unknown(word) => word,
        }
    }
}

/// Changes of status, oldest first, each once. Cheap to clone: all keys of an authority share it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct History {
    changes: Arc<[StatusChange]>,
    /// The last instant that it speaks of; none when it speaks of every one.
    until: Option<UnixTime>,
}

impl History {
    /// Sorts changes by date and drops repetitions. Of two changes at one instant the worse status
    /// comes last, and so holds.
    #[must_use]
    pub fn new(mut changes: Vec<StatusChange>) -> Self {
        changes.sort();
        changes.dedup();
        Self {
            changes: changes.into(),
            until: None,
        }
    }

    /// The same changes, which say nothing of what is after an instant.
    #[must_use]
    pub fn until(&self, last: UnixTime) -> Self {
        Self {
            changes: Arc::clone(&self.changes),
            until: Some(self.until.map_or(last, |until| until.min(last))),
        }
    }

    /// The changes, oldest first.
    #[must_use]
    pub fn changes(&self) -> &[StatusChange] {
        &self.changes
    }

    /// The latest change that is not after this instant; `None` before the first, and where the history does not
    /// reach.
    #[must_use]
    pub fn status_at(&self, at: UnixTime) -> Option<&StatusChange> {
        if self.until.is_some_and(|until| at > until) {
            return None;
        }
        let after = self.changes.partition_point(|change| change.from <= at);
        after.checked_sub(1).and_then(|last| self.changes.get(last))
    }
}

impl Service {
    /// The status of the accreditation at an instant: the latest change that is not after it.
    #[must_use]
    pub fn status_at(&self, at: UnixTime) -> Option<&StatusChange> {
        self.history.status_at(at)
    }
}

/// Something in a list that does not stop the reading of the rest.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ListNote {
    /// Which authority of the list, from 1.
    pub authority: usize,
    /// Which key of the authority, from 1; `None` when the note is about the authority.
    pub key: Option<usize>,
    /// Which certificate of the key, from 1; `None` when the note is about the key.
    pub certificate: Option<usize>,
    /// What was noted.
    pub reason: NoteReason,
}

/// What is noted about a list.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum NoteReason {
    /// A certificate has no octets in the list; it was left out.
    CertificateAbsent,
    /// The octets of a certificate are not base64; it was left out.
    CertificateNotBase64,
    /// The octets of a certificate are not an X.509 certificate; it was left out.
    CertificateMalformed,
    /// The key identifier is not hexadecimal; it was left out.
    KeyIdentifierNotHex,
    /// A status is a word that is not known; it counts as not in force.
    StatusUnknown,
    /// The current status is not the latest of the history at the date of the list.
    StatusContradictsHistory,
}

impl NoteReason {
    /// Every reason.
    pub const ALL: [Self; 6] = [
        Self::CertificateAbsent,
        Self::CertificateNotBase64,
        Self::CertificateMalformed,
        Self::KeyIdentifierNotHex,
        Self::StatusUnknown,
        Self::StatusContradictsHistory,
    ];

    /// The stable name of the note.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.row().0
    }

    /// What was noted, in words.
    #[must_use]
    pub const fn text(self, language: Language) -> &'static str {
        let (_, ru, en) = self.row();
        match language {
            Language::Ru => ru,
            Language::En => en,
        }
    }

    const fn row(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::CertificateAbsent => (
                "list.certificate.absent",
                "сертификат не приведён и пропущен",
                "the certificate is not given; it was left out",
            ),
            Self::CertificateNotBase64 => (
                "list.certificate.not_base64",
                "сертификат записан не в base64 и пропущен",
                "the certificate is not base64; it was left out",
            ),
            Self::CertificateMalformed => (
                "list.certificate.malformed",
                "сертификат не читается и пропущен",
                "the certificate cannot be read; it was left out",
            ),
            Self::KeyIdentifierNotHex => (
                "list.key.identifier_not_hex",
                "идентификатор ключа записан неверно и пропущен",
                "the key identifier is not hexadecimal; it was left out",
            ),
            Self::StatusUnknown => (
                "list.status.unknown",
                "неизвестный статус аккредитации: он не считается действующим",
                "an accreditation status is unknown; it does not count as in force",
            ),
            Self::StatusContradictsHistory => (
                "list.status.contradicts_history",
                "текущий статус аккредитации не последний в истории на дату списка",
                "the current status is not the latest of the history at the date of the list",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(from: i64, status: Status) -> StatusChange {
        StatusChange {
            from: UnixTime::from_seconds(from),
            status,
        }
    }

    fn at(history: &History, seconds: i64) -> Option<Status> {
        history
            .status_at(UnixTime::from_seconds(seconds))
            .map(|change| change.status.clone())
    }

    #[test]
    fn the_latest_change_not_after_the_instant_holds() {
        let history = History::new(vec![
            change(300, Status::Terminated),
            change(100, Status::InForce),
            change(200, Status::Suspended),
        ]);
        assert_eq!(at(&history, 99), None);
        assert_eq!(at(&history, 100), Some(Status::InForce));
        assert_eq!(at(&history, 199), Some(Status::InForce));
        assert_eq!(at(&history, 200), Some(Status::Suspended));
        assert_eq!(at(&history, 300), Some(Status::Terminated));
        assert_eq!(at(&history, i64::MAX), Some(Status::Terminated));
    }

    #[test]
    fn repetitions_are_dropped_and_the_worse_status_of_an_instant_holds() {
        let history = History::new(vec![
            change(100, Status::Annulled),
            change(100, Status::InForce),
            change(100, Status::Annulled),
        ]);
        assert_eq!(history.changes().len(), 2);
        assert_eq!(at(&history, 100), Some(Status::Annulled));
    }

    #[test]
    fn an_unknown_word_is_kept_and_is_worse_than_all_others() {
        for word in [
            "Действует",
            "Приостановлена",
            "Прекращена",
            "Аннулирована",
            "ДЕЙСТВУЕТ",
        ] {
            assert_eq!(Status::from_word(word).word(), word);
        }
        assert!(Status::from_word("действует") > Status::Annulled);
        assert_ne!(Status::from_word("Действует "), Status::InForce);
    }

    #[test]
    fn a_history_says_nothing_of_what_is_after_its_end() {
        let whole = History::new(vec![change(100, Status::InForce)]);
        let bounded = whole.until(UnixTime::from_seconds(200));
        assert_eq!(at(&bounded, 200), Some(Status::InForce));
        assert_eq!(at(&bounded, 201), None);
        let later = bounded.until(UnixTime::from_seconds(300));
        assert_eq!(at(&later, 201), None);
    }

    #[test]
    fn every_reason_of_a_note_has_a_name_of_its_own() {
        let codes: std::collections::BTreeSet<_> =
            NoteReason::ALL.iter().map(|reason| reason.code()).collect();
        assert_eq!(codes.len(), NoteReason::ALL.len());
    }

    #[test]
    fn no_history_is_no_status() {
        assert_eq!(at(&History::new(Vec::new()), i64::MAX), None);
    }
}
