//! The PC/SC adapter: the only file that names the `pcsc` crate.

use std::ffi::{CStr, CString};
use std::time::Duration;

use pcsc::{
    Context, Disposition, Error, MAX_BUFFER_SIZE_EXTENDED, PNP_NOTIFICATION, Protocols,
    ReaderState, Scope, ShareMode, State, Transaction,
};

use super::{Answer, Protocol, ReaderService, ReaderStatus, Sharing, Slot, Steps, Transport};
use crate::error::{CardError, CardErrorKind};

/// How often the list of readers is taken again when a reader vanishes while it is being read.
const RELISTINGS: u32 = 3;

/// A connection to the PC/SC service of this machine.
///
/// One thread owns it: PC/SC allows one caller a context.
pub struct PcscService {
    context: Context,
    /// The notification entry first, then a row a reader, as they were at the last look.
    states: Vec<ReaderState>,
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
        Ok(PcscService {
            context,
            states,
            seen: Vec::new(),
        })
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
        match self.context.get_status_change(limit, &mut self.states) {
            Ok(()) => {
                for state in &mut self.states {
                    state.sync_current_state();
                }
                self.seen = self.states.iter().skip(1).map(reader_status).collect();
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

    fn transaction(&mut self, reader: &str, steps: Steps<'_>) -> Result<(), CardError> {
        let located = |error| card_error(error).with_reader(reader);
        let name = CString::new(reader)
            .map_err(|_| CardError::new(CardErrorKind::ReaderDetached).with_reader(reader))?;
        let protocols = Protocols::T0 | Protocols::T1;
        let mut card = self
            .context
            .connect(&name, ShareMode::Shared, protocols)
            .map_err(located)?;
        let outcome = card.status2_owned().map_err(located).and_then(|status| {
            let transaction = card.transaction().map_err(located)?;
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
            // The steps' own outcome says more than a failure to end after the card has left.
            let _ = transaction.end(release);
            outcome
        });
        // Dropping the handle would reset the card under every other program.
        let _ = card.disconnect(Disposition::LeaveCard);
        outcome
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

fn reader_status(state: &ReaderState) -> ReaderStatus {
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
        insertions: u16::try_from(state.event_count()).unwrap_or_default(),
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
