//! Points of y² = x³ − 3x + 166 in Jacobian coordinates (x = X/Z², y = Y/Z³), one for each lane.
//!
//! Sizes as in [`super::field`]: X and Y are below 2.1, Z is below 1.1, and so are the coordinates of an affine point.

use super::field::Element;
use super::lanes::Lanes;

/// The coefficient b of the curve.
pub(super) const B: u64 = 166;

/// Z is zero once an addition had no general case: of equal or opposite points, or of the identity.
/// It stays zero in whatever is computed from the point.
#[derive(Clone, Copy)]
pub(super) struct Jacobian<V> {
    pub(super) x: Element<V>,
    pub(super) y: Element<V>,
    pub(super) z: Element<V>,
}

/// A point other than the identity.
#[derive(Clone, Copy)]
pub(super) struct Affine<V> {
    pub(super) x: Element<V>,
    pub(super) y: Element<V>,
}

impl<V: Lanes> Affine<V> {
    /// Bit i is set where the point in lane i is on the curve.
    #[inline(always)]
    pub(super) fn on_curve(&self) -> u8 {
        let slope = self.x.squared().minus_small(3).lifted();
        let right = slope.times(&self.x).reduced();
        let difference = self.y.squared().minus::<0>(&right).minus_small(B);
        difference.zeros()
    }

    #[inline(always)]
    pub(super) fn replace(&self, mask: u8, other: &Self) -> Self {
        Self {
            x: self.x.replace(mask, &other.x),
            y: self.y.replace(mask, &other.y),
        }
    }

    /// The point, or its negative where all bits of the sign are set.
    #[inline(always)]
    pub(super) fn lift(&self, sign: V) -> Jacobian<V> {
        Jacobian {
            x: self.x,
            y: self.y.sum().signed(sign).lifted(),
            z: Element::small(1),
        }
    }
}

impl<V: Lanes> Jacobian<V> {
    /// `dbl-2001-b` (Explicit-Formulas Database).
    #[inline(always)]
    pub(super) fn doubled(&self) -> Self {
        let Self { x, y, z } = self;
        let gamma = y.squared().reduced();
        let delta = z.squared().reduced();
        // Sizes 3.2, 5.1; of their product times three below 60.
        let sum = x.plus(&delta);
        let difference = x.scaled_minus::<0, 2>(&delta);
        let beta = x.times(&gamma).reduced();
        let alpha = sum.times(&difference).tripled().reduced();
        let x3 = alpha.squared().minus::<3>(&beta).lifted();
        // Size 7.5.
        let rest = beta.scaled_minus::<2, 3>(&x3);
        let square = gamma.squared().reduced();
        let y3 = alpha.times(&rest).minus::<3>(&square).lifted();
        let z3 = y.times(z).doubled().reduced();
        Self {
            x: x3,
            y: y3,
            z: z3,
        }
    }

    /// The sum with a point, or with its negative where all bits of the sign are set; and the quotient of the new
    /// Z by the old one.
    #[inline(always)]
    pub(super) fn added(&self, entry: &Affine<V>, sign: V) -> (Self, Element<V>) {
        let Self { x, y, z } = self;
        let zz = z.squared().reduced();
        let zzz = zz.times(z).reduced();
        let h = entry.x.times(&zz).minus::<0>(x).lifted();
        let r = entry.y.times(&zzz).signed(sign).minus::<0>(y).lifted();
        let hh = h.squared().reduced();
        let hhh = hh.times(&h).reduced();
        let v = x.times(&hh).reduced();
        let x3 = r.squared().minus::<0>(&hhh).minus::<1>(&v).lifted();
        // −y3 = r · (x3 − v) + y · hhh; the first difference has size 4.2.
        let rest = x3.scaled_minus::<0, 2>(&v);
        let y3 = r.product(&rest).plus(&y.product(&hhh));
        let sum = Self {
            x: x3,
            y: y3.fold().negated().lifted(),
            z: z.times(&h).reduced(),
        };
        (sum, h)
    }

    /// Bit i is set where x of the point in lane i is this number. The identity has every x.
    #[inline(always)]
    pub(super) fn has_x(&self, x: &Element<V>) -> u8 {
        let zz = self.z.squared().reduced();
        x.times(&zz).minus::<0>(&self.x).zeros()
    }

    /// Bit i is set where Z is zero.
    #[inline(always)]
    pub(super) fn exceptions(&self) -> u8 {
        self.z.sum().zeros()
    }
}
