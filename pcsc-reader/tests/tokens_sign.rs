//! Rutoken ECP signs: RSA and GOST, last octet first both ways, and the PIN is spent once.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pcsc_reader::{
    CardCertificate, CardContents, CardError, CardErrorKind, CardRegistry, CardRoad, Channel, Pin,
    PinState, PinUse,
};
use sig_core::alg::provider::RUSTCRYPTO;
use sig_core::cms::build::{Content, Prepared, Request, customary};
use sig_core::der::octets::Octets;
use sig_core::x509::certificate::Certificate;
use sig_core::{Budget, Limits, UnixTime};
use std::sync::Arc;
use support::emulated::Emulated;
use testdata::card::container::{CANARY, Container};
use testdata::card::fault::{Fault, Faulty};
use testdata::card::rutoken::{Halves, Model, Rutoken, RutokenKey, USER_PIN};
use testdata::card::{Card, Identity};

fn identity(pki: &str, certificate: &'static str) -> Identity {
    Identity::new(pki, certificate).unwrap()
}

fn rsa() -> RutokenKey {
    RutokenKey::rsa(1, identity("rsa", "person"))
}

fn gost() -> RutokenKey {
    RutokenKey::gost_256(2, identity("ru-demo", "citizen"))
}

fn gost_512() -> RutokenKey {
    RutokenKey::gost_512(3, identity("gost512", "person"))
}

fn token(keys: &[RutokenKey]) -> Rutoken {
    let container = Container::new("le-1", identity("ru-demo", "citizen-yo"));
    let empty = Rutoken::new(Model::Ecp).with_container(5, &container);
    let with_key = |token: Rutoken, key: &RutokenKey| token.with_key(*key).unwrap();
    keys.iter().fold(empty.unwrap(), with_key)
}

fn pin(characters: &[u8]) -> Pin {
    Pin::new(characters.to_vec().into()).unwrap()
}

/// A card in a reader and its roads.
struct Session<C> {
    card: Emulated<C>,
    roads: Vec<Arc<dyn CardRoad>>,
}

impl<C: Card> Session<C> {
    fn new(card: C) -> Self {
        let card = Emulated::new(card);
        let roads = CardRegistry::builtin().unwrap().roads(&card.card.atr());
        Session { card, roads }
    }

    fn read(&mut self) -> CardContents {
        let mut contents = CardContents::default();
        let mut channel = Channel::new(&mut self.card);
        for road in &self.roads {
            road.read(&mut channel, &mut contents, &mut ()).unwrap();
        }
        contents
    }

    fn sign(
        &mut self,
        certificate: &CardCertificate,
        prepared: &Prepared,
        pin: PinUse<'_>,
    ) -> Result<Vec<u8>, CardError> {
        let (road, _) = certificate.id.split_once(':').unwrap();
        let road = self
            .roads
            .iter()
            .find(|known| known.name() == road)
            .unwrap();
        let key = certificate.key.as_ref().unwrap();
        let mut channel = Channel::new(&mut self.card);
        road.sign(&mut channel, key, Some(pin), prepared.to_be_signed())
    }
}

fn prepared(certificate: &CardCertificate) -> Prepared {
    let octets = Octets::from(certificate.octets.as_slice());
    let mut budget = Budget::new(Limits::STANDARD);
    let certificate = Certificate::from_der(&octets, &mut budget).unwrap();
    let content = Content::Detached(Octets::from(&b"to be signed"[..]));
    Request::new(content, UnixTime::utc_day(2026, 3, 1))
        .prepare(&certificate, customary(&certificate).unwrap(), &RUSTCRYPTO)
        .unwrap()
}

#[test]
fn rutoken_ecp_is_read_with_its_keys_pins_and_serial() {
    let mut session = Session::new(token(&[rsa(), gost(), gost_512()]));
    let contents = session.read();
    let ids: Vec<_> = contents
        .certificates
        .iter()
        .map(|it| it.id.as_str())
        .collect();
    assert_eq!(
        ids,
        ["pkcs15:01", "pkcs15:02", "pkcs15:03", "cryptopro:05.1"]
    );
    assert_eq!(
        contents.serial.as_deref(),
        Some(&[0x2A, 0x81, 0x07, 0xC5][..])
    );
    let pins: Vec<_> = contents
        .pins
        .iter()
        .map(|pin| (pin.label.as_str(), pin.state))
        .collect();
    assert_eq!(pins, [("User PIN", PinState::Tries(10))]);
    assert_eq!(session.card.card.secrets_touched(), 0);
    assert_eq!(session.card.commands.len(), 109);
    assert!(!session.card.is_reset_on_release);
}

#[test]
fn a_token_without_pkcs15_tells_its_pins_as_well() {
    let mut session = Session::new(Rutoken::new(Model::Lite).leaving_tries(3));
    let contents = session.read();
    let pins: Vec<_> = contents
        .pins
        .iter()
        .map(|pin| (pin.id.as_str(), pin.state))
        .collect();
    let tries = PinState::Tries;
    assert_eq!(pins, [("rutoken:02", tries(3)), ("rutoken:01", tries(10))]);
    assert!(contents.serial.is_some());
}

