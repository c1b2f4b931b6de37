use sig_core::finding::step::{self, rfc5280_6_1_3, rfc5280_6_3_3};

use super::*;

fn files(files: &[(&str, &str)]) -> BTreeMap<String, String> {
    let pairs = files.iter();
    pairs
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
        .collect()
}

fn table(sources: &[(&str, &str)], tests: &[(&str, &str)]) -> Table {
    let steps = vec![
        &rfc5280_6_1_3::A_1,
        &rfc5280_6_1_3::A_2,
        &rfc5280_6_3_3::B_2_I,
    ];
    Table::of(steps, &files(sources), &files(tests))
}

const CODE: &str = "fn f() { steps.passed(&rfc5280_6_1_3::A_1, here); }";
const TEST: &str = "#[test]\nfn rfc5280_6_1_3_a_1_signatures() {}\n";

#[test]
fn what_records_a_step_takes_it() {
    let named = "//! RFC 5280 §6.1.3 (a)(1) is the caller's; (a)(2) is here.\n";
    let table = table(&[("a.rs", CODE), ("b.rs", named)], &[("t.rs", TEST)]);
    let [first, second, _] = table.rows.as_slice() else {
        panic!("three rows");
    };
    assert_eq!(first.files.iter().collect::<Vec<_>>(), ["a.rs"]);
    assert_eq!(second.files.iter().collect::<Vec<_>>(), ["b.rs"]);
    assert_eq!(
        first.tests.iter().collect::<Vec<_>>(),
        ["rfc5280_6_1_3_a_1_signatures"]
    );
    assert!(second.tests.is_empty());
}

#[test]
fn tests_and_comments_record_nothing() {
    let text =
        "// rfc5280_6_1_3::A_1\n#[cfg(test)]\nmod tests { fn f() { rfc5280_6_1_3::A_1; } }\n";
    let longer = "fn f() { rfc5280_6_1_3::A_10; }";
    let table = table(&[("a.rs", text), ("b.rs", longer)], &[]);
    assert!(table.rows.iter().all(|row| row.files.is_empty()));
}

#[test]
fn an_empty_cell_is_told_unless_its_section_may_have_it() {
    let table = table(&[("a.rs", CODE)], &[("t.rs", TEST)]);
    let excused = ["RFC 5280 §6.3.3"];
    assert_eq!(
        table.empty_but(&excused),
        [
            "RFC 5280 §6.1.3 (a)(2): no source file takes it",
            "RFC 5280 §6.1.3 (a)(2): no clause test names it"
        ]
    );
    assert_eq!(table.empty_but(&[]).len(), 4);
    let whole = self::table(
        &[
            ("a.rs", CODE),
            (
                "b.rs",
                "fn f() { rfc5280_6_1_3::A_2; rfc5280_6_3_3::B_2_I; }",
            ),
        ],
        &[
            ("t.rs", TEST),
            ("u.rs", "#[test]\nfn rfc5280_6_1_3_a_2_validity() {}\n"),
            ("v.rs", "#[test]\nfn rfc5280_6_1_3_a_all() {}\n"),
            (
                "rfc5280_6_3_3_scope.rs",
                "#[test]\nfn step_b_2_i_names_match() {}\n",
            ),
        ],
    );
    assert!(whole.empty_but(&[]).is_empty());
    assert!(!whole.text().contains("rfc5280_6_1_3_a_all"));
    assert!(
        whole
            .text()
            .contains("`rfc5280_6_3_3_scope::step_b_2_i_names_match`")
    );
}

#[test]
fn every_step_has_a_row() {
    let table = Table::of(step::all().collect(), &files(&[]), &files(&[]));
    let text = table.text();
    for step in step::all() {
        assert!(text.contains(step.en), "{}", step.id);
    }
}
