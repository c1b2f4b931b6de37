//! The ciphers of the test terminal: Magma (RFC 8891), that is GOST 28147-89 with the S-box of GOST R 34.12-2015, and the
//! modes that it and triple DES are used in.

/// A cipher of blocks of eight octets.
pub(super) trait BlockCipher {
    fn encrypt(&self, block: u64) -> u64;
    fn decrypt(&self, block: u64) -> u64;

    /// Cipher block chaining over whole blocks.
    fn encrypt_blocks(&self, vector: u64, plain: &[u8]) -> Vec<u8> {
        let mut last = vector;
        blocks(plain)
            .flat_map(|block| {
                last = self.encrypt(block ^ last);
                last.to_be_bytes()
            })
            .collect()
    }

    fn decrypt_blocks(&self, vector: u64, cipher: &[u8]) -> Vec<u8> {
        let mut last = vector;
        blocks(cipher)
            .flat_map(|block| {
                let plain = self.decrypt(block) ^ last;
                last = block;
                plain.to_be_bytes()
            })
            .collect()
    }

    /// Octets under a stream that begins with the vector and is fed back by itself, both ways.
    fn stream(&self, vector: u64, octets: &[u8]) -> Vec<u8> {
        let mut last = vector;
        let mut hidden = Vec::with_capacity(octets.len());
        for chunk in octets.chunks(8) {
            last = self.encrypt(last);
            hidden.extend(
                chunk
                    .iter()
                    .zip(last.to_be_bytes())
                    .map(|(octet, key)| octet ^ key),
            );
        }
        hidden
    }
}

/// Substitutions of the half octets, the lowest first (RFC 8891 §4.1).
const S: [[u8; 16]; 8] = [
    [12, 4, 6, 2, 10, 5, 11, 9, 14, 8, 13, 7, 0, 3, 15, 1],
    [6, 8, 2, 3, 9, 10, 5, 12, 1, 14, 4, 7, 11, 13, 0, 15],
    [11, 3, 5, 8, 2, 15, 10, 13, 14, 1, 7, 4, 12, 9, 6, 0],
    [12, 8, 2, 1, 13, 4, 15, 6, 7, 0, 10, 5, 3, 14, 9, 11],
    [7, 15, 5, 10, 8, 1, 6, 13, 0, 9, 3, 14, 11, 4, 2, 12],
    [5, 13, 15, 6, 9, 2, 12, 10, 11, 7, 8, 1, 4, 3, 14, 0],
    [8, 14, 2, 5, 6, 9, 1, 12, 15, 4, 11, 0, 13, 10, 3, 7],
    [1, 7, 14, 13, 0, 5, 8, 3, 4, 15, 10, 6, 9, 12, 11, 2],
];

/// A key of the cipher.
#[derive(Clone)]
pub(super) struct Magma([u32; 8]);

impl Magma {
    /// 32 octets, the first subkey first.
    pub(super) fn new(key: &[u8]) -> Self {
        let mut keys = [0; 8];
        for (place, octets) in keys.iter_mut().zip(key.chunks(4)) {
            *place = octets
                .iter()
                .fold(0, |sum, octet| sum << 8 | u32::from(*octet));
        }
        Self(keys)
    }

    fn round(half: u32, key: u32) -> u32 {
        let sum = half.wrapping_add(key);
        let substituted = (0..8).fold(0, |word, place| {
            let half_octet = (sum >> (4 * place)) & 0x0F;
            word | u32::from(S[place as usize][half_octet as usize]) << (4 * place)
        });
        substituted.rotate_left(11)
    }

    fn rounds(&self, block: u64, order: impl Iterator<Item = usize>) -> u64 {
        let (mut high, mut low) = ((block >> 32) as u32, block as u32);
        for index in order {
            (high, low) = (low, high ^ Self::round(low, self.0[index]));
        }
        // The last round does not swap the halves.
        u64::from(low) << 32 | u64::from(high)
    }

    /// Four octets over the input: 16 rounds a block, zeros after the last octet (GOST 28147-89 §5).
    pub(super) fn imitation(&self, input: &[u8]) -> [u8; 4] {
        let sum = blocks(input).fold(0, |sum, block| {
            self.rounds(sum ^ block, (0..16).map(|round| round % 8))
        });
        let [a, b, c, d, ..] = sum.to_be_bytes();
        [a, b, c, d]
    }
}

impl BlockCipher for Magma {
    fn encrypt(&self, block: u64) -> u64 {
        self.rounds(block, (0..24).map(|round| round % 8).chain((0..8).rev()))
    }

    fn decrypt(&self, block: u64) -> u64 {
        self.rounds(block, (0..8).chain((0..24).map(|round| 7 - round % 8)))
    }
}

/// Blocks, the last one filled with zeros.
pub(super) fn blocks(octets: &[u8]) -> impl Iterator<Item = u64> {
    octets.chunks(8).map(|chunk| {
        let mut block = [0; 8];
        block[..chunk.len()].copy_from_slice(chunk);
        u64::from_be_bytes(block)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8891 Appendix A.
    #[test]
    fn the_cipher_is_that_of_the_standard() {
        let key = "ffeeddccbbaa99887766554433221100f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff";
        let cipher = Magma::new(&hex::decode(key).unwrap());
        assert_eq!(cipher.encrypt(0xfedc_ba98_7654_3210), 0x4ee9_01e5_c2d8_ca3d);
        assert_eq!(cipher.decrypt(0x4ee9_01e5_c2d8_ca3d), 0xfedc_ba98_7654_3210);
        let plain = [7; 24];
        let hidden = cipher.encrypt_blocks(1, &plain);
        assert_eq!(cipher.decrypt_blocks(1, &hidden), plain);
        assert_eq!(cipher.stream(1, &cipher.stream(1, &plain[..5])), plain[..5]);
        assert_ne!(cipher.imitation(&plain), cipher.imitation(&plain[..16]));
    }
}
