use std::collections::VecDeque;

use pcsc_reader::{Language, Steps, Transcript};
use serde_json::Value;

use super::*;
use crate::args::Format;

const RUTOKEN_LITE: &str = "3B8B015275746F6B656E6C697465C2";
const UEC: &str = "3B6C000080641134014873F741C08107";

/// A service that shows one list of readers after the other, then fails or is interrupted.
struct Script<'a> {
    looks: VecDeque<Vec<ReaderStatus>>,
    card: Option<Transcript>,
    end: End<'a>,
}

enum End<'a> {
    Interrupt(&'a AtomicBool),
    Failure(CardErrorKind),
}

impl ReaderService for Script<'_> {
    fn readers(&mut self) -> Result<Vec<ReaderStatus>, CardError> {
        self.wait(Duration::ZERO)
    }

    fn wait(&mut self, _limit: Duration) -> Result<Vec<ReaderStatus>, CardError> {
        if let Some(look) = self.looks.pop_front() {
            return Ok(look);
        }
        match self.end {
            End::Failure(kind) => Err(CardError::new(kind)),
            End::Interrupt(flag) => {
                flag.store(true, Ordering::Relaxed);
                Err(CardError::new(CardErrorKind::Cancelled))
            }
        }
    }

    fn transaction(&mut self, _reader: &str, steps: Steps<'_>) -> Result<(), CardError> {
        let card = self
            .card
            .as_mut()
            .expect("no command may be sent to this card");
        steps(card)
    }
}

fn reader(name: &str, slot: Slot) -> ReaderStatus {
    ReaderStatus {
        name: name.to_owned(),
        slot,
        sharing: Sharing::Free,
        insertions: 0,
    }
}

fn card(name: &str, atr: &str) -> ReaderStatus {
    reader(name, Slot::Card(hex::decode(atr).unwrap()))
}

fn screen(format: Format) -> Screen<Vec<u8>, Vec<u8>> {
    Screen {
        format,
        language: Language::En,
        out: Vec::new(),
        err: Vec::new(),
    }
}

fn lines(bytes: &[u8]) -> Vec<String> {
    std::str::from_utf8(bytes)
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect()
}

/// Runs `desk readers` once over one look.
fn listed(look: Vec<ReaderStatus>, card: Option<&str>) -> (Exit, Value) {
    let flag = AtomicBool::new(false);
    let card = card.map(|text| Transcript::parse(text).unwrap());
    let mut service = Script {
        looks: [look].into(),
        card,
        end: End::Interrupt(&flag),
    };
    let mut screen = screen(Format::Json);
    let outcome = list(&mut service, &CardRegistry::builtin().unwrap(), &mut screen);
    let exit = conclude(outcome, &mut screen);
    if let Some(card) = service.card {
        card.finish().unwrap();
    }
    (exit, serde_json::from_slice(&screen.out).unwrap())
}

/// Runs `desk readers --watch` over some looks.
fn watched(looks: &[Vec<ReaderStatus>], failure: Option<CardErrorKind>) -> (Exit, Vec<Value>) {
    let flag = AtomicBool::new(false);
    let end = failure.map_or(End::Interrupt(&flag), End::Failure);
    let mut service = Script {
        looks: looks.to_vec().into(),
        card: None,
        end,
    };
    let mut screen = screen(Format::Json);
    let outcome = watch(
        &mut service,
        &CardRegistry::builtin().unwrap(),
        &flag,
        &mut screen,
    );
    let exit = conclude(outcome, &mut screen);
    let documents = lines(&screen.out)
        .into_iter()
        .map(|line| serde_json::from_str(&line).unwrap());
    (exit, documents.collect())
}

#[test]
fn a_card_in_any_reader_is_enough() {
    let (exit, document) = listed(
        vec![reader("A", Slot::Empty), card("B", RUTOKEN_LITE)],
        None,
    );
    assert_eq!(exit, Exit::Done);
    assert_eq!(document["readers"][1]["card"]["id"], "rutoken-lite");
    assert_eq!(document["diagnosis"].as_array().unwrap().len(), 0);
}

#[test]
fn troubles_of_one_reader_name_it() {
    for (slot, code) in [
        (Slot::Mute, "card.card.mute"),
        (Slot::Unavailable, "card.reader.detached"),
    ] {
        let (exit, document) = listed(vec![reader("A", Slot::Empty), reader("B", slot)], None);
        assert_eq!(exit, Exit::Unavailable);
        assert_eq!(document["diagnosis"].as_array().unwrap().len(), 1);
        assert_eq!(document["diagnosis"][0]["code"], code);
        assert_eq!(document["diagnosis"][0]["reader"], "B");
    }
}

