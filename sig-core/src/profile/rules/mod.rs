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

/// Every source once.
pub(super) static ALL: &[&[Rule]] = &[
    rfc5280::certificate::RULES,
    rfc5280::authority::RULES,
    rfc5280::key_identifiers::RULES,
    rfc5280::extensions::RULES,
    rfc5280::names::RULES,
    fz63::subject::RULES,
    fz63::certificate::RULES,
    fsb795::numbers::RULES,
    fsb795::subject::RULES,
    fsb795::extensions::RULES,
    fsb795::tools::RULES,
    fsb795::key::RULES,
    en319412::statements::RULES,
    en319412::names::RULES,
    en319412::extensions::RULES,
];
pub(super) static INTERNET: &[&[Rule]] = &[
    rfc5280::certificate::RULES,
    rfc5280::authority::RULES,
    rfc5280::key_identifiers::RULES,
    rfc5280::extensions::RULES,
    rfc5280::names::RULES,
];
pub(super) static RUSSIAN: &[&[Rule]] = &[
    rfc5280::certificate::RULES,
    rfc5280::authority::RULES,
    rfc5280::key_identifiers::RULES,
    rfc5280::extensions::RULES,
    rfc5280::names::RULES,
    fz63::subject::RULES,
    fz63::certificate::RULES,
    fsb795::numbers::RULES,
    fsb795::subject::RULES,
    fsb795::extensions::RULES,
    fsb795::tools::RULES,
    fsb795::key::RULES,
];
pub(super) static EUROPEAN: &[&[Rule]] = &[
    rfc5280::certificate::RULES,
    rfc5280::authority::RULES,
    rfc5280::key_identifiers::RULES,
    rfc5280::extensions::RULES,
    rfc5280::names::RULES,
    en319412::statements::RULES,
    en319412::names::RULES,
    en319412::extensions::RULES,
];
