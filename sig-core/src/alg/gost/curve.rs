//! Groups of points, and the verification equation over any of them.

use std::fmt;
use std::sync::OnceLock;

use super::comb::{self, Comb};
use super::field::Field;
use super::limbs::{self, Limbs};
use super::montgomery::Montgomery;
use super::precomputed::{BASE_WINDOW, Digits, KEY_WINDOW, Table};
use crate::alg::signature::{BadSignature, KeyRejected};

/// The points of a curve, in coordinates that suit it.
pub(super) trait Group<const N: usize>: fmt::Debug + Send + Sync + 'static {
    /// A point in the coordinates of the computation.
    type Point: Copy;
    /// A point of a table, in affine form.
    type Entry: Copy + fmt::Debug + Send + Sync + 'static;
    /// A point of the small table of a key that is used once.
    type Multiple: Copy + fmt::Debug + Send + Sync + 'static;

    fn identity(&self) -> Self::Point;

    fn is_identity(&self, point: &Self::Point) -> bool;

    /// Doubles a point in place: copies of points would cost as much as multiplications.
    fn double(&self, point: &mut Self::Point);

    /// Adds, for every pair of points.
    fn add(&self, point: &mut Self::Point, entry: &Self::Entry);

    /// Subtracts, for every pair of points.
    fn sub(&self, point: &mut Self::Point, entry: &Self::Entry);

    /// Adds, for every pair of points.
    fn add_multiple(&self, point: &mut Self::Point, multiple: &Self::Multiple);

    /// Subtracts, for every pair of points.
    fn sub_multiple(&self, point: &mut Self::Point, multiple: &Self::Multiple);

    /// The point with these affine Weierstrass coordinates; none if they are not below the prime
    /// or the point is not on the curve.
    fn point(&self, x: &Limbs<N>, y: &Limbs<N>) -> Option<Self::Point>;

    /// Whether the points that have this x and that [`point`](Self::point) makes are multiples of the base point.
    fn is_multiple_of_base(&self, x: &Limbs<N>) -> bool;

    /// The first odd multiples of a point of large prime order that [`point`](Self::point) made.
    fn odd_multiples(&self, point: &Self::Point, count: usize) -> Vec<Self::Point>;

    /// A point other than the identity, for a table.
    fn multiple(&self, point: &Self::Point) -> Self::Multiple;

    fn lift(&self, point: &Self::Entry) -> Self::Point;

    /// All points in affine form; none is the identity.
    fn normalize(&self, points: &[Self::Point]) -> Vec<Self::Entry>;

    /// Whether the affine Weierstrass x of a point other than the identity is this number below the prime.
    fn has_x(&self, point: &Self::Point, x: &Limbs<N>) -> bool;

    /// The prime of the field.
    fn prime(&self) -> Limbs<N>;
}

/// The number of points on a curve divided by the order of the base point.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Cofactor {
    /// Every point is a multiple of the base point.
    One,
    /// A key must be shown to be one.
    Four,
}

/// A curve with its base point.
#[derive(Debug)]
pub(super) struct Curve<G: Group<N>, const N: usize> {
    pub(super) group: G,
    pub(super) order: Montgomery<N>,
    pub(super) cofactor: Cofactor,
    pub(super) x: Limbs<N>,
    pub(super) y: Limbs<N>,
    /// Multiples of the base point for sums with doublings: a constant, computed when it is first needed.
    base: OnceLock<Table<G::Entry>>,
    /// Multiples of the base point for sums without doublings.
    base_comb: OnceLock<Comb<G::Entry>>,
}

/// A public key on a curve.
pub(super) struct Key<G: Group<N>, const N: usize> {
    curve: &'static Curve<G, N>,
    multiples: Multiples<G, N>,
}

/// Multiples of a public key.
enum Multiples<G: Group<N>, const N: usize> {
    /// Few, for a key that is used once.
    Odd(Table<G::Multiple>),
    /// Many, for a key that is kept.
    Comb(Comb<G::Entry>),
}

