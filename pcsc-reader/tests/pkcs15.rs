//! PKCS #15 cards, played in process: what is read, and what is signed.

mod support;

use pcsc_reader::{CardErrorKind, CardRegistry, CardRoad, Channel, PinState, PinUse};
use std::sync::Arc;
use support::emulated::Emulated;
use support::signing::{contents, pin, prepared, road, signed};
use testdata::card::pkcs15::{Finding, KeyForm, Object, PIN, PIN_REFERENCE, Pkcs15Card};
use testdata::card::{Card, Identity, Protocol};

const FORMS: [(KeyForm, &str, &str); 5] = [
    (KeyForm::RsaDigestInfo, "rsa", "person"),
    (KeyForm::RsaBlock, "rsa", "person"),
    (KeyForm::EcSequence, "p256", "person"),
    (KeyForm::EcPlain, "p256", "person"),
    (KeyForm::Gost, "ru-demo", "citizen"),
];

/// A road for a card that takes blocks, and whose tries may be asked for.
const SAFE: &str = r#"
schema = 1
[[road]]
kind = "pkcs15"
safe_query = true
rsa = { mse_p1 = 0x41, input = "block", output = "value" }
ec = { mse_p1 = 0x41, input = "digest", output = "ecdsa" }
gost = { mse_p1 = 0x41, input = "digest", output = "value", reversed = true }
"#;

fn generic() -> Arc<dyn CardRoad> {
    let registry = CardRegistry::builtin().unwrap();
    road(&registry, &[0x3B, 0x00], "pkcs15")
}

fn safe() -> Arc<dyn CardRoad> {
    let registry = CardRegistry::from_toml(&[("safe.toml", SAFE)]).unwrap();
    road(&registry, &[0x3B, 0x00], "pkcs15")
}

fn emulated(form: KeyForm, protocol: Protocol) -> Emulated<Pkcs15Card> {
    Emulated::new(Pkcs15Card::new(form, protocol).unwrap())
}

#[test]
fn every_card_is_read_the_same_over_both_protocols() {
    for (form, pki, person) in FORMS {
        for protocol in [Protocol::T0, Protocol::T1] {
            let mut card = emulated(form, protocol);
            let found = contents(&*generic(), &mut card).unwrap().unwrap();
            assert_eq!(found.label.as_deref(), Some("Test card"));
            assert_eq!(found.serial.as_ref().unwrap().len(), 8);
            assert_eq!(found.applications[0].name, "Test card");
            assert_eq!(found.facts[0].value, "Verifier test data");
            assert!(found.notes.is_empty(), "{:?}", found.notes);

            let [own, issuer] = found.certificates.as_slice() else {
                panic!("{:?}", found.certificates);
            };
            let octets = |name| Identity::new(pki, name).unwrap().certificate().unwrap();
            assert_eq!(own.octets, octets(person));
            assert_eq!(issuer.octets, octets("ca"));
            assert_eq!(
                (own.id.as_str(), issuer.id.as_str()),
                ("pkcs15:45", "pkcs15:46")
            );
            assert_eq!(own.label.as_deref(), Some("Signature"));
            assert!(issuer.key.is_none());
            let key = own.key.as_ref().unwrap();
            assert_eq!(key.pin.as_deref(), Some("pkcs15:01"));

            let [pin] = found.pins.as_slice() else {
                panic!("{:?}", found.pins);
            };
            assert_eq!(
                (pin.id.as_str(), pin.label.as_str()),
                ("pkcs15:01", "User PIN")
            );
            // Nobody said that asking is safe.
            assert_eq!(pin.state, PinState::Unknown);
            assert!(card.commands.iter().all(|command| command[1] != 0x20));
            assert!(!card.is_reset_on_release);
        }
    }
}

/// The figures of docs/cards.md.
#[test]
fn a_card_is_read_with_no_more_commands_than_stated() {
    let forms = [KeyForm::RsaDigestInfo, KeyForm::EcSequence, KeyForm::Gost];
    let counts = forms.map(|form| {
        [Protocol::T1, Protocol::T0].map(|protocol| {
            let mut card = emulated(form, protocol);
            contents(&*generic(), &mut card).unwrap().unwrap();
            card.commands.len()
        })
    });
    assert_eq!(counts, [[31, 40], [27, 36], [37, 46]]);
}

