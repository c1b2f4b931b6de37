//! Points in time and calendar dates; nothing here reads a clock.

use time::{Date, OffsetDateTime, format_description::well_known::Rfc3339, macros};

/// Seconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixSeconds(i64);

/// 9999-12-31T23:59:59Z, the last second that RFC 3339 can print.
const LATEST: i64 = 253_402_300_799;

impl UnixSeconds {
    /// 1970-01-01T00:00:00Z.
    pub const EPOCH: Self = Self(0);

    /// Seconds since the epoch; values outside the years 1970 to 9999 are
    /// moved to the nearer end.
    pub fn new(seconds: i64) -> Self {
        Self(seconds.clamp(0, LATEST))
    }

    /// Seconds since the epoch.
    pub fn seconds(self) -> i64 {
        self.0
    }

    /// This time moved by `seconds`.
    pub fn plus(self, seconds: i64) -> Self {
        Self::new(self.0.saturating_add(seconds))
    }

    /// RFC 3339 in UTC, whole seconds: `2026-11-21T08:00:00Z`.
    pub fn rfc3339(self) -> String {
        self.date_time().format(&Rfc3339).unwrap_or_default()
    }

    /// The calendar date in UTC.
    pub fn date(self) -> Date {
        self.date_time().date()
    }

    fn date_time(self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(self.0).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }
}

/// A date written `YYYY-MM-DD`.
pub fn parse_date(text: &str) -> Option<Date> {
    let format = macros::format_description!("[year]-[month]-[day]");
    (text.len() == 10)
        .then(|| Date::parse(text, &format).ok())
        .flatten()
}

/// `YYYY-MM-DD`.
pub fn print_date(date: Date) -> String {
    format!(
        "{:04}-{:02}-{:02}",
        date.year(),
        u8::from(date.month()),
        date.day()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_utc_seconds() {
        assert_eq!(
            UnixSeconds::new(1_795_000_000).rfc3339(),
            "2026-11-18T11:06:40Z"
        );
        assert_eq!(UnixSeconds::new(i64::MAX).rfc3339(), "9999-12-31T23:59:59Z");
    }

    #[test]
    fn dates_have_one_form() {
        assert_eq!(
            parse_date("2024-02-29").map(print_date).unwrap(),
            "2024-02-29"
        );
        for wrong in [
            "2023-02-29",
            "24-02-29",
            "2024-2-29",
            "2024-02-29Z",
            "+024-02-29",
            "",
        ] {
            assert!(parse_date(wrong).is_none(), "{wrong}");
        }
    }
}
