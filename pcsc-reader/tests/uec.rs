//! Universal electronic cards: what is read of them without a terminal.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pcsc_reader::uec::{CardDate, UecRoad, UecSettings, expiry_note};
use pcsc_reader::{
    CardContents, CardErrorKind, CardIdentity, CardRegistry, CardRoad, Channel, CommandApdu,
    PinState, Transport,
};
use proptest::prelude::*;
use support::emulated::Emulated;
use support::uec::Between;
use testdata::card::uec::{Interface, Uec};
use testdata::card::{Card, Identity};

const PLAIN_VERIFY: [u8; 13] = [
    0x00, 0x20, 0x00, 0x01, 0x08, 0x24, 0x12, 0x34, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
];

const APPLICATION_KEYS: [&str; 2] = [
    "ГОСТ / GOST",
    "RSA, 1024 бит, показатель 65537 / RSA, 1024 bits, exponent 65537",
];

fn road() -> UecRoad {
    UecRoad::new(UecSettings::builtin().unwrap())
}

/// What is open, and the commands that it took.
fn read(card: impl Card) -> (CardContents, Vec<Vec<u8>>) {
    let mut card = Emulated::new(card);
    let mut contents = CardContents::default();
    let result = road().read(&mut Channel::new(&mut card), &mut contents, &mut ());
    assert_eq!(result, Ok(true));
    assert!(!card.is_reset_on_release, "nothing was opened");
    (contents, card.commands)
}

fn facts<'c>(contents: &'c CardContents, key: &str) -> Vec<&'c str> {
    let facts = contents.facts.iter().filter(|fact| fact.key == key);
    facts.map(|fact| fact.value.as_str()).collect()
}

fn notes(contents: &CardContents) -> Vec<(&str, Option<&str>)> {
    let notes = contents.notes.iter();
    notes
        .map(|note| (note.code, note.about.as_deref()))
        .collect()
}

fn has_command(commands: &[Vec<u8>], start: &str) -> bool {
    let start = hex::decode(start).unwrap();
    commands.iter().any(|command| command.starts_with(&start))
}

#[test]
fn version_1_1_tells_what_is_open() {
    let (contents, commands) = read(Uec::v1_1(Interface::Contact));
    for (key, expected) in [
        ("uec_version", "1.1"),
        ("uec_valid_from", "2013-03-15"),
        ("uec_valid_until", "2018-03-14"),
        ("uec_cryptography", "ГОСТ / GOST"),
        ("uec_root_key_set", "1"),
        ("uec_sectors", "1 (11), 3 (11)"),
        ("uec_state", "согласовано / consistent"),
        ("uec_cin", "****************0809"),
        ("uec_pan", "***************2345"),
        ("uec_greeting", "ЗДРАВСТВУЙТЕ, ПЁТР"),
        (
            "uec_application_certificate",
            "ИД-приложение, ГОСТ, 2013-03-15 – 2018-03-14 / identification application, GOST, 2013-03-15 – 2018-03-14",
        ),
        (
            "uec_issuer_certificate",
            "эмитент, ГОСТ, 2013-03-15 – 2018-03-14 / issuer, GOST, 2013-03-15 – 2018-03-14",
        ),
        ("uec_application_key", "ГОСТ / GOST"),
        ("uec_blocks", "1-2, 1-4, 3-1, 3-2"),
    ] {
        assert_eq!(facts(&contents, key), [expected], "{key}");
    }
    assert!(contents.facts.iter().all(|fact| !fact.is_assumed));
    assert_eq!(
        notes(&contents),
        [
            ("card.uec.legacy", None),
            ("card.uec.protected", Some("1-2, 1-4, 3-1, 3-2")),
        ]
    );
    let pins: Vec<_> = contents.pins.iter().map(|pin| pin.id.as_str()).collect();
    assert_eq!(pins, ["uec:01", "uec:02", "uec:05"]);
    assert!(
        contents
            .pins
            .iter()
            .all(|pin| pin.state == PinState::Unknown)
    );
    assert_eq!(contents.serial, None, "the number of the card is covered");
    assert!(!has_command(&commands, "0020"));
    assert!(has_command(&commands, "00CADF2C01"));
    assert_eq!(commands.len(), 39, "docs/cards.md states it");
}

