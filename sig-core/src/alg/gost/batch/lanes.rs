//! Vectors of 64-bit words, one word a signature, and what the arithmetic needs of them.

/// Number of words in a vector.
pub(super) const LANES: usize = 8;

/// A vector of independent 64-bit words. Every operation works on each word by itself, except `rotate`.
///
/// The methods and whatever is generic over them are inlined into one function that turns the instructions on,
/// so loops and closures are kept out of the arithmetic.
pub(super) trait Lanes: Copy {
    /// The words by their number.
    fn from_fn(word: impl FnMut(usize) -> u64) -> Self;

    /// The words.
    fn words(self) -> [u64; LANES];

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

    /// Word i of the result is word i + `BY` of this, counted around. `BY` is 1, 2 or 4.
    fn rotate<const BY: i32>(self) -> Self;

    /// Bit i is set where word i is equal.
    fn equal(self, other: Self) -> u8;

    /// Words of `other` where the bit is set, else of this.
    fn replace(self, mask: u8, other: Self) -> Self;
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
