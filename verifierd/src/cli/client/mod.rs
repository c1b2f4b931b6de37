//! What every command that asks a running daemon shares: where it is, how long to wait, how to answer.
//!
//! A command is one file: its arguments with [`Remote`] among them, one call, and [`Remote::show`] or [`Remote::rows`].
//! Exit: 0 done, 1 refused, 64 usage, 69 no daemon, 70 internal. Personal data comes from a file or standard input: what
//! stands on a command line is seen by every user of the machine.

use std::{
    error::Error as _,
    io::{IsTerminal as _, Read as _, Write as _},
    path::{Path, PathBuf},
    time::Duration,
};

use clap::{Args, ValueEnum};
use prost::{Message, Name};
use proto::client::{self, Unusable};
use sig_core::finding::{Language, displayable};
use tonic::{
    Response, Status,
    transport::{self, Channel, Endpoint},
};

use super::{
    Exit,
    material::{Lang, read_file},
    output::tell,
    say,
};

mod labels;
mod paging;
mod refused;
mod shape;
mod show;
mod tls;
mod to_sign;

pub(super) use paging::Paging;
pub(super) use shape::Shape;
use tls::TlsFiles;
pub(super) use to_sign::{Signature, ToSign};

/// Largest file that is sent, in octets.
const FILE_OCTETS: u64 = 5 << 20;
/// Largest answer that is read, in octets: a little more than the daemon sends.
pub(super) const ANSWER_OCTETS: usize = 8 << 20;

/// Where the daemon is and how its answer is shown.
#[derive(Args, Clone, Debug)]
pub(super) struct Remote {
    /// Address of the daemon / адрес сервиса
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:50051")]
    endpoint: String,
    #[command(flatten)]
    tls: TlsFiles,
    /// How long to wait for an answer / сколько ждать ответа
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=3600))]
    timeout: u64,
    /// Form of the answer (default: text on a terminal, else json) / вид ответа
    #[arg(long, value_enum)]
    format: Option<Form>,
    /// Language of the names / язык названий
    #[arg(long, value_enum, default_value = "ru")]
    lang: Lang,
}

/// How an answer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Form {
    Text,
    Json,
}

impl Remote {
    fn form(&self) -> Form {
        let default = match std::io::stdout().is_terminal() {
            true => Form::Text,
            false => Form::Json,
        };
        self.format.unwrap_or(default)
    }

    /// Asks the daemon; says why when there is no answer.
    ///
    /// # Errors
    /// The exit code, once the reason was told.
    pub(super) fn ask<T>(
        &self,
        call: impl AsyncFnOnce(Channel) -> Result<T, Status>,
    ) -> Result<T, Exit> {
        let endpoint = self.endpoint()?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let runtime = runtime.map_err(|error| {
            say(&crate::shown::both(&error));
            Exit::Internal
        })?;
        runtime.block_on(async {
            let channel = endpoint.connect().await;
            let channel = channel.map_err(|error| self.no_daemon(&error))?;
            call(channel)
                .await
                .map_err(|status| match client::is_cut(&status) {
                    true => self.cut(&status),
                    false => self.refused(&status),
                })
        })
    }

    /// Asks for one answer and shows it as one object.
    pub(super) fn show<M: Message + Name>(
        &self,
        call: impl AsyncFnOnce(Channel) -> Result<Response<M>, Status>,
    ) -> Exit {
        match self.ask(call) {
            Ok(answer) => self.print(answer.get_ref()),
            Err(exit) => exit,
        }
    }

    /// Shows an answer as one object.
    pub(super) fn print<M: Message + Name>(&self, answer: &M) -> Exit {
        self.tell(answer, show::object)
    }

    /// Shows one object that is no message of the API.
    pub(super) fn print_shape(&self, shape: &Shape) -> Exit {
        self.tell_shape(shape, show::object)
    }

    /// Shows an answer whose list `field` is a table of `columns`; JSON has the whole answer.
    pub(super) fn rows<M: Message + Name>(
        &self,
        answer: &M,
        field: &str,
        columns: &[&str],
    ) -> Exit {
        self.tell(answer, |shape, language| match shape.at(field) {
            Shape::List(rows) => show::table(rows, columns, language),
            _ => String::new(),
        })
    }

    fn tell<M: Message + Name>(
        &self,
        answer: &M,
        text: impl FnOnce(&Shape, Language) -> String,
    ) -> Exit {
        let Some(shape) = Shape::of(answer) else {
            say(&"the answer is of an unknown kind / ответ неизвестного вида");
            return Exit::Internal;
        };
        self.tell_shape(&shape, text)
    }

    fn tell_shape(&self, shape: &Shape, text: impl FnOnce(&Shape, Language) -> String) -> Exit {
        match self.form() {
            Form::Text => tell(&text(shape, self.lang.language())),
            Form::Json => match serde_json::to_string(shape) {
                Ok(json) => tell(&(json + "\n")),
                Err(_) => return Exit::Internal,
            },
        }
        Exit::Done
    }

