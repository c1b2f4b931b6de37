//! What is carried from block to block.

/// A vector of 512 bits, word 0 first.
pub type Words = [u64; 8];
/// A block of the message.
pub type Block = [u8; 64];

/// The three values of the hash function (RFC 6986 §9).
#[derive(Clone)]
pub struct State {
    /// The chaining value.
    pub h: Words,
    /// Bits hashed so far. No message reaches 2^128 bits.
    pub count: u128,
    /// Sum of the blocks, modulo 2^512.
    pub sigma: Words,
}

impl State {
    /// Before the first block; `octet` fills the initial value.
    pub const fn new(octet: u8) -> Self {
        Self {
            h: [u64::from_le_bytes([octet; 8]); 8],
            count: 0,
            sigma: [0; 8],
        }
    }

    /// Counts a block in.
    #[inline(always)]
    pub fn count_in(&mut self, block: &Words, bits: u128) {
        self.count = self.count.wrapping_add(bits);
        let mut carry = false;
        for (sum, word) in self.sigma.iter_mut().zip(block) {
            (*sum, carry) = sum.carrying_add(*word, carry);
        }
    }

    /// The words of a block.
    #[inline(always)]
    pub fn read(block: &Block) -> Words {
        let (octets, _) = block.as_chunks::<8>();
        let mut words = [0; 8];
        for (word, octets) in words.iter_mut().zip(octets) {
            *word = u64::from_le_bytes(*octets);
        }
        words
    }

    /// The last block: what is left of the message, one bit set, zeros.
    #[inline(always)]
    pub fn pad(tail: &[u8]) -> Block {
        let mut block = [0; 64];
        for (octet, given) in block.iter_mut().zip(tail.iter().chain(&[1])) {
            *octet = *given;
        }
        block
    }

    /// A count as a vector.
    #[inline(always)]
    pub const fn words_of(count: u128) -> Words {
        [count as u64, (count >> 64) as u64, 0, 0, 0, 0, 0, 0]
    }

    /// The chaining value as octets.
    #[inline(always)]
    pub fn octets(&self) -> Block {
        let mut block = [0; 64];
        for (octets, word) in block.as_chunks_mut::<8>().0.iter_mut().zip(self.h) {
            *octets = word.to_le_bytes();
        }
        block
    }
}
