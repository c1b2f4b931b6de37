//! Resident memory of the program while content of any size passes by.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/desk.rs"]
mod desk;
#[path = "support/message.rs"]
mod message;

use std::{
    fs,
    io::{self, Read as _, Write as _},
    process::Stdio,
    thread,
};

use desk::{AT, Desk};
use message::{Detached, segments};
use rustix::pipe::fcntl_setpipe_size;
use serde_json::Value;
use testdata::Timestamp;

const SIGNED_AT: Timestamp = Timestamp(1_795_000_000);
const PART: usize = 1 << 20;
/// Four times the bound, in parts.
const PARTS: usize = 128;
/// 32 MiB, in KiB.
const BOUND: u64 = 32 << 10;
/// Octets of a segment, as OpenSSL writes them.
const SEGMENT: usize = 4096;
/// The least that a pipe of Linux holds.
const PIPE: usize = 4096;

/// Where the octets of standard input stand: before, between and after, the second so many times.
struct Input {
    head: Vec<u8>,
    part: Vec<u8>,
    tail: Vec<u8>,
}

/// A folder with a detached signature over the large content, and what it is judged by.
fn desk(part: &[u8]) -> (Desk, Vec<u8>) {
    let desk = Desk::new();
    let pki = testdata::pki::named("rsa").unwrap();
    desk.write("root.der", &pki.certificate("root").unwrap().der);
    for crl in ["root", "ca"] {
        desk.write(&format!("{crl}.crl"), pki.crl(crl).unwrap());
    }
    let signer = pki.token("person").unwrap();
    let signature = signer
        .sign_detached(&part.repeat(PARTS), SIGNED_AT)
        .unwrap();
    desk.write("large.p7s", &signature);
    (desk, signature)
}

/// The report, and the peak of resident memory in KiB once the report is being written.
fn judge(desk: &Desk, files: &[&str], input: &Input) -> (Value, u64) {
    let arguments = [
        &["verify", "--policy", "etsi-ades", "--at", AT, "--explain"][..],
        &["--format", "json", "--anchors", "root.der"],
        &["--crls", "root.crl", "--crls", "ca.crl"],
        files,
    ];
    let (mut output, end) = io::pipe().unwrap();
    // A report is longer: the program waits in the midst of it, with all its work done.
    fcntl_setpipe_size(&output, PIPE).unwrap();
    let mut command = desk.command(&arguments.concat());
    let mut child = command.stdin(Stdio::piped()).stdout(end).spawn().unwrap();
    // Its end of the pipe is closed here.
    drop(command);
    let mut stdin = child.stdin.take().unwrap();
    let mut first = [0];
    let status = thread::scope(|scope| {
        scope.spawn(move || {
            stdin.write_all(&input.head).unwrap();
            for _ in 0..PARTS {
                stdin.write_all(&input.part).unwrap();
            }
            stdin.write_all(&input.tail).unwrap();
        });
        output.read_exact(&mut first).unwrap();
        fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap()
    });
    let mut text = first.to_vec();
    output.read_to_end(&mut text).unwrap();
    assert!(text.len() > 2 * PIPE, "{} octets", text.len());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak = peak.unwrap().trim().strip_suffix(" kB").unwrap();
    (
        serde_json::from_slice(&text).unwrap(),
        peak.parse().unwrap(),
    )
}

#[test]
fn memory_stays_under_its_bound_whatever_the_size() {
    let part: Vec<u8> = (0..PART).map(|at| (at / 3 % 251) as u8).collect();
    let (desk, signature) = desk(&part);
    let message = Detached::read(&signature);
    let segmented = segments(&part, SEGMENT);
    let (definite, indefinite) = (message.definite(PART * PARTS), message.indefinite());
    let in_segments = message.segmented(segmented.len() * PARTS);
    let attached = ["-"];
    for (name, files, head, part, tail) in [
        (
            "detached",
            &["--content", "-", "large.p7s"][..],
            vec![],
            &part,
            vec![],
        ),
        ("definite", &attached, definite.head, &part, definite.tail),
        (
            "segments",
            &attached,
            in_segments.head,
            &segmented,
            in_segments.tail,
        ),
        (
            "indefinite",
            &attached,
            indefinite.head,
            &segmented,
            indefinite.tail,
        ),
    ] {
        let part = part.clone();
        let input = Input { head, part, tail };
        let (report, peak) = judge(&desk, files, &input);
        assert_eq!(report["document"]["size"], PART * PARTS, "{name}");
        assert_eq!(report["signatures"][0]["integrity"], "intact", "{name}");
        assert!(peak < BOUND, "{name}: {peak} KiB");
    }
}
