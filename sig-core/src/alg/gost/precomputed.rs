//! Tables of odd multiples and the signed digits that select from them.

use super::curve::Group;
use super::limbs::{self, Limbs};

/// Window for the base point, whose table is computed once for a curve.
pub(super) const BASE_WINDOW: u32 = 12;
/// Window for a public key.
pub(super) const KEY_WINDOW: u32 = 5;

/// The odd multiples P, 3P, 5P, … below 2^(window − 1).
#[derive(Clone, Debug)]
pub(super) struct Table<E> {
    entries: Box<[E]>,
}

impl<E> Table<E> {
    /// Multiples in affine form.
    pub(super) fn affine<G: Group<N, Entry = E>, const N: usize>(
        group: &G,
        point: &G::Point,
        window: u32,
    ) -> Self {
        let multiples = group.odd_multiples(point, 1 << (window - 2));
        Self {
            entries: group.normalize(&multiples).into_boxed_slice(),
        }
    }

    /// Multiples in the form that needs no inversion.
    pub(super) fn projective<G: Group<N, Multiple = E>, const N: usize>(
        group: &G,
        point: &G::Point,
        window: u32,
    ) -> Self {
        let multiples = group.odd_multiples(point, 1 << (window - 2));
        Self {
            entries: multiples
                .iter()
                .map(|point| group.multiple(point))
                .collect(),
        }
    }

    /// The multiple that a digit other than zero names, but for its sign.
    #[inline(always)]
    pub(super) fn get(&self, digit: i16) -> Option<&E> {
        self.entries.get(usize::from(digit.unsigned_abs() >> 1))
    }

    /// Octets on the heap.
    pub(super) const fn memory(&self) -> usize {
        size_of::<E>() * self.entries.len()
    }
}

/// Digits of the widest scalar, with one more for the last carry.
const MAX_DIGITS: usize = 513;

/// A scalar as signed digits, least significant first: each is zero or odd, and after one that is not zero
/// at least `window − 1` are.
pub(super) struct Digits {
    digits: [i16; MAX_DIGITS],
    length: usize,
}

impl Digits {
    /// Recodes a scalar; `window` is 2 to 15.
    pub(super) fn new<const N: usize>(scalar: &Limbs<N>, window: u32) -> Self {
        let mut digits = [0; MAX_DIGITS];
        let mut length = 0;
        let mut carry = 0;
        let mut position = 0;
        let mask = (1 << window) - 1;
        while position <= 64 * N {
            let value = carry + (limbs::bits(scalar, position) & mask);
            if value & 1 == 0 {
                position += 1;
                continue;
            }
            let negative = value >> (window - 1) != 0;
            let magnitude = if negative {
                (1 << window) - value
            } else {
                value
            };
            // Below 2^14 by the bound on the window.
            let magnitude = magnitude as i16;
            carry = u64::from(negative);
            if let Some(digit) = digits.get_mut(position) {
                *digit = if negative { -magnitude } else { magnitude };
            }
            length = position + 1;
            position += window as usize;
        }
        Self { digits, length }
    }

    /// Number of digits up to the last that is not zero.
    pub(super) const fn len(&self) -> usize {
        self.length
    }

    #[inline(always)]
    pub(super) fn at(&self, position: usize) -> i16 {
        self.digits.get(position).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use num_bigint::BigInt;
    use proptest::prelude::*;

    fn value<const N: usize>(scalar: &Limbs<N>, window: u32) -> BigInt {
        let digits = Digits::new(scalar, window);
        let mut sum = BigInt::ZERO;
        let mut free = 0;
        for position in 0..digits.len() {
            let digit = digits.at(position);
            if digit != 0 {
                assert!(digit % 2 != 0);
                assert!(digit.unsigned_abs() < 1 << (window - 1));
                assert!(position >= free, "digits too close");
                free = position + window as usize;
            }
            sum += BigInt::from(digit) << position;
        }
        sum
    }

    fn expected<const N: usize>(scalar: &Limbs<N>) -> BigInt {
        scalar
            .iter()
            .rev()
            .fold(BigInt::ZERO, |sum, limb| (sum << 64) + BigInt::from(*limb))
    }

    #[test]
    fn extreme_scalars_keep_their_value() {
        for scalar in [[0; 4], [1, 0, 0, 0], [u64::MAX; 4], [0, 0, 0, 1 << 63]] {
            for window in [KEY_WINDOW, BASE_WINDOW] {
                assert_eq!(value(&scalar, window), expected(&scalar));
            }
        }
        assert_eq!(value(&[u64::MAX; 8], 9), expected(&[u64::MAX; 8]));
    }

    proptest! {
        #[test]
        fn digits_keep_the_value(short in any::<[u64; 4]>(), long in any::<[u64; 8]>(), window in 2_u32..=9) {
            prop_assert_eq!(value(&short, window), expected(&short));
            prop_assert_eq!(value(&long, window), expected(&long));
        }
    }
}
