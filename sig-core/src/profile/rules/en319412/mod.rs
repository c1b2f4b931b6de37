//! Rules of EN 319 412-2 (certificates of natural persons) and EN 319 412-5 (statements of qualified certificates).

use crate::profile::rule::Period;

pub(super) mod extensions;
pub(super) mod names;
pub(super) mod statements;

/// Regulation (EU) 910/2014 applies, and the standards written for it.
const SINCE_EIDAS: Period = Period::from_utc_day(2016, 7, 1);
/// EN 319 412-5 V2.3.1, which knows other legislations.
const SINCE_2020: Period = Period::from_utc_day(2020, 4, 1);
