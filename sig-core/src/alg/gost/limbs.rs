//! Integers of fixed size: 64-bit limbs, least significant first.

use std::cmp::Ordering;

/// An integer below 2^(64·N).
pub(super) type Limbs<const N: usize> = [u64; N];

/// From big-endian hexadecimal digits, for constants.
///
/// # Panics
/// At compile time, when there are not exactly 16·N digits.
pub(super) const fn from_hex<const N: usize>(digits: &str) -> Limbs<N> {
    let digits = digits.as_bytes();
    assert!(digits.len() == 16 * N);
    let mut limbs = [0; N];
    let mut index = 0;
    while index < digits.len() {
        let digit = match digits[index] {
            digit @ b'0'..=b'9' => digit - b'0',
            digit => {
                assert!(digit >= b'a' && digit <= b'f');
                digit - b'a' + 10
            }
        };
        let limb = N - 1 - index / 16;
        limbs[limb] = limbs[limb] << 4 | digit as u64;
        index += 1;
    }
    limbs
}

/// From exactly 8·N octets, least significant first.
pub(super) fn from_le<const N: usize>(octets: &[u8]) -> Option<Limbs<N>> {
    let (words, rest) = octets.as_chunks::<8>();
    if words.len() != N || !rest.is_empty() {
        return None;
    }
    let mut limbs = [0; N];
    for (limb, word) in limbs.iter_mut().zip(words) {
        *limb = u64::from_le_bytes(*word);
    }
    Some(limbs)
}

/// From exactly 8·N octets, most significant first.
pub(super) fn from_be<const N: usize>(octets: &[u8]) -> Option<Limbs<N>> {
    let (words, rest) = octets.as_chunks::<8>();
    if words.len() != N || !rest.is_empty() {
        return None;
    }
    let mut limbs = [0; N];
    for (limb, word) in limbs.iter_mut().rev().zip(words) {
        *limb = u64::from_be_bytes(*word);
    }
    Some(limbs)
}

pub(super) fn is_zero<const N: usize>(value: &Limbs<N>) -> bool {
    value.iter().fold(0, |or, limb| or | limb) == 0
}

pub(super) fn less<const N: usize>(a: &Limbs<N>, b: &Limbs<N>) -> bool {
    a.iter().rev().cmp(b.iter().rev()) == Ordering::Less
}

/// Number of bits up to the most significant one.
pub(super) fn length<const N: usize>(value: &Limbs<N>) -> u32 {
    let zeros: u32 = match value.iter().rposition(|limb| *limb != 0) {
        Some(index) => 64 * (N - 1 - index) as u32 + value[index].leading_zeros(),
        None => 64 * N as u32,
    };
    64 * N as u32 - zeros
}

/// a + b + carry, and the carry. Compilers keep a chain of carries only in exactly this form.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn add_carry(a: u64, b: u64, carry: u8) -> (u64, u8) {
    let mut sum = 0;
    let carry = std::arch::x86_64::_addcarry_u64(carry, a, b, &mut sum);
    (sum, carry)
}

/// a − b − borrow, and the borrow.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn sub_borrow(a: u64, b: u64, borrow: u8) -> (u64, u8) {
    let mut difference = 0;
    let borrow = std::arch::x86_64::_subborrow_u64(borrow, a, b, &mut difference);
    (difference, borrow)
}

/// a + b + carry, and the carry.
#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
fn add_carry(a: u64, b: u64, carry: u8) -> (u64, u8) {
    let (sum, carry) = a.carrying_add(b, carry != 0);
    (sum, u8::from(carry))
}

/// a − b − borrow, and the borrow.
#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
fn sub_borrow(a: u64, b: u64, borrow: u8) -> (u64, u8) {
    let (difference, borrow) = a.borrowing_sub(b, borrow != 0);
    (difference, u8::from(borrow))
}

/// Sum and carry.
#[inline(always)]
pub(super) fn add<const N: usize>(a: &Limbs<N>, b: &Limbs<N>) -> (Limbs<N>, bool) {
    let mut sum = [0; N];
    let mut carry = 0;
    for index in 0..N {
        (sum[index], carry) = add_carry(a[index], b[index], carry);
    }
    (sum, carry != 0)
}