#[test]
fn a_refusal_of_the_card_leaves_the_model_unproven() {
    let script = format!("atr {UEC}\n> 00A4040C08A000000432900001\n< 6982\n");
    let (exit, document) = listed(vec![card("A", UEC)], Some(&script));
    assert_eq!(exit, Exit::Done);
    assert_eq!(document["readers"][0]["card"]["proof"], "not_tried");
    assert_eq!(document["diagnosis"][0]["code"], "card.pin.required");
}

#[test]
fn a_broken_atr_is_told_with_its_octet() {
    let (_, document) = listed(vec![card("A", "3B8B015275746F6B656E6C697465C3")], None);
    let card = &document["readers"][0]["card"];
    assert_eq!(card["identity"], "unreadable");
    assert!(
        card["note"]["en"].as_str().unwrap().contains("octet 14"),
        "{card}"
    );
    assert_eq!(card["protocols"].as_array().unwrap().len(), 0);
}

#[test]
fn readers_that_come_and_go_are_told() {
    let looks = [
        vec![],
        vec![reader("A", Slot::Empty)],
        vec![reader("A", Slot::Empty)],
        vec![card("A", RUTOKEN_LITE)],
        vec![],
    ];
    let (exit, documents) = watched(&looks, None);
    assert_eq!(exit, Exit::Done);
    assert_eq!(documents[0]["diagnosis"][0]["code"], "card.reader.none");
    let events: Vec<&Value> = documents[1..]
        .iter()
        .map(|document| &document["event"])
        .collect();
    assert_eq!(
        events,
        [
            "reader_added",
            "card_inserted",
            "card_removed",
            "reader_removed"
        ]
    );
    assert_eq!(documents[2]["card"]["id"], "rutoken-lite");
}

#[test]
fn troubles_while_watching_come_with_their_event() {
    let busy = ReaderStatus {
        sharing: Sharing::Exclusive,
        ..card("A", RUTOKEN_LITE)
    };
    let looks = [
        vec![card("A", RUTOKEN_LITE)],
        vec![busy],
        vec![card("A", RUTOKEN_LITE)],
        vec![reader("A", Slot::Mute)],
        vec![reader("A", Slot::Unavailable)],
    ];
    let (_, documents) = watched(&looks, None);
    let rows: Vec<(&str, Option<&str>)> = documents[1..]
        .iter()
        .map(|row| {
            (
                row["event"].as_str().unwrap(),
                row["diagnosis"]["code"].as_str(),
            )
        })
        .collect();
    assert_eq!(
        rows,
        [
            ("card_busy", Some("card.reader.busy")),
            ("card_free", None),
            ("card_removed", None),
            ("card_mute", Some("card.card.mute")),
            ("card_removed", None),
            ("reader_unavailable", Some("card.reader.detached")),
        ]
    );
}

#[test]
fn the_end_of_the_service_ends_the_watch() {
    let look = vec![reader("A", Slot::Empty)];
    let (exit, documents) = watched(std::slice::from_ref(&look), Some(CardErrorKind::NoService));
    assert_eq!(exit, Exit::Unavailable);
    assert_eq!(
        documents[1]["diagnosis"][0]["code"],
        "card.service.not_running"
    );
    let (exit, _) = watched(&[look], Some(CardErrorKind::Service));
    assert_eq!(exit, Exit::Internal);
}

/// An output that fails.
struct Broken(io::ErrorKind);

impl Write for Broken {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(self.0.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn an_output_nobody_reads_is_no_fault() {
    for (kind, expected) in [
        // What was found out stays: there is no card.
        (io::ErrorKind::BrokenPipe, Exit::Unavailable),
        (io::ErrorKind::StorageFull, Exit::Internal),
    ] {
        for format in [Format::Json, Format::Text] {
            let flag = AtomicBool::new(false);
            let look = vec![reader("A", Slot::Empty)];
            let mut service = Script {
                looks: [look].into(),
                card: None,
                end: End::Interrupt(&flag),
            };
            let (out, err) = (Broken(kind), Vec::new());
            let mut screen = Screen {
                format,
                language: Language::Ru,
                out,
                err,
            };
            let outcome = list(&mut service, &CardRegistry::builtin().unwrap(), &mut screen);
            assert_eq!(
                conclude(outcome, &mut screen),
                expected,
                "{kind:?} {format:?}"
            );
        }
    }
}

#[test]
fn a_name_from_hardware_cannot_steer_the_terminal() {
    let flag = AtomicBool::new(false);
    let look = vec![reader("\u{1b}[2JA", Slot::Empty)];
    let mut service = Script {
        looks: [look].into(),
        card: None,
        end: End::Interrupt(&flag),
    };
    let mut screen = screen(Format::Text);
    let registry = CardRegistry::builtin().unwrap();
    assert!(list(&mut service, &registry, &mut screen).is_ok());
    assert_eq!(lines(&screen.out), ["\u{FFFD}[2JA", "  no card"]);
    assert_eq!(
        lines(&screen.err),
        ["There is no card in the reader. Insert a card or plug in a token."]
    );
}
