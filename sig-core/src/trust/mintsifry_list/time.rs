//! Dates of the list: `xs:dateTime` and `xs:date` (XML Schema part 2 §3.2.7, §3.2.9).

use crate::base::time::{Civil, UnixTime};

/// Dates without a time zone are Moscow time, UTC+3: the register is kept there. (Before 2014-10-26
/// the offset was UTC+4 at times; the lists write it out.)
const MOSCOW: i64 = 3 * 3_600;

/// Reads an instant with `Z`, an offset or neither, with or without fractions, or a plain date, which
/// means its first second.
pub(super) fn parse(text: &str) -> Option<UnixTime> {
    let text = text.trim_matches([' ', '\t', '\n', '\r']);
    if text.len() > 10 && text.as_bytes().get(10) == Some(&b'T') {
        return UnixTime::parse_rfc3339(text).or_else(|| local(text));
    }
    let (date, zone) = text.split_at_checked(10)?;
    let midnight = format!("{date}T00:00:00{zone}");
    if zone.is_empty() {
        local(&midnight)
    } else {
        UnixTime::parse_rfc3339(&midnight)
    }
}

/// An instant without a zone.
fn local(text: &str) -> Option<UnixTime> {
    let ends_in_digit = text.as_bytes().last().is_some_and(u8::is_ascii_digit);
    let has_zone = text.get(19..)?.contains(['+', '-']);
    if !ends_in_digit || has_zone {
        return None;
    }
    let utc = UnixTime::parse_rfc3339(&format!("{text}Z"))?;
    let Civil { year, .. } = utc.to_civil();
    (year > 0).then(|| utc.plus_seconds(-MOSCOW))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Option<String> {
        parse(text).map(|time| time.to_string())
    }

    #[test]
    fn every_form_of_the_lists() {
        for (text, expected) in [
            ("2021-07-01T00:00:00+03:00", "2021-06-30T21:00:00Z"),
            ("2012-09-01T00:00:00+04:00", "2012-08-31T20:00:00Z"),
            ("2026-11-21T00:00:00Z", "2026-11-21T00:00:00Z"),
            ("2026-11-21T00:00:00.1234567Z", "2026-11-21T00:00:00Z"),
            ("2026-11-21T00:00:00.5+03:00", "2026-11-20T21:00:00Z"),
            ("2026-11-21T03:00:00", "2026-11-21T00:00:00Z"),
            ("2026-11-21T03:00:00.123", "2026-11-21T00:00:00Z"),
            ("2026-11-21", "2026-11-20T21:00:00Z"),
            ("2026-11-21Z", "2026-11-21T00:00:00Z"),
            ("2026-11-21+03:00", "2026-11-20T21:00:00Z"),
            ("\n  2026-11-21T00:00:00Z ", "2026-11-21T00:00:00Z"),
        ] {
            assert_eq!(parsed(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_not_a_date_is_refused() {
        for text in [
            "",
            "2026-11-31",
            "2026-11-21T25:00:00",
            "2026-11-21T00:00:00+0300",
            "2026-11-21T00:00:00+03",
            "2026-11-21T00:00",
            "21.11.2026",
            "2026-11-2Ж",
            "2026-11-21 00:00:00Z",
            "вчера",
        ] {
            assert_eq!(parsed(text), None, "{text}");
        }
    }
}
