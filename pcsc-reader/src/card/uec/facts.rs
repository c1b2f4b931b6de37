//! What is told of the card: facts and notes, in Russian and English.

use super::application::{Application, Usage};
use super::field::CardDate;
use super::settings::Suite;
use crate::card::contents::{CardContents, CardFact, CardNote};
use crate::language::{Language, Text};

const fn text(ru: &'static str, en: &'static str) -> Text {
    Text { ru, en }
}

/// Key, Russian, English of every fact that is no field of a block.
pub(super) type Row = (&'static str, Text);

pub(super) const VERSION: Row = (
    "uec_version",
    text("Версия ИД-приложения", "Version of the ID application"),
);
pub(super) const EFFECTIVE: Row = ("uec_valid_from", text("Действует с", "Valid from"));
pub(super) const EXPIRES: Row = ("uec_valid_until", text("Действует до", "Valid until"));
pub(super) const SUITES: Row = ("uec_cryptography", text("Криптография", "Cryptography"));
pub(super) const CAPABILITIES: Row = ("uec_capabilities", text("Возможности", "Capabilities"));
pub(super) const KEY_SET: Row = (
    "uec_root_key_set",
    text("Набор ключей корневого УЦ", "Key set of the root CA"),
);
pub(super) const STATE: Row = ("uec_state", text("Состояние", "State"));
pub(super) const CIN: Row = ("uec_cin", text("Номер карты (CIN)", "Card number (CIN)"));
pub(super) const PAN: Row = ("uec_pan", text("Номер карты (PAN)", "Card number (PAN)"));
pub(super) const GREETING: Row = (
    "uec_greeting",
    text("Контрольное приветствие", "Control greeting"),
);
pub(super) const APPLICATION_CERTIFICATE: Row = (
    "uec_application_certificate",
    text(
        "Сертификат ИД-приложения",
        "Certificate of the ID application",
    ),
);
pub(super) const ISSUER_CERTIFICATE: Row = (
    "uec_issuer_certificate",
    text("Сертификат эмитента", "Certificate of the issuer"),
);
pub(super) const APPLICATION_KEY: Row = (
    "uec_application_key",
    text(
        "Открытый ключ ИД-приложения",
        "Public key of the ID application",
    ),
);
pub(super) const HOLDER_CERTIFICATE: Row = (
    "uec_holder_certificate",
    text(
        "Сертификат подписи владельца",
        "Holder's signature certificate",
    ),
);
pub(super) const SECTORS: Row = (
    "uec_sectors",
    text("Секторы (версия формата)", "Sectors (format version)"),
);
pub(super) const BLOCKS: Row = ("uec_blocks", text("Блоки данных", "Blocks of data"));

const LEGACY: CardNote = note(
    "card.uec.legacy",
    "УЭК отменена законом с 01.01.2017, её сертификаты отозваны: карта не средство квалифицированной подписи. Показано то, что читается открыто.",
    "The UEC was abolished by law from 2017-01-01 and its certificates were revoked: the card is no means of qualified signature. Shown is what it leaves open.",
);
pub(super) const TEMPLATE: CardNote = note(
    "card.uec.template",
    "Карта не сообщила своих данных: даты, версия и секторы взяты из образца для таких карт, а не с карты.",
    "The card did not tell its data: dates, version and sectors come from a template for such cards, not from the card.",
);
pub(super) const DEACTIVATED: CardNote = note(
    "card.uec.deactivated",
    "ИД-приложение карты заблокировано.",
    "The ID application of the card is deactivated.",
);
pub(super) const INCONSISTENT: CardNote = note(
    "card.uec.inconsistent",
    "Карта сообщает, что её данные не согласованы: запись на неё была прервана.",
    "The card says that its data are inconsistent: writing to it was interrupted.",
);
pub(super) const PROTECTED: CardNote = note(
    "card.uec.protected",
    "Эти блоки карта открывает только терминалу с собственным сертификатом и после ПИН1; такого терминала нет.",
    "The card opens these blocks only to a terminal with a certificate of its own and after PIN1; there is no such terminal.",
);
pub(super) const UNREADABLE: CardNote = note(
    "card.uec.unreadable",
    "Эта часть карты не читается: карта ответила не так, как должна.",
    "This part of the card cannot be read: the card did not answer as it should.",
);
pub(super) const NO_APPLICATION: CardNote = note(
    "card.uec.no_application",
    "На карте нет ИД-приложения УЭК, найдено только другое её приложение.",
    "The card has no UEC ID application, only another of its applications was found.",
);
const EXPIRED: CardNote = note(
    "card.uec.expired",
    "Срок действия карты истёк.",
    "The card has expired.",
);

const fn note(code: &'static str, ru: &'static str, en: &'static str) -> CardNote {
    CardNote {
        code,
        about: None,
        text: text(ru, en),
    }
}

/// The note about a part of the card.
pub(super) fn about(note: CardNote, part: String) -> CardNote {
    CardNote {
        about: Some(part),
        ..note
    }
}

/// What holds for every such card today: it is evidence of a time, and no means of signature.
pub(super) fn legacy() -> CardNote {
    LEGACY
}

/// That the card has expired by the dates that it tells itself, on this day. None where it tells none: dates of a
/// template prove nothing.
#[must_use]
pub fn expiry_note(contents: &CardContents, today: CardDate) -> Option<CardNote> {
    let (key, _) = EXPIRES;
    let fact = contents.facts.iter().find(|fact| fact.key == key)?;
    let last = CardDate::from_text(&fact.value).filter(|_| !fact.is_assumed)?;
    (last < today).then(|| about(EXPIRED, last.to_string()))
}

/// Adds a fact.
pub(super) fn add(contents: &mut CardContents, row: Row, value: String) {
    add_assumed(contents, row, value, false);
}

fn add_assumed(contents: &mut CardContents, (key, name): Row, value: String, is_assumed: bool) {
    contents.facts.push(CardFact {
        key,
        name,
        value,
        is_assumed,
    });
}

/// What the application says of itself.
pub(super) fn add_application(contents: &mut CardContents, application: &Application) {
    let is_assumed = application.is_from_template;
    let mut add = |row, value| add_assumed(contents, row, value, is_assumed);
    add(VERSION, application.version.name().to_owned());
    add(EFFECTIVE, application.effective.to_string());
    add(EXPIRES, application.expires.to_string());
    add(SUITES, suites(application.usage));
    if let Some(capabilities) = capabilities(application.usage) {
        add(CAPABILITIES, capabilities);
    }
    if let Some(index) = application.key_set {
        add(KEY_SET, index.to_string());
    }
    let sectors = application.sectors.iter();
    let sectors: Vec<_> = sectors
        .map(|sector| format!("{} ({:02X})", sector.id, sector.version))
        .collect();
    if !sectors.is_empty() {
        add(SECTORS, sectors.join(", "));
    }
}

fn suites(usage: Usage) -> String {
    let rows = [
        (usage.has(Suite::Gost), text("ГОСТ", "GOST")),
        (usage.has(Suite::Rsa), text("RSA/3DES", "RSA/3DES")),
    ];
    in_both(&rows).unwrap_or_default()
}

/// Between the Russian and the English form of a value.
const BETWEEN: &str = " / ";

/// A value whose words the program chose, in both languages.
pub(super) fn both(ru: &str, en: &str) -> String {
    format!("{ru}{BETWEEN}{en}")
}

/// Facts whose values are words of the program in both languages; all others are as the card says.
const IN_BOTH_LANGUAGES: [&str; 12] = [
    "uec_application_certificate",
    "uec_application_key",
    "uec_capabilities",
    "uec_cryptography",
    "uec_holder_certificate",
    "uec_issuer_certificate",
    "uec_state",
    "document_type",
    "pension_reserve",
    "pension_signature",
    "photo",
    "sex",
];

/// The value of a fact in one language: of words of the program that language's, of all else the value itself.
#[must_use]
pub fn value_in_language<'f>(key: &str, value: &'f str, language: Language) -> &'f str {
    match value.split_once(BETWEEN) {
        Some((ru, en)) if IN_BOTH_LANGUAGES.contains(&key) => match language {
            Language::Ru => ru,
            Language::En => en,
        },
        _ => value,
    }
}

/// What it can do beside its suites; the second octet of the usage has no published meaning.
fn capabilities(usage: Usage) -> Option<String> {
    let rows = [
        (
            usage.takes_long_data(),
            text("длинные команды", "long commands"),
        ),
        (usage.needs_mse(), text("MSE (Micron)", "MSE (Micron)")),
    ];
    in_both(&rows)
}

/// The names of what is there, in both languages.
fn in_both(rows: &[(bool, Text)]) -> Option<String> {
    let joined = |language| {
        let known = rows.iter().filter(|(is_there, _)| *is_there);
        let names: Vec<_> = known.map(|(_, name)| name.in_language(language)).collect();
        names.join(", ")
    };
    let is_any = rows.iter().any(|(is_there, _)| *is_there);
    is_any.then(|| both(&joined(Language::Ru), &joined(Language::En)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_the_program_are_told_in_one_language_and_text_of_the_card_as_it_is() {
        let value = both("мужской", "male");
        assert_eq!(value_in_language("sex", &value, Language::Ru), "мужской");
        assert_eq!(value_in_language("sex", &value, Language::En), "male");
        assert_eq!(value_in_language("sex", "М", Language::En), "М");
        assert_eq!(value_in_language("address", "A / B", Language::En), "A / B");
    }
}
