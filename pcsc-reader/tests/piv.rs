//! PIV cards: read and sign, in process and over a real `pcscd` where OpenSC reads the same card.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::io::Write;
use std::process::{Command, Output};
use std::sync::Arc;

use flate2::Compression;
use flate2::write::GzEncoder;
use pcsc_reader::{
    CardContents, CardError, CardErrorKind, CardRegistry, CardRoad, PinState, PinUse, Transport,
};
use support::card::VirtualCard;
use support::desk;
use support::emulated::Emulated;
use support::service::CardService;
use support::signing::{self, contents, pin, signed};
use testdata::card::fault::{Fault, Faulty};
use testdata::card::piv::{PivCard, PrimaryPin};
use testdata::card::{Card, Identity};

const AUTHENTICATION: [u8; 3] = [0x5F, 0xC1, 0x05];
const SIGNATURE: [u8; 3] = [0x5F, 0xC1, 0x0A];
const KEY_MANAGEMENT: [u8; 3] = [0x5F, 0xC1, 0x0B];
const FIRST_RETIRED: [u8; 3] = [0x5F, 0xC1, 0x0D];

/// SELECT, discovery, CHUID, key history, the four slots with a certificate of two pieces each, and the PIN.
const MOST_COMMANDS: usize = 4 + 4 * 5 + 1;

fn identity(pki: &str, certificate: &'static str) -> Identity {
    Identity::new(pki, certificate).unwrap()
}

fn rsa() -> PivCard {
    let person = identity("rsa", "person");
    PivCard::new()
        .with_key(0x9C, SIGNATURE, 0x07, person)
        .unwrap()
}

fn p256() -> PivCard {
    let person = identity("p256", "person");
    PivCard::new()
        .with_key(0x9C, SIGNATURE, 0x11, person)
        .unwrap()
}

fn p384() -> PivCard {
    let person = identity("p256", "person-384");
    PivCard::new()
        .with_key(0x9C, SIGNATURE, 0x14, person)
        .unwrap()
}

fn road(card: &Emulated<impl Card>) -> Arc<dyn CardRoad> {
    signing::road(&CardRegistry::builtin().unwrap(), card.atr(), "piv")
}

fn read(card: &mut Emulated<impl Card>) -> Result<Option<CardContents>, CardError> {
    contents(&*road(card), card)
}

/// Signs with the first key of the card. What comes out was checked with the key of the certificate.
fn sign(card: &mut Emulated<impl Card>, pin: Option<PinUse<'_>>) -> Result<(), CardError> {
    let contents = read(card)?.unwrap();
    let mut certificates = contents.certificates.iter();
    let found = certificates.find(|found| found.key.is_some()).unwrap();
    signed(&*road(card), card, found, pin).map(drop)
}

#[test]
fn certificates_serial_and_pin_are_read() {
    let person = identity("rsa", "person");
    let card = rsa().with_key(0x9A, AUTHENTICATION, 0x11, identity("p256", "person"));
    for card in [card.unwrap(), rsa().with_t0()] {
        let mut card = Emulated::new(card);
        let contents = read(&mut card).unwrap().unwrap();
        assert_eq!(contents.applications[0].road, "piv");
        assert_eq!(contents.serial, Some((0x10..0x20).collect()));
        let last = contents.certificates.last().unwrap();
        assert_eq!(last.id, "piv:9c");
        assert_eq!(last.octets, person.certificate().unwrap());
        assert_eq!(last.key.as_ref().unwrap().reference, [0x9C, 0x07]);
        assert_eq!(contents.pins[0].state, PinState::Tries(3));
        assert!(contents.notes.is_empty(), "{:?}", contents.notes);
        assert!(
            card.commands.len() <= MOST_COMMANDS,
            "{}",
            card.commands.len()
        );
        assert!(!card.is_reset_on_release);
    }
}

#[test]
fn a_card_without_the_application_is_no_piv_card() {
    struct Empty;
    impl Card for Empty {
        fn atr(&self) -> Vec<u8> {
            vec![0x3B, 0x80, 0x80, 0x01, 0x01]
        }
        fn reset(&mut self) {}
        fn answer(&mut self, _: &[u8]) -> Option<Vec<u8>> {
            Some(vec![0x6A, 0x82])
        }
    }
    let mut card = Emulated::new(Empty);
    assert!(read(&mut card).unwrap().is_none());
    assert_eq!(card.commands.len(), 1);
}

