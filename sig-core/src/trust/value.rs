//! Values that the elements of trust lists hold as text (XML Schema part 2 §3.2, §3.3).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::base::time::UnixTime;

use super::mintsifry_list::ContentReason;

/// The text without the white space around it; none when nothing is left.
pub(super) fn text(whole: &str) -> Option<&str> {
    let text = whole.trim();
    (!text.is_empty()).then_some(text)
}

/// A whole number in decimal digits.
pub(super) fn number(text: Option<&str>) -> Result<u64, ContentReason> {
    text.filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))
        .and_then(|text| text.parse().ok())
        .ok_or(ContentReason::NotANumber)
}

/// An instant, in the form that `parse` reads; none without a text.
pub(super) fn time(
    text: Option<&str>,
    parse: fn(&str) -> Option<UnixTime>,
) -> Result<Option<UnixTime>, ContentReason> {
    let parsed = text.map(|text| parse(text).ok_or(ContentReason::NotATime));
    parsed.transpose()
}

/// The octets of a base64 text, white space ignored.
pub(super) fn base64(text: &str) -> Option<Vec<u8>> {
    let is_white = |character| matches!(character, ' ' | '\t' | '\n' | '\r');
    if text.contains(is_white) {
        let mut text = text.to_owned();
        text.retain(|character| !is_white(character));
        STANDARD.decode(text).ok()
    } else {
        STANDARD.decode(text).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_trimmed_and_never_empty() {
        assert_eq!(text(" \n а б\t"), Some("а б"));
        assert_eq!(text(" \r\n\t "), None);
        assert_eq!(text(""), None);
    }

    #[test]
    fn numbers_are_digits_alone() {
        assert_eq!(number(Some("007")), Ok(7));
        assert_eq!(number(Some("18446744073709551615")), Ok(u64::MAX));
        for other in [
            None,
            Some("-1"),
            Some("+1"),
            Some("1 2"),
            Some("18446744073709551616"),
        ] {
            assert_eq!(number(other), Err(ContentReason::NotANumber), "{other:?}");
        }
    }

    #[test]
    fn a_time_may_be_absent_and_not_wrong() {
        let parse: fn(&str) -> Option<UnixTime> = UnixTime::parse_rfc3339;
        let epoch = UnixTime::from_seconds(0);
        assert_eq!(time(Some("1970-01-01T00:00:00Z"), parse), Ok(Some(epoch)));
        assert_eq!(time(None, parse), Ok(None));
        assert_eq!(time(Some("вчера"), parse), Err(ContentReason::NotATime));
    }

    #[test]
    fn white_space_in_base64_is_ignored_and_nothing_else() {
        assert_eq!(base64("AAEC").as_deref(), Some(&[0, 1, 2][..]));
        assert_eq!(base64(" A\r\nA\tEC ").as_deref(), Some(&[0, 1, 2][..]));
        assert_eq!(base64("AA\u{a0}EC"), None);
        assert_eq!(base64("AAE"), None);
    }
}
