//! Foreign text in a report: made safe to show, and marked where its letters may deceive (UAX #9, UTS #39 §5.1).

use crate::finding::{Language, displayable, mixed_scripts};

/// Text from the input as a reader may be shown it: nothing in it moves the cursor, turns the direction of writing or is
/// invisible, and a word with letters of two alphabets is named after it, since the eye cannot tell them apart.
#[must_use]
pub fn foreign(text: &str, language: Language) -> String {
    let shown = displayable(text);
    let Some(word) = mixed_scripts(text) else {
        return shown;
    };
    let word = displayable(word);
    match language {
        Language::Ru => format!("{shown} [буквы разных алфавитов в слове: {word}]"),
        Language::En => format!("{shown} [letters of different scripts in the word: {word}]"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_written_out() {
        // Every kind: controls, line ends, directions, joiners, fillers, tags.
        let hidden = [
            '\u{0}',
            '\u{7}',
            '\u{1b}',
            '\u{7f}',
            '\u{85}',
            '\u{9b}',
            '\u{ad}',
            '\u{34f}',
            '\u{61c}',
            '\u{180e}',
            '\u{200b}',
            '\u{200c}',
            '\u{200d}',
            '\u{200e}',
            '\u{200f}',
            '\u{2028}',
            '\u{2029}',
            '\u{202a}',
            '\u{202b}',
            '\u{202c}',
            '\u{202d}',
            '\u{202e}',
            '\u{2060}',
            '\u{2064}',
            '\u{2066}',
            '\u{2067}',
            '\u{2068}',
            '\u{2069}',
            '\u{206f}',
            '\u{2800}',
            '\u{3164}',
            '\u{fe0f}',
            '\u{feff}',
            '\u{ffa0}',
            '\u{fff9}',
            '\u{e0041}',
            '\u{e0100}',
        ];
        for character in hidden {
            let text = format!("а{character}б");
            let shown = foreign(&text, Language::Ru);
            assert!(!shown.contains(character), "{shown}");
            assert_eq!(shown, format!("а\\u{{{:x}}}б", u32::from(character)));
        }
    }

    #[test]
    fn letters_of_two_alphabets_are_marked() {
        let ru = foreign("Ивaнов Пётр", Language::Ru);
        assert_eq!(ru, "Ивaнов Пётр [буквы разных алфавитов в слове: Ивaнов]");
        let en = foreign("Ивaнов\u{202e}", Language::En);
        assert_eq!(
            en,
            "Ивaнов\\u{202e} [letters of different scripts in the word: Ивaнов]"
        );
        for plain in ["Иванов Пётр", "ООО «ИТ-Service»", "CN=Иванов", ""] {
            assert_eq!(foreign(plain, Language::Ru), plain);
        }
    }
}
