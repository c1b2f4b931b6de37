//! Rules around 63-FZ art. 11 that are in force between two days, as data: what, from when, until when, and who says so.
//!
//! A row that is only assumed decides nothing by itself: it counts where a policy names it in `assumed_rules`.

use crate::base::time::UnixTime;
use crate::profile::ORDER_31 as ORDER_31_PERIOD;

/// A rule with the days between which it is in force (63-FZ art. 11 and the orders that the rows name).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct DatedRule {
    /// The stable name.
    pub id: &'static str,
    /// The first instant, midnight in Europe/Moscow; none from the beginning.
    pub from: Option<UnixTime>,
    /// The first instant after it, midnight in Europe/Moscow; none without an end.
    pub until: Option<UnixTime>,
    /// Where it stands.
    pub source: &'static str,
    /// How sure the dates are.
    pub confidence: Confidence,
    /// What it does to a verdict.
    pub effect: &'static str,
}

/// How sure a row is of the text of 63-FZ or of an order that it comes from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Confidence {
    /// The source was read.
    Read,
    /// The source was not read in full, or a lawyer must confirm what it means.
    Assumed,
}

impl Confidence {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Assumed => "assumed",
        }
    }
}

impl DatedRule {
    /// Whether the rule is in force at an instant (63-FZ art. 11).
    #[must_use]
    pub fn is_in_force(&self, at: UnixTime) -> bool {
        self.from.is_none_or(|from| from <= at) && self.until.is_none_or(|until| at < until)
    }
}

/// Midnight in Europe/Moscow, at the offset in force since 2014-10-26.
const fn midnight(year: i64, month: i64, day: i64) -> Option<UnixTime> {
    // Days of the proleptic Gregorian calendar, its years begun in March.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day - 1;
    Some(UnixTime::from_seconds(
        (days - 719_468) * 86_400 - 3 * 3_600,
    ))
}

/// FSB order 31: the INN of a legal entity has an attribute of its own.
pub const ORDER_31: DatedRule = DatedRule {
    id: "fsb31.inn-of-legal-entities",
    from: ORDER_31_PERIOD.from,
    until: ORDER_31_PERIOD.until,
    source: "FSB order 31 of 2021-01-29",
    confidence: Confidence::Read,
    effect: "rows of the profile: before it the INN of a legal entity stands in INN after two zeros, from then on in INNLE",
};

/// Order 472: the mandatory format of a qualified signature.
pub const ORDER_472: DatedRule = DatedRule {
    id: "order472.format",
    from: midnight(2020, 11, 9),
    until: None,
    source: "order 472 of 2020-09-14",
    confidence: Confidence::Read,
    effect: "a signer named by its key identifier, and a key that is not GOST R 34.10-2012, are told",
};

/// Order 580: the trusted time mark.
pub const ORDER_580: DatedRule = DatedRule {
    id: "order580.time-mark",
    from: midnight(2021, 1, 1),
    until: midnight(2027, 1, 1),
    source: "order 580 of 2020-11-06",
    confidence: Confidence::Read,
    effect: "a trusted time outside these days is told; it stays a trusted time",
};

/// 476-FZ: accreditations under the old rules.
pub const OLD_ACCREDITATION: DatedRule = DatedRule {
    id: "476fz.old-accreditation",
    from: None,
    until: midnight(2020, 7, 1),
    source: "476-FZ",
    confidence: Confidence::Assumed,
    effect: "which accreditations 476fz.certificates-cease is about",
};

/// 476-FZ: certificates of authorities accredited under the old rules cease.
pub const CEASED_2022: DatedRule = DatedRule {
    id: "476fz.certificates-cease",
    from: None,
    until: midnight(2022, 1, 1),
    source: "476-FZ",
    confidence: Confidence::Assumed,
    effect: "where a policy takes it: 63fz.11.2 is not provable from then on for certificates issued before, by an authority accredited before 2020-07-01",
};

/// GOST R 34.10-2001 and GOST R 34.11-94: the end of signing.
pub const GOST_2001: DatedRule = DatedRule {
    id: "gost2001.creation",
    from: None,
    until: midnight(2019, 1, 1),
    source: "FSB 149/7/1/3-58 of 2014-01-31",
    confidence: Confidence::Assumed,
    effect: "rows of `strength` in the policy: signatures made later are not accepted",
};

