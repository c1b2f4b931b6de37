//! Clauses in documentation: `RFC 5280 §6.3.3 (b)(2)(i)`, or `(b)(2)(i)` alone in a file whose documentation
//! names the section.

use std::collections::{BTreeMap, BTreeSet};

use sig_core::finding::StepRow;

use super::letters;

/// The files whose documentation names each row.
pub(super) fn named(
    steps: &[&'static StepRow],
    sources: &BTreeMap<String, String>,
) -> BTreeMap<&'static str, BTreeSet<String>> {
    let mut found: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (file, text) in sources {
        let named = clauses(text);
        for step in steps {
            let (_, number) = step.section.split_once('§').unwrap_or_default();
            let parts = letters(step);
            let by_letters = named.iter().any(|clause| {
                clause.section == number
                    && parts.starts_with(&clause.parts)
                    && step.section.starts_with("RFC 5280")
            });
            let in_full = step.clause.contains("step") && documentation(text).contains(step.clause);
            if by_letters || in_full {
                found.entry(step.id).or_default().insert(file.clone());
            }
        }
    }
    found
}

#[derive(Debug, Eq, PartialEq)]
struct Clause {
    section: String,
    parts: Vec<String>,
}

/// The documentation of a file, a paragraph an item.
fn documentation(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines().map(str::trim) {
        let comment = line
            .strip_prefix("///")
            .or_else(|| line.strip_prefix("//!"));
        match comment {
            Some(comment) => {
                out.push_str(comment.trim());
                out.push(' ');
            }
            None => out.push('\n'),
        }
    }
    out
}

fn clauses(text: &str) -> Vec<Clause> {
    let module: String = text
        .lines()
        .filter_map(|line| line.strip_prefix("//!"))
        .collect();
    let of_file = section_in(&module).unwrap_or_default();
    let mut found = Vec::new();
    for paragraph in documentation(text).lines() {
        read(paragraph, of_file.clone(), &mut found);
    }
    found
}

/// The first section that a text names.
fn section_in(text: &str) -> Option<String> {
    let (_, after) = text.split_once("RFC 5280 §")?;
    Some(number(after))
}

fn number(text: &str) -> String {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.');
    let number = text.get(..end.unwrap_or(text.len())).unwrap_or_default();
    number.trim_end_matches('.').to_owned()
}

/// Reads groups of parentheses; `(i) to (k)` are all between, and a section holds until the next.
fn read(text: &str, mut section: String, found: &mut Vec<Clause>) {
    let mut rest = text;
    let mut is_range = false;
    while let Some(at) = rest.find(['§', '(']) {
        let between = rest.get(..at).unwrap_or_default();
        is_range = is_range && between.trim() == "to";
        let tail = rest.get(at..).unwrap_or_default();
        if let Some(after) = tail.strip_prefix('§') {
            section = number(after);
            rest = after;
            is_range = false;
            continue;
        }
        let (parts, after) = group(tail);
        rest = after;
        if parts.is_empty() {
            is_range = false;
            continue;
        }
        let last = found.last().filter(|_| is_range);
        let first = last.map(|clause| clause.parts.clone());
        match first {
            Some(first) => extend(&section, &first, &parts, found),
            None => found.push(Clause {
                section: section.clone(),
                parts,
            }),
        }
        is_range = true;
    }
}

/// The parts of `(b)(2)(i)` at the start of a text, and what follows.
fn group(text: &str) -> (Vec<String>, &str) {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((inside, after)) = rest.strip_prefix('(').and_then(|t| t.split_once(')')) {
        let is_letter = inside.len() == 1 && inside.chars().all(|c| c.is_ascii_lowercase());
        let is_number = inside.chars().all(|c| c.is_ascii_digit()) && !inside.is_empty();
        let is_roman = ROMAN.contains(&inside);
        if !is_letter && !is_number && !is_roman {
            break;
        }
        parts.push(inside.to_owned());
        rest = after;
    }
    if parts.is_empty() {
        rest = text.get(1..).unwrap_or_default();
    }
    (parts, rest)
}

const ROMAN: [&str; 5] = ["i", "ii", "iii", "iv", "v"];

/// Every clause after `first` up to `last`, which may leave out what they share: `(b)(2)(ii) to (iv)`.
fn extend(section: &str, first: &[String], last: &[String], found: &mut Vec<Clause>) {
    let kept = first.len().saturating_sub(last.len());
    let shared = first.get(..kept).unwrap_or_default();
    let (Some(from), Some(to)) = (first.last(), last.last()) else {
        return;
    };
    let place = |part: &str| ROMAN.iter().position(|roman| *roman == part);
    let between: Vec<String> = match (place(from), place(to)) {
        (Some(from), Some(to)) if kept > 0 => ROMAN
            .iter()
            .take(to + 1)
            .skip(from + 1)
            .map(|roman| (*roman).to_owned())
            .collect(),
        _ => {
            let (from, to) = (from.bytes().next(), to.bytes().next());
            let span = from.unwrap_or_default().saturating_add(1)..=to.unwrap_or_default();
            span.map(|byte| char::from(byte).to_string()).collect()
        }
    };
    let prefix = last.get(..last.len().saturating_sub(1)).unwrap_or_default();
    for part in between {
        let parts = shared.iter().chain(prefix).cloned().chain([part]).collect();
        found.push(Clause {
            section: section.to_owned(),
            parts,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let clauses = clauses(text).into_iter();
        clauses
            .map(|clause| format!("{} {}", clause.section, clause.parts.join(".")))
            .collect()
    }

    #[test]
    fn clauses_are_read_with_the_section_of_the_file_or_their_own() {
        let text = "//! RFC 5280 §6.3.3 (b): scope.\n\n/// (b)(2)(i), and (d)(1).\nfn a() {}\n/// See §6.1.5 (f).\nfn b() {}\n// (c)\n";
        assert_eq!(
            found(text),
            ["6.3.3 b", "6.3.3 b.2.i", "6.3.3 d.1", "6.1.5 f"]
        );
    }

    #[test]
    fn ranges_are_all_between() {
        let text = "//! RFC 5280 §6.3.3 (i) to (k).\n\n/// (b)(2)(ii) to (iv).\n";
        let expected = ["i", "j", "k", "b.2.ii", "b.2.iii", "b.2.iv"];
        assert_eq!(found(text), expected.map(|parts| format!("6.3.3 {parts}")));
    }

    #[test]
    fn words_in_parentheses_are_no_clauses() {
        let text = "//! RFC 5280 §6.3.3.\n\n/// A list (of many) by f() and (RFC 5280 §4.2).\n";
        assert!(found(text).is_empty());
    }
}
