//! Universal electronic cards: what is read of them, and what opens the rest.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pcsc_reader::uec::UecRoad;
use pcsc_reader::uec::UecSettings;
use pcsc_reader::{CardContents, CardRoad, Channel};
use support::emulated::Emulated;
use testdata::card::Card;
use testdata::card::uec::{Interface, Uec};

fn road() -> UecRoad {
    UecRoad::new(UecSettings::builtin().unwrap())
}

fn read(card: impl Card) -> (CardContents, usize) {
    let mut card = Emulated::new(card);
    let mut contents = CardContents::default();
    let result = road().read(&mut Channel::new(&mut card), &mut contents, &mut ());
    for c in &card.commands { println!("{}", hex::encode_upper(c)); }
    assert_eq!(result, Ok(true));
    (contents, card.commands.len())
}

#[test]
fn look() {
    for card in [Uec::v1_0(), Uec::micron(), Uec::v1_1(Interface::Contact), Uec::v1_1(Interface::Contactless)] {
        let (contents, commands) = read(card);
        for fact in &contents.facts { println!("{} = {} {}", fact.key, fact.value, fact.is_assumed); }
        for note in &contents.notes { println!("{} {:?}", note.code, note.about); }
        println!("{commands} {:?} {:?}", contents.applications, contents.pins);
    }
}
