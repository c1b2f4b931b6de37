//! The compression function on AVX-512 VBMI and GFNI, for several messages side by side.
//!
//! A vector of 512 bits stays in one register. S looks octets up in registers. L is a matrix over GF(2) of 8 × 8
//! blocks, each 8 × 8 bits: `gf2p8affineqb` multiplies eight blocks at once, so a diagonal of the matrix is one
//! instruction, and the eight diagonals differ by rotations of the vector by words. Before P the octets that one word
//! of L needs stand in eight words at one position, which is the layout that this wants; P follows as a permutation.
//! Four rotations by less than four words, and one by four words that is part of P, make the eight.

#![allow(
    unsafe_code,
    reason = "the instructions exist only where the processor was asked; each place says why it holds"
)]

use std::arch::x86_64::{
    __m512i, _mm_set_epi64x, _mm512_alignr_epi64, _mm512_gf2p8affine_epi64_epi8,
    _mm512_loadu_si512, _mm512_mask_blend_epi8, _mm512_movepi8_mask, _mm512_permutex2var_epi8,
    _mm512_permutexvar_epi8, _mm512_setzero_si512, _mm512_storeu_si512, _mm512_ternarylogic_epi64,
    _mm512_xor_si512, _mm512_zextsi128_si512,
};

use super::constants::{C, PI, linear};
use super::state::{Block, State, Words};

/// Exclusive or of three operands.
const XOR3: i32 = 0x96;

/// How many rotations of the input are multiplied.
const NEAR: usize = 4;
/// How many rotations of the products are summed.
const FAR: usize = 8 / NEAR;

/// The proof that the processor has the instructions.
#[derive(Clone, Copy, Debug)]
pub struct Avx512(());

#[repr(align(64))]
struct Tables {
    pi: [Block; 4],
    diagonals: [[Words; NEAR]; FAR],
    transpose: [Block; FAR],
}

static TABLES: Tables = Tables {
    pi: quarters(),
    diagonals: diagonals(),
    transpose: transpositions(),
};

/// π in pieces of a register.
const fn quarters() -> [Block; 4] {
    let mut pieces = [[0; 64]; 4];
    let mut octet = 0;
    while octet < 256 {
        pieces[octet / 64][octet % 64] = PI[octet];
        octet += 1;
    }
    pieces
}

/// The block of L that takes octet `from` to octet `to`, as `gf2p8affineqb` reads it: octet `7 - i` chooses the bits
/// that make bit `i`.
const fn block_of_linear(to: usize, from: usize) -> u64 {
    let mut rows = [0u8; 8];
    let mut bit = 0;
    while bit < 8 {
        let image = linear(1 << (8 * from + bit)) >> (8 * to);
        let mut row = 0;
        while row < 8 {
            rows[7 - row] |= ((image >> row & 1) as u8) << bit;
            row += 1;
        }
        bit += 1;
    }
    u64::from_le_bytes(rows)
}

/// Word `q` of `[far][near]` takes octet `q + near` to octet `q - NEAR * far`.
const fn diagonals() -> [[Words; NEAR]; FAR] {
    let mut all = [[[0; 8]; NEAR]; FAR];
    let mut far = 0;
    while far < FAR {
        let mut near = 0;
        while near < NEAR {
            let mut q = 0;
            while q < 8 {
                all[far][near][q] = block_of_linear((q + 8 - NEAR * far) % 8, (q + near) % 8);
                q += 1;
            }
            near += 1;
        }
        far += 1;
    }
    all
}

/// P, after a rotation by `NEAR * far` words.
const fn transpositions() -> [Block; FAR] {
    let mut all = [[0; 64]; FAR];
    let mut far = 0;
    while far < FAR {
        let mut octet = 0;
        while octet < 64 {
            let word = (octet % 8 + NEAR * far) % 8;
            all[far][octet] = (8 * word + octet / 8) as u8;
            octet += 1;
        }
        far += 1;
    }
    all
}

/// The tables in registers.
struct Registers {
    pi: [__m512i; 4],
    diagonals: [[__m512i; NEAR]; FAR],
    transpose: [__m512i; FAR],
}

