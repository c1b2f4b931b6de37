//! What is on a card, for people and for programs.

pub(crate) mod certificate;
pub(crate) mod contents;
