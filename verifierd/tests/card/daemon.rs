//! A running `verifierd serve`.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// A daemon with its defaults, in a folder of its own.
pub struct Daemon {
    child: Child,
    pub endpoint: String,
    pub folder: TempDir,
    pub log: PathBuf,
}

impl Daemon {
    pub fn start() -> Self {
        Self::serve(tempfile::tempdir().unwrap(), "http", &[])
    }

    /// Over TLS, as the configuration in the folder says.
    pub fn secured(folder: TempDir) -> Self {
        Self::serve(folder, "https", &["--config", "verifierd.toml"])
    }

    fn serve(folder: TempDir, scheme: &str, arguments: &[&str]) -> Self {
        let log = folder.path().join("log");
        let mut child = Command::new(env!("CARGO_BIN_EXE_verifierd"))
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(arguments)
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut lines = lines.map_while(Result::ok);
        let address = lines.find_map(|line| Some(line.strip_prefix("listening on ")?.to_owned()));
        // Its further words must not fill the pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Daemon {
            child,
            endpoint: format!(
                "{scheme}://{}",
                address.expect("the daemon did not start").trim()
            ),
            folder,
            log,
        }
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
