//! The security module of a terminal: its commands, and the cards that it opens.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pcsc_reader::uec::Sam;
use pcsc_reader::{CardErrorKind, Channel};
use support::emulated::Emulated;
use support::uec::{Between, assert_citizen, pin, read, settings};
use testdata::card::Card;
use testdata::card::uec::{self, Interface, TestTerminal, Uec};

#[test]
fn a_security_module_opens_the_card_with_keys_that_it_keeps() {
    let keys = TestTerminal::new();
    let certificates = keys.certificates();
    let mut module = Emulated::new(uec::Sam::new(keys));
    let mut card = Emulated::new(Uec::v1_1(Interface::Contact));
    {
        let mut channel = Channel::new(&mut module);
        let mut sam =
            Sam::open(&mut channel, certificates, Some(&pin("98765")), &settings()).unwrap();
        let (contents, result) = read(&mut card, Some(&mut sam), "1234");
        assert_eq!(result, Ok(()));
        assert_citizen(&contents);
    }
    assert!(module.is_reset_on_release);
    // The commands of the module, as it knows them.
    for start in [
        "80160021 50",
        "80180000 04",
        "0022F301",
        "002A8281 08",
        "002221B4 0A 8708",
        "002A8282",
        "002A8082",
        "002A8E80",
        "00CA9F1C",
        "00200001 08 259876",
    ] {
        let start = hex::decode(start.replace(' ', "")).unwrap();
        assert!(
            module
                .commands
                .iter()
                .any(|command| command.starts_with(&start)),
            "{start:02X?}"
        );
    }
}

#[test]
fn a_module_that_is_none_or_closed_opens_nothing() {
    let certificates = || TestTerminal::new().certificates();
    let mut card = Emulated::new(Uec::v1_1(Interface::Contactless));
    let mut channel = Channel::new(&mut card);
    let error = Sam::open(&mut channel, certificates(), None, &settings()).unwrap_err();
    assert_eq!(error.kind, CardErrorKind::TerminalCredentialMissing);

    let mut module = Emulated::new(uec::Sam::new(TestTerminal::new()));
    let mut channel = Channel::new(&mut module);
    let error = Sam::open(
        &mut channel,
        certificates(),
        Some(&pin("11111")),
        &settings(),
    )
    .unwrap_err();
    assert_eq!(error.kind, CardErrorKind::PinWrong { left: Some(2) });

    // Without its PIN the module begins nothing, and the citizen's PIN stays here.
    let mut sam = Sam::open(&mut channel, certificates(), None, &settings()).unwrap();
    let (_, result) = read(&mut card, Some(&mut sam), "1234");
    assert_eq!(result.unwrap_err().kind, CardErrorKind::PinRequired);
    assert_eq!(card.card.pins(), 0);
}

#[test]
fn a_module_does_not_believe_a_card_without_the_key() {
    let keys = TestTerminal::new();
    let certificates = keys.certificates();
    let mut module = Emulated::new(uec::Sam::new(keys));
    let mut channel = Channel::new(&mut module);
    let mut sam = Sam::open(&mut channel, certificates, Some(&pin("98765")), &settings()).unwrap();
    let contactless = Uec::v1_1(Interface::Contactless);
    let mut card = Emulated::new(Between::new(contactless, |command, mut answer| {
        if command[1] == 0x82 {
            answer[3] ^= 1;
        }
        Some(answer)
    }));
    let (_, result) = read(&mut card, Some(&mut sam), "1234");
    let error = result.unwrap_err();
    assert_eq!(
        (error.kind, error.instruction),
        (CardErrorKind::SecureMessaging, Some(0x18))
    );
    assert_eq!(card.card.card.pins(), 0);
}

#[test]
fn a_module_of_rsa_takes_challenge_and_key_in_a_chain() {
    let keys = TestTerminal::rsa();
    let certificates = keys.certificates();
    let mut module = Emulated::new(uec::Sam::new(keys));
    let mut channel = Channel::new(&mut module);
    let mut sam = Sam::open(&mut channel, certificates, Some(&pin("98765")), &settings()).unwrap();
    let mut card = Emulated::new(Uec::v1_1_rsa(Interface::Contactless));
    let (contents, result) = read(&mut card, Some(&mut sam), "1234");
    assert_eq!(result, Ok(()));
    assert_citizen(&contents);
    for start in ["9016002210", "8016002280", "8018000080"] {
        let start = hex::decode(start).unwrap();
        let is_sent = |command: &Vec<u8>| command.starts_with(&start);
        assert!(module.commands.iter().any(is_sent), "{start:02X?}");
    }
}

#[test]
fn what_a_module_does_with_version_1_0_of_gost_is_not_guessed() {
    let keys = TestTerminal::new();
    let certificates = keys.certificates();
    for card in [Uec::v1_0(), Uec::micron()] {
        let mut module = Emulated::new(uec::Sam::new(TestTerminal::new()));
        let mut channel = Channel::new(&mut module);
        let certificates = certificates.clone();
        let mut sam =
            Sam::open(&mut channel, certificates, Some(&pin("98765")), &settings()).unwrap();
        let mut card = Emulated::new(card);
        let (_, result) = read(&mut card, Some(&mut sam), "1234");
        let error = result.unwrap_err();
        assert_eq!(
            (error.kind, error.instruction),
            (CardErrorKind::Unsupported, Some(0x16))
        );
        assert_eq!(card.card.pins(), 0);
        assert!(!module.commands.iter().any(|command| command[1] == 0x16));
    }
}

