//! `desk` as a clerk meets it: mistakes in both languages, and ends that tell what was done.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::fs::{self, File};
use std::io::{Read, pipe};
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::thread;

use serde_json::Value;
use support::card::VirtualCard;
use support::desk;
use support::service::CardService;
use support::terminal::Terminal;
use testdata::card::pkcs15::{KeyForm, Pkcs15Card};
use testdata::card::uec::{Interface, Uec};
use testdata::card::{Card, Protocol};

/// Output that nobody reads any more.
fn closed() -> Stdio {
    let (_, writer) = pipe().unwrap();
    writer.into()
}

fn exit(command: &mut Command) -> Option<i32> {
    command.status().unwrap().code()
}

/// A service with this card in its reader.
fn with_card(card: impl Card + 'static) -> (CardService, VirtualCard) {
    let service = CardService::with_reader();
    let card = VirtualCard::insert_card(service.port(), card);
    desk::wait_for_slot(&service.socket(), "card");
    (service, card)
}

fn gost() -> Pkcs15Card {
    Pkcs15Card::new(KeyForm::Gost, Protocol::T1).unwrap()
}

#[test]
fn a_mistake_on_the_command_line_is_told_in_both_languages() {
    let folder = tempfile::tempdir().unwrap();
    for (arguments, ru, en) in [
        (
            &["dance"][..],
            "неизвестная команда dance",
            "unrecognized subcommand",
        ),
        (
            &["show", "--colour"],
            "неизвестный параметр --colour",
            "unexpected argument",
        ),
        (
            &["show", "--lang", "de"],
            "неверное значение de параметра --lang",
            "invalid value",
        ),
        (&["trace"], "не хватает --out", "required arguments"),
        (
            &["readers", "--format"],
            "у параметра --format",
            "value is required",
        ),
    ] {
        let outcome = desk::run(folder.path(), arguments);
        assert_eq!(outcome.exit, Some(64), "{outcome:?}");
        assert!(outcome.err.contains(ru), "{ru}: {}", outcome.err);
        assert!(outcome.err.contains(en), "{en}: {}", outcome.err);
    }
}

#[test]
fn a_mistake_is_usage_also_where_nobody_reads_about_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = desk::command(folder.path(), &["dance"]);
    assert_eq!(exit(command.stderr(closed())), Some(64));
}

#[test]
fn an_output_that_nobody_reads_makes_no_success() {
    let service = CardService::with_reader();
    for arguments in [
        &["readers"][..],
        &["show"],
        &["readers", "--format", "text"],
    ] {
        let mut command = desk::command(&service.socket(), arguments);
        command.stderr(closed());
        assert_eq!(exit(command.stdout(closed())), Some(69), "{arguments:?}");
    }
    let _card = VirtualCard::insert(service.port(), "3B80800101");
    desk::wait_for_slot(&service.socket(), "card");
    for format in ["text", "json"] {
        let mut command = desk::command(&service.socket(), &["show", "--format", format]);
        command.stderr(closed());
        assert_eq!(exit(command.stdout(closed())), Some(1), "{format}");
    }
    let nowhere = fs::canonicalize(service.socket())
        .unwrap()
        .with_file_name("none");
    let mut command = desk::command(&nowhere, &["readers"]);
    assert_eq!(exit(command.stdout(closed())), Some(69));
}

#[test]
fn progress_has_words_and_numbers_of_the_same_step() {
    let (service, _card) = with_card(gost());
    let shown = Terminal::start(&service.socket(), &["show"]).finish().shown;
    assert!(shown.contains("чтение сертификатов "), "{shown}");
    let mut steps = 0;
    for part in shown.split(|c: char| c != '/' && !c.is_ascii_digit()) {
        if let Some((done, total)) = part.split_once('/') {
            let (done, total): (u32, u32) = (done.parse().unwrap(), total.parse().unwrap());
            assert!(done <= total && total > 0, "{part}: {shown}");
            steps += 1;
        }
    }
    assert!(steps > 0, "{shown}");
}

#[test]
fn a_last_try_that_was_not_used_is_told_once() {
    let (service, _card) = with_card(gost().with_tries_left(2));
    let folder = tempfile::tempdir().unwrap();
    let content = folder.path().join("content.txt");
    fs::write(&content, "x").unwrap();
    let (content, out) = (content.display().to_string(), folder.path().join("out"));
    let out = out.display().to_string();
    let sign = [
        "sign",
        "--certificate",
        "pkcs15:45",
        "--content",
        &content,
        "--out",
        &out,
    ];
    let mut terminal = Terminal::start(&service.socket(), &sign);
    terminal.wait_for("ПИН-код");
    terminal.wait_for(": ");
    terminal.keys("000000\n");
    terminal.wait_for("последнюю попытку? [да/нет] ");
    terminal.keys("нет\n");
    let ended = terminal.finish();
    assert_eq!(ended.exit, Some(77), "{ended:?}");
    assert_eq!(
        ended.shown.matches("Осталась последняя попытка").count(),
        1,
        "{ended:?}"
    );
    assert!(
        ended
            .shown
            .contains("Последняя попытка не использована. Ничего не подписано.")
    );
    // What a status word means beside the number of tries.
    assert!(!ended.shown.contains("предупреждение"), "{ended:?}");
}

