//! What `desk` says of files and profiles at fault: in the language asked for, without words of the system.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::fs;
use std::path::Path;

use support::desk;

const PROFILE: &str = r#"schema = 1
[[card]]
id = "own"
kind = "token"
name = { ru = "Своя", en = "Own" }
confidence = "assumed"
[[card.match]]
atr = "3B00"
[[card.road]]
kind = "pkcs15"
"#;

/// The line of a failure in Russian and in English.
fn lines(folder: &Path, arguments: &[&str]) -> [String; 2] {
    ["ru", "en"].map(|language| {
        let options = [arguments, &["--format", "text", "--lang", language]].concat();
        let outcome = desk::run(&folder.join("no-service"), &options);
        assert_eq!(outcome.exit, Some(64), "{outcome:?}");
        outcome.err
    })
}

/// Names are shown as they are: what stands in backquotes, and what the caller gave.
fn without_names(line: &str, names: &[&str]) -> String {
    let line = names
        .iter()
        .fold(line.to_owned(), |line, name| line.replace(name, ""));
    line.split('`').step_by(2).collect()
}

#[track_caller]
fn check([ru, en]: [String; 2], names: &[&str], said: &str) {
    let words = without_names(&ru, names);
    assert!(!words.contains(|it: char| it.is_ascii_alphabetic()), "{ru}");
    assert!(ru.contains(said), "{ru}");
    assert!(without_names(&en, names).is_ascii(), "{en}");
}

#[test]
fn a_file_at_fault_is_told_without_words_of_the_system() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    fs::write(path("content"), b"content").unwrap();
    let (missing, directory, content) = (path("missing"), path(""), path("content"));
    let (out, inside) = (path("out"), path("content/out"));
    let sign = |content: &str, out: &str| {
        let options = [
            "sign",
            "--certificate",
            "x",
            "--content",
            content,
            "--out",
            out,
        ];
        lines(folder.path(), &options)
    };
    check(
        sign(&missing, &out),
        &[&missing],
        "такого файла или каталога нет",
    );
    check(
        sign(&directory, &out),
        &[&directory],
        "это каталог, а нужен файл",
    );
    check(sign(&content, &inside), &[&content], "не каталог");
    check(sign(&content, &content), &[&content], "уже есть");
}

#[test]
fn a_profile_at_fault_is_told_without_words_of_the_system() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("own.toml");
    let show = |folder: &Path| {
        let options = ["show", "--profiles", folder.to_str().unwrap()];
        lines(folder, &options)
    };
    for (text, said) in [
        ("schema = = 1".to_owned(), "строка 1, столбец 10"),
        (
            PROFILE.replace("schema = 1", "schema = 2"),
            "версия схемы 2",
        ),
        (
            PROFILE.replace("id =", "colour = 1\nid ="),
            "неизвестный ключ `colour`",
        ),
        (PROFILE.replace("id = \"own\"\n", ""), "нет ключа `id`"),
        (
            PROFILE.replace("\"token\"", "\"coin\""),
            "такого значения, `coin`",
        ),
        (PROFILE.replace("\"token\"", "[1]"), "строка 4"),
        (
            PROFILE.replace("atr = \"3B00\"", "hist = \"3\""),
            "в `hist`",
        ),
        (
            PROFILE.replace("atr = \"3B00\"", "colour = 1"),
            "`[[card.match]]`",
        ),
        (
            PROFILE.replace("pkcs15", "other"),
            "способа чтения `other` нет",
        ),
        (format!("{PROFILE}colour = 1"), "неизвестный ключ `colour`"),
        (format!("{PROFILE}aids = []"), "`aids` не может быть пустым"),
        (format!("{PROFILE}aids = [\"A0\"]"), "от 5 до 16 октетов"),
        (format!("{PROFILE}rsa = 1"), "`rsa`"),
        (
            format!("{PROFILE}safe_query = true"),
            "`safe_query` задаёт сама программа",
        ),
        (
            format!("{PROFILE}{}", "#".repeat(300_000)),
            "больше 262144 октетов",
        ),
    ] {
        fs::write(&file, text).unwrap();
        check(show(folder.path()), &["own.toml", "own"], said);
    }
    fs::write(&file, b"\xFF").unwrap();
    check(
        show(folder.path()),
        &["own.toml", "UTF-8"],
        "содержимое не читается",
    );
    let missing = folder.path().join("missing");
    check(
        show(&missing),
        &["missing"],
        "такого файла или каталога нет",
    );
}
