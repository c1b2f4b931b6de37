//! What becomes of an answer that nobody reads, and of one that cannot be written.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/desk.rs"]
mod desk;

use std::fs::File;
use std::process::{Output, Stdio};

use desk::{Desk, TRUST};
use testdata::demo;

fn desk() -> Desk {
    let desk = Desk::new();
    let pki = demo::pki().unwrap();
    desk.write("citizen.der", &pki.certificate("citizen").unwrap().der);
    desk
}

/// Commands that answer, each with success.
fn commands() -> Vec<Vec<&'static str>> {
    let certificate = ["verify-certificate"];
    vec![
        [&TRUST[..], &["attached.p7s"]].concat(),
        [&TRUST[..], &["--format", "text", "attached.p7s"]].concat(),
        [&certificate, &TRUST[1..], &["citizen.der"]].concat(),
        vec!["inspect", "attached.p7s"],
        [
            &["trust", "import", "--store", "store"],
            &TRUST[3..5],
            &["accredited-cas.xml"],
        ]
        .concat(),
    ]
}

fn answer_to(desk: &Desk, arguments: &[&str], answer: impl Into<Stdio>) -> Output {
    let mut command = desk.command(arguments);
    command.stdout(answer).stderr(Stdio::piped());
    command.spawn().unwrap().wait_with_output().unwrap()
}

#[test]
fn a_reader_that_went_away_changes_nothing() {
    let desk = desk();
    for command in commands() {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = answer_to(&desk, &command, writer);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(
            (output.status.code(), said.as_str()),
            (Some(0), ""),
            "{command:?}"
        );
    }
}

/// Half a report in a file is not taken for a whole one.
#[cfg(target_os = "linux")]
#[test]
fn an_answer_that_is_lost_is_told() {
    let desk = desk();
    for command in commands() {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let output = answer_to(&desk, &command, full);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(70), "{command:?}: {said}");
        assert_eq!(
            said,
            "verifierd: the answer could not be written: there is no space on the disk / \
             ответ записать не удалось: на диске нет места\n"
        );
    }
}
