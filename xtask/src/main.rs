//! Checks and generators of the repository: `cargo xtask help`.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod clock;
mod conformance;
mod corpus;
mod pem;
mod tidy;
mod workspace;

/// Checks and generators of the repository.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// House rules that the compiler does not check.
    Tidy,
    /// Judges the third-party material beside the repository.
    Conformance(conformance::Options),
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Tidy => tidy::run(),
        Command::Conformance(options) => conformance::run(&options),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}
