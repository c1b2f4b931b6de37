//! The arithmetic on every kind of lanes against whole numbers.

use super::super::field::{Element, P};
use super::super::lanes::{LANES, Lanes, Routine};
use super::super::point::{Affine, B};
use super::super::portable::Portable;
use super::super::table::{Digits, Table};
use super::super::verify::BASE;
use super::*;
use num_bigint::BigInt;
use proptest::array::uniform5;
use std::array;

/// Limbs of an element, most of them at random and some at the ends of their range.
fn limbs_of_52_bits() -> impl Strategy<Value = [u64; 5]> {
    const TOP: u64 = (1 << 52) - 1;
    let edge = prop::sample::select(vec![0, 1, 616, 617, TOP - 617, TOP - 616, TOP - 1, TOP]);
    let full = prop::sample::select(vec![multiple_of_p(0), multiple_of_p(1), multiple_of_p(15)]);
    prop_oneof![
        4 => uniform5(0..=TOP),
        3 => uniform5(prop_oneof![edge, 0..=TOP]),
        1 => full,
    ]
}

fn multiple_of_p(multiple: u64) -> [u64; 5] {
    if multiple == 0 {
        return [0; 5];
    }
    let low = (1 << 52) - 1;
    [
        (1 << 52) - 617 * multiple,
        low,
        low,
        low,
        (multiple << 48) - 1,
    ]
}

fn with_top_bits([a, b, c, d, e]: [u64; 5], bits: u32) -> [u64; 5] {
    [a, b, c, d, e & ((1 << bits) - 1)]
}

fn number(limbs: &[u64]) -> BigUint {
    let limbs = limbs.iter().rev();
    limbs.fold(BigUint::ZERO, |sum, limb| (sum << 52_u32) + limb)
}

fn big(value: &Limbs<4>) -> BigUint {
    let octets: Vec<u8> = value.iter().flat_map(|limb| limb.to_le_bytes()).collect();
    BigUint::from_bytes_le(&octets)
}

fn load<V: Lanes>(limbs: &[[u64; 5]]) -> Element<V> {
    let limb = |number: usize| V::from_fn(|lane| limbs[lane % limbs.len()][number]);
    Element([limb(0), limb(1), limb(2), limb(3), limb(4)])
}

/// Runs a routine on every kind of lanes that there is.
pub fn everywhere<R: Routine + Copy>(routine: R) -> Vec<R::Output> {
    let mut outputs = vec![routine.run::<Portable>()];
    #[cfg(target_arch = "x86_64")]
    outputs.extend(ifma::run(routine));
    outputs
}

#[derive(Clone, Copy)]
struct Operations<'a> {
    a: &'a [[u64; 5]],
    b: &'a [[u64; 5]],
}

impl Routine for Operations<'_> {
    type Output = Vec<[Limbs<4>; LANES]>;

    #[inline(always)]
    fn run<V: Lanes>(self) -> Self::Output {
        let (a, b) = (load::<V>(self.a), load::<V>(self.b));
        let (sign, positive) = (V::splat(u64::MAX), V::splat(0));
        let short = |limbs: &[[u64; 5]]| -> Vec<_> {
            limbs
                .iter()
                .map(|limbs| with_top_bits(*limbs, 49))
                .collect()
        };
        let (c, d) = (load::<V>(&short(self.a)), load::<V>(&short(self.b)));
        [
            a.times(&b).reduced(),
            a.times(&b).lifted(),
            a.squared().reduced(),
            c.product(&d).plus(&c.product(&c)).fold().reduced(),
            c.product(&d).plus(&c.product(&c)).fold().negated().lifted(),
            c.times(&d).doubled().reduced(),
            c.times(&d).tripled().reduced(),
            a.times(&b).signed(sign).minus::<0>(&a).lifted(),
            a.times(&b).signed(positive).minus::<0>(&a).lifted(),
            a.squared().minus::<3>(&c).minus::<1>(&d).lifted(),
            c.plus(&d),
            c.scaled_minus::<2, 3>(&d),
            c.scaled_minus::<0, 2>(&d),
            a.sum().minus_small(166).lifted(),
            a.replace(u8::MAX, &b),
            a.replace(0, &b),
        ]
        .iter()
        .map(Element::values)
        .collect()
    }
}

