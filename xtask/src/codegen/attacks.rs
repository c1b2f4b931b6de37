//! The table of attacks: which cases and tests stand for each row of `validation.md` §1.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::workspace;

/// Rows that a signature file, a message or the verifier itself can show, in words of their own.
const ROWS: &[(u32, &str, &str)] = &[
    (
        1,
        "подписанные атрибуты выданы за документ",
        "signed attributes presented as the document",
    ),
    (
        2,
        "чужие октеты выданы за подписанные атрибуты",
        "octets of others presented as signed attributes",
    ),
    (3, "CAdES без атрибутов", "CAdES without attributes"),
    (4, "нет ни одного подписанта", "no signer at all"),
    (
        5,
        "проверен только один из подписантов",
        "one signer judged for all",
    ),
    (
        6,
        "проверен только хэш или только значение",
        "digest or value judged alone",
    ),
    (7, "тип содержимого не тот", "another content type"),
    (
        8,
        "атрибут повторяется или имеет несколько значений",
        "an attribute repeated or of several values",
    ),
    (
        9,
        "подписанные атрибуты не в DER",
        "signed attributes out of DER",
    ),
    (
        10,
        "алгоритмы противоречат друг другу",
        "algorithms that disagree",
    ),
    (
        11,
        "digestAlgorithms пуст или называет другой хэш",
        "digestAlgorithms empty or of another digest",
    ),
    (
        12,
        "значение другого типа ASN.1",
        "a value of another ASN.1 type",
    ),
    (
        13,
        "сертификат подписанта подменён",
        "the signer's certificate replaced",
    ),
    (
        14,
        "сертификат перевыпущен с тем же ключом",
        "a certificate re-issued with the same key",
    ),
    (
        15,
        "доверие неподписанным атрибутам",
        "trust in unsigned attributes",
    ),
    (
        16,
        "заверяющая подпись перепутана",
        "counter-signature confused",
    ),
    (
        17,
        "отсоединённый документ перепутан",
        "detached document mixed up",
    ),
    (
        18,
        "октеты после конца подписи",
        "octets after the end of the signature",
    ),
    (
        19,
        "вложенность исчерпывает стек",
        "nesting that exhausts the stack",
    ),
    (
        20,
        "объявленная длина занимает память",
        "a claimed length that takes memory",
    ),
    (
        21,
        "вывод имени за квадратичное время",
        "names printed in quadratic time",
    ),
    (22, "нестрогий разбор PKCS #1 v1.5", "lenient PKCS #1 v1.5"),
    (23, "хэш сравнён не целиком", "a digest compared in part"),
    (24, "параметры PSS", "parameters of PSS"),
    (
        25,
        "лишнее в кодировании (EC)DSA",
        "extras in the encoding of (EC)DSA",
    ),
    (
        26,
        "кодирование и порядок ГОСТ Р 34.10",
        "encoding and order of GOST R 34.10",
    ),
    (
        27,
        "параметры ГОСТ подменены",
        "parameters of GOST replaced",
    ),
    (
        28,
        "слабый хэш задним числом",
        "a weak digest in the past tense",
    ),
    (
        29,
        "время по словам подписанта принято за истину",
        "the claimed time taken for truth",
    ),
    (30, "составная подпись", "composite signature"),
    (50, "отмывание времени штампом", "laundering by time-stamps"),
    (
        51,
        "архивный штамп покрывает не всё",
        "an archive time-stamp that covers a part",
    ),
    (
        54,
        "обман читателя отчёта",
        "deceiving the reader of a report",
    ),
    (
        59,
        "падение или рост памяти при долгой работе",
        "a crash or growth in long work",
    ),
    (
        60,
        "«нет данных» выдано за «плохо»",
        "\"no data\" taken for \"bad\"",
    ),
];

const CASES: &str = "testdata/cases/attacks";
/// Where tests named with a row stand: `attack_21_…`.
const TESTS: [&str; 3] = ["sig-core", "verifierd", "testdata/tests"];
const TEST: &str = "fn attack_";

/// Every row with what stands for it.
pub struct Table {
    cases: BTreeMap<u32, Vec<(String, String)>>,
    tests: BTreeMap<u32, BTreeSet<String>>,
}

