//! Eight lanes in plain Rust: what the registers do, for tests on any processor.

use std::array;

use super::lanes::{Lanes, last_index};

const COUNT: usize = 8;
const LOW_52: u64 = (1 << 52) - 1;

/// Eight words.
#[derive(Clone, Copy)]
pub(super) struct Portable([u64; COUNT]);

impl Portable {
    fn map(self, word: impl FnMut(u64) -> u64) -> Self {
        Self(self.0.map(word))
    }

    fn zip(self, other: Self, mut word: impl FnMut(u64, u64) -> u64) -> Self {
        Self(array::from_fn(|index| word(self.0[index], other.0[index])))
    }
}

fn product(a: u64, b: u64) -> u128 {
    u128::from(a & LOW_52) * u128::from(b & LOW_52)
}

impl Lanes for Portable {
    const COUNT: usize = COUNT;

    fn from_fn(word: impl FnMut(usize) -> u64) -> Self {
        Self(array::from_fn(word))
    }

    fn store(self, words: &mut [u64]) {
        for (word, value) in words.iter_mut().zip(self.0) {
            *word = value;
        }
    }

    fn splat(word: u64) -> Self {
        Self([word; COUNT])
    }

    fn add(self, other: Self) -> Self {
        self.zip(other, u64::wrapping_add)
    }

    fn sub(self, other: Self) -> Self {
        self.zip(other, u64::wrapping_sub)
    }

    fn and(self, other: Self) -> Self {
        self.zip(other, |a, b| a & b)
    }

    fn xor(self, other: Self) -> Self {
        self.zip(other, |a, b| a ^ b)
    }

    fn shl<const BITS: u32>(self) -> Self {
        self.map(|word| word << BITS)
    }

    fn shr<const BITS: u32>(self) -> Self {
        self.map(|word| word >> BITS)
    }

    fn sar<const BITS: u32>(self) -> Self {
        self.map(|word| (word.cast_signed() >> BITS).cast_unsigned())
    }

    fn shl_by(self, bits: usize) -> Self {
        self.map(|word| word.checked_shl(bits as u32).unwrap_or(0))
    }

    fn shr_by(self, bits: usize) -> Self {
        self.map(|word| word.checked_shr(bits as u32).unwrap_or(0))
    }

    fn add_low(self, a: Self, b: Self) -> Self {
        self.add(a.zip(b, |a, b| product(a, b) as u64 & LOW_52))
    }

    fn add_high(self, a: Self, b: Self) -> Self {
        self.add(a.zip(b, |a, b| (product(a, b) >> 52) as u64))
    }

    fn gather(table: &[u64], index: Self, stride: usize) -> [Self; 10] {
        let Some(last) = last_index(table, stride) else {
            return [Self::splat(0); 10];
        };
        array::from_fn(|number| {
            index.map(|index| table[index.min(last) as usize + number * stride])
        })
    }

    fn rotate<const BY: i32>(self) -> Self {
        Self(array::from_fn(|index| {
            self.0[(index + BY as usize) % COUNT]
        }))
    }

    fn equal(self, other: Self) -> u32 {
        (0..COUNT).fold(0, |mask, index| {
            mask | u32::from(self.0[index] == other.0[index]) << index
        })
    }

    fn replace(self, mask: u32, other: Self) -> Self {
        Self(array::from_fn(|index| {
            let word = if mask >> index & 1 == 1 { other } else { self };
            word.0[index]
        }))
    }
}
