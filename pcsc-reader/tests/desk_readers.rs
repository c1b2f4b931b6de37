//! `desk readers` over a real `pcscd` with the virtual reader of vsmartcard.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::ffi::CString;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use support::card::{Reply, VirtualCard};
use support::desk::{self, Watch};
use support::service::{CardService, READER};

const UEC: &str = "3B6C000080641134014873F741C08107";
const RUTOKEN_LITE: &str = "3B8B015275746F6B656E6C697465C2";
const UNKNOWN: &str = "3B80800101";
const SELECT_UEC: [u8; 13] = [
    0x00, 0xA4, 0x04, 0x0C, 8, 0xA0, 0, 0, 0x04, 0x32, 0x90, 0, 0x01,
];

/// Inserts a card and waits until the service knows it.
fn inserted(
    service: &CardService,
    atr: &str,
    reply: impl FnMut(&[u8]) -> Reply + Send + 'static,
) -> VirtualCard {
    let card = VirtualCard::insert_with(service.port(), atr, reply);
    desk::wait_for_slot(&service.socket(), "card");
    card
}

fn status_word(sw1: u8, sw2: u8) -> impl FnMut(&[u8]) -> Reply + Send {
    move |_| Reply::Answer(vec![sw1, sw2])
}

fn codes(document: &Value) -> Vec<&str> {
    let diagnosis = document["diagnosis"].as_array().unwrap();
    diagnosis
        .iter()
        .map(|row| row["code"].as_str().unwrap())
        .collect()
}

#[test]
fn without_a_service_it_says_how_to_start_one() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = folder.path().join("pcscd.comm");
    let json = desk::run(&nowhere, &["readers"]);
    assert_eq!(json.exit, Some(69));
    assert_eq!(json.json()["schema"], "desk.readers/1");
    assert_eq!(json.json()["readers"], json!([]));
    assert_eq!(codes(&json.json()), ["card.service.not_running"]);

    let ru = desk::run(&nowhere, &["readers", "--format", "text"]);
    assert_eq!((ru.exit, ru.out.as_str()), (Some(69), ""));
    assert!(
        ru.err.contains("Служба смарт-карт не запущена"),
        "{}",
        ru.err
    );
    let en = desk::run(&nowhere, &["readers", "--format", "text", "--lang", "en"]);
    assert!(
        en.err.contains("The smart-card service is not running"),
        "{}",
        en.err
    );
    assert!(en.err.contains("systemctl start pcscd"), "{}", en.err);

    let watch = desk::run(&nowhere, &["readers", "--watch"]);
    assert_eq!(
        (watch.exit, codes(&watch.json())),
        (Some(69), vec!["card.service.not_running"])
    );
}

#[test]
fn a_wrong_command_line_is_usage() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [
        &["readers", "--colour"][..],
        &["dance"],
        &[],
        &["readers", "--lang", "de"],
    ] {
        let outcome = desk::run(folder.path(), arguments);
        assert_eq!(
            (outcome.exit, outcome.out.as_str()),
            (Some(64), ""),
            "{arguments:?}"
        );
        assert!(outcome.err.contains("desk --help"), "{}", outcome.err);
    }
    let help = desk::run(folder.path(), &["--help"]);
    assert_eq!(help.exit, Some(0));
    assert!(help.out.contains("readers"), "{}", help.out);
}

#[test]
fn without_a_reader_it_asks_for_one() {
    let service = CardService::without_reader();
    let outcome = desk::run(&service.socket(), &["readers"]);
    assert_eq!(outcome.exit, Some(69));
    assert_eq!(outcome.json()["readers"], json!([]));
    assert_eq!(codes(&outcome.json()), ["card.reader.none"]);
}

#[test]
fn an_empty_reader_is_listed_and_a_card_asked_for() {
    let service = CardService::with_reader();
    let outcome = desk::run(&service.socket(), &["readers"]);
    assert_eq!(outcome.exit, Some(69));
    let document = outcome.json();
    let reader = json!({"name": READER, "slot": "empty", "sharing": "free", "card": null});
    assert_eq!(document["readers"][0], reader);
    assert_eq!(codes(&document), ["card.card.none"]);

    let text = desk::run(&service.socket(), &["readers", "--format", "text"]);
    assert!(
        text.out.contains(&format!("{READER}\n  карты нет\n")),
        "{}",
        text.out
    );
    assert!(text.err.contains("Вставьте карту"), "{}", text.err);
}

