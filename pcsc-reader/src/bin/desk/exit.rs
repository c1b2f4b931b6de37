//! Exit codes.

use std::process::ExitCode;

use pcsc_reader::{CardError, CardErrorKind};

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// What was asked is done.
    Done,
    /// The card or the daemon refused, or the person did.
    Refused,
    /// It cannot be decided now.
    Undecided,
    /// The command line is wrong.
    Usage,
    /// No reader, no card or no service.
    Unavailable,
    /// A fault of the program or of the service.
    Internal,
    /// The PIN is wrong or blocked.
    Pin,
}

impl Exit {
    /// The end of a program that a card kept from its work.
    pub(crate) fn of(error: &CardError) -> Self {
        use CardErrorKind as Kind;
        match error.kind {
            Kind::ModuleUnusable => Exit::Usage,
            Kind::Service => Exit::Internal,
            Kind::PinBlocked
            | Kind::PinLastTry
            | Kind::PinRejected
            | Kind::PinRequired
            | Kind::PinWrong { .. } => Exit::Pin,
            Kind::Cancelled
            | Kind::Malformed
            | Kind::NoKey
            | Kind::Refused
            | Kind::ResponseTooLong
            | Kind::ShortResponse
            | Kind::TerminalCredentialMissing
            | Kind::Unsupported => Exit::Refused,
            _ => Exit::Unavailable,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(match exit {
            Exit::Done => 0,
            Exit::Refused => 1,
            Exit::Undecided => 2,
            Exit::Usage => 64,
            Exit::Unavailable => 69,
            Exit::Internal => 70,
            Exit::Pin => 77,
        })
    }
}
