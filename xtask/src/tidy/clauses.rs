//! Public items of the layers that apply a standard name the clause they come from.

use super::Violation;
use super::source::Source;

const LAYERS: &[&str] = &["x509", "profile", "path", "cms", "trust", "validate"];
const ITEMS: &[&str] = &["struct", "enum", "trait", "fn"];
const MODIFIERS: &[&str] = &["const", "async", "unsafe"];
/// Names of sources that a number follows.
const NUMBERED: &[&str] = &[
    "RFC ",
    "EN 319 ",
    "TS 119 ",
    "TS 101 ",
    "TS 102 ",
    "X.",
    "ISO ",
    "ISO/IEC ",
    "FIPS ",
    "SEC ",
    "PKCS #",
    "GOST R ",
    "R 50.1.",
    "R 1323565.",
    "Order ",
    "order ",
    "FSB ",
];
/// Names of sources that stand for themselves.
const NAMED: &[&str] = &[
    "63-FZ",
    "XMLDSig",
    "exc-c14n",
    "XML Signature",
    "Canonical XML",
    "Exclusive XML",
    "XML 1.0",
    "e-trust schema",
];

/// Public items whose own and whose module's documentation name no source.
pub fn check(source: &Source<'_>) -> Vec<Violation> {
    let applies = source.product_crate() == Some("sig-core")
        && source
            .path
            .get(2)
            .is_some_and(|layer| LAYERS.contains(&layer.as_str()));
    if !applies || names_source(&module_documentation(source.text)) {
        return Vec::new();
    }
    let lines: Vec<&str> = source.text.lines().collect();
    let mut found = Vec::new();
    let mut offset = 0;
    for (index, line) in source.code.split_inclusive('\n').enumerate() {
        let start = offset;
        offset += line.len();
        let Some(item) = public_item(line) else {
            continue;
        };
        if !source.is_test(start) && !names_source(&documentation(&lines, index)) {
            found.push(Violation {
                line: index + 1,
                text: format!("public `{item}` names no clause; say in its or its module's documentation where it comes from"),
            });
        }
    }
    found
}

/// The name of a public item that starts on this line at the outermost level.
fn public_item(line: &str) -> Option<&str> {
    let mut words = line.strip_prefix("pub ")?.split_whitespace();
    let kind = words.find(|word| !MODIFIERS.contains(word))?;
    if !ITEMS.contains(&kind) {
        return None;
    }
    let name = words.next()?;
    name.split(|c: char| !super::source::is_word(c)).next()
}

fn module_documentation(text: &str) -> String {
    let lines = text.lines().filter_map(|line| line.strip_prefix("//!"));
    lines.collect::<Vec<_>>().join(" ")
}

/// The documentation above a line, attributes skipped.
fn documentation(lines: &[&str], index: usize) -> String {
    let above = lines.get(..index).unwrap_or_default().iter().rev();
    let mut texts: Vec<&str> = above
        .map(|line| line.trim())
        .take_while(|line| !line.is_empty() && !line.ends_with(';') && *line != "}")
        .filter_map(|line| line.strip_prefix("///"))
        .collect();
    texts.reverse();
    texts.join(" ")
}

fn names_source(text: &str) -> bool {
    let numbered = |name: &&str| {
        text.match_indices(*name).any(|(offset, _)| {
            let rest = text.get(offset + name.len()..).unwrap_or_default();
            rest.starts_with(|c: char| c.is_ascii_digit())
        })
    };
    NAMED.iter().any(|name| text.contains(name)) || NUMBERED.iter().any(numbered)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(path: &str, text: &str) -> Vec<usize> {
        let found = check(&Source::plain(path, text));
        found.into_iter().map(|violation| violation.line).collect()
    }

    #[test]
    fn a_clause_on_the_item_or_the_module_passes() {
        let on_item = "//! Names.\n\n/// A name, RFC 5280\n/// §4.1.2.4.\n#[derive(Debug)]\npub struct Name;\n\npub(crate) fn f() {}\nimpl Name {\n    pub fn g() {}\n}\n";
        assert!(lines("sig-core/src/x509/name.rs", on_item).is_empty());
        let on_module = "//! Names (X.501 §9).\n\npub struct Name;\n";
        assert!(lines("sig-core/src/x509/name.rs", on_module).is_empty());
        assert!(lines("sig-core/src/der/tag.rs", "pub struct Tag;\n").is_empty());
    }

    #[test]
    fn an_item_without_a_clause_is_found() {
        let text = "//! Names.\n\n/// RFC 5280 §4.\npub struct A;\n\n/// A name.\npub struct B;\n\n/// Checks.\n#[must_use]\npub const fn c() {}\npub trait D {}\npub enum E {}\n";
        assert_eq!(lines("sig-core/src/x509/name.rs", text), [7, 11, 12, 13]);
    }

    #[test]
    fn sources_are_known_by_name_and_number() {
        for text in [
            "RFC 5652 §5.4",
            "EN 319 102-1",
            "TS 119 612",
            "X.509",
            "63-FZ art. 11",
            "exc-c14n",
            "the e-trust schema",
        ] {
            assert!(names_source(text), "{text}");
        }
        for text in ["an RFC", "X.", "the EN 319", "some standard"] {
            assert!(!names_source(text), "{text}");
        }
    }
}
