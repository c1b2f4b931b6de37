//! A card in a reader, and `desk` as a clerk starts it.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use serde_json::Value;
use tempfile::TempDir;
use testdata::card::Card;

use super::card::VirtualCard;
use super::service::CardService;

/// The program `desk`, which stands beside this package's own programs; built when it is not there.
pub fn desk() -> &'static Path {
    static DESK: OnceLock<PathBuf> = OnceLock::new();
    DESK.get_or_init(|| {
        let desk = Path::new(env!("CARGO_BIN_EXE_verifierd")).with_file_name("desk");
        if !desk.exists() {
            let mut build = Command::new(env!("CARGO"));
            build.args(["build", "--quiet", "-p", "pcsc-reader", "--bin", "desk"]);
            let status = build.status().unwrap();
            assert!(status.success(), "cargo build -p pcsc-reader --bin desk");
        }
        desk
    })
}

/// A card in a reader, and a folder for files.
pub struct Place {
    service: CardService,
    _card: VirtualCard,
    pub folder: TempDir,
    pin: &'static [u8],
}

impl Place {
    pub fn new(card: impl Card + 'static, pin: &'static [u8]) -> Self {
        let service = CardService::with_reader();
        let card = VirtualCard::insert_card(service.port(), card);
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("pin"), pin).unwrap();
        let place = Place {
            service,
            _card: card,
            folder,
            pin,
        };
        place.wait_for_card();
        place
    }

    /// The service polls its readers.
    fn wait_for_card(&self) {
        let mut watch = self.command(&["readers", "--watch", "--format", "json"]);
        let mut watch = watch.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(watch.stdout.take().unwrap()).lines();
        let has_card = lines.any(|line| {
            let line: Value = serde_json::from_str(&line.unwrap()).unwrap();
            line["event"] == "card_inserted" || line["readers"][0]["slot"] == "card"
        });
        watch.kill().unwrap();
        watch.wait().unwrap();
        assert!(has_card);
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(desk());
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env("PCSCLITE_CSOCK_NAME", self.service.socket())
            .stdin(Stdio::null());
        command
    }

    /// With the PIN as standard input.
    pub fn desk(&self, arguments: &[&str]) -> Output {
        let mut command = self.command(arguments);
        command.stdin(File::open(self.path("pin")).unwrap());
        let output = command.output().unwrap();
        let pin = std::str::from_utf8(self.pin).unwrap();
        for text in [&output.stdout, &output.stderr] {
            let text = String::from_utf8_lossy(text);
            // Numbers of cards and digests may hold the same digits by chance: a PIN stands by itself.
            let mut words = text.split(|character: char| !character.is_alphanumeric());
            assert!(words.all(|word| word != pin), "{output:?}");
        }
        output
    }

    /// The first certificate whose key is on the card.
    pub fn certificate(&self) -> String {
        self.certificate_by(&[])
    }

    /// The same, where `desk` is told how to read the card.
    pub fn certificate_by(&self, how: &[&str]) -> String {
        let shown = self.desk(&[&["show", "--format", "json"], how].concat());
        let document: Value = serde_json::from_slice(&shown.stdout).unwrap();
        let certificates = document["cards"][0]["certificates"].as_array().unwrap();
        let signing = certificates.iter().find(|it| it["signs"] == true).unwrap();
        signing["id"].as_str().unwrap().to_owned()
    }
}
