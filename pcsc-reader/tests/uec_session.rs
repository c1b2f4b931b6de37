//! What opens a universal electronic card: a terminal with keys, a session, a PIN in it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pcsc_reader::uec::{Application, Session};
use pcsc_reader::{
    Aid, CardError, CardErrorKind, Channel, CommandApdu, LastTry, PinUse, SelectAnswer, Transport,
};
use support::emulated::Emulated;
use support::uec::{Between, Terminal, assert_citizen, facts, pin, read, settings};
use testdata::card::Card;
use testdata::card::uec::{Interface, TestTerminal, Uec};

/// Commands of a whole reading without contacts.
const CONTACTLESS: usize = 68;

/// The octets are in a command.
fn is_sent(commands: &[Vec<u8>], octets: &[u8]) -> bool {
    commands
        .iter()
        .any(|command| command.windows(octets.len()).any(|window| window == octets))
}

#[test]
fn a_terminal_and_the_pin_open_the_citizens_data() {
    for (card, count) in [
        (Uec::v1_1(Interface::Contact), 101),
        (Uec::v1_1(Interface::Contactless), CONTACTLESS),
    ] {
        let mut card = Emulated::new(card);
        let (contents, result) = read(&mut card, Some(&mut Terminal::new()), "1234");
        assert_eq!(result, Ok(()));
        assert_citizen(&contents);
        assert!(card.is_reset_on_release);
        assert_eq!((card.card.pins(), card.card.tries_left()), (1, 3));
        // The PIN was sent once, and never in the clear.
        assert!(!is_sent(&card.commands, &[0x24, 0x12, 0x34, 0xFF]));
        let verify = card.commands.iter().filter(|command| command[1] == 0x20);
        assert_eq!(verify.map(|command| command[0]).collect::<Vec<_>>(), [0x0C]);
        assert_eq!(card.commands.len(), count, "docs/cards.md states it");
    }
}

#[test]
fn long_certificates_go_whole() {
    for (interface, instruction) in [(Interface::Contact, 0xC2), (Interface::Contactless, 0x2A)] {
        let mut card = Emulated::new(Uec::v1_1_long(interface));
        let (contents, result) = read(&mut card, Some(&mut Terminal::new()), "1234");
        assert_eq!(result, Ok(()));
        assert_citizen(&contents);
        let sent = card
            .commands
            .iter()
            .any(|command| command[1] == instruction);
        let chained = card.commands.iter().any(|command| command[0] == 0x10);
        assert!(sent && !chained);
    }
}

#[test]
fn without_a_terminal_no_pin_is_sent_and_what_is_open_is_told() {
    let mut card = Emulated::new(Uec::v1_1(Interface::Contactless));
    let (contents, result) = read(&mut card, None, "1234");
    let kind = result.unwrap_err().kind;
    assert_eq!(kind, CardErrorKind::TerminalCredentialMissing);
    assert_eq!(card.card.pins(), 0);
    assert_eq!(facts(&contents, "uec_version"), ["1.1"]);
    let protected = contents
        .notes
        .iter()
        .find(|note| note.code == "card.uec.protected");
    assert_eq!(
        protected.unwrap().about.as_deref(),
        Some("1-2, 1-4, 3-1, 3-2")
    );
}

#[test]
fn a_terminal_that_the_card_does_not_believe_opens_nothing() {
    let other = TestTerminal::of_another_system();
    let mut without = Terminal::new();
    without.certificates.clear();
    let mut alone = Terminal::new();
    alone.certificates.remove(0);
    let mut without_suite = Terminal::new();
    without_suite.information = [0; 16];
    let mut garbled = Terminal::new();
    garbled.certificates[1].truncate(100);
    for (mut terminal, expected) in [
        (Terminal::of(other), CardErrorKind::PinRequired),
        (without, CardErrorKind::TerminalCredentialMissing),
        (alone, CardErrorKind::PinRequired),
        (without_suite, CardErrorKind::TerminalCredentialMissing),
        (garbled, CardErrorKind::Malformed),
    ] {
        let mut card = Emulated::new(Uec::v1_1(Interface::Contactless));
        let (contents, result) = read(&mut card, Some(&mut terminal), "1234");
        assert_eq!(result.unwrap_err().kind, expected);
        assert_eq!(card.card.pins(), 0);
        assert_eq!(facts(&contents, "surname"), [""; 0]);
    }
}

