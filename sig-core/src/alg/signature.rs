//! Signature algorithms and prepared keys.

use std::fmt;

use super::digest::{DigestId, DigestsDisagree};
use super::spki::SubjectPublicKeyInfo;
use crate::base::error::{Computation, Disagreement};

pub use super::provider::SignatureScheme;

/// A scheme together with the digest it is used with.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct SignatureId {
    /// The mathematics.
    pub scheme: SignatureScheme,
    /// The digest of the message; for EdDSA that of a CMS content, by RFC 8419 §2.3.
    pub digest: DigestId,
}

impl fmt::Display for SignatureId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.scheme.name(), self.digest)
    }
}

/// What was signed.
#[derive(Clone, Copy, Debug)]
pub enum Message<'a> {
    /// The octets themselves.
    Octets(&'a [u8]),
    /// Their digest by the algorithm of the [`SignatureId`].
    Digest(&'a [u8]),
}

/// Why a public key cannot be used.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum KeyRejected {
    /// The key's algorithm is not the one asked for.
    OtherAlgorithm,
    /// The encoding of the key is broken.
    Malformed,
    /// The parameters are absent or not a named set that is known.
    UnknownParameters,
    /// The parameters are written out instead of named: whoever chose them may know how to forge.
    ExplicitParameters,
    /// The parameters do not fit the size of the key.
    ParametersMismatch,
    /// The point is not on the curve, not in its subgroup or the identity.
    InvalidPoint,
    /// Modulus or exponent outside the bounds.
    OutOfBounds,
    /// Two implementations disagree about the key: no reason against it, but the end of judging.
    BackEndsDisagree,
}

impl KeyRejected {
    /// Every reason.
    pub const ALL: [Self; 8] = [
        Self::OtherAlgorithm,
        Self::Malformed,
        Self::UnknownParameters,
        Self::ExplicitParameters,
        Self::ParametersMismatch,
        Self::InvalidPoint,
        Self::OutOfBounds,
        Self::BackEndsDisagree,
    ];

    /// The word used in findings.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::OtherAlgorithm => "other-algorithm",
            Self::Malformed => "malformed-key",
            Self::UnknownParameters => "unknown-parameters",
            Self::ExplicitParameters => "explicit-parameters",
            Self::ParametersMismatch => "parameters-mismatch",
            Self::InvalidPoint => "invalid-point",
            Self::OutOfBounds => "key-out-of-bounds",
            Self::BackEndsDisagree => "back-ends-disagree",
        }
    }
}

/// Why a signature is not known to be genuine.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum NotVerified {
    /// It does not verify. There is one reason only: which equation failed helps nobody but an attacker.
    BadSignature,
    /// The equation holds, and the signature does not count all the same.
    Flawed(Flaw),
    /// Two implementations disagree about it: no verdict, but the end of judging.
    BackEndsDisagree,
}

/// Why a signature whose equation holds does not count. It tells a document that was changed from one that was not, and
/// nothing else.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Flaw {
    /// The public exponent of the key is too low (FIPS 186-5 §5.1).
    LowExponent,
    /// The modulus of the key is written as a negative INTEGER (RFC 8017 §A.1.1); it is taken for its octets.
    NegativeModulus,
    /// The identifier inside `DigestInfo` lacks its NULL (RFC 8017 §9.2 note 1).
    NoDigestParameters,
}

impl Flaw {
    /// Every flaw.
    pub const ALL: [Self; 3] = [
        Self::LowExponent,
        Self::NegativeModulus,
        Self::NoDigestParameters,
    ];

    /// The word used in findings.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::LowExponent => "low-exponent",
            Self::NegativeModulus => "negative-modulus",
            Self::NoDigestParameters => "no-digest-parameters",
        }
    }
}

/// The signature does not verify, said where there is one implementation only.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct BadSignature;

impl From<BadSignature> for NotVerified {
    fn from(BadSignature: BadSignature) -> Self {
        Self::BadSignature
    }
}

impl From<DigestsDisagree> for NotVerified {
    fn from(_: DigestsDisagree) -> Self {
        Self::BackEndsDisagree
    }
}