/// What every curve can do, whatever its size and coordinates.
pub(super) trait AnyCurve: fmt::Debug + Send + Sync {
    /// Checks a public key, LE(x) || LE(y), and computes as many of its multiples as fit in so many octets,
    /// though never fewer than a few.
    fn prepare(&'static self, key: &[u8], memory: usize) -> Result<Box<dyn AnyKey>, KeyRejected>;
}

/// What every checked key can do.
pub(super) trait AnyKey: Send + Sync {
    /// Verifies BE(s) || BE(r) over a digest.
    fn verify(&self, digest: &[u8], signature: &[u8]) -> Result<(), BadSignature>;

    /// Octets held.
    fn memory(&self) -> usize;
}

impl<G: Group<N>, const N: usize> Curve<G, N> {
    pub(super) const fn new(
        group: G,
        order: Limbs<N>,
        cofactor: Cofactor,
        [x, y]: [Limbs<N>; 2],
    ) -> Self {
        Self {
            group,
            order: Montgomery::new(order),
            cofactor,
            x,
            y,
            base: OnceLock::new(),
            base_comb: OnceLock::new(),
        }
    }

    /// The multiples of the base point; none if the constants were wrong.
    fn base(&self) -> Option<&Table<G::Entry>> {
        if self.base.get().is_none() {
            let point = self.group.point(&self.x, &self.y)?;
            let table = Table::affine(&self.group, &point, BASE_WINDOW);
            // Another thread may have stored the same table.
            let _ = self.base.set(table);
        }
        self.base.get()
    }

    /// The comb of the base point; none if the constants were wrong.
    fn base_comb(&self) -> Option<&Comb<G::Entry>> {
        if self.base_comb.get().is_none() {
            let point = self.group.point(&self.x, &self.y)?;
            let comb = Comb::new(&self.group, &point, self.order_bits(), comb::BASE_WIDTH);
            // Another thread may have stored the same comb.
            let _ = self.base_comb.set(comb);
        }
        self.base_comb.get()
    }

    fn order_bits(&self) -> u32 {
        limbs::length(&self.order.modulus())
    }
}

impl<G: Group<N>, const N: usize> AnyCurve for Curve<G, N> {
    fn prepare(&'static self, key: &[u8], memory: usize) -> Result<Box<dyn AnyKey>, KeyRejected> {
        let (x, y) = key
            .split_at_checked(8 * N)
            .and_then(|(x, y)| Some((limbs::from_le(x)?, limbs::from_le(y)?)))
            .ok_or(KeyRejected::ParametersMismatch)?;
        let point = self.group.point(&x, &y).ok_or(KeyRejected::InvalidPoint)?;
        if self.cofactor != Cofactor::One && !self.group.is_multiple_of_base(&x) {
            return Err(KeyRejected::InvalidPoint);
        }
        let memory = memory.saturating_sub(size_of::<Key<G, N>>());
        let multiples = match comb::widest::<G::Entry>(self.order_bits(), memory) {
            Some(width) => {
                let comb = Comb::new(&self.group, &point, self.order_bits(), width);
                Multiples::Comb(comb)
            }
            None => Multiples::Odd(Table::projective(&self.group, &point, KEY_WINDOW)),
        };
        Ok(Box::new(Key {
            curve: self,
            multiples,
        }))
    }
}

impl<G: Group<N>, const N: usize> Key<G, N> {
    /// RFC 7091 §6.2 with the octet order of the certificates: true when the signature is genuine.
    fn equation_holds(&self, digest: &Limbs<N>, r: &Limbs<N>, s: &Limbs<N>) -> Option<bool> {
        let Curve { group, order, .. } = self.curve;
        let q = order.modulus();
        let in_range = |value| !limbs::is_zero(value) && limbs::less(value, &q);
        if !in_range(r) || !in_range(s) {
            return Some(false);
        }
        let v = order.invert(&order.encode(&reduce(digest, &q)));
        let (minus_r, _) = limbs::sub(&q, r);
        let z1 = order.scale(s, &v);
        let z2 = order.scale(&minus_r, &v);
        let sum = match &self.multiples {
            Multiples::Odd(table) => interleaved(group, self.curve.base()?, &z1, table, &z2),
            Multiples::Comb(comb) => {
                let mut sum = group.identity();
                self.curve
                    .base_comb()?
                    .add_multiple(group, &mut sum, &z1, &q);
                comb.add_multiple(group, &mut sum, &z2, &q);
                sum
            }
        };
        if group.is_identity(&sum) {
            return Some(false);
        }
        Some(self.x_is_congruent(&sum, r))
    }