#[test]
fn the_application_is_found_by_all_ways() {
    for how in [
        Finding::Directory,
        Finding::DirectoryOfRecords,
        Finding::Identifier,
        Finding::Place,
    ] {
        for protocol in [Protocol::T0, Protocol::T1] {
            let card = Pkcs15Card::new(KeyForm::EcSequence, protocol).unwrap();
            let mut card = Emulated::new(card.found(how));
            let found = contents(&*generic(), &mut card).unwrap().unwrap();
            assert_eq!(found.certificates.len(), 2, "{how:?}");
            let pin = pin(PIN);
            let own = &found.certificates[0];
            signed(&*generic(), &mut card, own, Some(PinUse::new(&pin))).unwrap();
        }
    }
}

#[test]
fn a_card_without_pkcs_15_is_said_to_be_none() {
    let mut card = Emulated::new(testdata::card::files::FileSystemCard::default());
    assert!(contents(&*generic(), &mut card).unwrap().is_none());
}

#[test]
fn every_key_signs_and_the_pin_is_sent_once() {
    for (form, ..) in FORMS {
        for protocol in [Protocol::T0, Protocol::T1] {
            let road = match form {
                KeyForm::RsaBlock => safe(),
                _ => generic(),
            };
            let mut card = emulated(form, protocol);
            let found = contents(&*road, &mut card).unwrap().unwrap();
            let pin = pin(PIN);
            signed(
                &*road,
                &mut card,
                &found.certificates[0],
                Some(PinUse::new(&pin)),
            )
            .unwrap_or_else(|error| panic!("{form:?} {protocol:?}: {error}"));
            assert_eq!(card.card.pins().sent(PIN_REFERENCE), 1);
            assert_eq!(card.card.signatures(), 1);
            assert!(card.is_reset_on_release);
        }
    }
}

#[test]
fn a_card_that_turns_octets_round_signs_by_its_profile_and_not_by_another() {
    let card = Pkcs15Card::new(KeyForm::Gost, Protocol::T1).unwrap();
    let mut card = Emulated::new(card.reversed());
    let found = contents(&*safe(), &mut card).unwrap().unwrap();
    let own = &found.certificates[0];
    let pin = pin(PIN);
    signed(&*safe(), &mut card, own, Some(PinUse::new(&pin))).unwrap();

    let prepared = prepared(&own.octets);
    let key = own.key.as_ref().unwrap();
    let asked = prepared.to_be_signed();
    let value = generic()
        .sign(
            &mut Channel::new(&mut card),
            key,
            Some(PinUse::new(&pin)),
            asked,
        )
        .unwrap();
    assert!(prepared.finish(&value).is_err());
}

#[test]
fn a_wrong_pin_spends_one_try_and_says_what_is_left() {
    let mut card = emulated(KeyForm::EcSequence, Protocol::T0);
    let found = contents(&*generic(), &mut card).unwrap().unwrap();
    let own = &found.certificates[0];
    let wrong = pin(b"654321");
    let error = signed(&*generic(), &mut card, own, Some(PinUse::new(&wrong))).unwrap_err();
    assert_eq!(error.kind, CardErrorKind::PinWrong { left: Some(2) });
    assert_eq!(card.card.pins().sent(PIN_REFERENCE), 1);
    assert_eq!(card.card.signatures(), 0);
    assert!(card.is_reset_on_release);
}

