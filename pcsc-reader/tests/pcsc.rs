//! What a real `pcscd` does when cards are pulled, reset, held and when it is restarted, and what is made of it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(
    clippy::disallowed_methods,
    reason = "how long a wait took is what a test is about"
)]

mod support;

use std::ffi::CString;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use pcsc::{Card, Context, Disposition, Protocols, Scope, ShareMode};
use pcsc_reader::{
    CardErrorKind, CardRegistry, Channel, CommandApdu, Monitor, PcscService, ReaderChange,
    ReaderService, Transport,
};
use support::card::{Reply, VirtualCard};
use support::desk;
use support::service::{CardService, READER, ReaderPort};

/// T=1, of no model.
const ATR: &str = "3B80800101";
const UEC: &str = "3B6C000080641134014873F741C08107";
const ASK: [u8; 4] = [0x00, 0x84, 0x00, 0x00];
const VERIFY: [u8; 9] = [0x00, 0x20, 0x00, 0x81, 4, 0x31, 0x32, 0x33, 0x34];
const SECRET: [u8; 5] = [0x00, 0xB0, 0x00, 0x00, 0x00];

/// The library finds its service by an environment variable, which a process has once: every test that speaks to a
/// service runs in a process of its own.
fn alone(test: &str, body: impl FnOnce()) {
    const INSIDE: &str = "PCSC_TEST_INSIDE";
    if std::env::var_os(INSIDE).is_some() {
        return body();
    }
    let service = CardService::with_reader();
    let mut child = std::process::Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", test, "--nocapture", "--test-threads=1"]);
    child
        .env(INSIDE, "1")
        .env("PCSCLITE_CSOCK_NAME", service.socket());
    child.env("PCSC_TEST_PORT", service.port().to_string());
    let output = child.output().unwrap();
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

fn port() -> ReaderPort {
    std::env::var("PCSC_TEST_PORT").unwrap().parse().unwrap()
}

fn socket() -> std::path::PathBuf {
    std::env::var_os("PCSCLITE_CSOCK_NAME").unwrap().into()
}

/// A card with the PIN 1234 that gives its secret after it, and counts PINs; power takes the PIN away.
struct PinCard {
    pins: Arc<AtomicUsize>,
    is_verified: bool,
}

impl testdata::card::Card for PinCard {
    fn atr(&self) -> Vec<u8> {
        hex::decode(ATR).unwrap()
    }

    fn reset(&mut self) {
        self.is_verified = false;
    }

    fn answer(&mut self, command: &[u8]) -> Option<Vec<u8>> {
        Some(match command[1] {
            0x20 => {
                self.pins.fetch_add(1, Ordering::SeqCst);
                self.is_verified = true;
                vec![0x90, 0x00]
            }
            0xB0 if self.is_verified => vec![0x53, 0x90, 0x00],
            0xB0 => vec![0x69, 0x82],
            _ => vec![0x90, 0x00],
        })
    }
}

fn pin_card() -> (VirtualCard, Arc<AtomicUsize>) {
    let pins = Arc::new(AtomicUsize::new(0));
    let card = PinCard {
        pins: Arc::clone(&pins),
        is_verified: false,
    };
    let card = VirtualCard::insert_card(port(), card);
    desk::wait_for_slot(&socket(), "card");
    (card, pins)
}

fn inserted(reply: impl FnMut(&[u8]) -> Reply + Send + 'static) -> VirtualCard {
    let card = VirtualCard::insert_with(port(), ATR, reply);
    desk::wait_for_slot(&socket(), "card");
    card
}

/// Another program with the card.
fn other(mode: ShareMode) -> Card {
    let context = Context::establish(Scope::User).unwrap();
    let name = CString::new(READER).unwrap();
    context.connect(&name, mode, Protocols::ANY).unwrap()
}

fn ask(card: &mut dyn Transport) -> Result<u16, CardErrorKind> {
    let answer = card.transmit(&ASK).map_err(|error| error.kind)?;
    Ok(answer.sw1_sw2())
}

fn send(card: &mut dyn Transport, command: &[u8]) -> u16 {
    card.transmit(command).unwrap().sw1_sw2()
}

#[test]
fn a_card_pulled_in_the_middle_of_a_command_gave_no_answer() {
    alone(
        "a_card_pulled_in_the_middle_of_a_command_gave_no_answer",
        || {
            let _card = inserted(|_| Reply::Leave);
            let mut service = PcscService::establish().unwrap();
            let mut kinds = Vec::new();
            let outcome = service.transaction(READER, &mut |card| {
                kinds.push(ask(card));
                kinds.push(ask(card));
                card.transmit(&ASK).map(drop)
            });
            // The service reports success with nothing in it, and errors until it has noticed the removal.
            let is_gone =
                |kind| matches!(kind, CardErrorKind::Removed | CardErrorKind::Communication);
            assert_eq!(kinds[0], Err(CardErrorKind::ShortResponse));
            assert!(kinds[1].is_err_and(is_gone), "{kinds:?}");
            let error = outcome.unwrap_err();
            assert!(is_gone(error.kind), "{error}");
            assert_eq!(error.reader.as_deref(), Some(READER));
        },
    );
}

#[test]
fn a_reset_before_the_transaction_is_taken_up_and_inside_it_ends_the_work() {
    alone(
        "a_reset_before_the_transaction_is_taken_up_and_inside_it_ends_the_work",
        || {
            let (_card, pins) = pin_card();
            let mut service = PcscService::establish().unwrap();
            let mut ours = other(ShareMode::Shared);
            let too = other(ShareMode::Shared);
            other(ShareMode::Shared)
                .disconnect(Disposition::ResetCard)
                .map_err(|(_, error)| error)
                .unwrap();
            // Every handle sees the reset, at every command, until it reconnects.
            let mut buffer = [0; 16];
            for handle in [&ours, &too, &ours] {
                let answer = handle.transmit(&ASK, &mut buffer);
                assert_eq!(answer, Err(pcsc::Error::ResetCard));
            }
            ours.reconnect(ShareMode::Shared, Protocols::ANY, Disposition::LeaveCard)
                .unwrap();
            assert_eq!(ours.transmit(&ASK, &mut buffer).unwrap(), [0x90, 0x00]);
            let answer = too.transmit(&ASK, &mut buffer);
            assert_eq!(answer, Err(pcsc::Error::ResetCard));
            // A new transaction of ours begins all the same.
            let mut status = 0;
            service
                .transaction(READER, &mut |card| {
                    status = send(card, &ASK);
                    Ok(())
                })
                .unwrap();
            assert_eq!(status, 0x9000);
            // Inside a transaction the card is ours alone: whoever wants to reset it waits for its end.
            let mut theirs = other(ShareMode::Shared);
            let (begun, begins) = mpsc::channel();
            let waiter = thread::spawn(move || {
                begins.recv_timeout(support::DEADLINE).unwrap();
                theirs.reconnect(ShareMode::Shared, Protocols::ANY, Disposition::ResetCard)
            });
            service
                .transaction(READER, &mut |card| {
                    assert_eq!(send(card, &VERIFY), 0x9000);
                    begun.send(()).unwrap();
                    for _ in 0..50 {
                        assert_eq!(send(card, &SECRET), 0x9000);
                    }
                    Ok(())
                })
                .unwrap();
            waiter.join().unwrap().unwrap();
            // Afterwards it is reset, which nobody mends by sending the PIN again.
            service
                .transaction(READER, &mut |card| {
                    status = send(card, &SECRET);
                    Ok(())
                })
                .unwrap();
            assert_eq!(status, 0x6982);
            assert_eq!(pins.load(Ordering::SeqCst), 1, "the PIN was sent again");
        },
    );
}

#[test]
fn after_a_pin_the_next_program_finds_the_card_reset_also_when_the_work_failed() {
    alone(
        "after_a_pin_the_next_program_finds_the_card_reset_also_when_the_work_failed",
        || {
            let (_card, _) = pin_card();
            let mut service = PcscService::establish().unwrap();
            let mut buffer = [0; 16];
            let mut open = |is_reset: bool, fails: bool| {
                let _ = service.transaction(READER, &mut |card| {
                    let mut channel = Channel::new(card);
                    if is_reset {
                        channel.reset_on_release();
                    }
                    let verify = CommandApdu::new([0x00, 0x20, 0x00, 0x81])
                        .with_data(b"1234".as_slice())
                        .never_repeated();
                    channel.send(&verify)?;
                    let read =
                        CommandApdu::new([0x00, 0xB0, 0x00, 0x00]).expecting(CommandApdu::ALL);
                    assert_eq!(channel.send(&read)?.data, [0x53]);
                    if fails {
                        return Err(pcsc_reader::CardError::new(CardErrorKind::Malformed));
                    }
                    Ok(())
                });
                let second = other(ShareMode::Shared);
                let answer = second.transmit(&SECRET, &mut buffer).unwrap().to_vec();
                let _ = second.disconnect(Disposition::ResetCard);
                answer
            };
            assert_eq!(open(true, false), [0x69, 0x82]);
            assert_eq!(open(true, true), [0x69, 0x82]);
            // Proof that the card itself keeps the PIN: without the reset the second program inherits it.
            assert_eq!(open(false, false), [0x53, 0x90, 0x00]);
        },
    );
}

#[test]
fn giving_our_handle_up_resets_the_card_under_nobody() {
    alone("giving_our_handle_up_resets_the_card_under_nobody", || {
        let (_card, _) = pin_card();
        let theirs = other(ShareMode::Shared);
        let mut buffer = [0; 16];
        theirs.transmit(&VERIFY, &mut buffer).unwrap();
        let mut service = PcscService::establish().unwrap();
        service
            .transaction(READER, &mut |card| {
                ask(card).map(drop).map_err(pcsc_reader::CardError::new)
            })
            .unwrap();
        drop(service);
        assert_eq!(
            theirs.transmit(&SECRET, &mut buffer).unwrap(),
            [0x53, 0x90, 0x00]
        );
        // Proof that it might: a handle that is dropped and not given up resets the card.
        drop(other(ShareMode::Shared));
        assert_eq!(
            theirs.transmit(&SECRET, &mut buffer),
            Err(pcsc::Error::ResetCard)
        );
    });
}

#[test]
fn a_card_that_another_program_holds_is_busy() {
    alone("a_card_that_another_program_holds_is_busy", || {
        let _card = inserted(|_| Reply::Answer(vec![0x90, 0x00]));
        let theirs = other(ShareMode::Exclusive);
        let mut service = PcscService::establish().unwrap();
        let error = service.transaction(READER, &mut |_| Ok(())).unwrap_err();
        assert_eq!(
            (error.kind, error.service_code),
            (CardErrorKind::Busy, Some(0x8010_000B))
        );
        let _ = theirs.disconnect(Disposition::LeaveCard);
        service.transaction(READER, &mut |_| Ok(())).unwrap();
    });
}

#[test]
fn no_card_and_no_reader_are_told_apart() {
    alone("no_card_and_no_reader_are_told_apart", || {
        let mut service = PcscService::establish().unwrap();
        let mut kind = |reader| {
            service
                .transaction(reader, &mut |_| Ok(()))
                .unwrap_err()
                .kind
        };
        assert_eq!(kind(READER), CardErrorKind::NoCard);
        assert_eq!(kind("Other 00 00"), CardErrorKind::ReaderDetached);
        assert_eq!(kind("nul\0"), CardErrorKind::ReaderDetached);
    });
}

#[test]
fn a_wait_ends_soon_when_it_is_cancelled_from_another_thread() {
    alone(
        "a_wait_ends_soon_when_it_is_cancelled_from_another_thread",
        || {
            // Many times: the moments of the race differ.
            for round in 0..20_u64 {
                let mut service = PcscService::establish().unwrap();
                service.readers().unwrap();
                let canceller = service.canceller();
                let (told, begins) = mpsc::channel();
                let waiter = thread::spawn(move || {
                    told.send(()).unwrap();
                    let began = std::time::Instant::now();
                    let outcome = service.wait(Duration::from_secs(3600));
                    (
                        outcome.map(drop).map_err(|error| error.kind),
                        began.elapsed(),
                        service,
                    )
                });
                begins.recv().unwrap();
                for _ in 0..round * 500 {
                    std::hint::spin_loop();
                }
                canceller.cancel();
                let (outcome, took, mut service) = waiter.join().unwrap();
                assert_eq!(outcome, Err(CardErrorKind::Cancelled), "round {round}");
                assert!(took < Duration::from_secs(4), "round {round}: {took:?}");
                // It stays cancelled, and other work goes on.
                let again = service.wait(Duration::from_secs(3600));
                assert_eq!(again.unwrap_err().kind, CardErrorKind::Cancelled);
                service.readers().unwrap();
            }
        },
    );
}

#[test]
fn the_monitor_tells_the_model_of_a_card_that_comes() {
    alone("the_monitor_tells_the_model_of_a_card_that_comes", || {
        let registry = CardRegistry::builtin().unwrap();
        let mut service = PcscService::establish().unwrap();
        let mut monitor = Monitor::new(&mut service, &registry).unwrap();
        let card = VirtualCard::insert_with(port(), UEC, |_| Reply::Answer(vec![0x6D, 0x00]));
        let mut next = || loop {
            let events = monitor.next(support::DEADLINE).unwrap();
            if let Some(event) = events.into_iter().next() {
                return event;
            }
        };
        let came = next();
        assert_eq!(came.event.change, ReaderChange::CardInserted);
        assert_eq!(came.profile.as_deref(), Some("uec"));
        let count = came.status.unwrap().insertions;
        card.remove();
        let left = next();
        assert_eq!(left.status.as_ref().unwrap().insertions, count + 1);
        assert_eq!(
            (left.event.change, left.profile),
            (ReaderChange::CardRemoved, None)
        );
    });
}
