//! What opens a universal electronic card of every version and suite, and all that is then read of it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pcsc_reader::uec::UecRoad;
use pcsc_reader::{CardContents, CardErrorKind, CardRoad, Channel};
use support::emulated::Emulated;
use support::uec::{Between, Terminal, assert_citizen, facts, read, read_with_photo, settings};
use testdata::card::uec::{INFORMATION_RSA, Interface, TestTerminal, Uec, tlv};
use testdata::card::{Card, Identity};

/// Exchanges of a whole reading with contacts.
const V10_GOST: usize = 108;
const MICRON_GOST: usize = 108;

fn rsa() -> Terminal {
    Terminal::of(TestTerminal::rsa())
}

/// Commands with these first octets.
fn sent(commands: &[Vec<u8>], start: &str) -> usize {
    let start = hex::decode(start.replace(' ', "")).unwrap();
    commands
        .iter()
        .filter(|command| command.starts_with(&start))
        .count()
}

/// What version 1.0 opens to PIN 1, where insurance is free and the pension fund has a sector.
fn assert_citizen_v1_0(contents: &CardContents) {
    for (key, expected) in [
        ("snils", &["00100200304", "001-002-003 04"][..]),
        ("surname", &["СИДОРОВ", "СИДОРОВ"]),
        ("birth_date", &["1980-02-29", "29.02.1980"]),
        ("pension_registered", &["01.01.2000"]),
        ("phone", &["+70000000000"]),
        ("oms_until", &["2099-12-31"]),
    ] {
        assert_eq!(facts(contents, key), expected, "{key}");
    }
    let codes: Vec<_> = contents.notes.iter().map(|note| note.code).collect();
    assert!(!codes.contains(&"card.uec.protected"), "{codes:?}");
    assert!(!codes.contains(&"card.uec.unreadable"), "{codes:?}");
}

/// Reads the card and looks at how the PIN went: once, and never in the clear.
fn opened(card: Uec, mut terminal: Terminal) -> (CardContents, Vec<Vec<u8>>) {
    let mut card = Emulated::new(card);
    let (contents, result) = read(&mut card, Some(&mut terminal), "1234");
    assert_eq!(result, Ok(()));
    assert_eq!((card.card.pins(), card.card.tries_left()), (1, 3));
    assert_eq!(
        (sent(&card.commands, "0020"), sent(&card.commands, "0C20")),
        (0, 1)
    );
    assert!(card.is_reset_on_release);
    (contents, card.commands)
}

#[test]
fn version_1_0_of_gost_opens_with_an_ephemeral_key_and_a_stream() {
    let (contents, commands) = opened(Uec::v1_0(), Terminal::new());
    assert_citizen_v1_0(&contents);
    // Key 17, 128 octets; certificates under AE; a challenge of 16 octets; no environment.
    assert_eq!(sent(&commands, "00820017 80"), 1);
    assert_eq!(sent(&commands, "102A00AE"), 2);
    assert_eq!(sent(&commands, "0084000010"), 1);
    assert_eq!(sent(&commands, "0022"), 0);
    // Cryptograms are marked as unpadded, and Le is written always.
    assert!(sent(&commands, "0C200001 14 8709 02") == 1);
    assert_eq!(commands.len(), V10_GOST, "docs/cards.md states it");
}

#[test]
fn micron_is_told_its_keys_and_gives_a_short_challenge() {
    let (contents, commands) = opened(Uec::micron(), Terminal::new());
    assert_citizen_v1_0(&contents);
    for template in ["81B6", "81A4", "31B4", "31B8"] {
        assert_eq!(
            sent(&commands, &format!("0022{template} 03 830115")),
            1,
            "{template}"
        );
    }
    assert_eq!(sent(&commands, "0084000008"), 1);
    assert_eq!(sent(&commands, "102A00BE"), 2);
    assert_eq!(sent(&commands, "00820017 80"), 1);
    assert_eq!(commands.len(), MICRON_GOST, "docs/cards.md states it");

    let (contents, commands) = opened(Uec::micron(), rsa());
    assert_citizen_v1_0(&contents);
    assert_eq!(sent(&commands, "002281B6 03 830116"), 1);
    // Micron says that it takes long data, and is spoken to in chains all the same.
    assert_eq!(
        (sent(&commands, "10820016"), sent(&commands, "00C2")),
        (1, 0)
    );
}

