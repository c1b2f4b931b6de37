//! The command line.

use std::io::IsTerminal;

use clap::{Args, Parser, Subcommand, ValueEnum};
use pcsc_reader::Language;

/// Карты и считыватели рабочего места. Cards and readers at the desk.
#[derive(Debug, Parser)]
#[command(
    name = "desk",
    version,
    after_help = "Код завершения / exit code: 0 выполнено / done · 64 ошибка в команде / usage · \
                  69 нет считывателя, карты или службы / no reader, no card or no service · \
                  70 внутренняя ошибка / internal"
)]
pub(crate) struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Считыватели и карты в них. Readers and the cards in them.
    Readers(ReadersOptions),
}

/// Options of `desk readers`.
#[derive(Debug, Args)]
pub(crate) struct ReadersOptions {
    /// Показывать изменения до прерывания (Ctrl+C). Print changes until interrupted.
    #[arg(long)]
    pub(crate) watch: bool,

    /// Вид вывода: на терминале text, иначе json. Output: text on a terminal, else json.
    #[arg(long, value_enum)]
    pub(crate) format: Option<Format>,

    /// Язык текста. Language of the text.
    #[arg(long, value_enum, default_value_t = Lang::Ru)]
    pub(crate) lang: Lang,
}

/// Form of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Строки для человека. Lines for people.
    Text,
    /// Один документ JSON на строку. One JSON document a line.
    Json,
}

/// Language of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Lang {
    /// English.
    En,
    /// Русский.
    Ru,
}

impl ReadersOptions {
    pub(crate) fn format(&self) -> Format {
        self.format.unwrap_or(if std::io::stdout().is_terminal() {
            Format::Text
        } else {
            Format::Json
        })
    }
}

impl From<Lang> for Language {
    fn from(lang: Lang) -> Self {
        match lang {
            Lang::En => Language::En,
            Lang::Ru => Language::Ru,
        }
    }
}
