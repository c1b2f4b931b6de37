//! What is said of OCSP responses in a path (RFC 6960, EN 319 102-1 §5.2.6.4).

use crate::finding::Finding;
use crate::finding::code::ocsp as codes;
use crate::path::build::CertificationPath;
use crate::path::validate::subject;
use crate::report::NotChecked;
use crate::trust::revocation::ocsp::{NEVER_ISSUED, ResponderRule, UNKNOWN};
use crate::trust::revocation::{Rejected, Source};
use crate::x509::certificate::Certificate;
use crate::x509::ocsp::OcspResponse;

use super::evidence::Material;
use super::policy::RevocationRule;
use super::strength::Judge;

/// A responder is asked for as the certificates of the path are.
pub(super) const fn responder_rule(rule: RevocationRule) -> ResponderRule {
    match rule {
        RevocationRule::Required => ResponderRule::Required,
        RevocationRule::WhenAvailable | RevocationRule::Off => ResponderRule::WhenAvailable,
    }
}

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

/// What is said of a response that counts, beside the strength of its own signature: leniencies, and the strength
/// of the certificate of a responder that is not on the path (EN 319 102-1 §5.2.6.4 step 6).
pub(super) fn of_source(
    source: &Source,
    response: &OcspResponse,
    path: &CertificationPath,
    judge: Judge<'_>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for deviation in response
        .basic()
        .into_iter()
        .flat_map(|basic| basic.all_deviations())
    {
        findings.push(
            Finding::new(&codes::LENIENCY, source.subject.clone())
                .with_word("deviation", deviation.kind.word())
                .with_count("offset", deviation.offset as u64),
        );
    }
    let delegate = source.signer.certificates.first();
    let on_path = |signer: &Certificate| {
        path.certificates
            .iter()
            .any(|known| known.octets == signer.octets)
    };
    if let Some(delegate) = delegate.filter(|delegate| !on_path(delegate)) {
        let issuer = source.signer.issuer_of(0);
        if let Some(weak) = judge.certificate(delegate, issuer) {
            findings.push(weak.in_path(subject(delegate), judge.when.created));
        }
    }
    findings
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
