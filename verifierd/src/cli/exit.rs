//! Exit codes of every command.

use std::process::ExitCode;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done; every signature passed.
    Done = 0,
    /// A signature failed; a daemon refused the request.
    Failed = 1,
    /// A signature is indeterminate or not qualified.
    Indeterminate = 2,
    /// The command line or the configuration is wrong.
    Usage = 64,
    /// The input holds no signature.
    NoSignature = 65,
    /// The daemon cannot be reached, is not able to answer, or did not in time.
    Unreachable = 69,
    /// The program failed.
    Internal = 70,
    /// A limit was reached.
    Limit = 75,
}

impl Exit {
    /// The code of several files: what could not be judged outweighs what failed, which outweighs what is open.
    #[must_use]
    pub const fn worse(self, other: Self) -> Self {
        const fn weight(exit: Exit) -> u8 {
            match exit {
                Exit::Done => 0,
                Exit::Indeterminate => 1,
                Exit::Failed => 2,
                Exit::NoSignature => 3,
                Exit::Limit => 4,
                Exit::Usage => 5,
                Exit::Unreachable => 6,
                Exit::Internal => 7,
            }
        }
        if weight(other) > weight(self) {
            other
        } else {
            self
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
