//! What the service says when it does not do what it is asked.

use std::io::ErrorKind;
use std::os::unix::net::UnixStream;

use pcsc::{Context, Error, Scope};

use crate::error::{CardError, CardErrorKind};

/// The socket of the service, and the variable that names another one.
const SOCKET: &str = "/run/pcscd/pcscd.comm";
const SOCKET_VARIABLE: &str = "PCSCLITE_CSOCK_NAME";

/// Connects to the service. One that refuses this user (polkit, action `access_pcsc`) closes the connection, which
/// pcsc-lite tells, by the moment, as a violation, as a broken connection or as no service at all.
pub(super) fn establish() -> Result<Context, CardError> {
    let error = match Context::establish(Scope::System) {
        Ok(context) => return Ok(context),
        Err(error) => error,
    };
    if !is_closed(error) {
        return Err(card_error(error));
    }
    let kind = match knock() {
        Ok(()) => match Context::establish(Scope::System) {
            // It was just being restarted.
            Ok(context) => return Ok(context),
            Err(_) => CardErrorKind::Denied,
        },
        Err(ErrorKind::PermissionDenied) => CardErrorKind::Denied,
        Err(_) => CardErrorKind::NoService,
    };
    Err(CardError::new(kind).with_service_code(service_code(error)))
}

/// Whether somebody is behind the socket of the service.
fn knock() -> Result<(), ErrorKind> {
    let socket = std::env::var_os(SOCKET_VARIABLE).unwrap_or_else(|| SOCKET.into());
    let connection = UnixStream::connect(socket);
    connection.map(drop).map_err(|error| error.kind())
}

/// The connection to the service is closed, or there was none.
pub(super) fn is_closed(error: Error) -> bool {
    matches!(
        error,
        Error::CommError | Error::NoAccess | Error::NoService | Error::SecurityViolation
    )
}

pub(super) fn card_error(error: Error) -> CardError {
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
pub(super) fn service_error(error: Error) -> CardError {
    match error {
        Error::CommError | Error::SecurityViolation | Error::NoAccess => {
            CardError::new(CardErrorKind::NoService).with_service_code(service_code(error))
        }
        // Not of a card: the list of readers grows and grows.
        Error::InsufficientBuffer => {
            CardError::new(CardErrorKind::Service).with_service_code(service_code(error))
        }
        other => card_error(other),
    }
}

/// The number the service's documentation lists the error under.
pub(super) fn service_code(error: Error) -> u32 {
    error as u32
}
