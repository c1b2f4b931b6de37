//! `desk` and universal electronic cards over a real `pcscd`: what a clerk reads.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::fs;
use std::path::Path;
use std::thread;

use serde_json::{Value, json};
use support::card::VirtualCard;
use support::desk::{self, Outcome, Watch};
use support::service::{CardService, READER};
use testdata::card::uec::{Interface, Uec};

/// The second slot of the virtual reader.
const SECOND: &str = "Virtual PCD 00 01";

/// What the terminal shows of each card, to the letter.
const V11_RU: &str = include_str!("uec_show/v1_1.ru.txt");
const V11_EN: &str = include_str!("uec_show/v1_1.en.txt");
const V10_RU: &str = include_str!("uec_show/v1_0.ru.txt");
const V10_EN: &str = include_str!("uec_show/v1_0.en.txt");
const MICRON_RU: &str = include_str!("uec_show/micron.ru.txt");
const MICRON_EN: &str = include_str!("uec_show/micron.en.txt");

/// Numbers and names of the person of the emulated cards, as they stand on the card and as they are printed.
const PERSONAL: [&str; 14] = [
    "7604123456789012345",
    "76041234567890123",
    "0001020304050607",
    "00100200304",
    "001002003",
    "001-002-003",
    "СИДОРОВ",
    "Сидоров",
    "ИВАНОВИЧ",
    "1980",
    "SIDOROV",
    "МИРА",
    "+7000",
    "example.test",
];

fn show(socket: &Path, reader: &str, options: &[&str]) -> Outcome {
    let arguments = [&["show", "--reader", reader], options].concat();
    let outcome = desk::run(socket, &arguments);
    assert_eq!(outcome.exit, Some(0), "{outcome:?}");
    assert_eq!(outcome.err, "");
    outcome
}

fn assert_impersonal(text: &str) {
    for word in PERSONAL {
        assert!(!text.contains(word), "{word}: {text}");
    }
}

/// The card sent no PIN and nothing that writes.
fn assert_only_read(card: &VirtualCard) {
    for command in card.commands() {
        let instruction = command[1];
        let is_reading = [0xA4, 0xB0, 0xB2, 0xC0, 0xCA].contains(&instruction);
        assert!(is_reading, "{instruction:02X}");
    }
}

/// Waits until there is a card in both slots.
fn wait_for_both(service: &CardService) {
    let watch = Watch::start(&service.socket());
    let mut state = watch.json();
    let is_full = |state: &Value, place: usize| state["readers"][place]["slot"] == "card";
    let mut full = [is_full(&state, 0), is_full(&state, 1)];
    while full != [true, true] {
        state = watch.json();
        if state["event"] == "card_inserted" {
            full[usize::from(state["reader"] == SECOND)] = true;
        }
    }
}

fn text(socket: &Path, reader: &str, language: &str) -> String {
    show(socket, reader, &["--format", "text", "--lang", language]).out
}

#[test]
fn a_clerk_reads_that_the_card_is_legacy_and_what_it_leaves_open() {
    for (card, ru, en) in [
        (Uec::v1_1(Interface::Contact), V11_RU, V11_EN),
        (Uec::v1_0(), V10_RU, V10_EN),
        (Uec::micron(), MICRON_RU, MICRON_EN),
    ] {
        let service = CardService::with_reader();
        let card = VirtualCard::insert_card(service.port(), card);
        desk::wait_for_slot(&service.socket(), "card");
        for (language, expected) in [("ru", ru), ("en", en)] {
            let shown = text(&service.socket(), READER, language);
            assert_impersonal(&shown);
            assert_eq!(shown, expected);
        }
        assert_only_read(&card);
    }
}

#[test]
fn a_program_reads_the_same_and_no_number_of_a_person() {
    let service = CardService::with_reader();
    let card = VirtualCard::insert_card(service.port(), Uec::v1_1(Interface::Contact));
    desk::wait_for_slot(&service.socket(), "card");
    let outcome = show(&service.socket(), READER, &[]);
    assert_impersonal(&outcome.out);
    let document = outcome.json();
    let shown = &document["cards"][0];
    assert_eq!(shown["card"]["id"], "uec");
    assert_eq!(shown["diagnosis"], json!([]));
    assert_eq!(shown["certificates"], json!([]));
    assert_eq!(shown["serial"], json!(null));
    let notes = shown["notes"].as_array().unwrap();
    let codes: Vec<_> = notes
        .iter()
        .map(|note| note["code"].as_str().unwrap())
        .collect();
    assert_eq!(
        codes,
        ["card.uec.legacy", "card.uec.protected", "card.uec.expired"]
    );
    assert!(
        shown["pins"]
            .as_array()
            .unwrap()
            .iter()
            .all(|pin| pin["state"] == "unknown")
    );
    assert_only_read(&card);
}

#[test]
fn a_trace_for_support_holds_no_number_of_a_person() {
    let service = CardService::with_reader();
    let _card = VirtualCard::insert_card(service.port(), Uec::v1_0());
    desk::wait_for_slot(&service.socket(), "card");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trace.txt");
    let out = path.display().to_string();
    let outcome = desk::run(&service.socket(), &["trace", "--out", &out]);
    assert_eq!(outcome.exit, Some(0), "{outcome:?}");
    let trace = fs::read_to_string(&path).unwrap();
    pcsc_reader::Transcript::parse(&trace).unwrap();
    assert!(trace.contains("> 00A4"), "{trace}");
    // PAN, CIN, SNILS as the card packs them, and the person's insurer.
    for octets in [
        "76041234567890",
        "00010203040506",
        "001002003",
        "010277390000",
    ] {
        assert!(!trace.to_uppercase().contains(octets), "{octets}: {trace}");
    }
    assert_impersonal(&trace);
}

#[test]
fn two_cards_in_two_readers_are_read_at_the_same_time() {
    let service = CardService::with_reader();
    let _first = VirtualCard::insert_card(service.port(), Uec::v1_1(Interface::Contact));
    let _second = VirtualCard::insert_card(service.port().second(), Uec::micron());
    wait_for_both(&service);
    let micron = |text: &str| text.replacen(READER, SECOND, 1);
    for (language, v11, micron) in [
        ("ru", V11_RU, micron(MICRON_RU)),
        ("en", V11_EN, micron(MICRON_EN)),
    ] {
        thread::scope(|scope| {
            let shown = [READER, SECOND].map(|reader| {
                let socket = service.socket();
                scope.spawn(move || text(&socket, reader, language))
            });
            let shown = shown.map(|thread| thread.join().unwrap());
            assert_eq!(shown, [v11, &micron]);
        });
    }
}

/// What the guide says is what is printed.
#[test]
fn the_guide_shows_the_card_as_it_is_printed() {
    let guide = include_str!("../../README.md");
    // The guide leaves the name of the reader out.
    let (_, card) = V11_RU.split_once('\n').unwrap();
    assert!(guide.contains(card.trim_end()));
}
