use super::super::parameters::{KeySize, tests::reference};
use super::*;
use crate::alg::signature::BadSignature;
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

/// The portable curves, which nothing else asks on a processor with the instructions, give the same verdicts.
#[test]
fn portable_curves_verify() {
    for (curve, size, name) in [
        (&CRYPTOPRO_A, KeySize::Bits256, "cpa"),
        (&TC26_256_A, KeySize::Bits256, "tc26a"),
        (&TC26_512_A, KeySize::Bits512, "tc26a"),
        (&TC26_512_C, KeySize::Bits512, "tc26c"),
    ] {
        let set = parameters::ALL
            .iter()
            .find(|set| set.size == size && set.short_name == name)
            .unwrap();
        let reference = reference(set);
        let digest = vec![0x5c; reference.octets];
        let base = reference.base();
        for secret in [1_u64, 2, 0x1234_5678_9abc_def1] {
            let secret = &reference.q / secret - 1_u8;
            let signature = reference
                .sign(&secret, &(&reference.q / 3_u8), &digest)
                .unwrap();
            let (r, s) = &signature;
            let wrong = (r.clone(), &reference.q - s);
            let [right, wrong] = [&signature, &wrong].map(|pair| reference.encode_signature(pair));
            let public = reference.encode_point(&reference.multiply(&secret, &base));
            let outside = {
                let (x, y) = reference.multiply(&secret, &base).unwrap();
                reference.encode_point(&Some((x, y + 1_u8)))
            };
            for curve in [Some(curve.portable), is_here().then_some(curve.adx)] {
                let Some(curve) = curve else { continue };
                assert!(curve.prepare(&outside, 0).is_err(), "{name}");
                for memory in [0, 1 << 18] {
                    let key = curve.prepare(&public, memory).ok().unwrap();
                    assert_eq!(key.verify(&digest, &right), Ok(()), "{name}");
                    assert_eq!(key.verify(&digest, &wrong), Err(BadSignature), "{name}");
                }
            }
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
