use super::super::curve::Group;
use super::super::field::Field;
use super::super::gost3410::reference;
use super::super::limbs::Limbs;
use super::super::precomputed::{Digits, KEY_WINDOW, Table};
use super::*;
use num_bigint::BigUint;

fn big<const N: usize>(limbs: &Limbs<N>) -> BigUint {
    let octets: Vec<u8> = limbs.iter().flat_map(|limb| limb.to_le_bytes()).collect();
    BigUint::from_bytes_le(&octets)
}

/// Miller and Rabin with the first twelve primes as bases.
fn is_prime(candidate: &BigUint) -> bool {
    let one = BigUint::from(1_u8);
    let even = candidate - 1_u8;
    let twos = even.trailing_zeros().unwrap();
    [2_u8, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37]
        .into_iter()
        .all(|base| {
            let mut power = BigUint::from(base).modpow(&(&even >> twos), candidate);
            if power == one || power == even {
                return true;
            }
            (1..twos).any(|_| {
                power = &power * &power % candidate;
                power == even
            })
        })
}

/// What the standards state about every curve: primes, base point, its order, the Hasse bound.
fn facts<G: Group<N>, const N: usize>(curve: &'static Curve<G, N>, p: &BigUint) {
    let q = big(&curve.order.modulus());
    assert!(is_prime(p) && is_prime(&q));
    assert_eq!(big(&curve.group.prime()), *p);
    // Reduction of a digest subtracts the order four times at most.
    assert!(q.bits() >= 64 * N as u64 - 2);

    let points = match curve.cofactor {
        Cofactor::One => q.clone(),
        Cofactor::Four => &q * 4_u8,
    };
    let expected = p + 1_u8;
    let distance = if points > expected {
        &points - &expected
    } else {
        &expected - &points
    };
    assert!(&distance * &distance <= p * 4_u8);

    let base = curve.group.point(&curve.x, &curve.y).unwrap();
    let table = Table::projective(&curve.group, &base, KEY_WINDOW);
    let multiple = |scalar: &Limbs<N>| {
        let digits = Digits::new(scalar, KEY_WINDOW);
        (0..digits.len())
            .rev()
            .fold(curve.group.identity(), |mut sum, position| {
                curve.group.double(&mut sum);
                match (digits.at(position), table.get(digits.at(position))) {
                    (1.., Some(multiple)) => curve.group.add_multiple(&mut sum, multiple),
                    (..=-1, Some(multiple)) => curve.group.sub_multiple(&mut sum, multiple),
                    _ => {}
                }
                sum
            })
    };
    let order = curve.order.modulus();
    assert!(curve.group.is_identity(&multiple(&order)));
    let mut less_one = order;
    less_one[0] -= 1;
    let mut negative = multiple(&less_one);
    assert!(!curve.group.is_identity(&negative));
    assert!(curve.group.has_x(&negative, &curve.x));
    let base = curve.group.normalize(&[base])[0];
    curve.group.add(&mut negative, &base);
    assert!(curve.group.is_identity(&negative));
}

#[test]
fn short_weierstrass_sets() {
    fn check<F: Field<N>, const N: usize>(curve: &'static Curve<Weierstrass<F, N>, N>) {
        facts(curve, &big(&curve.group.field.modulus()));
        assert_eq!(curve.cofactor, Cofactor::One);
    }
    check(&TEST_256);
    check(&CRYPTOPRO_A);
    check(&CRYPTOPRO_B);
    check(&CRYPTOPRO_C);
    check(&TEST_512);
    check(&TC26_512_A);
    check(&TC26_512_B);
}

