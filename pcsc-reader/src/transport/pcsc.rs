//! The PC/SC adapter: the only place that names the `pcsc` crate.

mod answer;
mod cancel;

use std::ffi::{CStr, CString};
use std::sync::Arc;
use std::time::Duration;

use pcsc::{
    Card, Context, Disposition, Error, MAX_BUFFER_SIZE_EXTENDED, PNP_NOTIFICATION, Protocols,
    ReaderState, ShareMode, State, Transaction,
};

use super::{Answer, Protocol, ReaderService, ReaderStatus, Sharing, Slot, Steps, Transport};
use crate::error::{CardError, CardErrorKind};

use answer::{card_error, establish, is_closed, service_code, service_error};
use cancel::Waiting;

pub use cancel::Canceller;

/// How often the list of readers is taken again when a reader vanishes while it is being read.
const RELISTINGS: u32 = 3;

/// How often a card is connected to again that others reset before its transaction began.
const REBEGINS: u32 = 3;

/// How often, and how long apart, a service that stopped is looked for: as long as a restart takes.
const RESTARTS: u32 = 30;
const RESTART_PAUSE: Duration = Duration::from_millis(100);

/// Longest single wait at the service, should every cancel be lost.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// pcsc-lite up to 2.4 takes no more rows in one question. It knows no more readers either: with as many, none can come.
const MOST_ROWS: usize = 16;

/// A connection to the PC/SC service of this machine. It outlives a restart of the service.
///
/// One thread owns it: PC/SC allows one caller a context, but for [`Canceller`].
pub struct PcscService {
    context: Context,
    waiting: Arc<Waiting>,
    /// The notification entry first, then a row a reader, as they were at the last look.
    states: Vec<ReaderState>,
    /// What the last look found. Kept apart because the service clears the rows when a wait
    /// ends without a change.
    seen: Vec<ReaderStatus>,
    counted: Counted,
}

/// Insertions as they are told. A service that was restarted counts from the beginning; nobody knows what was done at the
/// readers meanwhile, so that none of its counts may be one that was told before.
#[derive(Clone, Copy, Debug, Default)]
struct Counted {
    /// What is added to the counts of the service.
    base: u16,
    /// The highest one told.
    highest: u16,
}

impl Counted {
    /// The count to tell.
    fn of(&mut self, count: u16) -> u16 {
        let told = self.base.wrapping_add(count);
        self.highest = self.highest.max(told);
        told
    }

    /// Another service counts from now on.
    fn restart(&mut self) {
        self.base = self.highest.wrapping_add(1);
        self.highest = self.base;
    }
}

impl PcscService {
    /// Connects to the service.
    ///
    /// # Errors
    /// [`CardErrorKind::NoService`] when it is not running, [`CardErrorKind::Denied`] when it
    /// refuses this user.
    pub fn establish() -> Result<Self, CardError> {
        let context = establish()?;
        let states = vec![ReaderState::new(PNP_NOTIFICATION(), State::UNAWARE)];
        let waiting = Arc::default();
        Ok(PcscService {
            context,
            waiting,
            states,
            seen: Vec::new(),
            counted: Counted::default(),
        })
    }

    /// What ends the waits of this service from another thread.
    #[must_use]
    pub fn canceller(&self) -> Canceller {
        Canceller {
            waiting: Arc::clone(&self.waiting),
        }
    }

    /// Connects to the service that took the place of the one that stopped.
    fn reestablish(&mut self, mut lost: CardError) -> Result<(), CardError> {
        for _ in 0..RESTARTS {
            match establish() {
                Ok(context) => {
                    self.context = context;
                    self.forget();
                    self.counted.restart();
                    return Ok(());
                }
                // While it starts it may say this and that: what it says last counts.
                Err(error) => lost = error,
            }
            if self.waiting.pause(RESTART_PAUSE) {
                return Err(CardError::new(CardErrorKind::Cancelled));
            }
        }
        Err(lost)
    }

    /// Knows no reader any more.
    fn forget(&mut self) {
        self.states = vec![ReaderState::new(PNP_NOTIFICATION(), State::UNAWARE)];
        self.seen.clear();
    }

