//! The vocabulary of statements: codes, subjects, facts and indications.

pub mod code;
pub mod indication;
mod statement;
mod text;

pub use code::{Code, Level, Stage};
pub use indication::{Conclusion, Indication, SubIndication};
pub use statement::{Fact, Finding, Subject, Value};
pub use text::{Language, displayable, render};
