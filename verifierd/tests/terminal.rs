//! The progress of `verify` on a terminal, and its absence everywhere else.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/desk.rs"]
mod desk;
#[path = "support/screen.rs"]
mod screen;

use std::{
    fs::File,
    io::Read as _,
    process::{Output, Stdio},
    thread,
};

use desk::{AT, Desk};
use rustix::{
    pty::{OpenptFlags, grantpt, ioctl_tiocgptpeer, openpt, unlockpt},
    termios::{Winsize, tcsetwinsize},
};
use screen::Screen;
use testdata::{Timestamp, demo};

const SIGNED_AT: Timestamp = Timestamp(1_795_000_000);
/// More than is read whole.
const SIZE: usize = 3 << 20;
const COLUMNS: u16 = 100;

fn desk() -> Desk {
    let desk = Desk::new();
    let content = vec![b'x'; SIZE];
    let token = demo::token().unwrap();
    desk.write("large", &content);
    desk.write(
        "large.p7s",
        &token.sign_attached(&content, SIGNED_AT).unwrap(),
    );
    desk.write(
        "beside.p7s",
        &token.sign_detached(&content, SIGNED_AT).unwrap(),
    );
    desk.write("nested", &[0x30, 0x80].repeat(SIZE / 2));
    desk
}

fn arguments<'a>(files: &[&'a str]) -> Vec<&'a str> {
    [&["verify", "--at", AT, "--anchors", "anchors.pem"], files].concat()
}

/// Runs with standard error on a terminal; answers what it got too.
fn on_terminal(desk: &Desk, files: &[&str], input: Option<&str>) -> (Output, String) {
    let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY;
    let ours = openpt(flags).unwrap();
    grantpt(&ours).unwrap();
    unlockpt(&ours).unwrap();
    let theirs = ioctl_tiocgptpeer(&ours, flags).unwrap();
    let size = Winsize {
        ws_row: 24,
        ws_col: COLUMNS,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    tcsetwinsize(&theirs, size).unwrap();
    let mut command = desk.command(&arguments(files));
    command.env("TERM", "xterm-256color").stderr(theirs);
    command.stdout(Stdio::piped()).stdin(Stdio::null());
    if let Some(input) = input {
        command.stdin(File::open(desk.path(input)).unwrap());
    }
    let child = command.spawn().unwrap();
    // Its end of the terminal is closed here: reading ends when the program does.
    drop(command);
    let shown = thread::spawn(move || {
        let mut shown = Vec::new();
        let mut terminal = File::from(ours);
        let mut part = [0; 4096];
        // The last reader of a terminal is told by an error that nobody writes.
        while let Ok(count @ 1..) = terminal.read(&mut part) {
            shown.extend_from_slice(&part[..count]);
        }
        String::from_utf8(shown).unwrap()
    });
    let output = child.wait_with_output().unwrap();
    (output, shown.join().unwrap())
}

fn elsewhere(desk: &Desk, files: &[&str], input: Option<&str>) -> Output {
    let arguments = arguments(files);
    match input {
        Some(input) => desk.run_with_input(&arguments, input).1,
        None => desk.run(&arguments).1,
    }
}

/// What the screen showed at any time, and what stays.
fn screens(shown: &str) -> (String, String) {
    let mut screen = Screen::new(COLUMNS.into());
    let all = screen.take(shown);
    (all, screen.text())
}

#[test]
fn a_terminal_shows_how_far_it_got_and_nothing_stays() {
    let desk = desk();
    let three = ["attached.p7s", "detached.p7s", "attached.p7s"];
    let with_content = ["--content", "large", "beside.p7s"];
    let piped_content = ["--content", "-", "beside.p7s"];
    let large_among = ["attached.p7s", "large.p7s"];
    for (files, input, parts) in [
        (
            &["large.p7s"][..],
            None,
            &["large.p7s", "█", "/3.00 MiB"][..],
        ),
        (&["-"], Some("large.p7s"), &["MiB", "/s"]),
        (&with_content, None, &["large", "█", "/3.00 MiB"]),
        (&piped_content, Some("large"), &["MiB", "/s"]),
        (&three, None, &["█", "1/3", "2/3"]),
        (&large_among, None, &["1/2", "large.p7s", "/3.00 MiB"]),
    ] {
        let (output, shown) = on_terminal(&desk, files, input);
        let (all, stays) = screens(&shown);
        for part in parts {
            assert!(all.contains(part), "{files:?}: {part} in {all}");
        }
        assert_eq!(stays, "", "{files:?}");
        // Nothing of it reaches those who read reports or log files.
        let apart = elsewhere(&desk, files, input);
        assert_eq!(String::from_utf8(apart.stderr).unwrap(), "", "{files:?}");
        assert!(!apart.stdout.is_empty(), "{files:?}");
        assert_eq!(output.stdout, apart.stdout, "{files:?}");
        assert_eq!(output.status, apart.status, "{files:?}");
    }
}

#[test]
fn a_small_file_shows_nothing() {
    let desk = desk();
    let (output, shown) = on_terminal(&desk, &["attached.p7s"], None);
    assert_eq!(shown, "");
    assert!(!output.stdout.is_empty());
}

#[test]
fn what_went_wrong_stays_on_the_terminal_alone() {
    let desk = desk();
    for (files, code) in [
        (&["nested"][..], 75),
        (&["nested", "attached.p7s"], 75),
        (&["attached.p7s", "absent.p7s"], 64),
        (&["attached.p7s", "--content", "absent"], 64),
    ] {
        let (output, shown) = on_terminal(&desk, files, None);
        let apart = elsewhere(&desk, files, None);
        let said = String::from_utf8(apart.stderr).unwrap();
        assert!(!said.is_empty(), "{files:?}");
        let mut plain = Screen::new(COLUMNS.into());
        plain.take(&said.replace('\n', "\r\n"));
        assert_eq!(screens(&shown).1, plain.text(), "{files:?}");
        assert_eq!(output.status.code(), Some(code), "{files:?}");
        assert_eq!(output.stdout, apart.stdout, "{files:?}");
    }
}
