//! Instants without a clock.

use std::fmt;

/// An instant: seconds since 1970-01-01T00:00:00Z, UTC, leap seconds ignored (RFC 5280 §4.1.2.5).
///
/// There is no `now()`: the time of judging is always an argument.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct UnixTime(i64);

/// A calendar date and time of day, UTC.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Civil {
    /// Year, for example 2026.
    pub year: i64,
    /// Month, 1 to 12.
    pub month: u8,
    /// Day of the month, 1 to 31.
    pub day: u8,
    /// Hour, 0 to 23.
    pub hour: u8,
    /// Minute, 0 to 59.
    pub minute: u8,
    /// Second, 0 to 59.
    pub second: u8,
}

const DAY: i64 = 86_400;
/// Europe/Moscow has been UTC+3 without change since 2014-10-26.
const MOSCOW_OFFSET: i64 = 3 * 3_600;

impl UnixTime {
    /// From seconds since the epoch.
    #[must_use]
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds)
    }

    /// Seconds since the epoch.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0
    }

    /// From a calendar date, refusing days and hours that do not exist.
    #[must_use]
    pub fn from_civil(civil: Civil) -> Option<Self> {
        let Civil {
            year,
            month,
            day,
            hour,
            minute,
            second,
        } = civil;
        let in_range = (0..=9999).contains(&year)
            && (1..=12).contains(&month)
            && day >= 1
            && day <= days_in_month(year, month)
            && hour < 24
            && minute < 60
            && second < 60;
        in_range.then(|| {
            let days = days_from_civil(year, month, day);
            Self(days * DAY + i64::from(hour) * 3_600 + i64::from(minute) * 60 + i64::from(second))
        })
    }

    /// The calendar date and time of day, UTC.
    #[must_use]
    pub fn to_civil(self) -> Civil {
        let days = self.0.div_euclid(DAY);
        let rest = self.0.rem_euclid(DAY);
        let (year, month, day) = civil_from_days(days);
        let part = |value: i64| u8::try_from(value).unwrap_or(0);
        Civil {
            year,
            month,
            day,
            hour: part(rest / 3_600),
            minute: part(rest % 3_600 / 60),
            second: part(rest % 60),
        }
    }

    /// Reads RFC 3339 with `Z` or a numeric offset; fractions of a second are cut off.
    #[must_use]
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let date = bytes.get(..19)?;
        let separators = date.get(4)? == &b'-'
            && date.get(7)? == &b'-'
            && matches!(date.get(10)?, b'T' | b't' | b' ')
            && date.get(13)? == &b':'
            && date.get(16)? == &b':';
        if !separators {
            return None;
        }
        let number = |from: usize, to: usize| digits(bytes.get(from..to)?);
        let small = |from: usize, to: usize| u8::try_from(number(from, to)?).ok();
        let local = Self::from_civil(Civil {
            year: number(0, 4)?,
            month: small(5, 7)?,
            day: small(8, 10)?,
            hour: small(11, 13)?,
            minute: small(14, 16)?,
            second: small(17, 19)?,
        })?;
        let mut rest = bytes.get(19..)?;
        if let Some(fraction) = rest.strip_prefix(b".") {
            let length = fraction
                .iter()
                .take_while(|byte| byte.is_ascii_digit())
                .count();
            if length == 0 || length > 18 {
                return None;
            }
            rest = fraction.get(length..)?;
        }
        let offset = match rest {
            b"Z" | b"z" => 0,
            [sign @ (b'+' | b'-'), zone @ ..] if zone.len() == 5 && zone.get(2) == Some(&b':') => {
                let hours = digits(zone.get(..2)?)?;
                let minutes = digits(zone.get(3..)?)?;
                if hours > 23 || minutes > 59 {
                    return None;
                }
                let seconds = hours * 3_600 + minutes * 60;
                if *sign == b'+' { seconds } else { -seconds }
            }
            _ => return None,
        };
        Some(Self(local.0 - offset))
    }

    /// Later by this many seconds; saturates at the ends of the range.
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    /// The first second of a calendar day in UTC, for tables of rules; the date must exist.
    #[must_use]
    pub const fn utc_day(year: i64, month: u8, day: u8) -> Self {
        Self(days_from_civil(year, month, day) * DAY)
    }

    /// The first second of a calendar day in Europe/Moscow, for tables of rules; the date must exist.
    #[must_use]
    pub const fn moscow_day(year: i64, month: u8, day: u8) -> Self {
        Self(days_from_civil(year, month, day) * DAY - MOSCOW_OFFSET)
    }

    /// The last second of this instant's calendar day in Europe/Moscow, the day by which
    /// 63-FZ counts accreditation.
    #[must_use]
    pub const fn end_of_moscow_day(self) -> Self {
        let local = self.0 + MOSCOW_OFFSET;
        Self(local.div_euclid(DAY) * DAY + DAY - 1 - MOSCOW_OFFSET)
    }

    /// The first second of this instant's calendar day in Europe/Moscow.
    #[must_use]
    pub const fn start_of_moscow_day(self) -> Self {
        let local = self.0 + MOSCOW_OFFSET;
        Self(local.div_euclid(DAY) * DAY - MOSCOW_OFFSET)
    }
}

