//! A real `pcscd` of the test's own: in namespaces of its own where the kernel allows it, else on a socket and ports of
//! its own and one at a time.
//!
//! Readers that come, go and move cannot be played here: Debian's pcscd adds serial readers, which the virtual one is,
//! only when it starts, and always numbers them 00. The scripted service plays those.

use std::fmt;
use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{ChildStdout, Command};
use std::str::FromStr;
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
use tempfile::TempDir;

use super::DEADLINE;

#[path = "service/host.rs"]
pub mod host;

use host::{Host, Namespace, Turn};

const PCSCD: &str = "/usr/sbin/pcscd";
const DRIVER: &str = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so";

/// Name of the first reader of the virtual driver.
pub const READER: &str = "Virtual PCD 00 00";

/// A running `pcscd`. It ends when this is dropped, and when the test's process ends in whatever way.
pub struct CardService {
    host: Box<dyn Host>,
    log: Receiver<String>,
    folder: TempDir,
    port: ReaderPort,
}

/// Where the first slot of a virtual reader waits for a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReaderPort {
    port: u16,
    /// A process in whose network the port is; none for that of this process.
    process: Option<u32>,
}

impl CardService {
    /// A service that knows no reader.
    pub fn without_reader() -> Self {
        CardService::start(false)
    }

    /// A service with a virtual reader of two empty slots.
    pub fn with_reader() -> Self {
        CardService::start(true)
    }

    /// Starts the service and waits until it is ready.
    fn start(with_reader: bool) -> Self {
        for file in [PCSCD, DRIVER] {
            let there = Path::new(file).exists();
            assert!(
                there,
                "{file} is missing: install pcscd and vsmartcard-vpcd (make test does)"
            );
        }
        let folder = tempfile::tempdir().unwrap();
        let configuration = folder.path().join("reader.conf.d");
        fs::create_dir(&configuration).unwrap();
        fs::create_dir(folder.path().join("usb")).unwrap();
        let (host, log, port) = match host::namespaces() {
            Ok(()) => Namespace::start(folder.path()),
            Err(_) => Turn::start(),
        };
        if with_reader {
            write_reader(&configuration, port.port);
        }
        let mut service = CardService {
            host,
            log,
            folder,
            port,
        };
        service.launch();
        service
    }

    /// Path of the socket clients connect to.
    pub fn socket(&self) -> PathBuf {
        self.folder.path().join("pcscd.comm")
    }

    /// Where the first slot waits for a card.
    pub fn port(&self) -> ReaderPort {
        self.port
    }

    /// The processes that run it.
    pub fn processes(&self) -> Vec<u32> {
        host::processes_of(self.folder.path())
    }

    /// Ends the service and starts another one on the same socket and ports.
    pub fn restart(&mut self) {
        self.stop();
        self.launch();
    }

    /// Ends the service at once.
    pub fn stop(&mut self) {
        self.host.end(&self.log);
        // It had no time to tidy up.
        for file in ["pcscd.comm", "pcscd.pid"] {
            let _ = fs::remove_file(self.folder.path().join(file));
        }
    }

    fn launch(&mut self) {
        if let Some(log) = self.host.begin(self.folder.path()) {
            self.log = log;
        }
        loop {
            let line = next_line(&self.log);
            assert!(
                !line.contains("Could not initialize connection to virtual ICC"),
                "another program took the ports of the virtual reader"
            );
            if line.contains("daemon ready") {
                return;
            }
        }
    }
}

impl ReaderPort {
    /// Reaches the slot as a card does.
    pub fn connect(self) -> TcpStream {
        let address = ("127.0.0.1", self.port);
        let Some(process) = self.process else {
            return TcpStream::connect(address).unwrap();
        };
        // A thread of its own enters the network of the service; the socket stays there.
        let enter = move || {
            let network = fs::File::open(format!("/proc/{process}/ns/net")).unwrap();
            let network = std::os::fd::AsFd::as_fd(&network);
            move_into_link_name_space(network, Some(LinkNameSpaceType::Network)).unwrap();
            TcpStream::connect(address).unwrap()
        };
        thread::spawn(enter).join().unwrap()
    }

    /// The other slot of the reader.
    pub fn second(self) -> Self {
        let port = self.port + 1;
        ReaderPort { port, ..self }
    }

    /// The TCP port.
    pub fn number(self) -> u16 {
        self.port
    }

    /// A process in whose network the port is; none for that of this process.
    pub fn process(self) -> Option<u32> {
        self.process
    }
}

/// For the environment of a process that shall reach the slot too.
impl fmt::Display for ReaderPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.process {
            Some(process) => write!(f, "{}@{process}", self.port),
            None => write!(f, "{}", self.port),
        }
    }
}

impl FromStr for ReaderPort {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (port, process) = match text.split_once('@') {
            Some((port, process)) => (port, Some(process.parse()?)),
            None => (text, None),
        };
        Ok(ReaderPort {
            port: port.parse()?,
            process,
        })
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

fn write_reader(configuration: &Path, port: u16) {
    let text = format!(
        "FRIENDLYNAME \"Virtual PCD\"\nDEVICENAME /dev/null:{port}\nLIBPATH {DRIVER}\nCHANNELID {port}\n"
    );
    fs::write(configuration.join("virtual"), text).unwrap();
}

fn next_line(log: &Receiver<String>) -> String {
    log.recv_timeout(DEADLINE)
        .expect("pcscd ended or did not become ready")
}

/// Sends every line of the log; reads on when nobody listens, so that the service never blocks.
fn lines(log: ChildStdout) -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        for line in BufReader::new(log).lines().map_while(Result::ok) {
            let _ = sender.send(line);
        }
    });
    receiver
}
