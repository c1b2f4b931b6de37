//! Tables of odd multiples in affine form, and the signed digits that select from them.

use super::field::Element;
use super::lanes::{LANES, Lanes};
use super::point::{Affine, Jacobian};

/// Words of an entry in one lane: the limbs of x and y.
const WORDS: usize = 10;

/// The entries P, 3P, 5P, …: limb n of entry i in lane j is word `(10 · i + n) · LANES + j`.
pub(super) struct Table {
    words: Vec<u64>,
}

impl Table {
    /// The first odd multiples of points of large prime order; none if a sum had no general case, which multiples
    /// below the order never do.
    ///
    /// The double D of the point is added again and again. To keep the additions mixed, the points are taken
    /// on the isomorphic curve where D is affine, which an addition cannot tell: it does not use a or b.
    #[inline(always)]
    pub(super) fn odd_multiples<V: Lanes>(point: &Affine<V>, count: usize) -> Option<Self> {
        let positive = V::splat(0);
        let double = point.lift(positive).doubled();
        let zz = double.z.squared().reduced();
        let zzz = zz.times(&double.z).reduced();
        let mut multiple = Jacobian {
            x: point.x.times(&zz).reduced(),
            y: point.y.times(&zzz).reduced(),
            z: Element::small(1),
        };
        let step = Affine {
            x: double.x,
            y: double.y,
        };
        let mut multiples = Vec::with_capacity(count);
        multiples.push((multiple, multiple.z));
        for _ in 1..count {
            let (sum, ratio) = multiple.added(&step, positive);
            multiple = sum;
            multiples.push((sum, ratio));
        }
        let mut inverse = multiple.z.times(&double.z).reduced().inverted()?;
        let mut table = Self {
            words: vec![0; count * WORDS * LANES],
        };
        let entries = table.words.chunks_exact_mut(WORDS * LANES).rev();
        for (entry, (multiple, ratio)) in entries.zip(multiples.iter().rev()) {
            let square = inverse.squared().reduced();
            let cube = square.times(&inverse).reduced();
            let x = multiple.x.times(&square).reduced();
            let y = multiple.y.times(&cube).reduced();
            let limbs = entry.chunks_exact_mut(LANES);
            for (words, limb) in limbs.zip(x.0.into_iter().chain(y.0)) {
                words.copy_from_slice(&limb.words());
            }
            inverse = inverse.times(ratio).reduced();
        }
        Some(table)
    }

    /// The table of one point, from one that has it in all lanes: limb n of entry i is word `10 · i + n`.
    pub(super) fn narrowed(self) -> Self {
        let words = self.words.into_iter().step_by(LANES).collect();
        Self { words }
    }

    /// The entry with a number of its own in each lane, each from the lane's own table.
    #[inline(always)]
    pub(super) fn select<V: Lanes>(&self, number: V) -> Affine<V> {
        let lane = V::from_fn(|lane| lane as u64);
        let index = lane.add_low(number, V::splat((WORDS * LANES) as u64));
        entry(V::gather(&self.words, index, LANES))
    }

    /// The entry with a number of its own in each lane, all from one narrowed table.
    #[inline(always)]
    pub(super) fn select_shared<V: Lanes>(&self, number: V) -> Affine<V> {
        let index = V::splat(0).add_low(number, V::splat(WORDS as u64));
        entry(V::gather(&self.words, index, 1))
    }
}

#[inline(always)]
fn entry<V>([x0, x1, x2, x3, x4, y0, y1, y2, y3, y4]: [V; WORDS]) -> Affine<V> {
    Affine {
        x: Element([x0, x1, x2, x3, x4]),
        y: Element([y0, y1, y2, y3, y4]),
    }
}

/// Odd scalars below 2^256 in lanes, as signed odd digits (Joye and Tunstall, "Exponent recoding and regular
/// exponentiation algorithms", 2009).
///
/// With windows of any widths that add up to 255, the digit of a window of w bits from `position` on is
/// 2 · (w bits above `position`) + 1 − 2^w, and what is left at position 255 is 1.
#[derive(Clone, Copy)]
pub(super) struct Digits<V> {
    words: [V; 5],
}

/// Number of an entry in a table of odd multiples, and a sign of all ones for its negative.
#[derive(Clone, Copy)]
pub(super) struct Digit<V> {
    pub(super) number: V,
    pub(super) sign: V,
}

impl<V: Lanes> Digits<V> {
    #[inline(always)]
    pub(super) fn new([a, b, c, d]: [V; 4]) -> Self {
        Self {
            words: [a, b, c, d, V::splat(0)],
        }
    }

    /// The digit of the window of `width` bits from `position` on.
    #[inline(always)]
    pub(super) fn at(&self, position: usize, width: usize) -> Digit<V> {
        let (word, bits) = ((position + 1) / 64, (position + 1) % 64);
        let low = self.words[word % 5].shr_by(bits);
        let high = self.words[(word + 1) % 5].shl_by(64 - bits);
        let value = low.xor(high).and(V::splat((1 << width) - 1));
        let signed = value.sub(V::splat(1 << (width - 1)));
        let sign = signed.sar::<63>();
        Digit {
            number: signed.xor(sign),
            sign,
        }
    }
}