    fn endpoint(&self) -> Result<Endpoint, Exit> {
        let given = displayable(&self.endpoint);
        let endpoint = client::endpoint(&self.endpoint, self.tls.read()?);
        let endpoint = endpoint.map_err(|unusable| {
            match unusable {
                Unusable::Scheme => return tls::tell_scheme(),
                Unusable::NoAddress => say(&format_args!(
                    "--endpoint {given}: give an address such as http://127.0.0.1:50051 or https://verifier.example:50051 / \
                     укажите адрес вида http://127.0.0.1:50051 или https://verifier.example:50051"
                )),
                Unusable::OtherMachine => say(&format_args!(
                    "--endpoint {given}: a daemon on another machine is spoken to over TLS only: give its https:// address / \
                     с сервисом на другой машине говорят только по TLS: укажите его адрес https://"
                )),
                Unusable::Parts(why) => say(&format_args!(
                    "--tls-ca, --tls-certificate, --tls-key: {why}: give certificates and a private key in PEM / укажите \
                     сертификаты и закрытый ключ в PEM",
                    why = displayable(&why)
                )),
            }
            Exit::Usage
        })?;
        let timeout = Duration::from_secs(self.timeout);
        Ok(endpoint
            .connect_timeout(timeout.min(Duration::from_secs(10)))
            .timeout(timeout))
    }

    fn no_daemon(&self, error: &transport::Error) -> Exit {
        let endpoint = displayable(&self.endpoint);
        if let Some(why) = client::tls_fault(error) {
            return self.no_tls(&why);
        }
        say(&format_args!(
            "no daemon answers at {endpoint}; start it with `verifierd serve` or give its address with --endpoint / \
             по адресу {endpoint} сервис не отвечает; запустите `verifierd serve` или укажите адрес параметром --endpoint"
        ));
        Exit::Unreachable
    }

    fn no_tls(&self, why: &str) -> Exit {
        let why = displayable(why);
        let endpoint = displayable(&self.endpoint);
        say(&format_args!(
            "no TLS connection with {endpoint}: {why}; check --tls-ca, --tls-certificate and --tls-key / нет соединения TLS с \
             {endpoint}; проверьте --tls-ca, --tls-certificate и --tls-key"
        ));
        Exit::Unreachable
    }

    /// Says that no answer came. With TLS 1.3 a caller learns only now that it was not let in.
    fn cut(&self, status: &Status) -> Exit {
        let endpoint = displayable(&self.endpoint);
        let why = status.source().and_then(client::tls_fault);
        match (why, self.tls.are_given()) {
            (Some(why), true) => return self.no_tls(&why),
            (None, true) => say(&format_args!(
                "{endpoint} ended the connection before an answer; if it does so every time, it does not accept the \
                 certificate of --tls-certificate: its log says why / сервис {endpoint} закрыл соединение до ответа; если так \
                 каждый раз, он не принимает сертификат --tls-certificate: причина в его журнале"
            )),
            (_, false) => say(&format_args!(
                "the connection with {endpoint} was cut before an answer; whether the request was carried out is not known: \
                 repeat it / соединение с {endpoint} оборвано до ответа; выполнен ли запрос, неизвестно: повторите его"
            )),
        }
        Exit::Unreachable
    }

    /// Says what the daemon refused; programs read it on standard output.
    fn refused(&self, status: &Status) -> Exit {
        let refused = refused::Refused::read(status);
        match self.form() {
            Form::Text => say(&refused.text()),
            Form::Json => tell(&format!("{}\n", refused.json())),
        }
        refused::exit_of(status)
    }
}

/// A file with the fields of a message as JSON, keys as in the answers; `-` is standard input.
///
/// # Errors
/// The exit code, once the reason was told: which key, never its value.
pub(super) fn data<M: Message + Name + Default>(path: &Path) -> Result<M, Exit> {
    let octets = file(path)?;
    shape::read(&octets).map_err(|unfit| {
        let place = displayable(&unfit.place);
        let (place, en, ru) = match place.as_str() {
            "" => (super::named(path), unfit.en, unfit.ru),
            place => (
                format!("{}: {place}", super::named(path)),
                unfit.en,
                unfit.ru,
            ),
        };
        say(&format_args!("{place}: {en} / {ru}"));
        Exit::Usage
    })
}

/// A file of data; `-` is standard input.
///
/// # Errors
/// The exit code, once the reason was told.
pub(super) fn file(path: &Path) -> Result<Vec<u8>, Exit> {
    let too_large = || {
        say(&format_args!(
            "{}: larger than {FILE_OCTETS} octets / больше {FILE_OCTETS} байт",
            super::named(path)
        ));
        Exit::Usage
    };
    let octets = match path.as_os_str() == "-" {
        true => {
            let mut octets = Vec::new();
            let read = std::io::stdin()
                .take(FILE_OCTETS + 1)
                .read_to_end(&mut octets);
            read.map(|_| octets).map_err(|error| {
                say(&crate::shown::both(&error));
                Exit::Usage
            })?
        }
        false => read_file(path).map_err(|stopped| stopped.tell())?,
    };
    match octets.len() as u64 > FILE_OCTETS {
        true => Err(too_large()),
        false => Ok(octets),
    }
}

/// Where the fields of a request come from.
#[derive(Args, Clone, Debug)]
pub(super) struct Data {
    /// File with the fields as JSON, `-` for standard input / файл с полями в JSON, `-` — стандартный ввод
    #[arg(long = "data", value_name = "FILE")]
    pub(super) path: PathBuf,
}

impl Data {
    /// Reads the fields.
    ///
    /// # Errors
    /// As [`data`].
    pub(super) fn read<M: Message + Name + Default>(&self) -> Result<M, Exit> {
        data(&self.path)
    }
}

/// Writes a file that only its owner reads: what is to be signed holds personal data.
///
/// # Errors
/// When it is there already or cannot be written.
pub(super) fn write_new(path: &Path, octets: &[u8]) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(octets)?;
    file.sync_all()
}
