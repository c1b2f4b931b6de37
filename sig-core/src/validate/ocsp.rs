//! What is said of OCSP responses in a path (RFC 6960, EN 319 102-1 §5.2.6.4).

use crate::finding::Finding;
use crate::finding::code::ocsp as codes;
use crate::report::NotChecked;
use crate::trust::revocation::ocsp::{NEVER_ISSUED, UNKNOWN};
use crate::trust::revocation::{Rejected, Source};
use crate::x509::ocsp::OcspResponse;

use super::evidence::Material;
use super::policy::RevocationRule;

/// A response that does not count.
pub(super) fn rejected(rejected: Rejected) -> Finding {
    let Rejected {
        subject, reason, ..
    } = rejected;
    match reason {
        UNKNOWN => Finding::new(&codes::UNKNOWN, subject),
        NEVER_ISSUED => Finding::new(&codes::NEVER_ISSUED, subject),
        reason => Finding::new(&codes::REJECTED, subject).with_word("reason", reason),
    }
}

/// The leniencies that a response needed to be read (EN 319 102-1 §5.2.6.4).
pub(super) fn leniencies(source: &Source, response: &OcspResponse) -> Vec<Finding> {
    let deviations = response.basic().into_iter();
    deviations
        .flat_map(|basic| basic.all_deviations())
        .map(|deviation| {
            Finding::new(&codes::LENIENCY, source.subject.clone())
                .with_word("deviation", deviation.kind.word())
                .with_count("offset", deviation.offset as u64)
        })
        .collect()
}

/// Why no OCSP response was asked, when none was (RFC 6960 §2.1).
pub(super) fn not_checked(rule: RevocationRule, material: &Material) -> Vec<NotChecked> {
    let why = match rule {
        RevocationRule::Off => "revocation-off",
        _ if material.ocsp.is_empty() => "none-offered",
        _ => return Vec::new(),
    };
    vec![NotChecked { what: "ocsp", why }]
}
