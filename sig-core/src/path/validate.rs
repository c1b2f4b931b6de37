//! Checking a path (RFC 5280 §6.1): one function a lettered step.

use crate::base::time::UnixTime;
use crate::der::oid::Oid;
use crate::der::oids;
use crate::finding::code::{certificate as certificate_codes, path as codes};
use crate::finding::{Finding, Subject};
use crate::x509::certificate::Certificate;

use super::build::CertificationPath;

/// When each part of a path must be valid (EN 319 102-1 §5.2.6, validation models).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ValidityTimes {
    /// The time for the certificates of authorities.
    pub authorities: UnixTime,
}

/// Checks everything of RFC 5280 §6.1.3 to §6.1.5 but the signatures, which the builder verified, the
/// validity of the end entity, which EN 319 102-1 §5.2.6.4 step 7 judges last, and revocation.
///
/// Findings are in path order, the certificate below the anchor first.
#[must_use]
pub fn check(path: &CertificationPath, times: ValidityTimes) -> Vec<Finding> {
    let mut state = State {
        findings: Vec::new(),
        max_path_length: None,
    };
    for (place, certificate) in path.certificates.iter().enumerate().rev() {
        state.check_structure(certificate);
        state.check_name_chaining(certificate, path.issuer_of(place));
        state.check_critical_extensions(certificate);
        state.check_unsupported_constraints(certificate);
        if place > 0 {
            state.check_validity(certificate, times.authorities);
            state.check_basic_constraints(certificate);
            state.check_key_usage(certificate);
        }
    }
    if !path.certificates.is_empty() {
        state.check_anchor(&path.anchor);
    }
    state.findings
}

/// The subject of findings about a certificate (RFC 5280 §6.1).
#[must_use]
pub fn subject(certificate: &Certificate) -> Subject {
    Subject::Certificate(certificate.sha256())
}

/// State variables of RFC 5280 §6.1.2.
struct State {
    findings: Vec<Finding>,
    /// Intermediate certificates that may still follow; unbounded at first, since the anchor sets no bound.
    max_path_length: Option<u32>,
}

