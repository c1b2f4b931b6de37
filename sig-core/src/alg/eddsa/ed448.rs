//! The arithmetic of edwards448 (RFC 8032 §5.2): decoding of points, and one double multiplication.
//!
//! All values are public, so nothing here hides its timing.

use crypto_bigint::modular::{ConstMontyForm, ConstMontyParams};
use crypto_bigint::{NonZero, U448, U1024, const_monty_params};

/// Octets of a point, and of either half of a signature.
pub(super) const OCTETS: usize = 57;
/// Octets of the hash that becomes the multiplier of the key.
pub(super) const HASH_OCTETS: usize = 114;

const_monty_params!(
    FieldModulus,
    U448,
    "fffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "p = 2^448 - 2^224 - 1"
);

/// A coordinate.
type Field = ConstMontyForm<FieldModulus, { U448::LIMBS }>;

/// L: how many multiples the base point has.
const ORDER: U448 = U448::from_be_hex(
    "3fffffffffffffffffffffffffffffffffffffffffffffffffffffff7cca23e9c44edb49aed63690216cc2728dc58f552378c292ab5844f3",
);
/// p and 1/4 (p + 1).
const MODULUS: U448 = *FieldModulus::PARAMS.modulus().as_ref();
const SQUARE_ROOT: U448 = MODULUS.shr_vartime(2).wrapping_add(&U448::ONE);
/// d of x² + y² = 1 + d x² y².
const D: Field = Field::new(&U448::from_u32(39081)).neg();
const BASE: Point = Point {
    x: Field::new(&U448::from_be_hex(
        "4f1970c66bed0ded221d15a622bf36da9e146570470f1767ea6de324a3d3a46412ae1af72ab66511433b80e18b00938e2626a82bc70cc05e",
    )),
    y: Field::new(&U448::from_be_hex(
        "693f46716eb6bc248876203756c9c7624bea73736ca3984087789c1e05a0c2d73ad3ff1ce67c39c4fdbd132c4ed7c8ad9808795bf230fa14",
    )),
    z: Field::ONE,
};

/// A point in projective coordinates: (x/z, y/z). The formulas hold for every pair of points, since d is no square.
#[derive(Clone, Copy, Debug)]
pub(super) struct Point {
    x: Field,
    y: Field,
    z: Field,
}

impl Point {
    const IDENTITY: Self = Self {
        x: Field::ZERO,
        y: Field::ONE,
        z: Field::ONE,
    };

    /// Decodes a point (RFC 8032 §5.2.3). Only the encoding that [`Point::encode`] makes is read.
    pub(super) fn decode(octets: &[u8; OCTETS]) -> Option<Self> {
        let [y @ .., last] = octets;
        let odd = match last {
            0 => false,
            0x80 => true,
            _ => return None,
        };
        let y = U448::from_le_slice(y);
        if y >= MODULUS {
            return None;
        }
        let y = Field::new(&y);
        let square = y.square();
        // x² = (y² - 1) / (d y² - 1), whose denominator is not zero, since d is no square.
        let denominator = D.mul(&square).sub(&Field::ONE);
        let inverse: Option<Field> = denominator.invert_vartime().into();
        let square = square.sub(&Field::ONE).mul(&inverse?);
        let x = square.pow_vartime(&SQUARE_ROOT);
        if x.square() != square || (x == Field::ZERO && odd) {
            return None;
        }
        let x = if is_odd(&x) == odd { x } else { x.neg() };
        Some(Self {
            x,
            y,
            z: Field::ONE,
        })
    }

    /// Encodes the point (RFC 8032 §5.2.2).
    pub(super) fn encode(&self) -> Option<[u8; OCTETS]> {
        let inverse: Option<Field> = self.z.invert_vartime().into();
        let inverse = inverse?;
        let mut octets = [0; OCTETS];
        let [y @ .., last] = &mut octets;
        y.copy_from_slice(self.y.mul(&inverse).retrieve().to_le_bytes().as_ref());
        *last = u8::from(is_odd(&self.x.mul(&inverse))) << 7;
        Some(octets)
    }

