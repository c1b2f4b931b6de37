//! A real `pcscd` that is restarted while somebody works with it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::fs;
use std::time::Duration;

use pcsc_reader::{CardErrorKind, CardRegistry, Monitor, PcscService, ReaderStatus};
use serde_json::json;
use support::card::VirtualCard;
use support::desk::{self, Watch};
use support::service::{CardService, READER};
use support::terminal::Terminal;
use testdata::card::Protocol;
use testdata::card::pkcs15::{KeyForm, PIN, Pkcs15Card};

const ATR: &str = "3B80800101";

fn card() -> Pkcs15Card {
    Pkcs15Card::new(KeyForm::EcSequence, Protocol::T1).unwrap()
}

#[test]
fn watching_goes_on_when_the_service_is_restarted() {
    let mut service = CardService::with_reader();
    let card = VirtualCard::insert(service.port(), ATR);
    desk::wait_for_slot(&service.socket(), "card");
    let watch = Watch::start(&service.socket());
    assert_eq!(watch.json()["readers"][0]["slot"], "card");
    service.restart();
    // The virtual card lost its reader: it left with the service.
    let event = watch.json();
    assert_eq!(
        (&event["event"], &event["reader"]),
        (&json!("card_removed"), &json!(READER))
    );
    card.remove();
    let _card = VirtualCard::insert(service.port(), ATR);
    assert_eq!(watch.json()["event"], "card_inserted");
    let outcome = watch.interrupt();
    assert_eq!((outcome.exit, outcome.out.as_str()), (Some(0), ""));
}

/// Signs; between the question for the PIN and its answer `meanwhile` happens. Answers how it ended, and whether the
/// card of that moment got a PIN and a signature came out.
fn signing(
    meanwhile: impl FnOnce(&mut CardService, VirtualCard) -> VirtualCard,
) -> (support::terminal::Ended, bool, bool) {
    let mut service = CardService::with_reader();
    let inserted = VirtualCard::insert_card(service.port(), card());
    desk::wait_for_slot(&service.socket(), "card");
    let document = desk::run(&service.socket(), &["show"]).json();
    let certificates = document["cards"][0]["certificates"].as_array().unwrap();
    let signing = certificates.iter().find(|it| it["signs"] == true).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let content = folder.path().join("content.txt");
    let out = folder.path().join("content.p7s");
    fs::write(&content, "content").unwrap();
    let arguments = [
        "sign",
        "--certificate",
        signing["id"].as_str().unwrap(),
        "--content",
        content.to_str().unwrap(),
        "--out",
        out.to_str().unwrap(),
    ];
    let mut terminal = Terminal::start(&service.socket(), &arguments);
    terminal.wait_for("ПИН-код");
    terminal.wait_for(": ");
    let inserted = meanwhile(&mut service, inserted);
    inserted.commands();
    terminal.keys(&format!("{}\n", std::str::from_utf8(PIN).unwrap()));
    let ended = terminal.finish();
    let commands = inserted.commands();
    let is_pin_sent = commands.iter().any(|it| it[1] == 0x20 && it.len() > 5);
    (ended, is_pin_sent, out.exists())
}

#[test]
fn a_pin_goes_to_no_card_that_came_with_a_restart_of_the_service() {
    let (ended, is_pin_sent, is_signed) = signing(|_, card| card);
    assert_eq!(ended.exit, Some(0), "{ended:?}");
    assert!(is_pin_sent && is_signed);

    // The same reader, the same model, the same count of insertions since the service began: it may be another card.
    let (ended, is_pin_sent, is_signed) = signing(|service, card| {
        service.restart();
        card.remove();
        let another = VirtualCard::insert_card(service.port(), self::card());
        desk::wait_for_slot(&service.socket(), "card");
        another
    });
    assert_eq!(ended.exit, Some(69), "{ended:?}");
    assert!(ended.shown.contains("Карту вынули"), "{ended:?}");
    assert!(!is_pin_sent && !is_signed);
}

#[test]
fn a_service_that_ends_while_the_pin_is_typed_is_told() {
    let (ended, is_pin_sent, is_signed) = signing(|service, card| {
        service.stop();
        card
    });
    assert_eq!(ended.exit, Some(69), "{ended:?}");
    assert!(
        ended.shown.contains("Служба смарт-карт не запущена"),
        "{ended:?}"
    );
    assert!(!is_pin_sent && !is_signed);
}

#[test]
fn a_service_that_is_restarted_is_found_again_and_one_that_is_gone_is_told() {
    const TEST: &str = "a_service_that_is_restarted_is_found_again_and_one_that_is_gone_is_told";
    const INSIDE: &str = "PCSC_TEST_INSIDE";
    if std::env::var_os(INSIDE).is_some() {
        return restarted();
    }
    let mut service = CardService::with_reader();
    let mut child = std::process::Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", TEST, "--nocapture", "--test-threads=1"]);
    child
        .env(INSIDE, "1")
        .env("PCSCLITE_CSOCK_NAME", service.socket());
    child
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped());
    let mut child = child.spawn().unwrap();
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(child.stdout.take().unwrap()))
        .map_while(Result::ok);
    let mut keys = child.stdin.take().unwrap();
    let mut step = |wanted: &str, answer: &mut dyn FnMut()| {
        assert!(
            lines.any(|line| line.contains(wanted)),
            "the other process never said {wanted}"
        );
        answer();
        std::io::Write::write_all(&mut keys, b"\n").unwrap();
    };
    step("ready", &mut || service.restart());
    step("again", &mut || service.restart());
    step("gone", &mut || service.stop());
    assert!(child.wait().unwrap().success());
}

fn restarted() {
    let registry = CardRegistry::builtin().unwrap();
    let mut service = PcscService::establish().unwrap();
    let mut monitor = Monitor::new(&mut service, &registry).unwrap();
    let before = monitor.readers().to_vec();
    assert_eq!(before.len(), 2);
    let say = |word: &str| {
        println!("{word}");
        std::io::stdin().read_line(&mut String::new()).unwrap();
    };
    say("ready");
    let events = monitor.next(Duration::from_secs(1)).unwrap();
    assert!(events.is_empty(), "{events:?}");
    let places = |readers: &[ReaderStatus]| -> Vec<_> {
        let places = readers.iter();
        places
            .map(|it| (it.name.clone(), it.slot.clone()))
            .collect()
    };
    assert_eq!(places(monitor.readers()), places(&before));
    // The counts are none that were told before: nobody knows what was done at the readers meanwhile.
    let counts = monitor.readers().iter().zip(&before);
    assert!(
        counts
            .clone()
            .all(|(now, then)| now.insertions > then.insertions),
        "{counts:?}"
    );
    // Work with a card goes on too: here it is told that there is none.
    let error = monitor
        .service()
        .transaction(READER, &mut |_| Ok(()))
        .unwrap_err();
    assert_eq!(error.kind, CardErrorKind::NoCard);
    say("again");
    // Nobody looked after this restart: the card is not asked for before somebody has.
    let mut work = || {
        let outcome = monitor.service().transaction(READER, &mut |_| Ok(()));
        outcome.unwrap_err().kind
    };
    assert_eq!(work(), CardErrorKind::NoService);
    monitor.next(Duration::ZERO).unwrap();
    let outcome = monitor.service().transaction(READER, &mut |_| Ok(()));
    assert_eq!(outcome.unwrap_err().kind, CardErrorKind::NoCard);
    say("gone");
    let error = monitor.next(Duration::from_secs(1)).unwrap_err();
    assert_eq!(error.kind, CardErrorKind::NoService);
}
