//! What a text in a certificate does to its use: 63-FZ art. 11 (4) makes a restriction binding, whatever its form.
//!
//! The order names no words, so that the rows are assumptions. A text is taken for a mere description only when one of
//! those is found in it and no word that restricts; everything else a person must read.

use crate::finding::{has_deceptive_characters, mixed_scripts};

/// What a text means.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Meaning {
    /// It restricts the use, or may.
    Restricts,
    /// It describes the certificate or the tool.
    Describes,
}

/// Parts of words that restrict, in lower case.
const RESTRICTING: [&str; 24] = [
    "огранич",
    "только",
    "исключ",
    "запре",
    "нельзя",
    "недопуст",
    "не ",
    "кроме",
    "без ",
    "сумм",
    "рубл",
    "лишь",
    "для ",
    "если",
    "limit",
    "restrict",
    "only",
    "exclu",
    "except",
    "prohibit",
    "forbid",
    "not ",
    "amount",
    "for ",
];

/// What descriptions say, in lower case.
const DESCRIBING: [&str; 9] = [
    "класс кс",
    "класс кв",
    "класс ка",
    "класс средств",
    "средство электронной подписи",
    "квалифицированный сертификат",
    "политика сертификат",
    "qualified certificate",
    "certification practice statement",
];

/// What a text does; letters of two alphabets in a word may hide a part that is looked for.
pub(super) fn meaning(text: &str) -> Meaning {
    let lower = text.to_lowercase();
    let has = |parts: &[&str]| parts.iter().any(|part| lower.contains(part));
    let is_plain = !has_deceptive_characters(text) && mixed_scripts(text).is_none();
    if is_plain && has(&DESCRIBING) && !has(&RESTRICTING) {
        Meaning::Describes
    } else {
        Meaning::Restricts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_restricts_nothing() {
        for text in [
            "Класс средств электронной подписи: КС2",
            "Квалифицированный сертификат ключа проверки электронной подписи",
            "Qualified certificate, class KC1",
        ] {
            assert_eq!(meaning(text), Meaning::Describes, "{text}");
        }
    }

    #[test]
    fn what_restricts_or_is_not_known_is_left_to_a_person() {
        for text in [
            "Только для торгов",
            "Квалифицированный сертификат; сделки на сумму до 100 000 рублей",
            "Qualified certificate for tax returns",
            "Квалифицированный сертификат. Не применять в судах",
            "Особые условия",
            "Special terms",
            "",
            // Latin letters, and a break in the word that restricts.
            "Квалифицированный сертификат, тoлькo торги",
            "Квалифицированный сертификат, толь\u{200b}ко торги",
        ] {
            assert_eq!(meaning(text), Meaning::Restricts, "{text}");
        }
    }
}
