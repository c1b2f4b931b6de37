//! `desk sign` over a real `pcscd`: what is shown, how the PIN is asked for, and what comes out.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;
#[path = "pkcs11/token.rs"]
#[allow(dead_code, reason = "SoftHSM2 is not needed here")]
mod token;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use support::card::VirtualCard;
use support::desk;
use support::service::{CardService, signal};
use support::terminal::Terminal;
use tempfile::TempDir;
use testdata::card::piv::PivCard;
use testdata::card::pkcs15::{KeyForm, PIN, Pkcs15Card};
use testdata::card::rutoken::{Model, Rutoken, RutokenKey, USER_PIN};
use testdata::card::{Card, Identity, Protocol};
use token::library;

const CONTENT: &str = "Прошу подтвердить учётную запись";

/// A desk with a card in the reader and a file to sign.
struct Desk {
    service: CardService,
    card: VirtualCard,
    folder: TempDir,
    /// The first certificate whose key is on the card.
    id: String,
}

impl Desk {
    fn new(card: impl Card + 'static) -> Self {
        let service = CardService::with_reader();
        let card = VirtualCard::insert_card(service.port(), card);
        desk::wait_for_slot(&service.socket(), "card");
        let document = desk::run(&service.socket(), &["show"]).json();
        let certificates = document["cards"][0]["certificates"].as_array().unwrap();
        let signing = certificates.iter().find(|it| it["signs"] == true).unwrap();
        let id = signing["id"].as_str().unwrap().to_owned();
        card.commands();
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("content.txt"), CONTENT).unwrap();
        Desk {
            service,
            card,
            folder,
            id,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn arguments(&self, more: &[&str]) -> Vec<String> {
        let content = self.path("content.txt").display().to_string();
        let out = self.path("content.p7s").display().to_string();
        let own = [
            "sign",
            "--certificate",
            &self.id,
            "--content",
            &content,
            "--out",
            &out,
        ];
        own.iter().chain(more).map(|it| (*it).to_owned()).collect()
    }

    /// With a person at the terminal.
    fn person(&self, more: &[&str]) -> Terminal {
        let arguments = self.arguments(more);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        Terminal::start(&self.service.socket(), &arguments)
    }

    /// With the PIN in a descriptor.
    fn script(&self, pin: &str, more: &[&str]) -> Output {
        fs::write(self.path("pin"), format!("{pin}\n")).unwrap();
        let arguments = self.arguments(&[&["--pin-fd", "0"], more].concat());
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let mut command = desk::command(&self.service.socket(), &arguments);
        command.stdin(Stdio::from(File::open(self.path("pin")).unwrap()));
        command.output().unwrap()
    }

    /// How many PINs the card got since the last call.
    fn pins_sent(&self) -> usize {
        let commands = self.card.commands();
        commands
            .iter()
            .filter(|it| it[1] == 0x20 && it.len() > 5)
            .count()
    }

    fn has_signed(&self) -> bool {
        self.path("content.p7s").exists()
    }
}

fn card(form: KeyForm) -> Pkcs15Card {
    Pkcs15Card::new(form, Protocol::T1).unwrap()
}

fn pin() -> &'static str {
    std::str::from_utf8(PIN).unwrap()
}

/// `openssl cms -verify` of a signature, with the root of a PKI.
fn judged_by_openssl(pki: &str, signature: &Path, content: Option<&Path>, engine: bool) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let anchors = folder.path().join("anchors.pem");
    let pki = testdata::pki::named(pki).unwrap();
    let mut text = String::new();
    for id in ["root", "ca"] {
        if let Ok(certificate) = pki.certificate(id) {
            text.push_str(&testdata::pem("CERTIFICATE", &certificate.der));
        }
    }
    fs::write(&anchors, text).unwrap();
    let mut command = Command::new("openssl");
    command.args([
        "cms", "-verify", "-binary", "-inform", "DER", "-purpose", "any", "-in",
    ]);
    command
        .arg(signature)
        .arg("-CAfile")
        .arg(&anchors)
        .args(["-no_check_time"]);
    if let Some(content) = content {
        command.arg("-content").arg(content);
    }
    if engine {
        command.args(["-engine", "gost"]);
    }
    command.output().unwrap()
}

