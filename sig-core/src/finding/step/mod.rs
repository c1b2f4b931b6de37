//! Steps of the standards: what was looked at, on what, and how it ended.
//!
//! Findings say what is wrong or worth knowing. Steps say what was done, in order, so that a reader can tell
//! "checked and right" from "never looked at". They decide nothing.

use std::sync::Arc;

use super::code::{Code, Level};
use super::statement::{Finding, Subject};

mod en319102;
mod rfc5280_initialization;
mod rfc5280_path;
mod rfc5280_revocation;
mod rfc6960;
pub mod why;

pub use en319102::{
    en319102_1_5_2_4, en319102_1_5_2_5, en319102_1_5_2_6_4, en319102_1_5_4_4, en319102_1_5_5_4,
    en319102_1_5_6_2_1, en319102_1_5_6_2_4, en319102_1_5_6_3_4,
};
pub use rfc5280_initialization::rfc5280_6_1_2;
pub use rfc5280_path::{rfc5280_6_1_3, rfc5280_6_1_4, rfc5280_6_1_5};
pub use rfc5280_revocation::rfc5280_6_3_3;
pub use rfc6960::{rfc6960_3_2, rfc6960_4_2_2_2};

/// One step of a standard. Ids follow the clause and are never reused.
#[derive(Debug, Eq, PartialEq)]
pub struct StepRow {
    /// The stable name, such as `rfc5280.6.1.3.a.1`.
    pub id: &'static str,
    /// The section of the standard, such as `RFC 5280 §6.1.3`.
    pub section: &'static str,
    /// The clause, such as `RFC 5280 §6.1.3 (a)(1)`.
    pub clause: &'static str,
    /// The row as code names it, such as `rfc5280_6_1_3::A_1`.
    pub constant: &'static str,
    /// Findings it can raise, here or in a later step that reads what this one sets.
    pub findings: &'static [&'static Code],
    /// What is done, in Russian.
    pub ru: &'static str,
    /// What is done, in English.
    pub en: &'static str,
}

/// A step that was taken, or that there was nothing to take on.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Step {
    /// Which step.
    pub row: &'static StepRow,
    /// On what.
    pub subject: StepSubject,
    /// How it ended.
    pub outcome: StepOutcome,
}

/// What a step was taken on.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StepSubject {
    /// A certificate by its place in the path, the end entity at 0, the anchor last. Nothing is the path itself.
    pub place: Option<usize>,
    /// The CRL, OCSP response or other object that was looked at for it, named once and shared by its steps.
    pub object: Option<Arc<Subject>>,
}

/// How a step ended.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum StepOutcome {
    /// It holds; where it only sets a variable, that was set.
    Passed,
    /// It does not hold. The codes of the findings that say so.
    Failed(Vec<&'static Code>),
    /// There is nothing to take it on, or somebody else takes it.
    NotApplicable(&'static Why),
}

/// Why a step was not taken.
#[derive(Debug, Eq, PartialEq)]
pub struct Why {
    /// The stable name.
    pub id: &'static str,
    /// The text in Russian.
    pub ru: &'static str,
    /// The text in English.
    pub en: &'static str,
}

impl StepSubject {
    /// The path as a whole.
    pub const PATH: Self = Self {
        place: None,
        object: None,
    };

    /// A certificate by its place in the path, the end entity at 0.
    #[must_use]
    pub const fn certificate(place: usize) -> Self {
        Self {
            place: Some(place),
            object: None,
        }
    }

    /// An object that stands in no path.
    #[must_use]
    pub const fn object(object: Arc<Subject>) -> Self {
        Self {
            place: None,
            object: Some(object),
        }
    }

    /// The same by a CRL or another object.
    #[must_use]
    pub fn by(&self, object: &Arc<Subject>) -> Self {
        Self {
            place: self.place,
            object: Some(Arc::clone(object)),
        }
    }
}

impl StepOutcome {
    /// The word used in reports.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed(_) => "failed",
            Self::NotApplicable(_) => "not_applicable",
        }
    }

    /// How a step ended that made these findings: it failed when one of them fails by default, whatever a
    /// policy makes of it.
    #[must_use]
    pub fn of(findings: &[Finding]) -> Self {
        let failed = findings
            .iter()
            .map(|finding| finding.code)
            .filter(|code| code.level == Level::Fail);
        let codes: Vec<&'static Code> = failed.collect();
        if codes.is_empty() {
            Self::Passed
        } else {
            Self::Failed(codes)
        }
    }
}

