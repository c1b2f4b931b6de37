//! The PC/SC adapter: the only file that names the `pcsc` crate.

use std::ffi::{CStr, CString};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use pcsc::{
    Card, Context, Disposition, Error, MAX_BUFFER_SIZE_EXTENDED, PNP_NOTIFICATION, Protocols,
    ReaderState, Scope, ShareMode, State, Transaction,
};

use super::{Answer, Protocol, ReaderService, ReaderStatus, Sharing, Slot, Steps, Transport};
use crate::error::{CardError, CardErrorKind};

/// How often the list of readers is taken again when a reader vanishes while it is being read.
const RELISTINGS: u32 = 3;

/// How often a card is connected to again that others reset before its transaction began.
const REBEGINS: u32 = 3;

/// How often, and how long apart, a service that stopped is looked for: as long as a restart takes.
const RESTARTS: u32 = 30;
const RESTART_PAUSE: Duration = Duration::from_millis(100);

/// Time between two calls of `SCardCancel` for one wait, and how many there are at most.
const CANCEL_PAUSE: Duration = Duration::from_millis(10);
const CANCELS: u32 = 300;

/// Longest single wait at the service, should every cancel be lost.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// A connection to the PC/SC service of this machine. It outlives a restart of the service.
///
/// One thread owns it: PC/SC allows one caller a context, but for [`Canceller`].
pub struct PcscService {
    context: Context,
    waiting: Arc<Waiting>,
    /// The notification entry first, then a row a reader, as they were at the last look.
    states: Vec<ReaderState>,
    /// How often the service was another one: it then counts from the beginning again.
    restarts: u16,
    /// What the last look found. Kept apart because the service clears the rows when a wait
    /// ends without a change.
    seen: Vec<ReaderStatus>,
}

