//! Rules of 63-FZ art. 14(2), 14(3) and 17.

use crate::profile::rule::Period;

pub(super) mod certificate;
pub(super) mod subject;

/// The law is in force.
const SINCE: Period = Period::from_moscow_day(2011, 4, 8);
/// FSB order 31, which says how identification is stated, is in force.
const SINCE_ORDER_31: Period = Period {
    from: super::ORDER_31.from,
    until: None,
};
