//! One file a command.

pub(crate) mod certificates;
pub(crate) mod confirm;
pub(crate) mod readers;
pub(crate) mod show;
pub(crate) mod sign;
pub(crate) mod trace;
