//! Documents that follow from the code.

use std::fs;
use std::process::ExitCode;

use anyhow::{Context, Result};
use sig_core::finding::{code, step};
use sig_core::profile;

use crate::{proto_check, workspace};

mod attacks;
mod clauses;
mod findings;

/// Writes the documents, or compares them with the code.
#[derive(clap::Args)]
pub struct Options {
    /// Compare only; exit 1 on a difference.
    #[arg(long)]
    check: bool,
    /// Write the baseline of the API although it breaks clients: before the first release only.
    #[arg(long, conflicts_with = "check")]
    break_api: bool,
}

/// Writes or compares. An empty cell of a clause or a row of an attack that must be
/// covered fails either way.
pub fn run(options: &Options) -> Result<ExitCode> {
    let table = clauses::Table::read(&workspace::root(), step::all())?;
    let attacks = attacks::Table::read(&workspace::root())?;
    let documents = [
        ("docs/attacks.md", attacks.text()),
        (
            "docs/findings.md",
            findings::findings(code::all(), profile::all()),
        ),
        ("docs/clauses.md", table.text()),
    ];
    let mut is_good = true;
    for (name, text) in documents {
        is_good &= write_or_compare(name, &text, options)?;
    }
    match crate::profile::document()? {
        Some(text) => is_good &= write_or_compare(crate::profile::DOCUMENT, &text, options)?,
        None => println!(
            "codegen: no corpus beside the repository; {} stays",
            crate::profile::DOCUMENT
        ),
    }
    is_good &= baseline(options)?;
    for empty in table.empty().into_iter().chain(attacks.empty()) {
        is_good = false;
        println!("codegen: {empty}");
    }
    Ok(if is_good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Writes or compares the baseline of the API. What breaks a client is not written unasked; what breaks a rule of style fails
/// either way.
fn baseline(options: &Options) -> Result<bool> {
    let api = proto_check::api()?;
    let mut is_good = true;
    for untidy in proto_check::untidy(&api) {
        is_good = false;
        println!("codegen: {untidy}");
    }
    let text = proto_check::text(&api);
    let kept = workspace::root().join(proto_check::BASELINE);
    let kept = fs::read_to_string(kept).unwrap_or_default();
    let broken = proto_check::broken(&kept, &text);
    for broken in &broken {
        println!("codegen: breaks clients: {broken}");
    }
    if !broken.is_empty() && !options.break_api {
        return Ok(false);
    }
    Ok(write_or_compare(proto_check::BASELINE, &text, options)? && is_good)
}

fn write_or_compare(name: &str, text: &str, options: &Options) -> Result<bool> {
    let path = workspace::root().join(name);
    if !options.check {
        fs::write(&path, text).with_context(|| format!("write {name}"))?;
        println!("codegen: {name} written");
        return Ok(true);
    }
    let written = fs::read_to_string(&path).with_context(|| format!("read {name}"))?;
    if written == text {
        println!("codegen: {name} is what the code says");
        return Ok(true);
    }
    println!("codegen: {name} is not what the code says; run `cargo xtask codegen`");
    Ok(false)
}
