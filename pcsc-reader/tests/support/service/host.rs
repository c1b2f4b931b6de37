//! What a `pcscd` of a test runs in.

use std::fs::{self, File};
use std::io::Write as _;
use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc::{Receiver, channel};

use super::{PCSCD, ReaderPort, lines, next_line};

/// The port of the first slot that vsmartcard proposes.
const PORT: u16 = 0x8C7B;

/// Ports tried in the network of the machine, below the range the system hands out for outgoing connections.
const SHARED_PORTS: std::ops::Range<u16> = 20_000..32_000;

/// Mount points, network, System V objects and processes of its own; whatever runs inside dies with its first process,
/// and that with the one that started it.
const UNSHARE: [&str; 6] = [
    "--mount",
    "--net",
    "--ipc",
    "--pid",
    "--fork",
    "--kill-child",
];

/// A `/run` and a loopback interface of the namespaces' own.
const SET_UP: &str = "mount -t tmpfs tmpfs /run && mkdir /run/pcscd && ip link set lo up";

/// The first process inside. It obeys its input and ends with it, that is with the test's process.
const FIRST: &str = concat!(
    "mount --bind \"$1\" /run/pcscd\n",
    "echo inside\n",
    "while read -r order; do\n",
    "  if [ \"$order\" = begin ]; then\n",
    "    PCSCLITE_HP_DROPDIR=\"$1/usb\" \"$0\" --foreground --info --config \"$1/reader.conf.d\" &\n",
    "  else\n",
    "    kill -KILL $!; wait $!; echo ended\n",
    "  fi\n",
    "done\n",
);

/// Where there are no namespaces: pcscd takes its socket from systemd's socket activation, descriptor 3, and the kernel
/// kills it with the thread that started it, unless that had ended before the kernel knew.
const SHARED: &str = concat!(
    "exec 3<&0 </dev/null; export LISTEN_FDS=1 LISTEN_PID=$$ PCSCLITE_HP_DROPDIR=\"$1/usb\"; ",
    "exec setpriv --pdeathsig KILL sh -c '[ $PPID = \"$2\" ] || exit; ",
    "exec \"$0\" --foreground --info --config \"$1/reader.conf.d\"' \"$0\" \"$1\" \"$2\"",
);

/// A place for a `pcscd`; dropping it ends what runs there.
pub trait Host {
    /// Starts pcscd for a folder; answers where its log is read when that is a new place.
    fn begin(&mut self, folder: &Path) -> Option<Receiver<String>>;

    /// Kills it and waits for its end.
    fn end(&mut self, log: &Receiver<String>);
}

type Started = (Box<dyn Host>, Receiver<String>, ReaderPort);

/// Whether this process may make namespaces; asked once, and told once when it may not.
pub fn namespaces() -> Result<(), &'static str> {
    static ANSWER: OnceLock<Result<(), String>> = OnceLock::new();
    let answer = ANSWER.get_or_init(|| {
        let probe = Command::new("unshare")
            .args(UNSHARE)
            .args(["sh", "-c", SET_UP])
            .stdin(Stdio::null())
            .output();
        let refusal = match probe {
            Ok(output) if output.status.success() => return Ok(()),
            Ok(output) => String::from_utf8_lossy(&output.stderr).trim().to_owned(),
            Err(error) => format!("unshare: {error}"),
        };
        // Not through `eprintln`, which a test that passes keeps to itself.
        let _ = writeln!(
            std::io::stderr(),
            "card tests: namespaces are not allowed here ({refusal}); the tests with pcscd run one by one"
        );
        Err(refusal)
    });
    answer.as_ref().copied().map_err(String::as_str)
}

/// The processes with this folder on their command line.
pub fn processes_of(folder: &Path) -> Vec<u32> {
    let folder = folder.to_str().unwrap();
    let entries = fs::read_dir("/proc").unwrap().map_while(Result::ok);
    let numbers = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    numbers
        .filter(|number| {
            let line = fs::read(format!("/proc/{number}/cmdline")).unwrap_or_default();
            String::from_utf8_lossy(&line).contains(folder)
        })
        .collect()
}

/// Namespaces of its own.
pub struct Namespace {
    child: Child,
    /// Gone when it shall end.
    orders: Option<ChildStdin>,
}

impl Namespace {
    /// Makes them.
    pub fn start(folder: &Path) -> Started {
        let mut child = Command::new("unshare")
            .args(UNSHARE)
            .args(["sh", "-c", &format!("{SET_UP} || exit\n{FIRST}"), PCSCD])
            .arg(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let log = lines(child.stdout.take().unwrap());
        while next_line(&log) != "inside" {}
        let port = ReaderPort {
            port: PORT,
            process: Some(child.id()),
        };
        let orders = child.stdin.take();
        (Box::new(Namespace { child, orders }), log, port)
    }

    fn order(&mut self, order: &str) {
        writeln!(self.orders.as_mut().unwrap(), "{order}").unwrap();
    }
}

impl Host for Namespace {
    fn begin(&mut self, _folder: &Path) -> Option<Receiver<String>> {
        self.order("begin");
        None
    }

    fn end(&mut self, log: &Receiver<String>) {
        self.order("end");
        while next_line(log) != "ended" {}
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        self.orders = None;
        let _ = self.child.wait();
    }
}

/// A turn among all tests of this machine, in the namespaces of the test's process.
pub struct Turn {
    child: Option<Child>,
    /// Locked until it is closed.
    _turn: File,
}

impl Turn {
    /// Waits for it.
    pub fn start() -> Started {
        let path = concat!(env!("CARGO_TARGET_TMPDIR"), "/card-service.lock");
        let turn = File::create(path).unwrap();
        turn.lock().unwrap();
        let (_, nothing) = channel();
        let port = ReaderPort {
            port: free_ports(),
            process: None,
        };
        let host = Turn {
            child: None,
            _turn: turn,
        };
        (Box::new(host), nothing, port)
    }
}

impl Host for Turn {
    fn begin(&mut self, folder: &Path) -> Option<Receiver<String>> {
        let socket = UnixListener::bind(folder.join("pcscd.comm")).unwrap();
        let mut child = Command::new("sh")
            .args(["-c", SHARED, PCSCD])
            .arg(folder)
            .arg(std::process::id().to_string())
            .stdin(Stdio::from(OwnedFd::from(socket)))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let log = lines(child.stdout.take().unwrap());
        self.child = Some(child);
        Some(log)
    }

    fn end(&mut self, _log: &Receiver<String>) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// The first of two neighbouring free ports: the virtual reader opens one a slot.
fn free_ports() -> u16 {
    let free = |port: u16| TcpListener::bind(("0.0.0.0", port)).is_ok();
    // Tests of another copy of the repository may look at the same moment: they begin elsewhere.
    let begin = std::process::id() as usize % 500 * 24;
    let ports = SHARED_PORTS.cycle().skip(begin).step_by(2);
    let mut ports = ports.take(SHARED_PORTS.len() / 2);
    ports
        .find(|port| free(*port) && free(port + 1))
        .expect("two neighbouring free TCP ports")
}
