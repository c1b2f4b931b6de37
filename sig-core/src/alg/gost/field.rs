//! Prime fields, with fast reduction where the prime has a special form.
//!
//! | parameter sets | prime | type |
//! |---|---|---|
//! | CryptoPro-A, XchA, 256-A, 256-B | 2^256 − 617 | [`Minus<617>`] |
//! | 512-A, 512-C | 2^512 − 569 | [`Minus<569>`] |
//! | CryptoPro-B, 256-C | 2^255 + 3225 | [`Plus<3225>`] |
//! | 512-B | 2^511 + 111 | [`Plus<111>`] |
//! | the test set of 256 bits | 2^255 + 1073 | [`Plus<1073>`] |
//! | all others | no special form | [`super::montgomery::Montgomery`] |

use std::fmt;

use super::inverse;
use super::limbs::{self, Limbs};

/// An element in the representation of its field: the same element may have two of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Element<const N: usize>(pub(super) Limbs<N>);

impl<const N: usize> Element<N> {
    pub(super) const ZERO: Self = Self([0; N]);
}

/// Arithmetic modulo a prime.
pub(super) trait Field<const N: usize>: fmt::Debug + Send + Sync + 'static {
    /// The prime.
    fn modulus(&self) -> Limbs<N>;

    /// From an integer below the prime.
    fn encode(&self, value: &Limbs<N>) -> Element<N>;

    /// To the integer below the prime.
    fn decode(&self, element: &Element<N>) -> Limbs<N>;

    fn add(&self, a: &Element<N>, b: &Element<N>) -> Element<N>;

    fn sub(&self, a: &Element<N>, b: &Element<N>) -> Element<N>;

    fn mul(&self, a: &Element<N>, b: &Element<N>) -> Element<N>;

    /// Whether the element is zero, in any representation.
    fn is_zero(&self, a: &Element<N>) -> bool;

    #[inline(always)]
    fn square(&self, a: &Element<N>) -> Element<N> {
        self.mul(a, a)
    }

    #[inline(always)]
    fn double(&self, a: &Element<N>) -> Element<N> {
        self.add(a, a)
    }

    /// a − 2b.
    #[inline(always)]
    fn sub_twice(&self, a: &Element<N>, b: &Element<N>) -> Element<N> {
        self.sub(&self.sub(a, b), b)
    }

    /// a/2.
    #[inline(always)]
    fn halve(&self, a: &Element<N>) -> Element<N> {
        // One of a and a + p is even, and the sum is below 2^(64·N + 1).
        let odd = mask(a.0[0] & 1 == 1);
        let mut multiple = self.modulus();
        for limb in &mut multiple {
            *limb &= odd;
        }
        let (mut half, carry) = limbs::add(&a.0, &multiple);
        for index in 0..N - 1 {
            half[index] = half[index] >> 1 | half[index + 1] << 63;
        }
        half[N - 1] = half[N - 1] >> 1 | u64::from(carry) << 63;
        Element(half)
    }

    fn one(&self) -> Element<N> {
        let mut one = [0; N];
        one[0] = 1;
        self.encode(&one)
    }

    fn negate(&self, a: &Element<N>) -> Element<N> {
        self.sub(&Element::ZERO, a)
    }

    fn equal(&self, a: &Element<N>, b: &Element<N>) -> bool {
        self.is_zero(&self.sub(a, b))
    }

    /// The inverse; zero for zero.
    fn invert(&self, a: &Element<N>) -> Element<N> {
        self.encode(&inverse::modulo(&self.decode(a), &self.modulus()))
    }
}

/// Integers modulo 2^(64·N) − C, for a C of at most 16 bits. Every N limbs are an element.
#[derive(Clone, Copy, Debug)]
pub(super) struct Minus<const C: u64>;

impl<const C: u64> Minus<C> {
    /// A product brought back to N limbs: 2^(64·N) = C.
    #[inline(always)]
    fn fold<const N: usize>((low, high): (Limbs<N>, Limbs<N>)) -> Element<N> {
        let mut sum = [0; N];
        let mut carry = 0;
        for i in 0..N {
            (sum[i], carry) = high[i].carrying_mul_add(C, low[i], carry);
        }
        let (mut sum, carry) = limbs::add_limb(&sum, carry.wrapping_mul(C));
        // After this carry the sum is below C·(C + 1).
        sum[0] = sum[0].wrapping_add(mask(carry) & C);
        Element(sum)
    }
}

impl<const C: u64, const N: usize> Field<N> for Minus<C> {
    #[inline(always)]
    fn modulus(&self) -> Limbs<N> {
        let mut modulus = [u64::MAX; N];
        modulus[0] = u64::MAX - C + 1;
        modulus
    }

    #[inline(always)]
    fn encode(&self, value: &Limbs<N>) -> Element<N> {
        Element(*value)
    }

    fn decode(&self, element: &Element<N>) -> Limbs<N> {
        let (reduced, borrow) = limbs::sub(&element.0, &Field::<N>::modulus(self));
        if borrow { element.0 } else { reduced }
    }

