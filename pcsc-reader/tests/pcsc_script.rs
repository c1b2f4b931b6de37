//! What no test machine's `pcscd` can be brought to, by a scripted service that the real libpcsclite speaks to: the
//! refusals of polkit, readers that come, go and move, as many readers as there can be.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use serde_json::{Value, json};
use support::desk::{self, Outcome, Watch};
use support::scripted::{Refusal, ScriptedReader, ScriptedService};
use testdata::card::Protocol;
use testdata::card::pkcs15::{KeyForm, Pkcs15Card};

const FIRST: &str = "ACS ACR38U-CCID 00 00";
const MOVED: &str = "ACS ACR38U-CCID 01 00";
const OTHER: &str = "Aktiv Rutoken ECP 00 00";

fn card(form: KeyForm) -> Pkcs15Card {
    Pkcs15Card::new(form, Protocol::T1).unwrap()
}

fn run(service: &ScriptedService, arguments: &[&str]) -> Outcome {
    desk::run(&service.socket(), arguments)
}

fn codes(document: &Value) -> Vec<&str> {
    let rows = document["diagnosis"].as_array().unwrap();
    rows.iter()
        .map(|row| row["code"].as_str().unwrap())
        .collect()
}

/// The event and the reader of the next line.
fn event(watch: &Watch) -> (String, String) {
    let line = watch.json();
    let text = |key: &str| {
        let text = line[key].as_str();
        text.unwrap_or_else(|| panic!("no {key}: {line}"))
            .to_owned()
    };
    (text("event"), text("reader"))
}

fn told(event: &str, reader: &str) -> (String, String) {
    (event.to_owned(), reader.to_owned())
}

#[test]
fn a_user_whom_polkit_refuses_is_told_so_whenever_the_connection_is_closed() {
    for refusal in [Refusal::AtOnce, Refusal::AfterTheFirstQuestion] {
        let service = ScriptedService::start(refusal, vec![ScriptedReader::empty(FIRST)]);
        let json = run(&service, &["readers"]);
        assert_eq!(json.exit, Some(69), "{refusal:?}");
        assert_eq!(
            codes(&json.json()),
            ["card.service.denied"],
            "{refusal:?} {json:?}"
        );
        for command in ["show", "certificates"] {
            let ru = run(&service, &[command, "--format", "text"]);
            assert_eq!((ru.exit, ru.out.as_str()), (Some(69), ""), "{ru:?}");
            assert!(
                ru.err
                    .contains("Служба смарт-карт не разрешает доступ этому пользователю"),
                "{ru:?}"
            );
            assert!(ru.err.contains("правила polkit"), "{ru:?}");
            let en = run(&service, &[command, "--format", "text", "--lang", "en"]);
            assert_eq!((en.exit, en.out.as_str()), (Some(69), ""), "{en:?}");
            assert!(
                en.err
                    .contains("The smart-card service refuses access to this user"),
                "{en:?}"
            );
            assert!(en.err.contains("polkit rules"), "{en:?}");
        }
    }
}

#[test]
fn a_user_who_may_see_readers_and_no_card_is_told_so() {
    let readers = vec![
        ScriptedReader::with(FIRST, card(KeyForm::EcSequence)),
        ScriptedReader::with(OTHER, card(KeyForm::EcSequence)),
    ];
    let service = ScriptedService::start(Refusal::Cards, readers);
    // The list names the cards by their ATR; polkit asks for nothing there.
    let list = run(&service, &["readers"]);
    assert_eq!(list.exit, Some(0), "{list:?}");
    assert_eq!(list.json()["readers"][1]["slot"], "card");
    for (language, text) in [
        ("ru", "Служба смарт-карт не разрешает доступ"),
        ("en", "The smart-card service refuses access"),
    ] {
        let options = ["--format", "text", "--lang", language];
        let show = run(
            &service,
            &[&["show", "--reader", FIRST][..], &options].concat(),
        );
        assert_eq!(show.exit, Some(69), "{show:?}");
        assert!(show.err.contains(text), "{show:?}");
        assert!(show.err.contains("polkit"), "{show:?}");
    }
    // One refusal does not take the service away for the next card.
    let both = run(&service, &["show", "--format", "text", "--lang", "en"]);
    assert_eq!(both.err.matches("refuses access").count(), 2, "{both:?}");
    assert!(!both.err.contains("not running"), "{both:?}");
}

#[test]
fn the_same_service_without_a_refusal_gives_the_card() {
    let readers = vec![ScriptedReader::with(FIRST, card(KeyForm::EcSequence))];
    let service = ScriptedService::start(Refusal::Nothing, readers);
    let show = run(&service, &["show"]);
    assert_eq!(show.exit, Some(0), "{show:?}");
    let certificates = &show.json()["cards"][0]["certificates"];
    assert_ne!(certificates, &json!([]));
}

