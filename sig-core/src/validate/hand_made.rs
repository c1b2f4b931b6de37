//! Paths, validation data and proofs of existence put together by hand, for the tests of the past alone.

use std::sync::Arc;

use crate::alg::provider::RUSTCRYPTO;
use crate::base::limits::{Budget, Limits};
use crate::base::time::UnixTime;
use crate::finding::Subject;
use crate::path::build::CertificationPath;
use crate::path::validate::subject;
use crate::trust::poe::ProofsOfExistence;
use crate::x509::certificate::Certificate;

use super::Validator;
use super::evidence::Material;
use super::policy::Policy;

/// The time of checking.
pub(super) const AT: &str = "2026-11-21T12:00:00Z";

pub(super) fn time(text: &str) -> UnixTime {
    UnixTime::parse_rfc3339(text).unwrap()
}

/// A PKI of the test data, what is at hand of it, and what is proven.
pub(super) struct HandMade {
    pki: &'static testdata::Pki,
    pub(super) validator: Validator,
    pub(super) material: Material,
    pub(super) proofs: ProofsOfExistence,
}

impl HandMade {
    /// By ids of certificates and CRLs; every certificate is proven to be older than anything else.
    pub(super) fn of(pki: &str, anchors: &[&str], certificates: &[&str], crls: &[&str]) -> Self {
        let limits = Limits::STANDARD;
        let mut made = Self {
            pki: testdata::pki::named(pki).unwrap(),
            validator: Validator {
                algorithms: &RUSTCRYPTO,
                policy: Policy::builtin("etsi-ades").unwrap(),
                limits,
            },
            material: Material::default(),
            proofs: ProofsOfExistence::default(),
        };
        for id in anchors {
            made.material.anchors.push(made.certificate(id));
        }
        for id in certificates {
            let certificate = made.certificate(id);
            let about = subject(&certificate);
            made.proofs.add(about, time("2016-06-01T00:00:00Z"));
            made.material.certificates.push(certificate);
        }
        for id in crls {
            let crl = made.pki.crl(id).unwrap();
            made.material.add(crl, &limits).unwrap();
        }
        made
    }

    /// With a CRL, or any of them, proven to exist at a time.
    pub(super) fn proven(mut self, crl: &str, at: &str) -> Self {
        let about = self.crl(crl);
        self.proofs.add(about, time(at));
        self
    }

    /// With an end of the trust in an anchor.
    pub(super) fn sunset(mut self, anchor: &str, end: &str) -> Self {
        let anchor = self.certificate(anchor).sha256();
        self.material.sunsets.push((anchor, time(end)));
        self
    }

    /// With a line of the policy in another form.
    pub(super) fn under(mut self, line: &str, other: &str) -> Self {
        let text = self.validator.policy.text();
        assert!(text.contains(line), "{line}");
        self.validator.policy = Policy::read(&text.replace(line, other)).unwrap();
        self
    }

    pub(super) fn certificate(&self, id: &str) -> Arc<Certificate> {
        let der = self.pki.certificate(id).unwrap().der.clone();
        let read = Certificate::from_der(&der.into(), &mut budget());
        Arc::new(read.unwrap())
    }

    pub(super) fn crl(&self, id: &str) -> Subject {
        let octets = self.pki.crl(id).unwrap();
        Subject::Crl(crate::x509::certificate::sha256_hex(octets))
    }

    /// A path by ids, the end entity first, the anchor last.
    pub(super) fn path(&self, ids: &[&str]) -> CertificationPath {
        let (anchor, others) = ids.split_last().unwrap();
        CertificationPath {
            certificates: others.iter().map(|id| self.certificate(id)).collect(),
            anchor: self.certificate(anchor),
        }
    }
}

pub(super) fn budget() -> Budget {
    Budget::new(Limits::STANDARD)
}
