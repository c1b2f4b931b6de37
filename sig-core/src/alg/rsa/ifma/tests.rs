//! Against the portable operation, and against numbers of any size.

use num_bigint::BigUint;
use proptest::prelude::*;

use super::super::MontgomeryKey;
use super::*;

/// Bits of moduli at the ends of what is taken in, and of usual ones.
const SIZES: [usize; 9] = [1663, 2047, 2048, 2078, 2911, 3072, 3743, 4096, 4158];

fn has_instructions() -> bool {
    is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512ifma")
}

/// An odd number of so many bits.
fn modulus(bits: usize, octets: &[u8]) -> BigUint {
    let mut number = BigUint::from_bytes_be(octets) % (BigUint::from(1_u8) << bits);
    number.set_bit(0, true);
    number.set_bit(bits as u64 - 1, true);
    number
}

fn padded(number: &BigUint, length: usize) -> Vec<u8> {
    let octets = number.to_bytes_be();
    [vec![0; length - octets.len()], octets].concat()
}

fn check(modulus: &BigUint, exponent: u64, value: &BigUint) {
    let octets = modulus.to_bytes_be();
    let value = padded(value, octets.len());
    let ours = operation(&octets, exponent).unwrap().apply(&value).unwrap();
    let twin = MontgomeryKey::operation(&octets, exponent).unwrap();
    assert_eq!(ours, twin.apply(&value).unwrap());
    let expected = BigUint::from_bytes_be(&value).modpow(&exponent.into(), modulus);
    assert_eq!(ours, padded(&expected, octets.len()));
}

#[test]
fn numbers_at_the_ends_of_their_ranges_agree() {
    if !has_instructions() {
        return;
    }
    let one = BigUint::from(1_u8);
    for bits in SIZES {
        let half: BigUint = &one << (bits - 1);
        // Every limb is full, all but the ends are empty, and limbs of both kinds in turns.
        let alternating = [[0xff; 13], [0; 13]].concat().repeat(24);
        for modulus in [
            (&one << bits) - &one,
            &half + &one,
            modulus(bits, &alternating),
        ] {
            let full: BigUint = (&one << (bits - 60)) - &one;
            for value in [
                BigUint::default(),
                one.clone(),
                &modulus - &one,
                &modulus - &one - &one,
                half.clone() % &modulus,
                full,
            ] {
                for exponent in [3, 65_537, 0xffff_ffff_ffff_ffff] {
                    check(&modulus, exponent, &value);
                }
            }
        }
    }
}

#[test]
fn a_value_that_is_not_below_the_modulus_has_no_power() {
    if !has_instructions() {
        return;
    }
    let modulus = modulus(2048, &[0x5a; 256]).to_bytes_be();
    let key = operation(&modulus, 65_537).unwrap();
    assert_eq!(key.apply(&modulus), None);
    assert_eq!(key.apply(&[0xff; 256]), None);
    assert_eq!(key.apply(&[1; 255]), None);
    assert!(key.apply(&[1; 256]).is_some());
}

#[test]
fn other_moduli_are_left_to_others() {
    for octets in [64, 128, 200, 300, 440, 600, 1024] {
        assert!(operation(&vec![0xff; octets], 65_537).is_none(), "{octets}");
    }
    let mut even = vec![0xff; 256];
    even[255] = 0xfe;
    assert!(operation(&even, 65_537).is_none());
    assert!(operation(&[0xff; 256], 65_536).is_none());
    assert!(operation(&[], 65_537).is_none());
}

#[test]
fn the_largest_factors_give_a_product_within_the_bound() {
    if !has_instructions() {
        return;
    }
    let one = BigUint::from(1_u8);
    // The longest modulus of five registers, and the factors 2 n - 1.
    let n: BigUint = (&one << 2078) - &one;
    let key = Key::<5>::new(&n.to_bytes_be(), 65_537).unwrap();
    let largest: BigUint = &n + &n - &one;
    let limbs: Number<5> = from_octets(&largest.to_bytes_be());
    let product = key.multiply(&limbs, &limbs);
    let product: BigUint = BigUint::from_bytes_be(&to_octets(&product, 260));
    assert!(product < &n + &n);
    assert_eq!((product << 2080) % &n, (&largest * &largest) % &n);
}

fn squares_are_products<const V: usize>(bits: usize, seed: &[u8]) {
    let one = BigUint::from(1_u8);
    for n in [
        (&one << bits) - &one,
        (&one << (bits - 1)) + &one,
        modulus(bits, seed),
    ] {
        let key = Key::<V>::new(&n.to_bytes_be(), 65_537).unwrap();
        let twice = &n + &n;
        let random = BigUint::from_bytes_be(seed) % &twice;
        // Limbs that are full make their double carry, at each border of registers too.
        let tops = (1..LANES * V).map(|limb| (&one << (BITS * limb - 1)) % &twice);
        let ends = [&twice - &one, &twice - &random - &one, n.clone(), random];
        for value in tops.chain(ends) {
            let limbs: Number<V> = from_octets(&value.to_bytes_be());
            // SAFETY: the caller found the features.
            let square = unsafe { square(&limbs, &key.modulus, key.inverse) };
            assert_eq!(square, key.multiply(&limbs, &limbs), "{bits}");
        }
    }
}

#[test]
fn a_square_is_the_product_of_both_factors() {
    if !has_instructions() {
        return;
    }
    for seed in [
        [0xa7; 600],
        std::array::from_fn(|at| (at * at * 31 + 7 * at) as u8),
    ] {
        for bits in [1663, 2048, 2078] {
            squares_are_products::<5>(bits, &seed);
        }
        for bits in [2911, 3072, 3326] {
            squares_are_products::<8>(bits, &seed);
        }
        for bits in [3743, 4096, 4158] {
            squares_are_products::<10>(bits, &seed);
        }
    }
}

#[test]
fn powers_of_two_are_reduced() {
    for bits in [1663, 2048, 2078] {
        for octets in [&[0][..], &[0xff; 260], &[0x5a; 260]] {
            let n = modulus(bits, octets);
            let limbs: Number<5> = from_octets(&n.to_bytes_be());
            for exponent in [bits, bits + 31, bits + 32, 2145] {
                let power = power_of_two(&limbs, bits, exponent);
                let expected: BigUint = (BigUint::from(1_u8) << exponent) % &n;
                assert_eq!(to_octets(&power, 260), padded(&expected, 260));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn random_numbers_agree(
        place in 0..SIZES.len(),
        octets in proptest::collection::vec(any::<u8>(), 520),
        value in proptest::collection::vec(any::<u8>(), 520),
        exponent in any::<u64>(),
    ) {
        if has_instructions() {
            let modulus = modulus(SIZES[place], &octets);
            let value = BigUint::from_bytes_be(&value) % &modulus;
            check(&modulus, exponent | 3, &value);
            check(&modulus, 65_537, &value);
        }
    }
}