#[test]
fn without_contacts_the_number_of_payment_is_closed() {
    let (contents, commands) = read(Uec::v1_1(Interface::Contactless));
    assert_eq!(facts(&contents, "uec_pan"), [""; 0]);
    assert_eq!(facts(&contents, "uec_cin"), ["****************0809"]);
    assert_eq!(facts(&contents, "uec_state"), ["согласовано / consistent"]);
    assert_eq!(commands.len(), 33, "docs/cards.md states it");
}

#[test]
fn version_1_0_tells_what_is_open_and_its_free_blocks() {
    let (contents, commands) = read(Uec::v1_0());
    for (key, expected) in [
        ("uec_version", &["1.0"][..]),
        ("uec_cryptography", &["ГОСТ, RSA/3DES / GOST, RSA/3DES"]),
        ("uec_valid_until", &["2017-02-28"]),
        ("uec_pan", &["***************2345"]),
        ("uec_application_key", &APPLICATION_KEYS),
        (
            "oms_ogrn",
            &["1027739000001", "1027739000001", "1027739000002"],
        ),
        ("oms_okato", &["45000"; 3]),
        ("oms_from", &["2011-01-01", "2011-01-01", "2009-01-01"]),
        ("oms_until", &["2099-12-31"]),
        ("surname", &[]),
        ("uec_greeting", &[]),
        ("uec_state", &[]),
    ] {
        assert_eq!(facts(&contents, key), expected, "{key}");
    }
    assert_eq!(
        notes(&contents),
        [
            ("card.uec.legacy", None),
            ("card.uec.protected", Some("1-2, 1-4, 2-4")),
        ]
    );
    assert!(
        has_command(&commands, "00A4030C"),
        "back to the application"
    );
    assert_eq!(commands.len(), 52, "docs/cards.md states it");
}

#[test]
fn values_of_micron_are_marked_as_not_from_the_card() {
    let (contents, commands) = read(Uec::micron());
    for (key, value) in [
        ("uec_version", "1.0"),
        ("uec_valid_from", "2011-03-15"),
        ("uec_valid_until", "2016-03-14"),
        ("uec_sectors", "1 (10), 2 (10), 3 (10)"),
    ] {
        let fact = contents.facts.iter().find(|fact| fact.key == key).unwrap();
        assert_eq!(
            (fact.value.as_str(), fact.is_assumed),
            (value, true),
            "{key}"
        );
    }
    let pan = contents.facts.iter().find(|fact| fact.key == "uec_pan");
    assert!(pan.is_some_and(|fact| !fact.is_assumed));
    // Its keys have no tags.
    assert_eq!(facts(&contents, "uec_application_key"), APPLICATION_KEYS);
    assert!(notes(&contents).contains(&("card.uec.template", None)));
    assert_eq!(commands.len(), 49, "docs/cards.md states it");
}

#[test]
fn the_card_has_expired_by_its_own_dates_only() {
    let day = |year, month, day| CardDate::new(year, month, day).unwrap();
    let (contents, _) = read(Uec::v1_1(Interface::Contact));
    assert_eq!(expiry_note(&contents, day(2018, 3, 14)), None);
    let note = expiry_note(&contents, day(2018, 3, 15)).unwrap();
    assert_eq!(
        (note.code, note.about.as_deref()),
        ("card.uec.expired", Some("2018-03-14"))
    );
    let (micron, _) = read(Uec::micron());
    assert_eq!(expiry_note(&micron, day(2026, 1, 1)), None);
    assert_eq!(expiry_note(&CardContents::default(), day(2026, 1, 1)), None);
}