/// What the operations are modulo p.
fn expected(a: &[u64; 5], b: &[u64; 5]) -> Vec<BigUint> {
    let p = big(&P);
    let (c, d) = (
        number(&with_top_bits(*a, 49)),
        number(&with_top_bits(*b, 49)),
    );
    let (a, b) = (number(a), number(b));
    // A multiple of p above all that is subtracted.
    let lift = &p << 300_u32;
    let sum = &c * &d + &c * &c;
    [
        &a * &b,
        &a * &b,
        &a * &a,
        sum.clone(),
        &lift - sum,
        &c * &d * 2_u8,
        &c * &d * 3_u8,
        &lift - &a * &b - &a,
        &lift + &a * &b - &a,
        &lift + &a * &a - &c * 8_u8 - &d * 2_u8,
        &c + &d,
        &lift + &c * 4_u8 - &d,
        &lift + &c - &d,
        &lift + &a - 166_u8,
        b.clone(),
        a.clone(),
    ]
    .into_iter()
    .map(|value| value % &p)
    .collect()
}

proptest! {
    #[test]
    fn operations_are_those_of_the_field(
        a in prop::array::uniform8(limbs_of_52_bits()),
        b in prop::array::uniform8(limbs_of_52_bits()),
    ) {
        for results in everywhere(Operations { a: &a, b: &b }) {
            for lane in 0..LANES {
                for (number, value) in expected(&a[lane], &b[lane]).iter().enumerate() {
                    prop_assert_eq!(&big(&results[number][lane]), value, "operation {}", number);
                }
            }
        }
    }
}

/// Operations of a vector by themselves.
#[derive(Clone, Copy)]
struct Words<'a> {
    a: [u64; LANES],
    b: [u64; LANES],
    c: [u64; LANES],
    mask: u8,
    shift: usize,
    table: &'a [u64],
}

impl Routine for Words<'_> {
    type Output = (Vec<[u64; LANES]>, u8);

    #[inline(always)]
    fn run<V: Lanes>(self) -> Self::Output {
        let vector = |words: [u64; LANES]| V::from_fn(|lane| words[lane]);
        let (a, b, c) = (vector(self.a), vector(self.b), vector(self.c));
        let mut results = vec![
            a,
            V::splat(self.a[3]),
            a.add(b),
            a.sub(b),
            a.and(b),
            a.xor(b),
            a.shl::<12>(),
            a.shr::<52>(),
            a.sar::<52>(),
            a.shl_by(self.shift),
            a.shr_by(self.shift),
            a.add_low(b, c),
            a.add_high(b, c),
            a.rotate::<1>(),
            a.rotate::<2>(),
            a.rotate::<4>(),
            a.replace(self.mask, b),
        ];
        for stride in [0, 1, 7, usize::MAX] {
            results.extend(V::gather(self.table, c, stride));
        }
        (results.into_iter().map(V::words).collect(), a.equal(b))
    }
}

proptest! {
    #[test]
    fn vectors_are_what_plain_words_are(
        a in any::<[u64; LANES]>(),
        mut b in any::<[u64; LANES]>(),
        c in prop::array::uniform8(prop_oneof![0..40_u64, any::<u64>()]),
        mask in any::<u8>(),
        shift in 0..=64_usize,
        table in prop::collection::vec(any::<u64>(), 0..80),
    ) {
        for lane in 0..LANES {
            if c[lane] % 3 == 0 {
                b[lane] = a[lane];
            }
        }
        let results = everywhere(Words { a, b, c, mask, shift, table: &table });
        for result in &results {
            prop_assert_eq!(result, &results[0]);
        }
    }
}

