//! Status words.

use std::fmt;

use crate::language::Text;

/// SW1 SW2 of a response APDU (ISO/IEC 7816-4 §5.6).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct StatusWord(pub u16);

impl StatusWord {
    /// 9000: normal processing, nothing else to say.
    pub const SUCCESS: StatusWord = StatusWord(0x9000);
    /// 6282: the end of the file or record came before Le octets were read.
    pub const END_OF_FILE: StatusWord = StatusWord(0x6282);
    /// 6283: selected file or application is deactivated.
    pub const DEACTIVATED: StatusWord = StatusWord(0x6283);
    /// 6982: the security status is not satisfied, a PIN is wanted first.
    pub const SECURITY: StatusWord = StatusWord(0x6982);
    /// 6983: the authentication method is blocked.
    pub const BLOCKED: StatusWord = StatusWord(0x6983);
    /// 6A82: file or application not found.
    pub const NOT_FOUND: StatusWord = StatusWord(0x6A82);
    /// 6A83: record not found.
    pub const NO_RECORD: StatusWord = StatusWord(0x6A83);
    /// 6A86: P1 or P2 is wrong.
    pub const WRONG_P1_P2: StatusWord = StatusWord(0x6A86);
    /// 6A88: referenced data not found.
    pub const NO_DATA: StatusWord = StatusWord(0x6A88);
    /// 6B00: wrong parameters, for READ BINARY an offset outside the file.
    pub const WRONG_OFFSET: StatusWord = StatusWord(0x6B00);

    /// The command was carried out: 9000, or 61xx with octets left to fetch.
    #[must_use]
    pub fn is_success(self) -> bool {
        self == Self::SUCCESS || self.more().is_some()
    }

    /// Octets that GET RESPONSE will fetch (`61xx`, ISO/IEC 7816-4 §5.6): 00 stands for 256 or more.
    #[must_use]
    pub fn more(self) -> Option<u32> {
        self.count(0x61)
    }

    /// The right Le (`6Cxx`, ISO/IEC 7816-4 §5.6).
    #[must_use]
    pub fn wrong_length(self) -> Option<u32> {
        self.count(0x6C)
    }

    /// Tries that are left (`63Cx`, ISO/IEC 7816-4 §5.6).
    #[must_use]
    pub fn tries_left(self) -> Option<u8> {
        let [sw1, sw2] = self.0.to_be_bytes();
        (sw1 == 0x63 && sw2 & 0xF0 == 0xC0).then_some(sw2 & 0x0F)
    }

    /// What the card says, as the standard means it (ISO/IEC 7816-4 tables 5 and 6).
    #[must_use]
    pub fn meaning(self) -> Option<Text> {
        let row = |(_, ru, en): &(u16, &'static str, &'static str)| Text { ru, en };
        if self.tries_left().is_some() {
            return Some(COUNTER);
        }
        let exact = MEANINGS.iter().find(|(status, ..)| *status == self.0);
        let any = MEANINGS_OF_SW1.iter().find(|(sw1, ..)| *sw1 == self.0 >> 8);
        exact.or(any).map(row)
    }

    fn count(self, wanted: u8) -> Option<u32> {
        let [sw1, sw2] = self.0.to_be_bytes();
        let count = if sw2 == 0 { 256 } else { u32::from(sw2) };
        (sw1 == wanted).then_some(count)
    }
}

impl fmt::Debug for StatusWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SW {:04X}", self.0)
    }
}

/// 63Cx (ISO/IEC 7816-4 §5.6): the answer to a failed verification, and to the question how many tries are left.
const COUNTER: Text = Text {
    ru: "счётчик попыток",
    en: "the counter of tries",
};

