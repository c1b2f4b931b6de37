//! No way to panic in product code, and no lint switched off that would find one.

use super::Violation;
use super::source::{Source, starts_word};

const CRATES: &[&str] = &["sig-core", "audit-log", "pcsc-reader", "verifierd"];
const MACROS: &[&str] = &["panic!", "todo!", "unimplemented!", "unreachable!"];
const LINTS: &[&str] = &[
    "clippy::unwrap_used",
    "clippy::expect_used",
    "clippy::panic",
    "clippy::todo",
    "clippy::unimplemented",
    "clippy::unreachable",
];

/// Panics outside tests.
pub fn check(source: &Source<'_>) -> Vec<Violation> {
    if !source
        .product_crate()
        .is_some_and(|name| CRATES.contains(&name))
    {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut add = |offset: usize, what: &str, instead: &str| {
        found.push(Violation {
            line: source.line(offset),
            text: format!("{what} outside tests; {instead}"),
        });
    };
    for offset in source.product_code(".unwrap()") {
        add(offset, "`unwrap`", "return an error or a finding");
    }
    // `expect` with a text: the reader of DER has a method of the same name.
    for offset in source.product_code(".expect(") {
        let argument = source.code.get(offset + ".expect(".len()..);
        if argument.is_some_and(|argument| argument.trim_start().starts_with('"')) {
            add(offset, "`expect`", "return an error or a finding");
        }
    }
    for name in MACROS {
        for offset in source.product_code(name) {
            if starts_word(&source.code, offset) {
                add(
                    offset,
                    &format!("`{name}`"),
                    "make the case impossible or return an error",
                );
            }
        }
    }
    for lint in LINTS {
        for offset in source.product_code(lint) {
            add(offset, &format!("lint `{lint}` switched"), "keep it denied");
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(path: &str, text: &str) -> Vec<usize> {
        let found = check(&Source::plain(path, text));
        found.into_iter().map(|violation| violation.line).collect()
    }

    #[test]
    fn errors_pass() {
        let text = "// panic!\nfn f() { x.unwrap_or(1); reader.expect(Tag::SET, budget)?; \"todo!\"; my_panic!() }\n#[cfg(test)]\nmod tests { fn g() { x.unwrap(); panic!() } }\n";
        assert!(lines("sig-core/src/der/x.rs", text).is_empty());
        assert!(lines("xtask/src/x.rs", "x.unwrap();").is_empty());
        assert!(lines("verifierd/tests/x.rs", "x.unwrap();").is_empty());
    }

    #[test]
    fn each_panic_is_found() {
        for text in [
            "\nx.unwrap();",
            "\nx.expect(\"is there\");",
            "\npanic!();",
            "\ntodo!();",
            "\nunimplemented!();",
            "\nunreachable!();",
            "\n#[allow(clippy::unwrap_used)]",
            "\n#![expect(clippy::panic)]",
        ] {
            assert_eq!(lines("verifierd/src/x.rs", text), [2], "{text}");
        }
        assert_eq!(lines("sig-core/src/x.rs", "x.expect(\n  \"text\")"), [1]);
    }
}