#[test]
fn a_person_sees_what_is_signed_and_types_the_pin_unseen() {
    let desk = Desk::new(card(KeyForm::Gost));
    let mut terminal = desk.person(&["--format", "json"]);
    terminal.wait_for("Будет подписано");
    terminal.wait_for("content.txt");
    terminal.wait_for("streebog256");
    terminal.wait_for("ПИН-код");
    terminal.wait_for(": ");
    assert!(!terminal.echoes());
    // Backspace takes one character back.
    terminal.keys(&format!("9\u{7f}{}\n", pin()));
    let ended = terminal.finish();
    assert_eq!(ended.exit, Some(0), "{ended:?}");
    assert!(ended.echoes);
    assert!(!ended.shown.contains(pin()) && !ended.out.contains(pin()));
    let document: serde_json::Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!(document["schema"], "desk.sign/1");
    assert_eq!(document["content"]["size"], CONTENT.len());
    assert_eq!(desk.pins_sent(), 1);
    assert!(desk.has_signed());
    // Whose signature it is stands on the screen and in the signature only.
    let person = testdata::demo::citizen().unwrap();
    assert!(ended.shown.contains(&person.surname));
    assert!(!ended.out.contains(&person.surname));
}

#[test]
fn signatures_of_every_kind_of_key_are_valid_to_openssl() {
    for (form, pki) in [
        (KeyForm::RsaDigestInfo, "rsa"),
        (KeyForm::EcSequence, "p256"),
        (KeyForm::Gost, "ru-demo"),
    ] {
        let desk = Desk::new(card(form));
        let content = desk.path("content.txt");
        for (more, beside) in [(&[][..], None), (&["--detached"], Some(content.as_path()))] {
            let outcome = desk.script(pin(), more);
            assert_eq!(outcome.status.code(), Some(0), "{form:?} {outcome:?}");
            let signature = desk.path("content.p7s");
            let judged = judged_by_openssl(pki, &signature, beside, form == KeyForm::Gost);
            assert!(judged.status.success(), "{form:?} {judged:?}");
            if beside.is_none() {
                assert_eq!(judged.stdout, CONTENT.as_bytes(), "{form:?}");
            }
            fs::remove_file(&signature).unwrap();
        }
    }
}

#[test]
fn a_piv_card_signs_by_itself_and_behind_the_module_of_opensc() {
    let module = library("opensc-pkcs11.so");
    let module = ["--module", module.to_str().unwrap()];
    for (algorithm, pki, person) in [
        (0x07, "rsa", "person"),
        (0x11, "p256", "person"),
        (0x14, "p256", "person-384"),
    ] {
        let person = Identity::new(pki, person).unwrap();
        let card = PivCard::new().with_key(0x9C, [0x5F, 0xC1, 0x0A], algorithm, person);
        let mut desk = Desk::new(card.unwrap());
        assert_eq!(desk.id, "piv:9c");
        let pin = std::str::from_utf8(PivCard::PIN).unwrap();
        let signature = desk.path("content.p7s");
        let outcome = desk.script(pin, &[]);
        assert_eq!(outcome.status.code(), Some(0), "{pki} {outcome:?}");
        let judged = judged_by_openssl(pki, &signature, None, false);
        assert!(judged.status.success(), "{pki} {judged:?}");
        fs::remove_file(&signature).unwrap();
        let shown = desk::run(&desk.service.socket(), &["show", module[0], module[1]]);
        let document = shown.json();
        let certificates = document["cards"][0]["certificates"].as_array().unwrap();
        let signing = certificates.iter().find(|it| it["signs"] == true).unwrap();
        desk.id = signing["id"].as_str().unwrap().to_owned();
        let outcome = desk.script(pin, &module);
        assert_eq!(outcome.status.code(), Some(0), "{pki} {outcome:?}");
        let judged = judged_by_openssl(pki, &signature, None, false);
        assert!(judged.status.success(), "{pki} {judged:?}");
        fs::remove_file(&signature).unwrap();
        let wrong = desk.script("000000", &module);
        assert_eq!(wrong.status.code(), Some(77), "{pki} {wrong:?}");
        assert!(!desk.has_signed());
    }
}