impl Registers {
    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi,gfni")]
    #[inline]
    fn load() -> Self {
        Self {
            pi: [
                octets(&TABLES.pi[0]),
                octets(&TABLES.pi[1]),
                octets(&TABLES.pi[2]),
                octets(&TABLES.pi[3]),
            ],
            diagonals: [
                [
                    words(&TABLES.diagonals[0][0]),
                    words(&TABLES.diagonals[0][1]),
                    words(&TABLES.diagonals[0][2]),
                    words(&TABLES.diagonals[0][3]),
                ],
                [
                    words(&TABLES.diagonals[1][0]),
                    words(&TABLES.diagonals[1][1]),
                    words(&TABLES.diagonals[1][2]),
                    words(&TABLES.diagonals[1][3]),
                ],
            ],
            transpose: [octets(&TABLES.transpose[0]), octets(&TABLES.transpose[1])],
        }
    }

    /// L ∘ S of a vector, plus `add`, before P: two parts whose transpositions sum to the result.
    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi,gfni")]
    #[inline]
    fn products(&self, x: __m512i, add: [__m512i; FAR]) -> [__m512i; FAR] {
        let low = _mm512_permutex2var_epi8(self.pi[0], x, self.pi[1]);
        let high = _mm512_permutex2var_epi8(self.pi[2], x, self.pi[3]);
        let s = _mm512_mask_blend_epi8(_mm512_movepi8_mask(x), low, high);
        let near = [
            s,
            _mm512_alignr_epi64::<1>(s, s),
            _mm512_alignr_epi64::<2>(s, s),
            _mm512_alignr_epi64::<3>(s, s),
        ];
        [
            Self::part(&self.diagonals[0], &near, add[0]),
            Self::part(&self.diagonals[1], &near, add[1]),
        ]
    }

    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi,gfni")]
    #[inline]
    fn part(diagonals: &[__m512i; NEAR], near: &[__m512i; NEAR], add: __m512i) -> __m512i {
        let sum = xor3(
            _mm512_gf2p8affine_epi64_epi8::<0>(near[0], diagonals[0]),
            _mm512_gf2p8affine_epi64_epi8::<0>(near[1], diagonals[1]),
            _mm512_gf2p8affine_epi64_epi8::<0>(near[2], diagonals[2]),
        );
        let last = _mm512_gf2p8affine_epi64_epi8::<0>(near[3], diagonals[3]);
        xor3(sum, last, add)
    }

    /// P of the parts, plus `add`.
    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi,gfni")]
    #[inline]
    fn transposed(&self, parts: [__m512i; FAR], add: __m512i) -> __m512i {
        let first = _mm512_permutexvar_epi8(self.transpose[0], parts[0]);
        let second = _mm512_permutexvar_epi8(self.transpose[1], parts[1]);
        xor3(first, second, add)
    }

    /// The compression function g (§8) of each lane. The sum of a vector and its key is made before P, where it is an
    /// operand of an instruction that is there anyway.
    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi,gfni")]
    #[inline]
    fn compress<const LANES: usize>(
        &self,
        h: &mut [__m512i; LANES],
        counts: [u128; LANES],
        m: [__m512i; LANES],
    ) {
        let zero = _mm512_setzero_si512();
        let mut keys = [[zero; FAR]; LANES];
        let mut mixed = [zero; LANES];
        let mut vectors = [zero; LANES];
        let [first, rest @ ..] = &C;
        for lane in 0..LANES {
            let count = _mm_set_epi64x((counts[lane] >> 64) as i64, counts[lane] as i64);
            let n = _mm512_zextsi128_si512(count);
            let key = self.products(_mm512_xor_si512(h[lane], n), [zero; FAR]);
            mixed[lane] = self.transposed(key, words(first));
            vectors[lane] = self.transposed(key, m[lane]);
        }
        for c in rest {
            let c = words(c);
            for lane in 0..LANES {
                keys[lane] = self.products(mixed[lane], [zero; FAR]);
                mixed[lane] = self.transposed(keys[lane], c);
            }
            for lane in 0..LANES {
                let sum = self.products(vectors[lane], keys[lane]);
                vectors[lane] = self.transposed(sum, zero);
            }
        }
        for lane in 0..LANES {
            let key = self.products(mixed[lane], [zero; FAR]);
            let sum = self.products(vectors[lane], key);
            h[lane] = self.transposed(sum, _mm512_xor_si512(h[lane], m[lane]));
        }
    }
}

impl Avx512 {
    /// Asks the processor.
    pub fn detect() -> Option<Self> {
        let present = is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512vbmi")
            && is_x86_feature_detected!("gfni");
        present.then_some(Self(()))
    }