    fn is_identity(&self) -> bool {
        self.x == Field::ZERO && self.y == self.z
    }

    const fn negated(&self) -> Self {
        Self {
            x: self.x.neg(),
            y: self.y,
            z: self.z,
        }
    }

    /// RFC 8032 §5.2.4.
    const fn plus(&self, other: &Self) -> Self {
        let a = self.z.mul(&other.z);
        let b = a.square();
        let c = self.x.mul(&other.x);
        let d = self.y.mul(&other.y);
        let e = D.mul(&c).mul(&d);
        let f = b.sub(&e);
        let g = b.add(&e);
        let h = self.x.add(&self.y).mul(&other.x.add(&other.y));
        Self {
            x: a.mul(&f).mul(&h.sub(&c).sub(&d)),
            y: a.mul(&g).mul(&d.sub(&c)),
            z: f.mul(&g),
        }
    }

    /// RFC 8032 §5.2.4.
    const fn doubled(&self) -> Self {
        let b = self.x.add(&self.y).square();
        let c = self.x.square();
        let d = self.y.square();
        let e = c.add(&d);
        let h = self.z.square();
        let j = e.sub(&h.double());
        Self {
            x: b.sub(&e).mul(&j),
            y: e.mul(&c.sub(&d)),
            z: e.mul(&j),
        }
    }
}

fn is_odd(value: &Field) -> bool {
    value.retrieve().bit_vartime(0)
}

/// 0 to 15 times a point.
#[derive(Debug)]
struct Multiples([Point; 16]);

impl Multiples {
    fn of(point: &Point) -> Self {
        let mut multiples = [Point::IDENTITY; 16];
        let mut next = Point::IDENTITY;
        for multiple in &mut multiples {
            *multiple = next;
            next = next.plus(point);
        }
        Self(multiples)
    }

    /// Adds the multiple that four bits of a multiplier choose.
    fn add_to(&self, sum: Point, multiplier: &U448, window: u32) -> Point {
        let digit = (0..4).fold(0, |digit, bit| {
            digit | usize::from(multiplier.bit_vartime(4 * window + bit)) << bit
        });
        match self.0.get(digit) {
            Some(multiple) if digit != 0 => sum.plus(multiple),
            _ => sum,
        }
    }
}

/// The sum of points times multipliers.
fn sum_of_products(products: &[(&Multiples, &U448)]) -> Point {
    let mut sum = Point::IDENTITY;
    for window in (0..U448::BITS / 4).rev() {
        for _ in 0..4 {
            sum = sum.doubled();
        }
        for (multiples, multiplier) in products {
            sum = multiples.add_to(sum, multiplier, window);
        }
    }
    sum
}

/// A public key, with what its multiplications need.
#[derive(Debug)]
pub(super) struct Key {
    base: Multiples,
    negated: Multiples,
}

impl Key {
    /// None for the identity and for points outside the group of the base point: no honest signer has such a key.
    pub(super) fn new(point: &Point) -> Option<Self> {
        let key = Self {
            base: Multiples::of(&BASE),
            negated: Multiples::of(&point.negated()),
        };
        let in_group = sum_of_products(&[(&key.negated, &ORDER)]).is_identity();
        (in_group && !point.is_identity()).then_some(key)
    }

    /// The point R of the signature with this s over this hash (RFC 8032 §5.2.7): `[s]B - [k]A`.
    ///
    /// None if s is not below the order, or if R is the identity.
    pub(super) fn commitment(&self, s: &[u8; OCTETS], hash: &[u8; HASH_OCTETS]) -> Option<Point> {
        let [s @ .., 0] = s else {
            return None;
        };
        let s = U448::from_le_slice(s);
        if s >= ORDER {
            return None;
        }
        let order: Option<NonZero<U448>> = NonZero::new(ORDER).into();
        let mut wide = [0; 128];
        let (low, _) = wide.split_at_mut(HASH_OCTETS);
        low.copy_from_slice(hash);
        let k = U1024::from_le_slice(&wide).rem_vartime(&order?);
        let point = sum_of_products(&[(&self.base, &s), (&self.negated, &k)]);
        (!point.is_identity()).then_some(point)
    }
}