#[test]
fn a_uec_is_recognised_and_confirmed_by_its_application() {
    let service = CardService::with_reader();
    let card = inserted(&service, UEC, status_word(0x90, 0x00));
    let outcome = desk::run(&service.socket(), &["readers"]);
    assert_eq!(outcome.exit, Some(0));
    let document = outcome.json();
    let found = &document["readers"][0]["card"];
    assert_eq!(found["atr"], UEC);
    assert_eq!(found["identity"], "known");
    assert_eq!(found["id"], "uec");
    assert_eq!(found["kind"], "citizen_card");
    assert_eq!(found["proof"], "application");
    assert_eq!(found["protocols"], json!(["T=0"]));
    assert_eq!(codes(&document), [""; 0]);
    // One command for the watcher that waited for the card, one for the list.
    assert_eq!(card.commands(), [SELECT_UEC, SELECT_UEC]);

    let text = desk::run(
        &service.socket(),
        &["readers", "--format", "text", "--lang", "en"],
    );
    assert_eq!((text.exit, text.err.as_str()), (Some(0), ""));
    assert!(
        text.out.contains("UEC (Russian universal electronic card)"),
        "{}",
        text.out
    );
    assert!(
        text.out.contains("confirmed by its application"),
        "{}",
        text.out
    );
    assert!(
        text.out.contains("no means of qualified signature"),
        "{}",
        text.out
    );
}

#[test]
fn an_atr_without_the_application_behind_it_is_an_unknown_card() {
    let service = CardService::with_reader();
    let _card = inserted(&service, UEC, status_word(0x6A, 0x82));
    let outcome = desk::run(&service.socket(), &["readers"]);
    assert_eq!(outcome.exit, Some(0));
    let card = &outcome.json()["readers"][0]["card"];
    assert_eq!(
        (&card["identity"], &card["proof"]),
        (&json!("unknown"), &json!("contradicted"))
    );
    assert_eq!(card["id"], Value::Null);
    assert!(
        card["note"]["ru"].as_str().unwrap().contains("УЭК"),
        "{card}"
    );
}

#[test]
fn a_token_is_recognised_without_being_sent_a_command() {
    let service = CardService::with_reader();
    let card = inserted(&service, RUTOKEN_LITE, status_word(0x6D, 0x00));
    let outcome = desk::run(&service.socket(), &["readers"]);
    assert_eq!(outcome.exit, Some(0));
    let found = &outcome.json()["readers"][0]["card"];
    assert_eq!(
        (&found["id"], &found["kind"]),
        (&json!("rutoken-lite"), &json!("token"))
    );
    assert_eq!(
        (&found["proof"], &found["protocols"]),
        (&json!("atr_only"), &json!(["T=1"]))
    );
    assert_eq!(card.commands(), Vec::<Vec<u8>>::new());
}

#[test]
fn an_unknown_card_is_shown_as_unknown() {
    let service = CardService::with_reader();
    let _card = inserted(&service, UNKNOWN, status_word(0x6D, 0x00));
    let outcome = desk::run(&service.socket(), &["readers"]);
    assert_eq!(outcome.exit, Some(0));
    let card = &outcome.json()["readers"][0]["card"];
    assert_eq!(
        (&card["identity"], &card["atr"]),
        (&json!("unknown"), &json!(UNKNOWN))
    );
    let text = desk::run(&service.socket(), &["readers", "--format", "text"]);
    assert!(text.out.contains("неизвестная карта"), "{}", text.out);
}

#[test]
fn a_mute_card_is_no_card_to_work_with() {
    let service = CardService::with_reader();
    // No ATR is longer than 33 octets: the driver finds a card and fails to power it.
    let _card = VirtualCard::insert(service.port(), &"3B".repeat(40));
    desk::wait_for_slot(&service.socket(), "mute");
    let outcome = desk::run(&service.socket(), &["readers"]);
    assert_eq!(outcome.exit, Some(69));
    let document = outcome.json();
    assert_eq!(document["readers"][0]["slot"], "mute");
    assert_eq!(codes(&document), ["card.card.mute"]);
    assert_eq!(document["diagnosis"][0]["reader"], READER);
}

#[test]
fn a_card_taken_out_in_the_middle_of_a_command_is_told() {
    let service = CardService::with_reader();
    let watch = Watch::start(&service.socket());
    assert_eq!(watch.json()["readers"][0]["slot"], "empty");
    let card = VirtualCard::insert_with(service.port(), UEC, |_| Reply::Leave);
    let event = watch.json();
    assert_eq!(card.command(), SELECT_UEC);
    assert_eq!(
        (&event["event"], &event["card"]["id"]),
        (&json!("card_inserted"), &json!("uec"))
    );
    assert_eq!(event["card"]["proof"], "not_tried");
    let code = event["diagnosis"]["code"].as_str().unwrap();
    assert!(
        ["card.response.short", "card.card.removed"].contains(&code),
        "{event}"
    );
    assert_eq!(watch.json()["event"], "card_removed");
}

