//! Values of fields: text, packed digits, dates, sex.

use std::fmt;

use serde::Deserialize;

use super::facts::both;
use crate::language::Text;

/// A day of the calendar, as cards print it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CardDate {
    year: u16,
    month: u8,
    day: u8,
}

/// How the octets of a field mean a value.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Codec {
    /// Digits from the left, half octets F after them.
    BcdLeftF,
    /// Digits to the right, zeros before them.
    #[serde(rename = "bcd-right-0")]
    BcdRight0,
    /// Four octets YYYYMMDD.
    DateYyyymmddBcd,
    /// Kind of a document: 01 is the passport of the Russian Federation, no other is published.
    DocumentType,
    /// An image: its format and how many octets it has.
    Image,
    /// Sex by ISO/IEC 5218.
    #[serde(rename = "iso5218")]
    Iso5218,
    /// Text by ISO/IEC 8859-5.
    #[serde(rename = "iso8859-5")]
    Iso8859_5,
    /// Octets, shown in hexadecimal.
    Raw,
    /// Octets whose meaning is not published: how many there are before the fill at the end.
    Size,
}

impl Codec {
    /// The value; none when the octets are none of this codec, empty text included.
    pub(super) fn decode(self, octets: &[u8]) -> Option<String> {
        match self {
            Codec::BcdLeftF => digits_left(octets),
            Codec::BcdRight0 => {
                let digits = digits(octets)?;
                let significant = digits.trim_start_matches('0');
                (!significant.is_empty()).then(|| significant.to_owned())
            }
            Codec::DateYyyymmddBcd => {
                let octets: [u8; 4] = octets.try_into().ok()?;
                CardDate::from_yyyymmdd(octets).map(|date| date.to_string())
            }
            Codec::DocumentType => match octets {
                [1] => Some("паспорт РФ / Russian passport".to_owned()),
                _ => Codec::Raw.decode(octets),
            },
            Codec::Image => (!octets.is_empty()).then(|| image(octets)),
            Codec::Iso5218 => sex(octets).map(str::to_owned),
            Codec::Iso8859_5 => text(octets),
            Codec::Raw => (!octets.is_empty()).then(|| hex::encode_upper(octets)),
            Codec::Size => {
                let is_fill = |octet: &u8| matches!(octet, 0x00 | b' ' | 0xFF);
                let last = octets.iter().rposition(|octet| !is_fill(octet))?;
                Some(count(last + 1))
            }
        }
    }
}

impl CardDate {
    /// A day that the calendar has.
    #[must_use]
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let is_leap =
            year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
        let days = match month {
            2 if is_leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            _ => return None,
        };
        (1..=days)
            .contains(&day)
            .then_some(CardDate { year, month, day })
    }

    /// Three octets of packed digits, in this century.
    pub(super) fn from_yymmdd([year, month, day]: [u8; 3]) -> Option<Self> {
        CardDate::new(
            2000 + u16::from(packed(year)?),
            packed(month)?,
            packed(day)?,
        )
    }

    fn from_yyyymmdd([century, year, month, day]: [u8; 4]) -> Option<Self> {
        let year = u16::from(packed(century)?) * 100 + u16::from(packed(year)?);
        CardDate::new(year, packed(month)?, packed(day)?)
    }

    /// Reads `YYYY-MM-DD`, as [`Display`](fmt::Display) writes it.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let mut part = |length: usize| {
            let digits = parts.next().filter(|part| part.len() == length)?;
            digits
                .bytes()
                .all(|octet| octet.is_ascii_digit())
                .then_some(digits)
        };
        let (year, month, day) = (part(4)?, part(2)?, part(2)?);
        let date = CardDate::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
        date.filter(|_| parts.next().is_none())
    }
}

impl fmt::Display for CardDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl fmt::Debug for CardDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// Two digits of an octet as a number.
fn packed(octet: u8) -> Option<u8> {
    let (tens, ones) = (octet >> 4, octet & 0x0F);
    (tens < 10 && ones < 10).then_some(tens * 10 + ones)
}

/// All half octets as digits.
fn digits(octets: &[u8]) -> Option<String> {
    let halves = octets.iter().flat_map(|octet| [octet >> 4, octet & 0x0F]);
    halves
        .map(|half| char::from_digit(half.into(), 10))
        .collect()
}

/// Digits up to the first half octet F, after which there are no others.
pub(super) fn digits_left(octets: &[u8]) -> Option<String> {
    let shown = hex::encode_upper(octets);
    let value = shown.trim_end_matches('F');
    let is_decimal = value.bytes().all(|octet| octet.is_ascii_digit());
    (is_decimal && !value.is_empty()).then(|| value.to_owned())
}

/// Text without fill at its ends; control characters are none of a text.
pub(super) fn text(octets: &[u8]) -> Option<String> {
    let characters: String = octets.iter().map(|octet| character(*octet)).collect();
    let value = characters.trim_matches(|c| matches!(c, '\0' | ' ' | '\u{A0}'));
    let is_text = !value.is_empty() && !value.chars().any(char::is_control);
    is_text.then(|| value.to_owned())
}

/// One character of ISO/IEC 8859-5.
fn character(octet: u8) -> char {
    match octet {
        0x00..=0xA0 | 0xAD => char::from(octet),
        0xF0 => '№',
        0xFD => '§',
        0xA1..=0xFF => {
            char::from_u32(0x0360 + u32::from(octet)).unwrap_or(char::REPLACEMENT_CHARACTER)
        }
    }
}

