//! Eight lanes in plain Rust: what the registers do, for tests on any processor.
//!
//! Nothing is inlined: whole verifications in plain words would take minutes to compile.

use std::array;

use super::lanes::{LANES, Lanes, last_index};

const LOW_52: u64 = (1 << 52) - 1;

/// Eight words.
#[derive(Clone, Copy)]
pub(super) struct Portable([u64; LANES]);

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
    #[inline(never)]
    fn from_fn(word: impl FnMut(usize) -> u64) -> Self {
        Self(array::from_fn(word))
    }

    #[inline(never)]
    fn words(self) -> [u64; LANES] {
        self.0
    }

    #[inline(never)]
    fn splat(word: u64) -> Self {
        Self([word; LANES])
    }

    #[inline(never)]
    fn add(self, other: Self) -> Self {
        self.zip(other, u64::wrapping_add)
    }

    #[inline(never)]
    fn sub(self, other: Self) -> Self {
        self.zip(other, u64::wrapping_sub)
    }

    #[inline(never)]
    fn and(self, other: Self) -> Self {
        self.zip(other, |a, b| a & b)
    }

    #[inline(never)]
    fn xor(self, other: Self) -> Self {
        self.zip(other, |a, b| a ^ b)
    }

    #[inline(never)]
    fn shl<const BITS: u32>(self) -> Self {
        self.map(|word| word << BITS)
    }

    #[inline(never)]
    fn shr<const BITS: u32>(self) -> Self {
        self.map(|word| word >> BITS)
    }

    #[inline(never)]
    fn sar<const BITS: u32>(self) -> Self {
        self.map(|word| (word.cast_signed() >> BITS).cast_unsigned())
    }

    #[inline(never)]
    fn shl_by(self, bits: usize) -> Self {
        self.map(|word| word.checked_shl(bits as u32).unwrap_or(0))
    }

    #[inline(never)]
    fn shr_by(self, bits: usize) -> Self {
        self.map(|word| word.checked_shr(bits as u32).unwrap_or(0))
    }

    #[inline(never)]
    fn add_low(self, a: Self, b: Self) -> Self {
        self.add(a.zip(b, |a, b| product(a, b) as u64 & LOW_52))
    }

    #[inline(never)]
    fn add_high(self, a: Self, b: Self) -> Self {
        self.add(a.zip(b, |a, b| (product(a, b) >> 52) as u64))
    }

    #[inline(never)]
    fn gather(table: &[u64], index: Self, stride: usize) -> [Self; 10] {
        let Some(last) = last_index(table, stride) else {
            return [Self::splat(0); 10];
        };
        array::from_fn(|number| {
            index.map(|index| table[index.min(last) as usize + number * stride])
        })
    }

    #[inline(never)]
    fn rotate<const BY: i32>(self) -> Self {
        Self(array::from_fn(|index| {
            self.0[(index + BY as usize) % LANES]
        }))
    }

    #[inline(never)]
    fn equal(self, other: Self) -> u8 {
        (0..LANES).fold(0, |mask, index| {
            mask | u8::from(self.0[index] == other.0[index]) << index
        })
    }

    #[inline(never)]
    fn replace(self, mask: u8, other: Self) -> Self {
        Self(array::from_fn(|index| {
            let word = if mask >> index & 1 == 1 { other } else { self };
            word.0[index]
        }))
    }
}
