//! The public operation of RSA in AVX-512, with its multiplication of 52-bit integers (RFC 8017 §5.2.2).
//!
//! Montgomery multiplication with R = 2^(416 v), where a number is v registers of eight limbs. While 4 n < R, factors
//! below 2 n give a product below 2 n, so only the last one is reduced. The lowest limb is carried in a plain register,
//! since each step asks for it first, and the second one beside it. Everything here is public: time may depend on it.
#![allow(unsafe_code)]

use std::arch::x86_64::{
    __m512i, _mm_extract_epi64, _mm512_add_epi64, _mm512_alignr_epi64, _mm512_and_si512,
    _mm512_andnot_si512, _mm512_castsi512_si128, _mm512_cmpeq_epu64_mask, _mm512_cmpgt_epu64_mask,
    _mm512_loadu_si512, _mm512_madd52hi_epu64, _mm512_madd52lo_epu64, _mm512_mask_add_epi64,
    _mm512_mask_mov_epi64, _mm512_maskz_set1_epi64, _mm512_or_si512, _mm512_set1_epi64,
    _mm512_setzero_si512, _mm512_slli_epi64, _mm512_srli_epi64, _mm512_storeu_si512,
};

use super::PublicOperation;

/// Bits of a limb.
const BITS: usize = 52;
const MASK: u64 = (1 << BITS) - 1;
/// Limbs of a register.
const LANES: usize = 8;

/// A number in `V` registers, least significant limb first.
type Number<const V: usize> = [[u64; LANES]; V];

/// Takes in an odd modulus of about 2048, 3072 or 4096 bits without leading zero octets, and an odd exponent; none for
/// other sizes and where the processor lacks the instructions.
pub(super) fn operation(modulus: &[u8], exponent: u64) -> Option<Box<dyn PublicOperation>> {
    if !is_x86_feature_detected!("avx512f") || !is_x86_feature_detected!("avx512ifma") {
        return None;
    }
    match registers(modulus)? {
        5 => Some(Box::new(Key::<5>::new(modulus, exponent)?)),
        8 => Some(Box::new(Key::<8>::new(modulus, exponent)?)),
        10 => Some(Box::new(Key::<10>::new(modulus, exponent)?)),
        _ => None,
    }
}

/// The fewest registers with 4 n < R.
fn registers(modulus: &[u8]) -> Option<usize> {
    Some((bits(modulus)? + 2).div_ceil(BITS * LANES))
}

fn bits(modulus: &[u8]) -> Option<usize> {
    let leading = modulus.first()?.leading_zeros() as usize;
    (leading < 8).then(|| 8 * modulus.len() - leading)
}

/// A key with the constants of its modulus. It exists only where the instructions do.
#[derive(Debug)]
struct Key<const V: usize> {
    modulus: Number<V>,
    /// -1/n modulo 2^52.
    inverse: u64,
    /// R² modulo n.
    r_squared: Number<V>,
    exponent: u64,
    /// Octets of the modulus.
    length: usize,
}

impl<const V: usize> Key<V> {
    /// Only for processors with the instructions.
    fn new(modulus: &[u8], exponent: u64) -> Option<Self> {
        let bits = bits(modulus)?;
        let is_odd = modulus.last()? & 1 == 1 && exponent & 1 == 1;
        if !is_odd || exponent < 3 || registers(modulus)? != V {
            return None;
        }
        let length = modulus.len();
        let modulus: Number<V> = from_octets(modulus);
        let mut key = Self {
            modulus,
            inverse: negated_inverse(modulus[0][0]),
            r_squared: modulus,
            exponent,
            length,
        };
        // 2^(r + t) stands for 2^t: from t = r / 32, five squarings lead to t = r, which is R².
        let r = BITS * LANES * V;
        let mut power = power_of_two(&key.modulus, bits, r + r / 32);
        for _ in 0..5 {
            power = key.multiply(&power, &power);
        }
        key.r_squared = power;
        Some(key)
    }

