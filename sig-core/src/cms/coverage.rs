//! What a time-stamp of several fields covers (RFC 5126 §6.3.5, §6.3.6, §6.4.1, EN 319 122-1 §5.5).
//!
//! Octets are taken as they were sent. The one thing that is tried twice is the header of unsignedAttrs in an archive
//! time-stamp of version 2, and a finding says so.

mod archive_v2;
mod archive_v3;
mod objects;
mod references;
mod token;

use std::fmt;

use crate::alg::digest::{Digest, DigestAlgorithm, DigestId, DigestsDisagree};
use crate::alg::provider::Algorithms;
use crate::base::error::{Error, Malformed};
use crate::base::limits::Budget;
use crate::der::octets::Octets;
use crate::der::oid::Oid;
use crate::finding::Subject;

use super::references::Referenced;
use super::signed_data::SignedData;
use super::signer_info::SignerInfo;

pub use token::Token;

/// What a time-stamp is of, and what it proves to exist (EN 319 102-1 §5.6.2.3).
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    /// What was hashed for the imprint, one after the other.
    pub stamped: Vec<Octets>,
    /// The objects that existed when the time-stamp was made.
    pub proven: Vec<Subject>,
    /// Objects whose digest it covers: they existed if the digest algorithm could be relied upon.
    pub referenced: Vec<Referenced>,
    /// The digest algorithm of the ats-hash-index, on which the proof rests beside that of the imprint.
    pub index_digest: Option<DigestId>,
    /// Objects of the signature that it does not cover: they may have been added later.
    pub omitted: Vec<Subject>,
    /// The tag and length of unsignedAttrs were left out, as TS 101 733 up to version 1.8.3 has it in annex K.
    pub is_without_header: bool,
}

/// The signed document, as far as coverage needs it (RFC 5652 §5.2).
pub trait SignedContent: fmt::Debug {
    /// Its octets, when they are at hand.
    fn octets(&self) -> Option<&Octets>;

    /// Its digest; none when it is not known.
    ///
    /// # Errors
    /// Two implementations disagree.
    fn digest(&self, algorithm: &dyn DigestAlgorithm) -> Result<Option<Digest>, DigestsDisagree>;
}

/// The signature that a time-stamp is of (RFC 5652 §5.3).
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    /// The message.
    pub message: &'a SignedData,
    /// The signer.
    pub signer: &'a SignerInfo,
    /// Its place in the message.
    pub index: usize,
    /// The signed document.
    pub content: &'a dyn SignedContent,
    /// Every time-stamp in the attributes of the signer that could be read.
    pub tokens: &'a [Token],
    /// What the references of the signer refer to.
    pub referenced: &'a [Referenced],
    /// What computes digests.
    pub algorithms: &'a Algorithms,
}

/// Why it cannot be said what a time-stamp covers (EN 319 122-1 §5.5.3).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum NotCovered {
    /// The time-stamp itself cannot be read.
    TokenUnreadable,
    /// There are no references to validation data.
    NoReferences,
    /// The octets of a detached document are hashed between others, and only its digest is known, or nothing.
    ContentNeeded,
    /// The digest of the document by this algorithm is not known.
    DigestNeeded(DigestId),
    /// The digest algorithm is not known.
    DigestUnknown(Oid),
    /// The token holds no ats-hash-index, or several.
    HashIndexNotSingle,
    /// The ats-hash-index is malformed.
    HashIndexMalformed(Malformed),
    /// So many entries of the ats-hash-index match nothing in the message (EN 319 122-1 §5.5.2).
    HashIndexMismatch(u64),
}

/// What is done with a time-stamp, or why nothing is.
type Answer = Result<Result<Coverage, NotCovered>, Error>;

impl Target<'_> {
    /// What a signature-time-stamp covers: the signature value (EN 319 122-1 §5.3).
    #[must_use]
    pub fn signature_value(&self) -> Coverage {
        Coverage {
            stamped: vec![self.signer.signature.clone()],
            proven: vec![Subject::Signature(self.index)],
            ..Coverage::default()
        }
    }

    /// What a CAdES-C-time-stamp covers (RFC 5126 §6.3.5).
    ///
    /// # Errors
    /// A limit.
    pub fn signature_and_references(&self, token: &Token, budget: &mut Budget) -> Answer {
        references::signature_and_references(self, token, budget)
    }

    /// What a time-stamped-certs-crls-references covers (RFC 5126 §6.3.6).
    ///
    /// # Errors
    /// A limit.
    pub fn references(&self, budget: &mut Budget) -> Answer {
        references::references(self, budget)
    }

    /// What an archive-time-stamp of version 2 covers (RFC 5126 §6.4.1).
    ///
    /// # Errors
    /// A limit; two implementations disagree.
    pub fn archive_v2(&self, token: &Token, budget: &mut Budget) -> Answer {
        archive_v2::covered(self, token, budget)
    }

    /// What an archive-time-stamp of version 3 covers (EN 319 122-1 §5.5.3).
    ///
    /// # Errors
    /// A limit; two implementations disagree.
    pub fn archive_v3(&self, token: &Token, budget: &mut Budget) -> Answer {
        archive_v3::covered(self, token, budget)
    }
}
