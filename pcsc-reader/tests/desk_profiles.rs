//! Profiles in a folder of the user's: what `desk` takes from them, and what it says of those that it refuses.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::fs;

use support::card::VirtualCard;
use support::desk;
use support::service::CardService;
use testdata::card::Identity;
use testdata::card::container::Container;
use testdata::card::rutoken::{Model, Rutoken};

/// Rutoken Lite under a name of the user's own.
const LITE: &str = r#"schema = 1
[[card]]
id = "office-token"
kind = "token"
name = { ru = "Токен отдела", en = "Token of the office" }
confidence = "measured"
[[card.match]]
atr = "3B8B015275746F6B656E6C697465C3"
"#;

fn run(text: &str, options: &[&str]) -> desk::Outcome {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("own.toml"), text).unwrap();
    let service = CardService::with_reader();
    let container = Container::new("le-1", Identity::new("ru-demo", "citizen").unwrap());
    let card = Rutoken::new(Model::Lite).with_container(1, &container);
    let _card = VirtualCard::insert_card(service.port(), card.unwrap());
    desk::wait_for_slot(&service.socket(), "card");
    let profiles = folder.path().to_str().unwrap();
    desk::run(
        &service.socket(),
        &[&["show", "--profiles", profiles], options].concat(),
    )
}

#[test]
fn a_model_of_the_folder_takes_the_place_of_the_programs_own() {
    let text = LITE
        .replace("office-token", "rutoken-lite")
        .replace("697465C3", "697465C2");
    let road = "[[card.road]]\nkind = \"cryptopro\"\nlayout = \"path\"\nconfidence = \"measured\"\n\
                directory = \"1000 1003\"\nslots = { first = 1, last = 2 }\n";
    let outcome = run(&format!("{text}{road}"), &[]);
    assert_eq!(outcome.exit, Some(0), "{outcome:?}");
    let card = &outcome.json()["cards"][0];
    assert_eq!(card["card"]["name"]["ru"], "Токен отдела");
    assert_eq!(card["card"]["confidence"], "measured");
    assert_eq!(card["certificates"][0]["id"], "cryptopro:01.1");
    let shown = run(&format!("{text}{road}"), &["--format", "text"]);
    let expected = "карта: Токен отдела (узнана по ATR; описание модели проверено на картах)";
    assert!(shown.out.contains(expected), "{}", shown.out);
}

#[test]
fn a_profile_that_is_refused_is_told_in_both_languages_before_any_card_is_touched() {
    for (text, ru, en) in [
        (
            LITE.replace("697465C3", "no hex"),
            "профиль карт own.toml, карта office-token: в `atr` должны быть шестнадцатеричные цифры",
            "card profile own.toml, card office-token: `atr` must be hexadecimal",
        ),
        (
            LITE.replace("schema = 1", "schema = 2"),
            "профиль карт own.toml: версия схемы 2 не поддерживается",
            "card profile own.toml: schema 2 is not supported",
        ),
        (
            LITE.replace("confidence", "confidense"),
            "неизвестный ключ `confidense`",
            "card profile own.toml: ",
        ),
        (
            LITE.split("[[card.match]]").next().unwrap().to_owned(),
            "карта office-token: нет ни одной записи `[[card.match]]`",
            "card office-token: no `[[card.match]]` entry",
        ),
        (
            format!("{LITE}[[card.road]]\nkind = \"pkcs15\"\nsafe_query = true\n"),
            "карта office-token: `safe_query` задаёт сама программа",
            "card office-token: `safe_query` is the program's own",
        ),
        (
            format!("{LITE}[[card.road]]\nkind = \"pkcs51\"\n"),
            "карта office-token: `[[card.road]]` № 1: ",
            "card office-token: `[[card.road]]` 1: ",
        ),
    ] {
        let outcome = run(&text, &[]);
        assert_eq!(outcome.exit, Some(64), "{outcome:?}");
        let diagnosis = &outcome.json()["diagnosis"][0];
        assert_eq!(diagnosis["code"], "desk.profile.refused");
        for (language, part) in [("ru", ru), ("en", en)] {
            let said = diagnosis["text"][language].as_str().unwrap();
            assert!(said.contains(part), "{part}: {said}");
        }
        assert!(outcome.err.contains(ru), "{}", outcome.err);
    }
}
