//! `verifierd audit verify`: a whole log, from a database with everything that rests on it or from exported leaves.

use std::{
    fs::File,
    io::{BufRead as _, BufReader, Read as _},
    path::{Path, PathBuf},
};

use audit_log::{Checkpoint, VerifyingKey};
use clap::Args;

use super::{Exit, database::Database, failed, no_key, parse_key, read_text, stop};
use crate::{
    cli::{named, output::answer, say},
    config::Config,
    last_head::LastHead,
    log_key::LogKeyError,
    service::ports::audit_log::AuditLog as _,
    shown::both,
    store::{
        SqlStore,
        check::{Checked, Walk},
    },
};

/// Longest leaf that is read, in octets.
const LEAF: u64 = 64 << 10;

#[derive(Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    database: Database,
    /// Exported leaves instead of a database / выгруженные записи вместо базы данных
    #[arg(long, value_name = "FILE", conflicts_with = "config")]
    leaves: Option<PathBuf>,
    /// A checkpoint that was kept; may be repeated / сохранённая контрольная точка; можно несколько
    #[arg(long, value_name = "FILE", requires = "key")]
    checkpoint: Vec<PathBuf>,
    /// Public key of the log / открытый ключ журнала
    #[arg(long, value_name = "KEY", value_parser = parse_key)]
    key: Option<VerifyingKey>,
}

impl Arguments {
    pub(super) fn run(&self) -> Result<Exit, Exit> {
        let mut signed = Vec::new();
        for path in &self.checkpoint {
            let (note, Some(key)) = (read_text(path)?, &self.key) else {
                continue;
            };
            let read = Checkpoint::open(key, &note);
            signed.push(
                read.map_err(|fault| stop(Exit::Failed, format_args!("{}: {fault}", named(path))))?,
            );
        }
        let (checked, key) = match &self.leaves {
            Some(path) => (of_file(path, &signed)?, None),
            None => self.database.open(async |store, config| {
                let (key, fault) = self.log_key(store, config).await?;
                // Before the check begins: what is kept then is in the log by then.
                if let Some(key) = &key {
                    signed.extend(last_head(config, key)?);
                }
                let checked = store.check(&signed).await.map_err(failed)?;
                Ok((checked, fault))
            })?,
        };
        Ok(told(&checked, key.as_ref()))
    }

    /// The key of the log, or what is wrong with the one that the database keeps: it must be the one given, or else the
    /// configured one.
    async fn log_key(
        &self,
        store: &SqlStore,
        config: &Config,
    ) -> Result<(Option<VerifyingKey>, Option<LogKeyError>), Exit> {
        let compared = match &self.key {
            None => {
                let key = config.log.of_log(&config.store, store).await;
                key.map(|key| key.verifying_key().clone())
            }
            Some(key) => match store.log_key().await.map_err(failed)? {
                None => Err(LogKeyError::NoLog),
                Some(kept) if kept != key.to_string() => Err(LogKeyError::Another(kept)),
                Some(_) => Ok(key.clone()),
            },
        };
        match compared {
            Ok(key) => Ok((Some(key), None)),
            Err(fault @ (LogKeyError::NoLog | LogKeyError::Another(_))) => Ok((None, Some(fault))),
            Err(fault) => {
                let exit = no_key(fault);
                if exit == Exit::Usage {
                    let hint = "or give the published key: --key KEY / или укажите опубликованный ключ: --key KEY";
                    say(&hint);
                }
                Err(exit)
            }
        }
    }
}

/// The head that the daemon keeps outside of the database, when it is on this machine.
fn last_head(config: &Config, key: &VerifyingKey) -> Result<Option<Checkpoint>, Exit> {
    let place = LastHead::of(&config.log, &config.store);
    let kept = place.read().map_err(|fault| {
        say(&"the kept head of the log is read, too: give this account the right to it / читается и сохранённая контрольная \
             точка: дайте право на её файл");
        stop(Exit::Usage, fault)
    })?;
    let kept = kept.map(|note| Checkpoint::open(key, &note)).transpose();
    kept.map_err(|fault| {
        let fault =
            format_args!("the kept head of the log / сохранённая контрольная точка: {fault}");
        stop(Exit::Failed, fault)
    })
}

/// What a fault of the kept key means to whoever audits: which of the two keys is wrong only its publication shows.
fn of_key(fault: &LogKeyError) -> String {
    match fault {
        LogKeyError::Another(kept) => format!(
            "the database keeps {kept}, which is not the key it was compared with; if that one is the published key, the row \
             was replaced: restore the database / в базе {kept}, а сверяется другой ключ; если опубликован тот, с которым \
             сверяют, то запись подменена: восстановите базу"
        ),
        fault => fault.to_string(),
    }
}

fn told(checked: &Checked, key: Option<&LogKeyError>) -> Exit {
    if let Some(fault) = key {
        answer!("log_key 1: {}", of_key(fault));
    }
    for fault in &checked.faults.named {
        answer!("{fault}");
    }
    if checked.faults.more > 0 {
        answer!("+{}", checked.faults.more);
    }
    let root: String = checked
        .root
        .iter()
        .map(|octet| format!("{octet:02x}"))
        .collect();
    let (exit, word) = match checked.faults.is_empty() && key.is_none() {
        true => (Exit::Done, "honest / журнал цел"),
        false => (Exit::Failed, "NOT honest / журнал НЕ цел"),
    };
    answer!("{} {root} {word}", checked.size);
    exit
}

fn of_file(path: &Path, signed: &[Checkpoint]) -> Result<Checked, Exit> {
    let fault = |error: std::io::Error| {
        stop(
            Exit::Usage,
            format_args!("{}: {}", named(path), both(&error)),
        )
    };
    let mut file = BufReader::new(File::open(path).map_err(fault)?);
    let mut walk = Walk::new(signed);
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = file
            .by_ref()
            .take(LEAF)
            .read_until(b'\n', &mut line)
            .map_err(fault)?;
        if read == 0 {
            break;
        }
        walk.leaf(line.strip_suffix(b"\n").unwrap_or(&line), None);
    }
    walk.end();
    Ok(Checked {
        size: walk.size(),
        root: walk.root(),
        faults: walk.faults,
    })
}