#[test]
fn a_gzipped_certificate_is_read_and_a_broken_one_is_told() {
    let person = identity("rsa", "person").certificate().unwrap();
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(person).unwrap();
    let gzipped = encoder.finish().unwrap();
    let bomb = {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(&vec![0; 1 << 20]).unwrap();
        encoder.finish().unwrap()
    };
    let card = PivCard::new()
        .with_certificate(AUTHENTICATION, &gzipped, 0x01)
        .with_certificate(SIGNATURE, &bomb, 0x01)
        .with_object(KEY_MANAGEMENT, &[0x53, 0x00]);
    let contents = read(&mut Emulated::new(card)).unwrap().unwrap();
    let ids: Vec<_> = contents
        .certificates
        .iter()
        .map(|found| found.id.as_str())
        .collect();
    assert_eq!(ids, ["piv:9a"]);
    assert_eq!(contents.certificates[0].octets, person);
    let notes: Vec<_> = contents
        .notes
        .iter()
        .map(|note| (note.code, note.about.as_deref()))
        .collect();
    assert_eq!(notes, [("card.certificate.unreadable", Some("piv:9c"))]);
}

#[test]
fn retired_keys_are_read_as_many_as_the_history_says() {
    let person = identity("rsa", "person").certificate().unwrap();
    let card = || PivCard::new().with_certificate(FIRST_RETIRED, person, 0);
    let found = |card| {
        read(&mut Emulated::new(card))
            .unwrap()
            .unwrap()
            .certificates
            .len()
    };
    assert_eq!(found(card()), 0);
    assert_eq!(found(card().with_retired(0)), 0);
    assert_eq!(found(card().with_retired(1)), 1);
    assert_eq!(found(card().with_retired(255)), 1);
}

#[test]
fn every_kind_of_key_signs_on_either_protocol() {
    for make in [rsa, p256, p384] {
        for card in [make(), make().with_t0()] {
            let mut card = Emulated::new(card);
            let pin = pin(b"123456");
            sign(&mut card, Some(PinUse::new(&pin))).unwrap();
            assert!(card.is_reset_on_release);
            assert_eq!((card.card.signatures(), card.card.pins_sent()), (1, 1));
        }
    }
}

#[test]
fn the_pin_is_the_global_one_where_the_card_says_so() {
    let mut card = Emulated::new(rsa().with_pin(PrimaryPin::Global, 3));
    let pin = pin(b"123456");
    sign(&mut card, Some(PinUse::new(&pin))).unwrap();
    let verify = card
        .commands
        .iter()
        .find(|command| command[1] == 0x20 && command.len() > 5);
    assert_eq!(verify.unwrap()[3], 0x00);
}

#[test]
fn a_wrong_pin_is_told_with_the_tries_left_and_sent_once() {
    let wrong = pin(b"000000");
    let mut card = Emulated::new(rsa());
    let error = sign(&mut card, Some(PinUse::new(&wrong))).unwrap_err();
    assert_eq!(error.kind, CardErrorKind::PinWrong { left: Some(2) });
    assert_eq!((card.card.pins_sent(), card.card.signatures()), (1, 0));
}

#[test]
fn the_last_try_wants_leave_and_a_blocked_pin_is_not_sent() {
    let pin = pin(b"123456");
    for (left, kind) in [
        (1, CardErrorKind::PinLastTry),
        (0, CardErrorKind::PinBlocked),
    ] {
        let mut card = Emulated::new(rsa().with_left(left));
        let error = sign(&mut card, Some(PinUse::new(&pin))).unwrap_err();
        assert_eq!((error.kind, card.card.pins_sent()), (kind, 0));
    }
    let mut card = Emulated::new(rsa().with_left(1));
    sign(&mut card, Some(PinUse::new(&pin).allowing_last_try())).unwrap();
    assert_eq!(card.card.tries_left(), 3);
}

