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

/// Z is zero for the identity. Its square is computed ahead of its use, while other products wait for each other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Jacobian<const N: usize> {
    x: Element<N>,
    y: Element<N>,
    z: Element<N>,
    zz: Element<N>,
}

/// A point other than the identity.
#[derive(Clone, Copy, Debug)]
pub(super) struct Affine<const N: usize> {
    x: Element<N>,
    y: Element<N>,
}

/// A point other than the identity with powers of its Z.
#[derive(Clone, Copy, Debug)]
pub(super) struct Multiple<const N: usize> {
    x: Element<N>,
    y: Element<N>,
    z: Element<N>,
    zz: Element<N>,
    zzz: Element<N>,
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
    type Multiple = Multiple<N>;

    fn identity(&self) -> Jacobian<N> {
        let one = self.field.one();
        Jacobian {
            x: one,
            y: one,
            z: Element::ZERO,
            zz: Element::ZERO,
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
        let Jacobian { x, y, z, zz } = point;
        // Neighbours in this order do not wait for each other.
        let slope = match self.a {
            CoefficientA::MinusThree => f.mul(&f.sub(x, zz), &f.add(x, zz)),
            CoefficientA::Small(_) => self.general_slope(x, zz),
        };
        let yy = f.square(y);
        let slope = match self.a {
            CoefficientA::MinusThree => f.add(&slope, &f.halve(&slope)),
            CoefficientA::Small(_) => slope,
        };
        *z = f.mul(y, z);
        let s = f.mul(x, &yy);
        let square = f.square(&slope);
        let yyyy = f.square(&yy);
        *zz = f.square(z);
        *x = f.sub_twice(&square, &s);
        *y = f.sub(&f.mul(&slope, &f.sub(&s, x)), &yyyy);
    }

    fn add(&self, point: &mut Jacobian<N>, entry: &Affine<N>) {
        let f = &self.field;
        if f.is_zero(&point.z) {
            *point = self.lift(entry);
            return;
        }
        let Jacobian { x, y, z, zz } = point;
        let u2 = f.mul(&entry.x, zz);
        let s2 = f.mul(&f.mul(&entry.y, z), zz);
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
        let rr = f.square(&r);
        *z = f.mul(z, &h);
        let hhh = f.mul(&hh, &h);
        let v = f.mul(x, &hh);
        *zz = f.square(z);
        let tail = f.mul(y, &hhh);
        *x = f.sub_twice(&f.sub(&rr, &hhh), &v);
        *y = f.sub(&f.mul(&r, &f.sub(&v, x)), &tail);
    }

    fn sub(&self, point: &mut Jacobian<N>, entry: &Affine<N>) {
        let negative = Affine {
            x: entry.x,
            y: self.field.negate(&entry.y),
        };
        self.add(point, &negative);
    }

    fn add_multiple(&self, point: &mut Jacobian<N>, multiple: &Multiple<N>) {
        let f = &self.field;
        if f.is_zero(&point.z) {
            let Multiple { x, y, z, zz, .. } = *multiple;
            *point = Jacobian { x, y, z, zz };
            return;
        }
        let Jacobian { x, y, z, zz } = point;
        let u1 = f.mul(x, &multiple.zz);
        let u2 = f.mul(&multiple.x, zz);
        let s1 = f.mul(y, &multiple.zzz);
        let s2 = f.mul(&f.mul(&multiple.y, z), zz);
        let h = f.sub(&u2, &u1);
        let r = f.sub(&s2, &s1);
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
        let rr = f.square(&r);
        *z = f.mul(&f.mul(z, &multiple.z), &h);
        let hhh = f.mul(&hh, &h);
        let v = f.mul(&u1, &hh);
        *zz = f.square(z);
        let tail = f.mul(&s1, &hhh);
        *x = f.sub_twice(&f.sub(&rr, &hhh), &v);
        *y = f.sub(&f.mul(&r, &f.sub(&v, x)), &tail);
    }

    fn sub_multiple(&self, point: &mut Jacobian<N>, multiple: &Multiple<N>) {
        let negative = Multiple {
            y: self.field.negate(&multiple.y),
            ..*multiple
        };
        self.add_multiple(point, &negative);
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
            .then_some(Jacobian { x, y, z, zz: z })
    }

    /// The order of the curve is a prime.
    fn is_multiple_of_base(&self, _: &Limbs<N>) -> bool {
        true
    }

    /// The double D of the point is added again and again. To keep the additions mixed, the points are taken
    /// on the isomorphic curve where D is affine, which an addition cannot tell: it does not use a or b.
    fn odd_multiples(&self, point: &Jacobian<N>, count: usize) -> Vec<Jacobian<N>> {
        let f = &self.field;
        let mut double = *point;
        self.double(&mut double);
        let step = Affine {
            x: double.x,
            y: double.y,
        };
        let mut multiple = Jacobian {
            x: f.mul(&point.x, &double.zz),
            y: f.mul(&point.y, &f.mul(&double.zz, &double.z)),
            z: f.one(),
            zz: f.one(),
        };
        let mut multiples = Vec::with_capacity(count);
        for _ in 0..count {
            multiples.push(Jacobian {
                z: f.mul(&multiple.z, &double.z),
                zz: f.mul(&multiple.zz, &double.zz),
                ..multiple
            });
            self.add(&mut multiple, &step);
        }
        multiples
    }

    fn multiple(&self, point: &Jacobian<N>) -> Multiple<N> {
        let Jacobian { x, y, z, zz } = *point;
        let zzz = self.field.mul(&zz, &z);
        Multiple { x, y, z, zz, zzz }
    }

    fn lift(&self, point: &Affine<N>) -> Jacobian<N> {
        Jacobian {
            x: point.x,
            y: point.y,
            z: self.field.one(),
            zz: self.field.one(),
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
        f.equal(&point.x, &f.mul(&f.encode(x), &point.zz))
    }

    fn prime(&self) -> Limbs<N> {
        self.field.modulus()
    }
}