#[test]
fn a_script_reads_the_tries_left_as_a_number() {
    let (service, _card) = with_card(gost());
    let folder = tempfile::tempdir().unwrap();
    let pin = folder.path().join("pin");
    fs::write(&pin, "000000\n").unwrap();
    let (content, out) = (pin.display().to_string(), folder.path().join("out"));
    let out = out.display().to_string();
    for left in [2, 1, 0] {
        let sign = [
            "sign",
            "--certificate",
            "pkcs15:45",
            "--content",
            &content,
            "--out",
            &out,
            "--pin-fd",
            "0",
        ];
        let mut command = desk::command(&service.socket(), &sign);
        command.stdin(Stdio::from(File::open(&pin).unwrap()));
        let output = command.output().unwrap();
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(77), "{document}");
        assert_eq!(document["diagnosis"][0]["tries_left"], left, "{document}");
    }
}

#[test]
fn an_abolished_card_is_told_as_what_it_is() {
    let (service, _card) = with_card(Uec::v1_1(Interface::Contact));
    let folder = tempfile::tempdir().unwrap();
    let content = folder.path().join("content.txt");
    fs::write(&content, "x").unwrap();
    let (content, out) = (content.display().to_string(), folder.path().join("out"));
    let out = out.display().to_string();
    let sign = [
        "sign",
        "--certificate",
        "uec",
        "--content",
        &content,
        "--out",
        &out,
        "--pin-fd",
        "0",
    ];
    let outcome = desk::run(&service.socket(), &sign);
    assert_eq!(outcome.exit, Some(1), "{outcome:?}");
    assert_eq!(outcome.json()["diagnosis"][0]["code"], "sign.card.legacy");
    assert!(
        outcome.err.contains("отменена с 01.01.2017"),
        "{}",
        outcome.err
    );
}

#[test]
fn a_card_without_certificates_is_told_so() {
    let (service, _card) = with_card(Uec::v1_1(Interface::Contact));
    for (lang, text) in [
        ("ru", "сертификатов не видно"),
        ("en", "no certificates are visible"),
    ] {
        for command in ["certificates", "show"] {
            let arguments = [command, "--format", "text", "--lang", lang];
            let outcome = desk::run(&service.socket(), &arguments);
            assert_eq!(outcome.exit, Some(0), "{outcome:?}");
            assert!(outcome.out.contains(text), "{command}: {}", outcome.out);
        }
    }
}

#[test]
fn a_file_that_is_no_module_is_a_mistake_on_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    for module in ["/etc/hostname", "/nowhere/module.so"] {
        let outcome = desk::run(folder.path(), &["show", "--module", module]);
        assert_eq!(outcome.exit, Some(64), "{outcome:?}");
        assert_eq!(
            outcome.json()["diagnosis"][0]["code"],
            "card.module.unusable"
        );
    }
}

#[test]
fn without_a_person_nothing_is_read_and_no_application_prepared() {
    // The port of a daemon that is not there: it must not be asked.
    let confirm = [
        "--wait",
        env!("CARGO_BIN_EXE_desk"),
        "confirm",
        "--account",
        "a",
        "--endpoint",
        "http://127.0.0.1:9",
    ];
    let mut command = Command::new("setsid");
    let output = command.args(confirm).stdin(Stdio::null()).output().unwrap();
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(64), "{document}");
    assert_eq!(document["diagnosis"][0]["code"], "desk.pin.nobody");
}

#[test]
fn a_daemon_that_goes_away_is_no_refusal() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let daemon = thread::spawn(move || {
        let (mut connection, _) = listener.accept().unwrap();
        // The request has begun; it gets no answer.
        connection.read_exact(&mut [0; 24]).unwrap();
    });
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out").display().to_string();
    let sign = [
        "sign",
        "--certificate",
        "x",
        "--application",
        "a",
        "--account",
        "b",
        "--endpoint",
        &endpoint,
        "--out",
        &out,
        "--pin-fd",
        "0",
    ];
    let outcome = desk::run(folder.path(), &sign);
    assert_eq!(outcome.exit, Some(69), "{outcome:?}");
    assert_eq!(outcome.json()["diagnosis"][0]["code"], "desk.daemon.lost");
    daemon.join().unwrap();
}
