use super::super::limbs::from_hex;
use super::super::montgomery::Montgomery;
use super::*;
use num_bigint::BigUint;
use proptest::prelude::*;

fn big<const N: usize>(limbs: &Limbs<N>) -> BigUint {
    let octets: Vec<u8> = limbs.iter().flat_map(|limb| limb.to_le_bytes()).collect();
    BigUint::from_bytes_le(&octets)
}

/// Every operation against whole-number arithmetic.
fn agrees<F: Field<N>, const N: usize>(field: &F, a: &Limbs<N>, b: &Limbs<N>) {
    let p = big(&field.modulus());
    let (element_a, element_b) = (Element(*a), Element(*b));
    let (a, b) = (
        big(&field.decode(&element_a)),
        big(&field.decode(&element_b)),
    );
    let is = |element: Element<N>, expected: BigUint| {
        let decoded = field.decode(&element);
        assert_eq!(big(&decoded), expected);
        assert_eq!(field.is_zero(&element), expected == BigUint::ZERO);
        assert!(field.equal(&field.encode(&decoded), &element));
    };
    is(field.add(&element_a, &element_b), (&a + &b) % &p);
    is(field.sub(&element_a, &element_b), (&a + &p - &b) % &p);
    is(field.mul(&element_a, &element_b), &a * &b % &p);
    is(field.square(&element_a), &a * &a % &p);
    is(
        field.sub_twice(&element_a, &element_b),
        (&a + &p + &p - &b - &b) % &p,
    );
    let half = field.halve(&element_a);
    is(half, &a * ((&p + 1_u8) / 2_u8) % &p);
    is(field.add(&half, &half), a.clone());
    is(field.negate(&element_a), (&p - &a) % &p);
}

/// Values at the ends, where carries and second folds happen.
fn edges<const N: usize>(modulus: Limbs<N>) -> Vec<Limbs<N>> {
    let mut edges = vec![[0; N], [u64::MAX; N], modulus];
    for distance in [1, 2, 1234, 4321, 6450, 1 << 20] {
        edges.push(limbs::sub_limb(&[u64::MAX; N], distance).0);
        edges.push(limbs::sub_limb(&modulus, distance).0);
        edges.push(limbs::add_limb(&modulus, distance).0);
        edges.push(limbs::add_limb(&[0; N], distance).0);
    }
    let mut half = [0; N];
    half[N - 1] = 1 << 63;
    edges.push(half);
    edges
}

fn edges_agree<F: Field<N>, const N: usize>(field: &F) {
    let edges = edges(field.modulus());
    for a in &edges {
        for b in &edges {
            agrees(field, a, b);
        }
    }
}

#[test]
fn primes_of_special_form_at_their_edges() {
    edges_agree::<_, 4>(&Minus::<617>);
    edges_agree::<_, 8>(&Minus::<569>);
    edges_agree::<_, 4>(&Plus::<3225>);
    edges_agree::<_, 4>(&Plus::<1073>);
    edges_agree::<_, 8>(&Plus::<111>);
}

#[test]
fn montgomery_at_its_edges() {
    let modulus = from_hex("9b9f605f5a858107ab1ec85e6b41c8aacf846e86789051d37998f7b9022d759b");
    let field = Montgomery::<4>::new(modulus);
    let below: Vec<_> = edges(modulus)
        .into_iter()
        .filter(|value| limbs::less(value, &modulus))
        .collect();
    assert!(below.len() > 5);
    for a in &below {
        for b in &below {
            agrees(&field, a, b);
        }
    }
}

proptest! {
    #[test]
    fn four_limbs(a in any::<[u64; 4]>(), b in any::<[u64; 4]>()) {
        agrees(&Minus::<617>, &a, &b);
        agrees(&Plus::<3225>, &a, &b);
    }

    #[test]
    fn eight_limbs(a in any::<[u64; 8]>(), b in any::<[u64; 8]>()) {
        agrees(&Minus::<569>, &a, &b);
        agrees(&Plus::<111>, &a, &b);
    }
}
