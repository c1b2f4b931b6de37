//! The daemon as its own process.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, bail};
use rustix::process::{Pid, Signal, kill_process};

/// A running daemon; it is ended when this value goes.
pub(super) struct Daemon {
    child: Child,
    endpoint: String,
}

impl Daemon {
    /// Starts the program that stands beside this one, with its defaults: SQLite in `var` of the folder, the
    /// demonstration trust. A run that ends by itself takes a free port.
    pub(super) fn start(folder: &Path, once: bool) -> Result<Self> {
        let beside = std::env::current_exe()?.with_file_name("verifierd");
        let mut command = Command::new(&beside);
        command
            .arg("serve")
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        if once {
            command.args(["--listen", "127.0.0.1:0"]);
        }
        let mut child = command
            .spawn()
            .with_context(|| format!("{}: build it with make run", beside.display()))?;
        let stdout = child
            .stdout
            .take()
            .context("the daemon has no standard output")?;
        let mut endpoint = None;
        for line in BufReader::new(stdout).lines() {
            let line = line?;
            println!("  {line}");
            if let Some(address) = line.strip_prefix("listening on ") {
                endpoint = Some(format!("http://{}", address.trim()));
            }
            // The last line of its start message.
            if line.starts_with("instance: ") {
                break;
            }
        }
        match endpoint {
            Some(endpoint) => Ok(Self { child, endpoint }),
            None => {
                let status = child.wait()?;
                bail!("the daemon did not start ({status}); is its port taken by another one?")
            }
        }
    }

    pub(super) fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Tells the daemon to end and waits for it.
    pub(super) fn stop(&mut self) -> Result<()> {
        let id = i32::try_from(self.child.id())?;
        let pid = Pid::from_raw(id).context("the daemon has no process id")?;
        kill_process(pid, Signal::TERM)?;
        let status = self.child.wait()?;
        if !status.success() {
            bail!("the daemon ended with {status}");
        }
        Ok(())
    }

    /// Stays until the daemon ends: the interrupt key reaches both.
    pub(super) fn wait(&mut self) -> Result<()> {
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // An error on the way must leave nothing running; a daemon that has ended is no error.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