    /// Hashes whole blocks, as many of each lane as the shortest has.
    pub fn absorb<const LANES: usize>(
        self,
        states: [&mut State; LANES],
        blocks: [&[Block]; LANES],
    ) {
        // SAFETY: a value of this type exists only after `detect` found every feature that the function enables.
        unsafe { absorb(states, blocks) }
    }

    /// One compression of each lane.
    pub fn compress<const LANES: usize>(
        self,
        h: [&mut Words; LANES],
        counts: [u128; LANES],
        m: [&Words; LANES],
    ) {
        // SAFETY: as in `absorb`.
        unsafe { compress(h, counts, m) }
    }
}

#[allow(
    clippy::needless_range_loop,
    reason = "the index goes through all lanes together"
)]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,gfni")]
fn absorb<const LANES: usize>(states: [&mut State; LANES], blocks: [&[Block]; LANES]) {
    let registers = Registers::load();
    let mut h = [words(&[0; 8]); LANES];
    let mut count = usize::MAX;
    for lane in 0..LANES {
        h[lane] = words(&states[lane].h);
        count = count.min(blocks[lane].len());
    }
    for index in 0..count {
        let mut counts = [0; LANES];
        let mut m = h;
        for lane in 0..LANES {
            let block = &blocks[lane][index];
            counts[lane] = states[lane].count;
            m[lane] = octets(block);
            states[lane].count_in(&State::read(block), 512);
        }
        registers.compress(&mut h, counts, m);
    }
    for (state, h) in states.into_iter().zip(h) {
        store(&mut state.h, h);
    }
}

#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,gfni")]
fn compress<const LANES: usize>(h: [&mut Words; LANES], counts: [u128; LANES], m: [&Words; LANES]) {
    let mut chain = [words(&[0; 8]); LANES];
    let mut block = chain;
    for lane in 0..LANES {
        chain[lane] = words(h[lane]);
        block[lane] = words(m[lane]);
    }
    Registers::load().compress(&mut chain, counts, block);
    for (h, chain) in h.into_iter().zip(chain) {
        store(h, chain);
    }
}

#[target_feature(enable = "avx512f")]
#[inline]
fn xor3(a: __m512i, b: __m512i, c: __m512i) -> __m512i {
    _mm512_ternarylogic_epi64::<XOR3>(a, b, c)
}

#[target_feature(enable = "avx512f")]
#[inline]
fn words(words: &Words) -> __m512i {
    // SAFETY: the reference is to 64 octets, and the load asks for no alignment.
    unsafe { _mm512_loadu_si512(words.as_ptr().cast()) }
}

#[target_feature(enable = "avx512f")]
#[inline]
fn octets(octets: &Block) -> __m512i {
    // SAFETY: the reference is to 64 octets, and the load asks for no alignment.
    unsafe { _mm512_loadu_si512(octets.as_ptr().cast()) }
}

#[target_feature(enable = "avx512f")]
#[inline]
fn store(words: &mut Words, value: __m512i) {
    // SAFETY: the reference is to 64 octets that may be written, and the store asks for no alignment.
    unsafe { _mm512_storeu_si512(words.as_mut_ptr().cast(), value) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `gf2p8affineqb` computes: bit `i` is the parity of the octet and of octet `7 - i` of the matrix.
    fn multiplied(matrix: u64, octet: u8) -> u8 {
        let rows = matrix.to_be_bytes();
        (0..8).fold(0, |value, bit| {
            let parity = (rows[bit] & octet).count_ones() as u8 & 1;
            value | parity << bit
        })
    }

    #[test]
    fn blocks_of_the_matrix_make_the_linear_transformation() {
        for from in 0..8 {
            for octet in 0..=255u8 {
                let expected = linear(u64::from(octet) << (8 * from)).to_le_bytes();
                let found =
                    [0, 1, 2, 3, 4, 5, 6, 7].map(|to| multiplied(block_of_linear(to, from), octet));
                assert_eq!(found, expected);
            }
        }
    }

    #[test]
    fn every_diagonal_and_octet_stands_once() {
        let mut blocks: Vec<_> = TABLES.diagonals.as_flattened().as_flattened().to_vec();
        let mut expected: Vec<_> = (0..64).map(|i| block_of_linear(i / 8, i % 8)).collect();
        blocks.sort_unstable();
        expected.sort_unstable();
        assert_eq!(blocks, expected);
        for transpose in TABLES.transpose {
            let mut octets = transpose;
            octets.sort_unstable();
            assert!((0..64).eq(octets));
        }
        assert_eq!(TABLES.pi.as_flattened(), PI);
    }
}
