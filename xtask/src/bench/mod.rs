//! Ratios to peers in one run. Absolute figures of a shared machine mean little; ratios hold when both
//! sides are measured in turns, in one thread and in processor time, and medians are compared.

use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

use crate::workspace;
use measure::Verdict;

mod alg;
mod certificate;
mod cms;
mod cold;
mod confirm;
mod cpu;
mod crl;
mod deadline;
mod figure;
mod fill;
mod host;
mod load;
mod measure;
mod path;
mod pathological;
mod peer;
mod rpc;
mod snapshot;
mod stream;
mod trust;

const AREAS: &[&str] = &[
    "alg",
    "certificate",
    "crl",
    "path",
    "snapshot",
    "pathological",
    "cms",
    "trust",
    "confirm",
    "rpc",
];
/// Accounts in the database of area confirm, one after the other.
const SIZES: [usize; 3] = [1_000, 100_000, 1_000_000];
/// Loads gost-engine into OpenSSL, which reads the variable `OPENSSL_CONF` once, when it starts.
const ENGINE_CONFIGURATION: &str = "xtask/setup/gost-engine.cnf";

/// What to measure.
#[derive(clap::Args)]
pub struct Options {
    /// One of alg, certificate, crl, path, snapshot, pathological, cms, trust, confirm, rpc; all when it is left out.
    area: Option<String>,
    /// Turns that each side takes.
    #[arg(long, default_value_t = 15, value_parser = clap::value_parser!(u16).range(7..=999))]
    rounds: u16,
    /// Up to a hundred thousand accounts, not a million, in area confirm.
    #[arg(long)]
    quick: bool,
    /// Calls in a turn of areas confirm and rpc.
    #[arg(long, default_value_t = 1024, value_parser = clap::value_parser!(u16).range(16..=9999))]
    calls: u16,
    /// Fail when a goal is missed.
    #[arg(long)]
    strict: bool,
    /// Measure in this process: OpenSSL was told of the engine.
    #[arg(long, hide = true)]
    with_engine: bool,
    /// Print how much memory a side takes for the CRL of a file.
    #[arg(long, hide = true, value_name = "SIDE:FILE")]
    crl_memory: Option<String>,
    /// MiB of the content that passes by in area cms.
    #[arg(long, default_value_t = 4096, value_parser = clap::value_parser!(u32).range(2..=1 << 20))]
    stream_mib: u32,
    /// Print what judging content that passes by takes, in a form.
    #[arg(long, hide = true, value_name = "FORM:MIB")]
    stream_form: Option<String>,
}