#[test]
fn no_number_of_a_person_is_in_a_fact_or_in_debug() {
    let (contents, _) = read(Uec::v1_1(Interface::Contact));
    let shown = format!("{:?} {:?}", contents.facts, contents.certificates).to_uppercase();
    for number in ["7604123456789012345", "00010203040506070809", "001002003"] {
        assert!(!shown.contains(number), "{number}");
    }
}

#[test]
fn the_holders_certificate_is_told_by_its_first_octets() {
    let identity = Identity::new("ru-demo", "citizen").unwrap();
    let x509 = identity.certificate().unwrap();
    let (contents, _) = read(Uec::v1_1(Interface::Contactless).with_holder_certificate(x509));
    assert_eq!(contents.certificates.len(), 1);
    let certificate = &contents.certificates[0];
    assert_eq!(certificate.id, "uec:0011");
    assert_eq!(certificate.octets, x509);
    assert_eq!(certificate.key, None, "nothing signs with it");
    assert_eq!(facts(&contents, "uec_holder_certificate"), [""; 0]);

    let (cvc, _) = read(Uec::v1_1(Interface::Contact));
    assert!(cvc.certificates.is_empty());
    assert_eq!(facts(&cvc, "uec_holder_certificate").len(), 1);

    let (none, commands) = read(Uec::v1_1(Interface::Contact).without_holder_certificate());
    assert!(none.certificates.is_empty());
    assert!(
        !has_command(&commands, "00A4000C020011"),
        "the flag says no"
    );

    // Neither, cut short, and empty: said, and the rest is read.
    for (octets, is_unreadable) in [
        (&[0x05, 0x03, 1, 2, 3][..], true),
        (&x509[..300], true),
        (&[0x7F, 0x21, 0x05, 1, 2], true),
        (&[0xFF; 16], false),
    ] {
        let card = Uec::v1_1(Interface::Contact).with_holder_certificate(octets);
        let (contents, _) = read(card);
        assert!(contents.certificates.is_empty());
        let told = notes(&contents).contains(&("card.uec.unreadable", Some("0011")));
        assert_eq!(told, is_unreadable, "{octets:?}");
        assert_eq!(facts(&contents, "uec_blocks").len(), 1);
    }
}

/// A card that answers commands that begin so with this status word; it carries them out only when that is a warning.
struct Refusing {
    card: Uec,
    start: Vec<u8>,
    status: u16,
}

impl Card for Refusing {
    fn atr(&self) -> Vec<u8> {
        self.card.atr()
    }

    fn reset(&mut self) {
        self.card.reset();
    }

    fn answer(&mut self, command: &[u8]) -> Option<Vec<u8>> {
        if !command.starts_with(&self.start) {
            return self.card.answer(command);
        }
        if self.status >> 8 == 0x62 {
            self.card.answer(command)?;
        }
        Some(self.status.to_be_bytes().to_vec())
    }
}

