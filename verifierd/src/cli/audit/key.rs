//! `verifierd audit key`.

use std::path::PathBuf;

use clap::Args;

use super::{Exit, stop};
use crate::{
    cli::{named, output::answer},
    config::Config,
    log_key::{LogConfig, LogKeyError, LogKeySource, fresh_origin, make},
    shown,
};

#[derive(Args)]
pub(super) struct Arguments {
    /// Configuration file of the daemon / файл настроек сервиса
    #[arg(long, value_name = "FILE", conflicts_with_all = ["new", "origin"])]
    config: Option<PathBuf>,
    /// Make a fresh signing key in this file / создать новый ключ подписи в этом файле
    #[arg(long, value_name = "FILE")]
    new: Option<PathBuf>,
    /// Name of the log, such as verifier.example/audit (default: qes.audit/ and a random id) / имя журнала (по умолчанию
    /// qes.audit/ и случайный идентификатор)
    #[arg(long, value_name = "NAME", requires = "new")]
    origin: Option<String>,
}

impl Arguments {
    pub(super) fn run(&self) -> Result<Exit, Exit> {
        let fault = |fault: LogKeyError| stop(Exit::Usage, fault);
        let (log, store) = match &self.new {
            Some(path) => {
                let origin = self.origin.clone().map_or_else(fresh_origin, Ok);
                let origin = origin.map_err(fault)?;
                if path.exists() {
                    let why = shown::both(&std::io::ErrorKind::AlreadyExists.into());
                    return Err(stop(Exit::Usage, format_args!("{}: {why}", named(path))));
                }
                make(path, &origin).map_err(fault)?;
                let log = LogConfig {
                    key: LogKeySource::File(path.clone()),
                    origin: None,
                };
                (log, crate::config::StoreConfig::Sqlite(path.clone()))
            }
            None => {
                let config = configuration(self.config.as_deref())?;
                (config.log, config.store)
            }
        };
        let key = log.given(&store).map_err(fault)?;
        answer!("{}", key.verifying_key());
        Ok(Exit::Done)
    }
}

pub(super) fn configuration(file: Option<&std::path::Path>) -> Result<Config, Exit> {
    Config::load(file, None).map_err(|error| {
        let faults = shown::lines(&error.to_string());
        stop(
            Exit::Usage,
            format_args!("configuration / настройки:\n{faults}"),
        )
    })
}
