//! The rows, a folder a source (RFC 5280 §4, 63-FZ art. 14 and 17, FSB order 795, EN 319 412-2 and -5).

mod en319412;
mod fsb795;
mod fz63;
mod rfc5280;

use super::rule::Rule;

macro_rules! rules {
    ($($code:literal, $level:ident, $basis:ident, $clause:literal, $in_force:expr, $applies:expr, $check:expr, $ru:literal, $en:literal;)+) => {
        pub(in crate::profile) static RULES: &[$crate::profile::rule::Rule] = &[$($crate::profile::rule::Rule {
            code: $code,
            level: $crate::finding::Level::$level,
            basis: $crate::profile::rule::Basis::$basis,
            clause: $clause,
            in_force: $in_force,
            applies: $applies,
            check: $check,
            ru: $ru,
            en: $en,
        }),+];
    };
}
use rules;

/// When FSB order 31 is in force.
pub(in crate::profile) const ORDER_31: super::rule::Period = fsb795::SINCE_ORDER_31;

/// RFC 5280 §4.
pub(super) const RFC_5280: &[&[Rule]] = &[
    rfc5280::certificate::RULES,
    rfc5280::authority::RULES,
    rfc5280::key_identifiers::RULES,
    rfc5280::extensions::RULES,
    rfc5280::names::RULES,
];
/// 63-FZ art. 14 and 17, FSB order 795.
pub(super) const RUSSIAN: &[&[Rule]] = &[
    fz63::subject::RULES,
    fz63::certificate::RULES,
    fsb795::numbers::RULES,
    fsb795::subject::RULES,
    fsb795::extensions::RULES,
    fsb795::tools::RULES,
    fsb795::key::RULES,
];
/// EN 319 412-2 and -5.
pub(super) const EUROPEAN: &[&[Rule]] = &[
    en319412::statements::RULES,
    en319412::names::RULES,
    en319412::extensions::RULES,
];
