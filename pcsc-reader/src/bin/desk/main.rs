//! `desk`: cards and readers at a clerk's desk.

mod application;
mod args;
mod card;
mod command;
mod daemon;
mod exit;
mod failure;
mod json;
mod output;
mod person;
mod progress;
mod reserved;
mod signing;
mod text;
mod tls;
mod usage;
mod view;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;

use crate::args::{Arguments, Command};
use crate::exit::Exit;

fn main() -> ExitCode {
    let exit = match Arguments::try_parse() {
        Ok(arguments) => run(arguments),
        Err(error) => {
            // A closed terminal leaves nobody to tell.
            let _ = error.print();
            if error.use_stderr() {
                let _ = writeln!(
                    io::stderr(),
                    "Ошибка: {}.\nСписок команд: desk --help. List of commands: desk --help.",
                    usage::in_russian(&error)
                );
                Exit::Usage
            } else {
                Exit::Done
            }
        }
    };
    exit.into()
}

fn run(arguments: Arguments) -> Exit {
    match arguments.command {
        Command::Readers(options) => command::readers::run(&options),
        Command::Show(options) => command::show::run(&options),
        Command::Certificates(options) => command::certificates::run(&options),
        Command::Sign(options) => command::sign::run(&options),
        Command::Confirm(options) => command::confirm::run(&options),
        Command::Trace(options) => command::trace::run(&options),
    }
}
