//! Elliptic curves of GOST R 34.10 in short Weierstrass form (RFC 4357 §11.4, RFC 7836 Appendix A),
//! with plain arithmetic over `num-bigint`: it signs test data, so it need be neither fast nor
//! constant in time, only right and apart from the code under test.

use std::sync::OnceLock;

use num_bigint::BigUint;
use serde::Deserialize;

use crate::oid::Oid;

/// A named parameter set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ParameterSet {
    /// 1.2.643.2.2.35.0, for tests of the standard; never acceptable in a certificate.
    Test,
    CryptoproA,
    /// 1.2.643.2.2.36.0: the curve of `CryptoproA` under another name.
    CryptoproXchA,
    #[serde(rename = "tc26-256-a")]
    Tc26A256,
    #[serde(rename = "tc26-512-a")]
    Tc26A512,
}

impl ParameterSet {
    pub fn oid(self) -> Oid {
        match self {
            Self::Test => Oid::constant(&[1, 2, 643, 2, 2, 35, 0]),
            Self::CryptoproA => Oid::constant(&[1, 2, 643, 2, 2, 35, 1]),
            Self::CryptoproXchA => Oid::constant(&[1, 2, 643, 2, 2, 36, 0]),
            Self::Tc26A256 => Oid::constant(&[1, 2, 643, 7, 1, 2, 1, 1, 1]),
            Self::Tc26A512 => Oid::constant(&[1, 2, 643, 7, 1, 2, 1, 2, 1]),
        }
    }

    /// Octets of a coordinate.
    pub fn octets(self) -> usize {
        if self == Self::Tc26A512 { 64 } else { 32 }
    }

    pub fn curve(self) -> &'static Curve {
        static CURVES: [OnceLock<Curve>; 4] = [const { OnceLock::new() }; 4];
        let (index, constants) = match self {
            Self::Test => (0, &TEST),
            Self::CryptoproA | Self::CryptoproXchA => (1, &CRYPTOPRO_A),
            Self::Tc26A256 => (2, &TC26_256_A),
            Self::Tc26A512 => (3, &TC26_512_A),
        };
        CURVES[index].get_or_init(|| Curve::from_constants(constants))
    }
}

struct Constants {
    p: &'static str,
    a: &'static str,
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "adding points needs no b; the unit test does")
    )]
    b: &'static str,
    q: &'static str,
    x: &'static str,
    y: &'static str,
}

const TEST: Constants = Constants {
    p: "8000000000000000000000000000000000000000000000000000000000000431",
    a: "7",
    b: "5fbff498aa938ce739b8e022fbafef40563f6e6a3472fc2a514c0ce9dae23b7e",
    q: "8000000000000000000000000000000150fe8a1892976154c59cfc193accf5b3",
    x: "2",
    y: "08e2a8a0e65147d4bd6316030e16d19c85c97f0a9ca267122b96abbcea7e8fc8",
};

const CRYPTOPRO_A: Constants = Constants {
    p: "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffd97",
    a: "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffd94",
    b: "a6",
    q: "ffffffffffffffffffffffffffffffff6c611070995ad10045841b09b761b893",
    x: "1",
    y: "8d91e471e0989cda27df505a453f2b7635294f2ddf23e3b122acc99c9e9f1e14",
};

const TC26_256_A: Constants = Constants {
    p: "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffd97",
    a: "c2173f1513981673af4892c23035a27ce25e2013bf95aa33b22c656f277e7335",
    b: "295f9bae7428ed9ccc20e7c359a9d41a22fccd9108e17bf7ba9337a6f8ae9513",
    q: "400000000000000000000000000000000fd8cddfc87b6635c115af556c360c67",
    x: "91e38443a5e82c0d880923425712b2bb658b9196932e02c78b2582fe742daa28",
    y: "32879423ab1a0375895786c4bb46e9565fde0b5344766740af268adb32322e5c",
};

const TC26_512_A: Constants = Constants {
    p: "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\
        fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffdc7",
    a: "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\
        fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffdc4",
    b: "e8c2505dedfc86ddc1bd0b2b6667f1da34b82574761cb0e879bd081cfd0b6265\
        ee3cb090f30d27614cb4574010da90dd862ef9d4ebee4761503190785a71c760",
    q: "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\
        27e69532f48d89116ff22b8d4e0560609b4b38abfad2b85dcacdb1411f10b275",
    x: "3",
    y: "7503cfe87a836ae3a61b8816e25450e6ce5e1c93acf1abc1778064fdcbefa921\
        df1626be4fd036e93d75e6a50e3a41e98028fe5fc235f5b889a589cb5215f2a4",
};

/// y² = x³ + ax + b over p, with a base point of prime order q.
pub struct Curve {
    p: BigUint,
    a: BigUint,
    pub q: BigUint,
    base: (BigUint, BigUint),
}

/// Jacobian coordinates: x = X/Z², y = Y/Z³; Z = 0 is the point at infinity.
#[derive(Clone)]
struct Jacobian {
    x: BigUint,
    y: BigUint,
    z: BigUint,
}

