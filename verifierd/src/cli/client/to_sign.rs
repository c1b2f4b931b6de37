//! What is to be signed goes out as a file, and comes back signed as another.

use std::{io::ErrorKind, path::PathBuf};

use clap::Args;
use tonic::{Response, Status, transport::Channel};

use super::{Remote, file, write_new};
use crate::cli::{Exit, named, say};

/// Where the bytes to sign go.
#[derive(Args, Clone, Debug)]
pub(in crate::cli) struct ToSign {
    /// File for the bytes to sign; it must not be there yet / файл для байтов, которые надо подписать
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl ToSign {
    /// Asks for something to sign and writes it. A file that is there is kept: nothing is asked for that could not be
    /// written.
    ///
    /// # Errors
    /// The exit code, once the reason was told.
    pub(in crate::cli) fn ask<M>(
        &self,
        remote: &Remote,
        call: impl AsyncFnOnce(Channel) -> Result<Response<M>, Status>,
        content: impl FnOnce(&M) -> &[u8],
    ) -> Result<M, Exit> {
        let not_written = |path: &PathBuf, error: &std::io::Error| {
            say(&format_args!(
                "{}: {}",
                named(path),
                crate::shown::both(error)
            ));
            Exit::Usage
        };
        if let Some(path) = self.out.as_ref().filter(|path| path.exists()) {
            return Err(not_written(path, &ErrorKind::AlreadyExists.into()));
        }
        let answer = remote.ask(call)?.into_inner();
        if let Some(path) = &self.out {
            write_new(path, content(&answer)).map_err(|error| not_written(path, &error))?;
        }
        Ok(answer)
    }
}

/// What was signed.
#[derive(Args, Clone, Debug)]
pub(in crate::cli) struct Signature {
    /// The signature, `-` for standard input / файл подписи, `-` — стандартный ввод
    #[arg(long = "signature", value_name = "FILE")]
    path: PathBuf,
}

impl Signature {
    /// Reads it.
    ///
    /// # Errors
    /// The exit code, once the reason was told.
    pub(in crate::cli) fn read(&self) -> Result<Vec<u8>, Exit> {
        file(&self.path)
    }
}
