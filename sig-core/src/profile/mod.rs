//! Profiles of qualified certificates: rules as rows of data, each checked on one certificate (63-FZ art. 14 and 17,
//! FSB order 795, RFC 5280 §4, EN 319 412-2, EN 319 412-5).
//!
//! What a profile says never changes the verdict on a signature: it says how a certificate is written, not whether
//! it may be trusted. Only rules that the law itself states and that accredited authorities keep are of level
//! `fail`, which is a level of the profile.

mod check;
mod holder;
pub mod identifiers;
pub mod identity;
mod part;
mod rule;
mod rules;
mod view;

pub use holder::Holder;
pub use identity::Identity;
pub(crate) use part::Part;
pub use rule::{Basis, Outcome, Period, Rule, RuleResult};
pub use view::View;

use crate::der::oids;
use crate::finding::Level;
use crate::x509::certificate::Certificate;

/// Which rules are asked (63-FZ art. 17, EN 319 412-2 §4, RFC 5280 §4).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Set {
    /// Of Russian qualified certificates: RFC 5280, 63-FZ, FSB order 795.
    Russian,
    /// Of qualified certificates of the European Union: RFC 5280, EN 319 412-2 and -5.
    European,
    /// RFC 5280 alone.
    Internet,
}

/// When FSB order 31 is in force: rows of the profile and of [`crate::validate::qualified::dates`] rest on it.
pub(crate) const ORDER_31: Period = rules::ORDER_31;

impl Set {
    /// The name used in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Russian => "ru-qualified",
            Self::European => "eu-qualified",
            Self::Internet => "rfc5280",
        }
    }

    /// The set a certificate asks for itself: by the tools that FSB order 795 names, or by its statements of
    /// EN 319 412-5.
    #[must_use]
    pub fn of(certificate: &Certificate) -> Self {
        let has = |id| certificate.extensions.find(id).is_some();
        if has(oids::SUBJECT_SIGN_TOOL) || has(oids::ISSUER_SIGN_TOOL) {
            Self::Russian
        } else if has(oids::QC_STATEMENTS) {
            Self::European
        } else {
            Self::Internet
        }
    }

    /// The sources of rules of its own; those of RFC 5280 are asked in every set.
    const fn sources(self) -> &'static [&'static [Rule]] {
        match self {
            Self::Russian => rules::RUSSIAN,
            Self::European => rules::EUROPEAN,
            Self::Internet => &[],
        }
    }

    /// Its rules, in the order of reports.
    pub fn rules(self) -> impl Iterator<Item = &'static Rule> {
        let sources = rules::RFC_5280.iter().chain(self.sources());
        sources.flat_map(|source| source.iter())
    }
}

/// Every rule once, by source (63-FZ art. 17, FSB order 795, RFC 5280 §4, EN 319 412-2).
pub fn all() -> impl Iterator<Item = &'static Rule> {
    let sources = rules::RFC_5280.iter().chain(rules::RUSSIAN);
    let sources = sources.chain(rules::EUROPEAN);
    sources.flat_map(|source| source.iter())
}

/// What the rules of level warn and fail say that a certificate breaks (63-FZ art. 17, EN 319 412-2 §4, RFC 5280 §4).
///
/// # Limits
/// As for [`report`].
#[must_use]
pub fn broken(certificate: &Certificate, set: Set) -> Vec<RuleResult> {
    let view = View::new(certificate);
    let matter = set.rules().filter(|rule| rule.level > Level::Info);
    let seen = matter.map(|rule| (rule, rule.judge(&view)));
    let broken = seen.filter(|(_, seen)| seen.outcome == Outcome::Fail);
    broken.map(|(rule, seen)| seen.into_result(rule)).collect()
}

/// What each rule of a set says of a certificate (63-FZ art. 17, EN 319 412-2 §4, RFC 5280 §4), in the order of the
/// set.
///
/// # Limits
/// Extensions that no other step decodes are read under limits of their own; one that reaches them counts as
/// malformed. Otherwise the work is a multiple of the size of the certificate, which was read under a budget.
#[must_use]
pub fn report(certificate: &Certificate, set: Set) -> Vec<RuleResult> {
    let view = View::new(certificate);
    let rules = set.rules();
    rules
        .map(|rule| rule.judge(&view).into_result(rule))
        .collect()
}