impl fmt::Display for UnixTime {
    /// RFC 3339 in UTC, whole seconds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Civil {
            year,
            month,
            day,
            hour,
            minute,
            second,
        } = self.to_civil();
        let Ok(short @ 0..=9999) = u16::try_from(year) else {
            return write!(
                f,
                "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"
            );
        };
        // Every report has dozens.
        let [century, year] = [short / 100, short % 100].map(|part| two_digits(part as u8));
        let [month, day, hour, minute, second] = [month, day, hour, minute, second].map(two_digits);
        let text = [
            century[0], century[1], year[0], year[1], b'-', month[0], month[1], b'-', day[0],
            day[1], b'T', hour[0], hour[1], b':', minute[0], minute[1], b':', second[0], second[1],
            b'Z',
        ];
        f.write_str(std::str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}

/// The decimal digits of a number below 100.
const fn two_digits(number: u8) -> [u8; 2] {
    [b'0' + number / 10 % 10, b'0' + number % 10]
}

fn digits(bytes: &[u8]) -> Option<i64> {
    bytes.iter().try_fold(0_i64, |sum, byte| {
        byte.is_ascii_digit()
            .then(|| sum * 10 + i64::from(byte - b'0'))
    })
}

fn days_in_month(year: i64, month: u8) -> u8 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar; years are counted from March.
const fn days_from_civil(year: i64, month: u8, day: u8) -> i64 {
    let (month, day) = (month as i64, day as i64);
    let shifted = if month <= 2 { year - 1 } else { year };
    let era = shifted.div_euclid(400);
    let year_of_era = shifted.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

fn civil_from_days(days: i64) -> (i64, u8, u8) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (
        year,
        u8::try_from(month).unwrap_or(1),
        u8::try_from(day).unwrap_or(1),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_instants() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_795_302_000, "2026-11-21T23:00:00Z"),
            (-1, "1969-12-31T23:59:59Z"),
            (253_402_300_799, "9999-12-31T23:59:59Z"),
        ] {
            assert_eq!(UnixTime::from_seconds(seconds).to_string(), text);
            assert_eq!(
                UnixTime::parse_rfc3339(text),
                Some(UnixTime::from_seconds(seconds))
            );
        }
    }

    #[test]
    fn every_day_of_four_centuries_returns() {
        for day in 0..146_097 {
            let at = UnixTime::from_seconds((day - 50_000) * DAY + 7);
            assert_eq!(UnixTime::from_civil(at.to_civil()), Some(at));
        }
    }

    #[test]
    fn offsets_and_fractions() {
        let noon = UnixTime::parse_rfc3339("2026-01-01T12:00:00Z");
        assert_eq!(UnixTime::parse_rfc3339("2026-01-01T15:00:00+03:00"), noon);
        assert_eq!(
            UnixTime::parse_rfc3339("2026-01-01T12:00:00.9999999Z"),
            noon
        );
    }

    #[test]
    fn impossible_dates_are_refused() {
        for text in [
            "2025-02-29T00:00:00Z",
            "2025-13-01T00:00:00Z",
            "2025-01-01T24:00:00Z",
            "2025-01-01T00:00:60Z",
            "2025-01-01T00:00:00",
            "2025-01-01T00:00:00.Z",
            "2025-01-01T00:00:00+0300",
            "",
            "2025-01-01T00:00:00Ж",
        ] {
            assert_eq!(UnixTime::parse_rfc3339(text), None, "{text}");
        }
    }

    #[test]
    fn moscow_day_begins_three_hours_early() {
        let at = UnixTime::parse_rfc3339("2026-01-01T21:30:00Z").unwrap();
        assert_eq!(at.start_of_moscow_day().to_string(), "2026-01-01T21:00:00Z");
        assert_eq!(at.end_of_moscow_day().to_string(), "2026-01-02T20:59:59Z");
        assert_eq!(UnixTime::moscow_day(2026, 1, 2), at.start_of_moscow_day());
    }
}
