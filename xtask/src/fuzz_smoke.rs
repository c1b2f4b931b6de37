//! Runs every fuzz target for some seconds, on the stable compiler.
//!
//! libFuzzer needs coverage counters in the code; the compiler's own pass makes them, so that neither
//! a nightly compiler nor cargo-fuzz is needed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::Mutex;
use std::thread;

use anyhow::{Context, Result, anyhow, bail};

use crate::corpus::Corpus;
use crate::workspace;

/// What makes the counters. Overflow checks come with the debug assertions.
const FLAGS: &[&str] = &[
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cdebug-assertions",
];
const FOLDER: &str = "target/fuzz";
/// Larger seeds slow the mutations down.
const MOST_SEED: usize = 16 << 10;
const MOST_SEEDS: usize = 200;

/// Material of the corpus that makes good seeds: target, and where it stands.
const CORPUS: &[(&str, &str)] = &[
    ("certificate", "russian-ca"),
    ("certificate", "boringssl-pki/parse"),
    ("cms", "cms-adversarial"),
    ("cms", "russian-samples"),
    ("crl", "gost-vectors/x509"),
    ("crl", "dss-crl"),
    ("crl", "boringssl-pki/crl"),
    ("der", "der-bombs"),
    ("eu_list", "russian-samples/tsl"),
    ("evidence_record", "dss/dss-evidence-record-asn1"),
    ("ocsp", "boringssl-pki/ocsp"),
    ("ocsp", "inline/dss/ocsp-resp"),
    ("time_stamp", "openssl-tsa"),
    ("trust_list", "russian-samples/tsl"),
    ("validation_data", "dss/dss-cades"),
];

/// How long.
#[derive(clap::Args)]
pub struct Options {
    /// Seconds a target.
    #[arg(long, default_value_t = 15)]
    seconds: u32,
    /// Only this target.
    #[arg(long, value_name = "NAME")]
    target: Option<String>,
}

/// Builds and runs the targets, one a core.
pub fn run(options: &Options) -> Result<ExitCode> {
    let targets: Vec<String> = targets()?
        .into_iter()
        .filter(|name| options.target.as_ref().is_none_or(|wanted| wanted == name))
        .collect();
    if targets.is_empty() {
        bail!("there is no such fuzz target");
    }
    let programs = build()?;
    let queue = Mutex::new(targets.iter());
    let results = Mutex::new(Vec::new());
    let workers = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let next = queue.lock().ok().and_then(|mut queue| queue.next());
                    let Some(target) = next else {
                        break;
                    };
                    let result = run_target(target, &programs, options.seconds);
                    report(target, &result);
                    if let Ok(mut results) = results.lock() {
                        results.push(result);
                    }
                }
            });
        }
    });
    let results = results
        .into_inner()
        .map_err(|_| anyhow!("a thread of the runner failed"))?;
    let runs: u64 = results.iter().flatten().sum();
    let crashes = results.iter().filter(|result| result.is_err()).count();
    println!(
        "fuzz smoke: {} targets, {runs} runs, {crashes} crashes",
        targets.len()
    );
    Ok(if crashes == 0 && results.len() == targets.len() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn report(target: &str, result: &Result<u64>) {
    match result {
        Ok(runs) => println!("fuzz {target}: {runs} runs, no crash"),
        Err(error) => println!("fuzz {target}: FAILED: {error:#}"),
    }
}

/// One file in `fuzz/fuzz_targets` is one target.
fn targets() -> Result<Vec<String>> {
    let files = workspace::files(&workspace::root().join("fuzz/fuzz_targets"))?;
    let names = files
        .iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .filter_map(|path| path.file_stem())
        .map(|name| name.to_string_lossy().into_owned());
    Ok(names.collect())
}

/// Builds the targets apart from everything else and returns their folder.
fn build() -> Result<PathBuf> {
    let root = workspace::root();
    let host = host()?;
    let status = Command::new("cargo")
        .args([
            "build",
            "--quiet",
            "--release",
            "--locked",
            "--package",
            "fuzz",
            "--bins",
        ])
        // Named, so that build scripts are built without the counters.
        .args(["--target", &host, "--target-dir", FOLDER])
        .env("RUSTFLAGS", FLAGS.join(" "))
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "2")
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
        .env("CARGO_PROFILE_RELEASE_DEBUG", "0")
        .current_dir(&root)
        .stdin(Stdio::null())
        .status()
        .context("start cargo")?;
    if !status.success() {
        bail!("the fuzz targets do not build");
    }
    Ok(root.join(FOLDER).join(host).join("release"))
}

fn host() -> Result<String> {
    let output = Command::new("rustc")
        .arg("-vV")
        .output()
        .context("start rustc")?;
    let text = String::from_utf8(output.stdout)?;
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).context("rustc names no host")
}

fn run_target(target: &str, programs: &Path, seconds: u32) -> Result<u64> {
    let root = workspace::root();
    let seeds = root.join(FOLDER).join("seeds").join(target);
    write_seeds(target, &seeds)?;
    let found = root.join(FOLDER).join("corpus").join(target);
    let artifacts = root.join("fuzz/artifacts").join(target);
    recreate(&found)?;
    fs::create_dir_all(&artifacts)?;
    let output = Command::new(programs.join(target))
        .arg(&found)
        .arg(&seeds)
        .arg(format!("-max_total_time={seconds}"))
        .args([
            "-timeout=5",
            "-rss_limit_mb=1024",
            "-print_final_stats=1",
            "-seed=1",
        ])
        .arg(format!("-artifact_prefix={}/", artifacts.display()))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .output()
        .with_context(|| format!("start the fuzz target {target}"))?;
    let log = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        let interesting = |line: &&str| {
            [
                "panicked",
                "ERROR",
                "SUMMARY",
                "assertion",
                "Test unit written",
            ]
            .iter()
            .any(|word| line.contains(word))
        };
        let lines: Vec<&str> = log.lines().filter(interesting).take(6).collect();
        bail!(
            "{}; run it again with {FOLDER}/…/{target} FILE",
            lines.join("; ")
        );
    }
    let runs = log
        .lines()
        .find_map(|line| line.strip_prefix("stat::number_of_executed_units:"))
        .and_then(|count| count.trim().parse().ok());
    runs.with_context(|| format!("{target} printed no statistics"))
}

/// The target's own seeds, generated test data for every target, and material of the corpus, when it is here, by
/// target.
fn write_seeds(target: &str, folder: &Path) -> Result<()> {
    recreate(folder)?;
    let mut written = 0;
    let mut write = |octets: &[u8]| -> Result<()> {
        if octets.len() <= MOST_SEED && written < MOST_SEEDS {
            fs::write(folder.join(format!("{written:04}")), octets)?;
            written += 1;
        }
        Ok(())
    };
    let root = workspace::root();
    for place in [
        root.join("fuzz/seeds").join(target),
        root.join("testdata/generated"),
    ] {
        if place.is_dir() {
            for path in workspace::files(&place)? {
                write(&fs::read(place.join(path))?)?;
            }
        }
    }
    let Some(corpus) = Corpus::open(None) else {
        return Ok(());
    };
    for (_, place) in CORPUS.iter().filter(|(name, _)| *name == target) {
        for path in corpus.files_under(place)? {
            write(&corpus.read(&path)?)?;
        }
    }
    Ok(())
}

fn recreate(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder).with_context(|| format!("make {}", folder.display()))
}
