//! Signed objects: what was signed, how, and the signature (RFC 5280 §4.1.1).

use crate::alg::digest::Digest;
use crate::alg::identifier::{AlgorithmIdentifier, Unresolved, resolve_signature};
use crate::alg::keyring::Verification;
use crate::alg::signature::{Flaw, KeyRejected, Message, NotVerified, SignatureId};
use crate::alg::spki::SubjectPublicKeyInfo;
use crate::alg::verified::{Statement, VerifiedOnce};
use crate::base::error::{Disagreement, Error};
use crate::base::limits::Budget;
use crate::der::octets::Octets;

/// The signed part of a certificate or CRL (RFC 5280 §4.1.1).
#[derive(Clone, Debug)]
pub struct Signed {
    /// The octets that were signed.
    pub octets: Octets,
    /// The `signatureAlgorithm` field.
    pub algorithm: AlgorithmIdentifier,
    /// The signature value.
    pub signature: Octets,
}

/// Why the signature of a certificate or CRL does not count (RFC 5280 §6.1.3 (a)(1)).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum SignedRejected {
    /// The identifiers name no algorithm that is known, or contradict each other.
    Unresolved(Unresolved),
    /// The back end does not offer the algorithm.
    NotOffered(SignatureId),
    /// The issuer's key is not usable.
    Key(KeyRejected),
    /// The signature does not verify.
    BadSignature,
    /// The equation of the signature holds, and it does not count all the same.
    Flawed(Flaw),
}

impl SignedRejected {
    /// The word used in findings (RFC 5280 §6.1.3 (a)(1)).
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Unresolved(Unresolved::Unknown(_)) => "algorithm-unknown",
            Self::Unresolved(_) => "algorithms-contradict",
            Self::NotOffered(_) => "algorithm-not-offered",
            Self::Key(reason) => reason.word(),
            Self::BadSignature => "bad signature",
            Self::Flawed(flaw) => flaw.word(),
        }
    }
}

/// To compare more octets than this costs as much as a check of a signature.
const FREE_TO_COMPARE: usize = 64 << 10;

impl Signed {
    /// What the signature states if it is one by this key (RFC 5280 §4.1.1.3).
    #[must_use]
    pub const fn statement<'a>(&'a self, key: &'a SubjectPublicKeyInfo) -> Statement<'a> {
        Statement {
            signed: &self.octets,
            algorithm: &self.algorithm.octets,
            signature: &self.signature,
            key: &key.octets,
        }
    }

    /// Verifies the signature with a key, unless it is known to verify (RFC 5280 §6.1.3 (a)(1)).
    ///
    /// # Errors
    /// The limit on signature checks; two implementations disagree.
    ///
    /// # Limits
    /// One signature check; none for a known signature, unless over 64 KiB had to be compared to know it again.
    pub fn verify<'a>(
        &self,
        key: &SubjectPublicKeyInfo,
        verification: impl Into<Verification<'a>>,
        budget: &mut Budget,
    ) -> Result<Result<SignatureId, SignedRejected>, Error> {
        self.verify_once(None, key, verification.into(), budget)
    }

    /// The same; what verifies is kept in `once`, and found there without arithmetic. It spends as much as if it were
    /// not.
    pub(super) fn verify_once(
        &self,
        once: Option<&VerifiedOnce>,
        key: &SubjectPublicKeyInfo,
        verification: Verification<'_>,
        budget: &mut Budget,
    ) -> Result<Result<SignatureId, SignedRejected>, Error> {
        let statement = self.statement(key);
        if let Some(known) = verification.known(statement) {
            if known.compared > FREE_TO_COMPARE {
                budget.spend_signature_check()?;
            }
            budget.count_known_signature();
            return Ok(Ok(known.id));
        }
        budget.spend_signature_check()?;
        let algorithms = verification.algorithms();
        if let Some(id) = once.and_then(|once| once.find(statement, algorithms)) {
            return Ok(Ok(id));
        }
        let message = |_| Some(Message::Octets(&self.octets));
        let verdict = self.verify_message(message, key, verification)?;
        if let (Some(once), Ok(id)) = (once, verdict) {
            once.keep(statement, id, algorithms);
        }
        Ok(verdict)
    }

    /// Verifies the signature of an object whose octets passed by, by their digest.
    pub(super) fn verify_digest(
        &self,
        digest: Option<&Digest>,
        key: &SubjectPublicKeyInfo,
        verification: Verification<'_>,
        budget: &mut Budget,
    ) -> Result<Result<SignatureId, SignedRejected>, Error> {
        budget.spend_signature_check()?;
        let message = |id: SignatureId| {
            let digest = digest.filter(|digest| digest.algorithm == id.digest);
            digest.map(|digest| Message::Digest(&digest.value))
        };
        Ok(self.verify_message(message, key, verification)?)
    }

    /// `message` is what was signed by an algorithm, if it can be had for that.
    fn verify_message<'m>(
        &self,
        message: impl FnOnce(SignatureId) -> Option<Message<'m>>,
        key: &SubjectPublicKeyInfo,
        verification: Verification<'_>,
    ) -> Result<Result<SignatureId, SignedRejected>, Disagreement> {
        let id = match resolve_signature(&self.algorithm, None, &key.algorithm) {
            Ok(id) => id,
            Err(why) => return Ok(Err(SignedRejected::Unresolved(why))),
        };
        let offered = message(id).zip(verification.key(id, key));
        let Some((message, prepared)) = offered else {
            return Ok(Err(SignedRejected::NotOffered(id)));
        };
        let key = match id.prepared(prepared)? {
            Ok(key) => key,
            Err(why) => return Ok(Err(SignedRejected::Key(why))),
        };
        let result = self.algorithm.verify(key.key(), message, &self.signature);
        if let Err(NotVerified::Flawed(flaw)) = result {
            return Ok(Err(SignedRejected::Flawed(flaw)));
        }
        Ok(if id.verified(result)? {
            Ok(id)
        } else {
            Err(SignedRejected::BadSignature)
        })
    }
}
