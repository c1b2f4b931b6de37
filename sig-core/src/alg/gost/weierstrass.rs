//! Short Weierstrass curves y² = x³ + ax + b in Jacobian coordinates (x = X/Z², y = Y/Z³).

use super::curve::Group;
use super::field::{Element, Field};
use super::limbs::{self, Limbs};

/// The coefficient a; −3 makes doubling cheaper.
#[derive(Clone, Copy, Debug)]
pub(super) enum CoefficientA {
    MinusThree,
    /// A small positive number.
    Small(u64),
}

/// A curve of prime order.
#[derive(Debug)]
pub(super) struct Weierstrass<F, const N: usize> {
    pub(super) field: F,
    pub(super) a: CoefficientA,
    pub(super) b: Limbs<N>,
}

/// Z is zero for the identity.
#[derive(Clone, Copy, Debug)]
pub(super) struct Jacobian<const N: usize> {
    x: Element<N>,
    y: Element<N>,
    z: Element<N>,
}

/// A point other than the identity.
#[derive(Clone, Copy, Debug)]
pub(super) struct Affine<const N: usize> {
    x: Element<N>,
    y: Element<N>,
}

impl<F: Field<N>, const N: usize> Weierstrass<F, N> {
    /// (3x² + aZ⁴)/2.
    #[cold]
    fn general_slope(&self, x: &Element<N>, zz: &Element<N>) -> Element<N> {
        let f = &self.field;
        let xx = f.square(x);
        let tail = f.mul(&self.a(), &f.square(zz));
        f.halve(&f.add(&f.add(&f.double(&xx), &xx), &tail))
    }

    fn a(&self) -> Element<N> {
        let mut value = [0; N];
        match self.a {
            CoefficientA::MinusThree => {
                value[0] = 3;
                self.field.negate(&self.field.encode(&value))
            }
            CoefficientA::Small(a) => {
                value[0] = a;
                self.field.encode(&value)
            }
        }
    }
}

impl<F: Field<N>, const N: usize> Group<N> for Weierstrass<F, N> {
    type Point = Jacobian<N>;
    type Entry = Affine<N>;

    fn identity(&self) -> Jacobian<N> {
        let one = self.field.one();
        Jacobian {
            x: one,
            y: one,
            z: Element::ZERO,
        }
    }

    fn is_identity(&self, point: &Jacobian<N>) -> bool {
        self.field.is_zero(&point.z)
    }

    /// The usual doubling, with coordinates scaled by 1/2 to save additions: for λ = (3x² + aZ⁴)/2 and
    /// s = xy², it is (λ² − 2s, λ(s − x₃) − y⁴, yz).
    #[inline]
    fn double(&self, point: &mut Jacobian<N>) {
        let f = &self.field;
        let Jacobian { x, y, z } = point;
        let zz = f.square(z);
        let yy = f.square(y);
        let slope = match self.a {
            CoefficientA::MinusThree => {
                let product = f.mul(&f.sub(x, &zz), &f.add(x, &zz));
                f.add(&product, &f.halve(&product))
            }
            CoefficientA::Small(_) => self.general_slope(x, &zz),
        };
        let s = f.mul(x, &yy);
        *z = f.mul(y, z);
        let yyyy = f.square(&yy);
        *x = f.sub_twice(&f.square(&slope), &s);
        *y = f.sub(&f.mul(&slope, &f.sub(&s, x)), &yyyy);
    }

    fn add(&self, point: &mut Jacobian<N>, entry: &Affine<N>) {
        let f = &self.field;
        if f.is_zero(&point.z) {
            *point = self.lift(entry);
            return;
        }
        let Jacobian { x, y, z } = point;
        let zz = f.square(z);
        let u2 = f.mul(&entry.x, &zz);
        let s2 = f.mul(&f.mul(&entry.y, z), &zz);
        let h = f.sub(&u2, x);
        let r = f.sub(&s2, y);
        if f.is_zero(&h) {
            // Same x: the same point, or its negative.
            if f.is_zero(&r) {
                self.double(point);
            } else {
                *point = self.identity();
            }
            return;
        }
        let hh = f.square(&h);
        *z = f.mul(z, &h);
        let hhh = f.mul(&hh, &h);
        let v = f.mul(x, &hh);
        *x = f.sub_twice(&f.sub(&f.square(&r), &hhh), &v);
        *y = f.sub(&f.mul(&r, &f.sub(&v, x)), &f.mul(y, &hhh));
    }

    fn sub(&self, point: &mut Jacobian<N>, entry: &Affine<N>) {
        let negative = Affine {
            x: entry.x,
            y: self.field.negate(&entry.y),
        };
        self.add(point, &negative);
    }

    fn point(&self, x: &Limbs<N>, y: &Limbs<N>) -> Option<Jacobian<N>> {
        let f = &self.field;
        let p = f.modulus();
        if !limbs::less(x, &p) || !limbs::less(y, &p) {
            return None;
        }
        let (x, y) = (f.encode(x), f.encode(y));
        let slope = f.add(&f.square(&x), &self.a());
        let right = f.add(&f.mul(&slope, &x), &f.encode(&self.b));
        let z = f.one();
        f.equal(&f.square(&y), &right)
            .then_some(Jacobian { x, y, z })
    }

    /// The order of the curve is a prime.
    fn is_multiple_of_base(&self, _: &Limbs<N>) -> bool {
        true
    }

    /// The double D of the point is added again and again. To keep the additions mixed, the points are taken
    /// on the isomorphic curve where D is affine, which an addition cannot tell: it does not use a or b.
    fn odd_multiples(&self, point: &Jacobian<N>, count: usize) -> Vec<Affine<N>> {
        let f = &self.field;
        let mut double = *point;
        self.double(&mut double);
        let step = Affine {
            x: double.x,
            y: double.y,
        };
        let zz = f.square(&double.z);
        let mut multiple = Jacobian {
            x: f.mul(&point.x, &zz),
            y: f.mul(&point.y, &f.mul(&zz, &double.z)),
            z: f.one(),
        };
        let mut multiples = Vec::with_capacity(count);
        for _ in 0..count {
            multiples.push(Jacobian {
                z: f.mul(&multiple.z, &double.z),
                ..multiple
            });
            self.add(&mut multiple, &step);
        }
        self.normalize(&multiples)
    }

    fn lift(&self, point: &Affine<N>) -> Jacobian<N> {
        Jacobian {
            x: point.x,
            y: point.y,
            z: self.field.one(),
        }
    }

    fn normalize(&self, points: &[Jacobian<N>]) -> Vec<Affine<N>> {
        let field = &self.field;
        let mut products = Vec::with_capacity(points.len());
        let mut product = field.one();
        for point in points {
            products.push(product);
            product = field.mul(&product, &point.z);
        }
        let mut inverse = field.invert(&product);
        let mut affine = Vec::with_capacity(points.len());
        for (point, before) in points.iter().zip(&products).rev() {
            let inverse_z = field.mul(&inverse, before);
            inverse = field.mul(&inverse, &point.z);
            let square = field.square(&inverse_z);
            affine.push(Affine {
                x: field.mul(&point.x, &square),
                y: field.mul(&point.y, &field.mul(&square, &inverse_z)),
            });
        }
        affine.reverse();
        affine
    }

    fn has_x(&self, point: &Jacobian<N>, x: &Limbs<N>) -> bool {
        let f = &self.field;
        let zz = f.square(&point.z);
        f.equal(&point.x, &f.mul(&f.encode(x), &zz))
    }

    fn prime(&self) -> Limbs<N> {
        self.field.modulus()
    }
}