impl Table {
    /// Reads the names of the cases and of the tests.
    pub fn read(root: &Path) -> Result<Self> {
        let mut cases: BTreeMap<u32, Vec<(String, String)>> = BTreeMap::new();
        let folder = root.join(CASES);
        let mut names = Vec::new();
        for entry in fs::read_dir(&folder).with_context(|| format!("read {CASES}"))? {
            names.push(entry?.file_name().to_string_lossy().into_owned());
        }
        names.sort();
        for name in names {
            let file = folder.join(&name).join("case.toml");
            let text = fs::read_to_string(&file).with_context(|| format!("read {name}"))?;
            let case: toml::Table = text.parse().with_context(|| format!("read {name}"))?;
            let row = row_of(&name).with_context(|| format!("{name} begins with no row"))?;
            cases.entry(row).or_default().push((name, verdict(&case)));
        }
        let mut tests: BTreeMap<u32, BTreeSet<String>> = BTreeMap::new();
        for folder in TESTS {
            let base = root.join(folder);
            for path in workspace::files(&base)? {
                if path.extension().is_some_and(|extension| extension == "rs") {
                    let text = fs::read_to_string(base.join(&path));
                    let text = text.with_context(|| format!("read {}", path.display()))?;
                    for (row, name) in named(&text) {
                        tests.entry(row).or_default().insert(name);
                    }
                }
            }
        }
        Ok(Self { cases, tests })
    }

    /// Rows that nothing stands for.
    pub fn empty(&self) -> Vec<String> {
        let missing = |row: &u32| !self.cases.contains_key(row) && !self.tests.contains_key(row);
        let rows = ROWS.iter().map(|(row, _, _)| *row);
        rows.filter(missing)
            .map(|row| format!("attack {row}: no case and no test"))
            .collect()
    }

    /// `docs/attacks.md`.
    pub fn text(&self) -> String {
        let mut text = String::from(
            "# Attacks\n\n\
             Generated by `cargo xtask codegen` from the names in `testdata/cases/attacks` and from the tests named\n\
             `attack_NN_…`; not to be edited by hand. The numbers are those of the table of attacks in\n\
             `../shared/spec/validation.md` §1. Each case fails for exactly the reason of its row, or is the twin\n\
             that passes; its declaration says which.\n\n\
             | row | ru | en | cases | tests |\n|---|---|---|---|---|\n",
        );
        let mut count = 0;
        for (row, ru, en) in ROWS {
            let cases = self.cases.get(row).map_or(&[][..], Vec::as_slice);
            count += cases.len();
            let cases: Vec<String> = cases
                .iter()
                .map(|(name, verdict)| format!("`{name}` {verdict}"))
                .collect();
            let tests: Vec<String> = self
                .tests
                .get(row)
                .into_iter()
                .flatten()
                .map(|name| format!("`{name}`"))
                .collect();
            let _ = writeln!(
                text,
                "| {row} | {ru} | {en} | {} | {} |",
                cases.join("<br>"),
                tests.join("<br>")
            );
        }
        let _ = writeln!(text, "\n{} rows, {count} cases.", ROWS.len());
        text
    }
}

/// The row that a name begins with.
fn row_of(name: &str) -> Option<u32> {
    let (row, rest) = name.split_once(['-', '_'])?;
    row.parse().ok().filter(|_| !rest.is_empty())
}

/// What a case expects, in short.
fn verdict(case: &toml::Table) -> String {
    let expect = case.get("expect").and_then(toml::Value::as_table);
    let word = |key| {
        let value = expect.and_then(|expect| expect.get(key));
        value.and_then(toml::Value::as_str).unwrap_or_default()
    };
    match word("sub_indication") {
        "" => word("indication").to_owned(),
        sub => sub.to_owned(),
    }
}

/// The tests of a source that are named with a row.
fn named(text: &str) -> Vec<(u32, String)> {
    let found = text.match_indices(TEST).filter_map(|(at, _)| {
        let name = text.get(at + "fn ".len()..)?.split('(').next()?;
        let row = row_of(name.strip_prefix("attack_")?)?;
        Some((row, name.to_owned()))
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_are_found_by_their_names() {
        let text = "#[test]\nfn attack_21_names() {}\nfn attack_() {}\nfn attack_x_y() {}";
        assert_eq!(named(text), [(21, "attack_21_names".to_owned())]);
    }

    #[test]
    fn an_empty_row_is_told() {
        let mut table = Table {
            cases: BTreeMap::new(),
            tests: BTreeMap::new(),
        };
        let all = table.empty().len();
        assert_eq!(all, ROWS.len());
        table
            .tests
            .entry(21)
            .or_default()
            .insert("attack_21".to_owned());
        let case = ("01-a".to_owned(), String::new());
        table.cases.insert(1, vec![case]);
        assert_eq!(table.empty().len(), all - 2);
        assert!(table.text().contains("| `01-a`"));
    }
}