    /// Takes the list of readers; `true` when it differs from the last one.
    fn relist(&mut self) -> Result<bool, CardError> {
        // The list is asked for twice, for its length and then for itself, and may grow between.
        let lists = (0..RELISTINGS).map(|_| self.context.list_readers_owned());
        let mut lists = lists.skip_while(|list| matches!(list, Err(Error::InsufficientBuffer)));
        let names = match lists.next().unwrap_or(Err(Error::InsufficientBuffer)) {
            Ok(names) => names,
            Err(Error::NoReadersAvailable) => Vec::new(),
            Err(error) => return Err(service_error(error)),
        };
        let known = self.states.iter().skip(1).map(ReaderState::name);
        if known.eq(names.iter().map(CString::as_c_str)) {
            return Ok(false);
        }
        self.states.truncate(1);
        self.seen.clear();
        self.states.extend(
            names
                .into_iter()
                .map(|name| ReaderState::new(name, State::UNAWARE)),
        );
        Ok(true)
    }

    /// Looks at all readers, waiting for a change at most for `limit`.
    fn look(&mut self, limit: Duration) -> Result<Look, CardError> {
        if !limit.is_zero() && !self.waiting.begin(&self.context) {
            return Err(CardError::new(CardErrorKind::Cancelled));
        }
        let limit = limit.min(LONGEST_WAIT);
        let rows = match self.states.as_mut_slice() {
            [_, readers @ ..] if readers.len() >= MOST_ROWS => readers,
            all => all,
        };
        let outcome = self.context.get_status_change(limit, rows);
        // A cancel that meets the wrong moment ends the wait with another error (pcsc-lite up to 2.0.0).
        if self.waiting.end() && outcome.is_err() {
            return Err(CardError::new(CardErrorKind::Cancelled));
        }
        match outcome {
            Ok(()) => {
                let readers = self.states.iter().skip(1);
                if readers
                    .clone()
                    .any(|it| it.event_state().contains(State::UNKNOWN))
                {
                    self.forget();
                    return Ok(Look::ReaderVanished);
                }
                let counted = &mut self.counted;
                self.seen = readers.map(|it| reader_status(it, counted)).collect();
                for state in &mut self.states {
                    state.sync_current_state();
                }
                Ok(Look::Taken)
            }
            Err(Error::Timeout) => Ok(Look::Taken),
            Err(Error::UnknownReader | Error::ReaderUnavailable) => {
                self.forget();
                Ok(Look::ReaderVanished)
            }
            Err(error) => Err(service_error(error)),
        }
    }
}

/// What came of looking at the readers.
enum Look {
    Taken,
    ReaderVanished,
}

impl ReaderService for PcscService {
    fn readers(&mut self) -> Result<Vec<ReaderStatus>, CardError> {
        self.wait(Duration::ZERO)
    }

    fn wait(&mut self, limit: Duration) -> Result<Vec<ReaderStatus>, CardError> {
        match self.wait_once(limit) {
            Err(error) if error.kind == CardErrorKind::NoService => {
                self.reestablish(error)?;
                self.wait_once(Duration::ZERO)
            }
            outcome => outcome,
        }
    }

    fn transaction(&mut self, reader: &str, steps: Steps<'_>) -> Result<(), CardError> {
        let name = CString::new(reader)
            .map_err(|_| CardError::new(CardErrorKind::ReaderDetached).with_reader(reader))?;
        // A service that was restarted is not asked for the card: nobody has looked yet whether it is the same one.
        let mut card = match self.context.connect(&name, ShareMode::Shared, PROTOCOLS) {
            Ok(card) => card,
            Err(error) if is_closed(error) => {
                return Err(self.refused(error, &name).with_reader(reader));
            }
            Err(error) => return Err(card_error(error).with_reader(reader)),
        };
        let (outcome, left) = in_transaction(&mut card, reader, steps);
        // Dropping the handle would reset the card under every other program.
        let _ = card.disconnect(left);
        outcome
    }
}

impl PcscService {
    /// As [`ReaderService::wait`], with the service that there is.
    fn wait_once(&mut self, limit: Duration) -> Result<Vec<ReaderStatus>, CardError> {
        let mut patience = limit;
        for _ in 0..RELISTINGS {
            // Readers that come or go are looked at without waiting: that is the change.
            if self.relist()? {
                patience = Duration::ZERO;
            }
            if let Look::Taken = self.look(patience)? {
                return Ok(self.seen.clone());
            }
            patience = Duration::ZERO;
        }
        Err(CardError::new(CardErrorKind::ReaderDetached))
    }

