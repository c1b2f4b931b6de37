//! Where the card services of the tests run: apart from the machine and each other, one by one where that is refused,
//! and never longer than the test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::os::fd::OwnedFd;
use std::process::{Command, Stdio};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, pidfd_open};
use support::DEADLINE;
use support::card::VirtualCard;
use support::desk;
use support::service::{CardService, host};

const ATRS: [&str; 2] = ["3B80800101", "3B8B015275746F6B656E6C697465C2"];

/// The variable that says how the inner process shall end.
const END: &str = "CARD_TESTS_END";

#[test]
fn two_services_at_once_have_the_same_port_and_each_its_own_card() {
    if host::namespaces().is_err() {
        // They cannot be at once here: `without_namespaces_the_tests_say_so_and_take_turns`.
        return;
    }
    let services = [CardService::with_reader(), CardService::with_reader()];
    assert_eq!(
        services[0].port().number(),
        services[1].port().number(),
        "each has a port space of its own"
    );
    let cards = [0, 1].map(|it| VirtualCard::insert(services[it].port(), ATRS[it]));
    for (service, atr) in services.iter().zip(ATRS) {
        desk::wait_for_slot(&service.socket(), "card");
        let document = desk::run(&service.socket(), &["readers"]).json();
        assert_eq!(document["readers"][0]["card"]["atr"], atr);
    }
    drop(cards);
    let [one, two] = services.each_ref().map(|it| it.port().process().unwrap());
    let of =
        |process: &str, kind: &str| fs::read_link(format!("/proc/{process}/ns/{kind}")).unwrap();
    let (one, two) = (one.to_string(), two.to_string());
    for kind in ["mnt", "net", "ipc", "pid_for_children"] {
        let three = [of("self", kind), of(&one, kind), of(&two, kind)];
        assert!(
            three[0] != three[1] && three[0] != three[2] && three[1] != three[2],
            "{kind}: {three:?}"
        );
    }
    // The virtual driver listens on all addresses: of the machine it is none.
    let outside = TcpStream::connect(("127.0.0.1", services[0].port().number()));
    assert!(outside.is_err());
}

/// This program without the right to make namespaces.
fn refused() -> Command {
    let mut command = Command::new("setpriv");
    command
        .args(["--bounding-set", "-sys_admin", "--inh-caps", "-sys_admin"])
        .arg(std::env::current_exe().unwrap());
    command
}

#[test]
fn without_namespaces_the_tests_say_so_and_take_turns() {
    let output = refused()
        .args(["--exact", "--ignored", "--nocapture", "--test-threads", "2"])
        .args(["first_of_two", "second_of_two"])
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{out}{said}");
    assert_eq!(
        said.matches("card tests: namespaces are not allowed here")
            .count(),
        1,
        "{said}"
    );
    assert!(said.contains("run one by one"), "{said}");
    let marks: Vec<&str> = ["turn begins", "turn ends"]
        .into_iter()
        .flat_map(|mark| out.match_indices(mark))
        .collect::<std::collections::BTreeMap<_, _>>()
        .into_values()
        .collect();
    assert_eq!(
        marks,
        ["turn begins", "turn ends", "turn begins", "turn ends"],
        "{out}"
    );
}

/// A card test as any other.
fn turn(atr: &str) {
    assert!(host::namespaces().is_err());
    let service = CardService::with_reader();
    println!("turn begins");
    let _card = VirtualCard::insert(service.port(), atr);
    desk::wait_for_slot(&service.socket(), "card");
    let document = desk::run(&service.socket(), &["readers"]).json();
    assert_eq!(document["readers"][0]["card"]["atr"], atr);
    println!("turn ends");
}

#[test]
#[ignore = "started by without_namespaces_the_tests_say_so_and_take_turns"]
fn first_of_two() {
    turn(ATRS[0]);
}

#[test]
#[ignore = "started by without_namespaces_the_tests_say_so_and_take_turns"]
fn second_of_two() {
    turn(ATRS[1]);
}

#[test]
fn no_process_is_left_however_a_test_ends() {
    for end in ["return", "panic", "exit", "kill"] {
        leaves_nothing(end, &mut Command::new(std::env::current_exe().unwrap()));
        leaves_nothing(end, &mut refused());
    }
}

/// Runs [`hold_a_service`] to its end.
fn leaves_nothing(end: &str, command: &mut Command) {
    let mut child = command
        .args(["--exact", "--ignored", "--nocapture", "hold_a_service"])
        .env(END, end)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut lines = lines.map_while(Result::ok);
    let held = lines.find_map(|line| line.strip_prefix("held by ").map(str::to_owned));
    let held = held.expect("the inner test started no service");
    let processes: Vec<OwnedFd> = held
        .split(' ')
        .map(|number| {
            let process = Pid::from_raw(number.parse().unwrap()).unwrap();
            pidfd_open(process, PidfdFlags::empty()).unwrap()
        })
        .collect();
    assert!(!processes.is_empty());
    if end == "kill" {
        child.kill().unwrap();
    } else {
        drop(child.stdin.take());
    }
    child.wait().unwrap();
    let limit = Timespec {
        tv_sec: i64::try_from(DEADLINE.as_secs()).unwrap(),
        tv_nsec: 0,
    };
    for process in &processes {
        // It becomes readable with the end of the process.
        let ended = poll(&mut [PollFd::new(process, PollFlags::IN)], Some(&limit));
        assert_eq!(ended, Ok(1), "{end}: one of {held} runs on");
    }
}

#[test]
#[ignore = "started by no_process_is_left_however_a_test_ends"]
fn hold_a_service() {
    let service = CardService::with_reader();
    let processes: Vec<String> = service.processes().iter().map(u32::to_string).collect();
    println!("\nheld by {}", processes.join(" "));
    std::io::stdin().lines().next();
    match std::env::var_os(END).as_deref().and_then(|it| it.to_str()) {
        Some("panic") => panic!("as asked"),
        Some("exit") => std::process::exit(3),
        _ => {}
    }
}
