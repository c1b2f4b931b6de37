//! Exit codes of every command.

use std::process::ExitCode;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done; every signature passed.
    Done = 0,
    /// A signature failed.
    Failed = 1,
    /// A signature is indeterminate or not qualified.
    Indeterminate = 2,
    /// The command line or the configuration is wrong.
    Usage = 64,
    /// The input holds no signature.
    NoSignature = 65,
    /// The program failed.
    Internal = 70,
    /// A limit was reached.
    Limit = 75,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
