//! Answers as text: a line a field of one object, a table of many.

use sig_core::finding::{Language, displayable};

use super::{labels::label, shape::Shape};

/// Texts longer than this are for programs: JSON has them.
const SHOWN: usize = 400;

/// One object: its filled fields, one a line, names aligned.
pub(super) fn object(shape: &Shape, language: Language) -> String {
    let mut lines = Vec::new();
    collect(shape, "", &mut lines);
    let named = lines
        .iter()
        .map(|(path, text)| (named(path, language), text));
    let named: Vec<_> = named.collect();
    let width = named.iter().map(|(name, _)| name.chars().count()).max();
    let width = width.unwrap_or_default();
    let mut text = String::new();
    for (name, value) in named {
        let pad = width - name.chars().count();
        text += &format!("{name}{:pad$}  {value}\n", "");
    }
    text
}

/// Many objects: a heading and a line each.
pub(super) fn table(rows: &[Shape], columns: &[&str], language: Language) -> String {
    let heading = columns.iter().map(|path| named(path, language)).collect();
    let mut lines: Vec<Vec<String>> = vec![heading];
    lines.extend(rows.iter().map(|row| {
        let cells = columns.iter().map(|path| scalar(row.at(path)));
        cells
            .map(|cell| cell.unwrap_or_else(|| "-".to_owned()))
            .collect()
    }));
    let width = |column: usize| {
        let cells = lines.iter().filter_map(|line| line.get(column));
        cells
            .map(|cell| cell.chars().count())
            .max()
            .unwrap_or_default()
    };
    let widths: Vec<usize> = (0..columns.len()).map(width).collect();
    let mut text = String::new();
    for line in &lines {
        let mut out = String::new();
        for (cell, width) in line.iter().zip(&widths) {
            let pad = width - cell.chars().count();
            out += &format!("{cell}{:pad$}  ", "");
        }
        text += out.trim_end();
        text.push('\n');
    }
    text
}

/// The name of a field with the names of what it stands in.
fn named(path: &str, language: Language) -> String {
    let names = path.split('.').map(|name| {
        let (name, index) = match name.split_once('[') {
            Some((name, index)) => (name, Some(index)),
            None => (name, None),
        };
        match (label(name, language), index) {
            (label, None) => label,
            (label, Some(index)) => format!("{label} [{index}"),
        }
    });
    names.collect::<Vec<_>>().join(", ")
}

fn collect(shape: &Shape, path: &str, lines: &mut Vec<(String, String)>) {
    match shape {
        Shape::Object(fields) => {
            for (name, value) in fields {
                let path = match path {
                    "" => name.clone(),
                    path => format!("{path}.{name}"),
                };
                collect(value, &path, lines);
            }
        }
        Shape::List(items) if items.iter().any(|it| matches!(it, Shape::Object(_))) => {
            for (index, item) in items.iter().enumerate() {
                collect(item, &format!("{path}[{}]", index + 1), lines);
            }
        }
        shape => {
            if let Some(text) = scalar(shape)
                && text.chars().count() <= SHOWN
            {
                lines.push((path.to_owned(), text));
            }
        }
    }
}

/// What a cell says; nothing where there is nothing.
fn scalar(shape: &Shape) -> Option<String> {
    let text = match shape {
        Shape::Absent | Shape::Object(_) => return None,
        Shape::Word(word) if word == "UNSPECIFIED" => return None,
        Shape::Word(word) => displayable(word),
        Shape::Whole(number) => number.to_string(),
        Shape::Truth(truth) => truth.to_string(),
        Shape::List(items) => {
            let items: Vec<_> = items.iter().filter_map(scalar).collect();
            items.join(", ")
        }
    };
    Some(text).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str) -> Shape {
        Shape::Word(text.into())
    }

    fn account(id: &str, level: &str) -> Shape {
        Shape::Object(vec![
            ("account_id".into(), word(id)),
            ("level".into(), word(level)),
            ("block".into(), Shape::Absent),
        ])
    }

    #[test]
    fn an_object_shows_what_is_filled() {
        let shape = Shape::Object(vec![("account".into(), account("a\u{1b}[2J", "STANDARD"))]);
        let text = object(&shape, Language::En);
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.len(), 2, "{text}");
        assert!(lines[0].starts_with("account, account id  a"), "{text}");
        assert!(!text.contains('\u{1b}'));
        assert_eq!(lines[1], "account, level       STANDARD");
    }

    #[test]
    fn a_table_has_a_heading_and_aligned_cells() {
        let rows = [
            account("long-name", "STANDARD"),
            account("b", "UNSPECIFIED"),
        ];
        let text = table(&rows, &["account_id", "level"], Language::Ru);
        assert_eq!(
            text,
            "учётная запись  уровень\nlong-name       STANDARD\nb               -\n"
        );
    }
}