/// Difference and borrow.
#[inline(always)]
pub(super) fn sub<const N: usize>(a: &Limbs<N>, b: &Limbs<N>) -> (Limbs<N>, bool) {
    let mut difference = [0; N];
    let mut borrow = 0;
    for index in 0..N {
        (difference[index], borrow) = sub_borrow(a[index], b[index], borrow);
    }
    (difference, borrow != 0)
}

/// Twice a value below the modulus, modulo it; for constants.
pub(super) const fn double_modulo<const N: usize>(
    value: &Limbs<N>,
    modulus: &Limbs<N>,
) -> Limbs<N> {
    let mut doubled = [0; N];
    let mut reduced = [0; N];
    let mut carry = 0;
    let mut borrow = false;
    let mut index = 0;
    while index < N {
        doubled[index] = value[index] << 1 | carry;
        carry = value[index] >> 63;
        let (difference, first) = doubled[index].overflowing_sub(modulus[index]);
        let (difference, second) = difference.overflowing_sub(borrow as u64);
        reduced[index] = difference;
        borrow = first || second;
        index += 1;
    }
    if carry == 1 || !borrow {
        reduced
    } else {
        doubled
    }
}

/// Sum with a single limb, and carry.
#[inline(always)]
pub(super) fn add_limb<const N: usize>(a: &Limbs<N>, b: u64) -> (Limbs<N>, bool) {
    let mut addend = [0; N];
    addend[0] = b;
    add(a, &addend)
}

/// Difference with a single limb, and borrow.
#[inline(always)]
pub(super) fn sub_limb<const N: usize>(a: &Limbs<N>, b: u64) -> (Limbs<N>, bool) {
    let mut subtrahend = [0; N];
    subtrahend[0] = b;
    sub(a, &subtrahend)
}

/// At least 15 bits of an integer from a position on, where it has them.
#[inline(always)]
pub(super) fn bits<const N: usize>(value: &Limbs<N>, position: usize) -> u64 {
    let (index, shift) = (position / 64, position % 64);
    let low = value.get(index).copied().unwrap_or(0) >> shift;
    if shift <= 48 {
        return low;
    }
    low | value.get(index + 1).copied().unwrap_or(0) << (64 - shift)
}

/// Product with a single limb: low part and the limb above it.
#[inline(always)]
pub(super) fn mul_limb<const N: usize>(a: &Limbs<N>, b: u64) -> (Limbs<N>, u64) {
    let mut product = [0; N];
    let mut carry = 0;
    for (limb, a) in product.iter_mut().zip(a) {
        (*limb, carry) = a.carrying_mul(b, carry);
    }
    (product, carry)
}

/// a·b + c + d: low and high half. Written so because compilers turn exactly this into one multiplication.
#[inline(always)]
fn multiply_add(a: u64, b: u64, c: u64, d: u64) -> (u64, u64) {
    let sum = u128::from(a) * u128::from(b) + u128::from(c) + u128::from(d);
    (sum as u64, (sum >> 64) as u64)
}

/// Product: low and high half.
#[inline(always)]
pub(super) fn mul_wide<const N: usize>(a: &Limbs<N>, b: &Limbs<N>) -> (Limbs<N>, Limbs<N>) {
    if N == 8 {
        mul_in_quarters(a, b)
    } else {
        mul_by_rows(a, b)
    }
}

/// One row for each limb of `a`. All indices are known when N is, and the whole stays in registers for N = 4.
#[inline(always)]
fn mul_by_rows<const N: usize>(a: &Limbs<N>, b: &Limbs<N>) -> (Limbs<N>, Limbs<N>) {
    let mut product = [[0; N]; 2];
    for i in 0..N {
        let mut carry = 0;
        for j in 0..N {
            let at = &mut product[(i + j) / N][(i + j) % N];
            (*at, carry) = multiply_add(a[i], b[j], *at, carry);
        }
        product[1][i] = carry;
    }
    (product[0], product[1])
}

