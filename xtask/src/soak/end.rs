//! However a run ends, nothing of it is left: it runs with a server and mounts of its own, and ends with its parent.

use std::ffi::OsString;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context as _, Result, ensure};
use rustix::process::{Signal, geteuid, set_parent_process_death_signal};
use tokio::signal::unix::{Signal as Stream, SignalKind, signal};

use super::postgres;
use crate::workspace;

/// Set for the program that has everything of its own.
const INSIDE: &str = "SOAK_INSIDE";

/// Whether this process has everything of its own.
pub fn is_inside() -> bool {
    std::env::var_os(INSIDE).is_some()
}

/// Replaces this process by one that has a PostgreSQL server, and mounts that go when it does.
pub fn start_inside() -> Result<ExitCode> {
    with_parent()?;
    let mut words: Vec<OsString> = Vec::new();
    if postgres::server().is_none() {
        let script = workspace::root().join("verifierd/tests/support/with-postgres");
        ensure!(script.exists(), "{} is missing", script.display());
        words.push(script.into());
    }
    words.extend(own_mounts().iter().map(OsString::from));
    words.push(
        std::env::current_exe()
            .context("find the program itself")?
            .into(),
    );
    words.extend(std::env::args_os().skip(1));
    let program = words.remove(0);
    let error = Command::new(program)
        .args(words)
        .env("POSTGRES_FSYNC", "on")
        .env(INSIDE, "1")
        .exec();
    Err(error).context("start the program again")
}

/// The command that gives a program mounts of its own; empty where that is not allowed.
fn own_mounts() -> &'static [&'static str] {
    let options: &[&str] = match geteuid().is_root() {
        true => &["unshare", "--mount"],
        false => &["unshare", "--user", "--map-root-user", "--mount"],
    };
    let allowed = options.split_first().is_some_and(|(program, options)| {
        let mut command = Command::new(program);
        command.args(options).arg("true").stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    });
    if allowed { options } else { &[] }
}

/// Ends with whoever started this process.
pub fn with_parent() -> Result<()> {
    set_parent_process_death_signal(Some(Signal::TERM)).context("end with the parent")
}

/// Where a run keeps its files: what the server's script removes, whatever happens.
pub fn scratch() -> PathBuf {
    std::env::var_os("WITH_POSTGRES_SCRATCH").map_or_else(std::env::temp_dir, PathBuf::from)
}

/// What tells a run to end.
pub struct Signals([Stream; 3]);

impl Signals {
    /// Begins to listen.
    pub fn new() -> Result<Self> {
        Ok(Self([
            signal(SignalKind::hangup())?,
            signal(SignalKind::interrupt())?,
            signal(SignalKind::terminate())?,
        ]))
    }

    /// Waits for the next of them.
    pub async fn next(&mut self) {
        let [hangup, interrupt, terminate] = &mut self.0;
        tokio::select! {
            _ = hangup.recv() => {}
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    }
}
