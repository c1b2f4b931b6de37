//! GOST R 34.11-94 (RFC 5831) with the S-boxes of RFC 4357 §11.2.

mod cipher;
mod step;
#[cfg(test)]
mod tests;

use std::fmt;

use self::cipher::Tables;
use self::step::{Words, step};
use crate::alg::digest::{Digest, DigestAlgorithm, DigestContext, DigestId, DigestsDisagree};

/// GOST R 34.11-94 with the CryptoPro S-box, the only one of certificates and messages (RFC 4491 §2.1).
pub static GOST94: Gost94 = Gost94 {
    tables: &cipher::CRYPTOPRO,
};

/// GOST R 34.11-94 under its one S-box of signatures.
pub struct Gost94 {
    tables: &'static Tables,
}

impl fmt::Debug for Gost94 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Gost94")
    }
}

impl DigestAlgorithm for Gost94 {
    fn id(&self) -> DigestId {
        DigestId::Gost94
    }

    fn start(&self) -> Box<dyn DigestContext> {
        Box::new(Context {
            state: State::new(self.tables),
            kept: [0; 32],
            length: 0,
        })
    }

    fn digest(&self, octets: &[u8]) -> Result<Digest, DigestsDisagree> {
        Ok(State::new(self.tables).digest(octets))
    }
}

/// GOST R 34.11-94 with the S-box of the examples in the standard.
///
/// It is no [`DigestAlgorithm`], so that no table of a back end can offer it.
#[derive(Clone, Copy, Debug)]
pub struct Gost94TestSBox;

impl Gost94TestSBox {
    /// The digest of octets, in the order of [`Digest`].
    #[must_use]
    pub fn digest(self, octets: &[u8]) -> Vec<u8> {
        State::new(&cipher::TEST).digest(octets).value
    }
}

/// What is carried from block to block (RFC 5831 §6).
struct State {
    tables: &'static Tables,
    h: Words,
    /// Bits hashed so far. No message reaches 2^128 bits.
    count: u128,
    /// Sum of the blocks, modulo 2^256.
    sigma: Words,
}

impl State {
    /// The initial value is zero (RFC 4357 §11.2).
    const fn new(tables: &'static Tables) -> Self {
        Self {
            tables,
            h: [0; 4],
            count: 0,
            sigma: [0; 4],
        }
    }

    fn absorb(&mut self, block: &[u8; 32], length: usize) {
        let (octets, _) = block.as_chunks::<8>();
        let mut m = [0; 4];
        let mut carry = false;
        for ((word, octets), sum) in m.iter_mut().zip(octets).zip(&mut self.sigma) {
            *word = u64::from_le_bytes(*octets);
            (*sum, carry) = sum.carrying_add(*word, carry);
        }
        self.count = self.count.wrapping_add(8 * length as u128);
        self.h = step(self.tables, &self.h, &m);
    }

    fn digest(mut self, octets: &[u8]) -> Digest {
        let (blocks, tail) = octets.as_chunks();
        for block in blocks {
            self.absorb(block, block.len());
        }
        self.finish(tail)
    }

    /// Hashes what is left of the message, then its length and the sum of its blocks.
    fn finish(mut self, tail: &[u8]) -> Digest {
        if !tail.is_empty() {
            let mut block = [0; 32];
            for (octet, given) in block.iter_mut().zip(tail) {
                *octet = *given;
            }
            self.absorb(&block, tail.len());
        }
        let count = [self.count as u64, (self.count >> 64) as u64, 0, 0];
        let h = step(self.tables, &self.h, &count);
        let h = step(self.tables, &h, &self.sigma);
        Digest {
            algorithm: DigestId::Gost94,
            value: h.map(u64::to_le_bytes).concat(),
        }
    }
}

struct Context {
    state: State,
    kept: [u8; 32],
    length: usize,
}

impl DigestContext for Context {
    fn update(&mut self, octets: &[u8]) {
        let free = self.kept.get_mut(self.length..).unwrap_or_default();
        let missing = free.len();
        let Some((head, rest)) = octets.split_at_checked(missing) else {
            for (kept, octet) in free.iter_mut().zip(octets) {
                *kept = *octet;
            }
            self.length += octets.len();
            return;
        };
        free.copy_from_slice(head);
        self.state.absorb(&self.kept, self.kept.len());
        let (blocks, tail) = rest.as_chunks();
        for block in blocks {
            self.state.absorb(block, block.len());
        }
        for (kept, octet) in self.kept.iter_mut().zip(tail) {
            *kept = *octet;
        }
        self.length = tail.len();
    }

    fn finish(self: Box<Self>) -> Result<Digest, DigestsDisagree> {
        let tail = self.kept.get(..self.length).unwrap_or_default();
        Ok(self.state.finish(tail))
    }
}