#[test]
fn a_wrong_pin_is_asked_for_again_from_a_person_with_the_tries_left() {
    let desk = Desk::new(card(KeyForm::Gost));
    let mut terminal = desk.person(&[]);
    terminal.wait_for("ПИН-код");
    terminal.wait_for(": ");
    terminal.keys("000000\n");
    terminal.wait_for("ПИН-код неверен (осталось попыток: 2)");
    terminal.wait_for("(осталось попыток: 2): ");
    terminal.keys(&format!("{}\n", pin()));
    let ended = terminal.finish();
    assert_eq!(ended.exit, Some(0), "{ended:?}");
    assert!(!ended.shown.contains("000000"));
    assert_eq!(desk.pins_sent(), 2);
}

#[test]
fn the_last_try_wants_a_word_first() {
    let desk = Desk::new(card(KeyForm::Gost).with_tries_left(2));
    let mut terminal = desk.person(&[]);
    terminal.wait_for("ПИН-код");
    terminal.wait_for(": ");
    terminal.keys("000000\n");
    terminal.wait_for("последнюю попытку? [да/нет] ");
    assert!(terminal.echoes());
    terminal.keys("нет\n");
    let ended = terminal.finish();
    assert_eq!(ended.exit, Some(77), "{ended:?}");
    assert_eq!(desk.pins_sent(), 1);
    assert!(!desk.has_signed());
    let wrong = desk.script("000000", &["--use-last-try"]);
    assert_eq!(wrong.status.code(), Some(77), "{wrong:?}");
    let blocked = desk.script(pin(), &["--use-last-try"]);
    assert_eq!(blocked.status.code(), Some(77), "{blocked:?}");
    let document: serde_json::Value = serde_json::from_slice(&blocked.stdout).unwrap();
    assert_eq!(document["diagnosis"][0]["code"], "card.pin.blocked");
    assert!(!desk.has_signed());
}

#[test]
fn a_signal_ends_the_program_after_a_pin_was_asked_for_too() {
    let desk = Desk::new(card(KeyForm::Gost).with_tries_left(2));
    let mut terminal = desk.person(&[]);
    terminal.wait_for("ПИН-код");
    terminal.wait_for(": ");
    terminal.keys("000000\n");
    terminal.wait_for("последнюю попытку? [да/нет] ");
    signal("TERM", terminal.process());
    let ended = terminal.finish();
    assert_eq!((ended.signal, ended.echoes), (Some(15), true), "{ended:?}");
    assert_eq!(desk.pins_sent(), 1);
}

#[test]
fn a_token_that_tells_its_tries_is_asked_before_the_last_one_is_spent() {
    let key = || RutokenKey::gost_256(1, Identity::new("ru-demo", "citizen").unwrap());
    let token = Rutoken::new(Model::Ecp).with_key(key()).unwrap();
    let desk = Desk::new(token.leaving_tries(1));
    let pin = std::str::from_utf8(USER_PIN).unwrap();
    let refused = desk.script(pin, &[]);
    assert_eq!(refused.status.code(), Some(77), "{refused:?}");
    assert_eq!(desk.pins_sent(), 0);
    let mut terminal = desk.person(&[]);
    terminal.wait_for("последнюю попытку? [да/нет] ");
    terminal.keys("нет\n");
    let ended = terminal.finish();
    assert_eq!((ended.exit, desk.pins_sent()), (Some(77), 0), "{ended:?}");
    // What was typed before the question is no leave.
    let mut terminal = desk.person(&[]);
    terminal.keys("да\n");
    terminal.wait_for("последнюю попытку? [да/нет] ");
    terminal.keys("нет\n");
    let ended = terminal.finish();
    assert_eq!((ended.exit, desk.pins_sent()), (Some(77), 0), "{ended:?}");
    let mut terminal = desk.person(&[]);
    terminal.wait_for("последнюю попытку? [да/нет] ");
    terminal.keys("да\n");
    terminal.wait_for("ПИН-код");
    terminal.wait_for(": ");
    terminal.keys(&format!("{pin}\n"));
    let ended = terminal.finish();
    assert_eq!((ended.exit, desk.pins_sent()), (Some(0), 1), "{ended:?}");
    let judged = judged_by_openssl("ru-demo", &desk.path("content.p7s"), None, true);
    assert!(judged.status.success(), "{judged:?}");
}

