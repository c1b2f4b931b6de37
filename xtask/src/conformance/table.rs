//! Manifests: tab separated, no quoting, a header row.

use std::collections::BTreeMap;
use std::rc::Rc;

use anyhow::{Result, bail};

/// One row of a manifest.
#[derive(Clone, Debug)]
pub struct Row {
    columns: Rc<BTreeMap<String, usize>>,
    fields: Vec<String>,
    /// Line in the file, from 1.
    pub line: usize,
    /// What names the case within its folder.
    pub id: String,
}

impl Row {
    /// The field of a column of the form that was asked for.
    pub fn get(&self, column: &str) -> &str {
        let index = self.columns.get(column);
        index
            .and_then(|index| self.fields.get(*index))
            .map_or("", String::as_str)
    }

    /// The comma-separated parts of a field; none when it is empty.
    pub fn list(&self, column: &str) -> impl Iterator<Item = &str> {
        let parts = self.get(column).split(',');
        parts.map(str::trim).filter(|part| !part.is_empty())
    }
}

/// Reads a manifest whose columns must be exactly these. A row's id is the field of the first
/// column, with that of column `case` and the line where it alone is not unique.
pub fn read(text: &str, columns: &[&str]) -> Result<Vec<Row>> {
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap_or_default().split('\t').collect();
    if header != columns {
        bail!(
            "the columns are {}, known is {}",
            header.join(", "),
            columns.join(", ")
        );
    }
    let index = columns.iter().enumerate();
    let index = Rc::new(
        index
            .map(|(index, name)| ((*name).to_owned(), index))
            .collect(),
    );
    let mut rows = Vec::new();
    for (number, line) in lines.enumerate() {
        let line_number = number + 2;
        let fields: Vec<String> = line.split('\t').map(str::to_owned).collect();
        if fields.len() != columns.len() {
            bail!(
                "line {line_number} has {} fields, not {}",
                fields.len(),
                columns.len()
            );
        }
        rows.push(Row {
            columns: Rc::clone(&index),
            id: fields.first().cloned().unwrap_or_default(),
            fields,
            line: line_number,
        });
    }
    make_unique(&mut rows, |row| format!("{}@{}", row.id, row.get("case")));
    make_unique(&mut rows, |row| format!("{}:{}", row.id, row.line));
    Ok(rows)
}

fn make_unique(rows: &mut [Row], longer: impl Fn(&Row) -> String) {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for row in rows.iter() {
        *counts.entry(row.id.clone()).or_default() += 1;
    }
    for row in rows {
        if counts.get(&row.id).is_some_and(|count| *count > 1) {
            row.id = longer(row);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_by_column() {
        let rows = read(
            "path\tkind\tlist\na\tx\tp, q\nb\ty\t\n",
            &["path", "kind", "list"],
        );
        let rows = rows.unwrap();
        let parts: Vec<&str> = rows[0].list("list").collect();
        assert_eq!((rows[0].get("kind"), parts), ("x", vec!["p", "q"]));
        assert_eq!(rows[1].list("list").count(), 0);
    }

    #[test]
    fn unknown_columns_and_lengths_are_errors() {
        assert!(read("path\tnew\na\tb\n", &["path", "kind"]).is_err());
        assert!(read("path\tkind\na\n", &["path", "kind"]).is_err());
        assert!(read("path\tkind\na\tb\tc\n", &["path", "kind"]).is_err());
    }

    #[test]
    fn every_row_has_its_own_id() {
        let text = "path\tcase\na\tx\na\ty\na\ty\nb\tx\n";
        let rows = read(text, &["path", "case"]).unwrap();
        let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
        assert_eq!(ids, ["a@x", "a@y:3", "a@y:4", "b"]);
    }
}