/// Every row, in the order of their dates.
pub const ALL: [DatedRule; 6] = [
    GOST_2001,
    OLD_ACCREDITATION,
    ORDER_472,
    ORDER_580,
    ORDER_31,
    CEASED_2022,
];

/// The rows that a policy may take as certain (63-FZ art. 11).
#[must_use]
pub fn is_assumed(id: &str) -> bool {
    id == CEASED_2022.id
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::alg::strength::{KeyFamily, Subject, Use};
    use crate::validate::policy::Policy;

    fn noon(day: &str) -> UnixTime {
        UnixTime::parse_rfc3339(&format!("{day}T12:00:00+03:00")).unwrap()
    }

    #[test]
    fn each_rule_holds_from_its_first_day_to_its_last() {
        // The day before, the first day, the day after it; the last day, the day after it, one more.
        for (rule, first, end) in [
            (
                ORDER_31,
                Some(["2021-08-31", "2021-09-01", "2021-09-02"]),
                Some(["2027-08-31", "2027-09-01", "2027-09-02"]),
            ),
            (
                ORDER_472,
                Some(["2020-11-08", "2020-11-09", "2020-11-10"]),
                None,
            ),
            (
                ORDER_580,
                Some(["2020-12-31", "2021-01-01", "2021-01-02"]),
                Some(["2026-12-31", "2027-01-01", "2027-01-02"]),
            ),
            (
                OLD_ACCREDITATION,
                None,
                Some(["2020-06-30", "2020-07-01", "2020-07-02"]),
            ),
            (
                CEASED_2022,
                None,
                Some(["2021-12-31", "2022-01-01", "2022-01-02"]),
            ),
            (
                GOST_2001,
                None,
                Some(["2018-12-31", "2019-01-01", "2019-01-02"]),
            ),
        ] {
            let holds = |days: [&str; 3]| days.map(|day| rule.is_in_force(noon(day)));
            assert_eq!(
                first.map(holds),
                first.map(|_| [false, true, true]),
                "{}",
                rule.id
            );
            assert_eq!(
                end.map(holds),
                end.map(|_| [true, false, false]),
                "{}",
                rule.id
            );
            assert_eq!(
                (rule.from.is_some(), rule.until.is_some()),
                (first.is_some(), end.is_some())
            );
        }
    }

    #[test]
    fn days_begin_at_midnight_in_moscow() {
        let at = |text: &str| UnixTime::parse_rfc3339(text);
        assert_eq!(ORDER_31.from, at("2021-09-01T00:00:00+03:00"));
        assert_eq!(ORDER_472.from, at("2020-11-09T00:00:00+03:00"));
        assert_eq!(ORDER_580.until, at("2027-01-01T00:00:00+03:00"));
        assert_eq!(midnight(2024, 2, 29), at("2024-02-29T00:00:00+03:00"));
        assert_eq!(midnight(2024, 3, 1), at("2024-03-01T00:00:00+03:00"));
    }

    #[test]
    fn each_row_says_what_and_who() {
        let ids: BTreeSet<&str> = ALL.iter().map(|row| row.id).collect();
        assert_eq!(ids.len(), ALL.len());
        for row in ALL {
            assert!(!row.source.is_empty() && !row.effect.is_empty());
            assert!(row.from.is_some() || row.until.is_some());
            assert!(!is_assumed(row.id) || row.confidence == Confidence::Assumed);
        }
        assert!(is_assumed("476fz.certificates-cease") && !is_assumed("476fz"));
    }

    #[test]
    fn the_policy_ends_old_signatures_on_the_day_of_the_row() {
        let policy = Policy::builtin("ru-qes").unwrap();
        let rows = policy.strength.rows().iter();
        let ends: Vec<_> = rows
            .filter(|row| row.uses.contains(&Use::Creation))
            .filter(|row| {
                matches!(
                    row.subject,
                    Subject::Key {
                        family: KeyFamily::Gost2001,
                        ..
                    }
                )
            })
            .map(|row| row.until)
            .collect();
        assert_eq!(ends, [GOST_2001.until]);
    }
}
