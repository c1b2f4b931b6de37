//! Why no signature is made.

use std::fmt;

use crate::alg::digest::{DigestId, DigestsDisagree};
use crate::alg::signature::{KeyRejected, SignatureId};
use crate::base::error::{Computation, Disagreement};

/// Why no signature is made (RFC 5652 §5.4): a mistake of the caller, or a wrong answer of the signer.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Refused {
    /// Nobody signs by this algorithm any more: it verifies old signatures only.
    NotForSigning(SignatureId),
    /// The back end does not have the algorithm.
    NotInBackEnd(SignatureId),
    /// The key of the certificate is one of another algorithm.
    NotForKey(SignatureId),
    /// The key of the certificate is not a valid one.
    Key(KeyRejected),
    /// The digest of the content is not one of the signature's digest algorithm.
    DigestMismatch {
        /// Of the signature.
        expected: DigestId,
        /// Of the content.
        found: DigestId,
    },
    /// The content has more octets than a message can hold (2^62).
    TooLarge,
    /// A text that was asked for is empty or holds what it must not.
    Text,
    /// The signature value is of another length than any signature by this key.
    SignatureLength {
        /// In octets.
        expected: usize,
        /// In octets.
        found: usize,
    },
    /// The signature value is not one of these octets by the key of the certificate: the signer used another key, or
    /// is faulty.
    SignatureWrong,
    /// Two implementations disagree about the signature or the key.
    BackEndsDisagree(Disagreement),
}

/// Why [`super::Request::sign`] made no message (RFC 5652 §5.4).
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum BuildError<E> {
    /// Before or after the signer did its part.
    Refused(Refused),
    /// The signer did not sign.
    Signer(E),
}

impl<E> From<Refused> for BuildError<E> {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<Disagreement> for Refused {
    fn from(disagreement: Disagreement) -> Self {
        Self::BackEndsDisagree(disagreement)
    }
}

impl From<DigestsDisagree> for Refused {
    fn from(disagree: DigestsDisagree) -> Self {
        Self::BackEndsDisagree(Disagreement {
            what: Computation::Digest,
            algorithm: disagree.0.to_string(),
        })
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotForSigning(id) => write!(
                f,
                "{id} is not for new signatures: sign with a current algorithm"
            ),
            Self::NotInBackEnd(id) => write!(f, "the back end has no {id}: use another back end"),
            Self::NotForKey(id) => write!(
                f,
                "the certificate's key does not sign by {id}: take the key's own algorithm"
            ),
            Self::Key(rejected) => write!(
                f,
                "the certificate's key cannot be used ({rejected:?}): use another certificate"
            ),
            Self::DigestMismatch { expected, found } => write!(
                f,
                "the digest of the content is {found} or has another length: give that of {expected}"
            ),
            Self::TooLarge => f.write_str("the content is too large: its length does not fit"),
            Self::Text => f.write_str(
                "a text for an attribute is empty or has control characters: leave it out or correct it",
            ),
            Self::SignatureLength { expected, found } => write!(
                f,
                "the signer returned {found} octets where a signature has {expected}: it used another key or form"
            ),
            Self::SignatureWrong => f.write_str(
                "the signer's value does not verify with the certificate's key: it used another key or is faulty",
            ),
            Self::BackEndsDisagree(disagreement) => disagreement.fmt(f),
        }
    }
}

impl std::error::Error for Refused {}

impl<E: fmt::Display> fmt::Display for BuildError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refused) => refused.fmt(f),
            Self::Signer(error) => write!(f, "the signer did not sign: {error}"),
        }
    }
}

impl<E: fmt::Debug + fmt::Display> std::error::Error for BuildError<E> {}
