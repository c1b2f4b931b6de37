//! How old a list of accredited authorities may be: the table `trust_list_age` of a policy (63-FZ art. 11 (1)).

use std::fmt::Write as _;

use serde::Deserialize;

use super::choice::StaleListRule;
use super::read::{PolicyRejected, word};
use super::write::line;

/// The bound on the age of the list, and what an older one does (63-FZ art. 11 (1)).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct TrustListAge {
    /// Days from the date of the newest version to the check.
    pub days: u32,
    /// What an older list does.
    pub stale: StaleListRule,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    days: u32,
    stale: String,
}

impl Table {
    pub(super) fn read(&self) -> Result<TrustListAge, PolicyRejected> {
        Ok(TrustListAge {
            days: self.days,
            stale: word("trust_list_age.stale", &self.stale, StaleListRule::of_word)?,
        })
    }
}

/// Writes the table.
pub(super) fn write(out: &mut String, age: TrustListAge) {
    let TrustListAge { days, stale } = age;
    out.push_str("\n[trust_list_age]\n");
    let _ = writeln!(out, "days = {days}");
    line(out, "stale", stale.word());
}
