//! One case a row: a good certificate and the change that breaks the row.

use crate::bases::Base;
use crate::draft::Draft;

mod en319412;
mod fsb795;
mod fsb795_numbers;
mod fz63;
mod rfc5280;

/// How a row is broken.
pub struct Case {
    pub code: &'static str,
    pub base: Base,
    pub change: fn(&mut Draft),
    /// Rows that say of the same part what is then wrong, too.
    pub also: &'static [&'static str],
}

pub fn all() -> impl Iterator<Item = &'static Case> {
    [
        rfc5280::CASES,
        fz63::CASES,
        fsb795_numbers::CASES,
        fsb795::CASES,
        en319412::CASES,
    ]
    .into_iter()
    .flatten()
}

pub const fn case(
    code: &'static str,
    base: Base,
    change: fn(&mut Draft),
    also: &'static [&'static str],
) -> Case {
    Case {
        code,
        base,
        change,
        also,
    }
}