/// Eight limbs as four products of four: a row of eight would not fit the registers.
#[inline(never)]
fn mul_in_quarters<const N: usize>(a: &Limbs<N>, b: &Limbs<N>) -> (Limbs<N>, Limbs<N>) {
    let mut halves = [[0; 4]; 4];
    for i in 0..N {
        halves[i / 4][i % 4] = a[i];
        halves[2 + i / 4][i % 4] = b[i];
    }
    let [a0, a1, b0, b1] = halves;
    let (bottom, low) = mul_by_rows(&a0, &b0);
    let (high, top) = mul_by_rows(&a1, &b1);
    let mut upper = [[0; 4], low, high, top];
    for (low, high) in [mul_by_rows(&a0, &b1), mul_by_rows(&a1, &b0)] {
        let mut carry = false;
        for i in 0..12 {
            let part = match i / 4 {
                0 => low[i % 4],
                1 => high[i % 4],
                _ => 0,
            };
            let at = &mut upper[1 + i / 4][i % 4];
            (*at, carry) = at.carrying_add(part, carry);
        }
    }
    upper[0] = bottom;
    let mut product = [[0; N]; 2];
    for i in 0..2 * N {
        product[i / N][i % N] = upper[i / 4][i % 4];
    }
    (product[0], product[1])
}

/// Square: low and high half, with every product of two different limbs computed once.
#[inline(always)]
pub(super) fn square_wide<const N: usize>(a: &Limbs<N>) -> (Limbs<N>, Limbs<N>) {
    let mut square = [[0; N]; 2];
    for i in 0..N {
        let mut carry = 0;
        for j in i + 1..N {
            let at = &mut square[(i + j) / N][(i + j) % N];
            (*at, carry) = multiply_add(a[i], a[j], *at, carry);
        }
        square[1][i] = carry;
    }
    let mut above = 0;
    for i in 0..2 * N {
        let at = &mut square[i / N][i % N];
        (*at, above) = (*at << 1 | above, *at >> 63);
    }
    let mut carry = false;
    for i in 0..N {
        let (low, high) = multiply_add(a[i], a[i], 0, 0);
        let at = &mut square[2 * i / N][2 * i % N];
        (*at, carry) = at.carrying_add(low, carry);
        let at = &mut square[(2 * i + 1) / N][(2 * i + 1) % N];
        (*at, carry) = at.carrying_add(high, carry);
    }
    (square[0], square[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octets_and_digits_agree() {
        let value: Limbs<2> = from_hex("0123456789abcdeffedcba9876543210");
        assert_eq!(value, [0xfedc_ba98_7654_3210, 0x0123_4567_89ab_cdef]);
        let be = hex::decode("0123456789abcdeffedcba9876543210").unwrap();
        assert_eq!(from_be(&be), Some(value));
        let le: Vec<u8> = be.iter().rev().copied().collect();
        assert_eq!(from_le(&le), Some(value));
        for wrong in [&be[1..], &[be.as_slice(), &[0]].concat()] {
            assert_eq!(from_be::<2>(wrong), None);
            assert_eq!(from_le::<2>(wrong), None);
        }
    }

    #[test]
    fn order_is_that_of_the_integers() {
        assert!(less(&[9, 1], &[0, 2]));
        assert!(!less(&[0, 2], &[9, 1]));
        assert!(!less(&[7, 7], &[7, 7]));
    }

    #[test]
    fn carries_run_through() {
        assert_eq!(add_limb(&[u64::MAX; 2], 1), ([0, 0], true));
        assert_eq!(sub_limb(&[0, 0], 1), ([u64::MAX; 2], true));
        assert_eq!(add(&[u64::MAX; 2], &[1, 0]), ([0, 0], true));
        assert_eq!(sub(&[0, 1], &[1, 0]), ([u64::MAX, 0], false));
        assert_eq!(
            mul_wide(&[u64::MAX; 2], &[u64::MAX; 2]),
            ([1, 0], [u64::MAX - 1, u64::MAX])
        );
        assert_eq!(
            mul_limb(&[u64::MAX; 2], u64::MAX),
            ([1, u64::MAX], u64::MAX - 1)
        );
    }
}
