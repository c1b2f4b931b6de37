//! `UTCTime` and `GeneralizedTime` (RFC 5280 §4.1.2.5).

use crate::base::error::{Error, Reason};
use crate::base::time::{Civil, UnixTime};

use super::element::Element;
use super::tag::Tag;

impl Element<'_> {
    /// The instant of a `UTCTime` (`YYMMDDHHMMSSZ`, years 1950 to 2049) or of a `GeneralizedTime`
    /// (`YYYYMMDDHHMMSSZ`).
    ///
    /// # Errors
    /// Another type, another zone, fractions or an impossible date.
    ///
    /// # Deviation
    /// A `GeneralizedTime` before 2050 is read: an accredited root has one (RFC 5280 §4.1.2.5 asks for
    /// `UTCTime`).
    pub fn time(&self) -> Result<UnixTime, Error> {
        let text = self.content_bytes();
        let parsed = match self.tag {
            Tag::UTC_TIME if text.len() == 13 => number(text, 0, 2)
                .map(|year| if year >= 50 { 1900 + year } else { 2000 + year })
                .and_then(|year| instant(year, text.get(2..)?)),
            Tag::GENERALIZED_TIME if text.len() == 15 => {
                number(text, 0, 4).and_then(|year| instant(year, text.get(4..)?))
            }
            _ => None,
        };
        parsed.ok_or_else(|| self.malformed(Reason::InvalidValue))
    }

    /// The instant of a `GeneralizedTime` that may carry a fraction of a second, which is cut off, and whether it
    /// does: some OCSP responders write one (RFC 6960 §4.2.2.1 refers to RFC 5280 §4.1.2.5.2, which has none).
    ///
    /// # Errors
    /// Another type, another zone, an empty fraction or an impossible date.
    pub fn generalized_time(&self) -> Result<(UnixTime, bool), Error> {
        let text = self.content_bytes();
        let has_fraction = text.get(14) == Some(&b'.');
        let is_fraction =
            |digits: &[u8]| !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
        let parsed = match (self.tag, text.split_last()) {
            (Tag::GENERALIZED_TIME, Some((b'Z', whole))) => match whole.get(14..) {
                Some([]) => Some(whole),
                Some([b'.', digits @ ..]) if is_fraction(digits) => whole.get(..14),
                _ => None,
            },
            _ => None,
        };
        parsed
            .and_then(|seconds| {
                let rest = [seconds.get(4..)?, b"Z"].concat();
                instant(number(seconds, 0, 4)?, &rest)
            })
            .map(|time| (time, has_fraction))
            .ok_or_else(|| self.malformed(Reason::InvalidValue))
    }
}

fn number(text: &[u8], from: usize, count: usize) -> Option<i64> {
    text.get(from..from + count)?
        .iter()
        .try_fold(0_i64, |sum, byte| {
            byte.is_ascii_digit()
                .then(|| sum * 10 + i64::from(byte - b'0'))
        })
}

fn instant(year: i64, rest: &[u8]) -> Option<UnixTime> {
    let part = |index: usize| u8::try_from(number(rest, index * 2, 2)?).ok();
    if rest.get(10) != Some(&b'Z') {
        return None;
    }
    UnixTime::from_civil(Civil {
        year,
        month: part(0)?,
        day: part(1)?,
        hour: part(2)?,
        minute: part(3)?,
        second: part(4)?,
    })
}

#[cfg(test)]
mod tests {
    use super::super::octets::Octets;
    use super::super::reader::{Encoding, Reader};
    use crate::base::error::Structure;
    use crate::base::limits::{Budget, Limits};

    fn time(tag: u8, text: &str) -> Option<String> {
        let mut bytes = vec![tag, u8::try_from(text.len()).unwrap()];
        bytes.extend_from_slice(text.as_bytes());
        let source = Octets::from(bytes);
        let mut budget = Budget::new(Limits::STANDARD);
        let element = Reader::new(&source, Encoding::Der, Structure::Time)
            .element(&mut budget)
            .unwrap();
        element.time().ok().map(|time| time.to_string())
    }

    #[test]
    fn both_forms() {
        assert_eq!(
            time(23, "490101000000Z").as_deref(),
            Some("2049-01-01T00:00:00Z")
        );
        assert_eq!(
            time(23, "500101000000Z").as_deref(),
            Some("1950-01-01T00:00:00Z")
        );
        assert_eq!(
            time(24, "20500101000000Z").as_deref(),
            Some("2050-01-01T00:00:00Z")
        );
        assert_eq!(
            time(24, "20151106135145Z").as_deref(),
            Some("2015-11-06T13:51:45Z")
        );
    }

    #[test]
    fn other_forms_are_refused() {
        for (tag, text) in [
            (23, "4901010000Z"),
            (23, "490101000000+0000"),
            (24, "20500101000000.5Z"),
            (24, "20500230000000Z"),
            (24, "205001010000000"),
            (4, "490101000000Z"),
        ] {
            assert_eq!(time(tag, text), None, "{text}");
        }
    }
}
