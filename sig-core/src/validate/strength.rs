//! Strength of what was used, in the words of findings.

use crate::alg::digest::DigestId;
use crate::alg::identifier::resolve_signature;
use crate::alg::signature::SignatureId;
use crate::alg::spki::SubjectPublicKeyInfo;
use crate::alg::strength::{KeyDescription, Moments, Strength, describe_key};
use crate::base::time::UnixTime;
use crate::der::oids;
use crate::finding::code::crypto as codes;
use crate::finding::{Code, Finding, Subject};
use crate::x509::certificate::Certificate;
use crate::x509::signed::Signed;

use super::policy::Policy;

/// What is not acceptable, and why.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Weakness {
    /// Its name.
    pub(super) algorithm: String,
    why: Why,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Why {
    /// A row is about it, for another time.
    OutOfTime,
    /// No row is about it.
    Unlisted,
    /// Parameters of published examples, whose private keys are known.
    TestParameters,
}

impl Weakness {
    /// About a signature.
    pub(super) fn of_signature(self, about: Subject, at: UnixTime) -> Finding {
        let code = match self.why {
            Why::OutOfTime => &codes::ALGORITHM_NOT_ACCEPTABLE,
            Why::Unlisted => &codes::ALGORITHM_UNLISTED,
            Why::TestParameters => &codes::TEST_PARAMETERS,
        };
        self.finding(code, about, at)
    }

    /// About a certificate or CRL of a path.
    pub(super) fn in_path(self, about: Subject, at: UnixTime) -> Finding {
        let code = match self.why {
            Why::OutOfTime => &codes::CHAIN_ALGORITHM_NOT_ACCEPTABLE,
            Why::Unlisted => &codes::CHAIN_ALGORITHM_UNLISTED,
            Why::TestParameters => &codes::CHAIN_TEST_PARAMETERS,
        };
        self.finding(code, about, at)
    }

    /// About a reference to a certificate.
    pub(super) fn of_reference(self, about: Subject, at: UnixTime) -> Finding {
        let code = match self.why {
            Why::OutOfTime => &codes::REFERENCE_DIGEST_NOT_ACCEPTABLE,
            Why::Unlisted | Why::TestParameters => &codes::ALGORITHM_UNLISTED,
        };
        self.finding(code, about, at)
    }

    fn finding(self, code: &'static Code, about: Subject, at: UnixTime) -> Finding {
        let finding = Finding::new(code, about).with_word("algorithm", self.algorithm);
        match self.why {
            Why::OutOfTime => finding.with_time("at", at),
            Why::Unlisted | Why::TestParameters => finding,
        }
    }

    fn of(strength: Strength, name: impl FnOnce() -> String) -> Option<Self> {
        let why = match strength {
            Strength::Acceptable => return None,
            Strength::NotAcceptableBefore(_) | Strength::NotAcceptableSince(_) => Why::OutOfTime,
            Strength::Unknown => Why::Unlisted,
        };
        Some(Self {
            algorithm: name(),
            why,
        })
    }
}

/// What is not acceptable in a signature by a key, if anything is: the key before the digest.
pub(super) fn weak_signature(
    id: SignatureId,
    key: &SubjectPublicKeyInfo,
    policy: &Policy,
    when: Moments,
) -> Option<Weakness> {
    let key = describe_key(key);
    weak_parameters(&key, policy)
        .or_else(|| {
            let strength = policy.strength.signature(&key, id.scheme, when);
            Weakness::of(strength, || key.to_string())
        })
        .or_else(|| weak_digest(id.digest, policy, when))
}

pub(super) fn weak_digest(digest: DigestId, policy: &Policy, when: Moments) -> Option<Weakness> {
    Weakness::of(policy.strength.digest(digest, when), || {
        digest.name().to_owned()
    })
}

/// What is not acceptable in the signature of a certificate or in the key it certifies.
pub(super) fn weak_certificate(
    certificate: &Certificate,
    issuer: &Certificate,
    policy: &Policy,
    when: Moments,
) -> Option<Weakness> {
    weak_signed(&certificate.signed, issuer, policy, when)
        .or_else(|| weak_key(&certificate.spki, policy, when))
}

/// What is not acceptable in the signature of a certificate or CRL that verified with its issuer's key.
pub(super) fn weak_signed(
    signed: &Signed,
    issuer: &Certificate,
    policy: &Policy,
    when: Moments,
) -> Option<Weakness> {
    match resolve_signature(&signed.algorithm, None, &issuer.spki.algorithm) {
        Ok(id) => weak_signature(id, &issuer.spki, policy, when),
        // What verified was resolved, so this does not happen; if it did, nothing is known about it.
        Err(_) => Some(Weakness {
            algorithm: oids::name(&signed.algorithm.algorithm),
            why: Why::Unlisted,
        }),
    }
}

pub(super) fn key_name(key: &SubjectPublicKeyInfo) -> String {
    describe_key(key).to_string()
}

fn weak_key(key: &SubjectPublicKeyInfo, policy: &Policy, when: Moments) -> Option<Weakness> {
    let key = describe_key(key);
    weak_parameters(&key, policy)
        .or_else(|| Weakness::of(policy.strength.key(&key, when), || key.to_string()))
}

fn weak_parameters(key: &KeyDescription, policy: &Policy) -> Option<Weakness> {
    (key.test_only && !policy.is_for_testing()).then(|| Weakness {
        algorithm: key.to_string(),
        why: Why::TestParameters,
    })
}