    /// left · right / R modulo n, below 2 n, for factors below 2 n.
    fn multiply(&self, left: &Number<V>, right: &Number<V>) -> Number<V> {
        // SAFETY: a key exists only where `operation` found the features on this processor.
        unsafe { multiply(left, right, &self.modulus, self.inverse) }
    }

    /// value^e modulo n, for a value below n.
    fn power(&self, value: &Number<V>) -> Number<V> {
        // SAFETY: as in `multiply`.
        let power = unsafe {
            power(
                value,
                self.exponent,
                &self.r_squared,
                &self.modulus,
                self.inverse,
            )
        };
        reduced(&power, &self.modulus)
    }
}

impl<const V: usize> PublicOperation for Key<V> {
    fn apply(&self, signature: &[u8]) -> Option<Vec<u8>> {
        let value = from_octets(signature);
        let is_below = signature.len() == self.length && is_less(&value, &self.modulus);
        is_below.then(|| to_octets(&self.power(&value), self.length))
    }

    fn memory(&self) -> usize {
        size_of::<Self>()
    }
}

/// -1/n modulo 2^52 for an odd n: each step of Newton's doubles the bits that are right, of which there are three.
fn negated_inverse(n: u64) -> u64 {
    let mut inverse = n;
    for _ in 0..5 {
        inverse = inverse.wrapping_mul(2_u64.wrapping_sub(n.wrapping_mul(inverse)));
    }
    inverse.wrapping_neg() & MASK
}

/// The number in octets, most significant first; it fits.
fn from_octets<const V: usize>(octets: &[u8]) -> Number<V> {
    let mut number = [[0; LANES]; V];
    let mut rest = octets;
    let (mut held, mut count) = (0_u128, 0);
    for limb in number.as_flattened_mut() {
        if count < BITS {
            let (before, last) = rest.split_at(rest.len().saturating_sub(8));
            let word = match last.first_chunk() {
                Some(octets) => u64::from_be_bytes(*octets),
                None => last
                    .iter()
                    .fold(0, |word, octet| word << 8 | u64::from(*octet)),
            };
            held |= u128::from(word) << count;
            count += 64;
            rest = before;
        }
        *limb = held as u64 & MASK;
        held >>= BITS;
        count -= BITS;
    }
    number
}

fn to_octets<const V: usize>(number: &Number<V>, length: usize) -> Vec<u8> {
    let mut octets = vec![0; length];
    let mut limbs = number.as_flattened().iter();
    let (mut held, mut count) = (0_u128, 0);
    for group in octets.rchunks_mut(8) {
        while count < 64 {
            let limb = limbs.next().copied().unwrap_or_default();
            held |= u128::from(limb) << count;
            count += BITS;
        }
        let word = (held as u64).to_be_bytes();
        group.copy_from_slice(&word[8 - group.len()..]);
        held >>= 64;
        count -= 64;
    }
    octets
}

fn is_less<const V: usize>(left: &Number<V>, right: &Number<V>) -> bool {
    let (left, right) = (left.as_flattened(), right.as_flattened());
    left.iter().rev().lt(right.iter().rev())
}

/// A number below 2 n made one below n.
fn reduced<const V: usize>(number: &Number<V>, modulus: &Number<V>) -> Number<V> {
    if is_less(number, modulus) {
        return *number;
    }
    let mut less = *number;
    subtract(&mut less, modulus);
    less
}

/// Left - right modulo R.
fn subtract<const V: usize>(left: &mut Number<V>, right: &Number<V>) {
    let mut borrow = 0;
    for (limb, other) in left.as_flattened_mut().iter_mut().zip(right.as_flattened()) {
        let difference = limb.wrapping_sub(*other).wrapping_sub(borrow);
        *limb = difference & MASK;
        borrow = difference >> 63;
    }
}

