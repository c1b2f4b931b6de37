//! Why a list does not become a snapshot.

use crate::base::error::{Error, Malformed};
use crate::finding::{Code, Language};
use crate::trust::mintsifry_list::ListRejected;

/// Why a list does not become a snapshot (63-FZ art. 8).
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum SnapshotRejected {
    /// The list or its signature.
    List(ListRejected),
    /// The certificate of its signer cannot be read.
    SignerMalformed(Malformed),
    /// No path leads from the signer to a pinned root.
    SignerNotTrusted,
    /// The path of the signer fails this rule.
    SignerPath(&'static Code),
    /// The signer's certificate is not valid on the day the list is taken in.
    SignerValidity,
    /// The list has no date, or one after the day it is taken in.
    ListDate,
    /// The signer is not the keeper of the register.
    SignerOgrn,
    /// No list was given.
    NoList,
    /// The list is older than the newest that was taken in before: it may have been brought back on purpose.
    OlderVersion {
        /// Its version.
        given: u64,
        /// The newest version.
        newest: u64,
    },
    /// Two different lists have this version.
    VersionTwice(u64),
    /// The list of this version is dated before one of a lower version.
    DatesFall(u64),
    /// A limit was reached.
    Limit(Error),
}

impl SnapshotRejected {
    pub(super) fn not_judged(error: Error) -> Self {
        match error {
            Error::BackEndsDisagree(disagreement) => {
                Self::List(ListRejected::BackEndsDisagree(disagreement))
            }
            other => Self::Limit(other),
        }
    }

    /// Whether two implementations of an algorithm disagree: nothing is known against the list (63-FZ art. 8).
    #[must_use]
    pub const fn is_disagreement(&self) -> bool {
        matches!(self, Self::List(ListRejected::BackEndsDisagree(_)))
    }

    /// What is wrong and what to do (63-FZ art. 8).
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        let pick = |ru: &str, en: &str| match language {
            Language::Ru => ru.to_owned(),
            Language::En => en.to_owned(),
        };
        match self {
            Self::List(rejected) => rejected.text(language),
            Self::SignerMalformed(malformed) => match language {
                Language::Ru => format!("сертификат подписавшего список повреждён: {malformed}"),
                Language::En => {
                    format!("the certificate of the list's signer is malformed: {malformed}")
                }
            },
            Self::SignerNotTrusted => pick(
                "список подписан не тем, кому доверяют заданные корни; проверьте корни",
                "no configured root vouches for the list's signer; check the roots",
            ),
            Self::SignerPath(code) => pick(code.ru, code.en),
            Self::SignerValidity => pick(
                "сертификат подписавшего список не действует; получите свежий список",
                "the certificate of the list's signer is not valid; get a fresh list",
            ),
            Self::ListDate => pick(
                "у списка нет даты или она в будущем; получите список заново",
                "the list has no date or one in the future; get the list again",
            ),
            Self::SignerOgrn => pick(
                "список подписан не министерством: ОГРН в сертификате другой",
                "the list is not signed by the ministry: its certificate carries another OGRN",
            ),
            Self::NoList => pick(
                "нет ни одного списка; назовите файл списка",
                "there is no list; name the file of one",
            ),
            Self::OlderVersion { given, newest } => pick(
                &format!(
                    "список версии {given} старше уже принятого ({newest}); получите свежий список"
                ),
                &format!(
                    "the list of version {given} is older than the one taken in before ({newest}); get a fresh list"
                ),
            ),
            Self::VersionTwice(version) => pick(
                &format!(
                    "есть два разных списка версии {version}; один из них не настоящий или испорчен"
                ),
                &format!(
                    "there are two different lists of version {version}; one of them is wrong"
                ),
            ),
            Self::DatesFall(version) => pick(
                &format!("список версии {version} датирован раньше списка меньшей версии"),
                &format!("the list of version {version} is dated before one of a lower version"),
            ),
            Self::Limit(limit) => match language {
                Language::Ru => format!("список слишком велик: {limit}"),
                Language::En => format!("the list is too large: {limit}"),
            },
        }
    }
}
