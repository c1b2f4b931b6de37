//! Which certificate belongs to which caller.

use std::{collections::HashMap, sync::Arc};

use sha2::{Digest as _, Sha256};
use sig_core::{
    base::limits::{Budget, Limits},
    der::octets::Octets,
    x509::certificate::Certificate,
};

use crate::domain::caller::{Caller, Role};

/// How a caller's certificate is recognised.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Mark {
    /// SHA-256 of the certificate.
    Fingerprint([u8; 32]),
    /// Its subject (RFC 4514), as `verifierd inspect` shows it: also of the certificate that replaces it.
    Subject(String),
}

/// The callers of the configuration.
#[derive(Clone, Debug, Default)]
pub struct Callers(Arc<HashMap<Mark, (Arc<str>, Role)>>);

impl Callers {
    /// Each with its name.
    pub fn new(callers: impl IntoIterator<Item = (Mark, String, Role)>) -> Self {
        let known = callers.into_iter();
        let known = known.map(|(mark, name, role)| (mark, (Arc::from(name), role)));
        Self(Arc::new(known.collect()))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whose certificate this is; that an authority of callers issued it was found out before.
    pub fn caller(&self, certificate: &[u8]) -> Caller {
        let fingerprint = Mark::Fingerprint(Sha256::digest(certificate).into());
        let by_subject = || self.0.get(&Mark::Subject(subject(certificate)?));
        match self.0.get(&fingerprint).or_else(by_subject) {
            Some((name, role)) => Caller::Known {
                name: Arc::clone(name),
                role: *role,
            },
            None => Caller::Stranger,
        }
    }
}

fn subject(certificate: &[u8]) -> Option<String> {
    Some(read(certificate)?.subject_text().to_owned())
}

/// A certificate of TLS, on either side.
pub(super) fn read(certificate: &[u8]) -> Option<Certificate> {
    let mut budget = Budget::new(Limits::STANDARD);
    Certificate::from_der(&Octets::from(certificate), &mut budget).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn citizen() -> Vec<u8> {
        let pki = testdata::pki::named("ru-demo").unwrap();
        pki.certificate("citizen").unwrap().der.clone()
    }

    fn with(mark: Mark) -> Callers {
        Callers::new([(mark, "a".to_owned(), Role::Desk)])
    }

    #[test]
    fn a_caller_is_known_by_fingerprint_or_subject() {
        let certificate = citizen();
        let known = Caller::Known {
            name: "a".into(),
            role: Role::Desk,
        };
        let fingerprint: [u8; 32] = Sha256::digest(&certificate).into();
        let subject = subject(&certificate).unwrap();
        for mark in [
            Mark::Fingerprint(fingerprint),
            Mark::Subject(subject.clone()),
        ] {
            assert_eq!(with(mark).caller(&certificate), known);
        }
        let mut other = fingerprint;
        other[31] ^= 1;
        for mark in [
            Mark::Fingerprint(other),
            Mark::Subject(subject.to_uppercase()),
            Mark::Subject(format!("{subject},C=RU")),
            Mark::Subject(String::new()),
        ] {
            assert_eq!(with(mark).caller(&certificate), Caller::Stranger);
        }
    }

    #[test]
    fn what_cannot_be_read_is_a_strangers() {
        let callers = with(Mark::Subject(String::new()));
        for certificate in [&b""[..], b"\x30\x00", b"abc"] {
            assert_eq!(callers.caller(certificate), Caller::Stranger);
        }
    }
}
