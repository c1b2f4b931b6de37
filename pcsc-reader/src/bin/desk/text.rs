//! Text for people.

use pcsc_reader::{Language, Text};
use serde::Serialize;
use sig_core::finding::has_deceptive_characters;

/// A text in both languages, made when the program runs.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct BothLanguages {
    pub(crate) ru: String,
    pub(crate) en: String,
}

impl BothLanguages {
    pub(crate) fn in_language(&self, language: Language) -> &str {
        match language {
            Language::Ru => &self.ru,
            _ => &self.en,
        }
    }
}

impl From<Text> for BothLanguages {
    fn from(text: Text) -> Self {
        BothLanguages {
            ru: text.ru.to_owned(),
            en: text.en.to_owned(),
        }
    }
}

impl From<&pcsc_reader::LocalText> for BothLanguages {
    fn from(text: &pcsc_reader::LocalText) -> Self {
        BothLanguages {
            ru: text.ru.clone(),
            en: text.en.clone(),
        }
    }
}

/// Text from a card, a file or a daemon must neither steer the terminal nor be read in another order than it is
/// written.
pub(crate) fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if is_hidden(c) { '\u{FFFD}' } else { c })
        .collect()
}

/// Control characters, and those of Unicode that change the direction of text or cannot be seen.
fn is_hidden(character: char) -> bool {
    has_deceptive_characters(character.encode_utf8(&mut [0; 4]))
}

/// The beginning of a name that is longer than any name is: it must not push what else is shown out of sight.
pub(crate) fn shortened(text: &str) -> String {
    const LONGEST: usize = 256;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// JSON text with a line for every member: blanks are put between its parts and nothing is left out or moved.
pub(crate) fn indented(json: &str) -> String {
    const STEP: usize = 2;
    const DEEPEST: usize = 32;
    let mut text = String::with_capacity(json.len() * 2);
    let (mut depth, mut in_string, mut is_escaped) = (0_usize, false, false);
    let line = |text: &mut String, depth: usize| {
        text.push('\n');
        text.extend(std::iter::repeat_n(' ', STEP * depth.min(DEEPEST)));
    };
    for character in json.chars() {
        if in_string {
            text.push(character);
            in_string = is_escaped || character != '"';
            is_escaped = !is_escaped && character == '\\';
            continue;
        }
        match character {
            '"' => {
                in_string = true;
                text.push(character);
            }
            '{' | '[' => {
                depth += 1;
                text.push(character);
                line(&mut text, depth);
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(&mut text, depth);
                text.push(character);
            }
            ',' => {
                text.push(character);
                line(&mut text, depth);
            }
            ':' => text.push_str(": "),
            _ => text.push(character),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_gains_blanks_and_loses_nothing() {
        let json = r#"{"a":[1,{"b":"x,\"{:}\\"}],"c":{},"a":2}"#;
        let text = indented(json);
        let expected = "{\n  \"a\": [\n    1,\n    {\n      \"b\": \"x,\\\"{:}\\\\\"\n    }\n  ],\n  \"c\": {\n    \n  },\n  \"a\": 2\n}";
        assert_eq!(text, expected);
        let without_blanks = |text: &str| text.split_whitespace().collect::<String>();
        assert_eq!(without_blanks(&text), json);
    }

    #[test]
    fn what_steers_a_terminal_or_turns_text_is_replaced() {
        assert_eq!(
            printable("a\u{1b}[2J\u{202e}b\u{200b}\n"),
            "a\u{FFFD}[2J\u{FFFD}b\u{FFFD}\u{FFFD}"
        );
        assert_eq!(printable("Иванов, ё"), "Иванов, ё");
        // Fillers, selectors and tags are as invisible as blanks of no width.
        for hidden in ['\u{115F}', '\u{3164}', '\u{2800}', '\u{FE0F}', '\u{E0041}'] {
            assert_eq!(printable(&format!("1{hidden}0")), "1\u{FFFD}0");
        }
    }

    #[test]
    fn a_name_without_end_is_cut() {
        assert_eq!(shortened("Иванов"), "Иванов");
        let long = "Ё".repeat(60_000);
        assert_eq!(shortened(&long), format!("{}…", "Ё".repeat(256)));
    }
}
