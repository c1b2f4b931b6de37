//! Vectors of 64-bit words, one word a signature, and what the arithmetic needs of them.

/// A vector of independent 64-bit words. Every operation works on each word by itself, except `rotate`.
///
/// The methods and whatever is generic over them are inlined into one function that turns the instructions on,
/// so loops and closures are kept out of the arithmetic.
pub(super) trait Lanes: Copy {
    /// Number of words.
    const COUNT: usize;

    /// The words by their number.
    fn from_fn(word: impl FnMut(usize) -> u64) -> Self;

    /// Writes the words to the start of a slice, as far as it reaches.
    fn store(self, words: &mut [u64]);

    /// The same word everywhere.
    fn splat(word: u64) -> Self;

    /// Sum modulo 2^64.
    fn add(self, other: Self) -> Self;

    /// Difference modulo 2^64.
    fn sub(self, other: Self) -> Self;

    fn and(self, other: Self) -> Self;

    fn xor(self, other: Self) -> Self;

    fn shl<const BITS: u32>(self) -> Self;

    fn shr<const BITS: u32>(self) -> Self;

    /// Arithmetic shift.
    fn sar<const BITS: u32>(self) -> Self;

    /// Left by a number of bits that is the same for all words; zero from 64 on.
    fn shl_by(self, bits: usize) -> Self;

    /// Right by a number of bits that is the same for all words; zero from 64 on.
    fn shr_by(self, bits: usize) -> Self;

    /// Adds the low 52 bits of the product of the low 52 bits of a and b.
    fn add_low(self, a: Self, b: Self) -> Self;

    /// Adds bits 52 to 103 of the product of the low 52 bits of a and b.
    fn add_high(self, a: Self, b: Self) -> Self;

    /// Ten words of a table for each lane: `table[index + stride · n]` for n from 0 to 9.
    /// An index too high for the table is lowered to the last one that is not; a table too short gives zeros.
    fn gather(table: &[u64], index: Self, stride: usize) -> [Self; 10];

    /// Word i of the result is word i + `BY` of this, counted around within each eight. `BY` is 1, 2 or 4;
    /// 8 exchanges the two vectors of a pair.
    fn rotate<const BY: i32>(self) -> Self;

    /// Bit i is set where word i is equal.
    fn equal(self, other: Self) -> u32;

    /// Words of `other` where the bit is set, else of this.
    fn replace(self, mask: u32, other: Self) -> Self;
}

/// The highest index that `gather` may use.
#[inline(always)]
pub(super) fn last_index(table: &[u64], stride: usize) -> Option<u64> {
    let last = table.len().checked_sub(1)?;
    let reach = stride.checked_mul(9)?;
    Some(last.checked_sub(reach)? as u64)
}

/// A computation over lanes of any kind.
pub(super) trait Routine {
    type Output;

    /// Must be `#[inline(always)]`, to become part of the function that turns the instructions on.
    fn run<V: Lanes>(self) -> Self::Output;
}

/// Two vectors side by side: their operations do not wait for each other.
#[derive(Clone, Copy)]
pub(super) struct Pair<V>(V, V);

impl<V: Lanes> Lanes for Pair<V> {
    const COUNT: usize = 2 * V::COUNT;

    #[inline(always)]
    fn from_fn(mut word: impl FnMut(usize) -> u64) -> Self {
        let first = V::from_fn(&mut word);
        Self(first, V::from_fn(|index| word(V::COUNT + index)))
    }

    #[inline(always)]
    fn store(self, words: &mut [u64]) {
        let (first, second) = words.split_at_mut(V::COUNT.min(words.len()));
        self.0.store(first);
        self.1.store(second);
    }

    #[inline(always)]
    fn splat(word: u64) -> Self {
        Self(V::splat(word), V::splat(word))
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(self.0.add(other.0), self.1.add(other.1))
    }

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self(self.0.sub(other.0), self.1.sub(other.1))
    }

    #[inline(always)]
    fn and(self, other: Self) -> Self {
        Self(self.0.and(other.0), self.1.and(other.1))
    }

    #[inline(always)]
    fn xor(self, other: Self) -> Self {
        Self(self.0.xor(other.0), self.1.xor(other.1))
    }

    #[inline(always)]
    fn shl<const BITS: u32>(self) -> Self {
        Self(self.0.shl::<BITS>(), self.1.shl::<BITS>())
    }

    #[inline(always)]
    fn shr<const BITS: u32>(self) -> Self {
        Self(self.0.shr::<BITS>(), self.1.shr::<BITS>())
    }

    #[inline(always)]
    fn sar<const BITS: u32>(self) -> Self {
        Self(self.0.sar::<BITS>(), self.1.sar::<BITS>())
    }

    #[inline(always)]
    fn shl_by(self, bits: usize) -> Self {
        Self(self.0.shl_by(bits), self.1.shl_by(bits))
    }

    #[inline(always)]
    fn shr_by(self, bits: usize) -> Self {
        Self(self.0.shr_by(bits), self.1.shr_by(bits))
    }

    #[inline(always)]
    fn add_low(self, a: Self, b: Self) -> Self {
        Self(self.0.add_low(a.0, b.0), self.1.add_low(a.1, b.1))
    }

    #[inline(always)]
    fn add_high(self, a: Self, b: Self) -> Self {
        Self(self.0.add_high(a.0, b.0), self.1.add_high(a.1, b.1))
    }

    #[inline(always)]
    fn gather(table: &[u64], index: Self, stride: usize) -> [Self; 10] {
        let [a0, a1, a2, a3, a4, a5, a6, a7, a8, a9] = V::gather(table, index.0, stride);
        let [b0, b1, b2, b3, b4, b5, b6, b7, b8, b9] = V::gather(table, index.1, stride);
        [
            Self(a0, b0),
            Self(a1, b1),
            Self(a2, b2),
            Self(a3, b3),
            Self(a4, b4),
            Self(a5, b5),
            Self(a6, b6),
            Self(a7, b7),
            Self(a8, b8),
            Self(a9, b9),
        ]
    }

    #[inline(always)]
    fn rotate<const BY: i32>(self) -> Self {
        if BY == 8 {
            Self(self.1, self.0)
        } else {
            Self(self.0.rotate::<BY>(), self.1.rotate::<BY>())
        }
    }

    #[inline(always)]
    fn equal(self, other: Self) -> u32 {
        self.0.equal(other.0) | self.1.equal(other.1) << V::COUNT
    }

    #[inline(always)]
    fn replace(self, mask: u32, other: Self) -> Self {
        Self(
            self.0.replace(mask, other.0),
            self.1.replace(mask >> V::COUNT, other.1),
        )
    }
}
