//! The block cipher of GOST 28147-89 (RFC 5830), as the step function of the hash uses it.

/// `[j][b]`: the substitution of octet `j` of a word, in its place and rotated by 11 bits.
pub type Tables = [[u32; 256]; 4];

/// id-GostR3411-94-CryptoProParamSet (RFC 4357 §11.2).
pub static CRYPTOPRO: Tables = tables(&[
    [10, 4, 5, 6, 8, 1, 3, 7, 13, 12, 14, 0, 9, 2, 11, 15],
    [5, 15, 4, 0, 2, 13, 11, 9, 1, 7, 6, 3, 12, 14, 10, 8],
    [7, 15, 12, 14, 9, 4, 1, 0, 3, 11, 5, 2, 6, 10, 8, 13],
    [4, 10, 7, 12, 0, 15, 2, 8, 14, 1, 6, 5, 13, 11, 9, 3],
    [7, 6, 4, 11, 9, 12, 2, 10, 1, 8, 0, 14, 15, 13, 3, 5],
    [7, 6, 2, 4, 13, 9, 15, 0, 10, 1, 5, 11, 8, 14, 12, 3],
    [13, 14, 4, 1, 7, 0, 5, 10, 3, 12, 8, 15, 6, 2, 9, 11],
    [1, 3, 10, 9, 5, 11, 4, 15, 8, 6, 7, 14, 13, 0, 2, 12],
]);

/// id-GostR3411-94-TestParamSet (RFC 4357 §11.2).
pub static TEST: Tables = tables(&[
    [4, 10, 9, 2, 13, 8, 0, 14, 6, 11, 1, 12, 7, 15, 5, 3],
    [14, 11, 4, 12, 6, 13, 15, 10, 2, 3, 8, 1, 0, 7, 5, 9],
    [5, 8, 1, 13, 10, 3, 4, 2, 14, 15, 12, 7, 6, 0, 9, 11],
    [7, 13, 10, 1, 0, 8, 9, 15, 14, 4, 6, 12, 11, 2, 5, 3],
    [6, 12, 7, 1, 5, 15, 13, 8, 4, 10, 9, 14, 0, 3, 11, 2],
    [4, 11, 10, 0, 7, 2, 1, 13, 3, 6, 8, 5, 9, 12, 15, 14],
    [13, 11, 4, 1, 3, 15, 5, 9, 0, 10, 14, 7, 6, 8, 2, 12],
    [1, 15, 13, 0, 5, 7, 10, 4, 9, 2, 3, 14, 6, 11, 8, 12],
]);

/// Row `i` of the argument substitutes bits `4 i .. 4 i + 4`.
const fn tables(rows: &[[u8; 16]; 8]) -> Tables {
    let mut tables = [[0; 256]; 4];
    let mut place = 0;
    while place < 4 {
        let mut octet = 0;
        while octet < 256 {
            let low = rows[2 * place][octet & 15];
            let high = rows[2 * place + 1][octet >> 4];
            let value = (low | high << 4) as u32;
            tables[place][octet] = (value << (8 * place)).rotate_left(11);
            octet += 1;
        }
        place += 1;
    }
    tables
}

#[inline(always)]
fn round(tables: &Tables, half: u32, key: u32) -> u32 {
    let [a, b, c, d] = half.wrapping_add(key).to_le_bytes();
    tables[0][usize::from(a)]
        ^ tables[1][usize::from(b)]
        ^ tables[2][usize::from(c)]
        ^ tables[3][usize::from(d)]
}

/// Encrypts four blocks, each under its own key. A round waits for its look-ups; the four do so together.
#[inline(always)]
pub fn encrypt(tables: &Tables, keys: &[[u32; 8]; 4], blocks: [u64; 4]) -> [u64; 4] {
    let mut low = blocks.map(|block| block as u32);
    let mut high = blocks.map(|block| (block >> 32) as u32);
    let mut pair = |first: usize, second: usize| {
        for lane in 0..4 {
            high[lane] ^= round(tables, low[lane], keys[lane][first]);
        }
        for lane in 0..4 {
            low[lane] ^= round(tables, high[lane], keys[lane][second]);
        }
    };
    for _ in 0..3 {
        pair(0, 1);
        pair(2, 3);
        pair(4, 5);
        pair(6, 7);
    }
    pair(7, 6);
    pair(5, 4);
    pair(3, 2);
    pair(1, 0);
    let mut sealed = [0; 4];
    for lane in 0..4 {
        sealed[lane] = u64::from(high[lane]) | u64::from(low[lane]) << 32;
    }
    sealed
}
