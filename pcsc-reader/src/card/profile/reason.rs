//! What is wrong with a text or a value of a profile, in both languages.
//!
//! The reader of TOML carries reasons as English text, those of this program among them: so the English text is the key to
//! the Russian one. Names in backquotes are passed on as they are.

use super::LocalText;

/// English reasons, of which `*` stands for anything in backquotes, with the Russian ones. A reason that ends with `…` goes
/// on with what Russian leaves out.
const REASONS: [(&str, &str); 27] = [
    // Of the reader.
    ("unknown field `*`…", "неизвестный ключ `*`"),
    ("unknown variant `*`…", "такого значения, `*`, здесь нет"),
    ("missing field `*`", "нет ключа `*`"),
    ("duplicate field `*`", "ключ `*` стоит дважды"),
    ("duplicate key…", "ключ стоит дважды"),
    ("invalid type: …", "значение не того вида"),
    ("invalid value: …", "значение недопустимо"),
    ("invalid length …", "значений не столько, сколько нужно"),
    ("wanted string or table", "значение не того вида"),
    (
        "data did not match any variant of untagged enum MatchTable",
        "в `[[card.match]]` должны быть `atr` или `hist`, каждый со своей маской, и ничего больше",
    ),
    // Of the settings of roads.
    (
        "`*` is not 1 to 256 octets in hexadecimal",
        "`*` должно быть октетами в шестнадцатеричном виде, от 1 до 256",
    ),
    (
        "`*` is not 1 octets in hexadecimal",
        "`*` должно быть одним октетом в шестнадцатеричном виде",
    ),
    (
        "`*` is not 2 octets in hexadecimal",
        "`*` должно быть двумя октетами в шестнадцатеричном виде",
    ),
    (
        "an AID has 5 to 16 octets, this one has …",
        "в идентификаторе приложения от 5 до 16 октетов",
    ),
    (
        "a path is 1 to 8 file identifiers of two octets",
        "путь состоит из идентификаторов файлов по два октета, от 1 до 8",
    ),
    (
        "slots …",
        "номера от первого до последнего: от 1 до 128, первый не больше последнего",
    ),
    ("there are more than 64 slots", "мест для ключей больше 64"),
    (
        "`*` must be a tag of 1 to 4 octets",
        "`*` должно быть тегом из 1–4 октетов",
    ),
    ("`*` must not be empty", "`*` не может быть пустым"),
    (
        "`*` must be four octets: CLA INS P1 P2",
        "`*` должно быть четырьмя октетами: CLA INS P1 P2",
    ),
    (
        "`*` or `*` does not go with `*`",
        "`*` или `*` не подходит для `*`",
    ),
    ("at most 8 `*` tables", "таблиц `*` не больше 8"),
    ("`*` begins with 3F00", "`*` начинается с 3F00"),
    (
        "`*` are 0x0400 and 0x0500",
        "в `*` могут быть 0x0400 и 0x0500",
    ),
    (
        "`*` must name the road",
        "`*` должно называть способ чтения",
    ),
    ("there is no road `*`", "способа чтения `*` нет"),
    ("`*` is no tag…", "`*` не тег из одного или двух октетов"),
];

/// A reason of the reader, of one line, in both languages.
pub(in crate::card) fn reason(en: String) -> LocalText {
    // The reader adds the key at the end.
    let (what, key) = match en.rsplit_once(", in `") {
        Some((what, key)) => (what, format!(", ключ `{key}")),
        None => (en.as_str(), String::new()),
    };
    let names: Vec<&str> = what.split('`').skip(1).step_by(2).collect();
    let parts = what.split('`').step_by(2);
    let pattern = parts.collect::<Vec<_>>().join("`*`");
    let known = REASONS
        .iter()
        .find(|(known, _)| match known.strip_suffix('…') {
            Some(beginning) => pattern.starts_with(beginning),
            None => pattern == *known,
        });
    let ru = known.map_or("так не читается", |(_, ru)| ru);
    let mut names = names.into_iter();
    let mut said = ru.to_owned();
    for name in names.by_ref().take(ru.matches("`*`").count()) {
        said = said.replacen("`*`", &format!("`{name}`"), 1);
    }
    // The reader lists what it knows.
    let others: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    if !others.is_empty() {
        said.push_str(&format!(" (бывает {})", others.join(", ")));
    }
    LocalText {
        ru: said + &key,
        en,
    }
}

/// What the reader says of a whole file: its reason and the place.
pub(in crate::card) fn syntax(text: &str, error: &toml::de::Error) -> LocalText {
    let LocalText { ru, en } = reason(error.message().replace('\n', ", "));
    let before = error.span().and_then(|span| text.get(..span.start));
    let Some(before) = before else {
        return LocalText { ru, en };
    };
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
    LocalText {
        ru: format!("строка {line}, столбец {column}: {ru}"),
        en: format!("line {line}, column {column}: {en}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_passed_on_in_order() {
        let LocalText { ru, en } = reason("`input` or `output` does not go with `rsa`".to_owned());
        assert_eq!(ru, "`input` или `output` не подходит для `rsa`");
        assert_eq!(en, "`input` or `output` does not go with `rsa`");
        let LocalText { ru, .. } =
            reason("unknown field `a`, expected `b` or `c`, in `d.e`".to_owned());
        assert_eq!(ru, "неизвестный ключ `a` (бывает `b`, `c`), ключ `d.e`");
        assert_eq!(reason("not foreseen".to_owned()).ru, "так не читается");
    }

    #[test]
    fn each_reason_is_said_in_words_of_the_language() {
        for (en, ru) in REASONS {
            assert!(en.trim_end_matches('…').is_ascii(), "{en}");
            assert!(ru.chars().any(|it| ('а'..='я').contains(&it)), "{ru}");
            assert!(
                ru.matches("`*`").count() <= en.matches("`*`").count(),
                "{ru}"
            );
        }
    }

    #[test]
    fn a_fault_of_the_text_is_told_with_its_place() {
        let text = "a = 1\nb = = 2\n";
        let error = toml::from_str::<toml::Table>(text).unwrap_err();
        let LocalText { ru, en } = syntax(text, &error);
        assert!(ru.starts_with("строка 2, столбец 5: "), "{ru}");
        assert!(en.starts_with("line 2, column 5: "), "{en}");
        assert!(!en.contains('\n'), "{en}");
    }
}