#[test]
fn what_one_part_refuses_does_not_hide_the_others() {
    let contactless = || Uec::v1_1(Interface::Contactless);
    for (start, status, note) in [
        ("00CADF2C", 0x6A88, None),
        ("00CA00CF", 0x6A88, None),
        (
            "00CA00CF",
            0x6F00,
            Some(("card.uec.unreadable", Some("CIN"))),
        ),
        ("00A4000C02000B", 0x6982, None),
        ("00B0", 0x6F00, Some(("card.uec.unreadable", Some("000B")))),
        (
            "00A40008020001",
            0x6982,
            Some(("card.uec.protected", Some("1"))),
        ),
        (
            "00A40008020001",
            0x6985,
            Some(("card.uec.unreadable", Some("1"))),
        ),
        (
            "00A4000C020001",
            0x6985,
            Some(("card.uec.unreadable", Some("3-1"))),
        ),
        // There is no way back but the application itself.
        ("00A4000C023F3F", 0x6A86, None),
        ("00A4040008", 0x6283, Some(("card.uec.template", None))),
        ("00A4040008", 0x6283, Some(("card.uec.deactivated", None))),
    ] {
        let (contents, _) = read(Refusing {
            card: if status == 0x6283 {
                Uec::micron()
            } else {
                contactless()
            },
            start: hex::decode(start).unwrap(),
            status,
        });
        assert!(!contents.facts.is_empty());
        assert!(notes(&contents).contains(&("card.uec.legacy", None)));
        if let Some(note) = note {
            assert!(
                notes(&contents).contains(&note),
                "{start}: {:?}",
                notes(&contents)
            );
        }
        let blocks = facts(&contents, "uec_blocks");
        assert_eq!(blocks.len(), 1, "{start}");
    }
    let inconsistent = Between::new(contactless(), |command, answer| {
        let is_state = command.starts_with(&[0x00, 0xCA, 0xDF, 0x2C]);
        Some(if is_state {
            vec![0x7F, 0x90, 0x00]
        } else {
            answer
        })
    });
    let (contents, _) = read(inconsistent);
    assert_eq!(
        facts(&contents, "uec_state"),
        ["не согласовано / inconsistent"]
    );
    assert!(notes(&contents).contains(&("card.uec.inconsistent", None)));
}

#[test]
fn without_the_application_its_relatives_are_looked_for_in_order() {
    let (contents, commands) = read(Uec::v1_1(Interface::Contactless).without_application());
    let names: Vec<_> = contents
        .applications
        .iter()
        .map(|app| app.name.as_str())
        .collect();
    assert_eq!(names, ["UECISD"]);
    assert_eq!(facts(&contents, "uec_cin"), ["****************0809"]);
    assert!(notes(&contents).contains(&("card.uec.no_application", None)));
    assert_eq!(commands.len(), 3);

    let mut stranger = Emulated::new(Answers::of(Vec::new(), [0x6A, 0x82]));
    let mut contents = CardContents::default();
    let result = road().read(&mut Channel::new(&mut stranger), &mut contents, &mut ());
    assert_eq!(result, Ok(false));
    let aids: Vec<_> = stranger
        .commands
        .iter()
        .map(|command| hex::encode(&command[5..10]))
        .collect();
    assert_eq!(aids, ["a000000432"; 3]);
    assert!(contents.notes.is_empty());
}

#[test]
fn an_unknown_version_is_refused_and_a_broken_answer_too() {
    let fmd = |version: &str| {
        let text = format!("6417 9F0801{version} 5F2403180314 5F2503130315 C2028000 8F0101");
        hex::decode(text.replace(' ', "")).unwrap()
    };
    let answer = |data: Vec<u8>| [data, vec![0x90, 0x00]].concat();
    let kind = |first: Vec<u8>| {
        let mut card = Emulated::new(Answers::of(vec![first], [0x6A, 0x82]));
        let mut contents = CardContents::default();
        let result = road().read(&mut Channel::new(&mut card), &mut contents, &mut ());
        assert_eq!(
            notes(&contents),
            [("card.uec.legacy", None)],
            "known in any case"
        );
        assert_eq!(facts(&contents, "uec_version"), [""; 0]);
        result.map_err(|error| error.kind)
    };
    assert_eq!(kind(answer(fmd("12"))), Err(CardErrorKind::Unsupported));
    assert_eq!(
        kind(answer(fmd("11")[..20].to_vec())),
        Err(CardErrorKind::Malformed)
    );
    // The same in order: the card then has nothing else, not even itself when asked again.
    let mut card = Emulated::new(Answers::of(vec![answer(fmd("11"))], [0x6A, 0x88]));
    let mut contents = CardContents::default();
    let result = road().read(&mut Channel::new(&mut card), &mut contents, &mut ());
    assert!(result.is_err());
    assert_eq!(facts(&contents, "uec_version"), ["1.1"]);
}

