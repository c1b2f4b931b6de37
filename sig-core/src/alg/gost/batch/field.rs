//! Integers modulo p = 2^256 − 617 in lanes: five limbs of 52 bits.
//!
//! The multiplication of the registers reads the low 52 bits of a limb and no more, so limbs are carried before they
//! are multiplied. The last one has 48 bits of a number below 2^256 and four to spare: an element is below 16 · 2^256,
//! and how far below is noted in the formulas as its *size*, in units of 2^256.

use std::array;

use super::super::inverse;
use super::super::limbs::{self, Limbs};
use super::lanes::{LANES, Lanes};

/// The prime.
pub(super) const P: Limbs<4> = [617_u64.wrapping_neg(), u64::MAX, u64::MAX, u64::MAX];

const LOW_52: u64 = (1 << 52) - 1;
const LOW_48: u64 = (1 << 48) - 1;
/// 2^256 modulo p.
const FOLD: u64 = 617;
/// 2^260 modulo p.
const FOLD_260: u64 = FOLD << 4;
/// Multiple of p that keeps a difference positive. What is subtracted, the limbs of one or two products among it, has
/// less than 330 units in its last limb.
const LIFT: u64 = 512;

/// A number with carried limbs.
#[derive(Clone, Copy)]
pub(super) struct Element<V>(pub(super) [V; 5]);

/// A sum before its carries: signed limbs below 2^62.
#[derive(Clone, Copy)]
pub(super) struct Sum<V>([V; 5]);

/// A product, or a sum of two, before reduction.
#[derive(Clone, Copy)]
pub(super) struct Product<V>([V; 10]);

impl<V: Lanes> Element<V> {
    /// A number below 2^52, the same in all lanes.
    #[inline(always)]
    pub(super) fn small(value: u64) -> Self {
        let zero = V::splat(0);
        Self([V::splat(value), zero, zero, zero, zero])
    }

    /// From 64-bit words, least significant first.
    #[inline(always)]
    pub(super) fn from_words([a, b, c, d]: [V; 4]) -> Self {
        let low = V::splat(LOW_52);
        Self([
            a.and(low),
            a.shr::<52>().xor(b.shl::<12>()).and(low),
            b.shr::<40>().xor(c.shl::<24>()).and(low),
            c.shr::<28>().xor(d.shl::<36>()).and(low),
            d.shr::<16>(),
        ])
    }

    /// The same number below 2^256 in all lanes.
    #[inline(always)]
    pub(super) fn splat(value: &Limbs<4>) -> Self {
        let [a, b, c, d] = *value;
        Self::from_words([V::splat(a), V::splat(b), V::splat(c), V::splat(d)])
    }

    #[inline(always)]
    pub(super) fn product(&self, other: &Self) -> Product<V> {
        let [a0, a1, a2, a3, a4] = self.0;
        let [b0, b1, b2, b3, b4] = other.0;
        let zero = V::splat(0);
        let c0 = zero.add_low(a0, b0);
        let c1 = zero.add_high(a0, b0).add_low(a0, b1).add_low(a1, b0);
        let c2 = zero.add_high(a0, b1).add_high(a1, b0);
        let c2 = c2.add_low(a0, b2).add_low(a1, b1).add_low(a2, b0);
        let c3 = zero.add_high(a0, b2).add_high(a1, b1).add_high(a2, b0);
        let c3 = c3.add_low(a0, b3).add_low(a1, b2);
        let c3 = c3.add_low(a2, b1).add_low(a3, b0);
        let c4 = zero.add_high(a0, b3).add_high(a1, b2);
        let c4 = c4.add_high(a2, b1).add_high(a3, b0);
        let c4 = c4.add_low(a0, b4).add_low(a1, b3).add_low(a2, b2);
        let c4 = c4.add_low(a3, b1).add_low(a4, b0);
        let c5 = zero.add_high(a0, b4).add_high(a1, b3).add_high(a2, b2);
        let c5 = c5.add_high(a3, b1).add_high(a4, b0);
        let c5 = c5.add_low(a1, b4).add_low(a2, b3);
        let c5 = c5.add_low(a3, b2).add_low(a4, b1);
        let c6 = zero.add_high(a1, b4).add_high(a2, b3);
        let c6 = c6.add_high(a3, b2).add_high(a4, b1);
        let c6 = c6.add_low(a2, b4).add_low(a3, b3).add_low(a4, b2);
        let c7 = zero.add_high(a2, b4).add_high(a3, b3).add_high(a4, b2);
        let c7 = c7.add_low(a3, b4).add_low(a4, b3);
        let c8 = zero.add_high(a3, b4).add_high(a4, b3).add_low(a4, b4);
        let c9 = zero.add_high(a4, b4);
        Product([c0, c1, c2, c3, c4, c5, c6, c7, c8, c9])
    }

