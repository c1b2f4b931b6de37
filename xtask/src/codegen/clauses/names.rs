//! Clauses in the names of tests: `rfc5280_6_1_4_b_1_a_mapped_policy_is_expected_next`, `step_b_2_ii_…` in a file
//! named after the section, or `section_3_2_condition_1_…` in a file named after the document.

use std::collections::{BTreeMap, BTreeSet};

use sig_core::finding::StepRow;

use super::{letters, module};

/// The tests that name each row, down to its last part: a test of (b) is none of (b)(1).
pub(super) fn tests(
    steps: &[&'static StepRow],
    sources: &BTreeMap<String, String>,
) -> BTreeMap<&'static str, BTreeSet<String>> {
    let mut sections: BTreeMap<&str, Vec<(&str, Vec<String>)>> = BTreeMap::new();
    for step in steps {
        let rows = sections.entry(module(step)).or_default();
        rows.push((step.id, letters(step)));
    }
    let mut found: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (file, text) in sources {
        for name in test_names(text) {
            let Some((module, rest, shown)) = section(&sections, file, name) else {
                continue;
            };
            let rows = sections.get(module).map_or(&[][..], Vec::as_slice);
            let known: Vec<&[String]> = rows.iter().map(|(_, parts)| parts.as_slice()).collect();
            for named in parse(&rest, &known) {
                for (id, _) in rows.iter().filter(|(_, parts)| *parts == named) {
                    found.entry(id).or_default().insert(shown.clone());
                }
            }
        }
    }
    found
}

/// The functions behind `#[test]`.
fn test_names(text: &str) -> impl Iterator<Item = &str> {
    text.split("#[test]").skip(1).filter_map(|after| {
        let (_, name) = after.split_once("fn ")?;
        name.split(|c: char| !crate::tidy::source::is_word(c))
            .next()
    })
}

/// The section a test belongs to, what follows it in the name, and how the test is shown.
fn section(
    sections: &BTreeMap<&'static str, Vec<(&str, Vec<String>)>>,
    file: &str,
    name: &str,
) -> Option<(&'static str, String, String)> {
    // The longest: §4.2.2.2 and not §4.2.
    let longest = |text: &str| {
        let modules = sections.keys().copied();
        let found = modules.filter_map(|module| {
            let rest = text.strip_prefix(module)?;
            (rest.is_empty() || rest.starts_with('_')).then_some((module, rest.to_owned()))
        });
        found.max_by_key(|(module, _)| module.len())
    };
    if let Some((module, rest)) = longest(name) {
        return Some((module, rest, name.to_owned()));
    }
    let place = file.trim_end_matches(".rs").trim_end_matches("/mod");
    let mut parts = place.split('/');
    let found = match name.strip_prefix("section_") {
        // The file names the document.
        Some(rest) => parts.find_map(|part| longest(&format!("{part}_{rest}"))),
        // The file names the section.
        None => {
            let rest = name.strip_prefix("step_")?;
            let module = parts.find_map(longest);
            module.map(|(module, _)| (module, rest.to_owned()))
        }
    };
    let (module, rest) = found?;
    let shown = format!("{}::{name}", place.replace('/', "::"));
    Some((module, rest, shown))
}

/// The clauses that the start of a text names: `b_c_names` is (b) and (c), `g_1_permitted` is (g)(1). Letters
/// only go up, so the article in `e_a_certificate` is none.
fn parse(text: &str, known: &[&[String]]) -> Vec<Vec<String>> {
    let is_known = |parts: &[String]| known.iter().any(|row| row.starts_with(parts));
    let mut named: Vec<Vec<String>> = Vec::new();
    let mut current: Vec<String> = Vec::new();
    let words = text.split('_');
    let words = words.filter(|word| !["", "and", "condition", "step"].contains(word));
    for word in words {
        let longer: Vec<String> = current.iter().cloned().chain([word.to_owned()]).collect();
        if is_known(&longer) {
            current = longer;
            continue;
        }
        let siblings = (0..current.len()).rev().map(|kept| {
            let mut parts = current.get(..kept).unwrap_or_default().to_vec();
            let is_later = current.get(kept).is_some_and(|part| part.as_str() < word);
            parts.push(word.to_owned());
            (is_later, parts)
        });
        let next = siblings
            .filter(|(is_later, parts)| *is_later && is_known(parts))
            .map(|(_, parts)| parts)
            .next();
        let Some(next) = next else {
            break;
        };
        named.push(std::mem::replace(&mut current, next));
    }
    named.push(current);
    named.retain(|parts| !parts.is_empty());
    named
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str) -> Vec<String> {
        let rows = [
            "a 1", "a 2", "b", "c", "d 1", "d 2", "e", "g i", "g ii", "h", "i 1", "i 2",
        ];
        let rows = rows.map(|row| row.split(' ').map(str::to_owned).collect::<Vec<_>>());
        let known: Vec<&[String]> = rows.iter().map(Vec::as_slice).collect();
        let found = parse(text, &known);
        found.into_iter().map(|parts| parts.join(".")).collect()
    }

    #[test]
    fn names_are_read_as_far_as_they_name_clauses() {
        for (text, expected) in [
            ("a_2_validity_of_authorities", &["a.2"][..]),
            ("b_c_addresses", &["b", "c"]),
            ("e_a_certificate_without_policies", &["e"]),
            ("d_2_any_policy", &["d.2"]),
            ("d_1_2_both", &["d.1", "d.2"]),
            ("d_both", &["d"]),
            ("g_i_without", &["g.i"]),
            ("h_i_subtrees", &["h", "i"]),
            ("step_i_2_x", &["i.2"]),
            ("i_1_and_2_with", &["i.1", "i.2"]),
            ("a_2_and_b_then", &["a.2", "b"]),
            ("names_nothing", &[]),
        ] {
            assert_eq!(named(text), expected, "{text}");
        }
    }
}
