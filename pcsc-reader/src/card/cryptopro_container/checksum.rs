//! The checksum of `header.key`: four octets of GOST 28147-89 in its fourth mode (RFC 5830 §8) with a key of zeros.
//!
//! Everybody can make it, so it tells accidents from whole headers and nothing else. Parameter sets and key meshing
//! (RFC 4357 §2.3.2) are not published for it; all that CSPs use are tried.

/// Substitutions of half octets, the lowest first.
type Rows = [[u8; 16]; 8];

/// id-Gost28147-89-CryptoPro-A-ParamSet (RFC 4357 §11.1).
const CRYPTOPRO_A: Rows = [
    [9, 6, 3, 2, 8, 11, 1, 7, 10, 4, 14, 15, 12, 0, 13, 5],
    [3, 7, 14, 9, 8, 10, 15, 0, 5, 2, 6, 12, 11, 4, 13, 1],
    [14, 4, 6, 2, 11, 3, 13, 8, 12, 15, 5, 10, 0, 7, 1, 9],
    [14, 7, 10, 12, 13, 1, 3, 9, 0, 2, 11, 4, 15, 8, 5, 6],
    [11, 5, 1, 9, 8, 13, 15, 0, 14, 4, 2, 3, 12, 7, 10, 6],
    [3, 10, 13, 12, 1, 2, 0, 11, 7, 5, 9, 4, 8, 15, 14, 6],
    [1, 13, 2, 9, 7, 10, 6, 0, 8, 12, 4, 5, 15, 3, 11, 14],
    [11, 10, 15, 5, 0, 12, 14, 8, 6, 2, 3, 9, 1, 7, 13, 4],
];

/// id-tc26-gost-28147-param-Z (RFC 7836 appendix C).
const TC26_Z: Rows = [
    [12, 4, 6, 2, 10, 5, 11, 9, 14, 8, 13, 7, 0, 3, 15, 1],
    [6, 8, 2, 3, 9, 10, 5, 12, 1, 14, 4, 7, 11, 13, 0, 15],
    [11, 3, 5, 8, 2, 15, 10, 13, 14, 1, 7, 4, 12, 9, 6, 0],
    [12, 8, 2, 1, 13, 4, 15, 6, 7, 0, 10, 5, 3, 14, 9, 11],
    [7, 15, 5, 10, 8, 1, 6, 13, 0, 9, 3, 14, 11, 4, 2, 12],
    [5, 13, 15, 6, 9, 2, 12, 10, 11, 7, 8, 1, 4, 3, 14, 0],
    [8, 14, 2, 5, 6, 9, 1, 12, 15, 4, 11, 0, 13, 10, 3, 7],
    [1, 7, 14, 13, 0, 5, 8, 3, 4, 15, 10, 6, 9, 12, 11, 2],
];

/// What the key is decrypted into (RFC 4357 §2.3.2).
const MESHING: [u8; 32] = [
    0x69, 0x00, 0x72, 0x22, 0x64, 0xC9, 0x04, 0x23, 0x8D, 0x3A, 0xDB, 0x96, 0x46, 0xE9, 0x2A, 0xC4,
    0x18, 0xFE, 0xAC, 0x94, 0x00, 0xED, 0x07, 0x12, 0xC0, 0x86, 0xDC, 0xC2, 0xEF, 0x4C, 0xA9, 0x2B,
];

/// Octets under one key, with meshing.
const MESH: usize = 1024;

/// Octets of a block.
const BLOCK: usize = 8;

/// Whether these four octets are the checksum of the content, by any of the parameters in use.
pub(super) fn is_of(content: &[u8], checksum: &[u8]) -> bool {
    let sets = [
        (&CRYPTOPRO_A, false),
        (&CRYPTOPRO_A, true),
        (&TC26_Z, false),
        (&TC26_Z, true),
    ];
    sets.iter()
        .any(|(rows, is_meshed)| imitation(rows, *is_meshed, content) == checksum)
}

/// The first and the second half of a block, the lowest octet first.
type Halves = (u32, u32);

