//! A real `pcscd` of the test's own: own socket, own configuration, own ports.
//!
//! Readers that come and go cannot be played here: Debian's pcscd adds serial readers, which the
//! virtual one is, only when it starts.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use tempfile::TempDir;

use super::DEADLINE;

const PCSCD: &str = "/usr/sbin/pcscd";
const DRIVER: &str = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so";

/// Ports tried, below the range the system hands out for outgoing connections.
const FIRST_PORT: u16 = 20_000;
const PORTS: u16 = 12_000;
const ATTEMPTS: usize = 8;

/// Name of the first reader of the virtual driver.
pub const READER: &str = "Virtual PCD 00 00";

/// A running `pcscd`, killed when dropped (also when the test panics or its process dies).
pub struct CardService {
    child: Child,
    folder: TempDir,
    port: u16,
}

impl CardService {
    /// A service that knows no reader.
    pub fn without_reader() -> Self {
        require_packages();
        let (service, _) = CardService::start(0, false);
        service
    }

    /// A service with a virtual reader of two empty slots.
    pub fn with_reader() -> Self {
        require_packages();
        for _ in 0..ATTEMPTS {
            // Another program may take the ports between the look and the start.
            if let (service, true) = CardService::start(free_ports(), true) {
                return service;
            }
        }
        panic!("no two free TCP ports for the virtual reader after {ATTEMPTS} attempts");
    }

    /// Starts the service and waits until it is ready; `true` when its ports could be opened.
    fn start(port: u16, with_reader: bool) -> (Self, bool) {
        let folder = tempfile::tempdir().unwrap();
        let configuration = folder.path().join("reader.conf.d");
        fs::create_dir(&configuration).unwrap();
        fs::create_dir(folder.path().join("usb")).unwrap();
        if with_reader {
            write_reader(&configuration, port);
        }
        let (child, opened) = launch(folder.path());
        let service = CardService {
            child,
            folder,
            port,
        };
        (service, opened)
    }

    /// Path of the socket clients connect to.
    pub fn socket(&self) -> PathBuf {
        self.folder.path().join("pcscd.comm")
    }

    /// Port on which the first slot waits for a card.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Ends the service and starts another one on the same socket and ports.
    pub fn restart(&mut self) {
        self.stop();
        fs::remove_file(self.socket()).unwrap();
        let (child, opened) = launch(self.folder.path());
        self.child = child;
        assert!(
            opened,
            "another program took the ports of the virtual reader"
        );
    }

    /// Ends the service at once.
    pub fn stop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// Starts the service of a folder and waits until it is ready; `true` when its ports could be opened.
fn launch(folder: &Path) -> (Child, bool) {
    let configuration = folder.join("reader.conf.d");
    let socket = UnixListener::bind(folder.join("pcscd.comm")).unwrap();
    // pcscd takes its socket from systemd's socket activation: descriptor 3. The kernel
    // kills it with the thread that started it.
    let mut child = Command::new("sh")
        .args([
            "-c",
            concat!(
                "exec 3<&0 </dev/null; export LISTEN_FDS=1 LISTEN_PID=$$; ",
                "exec setpriv --pdeathsig KILL \"$0\" --foreground --info --config \"$1\"",
            ),
        ])
        .arg(PCSCD)
        .arg(&configuration)
        .env("PCSCLITE_HP_DROPDIR", folder.join("usb"))
        .stdin(Stdio::from(OwnedFd::from(socket)))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let log = log_lines(&mut child);
    let mut opened = true;
    loop {
        let line = log
            .recv_timeout(DEADLINE)
            .expect("pcscd did not become ready");
        opened &= !line.contains("Could not initialize connection to virtual ICC");
        if line.contains("daemon ready") {
            return (child, opened);
        }
    }
}

impl Drop for CardService {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a signal to a process this test started.
pub fn signal(name: &str, process: u32) {
    let status = Command::new("sh")
        .args(["-c", "kill -\"$0\" \"$1\"", name, &process.to_string()])
        .status()
        .unwrap();
    assert!(status.success(), "kill -{name} {process}");
}

fn require_packages() {
    for file in [PCSCD, DRIVER] {
        assert!(
            Path::new(file).exists(),
            "{file} is missing: install pcscd and vsmartcard-vpcd (make test does)"
        );
    }
}

fn write_reader(configuration: &Path, port: u16) {
    let text = format!(
        "FRIENDLYNAME \"Virtual PCD\"\nDEVICENAME /dev/null:{port}\nLIBPATH {DRIVER}\nCHANNELID {port}\n"
    );
    fs::write(configuration.join("virtual"), text).unwrap();
}

/// Sends every line of the log; reads on when nobody listens, so that the service never blocks.
fn log_lines(child: &mut Child) -> Receiver<String> {
    let (sender, receiver) = channel();
    let log = BufReader::new(child.stdout.take().unwrap());
    thread::spawn(move || {
        for line in log.lines().map_while(Result::ok) {
            let _ = sender.send(line);
        }
    });
    receiver
}

/// The first of two neighbouring free ports: the virtual reader opens one a slot.
fn free_ports() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let process = u16::try_from(std::process::id() % 500).unwrap() * 24;
    for _ in 0..PORTS / 2 {
        let step = NEXT.fetch_add(2, Ordering::Relaxed);
        let port = FIRST_PORT + process.wrapping_add(step) % PORTS;
        let free = |port| TcpListener::bind(("0.0.0.0", port)).is_ok();
        if free(port) && free(port + 1) {
            return port;
        }
    }
    panic!("no two neighbouring free TCP ports");
}
