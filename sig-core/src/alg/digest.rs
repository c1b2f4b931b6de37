//! Digest algorithms.

use std::fmt;

use crate::base::error::{Computation, Disagreement, Error};
use crate::base::hex::hex;

/// A digest algorithm by name.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
#[allow(missing_docs, reason = "the names are those of the standards")]
pub enum DigestId {
    Md5,
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
    Sha3_224,
    Sha3_256,
    Sha3_384,
    Sha3_512,
    /// SHAKE256 with 512 bits of output.
    Shake256,
    /// GOST R 34.11-94.
    Gost94,
    /// GOST R 34.11-2012, 256 bits.
    Streebog256,
    /// GOST R 34.11-2012, 512 bits.
    Streebog512,
}

impl DigestId {
    /// Length of the value, in octets.
    #[must_use]
    pub const fn size(self) -> usize {
        match self {
            Self::Md5 => 16,
            Self::Sha1 => 20,
            Self::Sha224 | Self::Sha3_224 => 28,
            Self::Sha256 | Self::Sha3_256 | Self::Gost94 | Self::Streebog256 => 32,
            Self::Sha384 | Self::Sha3_384 => 48,
            Self::Sha512 | Self::Sha3_512 | Self::Shake256 | Self::Streebog512 => 64,
        }
    }

    /// Length of the blocks that the algorithm takes the message in, in octets.
    #[must_use]
    pub const fn block_size(self) -> usize {
        match self {
            Self::Gost94 => 32,
            Self::Md5
            | Self::Sha1
            | Self::Sha224
            | Self::Sha256
            | Self::Streebog256
            | Self::Streebog512 => 64,
            Self::Sha384 | Self::Sha512 => 128,
            Self::Sha3_224 => 144,
            Self::Sha3_256 | Self::Shake256 => 136,
            Self::Sha3_384 => 104,
            Self::Sha3_512 => 72,
        }
    }

    /// The name used in reports and on command lines.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Md5 => "md5",
            Self::Sha1 => "sha1",
            Self::Sha224 => "sha224",
            Self::Sha256 => "sha256",
            Self::Sha384 => "sha384",
            Self::Sha512 => "sha512",
            Self::Sha3_224 => "sha3-224",
            Self::Sha3_256 => "sha3-256",
            Self::Sha3_384 => "sha3-384",
            Self::Sha3_512 => "sha3-512",
            Self::Shake256 => "shake256",
            Self::Gost94 => "gost94",
            Self::Streebog256 => "streebog256",
            Self::Streebog512 => "streebog512",
        }
    }
}

impl fmt::Display for DigestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The value of a digest.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Digest {
    /// The algorithm that made it.
    pub algorithm: DigestId,
    /// The value, in the order in which the standards print octets.
    pub value: Vec<u8>,
}

impl Digest {
    /// Lower-case hexadecimal digits of the value.
    #[must_use]
    pub fn hex(&self) -> String {
        hex(&self.value)
    }
}

/// One digest algorithm of a back end.
pub trait DigestAlgorithm: fmt::Debug + Send + Sync {
    /// Which algorithm this is.
    fn id(&self) -> DigestId;

    /// Begins a computation.
    fn start(&self) -> Box<dyn DigestContext>;

    /// The digest of octets that are at hand.
    ///
    /// # Errors
    /// Two implementations computed different values.
    fn digest(&self, octets: &[u8]) -> Result<Digest, DigestsDisagree> {
        let mut context = self.start();
        context.update(octets);
        context.finish()
    }

    /// The digests of two independent messages. Some algorithms compute them side by side, in less time than one after
    /// the other.
    ///
    /// # Errors
    /// Two implementations computed different values.
    fn digest_pair(&self, [first, second]: [&[u8]; 2]) -> Result<[Digest; 2], DigestsDisagree> {
        Ok([self.digest(first)?, self.digest(second)?])
    }
}

/// A digest being computed.
pub trait DigestContext: Send {
    /// Adds octets.
    fn update(&mut self, octets: &[u8]);

    /// Ends the computation.
    ///
    /// # Errors
    /// Two implementations computed different values.
    fn finish(self: Box<Self>) -> Result<Digest, DigestsDisagree>;
}

/// Two implementations of this algorithm computed different values. A single implementation never says so.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct DigestsDisagree(pub DigestId);

impl From<DigestsDisagree> for Error {
    fn from(DigestsDisagree(id): DigestsDisagree) -> Self {
        Self::BackEndsDisagree(Disagreement {
            what: Computation::Digest,
            algorithm: id.to_string(),
        })
    }
}