impl State {
    fn add(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Encodings that make a certificate unusable, RFC 5280 §4.1.1.2 and §4.2.
    fn check_structure(&mut self, certificate: &Certificate) {
        let about = || subject(certificate);
        if certificate.tbs_signature.octets != certificate.signed.algorithm.octets {
            self.add(Finding::new(&codes::ALGORITHMS_DIFFER, about()));
        }
        for id in &certificate.extensions.duplicates {
            self.add(Finding::new(&codes::DUPLICATE_EXTENSION, about()).with_oid("extension", *id));
        }
        for id in &certificate.extensions.malformed {
            self.add(Finding::new(&codes::EXTENSION_MALFORMED, about()).with_oid("extension", *id));
        }
        for deviation in &certificate.extensions.deviations {
            self.add(
                Finding::new(&certificate_codes::LENIENCY, about())
                    .with_word("deviation", deviation.kind.word())
                    .with_count("offset", deviation.offset as u64),
            );
        }
    }

    /// An anchor needs no extensions (§6.1.1 (d)), but one that says it is no authority is not made one by
    /// trusting it: a person's certificate pinned as an anchor must not issue others.
    fn check_anchor(&mut self, anchor: &Certificate) {
        if anchor
            .extensions
            .basic_constraints
            .is_some_and(|constraints| !constraints.ca)
        {
            self.add(Finding::new(&codes::NOT_A_CA, subject(anchor)));
        }
    }

    /// §6.1.3 (a)(2), for authorities.
    fn check_validity(&mut self, certificate: &Certificate, at: UnixTime) {
        if at < certificate.not_before {
            self.add(
                Finding::new(&codes::CA_NOT_YET_VALID, subject(certificate))
                    .with_time("not_before", certificate.not_before)
                    .with_time("at", at),
            );
        }
        if at > certificate.not_after {
            self.add(
                Finding::new(&codes::CA_EXPIRED, subject(certificate))
                    .with_time("not_after", certificate.not_after)
                    .with_time("at", at),
            );
        }
    }

    /// §6.1.3 (a)(4). The builder compares prepared names; here both are known to be equal in that sense,
    /// so what is left is an empty issuer name (§4.1.2.4).
    fn check_name_chaining(&mut self, certificate: &Certificate, issuer: &Certificate) {
        if certificate.issuer.is_empty() || issuer.subject.is_empty() {
            self.add(Finding::new(&codes::NAME_CHAINING, subject(certificate)));
        }
    }

    /// §6.1.4 (a) to (j): constraints that are not processed stop the path instead of being ignored.
    fn check_unsupported_constraints(&mut self, certificate: &Certificate) {
        const CONSTRAINTS: [Oid; 4] = [
            oids::NAME_CONSTRAINTS,
            oids::POLICY_MAPPINGS,
            oids::POLICY_CONSTRAINTS,
            oids::INHIBIT_ANY_POLICY,
        ];
        for id in CONSTRAINTS {
            if certificate.extensions.find(id).is_some() {
                let finding = Finding::new(&codes::CONSTRAINT_UNSUPPORTED, subject(certificate));
                self.add(finding.with_oid("extension", id));
            }
        }
    }

    /// §6.1.4 (k), (l), (m).
    fn check_basic_constraints(&mut self, certificate: &Certificate) {
        let constraints = certificate.extensions.basic_constraints;
        if !constraints.is_some_and(|constraints| constraints.ca) {
            self.add(Finding::new(&codes::NOT_A_CA, subject(certificate)));
        }
        if !certificate.is_self_issued() {
            match self.max_path_length {
                Some(0) => self.add(Finding::new(&codes::PATH_LENGTH, subject(certificate))),
                Some(left) => self.max_path_length = Some(left - 1),
                None => {}
            }
        }
        if let Some(length) = constraints.and_then(|constraints| constraints.path_length) {
            let known = self.max_path_length.unwrap_or(u32::MAX);
            self.max_path_length = Some(known.min(length));
        }
    }

    /// §6.1.4 (n).
    fn check_key_usage(&mut self, certificate: &Certificate) {
        if certificate
            .extensions
            .key_usage
            .is_some_and(|usage| !usage.key_cert_sign())
        {
            self.add(Finding::new(&codes::NO_CERT_SIGN, subject(certificate)));
        }
    }

    /// §6.1.4 (o) and §6.1.5 (f).
    fn check_critical_extensions(&mut self, certificate: &Certificate) {
        for extension in certificate
            .extensions
            .all
            .iter()
            .filter(|extension| extension.critical)
        {
            let policies = certificate.extensions.certificate_policies.as_ref();
            let unknown_qualifier = extension.id == oids::CERTIFICATE_POLICIES
                && policies.is_some_and(|policies| policies.has_unknown_qualifier);
            if unknown_qualifier || !RECOGNISED.contains(&extension.id) {
                let finding = Finding::new(&codes::CRITICAL_EXTENSION, subject(certificate));
                self.add(finding.with_oid("extension", extension.id));
            }
        }
    }
}

/// Extensions whose meaning is processed here or by the caller, or that bear no constraint on the path.
/// Constraints that are not processed stand here because they have a finding of their own.
const RECOGNISED: [Oid; 15] = [
    oids::BASIC_CONSTRAINTS,
    oids::KEY_USAGE,
    oids::EXTENDED_KEY_USAGE,
    oids::CERTIFICATE_POLICIES,
    oids::SUBJECT_ALT_NAME,
    oids::SUBJECT_KEY_IDENTIFIER,
    oids::AUTHORITY_KEY_IDENTIFIER,
    oids::CRL_DISTRIBUTION_POINTS,
    oids::NAME_CONSTRAINTS,
    oids::POLICY_MAPPINGS,
    oids::POLICY_CONSTRAINTS,
    oids::INHIBIT_ANY_POLICY,
    // FSB order 795: descriptions of the tools used; two accredited authorities mark them critical.
    oids::SUBJECT_SIGN_TOOL,
    oids::ISSUER_SIGN_TOOL,
    oids::IDENTIFICATION_KIND,
];
