//! Tokens met in Russia, read in process: what each layout gives, in how many commands, and that the private part of a
//! container is left alone.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::path::Path;

use pcsc_reader::CardErrorKind;
use support::emulated::{Emulated, notes, read};
use testdata::card::container::{CANARY, Container};
use testdata::card::esmart::Esmart;
use testdata::card::etoken_java::EtokenJava;
use testdata::card::fault::{Fault, Faulty};
use testdata::card::jacarta_lt::JacartaLt;
use testdata::card::rutoken::{Model, Rutoken};
use testdata::card::{Card, Identity};

const NAME: &str = "Образцов-2026";

fn citizen() -> Identity {
    Identity::new("ru-demo", "citizen").unwrap()
}

fn container() -> Container {
    Container::new(NAME, citizen())
}

/// A token, and how many commands a full read of it takes.
struct Case {
    name: &'static str,
    card: fn() -> Box<dyn Token>,
    commands: usize,
    id: &'static str,
}

/// What tests ask of every emulated token.
trait Token: Card {
    fn touched(&self) -> usize;
}

macro_rules! tokens {
    ($($token:ty),*) => {$(
        impl Token for $token {
            fn touched(&self) -> usize {
                self.secrets_touched()
            }
        }
    )*};
}

tokens!(EtokenJava, Esmart, JacartaLt, Rutoken);

impl Card for Box<dyn Token> {
    fn atr(&self) -> Vec<u8> {
        (**self).atr()
    }

    fn reset(&mut self) {
        (**self).reset();
    }

    fn answer(&mut self, command: &[u8]) -> Option<Vec<u8>> {
        let answer = (**self).answer(command);
        let shown = answer.as_deref().unwrap_or_default();
        let has_canary = shown.windows(CANARY.len()).any(|part| part == CANARY);
        assert!(!has_canary, "octets of a private key left the card");
        answer
    }
}

const CASES: &[Case] = &[
    Case {
        name: "Rutoken Lite",
        card: || {
            Box::new(
                Rutoken::new(Model::Lite)
                    .with_container(1, &container())
                    .unwrap(),
            )
        },
        commands: 83,
        id: "cryptopro:01.1",
    },
    Case {
        name: "Rutoken S",
        card: || {
            Box::new(
                Rutoken::new(Model::S)
                    .with_container(0x0A, &container())
                    .unwrap(),
            )
        },
        commands: 43,
        id: "cryptopro:0a00.1",
    },
    Case {
        name: "JaCarta LT",
        card: || Box::new(JacartaLt::new().with_container(&container()).unwrap()),
        commands: 16,
        id: "cryptopro:00.1",
    },
    Case {
        name: "eToken Java",
        card: || Box::new(EtokenJava::new().with_container(3, &container()).unwrap()),
        commands: 27,
        id: "cryptopro:03.1",
    },
    Case {
        name: "ESMART Token GOST",
        card: || Box::new(Esmart::new().with_container(9, &container()).unwrap()),
        commands: 25,
        id: "cryptopro:09.1",
    },
];

#[test]
fn each_token_gives_its_container_and_certificate() {
    let mut counts = Vec::new();
    for case in CASES {
        let mut card = Emulated::new((case.card)());
        let contents = read(&mut card).unwrap_or_else(|error| panic!("{}: {error}", case.name));
        let name = case.name;
        let [application] = &contents.applications[..] else {
            panic!("{name}: {:?}", contents.applications);
        };
        assert_eq!(
            (application.road, &*application.name),
            ("cryptopro", NAME),
            "{name}"
        );
        let [certificate] = &contents.certificates[..] else {
            panic!("{name}: {:?} {:?}", contents.certificates, notes(&contents));
        };
        assert_eq!(certificate.id, case.id, "{name}");
        assert_eq!(
            certificate.octets,
            citizen().certificate().unwrap(),
            "{name}"
        );
        assert!(certificate.key.is_none(), "{name}");
        counts.push((name, card.commands.len()));
        assert_eq!(card.card.touched(), 0, "{name}");
        assert!(!card.is_reset_on_release, "{name}");
    }
    let expected: Vec<_> = CASES
        .iter()
        .map(|case| (case.name, case.commands))
        .collect();
    assert_eq!(counts, expected);
}

#[test]
fn a_token_pulled_at_any_command_is_a_typed_error() {
    for case in CASES {
        for at in 0..case.commands {
            let mut card = Emulated::new(Faulty::new((case.card)(), Fault::Leave, at));
            let error = read(&mut card).err().map(|error| error.kind);
            assert_eq!(error, Some(CardErrorKind::Removed), "{} at {at}", case.name);
        }
    }
}