fn count(octets: usize) -> String {
    both(&format!("{octets} байт"), &format!("{octets} bytes"))
}

/// The format of an image by its first octets, and how many there are.
fn image(octets: &[u8]) -> String {
    let format = match octets {
        [0xFF, 0xD8, 0xFF, ..] => Some("JPEG"),
        [0, 0, 0, 0x0C, b'j', b'P', b' ', b' ', ..] | [0xFF, 0x4F, 0xFF, 0x51, ..] => {
            Some("JPEG 2000")
        }
        [0x89, b'P', b'N', b'G', ..] => Some("PNG"),
        [b'B', b'M', ..] => Some("BMP"),
        _ => None,
    };
    let length = octets.len();
    both(
        &format!("{}, {length} байт", format.unwrap_or("неизвестный формат")),
        &format!("{}, {length} bytes", format.unwrap_or("unknown format")),
    )
}

/// ISO/IEC 5218, as a number or as its character.
fn sex(octets: &[u8]) -> Option<&'static str> {
    match octets {
        [0 | b'0'] => Some("не известен / not known"),
        [1 | b'1'] => Some("мужской / male"),
        [2 | b'2'] => Some("женский / female"),
        [9 | b'9'] => Some("не применимо / not applicable"),
        _ => None,
    }
}

/// All but the last four characters covered.
pub(super) fn masked(value: &str) -> String {
    let count = value.chars().count();
    let covered = count.saturating_sub(4).max(count.min(4));
    let shown = value.chars().skip(covered);
    "*".repeat(covered).chars().chain(shown).collect()
}

/// A field that the program has a name for.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(try_from = "String")]
pub(super) struct FieldName(usize);

impl FieldName {
    /// Stable key.
    pub(super) fn key(self) -> &'static str {
        NAMES.get(self.0).map_or("", |(key, ..)| key)
    }

    /// Name for people.
    pub(super) fn text(self) -> Text {
        let (ru, en) = NAMES.get(self.0).map_or(("", ""), |(_, ru, en)| (*ru, *en));
        Text { ru, en }
    }
}

impl TryFrom<String> for FieldName {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        let place = NAMES.iter().position(|(key, ..)| *key == name);
        place
            .map(FieldName)
            .ok_or_else(|| format!("there is no field `{name}`"))
    }
}

/// Key, Russian, English.
const NAMES: &[(&str, &str, &str)] = &[
    ("address", "Адрес", "Address"),
    ("birth_date", "Дата рождения", "Date of birth"),
    ("birth_place", "Место рождения", "Place of birth"),
    (
        "document_department",
        "Код подразделения",
        "Department code",
    ),
    (
        "document_extra",
        "Документ: дополнительно",
        "Document: more",
    ),
    ("document_issued", "Документ выдан", "Document issued"),
    (
        "document_issuer",
        "Кем выдан документ",
        "Document issued by",
    ),
    ("document_number", "Номер документа", "Document number"),
    ("document_series", "Серия документа", "Document series"),
    ("document_type", "Вид документа", "Kind of document"),
    (
        "document_until",
        "Документ действует до",
        "Document valid until",
    ),
    (
        "driving_licence",
        "Водительское удостоверение",
        "Driving licence",
    ),
    ("email", "Электронная почта", "E-mail"),
    ("given_name", "Имя", "Given name"),
    ("holder_name", "Имя на карте", "Name on the card"),
    ("inn", "ИНН", "INN (taxpayer number)"),
    ("issuer_address", "Адрес эмитента", "Address of the issuer"),
    ("oms_from", "Полис ОМС: начало", "Health insurance from"),
    (
        "oms_ogrn",
        "ОГРН страховой организации",
        "OGRN of the health insurer",
    ),
    (
        "oms_okato",
        "ОКАТО страховой организации",
        "OKATO of the health insurer",
    ),
    ("oms_policy", "Полис ОМС", "Health insurance policy"),
    (
        "oms_until",
        "Полис ОМС: окончание",
        "Health insurance until",
    ),
    ("patronymic", "Отчество", "Patronymic"),
    ("pension_benefits", "Социальные льготы", "Social benefits"),
    (
        "pension_checksum",
        "Контрольная сумма данных ПФР",
        "Checksum of pension data",
    ),
    ("pension_kinds", "Виды пенсии", "Kinds of pension"),
    ("pension_office", "Отделение ПФР", "Pension office"),
    ("pension_payment", "Ежемесячная выплата", "Monthly payment"),
    ("pension_periods", "Периоды выплат", "Periods of payment"),
    (
        "pension_registered",
        "Дата регистрации в ПФР",
        "Registered for pension",
    ),
    (
        "pension_reserve",
        "Резерв данных ПФР",
        "Reserve of pension data",
    ),
    (
        "pension_signature",
        "Подпись данных ПФР",
        "Signature of pension data",
    ),
    ("phone", "Телефон", "Telephone"),
    ("photo", "Фотография", "Photograph"),
    ("sex", "Пол", "Sex"),
    ("snils", "СНИЛС", "SNILS (insurance number)"),
    ("surname", "Фамилия", "Surname"),
    (
        "vehicle_registration",
        "Регистрация транспортного средства",
        "Vehicle registration",
    ),
];

#[cfg(test)]
mod tests;
