//! The two languages every text exists in.

use std::io;

/// A language of user-facing text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Language {
    /// English.
    En,
    /// Russian.
    Ru,
}

/// One fixed text in both languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text {
    /// Russian.
    pub ru: &'static str,
    /// English.
    pub en: &'static str,
}

impl Text {
    /// The text in `language`.
    pub const fn in_language(self, language: Language) -> &'static str {
        match language {
            Language::En => self.en,
            Language::Ru => self.ru,
        }
    }
}

/// What the system says of a file or a stream, in words for the person at the desk; no full stop at the end.
#[must_use]
pub fn fault(kind: io::ErrorKind) -> Text {
    use io::ErrorKind as Kind;
    let (ru, en) = match kind {
        Kind::NotFound => ("такого файла или каталога нет", "no such file or folder"),
        Kind::PermissionDenied => ("нет прав доступа", "access is denied"),
        Kind::IsADirectory => (
            "это каталог, а нужен файл",
            "it is a folder, a file is required",
        ),
        Kind::NotADirectory => (
            "часть этого пути не каталог",
            "a part of this path is no folder",
        ),
        Kind::AlreadyExists => ("такой файл уже есть", "there is such a file already"),
        Kind::StorageFull => ("на диске нет места", "there is no space on the disk"),
        Kind::QuotaExceeded => ("превышена квота диска", "the disk quota is used up"),
        Kind::ReadOnlyFilesystem => (
            "диск доступен только для чтения",
            "the disk can only be read",
        ),
        Kind::InvalidFilename => (
            "имя файла недопустимо",
            "the name of the file is not allowed",
        ),
        Kind::BrokenPipe => ("получатель закрыл соединение", "the receiver has left"),
        _ => ("ошибка ввода или вывода", "an input or output error"),
    };
    Text { ru, en }
}
