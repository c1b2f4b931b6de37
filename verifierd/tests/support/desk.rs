//! A folder with what a person at a desk has, and the program as it is called there.

#![allow(dead_code)]

use std::{
    fs,
    path::PathBuf,
    process::{Command, Output},
};

use serde_json::Value;
use tempfile::TempDir;
use testdata::{Timestamp, demo};

pub const CONTENT: &[u8] = "Прошу подтвердить учётную запись".as_bytes();
pub const AT: &str = "2026-11-21T12:00:00Z";

/// A folder with the demonstration trust and signatures of the demonstration citizen.
pub struct Desk {
    folder: TempDir,
}

impl Desk {
    /// A folder with nothing in it.
    pub fn empty() -> Self {
        Self {
            folder: TempDir::new().unwrap(),
        }
    }

    pub fn new() -> Self {
        let desk = Self::empty();
        let token = demo::token().unwrap();
        let signed_at = Timestamp(1_795_000_000);
        desk.write(
            "attached.p7s",
            &token.sign_attached(CONTENT, signed_at).unwrap(),
        );
        desk.write(
            "detached.p7s",
            &token.sign_detached(CONTENT, signed_at).unwrap(),
        );
        desk.write("content.txt", CONTENT);
        desk.write("other.txt", b"other");
        desk.write("empty", b"");
        for name in ["anchors.pem", "crls.pem", "accredited-cas.xml"] {
            let demo = concat!(env!("CARGO_MANIFEST_DIR"), "/demo");
            desk.write(name, &fs::read(format!("{demo}/{name}")).unwrap());
        }
        desk
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, octets: &[u8]) {
        fs::write(self.path(name), octets).unwrap();
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    pub fn run(&self, arguments: &[&str]) -> (i32, Output) {
        let output = self.command(arguments).output().unwrap();
        (output.status.code().unwrap(), output)
    }

    /// With a file as standard input.
    pub fn run_with_input(&self, arguments: &[&str], input: &str) -> (i32, Output) {
        let input = fs::File::open(self.path(input)).unwrap();
        let output = self.command(arguments).stdin(input).output().unwrap();
        (output.status.code().unwrap(), output)
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_verifierd"));
        command.current_dir(self.folder.path()).args(arguments);
        command
    }

    /// `verify` with the demonstration trust; answers the exit code and the reports.
    pub fn verify(&self, arguments: &[&str]) -> (i32, Vec<Value>) {
        reports(self.run(&[&TRUST, arguments].concat()))
    }

    /// As [`Self::verify`], with a file as standard input.
    pub fn verify_input(&self, arguments: &[&str], input: &str) -> (i32, Vec<Value>) {
        reports(self.run_with_input(&[&TRUST, arguments].concat(), input))
    }
}

pub const TRUST: [&str; 9] = [
    "verify",
    "--at",
    AT,
    "--anchors",
    "anchors.pem",
    "--crls",
    "crls.pem",
    "--trust",
    "accredited-cas.xml",
];

fn reports((code, output): (i32, Output)) -> (i32, Vec<Value>) {
    let text = String::from_utf8(output.stdout).unwrap();
    let reports = text.lines().map(|line| serde_json::from_str(line).unwrap());
    (code, reports.collect())
}
