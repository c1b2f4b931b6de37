//! `verifierd audit`: what the audit log shows, checked with its public key.

mod database;
mod key;
mod proof;
mod shown;
mod verify;

use std::{fmt::Display, fs::File, io::Read as _, path::Path};

use audit_log::{MOST_RECEIPT, VerifyingKey};
use clap::{Args, Subcommand};

use super::{Exit, named, say};
use crate::{log_key::LogKeyError, service::ports::StoreError, shown::both};

/// Check the audit log, a receipt of an outcome, or two checkpoints
///
/// receipt, consistency and verify --leaves need no daemon and no database, only the public key of the log. The others read
/// the database, beside its daemons, and change nothing in it. Exit: 0 shown, 1 not, 64 usage or configuration, 70 the
/// database cannot be reached or the program failed.
///
/// Проверить журнал, расписку о решении или две контрольные точки. База данных только читается, в том числе рядом с
/// работающим сервисом. Код возврата: 0 подтверждено, 1 нет, 64 ошибка в параметрах или настройках, 70 база данных
/// недоступна или внутренняя ошибка.
#[derive(Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Say what a receipt shows / проверить расписку о решении
    Receipt(shown::Receipt),
    /// Show that one checkpoint continues another / проверить, что одна контрольная точка продолжает другую
    Consistency(shown::Consistency),
    /// Check a whole log, with everything that rests on it / проверить журнал и всё, что на нём держится
    Verify(verify::Arguments),
    /// Write the leaves of a database, one a line / записать записи журнала, по одной в строке
    Export(database::Export),
    /// Sign the head of the log / подписать голову журнала
    Checkpoint(database::Database),
    /// Make the receipt of an entry, or show that the log continues a checkpoint / составить расписку о записи или показать,
    /// что журнал продолжает контрольную точку
    Proof(proof::Proof),
    /// Print the public key of the log, or make a key / показать открытый ключ журнала или создать ключ
    Key(key::Arguments),
}

pub(super) fn run(arguments: &Arguments) -> Exit {
    let done = match &arguments.command {
        Command::Receipt(arguments) => arguments.run(),
        Command::Consistency(arguments) => arguments.run(),
        Command::Verify(arguments) => arguments.run(),
        Command::Export(arguments) => arguments.run(),
        Command::Checkpoint(arguments) => arguments.checkpoint(),
        Command::Proof(arguments) => arguments.run(),
        Command::Key(arguments) => arguments.run(),
    };
    done.unwrap_or_else(|exit| exit)
}

/// Tells why, and how the command ends.
fn stop(exit: Exit, why: impl Display) -> Exit {
    say(&why);
    exit
}

/// What kept the database from answering, and how the command ends.
fn failed(error: StoreError) -> Exit {
    let exit = match error {
        StoreError::NotOpened(_) => Exit::Usage,
        StoreError::Unavailable(_) => Exit::Internal,
        // What is stored is not what the program wrote.
        StoreError::Corrupt(_) => Exit::Failed,
    };
    stop(exit, error)
}

/// Why there is no key, and how the command ends.
fn no_key(fault: LogKeyError) -> Exit {
    match fault {
        LogKeyError::Store(error) => failed(error),
        fault => stop(Exit::Usage, fault),
    }
}

/// A small file.
fn read(path: &Path) -> Result<Vec<u8>, Exit> {
    let fault = |error: std::io::Error| {
        stop(
            Exit::Usage,
            format_args!("{}: {}", named(path), both(&error)),
        )
    };
    let file = File::open(path).map_err(fault)?;
    let mut octets = Vec::new();
    let most = MOST_RECEIPT as u64 + 1;
    file.take(most).read_to_end(&mut octets).map_err(fault)?;
    Ok(octets)
}

fn read_text(path: &Path) -> Result<String, Exit> {
    String::from_utf8(read(path)?).map_err(|_| {
        let fault = std::io::Error::from(std::io::ErrorKind::InvalidData);
        stop(
            Exit::Usage,
            format_args!("{}: {}", named(path), both(&fault)),
        )
    })
}

fn parse_key(text: &str) -> Result<VerifyingKey, String> {
    VerifyingKey::parse(text).map_err(|fault| fault.to_string())
}