#[test]
fn twisted_edwards_sets() {
    fn check<F: Field<N>, const N: usize>(curve: &'static Curve<Edwards<F, N>, N>) {
        let p = big(&curve.group.field.modulus());
        facts(curve, &p);
        assert_eq!(curve.cofactor, Cofactor::Four);
        let Edwards {
            d, s, t, k, a, b, ..
        } = &curve.group;
        let [d, s, t, k, a, b] = [d, s, t, k, a, b].map(big);
        let one = BigUint::from(1_u8);
        // The addition is complete only when d is not a square.
        assert_eq!(d.modpow(&((&p - 1_u8) / 2_u8), &p), &p - 1_u8);
        // The form of the prime that roots are computed for.
        assert_eq!(&p % 4_u8, BigUint::from(3_u8));
        assert_eq!((&p + 1_u8) >> 10, (&one << (64 * N - 10)) - 1_u8);
        assert_eq!((&k * &k + &d) % &p, BigUint::ZERO);
        assert_eq!(&s * 4_u8 % &p, (&one + &p - &d) % &p);
        assert_eq!(&t * 6_u8 % &p, (&one + &d) % &p);
        // RFC 7836 §5.2: a = s² − 3t², b = 2t³ − ts².
        let (ss, tt) = (&s * &s % &p, &t * &t % &p);
        assert_eq!(a, (&ss + &p * 3_u8 - &tt * 3_u8) % &p);
        assert_eq!(b, (&tt * &t * 2_u8 + &p * &p - &t * &ss) % &p);
    }
    check(&TC26_256_A);
    check(&TC26_512_C);
}

#[test]
fn identifiers_are_unique_and_short_names_are_unique_within_a_size() {
    for (index, set) in ALL.iter().enumerate() {
        assert!(std::ptr::eq(by_oid(&set.oid).unwrap(), set));
        assert!(
            ALL.iter()
                .take(index)
                .all(|other| (other.size, other.short_name) != (set.size, set.short_name))
        );
    }
    assert!(by_oid(&Oid::new(&[1, 2, 643, 2, 2, 35, 4])).is_none());
}

#[test]
fn only_the_sets_of_the_examples_are_for_tests() {
    let tests: Vec<_> = ALL
        .iter()
        .filter(|set| set.purpose == Purpose::Test)
        .map(|set| set.oid.to_string())
        .collect();
    assert_eq!(tests, ["1.2.643.2.2.35.0", "1.2.643.7.1.2.1.2.0"]);
}

/// The constants of a set for the textbook arithmetic.
pub(in crate::alg::gost) fn reference(set: &ParameterSet) -> reference::Curve {
    fn weierstrass<F: Field<N>, const N: usize>(
        curve: &Curve<Weierstrass<F, N>, N>,
    ) -> reference::Curve {
        let p = big(&curve.group.field.modulus());
        let a = match curve.group.a {
            CoefficientA::MinusThree => &p - 3_u8,
            CoefficientA::Small(a) => BigUint::from(a),
        };
        assemble(curve, [p, a, big(&curve.group.b)])
    }
    fn edwards<F: Field<N>, const N: usize>(curve: &Curve<Edwards<F, N>, N>) -> reference::Curve {
        let p = big(&curve.group.field.modulus());
        assemble(curve, [p, big(&curve.group.a), big(&curve.group.b)])
    }
    fn assemble<G: Group<N>, const N: usize>(
        curve: &Curve<G, N>,
        [p, a, b]: [BigUint; 3],
    ) -> reference::Curve {
        reference::Curve {
            p,
            a,
            b,
            q: big(&curve.order.modulus()),
            x: big(&curve.x),
            y: big(&curve.y),
            octets: 8 * N,
        }
    }
    match (set.size, set.short_name) {
        (KeySize::Bits256, "test") => weierstrass(&TEST_256),
        (KeySize::Bits256, "cpa" | "xcha" | "tc26b") => weierstrass(&CRYPTOPRO_A),
        (KeySize::Bits256, "cpb" | "tc26c") => weierstrass(&CRYPTOPRO_B),
        (KeySize::Bits256, "cpc" | "xchb" | "tc26d") => weierstrass(&CRYPTOPRO_C),
        (KeySize::Bits256, "tc26a") => edwards(&TC26_256_A),
        (KeySize::Bits512, "test") => weierstrass(&TEST_512),
        (KeySize::Bits512, "tc26a") => weierstrass(&TC26_512_A),
        (KeySize::Bits512, "tc26b") => weierstrass(&TC26_512_B),
        (KeySize::Bits512, "tc26c") => edwards(&TC26_512_C),
        other => panic!("no constants for {other:?}"),
    }
}