#[test]
fn a_gather_stays_within_its_table() {
    let table: Vec<u64> = (0..100).collect();
    let last = Portable::splat(99 - 9 * 7);
    for index in [99 - 9 * 7, 100 - 9 * 7, 99, 100, u64::MAX] {
        let words = Portable::gather(&table, Portable::splat(index), 7).map(Portable::words);
        assert_eq!(
            words,
            Portable::gather(&table, last, 7).map(Portable::words)
        );
        assert_eq!(words[9], [99; LANES]);
    }
    let words = Portable::gather(&table[..9], Portable::splat(0), 1);
    assert_eq!(words.map(Portable::words), [[0; LANES]; 10]);
}

#[derive(Clone, Copy)]
struct Zeros<'a>(&'a [[u64; 5]]);

impl Routine for Zeros<'_> {
    type Output = (u8, Option<[Limbs<4>; LANES]>);

    #[inline(always)]
    fn run<V: Lanes>(self) -> Self::Output {
        let value = load::<V>(self.0);
        let inverse = value.inverted();
        (value.sum().zeros(), inverse.map(|inverse| inverse.values()))
    }
}

#[test]
fn every_multiple_of_the_prime_is_zero() {
    for multiple in 0..=15 {
        let zero = multiple_of_p(multiple);
        let [a, b, c, d, e] = zero;
        let near = [
            [a ^ 1, b, c, d, e],
            [a, b ^ 1, c, d, e],
            [a, b, c ^ 1 << 51, d, e],
            [a, b, c, d ^ 1, e],
            [a, b, c, d, e ^ 1],
            [a, b, c, d, e ^ 1 << 47],
        ];
        for (zeros, inverse) in everywhere(Zeros(&[zero])) {
            assert_eq!((zeros, inverse), (0xff, None), "{multiple}");
        }
        for value in near {
            for (zeros, inverse) in everywhere(Zeros(&[value, zero])) {
                assert_eq!((zeros, inverse), (0b1010_1010, None), "{multiple}");
            }
        }
    }
}

proptest! {
    #[test]
    fn each_lane_has_its_inverse(values in prop::array::uniform8(uniform5(0..1_u64 << 52))) {
        for (zeros, inverse) in everywhere(Zeros(&values)) {
            prop_assert_eq!(zeros, 0);
            let inverse = inverse.expect("no lane is zero");
            for (value, inverse) in values.iter().zip(&inverse) {
                let product = number(value) * big(inverse) % big(&P);
                prop_assert_eq!(product, BigUint::from(1_u8));
            }
        }
    }
}

#[derive(Clone, Copy)]
struct Split<'a>(&'a [Limbs<4>]);

impl Routine for Split<'_> {
    type Output = ([[u64; LANES]; 5], Vec<[[u64; LANES]; 2]>);

    #[inline(always)]
    fn run<V: Lanes>(self) -> Self::Output {
        let word = |number: usize| V::from_fn(|lane| self.0[lane % self.0.len()][number]);
        let words = [word(0), word(1), word(2), word(3)];
        let digits = Digits::new(words);
        let digits = windows().map(|(position, width)| {
            let digit = digits.at(position, width);
            [digit.number.words(), digit.sign.words()]
        });
        (Element::from_words(words).0.map(V::words), digits.collect())
    }
}

/// Windows of different widths, together of 255 bits.
fn windows() -> impl Iterator<Item = (usize, usize)> {
    let tens = (0..25).map(|window| (10 * window, 10));
    tens.chain([(250, 5)])
}

proptest! {
    #[test]
    fn limbs_and_digits_keep_the_number(
        mut values in prop::array::uniform8(any::<[u64; 4]>()),
        edge in prop::sample::select(vec![[1, 0, 0, 0], [u64::MAX; 4], [1, 0, 0, 1 << 63]]),
    ) {
        values[5] = edge;
        for value in &mut values {
            value[0] |= 1;
        }
        for (limbs, digits) in everywhere(Split(&values)) {
            for (lane, value) in values.iter().enumerate() {
                prop_assert_eq!(number(&limbs.map(|limb| limb[lane])), big(value));
                // Above all windows stands one.
                let mut sum = BigInt::from(1) << 255;
                for ((position, width), [number, sign]) in windows().zip(&digits) {
                    let (number, sign) = (number[lane], sign[lane]);
                    prop_assert!(number < 1 << (width - 1));
                    let magnitude = BigInt::from(2 * number + 1) << position;
                    match sign {
                        0 => sum += magnitude,
                        u64::MAX => sum -= magnitude,
                        _ => prop_assert!(false, "a sign is all ones or none"),
                    }
                }
                prop_assert_eq!(sum, BigInt::from(big(value)));
            }
        }
    }
}

