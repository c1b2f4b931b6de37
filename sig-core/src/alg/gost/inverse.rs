//! Inversion modulo an odd number in variable time: division steps on the low 62 bits at a time,
//! applied to the whole numbers as one matrix (Bernstein and Yang, "Fast constant-time gcd computation
//! and modular inversion", 2019).

use super::limbs::Limbs;

/// Bits in one limb here; two are left for signs and carries.
pub(super) const BITS: u32 = 62;
const MASK: i64 = i64::MAX >> 1;
/// Limbs for 512 bits and a sign.
const MAX: usize = 9;
/// Batches that bring any g of 512 bits to zero: (49·512 + 57)/17 steps.
const BATCHES: usize = 24;

/// A signed integer, least significant limb first; all limbs but the last are in 0..2^62.
#[derive(Clone, Copy)]
pub(super) struct Signed {
    pub(super) limbs: [i64; MAX],
}

/// The steps of one batch, times 2^62.
pub(super) struct Matrix {
    pub(super) u: i64,
    pub(super) v: i64,
    pub(super) q: i64,
    pub(super) r: i64,
}

/// The inverse of `value` modulo an odd prime; zero for zero.
pub(super) fn modulo<const N: usize>(value: &Limbs<N>, modulus: &Limbs<N>) -> Limbs<N> {
    match N {
        4 => invert::<N, 5>(value, modulus),
        _ => invert::<N, MAX>(value, modulus),
    }
}

#[inline(always)]
fn invert<const N: usize, const M: usize>(value: &Limbs<N>, modulus: &Limbs<N>) -> Limbs<N> {
    let prime = Signed::from_limbs(modulus);
    let inverse_of_prime = inverse_of_low_bits(prime.limbs[0]);
    let (mut f, mut g) = (prime, Signed::from_limbs(value));
    let (mut d, mut e) = (Signed::small(0), Signed::small(1));
    let mut eta = -1;
    let mut length = M;
    for _ in 0..BATCHES {
        if g.limbs.iter().all(|limb| *limb == 0) {
            break;
        }
        let matrix = division_steps(&mut eta, f.limbs[0], g.limbs[0]);
        update_de::<M>(&mut d, &mut e, &matrix, &prime, inverse_of_prime);
        length = update_fg(&mut f, &mut g, &matrix, length);
    }
    let negative = f.limbs[length - 1] < 0;
    d.normalize::<M>(negative, &prime);
    d.to_limbs()
}

impl Signed {
    const fn small(value: i64) -> Self {
        let mut limbs = [0; MAX];
        limbs[0] = value;
        Self { limbs }
    }

    pub(super) fn from_limbs<const N: usize>(value: &Limbs<N>) -> Self {
        let mut limbs = [0; MAX];
        let mut bit = 0;
        for limb in &mut limbs {
            let (index, shift) = (bit / 64, bit % 64);
            let low = value.get(index).copied().unwrap_or(0) >> shift;
            let high = match shift {
                0 => 0,
                _ => value.get(index + 1).copied().unwrap_or(0) << (64 - shift),
            };
            *limb = (low | high) as i64 & MASK;
            bit += BITS as usize;
        }
        Self { limbs }
    }

    /// The limbs of a value that is not negative and fits.
    fn to_limbs<const N: usize>(self) -> Limbs<N> {
        let mut value = [0; N];
        for (index, limb) in self.limbs.iter().enumerate() {
            let bit = index * BITS as usize;
            let (word, shift) = (bit / 64, bit % 64);
            let limb = *limb as u64;
            if let Some(word) = value.get_mut(word) {
                *word |= limb << shift;
            }
            if shift > 2
                && let Some(word) = value.get_mut(word + 1)
            {
                *word |= limb >> (64 - shift);
            }
        }
        value
    }

    /// From the range −2p..p, negated when asked for, to 0..p.
    fn normalize<const M: usize>(&mut self, negate: bool, prime: &Self) {
        self.add_when::<M>(self.limbs[M - 1] < 0, prime);
        if negate {
            for limb in self.limbs.iter_mut().take(M) {
                *limb = -*limb;
            }
            self.carry::<M>();
        }
        self.add_when::<M>(self.limbs[M - 1] < 0, prime);
    }

