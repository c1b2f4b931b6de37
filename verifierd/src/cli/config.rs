//! `verifierd config`.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Subcommand};

use super::{Exit, output::tell, say, serve};
use crate::{
    config::{Config, EXAMPLE},
    listen::Door,
    shown,
    store::keys_given,
};

/// The configuration of the daemon
///
/// Настройки сервиса.
#[derive(Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Check(CheckArguments),
    /// Print every setting with its default and what it is for
    ///
    /// Вывести все настройки со значениями по умолчанию и пояснениями.
    Example,
}

/// Say everything that is wrong with a configuration, without starting
///
/// Reads the file and the files that it names: keys, certificates, trust. Nothing is made, and no database is opened. Exit: 0
/// the daemon can start with it, 64 what is wrong is told.
///
/// Назвать все ошибки настроек, не запуская сервис. Читает файл и всё, что он называет; ничего не создаёт и не открывает
/// базу данных.
#[derive(Args)]
struct CheckArguments {
    /// Configuration file (TOML) / файл настроек
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Address to listen on, as `serve` takes it / адрес, как у `serve`
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
}

pub(super) fn run(arguments: &Arguments) -> Exit {
    match &arguments.command {
        Command::Check(arguments) => check(arguments),
        Command::Example => {
            tell(EXAMPLE);
            Exit::Done
        }
    }
}

fn check(arguments: &CheckArguments) -> Exit {
    let faults = match Config::load(arguments.config.as_deref(), arguments.listen) {
        Ok(config) => {
            if !config.variables.is_empty() {
                let names = config.variables.join(", ");
                tell(&format!("from the environment / из окружения: {names}\n"));
            }
            named_files(&config)
        }
        Err(error) => vec![error.to_string()],
    };
    if faults.is_empty() {
        tell(
            "the daemon can start with this configuration / с этими настройками сервис может работать\n",
        );
        return Exit::Done;
    }
    let faults = shown::lines(&faults.join("\n"));
    say(&format_args!("configuration / настройки:\n{faults}"));
    Exit::Usage
}

/// What is wrong with the files that the configuration names.
fn named_files(config: &Config) -> Vec<String> {
    let of_tls = Door::new(&config.access).err().map(|it| it.to_string());
    let of_keys = keys_given(&config.store, &config.keys);
    let of_keys = of_keys.err().map(|it| it.to_string());
    let of_log = config.log.check(&config.store).err();
    let of_log = of_log.map(|it| it.to_string());
    let of_trust = serve::judge(&config.trust, config.algorithms).err();
    let of_trust = of_trust.map(|(_, why)| why);
    [of_tls, of_keys, of_log, of_trust]
        .into_iter()
        .flatten()
        .collect()
}