/// Tables of small multiples of the base point: entry n of lane j is (2n + 1)(j + 1)P.
#[derive(Clone, Copy)]
struct Multiples<'a>(&'a [[Limbs<4>; 2]]);

impl Routine for Multiples<'_> {
    type Output = Vec<[[Limbs<4>; LANES]; 2]>;

    #[inline(always)]
    fn run<V: Lanes>(self) -> Self::Output {
        let words = |coordinate: usize| {
            let word = |number: usize| V::from_fn(|lane| self.0[lane][coordinate][number]);
            Element::from_words([word(0), word(1), word(2), word(3)])
        };
        let points = Affine::<V> {
            x: words(0),
            y: words(1),
        };
        assert_eq!(points.on_curve(), 0xff);
        let table = Table::odd_multiples(&points, 16).expect("no point is the identity");
        (0..16)
            .map(|number| {
                let entry = table.select(V::splat(number));
                [entry.x.values(), entry.y.values()]
            })
            .collect()
    }
}

fn limbs_of(value: &BigUint) -> Limbs<4> {
    let digits = value.to_u64_digits();
    array::from_fn(|index| digits.get(index).copied().unwrap_or(0))
}

#[test]
fn tables_hold_odd_multiples() {
    let (_, curve) = cpa();
    let multiple = |scalar: u64| {
        let point = curve.multiply(&BigUint::from(scalar), &curve.base());
        let (x, y) = point.expect("the order is larger");
        [limbs_of(&x), limbs_of(&y)]
    };
    let points: Vec<_> = (1..=8).map(multiple).collect();
    assert_eq!(points[0], BASE);
    for table in everywhere(Multiples(&points)) {
        for (number, [x, y]) in table.iter().enumerate() {
            for lane in 0..LANES {
                let scalar = (2 * number as u64 + 1) * (lane as u64 + 1);
                assert_eq!([x[lane], y[lane]], multiple(scalar), "{scalar}");
            }
        }
    }
}

#[derive(Clone, Copy)]
struct OnCurve<'a>(&'a [[Limbs<4>; 2]]);

impl Routine for OnCurve<'_> {
    type Output = u8;

    #[inline(always)]
    fn run<V: Lanes>(self) -> u8 {
        let words = |coordinate: usize| {
            let word = |number: usize| V::from_fn(|lane| self.0[lane][coordinate][number]);
            Element::from_words([word(0), word(1), word(2), word(3)])
        };
        let points = Affine::<V> {
            x: words(0),
            y: words(1),
        };
        points.on_curve()
    }
}

proptest! {
    #[test]
    fn points_off_the_curve_are_found(x in any::<[u64; 4]>(), bit in 0..256_usize, lane in 0..LANES) {
        let [base_x, base_y] = BASE;
        let mut y = base_y;
        y[bit / 64] ^= 1 << (bit % 64);
        let mut points = [BASE; LANES];
        points[lane] = [base_x, y];
        points[(lane + 1) % LANES] = [x, base_y];
        for mask in everywhere(OnCurve(&points)) {
            prop_assert_eq!(mask, !(1 << lane | 1 << ((lane + 1) % LANES)));
        }
    }
}

#[test]
fn constants_are_those_of_the_parameter_set() {
    let (_, curve) = cpa();
    assert_eq!(curve.p, big(&P));
    assert_eq!(curve.a, &curve.p - 3_u8);
    assert_eq!(curve.b, BigUint::from(B));
    assert_eq!((&curve.x, &curve.y), (&big(&BASE[0]), &big(&BASE[1])));
    assert_eq!(big(&CRYPTOPRO_A.order.modulus()), curve.q);
}
