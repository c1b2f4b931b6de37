//! Points at the edges as public keys. Each is offered with a signature that its equation would take for genuine if
//! the key were not checked.

use num_bigint::BigUint;

use crate::reference::{Curve, Point, inverse};
use crate::sets::{self, Set};
use crate::{Expected, Pair, with_engine};
use Expected::{Accepted, EngineAlone, Refused};

const REDUCED: &str = "the engine reduces coordinates modulo p";
const SUBGROUP: &str = "the engine does not ask for the order of a point";
const SPLIT: &str = "the engine takes one half of whatever length for x and the other for y";

/// A key pair of the textbook with a signature.
struct Case {
    set: &'static Set,
    curve: Curve,
    d: BigUint,
    digest: Vec<u8>,
    signature: Vec<u8>,
}

impl Case {
    fn new(set: &'static Set, d: BigUint) -> Self {
        let curve = set.curve();
        let digest = vec![0x5a; curve.octets];
        let k = &curve.q / 13_u8;
        let signature = curve.sign(&d, &k, &digest).unwrap();
        Self {
            signature: curve.encode_signature(&signature),
            digest,
            curve,
            d,
            set,
        }
    }

    fn public(&self) -> (BigUint, BigUint) {
        self.curve.multiply(&self.d, &self.curve.base()).unwrap()
    }

    /// A key of these coordinates with the signature.
    fn check(&self, what: &str, x: &BigUint, y: &BigUint, expected: Expected) {
        let point = Some((x.clone(), y.clone()));
        self.check_octets(what, &self.curve.encode_point(&point), expected);
    }

    fn check_octets(&self, what: &str, coordinates: &[u8], expected: Expected) {
        let pair = Pair::with_public(self.set, &self.d, coordinates);
        expected
            .check(&pair, what, &self.digest, &self.signature)
            .unwrap();
    }

    fn fits(&self, number: &BigUint) -> bool {
        number.bits() <= 8 * self.curve.octets as u64
    }
}

fn cases(test: fn(&Case)) {
    for set in sets::ALL {
        let d = set.curve().q / 6_u8;
        test(&Case::new(set, d));
    }
}

#[test]
fn base_point_and_its_negative() {
    with_engine("keys::base_point_and_its_negative", || {
        for set in sets::ALL {
            let Curve { p, q, x, y, .. } = set.curve();
            let (first, last) = (BigUint::from(1_u8), &q - 1_u8);
            Case::new(set, first.clone()).check("P", &x, &y, Accepted);
            Case::new(set, last.clone()).check("-P", &x, &(&p - &y), Accepted);
            // The signature of one is not that of the other.
            Case::new(set, first).check("-P", &x, &(&p - &y), Refused);
            Case::new(set, last).check("P", &x, &y, Refused);
        }
    });
}

#[test]
fn points_off_the_curve() {
    with_engine("keys::points_off_the_curve", || {
        cases(|case| {
            let (x, y) = case.public();
            let Curve { p, .. } = &case.curve;
            let zero = BigUint::ZERO;
            case.check("genuine", &x, &y, Accepted);
            case.check("negated", &x, &(p - &y), Refused);
            case.check("exchanged", &y, &x, Refused);
            case.check("y + 1", &x, &(&y + 1_u8), Refused);
            case.check("x + 1", &(&x + 1_u8), &y, Refused);
            case.check("x = y = 0", &zero, &zero, Refused);
            case.check("x = 0", &zero, &y, Refused);
            case.check("y = 0", &x, &zero, Refused);
            case.check("x = p - 1", &(p - 1_u8), &y, Refused);
            case.check_octets("all ones", &vec![0xff; 2 * case.curve.octets], Refused);
        });
    });
}

#[test]
fn coordinates_from_the_prime_on() {
    with_engine("keys::coordinates_from_the_prime_on", || {
        let mut tried = 0;
        cases(|case| {
            let (x, y) = case.public();
            let Curve { p, .. } = &case.curve;
            case.check("x = p", p, &y, Refused);
            case.check("y = p", &x, p, Refused);
        });
        for set in sets::ALL {
            // The first multiples of P with a coordinate that may be written with p added.
            let curve = set.curve();
            let Curve { p, .. } = &curve;
            for d in 1_u8..=4 {
                let case = Case::new(set, d.into());
                let (x, y) = case.public();
                let (above_x, above_y) = (&x + p, &y + p);
                if case.fits(&above_x) {
                    case.check("x + p", &above_x, &y, EngineAlone(REDUCED));
                    tried += 1;
                }
                if case.fits(&above_y) {
                    case.check("y + p", &x, &above_y, EngineAlone(REDUCED));
                    tried += 1;
                }
            }
        }
        assert!(tried > 40, "{tried} keys");
    });
}