    #[inline(always)]
    pub(super) fn times(&self, other: &Self) -> Sum<V> {
        self.product(other).fold()
    }

    #[inline(always)]
    pub(super) fn squared(&self) -> Sum<V> {
        let [a0, a1, a2, a3, a4] = self.0;
        let zero = V::splat(0);
        let twice = |value: V| value.add(value);
        let c1 = zero.add_low(a0, a1);
        let c2 = zero.add_high(a0, a1).add_low(a0, a2);
        let c3 = zero.add_high(a0, a2).add_low(a0, a3).add_low(a1, a2);
        let c4 = zero.add_high(a0, a3).add_high(a1, a2);
        let c4 = c4.add_low(a0, a4).add_low(a1, a3);
        let c5 = zero.add_high(a0, a4).add_high(a1, a3);
        let c5 = c5.add_low(a1, a4).add_low(a2, a3);
        let c6 = zero.add_high(a1, a4).add_high(a2, a3).add_low(a2, a4);
        let c7 = zero.add_high(a2, a4).add_low(a3, a4);
        let c8 = zero.add_high(a3, a4);
        let square = Product([
            zero.add_low(a0, a0),
            twice(c1).add_high(a0, a0),
            twice(c2).add_low(a1, a1),
            twice(c3).add_high(a1, a1),
            twice(c4).add_low(a2, a2),
            twice(c5).add_high(a2, a2),
            twice(c6).add_low(a3, a3),
            twice(c7).add_high(a3, a3),
            twice(c8).add_low(a4, a4),
            zero.add_high(a4, a4),
        ]);
        square.fold()
    }

    /// As a sum that others can be subtracted from.
    #[inline(always)]
    pub(super) fn sum(&self) -> Sum<V> {
        Sum(self.0)
    }

    /// The sum; the sizes add up.
    #[inline(always)]
    pub(super) fn plus(&self, other: &Self) -> Self {
        let ([a0, a1, a2, a3, a4], [b0, b1, b2, b3, b4]) = (self.0, other.0);
        Sum([a0.add(b0), a1.add(b1), a2.add(b2), a3.add(b3), a4.add(b4)]).carried()
    }

    /// 2^`SHIFT` · this − other + `MULTIPLE` · p, where `other` is below that multiple.
    #[inline(always)]
    pub(super) fn scaled_minus<const SHIFT: u32, const MULTIPLE: u64>(&self, other: &Self) -> Self {
        let ([a0, a1, a2, a3, a4], [b0, b1, b2, b3, b4]) = (self.0, other.0);
        Sum([
            a0.shl::<SHIFT>().sub(b0.add(V::splat(MULTIPLE * FOLD))),
            a1.shl::<SHIFT>().sub(b1),
            a2.shl::<SHIFT>().sub(b2),
            a3.shl::<SHIFT>().sub(b3),
            a4.shl::<SHIFT>().sub(b4).add(V::splat(MULTIPLE << 48)),
        ])
        .carried()
    }

    /// Lanes of another where the bit is set.
    #[inline(always)]
    pub(super) fn replace(&self, mask: u8, other: &Self) -> Self {
        let ([a0, a1, a2, a3, a4], [b0, b1, b2, b3, b4]) = (self.0, other.0);
        Self([
            a0.replace(mask, b0),
            a1.replace(mask, b1),
            a2.replace(mask, b2),
            a3.replace(mask, b3),
            a4.replace(mask, b4),
        ])
    }

