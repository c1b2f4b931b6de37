//! A refused request: the reason with what the caller needs to mend it.

use crate::domain::{claims::FieldViolation, reason::Reason};

/// Why a request was not carried out. Holds no personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The stable reason.
    pub reason: Reason,
    /// Fields of the request that are at fault.
    pub violations: Vec<FieldViolation>,
    /// Seconds after which trying again makes sense.
    pub retry_after: Option<i64>,
    /// Figures for programs: names and values of limits, offsets.
    pub facts: Vec<(&'static str, String)>,
}

impl Refusal {
    /// Fields that break their rules.
    pub fn fields(violations: Vec<FieldViolation>) -> Self {
        Self {
            violations,
            ..Reason::FieldInvalid.into()
        }
    }

    /// Adds a figure.
    pub fn with_fact(mut self, name: &'static str, value: impl ToString) -> Self {
        self.facts.push((name, value.to_string()));
        self
    }

    /// Adds the time to wait.
    pub fn with_retry_after(mut self, seconds: i64) -> Self {
        self.retry_after = Some(seconds);
        self
    }
}

impl From<Reason> for Refusal {
    fn from(reason: Reason) -> Self {
        Self {
            reason,
            violations: Vec::new(),
            retry_after: None,
            facts: Vec::new(),
        }
    }
}

impl From<FieldViolation> for Refusal {
    fn from(violation: FieldViolation) -> Self {
        Self::fields(vec![violation])
    }
}
