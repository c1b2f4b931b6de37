//! Combs: for every position of a signed digit the multiples of a point that the digit can name, so that a
//! multiple is a sum of entries without any doubling.

use std::ops::RangeInclusive;

use super::curve::Group;
use super::limbs::{self, Limbs};

/// Width in bits of the comb of a base point.
pub(super) const BASE_WIDTH: u32 = 8;
/// Widths in bits that a key may have.
const KEY_WIDTHS: RangeInclusive<u32> = 4..=BASE_WIDTH;
/// Digits of the longest scalar at the smallest width.
const MAX_POSITIONS: usize = 128;

/// j·2^(width·i)·P for every position i and 1 ≤ j ≤ 2^(width − 1), in affine form.
#[derive(Clone, Debug)]
pub(super) struct Comb<E> {
    entries: Box<[E]>,
    width: u32,
}

/// Digits of a scalar below a group order of so many bits: the scalar or its negative is below half the order,
/// which leaves one bit for the carry of the last digit.
const fn positions(order_bits: u32, width: u32) -> usize {
    order_bits.div_ceil(width) as usize
}

const fn entries_per_position(width: u32) -> usize {
    1 << (width - 1)
}

/// The widest comb that fits in so many octets.
pub(super) fn widest<E>(order_bits: u32, memory: usize) -> Option<u32> {
    KEY_WIDTHS.rev().find(|width| {
        positions(order_bits, *width) * entries_per_position(*width) * size_of::<E>() <= memory
    })
}

impl<E: Copy> Comb<E> {
    /// The comb of a point whose order is a prime of so many bits.
    pub(super) fn new<G: Group<N, Entry = E>, const N: usize>(
        group: &G,
        point: &G::Point,
        order_bits: u32,
        width: u32,
    ) -> Self {
        let positions = positions(order_bits, width);
        let mut first = Vec::with_capacity(positions);
        let mut power = *point;
        for _ in 0..positions {
            first.push(power);
            for _ in 0..width {
                group.double(&mut power);
            }
        }
        let count = entries_per_position(width);
        let mut multiples = Vec::with_capacity(positions * count);
        for step in group.normalize(&first) {
            let mut multiple = group.lift(&step);
            for _ in 1..count {
                multiples.push(multiple);
                group.add(&mut multiple, &step);
            }
            multiples.push(multiple);
        }
        Self {
            entries: group.normalize(&multiples).into_boxed_slice(),
            width,
        }
    }

    /// Adds a multiple of the point; the scalar is below the order.
    pub(super) fn add_multiple<G: Group<N, Entry = E>, const N: usize>(
        &self,
        group: &G,
        sum: &mut G::Point,
        scalar: &Limbs<N>,
        order: &Limbs<N>,
    ) {
        let count = entries_per_position(self.width);
        let (digits, negated) = Digits::new(scalar, order, self.width);
        let tables = self.entries.chunks_exact(count);
        for (table, digit) in tables.zip(&digits.digits) {
            let index = usize::from(digit.unsigned_abs()).wrapping_sub(1);
            if let Some(entry) = table.get(index) {
                if (*digit < 0) == negated {
                    group.add(sum, entry);
                } else {
                    group.sub(sum, entry);
                }
            }
        }
    }

    /// Octets on the heap.
    pub(super) const fn memory(&self) -> usize {
        size_of::<E>() * self.entries.len()
    }
}

/// Signed digits, least significant first, each of −2^(width − 1) to 2^(width − 1).
struct Digits {
    digits: [i16; MAX_POSITIONS],
}

impl Digits {
    /// The digits of a scalar below the order or, told by the flag, of its negative.
    fn new<const N: usize>(scalar: &Limbs<N>, order: &Limbs<N>, width: u32) -> (Self, bool) {
        let (negative, _) = limbs::sub(order, scalar);
        let negated = limbs::less(&negative, scalar);
        let scalar = if negated { &negative } else { scalar };
        let mut digits = [0; MAX_POSITIONS];
        let half = 1_i16 << (width - 1);
        let mask = (1_u64 << width) - 1;
        let mut carry = 0;
        let mut position = 0;
        for digit in &mut digits {
            // Nine bits at most.
            let value = (limbs::bits(scalar, position) & mask) as i16 + carry;
            carry = i16::from(value > half);
            *digit = value - (carry << width);
            position += width as usize;
        }
        (Self { digits }, negated)
    }
}

#[cfg(test)]
mod tests;