/// 2^exponent modulo n, for a modulus of so many bits, at least 66, and an exponent not below them.
fn power_of_two<const V: usize>(modulus: &Number<V>, bits: usize, exponent: usize) -> Number<V> {
    // n > 2^(bits - 1), for n is odd.
    let mut power = [[0; LANES]; V];
    let mut reached = bits - 1;
    if let Some(limb) = power.as_flattened_mut().get_mut(reached / BITS) {
        *limb = 1 << (reached % BITS);
    }
    while reached < exponent {
        let shift = (exponent - reached).min(32);
        shift_left(&mut power, shift, modulus, bits);
        reached += shift;
    }
    power
}

/// number · 2^shift modulo n, for a number below n, a modulus of so many bits and a shift of at most 32.
fn shift_left<const V: usize>(
    number: &mut Number<V>,
    shift: usize,
    modulus: &Number<V>,
    bits: usize,
) {
    // From the top 64 bits of both: the quotient, or a few less than it.
    let divisor = u128::from(top(modulus, bits)) + 1;
    let quotient = ((u128::from(top(number, bits)) << shift) / divisor) as i128;
    let mut carry = 0_i128;
    for (limb, other) in number
        .as_flattened_mut()
        .iter_mut()
        .zip(modulus.as_flattened())
    {
        let sum = carry + (i128::from(*limb) << shift) - quotient * i128::from(*other);
        *limb = sum as u64 & MASK;
        carry = sum >> BITS;
    }
    while !is_less(number, modulus) {
        subtract(number, modulus);
    }
}

/// The 64 bits of a number that end with the bit below `bits`, the highest one that may be set.
fn top<const V: usize>(number: &Number<V>, bits: usize) -> u64 {
    let from = bits - 64;
    let limb = |place: usize| {
        let limbs = number.as_flattened();
        u128::from(limbs.get(from / BITS + place).copied().unwrap_or_default())
    };
    let offset = from % BITS;
    (limb(0) >> offset | limb(1) << (BITS - offset) | limb(2) << (2 * BITS - offset)) as u64
}

/// value^exponent modulo n, below 2 n.
#[target_feature(enable = "avx512f,avx512ifma")]
fn power<const V: usize>(
    value: &Number<V>,
    exponent: u64,
    r_squared: &Number<V>,
    modulus: &Number<V>,
    inverse: u64,
) -> Number<V> {
    let base = multiply(value, r_squared, modulus, inverse);
    let mut power = base;
    for position in (1..exponent.ilog2()).rev() {
        power = square(&power, modulus, inverse);
        if exponent >> position & 1 == 1 {
            power = multiply(&power, &base, modulus, inverse);
        }
    }
    power = square(&power, modulus, inverse);
    // The exponent is odd, and the value itself takes the last factor R away.
    multiply(&power, value, modulus, inverse)
}

/// left · right / R modulo n, below 2 n, for factors below 2 n.
#[target_feature(enable = "avx512f,avx512ifma")]
#[inline]
fn multiply<const V: usize>(
    left: &Number<V>,
    right: &Number<V>,
    modulus: &Number<V>,
    inverse: u64,
) -> Number<V> {
    let zero = _mm512_setzero_si512();
    let mut sum = [zero; V];
    let a = load(left);
    let n = load(modulus);
    let (a_low, n_low) = (u128::from(left[0][0]), u128::from(modulus[0][0]));
    let (a_second, n_second) = (left[0][1], modulus[0][1]);
    // The lowest limb of the sum, and the second without what this step adds to it: so the next step need not wait for
    // the registers. Lane 0 of `sum` is not read.
    let (mut low, mut second) = (0_u64, 0_u64);
    for limb in right.as_flattened() {
        let product = u128::from(low) + a_low * u128::from(*limb);
        let quotient = (product as u64).wrapping_mul(inverse) & MASK;
        low = ((product + n_low * u128::from(quotient)) >> BITS) as u64
            + second
            + (a_second.wrapping_mul(*limb) & MASK)
            + (n_second.wrapping_mul(quotient) & MASK);
        let b = _mm512_set1_epi64(limb.cast_signed());
        let q = _mm512_set1_epi64(quotient.cast_signed());
        for index in 0..V {
            sum[index] = _mm512_madd52lo_epu64(sum[index], a[index], b);
        }
        for index in 0..V {
            sum[index] = _mm512_madd52lo_epu64(sum[index], n[index], q);
        }
        // The high halves are summed apart, so that they wait for no shift and no shift waits for them.
        for index in 0..V {
            let above = if index + 1 < V { sum[index + 1] } else { zero };
            let high = _mm512_madd52hi_epu64(zero, a[index], b);
            let high = _mm512_madd52hi_epu64(high, n[index], q);
            let shifted = _mm512_alignr_epi64::<1>(above, sum[index]);
            sum[index] = _mm512_add_epi64(shifted, high);
        }
        second = _mm_extract_epi64::<1>(_mm512_castsi512_si128(sum[0])).cast_unsigned();
    }
    sum[0] = _mm512_mask_mov_epi64(sum[0], 1, _mm512_set1_epi64(low.cast_signed()));
    normalised(sum)
}

