//! Twisted Edwards curves u² + v² = 1 + d·u²·v² for the two sets that are given in both forms
//! (RFC 7836 §5.2). The square coefficient of u² and the non-square d make the addition complete.

use super::curve::Group;
use super::field::{Element, Field};
use super::limbs::{self, Limbs};
use super::residue;

/// A curve with its map from Weierstrass form: u = (x − t)/y, v = (x − t − s)/(x − t + s).
#[derive(Debug)]
pub(super) struct Edwards<F, const N: usize> {
    pub(super) field: F,
    pub(super) d: Limbs<N>,
    /// (1 − d)/4.
    pub(super) s: Limbs<N>,
    /// (1 + d)/6.
    pub(super) t: Limbs<N>,
    /// A root of −d.
    pub(super) k: Limbs<N>,
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

/// A point with its coordinates, and d·u·v, times its Z.
#[derive(Clone, Copy, Debug)]
pub(super) struct Multiple<const N: usize> {
    scaled: Affine<N>,
    z: Element<N>,
}

impl<const N: usize> Affine<N> {
    #[inline(always)]
    fn negative<F: Field<N>>(&self, field: &F) -> Self {
        Self {
            u: field.negate(&self.u),
            v: self.v,
            duv: field.negate(&self.duv),
        }
    }
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

    /// The point that the four products of an addition or doubling stand for.
    #[inline(always)]
    fn complete(&self, point: &mut Extended<N>, [e, f, g, h]: [Element<N>; 4]) {
        let field = &self.field;
        point.u = field.mul(&e, &f);
        point.v = field.mul(&g, &h);
        point.z = field.mul(&f, &g);
        point.factors = [e, h];
    }

    /// `add-2008-hwcd` with a = 1 (Explicit-Formulas Database), which holds for every pair of points.
    /// The coordinates of `other` are times its own Z, and `zz` is the product of both Z.
    #[inline(always)]
    fn sum(&self, point: &mut Extended<N>, other: &Affine<N>, zz: &Element<N>) {
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
        self.complete(point, [e, f, g, h]);
    }

    /// a^((p + 1)/4): a root of every square, for these primes, which are 3 modulo 4. The exponent is
    /// 64·N − 10 ones and one more octet.
    fn root(&self, a: &Element<N>) -> Element<N> {
        let f = &self.field;
        let square_times = |a: &Element<N>, count: usize| (0..count).fold(*a, |a, _| f.square(&a));
        let ones = 64 * N - 10;
        let (mut power, mut length) = (*a, 1);
        for bit in (0..ones.ilog2()).rev() {
            power = f.mul(&square_times(&power, length), &power);
            length = ones >> bit;
            if length % 2 == 1 {
                power = f.mul(&f.square(&power), a);
            }
        }
        let octet = (f.modulus()[0].wrapping_add(1) >> 2) as u8;
        for bit in (0..8).rev() {
            power = f.square(&power);
            if octet >> bit & 1 == 1 {
                power = f.mul(&power, a);
            }
        }
        power
    }