#[test]
fn other_lengths_of_coordinates() {
    with_engine("keys::other_lengths_of_coordinates", || {
        cases(|case| {
            let point = case.curve.encode_point(&Some(case.public()));
            let (x, y) = point.split_at(point.len() / 2);
            let forms = [
                ("nothing", Vec::new(), Refused),
                ("x alone", x.to_vec(), Refused),
                ("without the last octet", [x, &y[1..]].concat(), Refused),
                ("two octets after", [x, y, &[0, 0]].concat(), Refused),
                (
                    "a zero after each",
                    [x, &[0], y, &[0]].concat(),
                    EngineAlone(SPLIT),
                ),
                ("an octet before", [&[0], x, y].concat(), EngineAlone(SPLIT)),
                ("an octet after", [x, y, &[0]].concat(), Refused),
                ("compressed", [&[2], x].concat(), Refused),
                ("uncompressed", [&[4], x, y].concat(), EngineAlone(SPLIT)),
            ];
            for (what, coordinates, expected) in forms {
                case.check_octets(what, &coordinates, expected);
            }
        });
    });
}

/// On curves with 4·q points: those of order two and four, and sums of them with a genuine key.
#[test]
fn points_outside_the_subgroup() {
    with_engine("keys::points_outside_the_subgroup", || {
        let sets: Vec<_> = sets::ALL
            .iter()
            .filter(|set| set.has_cofactor_4())
            .collect();
        assert_eq!(sets.len(), 2);
        for set in sets {
            let curve = set.curve();
            let four = small_point(&curve);
            let two = curve.add(&four, &four);
            let minus_four = curve.add(&four, &two);
            let genuine = BigUint::from(1_000_003_u32);
            for d in [BigUint::ZERO, genuine] {
                let public = curve.multiply(&d, &curve.base());
                for (order, small) in [(2, &two), (4, &four), (4, &minus_four)] {
                    let key = curve.add(&public, small);
                    let (digest, signature) = forged(&curve, &d);
                    let one = BigUint::from(1_u8);
                    let pair = Pair::with_public(set, &one, &curve.encode_point(&key));
                    let expected = match key {
                        // The map to Edwards form divides by y = 0, and the forgery comes to nothing.
                        Some((_, y)) if y == BigUint::ZERO => Refused,
                        _ => EngineAlone(SUBGROUP),
                    };
                    let what = format!("{d}·P and a point of order {order}");
                    expected.check(&pair, &what, &digest, &signature).unwrap();
                }
            }
            // The same forgery is a signature where the key is a genuine one.
            let d = BigUint::from(7_u8);
            let (digest, signature) = forged(&curve, &d);
            let pair = Pair::new(set, &d);
            Accepted
                .check(&pair, "in the subgroup", &digest, &signature)
                .unwrap();
        }
    });
}

/// A point of order four.
fn small_point(curve: &Curve) -> Point {
    let four = BigUint::from(4_u8);
    let small = (2_u32..60)
        .filter_map(|x| {
            // The primes of these curves are 3 modulo 4.
            let x = BigUint::from(x);
            let square = (&x * &x * &x + &curve.a * &x + &curve.b) % &curve.p;
            let y = square.modpow(&((&curve.p + 1_u8) / 4_u8), &curve.p);
            Some((x, y)).filter(|point| curve.contains(point))
        })
        .map(|point| curve.multiply(&curve.q, &Some(point)))
        .find(|small| curve.add(small, small).is_some())
        .expect("half of all points have a part of order four");
    assert_eq!(curve.multiply(&four, &small), None);
    small
}

/// Digest and signature for every key d·P + T with 4·T = O: the key counts four times, whereby T falls out.
fn forged(curve: &Curve, d: &BigUint) -> (Vec<u8>, Vec<u8>) {
    let q = &curve.q;
    let four = BigUint::from(4_u8);
    let z1 = q / 17_u8;
    let sum = (&z1 + &four * d) % q;
    let (x, _) = curve.multiply(&sum, &curve.base()).unwrap();
    let r = x % q;
    // −r/e = 4 and s/e = z1.
    let e = (q - &r) * inverse(&four, q) % q;
    let s = z1 * &e % q;
    let mut digest = e.to_bytes_le();
    digest.resize(curve.octets, 0);
    (digest, curve.encode_signature(&(r, s)))
}
