//! The `desk` program as a user starts it.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use serde_json::Value;

use super::DEADLINE;
use super::service::signal;

/// What a finished program left.
#[derive(Debug)]
pub struct Outcome {
    pub exit: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Outcome {
    /// The only line of the output, as JSON.
    pub fn json(&self) -> Value {
        assert_eq!(self.out.lines().count(), 1, "{self:?}");
        serde_json::from_str(&self.out).unwrap()
    }
}

/// A `desk` command for the service at `socket`.
pub fn command(socket: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_desk"));
    command
        .args(arguments)
        .env("PCSCLITE_CSOCK_NAME", socket)
        .stdin(Stdio::null());
    command
}

/// Runs `desk` to its end.
pub fn run(socket: &Path, arguments: &[&str]) -> Outcome {
    let output = command(socket, arguments).output().unwrap();
    Outcome {
        exit: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A running `desk readers --watch`; killed when dropped.
pub struct Watch {
    child: Child,
    lines: Receiver<String>,
}

impl Watch {
    /// Starts watching with JSON output.
    pub fn start(socket: &Path) -> Self {
        Watch::start_with(socket, &["--format", "json"])
    }

    /// Starts watching.
    pub fn start_with(socket: &Path, options: &[&str]) -> Self {
        let arguments = [&["readers", "--watch"], options].concat();
        let mut child = command(socket, &arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = channel();
        thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        Watch { child, lines }
    }

    /// The next line.
    pub fn line(&self) -> String {
        self.lines
            .recv_timeout(DEADLINE)
            .expect("desk printed no further line")
    }

    /// The next line as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.line()).unwrap()
    }

    /// Interrupts the program as Ctrl+C does and waits for its end.
    pub fn interrupt(self) -> Outcome {
        signal("INT", self.child.id());
        self.finish()
    }

    /// Waits until the program ends by itself.
    pub fn finish(mut self) -> Outcome {
        let mut out = String::new();
        // The channel closes with the program's output.
        while let Ok(line) = self.lines.recv_timeout(DEADLINE) {
            out.push_str(&line);
            out.push('\n');
        }
        let mut err = String::new();
        self.child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut err)
            .unwrap();
        let exit = self.child.wait().unwrap().code();
        Outcome { exit, out, err }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until the service has noticed what is in the first slot of its reader.
pub fn wait_for_slot(socket: &Path, slot: &str) {
    let watch = Watch::start(socket);
    let first = watch.json();
    if first["readers"][0]["slot"] == slot {
        return;
    }
    let event = match slot {
        "card" => "card_inserted",
        "mute" => "card_mute",
        "empty" => "card_removed",
        other => panic!("no event leads to {other}"),
    };
    while watch.json()["event"] != event {}
}