#[test]
fn a_module_tells_its_days() {
    let mut module = Emulated::new(uec::Sam::new(TestTerminal::new()));
    let mut channel = Channel::new(&mut module);
    let mut sam = Sam::open(&mut channel, Vec::new(), None, &settings()).unwrap();
    let (first, last) = sam.validity().unwrap().unwrap();
    assert_eq!(
        (first.to_string(), last.to_string()),
        ("2013-03-15".to_owned(), "2018-03-14".to_owned())
    );
    // Without one of them there is no validity; a day that is none is an error.
    for (tag, answer, expected) in [
        (0x25, vec![0x6A, 0x88], Ok(None)),
        (0x24, vec![0x6A, 0x88], Ok(None)),
        (
            0x24,
            vec![0x18, 0x13, 0x14, 0x90, 0],
            Err(CardErrorKind::Malformed),
        ),
        (
            0x25,
            vec![0x18, 0x03, 0x90, 0],
            Err(CardErrorKind::Malformed),
        ),
    ] {
        let mut module = Emulated::new(Changed {
            card: uec::Sam::new(TestTerminal::new()),
            start: vec![0x00, 0xCA, 0x5F, tag],
            answer,
        });
        let mut channel = Channel::new(&mut module);
        let mut sam = Sam::open(&mut channel, Vec::new(), None, &settings()).unwrap();
        assert_eq!(
            sam.validity().map_err(|error| error.kind),
            expected,
            "{tag:02X}"
        );
    }
}

#[test]
fn a_module_works_until_it_is_deactivated_and_again_after() {
    let keys = TestTerminal::new();
    let certificates = keys.certificates();
    let mut module = Emulated::new(uec::Sam::new(keys));
    {
        let mut channel = Channel::new(&mut module);
        let mut sam =
            Sam::open(&mut channel, certificates, Some(&pin("98765")), &settings()).unwrap();
        sam.deactivate().unwrap();
        let mut card = Emulated::new(Uec::v1_1(Interface::Contactless));
        let (_, result) = read(&mut card, Some(&mut sam), "1234");
        assert_eq!(result.unwrap_err().kind, CardErrorKind::Refused);
        assert_eq!(card.card.pins(), 0);
        assert!(sam.provider_session(&[1]).is_err());
        sam.activate().unwrap();
        let (contents, result) = read(&mut card, Some(&mut sam), "1234");
        assert_eq!(result, Ok(()));
        assert_citizen(&contents);
    }
    assert!(module.card.is_active());
    let sent = |start: [u8; 4]| {
        module
            .commands
            .iter()
            .filter(|it| it.starts_with(&start))
            .count()
    };
    assert_eq!(
        (sent([0x80, 0x1C, 0, 0x7F]), sent([0x80, 0x1C, 0, 0x77])),
        (1, 1)
    );
    // Reading alone does neither.
    let mut other = Emulated::new(uec::Sam::new(TestTerminal::new()));
    let mut channel = Channel::new(&mut other);
    let mut sam = Sam::open(&mut channel, Vec::new(), None, &settings()).unwrap();
    // Without the module's PIN it is refused.
    assert_eq!(
        sam.deactivate().unwrap_err().kind,
        CardErrorKind::PinRequired
    );
    assert!(other.card.is_active());
}

#[test]
fn a_request_of_a_service_provider_is_passed_on_as_it_is() {
    let mut module = Emulated::new(uec::Sam::new(TestTerminal::new()));
    let mut channel = Channel::new(&mut module);
    let mut sam = Sam::open(&mut channel, Vec::new(), None, &settings()).unwrap();
    let refused = sam.provider_session(b"request").unwrap_err().kind;
    assert_eq!(refused, CardErrorKind::PinRequired);
    let mut sam = Sam::open(&mut channel, Vec::new(), Some(&pin("98765")), &settings()).unwrap();
    let answer = sam.provider_session(b"request").unwrap();
    assert_eq!(answer, TestTerminal::new().provider(b"request"));
    assert_ne!(answer, sam.provider_session(b"another").unwrap());
    assert!(sam.provider_session(b"").is_err());
    let last = module
        .commands
        .iter()
        .find(|it| it.starts_with(&[0x80, 0x1A, 0, 0, 7]));
    assert_eq!(last.unwrap()[5..12], *b"request");
}

/// A module that answers commands that begin so with this.
struct Changed {
    card: uec::Sam,
    start: Vec<u8>,
    answer: Vec<u8>,
}

impl Card for Changed {
    fn atr(&self) -> Vec<u8> {
        self.card.atr()
    }

    fn reset(&mut self) {
        self.card.reset();
    }

    fn answer(&mut self, command: &[u8]) -> Option<Vec<u8>> {
        if command.starts_with(&self.start) {
            return Some(self.answer.clone());
        }
        self.card.answer(command)
    }
}