/// Measures and prints a line a comparison, then how many goals were met.
pub fn run(options: &Options) -> Result<ExitCode> {
    if let Some(asked) = &options.crl_memory {
        return crl::print_memory(asked);
    }
    if let Some(asked) = &options.stream_form {
        return stream::print(asked);
    }
    if let Some(area) = &options.area
        && !AREAS.contains(&area.as_str())
    {
        bail!("there is no area {area}; there are {}", AREAS.join(", "));
    }
    if cfg!(debug_assertions) {
        return start_in_release();
    }
    if !options.with_engine {
        return start_with_engine();
    }
    let wanted = |area: &str| options.area.as_deref().is_none_or(|named| named == area);
    let mut measures = Vec::new();
    if wanted("alg") {
        measures.extend(alg::measures()?);
    }
    if wanted("certificate") {
        measures.extend(certificate::measures()?);
    }
    let mut figures = Vec::new();
    if wanted("crl") {
        let list = crl::List::new()?;
        figures.extend(crl::figures(&list)?);
        measures.extend(crl::measures(list)?);
    }
    if wanted("path") {
        measures.extend(path::measures()?);
    }
    if wanted("cms") {
        figures.extend(stream::figures(options.stream_mib)?);
        measures.extend(cms::measures()?);
        figures.extend(cms::figures()?);
        figures.extend(cold::figures()?);
    }
    if wanted("trust") {
        figures.extend(trust::figures()?);
    }
    let mut rates = Vec::new();
    let mut missing = Vec::new();
    if wanted("confirm") {
        let sizes = if options.quick { &SIZES[..2] } else { &SIZES };
        let compared = confirm::compare(sizes, options.calls.into())?;
        rates.extend(compared.rates);
        figures.extend(compared.figures);
        missing.extend(compared.missing);
    }
    if wanted("rpc") {
        let (rate, figure) = rpc::figures(options.calls.into())?;
        rates.push(rate);
        figures.push(figure);
    }
    let mut deadlines = Vec::new();
    if wanted("snapshot") {
        deadlines.extend(snapshot::deadlines()?);
    }
    if wanted("pathological") {
        deadlines.extend(pathological::deadlines()?);
    }
    let mut verdicts = measures
        .iter_mut()
        .map(|measure| {
            let (line, verdict) = measure.line(options.rounds.into())?;
            println!("{line}");
            Ok(verdict)
        })
        .collect::<Result<Vec<Verdict>>>()?;
    for rate in &rates {
        let (line, verdict) = rate.line();
        println!("{line}");
        verdicts.push(verdict);
    }
    for engine in missing {
        println!("confirm\t{engine}\tneeds {engine}\t-\t-\t-\tnot_here");
        verdicts.push(Verdict::NotHere);
    }
    for figure in &figures {
        let (line, verdict) = figure.line();
        println!("{line}");
        verdicts.push(verdict);
    }
    for deadline in &mut deadlines {
        let (line, verdict) = deadline.line()?;
        println!("{line}");
        verdicts.push(verdict);
    }
    println!("{}", summary(&verdicts));
    Ok(exit_code(&verdicts, options.strict))
}

/// Replaces this process by one of the release profile: what the other takes says nothing.
fn start_in_release() -> Result<ExitCode> {
    let build = [
        "run",
        "--quiet",
        "--release",
        "--locked",
        "--package",
        "xtask",
        "--",
    ];
    let error = Command::new("cargo")
        .args(build)
        .args(std::env::args_os().skip(1))
        .current_dir(workspace::root())
        .exec();
    Err(error).context("build the release profile")
}

/// Replaces this process by one whose OpenSSL knows the engine.
fn start_with_engine() -> Result<ExitCode> {
    let program = std::env::current_exe().context("find the program itself")?;
    let error = Command::new(program)
        .args(std::env::args_os().skip(1))
        .arg("--with-engine")
        .env("OPENSSL_CONF", workspace::root().join(ENGINE_CONFIGURATION))
        .exec();
    Err(error).context("start the program again with gost-engine")
}

fn summary(verdicts: &[Verdict]) -> String {
    let count = |wanted| {
        verdicts
            .iter()
            .filter(|verdict| **verdict == wanted)
            .count()
    };
    format!(
        "met {}, missed {}, not_here {}",
        count(Verdict::Met),
        count(Verdict::Missed),
        count(Verdict::NotHere)
    )
}

fn exit_code(verdicts: &[Verdict], strict: bool) -> ExitCode {
    if strict && verdicts.contains(&Verdict::Missed) {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_counts_each_verdict() {
        let verdicts = [Verdict::Met, Verdict::Missed, Verdict::Met];
        assert_eq!(summary(&verdicts), "met 2, missed 1, not_here 0");
        assert_eq!(summary(&[Verdict::NotHere]), "met 0, missed 0, not_here 1");
    }

    #[test]
    fn only_a_missed_goal_fails_and_only_when_asked() {
        assert_eq!(exit_code(&[Verdict::Missed], true), ExitCode::FAILURE);
        assert_eq!(exit_code(&[Verdict::Missed], false), ExitCode::SUCCESS);
        let others = [Verdict::Met, Verdict::NotHere];
        assert_eq!(exit_code(&others, true), ExitCode::SUCCESS);
    }
}
