//! Processes: `verifierd verify` over many files, against one `openssl cms -verify` for each.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

use super::AREA;
use super::message::{AT, Message};
use crate::bench::figure::Figure;
use crate::bench::peer;
use crate::corpus::Corpus;

/// Files that one process of ours judges.
const FILES: usize = 1_000;
/// Different signatures among them.
const DISTINCT: usize = 50;
/// Processes of OpenSSL that are timed.
const PROCESSES: usize = 60;
/// Turns of our process.
const TURNS: u32 = 5;
const COUNTRY: &str = "russian-ca/accredited-cas.pem";
/// From start to verdict, in milliseconds.
const START: f64 = 300.0;

struct Row {
    name: &'static str,
    algorithm: &'static str,
    cold: f64,
    warm: f64,
}

const ROWS: [Row; 2] = [
    Row {
        name: "RSA-2048",
        algorithm: "rsa-2048",
        cold: 40.0,
        warm: 100.0,
    },
    Row {
        name: "GOST 256",
        algorithm: "gost-2012-256",
        cold: 20.0,
        warm: 60.0,
    },
];

/// Every comparison; none, with a line that says why, without the program in its released form.
pub fn figures() -> Result<Vec<Figure>> {
    let Some(program) = program() else {
        println!(
            "{AREA}\tverifierd verify\tneeds target/release/verifierd (cargo build --release --package verifierd)\t-\t-\tnot_here"
        );
        return Ok(Vec::new());
    };
    let mut figures = Vec::new();
    for row in ROWS {
        if row.name.starts_with("GOST") && !peer::has_engine() {
            println!(
                "{AREA}\t{}\tneeds {}\t-\t-\tnot_here",
                row.name,
                peer::ENGINE
            );
            continue;
        }
        let folder = Folder::new(row.algorithm)?;
        let openssl = folder.openssl()?;
        for (certificates, goal) in [(Known::Anchor, row.cold), (Known::Authorities, row.warm)] {
            figures.push(Figure {
                area: AREA,
                what: format!(
                    "{}, verifierd verify of {FILES} files, {}, against openssl cms -verify of each",
                    row.name,
                    certificates.text()
                ),
                unit: "us a file",
                ours: folder.verifierd(&program, certificates)?,
                peer: openssl,
                goal,
            });
        }
    }
    figures.extend(cold_start(&program)?);
    Ok(figures)
}

/// What our process is told before the files.
#[derive(Clone, Copy)]
enum Known {
    /// The root and the CRLs: the authority's certificate is in each message.
    Anchor,
    /// The authority's certificate, too.
    Authorities,
}

impl Known {
    const fn text(self) -> &'static str {
        match self {
            Self::Anchor => "root and CRLs given",
            Self::Authorities => "root, authority and CRLs given",
        }
    }
}

/// Built beside this program.
fn program() -> Option<PathBuf> {
    let own = std::env::current_exe().ok()?;
    let program = own.parent()?.parent()?.join("release/verifierd");
    program.is_file().then_some(program)
}

/// The files of one algorithm.
struct Folder {
    folder: tempfile::TempDir,
}

