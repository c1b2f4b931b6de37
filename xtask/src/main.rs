//! Checks and generators of the repository: `cargo xtask help`.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod bench;
mod card;
mod clock;
mod codegen;
mod conformance;
mod corpus;
mod demo;
mod fuzz_smoke;
mod pem;
mod person;
mod profile;
mod proto_check;
mod soak;
mod testdata_files;
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
    /// Generated test PKIs, signatures and lists.
    Testdata(testdata_files::Options),
    /// Documents that follow from the code.
    Codegen(codegen::Options),
    /// Rules of qualified certificates over real ones.
    Profile(profile::Options),
    /// An account confirmed by each channel: what `make run` does.
    Demo(demo::Options),
    /// An emulated card in the virtual reader of this machine.
    Card(card::Options),
    /// Someone of the demonstration PKI: data and signatures for confirming by hand.
    Person(person::Options),
    /// Every fuzz target for some seconds, on the stable compiler.
    FuzzSmoke(fuzz_smoke::Options),
    /// What must hold whatever happens: kills, races, faults, privacy.
    Soak(soak::Options),
    /// Ratios to peers; run it by `make bench`.
    Bench(bench::Options),
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Tidy => tidy::run(),
        Command::Conformance(options) => conformance::run(&options),
        Command::Testdata(options) => testdata_files::run(&options),
        Command::Codegen(options) => codegen::run(&options),
        Command::Profile(options) => profile::run(&options),
        Command::Demo(options) => demo::run(&options),
        Command::Person(options) => person::run(&options),
        Command::Card(options) => card::run(&options),
        Command::FuzzSmoke(options) => fuzz_smoke::run(&options),
        Command::Soak(options) => soak::run(&options),
        Command::Bench(options) => bench::run(&options),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}