#[test]
fn the_last_try_is_spent_with_leave_only() {
    let last = || {
        let card = Pkcs15Card::new(KeyForm::EcSequence, Protocol::T1).unwrap();
        Emulated::new(card.with_tries_left(1))
    };
    let mut card = last();
    let found = contents(&*safe(), &mut card).unwrap().unwrap();
    assert_eq!(found.pins[0].state, PinState::Tries(1));
    let own = &found.certificates[0];
    let (right, wrong) = (pin(PIN), pin(b"654321"));
    let error = signed(&*safe(), &mut card, own, Some(PinUse::new(&right))).unwrap_err();
    assert_eq!(error.kind, CardErrorKind::PinLastTry);
    assert_eq!(card.card.pins().sent(PIN_REFERENCE), 0);

    let leave = PinUse::new(&right).allowing_last_try();
    signed(&*safe(), &mut card, own, Some(leave)).unwrap();

    let mut card = last();
    let leave = PinUse::new(&wrong).allowing_last_try();
    let error = signed(&*safe(), &mut card, own, Some(leave)).unwrap_err();
    assert_eq!(error.kind, CardErrorKind::PinBlocked);
    let error = signed(&*safe(), &mut card, own, Some(leave)).unwrap_err();
    assert_eq!(error.kind, CardErrorKind::PinBlocked);
    assert_eq!(card.card.pins().sent(PIN_REFERENCE), 1);
}

#[test]
fn nothing_is_sent_for_a_pin_that_the_card_cannot_take() {
    for wrong in [&b"123"[..], b"12345678901234567", b"12a456"] {
        let mut card = emulated(KeyForm::EcSequence, Protocol::T1);
        let found = contents(&*generic(), &mut card).unwrap().unwrap();
        let wrong = pin(wrong);
        let own = &found.certificates[0];
        let error = signed(&*generic(), &mut card, own, Some(PinUse::new(&wrong))).unwrap_err();
        assert_eq!(error.kind, CardErrorKind::PinRejected);
        let error = signed(&*generic(), &mut card, own, None).unwrap_err();
        assert_eq!(error.kind, CardErrorKind::PinRequired);
        assert!(card.commands.iter().all(|command| command[1] != 0x20));
    }
}

#[test]
fn a_key_that_is_not_the_one_shown_does_not_sign() {
    let mut card = emulated(KeyForm::EcSequence, Protocol::T1);
    let found = contents(&*generic(), &mut card).unwrap().unwrap();
    let right = pin(PIN);
    type Change = fn(&mut pcsc_reader::CardKey);
    let changes: [Change; 3] = [
        |key| key.reference = vec![0x99],
        |key| key.pin = None,
        |key| key.path = vec![0x3F, 0x00],
    ];
    for change in changes {
        let mut own = found.certificates[0].clone();
        change(own.key.as_mut().unwrap());
        let error = signed(&*generic(), &mut card, &own, Some(PinUse::new(&right))).unwrap_err();
        assert_eq!(error.kind, CardErrorKind::NoKey);
    }
    assert_eq!(card.card.pins().sent(PIN_REFERENCE), 0);
}

