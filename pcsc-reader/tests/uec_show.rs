//! `desk` and universal electronic cards over a real `pcscd`: what a clerk reads.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::thread;

use serde_json::json;
use support::card::VirtualCard;
use support::desk::{self, Outcome};
use support::service::{CardService, READER};
use testdata::card::uec::{Interface, Uec};

/// The second slot of the virtual reader.
const SECOND: &str = "Virtual PCD 00 01";

const V11_RU: &str = "";
const V11_EN: &str = "";
const V10_RU: &str = "";
const V10_EN: &str = "";
const MICRON_RU: &str = "";
const MICRON_EN: &str = "";

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

fn show(service: &CardService, reader: &str, options: &[&str]) -> Outcome {
    let arguments = [&["show", "--reader", reader], options].concat();
    let outcome = desk::run(&service.socket(), &arguments);
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
            let options = ["--format", "text", "--lang", language];
            let outcome = show(&service, READER, &options);
            println!("{}", outcome.out);
            assert_impersonal(&outcome.out);
            let _ = expected;
        }
        assert_only_read(&card);
    }
}
