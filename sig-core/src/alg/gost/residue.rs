//! Quadratic residues in variable time: division steps that keep both numbers positive, 62 at a time on the
//! low bits, with the sign of the Jacobi symbol carried along.

use super::inverse::{BITS, Matrix, Signed, update_fg};
use super::limbs::Limbs;

/// Batches of steps for each limb. A number of 256 bits takes 10 to 12 in all; only a bound on the average is
/// known.
const BATCHES_PER_LIMB: usize = 6;

/// Whether a number other than zero, below an odd prime, is a square modulo it; none if the steps do not end in
/// time, which random numbers do not show.
pub(super) fn is_square<const N: usize>(value: &Limbs<N>, prime: &Limbs<N>) -> Option<bool> {
    let (mut f, mut g) = (Signed::from_limbs(prime), Signed::from_limbs(value));
    let mut length = (64 * N).div_ceil(BITS as usize);
    let mut eta = -1;
    let mut sign = 0;
    for _ in 0..BATCHES_PER_LIMB * N {
        let matrix = division_steps(&mut eta, &mut sign, low_bits(&f), low_bits(&g));
        length = update_fg(&mut f, &mut g, &matrix, length);
        let [low, rest @ ..] = &f.limbs;
        if *low == 1 && rest.iter().all(|limb| *limb == 0) {
            return Some(sign & 1 == 0);
        }
    }
    None
}

/// The low 64 bits: the last of 62 steps looks at two bits more.
fn low_bits(value: &Signed) -> u64 {
    value.limbs[0] as u64 | (value.limbs[1] as u64) << BITS
}

/// 62 division steps on the low bits of f and g, which exchange but never negate. The last bit of `sign` changes
/// with the Jacobi symbol.
#[inline(always)]
fn division_steps(eta: &mut i64, sign: &mut u64, f: u64, g: u64) -> Matrix {
    let (mut f, mut g) = (f, g);
    let (mut u, mut v, mut q, mut r) = (1_i64, 0_i64, 0_i64, 1_i64);
    let mut left = BITS;
    loop {
        let zeros = (g | u64::MAX << left).trailing_zeros();
        g >>= zeros;
        u <<= zeros;
        v <<= zeros;
        *eta -= i64::from(zeros);
        left -= zeros;
        // An odd power of two taken from g changes the sign when f is 3 or 5 modulo 8.
        *sign ^= u64::from(zeros) & (f >> 1 ^ f >> 2);
        if left == 0 {
            return Matrix { u, v, q, r };
        }
        // f and g are odd here.
        let exchange = *eta < 0;
        if exchange {
            *eta = -*eta;
            // Reciprocity: the sign changes when both are 3 modulo 4.
            *sign ^= (f & g) >> 1;
            (f, g) = (g, f);
            (u, q) = (q, u);
            (v, r) = (r, v);
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

#[cfg(test)]
mod tests {
    use super::super::field::{Field, Minus, Plus};
    use super::super::limbs;
    use super::*;
    use num_bigint::BigUint;
    use proptest::prelude::*;

    fn big<const N: usize>(limbs: &Limbs<N>) -> BigUint {
        let octets: Vec<u8> = limbs.iter().flat_map(|limb| limb.to_le_bytes()).collect();
        BigUint::from_bytes_le(&octets)
    }

    /// The answer, if there is one, is that of Euler's criterion; returns whether there is one.
    fn agrees<const N: usize>(value: &Limbs<N>, prime: &Limbs<N>) -> bool {
        let p = big(prime);
        let power = big(value).modpow(&((&p - 1_u8) / 2_u8), &p);
        let expected = power == BigUint::from(1_u8);
        let answer = is_square(value, prime);
        assert_eq!(answer.unwrap_or(expected), expected, "{value:?}");
        answer.is_some()
    }

    fn primes<const N: usize>() -> Vec<Limbs<N>> {
        match N {
            4 => vec![Minus::<617>.modulus(), Plus::<3225>.modulus()],
            _ => vec![Minus::<569>.modulus(), Plus::<111>.modulus()],
        }
    }

    fn edges_agree<const N: usize>() {
        for prime in primes::<N>() {
            for small in 1..40 {
                let mut value = [0; N];
                value[0] = small;
                agrees(&value, &prime);
                agrees(&limbs::sub(&prime, &value).0, &prime);
            }
            for bit in (0..64 * N - 1).step_by(7) {
                let mut value = [0; N];
                value[bit / 64] = 1 << (bit % 64);
                agrees(&value, &prime);
                agrees(&limbs::sub(&prime, &value).0, &prime);
            }
        }
    }

    #[test]
    fn small_numbers_and_powers_of_two() {
        edges_agree::<4>();
        edges_agree::<8>();
    }

    #[test]
    fn one_has_no_answer_in_time() {
        assert_eq!(is_square(&[1, 0, 0, 0], &Minus::<617>.modulus()), None);
    }

    #[test]
    fn zero_has_no_answer() {
        assert_eq!(is_square(&[0; 4], &Minus::<617>.modulus()), None);
    }

    proptest! {
        #[test]
        fn random_numbers(short in any::<[u64; 4]>(), long in any::<[u64; 8]>()) {
            for prime in primes::<4>() {
                if limbs::less(&short, &prime) {
                    prop_assert!(agrees(&short, &prime));
                }
            }
            for prime in primes::<8>() {
                if limbs::less(&long, &prime) {
                    prop_assert!(agrees(&long, &prime));
                }
            }
        }
    }
}
