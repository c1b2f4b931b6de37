//! Strength of what was used, in the words of findings.

use crate::alg::digest::DigestId;
use crate::alg::identifier::{AlgorithmIdentifier, resolve_signature};
use crate::alg::signature::SignatureId;
use crate::alg::spki::SubjectPublicKeyInfo;
use crate::alg::strength::{KeyDescription, Moments, Strength};
use crate::base::time::UnixTime;
use crate::der::oids;
use crate::finding::code::crypto as codes;
use crate::finding::{Code, Finding, Subject};
use crate::x509::certificate::Certificate;
use crate::x509::signed::Signed;

use super::policy::{Policy, SaltRule};

/// What is not acceptable, and why.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Weakness {
    /// Its name.
    pub(super) algorithm: String,
    why: Why,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Why {
    /// A row is about it, for another time: one that ended then, where it ended.
    OutOfTime(Option<UnixTime>),
    /// No row is about it.
    Unlisted,
    /// Parameters of published examples, whose private keys are known.
    TestParameters,
    /// RSASSA-PSS with this many octets of salt.
    Salt(usize),
}

impl Weakness {
    /// Whether it is listed, for another time.
    pub(super) const fn is_out_of_time(&self) -> bool {
        matches!(self.why, Why::OutOfTime(_))
    }

    /// The first instant at which it was no longer acceptable, when it was before.
    pub(super) const fn ended(&self) -> Option<UnixTime> {
        match self.why {
            Why::OutOfTime(ended) => ended,
            Why::Unlisted | Why::TestParameters | Why::Salt(_) => None,
        }
    }

    /// About a signature.
    pub(super) fn of_signature(self, about: Subject, at: UnixTime) -> Finding {
        let code = match self.why {
            Why::OutOfTime(_) => &codes::ALGORITHM_NOT_ACCEPTABLE,
            Why::Unlisted => &codes::ALGORITHM_UNLISTED,
            Why::TestParameters => &codes::TEST_PARAMETERS,
            Why::Salt(_) => &codes::PSS_SALT,
        };
        self.finding(code, about, at)
    }

    /// About a certificate or CRL of a path.
    pub(super) fn in_path(self, about: Subject, at: UnixTime) -> Finding {
        let code = match self.why {
            Why::OutOfTime(_) => &codes::CHAIN_ALGORITHM_NOT_ACCEPTABLE,
            Why::Unlisted => &codes::CHAIN_ALGORITHM_UNLISTED,
            Why::TestParameters => &codes::CHAIN_TEST_PARAMETERS,
            Why::Salt(_) => &codes::CHAIN_PSS_SALT,
        };
        self.finding(code, about, at)
    }

    /// About a reference to a certificate.
    pub(super) fn of_reference(self, about: Subject, at: UnixTime) -> Finding {
        let code = match self.why {
            Why::OutOfTime(_) => &codes::REFERENCE_DIGEST_NOT_ACCEPTABLE,
            Why::Unlisted | Why::TestParameters | Why::Salt(_) => &codes::ALGORITHM_UNLISTED,
        };
        self.finding(code, about, at)
    }

    fn finding(self, code: &'static Code, about: Subject, at: UnixTime) -> Finding {
        let finding = Finding::new(code, about).with_word("algorithm", self.algorithm);
        match self.why {
            Why::OutOfTime(_) => finding.with_time("at", at),
            Why::Salt(octets) => finding.with_count("salt", octets as u64),
            Why::Unlisted | Why::TestParameters => finding,
        }
    }

    fn of(strength: Strength, name: impl FnOnce() -> String) -> Option<Self> {
        let why = match strength {
            Strength::Acceptable => return None,
            Strength::NotAcceptableBefore(_) => Why::OutOfTime(None),
            Strength::NotAcceptableSince(end) => Why::OutOfTime(Some(end)),
            Strength::Unknown => Why::Unlisted,
        };
        Some(Self {
            algorithm: name(),
            why,
        })
    }
}

/// By what and for which times strength is judged.
#[derive(Clone, Copy, Debug)]
pub(super) struct Judge<'a> {
    pub(super) policy: &'a Policy,
    pub(super) when: Moments,
}

impl Judge<'_> {
    /// What is not acceptable in a signature by a key, if anything is: the key before the digest before the salt.
    pub(super) fn signature(
        self,
        id: SignatureId,
        identifier: &AlgorithmIdentifier,
        key: &SubjectPublicKeyInfo,
    ) -> Option<Weakness> {
        let key = key.description();
        self.test_parameters(key)
            .or_else(|| {
                let strength = self.policy.strength.signature(key, id.scheme, self.when);
                Weakness::of(strength, || key.to_string())
            })
            .or_else(|| self.digest(id.digest))
            .or_else(|| self.salt(id, identifier))
    }

    pub(super) fn digest(self, digest: DigestId) -> Option<Weakness> {
        Weakness::of(self.policy.strength.digest(digest, self.when), || {
            digest.name().to_owned()
        })
    }

    /// What is not acceptable in the signature of a certificate or in the key it certifies.
    pub(super) fn certificate(
        self,
        certificate: &Certificate,
        issuer: &Certificate,
    ) -> Option<Weakness> {
        self.signed(&certificate.signed, issuer)
            .or_else(|| self.key(&certificate.spki))
    }

    /// What is not acceptable in the signature of a certificate or CRL that verified with its issuer's key.
    pub(super) fn signed(self, signed: &Signed, issuer: &Certificate) -> Option<Weakness> {
        match resolve_signature(&signed.algorithm, None, &issuer.spki.algorithm) {
            Ok(id) => self.signature(id, &signed.algorithm, &issuer.spki),
            // What verified was resolved, so this does not happen; if it did, nothing is known about it.
            Err(_) => Some(Weakness {
                algorithm: oids::name(&signed.algorithm.algorithm),
                why: Why::Unlisted,
            }),
        }
    }

    fn key(self, key: &SubjectPublicKeyInfo) -> Option<Weakness> {
        let key = key.description();
        self.test_parameters(key)
            .or_else(|| Weakness::of(self.policy.strength.key(key, self.when), || key.to_string()))
    }

    fn test_parameters(self, key: &KeyDescription) -> Option<Weakness> {
        (key.test_only && !self.policy.is_for_testing()).then(|| Weakness {
            algorithm: key.to_string(),
            why: Why::TestParameters,
        })
    }

    fn salt(self, id: SignatureId, identifier: &AlgorithmIdentifier) -> Option<Weakness> {
        let salt = identifier.pss_salt()?;
        let taken = match self.policy.pss_salt {
            SaltRule::DigestLength => salt == id.digest.size(),
            SaltRule::AtMost(octets) => salt <= usize::from(octets),
        };
        (!taken).then(|| Weakness {
            algorithm: id.to_string(),
            why: Why::Salt(salt),
        })
    }
}

pub(super) fn key_name(key: &SubjectPublicKeyInfo) -> String {
    key.description().to_string()
}