#[test]
fn without_a_pin_nothing_is_signed() {
    let mut card = Emulated::new(rsa());
    let error = sign(&mut card, None).unwrap_err();
    assert_eq!(error.kind, CardErrorKind::PinRequired);
    assert_eq!(card.card.signatures(), 0);
}

#[test]
fn a_fault_at_any_command_ends_in_an_error_and_at_most_one_pin() {
    let pin = pin(b"123456");
    let mut whole = Emulated::new(p256());
    sign(&mut whole, Some(PinUse::new(&pin))).unwrap();
    let commands = whole.commands.len();
    let faults = [
        Fault::Leave,
        Fault::Reset,
        Fault::EndlessAnswer,
        Fault::WrongLength,
        Fault::Cut(0),
        Fault::Cut(1),
        Fault::TooLong(70_000),
        Fault::Status(0x6F00),
        Fault::Status(0x63C1),
        Fault::Status(0x6983),
    ];
    for fault in faults {
        for at in 0..commands {
            let mut card = Emulated::new(Faulty::new(p256(), fault, at));
            // A reset between two commands that need nothing of the card's state changes nothing.
            let outcome = sign(&mut card, Some(PinUse::new(&pin)));
            let sent = card.card.card.pins_sent();
            assert!(
                sent <= 1,
                "{fault:?} at {at}: the PIN was sent {sent} times"
            );
            if matches!(fault, Fault::Leave | Fault::Cut(_)) {
                assert!(outcome.is_err(), "{fault:?} at {at}");
            }
        }
    }
}

fn run(service: &CardService, program: &str, arguments: &[&str]) -> Output {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env("PCSCLITE_CSOCK_NAME", service.socket());
    command
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error} (make test installs opensc)"))
}

fn text(output: &Output) -> String {
    let both = [output.stdout.as_slice(), &output.stderr].concat();
    String::from_utf8_lossy(&both).into_owned()
}

#[test]
fn opensc_reads_and_signs_with_the_same_card() {
    let service = CardService::with_reader();
    let _card = VirtualCard::insert_card(service.port(), rsa());
    desk::wait_for_slot(&service.socket(), "card");

    let name = run(&service, "piv-tool", &["--name"]);
    assert!(
        text(&name).contains("Personal Identity Verification"),
        "{}",
        text(&name)
    );
    let dump = text(&run(&service, "pkcs15-tool", &["--dump"]));
    assert!(dump.contains("SIGN key") && dump.contains("PIN"), "{dump}");

    let certificate = run(&service, "pkcs15-tool", &["--read-certificate", "02"]);
    let read = testdata::pem(
        "CERTIFICATE",
        identity("rsa", "person").certificate().unwrap(),
    );
    let lines = |text: &str| {
        text.split_whitespace()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let printed = String::from_utf8(certificate.stdout).unwrap();
    assert_eq!(lines(&printed), lines(&read));

    let folder = tempfile::tempdir().unwrap();
    let (content, signature) = (
        folder.path().join("content"),
        folder.path().join("signature"),
    );
    std::fs::write(&content, b"application").unwrap();
    let outcome = run(
        &service,
        "pkcs11-tool",
        &[
            "--sign",
            "--id",
            "02",
            "--mechanism",
            "SHA256-RSA-PKCS",
            "--login",
            "--pin",
            "123456",
            "--input-file",
            content.to_str().unwrap(),
            "--output-file",
            signature.to_str().unwrap(),
        ],
    );
    assert!(outcome.status.success(), "{}", text(&outcome));
    let certificate = folder.path().join("certificate");
    std::fs::write(
        &certificate,
        identity("rsa", "person").certificate().unwrap(),
    )
    .unwrap();
    let key = folder.path().join("key");
    let openssl = |arguments: &[&str]| {
        let output = Command::new("openssl").args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", text(&output));
    };
    let path = |path: &std::path::Path| path.to_str().unwrap().to_owned();
    openssl(&[
        "x509",
        "-inform",
        "DER",
        "-in",
        &path(&certificate),
        "-pubkey",
        "-noout",
        "-out",
        &path(&key),
    ]);
    openssl(&[
        "dgst",
        "-sha256",
        "-verify",
        &path(&key),
        "-signature",
        &path(&signature),
        &path(&content),
    ]);
}
