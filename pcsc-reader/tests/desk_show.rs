//! `desk show`, `desk certificates` and `desk trace` over a real `pcscd`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::fs;

use serde_json::json;
use support::card::VirtualCard;
use support::desk;
use support::service::{CardService, READER};
use testdata::card::pkcs15::{KeyForm, Pkcs15Card};
use testdata::card::{Identity, Protocol};

/// The names and numbers of the demonstration citizen, as they could leak.
fn personal() -> Vec<String> {
    let person = testdata::demo::citizen().unwrap();
    let mut words = vec![person.surname.clone(), person.given_name.clone()];
    words.extend(person.patronymic.clone());
    words.extend(person.snils.clone());
    words.extend(person.inn.clone());
    words
}

fn gost(protocol: Protocol) -> Pkcs15Card {
    Pkcs15Card::new(KeyForm::Gost, protocol).unwrap()
}

/// A service with this card in its reader.
fn with_card(card: Pkcs15Card) -> (CardService, VirtualCard) {
    let service = CardService::with_reader();
    let card = VirtualCard::insert_card(service.port(), card);
    desk::wait_for_slot(&service.socket(), "card");
    (service, card)
}

#[test]
fn a_card_is_shown_with_its_owner_issuer_validity_key_profile_and_pin() {
    for protocol in [Protocol::T0, Protocol::T1] {
        let (service, _card) = with_card(gost(protocol));
        let outcome = desk::run(&service.socket(), &["show"]);
        assert_eq!(outcome.exit, Some(0), "{outcome:?}");
        let document = outcome.json();
        assert_eq!(document["schema"], "desk.show/1");
        assert_eq!(document["diagnosis"], json!([]));
        let card = &document["cards"][0];
        assert_eq!(card["reader"], READER);
        assert_eq!(card["applications"][0]["road"], "pkcs15");
        let signing = card["certificates"].as_array().unwrap();
        let signing = signing.iter().find(|it| it["signs"] == true).unwrap();
        let certificate = &signing["certificate"];
        let person = testdata::demo::citizen().unwrap();
        assert_eq!(certificate["owner"]["surname"], person.surname.as_str());
        assert_eq!(certificate["owner"]["snils"], json!(person.snils));
        assert_eq!(certificate["profile"]["set"], "ru-qualified");
        assert_eq!(certificate["profile"]["broken"], json!([]));
        assert!(
            certificate["key"]
                .as_str()
                .unwrap()
                .starts_with("gost2012-256")
        );
        assert!(card["pins"][0]["state"].is_string());
    }
}

#[test]
fn a_clerk_reads_the_same_in_russian_and_english() {
    let (service, _card) = with_card(gost(Protocol::T1));
    let person = testdata::demo::citizen().unwrap();
    let ru = desk::run(&service.socket(), &["show", "--format", "text"]);
    assert_eq!((ru.exit, ru.err.as_str()), (Some(0), ""));
    for part in [
        "сертификат pkcs15:",
        "владелец: ",
        &person.surname,
        "издатель: ",
        "ru-qualified: правила соблюдены",
    ] {
        assert!(ru.out.contains(part), "{part}: {}", ru.out);
    }
    let en = desk::run(
        &service.socket(),
        &[
            "show",
            "--format",
            "text",
            "--lang",
            "en",
            "--reader",
            "Virtual PCD 00 00",
        ],
    );
    for part in [
        "certificate pkcs15:",
        "owner: ",
        "issuer: ",
        "it can sign",
        "the rules are kept",
    ] {
        assert!(en.out.contains(part), "{part}: {}", en.out);
    }
}

#[test]
fn a_reader_that_is_not_there_and_an_empty_one_are_told() {
    let service = CardService::with_reader();
    let empty = desk::run(&service.socket(), &["show"]);
    assert_eq!(empty.exit, Some(69));
    assert_eq!(empty.json()["diagnosis"][0]["code"], "card.card.none");
    let none = desk::run(&service.socket(), &["show", "--reader", "Other"]);
    assert_eq!(none.exit, Some(64));
    assert_eq!(none.json()["diagnosis"][0]["code"], "desk.reader.none_such");
    assert!(none.err.contains(READER), "{}", none.err);
    let several = desk::run(&service.socket(), &["show", "--reader", "Virtual"]);
    assert_eq!(
        several.json()["diagnosis"][0]["code"],
        "desk.reader.several"
    );
}