#[test]
fn no_pin_leaves_the_program_in_the_clear() {
    let verify = CommandApdu::new([0x00, 0x20, 0x00, 0x01]).with_data(&PLAIN_VERIFY[5..]);
    let mut card = Emulated::new(Uec::v1_1(Interface::Contactless));
    let error = Channel::new(&mut card).send(&verify).unwrap_err();
    assert_eq!(error.kind, CardErrorKind::TerminalCredentialMissing);
    assert!(card.commands.is_empty() && card.card.pins() == 0);
    // The card itself refuses it, too, and counts nothing down.
    let select = hex::decode("00A4040C08A000000432900001").unwrap();
    card.transmit(&select).unwrap();
    let answer = card.transmit(&PLAIN_VERIFY).unwrap();
    assert_eq!(answer.sw1_sw2(), 0x6982);
    assert_eq!((card.card.pins(), card.card.tries_left()), (1, 3));
}

/// A card that answers by a list, and with one status word after that.
struct Answers {
    list: Vec<Vec<u8>>,
    last: [u8; 2],
}

impl Answers {
    fn of(mut list: Vec<Vec<u8>>, last: [u8; 2]) -> Self {
        list.reverse();
        Answers { list, last }
    }
}

impl Card for Answers {
    fn atr(&self) -> Vec<u8> {
        hex::decode("3B8C8001806411650190730000008107F9").unwrap()
    }

    fn reset(&mut self) {}

    fn answer(&mut self, _: &[u8]) -> Option<Vec<u8>> {
        Some(self.list.pop().unwrap_or_else(|| self.last.to_vec()))
    }
}

/// Most commands that one reading takes, whatever the card answers.
const MOST_COMMANDS: usize = 40_000;

#[test]
fn endless_answers_end() {
    let template = "6435 9F080111 5F2403180314 5F2503130315 C2028000 8F0101 E01C E10CDF20010151020001DF210111 E10CDF20010351020003DF210111 9000";
    let fmd = hex::decode(template.replace(' ', "")).unwrap();
    for last in [
        [0x61, 0x00],
        [0x61, 0x01],
        [0x6C, 0x01],
        [0x90, 0x00],
        [0x63, 0xC1],
        [0x69, 0x83],
    ] {
        let mut card = Emulated::new(Answers::of(vec![fmd.clone()], last));
        let mut contents = CardContents::default();
        let _ = road().read(&mut Channel::new(&mut card), &mut contents, &mut ());
        assert!(card.commands.len() < MOST_COMMANDS, "{last:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn whatever_the_card_answers_reading_ends(
        answers in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..40),
        begins_well in any::<bool>(),
    ) {
        let mut list = answers;
        for answer in list.iter_mut().filter(|answer| answer.len() % 3 == 0) {
            answer.extend([0x90, 0x00]);
        }
        if begins_well {
            list.insert(0, vec![0x90, 0x00]);
        }
        let mut card = Emulated::new(Answers::of(list, [0x6A, 0x82]));
        let mut contents = CardContents::default();
        let _ = road().read(&mut Channel::new(&mut card), &mut contents, &mut ());
        prop_assert!(card.commands.len() < MOST_COMMANDS);
        prop_assert!(card.commands.iter().all(|command| command.get(1) != Some(&0x20)));
    }
}

#[test]
fn the_registry_knows_the_card_and_its_road() {
    let registry = CardRegistry::builtin().unwrap();
    for card in [
        Uec::v1_0(),
        Uec::micron(),
        Uec::v1_1(Interface::Contactless),
    ] {
        let CardIdentity::Known(profile) = registry.identity(&card.atr()) else {
            panic!("unknown");
        };
        assert_eq!(profile.id, "uec");
        let names: Vec<_> = profile.roads.iter().map(|road| road.name()).collect();
        assert_eq!(names, ["uec"]);
    }
}
