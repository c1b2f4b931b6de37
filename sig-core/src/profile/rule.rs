//! One rule of a profile and what it says of a certificate (63-FZ art. 17, EN 319 412-2 §4, RFC 5280 §4).

use crate::base::time::UnixTime;
use crate::der::oid::Oid;
use crate::finding::{Fact, Level, Value};

use super::holder::Holder;
use super::view::View;

/// A rule: data, and a function that looks at one certificate.
#[derive(Debug)]
pub struct Rule {
    /// The stable name, `profile.object.condition`; never reused.
    pub code: &'static str,
    /// What a certificate that breaks the rule deserves: `fail` is a level of the profile, never of a signature.
    pub level: Level,
    /// How well the rule is known.
    pub basis: Basis,
    /// The clause it comes from.
    pub clause: &'static str,
    /// When certificates had to keep it.
    pub in_force: Period,
    /// Whose certificates must keep it.
    pub applies: &'static [Holder],
    /// Looks at a certificate to which the rule applies.
    pub(super) check: fn(&View<'_>) -> Seen,
    /// What the rule asks for, in Russian.
    pub ru: &'static str,
    /// What the rule asks for, in English.
    pub en: &'static str,
}

/// How well a rule is known.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Basis {
    /// The text of its source says so.
    Text,
    /// Somebody who has the text quotes the clause; the text itself was not read.
    Quoted,
    /// The certificates of accredited authorities are written so.
    Measured,
    /// General knowledge: never of level `fail`.
    Assumed,
}

impl Basis {
    /// The name used in tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Quoted => "quoted",
            Self::Measured => "measured",
            Self::Assumed => "assumed",
        }
    }
}

/// When a rule is in force, compared with the start of validity of a certificate.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Period {
    /// The first instant; none when it has always been in force.
    pub from: Option<UnixTime>,
    /// The first instant at which it is no more in force; none when it still is.
    pub until: Option<UnixTime>,
}

impl Period {
    /// From a calendar day in Europe/Moscow on.
    pub(super) const fn from_moscow_day(year: i64, month: u8, day: u8) -> Self {
        Self {
            from: Some(UnixTime::moscow_day(year, month, day)),
            until: None,
        }
    }

    /// From a calendar day in Europe/Moscow up to the day before another one.
    pub(super) const fn moscow_days(from: (i64, u8, u8), until: (i64, u8, u8)) -> Self {
        Self {
            from: Some(UnixTime::moscow_day(from.0, from.1, from.2)),
            until: Some(UnixTime::moscow_day(until.0, until.1, until.2)),
        }
    }

    /// From a calendar day in UTC on.
    pub(super) const fn from_utc_day(year: i64, month: u8, day: u8) -> Self {
        Self {
            from: Some(UnixTime::utc_day(year, month, day)),
            until: None,
        }
    }

    /// Whether it covers an instant.
    #[must_use]
    pub fn covers(self, at: UnixTime) -> bool {
        self.from.is_none_or(|from| from <= at) && self.until.is_none_or(|until| at < until)
    }
}

/// What a rule says of a certificate.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Outcome {
    /// The certificate keeps it.
    Pass,
    /// The certificate breaks it.
    Fail,
    /// It is about other certificates, or about a part that this one does not have.
    NotApplicable,
    /// It was not in force when the certificate was issued.
    NotInForce,
}

impl Outcome {
    /// The name used in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::NotApplicable => "not_applicable",
            Self::NotInForce => "not_in_force",
        }
    }
}

/// What one rule says of one certificate.
#[derive(Clone, Debug)]
pub struct RuleResult {
    /// The rule.
    pub rule: &'static Rule,
    /// What it says.
    pub outcome: Outcome,
    /// What was seen. Names of persons and their numbers are never among it.
    pub facts: Vec<Fact>,
}

impl PartialEq for RuleResult {
    /// The code says which rule it is.
    fn eq(&self, other: &Self) -> bool {
        self.rule.code == other.rule.code
            && self.outcome == other.outcome
            && self.facts == other.facts
    }
}

impl Eq for RuleResult {}

impl Rule {
    pub(super) fn judge(&self, view: &View<'_>) -> Seen {
        if !self.applies.contains(&view.holder) {
            Seen::not_applicable().word("holder", view.holder.name())
        } else if !self.in_force.covers(view.certificate.not_before) {
            Seen::of(Outcome::NotInForce).time("not_before", view.certificate.not_before)
        } else {
            (self.check)(view)
        }
    }
}

/// What a check saw. It becomes a fact only where it is reported.
#[derive(Debug)]
pub struct Seen {
    pub(super) outcome: Outcome,
    fact: Option<(&'static str, Sight)>,
}

/// A value that needs no memory of its own.
#[derive(Debug)]
enum Sight {
    Word(&'static str),
    Words(Vec<&'static str>),
    Count(usize),
    Oid(Oid),
    Time(UnixTime),
}

impl Seen {
    const fn of(outcome: Outcome) -> Self {
        Self {
            outcome,
            fact: None,
        }
    }

    pub(super) const fn not_applicable() -> Self {
        Self::of(Outcome::NotApplicable)
    }

    pub(super) const fn fail() -> Self {
        Self::of(Outcome::Fail)
    }

    pub(super) const fn pass() -> Self {
        Self::of(Outcome::Pass)
    }

    pub(super) const fn pass_if(kept: bool) -> Self {
        Self::of(if kept { Outcome::Pass } else { Outcome::Fail })
    }

    /// Present and nothing more to say of it, or absent.
    pub(super) fn present(present: bool) -> Self {
        Self::pass_if(present).word("seen", if present { "present" } else { "absent" })
    }

    fn with(self, name: &'static str, sight: Sight) -> Self {
        Self {
            fact: Some((name, sight)),
            ..self
        }
    }

    pub(super) fn word(self, name: &'static str, word: &'static str) -> Self {
        self.with(name, Sight::Word(word))
    }

    pub(super) fn words(
        self,
        name: &'static str,
        words: impl Iterator<Item = &'static str>,
    ) -> Self {
        self.with(name, Sight::Words(words.collect()))
    }

    pub(super) fn count(self, name: &'static str, count: usize) -> Self {
        self.with(name, Sight::Count(count))
    }

    pub(super) fn oid(self, name: &'static str, oid: Oid) -> Self {
        self.with(name, Sight::Oid(oid))
    }

    pub(super) fn time(self, name: &'static str, time: UnixTime) -> Self {
        self.with(name, Sight::Time(time))
    }

    /// What a report says of it.
    pub(super) fn into_result(self, rule: &'static Rule) -> RuleResult {
        let fact = self.fact.map(|(name, sight)| Fact {
            name,
            value: match sight {
                Sight::Word(word) => Value::Word(word.to_owned()),
                Sight::Words(words) => Value::Word(words.join(" ")),
                Sight::Count(count) => Value::Count(u64::try_from(count).unwrap_or(u64::MAX)),
                Sight::Oid(oid) => Value::Oid(oid),
                Sight::Time(time) => Value::Time(time),
            },
        });
        RuleResult {
            rule,
            outcome: self.outcome,
            facts: fact.into_iter().collect(),
        }
    }
}