/// Steps in the order of the standard, append-only but for [`Steps::insert_after`].
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Steps(Vec<Step>);

impl Steps {
    /// No steps, with room for some.
    #[must_use]
    pub fn with_capacity(count: usize) -> Self {
        Self(Vec::with_capacity(count))
    }

    /// Records a step.
    pub fn add(&mut self, row: &'static StepRow, subject: StepSubject, outcome: StepOutcome) {
        self.0.push(Step {
            row,
            subject,
            outcome,
        });
    }

    /// Records a step that holds.
    pub fn passed(&mut self, row: &'static StepRow, subject: StepSubject) {
        self.add(row, subject, StepOutcome::Passed);
    }

    /// Records a step that does not hold.
    pub fn failed(&mut self, row: &'static StepRow, subject: StepSubject, code: &'static Code) {
        self.add(row, subject, StepOutcome::Failed(vec![code]));
    }

    /// Records why a step was not taken.
    pub fn skipped(&mut self, row: &'static StepRow, subject: StepSubject, why: &'static Why) {
        self.add(row, subject, StepOutcome::NotApplicable(why));
    }

    /// Adds the steps of another part.
    pub fn append(&mut self, other: Self) {
        if self.0.is_empty() {
            self.0 = other.0;
        } else {
            self.0.extend(other.0);
        }
    }

    /// Puts the steps of another part after those of a row on a certificate; at the end when there are none.
    pub fn insert_after(&mut self, row: &'static StepRow, place: usize, other: Self) {
        let is_it = |step: &Step| std::ptr::eq(step.row, row) && step.subject.place == Some(place);
        let found = self.0.iter().rposition(is_it);
        let at = found.map_or(self.0.len(), |index| index + 1);
        self.0.splice(at..at, other.0);
    }

    /// Takes the steps from a place on.
    #[must_use]
    pub fn split_off(&mut self, at: usize) -> Self {
        Self(self.0.split_off(at.min(self.0.len())))
    }

    /// The steps.
    #[must_use]
    pub fn as_slice(&self) -> &[Step] {
        &self.0
    }
}

macro_rules! steps {
    (
        $(#[$documentation:meta])*
        $module:ident, $prefix:literal, $section:literal;
        $($name:ident = $id:literal, $step:literal, [$($code:path),* $(,)?], $ru:literal, $en:literal;)+
    ) => {
        $(#[$documentation])*
        pub mod $module {
            use crate::finding::code;
            use crate::finding::step::StepRow;

            $(
                #[doc = concat!($section, " ", $step, ": ", $en, ".")]
                pub static $name: StepRow = StepRow {
                    id: concat!($prefix, ".", $id),
                    section: $section,
                    clause: concat!($section, " ", $step),
                    constant: concat!(stringify!($module), "::", stringify!($name)),
                    findings: &[$(&$code),*],
                    ru: $ru,
                    en: $en,
                };
            )+
            /// Every step of the section, in its order.
            pub static ROWS: &[&StepRow] = &[$(&$name),+];
        }
    };
}
pub(crate) use steps;

/// Every step, in the order of the standards.
pub fn all() -> impl Iterator<Item = &'static StepRow> {
    [
        rfc5280_6_1_2::ROWS,
        rfc5280_6_1_3::ROWS,
        rfc5280_6_1_4::ROWS,
        rfc5280_6_1_5::ROWS,
        rfc5280_6_3_3::ROWS,
        rfc6960_3_2::ROWS,
        rfc6960_4_2_2_2::ROWS,
        en319102_1_5_2_4::ROWS,
        en319102_1_5_2_5::ROWS,
        en319102_1_5_2_6_4::ROWS,
        en319102_1_5_4_4::ROWS,
        en319102_1_5_5_4::ROWS,
        en319102_1_5_6_2_1::ROWS,
        en319102_1_5_6_2_4::ROWS,
        en319102_1_5_6_3_4::ROWS,
    ]
    .into_iter()
    .flatten()
    .copied()
}

#[cfg(test)]
mod tests;
