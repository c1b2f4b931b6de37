//! Why trusted lists do not become a snapshot.

use std::fmt;

use crate::finding::{Language, displayable};

use super::super::super::mintsifry_list::ListRejected;
use super::super::pointer::PointerRejected;
use super::pivot::PivotRejected;

/// Why trusted lists do not become a snapshot (ETSI TS 119 615 §4.1).
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum EtsiSnapshotRejected {
    /// A list, its signature or its signer.
    List(ListRejected),
    /// No list was given.
    NoList,
    /// There are two lists of lists.
    SeveralListsOfLists,
    /// The list of this territory is neither one of the services of a member state nor the list of lists.
    Kind(String),
    /// The list of this territory was issued after it is taken in, or before one with a lower number.
    Date(String),
    /// The successor of the list of this territory should be out.
    Outdated(String),
    /// The list of this territory, taken in before, is signed by a certificate that may not sign it any more.
    SignerDropped(String),
    /// The list of lists does not say who signs the list of this territory.
    Pointer(String, PointerRejected),
    /// Pivots do not lead to who signs the list of lists.
    Pivot(PivotRejected),
    /// The list is older than the one that was taken in before: it may have been brought back on purpose.
    OlderNumber {
        /// Whose list it is.
        territory: String,
        /// Its number.
        given: u64,
        /// The number of the newest.
        newest: u64,
    },
    /// Two different lists of a territory have this number.
    NumberTwice {
        /// Whose lists they are.
        territory: String,
        /// Their number.
        given: u64,
    },
}

impl EtsiSnapshotRejected {
    /// Whether two implementations of an algorithm disagree: nothing is known against the list (XMLDSig §3.2).
    #[must_use]
    pub const fn is_disagreement(&self) -> bool {
        matches!(self, Self::List(ListRejected::BackEndsDisagree(_)))
    }

    /// What is wrong and what to do (ETSI TS 119 615 §4.1).
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        let (ru, en) = match self {
            Self::List(rejected) => return rejected.text(language),
            Self::Pivot(why) => return why.text(language),
            Self::Pointer(territory, why) => {
                return format!("{}: {}", displayable(territory), why.text(language));
            }
            Self::NoList => (
                "нет ни одного списка; назовите файл списка".to_owned(),
                "there is no list; name the file of one".to_owned(),
            ),
            Self::Kind(territory) => (
                format!(
                    "список {} другого типа: нужен список услуг государства (EUgeneric)",
                    displayable(territory)
                ),
                format!(
                    "the list of {} is of another type; name a list of the services of a state (EUgeneric)",
                    displayable(territory)
                ),
            ),
            Self::SeveralListsOfLists => (
                "списков списков больше одного; оставьте один".to_owned(),
                "there is more than one list of lists; name one".to_owned(),
            ),
            Self::Date(territory) => {
                let territory = displayable(territory);
                (
                    format!(
                        "дата списка {territory} неверна: в будущем или раньше прежнего; получите его заново"
                    ),
                    format!(
                        "the date of the list of {territory} is wrong: in the future, or before the former one; get the list again"
                    ),
                )
            }
            Self::Outdated(territory) => {
                let territory = displayable(territory);
                (
                    format!(
                        "список {territory} устарел: вышел срок его обновления; получите свежий"
                    ),
                    format!(
                        "the list of {territory} is out of date: its next update is due; get a fresh one"
                    ),
                )
            }
            Self::SignerDropped(territory) => {
                let territory = displayable(territory);
                (
                    format!(
                        "принятый раньше список {territory} подписан тем, кто теперь не назван; получите свежий"
                    ),
                    format!(
                        "the list of {territory} taken in before is signed by one who is named no longer; get a fresh one"
                    ),
                )
            }
            Self::OlderNumber {
                territory,
                given,
                newest,
            } => {
                let territory = displayable(territory);
                (
                    format!(
                        "список {territory} номер {given} старше уже принятого ({newest}); получите свежий"
                    ),
                    format!(
                        "the list of {territory} number {given} is older than the one taken in before ({newest}); get a fresh one"
                    ),
                )
            }
            Self::NumberTwice { territory, given } => {
                let territory = displayable(territory);
                (
                    format!(
                        "есть два разных списка {territory} с номером {given}; один из них не настоящий или испорчен"
                    ),
                    format!(
                        "there are two different lists of {territory} with the number {given}; one of them is wrong"
                    ),
                )
            }
        };
        match language {
            Language::Ru => ru,
            Language::En => en,
        }
    }
}

impl fmt::Display for EtsiSnapshotRejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(Language::En))
    }
}

impl std::error::Error for EtsiSnapshotRejected {}
