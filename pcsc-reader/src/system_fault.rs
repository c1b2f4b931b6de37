//! What the system says of a file, in the words of this library: its own text has one language only.

use std::io::ErrorKind;

use crate::language::{Language, Text};

/// Why the system did not read or write, without a full stop.
#[must_use]
pub fn system_fault(kind: ErrorKind, language: Language) -> &'static str {
    text(kind).in_language(language)
}

fn text(kind: ErrorKind) -> Text {
    let (ru, en) = match kind {
        ErrorKind::NotFound => ("такого файла или каталога нет", "no such file or folder"),
        ErrorKind::PermissionDenied => ("нет прав доступа", "access is denied"),
        ErrorKind::IsADirectory => (
            "это каталог, а нужен файл",
            "this is a folder, a file is required",
        ),
        ErrorKind::NotADirectory => (
            "это не каталог, или часть пути не каталог",
            "this is no folder, or a part of the path is none",
        ),
        ErrorKind::AlreadyExists => ("такой файл уже есть", "there is such a file already"),
        ErrorKind::StorageFull => ("на диске нет места", "there is no space on the disk"),
        ErrorKind::QuotaExceeded => ("превышена квота диска", "the disk quota is used up"),
        ErrorKind::FileTooLarge => ("файл слишком велик", "the file is too large"),
        ErrorKind::ReadOnlyFilesystem => (
            "диск доступен только для чтения",
            "the disk can only be read",
        ),
        ErrorKind::ResourceBusy => ("файл занят", "the file is in use"),
        ErrorKind::InvalidFilename | ErrorKind::InvalidInput => {
            ("такое имя недопустимо", "such a name is not allowed")
        }
        ErrorKind::InvalidData => (
            "содержимое не читается (для текста нужна кодировка UTF-8)",
            "the contents cannot be read (a text must be UTF-8)",
        ),
        ErrorKind::UnexpectedEof => ("данные обрываются", "the data ends too early"),
        ErrorKind::WriteZero => ("записать всё не удалось", "not everything was written"),
        ErrorKind::BrokenPipe | ErrorKind::ConnectionReset | ErrorKind::NotConnected => {
            ("соединение оборвано", "the connection was cut")
        }
        ErrorKind::TimedOut => ("ответа нет слишком долго", "no answer came in time"),
        ErrorKind::OutOfMemory => ("не хватает памяти", "there is not enough memory"),
        ErrorKind::Interrupted => ("операция прервана", "the operation was interrupted"),
        // Its own kind is not to be named yet.
        _ if kind.to_string().starts_with("filesystem loop") => {
            ("ссылка ведёт сама на себя", "the link leads to itself")
        }
        _ => ("ошибка системы", "a fault of the system"),
    };
    Text { ru, en }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_said_in_words_of_the_language() {
        for kind in [
            ErrorKind::NotFound,
            ErrorKind::PermissionDenied,
            ErrorKind::IsADirectory,
            ErrorKind::NotADirectory,
            ErrorKind::AlreadyExists,
            ErrorKind::StorageFull,
            ErrorKind::UnexpectedEof,
            ErrorKind::Unsupported,
        ] {
            let Text { ru, en } = text(kind);
            assert!(!ru.chars().any(|it| it.is_ascii_alphabetic()), "{ru}");
            assert!(en.is_ascii(), "{en}");
        }
        let own = system_fault(ErrorKind::NotFound, Language::Ru);
        assert_ne!(own, text(ErrorKind::Other).ru);
    }
}