#[test]
fn every_key_signs_what_its_certificate_verifies() {
    let mut session = Session::new(token(&[rsa(), gost(), gost_512()]));
    for certificate in &session.read().certificates {
        if certificate.key.is_none() {
            assert!(certificate.id.starts_with("cryptopro:"));
            continue;
        }
        let prepared = prepared(certificate);
        let before = session.card.card.pins_sent();
        let pin = pin(USER_PIN);
        let value = session
            .sign(certificate, &prepared, PinUse::new(&pin))
            .unwrap();
        assert!(prepared.finish(&value).is_ok(), "{}", certificate.id);
        assert_eq!(session.card.card.pins_sent(), before + 1);
        assert!(session.card.is_reset_on_release);
    }
    assert_eq!(session.card.card.secrets_touched(), 0);
}

#[test]
fn a_signature_of_the_other_order_is_never_taken() {
    for key in [gost(), gost_512()] {
        let mut session = Session::new(token(&[key.with_halves(Halves::RThenS)]));
        let contents = session.read();
        let prepared = prepared(&contents.certificates[0]);
        let pin = pin(USER_PIN);
        let value = session
            .sign(&contents.certificates[0], &prepared, PinUse::new(&pin))
            .unwrap();
        assert!(prepared.finish(&value).is_err());
        // It is the order alone that is wrong.
        let (first, second) = value.split_at(value.len() / 2);
        assert!(prepared.finish(&[second, first].concat()).is_ok());
    }
}

#[test]
fn a_wrong_pin_spends_one_try_and_tells_what_is_left() {
    let mut session = Session::new(token(&[gost()]));
    let contents = session.read();
    let prepared = prepared(&contents.certificates[0]);
    let wrong = pin(b"00000000");
    let error = session.sign(&contents.certificates[0], &prepared, PinUse::new(&wrong));
    assert_eq!(
        error.unwrap_err().kind,
        CardErrorKind::PinWrong { left: Some(9) }
    );
    assert_eq!(
        (session.card.card.tries(), session.card.card.pins_sent()),
        (Some(9), 1)
    );
}

#[test]
fn the_last_try_is_not_spent_without_leave() {
    let mut session = Session::new(token(&[gost()]).leaving_tries(1));
    let contents = session.read();
    let certificate = &contents.certificates[0];
    let prepared = prepared(certificate);
    let right = pin(USER_PIN);
    let error = session
        .sign(certificate, &prepared, PinUse::new(&right))
        .unwrap_err();
    assert_eq!(error.kind, CardErrorKind::PinLastTry);
    assert_eq!(session.card.card.pins_sent(), 0);
    let allowed = PinUse::new(&right).allowing_last_try();
    let value = session.sign(certificate, &prepared, allowed).unwrap();
    assert!(prepared.finish(&value).is_ok());
}

#[test]
fn a_blocked_pin_is_not_sent() {
    let mut session = Session::new(token(&[gost()]).leaving_tries(0));
    let contents = session.read();
    assert_eq!(contents.pins[0].state, PinState::Blocked);
    let prepared = prepared(&contents.certificates[0]);
    let right = pin(USER_PIN);
    let error = session.sign(&contents.certificates[0], &prepared, PinUse::new(&right));
    assert_eq!(error.unwrap_err().kind, CardErrorKind::PinBlocked);
    assert_eq!(session.card.card.pins_sent(), 0);
}

#[test]
fn who_was_logged_in_before_does_not_keep_the_owner_out() {
    let mut session = Session::new(token(&[gost()]));
    let contents = session.read();
    let login = [&[0x00, 0x20, 0x00, 0x02, 8], USER_PIN].concat();
    assert_eq!(session.card.card.answer(&login).unwrap(), [0x90, 0x00]);
    let prepared = prepared(&contents.certificates[0]);
    let right = pin(USER_PIN);
    let value = session
        .sign(&contents.certificates[0], &prepared, PinUse::new(&right))
        .unwrap();
    assert!(prepared.finish(&value).is_ok());
}

#[test]
fn a_signing_run_that_fails_at_any_command_spends_the_pin_once_at_most() {
    let mut session = Session::new(token(&[gost()]));
    let certificate = session.read().certificates[0].clone();
    let prepared = prepared(&certificate);
    let right = pin(USER_PIN);
    let start = session.card.commands.len();
    session
        .sign(&certificate, &prepared, PinUse::new(&right))
        .unwrap();
    let commands = session.card.commands.len() - start;
    for fault in [
        Fault::Leave,
        Fault::Reset,
        Fault::EndlessAnswer,
        Fault::WrongLength,
        Fault::Cut(1),
        Fault::TooLong(300),
        Fault::Status(0x6982),
        Fault::Status(0x63C1),
        Fault::Status(0x6983),
    ] {
        for at in 0..commands {
            let mut session = Session::new(Faulty::new(token(&[gost()]), fault, at));
            let outcome = session.sign(&certificate, &prepared, PinUse::new(&right));
            let sent = session.card.card.card.pins_sent();
            assert!(sent <= 1, "{fault:?} at {at}: {sent} PINs sent");
            if let Ok(value) = &outcome {
                let is_right = prepared.finish(value).is_ok();
                assert!(is_right || at + 1 == commands, "{fault:?} at {at}");
            }
            let leaves_at_once = fault == Fault::Leave;
            assert!(!leaves_at_once || outcome.is_err(), "at {at}");
        }
    }
}

#[test]
fn nothing_of_a_private_key_is_in_any_answer() {
    let mut session = Session::new(token(&[gost()]));
    session.read();
    let commands = std::mem::take(&mut session.card.commands);
    let mut token = token(&[gost()]);
    token.reset();
    for command in commands {
        let answer = token.answer(&command).unwrap();
        assert!(!answer.windows(CANARY.len()).any(|part| part == CANARY));
    }
}
