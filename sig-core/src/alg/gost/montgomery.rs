//! Montgomery arithmetic for primes without a special form and for the orders of the groups.

use super::field::{Element, Field};
use super::limbs::{self, Limbs};

/// Integers modulo an odd prime, kept multiplied by 2^(64·N). Elements are below the prime.
#[derive(Clone, Copy, Debug)]
pub(super) struct Montgomery<const N: usize> {
    modulus: Limbs<N>,
    /// −1/modulus modulo 2^64.
    factor: u64,
    /// 2^(128·N) modulo the modulus.
    square: Limbs<N>,
}

impl<const N: usize> Montgomery<N> {
    /// Arithmetic modulo an odd number.
    pub(super) const fn new(modulus: Limbs<N>) -> Self {
        let mut inverse = 1_u64;
        let mut step = 0;
        while step < 6 {
            let error = modulus[0].wrapping_mul(inverse);
            inverse = inverse.wrapping_mul(2_u64.wrapping_sub(error));
            step += 1;
        }
        let mut square = [0; N];
        square[0] = 1;
        let mut step = 0;
        while step < 128 * N {
            square = limbs::double_modulo(&square, &modulus);
            step += 1;
        }
        Self {
            modulus,
            factor: inverse.wrapping_neg(),
            square,
        }
    }

    /// The product of an integer and an element, as an integer below the modulus.
    pub(super) fn scale(&self, value: &Limbs<N>, by: &Element<N>) -> Limbs<N> {
        self.product(value, &by.0)
    }

    /// a·b / 2^(64·N).
    #[inline(never)]
    fn product(&self, a: &Limbs<N>, b: &Limbs<N>) -> Limbs<N> {
        let mut sum = [0; N];
        let mut top = 0_u64;
        for limb in a {
            let mut carry = 0;
            for j in 0..N {
                (sum[j], carry) = limb.carrying_mul_add(b[j], sum[j], carry);
            }
            let (above, over) = top.overflowing_add(carry);
            let multiple = sum[0].wrapping_mul(self.factor);
            let (_, mut carry) = multiple.carrying_mul_add(self.modulus[0], sum[0], 0);
            for j in 1..N {
                (sum[j - 1], carry) = multiple.carrying_mul_add(self.modulus[j], sum[j], carry);
            }
            let last;
            (sum[N - 1], last) = above.overflowing_add(carry);
            top = u64::from(over) + u64::from(last);
        }
        self.reduce(&sum, top != 0)
    }

    /// A value below twice the modulus, brought below it.
    #[inline(always)]
    fn reduce(&self, value: &Limbs<N>, carry: bool) -> Limbs<N> {
        let (reduced, borrow) = limbs::sub(value, &self.modulus);
        if carry || !borrow { reduced } else { *value }
    }
}

impl<const N: usize> Field<N> for Montgomery<N> {
    #[inline(always)]
    fn modulus(&self) -> Limbs<N> {
        self.modulus
    }

    fn encode(&self, value: &Limbs<N>) -> Element<N> {
        Element(self.product(value, &self.square))
    }

    fn decode(&self, element: &Element<N>) -> Limbs<N> {
        let mut one = [0; N];
        one[0] = 1;
        self.product(&element.0, &one)
    }

    #[inline(always)]
    fn add(&self, a: &Element<N>, b: &Element<N>) -> Element<N> {
        let (sum, carry) = limbs::add(&a.0, &b.0);
        Element(self.reduce(&sum, carry))
    }

    #[inline(always)]
    fn sub(&self, a: &Element<N>, b: &Element<N>) -> Element<N> {
        let (difference, borrow) = limbs::sub(&a.0, &b.0);
        let (corrected, _) = limbs::add(&difference, &self.modulus);
        Element(if borrow { corrected } else { difference })
    }

    #[inline(always)]
    fn mul(&self, a: &Element<N>, b: &Element<N>) -> Element<N> {
        Element(self.product(&a.0, &b.0))
    }

    #[inline(always)]
    fn is_zero(&self, a: &Element<N>) -> bool {
        limbs::is_zero(&a.0)
    }
}
