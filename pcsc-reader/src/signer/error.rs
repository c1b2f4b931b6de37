//! Why no signature was made.

use std::fmt;
use std::io;

use sig_core::cms::build::Refused;

use crate::error::CardError;
use crate::language::Language;
use crate::system_fault::system_fault;

/// Why no signature was made. It names certificates by their identifier on the card, never by their holder.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SigningError {
    /// The card did not sign.
    Card(CardError),
    /// The content could not be read.
    Content(io::ErrorKind),
    /// The key of the certificate is not on the card.
    NoKey {
        /// The certificate.
        id: String,
    },
    /// No certificate has this identifier or begins so.
    NoSuchCertificate {
        /// Those that there are.
        known: Vec<String>,
    },
    /// What shall be signed is no text and cannot be shown.
    NotText,
    /// No certificate on the card has its key there.
    NothingSigns {
        /// Those that there are.
        known: Vec<String>,
    },
    /// The signature cannot be made so, or the card's value is wrong.
    Refused(Refused),
    /// Several certificates fit.
    SeveralCertificates {
        /// Those that fit.
        fits: Vec<String>,
    },
    /// Nobody signs with such a key any more.
    SignsNothingNew {
        /// The certificate.
        id: String,
        /// The kind of key.
        key: String,
    },
    /// The file is no certificate.
    UnreadableCertificate {
        /// Which.
        id: String,
    },
}

impl SigningError {
    /// Stable code, `area.object.condition`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Card(error) => error.diagnosis().code,
            Self::Content(_) => "sign.content.unreadable",
            Self::NoKey { .. } => "sign.certificate.no_key",
            Self::NoSuchCertificate { .. } => "sign.certificate.none_such",
            Self::NotText => "sign.content.not_text",
            Self::NothingSigns { .. } => "sign.certificate.none_signs",
            Self::Refused(Refused::SignatureWrong | Refused::SignatureLength { .. }) => {
                "sign.value.wrong"
            }
            Self::Refused(_) => "sign.request.refused",
            Self::SeveralCertificates { .. } => "sign.certificate.several",
            Self::SignsNothingNew { .. } => "sign.key.past",
            Self::UnreadableCertificate { .. } => "sign.certificate.unreadable",
        }
    }

    /// One line: what, and what to do.
    #[must_use]
    pub fn render(&self, language: Language) -> String {
        let list = |ids: &[String]| ids.join(", ");
        let [ru, en] = match self {
            Self::Card(error) => return error.render(language),
            Self::Content(kind) => [
                format!("Документ не читается ({}). Проверьте имя файла и права доступа.", system_fault(*kind, Language::Ru)),
                format!("The content cannot be read ({}). Check the file name and its access rights.", system_fault(*kind, Language::En)),
            ],
            Self::NoKey { id } => [
                format!("Ключом сертификата {id} здесь подписать нельзя: его на карте нет, или карта сама им не подписывает. Выберите другой: desk show."),
                format!("The key of certificate {id} cannot sign here: it is not on the card, or the card does not sign by itself. Choose another: desk show."),
            ],
            Self::NoSuchCertificate { known } => [
                format!("На карте нет такого сертификата. Есть: {}.", list(known)),
                format!("The card has no such certificate. It has: {}.", list(known)),
            ],
            Self::NotText => [
                "Заявление не текст: показать его нельзя, а непоказанное не подписывается. Запросите новое.".into(),
                "The application is no text: it cannot be shown, and what was not shown is not signed. Ask for a new one.".into(),
            ],
            Self::NothingSigns { known } if known.is_empty() => [
                "На карте нет сертификатов. Проверьте, та ли это карта.".into(),
                "The card has no certificates. Check that it is the right card.".into(),
            ],
            Self::NothingSigns { known } => [
                format!("Карта не подписывает ключом ни одного сертификата ({}). Проверьте, та ли это карта.", list(known)),
                format!("The card signs with the key of no certificate ({}). Check that it is the right card.", list(known)),
            ],
            Self::Refused(Refused::SignatureWrong | Refused::SignatureLength { .. }) => [
                "Карта вернула неверное значение подписи: подпись не записана. Карта неисправна или ключ другой; обратитесь к тому, кто её выдал.".into(),
                "The card returned a wrong signature value: no signature was written. The card is faulty or has another key; ask whoever issued it.".into(),
            ],
            Self::Refused(refused) => [
                format!("Так подписать нельзя: {}. Возьмите другой сертификат.", refusal(refused)),
                format!("It cannot be signed so: {refused}."),
            ],
            Self::SeveralCertificates { fits } => [
                format!("Подходит несколько сертификатов. Выберите один ключом --certificate: {}.", list(fits)),
                format!("Several certificates fit. Choose one with --certificate: {}.", list(fits)),
            ],
            Self::SignsNothingNew { id, key } => [
                format!("Ключом сертификата {id} ({key}) больше не подписывают. Выберите другой."),
                format!("Nobody signs with the key of certificate {id} ({key}) any more. Choose another."),
            ],
            Self::UnreadableCertificate { id } => [
                format!("Файл {id} не читается как сертификат. Выберите другой: desk show."),
                format!("The file {id} cannot be read as a certificate. Choose another: desk show."),
            ],
        };
        match language {
            Language::Ru => ru,
            Language::En => en,
        }
    }
}

/// Why it cannot be signed so.
fn refusal(refused: &Refused) -> String {
    match refused {
        Refused::NotForSigning(algorithm) => {
            format!("алгоритмом {algorithm} больше не подписывают")
        }
        Refused::NotInBackEnd(algorithm) => format!("алгоритма {algorithm} у программы нет"),
        Refused::NotForKey(algorithm) => {
            format!("ключ сертификата не для алгоритма {algorithm}")
        }
        Refused::Key(_) => "ключ сертификата неверен".to_owned(),
        Refused::DigestMismatch { expected, found } => {
            format!("подписи нужен хеш {expected}, а у документа {found}")
        }
        Refused::TooLarge => "документ слишком велик".to_owned(),
        Refused::Text => "пуст или недопустим заданный текст".to_owned(),
        Refused::BackEndsDisagree(_) => "две реализации алгоритма дали разный результат".to_owned(),
        _ => "значение подписи неверно".to_owned(),
    }
}

impl From<CardError> for SigningError {
    fn from(error: CardError) -> Self {
        Self::Card(error)
    }
}

impl From<Refused> for SigningError {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl fmt::Display for SigningError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(Language::En))
    }
}

impl std::error::Error for SigningError {}