#[test]
fn a_micron_that_was_not_told_its_keys_opens_nothing() {
    for template in [[0x81, 0xB6], [0x81, 0xA4], [0x31, 0xB4], [0x31, 0xB8]] {
        // The environment does not reach the card.
        let deaf = Deaf {
            card: Uec::micron(),
            template,
        };
        let mut card = Emulated::new(deaf);
        let (_, result) = read(&mut card, Some(&mut Terminal::new()), "1234");
        assert_eq!(
            result.unwrap_err().kind,
            CardErrorKind::Refused,
            "{template:02X?}"
        );
        assert_eq!(card.card.card.pins(), 0);
    }
}

/// A card that loses one template of MANAGE SECURITY ENVIRONMENT.
struct Deaf {
    card: Uec,
    template: [u8; 2],
}

impl Card for Deaf {
    fn atr(&self) -> Vec<u8> {
        self.card.atr()
    }

    fn reset(&mut self) {
        self.card.reset();
    }

    fn answer(&mut self, command: &[u8]) -> Option<Vec<u8>> {
        if command[1] == 0x22 && command[2..4] == self.template {
            return Some(vec![0x90, 0x00]);
        }
        self.card.answer(command)
    }
}

#[test]
fn rsa_goes_in_a_chain_under_key_16() {
    for interface in [Interface::Contact, Interface::Contactless] {
        let (contents, commands) = opened(Uec::v1_1_rsa(interface), rsa());
        assert_citizen(&contents);
        assert_eq!(
            (
                sent(&commands, "10820016 80"),
                sent(&commands, "00820016 80")
            ),
            (1, 1)
        );
        assert_eq!(sent(&commands, "0022"), 0);
    }
    let (contents, commands) = opened(Uec::v1_0(), rsa());
    assert_citizen_v1_0(&contents);
    assert_eq!(sent(&commands, "10820016 80"), 1);
    assert!(sent(&commands, "102A00AE") >= 2);
}

#[test]
fn rsa_goes_in_one_long_command_under_key_18() {
    // Without contacts it is extended, with contacts in envelopes.
    let (contents, commands) = opened(Uec::v1_1_rsa_long(Interface::Contactless), rsa());
    assert_citizen(&contents);
    assert_eq!(sent(&commands, "00820018 000100"), 1);
    let (contents, commands) = opened(Uec::v1_1_rsa_long(Interface::Contact), rsa());
    assert_citizen(&contents);
    assert_eq!(sent(&commands, "00C20000 F8 00820018 000100"), 1);
    assert_eq!(sent(&commands, "10"), 0);
}

#[test]
fn gost_wins_where_both_have_both() {
    let mut both = Terminal::new();
    both.information[14] |= INFORMATION_RSA[14];
    let (contents, commands) = opened(Uec::v1_1_rsa(Interface::Contactless), both);
    assert_citizen(&contents);
    assert_eq!(sent(&commands, "00820015 50"), 1);
    // No suite of both: nothing is begun.
    let mut card = Emulated::new(Uec::v1_1(Interface::Contactless));
    let (_, result) = read(&mut card, Some(&mut rsa()), "1234");
    assert_eq!(
        result.unwrap_err().kind,
        CardErrorKind::TerminalCredentialMissing
    );
    assert_eq!((sent(&card.commands, "0084"), card.card.pins()), (0, 0));
}

#[test]
fn a_card_that_has_not_the_key_gets_no_pin_in_any_suite() {
    for (card, terminal) in [
        (Uec::v1_0(), Terminal::new()),
        (Uec::v1_0(), rsa()),
        (Uec::micron(), Terminal::new()),
        (Uec::v1_1_rsa(Interface::Contactless), rsa()),
        (Uec::v1_1_rsa_long(Interface::Contactless), rsa()),
    ] {
        let mut terminal = terminal;
        let mut card = Emulated::new(Between::new(card, |command, mut answer| {
            // The answer itself, or what GET RESPONSE brings of it.
            if matches!(command[1], 0x82 | 0xC0) && answer.len() > 2 {
                answer[2] ^= 1;
            }
            Some(answer)
        }));
        let (_, result) = read(&mut card, Some(&mut terminal), "1234");
        assert!(result.is_err());
        assert_eq!(card.card.card.pins(), 0);
        assert_eq!(
            sent(&card.commands, "0020") + sent(&card.commands, "0C20"),
            0
        );
    }
}

