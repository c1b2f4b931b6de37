//! `verifierd account`: accounts and applications of a running daemon.

use clap::{Args, Subcommand};
use proto::v1::ApplicationState;

use super::Exit;

mod application;
mod block;
mod confirm_postal_code;
mod contact;
mod issue_postal_code;
mod list;
mod organisation;
mod register;
mod registry_result;
mod show;
mod sign_in;
mod submit_data;

/// Accounts and applications of a running daemon
///
/// Answers are a table on a terminal and one JSON object elsewhere: keys are the names of the fields in the .proto files,
/// times RFC 3339, octets hexadecimal. Personal data is read from files or standard input only. Exit: 0 done, 1 refused,
/// 2 deferred, 64 usage, 69 no daemon answers, 70 internal.
///
/// Учётные записи и заявления работающего сервиса. Личные данные читаются только из файлов или со стандартного ввода.
#[derive(Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Register(register::Arguments),
    SubmitData(submit_data::Arguments),
    RegistryResult(registry_result::Arguments),
    Show(show::Arguments),
    List(list::Arguments),
    Application(application::Arguments),
    IssuePostalCode(issue_postal_code::Arguments),
    ConfirmPostalCode(confirm_postal_code::Arguments),
    Organisation(organisation::Arguments),
    SignIn(sign_in::Arguments),
    Contact(contact::Arguments),
    Block(block::BlockArguments),
    Unblock(block::UnblockArguments),
}

pub(super) fn run(arguments: &Arguments) -> Exit {
    match &arguments.command {
        Command::Register(arguments) => register::run(arguments),
        Command::SubmitData(arguments) => submit_data::run(arguments),
        Command::RegistryResult(arguments) => registry_result::run(arguments),
        Command::Show(arguments) => show::run(arguments),
        Command::List(arguments) => list::run(arguments),
        Command::Application(arguments) => application::run(arguments),
        Command::IssuePostalCode(arguments) => issue_postal_code::run(arguments),
        Command::ConfirmPostalCode(arguments) => confirm_postal_code::run(arguments),
        Command::Organisation(arguments) => organisation::run(arguments),
        Command::SignIn(arguments) => sign_in::run(arguments),
        Command::Contact(arguments) => contact::run(arguments),
        Command::Block(arguments) => block::block(arguments),
        Command::Unblock(arguments) => block::unblock(arguments),
    }
}

/// The exit of an application that was submitted and told.
fn judged(told: Exit, state: Option<ApplicationState>) -> Exit {
    match (told, state) {
        (Exit::Done, Some(ApplicationState::Accepted)) => Exit::Done,
        (Exit::Done, Some(ApplicationState::Deferred)) => Exit::Indeterminate,
        (Exit::Done, _) => Exit::Failed,
        (exit, _) => exit,
    }
}
