//! Who may attest a person: enrolled service centres, their operators, banks.

use std::fmt;

use super::{
    account::codes,
    claims::{FieldViolation, Line, Rule},
    identifiers::{Ogrn, Snils, Unacceptable},
    ids::{AccountId, EnrolmentId},
    reason::Reason,
    time::UnixSeconds,
};

/// The administrator's identifier of a service centre: 1 to 64 of
/// `A-Z a-z 0-9 . _ : -`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CentreId(AccountId);

impl CentreId {
    /// Reads an identifier.
    pub fn parse(text: &str) -> Option<Self> {
        AccountId::parse(text).map(Self)
    }

    /// The identifier as it was written.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Display for CentreId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

codes!(
    /// What an enrolment is of.
    EnrolmentKind {
        /// A service centre.
        Centre = "CENTRE",
        /// An operator of a service centre.
        Operator = "OPERATOR",
        /// A bank.
        Bank = "BANK",
    }
);

/// Who is enrolled.
#[derive(Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Enrolled {
    Centre { centre: CentreId, name: Line },
    Operator { centre: CentreId, snils: Snils },
    Bank { ogrn: Ogrn, name: Line },
}

impl Enrolled {
    /// What it is.
    pub fn kind(&self) -> EnrolmentKind {
        match self {
            Self::Centre { .. } => EnrolmentKind::Centre,
            Self::Operator { .. } => EnrolmentKind::Operator,
            Self::Bank { .. } => EnrolmentKind::Bank,
        }
    }

    /// Whether both are the same centre, operator or bank, whatever its name.
    pub fn is_same_as(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Centre { centre: a, .. }, Self::Centre { centre: b, .. }) => a == b,
            (Self::Bank { ogrn: a, .. }, Self::Bank { ogrn: b, .. }) => a == b,
            (Self::Operator { .. }, Self::Operator { .. }) => self == other,
            _ => false,
        }
    }
}

/// The right to attest, dated.
#[derive(Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Enrolment {
    pub id: EnrolmentId,
    pub enrolled: Enrolled,
    /// First second of it.
    pub from: UnixSeconds,
    /// First second after it; none while its end is not known.
    pub until: Option<UnixSeconds>,
    pub made: Act,
    /// The latest act that ended it, or brought its end forward.
    pub ended: Option<Act>,
}

/// What an administrator did, and when.
#[derive(Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Act {
    pub by: Line,
    pub at: UnixSeconds,
}

/// How an enrolment stands at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Its first day is still to come.
    NotYet,
    /// It counts.
    InForce,
    /// It is over.
    Ended,
}

impl Enrolment {
    /// How it stands at `now`.
    pub fn standing(&self, now: UnixSeconds) -> Standing {
        match self.until {
            Some(until) if now >= until => Standing::Ended,
            _ if now < self.from => Standing::NotYet,
            _ => Standing::InForce,
        }
    }

    /// Ends it at `until`, or at once; an end may be brought forward, never
    /// put off. Answers whether that changed anything.
    ///
    /// # Errors
    /// Why it does not end so.
    pub fn end(&mut self, until: Option<UnixSeconds>, act: Act) -> Result<bool, EndRefused> {
        if until.is_some_and(|until| until < act.at) {
            return Err(EndRefused::Passed);
        }
        // One that never began ends where it would have begun.
        let end = until.unwrap_or(act.at).max(self.from);
        match self.until {
            Some(planned) if planned < end && until.is_some() => {
                return Err(EndRefused::EndsEarlier);
            }
            Some(planned) if planned <= end && self.ended.is_some() => return Ok(false),
            Some(planned) if planned < end => {}
            _ => self.until = Some(end),
        }
        self.ended = Some(act);
        Ok(true)
    }
}

/// Why an enrolment was not ended so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndRefused {
    /// The time given has passed.
    Passed,
    /// It ends earlier already.
    EndsEarlier,
}

/// Who attests a person: what an attestation names.
#[derive(Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Attestor {
    Operator { centre: CentreId, snils: Snils },
    Bank { ogrn: Ogrn },
}

