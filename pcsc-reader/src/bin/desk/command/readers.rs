//! `desk readers`: readers, cards, what each card is.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use pcsc_reader::{
    Canceller, CardError, CardErrorKind, CardIdentity, CardRegistry, Monitor, MonitorEvent,
    PcscService, ReaderChange, ReaderService, ReaderStatus, Sharing, Slot, identify,
};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use signal_hook::iterator::Signals;

use crate::args::ReadersOptions;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{CardView, DiagnosisView, EventView, Proof, ReaderView, ReadersView, Screen};

/// Longest wait for a change.
const WAIT: Duration = Duration::from_secs(60);

/// Why the command ended before its time.
enum Stop {
    Card(CardError),
    Output(io::Error),
}

impl From<CardError> for Stop {
    fn from(error: CardError) -> Self {
        Stop::Card(error)
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Stop::Output(error)
    }
}

pub(crate) fn run(options: &ReadersOptions) -> Exit {
    let mut screen = Screen {
        format: options.output.format(),
        language: options.output.lang.into(),
        out: io::stdout(),
        err: io::stderr(),
    };
    let registry = match options.profiles.registry() {
        Ok(registry) => registry,
        Err(error) => return Failure::from(error).conclude("desk.readers/1", options.output),
    };
    let interrupted = Arc::new(AtomicBool::new(false));
    let outcome = PcscService::establish()
        .map_err(Stop::from)
        .and_then(|mut service| {
            if options.watch {
                interrupt_on_signals(&interrupted, service.canceller())?;
                watch(&mut service, &registry, &interrupted, &mut screen)
            } else {
                list(&mut service, &registry, &mut screen)
            }
        });
    conclude(outcome, &mut screen)
}

/// The first signal ends the command in order. A second one ends it at once, in case the service
/// does not come back from a call.
fn interrupt_on_signals(interrupted: &Arc<AtomicBool>, canceller: Canceller) -> io::Result<()> {
    for signal in [SIGINT, SIGTERM] {
        flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(interrupted))?;
        flag::register(signal, Arc::clone(interrupted))?;
    }
    let mut signals = Signals::new([SIGINT, SIGTERM])?;
    thread::spawn(move || {
        for _ in signals.forever() {
            canceller.cancel();
        }
    });
    Ok(())
}

