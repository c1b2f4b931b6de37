//! Why a profile cannot be used, in both languages.

use thiserror::Error;

use super::LocalText;
use crate::language::Language;

/// Why a profile text cannot be used.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProfileError {
    /// The text is no TOML of the schema.
    #[error("card profile {file}: {}", message.en)]
    Syntax {
        /// File name.
        file: String,
        /// Position and reason.
        message: LocalText,
    },
    /// The schema version is unknown.
    #[error("card profile {file}: schema {schema} is not supported, this program reads schema 1")]
    Schema {
        /// File name.
        file: String,
        /// Version found.
        schema: u32,
    },
    /// A value is not the hexadecimal text it should be.
    #[error("card profile {file}, card {id}: `{key}` must be hexadecimal of the right length")]
    Hex {
        /// File name.
        file: String,
        /// Card.
        id: String,
        /// Key at fault.
        key: &'static str,
    },
    /// A road to what the card holds cannot be used.
    #[error("card profile {file}, card {id}: `[[card.road]]` {number}: {}", message.en)]
    Road {
        /// File name.
        file: String,
        /// Card.
        id: String,
        /// Which road of the card, from 1.
        number: usize,
        /// What is wrong with it.
        message: LocalText,
    },
    /// A card without a rule would never be recognised.
    #[error("card profile {file}, card {id}: no `[[card.match]]` entry")]
    NoMatch {
        /// File name.
        file: String,
        /// Card.
        id: String,
    },
    /// A folder of profiles, or a file in it, cannot be read.
    #[error("card profiles {file}: {}", message.en)]
    File {
        /// Folder or file name.
        file: String,
        /// Why not.
        message: LocalText,
    },
    /// A profile of a user changes how PINs are treated, or speaks of the universal electronic card.
    #[error(
        "card profile {file}, card {id}: `{key}` is the program's own, a profile in a folder cannot set or drop it"
    )]
    Reserved {
        /// File name.
        file: String,
        /// Card.
        id: String,
        /// Key at fault.
        key: String,
    },
    /// Two cards with one identifier.
    #[error("card profile {file}: the id {id} is used twice")]
    DuplicateId {
        /// File name.
        file: String,
        /// Card.
        id: String,
    },
}

impl ProfileError {
    /// What is wrong and where, for the person who wrote the profile.
    #[must_use]
    pub fn render(&self, language: Language) -> String {
        if language == Language::En {
            return self.to_string();
        }
        let file = |file: &str| format!("профиль карт {file}");
        let card = |name: &str, id: &str| match id {
            "*" => format!("{}, для любой карты", file(name)),
            id => format!("{}, карта {id}", file(name)),
        };
        match self {
            Self::Syntax {
                file: name,
                message,
            } => {
                format!("{}: {}", file(name), message.ru)
            }
            Self::Schema { file: name, schema } => format!(
                "{}: версия схемы {schema} не поддерживается, программа читает версию 1",
                file(name)
            ),
            Self::Hex { file, id, key } => format!(
                "{}: в `{key}` должны быть шестнадцатеричные цифры нужной длины",
                card(file, id)
            ),
            Self::Road {
                file,
                id,
                number,
                message,
            } => format!(
                "{}: `[[card.road]]` № {number}: {}",
                card(file, id),
                message.ru
            ),
            Self::NoMatch { file, id } => {
                format!("{}: нет ни одной записи `[[card.match]]`", card(file, id))
            }
            Self::File {
                file: name,
                message,
            } => format!("{}: {}", file(name), message.ru),
            Self::Reserved { file, id, key } => format!(
                "{}: `{key}` задаёт сама программа, профиль из папки не может этого изменить или убрать",
                card(file, id)
            ),
            Self::DuplicateId { file: name, id } => {
                format!("{}: id {id} встречается дважды", file(name))
            }
        }
    }
}
