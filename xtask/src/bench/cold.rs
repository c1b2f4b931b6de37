//! A cold process: from its start to a verdict, with the authorities of a country as trust.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail, ensure};
use sig_core::{Limits, Material};
use tempfile::TempDir;
use testdata::list::{Authority, List, StatusValue};
use testdata::{Timestamp, demo};

use super::figure::Figure;
use super::measure::median;
use crate::clock::WallClock;
use crate::corpus::Corpus;
use crate::workspace;

const AREA: &str = "cms";
/// Milliseconds from start to verdict.
const GOAL: f64 = 300.0;
const TURNS: usize = 9;
/// Starts with the list itself, each of which takes long.
const TURNS_WITHOUT_STORE: usize = 3;
const SIGNED: Timestamp = Timestamp(1_795_000_000);
const AT: &str = "2026-11-21T12:00:00Z";
/// Octets of text beside a certificate, so that the list has the size of the real one.
const TEXT: usize = 1_700;
const COUNTRY: &str = "russian-ca/accredited-cas.pem";
/// Certificates in the real list: some stand there with several authorities.
const LISTED: usize = 2_403;

/// A folder with the program's input: a list as large as the real one, its roots and a signature under it.
pub(super) struct Desk {
    folder: TempDir,
    program: PathBuf,
    pub(super) certificates: usize,
    pub(super) list_size: u64,
}

/// Start to verdict, with and without a stored snapshot.
pub fn figures() -> Result<Vec<Figure>> {
    let Some(desk) = Desk::new()? else {
        return Ok(Vec::new());
    };
    desk.run(&desk.import(&["--activate"]))?;
    let verify = ["verify", "--quiet", "--at", AT];
    let stored = [&verify[..], &["--store", "store", "attached.p7s"]].concat();
    let fresh = [
        "--anchors",
        "anchors",
        "--crls",
        "crls.pem",
        "--trust",
        "list.xml",
        "attached.p7s",
    ];
    let fresh = [&verify[..], &fresh].concat();
    let figure = |what: &str, ours, goal| Figure {
        area: AREA,
        what: format!(
            "cold process to verdict, {} authorities, {what}",
            desk.certificates
        ),
        unit: "ms",
        ours,
        peer: GOAL,
        goal,
    };
    Ok(vec![
        figure("stored snapshot", desk.wall(&stored, TURNS)?, 1.0),
        // For comparison: nothing is promised of it.
        figure(
            "the list itself",
            desk.wall(&fresh, TURNS_WITHOUT_STORE)?,
            0.0,
        ),
    ])
}

impl Desk {
    /// None, and a word on standard error, where the certificates are not at hand.
    pub(super) fn new() -> Result<Option<Self>> {
        let Some(corpus) = Corpus::open(None) else {
            eprintln!("needs ../shared/corpus/russian-ca: rows with the authorities of a country");
            return Ok(None);
        };
        let mut country = Material::default();
        country.add(&corpus.read(COUNTRY)?, &Limits::STANDARD)?;
        let folder = tempfile::tempdir()?;
        let anchors = folder.path().join("anchors");
        fs::create_dir(&anchors)?;
        for name in corpus.files_under("russian-ca")? {
            if let Some((_, name_of_root)) = name.split_once("/root-") {
                fs::write(anchors.join(name_of_root), corpus.read(&name)?)?;
            }
        }
        let pki = demo::pki()?;
        let pem = workspace::root().join("verifierd/demo");
        fs::copy(pem.join("anchors.pem"), anchors.join("demo.pem"))?;
        fs::copy(pem.join("crls.pem"), folder.path().join("crls.pem"))?;
        let mut certificates = vec![pki.certificate("ca")?.der.clone()];
        let listed = country.certificates.iter().cycle();
        let listed = listed.take(LISTED - certificates.len());
        certificates.extend(listed.map(|it| it.octets.to_vec()));
        let count = certificates.len();
        let since = Timestamp(1_580_504_400);
        let authorities = certificates
            .chunks(4)
            .enumerate()
            .map(|(number, keys)| Authority {
                name: format!("Удостоверяющий центр {number}"),
                ogrn: format!("{number:013}"),
                history: vec![(StatusValue::Valid, since)],
                certificates: keys.to_vec(),
            });
        let list = List {
            version: 16_400,
            date: Timestamp(1_794_900_000),
            authorities: authorities.collect(),
            text: TEXT,
        };
        let xml = list.signed(pki, "ministry")?;
        fs::write(folder.path().join("list.xml"), &xml)?;
        let signature = demo::token()?.sign_attached(b"content", SIGNED)?;
        fs::write(folder.path().join("attached.p7s"), signature)?;
        Ok(Some(Self {
            folder,
            program: program()?,
            certificates: count,
            list_size: xml.len() as u64,
        }))
    }

    /// `trust import` of the list.
    pub(super) fn import<'a>(&self, more: &[&'a str]) -> Vec<&'a str> {
        let fixed = [
            "trust",
            "import",
            "--store",
            "store",
            "--at",
            AT,
            "--anchors",
            "anchors",
            "--crls",
            "crls.pem",
            "list.xml",
        ];
        [&fixed, more].concat()
    }

    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .stdout(Stdio::null());
        command
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn run(&self, arguments: &[&str]) -> Result<()> {
        let status = self.command(arguments).status()?;
        ensure!(
            status.success(),
            "verifierd {}: {status}",
            arguments.join(" ")
        );
        Ok(())
    }

    /// Milliseconds of the clock on the wall: the one who waits has no other.
    fn wall(&self, arguments: &[&str], turns: usize) -> Result<f64> {
        let mut times = Vec::with_capacity(turns);
        for _ in 0..turns {
            let start = WallClock::start();
            self.run(arguments)?;
            times.push(start.elapsed().as_secs_f64() * 1000.0);
        }
        median(&times).context("there were turns")
    }
}

/// The program as it is released, built if it is not up to date.
fn program() -> Result<PathBuf> {
    let root = workspace::root();
    let status = Command::new("cargo")
        .args([
            "build",
            "--quiet",
            "--release",
            "--locked",
            "--package",
            "verifierd",
        ])
        .current_dir(&root)
        .status()
        .context("start cargo")?;
    if !status.success() {
        bail!("verifierd cannot be built");
    }
    Ok(Path::new(&root).join("target/release/verifierd"))
}
