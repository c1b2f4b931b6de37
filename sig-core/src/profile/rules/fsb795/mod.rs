//! Rules of FSB order 795 and of FSB order 31 that amended it from 2021-09-01.

use crate::profile::rule::Period;

pub(super) mod extensions;
pub(super) mod key;
pub(super) mod numbers;
pub(super) mod subject;
pub(super) mod tools;

/// FSB order 795 in any of its editions.
const ORDER_795: Period = Period::moscow_days((2012, 2, 1), (2027, 9, 1));
/// FSB order 795 as FSB order 31 amended it.
pub(in crate::profile) const SINCE_ORDER_31: Period =
    Period::moscow_days((2021, 9, 1), (2027, 9, 1));
/// FSB order 795 as it was first written.
const BEFORE_ORDER_31: Period = Period {
    from: ORDER_795.from,
    until: SINCE_ORDER_31.from,
};
/// Keys and signatures of GOST R 34.10-2001 are over.
const SINCE_GOST_2012: Period = Period::from_moscow_day(2019, 1, 1);
