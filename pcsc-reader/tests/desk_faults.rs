//! Everything that a desk does with a card, with a fault at every command of it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::time::Duration;

use pcsc_reader::{
    CardError, CardRegistry, CardSession, Pin, PinUse, Proposal, ReaderService, ReaderStatus,
    Recorder, Sharing, SigningError, SigningKey, Slot, Steps, Transport,
};
use sig_core::base::time::UnixTime;
use support::emulated::Emulated;
use testdata::card::Protocol;
use testdata::card::fault::{Fault, Faulty};
use testdata::card::pkcs15::{KeyForm, PIN, PIN_REFERENCE, Pkcs15Card};

const AT: UnixTime = UnixTime::from_seconds(1_795_000_000);

/// More commands than any run may take, whatever the card says: a model that is not known is asked by five roads, each of
/// which gives up after the 512 pieces of one answer.
const MOST_COMMANDS: usize = 3_000;

/// A service with one reader that plays a card in this process.
struct Reader {
    card: Emulated<Faulty<Pkcs15Card>>,
}

impl Reader {
    fn new(form: KeyForm, protocol: Protocol, fault: Fault, at: usize) -> Self {
        let card = Pkcs15Card::new(form, protocol).unwrap();
        Reader {
            card: Emulated::new(Faulty::new(card, fault, at)),
        }
    }

    fn pins_sent(&self) -> u32 {
        self.card.card.card.pins().sent(PIN_REFERENCE)
    }
}

impl ReaderService for Reader {
    fn readers(&mut self) -> Result<Vec<ReaderStatus>, CardError> {
        Ok(vec![ReaderStatus {
            name: "R".into(),
            slot: Slot::Card(self.card.atr().to_vec()),
            sharing: Sharing::Free,
            insertions: 1,
        }])
    }

    fn wait(&mut self, _limit: Duration) -> Result<Vec<ReaderStatus>, CardError> {
        self.readers()
    }

    fn transaction(&mut self, _reader: &str, steps: Steps<'_>) -> Result<(), CardError> {
        steps(&mut self.card)
    }
}

/// Reads the card and signs with it.
fn work(service: &mut dyn ReaderService, pin: &Pin) -> Result<(), SigningError> {
    let registry = CardRegistry::builtin().unwrap();
    let status = service.readers()?.remove(0);
    let session = CardSession::open(service, &registry, &status, &mut ())?;
    let key = SigningKey::choose(&session, None)?;
    let proposal = Proposal::of_file(key, "a", &mut &b"content"[..], false, AT)?;
    let shown = proposal.show(|_| Ok::<_, SigningError>(()))?;
    shown
        .sign(service, &session, Some(PinUse::new(pin)))
        .map(drop)
}

/// While the person types, another token of the same model is put in: with the same ATR, name and count, as after a restart
/// of the reader, the same identifiers of keys, and another certificate.
#[test]
fn a_token_that_was_put_in_meanwhile_gets_no_pin() {
    let card = |person| {
        let card = Pkcs15Card::of(KeyForm::RsaDigestInfo, Protocol::T0, ["rsa", person]);
        Emulated::new(Faulty::new(card.unwrap(), Fault::Leave, usize::MAX))
    };
    for (other, sent) in [("person", 1), ("person-2", 0)] {
        let mut reader = Reader {
            card: card("person"),
        };
        let registry = CardRegistry::builtin().unwrap();
        let status = reader.readers().unwrap().remove(0);
        let session = CardSession::open(&mut reader, &registry, &status, &mut ()).unwrap();
        let key = SigningKey::choose(&session, None).unwrap();
        let proposal = Proposal::of_file(key, "a", &mut &b"content"[..], false, AT).unwrap();
        let shown = proposal.show(|_| Ok::<_, SigningError>(())).unwrap();
        reader.card = card(other);
        assert!(session.is_of(&reader.readers().unwrap()[0]));
        let outcome = shown.sign(&mut reader, &session, Some(PinUse::new(&pin())));
        assert_eq!(
            (outcome.is_ok(), reader.pins_sent()),
            (sent == 1, sent),
            "{other}"
        );
    }
}