impl PcscService {
    /// Connects to the service.
    ///
    /// # Errors
    /// [`CardErrorKind::NoService`] when it is not running, [`CardErrorKind::Denied`] when it
    /// refuses this user.
    pub fn establish() -> Result<Self, CardError> {
        let context = Context::establish(Scope::System).map_err(card_error)?;
        let states = vec![ReaderState::new(PNP_NOTIFICATION(), State::UNAWARE)];
        let waiting = Arc::default();
        Ok(PcscService {
            context,
            waiting,
            states,
            restarts: 0,
            seen: Vec::new(),
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
    fn reestablish(&mut self, lost: CardError) -> Result<(), CardError> {
        for _ in 0..RESTARTS {
            if let Ok(context) = Context::establish(Scope::System) {
                self.context = context;
                self.restarts = self.restarts.wrapping_add(1);
                self.states = vec![ReaderState::new(PNP_NOTIFICATION(), State::UNAWARE)];
                self.seen.clear();
                return Ok(());
            }
            if self.waiting.pause(RESTART_PAUSE) {
                return Err(CardError::new(CardErrorKind::Cancelled));
            }
        }
        Err(lost)
    }

    /// Takes the list of readers; `true` when it differs from the last one.
    fn relist(&mut self) -> Result<bool, CardError> {
        let names = match self.context.list_readers_owned() {
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
        let outcome = self.context.get_status_change(limit, &mut self.states);
        // A cancel that meets the wrong moment ends the wait with another error (pcsc-lite up to 2.0.0).
        if self.waiting.end() && outcome.is_err() {
            return Err(CardError::new(CardErrorKind::Cancelled));
        }
        match outcome {
            Ok(()) => {
                for state in &mut self.states {
                    state.sync_current_state();
                }
                let rows = self.states.iter().skip(1);
                self.seen = rows.map(|it| reader_status(it, self.restarts)).collect();
                Ok(Look::Taken)
            }
            Err(Error::Timeout) => Ok(Look::Taken),
            Err(Error::UnknownReader | Error::ReaderUnavailable) => {
                self.states.truncate(1);
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
        let located = |error| card_error(error).with_reader(reader);
        let name = CString::new(reader)
            .map_err(|_| CardError::new(CardErrorKind::ReaderDetached).with_reader(reader))?;
        let mut connected = self.context.connect(&name, ShareMode::Shared, PROTOCOLS);
        // No command was sent yet: the service that took the place of this one is as good.
        if let Err(error @ (Error::ServiceStopped | Error::InvalidHandle | Error::NoService)) =
            connected
        {
            self.reestablish(located(error))?;
            connected = self.context.connect(&name, ShareMode::Shared, PROTOCOLS);
        }
        let mut card = connected.map_err(located)?;
        let (outcome, left) = in_transaction(&mut card, reader, steps);
        // Dropping the handle would reset the card under every other program.
        let _ = card.disconnect(left);
        outcome
    }
}

impl PcscService {
    /// As [`ReaderService::wait`], with the service that there is.
    fn wait_once(&mut self, limit: Duration) -> Result<Vec<ReaderStatus>, CardError> {
        for _ in 0..RELISTINGS {
            // New readers are looked at without waiting: their appearance is the change.
            let patience = if self.relist()? {
                Duration::ZERO
            } else {
                limit
            };
            if let Look::Taken = self.look(patience)? {
                return Ok(self.seen.clone());
            }
        }
        Err(CardError::new(CardErrorKind::ReaderDetached))
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

/// Ends the waits of a [`PcscService`] from any thread.
#[derive(Clone, Debug)]
pub struct Canceller {
    waiting: Arc<Waiting>,
}

impl Canceller {
    /// Ends the wait that goes on now, and every later one at once, with [`CardErrorKind::Cancelled`]. Returns when no
    /// wait goes on any more.
    ///
    /// `SCardCancel` reaches only a wait that has begun at the service, and pcsc-lite up to 2.0.0 may lose it: it is
    /// called until the wait has ended.
    pub fn cancel(&self) {
        let mut state = self.waiting.lock();
        state.is_cancelled = true;
        self.waiting.changed.notify_all();
        for _ in 0..CANCELS {
            let Some(context) = &state.context else {
                return;
            };
            // What it says depends on the race that the loop is for.
            let _ = context.cancel();
            state = self.waiting.wait(state, CANCEL_PAUSE);
        }
    }
}

/// Whether the owner of a context waits, and whether it shall.
#[derive(Default)]
struct Waiting {
    state: Mutex<WaitState>,
    changed: Condvar,
}

#[derive(Default)]
struct WaitState {
    /// The context that waits.
    context: Option<Context>,
    is_cancelled: bool,
}

impl std::fmt::Debug for Waiting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Waiting")
    }
}

impl Waiting {
    fn lock(&self) -> MutexGuard<'_, WaitState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'g>(
        &self,
        state: MutexGuard<'g, WaitState>,
        limit: Duration,
    ) -> MutexGuard<'g, WaitState> {
        let waited = self.changed.wait_timeout(state, limit);
        waited.unwrap_or_else(PoisonError::into_inner).0
    }

    /// A wait begins; `false` when it must not.
    fn begin(&self, context: &Context) -> bool {
        let mut state = self.lock();
        if !state.is_cancelled {
            state.context = Some(context.clone());
        }
        !state.is_cancelled
    }

    /// It has ended; `true` when it was cancelled.
    fn end(&self) -> bool {
        let mut state = self.lock();
        let was_waiting = state.context.take().is_some();
        self.changed.notify_all();
        was_waiting && state.is_cancelled
    }

    /// Waits without the service; `true` when that was cancelled.
    fn pause(&self, limit: Duration) -> bool {
        let state = self.lock();
        if state.is_cancelled {
            return true;
        }
        self.wait(state, limit).is_cancelled
    }
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

/// A restart of the service counts as many insertions: whether the card is the one from before, nobody saw.
const INSERTIONS_OF_RESTART: u16 = 0x1000;

fn reader_status(state: &ReaderState, restarts: u16) -> ReaderStatus {
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
        insertions: u16::try_from(state.event_count())
            .unwrap_or_default()
            .wrapping_add(restarts.wrapping_mul(INSERTIONS_OF_RESTART)),
    }
}

fn display_name(name: &CStr) -> String {
    name.to_string_lossy().into_owned()
}

fn card_error(error: Error) -> CardError {
    use CardErrorKind as Kind;
    let kind = match error {
        Error::NoService | Error::ServiceStopped | Error::Shutdown | Error::InvalidHandle => {
            Kind::NoService
        }
        Error::NoReadersAvailable => Kind::NoReader,
        Error::UnknownReader | Error::ReaderUnavailable | Error::NotReady => Kind::ReaderDetached,
        Error::NoSmartcard => Kind::NoCard,
        Error::RemovedCard => Kind::Removed,
        Error::ResetCard => Kind::Reset,
        Error::UnresponsiveCard | Error::UnpoweredCard | Error::InvalidAtr => Kind::Mute,
        Error::SharingViolation | Error::ServerTooBusy => Kind::Busy,
        Error::SecurityViolation | Error::NoAccess => Kind::Denied,
        Error::ProtoMismatch | Error::UnsupportedCard | Error::CardUnsupported => {
            Kind::ProtocolMismatch
        }
        Error::InsufficientBuffer => Kind::ResponseTooLong,
        Error::Timeout => Kind::Timeout,
        Error::Cancelled | Error::SystemCancelled | Error::CancelledByUser => Kind::Cancelled,
        Error::CommError | Error::CommDataLost | Error::NotTransacted => Kind::Communication,
        _ => Kind::Service,
    };
    CardError::new(kind).with_service_code(service_code(error))
}

/// An error of a question about readers on an established context. No card takes part and the
/// service has let this user in, so a broken or closed connection is the end of the service;
/// pcsc-lite reports the closed one as a refusal.
fn service_error(error: Error) -> CardError {
    match error {
        Error::CommError | Error::SecurityViolation | Error::NoAccess => {
            CardError::new(CardErrorKind::NoService).with_service_code(service_code(error))
        }
        other => card_error(other),
    }
}

/// The number the service's documentation lists the error under.
fn service_code(error: Error) -> u32 {
    error as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn service_errors_have_their_kind_and_number() {
        use CardErrorKind as Kind;
        for (error, kind, code) in [
            (Error::NoService, Kind::NoService, 0x8010_001D),
            (Error::ServiceStopped, Kind::NoService, 0x8010_001E),
            (Error::InvalidHandle, Kind::NoService, 0x8010_0003),
            (Error::NoReadersAvailable, Kind::NoReader, 0x8010_002E),
            (Error::UnknownReader, Kind::ReaderDetached, 0x8010_0009),
            (Error::ReaderUnavailable, Kind::ReaderDetached, 0x8010_0017),
            (Error::NoSmartcard, Kind::NoCard, 0x8010_000C),
            (Error::RemovedCard, Kind::Removed, 0x8010_0069),
            (Error::ResetCard, Kind::Reset, 0x8010_0068),
            (Error::UnresponsiveCard, Kind::Mute, 0x8010_0066),
            (Error::UnpoweredCard, Kind::Mute, 0x8010_0067),
            (Error::SharingViolation, Kind::Busy, 0x8010_000B),
            (Error::SecurityViolation, Kind::Denied, 0x8010_006A),
            (Error::ProtoMismatch, Kind::ProtocolMismatch, 0x8010_000F),
            (
                Error::InsufficientBuffer,
                Kind::ResponseTooLong,
                0x8010_0008,
            ),
            (Error::Timeout, Kind::Timeout, 0x8010_000A),
            (Error::Cancelled, Kind::Cancelled, 0x8010_0002),
            (Error::CommError, Kind::Communication, 0x8010_0013),
            (Error::NoMemory, Kind::Service, 0x8010_0006),
        ] {
            let mapped = card_error(error);
            assert_eq!(
                (mapped.kind, mapped.service_code),
                (kind, Some(code)),
                "{error:?}"
            );
        }
    }
}