#[test]
fn a_wrong_pin_spends_one_try_and_a_pin_that_is_none_spends_no_try() {
    let mut card = Emulated::new(Uec::v1_1(Interface::Contactless));
    for left in [2, 1] {
        let (contents, result) = read(&mut card, Some(&mut Terminal::new()), "4321");
        let kind = result.unwrap_err().kind;
        assert_eq!(kind, CardErrorKind::PinWrong { left: Some(left) });
        assert_eq!(card.card.tries_left(), left);
        assert_eq!(facts(&contents, "surname"), [""; 0]);
    }
    for digits in ["12a4", "123456789012345"] {
        let (_, result) = read(&mut card, Some(&mut Terminal::new()), digits);
        assert_eq!(result.unwrap_err().kind, CardErrorKind::PinRejected);
    }
    assert_eq!((card.card.pins(), card.card.tries_left()), (2, 1));
    let (_, result) = read(&mut card, Some(&mut Terminal::new()), "4321");
    assert_eq!(result.unwrap_err().kind, CardErrorKind::PinBlocked);
    let (_, result) = read(&mut card, Some(&mut Terminal::new()), "1234");
    assert_eq!(result.unwrap_err().kind, CardErrorKind::PinBlocked);
    assert_eq!(card.card.pins(), 4, "each was sent once");
}

/// Version 1.1 without contacts, behind somebody who changes answers.
fn between(
    change: impl FnMut(&[u8], Vec<u8>) -> Option<Vec<u8>> + Send + 'static,
) -> Emulated<Between> {
    Emulated::new(Between::new(Uec::v1_1(Interface::Contactless), change))
}

const GET_GREETING: [u8; 4] = [0x00, 0xCA, 0xDF, 0x2A];

fn greeting() -> CommandApdu {
    CommandApdu::new(GET_GREETING).expecting(CommandApdu::ALL)
}

/// Begins a session and does something in it.
fn in_session<C: Card>(
    card: &mut Emulated<C>,
    act: impl FnOnce(&mut Session<'_, '_>),
) -> Result<(), CardError> {
    let aid = Aid::from_bytes(&hex::decode("A000000432900001").unwrap()).unwrap();
    let mut channel = Channel::new(card);
    let answer = channel.require(&CommandApdu::select_application(&aid, SelectAnswer::Fci))?;
    let application = Application::read(&answer, &settings()).unwrap();
    let mut terminal = Terminal::new();
    let mut session = Session::establish(&mut channel, &mut terminal, &application, &settings())?;
    session.send(&CommandApdu::new([0x00, 0xA4, 0x00, 0x0C]).with_data([0x00, 0x0A]))?;
    act(&mut session);
    Ok(())
}

/// A session whose next answer is changed has ended: nothing is sent after that, no PIN above all.
fn assert_ends(mut card: Emulated<Between>, expected: CardErrorKind) {
    in_session(&mut card, |session| {
        let error = session.send(&greeting()).unwrap_err();
        assert_eq!(error.kind, expected);
        assert!(!session.is_open());
        let error = session.verify(0x01, PinUse::new(&pin("1234"))).unwrap_err();
        assert_eq!(error.kind, CardErrorKind::SecureMessaging);
        let error = session.send(&greeting()).unwrap_err();
        assert_eq!(error.kind, CardErrorKind::SecureMessaging);
    })
    .unwrap();
    assert_eq!(card.card.card.pins(), 0);
    let last = card.commands.last().unwrap();
    assert_eq!(last[..2], [0x0C, 0xCA], "nothing came after it");
}

fn is_protected_get_data(command: &[u8]) -> bool {
    command[..2] == [0x0C, 0xCA]
}

#[test]
fn a_session_reads_what_is_protected() {
    let mut card = between(|_, answer| Some(answer));
    in_session(&mut card, |session| {
        let response = session.send(&greeting()).unwrap();
        assert_eq!(response.data.len(), 18);
        // What the card says under protection does not end the session.
        let missing = CommandApdu::new([0x00, 0xCA, 0xDF, 0x7F]).expecting(CommandApdu::ALL);
        assert_eq!(session.send(&missing).unwrap().status.0, 0x6A88);
        assert!(session.is_open());
        assert_eq!(session.verify(0x01, PinUse::new(&pin("1234"))), Ok(()));
        let kind = session
            .verify(0x01, PinUse::new(&pin("1111")))
            .unwrap_err()
            .kind;
        assert_eq!(kind, CardErrorKind::PinWrong { left: Some(2) });
        assert!(session.is_open());
    })
    .unwrap();
}

#[test]
fn the_last_try_is_spent_only_when_a_person_wants_it() {
    let mut card = between(|_, answer| Some(answer));
    in_session(&mut card, |session| {
        let wrong = pin("1111");
        for left in [2, 1] {
            let kind = session.verify(0x01, PinUse::new(&wrong)).unwrap_err().kind;
            assert_eq!(kind, CardErrorKind::PinWrong { left: Some(left) });
        }
        let kind = session.verify(0x01, PinUse::new(&wrong)).unwrap_err().kind;
        assert_eq!(kind, CardErrorKind::PinLastTry);
        assert!(session.is_open());
        let right = pin("1234");
        let mut asked = PinUse::new(&right);
        asked.last_try = LastTry::Allow;
        assert_eq!(session.verify(0x01, asked), Ok(()));
        // Now there are three again.
        let kind = session.verify(0x01, PinUse::new(&wrong)).unwrap_err().kind;
        assert_eq!(kind, CardErrorKind::PinWrong { left: Some(2) });
    })
    .unwrap();
    assert_eq!(card.card.card.pins(), 4, "the refused one was not sent");
}