#[test]
fn a_reader_that_moved_is_found_by_its_model_and_not_by_its_old_name() {
    let service = ScriptedService::start(
        Refusal::Nothing,
        vec![
            ScriptedReader::with(FIRST, card(KeyForm::EcSequence)),
            ScriptedReader::with(OTHER, card(KeyForm::RsaDigestInfo)),
        ],
    );
    let certificates = |name: &str| {
        let outcome = run(&service, &["show", "--reader", name]);
        assert_eq!(outcome.exit, Some(0), "{outcome:?}");
        outcome.json()["cards"][0]["certificates"].clone()
    };
    let before = certificates(FIRST);
    service.change(|readers| readers[0].name = MOVED.to_owned());
    assert_eq!(certificates("ACS"), before);
    assert_eq!(certificates(MOVED), before);
    assert_ne!(certificates(OTHER), before);
    // A neighbour of the model may be another one: its card would get the PIN that was meant for the first.
    let show = run(&service, &["show", "--reader", FIRST]);
    assert_eq!(show.exit, Some(64), "{show:?}");
    assert!(show.err.contains(MOVED), "{show:?}");
    // Of two of the model, nobody chooses.
    let second = ScriptedReader::empty("ACS ACR38U-CCID 02 00");
    service.change(|readers| readers.push(second));
    assert_eq!(certificates(MOVED), before);
    let several = run(&service, &["show", "--reader", "ACS"]);
    assert_eq!(several.exit, Some(64), "{several:?}");
}

#[test]
fn readers_that_come_go_and_move_are_told_while_watching() {
    let service = ScriptedService::start(Refusal::Nothing, Vec::new());
    let watch = Watch::start(&service.socket());
    assert_eq!(watch.json()["readers"], json!([]));
    service.change(|readers| readers.push(ScriptedReader::with(FIRST, card(KeyForm::EcSequence))));
    assert_eq!(event(&watch), told("reader_added", FIRST));
    assert_eq!(event(&watch), told("card_inserted", FIRST));
    service.change(|readers| readers.push(ScriptedReader::empty(OTHER)));
    assert_eq!(event(&watch), told("reader_added", OTHER));
    // It moves between two looks: as many readers as before, one with another name.
    service.change(|readers| readers[0].name = MOVED.to_owned());
    assert_eq!(event(&watch), told("card_removed", FIRST));
    assert_eq!(event(&watch), told("reader_removed", FIRST));
    assert_eq!(event(&watch), told("reader_added", MOVED));
    assert_eq!(event(&watch), told("card_inserted", MOVED));
    service.change(|readers| drop(readers.remove(0)));
    assert_eq!(event(&watch), told("card_removed", MOVED));
    assert_eq!(event(&watch), told("reader_removed", MOVED));
    // The last one too, when no row is left to ask about.
    service.change(Vec::clear);
    assert_eq!(event(&watch), told("reader_removed", OTHER));
    service.change(|readers| readers.push(ScriptedReader::empty(FIRST)));
    assert_eq!(event(&watch), told("reader_added", FIRST));
    let outcome = watch.interrupt();
    assert_eq!((outcome.exit, outcome.out.as_str()), (Some(0), ""));
}

#[test]
fn two_readers_that_change_names_are_two_changes_of_cards() {
    let service = ScriptedService::start(
        Refusal::Nothing,
        vec![
            ScriptedReader::with(FIRST, card(KeyForm::EcSequence)),
            ScriptedReader::with(MOVED, card(KeyForm::EcSequence)),
        ],
    );
    let watch = Watch::start(&service.socket());
    assert_eq!(watch.json()["readers"].as_array().unwrap().len(), 2);
    // The same names, the same ATRs: only the counts tell that other cards are behind them.
    service.change(|readers| {
        readers.swap(0, 1);
        readers[0].name = FIRST.to_owned();
        readers[0].count = 3;
        readers[1].name = MOVED.to_owned();
        readers[1].count = 3;
    });
    // Both may be told at once or one after the other.
    let mut events: Vec<_> = (0..4).map(|_| event(&watch)).collect();
    events.sort();
    let expected = ["card_inserted", "card_removed"];
    let expected = expected.map(|event| [FIRST, MOVED].map(|reader| told(event, reader)));
    assert_eq!(events, expected.concat());
}

#[test]
fn as_many_readers_as_there_can_be_are_watched() {
    let name = |number: usize| format!("ACS ACR38U-CCID {number:02X} 00");
    let readers = (0..15).map(|it| ScriptedReader::empty(&name(it)));
    let service = ScriptedService::start(Refusal::Nothing, readers.collect());
    let watch = Watch::start(&service.socket());
    assert_eq!(watch.json()["readers"].as_array().unwrap().len(), 15);
    // With the sixteenth the question about new readers has no room any more.
    service.change(|readers| readers.push(ScriptedReader::empty(&name(15))));
    assert_eq!(event(&watch), told("reader_added", &name(15)));
    let list = run(&service, &["readers"]);
    assert_eq!(list.json()["readers"].as_array().unwrap().len(), 16);
    service.change(|readers| {
        readers[15].card = Some(Box::new(card(KeyForm::EcSequence)));
        readers[15].count = 1;
    });
    assert_eq!(event(&watch), told("card_inserted", &name(15)));
    service.change(|readers| drop(readers.remove(3)));
    assert_eq!(event(&watch), told("reader_removed", &name(3)));
}
