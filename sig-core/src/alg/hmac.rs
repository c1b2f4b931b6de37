//! HMAC (RFC 2104) over any digest algorithm: HMAC-SHA-2 (RFC 4231), HMAC_GOSTR3411_2012 (RFC 7836 §4.1) and
//! HMAC_GOSTR3411 (RFC 4357 §3).

use std::fmt;

use super::digest::{Digest, DigestAlgorithm, DigestContext, DigestsDisagree};

/// The longest block of a digest algorithm, in octets.
const LONGEST_BLOCK: usize = 144;

/// A message authentication code being computed.
pub struct Hmac<'a> {
    algorithm: &'a dyn DigestAlgorithm,
    inner: Box<dyn DigestContext>,
    outer: Box<dyn DigestContext>,
}

impl fmt::Debug for Hmac<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Hmac").field(&self.algorithm.id()).finish()
    }
}

impl<'a> Hmac<'a> {
    /// Begins a computation. A key longer than a block of the digest stands for its digest.
    ///
    /// # Errors
    /// Two implementations computed different digests of the key.
    pub fn new(algorithm: &'a dyn DigestAlgorithm, key: &[u8]) -> Result<Self, DigestsDisagree> {
        let size = algorithm.id().block_size();
        let hashed;
        let key = if key.len() > size {
            hashed = algorithm.digest(key)?.value;
            &hashed
        } else {
            key
        };
        let begin = |pad: u8| {
            let mut block = [pad; LONGEST_BLOCK];
            for (octet, key) in block.iter_mut().zip(key) {
                *octet ^= key;
            }
            let mut context = algorithm.start();
            context.update(block.get(..size).unwrap_or_default());
            context
        };
        Ok(Self {
            algorithm,
            inner: begin(0x36),
            outer: begin(0x5c),
        })
    }

    /// Adds octets of the message.
    pub fn update(&mut self, octets: &[u8]) {
        self.inner.update(octets);
    }

    /// The code, with the name of its digest.
    ///
    /// # Errors
    /// Two implementations computed different digests.
    pub fn finish(self) -> Result<Digest, DigestsDisagree> {
        let Self {
            inner, mut outer, ..
        } = self;
        outer.update(&inner.finish()?.value);
        outer.finish()
    }

    /// Whether this is the code, in its full length. How long the answer takes tells nothing about where the codes
    /// differ.
    ///
    /// # Errors
    /// Two implementations computed different digests.
    pub fn verify(self, code: &[u8]) -> Result<bool, DigestsDisagree> {
        let expected = self.finish()?.value;
        let pairs = expected.iter().zip(code);
        let difference = pairs.fold(0, |all, (a, b)| all | (a ^ b));
        Ok(expected.len() == code.len() && difference == 0)
    }
}

#[cfg(test)]
mod tests;