/// value² / R modulo n, below 2 n, for a value below 2 n.
///
/// The product of two different registers of the value comes up twice: it is taken once, of the value doubled.
#[target_feature(enable = "avx512f,avx512ifma")]
#[inline]
fn square<const V: usize>(value: &Number<V>, modulus: &Number<V>, inverse: u64) -> Number<V> {
    let factors = (load(value), doubled(&load(value)));
    let mut state = Rows {
        sum: [_mm512_setzero_si512(); V],
        low: 0,
        second: 0,
    };
    state = square_rows::<V, 0>(state, value, factors, modulus, inverse);
    state = square_rows::<V, 1>(state, value, factors, modulus, inverse);
    state = square_rows::<V, 2>(state, value, factors, modulus, inverse);
    state = square_rows::<V, 3>(state, value, factors, modulus, inverse);
    state = square_rows::<V, 4>(state, value, factors, modulus, inverse);
    state = square_rows::<V, 5>(state, value, factors, modulus, inverse);
    state = square_rows::<V, 6>(state, value, factors, modulus, inverse);
    state = square_rows::<V, 7>(state, value, factors, modulus, inverse);
    state = square_rows::<V, 8>(state, value, factors, modulus, inverse);
    state = square_rows::<V, 9>(state, value, factors, modulus, inverse);
    let low = _mm512_set1_epi64(state.low.cast_signed());
    state.sum[0] = _mm512_mask_mov_epi64(state.sum[0], 1, low);
    normalised(state.sum)
}

/// The sum of the rows so far; `low` and `second` as in `multiply`.
#[derive(Clone, Copy)]
struct Rows<const V: usize> {
    sum: [__m512i; V],
    low: u64,
    second: u64,
}

/// The steps of the limbs of register `R`, if there is one: as in `multiply`, without the products with the registers
/// below it, which were taken twice before.
#[target_feature(enable = "avx512f,avx512ifma")]
#[inline]
fn square_rows<const V: usize, const R: usize>(
    state: Rows<V>,
    value: &Number<V>,
    (once, twice): ([__m512i; V], [__m512i; V]),
    modulus: &Number<V>,
    inverse: u64,
) -> Rows<V> {
    let Some(limbs) = value.get(R) else {
        return state;
    };
    let zero = _mm512_setzero_si512();
    let mut a = twice;
    a[R] = once[R];
    if R + 1 < V {
        // The lowest bit of the double is what its neighbour below carried, which is not part of these registers.
        a[R + 1] = _mm512_andnot_si512(_mm512_maskz_set1_epi64(1, 1), a[R + 1]);
    }
    let n = load(modulus);
    let (n_low, n_second) = (u128::from(modulus[0][0]), modulus[0][1]);
    let (a_low, a_second) = if R == 0 {
        (u128::from(value[0][0]), value[0][1])
    } else {
        (0, 0)
    };
    let Rows {
        mut sum,
        mut low,
        mut second,
    } = state;
    for limb in limbs {
        let product = u128::from(low) + a_low * u128::from(*limb);
        let quotient = (product as u64).wrapping_mul(inverse) & MASK;
        low = ((product + n_low * u128::from(quotient)) >> BITS) as u64
            + second
            + (a_second.wrapping_mul(*limb) & MASK)
            + (n_second.wrapping_mul(quotient) & MASK);
        let b = _mm512_set1_epi64(limb.cast_signed());
        let q = _mm512_set1_epi64(quotient.cast_signed());
        for index in R..V {
            sum[index] = _mm512_madd52lo_epu64(sum[index], a[index], b);
        }
        for index in 0..V {
            sum[index] = _mm512_madd52lo_epu64(sum[index], n[index], q);
        }
        for index in 0..V {
            let above = if index + 1 < V { sum[index + 1] } else { zero };
            let mut high = zero;
            if index >= R {
                high = _mm512_madd52hi_epu64(high, a[index], b);
            }
            high = _mm512_madd52hi_epu64(high, n[index], q);
            let shifted = _mm512_alignr_epi64::<1>(above, sum[index]);
            sum[index] = _mm512_add_epi64(shifted, high);
        }
        second = _mm_extract_epi64::<1>(_mm512_castsi512_si128(sum[0])).cast_unsigned();
    }
    Rows { sum, low, second }
}

