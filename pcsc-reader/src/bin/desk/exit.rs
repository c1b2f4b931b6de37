//! Exit codes.

use std::process::ExitCode;

use pcsc_reader::{CardError, CardErrorKind};

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// What was asked is done.
    Done,
    /// The command line is wrong.
    Usage,
    /// No reader, no card or no service.
    Unavailable,
    /// A fault of the program or of the service.
    Internal,
}

impl Exit {
    /// The end of a program that could not reach the readers.
    pub(crate) fn of(error: &CardError) -> Self {
        match error.kind {
            CardErrorKind::Service => Exit::Internal,
            _ => Exit::Unavailable,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(match exit {
            Exit::Done => 0,
            Exit::Usage => 64,
            Exit::Unavailable => 69,
            Exit::Internal => 70,
        })
    }
}
