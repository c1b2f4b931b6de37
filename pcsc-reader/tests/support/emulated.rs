//! An emulated card without a reader: the same octets that a reader would pass on.

use pcsc_reader::{
    Answer, Atr, CardContents, CardError, CardErrorKind, CardRegistry, Channel, Protocol, Transport,
};
use testdata::card::Card;

/// A card that is called directly. It counts the commands and remembers whether a reset was asked for.
pub struct Emulated<C> {
    pub card: C,
    pub commands: Vec<Vec<u8>>,
    pub is_reset_on_release: bool,
    atr: Vec<u8>,
}

impl<C: Card> Emulated<C> {
    /// Powers the card.
    pub fn new(mut card: C) -> Self {
        card.reset();
        Emulated {
            atr: card.atr(),
            card,
            commands: Vec::new(),
            is_reset_on_release: false,
        }
    }
}

impl<C: Card> Transport for Emulated<C> {
    fn atr(&self) -> &[u8] {
        &self.atr
    }

    fn protocol(&self) -> Protocol {
        match Atr::from_bytes(&self.atr) {
            Ok(atr) if atr.protocols().contains(&1) => Protocol::T1,
            _ => Protocol::T0,
        }
    }

    fn reset_on_release(&mut self) {
        self.is_reset_on_release = true;
    }

    fn transmit(&mut self, command: &[u8]) -> Result<Answer, CardError> {
        self.commands.push(command.to_vec());
        match self.card.answer(command) {
            Some(octets) => Answer::from_bytes(octets),
            None => Err(CardError::new(CardErrorKind::Removed)),
        }
    }
}

/// Goes all roads that the registry knows for the card.
pub fn read(card: &mut dyn Transport) -> Result<CardContents, CardError> {
    let registry = CardRegistry::builtin().unwrap();
    let roads = registry.roads(card.atr());
    assert!(!roads.is_empty());
    let mut contents = CardContents::default();
    let mut channel = Channel::new(card);
    for road in roads {
        road.read(&mut channel, &mut contents, &mut ())?;
    }
    Ok(contents)
}

/// The codes of its notes.
pub fn notes(contents: &CardContents) -> Vec<&'static str> {
    contents.notes.iter().map(|note| note.code).collect()
}
