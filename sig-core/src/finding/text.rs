//! Texts from codes and facts.

use super::statement::{Finding, Value};
use super::step::{Step, StepOutcome};
use super::word;

/// A language of the texts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Language {
    /// Russian.
    Ru,
    /// English.
    En,
}

/// The text of a finding, its placeholders filled from the facts.
#[must_use]
pub fn render(finding: &Finding, language: Language) -> String {
    let template = match language {
        Language::Ru => finding.code.ru,
        Language::En => finding.code.en,
    };
    let mut out = String::with_capacity(2 * template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, tail)) = after.split_once('}') else {
            rest = after;
            break;
        };
        match finding.facts.iter().find(|fact| fact.name == name) {
            Some(fact) => out.push_str(&shown(&fact.value, language)),
            None => out.push('?'),
        }
        rest = tail;
    }
    out.push_str(rest);
    out
}

/// The text of a step, with why it was not taken.
#[must_use]
pub fn step_text(step: &Step, language: Language) -> String {
    let pick = |ru, en| match language {
        Language::Ru => ru,
        Language::En => en,
    };
    let text = pick(step.row.ru, step.row.en);
    match &step.outcome {
        StepOutcome::NotApplicable(why) => format!("{text} ({})", pick(why.ru, why.en)),
        StepOutcome::Passed | StepOutcome::Failed(_) => text.to_owned(),
    }
}

fn shown(value: &Value, language: Language) -> String {
    match value {
        Value::Time(time) => time.to_string(),
        Value::Oid(oid) => crate::der::oids::name(oid),
        Value::Count(count) => count.to_string(),
        Value::Word(word) => word::said(word, language).map_or_else(|| word.clone(), str::to_owned),
        Value::Text(text) => format!("«{}»", displayable(text)),
    }
}

/// Text from the input made safe to show: control characters, line breaks and marks that change
/// the direction of writing appear as `\u{…}`, and so do quotation marks without their counterpart, which would end the
/// quotation that the text stands in.
#[must_use]
pub fn displayable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut unpaired = unpaired_quotes(text).into_iter().peekable();
    for (at, character) in text.char_indices() {
        if unpaired.next_if_eq(&at).is_some() || is_deceptive(character) {
            out.extend(character.escape_unicode());
        } else {
            out.push(character);
        }
    }
    out
}

/// Where quotation marks stand that open or close nothing, in order.
fn unpaired_quotes(text: &str) -> Vec<usize> {
    let (mut open, mut unpaired) = (Vec::new(), Vec::new());
    for (at, character) in text.char_indices() {
        match character {
            '«' => open.push(at),
            '»' if open.pop().is_none() => unpaired.push(at),
            _ => {}
        }
    }
    unpaired.append(&mut open);
    unpaired.sort_unstable();
    unpaired
}

/// Whether characters that a reader cannot see, or that change what he sees, stand in the text.
#[must_use]
pub fn has_deceptive_characters(text: &str) -> bool {
    if text.is_ascii() {
        return text.bytes().any(|octet| octet.is_ascii_control());
    }
    text.chars().any(is_deceptive)
}

/// The first word that mixes letters of Latin, Cyrillic, Greek or Armenian, which look alike (UTS #39 §5.1).
#[must_use]
pub fn mixed_scripts(text: &str) -> Option<&str> {
    let mut scripts = text.chars().filter_map(script);
    let first = scripts.next()?;
    if scripts.all(|other| other == first) {
        return None;
    }
    let words = text.split(|character: char| !character.is_alphanumeric());
    words.into_iter().find(|word| {
        let mut scripts = word.chars().filter_map(script);
        let first = scripts.next();
        first.is_some_and(|first| scripts.any(|other| other != first))
    })
}

/// The scripts with letters that look alike; nothing for other characters.
fn script(character: char) -> Option<u8> {
    match u32::from(character) {
        0x41..=0x5a
        | 0x61..=0x7a
        | 0xaa
        | 0xba
        | 0xc0..=0x24f
        | 0x1e00..=0x1eff
        | 0x2c60..=0x2c7f
        | 0xff21..=0xff5a => Some(0),
        0x370..=0x3ff | 0x1f00..=0x1fff => Some(1),
        0x400..=0x52f | 0x1c80..=0x1c8f | 0x2de0..=0x2dff | 0xa640..=0xa69f => Some(2),
        0x530..=0x58f => Some(3),
        _ => None,
    }
}

/// Whether a reader cannot see a character, or it changes what he sees.
#[inline]
pub(crate) fn is_deceptive(character: char) -> bool {
    // Nearly every character is plain Latin or Cyrillic, where few need a look.
    match u32::from(character) {
        0x20..=0x7e | 0xae..=0x34e | 0x370..=0x61b => false,
        _ => is_deceptive_elsewhere(character),
    }
}

fn is_deceptive_elsewhere(character: char) -> bool {
    character.is_control()
        || matches!(u32::from(character),
            0x00ad | 0x034f | 0x061c | 0x115f | 0x1160 | 0x17b4 | 0x17b5 | 0x180b..=0x180f | 0x200b..=0x200f
            | 0x2028..=0x202e | 0x2060..=0x206f | 0x2800 | 0x3164 | 0xfe00..=0xfe0f | 0xfeff | 0xffa0 | 0xfff9..=0xfffb
            | 0x1d173..=0x1d17a | 0xe0000..=0xe0fff)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Subject, code};

    #[test]
    fn placeholders_are_filled() {
        let finding =
            Finding::new(&code::cms::TRAILING_OCTETS, Subject::Document).with_count("count", 3);
        assert!(render(&finding, Language::En).contains('3'));
        assert!(render(&finding, Language::Ru).contains('3'));
    }

    #[test]
    fn a_text_does_not_leave_its_quotation() {
        for (text, shown) in [
            ("ООО «Ромашка»", "ООО «Ромашка»"),
            ("АО «ИТ «Связь»»", "АО «ИТ «Связь»»"),
            (
                "Иванов»; издатель: «Минцифры",
                "Иванов\\u{bb}; издатель: \\u{ab}Минцифры",
            ),
            ("»«»«", "\\u{bb}«»\\u{ab}"),
            (
                "И\u{3164}в\u{fe0f}\u{e0100}",
                "И\\u{3164}в\\u{fe0f}\\u{e0100}",
            ),
        ] {
            assert_eq!(displayable(text), shown);
        }
    }

    #[test]
    fn what_is_plain_at_a_glance_is_plain() {
        for character in '\0'..=char::MAX {
            let at_a_glance = is_deceptive(character);
            assert_eq!(
                at_a_glance,
                is_deceptive_elsewhere(character),
                "{character:?}"
            );
        }
    }

    #[test]
    fn words_of_two_scripts_are_found() {
        for text in ["Ивaнов", "пётр Иванoв", "Bаnk", "αlpha", "ООО «Pоwer»"]
        {
            assert!(mixed_scripts(text).is_some(), "{text}");
        }
        for text in [
            "Иванов Ivanov",
            "ООО «ИТ-Service»",
            "1С",
            "naïve",
            "C++",
            "",
        ] {
            assert_eq!(mixed_scripts(text), None, "{text}");
        }
        assert!(has_deceptive_characters("a\u{202e}b") && !has_deceptive_characters("Ёж «а»"));
    }

    #[test]
    fn deceptive_characters_are_escaped() {
        assert_eq!(displayable("Ёлкин\u{202e}txt\n"), "Ёлкин\\u{202e}txt\\u{a}");
    }
}
