//! `verifierd admin`: what an operator of a running daemon does by hand.

use clap::{Args, Subcommand};

use super::Exit;

mod authorities;
mod end_enrolment;
mod enrol;
mod enrolments;
mod events;
mod evidence;
mod reseal;
mod status;

/// Administration of a running daemon
///
/// Answers are a table on a terminal and one JSON object elsewhere, as those of `account`. Exit: 0 done, 1 refused, 64
/// usage, 69 no daemon answers, 70 internal.
///
/// Управление работающим сервисом.
#[derive(Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Evidence(evidence::Arguments),
    Enrol(enrol::Arguments),
    EndEnrolment(end_enrolment::Arguments),
    Enrolments(enrolments::Arguments),
    Events(events::Arguments),
    Reseal(reseal::Arguments),
    Status(status::Arguments),
    Authorities(authorities::Arguments),
}

pub(super) fn run(arguments: &Arguments) -> Exit {
    match &arguments.command {
        Command::Evidence(arguments) => evidence::run(arguments),
        Command::Enrol(arguments) => enrol::run(arguments),
        Command::EndEnrolment(arguments) => end_enrolment::run(arguments),
        Command::Enrolments(arguments) => enrolments::run(arguments),
        Command::Events(arguments) => events::run(arguments),
        Command::Reseal(arguments) => reseal::run(arguments),
        Command::Status(arguments) => status::run(arguments),
        Command::Authorities(arguments) => authorities::run(arguments),
    }
}
