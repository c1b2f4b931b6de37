//! Rules of RFC 5280 §4, without those whose breach stops a path anyway and those that no reader can see.

use crate::profile::rule::Period;

pub(super) mod authority;
pub(super) mod certificate;
pub(super) mod extensions;
pub(super) mod key_identifiers;
pub(super) mod names;

/// RFC 5280 was published.
const SINCE: Period = Period::from_utc_day(2008, 5, 1);