/// Twice a number below R / 2, every limb below 2^52: the lowest bit of each is what the one below carried.
#[target_feature(enable = "avx512f,avx512ifma")]
#[inline]
fn doubled<const V: usize>(number: &[__m512i; V]) -> [__m512i; V] {
    let mask = _mm512_set1_epi64(MASK.cast_signed());
    let mut below = _mm512_setzero_si512();
    number.map(|limbs| {
        let carries = _mm512_srli_epi64::<51>(limbs);
        let incoming = _mm512_alignr_epi64::<7>(carries, below);
        below = carries;
        _mm512_or_si512(
            _mm512_and_si512(_mm512_slli_epi64::<1>(limbs), mask),
            incoming,
        )
    })
}

/// Carries what is above 52 bits on, so that every limb is below 2^52 (the number fits).
#[target_feature(enable = "avx512f,avx512ifma")]
#[inline]
fn normalised<const V: usize>(mut sum: [__m512i; V]) -> Number<V> {
    let mask = _mm512_set1_epi64(MASK.cast_signed());
    let one = _mm512_set1_epi64(1);
    // Where an addition of the carries from below still gives one, and where one more would.
    let (mut gives, mut passes) = (0_u128, 0_u128);
    let mut below = _mm512_setzero_si512();
    for (index, limbs) in sum.iter_mut().enumerate() {
        let carries = _mm512_srli_epi64::<52>(*limbs);
        // Each carry goes to the lane above; the topmost of the register below comes in.
        let incoming = _mm512_alignr_epi64::<7>(carries, below);
        *limbs = _mm512_add_epi64(_mm512_and_si512(*limbs, mask), incoming);
        gives |= u128::from(_mm512_cmpgt_epu64_mask(*limbs, mask)) << (LANES * index);
        passes |= u128::from(_mm512_cmpeq_epu64_mask(*limbs, mask)) << (LANES * index);
        below = carries;
    }
    // An addition of integers carries through the lanes that pass one on.
    let takes = ((gives << 1) + passes) ^ passes;
    let mut number = [[0; LANES]; V];
    for (index, (limbs, words)) in sum.iter().zip(&mut number).enumerate() {
        let lanes = (takes >> (LANES * index)) as u8;
        let limbs = _mm512_and_si512(_mm512_mask_add_epi64(*limbs, lanes, *limbs, one), mask);
        // SAFETY: `words` has the 64 octets that are written; the instruction does not ask for alignment.
        unsafe { _mm512_storeu_si512(words.as_mut_ptr().cast(), limbs) };
    }
    number
}

#[target_feature(enable = "avx512f,avx512ifma")]
#[inline]
fn load<const V: usize>(number: &Number<V>) -> [__m512i; V] {
    // SAFETY: each word group has the 64 octets that are read; the instruction does not ask for alignment.
    number.map(|words| unsafe { _mm512_loadu_si512(words.as_ptr().cast()) })
}

#[cfg(test)]
mod tests;
