//! Foreign names and faults of the system as a terminal or a log may show them.

use std::{io, path::Path};

use sig_core::{
    Error,
    base::error::Malformed,
    finding::{Language, displayable, word},
};

/// The name of a file: whoever sent the file chose it, so that nothing in it moves the cursor or turns the direction of
/// writing.
#[must_use]
pub fn named(path: &Path) -> String {
    displayable(&path.to_string_lossy())
}

/// A message of several lines that quotes a file.
#[must_use]
pub fn lines(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(displayable).collect();
    lines.join("\n")
}

/// What the system says of a file or a connection.
#[must_use]
pub fn fault(kind: io::ErrorKind, language: Language) -> String {
    use io::ErrorKind as Kind;
    let (ru, en) = match kind {
        Kind::NotFound => ("такого файла или каталога нет", "no such file or folder"),
        Kind::PermissionDenied => (
            "нет прав на этот файл или каталог",
            "no right to use this file or folder",
        ),
        Kind::IsADirectory => (
            "это каталог, а нужен файл",
            "this is a folder, a file is required",
        ),
        Kind::NotADirectory => (
            "часть этого пути не каталог",
            "a part of this path is no folder",
        ),
        Kind::AlreadyExists => ("такой файл уже есть", "there is such a file already"),
        Kind::DirectoryNotEmpty => ("каталог не пуст", "the folder is not empty"),
        Kind::StorageFull => ("на диске нет места", "there is no space on the disk"),
        Kind::QuotaExceeded => ("превышена квота диска", "the disk quota is used up"),
        Kind::FileTooLarge => ("файл слишком велик", "the file is too large"),
        Kind::ReadOnlyFilesystem => (
            "диск доступен только для чтения",
            "the disk can only be read",
        ),
        Kind::ResourceBusy => ("файл занят", "the file is in use"),
        Kind::InvalidFilename => (
            "имя файла недопустимо",
            "the name of the file is not allowed",
        ),
        Kind::InvalidInput => (
            "такое имя или значение недопустимо",
            "such a name or value is not allowed",
        ),
        Kind::InvalidData => (
            "содержимое не читается (для текста нужна кодировка UTF-8)",
            "the contents cannot be read (a text must be UTF-8)",
        ),
        Kind::UnexpectedEof => ("данные обрываются", "the data ends too early"),
        Kind::BrokenPipe => ("получатель закрыл соединение", "the receiver has left"),
        Kind::ConnectionRefused => ("в соединении отказано", "the connection was refused"),
        Kind::ConnectionReset | Kind::ConnectionAborted => {
            ("соединение оборвано", "the connection was cut")
        }
        Kind::TimedOut => ("ответа нет слишком долго", "no answer came in time"),
        Kind::AddrInUse => ("адрес уже занят", "the address is taken"),
        Kind::AddrNotAvailable => (
            "на этой машине нет такого адреса",
            "this machine has no such address",
        ),
        Kind::OutOfMemory => ("не хватает памяти", "there is not enough memory"),
        Kind::Interrupted => ("операция прервана", "the operation was interrupted"),
        // Its own kind is not to be named yet.
        _ if kind.to_string().starts_with("filesystem loop") => {
            ("ссылка ведёт сама на себя", "the link leads to itself")
        }
        _ => {
            return match language {
                Language::Ru => format!("ошибка системы ({kind})"),
                Language::En => format!("a fault of the system ({kind})"),
            };
        }
    };
    match language {
        Language::Ru => ru,
        Language::En => en,
    }
    .to_owned()
}

/// Why data was not read: what, where and how.
#[must_use]
pub fn why(error: &Error, language: Language) -> String {
    match (language, error) {
        (Language::En, Error::Malformed(malformed)) => broken(malformed, language),
        (Language::En, _) => error.to_string(),
        (Language::Ru, Error::Malformed(malformed)) => broken(malformed, language),
        (Language::Ru, Error::Limit(limit)) => {
            let (which, bound) = (format!("{:?}", limit.which), limit.bound);
            let which = word::said(&which, language).unwrap_or("этого");
            format!("достигнут предел: {which} не больше {bound}")
        }
        (Language::Ru, Error::BackEndsDisagree(_)) => {
            "две реализации алгоритма дали разный результат, вывода нет; сообщите разработчикам, приложив файл"
                .to_owned()
        }
        (Language::Ru, _) => "внутренняя ошибка; сообщите разработчикам".to_owned(),
    }
}

/// Where an encoding breaks off, and how.
#[must_use]
pub fn broken(malformed: &Malformed, language: Language) -> String {
    let Malformed {
        structure,
        offset,
        reason,
    } = malformed;
    let said = word::said(reason.word(), language).unwrap_or_else(|| reason.word());
    let name = format!("{structure:?}");
    let structure = word::said(&name, language).unwrap_or(&name);
    match language {
        Language::Ru => format!("{structure}, байт {offset}: {said}"),
        Language::En => format!("malformed {structure} at byte {offset}: {said}"),
    }
}

/// The same in both languages, for a line that is in both.
#[must_use]
pub fn both(error: &io::Error) -> String {
    let [en, ru] = [Language::En, Language::Ru].map(|language| fault(error.kind(), language));
    format!("{en} / {ru}")
}

#[cfg(test)]
mod tests {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt as _};

    use sig_core::base::error::{Limit, LimitExceeded};

    use super::*;

    #[test]
    fn a_name_of_a_file_neither_colours_nor_turns_what_is_shown() {
        let path = Path::new("a\u{1b}[2J\u{202e}fdp.p7s\n");
        assert_eq!(named(path), "a\\u{1b}[2J\\u{202e}fdp.p7s\\u{a}");
        let octets = Path::new(OsStr::from_bytes(b"\xff\x9b.p7s"));
        assert_eq!(named(octets), "\u{fffd}\u{fffd}.p7s");
        assert_eq!(named(Path::new("Договор № 1.p7s")), "Договор № 1.p7s");
        assert_eq!(
            lines("1 | id\u{1b}[2J\n  | ^\r\n"),
            "1 | id\\u{1b}[2J\n  | ^"
        );
    }

    #[test]
    fn limits_are_said_in_words_of_the_language() {
        for which in Limit::ALL {
            let error = Error::Limit(LimitExceeded { which, bound: 7 });
            let said = why(&error, Language::Ru);
            assert!(!said.contains(&format!("{which:?}")), "{said}");
            assert!(said.ends_with(" не больше 7"), "{said}");
        }
    }

    #[test]
    fn faults_are_said_in_words_of_the_language() {
        for kind in [
            io::ErrorKind::NotFound,
            io::ErrorKind::PermissionDenied,
            io::ErrorKind::IsADirectory,
            io::ErrorKind::AlreadyExists,
            io::ErrorKind::StorageFull,
            io::ErrorKind::ConnectionRefused,
            io::ErrorKind::AddrInUse,
        ] {
            let [ru, en] = [Language::Ru, Language::En].map(|language| fault(kind, language));
            assert!(!ru.chars().any(|it| it.is_ascii_alphabetic()), "{ru}");
            assert!(en.is_ascii(), "{en}");
        }
        let other = fault(io::ErrorKind::Unsupported, Language::Ru);
        assert_eq!(other, "ошибка системы (unsupported)");
    }
}
