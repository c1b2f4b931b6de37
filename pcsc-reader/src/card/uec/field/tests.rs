use super::*;

fn decode(codec: Codec, hex: &str) -> Option<String> {
    codec.decode(&hex::decode(hex).unwrap())
}

#[test]
fn each_codec_takes_its_form_and_no_other() {
    for (codec, octets, expected) in [
        (Codec::BcdLeftF, "0010020030 4F", Some("00100200304")),
        (Codec::BcdLeftF, "123456", Some("123456")),
        (Codec::BcdLeftF, "12F4", None),
        (Codec::BcdLeftF, "12A4", None),
        (Codec::BcdLeftF, "FFFF", None),
        (Codec::BcdLeftF, "", None),
        (Codec::BcdRight0, "0001234567890123", Some("1234567890123")),
        (Codec::BcdRight0, "0000", None),
        (Codec::BcdRight0, "00A1", None),
        (Codec::DateYyyymmddBcd, "19800229", Some("1980-02-29")),
        (Codec::DateYyyymmddBcd, "19810229", None),
        (Codec::DateYyyymmddBcd, "198102", None),
        (Codec::Iso5218, "01", Some("мужской / male")),
        (Codec::Iso5218, "32", Some("женский / female")),
        (Codec::Iso5218, "03", None),
        (Codec::Iso5218, "0101", None),
        (Codec::Raw, "0102", Some("0102")),
        (Codec::Raw, "", None),
        (
            Codec::DocumentType,
            "01",
            Some("паспорт РФ / Russian passport"),
        ),
        (Codec::DocumentType, "07", Some("07")),
        (Codec::DocumentType, "", None),
        (Codec::Image, "FFD8FF", Some("JPEG, 3 байт / JPEG, 3 bytes")),
        (
            Codec::Image,
            "0000000C6A502020",
            Some("JPEG 2000, 8 байт / JPEG 2000, 8 bytes"),
        ),
        (
            Codec::Image,
            "00",
            Some("неизвестный формат, 1 байт / unknown format, 1 bytes"),
        ),
        (Codec::Image, "", None),
        (Codec::Size, "01000200FF20", Some("3 байт / 3 bytes")),
        (Codec::Size, "0000FF20", None),
        (Codec::Size, "", None),
        (Codec::Iso8859_5, "BFF1E2E0 A1F0 2020", Some("ПётрЁ№")),
        (Codec::Iso8859_5, "41000000", Some("A")),
        (Codec::Iso8859_5, "410A42", None),
        (Codec::Iso8859_5, "2020", None),
    ] {
        let octets = octets.replace(' ', "");
        assert_eq!(
            decode(codec, &octets).as_deref(),
            expected,
            "{codec:?} {octets}"
        );
    }
}

#[test]
fn every_letter_of_the_table_is_the_one_of_unicode() {
    let letters: String = (0xB0..=0xEF).map(character).collect();
    assert!(letters.starts_with("АБВГ") && letters.ends_with("ьэюя"));
    assert_eq!(character(0xA1), 'Ё');
    assert_eq!(character(0xF1), 'ё');
    assert_eq!(character(0xFF), 'џ');
    assert_eq!((character(0xF0), character(0xFD)), ('№', '§'));
    assert_eq!((character(0xA0), character(0xAD)), ('\u{A0}', '\u{AD}'));
}

#[test]
fn dates_are_days_of_the_calendar() {
    assert!(CardDate::new(2000, 2, 29).is_some() && CardDate::new(1900, 2, 29).is_none());
    assert!(CardDate::new(2011, 4, 31).is_none() && CardDate::new(2011, 13, 1).is_none());
    let date = CardDate::from_yymmdd([0x18, 0x03, 0x14]).unwrap();
    assert_eq!(date.to_string(), "2018-03-14");
    assert_eq!(CardDate::from_text("2018-03-14"), Some(date));
    for text in [
        "2018-3-14",
        "2018-03-14-1",
        "2018-03",
        "+018-03-14",
        "2018-02-30",
    ] {
        assert_eq!(CardDate::from_text(text), None, "{text}");
    }
    assert!(CardDate::from_yymmdd([0x1A, 0x03, 0x14]).is_none());
    assert!(date < CardDate::new(2018, 3, 15).unwrap());
}

#[test]
fn only_the_last_four_characters_are_shown() {
    assert_eq!(masked("1234567890"), "******7890");
    assert_eq!(masked("1234"), "****");
    assert_eq!(masked("12345"), "****5");
    assert_eq!(masked(""), "");
}

#[test]
fn names_of_fields_are_known_and_in_both_languages() {
    assert!(NAMES.is_sorted_by_key(|(key, ..)| *key));
    for (key, ru, en) in NAMES {
        assert!(ru.chars().any(|c| ('А'..='я').contains(&c)), "{key}");
        assert!(en.is_ascii() && !en.is_empty(), "{key}");
        let name = FieldName::try_from((*key).to_owned()).unwrap();
        assert_eq!((name.key(), name.text().en), (*key, *en));
    }
    assert!(FieldName::try_from("pin".to_owned()).is_err());
}
