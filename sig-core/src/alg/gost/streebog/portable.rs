//! The compression function by tables, for every processor.

use super::constants::{C, PI, linear};
use super::state::{State, Words};

/// `LPS[j][b]`: what octet `b` of word `j` adds to a word of the result of L ∘ P ∘ S.
///
/// P sends octet `i` of word `j` to octet `j` of word `i`, so the same table serves each of the eight octets.
static LPS: [[u64; 256]; 8] = tables();

const fn tables() -> [[u64; 256]; 8] {
    let mut tables = [[0; 256]; 8];
    let mut word = 0;
    while word < 8 {
        let mut octet = 0;
        while octet < 256 {
            tables[word][octet] = linear((PI[octet] as u64) << (8 * word));
            octet += 1;
        }
        word += 1;
    }
    tables
}

/// LPS of a vector.
#[inline(always)]
fn lps(vector: Words) -> Words {
    let mut sums = [0; 8];
    for (table, mut word) in LPS.iter().zip(vector) {
        for sum in &mut sums {
            *sum ^= table[usize::from(word as u8)];
            word >>= 8;
        }
    }
    sums
}

#[inline(always)]
fn xor(a: Words, b: &Words) -> Words {
    let mut sum = a;
    for (sum, b) in sum.iter_mut().zip(b) {
        *sum ^= b;
    }
    sum
}

/// The compression function g (§8).
pub fn compress(h: &mut Words, count: u128, m: &Words) {
    let mut key = lps(xor(*h, &State::words_of(count)));
    let mut vector = *m;
    for c in &C {
        vector = lps(xor(vector, &key));
        key = lps(xor(key, c));
    }
    *h = xor(xor(xor(*h, &vector), &key), m);
}
