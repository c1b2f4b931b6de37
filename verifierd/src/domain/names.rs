//! Names of persons: what is accepted and when two are the same.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Longest name, in characters.
const LONGEST: usize = 100;

/// A surname, given name or patronymic as its holder writes it.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonName(String);

impl PersonName {
    /// Reads 1 to 100 letters, combining marks, spaces, hyphens, apostrophes
    /// and full stops with at least one letter; surrounding spaces are
    /// dropped and the text is put into Unicode NFC.
    pub fn parse(text: &str) -> Option<Self> {
        let name: String = text.trim().nfc().collect();
        let allowed = |c: char| {
            c.is_alphabetic() || is_combining_mark(c) || is_hyphen(c) || " '’ʼ.".contains(c)
        };
        let length = name.chars().count();
        ((1..=LONGEST).contains(&length)
            && name.chars().all(allowed)
            && name.chars().any(char::is_alphabetic))
        .then_some(Self(name))
    }

    /// The name in NFC.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `text` is the same name: equal after [`folded`].
    pub fn is_same_as(&self, text: &str) -> bool {
        folded(&self.0) == folded(text)
    }
}

fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}' | '\u{2011}')
}

/// The form in which names are compared: NFC, trimmed, runs of white space
/// one space, no space around a hyphen, case folded, `ё` as `е`.
///
/// Nothing is transliterated and no distance is tolerated.
pub fn folded(text: &str) -> String {
    let composed: String = text.nfc().collect();
    let folded: String = caseless::default_case_fold_str(&composed).nfc().collect();
    let spaced: String = folded
        .chars()
        .map(|c| match c {
            'ё' => 'е',
            c if is_hyphen(c) => '-',
            c => c,
        })
        .collect();
    let hyphenated: Vec<String> = spaced
        .split('-')
        .map(|part| part.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    hyphenated.join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_names_as_people_have_them() {
        for name in [
            "Иванова-Петрова",
            "О'Коннор",
            "Оглы",
            "Мюллер",
            "Sánchez",
            "Салтыков-Щедрин мл.",
            "Ц",
        ] {
            assert!(PersonName::parse(name).is_some(), "{name}");
        }
    }

    #[test]
    fn refuses_what_is_no_name() {
        for wrong in [
            "",
            "   ",
            "-",
            "Иванов1",
            "Ива\nнов",
            "<b>",
            "Иванов\u{202e}",
            "a\0b",
        ] {
            assert!(PersonName::parse(wrong).is_none(), "{wrong:?}");
        }
        assert!(PersonName::parse(&"я".repeat(100)).is_some());
        assert!(PersonName::parse(&"я".repeat(101)).is_none());
    }

    #[test]
    fn the_same_name_written_differently() {
        for (a, b) in [
            ("Семёнов", "СЕМЕНОВ"),
            ("Сёмин", "Се\u{308}мин"),
            ("Иванова - Петрова", "ИВАНОВА-ПЕТРОВА"),
            ("Иванова-  Петрова", "Иванова\u{2011}Петрова"),
            ("  Анна   Мария ", "анна\u{a0}мария"),
            ("Straße", "STRASSE"),
        ] {
            assert_eq!(folded(a), folded(b), "{a} {b}");
        }
    }

    #[test]
    fn different_names_stay_different() {
        for (a, b) in [
            ("Иванов", "Иваноф"),
            ("Иванов", "Ivanov"),
            ("Анна Мария", "Анна-Мария"),
            ("Анна Мария", "АннаМария"),
            ("Мария", "Марія"),
            ("Йосиф", "Иосиф"),
        ] {
            assert_ne!(folded(a), folded(b), "{a} {b}");
        }
    }
}
