//! The verification equation in lanes.

use std::sync::OnceLock;

use super::super::limbs::Limbs;
use super::super::limbs::from_hex;
use super::field::Element;
use super::lanes::{Lanes, Routine};
use super::point::{Affine, Jacobian};
use super::table::{Digit, Digits, Table};

/// The base point.
pub(super) const BASE: [Limbs<4>; 2] = [
    [1, 0, 0, 0],
    from_hex("8d91e471e0989cda27df505a453f2b7635294f2ddf23e3b122acc99c9e9f1e14"),
];

/// Bits of a digit for the key, whose table is computed for each signature.
const KEY_WINDOW: usize = 5;
/// Bits of a digit for the base point; a multiple of the other.
const BASE_WINDOW: usize = 10;
/// Bits below the leading one of a scalar in odd digits.
const BITS: usize = 255;

/// What is to be verified in one lane.
#[derive(Clone, Copy)]
pub(super) struct Lane {
    /// Coordinates of the key below the prime.
    pub(super) x: Limbs<4>,
    pub(super) y: Limbs<4>,
    /// The x that the sum must have.
    pub(super) r: Limbs<4>,
    pub(super) base: Scalar,
    pub(super) key: Scalar,
}

/// An odd scalar, and whether it stands for its negative.
#[derive(Clone, Copy)]
pub(super) struct Scalar {
    pub(super) odd: Limbs<4>,
    pub(super) negative: bool,
}

/// What is known of a lane.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Outcome {
    /// The sum has the x asked for.
    Holds,
    /// The sum has another x.
    Fails,
    /// The key is not a point of the curve.
    InvalidPoint,
    /// Two points that were added were equal or opposite: the formulas say nothing.
    Exception,
}

/// Verifies up to [`LANES`](super::lanes::LANES) lanes; a vector is filled up by repeating the first.
pub(super) struct Equations<'a> {
    pub(super) lanes: &'a [Lane],
}

/// Odd multiples of the base point.
static BASE_TABLE: OnceLock<Table> = OnceLock::new();

#[inline(always)]
fn words<V: Lanes>(lanes: &[Lane], value: impl Fn(&Lane) -> &Limbs<4>) -> [V; 4] {
    let word = |number: usize| {
        V::from_fn(|lane| {
            let lane = lanes.get(lane).or(lanes.first());
            lane.map_or(0, |lane| value(lane)[number])
        })
    };
    [word(0), word(1), word(2), word(3)]
}

/// All ones where the scalar is negative.
#[inline(always)]
fn signs<V: Lanes>(lanes: &[Lane], value: impl Fn(&Lane) -> bool) -> V {
    V::from_fn(|lane| match lanes.get(lane).or(lanes.first()) {
        Some(lane) if value(lane) => u64::MAX,
        _ => 0,
    })
}

#[inline(always)]
fn base<V: Lanes>() -> Affine<V> {
    Affine {
        x: Element::splat(&BASE[0]),
        y: Element::splat(&BASE[1]),
    }
}

impl Routine for Equations<'_> {
    type Output = Vec<Outcome>;

    #[inline(always)]
    fn run<V: Lanes>(self) -> Vec<Outcome> {
        let lanes = self.lanes;
        let undecided = || vec![Outcome::Exception; lanes.len()];
        if BASE_TABLE.get().is_none() {
            let Some(table) = Table::odd_multiples::<V>(&base(), 1 << (BASE_WINDOW - 1)) else {
                return undecided();
            };
            // Another thread may have stored the same table.
            let _ = BASE_TABLE.set(table.narrowed());
        }
        let Some(base_table) = BASE_TABLE.get() else {
            return undecided();
        };

        let key = Affine::<V> {
            x: Element::from_words(words(lanes, |lane| &lane.x)),
            y: Element::from_words(words(lanes, |lane| &lane.y)),
        };
        let on_curve = key.on_curve();
        // A point of another curve could have any order; the base point stands in for it.
        let key = key.replace(!on_curve, &base());
        let Some(key_table) = Table::odd_multiples(&key, 1 << (KEY_WINDOW - 1)) else {
            return undecided();
        };

        let base_digits = Digits::<V>::new(words(lanes, |lane| &lane.base.odd));
        let key_digits = Digits::<V>::new(words(lanes, |lane| &lane.key.odd));
        let base_sign: V = signs(lanes, |lane| lane.base.negative);
        let key_sign: V = signs(lanes, |lane| lane.key.negative);
        let mut sum = key.lift(key_sign).added(&base(), base_sign).0;
        for window in (0..BITS / KEY_WINDOW).rev() {
            for _ in 0..KEY_WINDOW {
                sum = sum.doubled();
            }
            let position = window * KEY_WINDOW;
            let Digit { number, sign } = key_digits.at(position, KEY_WINDOW);
            let entry = key_table.select(number);
            sum = sum.added(&entry, sign.xor(key_sign)).0;
            if position.is_multiple_of(BASE_WINDOW) {
                let width = BASE_WINDOW.min(BITS - position);
                let Digit { number, sign } = base_digits.at(position, width);
                let entry = base_table.select_shared(number);
                sum = sum.added(&entry, sign.xor(base_sign)).0;
            }
        }
        outcomes(&sum, lanes, on_curve)
    }
}

#[inline(always)]
fn outcomes<V: Lanes>(sum: &Jacobian<V>, lanes: &[Lane], on_curve: u8) -> Vec<Outcome> {
    let exceptions = sum.exceptions();
    let holds = sum.has_x(&Element::from_words(words(lanes, |lane| &lane.r)));
    let outcome = |lane: usize| {
        let is_in = |mask: u8| mask >> lane & 1 == 1;
        if !is_in(on_curve) {
            Outcome::InvalidPoint
        } else if is_in(exceptions) {
            Outcome::Exception
        } else if is_in(holds) {
            Outcome::Holds
        } else {
            Outcome::Fails
        }
    };
    (0..lanes.len()).map(outcome).collect()
}