impl SignatureId {
    /// Whether a signature of this algorithm verified.
    ///
    /// # Errors
    /// Two implementations disagree.
    pub fn verified(self, result: Result<(), NotVerified>) -> Result<bool, Disagreement> {
        match result {
            Ok(()) => Ok(true),
            Err(NotVerified::BadSignature | NotVerified::Flawed(_)) => Ok(false),
            Err(NotVerified::BackEndsDisagree) => Err(self.disagreement(Computation::Signature)),
        }
    }

    /// The key of this algorithm, or what speaks against it.
    ///
    /// # Errors
    /// Two implementations disagree.
    pub fn prepared<K>(
        self,
        result: Result<K, KeyRejected>,
    ) -> Result<Result<K, KeyRejected>, Disagreement> {
        match result {
            Err(KeyRejected::BackEndsDisagree) => Err(self.disagreement(Computation::Key)),
            other => Ok(other),
        }
    }

    fn disagreement(self, what: Computation) -> Disagreement {
        Disagreement {
            what,
            algorithm: self.to_string(),
        }
    }
}

/// One signature algorithm of a back end.
pub trait SignatureAlgorithm: fmt::Debug + Send + Sync {
    /// Which algorithm this is.
    fn id(&self) -> SignatureId;

    /// Reads and checks a public key, once, for many verifications.
    ///
    /// # Errors
    /// The key is not one of this algorithm or is not a valid one, or two implementations disagree whether it is.
    fn prepare(&self, key: &SubjectPublicKeyInfo) -> Result<Box<dyn VerifyingKey>, KeyRejected>;

    /// Like [`prepare`](Self::prepare), and spends time and up to `memory` octets in all on making each
    /// verification faster: for keys that are kept. A key that cannot be held in so little is prepared
    /// plainly; [`VerifyingKey::memory`] says what it holds.
    ///
    /// # Errors
    /// As for [`prepare`](Self::prepare).
    fn prepare_within(
        &self,
        key: &SubjectPublicKeyInfo,
        memory: usize,
    ) -> Result<Box<dyn VerifyingKey>, KeyRejected> {
        let _ = memory;
        self.prepare(key)
    }
}

/// A public key that was read and checked.
pub trait VerifyingKey: fmt::Debug + Send + Sync {
    /// Verifies one signature.
    ///
    /// # Errors
    /// The signature is not one of this message by this key, or two implementations disagree whether it is.
    fn verify(&self, message: Message<'_>, signature: &[u8]) -> Result<(), NotVerified>;

    /// Verifies one RSASSA-PSS signature whose parameters state this many octets of salt.
    ///
    /// # Errors
    /// As for [`Self::verify`]. Signatures by keys of other algorithms have no salt.
    fn verify_salted(
        &self,
        message: Message<'_>,
        signature: &[u8],
        salt: usize,
    ) -> Result<(), NotVerified> {
        let _ = (message, signature, salt);
        Err(NotVerified::BadSignature)
    }

    /// Verifies one ECDSA signature of r and s one after the other, each as long as the order (BSI TR-03111 §5.2.1).
    ///
    /// # Errors
    /// As for [`Self::verify`]. Keys of other algorithms have no such signatures.
    fn verify_plain(&self, message: Message<'_>, signature: &[u8]) -> Result<(), NotVerified> {
        let _ = (message, signature);
        Err(NotVerified::BadSignature)
    }

    /// Memory that the key holds, in octets.
    fn memory(&self) -> usize;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Language, word};

    #[test]
    fn every_reason_against_a_key_or_signature_is_said() {
        let words = KeyRejected::ALL.map(KeyRejected::word).into_iter();
        for word in words.chain(Flaw::ALL.map(Flaw::word)) {
            assert!(word::said(word, Language::Ru).is_some(), "{word}");
        }
    }

    #[test]
    fn a_flawed_signature_never_counts_as_verified() {
        let id = SignatureId {
            scheme: SignatureScheme::RsaPkcs1,
            digest: DigestId::Sha256,
        };
        assert_eq!(id.verified(Ok(())), Ok(true));
        for flaw in Flaw::ALL {
            assert_eq!(id.verified(Err(NotVerified::Flawed(flaw))), Ok(false));
        }
    }
}