fn imitation(rows: &Rows, is_meshed: bool, content: &[u8]) -> [u8; 4] {
    let mut key = [0; 8];
    let mut state = (0, 0);
    for (number, block) in content.chunks(BLOCK).enumerate() {
        if is_meshed && number > 0 && (number * BLOCK).is_multiple_of(MESH) {
            // The state is no initial vector, and stays as it is.
            key = meshed(rows, &key);
        }
        // The last block is filled up with zeros.
        let mut octets = [0; BLOCK];
        octets
            .iter_mut()
            .zip(block)
            .for_each(|(octet, own)| *octet = *own);
        let (first, second) = halves(octets);
        state = (state.0 ^ first, state.1 ^ second);
        for _ in 0..2 {
            state = forward(rows, &key, state);
        }
    }
    state.0.to_le_bytes()
}

fn halves([a, b, c, d, e, f, g, h]: [u8; BLOCK]) -> Halves {
    (
        u32::from_le_bytes([a, b, c, d]),
        u32::from_le_bytes([e, f, g, h]),
    )
}

fn round(rows: &Rows, half: u32, key: u32) -> u32 {
    let sum = half.wrapping_add(key);
    let substituted = rows.iter().zip(0..).fold(0, |word, (row, place)| {
        let index = sum >> (4 * place) & 0x0F;
        let value = usize::try_from(index).ok().and_then(|index| row.get(index));
        word | u32::from(value.copied().unwrap_or_default()) << (4 * place)
    });
    substituted.rotate_left(11)
}

/// Eight rounds, subkeys in their order.
fn forward(rows: &Rows, key: &[u32; 8], (mut first, mut second): Halves) -> Halves {
    let (pairs, _) = key.as_chunks::<2>();
    for [even, odd] in pairs {
        second ^= round(rows, first, *even);
        first ^= round(rows, second, *odd);
    }
    (first, second)
}

/// Eight rounds, the last subkey first.
fn backward(rows: &Rows, key: &[u32; 8], (mut first, mut second): Halves) -> Halves {
    let (pairs, _) = key.as_chunks::<2>();
    for [even, odd] in pairs.iter().rev() {
        second ^= round(rows, first, *odd);
        first ^= round(rows, second, *even);
    }
    (first, second)
}

/// The key after it (RFC 4357 §2.3.2): a constant, decrypted.
fn meshed(rows: &Rows, key: &[u32; 8]) -> [u32; 8] {
    let mut next = [0; 8];
    let (blocks, _) = MESHING.as_chunks::<BLOCK>();
    let (pairs, _) = next.as_chunks_mut::<2>();
    for (block, pair) in blocks.iter().zip(pairs) {
        let state = forward(rows, key, halves(*block));
        let (first, second) = (0..3).fold(state, |state, _| backward(rows, key, state));
        *pair = [second, first];
    }
    next
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Octets 0, 1, 2 and so on.
    fn content(length: usize) -> Vec<u8> {
        (0..length).map(|number| number as u8).collect()
    }

    /// What gost-engine 3.0 says to `openssl dgst -mac gost-mac` and `gost-mac-12` with a key of zeros.
    #[test]
    fn checksums_are_those_of_gost_engine() {
        for (length, a, z) in VECTORS {
            let content = content(length);
            for (rows, expected) in [(&CRYPTOPRO_A, a), (&TC26_Z, z)] {
                let found = hex::encode(imitation(rows, true, &content));
                assert_eq!(found, expected, "{length}");
            }
        }
    }

    const VECTORS: [(usize, &str, &str); 6] = [
        (16, "11613964", "96535f81"),
        (29, "dcf2ae35", "6804f69c"),
        (1024, "89c86f01", "c48de4b7"),
        (1032, "68b5a405", "d5ad9028"),
        (1500, "4a4d12d8", "950d5c2c"),
        (3000, "6e1e25b5", "f65764da"),
    ];

    #[test]
    fn one_octet_off_is_noticed() {
        let mut content = content(1_500);
        for (rows, is_meshed) in [
            (&CRYPTOPRO_A, false),
            (&CRYPTOPRO_A, true),
            (&TC26_Z, false),
            (&TC26_Z, true),
        ] {
            let checksum = imitation(rows, is_meshed, &content);
            assert!(is_of(&content, &checksum));
            content[700] ^= 1;
            assert!(!is_of(&content, &checksum));
            content[700] ^= 1;
            assert!(!is_of(&content, &checksum[..3]));
        }
    }
}