#[test]
fn a_token_that_goes_wrong_at_any_command_gives_no_other_certificate() {
    let faults = [
        Fault::Reset,
        Fault::EndlessAnswer,
        Fault::WrongLength,
        Fault::Cut(1),
        Fault::Cut(9),
        Fault::TooLong(700),
        Fault::Status(0x6982),
        Fault::Status(0x6A82),
        Fault::Status(0x6F00),
    ];
    for case in CASES {
        for fault in faults {
            for at in 0..case.commands {
                let mut card = Emulated::new(Faulty::new((case.card)(), fault, at));
                let Ok(contents) = read(&mut card) else {
                    continue;
                };
                for certificate in &contents.certificates {
                    let expected = citizen().certificate().unwrap();
                    assert_eq!(
                        certificate.octets, expected,
                        "{} {fault:?} at {at}",
                        case.name
                    );
                }
                // Commands may be mended once, answers fetched piece by piece, and no more.
                assert!(
                    card.commands.len() < 2_500,
                    "{} {fault:?} at {at}",
                    case.name
                );
                assert_eq!(
                    card.card.card.touched(),
                    0,
                    "{} {fault:?} at {at}",
                    case.name
                );
            }
        }
    }
}

#[test]
fn a_header_behind_the_pin_is_told_and_its_container_listed() {
    let cards: [Result<Box<dyn Token>, _>; 5] = [
        closed(Rutoken::new(Model::Lite).with_closed_container(7, &container())),
        closed(Rutoken::new(Model::S).with_closed_container(7, &container())),
        closed(JacartaLt::new().closed().with_container(&container())),
        closed(EtokenJava::new().closed().with_container(7, &container())),
        closed(Esmart::new().closed().with_container(7, &container())),
    ];
    for card in cards {
        let mut card = Emulated::new(card.unwrap());
        let contents = read(&mut card).unwrap();
        assert_eq!(contents.applications[0].name, NAME);
        assert!(contents.certificates.is_empty());
        assert_eq!(notes(&contents), ["cryptopro.header.pin-required"]);
        assert_eq!(contents.notes[0].about.as_deref(), Some(NAME));
        assert_eq!(card.card.touched(), 0);
    }
}

fn closed<T: Token + 'static>(
    card: Result<T, testdata::Error>,
) -> Result<Box<dyn Token>, testdata::Error> {
    Ok(Box::new(card?))
}

#[test]
fn what_is_wrong_with_a_container_is_told() {
    let other = Identity::new("ru-demo", "citizen-yo").unwrap();
    for (container, note, certificates) in [
        (
            container().with_fingerprint_of(other),
            "cryptopro.certificate.other-key",
            0,
        ),
        (
            container().without_certificate(),
            "cryptopro.certificate.missing",
            0,
        ),
        (container().without_key(), "cryptopro.key.absent", 1),
        (container().damaged(), "cryptopro.header.checksum", 1),
        (container().strange(), "cryptopro.header.scanned", 1),
    ] {
        let card = Rutoken::new(Model::Lite)
            .with_container(1, &container)
            .unwrap();
        let contents = read(&mut Emulated::new(card)).unwrap();
        assert_eq!(notes(&contents), [note]);
        assert_eq!(contents.certificates.len(), certificates, "{note}");
        assert_eq!(contents.applications.len(), 1, "{note}");
    }
}

#[test]
fn two_keys_of_a_container_and_several_containers_are_all_listed() {
    let other = Identity::new("ru-demo", "citizen-512").unwrap();
    let card = Rutoken::new(Model::Lite)
        .with_container(1, &container().with_secondary(other))
        .and_then(|card| card.with_container(0x40, &Container::new("second", citizen())))
        .unwrap();
    let contents = read(&mut Emulated::new(card)).unwrap();
    let ids: Vec<_> = contents
        .certificates
        .iter()
        .map(|it| it.id.as_str())
        .collect();
    assert_eq!(ids, ["cryptopro:01.1", "cryptopro:01.2", "cryptopro:40.1"]);
    let names: Vec<_> = contents
        .applications
        .iter()
        .map(|it| it.name.as_str())
        .collect();
    assert_eq!(names, [NAME, "second"]);
}

#[test]
fn where_containers_are_assumed_to_lie_is_said() {
    let card = Rutoken::new(Model::Ecp)
        .with_container(1, &container())
        .unwrap();
    let contents = read(&mut Emulated::new(card)).unwrap();
    assert!(notes(&contents).contains(&"card.road.assumed"));
    assert_eq!(contents.certificates.len(), 1);
}

/// The seeds of the fuzz target `cryptopro_header`; `UPDATE_EXPECT=1` writes them.
#[test]
fn the_seeds_of_the_fuzz_target_are_containers_as_they_are_written() {
    let other = Identity::new("ru-demo", "citizen-yo").unwrap();
    let longer = Identity::new("ru-demo", "citizen-512").unwrap();
    let person = Identity::new("rsa", "person").unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/seeds/cryptopro_header");
    for (name, octets) in [
        ("agrees", container().header().unwrap()),
        (
            "contradicts",
            container().with_fingerprint_of(other).header().unwrap(),
        ),
        ("name", container().name_key()),
        ("of_rsa", Container::new("rsa", person).header().unwrap()),
        ("strange", container().strange().header().unwrap()),
        (
            "two_keys",
            container().with_secondary(longer).header().unwrap(),
        ),
        (
            "without_certificate",
            container()
                .without_certificate()
                .without_key()
                .header()
                .unwrap(),
        ),
    ] {
        let path = folder.join(name);
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(&path, &octets).unwrap();
        }
        let found = std::fs::read(&path).unwrap_or_default();
        assert!(
            found == octets,
            "fuzz seed {name} is another: run the test with UPDATE_EXPECT=1"
        );
    }
}
