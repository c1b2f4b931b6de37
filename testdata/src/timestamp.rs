use serde::Deserialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A moment in UTC, whole seconds since 1970-01-01, written in declarations as RFC 3339 text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// `YYYYMMDDHHMMSSZ`, the DER form of GeneralizedTime without a fraction.
    pub fn generalized(self) -> String {
        let at = self.date_time();
        let (year, month, day) = (at.year(), u8::from(at.month()), at.day());
        format!(
            "{year:04}{month:02}{day:02}{:02}{:02}{:02}Z",
            at.hour(),
            at.minute(),
            at.second()
        )
    }

    /// `YYYY-MM-DDTHH:MM:SSZ`.
    pub fn rfc3339(self) -> String {
        let at = self.date_time();
        let (year, month, day) = (at.year(), u8::from(at.month()), at.day());
        format!(
            "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z",
            at.hour(),
            at.minute(),
            at.second()
        )
    }

    fn date_time(self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(self.0).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }
}

impl TryFrom<String> for Timestamp {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        OffsetDateTime::parse(&text, &Rfc3339)
            .map(|at| Self(at.unix_timestamp()))
            .map_err(|error| format!("\"{text}\" is not an RFC 3339 time: {error}"))
    }
}
