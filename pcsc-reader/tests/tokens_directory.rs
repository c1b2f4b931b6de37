//! PKCS #15 of Rutoken S, JaCarta PKI by its own commands, and applications of tokens on cards of no known model, read in
//! process.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pcsc_reader::{CardErrorKind, PinState};
use support::emulated::{Emulated, notes, read};
use testdata::card::container::Container;
use testdata::card::etoken_java::EtokenJava;
use testdata::card::fault::{Fault, Faulty};
use testdata::card::files::{Access, FileSystemCard};
use testdata::card::jacarta_lt::JacartaLt;
use testdata::card::jacarta_pki::{JacartaPki, attribute_file};
use testdata::card::rutoken::{Model, Rutoken};
use testdata::card::{Card, Identity, Protocol};

fn citizen() -> Identity {
    Identity::new("ru-demo", "citizen").unwrap()
}

fn container() -> Container {
    Container::new("Образцов-2026", citizen())
}

/// Identifiers and sizes of files come low octet first.
#[test]
fn rutoken_s_gives_what_its_pkcs15_directory_names() {
    let person = Identity::new("rsa", "person").unwrap();
    let card = Rutoken::new(Model::S)
        .with_certificate(1, person)
        .and_then(|card| card.with_certificate(2, citizen()))
        .and_then(|card| card.with_container(3, &container()))
        .unwrap();
    let mut card = Emulated::new(card);
    let contents = read(&mut card).unwrap();
    let found: Vec<_> = contents
        .certificates
        .iter()
        .map(|it| (it.id.as_str(), it.octets.as_slice()))
        .collect();
    let expected = [
        ("pkcs15:01", person.certificate().unwrap()),
        ("pkcs15:02", citizen().certificate().unwrap()),
        ("cryptopro:0300.1", citizen().certificate().unwrap()),
    ];
    assert!(found == expected, "{contents:?}");
    assert!(contents.certificates.iter().all(|it| it.key.is_none()));
    assert_eq!(contents.serial.as_deref(), Some(&b"\x2A\x81\x07\xC5"[..]));
    assert_eq!(contents.pins[0].state, PinState::Tries(10));
    assert!(notes(&contents).is_empty(), "{:?}", contents.notes);
    assert_eq!(card.card.secrets_touched(), 0);
    assert_eq!(card.commands.len(), 77);
}

/// Every model of the family that has a road of its own is read as the others are, over T=0 too.
#[test]
fn models_of_rutoken_are_read_alike() {
    for (model, atr, protocol) in [
        (Model::Ecp, "3B8B015275746F6B656E20445320C1", Protocol::T1),
        (Model::Ecp, "3B9C96005275746F6B656E4543507363", Protocol::T0),
        (
            Model::Ecp,
            "3B9C948011405275746F6B656E4543507363C3",
            Protocol::T1,
        ),
        (
            Model::Ecp,
            "3B9C978011405275746F6B656E4543507363C0",
            Protocol::T1,
        ),
        (Model::Ecp, "3B88800152745343778183206A", Protocol::T1),
        (
            Model::Ecp,
            "3B8C8001505C4B71A152745343778183D9",
            Protocol::T1,
        ),
        (Model::Ecp, "3B8B015275746F6B656E44534254D7", Protocol::T1),
        (
            Model::Lite,
            "3B9E96005275746F6B656E4C697465534332",
            Protocol::T0,
        ),
        (Model::Lite, "3B8B005275746F6B656E6C745344E3", Protocol::T1),
        (
            Model::S,
            "3B6F00FF00567561546F6B6E73302000009000",
            Protocol::T0,
        ),
    ] {
        let card = Rutoken::new(model)
            .with_atr(&hex::decode(atr).unwrap(), protocol)
            .with_certificate(1, citizen())
            .and_then(|card| card.with_container(2, &container()))
            .unwrap();
        let mut card = Emulated::new(card);
        let contents = read(&mut card).unwrap();
        let certificates: Vec<_> = contents.certificates.iter().map(|it| &*it.octets).collect();
        assert_eq!(certificates, [citizen().certificate().unwrap(); 2], "{atr}");
        assert_eq!(contents.pins[0].state, PinState::Tries(10), "{atr}");
        assert_eq!(card.card.secrets_touched(), 0, "{atr}");
    }
}

fn jacarta() -> JacartaPki {
    let person = Identity::new("rsa", "person").unwrap();
    let token = JacartaPki::new().with_certificate(0x0440, "first", person);
    token
        .and_then(|token| token.with_certificate(0x8500, "second", citizen()))
        .unwrap()
}

#[test]
fn jacarta_pki_gives_its_certificates_without_a_pin() {
    let mut card = Emulated::new(jacarta());
    let contents = read(&mut card).unwrap();
    let person = Identity::new("rsa", "person").unwrap();
    let expected = [
        ("jacarta:0440", Some("first"), person.certificate().unwrap()),
        (
            "jacarta:8500",
            Some("second"),
            citizen().certificate().unwrap(),
        ),
    ];
    let found: Vec<_> = contents
        .certificates
        .iter()
        .map(|it| (it.id.as_str(), it.label.as_deref(), it.octets.as_slice()))
        .collect();
    assert!(found == expected, "{:?}", contents.certificates);
    assert_eq!(
        contents.serial.as_deref(),
        Some(&b"LS\x00\x2A\x81\x07\xC5\x01"[..])
    );
    assert_eq!(contents.pins[0].state, PinState::Tries(10));
    assert!(notes(&contents).is_empty());
    assert_eq!(card.commands.len(), 21);
}

