//! The command line.

use std::io::IsTerminal;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use pcsc_reader::{CardRegistry, Language, ProfileError};

use crate::tls::TlsFiles;

/// Карты и считыватели рабочего места. Cards and readers at the desk.
#[derive(Debug, Parser)]
#[command(
    name = "desk",
    version,
    after_help = "Код завершения / exit code: 0 выполнено / done · 1 отказ карты или службы / refused by card or daemon · \
                  2 решить нельзя / cannot be decided · 64 ошибка в команде / usage · \
                  69 нет считывателя, карты или службы / no reader, no card or no service · \
                  70 внутренняя ошибка / internal · 77 ПИН-код неверен или заблокирован / PIN wrong or blocked"
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
    /// Что на карте: приложения, сертификаты, ПИН-коды. What is on a card: applications, certificates, PINs.
    Show(ShowOptions),
    /// Список и выгрузка сертификатов. List and export certificates.
    Certificates(CertificatesOptions),
    /// Подписать ключом карты (CAdES-BES). Sign with a key on the card (CAdES-BES).
    Sign(SignOptions),
    /// Подтвердить учётную запись подписью. Confirm an account by a signature.
    Confirm(ConfirmOptions),
    /// Записать обмен с картой без ПИН-кодов и личных данных. Record the exchange with a card without PINs and
    /// personal data.
    Trace(TraceOptions),
}

/// Options of `desk readers`.
#[derive(Debug, Args)]
pub(crate) struct ReadersOptions {
    /// Показывать изменения до прерывания (Ctrl+C). Print changes until interrupted.
    #[arg(long)]
    pub(crate) watch: bool,

    #[command(flatten)]
    pub(crate) profiles: ProfileOptions,

    #[command(flatten)]
    pub(crate) output: OutputOptions,
}

/// Options of `desk show`.
#[derive(Debug, Args)]
pub(crate) struct ShowOptions {
    #[command(flatten)]
    pub(crate) card: CardOptions,
}

/// Options of `desk certificates`.
#[derive(Debug, Args)]
pub(crate) struct CertificatesOptions {
    /// Папка для выгрузки; готовые файлы не заменяются. Folder to export to; files that exist are not replaced.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,

    /// Вид файлов. Form of the files.
    #[arg(long, value_enum, default_value_t = CertificateForm::Der)]
    pub(crate) form: CertificateForm,

    #[command(flatten)]
    pub(crate) card: CardOptions,
}

/// Options of `desk sign`.
#[derive(Debug, Args)]
pub(crate) struct SignOptions {
    /// Сертификат на карте: его имя или начало имени. The certificate on the card: its name or how it begins.
    #[arg(long, value_name = "ID")]
    pub(crate) certificate: String,

    /// Файл для подписи. The file to sign.
    #[arg(long, value_name = "FILE", required_unless_present = "application")]
    pub(crate) content: Option<PathBuf>,

    /// Заявление, подготовленное службой. An application that the daemon prepared.
    #[arg(long, value_name = "ID", conflicts_with = "content", requires_all = ["endpoint", "account"])]
    pub(crate) application: Option<String>,

    /// Учётная запись, которой выдано заявление. The account that the application was issued to.
    #[arg(long, value_name = "ID", requires = "application")]
    pub(crate) account: Option<String>,

    /// Адрес службы, http://127.0.0.1:ПОРТ или https://АДРЕС:ПОРТ. Address of the daemon, http://127.0.0.1:PORT or
    /// https://ADDRESS:PORT.
    #[arg(long, value_name = "URL", requires = "application")]
    pub(crate) endpoint: Option<String>,

    #[command(flatten)]
    pub(crate) tls: TlsFiles,

    /// Подпись отдельно от документа. The signature without the content.
    #[arg(long)]
    pub(crate) detached: bool,

    #[command(flatten)]
    pub(crate) file: NewFile,

    #[command(flatten)]
    pub(crate) pin: PinOptions,

    #[command(flatten)]
    pub(crate) card: CardOptions,
}

/// Options of `desk confirm`.
#[derive(Debug, Args)]
pub(crate) struct ConfirmOptions {
    /// Учётная запись. The account.
    #[arg(long, value_name = "ID")]
    pub(crate) account: String,

    /// Адрес службы, http://127.0.0.1:ПОРТ или https://АДРЕС:ПОРТ. Address of the daemon, http://127.0.0.1:PORT or
    /// https://ADDRESS:PORT.
    #[arg(long, value_name = "URL")]
    pub(crate) endpoint: String,

    #[command(flatten)]
    pub(crate) tls: TlsFiles,

    /// Сертификат на карте, если их несколько. The certificate on the card, when there are several.
    #[arg(long, value_name = "ID")]
    pub(crate) certificate: Option<String>,

    #[command(flatten)]
    pub(crate) pin: PinOptions,

    #[command(flatten)]
    pub(crate) card: CardOptions,
}

/// Options of `desk trace`.
#[derive(Debug, Args)]
pub(crate) struct TraceOptions {
    #[command(flatten)]
    pub(crate) file: NewFile,

    #[command(flatten)]
    pub(crate) card: CardOptions,
}

/// A file that a command writes.
#[derive(Debug, Args)]
pub(crate) struct NewFile {
    /// Куда записать; готовый файл не заменяется. Where to write; a file that exists is not replaced.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

/// Which card, and how the output looks.
#[derive(Debug, Args)]
pub(crate) struct CardOptions {
    #[command(flatten)]
    pub(crate) reader: ReaderOptions,

    #[command(flatten)]
    pub(crate) output: OutputOptions,
}

/// Which card.
#[derive(Debug, Args)]
pub(crate) struct ReaderOptions {
    /// Считыватель: имя или его начало (с --module метка токена). The reader: its name or how it begins (with --module
    /// the label of the token).
    #[arg(long, value_name = "NAME")]
    pub(crate) reader: Option<String>,

    /// Модуль PKCS#11 изготовителя вместо собственного чтения карты. The maker's PKCS #11 module in place of reading the
    /// card.
    #[arg(long, value_name = "FILE")]
    pub(crate) module: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) profiles: ProfileOptions,
}

/// Which models of cards are known.
#[derive(Debug, Args)]
pub(crate) struct ProfileOptions {
    /// Папка с профилями карт (*.toml) в дополнение к встроенным. Folder of card profiles (*.toml) beside the built-in
    /// ones.
    #[arg(long, value_name = "DIR")]
    pub(crate) profiles: Option<PathBuf>,
}

impl ProfileOptions {
    /// The models of the program, and those of the folder.
    pub(crate) fn registry(&self) -> Result<CardRegistry, ProfileError> {
        match &self.profiles {
            Some(folder) => CardRegistry::with_folder(folder),
            None => CardRegistry::builtin(),
        }
    }
}

/// Where the PIN comes from.
#[derive(Debug, Args)]
pub(crate) struct PinOptions {
    /// Взять ПИН-код из очередной строки этого дескриптора (для сценариев). Take the PIN from the next line of this
    /// file descriptor (for scripts).
    #[arg(long, value_name = "N")]
    pub(crate) pin_fd: Option<u32>,

    /// Использовать последнюю попытку без вопроса: неверный ПИН-код заблокирует карту. Use the last try without
    /// asking: a wrong PIN blocks the card.
    #[arg(long)]
    pub(crate) use_last_try: bool,
}

/// How the output looks.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct OutputOptions {
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

/// Form of an exported certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CertificateForm {
    /// DER.
    Der,
    /// PEM.
    Pem,
}

/// Language of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Lang {
    /// English.
    En,
    /// Русский.
    Ru,
}

impl OutputOptions {
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