    /// x mod q = r, without dividing: x is one of r, r + q, r + 2q, … below the prime.
    fn x_is_congruent(&self, point: &G::Point, r: &Limbs<N>) -> bool {
        let Curve { group, order, .. } = self.curve;
        let (q, p) = (order.modulus(), group.prime());
        let mut x = *r;
        loop {
            if !limbs::less(&x, &p) {
                return false;
            }
            if group.has_x(point, &x) {
                return true;
            }
            let (next, carry) = limbs::add(&x, &q);
            if carry {
                return false;
            }
            x = next;
        }
    }
}

/// z1·P + z2·Q with shared doublings.
fn interleaved<G: Group<N>, const N: usize>(
    group: &G,
    base: &Table<G::Entry>,
    z1: &Limbs<N>,
    key: &Table<G::Multiple>,
    z2: &Limbs<N>,
) -> G::Point {
    let z1 = Digits::new(z1, BASE_WINDOW);
    let z2 = Digits::new(z2, KEY_WINDOW);
    let mut sum = group.identity();
    for position in (0..z1.len().max(z2.len())).rev() {
        group.double(&mut sum);
        let digit = z1.at(position);
        if digit != 0
            && let Some(entry) = base.get(digit)
        {
            if digit > 0 {
                group.add(&mut sum, entry);
            } else {
                group.sub(&mut sum, entry);
            }
        }
        let digit = z2.at(position);
        if digit != 0
            && let Some(multiple) = key.get(digit)
        {
            if digit > 0 {
                group.add_multiple(&mut sum, multiple);
            } else {
                group.sub_multiple(&mut sum, multiple);
            }
        }
    }
    sum
}

/// e mod q, and 1 for 0 (RFC 7091 §6.2 step 2).
fn reduce<const N: usize>(digest: &Limbs<N>, q: &Limbs<N>) -> Limbs<N> {
    let mut e = *digest;
    // Every order has at least 64·N − 2 bits: four times at most.
    while !limbs::less(&e, q) {
        e = limbs::sub(&e, q).0;
    }
    if limbs::is_zero(&e) {
        e[0] = 1;
    }
    e
}

impl<G: Group<N>, const N: usize> AnyKey for Key<G, N> {
    fn verify(&self, digest: &[u8], signature: &[u8]) -> Result<(), BadSignature> {
        let (s, r) = signature.split_at_checked(8 * N).ok_or(BadSignature)?;
        let digest = limbs::from_le(digest).ok_or(BadSignature)?;
        let s = limbs::from_be(s).ok_or(BadSignature)?;
        let r = limbs::from_be(r).ok_or(BadSignature)?;
        match self.equation_holds(&digest, &r, &s) {
            Some(true) => Ok(()),
            Some(false) | None => Err(BadSignature),
        }
    }

    fn memory(&self) -> usize {
        let multiples = match &self.multiples {
            Multiples::Odd(table) => table.memory(),
            Multiples::Comb(comb) => comb.memory(),
        };
        size_of::<Self>() + multiples
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_of_zero_counts_as_one() {
        let q = [7, 0, 0, 1 << 62];
        assert_eq!(reduce(&[0; 4], &q), [1, 0, 0, 0]);
        assert_eq!(reduce(&q, &q), [1, 0, 0, 0]);
        assert_eq!(reduce(&[8, 0, 0, 1 << 62], &q), [1, 0, 0, 0]);
        assert_eq!(reduce(&[9, 0, 0, 1 << 62], &q), [2, 0, 0, 0]);
        assert_eq!(reduce(&[21, 0, 0, 3 << 62], &q), [1, 0, 0, 0]);
        assert_eq!(reduce(&[5, 0, 0, 0], &q), [5, 0, 0, 0]);
    }
}
