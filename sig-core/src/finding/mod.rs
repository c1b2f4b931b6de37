//! The vocabulary of statements: codes, subjects, facts and indications; and the steps that were taken.

pub mod code;
pub mod indication;
mod statement;
pub mod step;
mod text;
pub mod word;

pub use code::{Code, Level, Stage};
pub use indication::{Conclusion, Indication, SubIndication};
pub use statement::{Fact, Finding, Subject, Value};
pub use step::{Step, StepOutcome, StepRow, StepSubject, Steps, Why};
pub(crate) use text::is_deceptive;
pub use text::{Language, displayable, has_deceptive_characters, mixed_scripts, render, step_text};
