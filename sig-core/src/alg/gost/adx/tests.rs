use super::*;
use proptest::prelude::*;

fn is_here() -> bool {
    is_x86_feature_detected!("bmi2") && is_x86_feature_detected!("adx")
}

/// Products and squares are those of the portable field, as elements.
fn agrees<const C: u64, const N: usize>(a: &Limbs<N>, b: &Limbs<N>)
where
    Minus<C>: Field<N>,
    MinusAdx<C>: Field<N>,
{
    let (a, b) = (Element(*a), Element(*b));
    for (ours, theirs) in [
        (MinusAdx::<C>.mul(&a, &b), Minus::<C>.mul(&a, &b)),
        (MinusAdx::<C>.square(&a), Minus::<C>.square(&a)),
    ] {
        assert!(Minus::<C>.equal(&ours, &theirs), "{a:?} {b:?}");
    }
}

/// Limbs at the ends, where carries run through, and one in between.
const LIMBS: [u64; 7] = [0, 1, 617, 1 << 63, u64::MAX - 617, u64::MAX - 1, u64::MAX];

#[test]
fn products_of_extreme_limbs() {
    if !is_here() {
        return;
    }
    let mut values_4 = Vec::new();
    let mut values_8 = Vec::new();
    for low in LIMBS {
        for middle in LIMBS {
            for high in LIMBS {
                values_4.push([low, middle, middle, high]);
                values_8.push([low, middle, middle, low, high, middle, high, high]);
            }
        }
    }
    for a in &values_4 {
        for b in &values_4 {
            agrees::<617, 4>(a, b);
        }
    }
    for a in &values_8 {
        for b in &values_8 {
            agrees::<569, 8>(a, b);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn random_products(
        [a, b] in any::<[[u64; 4]; 2]>(),
        [c, d] in any::<[[u64; 8]; 2]>(),
    ) {
        if is_here() {
            agrees::<617, 4>(&a, &b);
            agrees::<569, 8>(&c, &d);
        }
    }
}