    fn add_when<const M: usize>(&mut self, condition: bool, prime: &Self) {
        if condition {
            for index in 0..M {
                self.limbs[index] += prime.limbs[index];
            }
            self.carry::<M>();
        }
    }

    fn carry<const M: usize>(&mut self) {
        for index in 0..M - 1 {
            let carry = self.limbs[index] >> BITS;
            self.limbs[index] &= MASK;
            self.limbs[index + 1] += carry;
        }
    }
}

/// 1/low modulo 2^62, for an odd number.
fn inverse_of_low_bits(low: i64) -> i64 {
    let low = low as u64;
    let mut inverse = low;
    for _ in 0..6 {
        inverse = inverse.wrapping_mul(2_u64.wrapping_sub(low.wrapping_mul(inverse)));
    }
    inverse as i64 & MASK
}

/// 62 division steps on the low bits of f and g.
#[inline(always)]
fn division_steps(eta: &mut i64, f: i64, g: i64) -> Matrix {
    let (mut f, mut g) = (f as u64, g as u64);
    let (mut u, mut v, mut q, mut r) = (1_i64, 0_i64, 0_i64, 1_i64);
    let mut left = BITS;
    loop {
        let zeros = (g | u64::MAX << left).trailing_zeros();
        g >>= zeros;
        u <<= zeros;
        v <<= zeros;
        *eta -= i64::from(zeros);
        left -= zeros;
        if left == 0 {
            return Matrix { u, v, q, r };
        }
        // f and g are odd here: cancel as many low bits of g as the next exchange allows.
        let exchange = *eta < 0;
        if exchange {
            *eta = -*eta;
            (f, g) = (g, f.wrapping_neg());
            (u, q) = (q, -u);
            (v, r) = (r, -v);
        }
        let steps = (*eta + 1).min(i64::from(left)) as u32;
        let multiple = if exchange {
            let bits = f
                .wrapping_mul(g)
                .wrapping_mul(f.wrapping_mul(f).wrapping_sub(2));
            bits & 63 & u64::MAX >> (64 - steps.min(6))
        } else {
            let inverse = f.wrapping_add((f.wrapping_add(1) & 4) << 1);
            inverse.wrapping_neg().wrapping_mul(g) & 15 & u64::MAX >> (64 - steps.min(4))
        };
        g = g.wrapping_add(f.wrapping_mul(multiple));
        q = q.wrapping_add(u.wrapping_mul(multiple as i64));
        r = r.wrapping_add(v.wrapping_mul(multiple as i64));
    }
}

/// (d, e) := matrix · (d, e) / 2^62 modulo the prime, within −2p..p.
#[inline(always)]
fn update_de<const M: usize>(
    d: &mut Signed,
    e: &mut Signed,
    matrix: &Matrix,
    prime: &Signed,
    inverse: i64,
) {
    let Matrix { u, v, q, r } = *matrix;
    let (sign_d, sign_e) = (d.limbs[M - 1] >> 63, e.limbs[M - 1] >> 63);
    let wide = |a: i64, b: i64| i128::from(a) * i128::from(b);
    let mut multiple_d = (u & sign_d) + (v & sign_e);
    let mut multiple_e = (q & sign_d) + (r & sign_e);
    let mut carry_d = wide(u, d.limbs[0]) + wide(v, e.limbs[0]);
    let mut carry_e = wide(q, d.limbs[0]) + wide(r, e.limbs[0]);
    // Multiples of the prime that clear the low 62 bits.
    let clearing = |carry: i128, multiple: i64| {
        (inverse.wrapping_mul(carry as i64).wrapping_add(multiple)) & MASK
    };
    multiple_d -= clearing(carry_d, multiple_d);
    multiple_e -= clearing(carry_e, multiple_e);
    carry_d = (carry_d + wide(prime.limbs[0], multiple_d)) >> BITS;
    carry_e = (carry_e + wide(prime.limbs[0], multiple_e)) >> BITS;
    for index in 1..M {
        let (limb_d, limb_e, limb_p) = (d.limbs[index], e.limbs[index], prime.limbs[index]);
        carry_d += wide(u, limb_d) + wide(v, limb_e) + wide(limb_p, multiple_d);
        carry_e += wide(q, limb_d) + wide(r, limb_e) + wide(limb_p, multiple_e);
        d.limbs[index - 1] = carry_d as i64 & MASK;
        e.limbs[index - 1] = carry_e as i64 & MASK;
        carry_d >>= BITS;
        carry_e >>= BITS;
    }
    d.limbs[M - 1] = carry_d as i64;
    e.limbs[M - 1] = carry_e as i64;
}