#[test]
fn models_of_jacarta_pki_are_read_alike() {
    for (atr, protocol) in [
        ("3BDC18FF8191FE1FC38073C8211366010B0352000538", Protocol::T1),
        ("3B8C80018073C82113660106115900012C", Protocol::T1),
        ("3B6C00FF8073C8211366010611590001", Protocol::T0),
        ("3B9F1181113D00110000000000000000000000000032", Protocol::T1),
        ("3BFC1600000073C82113660106115900012C", Protocol::T0),
    ] {
        let card = jacarta().with_atr(&hex::decode(atr).unwrap(), protocol);
        let mut card = Emulated::new(card);
        let contents = read(&mut card).unwrap();
        let ids: Vec<_> = contents.certificates.iter().map(|it| &*it.id).collect();
        assert_eq!(ids, ["jacarta:0440", "jacarta:8500"], "{atr}");
        assert!(notes(&contents).is_empty(), "{atr}");
    }
}

/// A token whose ATR is of no known model.
struct Renamed(Box<dyn Card>);

impl Card for Renamed {
    fn atr(&self) -> Vec<u8> {
        vec![0x3B, 0x80, 0x80, 0x01, 0x01]
    }

    fn reset(&mut self) {
        self.0.reset();
    }

    fn answer(&mut self, command: &[u8]) -> Option<Vec<u8>> {
        self.0.answer(command)
    }
}

#[test]
fn applications_of_tokens_are_found_on_a_card_of_no_known_model() {
    let tokens: [(&str, Box<dyn Card>); 2] = [
        ("jacarta:0440", Box::new(jacarta())),
        (
            "cryptopro:03.1",
            Box::new(EtokenJava::new().with_container(3, &container()).unwrap()),
        ),
    ];
    let mut commands = Vec::new();
    for (id, token) in tokens {
        let mut card = Emulated::new(Renamed(token));
        let contents = read(&mut card).unwrap();
        assert_eq!(contents.certificates[0].id, id);
        assert_eq!(notes(&contents), ["card.road.assumed"], "{id}");
        // Nothing that another card could take for a VERIFY.
        let instructions = card.commands.iter().map(|command| command[1]);
        assert!(
            instructions.clone().all(|it| it != 0x20 && it != 0x21),
            "{id}"
        );
        assert!(contents.pins.is_empty(), "{id}");
        commands.push(card.commands.len());
    }
    assert_eq!(commands, [32, 33]);
    // Its commands have INS 20: it is asked for by its ATR alone.
    let token = JacartaLt::new().with_container(&container()).unwrap();
    let mut card = Emulated::new(Renamed(Box::new(token)));
    let contents = read(&mut card).unwrap();
    assert!(contents.applications.is_empty());
    assert!(card.commands.iter().all(|command| command[1] != 0x20));
    // A card that knows none of them is told nothing of them.
    let mut card = Emulated::new(FileSystemCard::default());
    let contents = read(&mut card).unwrap();
    assert!(contents.applications.is_empty() && contents.notes.is_empty());
}

#[test]
fn jacarta_pki_files_that_are_damaged_closed_or_strange_are_told() {
    let good = attribute_file(&[(0x0011, citizen().certificate().unwrap())]);
    let mut damaged = good.clone();
    damaged[100] ^= 1;
    let strange = attribute_file(&[(0x0011, b"no certificate")]);
    let card = JacartaPki::new()
        .with_file(0x0440, &damaged, Access::Free)
        .with_file(0x0441, &good, Access::Pin(0x20))
        .with_file(0x0442, &strange, Access::Free)
        .with_file(0x0443, &good, Access::Free);
    let contents = read(&mut Emulated::new(card)).unwrap();
    let found: Vec<_> = contents
        .notes
        .iter()
        .map(|note| (note.code, note.about.as_deref().unwrap_or_default()))
        .collect();
    assert_eq!(
        found,
        [
            ("jacarta.certificate.damaged", "jacarta:0440"),
            ("jacarta.certificate.protected", "jacarta:0441"),
            ("jacarta.certificate.unreadable", "jacarta:0442"),
        ]
    );
    assert_eq!(contents.certificates.len(), 1);
}

#[test]
fn jacarta_pki_that_goes_wrong_gives_no_other_certificate() {
    let whole = read(&mut Emulated::new(jacarta())).unwrap().certificates;
    for fault in [
        Fault::Leave,
        Fault::Reset,
        Fault::EndlessAnswer,
        Fault::WrongLength,
        Fault::Cut(9),
        Fault::TooLong(700),
        Fault::Status(0x6982),
        Fault::Status(0x6A82),
    ] {
        for at in 0..21 {
            let mut card = Emulated::new(Faulty::new(jacarta(), fault, at));
            match read(&mut card) {
                Ok(contents) => {
                    let all_known = contents.certificates.iter().all(|it| whole.contains(it));
                    assert!(all_known, "{fault:?} at {at}");
                    assert_ne!(fault, Fault::Leave);
                }
                Err(error) => {
                    assert!(fault != Fault::Leave || error.kind == CardErrorKind::Removed)
                }
            }
        }
    }
}
