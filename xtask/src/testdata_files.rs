//! The generated test PKIs, signatures and lists.

use std::process::ExitCode;

use anyhow::Result;

use crate::workspace;

/// Writes the generated files, or compares them with the declarations.
#[derive(clap::Args)]
pub struct Options {
    /// Compare only; exit 1 on a difference.
    #[arg(long)]
    check: bool,
}

/// Runs the generator.
pub fn run(options: &Options) -> Result<ExitCode> {
    let root = workspace::root();
    if !options.check {
        testdata::write(&root)?;
        println!("testdata: written");
        return Ok(ExitCode::SUCCESS);
    }
    let differences = testdata::check(&root)?;
    for difference in &differences {
        println!("{difference}");
    }
    if differences.is_empty() {
        println!("testdata: the generated files are what the declarations say");
        return Ok(ExitCode::SUCCESS);
    }
    println!(
        "testdata: {} differences; run `cargo xtask testdata` and commit what it writes",
        differences.len()
    );
    Ok(ExitCode::FAILURE)
}