    #[inline(always)]
    fn add(&self, a: &Element<N>, b: &Element<N>) -> Element<N> {
        let (sum, carry) = limbs::add(&a.0, &b.0);
        let (mut sum, carry) = limbs::add_limb(&sum, mask(carry) & C);
        // After a second carry the sum is below C.
        sum[0] = sum[0].wrapping_add(mask(carry) & C);
        Element(sum)
    }

    #[inline(always)]
    fn sub(&self, a: &Element<N>, b: &Element<N>) -> Element<N> {
        let (difference, borrow) = limbs::sub(&a.0, &b.0);
        let (mut difference, borrow) = limbs::sub_limb(&difference, mask(borrow) & C);
        // After a second borrow the difference is within C of 2^(64·N).
        difference[0] = difference[0].wrapping_sub(mask(borrow) & C);
        Element(difference)
    }

    #[inline(always)]
    fn mul(&self, a: &Element<N>, b: &Element<N>) -> Element<N> {
        Self::fold(limbs::mul_wide(&a.0, &b.0))
    }

    #[inline(always)]
    fn square(&self, a: &Element<N>) -> Element<N> {
        Self::fold(limbs::square_wide(&a.0))
    }

    #[inline(always)]
    fn is_zero(&self, a: &Element<N>) -> bool {
        limbs::is_zero(&a.0) || a.0 == Field::<N>::modulus(self)
    }
}

/// Integers modulo 2^(64·N − 1) + C, for a C of at most 16 bits. Every N limbs are an element.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plus<const C: u64>;

impl<const C: u64> Plus<C> {
    /// 2^(64·N) = −FOLD.
    const FOLD: u64 = 2 * C;

    /// A product brought back to N limbs.
    #[inline(always)]
    fn fold<const N: usize>(self, (low, high): (Limbs<N>, Limbs<N>)) -> Element<N> {
        let (folded, above) = limbs::mul_limb(&high, Self::FOLD);
        let (difference, borrow) = limbs::sub(&low, &folded);
        // −(above + borrow) · 2^(64·N) = (above + borrow) · FOLD, below 2^35.
        let rest = (above + u64::from(borrow)).wrapping_mul(Self::FOLD);
        let (sum, carry) = limbs::add_limb(&difference, rest);
        if carry {
            self.wrapped(&sum)
        } else {
            Element(sum)
        }
    }

    /// 2^(64·N) + `low`, for a `low` far below the prime.
    #[cold]
    fn wrapped<const N: usize>(self, low: &Limbs<N>) -> Element<N> {
        // 2^(64·N) − p = 2^(64·N − 1) − C.
        let mut high = [0; N];
        high[N - 1] = 1 << 63;
        let (rest, _) = limbs::sub_limb(&high, C);
        Element(limbs::add(&rest, low).0)
    }
}

impl<const C: u64, const N: usize> Field<N> for Plus<C> {
    #[inline(always)]
    fn modulus(&self) -> Limbs<N> {
        let mut modulus = [0; N];
        modulus[0] = C;
        modulus[N - 1] = 1 << 63;
        modulus
    }

    #[inline(always)]
    fn encode(&self, value: &Limbs<N>) -> Element<N> {
        Element(*value)
    }

    fn decode(&self, element: &Element<N>) -> Limbs<N> {
        let (reduced, borrow) = limbs::sub(&element.0, &Field::<N>::modulus(self));
        if borrow { element.0 } else { reduced }
    }

    #[inline(always)]
    fn add(&self, a: &Element<N>, b: &Element<N>) -> Element<N> {
        let (sum, carry) = limbs::add(&a.0, &b.0);
        let (folded, borrow) = limbs::sub_limb(&sum, mask(carry) & Self::FOLD);
        if borrow {
            self.wrapped(&sum)
        } else {
            Element(folded)
        }
    }

    #[inline(always)]
    fn sub(&self, a: &Element<N>, b: &Element<N>) -> Element<N> {
        let (difference, borrow) = limbs::sub(&a.0, &b.0);
        let (folded, carry) = limbs::add_limb(&difference, mask(borrow) & Self::FOLD);
        if carry {
            self.wrapped(&folded)
        } else {
            Element(folded)
        }
    }

    #[inline(always)]
    fn mul(&self, a: &Element<N>, b: &Element<N>) -> Element<N> {
        self.fold(limbs::mul_wide(&a.0, &b.0))
    }

    #[inline(always)]
    fn square(&self, a: &Element<N>) -> Element<N> {
        self.fold(limbs::square_wide(&a.0))
    }

    #[inline(always)]
    fn is_zero(&self, a: &Element<N>) -> bool {
        limbs::is_zero(&a.0) || a.0 == Field::<N>::modulus(self)
    }
}

/// All ones for `true`.
#[inline(always)]
fn mask(flag: bool) -> u64 {
    u64::from(flag).wrapping_neg()
}

#[cfg(test)]
mod tests;
