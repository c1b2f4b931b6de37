//! README shows what a clerk reads of each card: every block is what `desk show` prints.
//!
//! A block follows a line `<!-- desk show: CARD -->`. A line `…` in it stands for lines that are left out; the reader's
//! name, which comes first, is not shown.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::fs;
use std::path::Path;

use support::card::VirtualCard;
use support::desk;
use support::service::{CardService, ReaderPort};
use testdata::card::container::Container;
use testdata::card::esmart::Esmart;
use testdata::card::etoken_java::EtokenJava;
use testdata::card::jacarta_lt::JacartaLt;
use testdata::card::jacarta_pki::JacartaPki;
use testdata::card::piv::PivCard;
use testdata::card::pkcs15::{KeyForm, Pkcs15Card};
use testdata::card::rutoken::{Model, Rutoken, RutokenKey};
use testdata::card::uec::{Interface, Uec};
use testdata::card::{Identity, Protocol};

const MARK: &str = "<!-- desk show: ";
const LEFT_OUT: &str = "…";

fn citizen() -> Identity {
    Identity::new("ru-demo", "citizen").unwrap()
}

fn container() -> Container {
    Container::new("le-1", citizen())
}

/// A card that README shows.
struct Shown {
    card: &'static str,
    insert: fn(ReaderPort) -> VirtualCard,
}

const CARDS: [Shown; 10] = [
    Shown {
        card: "pkcs15",
        insert: |port| {
            let card = Pkcs15Card::new(KeyForm::Gost, Protocol::T1).unwrap();
            VirtualCard::insert_card(port, card)
        },
    },
    Shown {
        card: "piv",
        insert: |port| {
            let person = Identity::new("p256", "person").unwrap();
            let card = PivCard::new()
                .with_key(0x9C, [0x5F, 0xC1, 0x0A], 0x11, person)
                .unwrap();
            VirtualCard::insert_card(port, card)
        },
    },
    Shown {
        card: "rutoken-ecp",
        insert: |port| {
            let card = Rutoken::new(Model::Ecp).with_key(RutokenKey::gost_256(1, citizen()));
            VirtualCard::insert_card(port, card.unwrap())
        },
    },
    Shown {
        card: "rutoken-lite",
        insert: |port| {
            let card = Rutoken::new(Model::Lite).with_container(1, &container());
            VirtualCard::insert_card(port, card.unwrap())
        },
    },
    Shown {
        card: "rutoken-s",
        insert: |port| {
            let other = Identity::new("rsa", "person").unwrap();
            let card = Rutoken::new(Model::S)
                .with_container(0x0A, &container())
                .and_then(|card| card.with_certificate(1, other));
            VirtualCard::insert_card(port, card.unwrap())
        },
    },
    Shown {
        card: "jacarta-pki",
        insert: |port| {
            let card = JacartaPki::new().with_certificate(0x0440, "citizen", citizen());
            VirtualCard::insert_card(port, card.unwrap())
        },
    },
    Shown {
        card: "jacarta-lt",
        insert: |port| {
            let card = JacartaLt::new().with_container(&container());
            VirtualCard::insert_card(port, card.unwrap())
        },
    },
    Shown {
        card: "etoken",
        insert: |port| {
            let card = EtokenJava::new().with_container(3, &container());
            VirtualCard::insert_card(port, card.unwrap())
        },
    },
    Shown {
        card: "esmart",
        insert: |port| {
            let card = Esmart::new().closed().with_container(9, &container());
            VirtualCard::insert_card(port, card.unwrap())
        },
    },
    Shown {
        card: "uec",
        insert: |port| VirtualCard::insert_card(port, Uec::v1_1(Interface::Contact)),
    },
];

/// The blocks of a text with the cards that they are of.
fn blocks(text: &str) -> Vec<(String, Vec<String>)> {
    let mut lines = text.lines();
    let mut found = Vec::new();
    while let Some(line) = lines.next() {
        let Some(card) = line.strip_prefix(MARK) else {
            continue;
        };
        let card = card.strip_suffix(" -->").expect("the mark ends its line");
        assert_eq!(
            lines.next(),
            Some("```"),
            "{card}: a block follows the mark"
        );
        let block = lines.by_ref().take_while(|line| *line != "```");
        found.push((card.to_owned(), block.map(str::to_owned).collect()));
    }
    found
}

/// The first line of a block that is not in the output where it should be.
fn wrong_line(block: &[String], output: &[&str]) -> Option<String> {
    let mut rest = output;
    let mut may_skip = false;
    for line in block {
        if line.trim() == LEFT_OUT {
            may_skip = true;
            continue;
        }
        let limit = if may_skip { rest.len() } else { 1 };
        let Some(place) = rest.iter().take(limit).position(|it| it == line) else {
            return Some(line.clone());
        };
        rest = &rest[place + 1..];
        may_skip = false;
    }
    let more = rest.first().filter(|_| !may_skip);
    more.map(|line| format!("after the last: {line}"))
}

#[test]
fn readme_shows_each_card_as_desk_prints_it() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let mut blocks = blocks(&fs::read_to_string(readme).unwrap());
    let mut wrong = Vec::new();
    for shown in &CARDS {
        let card = shown.card;
        let service = CardService::with_reader();
        let _card = (shown.insert)(service.port());
        desk::wait_for_slot(&service.socket(), "card");
        let outcome = desk::run(&service.socket(), &["show", "--format", "text"]);
        assert_eq!((outcome.exit, &*outcome.err), (Some(0), ""), "{card}");
        let printed: Vec<&str> = outcome.out.lines().skip(1).collect();
        let Some(place) = blocks.iter().position(|(name, _)| name == card) else {
            wrong.push(format!("{card}: no block\n{}", outcome.out));
            continue;
        };
        let (_, block) = blocks.remove(place);
        if let Some(line) = wrong_line(&block, &printed) {
            wrong.push(format!("{card}: {line}\n{}", outcome.out));
        }
    }
    assert!(
        wrong.is_empty(),
        "README is not what desk prints\n{}",
        wrong.join("\n")
    );
    assert!(blocks.is_empty(), "blocks of no card or twice: {blocks:?}");
}

#[test]
fn a_block_that_is_not_what_was_printed_is_noticed() {
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    let output = ["a", "b", "c"];
    for block in ["a\nb\nc", "a\n…\nc", "…\nb\nc", "…\nc", "a\n…", "…"] {
        assert_eq!(wrong_line(&lines(block), &output), None, "{block}");
    }
    for block in [
        "a\nc",
        "b\nc",
        "a\nb",
        "a\nb\nd",
        "…\nc\nb",
        "a\n…\nb",
        "a\nb\nc\nd",
    ] {
        assert!(wrong_line(&lines(block), &output).is_some(), "{block}");
    }
}