    /// The inverses in all lanes at the cost of one; none if the element is zero in any lane.
    #[inline(always)]
    pub(super) fn inverted(&self) -> Option<Self> {
        // Products of 2, 4 and all lanes.
        let of_2 = self.times(&self.rotate::<4>()).reduced();
        let of_4 = of_2.times(&of_2.rotate::<2>()).reduced();
        let of_8 = of_4.times(&of_4.rotate::<1>()).reduced();
        let [value, ..] = of_8.values();
        if limbs::is_zero(&value) {
            return None;
        }
        let of_8 = Self::splat(&inverse::modulo(&value, &P));
        let of_4 = of_8.times(&of_4.rotate::<1>()).reduced();
        let of_2 = of_4.times(&of_2.rotate::<2>()).reduced();
        Some(of_2.times(&self.rotate::<4>()).reduced())
    }

    #[inline(always)]
    fn rotate<const BY: i32>(&self) -> Self {
        let [a0, a1, a2, a3, a4] = self.0;
        Self([
            a0.rotate::<BY>(),
            a1.rotate::<BY>(),
            a2.rotate::<BY>(),
            a3.rotate::<BY>(),
            a4.rotate::<BY>(),
        ])
    }

    /// The numbers below p.
    #[inline(always)]
    pub(super) fn values(&self) -> [Limbs<4>; LANES] {
        let limbs = self.0.map(V::words);
        array::from_fn(|lane| canonical(limbs.map(|words| words[lane])))
    }
}

/// The number below p with these carried limbs.
fn canonical([a, b, c, d, e]: [u64; 5]) -> Limbs<4> {
    let low = [
        a | b << 52,
        b >> 12 | c << 40,
        c >> 24 | d << 28,
        d >> 36 | e << 16,
    ];
    // e · 2^208 reaches above 2^256 by four bits.
    let (mut value, carry) = limbs::add_limb(&low, (e >> 48) * FOLD);
    if carry {
        value = limbs::add_limb(&value, FOLD).0;
    }
    if limbs::less(&value, &P) {
        value
    } else {
        limbs::sub(&value, &P).0
    }
}

impl<V: Lanes> Product<V> {
    /// The sum of two products.
    #[inline(always)]
    pub(super) fn plus(&self, other: &Self) -> Self {
        let [a0, a1, a2, a3, a4, a5, a6, a7, a8, a9] = self.0;
        let [b0, b1, b2, b3, b4, b5, b6, b7, b8, b9] = other.0;
        Self([
            a0.add(b0),
            a1.add(b1),
            a2.add(b2),
            a3.add(b3),
            a4.add(b4),
            a5.add(b5),
            a6.add(b6),
            a7.add(b7),
            a8.add(b8),
            a9.add(b9),
        ])
    }

    /// Brings a product below 2^520 to five limbs: 2^260 = 16 · 617.
    #[inline(always)]
    pub(super) fn fold(self) -> Sum<V> {
        let [c0, c1, c2, c3, c4, c5, c6, c7, c8, c9] = self.0;
        // The multiplications take the low 52 bits of these limbs.
        let c6 = c6.add(c5.shr::<52>());
        let c7 = c7.add(c6.shr::<52>());
        let c8 = c8.add(c7.shr::<52>());
        let c9 = c9.add(c8.shr::<52>());
        let fold = V::splat(FOLD_260);
        let above = V::splat(0).add_high(c9, fold);
        Sum([
            c0.add_low(c5, fold).add_low(above, fold),
            c1.add_high(c5, fold).add_low(c6, fold),
            c2.add_high(c6, fold).add_low(c7, fold),
            c3.add_high(c7, fold).add_low(c8, fold),
            c4.add_high(c8, fold).add_low(c9, fold),
        ])
    }
}

impl<V: Lanes> Sum<V> {
    #[inline(always)]
    pub(super) fn doubled(self) -> Self {
        let [a0, a1, a2, a3, a4] = self.0;
        Self([a0.add(a0), a1.add(a1), a2.add(a2), a3.add(a3), a4.add(a4)])
    }

