//! A PKCS #15 card that goes wrong at every command of reading and of signing: no hang, no panic, a typed error, and a
//! PIN sent once at most.

mod support;

use pcsc_reader::{CardErrorKind, CardRegistry, Channel, PinUse};
use support::emulated::Emulated;
use support::signing::{contents, pin, prepared, road};
use testdata::card::Protocol;
use testdata::card::fault::{Fault, Faulty};
use testdata::card::pkcs15::{KeyForm, PIN, PIN_REFERENCE, PIN_TRIES, Pkcs15Card};

const FAULTS: [Fault; 13] = [
    Fault::Leave,
    Fault::Reset,
    Fault::EndlessAnswer,
    Fault::WrongLength,
    Fault::Cut(0),
    Fault::Cut(1),
    Fault::Cut(2),
    Fault::TooLong(1),
    Fault::TooLong(300),
    Fault::TooLong(70_000),
    Fault::Status(0x6F00),
    Fault::Status(0x6982),
    Fault::Status(0x63C1),
];

/// Commands after which a run counts as one that hangs.
const MANY: usize = 40_000;

const CARDS: [(KeyForm, Protocol); 2] = [
    (KeyForm::RsaDigestInfo, Protocol::T0),
    (KeyForm::EcSequence, Protocol::T1),
];

#[test]
fn reading_ends_whatever_happens_at_any_command() {
    let registry = CardRegistry::builtin().unwrap();
    for (form, protocol) in CARDS {
        let whole = Pkcs15Card::new(form, protocol).unwrap();
        let road = road(&registry, &[0x3B, 0x00], "pkcs15");
        let mut card = Emulated::new(whole.clone());
        let sound = contents(&*road, &mut card).unwrap().unwrap();
        for fault in FAULTS {
            for at in 0..card.commands.len() {
                let mut card = Emulated::new(Faulty::new(whole.clone(), fault, at));
                let read = contents(&*road, &mut card);
                let context = format!("{form:?} {fault:?} at {at}");
                assert!(card.commands.len() < MANY, "{context}");
                assert_eq!(card.card.card.pins().sent(PIN_REFERENCE), 0);
                match (fault, read) {
                    (Fault::Leave, Err(error)) => assert_eq!(error.kind, CardErrorKind::Removed),
                    (Fault::Leave, Ok(_)) => panic!("{context}"),
                    (Fault::Cut(0 | 1), read) => {
                        let error = read.unwrap_err();
                        assert_eq!(error.kind, CardErrorKind::ShortResponse, "{context}");
                    }
                    (_, Ok(Some(found))) => {
                        // Never more than there is.
                        assert!(
                            found.certificates.len() <= sound.certificates.len(),
                            "{context}"
                        );
                    }
                    (_, Ok(None) | Err(_)) => {}
                }
            }
        }
    }
}

#[test]
fn signing_ends_and_spends_one_try_at_most_whatever_happens_at_any_command() {
    let registry = CardRegistry::builtin().unwrap();
    for (form, protocol) in CARDS {
        let whole = Pkcs15Card::new(form, protocol).unwrap();
        let road = road(&registry, &[0x3B, 0x00], "pkcs15");
        let mut card = Emulated::new(whole.clone());
        let found = contents(&*road, &mut card).unwrap().unwrap();
        let certificate = &found.certificates[0];
        let key = certificate.key.as_ref().unwrap();
        let prepared = prepared(&certificate.octets);
        card.commands.clear();
        let pin = pin(PIN);
        let use_once = PinUse::new(&pin);
        let asked = prepared.to_be_signed();
        let value = road.sign(&mut Channel::new(&mut card), key, Some(use_once), asked);
        prepared.finish(&value.unwrap()).unwrap();
        for fault in FAULTS {
            for at in 0..card.commands.len() {
                let mut card = Emulated::new(Faulty::new(whole.clone(), fault, at));
                let asked = prepared.to_be_signed();
                let value = road.sign(&mut Channel::new(&mut card), key, Some(use_once), asked);
                let context = format!("{form:?} {fault:?} at {at}");
                assert!(card.commands.len() < MANY, "{context}");
                let verifies = card
                    .commands
                    .iter()
                    .filter(|it| it[1] == 0x20 && it.len() > 5);
                assert!(verifies.count() <= 1, "{context}");
                let pins = card.card.card.pins();
                assert!(pins.sent(PIN_REFERENCE) <= 1, "{context}");
                assert_eq!(pins.left(PIN_REFERENCE), Some(PIN_TRIES), "{context}");
                // Who comes next inherits no PIN.
                let was_sent = pins.sent(PIN_REFERENCE) == 1;
                assert!(card.is_reset_on_release || !was_sent, "{context}");
                if let Ok(value) = value {
                    // Octets before a signature are caught by who finishes the message.
                    let is_right = prepared.finish(&value).is_ok();
                    assert!(is_right || matches!(fault, Fault::TooLong(_)), "{context}");
                    assert_ne!(fault, Fault::Leave, "{context}");
                }
            }
        }
    }
}