impl Curve {
    fn from_constants(constants: &Constants) -> Self {
        // The constants are hexadecimal text above; the unit test below proves each curve.
        let number = |text: &str| BigUint::parse_bytes(text.as_bytes(), 16).unwrap_or_default();
        Self {
            p: number(constants.p),
            a: number(constants.a),
            q: number(constants.q),
            base: (number(constants.x), number(constants.y)),
        }
    }

    /// `scalar` times the base point; none at infinity.
    pub fn multiply_base(&self, scalar: &BigUint) -> Option<(BigUint, BigUint)> {
        self.multiply(scalar, &self.base)
    }

    /// `left` plus `right`; none at infinity.
    pub fn sum(
        &self,
        left: &(BigUint, BigUint),
        right: &(BigUint, BigUint),
    ) -> Option<(BigUint, BigUint)> {
        let jacobian = |(x, y): &(BigUint, BigUint)| Jacobian {
            x: x.clone(),
            y: y.clone(),
            z: BigUint::from(1u8),
        };
        self.affine(&self.add(&jacobian(left), &jacobian(right)))
    }

    /// `scalar` times a point; none at infinity.
    pub fn multiply(
        &self,
        scalar: &BigUint,
        (x, y): &(BigUint, BigUint),
    ) -> Option<(BigUint, BigUint)> {
        let one = BigUint::from(1u8);
        let base = Jacobian {
            x: x.clone(),
            y: y.clone(),
            z: one.clone(),
        };
        let mut sum = Jacobian {
            x: one.clone(),
            y: one,
            z: BigUint::ZERO,
        };
        for bit in (0..scalar.bits()).rev() {
            sum = self.double(&sum);
            if scalar.bit(bit) {
                sum = self.add(&sum, &base);
            }
        }
        self.affine(&sum)
    }

    fn affine(&self, point: &Jacobian) -> Option<(BigUint, BigUint)> {
        let inverse = point.z.modinv(&self.p)?;
        let square = &inverse * &inverse % &self.p;
        let cube = &square * &inverse % &self.p;
        Some((&point.x * square % &self.p, &point.y * cube % &self.p))
    }

    fn minus(&self, left: &BigUint, right: &BigUint) -> BigUint {
        (left + &self.p - right % &self.p) % &self.p
    }

    fn double(&self, point: &Jacobian) -> Jacobian {
        let p = &self.p;
        let yy = &point.y * &point.y % p;
        let s = &point.x * &yy * 4u8 % p;
        let zz = &point.z * &point.z % p;
        let m = (&point.x * &point.x * 3u8 + &self.a * (&zz * &zz % p)) % p;
        let x = self.minus(&(&m * &m), &(&s * 2u8));
        let y = self.minus(&(&m * self.minus(&s, &x)), &(&yy * &yy * 8u8));
        let z = &point.y * &point.z * 2u8 % p;
        Jacobian { x, y, z }
    }

    fn add(&self, left: &Jacobian, right: &Jacobian) -> Jacobian {
        if left.z == BigUint::ZERO {
            return right.clone();
        }
        let p = &self.p;
        let left_zz = &left.z * &left.z % p;
        let right_zz = &right.z * &right.z % p;
        let u1 = &left.x * &right_zz % p;
        let u2 = &right.x * &left_zz % p;
        let s1 = &left.y * &right.z * &right_zz % p;
        let s2 = &right.y * &left.z * &left_zz % p;
        let (h, r) = (self.minus(&u2, &u1), self.minus(&s2, &s1));
        if h == BigUint::ZERO {
            let infinity = Jacobian {
                x: 1u8.into(),
                y: 1u8.into(),
                z: BigUint::ZERO,
            };
            return if r == BigUint::ZERO {
                self.double(left)
            } else {
                infinity
            };
        }
        let hh = &h * &h % p;
        let hhh = &h * &hh % p;
        let v = &u1 * &hh % p;
        let x = self.minus(&(&r * &r), &(&hhh + &v * 2u8));
        let y = self.minus(&(&r * self.minus(&v, &x)), &(&s1 * &hhh));
        let z = &left.z * &right.z * &h % p;
        Jacobian { x, y, z }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_base_point_is_on_its_curve_and_has_the_stated_order() {
        let sets = [
            (ParameterSet::Test, &TEST),
            (ParameterSet::CryptoproA, &CRYPTOPRO_A),
            (ParameterSet::Tc26A256, &TC26_256_A),
            (ParameterSet::Tc26A512, &TC26_512_A),
        ];
        for (set, constants) in sets {
            let curve = set.curve();
            let b = BigUint::parse_bytes(constants.b.as_bytes(), 16).unwrap();
            let (x, y) = &curve.base;
            assert_eq!(
                y * y % &curve.p,
                (x * x * x + &curve.a * x + b) % &curve.p,
                "{set:?}"
            );
            assert_eq!(curve.multiply_base(&curve.q), None, "{set:?}");
            let one_less = curve.multiply_base(&(&curve.q - 1u8)).unwrap();
            assert_eq!(one_less, (x.clone(), &curve.p - y), "{set:?}");
        }
    }
}
