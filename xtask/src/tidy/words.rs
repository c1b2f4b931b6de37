//! What the repository's text never contains.

use super::Violation;
use super::source::{is_word, starts_word};

/// Built in parts so that this file keeps its own rule.
const UNFINISHED: &[&str] = &[concat!("TO", "DO"), concat!("FIX", "ME")];
const MACHINE: &[&str] = &[
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
    concat!("/tmp/", "bash_jobs"),
];

/// Notes of unfinished work and paths of one machine.
pub fn check(text: &str) -> Vec<Violation> {
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line_number = index + 1;
        for word in UNFINISHED.iter().filter(|word| has_word(line, word)) {
            found.push(Violation {
                line: line_number,
                text: format!("`{word}`; finish it or open an issue"),
            });
        }
        for path in MACHINE.iter().filter(|path| line.contains(**path)) {
            found.push(Violation {
                line: line_number,
                text: format!("`{path}` is a path of one machine; make it relative"),
            });
        }
    }
    found
}

fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(offset, _)| {
        let after = line.get(offset + word.len()..);
        starts_word(line, offset)
            && !after
                .and_then(|rest| rest.chars().next())
                .is_some_and(is_word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finished_text_passes() {
        assert!(check("the framework/of rules\nMETODOLOGY AUTODOC\n~/root\n").is_empty());
    }

    #[test]
    fn each_word_is_found() {
        for word in UNFINISHED.iter().chain(MACHINE) {
            let found = check(&format!("first\n// {word}: x\n"));
            assert_eq!(
                found.iter().map(|v| v.line).collect::<Vec<_>>(),
                [2],
                "{word}"
            );
        }
    }
}