    /// Whether a number other than zero is a square.
    fn is_square(&self, a: &Element<N>) -> bool {
        let f = &self.field;
        residue::is_square(&f.decode(a), &f.modulus())
            .unwrap_or_else(|| f.equal(&f.square(&self.root(a)), a))
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
    type Multiple = Multiple<N>;

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
    fn double(&self, point: &mut Extended<N>) {
        let field = &self.field;
        let a = field.square(&point.u);
        let b = field.square(&point.v);
        let c = field.double(&field.square(&point.z));
        let g = field.add(&a, &b);
        let e = field.sub(&field.square(&field.add(&point.u, &point.v)), &g);
        let f = field.sub(&g, &c);
        let h = field.sub(&a, &b);
        self.complete(point, [e, f, g, h]);
    }

    fn add(&self, point: &mut Extended<N>, entry: &Affine<N>) {
        let zz = point.z;
        self.sum(point, entry, &zz);
    }

    fn sub(&self, point: &mut Extended<N>, entry: &Affine<N>) {
        self.add(point, &entry.negative(&self.field));
    }

    fn add_multiple(&self, point: &mut Extended<N>, multiple: &Multiple<N>) {
        let zz = self.field.mul(&point.z, &multiple.z);
        self.sum(point, &multiple.scaled, &zz);
    }

    fn sub_multiple(&self, point: &mut Extended<N>, multiple: &Multiple<N>) {
        let zz = self.field.mul(&point.z, &multiple.z);
        self.sum(point, &multiple.scaled.negative(&self.field), &zz);
    }

    fn point(&self, x: &Limbs<N>, y: &Limbs<N>) -> Option<Extended<N>> {
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
        let (above, below) = (f.add(&shifted, &s), f.sub(&shifted, &s));
        let z = f.mul(&y, &above);
        // Otherwise the point of order two; no point has x = t − s.
        (!f.is_zero(&z)).then(|| Extended {
            u: f.mul(&shifted, &above),
            v: f.mul(&below, &y),
            z,
            factors: [shifted, below],
        })
    }

    /// The index of the subgroup is four. With X = x − t the curve is Y² = X(X² + 3tX + s²), and (0, 0) is its only
    /// point of order two, so the points of small order form a cycle of four and the multiples of the base point
    /// are the quadruples.
    ///
    /// A point is a double exactly when its X is a square m² (descent by the point of order two: the other
    /// component has the norm X, up to squares, and a number of the quadratic extension is a square when its norm
    /// is). If (X, Y) is the double of a point with X = h, which is unique up to adding (0, 0), then it is a
    /// quadruple exactly when h is a square, too; h and s²/h, the other choice, are squares together.
    /// With w = Y/m, from doubling by two isogenies of degree two, h·l² = X + s + w up to the factor 2 and some l;
    /// since (X + s)² − w² = −d·X = (km)² for k² = −d, also 2(X + s + w)·(X + s + km) is the square of
    /// X + s + km + w. So the point is a quadruple when m² + km + s is a square. It is never zero, as
    /// k² − 4s = −1 is not a square; and the signs of k and m do not matter, as the product over both signs
    /// is w².
    fn is_multiple_of_base(&self, x: &Limbs<N>) -> bool {
        let f = &self.field;
        let shifted = f.sub(&f.encode(x), &f.encode(&self.t));
        let m = self.root(&shifted);
        let km = f.mul(&m, &f.encode(&self.k));
        let criterion = f.add(&f.add(&shifted, &f.encode(&self.s)), &km);
        f.equal(&f.square(&m), &shifted) && self.is_square(&criterion)
    }

    fn odd_multiples(&self, point: &Extended<N>, count: usize) -> Vec<Extended<N>> {
        let mut double = *point;
        self.double(&mut double);
        let step = self.multiple(&double);
        let mut multiple = *point;
        let mut multiples = Vec::with_capacity(count);
        for _ in 0..count {
            multiples.push(multiple);
            self.add_multiple(&mut multiple, &step);
        }
        multiples
    }

    fn multiple(&self, point: &Extended<N>) -> Multiple<N> {
        let f = &self.field;
        let [first, second] = &point.factors;
        Multiple {
            scaled: Affine {
                u: point.u,
                v: point.v,
                duv: f.mul(&f.encode(&self.d), &f.mul(first, second)),
            },
            z: point.z,
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

    fn normalize(&self, points: &[Extended<N>]) -> Vec<Affine<N>> {
        let f = &self.field;
        let mut products = Vec::with_capacity(points.len());
        let mut product = f.one();
        for point in points {
            products.push(product);
            product = f.mul(&product, &point.z);
        }
        let mut inverse = f.invert(&product);
        let mut affine = Vec::with_capacity(points.len());
        for (point, before) in points.iter().zip(&products).rev() {
            let inverse_z = f.mul(&inverse, before);
            inverse = f.mul(&inverse, &point.z);
            affine.push(self.affine(f.mul(&point.u, &inverse_z), f.mul(&point.v, &inverse_z)));
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

#[cfg(test)]
mod tests {
    use super::super::field::Minus;
    use super::*;
    use proptest::prelude::*;

    const CURVE: Edwards<Minus<617>, 4> = Edwards {
        field: Minus,
        d: [0; 4],
        s: [0; 4],
        t: [0; 4],
        k: [0; 4],
        a: [0; 4],
        b: [0; 4],
    };

    #[test]
    fn squares_are_told_when_the_division_steps_do_not_end() {
        let one = [1, 0, 0, 0];
        assert_eq!(residue::is_square(&one, &CURVE.prime()), None);
        assert!(CURVE.is_square(&Element(one)));
        assert!(!CURVE.is_square(&CURVE.field.negate(&Element(one))));
    }

    proptest! {
        #[test]
        fn roots_of_squares(value in any::<[u64; 4]>()) {
            let field = &CURVE.field;
            let square = field.square(&Element(value));
            let root = CURVE.root(&square);
            prop_assert!(field.equal(&field.square(&root), &square));
            prop_assert!(field.is_zero(&square) || CURVE.is_square(&square));
            prop_assert!(!CURVE.is_square(&field.negate(&square)));
        }
    }
}