#[test]
fn a_directory_at_fault_costs_what_it_names_and_nothing_else() {
    let whole = Pkcs15Card::new(KeyForm::EcSequence, Protocol::T1).unwrap();
    let directory = whole.object(Object::ObjectDirectory).to_vec();
    let keys = whole.object(Object::PrivateKeys).to_vec();
    let certificates = whole.object(Object::Certificates).to_vec();
    let entries: Vec<_> = pcsc_reader::Tlv::all(&directory).unwrap();
    let without = |tag: u32| -> Vec<u8> {
        let left = entries.iter().filter(|entry| entry.tag.0 != tag);
        left.flat_map(|entry| entry.octets.to_vec()).collect()
    };
    let (entry, _) = pcsc_reader::Tlv::first(&certificates).unwrap();
    let joined = |octets: &[u8], from: &[u8], to: &[u8]| {
        let at = octets
            .windows(from.len())
            .position(|part| part == from)
            .unwrap();
        let mut octets = octets.to_vec();
        octets[at..at + to.len()].copy_from_slice(to);
        octets
    };
    // Certificates, of which with a key, and notes.
    for (name, object, octets, expected) in [
        (
            "as it is",
            Object::PrivateKeys,
            keys.clone(),
            (2, 1, vec![]),
        ),
        (
            "ends early",
            Object::ObjectDirectory,
            directory[..25].to_vec(),
            (
                1,
                0,
                vec!["pkcs15.directory.damaged", "pkcs15.key.pin_unknown"],
            ),
        ),
        (
            "no keys",
            Object::ObjectDirectory,
            without(0xA0),
            (2, 0, vec![]),
        ),
        (
            "no PINs",
            Object::ObjectDirectory,
            without(0xA8),
            (2, 0, vec!["pkcs15.key.pin_unknown"]),
        ),
        (
            "key of another PIN",
            Object::PrivateKeys,
            joined(&keys, &[0x04, 0x01, 0x01], &[0x04, 0x01, 0x02]),
            (2, 0, vec!["pkcs15.key.pin_unknown"]),
        ),
        (
            "key of another certificate",
            Object::PrivateKeys,
            joined(&keys, &[0x04, 0x01, 0x45], &[0x04, 0x01, 0x47]),
            (2, 0, vec!["pkcs15.key.no_certificate"]),
        ),
        (
            "key that does not sign",
            Object::PrivateKeys,
            joined(
                &keys,
                &[0x03, 0x03, 0x06, 0x20, 0x40],
                &[0x03, 0x03, 0x06, 0x10, 0x00],
            ),
            (2, 1, vec![]),
        ),
        (
            "two certificates of one key",
            Object::Certificates,
            [entry.octets, entry.octets].concat(),
            (3, 2, vec![]),
        ),
        (
            "path outside",
            Object::Certificates,
            joined(&certificates, &[0x31, 0x00], &[0x77, 0x77]),
            (1, 0, vec!["pkcs15.certificate.unreadable"]),
        ),
        (
            "object too large",
            Object::Certificate,
            vec![0x30, 0x83, 0x01, 0x00, 0x00, 0x00],
            (1, 0, vec!["pkcs15.certificate.unreadable"]),
        ),
        (
            "object that ends early",
            Object::Certificate,
            vec![0x30, 0x82, 0x01, 0x00, 0x00],
            (1, 0, vec!["pkcs15.certificate.unreadable"]),
        ),
        (
            "no certificate",
            Object::Certificate,
            vec![0x04, 0x01, 0x00],
            (1, 0, vec!["pkcs15.certificate.unreadable"]),
        ),
        (
            "endless",
            Object::Certificates,
            entry.octets.repeat(300),
            (254, 254, vec!["pkcs15.directory.damaged"]),
        ),
    ] {
        let card = Pkcs15Card::new(KeyForm::EcSequence, Protocol::T1).unwrap();
        let mut card = Emulated::new(card.with_object(object, &octets));
        let found = contents(&*generic(), &mut card).unwrap().unwrap();
        let keys = found.certificates.iter().filter(|it| it.key.is_some());
        let notes: Vec<_> = found.notes.iter().map(|note| note.code).collect();
        let seen = (found.certificates.len(), keys.count(), notes);
        assert_eq!(seen, expected, "{name}");
    }
}

#[test]
fn two_certificates_of_one_key_have_two_names() {
    let whole = Pkcs15Card::new(KeyForm::EcSequence, Protocol::T1).unwrap();
    let certificates = whole.object(Object::Certificates).to_vec();
    let (entry, _) = pcsc_reader::Tlv::first(&certificates).unwrap();
    let twice = [entry.octets, entry.octets].concat();
    let mut card = Emulated::new(whole.clone().with_object(Object::Certificates, &twice));
    let found = contents(&*generic(), &mut card).unwrap().unwrap();
    let names: Vec<_> = found.certificates.iter().map(|it| it.id.as_str()).collect();
    assert_eq!(names, ["pkcs15:45", "pkcs15:45/2", "pkcs15:46"]);
}

#[test]
fn a_card_that_is_read_twice_says_the_same() {
    let mut card = emulated(KeyForm::RsaDigestInfo, Protocol::T0);
    let first = format!("{:?}", contents(&*generic(), &mut card).unwrap());
    card.card.reset();
    assert_eq!(
        format!("{:?}", contents(&*generic(), &mut card).unwrap()),
        first
    );
}
