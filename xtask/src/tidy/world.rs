//! `sig-core` has no clock, network, file, environment, thread, process, output or randomness.

use super::Violation;
use super::paths::starting_with;
use super::source::{Source, is_word, starts_word};

const MODULES: &[&str] = &["net", "fs", "env", "thread", "process", "os"];
const WORDS: &[&str] = &[
    "SystemTime",
    "Instant",
    "println!",
    "eprintln!",
    "print!",
    "eprint!",
    "stdin",
    "stdout",
    "stderr",
    "getrandom",
    "thread_rng",
    "OsRng",
    "SysRng",
    "RandomState",
    "static mut",
    "thread_local!",
];

/// Ways from `sig-core` to the world.
pub fn check(source: &Source<'_>) -> Vec<Violation> {
    if source.product_crate() != Some("sig-core") {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut add = |offset: usize, what: &str| {
        found.push(Violation {
            line: source.line(offset),
            text: format!(
                "sig-core reaches for the world with `{what}`; take the value as an argument"
            ),
        });
    };
    for named in starting_with(source, &["std"]) {
        if let Some(module) = named.parts.get(1)
            && MODULES.contains(&module.as_str())
        {
            add(named.offset, &format!("std::{module}"));
        }
    }
    for word in WORDS {
        for offset in source.product_code(word) {
            let after = source.code.get(offset + word.len()..);
            let ends = word.ends_with('!')
                || !after
                    .and_then(|rest| rest.chars().next())
                    .is_some_and(is_word);
            if starts_word(&source.code, offset) && ends {
                add(offset, word);
            }
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
    fn pure_code_passes() {
        let text = "use std::{fmt, time::Duration};\n/// Reads no `SystemTime`.\nfn f(at: UnixTime) { let instantly = 1; }\n#[cfg(test)]\nmod tests { use std::fs; }\n";
        assert!(lines("sig-core/src/base/x.rs", text).is_empty());
        assert!(lines("verifierd/src/x.rs", "use std::fs;").is_empty());
    }

    #[test]
    fn each_way_out_is_found() {
        for text in [
            "\nuse std::{fmt, fs};",
            "\nuse std::net::IpAddr;",
            "\nstd::env::var(x);",
            "\nstd::thread::spawn(f);",
            "\nstd::process::exit(1);",
            "\nuse std::time::{Duration, SystemTime};",
            "\nlet t = Instant::now();",
            "\nprintln!();",
            "\neprintln!();",
            "\ngetrandom::fill(b);",
        ] {
            assert_eq!(lines("sig-core/src/base/x.rs", text), [2], "{text}");
        }
    }
}
