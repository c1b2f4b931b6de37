//! Members of JSON objects, written into one buffer.

use crate::base::time::UnixTime;
use crate::finding::is_deceptive;

pub(super) const NULL: &str = "null";

/// The members of an object being written.
pub(super) struct Object<'a> {
    out: &'a mut String,
    empty: bool,
}

/// Writes an object whose members `fill` writes.
pub(super) fn object(out: &mut String, fill: impl FnOnce(&mut Object<'_>)) {
    out.push('{');
    fill(&mut Object {
        out: &mut *out,
        empty: true,
    });
    out.push('}');
}

impl Object<'_> {
    fn key(&mut self, key: &str) {
        if !std::mem::replace(&mut self.empty, false) {
            self.out.push(',');
        }
        // A name of the schema: nothing in it is escaped.
        self.out.push('"');
        self.out.push_str(key);
        self.out.push_str("\":");
    }

    /// What is JSON already.
    pub(super) fn raw(&mut self, key: &str, value: &str) {
        self.key(key);
        self.out.push_str(value);
    }

    pub(super) fn flag(&mut self, key: &str, value: bool) {
        self.raw(key, if value { "true" } else { "false" });
    }

    pub(super) fn text(&mut self, key: &str, value: &str) {
        self.key(key);
        string(self.out, value);
    }

    pub(super) fn optional(&mut self, key: &str, value: Option<&str>) {
        match value {
            Some(value) => self.text(key, value),
            None => self.raw(key, NULL),
        }
    }

    pub(super) fn number(&mut self, key: &str, value: u64) {
        self.raw(key, &value.to_string());
    }

    pub(super) fn time(&mut self, key: &str, value: UnixTime) {
        self.text(key, &value.to_string());
    }

    pub(super) fn optional_time(&mut self, key: &str, value: Option<UnixTime>) {
        match value {
            Some(value) => self.time(key, value),
            None => self.raw(key, NULL),
        }
    }

    pub(super) fn object(&mut self, key: &str, fill: impl FnOnce(&mut Object<'_>)) {
        self.key(key);
        object(self.out, fill);
    }

    pub(super) fn optional_object<T>(
        &mut self,
        key: &str,
        value: Option<T>,
        fill: impl FnOnce(&mut Object<'_>, T),
    ) {
        match value {
            Some(value) => self.object(key, |o| fill(o, value)),
            None => self.raw(key, NULL),
        }
    }

    pub(super) fn objects<T>(
        &mut self,
        key: &str,
        items: impl IntoIterator<Item = T>,
        mut fill: impl FnMut(&mut Object<'_>, T),
    ) {
        self.array(key, items, |out, item| object(out, |o| fill(o, item)));
    }

    pub(super) fn texts(&mut self, key: &str, items: impl IntoIterator<Item = impl AsRef<str>>) {
        self.array(key, items, |out, item| string(out, item.as_ref()));
    }

    fn array<T>(
        &mut self,
        key: &str,
        items: impl IntoIterator<Item = T>,
        mut write: impl FnMut(&mut String, T),
    ) {
        self.key(key);
        self.out.push('[');
        for (at, item) in items.into_iter().enumerate() {
            if at > 0 {
                self.out.push(',');
            }
            write(self.out, item);
        }
        self.out.push(']');
    }
}

/// A JSON string (RFC 8259 §7); what a reader of the raw text cannot see, or what changes what he sees, is escaped.
fn string(out: &mut String, text: &str) {
    out.push('"');
    // Without a way out of the loop, so that it looks at many octets at once.
    let plain = text
        .bytes()
        .fold(true, |plain, octet| plain & is_plain(octet));
    if plain {
        out.push_str(text);
        out.push('"');
        return;
    }
    let mut rest = text;
    while let Some((plain, character, after)) = split_at_remarkable(rest) {
        out.push_str(plain);
        match character {
            '"' | '\\' => escape(out, character),
            other if is_deceptive(other) => escape(out, other),
            other => out.push(other),
        }
        rest = after;
    }
    out.push_str(rest);
    out.push('"');
}

/// The next character that needs a look, with what stands before and after it.
fn split_at_remarkable(text: &str) -> Option<(&str, char, &str)> {
    let at = text.bytes().position(|octet| !is_plain(octet))?;
    let (plain, from) = text.split_at_checked(at)?;
    let mut characters = from.chars();
    let character = characters.next()?;
    Some((plain, character, characters.as_str()))
}

/// Whether no character that begins with an octet is escaped, or none begins with it: nearly every text is plain Latin
/// or Cyrillic.
const fn is_plain(octet: u8) -> bool {
    match octet {
        b'"' | b'\\' => false,
        // ASCII that is seen, octets inside a character, U+00C0 to U+033F and U+0380 to U+05FF.
        0x20..=0x7e | 0x80..=0xbf | 0xc3..=0xcc | 0xce..=0xd7 => true,
        _ => false,
    }
}

fn escape(out: &mut String, character: char) {
    match character {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        hidden => {
            let mut units = [0; 2];
            for unit in hidden.encode_utf16(&mut units) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> String {
        let mut out = String::new();
        string(&mut out, text);
        out
    }

    #[test]
    fn what_is_plain_is_never_deceptive() {
        for character in '\0'..=char::MAX {
            let mut octets = [0; 4];
            let first = character.encode_utf8(&mut octets).as_bytes()[0];
            let escaped = matches!(character, '"' | '\\') || is_deceptive(character);
            assert!(!escaped || !is_plain(first), "{character:?}");
            let text = written(&format!("a{character}Ж"));
            assert_eq!(text.starts_with("\"a\\"), escaped, "{text}");
        }
    }

    #[test]
    fn strings_read_back() {
        let text = "a\"b\\c\n\u{1}\u{9f}Ё\u{202e}";
        assert_eq!(
            serde_json::from_str::<String>(&written(text)).unwrap(),
            text
        );
        let text = "\u{202e}\u{2066}\u{200b}\u{feff}\u{e0041}";
        let written = written(text);
        assert!(written.is_ascii(), "{written}");
        assert_eq!(serde_json::from_str::<String>(&written).unwrap(), text);
    }
}