fn conclude(outcome: Result<Exit, Stop>, screen: &mut Screen<impl Write, impl Write>) -> Exit {
    match outcome {
        Ok(exit) => exit,
        Err(Stop::Card(error)) => {
            let view = ReadersView {
                readers: Vec::new(),
                diagnosis: vec![DiagnosisView::from(&error)],
            };
            match screen.readers(&view) {
                Err(fault) if fault.kind() != io::ErrorKind::BrokenPipe => Exit::Internal,
                _ => Exit::of(&error),
            }
        }
        // The reader of the output went away: `desk readers --watch | head` is no fault.
        Err(Stop::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Done,
        Err(Stop::Output(_)) => Exit::Internal,
    }
}

fn list(
    service: &mut dyn ReaderService,
    registry: &CardRegistry,
    screen: &mut Screen<impl Write, impl Write>,
) -> Result<Exit, Stop> {
    let readers = service.readers()?;
    let printed = screen.readers(&overview(service, registry, &readers));
    let has_card = readers
        .iter()
        .any(|reader| matches!(reader.slot, Slot::Card(_)));
    match printed {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ if has_card => Ok(Exit::Done),
        _ => Ok(Exit::Unavailable),
    }
}

fn watch(
    service: &mut dyn ReaderService,
    registry: &CardRegistry,
    interrupted: &AtomicBool,
    screen: &mut Screen<impl Write, impl Write>,
) -> Result<Exit, Stop> {
    let mut monitor = Monitor::new(service, registry)?;
    let readers = monitor.readers().to_vec();
    screen.readers(&overview(monitor.service(), registry, &readers))?;
    while !interrupted.load(Ordering::Relaxed) {
        let events = match monitor.next(WAIT) {
            Ok(events) => events,
            Err(_) if interrupted.load(Ordering::Relaxed) => break,
            Err(error) => return Err(error.into()),
        };
        for MonitorEvent { event, status, .. } in events {
            let (card, problem) = match (event.change, &status) {
                (ReaderChange::CardInserted, Some(status)) => {
                    card_view(monitor.service(), registry, status)
                }
                (change, _) => (None, change_problem(change, &event.reader)),
            };
            let diagnosis = problem.as_ref().map(DiagnosisView::from);
            screen.event(&EventView::new(&event, card, diagnosis))?;
        }
    }
    Ok(Exit::Done)
}

/// The trouble a change is, if it is one.
fn change_problem(change: ReaderChange, reader: &str) -> Option<CardError> {
    let kind = match change {
        ReaderChange::CardBusy => CardErrorKind::Busy,
        ReaderChange::CardMute => CardErrorKind::Mute,
        ReaderChange::ReaderUnavailable => CardErrorKind::ReaderDetached,
        _ => return None,
    };
    Some(CardError::new(kind).with_reader(reader))
}

fn overview(
    service: &mut dyn ReaderService,
    registry: &CardRegistry,
    readers: &[ReaderStatus],
) -> ReadersView {
    let mut diagnosis = Vec::new();
    let mut views = Vec::with_capacity(readers.len());
    for status in readers {
        let (card, problem) = card_view(service, registry, status);
        let problem = problem.or_else(|| reader_problem(status));
        diagnosis.extend(problem.as_ref().map(DiagnosisView::from));
        views.push(ReaderView::new(status, card));
    }
    if readers.is_empty() {
        diagnosis.push(DiagnosisView::from(&CardError::new(
            CardErrorKind::NoReader,
        )));
    } else if readers.iter().all(|reader| reader.slot == Slot::Empty) {
        diagnosis.push(DiagnosisView::from(&CardError::new(CardErrorKind::NoCard)));
    }
    ReadersView {
        readers: views,
        diagnosis,
    }
}

/// The trouble at a reader, if there is any. An empty reader is none: another may hold a card.
fn reader_problem(status: &ReaderStatus) -> Option<CardError> {
    let kind = match (&status.slot, status.sharing) {
        (Slot::Mute, _) => CardErrorKind::Mute,
        (Slot::Unavailable, _) => CardErrorKind::ReaderDetached,
        (_, Sharing::Exclusive) => CardErrorKind::Busy,
        _ => return None,
    };
    Some(CardError::new(kind).with_reader(&status.name))
}

/// What the card in a reader is. A card another program uses is recognised by its ATR alone:
/// selecting an application would take that program's selection away.
pub(crate) fn card_view(
    service: &mut dyn ReaderService,
    registry: &CardRegistry,
    status: &ReaderStatus,
) -> (Option<CardView>, Option<CardError>) {
    let Slot::Card(atr) = &status.slot else {
        return (None, None);
    };
    let identity = registry.identity(atr);
    let (proof, problem) = match &identity {
        CardIdentity::Known(profile) if profile.confirm.is_none() => (Proof::AtrOnly, None),
        CardIdentity::Known(_) if status.sharing != Sharing::Free => (Proof::NotTried, None),
        CardIdentity::Known(profile) => {
            let mut confirmation = None;
            let outcome = service.transaction(&status.name, &mut |card| {
                confirmation = Some(identify(profile, card)?);
                Ok(())
            });
            match (outcome, confirmation) {
                (Ok(()), Some(confirmation)) => (Proof::from(confirmation), None),
                (Ok(()), None) => (Proof::NotTried, None),
                (Err(error), _) => (Proof::NotTried, Some(error)),
            }
        }
        _ => (Proof::AtrOnly, None),
    };
    (Some(CardView::new(atr, &identity, proof)), problem)
}

#[cfg(test)]
mod tests;
