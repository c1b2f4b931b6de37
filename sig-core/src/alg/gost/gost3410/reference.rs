//! The textbook form of GOST R 34.10-2012 (RFC 7091 §6) over whole numbers: slow, plain, and independent of
//! the arithmetic under test. It signs, too.

use num_bigint::BigUint;

/// A point; none is the identity.
pub type Point = Option<(BigUint, BigUint)>;

/// A curve y² = x³ + ax + b with a base point of order q.
pub struct Curve {
    pub p: BigUint,
    pub a: BigUint,
    pub b: BigUint,
    pub q: BigUint,
    pub x: BigUint,
    pub y: BigUint,
    pub octets: usize,
}

impl Curve {
    pub fn base(&self) -> Point {
        Some((self.x.clone(), self.y.clone()))
    }

    pub fn add(&self, first: &Point, second: &Point) -> Point {
        let p = &self.p;
        let (Some((x1, y1)), Some((x2, y2))) = (first, second) else {
            return first.clone().or_else(|| second.clone());
        };
        let slope = if x1 != x2 {
            (y2 + p - y1) * inverse(&((x2 + p - x1) % p), p)
        } else if y1 == y2 && *y1 != BigUint::ZERO {
            (BigUint::from(3_u8) * x1 * x1 + &self.a) * inverse(&(y1 * 2_u8 % p), p)
        } else {
            return None;
        };
        let x3 = (&slope * &slope + p + p - x1 - x2) % p;
        let y3 = (slope * (x1 + p - &x3) + p - y1) % p;
        Some((x3, y3))
    }

    pub fn multiply(&self, scalar: &BigUint, point: &Point) -> Point {
        let mut sum = None;
        for position in (0..scalar.bits()).rev() {
            sum = self.add(&sum, &sum);
            if scalar.bit(position) {
                sum = self.add(&sum, point);
            }
        }
        sum
    }

    pub fn contains(&self, (x, y): &(BigUint, BigUint)) -> bool {
        (y * y) % &self.p == (x * x * x + &self.a * x + &self.b) % &self.p
    }

    /// e of a digest: octets read from the last to the first, modulo q, 1 for 0.
    pub fn e(&self, digest: &[u8]) -> BigUint {
        let e = BigUint::from_bytes_le(digest) % &self.q;
        if e == BigUint::ZERO {
            BigUint::from(1_u8)
        } else {
            e
        }
    }

    /// (r, s) by the private key d and the nonce k.
    pub fn sign(&self, d: &BigUint, k: &BigUint, digest: &[u8]) -> Option<(BigUint, BigUint)> {
        let (x, _) = self.multiply(k, &self.base())?;
        let r = x % &self.q;
        let s = (&r * d + k * self.e(digest)) % &self.q;
        (r != BigUint::ZERO && s != BigUint::ZERO).then_some((r, s))
    }

    /// LE(x) || LE(y).
    pub fn encode_point(&self, point: &Point) -> Vec<u8> {
        let (x, y) = point.as_ref().expect("the identity has no encoding");
        let mut octets = self.big_endian(y);
        octets.extend(self.big_endian(x));
        octets.reverse();
        octets
    }

    /// BE(s) || BE(r).
    pub fn encode_signature(&self, (r, s): &(BigUint, BigUint)) -> Vec<u8> {
        [self.big_endian(s), self.big_endian(r)].concat()
    }

    /// A number in the octets of a coordinate, most significant first.
    pub fn big_endian(&self, value: &BigUint) -> Vec<u8> {
        let significant = value.to_bytes_be();
        let mut octets = vec![0; self.octets - significant.len().min(self.octets)];
        octets.extend(significant);
        octets
    }
}

/// By Fermat: the modulus is prime.
pub fn inverse(value: &BigUint, prime: &BigUint) -> BigUint {
    value.modpow(&(prime - 2_u8), prime)
}