#[test]
fn certificates_are_exported_and_nothing_is_replaced() {
    let (service, _card) = with_card(gost(Protocol::T1));
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("new").display().to_string();
    let outcome = desk::run(&service.socket(), &["certificates", "--out", &out]);
    assert_eq!(outcome.exit, Some(0), "{outcome:?}");
    let document = outcome.json();
    assert_eq!(document["schema"], "desk.certificates/1");
    let file = document["files"][0].as_str().unwrap();
    let identity = Identity::new("ru-demo", "citizen").unwrap();
    let exported: Vec<Vec<u8>> = document["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| fs::read(file.as_str().unwrap()).unwrap())
        .collect();
    assert!(
        exported
            .iter()
            .any(|it| it == identity.certificate().unwrap())
    );
    fs::write(file, b"mine").unwrap();
    let again = desk::run(&service.socket(), &["certificates", "--out", &out]);
    assert_eq!(again.exit, Some(64), "{again:?}");
    assert_eq!(again.json()["diagnosis"][0]["code"], "desk.file.exists");
    assert_eq!(fs::read(file).unwrap(), b"mine");
    let pem = desk::run(
        &service.socket(),
        &["certificates", "--out", &out, "--form", "pem"],
    );
    let pem = fs::read_to_string(pem.json()["files"][0].as_str().unwrap()).unwrap();
    assert!(pem.starts_with("-----BEGIN CERTIFICATE-----\n"), "{pem}");
}

#[test]
fn a_trace_is_a_transcript_without_personal_data() {
    let (service, card) = with_card(gost(Protocol::T1));
    card.commands();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trace.txt");
    let out = path.display().to_string();
    let outcome = desk::run(&service.socket(), &["trace", "--out", &out]);
    assert_eq!(outcome.exit, Some(0), "{outcome:?}");
    let text = fs::read_to_string(&path).unwrap();
    pcsc_reader::Transcript::parse(&text).unwrap();
    assert!(text.starts_with("atr 3B84"), "{text}");
    assert!(
        text.lines()
            .filter(|line| line.starts_with("> 00B0"))
            .count()
            > 3,
        "{text}"
    );
    assert_eq!(outcome.json()["commands"], json!(card.commands().len()));
    // What was read stands there as text on the card, and nowhere in the trace.
    let identity = Identity::new("ru-demo", "citizen").unwrap();
    let certificate = hex::encode_upper(identity.certificate().unwrap());
    for word in personal() {
        let octets = hex::encode_upper(&word);
        assert!(!text.contains(&octets) && !text.contains(&word), "{text}");
        assert!(!outcome.out.contains(&word) && !outcome.err.contains(&word));
    }
    assert!(!text.contains(&certificate[..64]), "{text}");
    let again = desk::run(&service.socket(), &["trace", "--out", &out]);
    assert_eq!(again.exit, Some(64));
}

#[test]
fn a_card_that_nobody_can_read_is_named_and_told() {
    let service = CardService::with_reader();
    let unknown = "3B80800101";
    let _card = VirtualCard::insert(service.port(), unknown);
    desk::wait_for_slot(&service.socket(), "card");
    let outcome = desk::run(&service.socket(), &["show"]);
    assert_eq!(outcome.exit, Some(1), "{outcome:?}");
    let card = &outcome.json()["cards"][0];
    assert_eq!(card["card"]["atr"], unknown);
    assert_eq!(card["certificates"], json!([]));
    assert_eq!(card["diagnosis"].as_array().unwrap().len(), 1);
    let signed = desk::run(&service.socket(), &["certificates"]);
    assert_eq!(signed.exit, Some(1), "{signed:?}");
}
