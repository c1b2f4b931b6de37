//! Clauses in the names of tests: `rfc5280_6_1_4_b_1_a_mapped_policy_is_expected_next`, or `step_b_2_ii_…` in a
//! file that is named after the section.

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
            for named in parse(rest, &known) {
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
fn section<'a>(
    sections: &BTreeMap<&'static str, Vec<(&str, Vec<String>)>>,
    file: &str,
    name: &'a str,
) -> Option<(&'static str, &'a str, String)> {
    let modules = || sections.keys().copied();
    let after = |module: &str, text: &'a str| text.strip_prefix(module)?.strip_prefix('_');
    let by_name = modules().filter_map(|module| Some((module, after(module, name)?)));
    if let Some((module, rest)) = by_name.max_by_key(|(module, _)| module.len()) {
        return Some((module, rest, name.to_owned()));
    }
    let rest = name.strip_prefix("step_")?;
    let place = file.trim_end_matches(".rs").trim_end_matches("/mod");
    let parts = place.split('/');
    let named = parts.filter_map(|part| {
        let of_part = modules().filter(|module| {
            let tail = part.strip_prefix(module);
            tail.is_some_and(|tail| tail.is_empty() || tail.starts_with('_'))
        });
        of_part.max_by_key(|module| module.len())
    });
    let module = named.last()?;
    Some((
        module,
        rest,
        format!("{}::{name}", place.replace('/', "::")),
    ))
}

/// The clauses that the start of a text names: `b_c_names` is (b) and (c), `g_1_permitted` is (g)(1). Letters
/// only go up, so the article in `e_a_certificate` is none.
fn parse(text: &str, known: &[&[String]]) -> Vec<Vec<String>> {
    let is_known = |parts: &[String]| known.iter().any(|row| row.starts_with(parts));
    let mut named: Vec<Vec<String>> = Vec::new();
    let mut current: Vec<String> = Vec::new();
    for word in text.split('_').skip_while(|word| *word == "step") {
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
            ("names_nothing", &[]),
        ] {
            assert_eq!(named(text), expected, "{text}");
        }
    }
}
