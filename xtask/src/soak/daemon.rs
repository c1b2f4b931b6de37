//! Daemons as processes of their own, which can be killed.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::JoinHandle;

use anyhow::{Context as _, Result, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};

/// What a daemon is started with: its folder, its configuration, its keys and its log.
#[derive(Clone, Debug)]
pub struct Place {
    program: PathBuf,
    folder: PathBuf,
    /// One key signs one log: daemons over one database share it.
    log_key: PathBuf,
}

/// Which database a daemon keeps its rows in.
#[derive(Clone, Debug)]
pub enum Database {
    /// A file.
    Sqlite(PathBuf),
    /// An address.
    Postgres(String),
}

impl Database {
    /// Name of the engine.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "sqlite",
            Self::Postgres(_) => "postgres",
        }
    }

    /// Tells its log from the others of a run.
    fn log_name(&self) -> String {
        let name = match self {
            Self::Sqlite(path) => path.file_name().and_then(|name| name.to_str()),
            Self::Postgres(url) => url.rsplit('/').next(),
        };
        name.unwrap_or("log").to_owned()
    }

    /// Where clients of the database find it.
    pub fn url(&self) -> String {
        match self {
            Self::Sqlite(path) => format!("sqlite://{}", path.display()),
            Self::Postgres(url) => url.clone(),
        }
    }
}

impl Place {
    /// A folder for a daemon over `database`; `more` is added to its configuration.
    pub fn new(folder: &Path, database: &Database, more: &str) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let store = match database {
            Database::Sqlite(path) => format!("sqlite = '{}'", path.display()),
            Database::Postgres(url) => format!("postgres = '{url}'"),
        };
        let text = format!(
            "listen = '127.0.0.1:0'\ninstance = 'soak'\n\n[store]\n{store}\n\n[workers]\nwaiting = 4096\n\n\
             [applications]\nfailed_tries = 1000\n\n\
             [accounts]\nopen_applications = 1000\n{more}\n"
        );
        fs::write(folder.join("verifierd.toml"), text)?;
        let program = program()?;
        let log_key = beside(folder, &format!("{}.key", database.log_name()));
        if !log_key.exists() {
            let made = Command::new(&program)
                .args(["audit", "key", "--origin", "soak.example/audit", "--new"])
                .arg(&log_key)
                .output()?;
            ensure!(made.status.success(), "no key of the log was made");
        }
        Ok(Self {
            program,
            folder: folder.to_owned(),
            log_key,
        })
    }

    /// Takes the key of another place: the log is a copy.
    pub fn with_log_of(self, other: &Self) -> Self {
        Self {
            log_key: other.log_key.clone(),
            ..self
        }
    }

    /// Where everything that daemons of this place say is kept.
    pub fn log(&self) -> PathBuf {
        self.folder.join("log")
    }

    /// A command of the program, in this place. It ends when the thread that starts it does.
    pub fn command(&self) -> Command {
        let mut command = Command::new("setpriv");
        command
            .args(["--pdeathsig", "KILL", "--"])
            .arg(&self.program)
            .current_dir(&self.folder)
            .env("VERIFIERD_KEYS_FILE", beside(&self.folder, KEYS))
            .env("VERIFIERD_LOG_KEY_FILE", &self.log_key)
            .stdin(Stdio::null());
        command
    }

    /// Starts a daemon and waits until it listens. To be called in the main thread, which lives as long as the run.
    pub fn start(&self) -> Result<Daemon> {
        let log = self.open_log()?;
        let mut command = self.command();
        command
            .args(["serve", "--config", "verifierd.toml"])
            .stdout(Stdio::piped())
            .stderr(log.try_clone()?);
        let mut child = command.spawn().context("start verifierd")?;
        let stdout = child.stdout.take().context("no standard output")?;
        let mut daemon = Daemon {
            child,
            endpoint: String::new(),
            reader: None,
        };
        let mut lines = BufReader::new(stdout);
        loop {
            let mut line = String::new();
            let is_over = lines.read_line(&mut line)? == 0;
            (&log).write_all(line.as_bytes())?;
            if let Some(address) = line.strip_prefix("listening on ") {
                daemon.endpoint = format!("http://{}", address.trim());
            }
            // The last line of its start message.
            if is_over || line.starts_with("instance: ") {
                break;
            }
        }
        let mut rest = log;
        daemon.reader = Some(std::thread::spawn(move || io::copy(&mut lines, &mut rest)));
        ensure!(
            !daemon.endpoint.is_empty(),
            "the daemon did not start; it said:\n{}",
            fs::read_to_string(self.log()).unwrap_or_default()
        );
        Ok(daemon)
    }

    fn open_log(&self) -> Result<File> {
        let log = OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.log());
        log.context("open the log")
    }
}

/// The key file that every place of a run shares: it stands beside their folders.
const KEYS: &str = "keys.toml";

fn beside(folder: &Path, file: &str) -> PathBuf {
    folder.with_file_name(file)
}

/// Writes the key file of all places under `folder`. These keys protect nothing but a run.
pub fn write_keys(folder: &Path) -> Result<()> {
    let key = |name: &str| hex::encode(openssl::sha::sha256(name.as_bytes()));
    let text = format!(
        "current = \"1\"\nlook_up = \"{}\"\n\n[data]\n1 = \"{}\"\n",
        key("soak: look-up key"),
        key("soak: data key")
    );
    let path = folder.join(KEYS);
    let mut options = OpenOptions::new();
    let mut file = options
        .create_new(true)
        .write(true)
        .mode(0o600)
        .open(&path)?;
    file.write_all(text.as_bytes())?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
    Ok(())
}

/// The daemon that was built with this program.
fn program() -> Result<PathBuf> {
    let beside = std::env::current_exe()?.with_file_name("verifierd");
    ensure!(
        beside.exists(),
        "{} is missing: cargo build --package verifierd",
        beside.display()
    );
    Ok(beside)
}

/// A running daemon; it is killed when this value goes.
pub struct Daemon {
    child: Child,
    endpoint: String,
    /// Copies what the daemon writes later into its log.
    reader: Option<JoinHandle<io::Result<u64>>>,
}

impl Daemon {
    /// Where it listens.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Ends it as a power cut does, and waits until it is gone.
    pub fn kill(mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        self.read_to_end()
    }

    fn read_to_end(&mut self) -> Result<()> {
        let read = self.reader.take().map(JoinHandle::join);
        match read {
            Some(Ok(read)) => Ok(read.map(drop)?),
            Some(Err(_)) => bail!("the reader of standard output broke down"),
            None => Ok(()),
        }
    }

    /// Tells it to end and waits for it.
    pub fn stop(mut self) -> Result<()> {
        let id = i32::try_from(self.child.id())?;
        let pid = Pid::from_raw(id).context("the daemon has no process id")?;
        kill_process(pid, Signal::TERM)?;
        let status: ExitStatus = self.child.wait()?;
        ensure!(status.success(), "the daemon ended with {status}");
        self.read_to_end()
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // An error on the way must leave nothing running; a daemon that has ended is no error.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
