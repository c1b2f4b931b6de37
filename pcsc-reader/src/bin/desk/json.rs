//! Documents for programs, which people read on terminals all the same.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::Formatter;
use sig_core::finding::has_deceptive_characters;

/// Writes a document and the end of its line. What is in it comes from cards: characters that steer a terminal, turn the
/// direction of text or cannot be seen are written as numbers (RFC 8259 §7).
pub(crate) fn write_line(out: &mut impl Write, document: &impl Serialize) -> io::Result<()> {
    let mut serializer = Serializer::with_formatter(&mut *out, Visible);
    document
        .serialize(&mut serializer)
        .map_err(io::Error::from)?;
    writeln!(out)
}

struct Visible;

impl Formatter for Visible {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut plain = 0;
        for (at, character) in fragment.char_indices() {
            if !has_deceptive_characters(character.encode_utf8(&mut [0; 4])) {
                continue;
            }
            writer.write_all(fragment.get(plain..at).unwrap_or_default().as_bytes())?;
            for unit in character.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            plain = at + character.len_utf8();
        }
        writer.write_all(fragment.get(plain..).unwrap_or_default().as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_is_written_as_a_number() {
        let text = "Ключ \u{9b}2J\u{1b}\u{7f}\u{202e}«1»\u{e0041}\n";
        let mut out = Vec::new();
        write_line(&mut out, &[text]).unwrap();
        let line = String::from_utf8(out).unwrap();
        let expected = concat!(
            r#"["Ключ \u009b2J\u001b\u007f\u202e«1»\udb40\udc41\n"]"#,
            "\n"
        );
        assert_eq!(line, expected);
        let read: Vec<String> = serde_json::from_str(&line).unwrap();
        assert_eq!(read, [text]);
    }
}
