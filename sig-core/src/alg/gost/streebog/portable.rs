//! The compression function by tables, for every processor.

use std::hint::black_box;

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

/// LPS of a vector. The length of `tables` is not told to the compiler: otherwise it unrolls the loop over all
/// words, which takes more registers than there are and a third more time.
#[inline(always)]
fn lps(tables: &[[u64; 256]], vector: &Words) -> Words {
    let mut sums = [0; 8];
    for (table, word) in tables.iter().zip(vector) {
        for (sum, octet) in sums.iter_mut().zip(word.to_le_bytes()) {
            *sum ^= table[usize::from(octet)];
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
    let tables = black_box(LPS.as_slice());
    let mut key = lps(tables, &xor(*h, &State::words_of(count)));
    let mut vector = *m;
    for c in &C {
        vector = lps(tables, &xor(vector, &key));
        key = lps(tables, &xor(key, c));
    }
    *h = xor(xor(xor(*h, &vector), &key), m);
}
