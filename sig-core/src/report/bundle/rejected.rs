//! Why a file is not taken as an evidence bundle.

use std::fmt;

use crate::base::error::Error;
use crate::finding::Language;
use crate::trust::etsi_list::EtsiExtractRefused;
use crate::trust::snapshot::ExtractRefused;

/// Why a file is not taken as an evidence bundle. Parts are named; nothing that they hold is repeated.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum BundleRejected {
    /// It does not begin as bundles do.
    NotABundle,
    /// It is one of another version of the form.
    OtherVersion(u64),
    /// More than a limit, which is named.
    TooMuch(&'static str),
    /// The manifest cannot be read, or is not written as a bundle of these parts has it.
    Manifest,
    /// A part is not as the manifest says.
    Changed(String, Place),
    /// The file ends inside this part.
    Truncated(String),
    /// A part is not there.
    Missing(String),
    /// A part stands there twice.
    Duplicate(String),
    /// A part stands there that the manifest does not name.
    Extra,
    /// Octets follow the end.
    Trailing,
    /// A part, by its role, is as the manifest says and cannot be used: it is malformed, or there is not one of it.
    Unusable(&'static str),
    /// The extract of trust lists is not shown to be a part of the lists that were given.
    Extract(ExtractRefused),
    /// The extract of European trusted lists is not shown to be a part of the lists that were given.
    TrustedLists(EtsiExtractRefused),
    /// It could not be judged.
    NotJudged(Error),
}

/// Where in the file something differs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Place {
    /// In the part itself.
    Content,
    /// In the header before it.
    Header,
    /// In its record in the directory of the archive.
    Directory,
}

impl BundleRejected {
    /// What is wrong, in a sentence without a full stop.
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        let (en, ru) = self.words();
        match language {
            Language::En => en,
            Language::Ru => ru,
        }
    }

    /// The word for programs.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::NotABundle => "not-a-bundle",
            Self::OtherVersion(_) => "other-version",
            Self::TooMuch(_) => "limit",
            Self::Manifest => "manifest",
            Self::Changed(..) => "changed",
            Self::Truncated(_) => "truncated",
            Self::Missing(_) => "missing",
            Self::Duplicate(_) => "duplicate",
            Self::Extra => "extra",
            Self::Trailing => "trailing",
            Self::Unusable(_) => "unusable",
            Self::Extract(_) | Self::TrustedLists(_) => "extract",
            Self::NotJudged(_) => "not-judged",
        }
    }

    /// The name of the part that it is about.
    #[must_use]
    pub fn part(&self) -> Option<&str> {
        match self {
            Self::Changed(part, _)
            | Self::Truncated(part)
            | Self::Missing(part)
            | Self::Duplicate(part) => Some(part),
            Self::Manifest => Some(super::archive::MANIFEST),
            Self::Unusable(role) => Some(role),
            Self::Extract(_) => Some("trust-extract"),
            Self::TrustedLists(_) => Some("trusted-lists"),
            _ => None,
        }
    }

    fn words(&self) -> (String, String) {
        let both = |en: &str, ru: &str| (en.to_owned(), ru.to_owned());
        match self {
            Self::NotABundle => both("not an evidence bundle", "это не пакет доказательств"),
            Self::OtherVersion(version) => (
                format!("an evidence bundle of version {version}, this program reads version 1"),
                format!("пакет доказательств версии {version}, эта программа читает версию 1"),
            ),
            Self::TooMuch(what) => (
                format!("limit reached: {what} of the bundle"),
                format!("превышен предел для пакета: {what}"),
            ),
            Self::Manifest => both(
                "the manifest cannot be read or does not fit the parts",
                "опись не читается или не подходит к частям",
            ),
            Self::Changed(part, place) => {
                let (en, ru) = place.words();
                (
                    format!("{part} was changed ({en})"),
                    format!("часть {part} изменена ({ru})"),
                )
            }
            Self::Truncated(part) => (
                format!("the file ends inside {part}"),
                format!("файл обрывается внутри части {part}"),
            ),
            Self::Missing(part) => (format!("{part} is missing"), format!("нет части {part}")),
            Self::Duplicate(part) => (
                format!("{part} stands there twice"),
                format!("часть {part} повторяется"),
            ),
            Self::Extra => both(
                "a part that the manifest does not name",
                "есть часть, которой нет в описи",
            ),
            Self::Trailing => both("octets follow the end", "после конца есть лишние байты"),
            Self::Unusable(role) => (
                format!("{role}: a part of this kind cannot be used"),
                format!("{role}: часть этого вида непригодна"),
            ),
            Self::Extract(why) => (why.text(Language::En), why.text(Language::Ru)),
            Self::TrustedLists(why) => (why.text(Language::En), why.text(Language::Ru)),
            Self::NotJudged(error) => (
                format!("not judged: {error}"),
                format!("проверка не выполнена: {error}"),
            ),
        }
    }
}

impl Place {
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Content => ("its octets", "её байты"),
            Self::Header => ("the header before it", "заголовок перед ней"),
            Self::Directory => ("its record in the directory", "запись о ней в оглавлении"),
        }
    }
}

impl From<Error> for BundleRejected {
    fn from(error: Error) -> Self {
        Self::NotJudged(error)
    }
}

impl fmt::Display for BundleRejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(Language::En))
    }
}

impl std::error::Error for BundleRejected {}