/// Whole status words: Russian, English.
const MEANINGS: &[(u16, &str, &str)] = &[
    (
        0x6281,
        "часть данных может быть повреждена",
        "part of the data may be corrupted",
    ),
    (0x6282, "файл кончился раньше", "the file ended before"),
    (
        0x6283,
        "файл или приложение отключены",
        "the file or application is deactivated",
    ),
    (0x6300, "проверка не пройдена", "verification failed"),
    (0x6581, "сбой памяти карты", "the card's memory failed"),
    (0x6700, "неверная длина", "wrong length"),
    (
        0x6881,
        "логические каналы не поддерживаются",
        "logical channels are not supported",
    ),
    (
        0x6882,
        "защищённый обмен не поддерживается",
        "secure messaging is not supported",
    ),
    (
        0x6883,
        "ожидалось окончание цепочки команд",
        "the last command of the chain was expected",
    ),
    (
        0x6884,
        "цепочки команд не поддерживаются",
        "chains of commands are not supported",
    ),
    (
        0x6981,
        "команда не подходит к файлу",
        "the command does not go with the file",
    ),
    (
        0x6982,
        "доступ закрыт: нужен ПИН-код",
        "access is closed: a PIN is wanted",
    ),
    (0x6983, "ПИН-код заблокирован", "the PIN is blocked"),
    (
        0x6984,
        "ПИН-код или ключ не действует",
        "the PIN or key is not usable",
    ),
    (
        0x6985,
        "условия применения не выполнены",
        "the conditions of use are not met",
    ),
    (0x6986, "файл не выбран", "no file is selected"),
    (
        0x6987,
        "не хватает объектов защищённого обмена",
        "objects of secure messaging are missing",
    ),
    (
        0x6988,
        "объекты защищённого обмена неверны",
        "objects of secure messaging are wrong",
    ),
    (
        0x6A80,
        "неверные данные команды",
        "wrong data in the command",
    ),
    (
        0x6A81,
        "функция не поддерживается",
        "the function is not supported",
    ),
    (
        0x6A82,
        "файл или приложение не найдены",
        "the file or application was not found",
    ),
    (0x6A83, "запись не найдена", "the record was not found"),
    (0x6A84, "не хватает памяти", "not enough memory"),
    (
        0x6A86,
        "неверные параметры P1, P2",
        "wrong parameters P1, P2",
    ),
    (
        0x6A87,
        "длина не подходит к P1, P2",
        "the length does not go with P1, P2",
    ),
    (0x6A88, "данные не найдены", "the data was not found"),
    (0x6B00, "неверное смещение", "wrong offset"),
    (
        0x6D00,
        "команда не поддерживается",
        "the command is not supported",
    ),
    (
        0x6E00,
        "класс команд не поддерживается",
        "the class of commands is not supported",
    ),
    (0x6F00, "сбой без объяснения", "failed without a reason"),
];

/// Status words that are told by SW1 alone.
const MEANINGS_OF_SW1: &[(u16, &str, &str)] = &[
    (0x61, "ответ будет продолжен", "more of the answer follows"),
    (
        0x62,
        "предупреждение, карта не изменилась",
        "a warning, the card is unchanged",
    ),
    (
        0x63,
        "предупреждение, карта изменилась",
        "a warning, the card has changed",
    ),
    (
        0x64,
        "сбой, карта не изменилась",
        "failed, the card is unchanged",
    ),
    (
        0x65,
        "сбой, карта изменилась",
        "failed, the card has changed",
    ),
    (
        0x66,
        "сбой, связанный с безопасностью",
        "failed for a reason of security",
    ),
    (0x6C, "неверная длина ответа", "wrong length of the answer"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_9000_and_61xx_succeed() {
        for value in 0..=u16::MAX {
            let expected = value == 0x9000 || (0x6100..=0x61FF).contains(&value);
            assert_eq!(StatusWord(value).is_success(), expected, "{value:04X}");
        }
    }

    #[test]
    fn numbers_inside_a_status_word_are_read() {
        assert_eq!(StatusWord(0x6100).more(), Some(256));
        assert_eq!(StatusWord(0x6125).more(), Some(0x25));
        assert_eq!(StatusWord(0x6C00).wrong_length(), Some(256));
        assert_eq!(StatusWord(0x6125).wrong_length(), None);
        assert_eq!(StatusWord(0x63C0).tries_left(), Some(0));
        assert_eq!(StatusWord(0x63CF).tries_left(), Some(15));
        // 6300 counts nothing.
        assert_eq!(StatusWord(0x6300).tries_left(), None);
        assert_eq!(StatusWord(0x6983).tries_left(), None);
    }

    #[test]
    fn meanings_are_in_both_languages_and_in_order() {
        for table in [MEANINGS, MEANINGS_OF_SW1] {
            assert!(table.is_sorted_by_key(|(status, ..)| *status));
            for (status, ru, en) in table {
                assert!(ru.chars().any(|c| ('а'..='я').contains(&c)), "{status:04X}");
                assert!(en.is_ascii() && !en.is_empty(), "{status:04X}");
            }
        }
        let english = |status: u16| StatusWord(status).meaning().map(|text| text.en);
        assert_eq!(
            english(0x6A82),
            Some("the file or application was not found")
        );
        assert_eq!(english(0x6298), Some("a warning, the card is unchanged"));
        assert_eq!(english(0x63C2), Some(COUNTER.en));
        assert_eq!(english(0x6310), Some("a warning, the card has changed"));
        assert_eq!(english(0x9000), None);
        assert_eq!(english(0x9602), None);
    }
}