impl Folder {
    fn new(algorithm: &str) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let message = Message::new(algorithm)?;
        let write = |name: &str, octets: &[u8]| fs::write(folder.path().join(name), octets);
        write("root.der", &message.root)?;
        write("ca.der", &message.ca)?;
        let [root, ca] = &message.crls;
        write("root.crl", root)?;
        write("ca.crl", ca)?;
        let mut pem = testdata::pem("CERTIFICATE", &message.root);
        pem += &testdata::pem("X509 CRL", root);
        pem += &testdata::pem("X509 CRL", ca);
        write("trust.pem", pem.as_bytes())?;
        for number in 0..DISTINCT {
            let signature = message.attached(i64::try_from(number)?)?;
            for copy in (number..FILES).step_by(DISTINCT) {
                write(&format!("{copy:04}.p7s"), &signature)?;
            }
        }
        Ok(Self { folder })
    }

    /// Processor time of our process for one file, in microseconds: that of the fastest turn.
    fn verifierd(&self, program: &Path, known: Known) -> Result<f64> {
        let mut command = Command::new(program);
        command.args(["verify", "--policy", "etsi-ades", "--quiet"]);
        command.args(["--at", "2026-11-22T00:00:00Z", "--anchors", "root.der"]);
        command.args(["--crls", "root.crl", "--crls", "ca.crl"]);
        if matches!(known, Known::Authorities) {
            command.args(["--certs", "ca.der"]);
        }
        command.args((0..FILES).map(|number| format!("{number:04}.p7s")));
        let spent = self.time(&mut command, TURNS)?;
        Ok(spent.as_secs_f64() * 1e6 / FILES as f64)
    }

    /// Processor time of one process of OpenSSL, in microseconds.
    fn openssl(&self) -> Result<f64> {
        let mut spent = Duration::ZERO;
        for number in 0..PROCESSES {
            let mut command = Command::new("openssl");
            command.args([
                "cms",
                "-verify",
                "-binary",
                "-inform",
                "DER",
                "-out",
                "/dev/null",
            ]);
            command.args(["-CAfile", "trust.pem", "-crl_check_all", "-purpose", "any"]);
            command.args(["-attime", &AT.seconds().to_string()]);
            command.args(["-in", &format!("{number:04}.p7s")]);
            spent += self.time(&mut command, 1)?;
        }
        Ok(spent.as_secs_f64() * 1e6 / PROCESSES as f64)
    }

    fn time(&self, command: &mut Command, turns: u32) -> Result<Duration> {
        time(command.current_dir(self.folder.path()), turns)
    }
}

/// Processor time of a process that must succeed, of all turns together divided by their number.
fn time(command: &mut Command, turns: u32) -> Result<Duration> {
    let before = of_children()?;
    for _ in 0..turns {
        let output = command.stdin(Stdio::null()).output()?;
        ensure!(
            output.status.success(),
            "{:?} ended with {}: {}",
            command.get_program(),
            output.status,
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok((of_children()? - before) / turns)
}

/// Processor time of processes that ended and were waited for (`cutime` and `cstime` in proc(5)).
fn of_children() -> Result<Duration> {
    let text = fs::read_to_string("/proc/self/stat")?;
    let fields = text.rsplit_once(')').context("a process has a name")?.1;
    let ticks = |at: usize| -> Result<u64> {
        let field = fields.split_ascii_whitespace().nth(at);
        Ok(field.context("a process has its times")?.parse()?)
    };
    // Fields 16 and 17, counted from 1; the third follows the name.
    let spent = ticks(13)? + ticks(14)?;
    let a_second = rustix::param::clock_ticks_per_second();
    Ok(Duration::from_secs_f64(spent as f64 / a_second as f64))
}

/// A process that is given the authorities of a whole country as files: nothing is stored between processes yet.
fn cold_start(program: &Path) -> Result<Option<Figure>> {
    let Some(corpus) = Corpus::open(None) else {
        println!("{AREA}\tcold process\tneeds ../shared/corpus\t-\t-\tnot_here");
        return Ok(None);
    };
    let folder = Folder::new("gost-2012-256")?;
    let at = folder.folder.path();
    fs::write(at.join("country.pem"), corpus.read(COUNTRY)?)?;
    let mut command = Command::new(program);
    command.args(["verify", "--policy", "etsi-ades", "--quiet"]);
    command.args(["--at", "2026-11-22T00:00:00Z", "--anchors", "root.der"]);
    for root in corpus.files_under("russian-ca")? {
        if root.contains("/root-") {
            let name = root.rsplit('/').next().context("a file has a name")?;
            fs::write(at.join(name), corpus.read(&root)?)?;
            command.args(["--anchors", name]);
        }
    }
    command.args([
        "--certs",
        "country.pem",
        "--crls",
        "root.crl",
        "--crls",
        "ca.crl",
    ]);
    command.args(["0000.p7s"]);
    let spent = folder.time(&mut command, TURNS)?;
    if spent.is_zero() {
        bail!("no time was counted");
    }
    Ok(Some(Figure {
        area: AREA,
        what: "cold process, start to verdict, accredited authorities read from PEM (no stored snapshot yet)"
            .to_owned(),
        unit: "ms",
        ours: spent.as_secs_f64() * 1e3,
        peer: START,
        goal: 1.0,
    }))
}
