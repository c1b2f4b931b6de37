//! Faults of a universal electronic card and of a security module at every position of a reading with a PIN: an error of
//! a kind that is told, no end without an end, and the PIN at most once and never in the clear.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pcsc_reader::uec::Sam;
use pcsc_reader::{CardContents, CardError, CardErrorKind, Channel};
use support::emulated::Emulated;
use support::uec::{Terminal, pin, read, settings};
use testdata::card::Card;
use testdata::card::uec::{self, Interface, TestTerminal, Uec};

/// Most commands of one reading, faults included.
const MOST_COMMANDS: usize = 3_000;

/// What happens at one command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    /// The card is pulled, and stays away.
    Leaves,
    /// Another program has reset it.
    IsReset,
    /// It answers this, and does not carry the command out.
    Says(&'static [u8]),
    /// It answers this to every command from then on.
    Repeats(&'static [u8]),
    /// It carries the command out, and the answer is this.
    Garbles(&'static [u8]),
}

const FAULTS: [Fault; 12] = [
    Fault::Leaves,
    Fault::IsReset,
    Fault::Says(&[0x63, 0xC1]),
    Fault::Says(&[0x69, 0x82]),
    Fault::Says(&[0x69, 0x83]),
    Fault::Says(&[0x6C, 0x01]),
    Fault::Says(&[0x90]),
    Fault::Says(&[]),
    Fault::Repeats(&[0x61, 0x00]),
    Fault::Repeats(&[0x6C, 0x01]),
    Fault::Garbles(&[0x90, 0x00]),
    Fault::Garbles(&[0xA5; 70_000]),
];

/// A card with one fault.
struct Faulty<C> {
    card: C,
    fault: Fault,
    at: usize,
    seen: usize,
}

impl<C: Card> Card for Faulty<C> {
    fn atr(&self) -> Vec<u8> {
        self.card.atr()
    }

    fn reset(&mut self) {
        self.card.reset();
    }

    fn answer(&mut self, command: &[u8]) -> Option<Vec<u8>> {
        let place = self.seen;
        self.seen += 1;
        let is_now = place == self.at;
        match self.fault {
            Fault::Leaves if place >= self.at => return None,
            Fault::Repeats(answer) if place >= self.at => return Some(answer.to_vec()),
            Fault::Says(answer) if is_now => return Some(answer.to_vec()),
            Fault::IsReset if is_now => self.card.reset(),
            _ => {}
        }
        let answer = self.card.answer(command);
        match self.fault {
            Fault::Garbles(other) if is_now => Some(other.to_vec()),
            _ => answer,
        }
    }
}

fn faulty(card: Uec, fault: Fault, at: usize) -> Emulated<Faulty<Uec>> {
    Emulated::new(Faulty {
        card,
        fault,
        at,
        seen: 0,
    })
}

/// What holds after any reading whatever happened.
fn assert_kept(card: &Emulated<Faulty<Uec>>, what: &str) {
    let starts = |start: &[u8]| {
        card.commands
            .iter()
            .filter(|it| it.starts_with(start))
            .count()
    };
    assert_eq!(starts(&[0x00, 0x20]), 0, "{what}: a PIN in the clear");
    assert!(starts(&[0x0C, 0x20]) <= 1, "{what}: the PIN was sent again");
    assert!(card.card.card.pins() <= 1, "{what}");
    assert!(card.card.card.tries_left() == 3, "{what}: a try was spent");
    assert!(
        card.commands.len() < MOST_COMMANDS,
        "{what}: {}",
        card.commands.len()
    );
    let clear = [0x24, 0x12, 0x34, 0xFF];
    let has_pin = |command: &Vec<u8>| command.windows(4).any(|window| window == clear);
    assert!(!card.commands.iter().any(has_pin), "{what}");
}

fn values(contents: &CardContents) -> Vec<(&'static str, String)> {
    let facts = contents.facts.iter();
    facts.map(|fact| (fact.key, fact.value.clone())).collect()
}

/// Plays these faults at every position.
fn play(card: fn() -> Uec, terminal: fn() -> TestTerminal, faults: &[Fault]) {
    let mut whole = Emulated::new(card());
    let (good, result) = read(&mut whole, Some(&mut Terminal::of(terminal())), "1234");
    assert_eq!(result, Ok(()));
    let good = values(&good);
    let session = whole.commands.iter().position(|it| it[0] == 0x0C).unwrap();
    for (number, fault) in faults.iter().enumerate() {
        // The first two at every position, the others at every third, each at others.
        let step = if number < 2 { 1 } else { 3 };
        for at in (0..whole.commands.len()).filter(|at| at % step == number % step) {
            let what = format!("{fault:?} at {at}");
            let mut card = faulty(card(), *fault, at);
            let mut terminal = Terminal::of(terminal());
            let (contents, result) = read(&mut card, Some(&mut terminal), "1234");
            assert_kept(&card, &what[..what.len().min(60)]);
            if *fault == Fault::Leaves {
                assert_eq!(
                    result.clone().unwrap_err().kind,
                    CardErrorKind::Removed,
                    "{at}"
                );
                assert_eq!(
                    card.commands.len(),
                    at + 1,
                    "{at}: sent to a card that has left"
                );
            }
            // Once there is a session, nothing is taken in the clear, and nothing goes on after a fault.
            if at >= session {
                assert!(result.is_err(), "{}", &what[..what.len().min(60)]);
                let later = &card.commands[at + 1..];
                assert!(later.iter().all(|it| it[1] == 0xC0), "{at}: {fault:?}");
            }
            // No fault makes the card say what it does not hold.
            if !matches!(fault, Fault::Garbles(_)) {
                for value in values(&contents) {
                    let is_known =
                        good.contains(&value) || value.0 == "uec_blocks" || value.0 == "uec_state";
                    assert!(is_known, "{} at {at}", value.0);
                }
            }
        }
    }
}

#[test]
fn every_fault_at_any_position_with_rsa() {
    play(
        || Uec::v1_1_rsa(Interface::Contactless),
        TestTerminal::rsa,
        &FAULTS,
    );
}

#[test]
fn a_card_of_gost_that_is_pulled_or_reset_at_every_position() {
    let faults = &FAULTS[..2];
    play(
        || Uec::v1_1(Interface::Contactless),
        TestTerminal::new,
        faults,
    );
    play(Uec::micron, TestTerminal::new, &faults[..1]);
}

#[test]
fn a_card_with_contacts_that_is_pulled_or_garbles_at_every_position() {
    let faults = [Fault::Leaves, Fault::Garbles(&[0x90, 0x00])];
    play(Uec::v1_0, TestTerminal::rsa, &faults);
}

/// Reads a card through a module with one fault.
fn through(fault: Fault, at: usize) -> (Emulated<Uec>, usize, Result<(), CardError>) {
    let keys = TestTerminal::rsa();
    let certificates = keys.certificates();
    let mut module = Emulated::new(Faulty {
        card: uec::Sam::new(keys),
        fault,
        at,
        seen: 0,
    });
    let mut card = Emulated::new(Uec::v1_1_rsa(Interface::Contactless));
    let mut channel = Channel::new(&mut module);
    let opened = Sam::open(&mut channel, certificates, Some(&pin("98765")), &settings());
    let result = match opened {
        Ok(mut sam) => read(&mut card, Some(&mut sam), "1234").1,
        Err(error) => Err(error),
    };
    let verified = |it: &&Vec<u8>| it.starts_with(&[0x00, 0x20]);
    assert!(
        module.commands.iter().filter(verified).count() <= 1,
        "its PIN was sent again"
    );
    assert!(module.commands.len() < MOST_COMMANDS * 4);
    (card, module.commands.len(), result)
}

#[test]
fn a_module_that_fails_at_any_position_ends_the_reading() {
    let (_, whole, result) = through(Fault::Leaves, usize::MAX);
    assert_eq!(result, Ok(()));
    // The beginning one by one; every operation after it is like another.
    let places = (0..40).chain((40..whole).step_by(23));
    for at in places {
        for fault in [Fault::Leaves, Fault::IsReset, Fault::Says(&[0x69, 0x82])] {
            if (fault, at) == (Fault::IsReset, 0) {
                // Nothing has been said yet.
                continue;
            }
            let (card, commands, result) = through(fault, at);
            assert!(result.is_err(), "{fault:?} at {at}");
            assert!(card.card.pins() <= 1 && card.card.tries_left() == 3);
            let verify = card.commands.iter().filter(|it| it[1] == 0x20);
            assert!(verify.clone().count() <= 1 && verify.into_iter().all(|it| it[0] == 0x0C));
            if fault == Fault::Leaves {
                assert_eq!(commands, at + 1);
            }
        }
    }
}
