//! `desk` with a person before it: a pseudo-terminal.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use rustix::pty::{OpenptFlags, grantpt, ioctl_tiocgptpeer, openpt, unlockpt};
use rustix::termios::{LocalModes, tcgetattr};

use super::DEADLINE;
use super::desk::command;

/// A running `desk` whose input and output of troubles are a terminal. Results go into a pipe.
pub struct Terminal {
    child: Child,
    keys: File,
    /// Our own hold of the program's end, to look at its modes.
    line: File,
    parts: Receiver<String>,
    shown: String,
    seen: usize,
}

impl Terminal {
    /// Starts it.
    pub fn start(socket: &Path, arguments: &[&str]) -> Self {
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY;
        let ours = openpt(flags).unwrap();
        grantpt(&ours).unwrap();
        unlockpt(&ours).unwrap();
        let line = File::from(ioctl_tiocgptpeer(&ours, flags).unwrap());
        let mut command = command(socket, arguments);
        command
            .env("TERM", "xterm-256color")
            .stdin(Stdio::from(line.try_clone().unwrap()))
            .stderr(Stdio::from(line.try_clone().unwrap()))
            .stdout(Stdio::piped());
        let child = command.spawn().unwrap();
        let mut screen = File::from(ours.try_clone().unwrap());
        let (sender, parts) = channel();
        thread::spawn(move || {
            let mut part = [0; 4096];
            let mut rest = Vec::new();
            while let Ok(count @ 1..) = screen.read(&mut part) {
                rest.extend_from_slice(&part[..count]);
                // A character may come in two parts.
                let whole = match std::str::from_utf8(&rest) {
                    Ok(text) => text.len(),
                    Err(error) => error.valid_up_to(),
                };
                let text = String::from_utf8(rest.drain(..whole).collect()).unwrap();
                if sender.send(text).is_err() {
                    break;
                }
            }
        });
        Terminal {
            child,
            keys: File::from(ours),
            line,
            parts,
            shown: String::new(),
            seen: 0,
        }
    }

    /// Waits until the terminal shows `text` after what was waited for before.
    pub fn wait_for(&mut self, text: &str) {
        loop {
            if let Some(place) = self.shown[self.seen..].find(text) {
                self.seen += place + text.len();
                return;
            }
            match self.parts.recv_timeout(DEADLINE) {
                Ok(part) => self.shown.push_str(&part),
                Err(_) => panic!("the terminal never showed {text:?}"),
            }
        }
    }

    /// Types keys.
    pub fn keys(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
    }

    /// What is typed appears.
    pub fn echoes(&self) -> bool {
        let modes = tcgetattr(&self.line).unwrap().local_modes;
        modes.contains(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG)
    }

    /// Number of the process.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// Waits for the end: how it ended, the results, and everything that the terminal showed.
    pub fn finish(mut self) -> Ended {
        let mut out = String::new();
        let mut results = self.child.stdout.take().unwrap();
        results.read_to_string(&mut out).unwrap();
        let status = self.child.wait().unwrap();
        let echoes = self.echoes();
        // The last words are in the terminal already: it is read until it shows a mark of ours.
        const MARK: &str = "\u{2}end\u{3}";
        self.line.write_all(MARK.as_bytes()).unwrap();
        self.wait_for(MARK);
        Ended {
            exit: status.code(),
            signal: std::os::unix::process::ExitStatusExt::signal(&status),
            out,
            shown: std::mem::take(&mut self.shown),
            echoes,
        }
    }
}

/// A `desk` that has ended.
#[derive(Debug)]
pub struct Ended {
    pub exit: Option<i32>,
    pub signal: Option<i32>,
    pub out: String,
    pub shown: String,
    pub echoes: bool,
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