fn pin() -> Pin {
    Pin::new(PIN.to_vec().into()).unwrap()
}

const FAULTS: [Fault; 12] = [
    Fault::Leave,
    Fault::Reset,
    Fault::EndlessAnswer,
    Fault::WrongLength,
    Fault::Cut(0),
    Fault::Cut(1),
    Fault::Cut(5),
    Fault::TooLong(300),
    Fault::Status(0x63C1),
    Fault::Status(0x6983),
    Fault::Status(0x6982),
    Fault::Status(0x6F00),
];

#[test]
fn a_fault_at_any_command_is_an_error_or_nothing_and_the_pin_goes_out_once_at_most() {
    for (form, protocol) in [
        (KeyForm::RsaDigestInfo, Protocol::T0),
        (KeyForm::Gost, Protocol::T1),
    ] {
        let mut whole = Reader::new(form, protocol, Fault::Leave, usize::MAX);
        work(&mut whole, &pin()).unwrap();
        let commands = whole.card.commands.len();
        assert_eq!(whole.pins_sent(), 1);
        assert!(whole.card.is_reset_on_release);
        for fault in FAULTS {
            let mut failures = 0;
            for at in 0..commands {
                let mut reader = Reader::new(form, protocol, fault, at);
                // The outcome is checked: a value that is wrong never becomes a signature.
                failures += usize::from(work(&mut reader, &pin()).is_err());
                assert!(reader.pins_sent() <= 1, "{form:?} {fault:?} at {at}");
                let sent = reader.card.commands.len();
                assert!(sent <= MOST_COMMANDS, "{form:?} {fault:?} at {at}: {sent}");
            }
            assert!(
                failures > 0,
                "{form:?}: {fault:?} went unnoticed everywhere"
            );
            if fault == Fault::Leave {
                assert_eq!(failures, commands, "{form:?}");
            }
        }
    }
}

#[test]
fn a_trace_of_a_whole_run_with_its_pin_holds_neither_the_pin_nor_the_person() {
    let reader = Reader::new(KeyForm::Gost, Protocol::T1, Fault::Leave, usize::MAX);
    let mut recorder = Recorder::new(reader);
    work(&mut recorder, &pin()).unwrap();
    let trace = recorder.text().to_owned();
    let person = testdata::demo::citizen().unwrap();
    let words = [
        &person.surname,
        &person.given_name,
        person.snils.as_ref().unwrap(),
    ];
    for word in words.into_iter().map(String::as_bytes).chain([PIN]) {
        let octets = hex::encode_upper(word);
        assert!(!trace.contains(&octets), "{trace}");
    }
    assert!(
        trace.contains("# data masked\n> 00200001080000000000000000\n< 9000\n"),
        "{trace}"
    );
    pcsc_reader::Transcript::parse(&trace).unwrap();
}

#[test]
fn no_error_and_no_debug_output_tells_the_pin_or_the_person() {
    let person = testdata::demo::citizen().unwrap();
    let digits = std::str::from_utf8(PIN).unwrap();
    for at in 0..40 {
        let mut reader = Reader::new(KeyForm::Gost, Protocol::T1, Fault::Status(0x6F00), at);
        let registry = CardRegistry::builtin().unwrap();
        let status = reader.readers().unwrap().remove(0);
        let session = CardSession::open(&mut reader, &registry, &status, &mut ());
        let mut texts = vec![format!("{session:?}")];
        if let Err(error) = work(&mut reader, &pin()) {
            texts.push(format!("{error:?} {error}"));
        }
        for text in texts {
            for word in [person.surname.as_str(), person.given_name.as_str(), digits] {
                assert!(!text.contains(word), "{text}");
            }
        }
    }
}