#[test]
fn watching_tells_cards_that_come_and_go_and_ends_in_order() {
    let service = CardService::with_reader();
    let watch = Watch::start(&service.socket());
    assert_eq!(watch.json()["schema"], "desk.readers/1");
    for atr in [RUTOKEN_LITE, UNKNOWN] {
        let card = VirtualCard::insert(service.port(), atr);
        let event = watch.json();
        assert_eq!(event["schema"], "desk.reader-event/1");
        assert_eq!(
            (&event["event"], &event["reader"]),
            (&json!("card_inserted"), &json!(READER))
        );
        assert_eq!(event["card"]["atr"], atr);
        card.remove();
        let event = watch.json();
        assert_eq!(
            (&event["event"], &event["reader"]),
            (&json!("card_removed"), &json!(READER))
        );
        assert_eq!(event["card"], Value::Null);
    }
    let outcome = watch.interrupt();
    assert_eq!(
        (outcome.exit, outcome.out.as_str(), outcome.err.as_str()),
        (Some(0), "", "")
    );
}

#[test]
fn watching_in_text_speaks_russian() {
    let service = CardService::with_reader();
    let watch = Watch::start_with(&service.socket(), &["--format", "text"]);
    assert_eq!(watch.line(), READER);
    let _card = VirtualCard::insert(service.port(), RUTOKEN_LITE);
    while watch.line() != format!("{READER}: карта вставлена") {}
    assert_eq!(
        watch.line(),
        "  карта: Рутокен Lite (узнана по ATR; описание модели опубликовано)"
    );
    assert_eq!(watch.line(), format!("  ATR: {RUTOKEN_LITE}"));
    let outcome = watch.interrupt();
    assert_eq!(outcome.exit, Some(0));
    assert!(outcome.err.contains("Вставьте карту"), "{}", outcome.err);
}

#[test]
fn watching_ends_with_the_service() {
    let mut service = CardService::with_reader();
    let watch = Watch::start(&service.socket());
    assert_eq!(watch.json()["schema"], "desk.readers/1");
    service.stop();
    let outcome = watch.finish();
    assert_eq!(outcome.exit, Some(69), "{outcome:?}");
    assert_eq!(codes(&outcome.json()), ["card.service.not_running"]);
}

#[test]
fn a_card_another_program_holds_is_recognised_and_told_as_busy() {
    let service = CardService::with_reader();
    let card = inserted(&service, UEC, status_word(0x90, 0x00));
    let mut holder = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "hold_the_card_exclusively",
            "--ignored",
            "--nocapture",
        ])
        .env("PCSCLITE_CSOCK_NAME", service.socket())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(holder.stdout.take().unwrap()).lines();
    assert!(
        lines.any(|line| line.unwrap() == "held"),
        "the card could not be held"
    );
    let _ = card.commands();

    let outcome = desk::run(&service.socket(), &["readers"]);
    assert_eq!(outcome.exit, Some(0));
    let document = outcome.json();
    let reader = &document["readers"][0];
    assert_eq!(
        (&reader["sharing"], &reader["card"]["id"]),
        (&json!("exclusive"), &json!("uec"))
    );
    assert_eq!(reader["card"]["proof"], "not_tried");
    assert_eq!(codes(&document), ["card.reader.busy"]);
    assert_eq!(card.commands(), Vec::<Vec<u8>>::new());

    holder.stdin.take().unwrap().write_all(b"\n").unwrap();
    assert!(holder.wait().unwrap().success());
}

/// The other program of the test above: a process of its own, because one process has one socket.
#[test]
#[ignore = "started by a_card_another_program_holds_is_recognised_and_told_as_busy"]
fn hold_the_card_exclusively() {
    let context = pcsc::Context::establish(pcsc::Scope::User).unwrap();
    let reader = CString::new(READER).unwrap();
    let card = context
        .connect(&reader, pcsc::ShareMode::Exclusive, pcsc::Protocols::ANY)
        .unwrap();
    println!("\nheld");
    std::io::stdin().lines().next();
    card.disconnect(pcsc::Disposition::LeaveCard)
        .map_err(|(_, error)| error)
        .unwrap();
}
