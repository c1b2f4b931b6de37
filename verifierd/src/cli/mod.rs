//! The command line, one file a command.

mod account;
mod admin;
mod audit;
mod batch;
mod client;
mod config;
mod containers;
mod crl_files;
#[cfg(test)]
mod documents;
mod encoding;
mod evidence;
mod evidence_records;
mod exit;
mod inspect;
mod material;
mod output;
mod path_options;
mod serve;
mod stream;
mod trust;
mod trust_options;
mod usage;
mod verify;
mod verify_certificate;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Parser, Subcommand, error::ErrorKind};

use crate::shown::named;

pub use exit::Exit;
use output::{say, tell};

/// Verifier of electronic signatures: the daemon and its tools.
///
/// Сервис проверки электронных подписей и его инструменты.
#[derive(Parser)]
#[command(name = "verifierd", version, propagate_version = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Serve(serve::Arguments),
    Config(config::Arguments),
    Verify(Box<verify::Arguments>),
    VerifyCertificate(Box<verify_certificate::Arguments>),
    Inspect(inspect::Arguments),
    Trust(trust::Arguments),
    Evidence(evidence::Arguments),
    Account(account::Arguments),
    Audit(Box<audit::Arguments>),
    Admin(admin::Arguments),
}

/// Runs the command that `arguments` name; the first is the program.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = error.print();
            return match error.kind() {
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Exit::Done.into(),
                _ => {
                    say(&usage::in_russian(&error));
                    Exit::Usage.into()
                }
            };
        }
    };
    let exit = match arguments.command {
        Command::Serve(arguments) => serve::run(&arguments),
        Command::Config(arguments) => config::run(&arguments),
        Command::Verify(arguments) => verify::run(&arguments),
        Command::VerifyCertificate(arguments) => verify_certificate::run(&arguments),
        Command::Inspect(arguments) => inspect::run(&arguments),
        Command::Trust(arguments) => trust::run(&arguments),
        Command::Evidence(arguments) => evidence::run(&arguments),
        Command::Audit(arguments) => audit::run(&arguments),
        Command::Account(arguments) => account::run(&arguments),
        Command::Admin(arguments) => admin::run(&arguments),
    };
    output::outcome(exit).into()
}