/// Octets that begin as a photograph of the JPEG format does.
fn photo(octets: usize) -> Vec<u8> {
    let content: Vec<u8> = (0..octets).map(|place| (place % 251) as u8).collect();
    [&[0xFF, 0xD8, 0xFF, 0xE0], content.as_slice()].concat()
}

#[test]
fn every_block_that_is_known_is_read() {
    let picture = photo(3000);
    for interface in [Interface::Contact, Interface::Contactless] {
        let full = Uec::v1_1_full(interface, &tlv(&[0x5F, 0x40], &picture));
        let mut card = Emulated::new(full);
        let (contents, result) = read_with_photo(&mut card, Some(&mut Terminal::new()), "1234");
        let taken = result.unwrap().unwrap();
        assert_eq!(taken.0, picture);
        assert_eq!(format!("{taken:?}"), "Photo(3004 octets)");
        for (key, expected) in [
            (
                "uec_blocks",
                "1-1, 1-2, 1-3, 1-4, 2-4, 2-5, 2-6, 2-7, 3-1, 3-2",
            ),
            ("photo", "JPEG, 3004 байт / JPEG, 3004 bytes"),
            ("address", "УЛ. МИРА, 1"),
            ("phone", "+70000000000"),
            ("email", "p@example.test"),
            ("inn", "000000000000"),
            ("driving_licence", "77 00 000001"),
            ("vehicle_registration", "А001АА77"),
            ("document_type", "паспорт РФ / Russian passport"),
            ("document_series", "4500"),
            ("document_number", "000001"),
            ("document_issued", "01.02.2003"),
            ("document_issuer", "ОВД"),
            ("document_department", "770-001"),
            ("pension_office", "ОТДЕЛЕНИЕ 1"),
            ("pension_periods", "2010-2011"),
            ("pension_kinds", "ПО СТАРОСТИ"),
            ("pension_payment", "1000.00"),
            ("pension_benefits", "НЕТ"),
            ("pension_checksum", "0A0B0C0D"),
            ("pension_signature", "64 байт / 64 bytes"),
        ] {
            assert_eq!(facts(&contents, key), [expected], "{key}");
        }
        // Nothing but fill is no value; what the document does not say is left out.
        for key in ["pension_reserve", "document_until", "document_extra"] {
            assert_eq!(facts(&contents, key), [""; 0], "{key}");
        }
        let codes: Vec<_> = contents.notes.iter().map(|note| note.code).collect();
        assert_eq!(codes, ["card.uec.legacy"]);
    }
}

#[test]
fn without_a_terminal_every_block_is_told_as_protected() {
    let mut card = Emulated::new(Uec::v1_1_full(Interface::Contactless, &photo(10)));
    let mut contents = CardContents::default();
    let road = UecRoad::new(settings());
    let result = road.read(&mut Channel::new(&mut card), &mut contents, &mut ());
    assert_eq!(result, Ok(true));
    let note = contents
        .notes
        .iter()
        .find(|note| note.code == "card.uec.protected");
    assert_eq!(
        note.unwrap().about.as_deref(),
        Some("1-2, 1-3, 1-4, 2-4, 2-5, 2-6, 2-7, 3-1, 3-2")
    );
    assert_eq!(facts(&contents, "photo"), [""; 0]);
}

#[test]
fn a_photograph_that_is_none_costs_itself_only() {
    let at_most = tlv(&[0x5F, 0x40], &photo(100));
    for (file, expected) in [
        (at_most.clone(), Some(104)),
        // No photograph: fill, or an object of another tag.
        (vec![0; 20], None),
        (tlv(&[0x5F, 0x41], &photo(100)), None),
        // A file that ends before its object, one without an object, one longer than READ BINARY reaches.
        (at_most[..50].to_vec(), None),
        (vec![0x5F, 0x40, 0x85, 1, 1, 1, 1, 1, 1], None),
        (tlv(&[0x5F, 0x40], &photo(0x8000)), None),
    ] {
        let mut card = Emulated::new(Uec::v1_1_full(Interface::Contactless, &file));
        let (contents, result) = read_with_photo(&mut card, Some(&mut Terminal::new()), "1234");
        assert_eq!(result.unwrap().map(|photo| photo.0.len()), expected);
        assert_eq!(facts(&contents, "surname").len(), 2, "the rest is read");
        let shown = format!("{:?}", contents.notes);
        let is_cut = file.len() > 40 && expected.is_none() && file[1] == 0x40 || file.len() == 9;
        assert_eq!(shown.contains("card.uec.unreadable"), is_cut, "{shown}");
    }
}

