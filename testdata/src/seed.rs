//! Octets derived from a declared seed: HMAC-SHA-256 over a label and a counter. Nothing here is
//! secret; the point is that every machine makes the same keys and nonces for ever.

use sha2::{Digest, Sha256};

const BLOCK: usize = 64;

/// `length` octets for `label` under `seed`.
pub fn derive(seed: &[u8], label: &[u8], length: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(length + 32);
    for counter in 0u32.. {
        if out.len() >= length {
            break;
        }
        out.extend_from_slice(&hmac_sha256(
            seed,
            &[label, &[0], &counter.to_be_bytes()].concat(),
        ));
    }
    out.truncate(length);
    out
}

/// HMAC (RFC 2104) with SHA-256.
fn hmac_sha256(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut block = [0u8; BLOCK];
    if key.len() > BLOCK {
        block[..32].copy_from_slice(&Sha256::digest(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let padded = |with: u8| block.map(|octet| octet ^ with);
    let inner = Sha256::new()
        .chain_update(padded(0x36))
        .chain_update(message)
        .finalize();
    Sha256::new()
        .chain_update(padded(0x5C))
        .chain_update(inner)
        .finalize()
        .to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hmac_gives_the_answer_of_rfc_4231_case_2() {
        let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(
            hex::encode(hmac_sha256(b"Jefe", b"what do ya want for nothing?")),
            expected
        );
    }

    #[test]
    fn a_longer_request_only_adds_octets() {
        assert_eq!(
            derive(b"seed", b"label", 100)[..40],
            derive(b"seed", b"label", 40)
        );
        assert_ne!(derive(b"seed", b"label", 40), derive(b"seed", b"other", 40));
    }
}