    #[inline(always)]
    pub(super) fn tripled(self) -> Self {
        let ([a0, a1, a2, a3, a4], [b0, b1, b2, b3, b4]) = (self.0, self.doubled().0);
        Self([a0.add(b0), a1.add(b1), a2.add(b2), a3.add(b3), a4.add(b4)])
    }

    /// Subtracts 2^`SHIFT` times an element.
    #[inline(always)]
    pub(super) fn minus<const SHIFT: u32>(self, other: &Element<V>) -> Self {
        let ([a0, a1, a2, a3, a4], [b0, b1, b2, b3, b4]) = (self.0, other.0);
        Self([
            a0.sub(b0.shl::<SHIFT>()),
            a1.sub(b1.shl::<SHIFT>()),
            a2.sub(b2.shl::<SHIFT>()),
            a3.sub(b3.shl::<SHIFT>()),
            a4.sub(b4.shl::<SHIFT>()),
        ])
    }

    /// Subtracts a number below 2^52.
    #[inline(always)]
    pub(super) fn minus_small(self, value: u64) -> Self {
        let [a0, a1, a2, a3, a4] = self.0;
        Self([a0.sub(V::splat(value)), a1, a2, a3, a4])
    }

    /// The negative where all bits of the sign are set; where none is, the same.
    #[inline(always)]
    pub(super) fn signed(self, sign: V) -> Self {
        let [a0, a1, a2, a3, a4] = self.0;
        Self([
            a0.xor(sign).sub(sign),
            a1.xor(sign).sub(sign),
            a2.xor(sign).sub(sign),
            a3.xor(sign).sub(sign),
            a4.xor(sign).sub(sign),
        ])
    }

    #[inline(always)]
    pub(super) fn negated(self) -> Self {
        let zero = V::splat(0);
        let [a0, a1, a2, a3, a4] = self.0;
        Self([
            zero.sub(a0),
            zero.sub(a1),
            zero.sub(a2),
            zero.sub(a3),
            zero.sub(a4),
        ])
    }

    /// The element, where nothing was subtracted: its size is barely above 1.
    #[inline(always)]
    pub(super) fn reduced(self) -> Element<V> {
        let [a0, a1, a2, a3, a4] = self.0;
        let above = a4.shr::<48>();
        Self([
            a0.add_low(above, V::splat(FOLD)),
            a1,
            a2,
            a3,
            a4.and(V::splat(LOW_48)),
        ])
        .carried()
    }

    /// The element: its size is barely above 2. The number is at least barely below 2^256.
    #[inline(always)]
    pub(super) fn lifted(self) -> Element<V> {
        let [a0, a1, a2, a3, a4] = self.0;
        // One of the multiples stays out of the fold, so that carries below zero find something to take from.
        let top = a4.add(V::splat((LIFT - 1) << 48));
        let above = top.shr::<48>();
        Self([
            a0.sub(V::splat(LIFT * FOLD)).add_low(above, V::splat(FOLD)),
            a1,
            a2,
            a3,
            top.and(V::splat(LOW_48)).add(V::splat(1 << 48)),
        ])
        .carried()
    }

    /// The element of a number between 0 and 2^260.
    #[inline(always)]
    fn carried(self) -> Element<V> {
        let [a0, a1, a2, a3, a4] = self.0;
        let low = V::splat(LOW_52);
        let a1 = a1.add(a0.sar::<52>());
        let a2 = a2.add(a1.sar::<52>());
        let a3 = a3.add(a2.sar::<52>());
        let a4 = a4.add(a3.sar::<52>());
        Element([a0.and(low), a1.and(low), a2.and(low), a3.and(low), a4])
    }

    /// Bit i is set where the number in lane i is a multiple of p.
    #[inline(always)]
    pub(super) fn zeros(self) -> u8 {
        let [a0, a1, a2, a3, a4] = self.lifted().0;
        // p and 2p are the only multiples in the range of a lifted element; they differ in the ends only.
        let full = V::splat(LOW_52);
        let middle = a1.equal(full) & a2.equal(full) & a3.equal(full);
        let ends = |multiple: u64| {
            let low = V::splat((1 << 52) - multiple * FOLD);
            a0.equal(low) & a4.equal(V::splat((multiple << 48) - 1))
        };
        middle & (ends(1) | ends(2))
    }
}