    /// What it means that the connection failed when a card was asked for: the reader's fault, polkit's refusal of this
    /// card (action `access_card`), which closes the connection, or the end of the service.
    fn refused(&mut self, error: Error, reader: &CStr) -> CardError {
        if self.context.list_readers_owned().is_ok() {
            return card_error(error);
        }
        let code = service_code(error);
        let again = establish().and_then(|context| {
            let card = context.connect(reader, ShareMode::Shared, PROTOCOLS);
            Ok((card, establish()?))
        });
        match again {
            Ok((Err(error), context)) if is_closed(error) => {
                self.context = context;
                // It may be another service than the one that counted.
                self.forget();
                self.counted.restart();
                CardError::new(CardErrorKind::Denied).with_service_code(code)
            }
            Ok((card, _)) => {
                if let Ok(card) = card {
                    let _ = card.disconnect(Disposition::LeaveCard);
                }
                CardError::new(CardErrorKind::NoService).with_service_code(code)
            }
            Err(error) => error,
        }
    }
}

const PROTOCOLS: Protocols = Protocols::T0.union(Protocols::T1);

/// Runs the steps in a transaction; answers their outcome and what shall become of the card when its handle is given
/// up.
fn in_transaction(
    card: &mut Card,
    reader: &str,
    steps: Steps<'_>,
) -> (Result<(), CardError>, Disposition) {
    let located = |error| card_error(error).with_reader(reader);
    let begun = begin(card).and_then(|transaction| {
        let status = transaction.status2_owned()?;
        Ok((transaction, status))
    });
    let (transaction, status) = match begun {
        Ok(begun) => begun,
        Err(error) => return (Err(located(error)), Disposition::LeaveCard),
    };
    let mut link = PcscLink {
        atr: status.atr().to_vec(),
        protocol: match status.protocol2() {
            Some(pcsc::Protocol::T0) => Protocol::T0,
            _ => Protocol::T1,
        },
        release: Disposition::LeaveCard,
        transaction: &transaction,
    };
    let outcome = steps(&mut link).map_err(|error| error.with_reader(reader));
    let release = link.release;
    // The steps' own outcome says more than a failure to end after the card has left. A reset that failed is tried once
    // more with the handle.
    match transaction.end(release) {
        Ok(()) => (outcome, Disposition::LeaveCard),
        Err(_) => (outcome, release),
    }
}

/// Begins a transaction. A card that others reset since it was connected to holds nothing of ours: it is connected to
/// again.
fn begin(mut card: &mut Card) -> Result<Transaction<'_>, Error> {
    for _ in 0..REBEGINS {
        card = match card.transaction2() {
            Ok(transaction) => return Ok(transaction),
            Err((card, Error::ResetCard)) => card,
            Err((_, error)) => return Err(error),
        };
        card.reconnect(ShareMode::Shared, PROTOCOLS, Disposition::LeaveCard)?;
    }
    card.transaction()
}

/// A card inside one transaction.
struct PcscLink<'a, 'card> {
    atr: Vec<u8>,
    protocol: Protocol,
    /// What becomes of the card when the transaction ends.
    release: Disposition,
    transaction: &'a Transaction<'card>,
}

impl Transport for PcscLink<'_, '_> {
    fn atr(&self) -> &[u8] {
        &self.atr
    }

    fn protocol(&self) -> Protocol {
        self.protocol
    }

    fn reset_on_release(&mut self) {
        self.release = Disposition::ResetCard;
    }

    fn transmit(&mut self, command: &[u8]) -> Result<Answer, CardError> {
        let mut buffer = vec![0; MAX_BUFFER_SIZE_EXTENDED];
        self.transaction
            .transmit(command, &mut buffer)
            .map_err(card_error)
            .and_then(|answer| Answer::from_bytes(answer.to_vec()))
            .map_err(|error| error.with_command(command))
    }
}

fn reader_status(state: &ReaderState, counted: &mut Counted) -> ReaderStatus {
    let event = state.event_state();
    let slot = if event.intersects(State::UNKNOWN | State::UNAVAILABLE | State::IGNORE) {
        Slot::Unavailable
    } else if event.contains(State::MUTE) {
        Slot::Mute
    } else if event.contains(State::PRESENT) {
        match state.atr() {
            [] => Slot::Mute,
            atr => Slot::Card(atr.to_vec()),
        }
    } else {
        Slot::Empty
    };
    let sharing = if event.contains(State::EXCLUSIVE) {
        Sharing::Exclusive
    } else if event.contains(State::INUSE) {
        Sharing::Shared
    } else {
        Sharing::Free
    };
    ReaderStatus {
        name: display_name(state.name()),
        slot,
        sharing,
        // The count fills the upper half of a 32-bit state: it always fits.
        insertions: counted.of(u16::try_from(state.event_count()).unwrap_or_default()),
    }
}

fn display_name(name: &CStr) -> String {
    name.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests;