#[test]
fn a_script_with_a_wrong_pin_ends_after_one_try() {
    let desk = Desk::new(card(KeyForm::Gost));
    let outcome = desk.script("000000", &[]);
    assert_eq!(outcome.status.code(), Some(77), "{outcome:?}");
    let document: serde_json::Value = serde_json::from_slice(&outcome.stdout).unwrap();
    assert_eq!(document["diagnosis"][0]["code"], "card.pin.wrong");
    assert_eq!(desk.pins_sent(), 1);
    assert!(!desk.has_signed());
    let text = format!("{outcome:?}");
    assert!(!text.contains("000000"), "{text}");
}

#[test]
fn giving_up_and_signals_leave_the_terminal_as_it_was_and_sign_nothing() {
    let desk = Desk::new(card(KeyForm::Gost));
    for keys in ["12\u{3}", "\u{4}", "12\u{1c}"] {
        let mut terminal = desk.person(&[]);
        terminal.wait_for("ПИН-код");
        terminal.wait_for(": ");
        terminal.keys(keys);
        let ended = terminal.finish();
        assert_eq!((ended.exit, ended.echoes), (Some(1), true), "{ended:?}");
    }
    for (name, number) in [("TERM", 15), ("INT", 2), ("HUP", 1), ("QUIT", 3)] {
        let mut terminal = desk.person(&[]);
        terminal.wait_for("ПИН-код");
        terminal.wait_for(": ");
        assert!(!terminal.echoes());
        signal(name, terminal.process());
        let ended = terminal.finish();
        assert_eq!(
            (ended.signal, ended.echoes),
            (Some(number), true),
            "{ended:?}"
        );
        assert!(!desk.has_signed());
    }
    assert_eq!(desk.pins_sent(), 0);
    assert!(!desk.has_signed());
}

#[test]
fn a_wrong_command_line_or_certificate_is_told_before_a_pin_is_asked_for() {
    let desk = Desk::new(card(KeyForm::Gost));
    let mut arguments = desk.arguments(&["--pin-fd", "0"]);
    arguments[2] = "piv:9c".into();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = desk::run(&desk.service.socket(), &arguments);
    assert_eq!(outcome.exit, Some(64), "{outcome:?}");
    assert_eq!(
        outcome.json()["diagnosis"][0]["code"],
        "sign.certificate.none_such"
    );
    assert!(outcome.err.contains("pkcs15:45"), "{}", outcome.err);
    assert!(!desk.has_signed());
    fs::write(desk.path("content.p7s"), b"mine").unwrap();
    let taken = desk.script(pin(), &[]);
    assert_eq!(taken.status.code(), Some(64), "{taken:?}");
    assert_eq!(fs::read(desk.path("content.p7s")).unwrap(), b"mine");
    assert_eq!(desk.pins_sent(), 0);
}

#[test]
fn nothing_that_is_printed_holds_the_pin() {
    let desk = Desk::new(card(KeyForm::Gost));
    let block = hex::encode(PIN);
    for pin in [pin(), "000000"] {
        let outcome = desk.script(pin, &[]);
        for text in [&outcome.stdout, &outcome.stderr] {
            let text = String::from_utf8_lossy(text).to_lowercase();
            assert!(!text.contains(pin) && !text.contains(&block), "{text}");
        }
        let _ = fs::remove_file(desk.path("content.p7s"));
    }
}