/// (f, g) := matrix · (f, g) / 2^62; returns how many limbs they now need.
#[inline(always)]
pub(super) fn update_fg(f: &mut Signed, g: &mut Signed, matrix: &Matrix, length: usize) -> usize {
    let Matrix { u, v, q, r } = *matrix;
    let wide = |a: i64, b: i64| i128::from(a) * i128::from(b);
    let mut carry_f = (wide(u, f.limbs[0]) + wide(v, g.limbs[0])) >> BITS;
    let mut carry_g = (wide(q, f.limbs[0]) + wide(r, g.limbs[0])) >> BITS;
    for index in 1..length.min(MAX) {
        let (limb_f, limb_g) = (f.limbs[index], g.limbs[index]);
        carry_f += wide(u, limb_f) + wide(v, limb_g);
        carry_g += wide(q, limb_f) + wide(r, limb_g);
        f.limbs[index - 1] = carry_f as i64 & MASK;
        g.limbs[index - 1] = carry_g as i64 & MASK;
        carry_f >>= BITS;
        carry_g >>= BITS;
    }
    let last = length - 1;
    f.limbs[last] = carry_f as i64;
    g.limbs[last] = carry_g as i64;
    // A last limb that only repeats the sign moves into the one before.
    let (top_f, top_g) = (f.limbs[last], g.limbs[last]);
    if last > 0 && matches!(top_f, 0 | -1) && matches!(top_g, 0 | -1) {
        f.limbs[last - 1] |= top_f << BITS;
        g.limbs[last - 1] |= top_g << BITS;
        f.limbs[last] = 0;
        g.limbs[last] = 0;
        last
    } else {
        length
    }
}

#[cfg(test)]
mod tests {
    use super::super::field::{Element, Field, Minus};
    use super::super::limbs::from_hex;
    use super::super::montgomery::Montgomery;
    use super::*;
    use proptest::prelude::*;

    const Q: Limbs<4> =
        from_hex("9b9f605f5a858107ab1ec85e6b41c8aa582ca3511eddfb74f02f3a6598980bb9");

    #[test]
    fn small_values_and_zero() {
        assert_eq!(modulo(&[0; 4], &Q), [0; 4]);
        assert_eq!(modulo(&[1, 0, 0, 0], &Q), [1, 0, 0, 0]);
        let minus_one = [Q[0] - 1, Q[1], Q[2], Q[3]];
        assert_eq!(modulo(&minus_one, &Q), minus_one);
        let half = modulo(&[2, 0, 0, 0], &Q);
        assert_eq!(half[0], (Q[0] >> 1 | Q[1] << 63) + 1);
    }

    proptest! {
        #[test]
        fn product_with_the_inverse_is_one_for_256_bits(value in any::<[u64; 4]>()) {
            let field = Montgomery::new(Q);
            let value = field.encode(&value);
            let product = field.decode(&field.mul(&value, &field.invert(&value)));
            prop_assert_eq!(product, [1, 0, 0, 0]);
        }

        #[test]
        fn product_with_the_inverse_is_one_for_512_bits(value in any::<[u64; 8]>()) {
            let field = Minus::<569>;
            let product = field.mul(&Element(value), &field.invert(&Element(value)));
            prop_assert_eq!(field.decode(&product), [1, 0, 0, 0, 0, 0, 0, 0]);
        }
    }
}
