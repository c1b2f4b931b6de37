//! Rules for those who issue (RFC 5280 §4.1, §4.2), which §6.1 does not check: looked at on demand.
//!
//! Only rules stand here that no accredited authority breaks and no agreed test material either: key
//! identifiers, for one, are often absent, and nothing hangs on them.

use crate::der::oid::Oid;
use crate::der::oids;
use crate::finding::Finding;
use crate::finding::code::path as codes;
use crate::x509::certificate::{Certificate, significant};

use super::{State, subject};

/// What is said of a rule, and whether a certificate breaks it.
type Rule = (&'static str, fn(&Certificate) -> bool);

/// Rules that an anchor must keep too: its extensions are meant for those who read it.
const CRITICALITY: [Rule; 2] = [
    (
        "§4.2.1.1: authorityKeyIdentifier not critical",
        |certificate| is_critical(certificate, oids::AUTHORITY_KEY_IDENTIFIER),
    ),
    (
        "§4.2.1.2: subjectKeyIdentifier not critical",
        |certificate| is_critical(certificate, oids::SUBJECT_KEY_IDENTIFIER),
    ),
];

const RULES: [Rule; 5] = [
    ("§4.1.2.2: serialNumber > 0", |certificate| {
        let serial = significant(&certificate.serial);
        serial == [0] || serial.first().is_some_and(|octet| *octet >= 0x80)
    }),
    ("§4.1.2.2: serialNumber <= 20 octets", |certificate| {
        significant(&certificate.serial).len() > 20
    }),
    ("§4.2.1.3: keyCertSign of authorities only", |certificate| {
        let usage = certificate.extensions.key_usage;
        usage.is_some_and(|usage| usage.key_cert_sign()) && !is_authority(certificate)
    }),
    (
        "§4.2.1.6: subjectAltName critical without subject",
        |certificate| {
            certificate.subject.is_empty() && !is_critical(certificate, oids::SUBJECT_ALT_NAME)
        },
    ),
    (
        "§4.2.1.10: nameConstraints of authorities only",
        |certificate| {
            certificate.extensions.name_constraints.is_some() && !is_authority(certificate)
        },
    ),
];

impl State<'_> {
    pub(super) fn check_profile(&mut self, certificate: &Certificate) {
        self.check_rules(&CRITICALITY, certificate);
        self.check_rules(&RULES, certificate);
    }

    pub(super) fn check_anchor_profile(&mut self, anchor: &Certificate) {
        self.check_rules(&CRITICALITY, anchor);
    }

    fn check_rules(&mut self, rules: &[Rule], certificate: &Certificate) {
        for (rule, is_broken) in rules {
            if is_broken(certificate) {
                let finding = Finding::new(&codes::PROFILE, subject(certificate));
                self.add(finding.with_word("rule", *rule));
            }
        }
    }
}

fn is_critical(certificate: &Certificate, id: Oid) -> bool {
    let extension = certificate.extensions.find(id);
    extension.is_some_and(|extension| extension.critical)
}

/// A certificate of version 1 or 2 cannot say so.
fn is_authority(certificate: &Certificate) -> bool {
    let constraints = certificate.extensions.basic_constraints;
    certificate.version < 3 || constraints.is_some_and(|constraints| constraints.ca)
}