#[test]
fn the_holders_chain_is_read_to_its_end() {
    let identity = Identity::new("ru-demo", "citizen").unwrap();
    let own = identity.certificate().unwrap();
    let road = UecRoad::new(settings());
    for (octets, expected) in [
        (own.to_vec(), &["uec:0011"][..]),
        ([own, own].concat(), &["uec:0011", "uec:0011.2"]),
        (
            [own, own, &[0xFF; 30]].concat(),
            &["uec:0011", "uec:0011.2"],
        ),
        ([own, &[0x00; 3]].concat(), &["uec:0011"]),
        // At most four.
        (
            [own; 5].concat(),
            &["uec:0011", "uec:0011.2", "uec:0011.3", "uec:0011.4"],
        ),
        // The second is cut short: the file as a whole is not what it should be.
        ([own, &own[..300]].concat(), &[]),
    ] {
        let card = Uec::v1_1(Interface::Contactless).with_holder_certificate(&octets);
        let mut contents = CardContents::default();
        let mut card = Emulated::new(card);
        let result = road.read(&mut Channel::new(&mut card), &mut contents, &mut ());
        assert_eq!(result, Ok(true));
        let ids: Vec<_> = contents
            .certificates
            .iter()
            .map(|it| it.id.as_str())
            .collect();
        assert_eq!(ids, expected);
        assert!(contents.certificates.iter().all(|it| it.octets == own));
        let is_told = contents
            .notes
            .iter()
            .any(|note| note.code == "card.uec.unreadable");
        assert_eq!(is_told, expected.is_empty());
    }
}

#[test]
fn a_file_shorter_than_five_octets_is_read() {
    let road = UecRoad::new(settings());
    for interface in [Interface::Contact, Interface::Contactless] {
        for flag in [
            &[0x30, 0x00][..],
            &[0x30, 0x01, 0x05],
            &[0x30, 0x02, 0x03, 0x00],
        ] {
            let mut card = Emulated::new(Uec::v1_1(interface).with_presence(flag));
            let mut contents = CardContents::default();
            let result = road.read(&mut Channel::new(&mut card), &mut contents, &mut ());
            assert_eq!(result, Ok(true));
            // The flag says nothing, so that the certificate itself is looked for.
            assert_eq!(
                facts(&contents, "uec_holder_certificate").len(),
                1,
                "{flag:02X?}"
            );
            assert!(!format!("{:?}", contents.notes).contains("unreadable"));
        }
    }
}

#[test]
fn what_a_chip_can_do_beside_its_suites_is_told() {
    let capabilities = |card| {
        let mut card = Emulated::new(card);
        let mut contents = CardContents::default();
        let road = UecRoad::new(settings());
        let result = road.read(&mut Channel::new(&mut card), &mut contents, &mut ());
        assert_eq!(result, Ok(true));
        facts(&contents, "uec_capabilities").join("")
    };
    assert_eq!(capabilities(Uec::v1_1(Interface::Contact)), "");
    let long = "длинные команды / long commands";
    assert_eq!(capabilities(Uec::v1_1_long(Interface::Contact)), long);
    let micron = "длинные команды, MSE (Micron) / long commands, MSE (Micron)";
    assert_eq!(capabilities(Uec::micron()), micron);
}

#[test]
fn a_state_that_is_not_known_is_told_as_such() {
    for (octet, expected) in [
        (0x77, "согласовано / consistent"),
        (0x7F, "не согласовано / inconsistent"),
        (0x00, "неизвестно / unknown"),
    ] {
        let card = Uec::v1_1(Interface::Contactless);
        let mut card = Emulated::new(Between::new(card, move |command, answer| {
            let is_state = command.starts_with(&[0x00, 0xCA, 0xDF, 0x2C]);
            Some(if is_state {
                vec![octet, 0x90, 0x00]
            } else {
                answer
            })
        }));
        let mut contents = CardContents::default();
        let road = UecRoad::new(settings());
        let result = road.read(&mut Channel::new(&mut card), &mut contents, &mut ());
        assert_eq!(result, Ok(true));
        assert_eq!(facts(&contents, "uec_state"), [expected]);
    }
}
