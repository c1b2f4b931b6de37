//! What a text in a certificate does to its use: 63-FZ art. 11 (4) makes a restriction binding, whatever its form.
//!
//! The order names no words, so that the rows are assumptions. A text is taken for a mere description only when nothing is
//! left of it after the phrases that are known to describe; everything else a person must read.

use crate::finding::{has_deceptive_characters, mixed_scripts};
use crate::x509::extension::user_notice::UserNotice;

/// What a text means.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Meaning {
    /// It restricts the use, or may.
    Restricts,
    /// It describes the certificate or the tool.
    Describes,
    /// It stands elsewhere, or a part of it does.
    NotAtHand,
}

/// What descriptions say, in lower case: whole phrases, so that no two of them make a restriction together.
const DESCRIBING: [&str; 38] = [
    "класс",
    "класс скзи",
    "класс средства",
    "класс средств",
    "класс средства эп",
    "класс средств эп",
    "класс средства эп владельца",
    "класс средств эп владельца",
    "класс средства электронной подписи",
    "класс средств электронной подписи",
    "класс средства электронной подписи владельца",
    "класс средств электронной подписи владельца",
    "класс средства уц",
    "класс средств уц",
    "класс средств удостоверяющего центра",
    "средство эп",
    "средства эп",
    "средство электронной подписи",
    "средства электронной подписи",
    "средство электронной подписи владельца",
    "криптопро csp",
    "cryptopro csp",
    "vipnet csp",
    "квалифицированный сертификат",
    "квалифицированный сертификат электронной подписи",
    "квалифицированный сертификат ключа проверки электронной подписи",
    "сертификат ключа проверки электронной подписи",
    "политика сертификата",
    "политика сертификатов",
    "политика сертификации",
    "class",
    "tool class",
    "mmc tool class",
    "signature tool class",
    "qualified certificate",
    "qualified certificate class",
    "certificate policy",
    "certification practice statement",
];

/// Classes of tools (FSB order 796), in Cyrillic, by letters that look alike and transliterated; `2` and the other digits
/// may stand apart.
const CLASSES: [&str; 24] = [
    "кс", "кс1", "кс2", "кс3", "кв", "кв1", "кв2", "ка", "ка1", "kc", "kc1", "kc2", "kc3", "ks",
    "ks1", "ks2", "ks3", "kb", "kb1", "kb2", "kv1", "kv2", "ka", "ka1",
];

/// Digits of a number that is one of a version, an order or an object identifier, not a sum.
const DIGITS: usize = 4;

/// What a notice does. Its text stands for the one that a reference beside it names: RFC 5280 §4.2.1.4 shows it where that
/// one is not at hand.
pub(super) fn of(notice: &UserNotice) -> Meaning {
    match notice.text.as_deref().map(meaning) {
        Some(meaning) => meaning,
        None => Meaning::NotAtHand,
    }
}

/// What a text does; letters of two alphabets in a word, and signs other than punctuation, may hide what restricts.
fn meaning(text: &str) -> Meaning {
    if has_deceptive_characters(text) || mixed_scripts(text).is_some() {
        return Meaning::Restricts;
    }
    let lower = text.to_lowercase();
    let mut words = Vec::new();
    for part in lower.split_whitespace().filter(|part| !is_address(part)) {
        if !part.chars().all(|it| it.is_alphanumeric() || is_mark(it)) {
            return Meaning::Restricts;
        }
        words.extend(part.split(is_mark).filter(|word| !word.is_empty()));
    }
    let mut rest = words.as_slice();
    let mut describes = false;
    while let Some((word, after)) = rest.split_first() {
        let phrases = DESCRIBING.iter().chain(&CLASSES);
        let longest = phrases
            .filter_map(|phrase| after_phrase(rest, phrase))
            .min_by_key(|it| it.len());
        rest = match longest {
            Some(after) => {
                describes = true;
                after
            }
            None if is_number(word) => after,
            None => return Meaning::Restricts,
        };
    }
    match describes {
        true => Meaning::Describes,
        false => Meaning::Restricts,
    }
}

/// What follows a phrase that words begin with.
fn after_phrase<'a, 'b>(mut words: &'a [&'b str], phrase: &str) -> Option<&'a [&'b str]> {
    for expected in phrase.split(' ') {
        let (word, after) = words.split_first()?;
        if *word != expected {
            return None;
        }
        words = after;
    }
    Some(words)
}

fn is_number(word: &str) -> bool {
    word.len() <= DIGITS && word.bytes().all(|it| it.is_ascii_digit())
}

/// Of the web: it leads to a text that the issuer publishes and says nothing itself.
fn is_address(word: &str) -> bool {
    let word = word.trim_matches(['(', ')', '<', '>', ',', ';', '.']);
    let is_web = ["http://", "https://", "www."]
        .iter()
        .any(|it| word.starts_with(it));
    is_web
        && word
            .bytes()
            .all(|it| it.is_ascii_alphanumeric() || b"./:-_".contains(&it))
}

/// Punctuation. Signs of currencies and of comparison are none.
const fn is_mark(character: char) -> bool {
    matches!(
        character,
        '.' | ','
            | ':'
            | ';'
            | '('
            | ')'
            | '-'
            | '/'
            | '"'
            | '\''
            | '«'
            | '»'
            | '“'
            | '”'
            | '„'
            | '–'
            | '—'
            | '№'
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::der::oids;

    #[test]
    fn a_description_restricts_nothing() {
        for text in [
            "Класс средств электронной подписи: КС2",
            "Класс средства ЭП КС1",
            "Класс средства ЭП КС1.",
            "Класс КС 2",
            "MMC Tool Class KC1",
            "Класс\u{a0}средств\u{202f}ЭП: КС3",
            "Средство электронной подписи: «КриптоПро CSP» 5.0",
            "Квалифицированный сертификат ключа проверки электронной подписи",
            "Qualified certificate, class KC1",
            "Политика сертификата: https://ca.example.org/cps.pdf, 1.2.643.100.113.1",
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
            // Blanks that are not U+0020.
            "Квалифицированный сертификат для\u{a0}торгов",
            "Квалифицированный сертификат не\u{202f}применять",
            "Qualified certificate for\u{2009}tax",
            // Words that nobody listed.
            "Квалифицированный сертификат. Область применения: отношения с ФНС",
            "Qualified certificate. Sole Authorised Usage: tax returns",
            "Класс средств ЭП КС1 торги",
            // Sums.
            "Квалифицированный сертификат: 100000",
            "Квалифицированный сертификат: ₽ 100 000",
            "Qualified certificate < 1000",
            // Addresses and numbers alone, and words in an address.
            "https://ca.example.org/terms",
            "2026",
            "Класс КС1 https://ca.example.org,только-торги",
        ] {
            assert_eq!(meaning(text), Meaning::Restricts, "{text}");
        }
    }

    #[test]
    fn a_text_that_is_not_at_hand_is_not_read() {
        let notice = |text: Option<&str>| UserNotice {
            policy: oids::ANY_POLICY,
            text: text.map(str::to_owned),
        };
        assert_eq!(
            of(&notice(Some("Класс средства ЭП КС1"))),
            Meaning::Describes
        );
        assert_eq!(of(&notice(Some("Торги"))), Meaning::Restricts);
        assert_eq!(of(&notice(None)), Meaning::NotAtHand);
    }
}
