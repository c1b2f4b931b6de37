use super::super::limbs::from_hex;
use super::*;
use num_bigint::BigInt;
use proptest::prelude::*;

const ORDER: Limbs<4> =
    from_hex("9b9f605f5a858107ab1ec85e6b41c8aa582ca3511eddfb74f02f3a6598980bb9");
/// The largest order below a power of two, for which the last digit is the tightest.
const FULL: Limbs<4> = [u64::MAX; 4];

fn big(limbs: &Limbs<4>) -> BigInt {
    limbs
        .iter()
        .rev()
        .fold(BigInt::ZERO, |sum, limb| (sum << 64) + BigInt::from(*limb))
}

/// The digits stand for the scalar, are in their range and end where the comb does.
fn holds(scalar: &Limbs<4>, order: &Limbs<4>, width: u32) {
    let (digits, negated) = Digits::new(scalar, order, width);
    let mut sum = BigInt::ZERO;
    for (position, digit) in digits.digits.iter().enumerate() {
        assert!(usize::from(digit.unsigned_abs()) <= entries_per_position(width));
        assert!(*digit == 0 || position < positions(limbs::length(order), width));
        sum += BigInt::from(*digit) << (position * width as usize);
    }
    let expected = if negated {
        big(order) - big(scalar)
    } else {
        big(scalar)
    };
    assert_eq!(sum, expected);
}

#[test]
fn digits_of_extreme_scalars() {
    for order in [ORDER, FULL] {
        let half = {
            let mut half = [0; 4];
            for (index, limb) in half.iter_mut().enumerate() {
                let above = order.get(index + 1).copied().unwrap_or(0);
                *limb = order[index] >> 1 | above << 63;
            }
            half
        };
        let above_half = limbs::add_limb(&half, 1).0;
        let last = limbs::sub_limb(&order, 1).0;
        for scalar in [[0; 4], [1, 0, 0, 0], half, above_half, last] {
            for width in KEY_WIDTHS {
                holds(&scalar, &order, width);
            }
        }
    }
}

#[test]
fn the_widest_comb_fits() {
    type Entry = [u64; 8];
    let size = |width: u32| positions(256, width) * (64 << (width - 1));
    assert_eq!(size(4), 32_768);
    assert_eq!(widest::<Entry>(256, 0), None);
    assert_eq!(widest::<Entry>(256, size(4) - 1), None);
    for width in KEY_WIDTHS {
        assert_eq!(widest::<Entry>(256, size(width)), Some(width));
        if width > 4 {
            assert_eq!(widest::<Entry>(256, size(width) - 1), Some(width - 1));
        }
    }
    assert_eq!(widest::<Entry>(256, usize::MAX), Some(8));
}

proptest! {
    #[test]
    fn digits_keep_the_value(scalar in any::<[u64; 4]>(), width in KEY_WIDTHS) {
        holds(&scalar, &FULL, width);
        if limbs::less(&scalar, &ORDER) {
            holds(&scalar, &ORDER, width);
        }
    }
}
