//! Twisted Edwards curves u² + v² = 1 + d·u²·v² for the two sets that are given in both forms
//! (RFC 7836 §5.2). The square coefficient of u² and the non-square d make the addition complete.

use super::curve::Group;
use super::field::{Element, Field};
use super::limbs::{self, Limbs};

/// A curve with its map from Weierstrass form: u = (x − t)/y, v = (x − t − s)/(x − t + s).
#[derive(Debug)]
pub(super) struct Edwards<F, const N: usize> {
    pub(super) field: F,
    pub(super) d: Limbs<N>,
    /// (1 − d)/4.
    pub(super) s: Limbs<N>,
    /// (1 + d)/6.
    pub(super) t: Limbs<N>,
    /// Coefficients of the Weierstrass form, in which keys are written.
    pub(super) a: Limbs<N>,
    pub(super) b: Limbs<N>,
}

/// u = U/Z, v = V/Z. The product UV/Z is left as two factors: only an addition needs it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Extended<const N: usize> {
    u: Element<N>,
    v: Element<N>,
    z: Element<N>,
    factors: [Element<N>; 2],
}

/// An affine point with d·u·v.
#[derive(Clone, Copy, Debug)]
pub(super) struct Affine<const N: usize> {
    u: Element<N>,
    v: Element<N>,
    duv: Element<N>,
}

impl<F: Field<N>, const N: usize> Edwards<F, N> {
    fn affine(&self, u: Element<N>, v: Element<N>) -> Affine<N> {
        let f = &self.field;
        Affine {
            u,
            v,
            duv: f.mul(&f.encode(&self.d), &f.mul(&u, &v)),
        }
    }

    fn lift(&self, point: &Affine<N>) -> Extended<N> {
        Extended {
            u: point.u,
            v: point.v,
            z: self.field.one(),
            factors: [point.u, point.v],
        }
    }

    /// The point that the four products of an addition or doubling stand for.
    #[inline(always)]
    fn complete(&self, [e, f, g, h]: [Element<N>; 4]) -> Extended<N> {
        let field = &self.field;
        Extended {
            u: field.mul(&e, &f),
            v: field.mul(&g, &h),
            z: field.mul(&f, &g),
            factors: [e, h],
        }
    }

    /// `add-2008-hwcd` with a = 1 (Explicit-Formulas Database), which holds for every pair of points.
    /// The coordinates of `other` are times its own Z, and `zz` is the product of both Z.
    fn sum(&self, point: &Extended<N>, other: &Affine<N>, zz: &Element<N>) -> Extended<N> {
        let field = &self.field;
        let [first, second] = &point.factors;
        let a = field.mul(&point.u, &other.u);
        let b = field.mul(&point.v, &other.v);
        let c = field.mul(&field.mul(first, second), &other.duv);
        let mixed = field.mul(
            &field.add(&point.u, &point.v),
            &field.add(&other.u, &other.v),
        );
        let e = field.sub(&mixed, &field.add(&a, &b));
        let f = field.sub(zz, &c);
        let g = field.add(zz, &c);
        let h = field.sub(&b, &a);
        self.complete([e, f, g, h])
    }

    fn is_on_weierstrass_curve(&self, x: &Element<N>, y: &Element<N>) -> bool {
        let f = &self.field;
        let slope = f.add(&f.square(x), &f.encode(&self.a));
        let right = f.add(&f.mul(&slope, x), &f.encode(&self.b));
        f.equal(&f.square(y), &right)
    }
}

impl<F: Field<N>, const N: usize> Group<N> for Edwards<F, N> {
    type Point = Extended<N>;
    type Entry = Affine<N>;

    fn identity(&self) -> Extended<N> {
        let one = self.field.one();
        Extended {
            u: Element::ZERO,
            v: one,
            z: one,
            factors: [Element::ZERO, one],
        }
    }

    fn is_identity(&self, point: &Extended<N>) -> bool {
        self.field.is_zero(&point.u) && self.field.equal(&point.v, &point.z)
    }

    /// `dbl-2008-hwcd` with a = 1 (Explicit-Formulas Database).
    fn double(&self, point: &Extended<N>) -> Extended<N> {
        let field = &self.field;
        let a = field.square(&point.u);
        let b = field.square(&point.v);
        let c = field.double(&field.square(&point.z));
        let g = field.add(&a, &b);
        let e = field.sub(&field.square(&field.add(&point.u, &point.v)), &g);
        let f = field.sub(&g, &c);
        let h = field.sub(&a, &b);
        self.complete([e, f, g, h])
    }

    fn add(&self, point: &Extended<N>, entry: &Affine<N>) -> Extended<N> {
        self.sum(point, entry, &point.z)
    }

    fn sub(&self, point: &Extended<N>, entry: &Affine<N>) -> Extended<N> {
        let negative = Affine {
            u: self.field.negate(&entry.u),
            v: entry.v,
            duv: self.field.negate(&entry.duv),
        };
        self.add(point, &negative)
    }

    fn point(&self, x: &Limbs<N>, y: &Limbs<N>) -> Option<Affine<N>> {
        let f = &self.field;
        let p = f.modulus();
        if !limbs::less(x, &p) || !limbs::less(y, &p) {
            return None;
        }
        let (x, y) = (f.encode(x), f.encode(y));
        if !self.is_on_weierstrass_curve(&x, &y) {
            return None;
        }
        let s = f.encode(&self.s);
        let shifted = f.sub(&x, &f.encode(&self.t));
        let denominator = f.add(&shifted, &s);
        let product = f.mul(&y, &denominator);
        if f.is_zero(&product) {
            // The point of order two; no point has x = t − s.
            return None;
        }
        let inverse = f.invert(&product);
        let u = f.mul(&f.mul(&shifted, &denominator), &inverse);
        let v = f.mul(&f.mul(&f.sub(&shifted, &s), &y), &inverse);
        Some(self.affine(u, v))
    }

    fn odd_multiples(&self, point: &Affine<N>, count: usize) -> Vec<Affine<N>> {
        let f = &self.field;
        let start = self.lift(point);
        let double = self.double(&start);
        let [first, second] = &double.factors;
        let step = Affine {
            u: double.u,
            v: double.v,
            duv: f.mul(&f.encode(&self.d), &f.mul(first, second)),
        };
        let mut multiple = start;
        let mut multiples = Vec::with_capacity(count);
        let mut products = Vec::with_capacity(count);
        let mut product = f.one();
        for _ in 0..count {
            products.push(product);
            product = f.mul(&product, &multiple.z);
            multiples.push(multiple);
            multiple = self.sum(&multiple, &step, &f.mul(&multiple.z, &double.z));
        }
        let mut inverse = f.invert(&product);
        let mut affine = Vec::with_capacity(count);
        for (multiple, before) in multiples.iter().zip(&products).rev() {
            let inverse_z = f.mul(&inverse, before);
            inverse = f.mul(&inverse, &multiple.z);
            affine.push(self.affine(
                f.mul(&multiple.u, &inverse_z),
                f.mul(&multiple.v, &inverse_z),
            ));
        }
        affine.reverse();
        affine
    }

    /// x = s(1 + v)/(1 − v) + t.
    fn has_x(&self, point: &Extended<N>, x: &Limbs<N>) -> bool {
        let f = &self.field;
        let left = f.mul(&f.encode(&self.s), &f.add(&point.z, &point.v));
        let shifted = f.sub(&f.encode(x), &f.encode(&self.t));
        let right = f.mul(&shifted, &f.sub(&point.z, &point.v));
        f.equal(&left, &right)
    }

    fn prime(&self) -> Limbs<N> {
        self.field.modulus()
    }
}
