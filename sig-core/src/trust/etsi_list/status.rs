//! The status of a service (ETSI TS 119 612 §5.5.4 and annex D.5).

use crate::base::time::UnixTime;

/// From when on Regulation (EU) No 910/2014 applies: 2016-07-01T00:00:00 in Brussels (art. 52 (2)). After it only
/// `granted` makes a service a qualified one.
pub const EIDAS_APPLIES: UnixTime = UnixTime::from_seconds(1_467_324_000);

/// The status of a service. The order is from the best to the worst.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum ServiceStatus {
    /// `granted`: qualified under Regulation (EU) No 910/2014.
    Granted,
    /// `accredited`, before the Regulation.
    Accredited,
    /// `undersupervision`, before the Regulation.
    UnderSupervision,
    /// `supervisionincessation`, before the Regulation: it ends and is supervised still.
    SupervisionInCessation,
    /// `setbynationallaw` or `recognisedatnationallevel`: not a status of a qualified service.
    RecognisedNationally,
    /// `deprecatedbynationallaw` or `deprecatedatnationallevel`.
    DeprecatedNationally,
    /// `supervisionceased`, before the Regulation.
    SupervisionCeased,
    /// `accreditationceased`, before the Regulation.
    AccreditationCeased,
    /// `supervisionrevoked`, before the Regulation.
    SupervisionRevoked,
    /// `accreditationrevoked`, before the Regulation.
    AccreditationRevoked,
    /// `withdrawn`.
    Withdrawn,
    /// A URI that is not known here. It never means "in force".
    Unknown(String),
}

impl ServiceStatus {
    /// From the URI of the list.
    #[must_use]
    pub fn from_uri(uri: &str) -> Self {
        const PREFIXES: [&str; 2] = [
            "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/",
            "http://uri.etsi.org/TrstSvc/eSigDir-1999-93-EC-TrustedList/Svcstatus/",
        ];
        let mut words = PREFIXES
            .iter()
            .filter_map(|prefix| uri.strip_prefix(prefix));
        match words.next() {
            Some("granted") => Self::Granted,
            Some("accredited") => Self::Accredited,
            Some("undersupervision") => Self::UnderSupervision,
            Some("supervisionincessation") => Self::SupervisionInCessation,
            Some("setbynationallaw" | "recognisedatnationallevel") => Self::RecognisedNationally,
            Some("deprecatedbynationallaw" | "deprecatedatnationallevel") => {
                Self::DeprecatedNationally
            }
            Some("supervisionceased") => Self::SupervisionCeased,
            Some("accreditationceased") => Self::AccreditationCeased,
            Some("supervisionrevoked") => Self::SupervisionRevoked,
            Some("accreditationrevoked") => Self::AccreditationRevoked,
            Some("withdrawn") => Self::Withdrawn,
            _ => Self::Unknown(uri.to_owned()),
        }
    }

    /// The word of the list; the whole URI when it is not known.
    #[must_use]
    pub fn word(&self) -> &str {
        match self {
            Self::Granted => "granted",
            Self::Accredited => "accredited",
            Self::UnderSupervision => "undersupervision",
            Self::SupervisionInCessation => "supervisionincessation",
            Self::RecognisedNationally => "recognisedatnationallevel",
            Self::DeprecatedNationally => "deprecatedatnationallevel",
            Self::SupervisionCeased => "supervisionceased",
            Self::AccreditationCeased => "accreditationceased",
            Self::SupervisionRevoked => "supervisionrevoked",
            Self::AccreditationRevoked => "accreditationrevoked",
            Self::Withdrawn => "withdrawn",
            Self::Unknown(uri) => uri,
        }
    }

    /// Whether a service of this status is one of a qualified (before the Regulation: supervised or accredited) provider
    /// at an instant (ETSI TS 119 615 §4.3).
    #[must_use]
    pub fn is_in_force(&self, at: UnixTime) -> bool {
        match self {
            Self::Granted => true,
            Self::Accredited | Self::UnderSupervision | Self::SupervisionInCessation => {
                at < EIDAS_APPLIES
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEW: &str = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/";
    const OLD: &str = "http://uri.etsi.org/TrstSvc/eSigDir-1999-93-EC-TrustedList/Svcstatus/";

    #[test]
    fn the_regulation_applies_from_july_2016_in_brussels() {
        assert_eq!(EIDAS_APPLIES.to_string(), "2016-06-30T22:00:00Z");
    }

    #[test]
    fn every_word_has_one_meaning_under_both_prefixes() {
        for word in [
            "granted",
            "accredited",
            "undersupervision",
            "supervisionincessation",
            "recognisedatnationallevel",
            "deprecatedatnationallevel",
            "supervisionceased",
            "accreditationceased",
            "supervisionrevoked",
            "accreditationrevoked",
            "withdrawn",
        ] {
            for prefix in [NEW, OLD] {
                let status = ServiceStatus::from_uri(&format!("{prefix}{word}"));
                assert_eq!(status.word(), word);
            }
        }
    }

    #[test]
    fn statuses_of_before_end_with_the_regulation_and_others_never_count() {
        let before = EIDAS_APPLIES.plus_seconds(-1);
        for (word, then, now) in [
            ("granted", true, true),
            ("accredited", true, false),
            ("undersupervision", true, false),
            ("supervisionincessation", true, false),
            ("recognisedatnationallevel", false, false),
            ("supervisionceased", false, false),
            ("withdrawn", false, false),
            ("Granted", false, false),
        ] {
            let status = ServiceStatus::from_uri(&format!("{NEW}{word}"));
            assert_eq!(status.is_in_force(before), then, "{word}");
            assert_eq!(status.is_in_force(EIDAS_APPLIES), now, "{word}");
        }
        let other = ServiceStatus::from_uri("http://list.invalid/granted");
        assert_eq!(other.word(), "http://list.invalid/granted");
        assert!(!other.is_in_force(before));
    }
}