#[test]
fn an_answer_under_a_wrong_code_ends_the_session() {
    for place in [0, 3, 20, 28, 30, 33] {
        let card = between(move |command, mut answer| {
            if is_protected_get_data(command) {
                answer[place] ^= 0x10;
            }
            Some(answer)
        });
        assert_ends(card, CardErrorKind::SecureMessaging);
    }
}

#[test]
fn an_answer_from_before_ends_the_session() {
    let mut seen = Vec::new();
    let card = between(move |command, answer| {
        if command[..2] == [0x0C, 0xA4] {
            seen.clone_from(&answer);
        }
        Some(match is_protected_get_data(command) {
            true => seen.clone(),
            false => answer,
        })
    });
    assert_ends(card, CardErrorKind::SecureMessaging);
}

#[test]
fn an_answer_in_the_clear_ends_the_session() {
    let card = between(|command, answer| {
        let clear = || [b"text in the clear", &[0x90, 0x00][..]].concat();
        Some(if is_protected_get_data(command) {
            clear()
        } else {
            answer
        })
    });
    assert_ends(card, CardErrorKind::SecureMessaging);
    for (status, expected) in [
        (0x6985u16, CardErrorKind::Refused),
        (0x6982, CardErrorKind::PinRequired),
        (0x6C10, CardErrorKind::Refused),
        (0x6988, CardErrorKind::Refused),
    ] {
        let card = between(move |command, answer| {
            let refusal = || status.to_be_bytes().to_vec();
            Some(if is_protected_get_data(command) {
                refusal()
            } else {
                answer
            })
        });
        assert_ends(card, expected);
    }
}

#[test]
fn a_card_that_leaves_ends_the_session() {
    let card = between(|command, answer| (!is_protected_get_data(command)).then_some(answer));
    assert_ends(card, CardErrorKind::Removed);
}

#[test]
fn a_command_that_somebody_else_sent_puts_the_counters_out_of_step() {
    let mut card = between(|_, answer| Some(answer));
    in_session(&mut card, |_| {}).unwrap();
    // The last protected command once more: the card has gone on, and ends its session.
    let again = card.commands.last().unwrap().clone();
    assert_eq!(card.transmit(&again).unwrap().sw1_sw2(), 0x6988);
    assert_eq!(card.transmit(&again).unwrap().sw1_sw2(), 0x6985);
}

#[test]
fn a_pin_that_is_refused_in_the_clear_is_not_sent_again() {
    let mut card = between(|command, answer| {
        let is_verify = command[..2] == [0x0C, 0x20];
        Some(if is_verify { vec![0x63, 0xC2] } else { answer })
    });
    in_session(&mut card, |session| {
        let kind = session
            .verify(0x01, PinUse::new(&pin("1234")))
            .unwrap_err()
            .kind;
        assert_eq!(kind, CardErrorKind::PinWrong { left: Some(2) });
        let kind = session
            .verify(0x01, PinUse::new(&pin("1234")))
            .unwrap_err()
            .kind;
        assert_eq!(kind, CardErrorKind::SecureMessaging);
    })
    .unwrap();
    assert_eq!(card.card.card.pins(), 1);
}

#[test]
fn a_card_that_has_not_the_key_gets_no_pin() {
    let mut card = between(|command, mut answer| {
        if command[1] == 0x82 {
            answer[0] ^= 1;
        }
        Some(answer)
    });
    let (_, result) = read(&mut card, Some(&mut Terminal::new()), "1234");
    assert_eq!(result.unwrap_err().kind, CardErrorKind::SecureMessaging);
    assert_eq!(card.card.card.pins(), 0);
    // A challenge of another length, a refusal, an empty answer.
    for (instruction, changed) in [
        (0x84, vec![1, 0x90, 0]),
        (0x84, vec![0x6D, 0]),
        (0x82, vec![0x90, 0]),
    ] {
        let mut card = between(move |command, answer| {
            Some(if command[1] == instruction {
                changed.clone()
            } else {
                answer
            })
        });
        let (_, result) = read(&mut card, Some(&mut Terminal::new()), "1234");
        assert!(result.is_err());
        assert_eq!(card.card.card.pins(), 0);
    }
}

/// Wherever the card leaves, reading ends with an error and the PIN was sent at most once.
#[test]
fn a_card_that_leaves_at_any_command_is_an_error() {
    for last in 0..CONTACTLESS {
        let mut count = 0;
        let mut card = between(move |_, answer| {
            count += 1;
            (count <= last).then_some(answer)
        });
        let (_, result) = read(&mut card, Some(&mut Terminal::new()), "1234");
        assert_eq!(result.unwrap_err().kind, CardErrorKind::Removed, "{last}");
        assert!(card.card.card.pins() <= 1);
        assert_eq!(
            card.commands.len(),
            last + 1,
            "nothing is sent to a card that has left"
        );
    }
}