/// Whether `attestor` may attest at `now`, by the `enrolments` that concern it.
///
/// # Errors
/// [`Reason::CentreNotActive`]; [`Reason::OperatorNotEnrolled`];
/// [`Reason::OperatorEnrolmentEnded`]; [`Reason::BankNotEnrolled`];
/// [`Reason::BankEnrolmentEnded`].
pub fn may_attest(
    attestor: &Attestor,
    enrolments: &[Enrolment],
    now: UnixSeconds,
) -> Result<(), Reason> {
    let standing = |kind| {
        let of_it = enrolments.iter().filter(|enrolment| match attestor {
            Attestor::Operator { centre, snils } => match &enrolment.enrolled {
                Enrolled::Centre { centre: other, .. } => {
                    kind == EnrolmentKind::Centre && other == centre
                }
                Enrolled::Operator {
                    centre: other,
                    snils: person,
                } => kind == EnrolmentKind::Operator && other == centre && person == snils,
                Enrolled::Bank { .. } => false,
            },
            Attestor::Bank { ogrn } => {
                kind == EnrolmentKind::Bank
                    && matches!(&enrolment.enrolled, Enrolled::Bank { ogrn: other, .. } if other == ogrn)
            }
        });
        best(of_it.map(|enrolment| enrolment.standing(now)))
    };
    match attestor {
        Attestor::Operator { .. } => {
            if standing(EnrolmentKind::Centre) != Some(Standing::InForce) {
                return Err(Reason::CentreNotActive);
            }
            match standing(EnrolmentKind::Operator) {
                Some(Standing::InForce) => Ok(()),
                Some(Standing::Ended) => Err(Reason::OperatorEnrolmentEnded),
                Some(Standing::NotYet) | None => Err(Reason::OperatorNotEnrolled),
            }
        }
        Attestor::Bank { .. } => match standing(EnrolmentKind::Bank) {
            Some(Standing::InForce) => Ok(()),
            Some(Standing::Ended) => Err(Reason::BankEnrolmentEnded),
            Some(Standing::NotYet) | None => Err(Reason::BankNotEnrolled),
        },
    }
}

/// One in force counts, whatever the others are.
fn best(standings: impl Iterator<Item = Standing>) -> Option<Standing> {
    let rank = |standing: &Standing| match standing {
        Standing::NotYet => 0,
        Standing::Ended => 1,
        Standing::InForce => 2,
    };
    standings.max_by_key(rank)
}

/// An enrolment as the caller wrote it.
#[derive(Clone, Copy)]
#[allow(missing_docs)]
pub enum RawEnrolled<'a> {
    Centre { centre: &'a str, name: &'a str },
    Operator { centre: &'a str, snils: &'a str },
    Bank { ogrn: &'a str, name: &'a str },
}

impl Enrolled {
    /// Reads who is to be enrolled.
    ///
    /// # Errors
    /// Every field that breaks its rule.
    pub fn parse(raw: &RawEnrolled<'_>) -> Result<Self, Vec<FieldViolation>> {
        match raw {
            RawEnrolled::Centre { centre, name } => both(
                centre_field("centre_id", centre),
                line_field("name", name),
                |centre, name| Self::Centre { centre, name },
            ),
            RawEnrolled::Operator { centre, snils } => both(
                centre_field("centre_id", centre),
                snils_field("operator_snils", snils),
                |centre, snils| Self::Operator { centre, snils },
            ),
            RawEnrolled::Bank { ogrn, name } => both(
                ogrn_field("ogrn", ogrn),
                line_field("name", name),
                |ogrn, name| Self::Bank { ogrn, name },
            ),
        }
    }
}

fn both<A, B, T>(
    a: Result<A, FieldViolation>,
    b: Result<B, FieldViolation>,
    make: impl FnOnce(A, B) -> T,
) -> Result<T, Vec<FieldViolation>> {
    match (a, b) {
        (Ok(a), Ok(b)) => Ok(make(a, b)),
        (a, b) => Err(a.err().into_iter().chain(b.err()).collect()),
    }
}

fn required<T>(
    field: &'static str,
    text: &str,
    parse: impl FnOnce(&str) -> Result<T, Rule>,
) -> Result<T, FieldViolation> {
    let value = match text.is_empty() {
        true => Err(Rule::Required),
        false => parse(text),
    };
    value.map_err(|rule| FieldViolation { field, rule })
}

/// Reads a service centre's identifier from request field `field`.
pub(super) fn centre_field(field: &'static str, text: &str) -> Result<CentreId, FieldViolation> {
    required(field, text, |text| {
        CentreId::parse(text).ok_or(Rule::AccountId)
    })
}

/// Reads a printable line from request field `field`.
///
/// # Errors
/// The field when it is empty or no such line.
pub fn line_field(field: &'static str, text: &str) -> Result<Line, FieldViolation> {
    required(field, text, |text| Line::parse(text).ok_or(Rule::Line))
}

/// Reads a person's number from request field `field`.
pub(super) fn snils_field(field: &'static str, text: &str) -> Result<Snils, FieldViolation> {
    required(field, text, |text| {
        Snils::parse(text).map_err(|fault| match fault {
            Unacceptable::Format => Rule::Snils,
            Unacceptable::CheckDigits => Rule::CheckDigits,
        })
    })
}

/// Reads an organisation's number from request field `field`.
pub(super) fn ogrn_field(field: &'static str, text: &str) -> Result<Ogrn, FieldViolation> {
    required(field, text, |text| {
        Ogrn::parse(text).map_err(|fault| match fault {
            Unacceptable::Format => Rule::Ogrn,
            Unacceptable::CheckDigits => Rule::CheckDigits,
        })
    })
}

#[cfg(test)]
mod tests;
