//! RSA with PKCS #1 v1.5 and PSS signatures (RFC 8017 §8). The primes come from the seed by a search
//! written here, so that no change of a crate can change a key.

use num_bigint::BigUint;
use serde::Deserialize;

use super::pss::Pss;
use crate::digest::Digest;
use crate::error::Error;
use crate::{der, seed};

/// Bases for Miller-Rabin; the numbers are random, so forty bases leave an error below 2^-80.
const BASES: usize = 40;
const SMALL_PRIMES_BELOW: u32 = 2_000;

/// How the block of PKCS #1 v1.5 is built (RFC 8017 §9.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pkcs1 {
    /// As the clause says.
    #[default]
    Exact,
    /// Eight octets of padding, and octets after the DigestInfo in place of the rest.
    OctetsAfterDigestInfo,
    /// The parameters of the digest algorithm are an OCTET STRING of octets.
    OctetsInParameters,
    /// No NULL in the digest algorithm.
    WithoutNull,
    /// The last two octets of the digest are not those of the message.
    OtherLastOctets,
    /// One octet of the padding is not FF.
    OtherPadding,
    /// Block type 2, as for encryption.
    #[serde(rename = "block-type-2")]
    BlockType2,
}

pub struct RsaKey {
    modulus: BigUint,
    exponent: BigUint,
    p: BigUint,
    q: BigUint,
    d_mod_p: BigUint,
    d_mod_q: BigUint,
    q_inverse: BigUint,
}

impl RsaKey {
    pub fn derive(key_seed: &[u8], octets: usize, exponent: u32) -> Result<Self, Error> {
        let one = BigUint::from(1u8);
        let exponent = BigUint::from(exponent);
        let p = prime(key_seed, b"rsa p", octets / 2, &exponent);
        let q = prime(key_seed, b"rsa q", octets / 2, &exponent);
        let no_inverse =
            || Error::value("RSA key", "an inverse does not exist; choose another seed");
        let d_mod_p = exponent.modinv(&(&p - &one)).ok_or_else(no_inverse)?;
        let d_mod_q = exponent.modinv(&(&q - &one)).ok_or_else(no_inverse)?;
        let q_inverse = q.modinv(&p).ok_or_else(no_inverse)?;
        Ok(Self {
            modulus: &p * &q,
            exponent,
            p,
            q,
            d_mod_p,
            d_mod_q,
            q_inverse,
        })
    }

    /// DER `RSAPublicKey`.
    pub fn public_key_octets(&self) -> Vec<u8> {
        der::sequence(&[
            der::integer(&self.modulus.to_bytes_be()),
            der::integer(&self.exponent.to_bytes_be()),
        ])
    }

    pub fn sign_digest(
        &self,
        digest: Digest,
        hashed: &[u8],
        form: Pkcs1,
    ) -> Result<Vec<u8>, Error> {
        let octets = self.octets();
        let mut hashed = hashed.to_vec();
        let parameters = match form {
            Pkcs1::WithoutNull => None,
            Pkcs1::OctetsInParameters => Some(der::octet_string(&[0x5a; 64])),
            _ => Some(der::null()),
        };
        if form == Pkcs1::OtherLastOctets {
            let end = hashed.len() - 2;
            hashed[end..].iter_mut().for_each(|octet| *octet ^= 0x5a);
        }
        let info = der::sequence(&[
            der::algorithm(&digest.oid(), parameters),
            der::octet_string(&hashed),
        ]);
        let mut encoded = vec![0x00, 0x01];
        if form == Pkcs1::OctetsAfterDigestInfo {
            encoded.resize(10, 0xFF);
        } else {
            encoded.resize(octets - info.len() - 1, 0xFF);
        }
        encoded.push(0x00);
        encoded.extend_from_slice(&info);
        encoded.resize(octets, 0x5a);
        match form {
            Pkcs1::OtherPadding => encoded[9] = 0xFE,
            Pkcs1::BlockType2 => encoded[1] = 0x02,
            _ => {}
        }
        self.sign_encoded(&encoded)
    }

    pub fn sign_pss(&self, digest: Digest, hashed: &[u8], pss: &Pss) -> Result<Vec<u8>, Error> {
        self.sign_encoded(&pss.encode(digest, hashed, self.octets())?)
    }

    /// The private power of a block of the size of the modulus.
    pub fn sign_block(&self, block: &[u8]) -> Result<Vec<u8>, Error> {
        if block.len() != self.octets() || BigUint::from_bytes_be(block) >= self.modulus {
            return Err(Error::value(
                "RSA block",
                "it is not of the size of the modulus",
            ));
        }
        self.sign_encoded(block)
    }

    /// The private power of a `DigestInfo` with padding of block type 1 (RFC 8017 §9.2).
    pub fn sign_digest_info(&self, digest_info: &[u8]) -> Result<Vec<u8>, Error> {
        let room = self.octets().saturating_sub(digest_info.len() + 3);
        if room < 8 {
            return Err(Error::value("DigestInfo", "it is too long for the modulus"));
        }
        let block = [
            &[0x00, 0x01],
            vec![0xFF; room].as_slice(),
            &[0x00],
            digest_info,
        ]
        .concat();
        self.sign_encoded(&block)
    }

    fn octets(&self) -> usize {
        self.modulus.to_bytes_be().len()
    }

    fn sign_encoded(&self, encoded: &[u8]) -> Result<Vec<u8>, Error> {
        let message = BigUint::from_bytes_be(encoded);
        // Chinese remainder form, RFC 8017 §5.1.2.
        let m1 = message.modpow(&self.d_mod_p, &self.p);
        let m2 = message.modpow(&self.d_mod_q, &self.q);
        let h = (&self.q_inverse * (&m1 + &self.p - &m2 % &self.p)) % &self.p;
        let signature = m2 + h * &self.q;
        if signature.modpow(&self.exponent, &self.modulus) != message {
            return Err(Error::value(
                "RSA signature",
                "the key does not verify its own signature",
            ));
        }
        let octets = signature.to_bytes_be();
        Ok([vec![0; self.octets() - octets.len()], octets].concat())
    }
}

/// The first prime from a seeded start, with `p - 1` coprime to the exponent.
fn prime(key_seed: &[u8], label: &[u8], octets: usize, exponent: &BigUint) -> BigUint {
    let mut start = seed::derive(key_seed, label, octets);
    // The two top bits make the product of two primes twice as long.
    start[0] |= 0xC0;
    start[octets - 1] |= 1;
    let mut candidate = BigUint::from_bytes_be(&start);
    let one = BigUint::from(1u8);
    let small = small_primes();
    loop {
        let divisible = small
            .iter()
            .any(|prime| &candidate % prime == BigUint::ZERO);
        if !divisible
            && (&candidate - &one) % exponent != BigUint::ZERO
            && is_probable_prime(&candidate, key_seed)
        {
            return candidate;
        }
        candidate += 2u8;
    }
}

fn small_primes() -> Vec<u32> {
    (3..SMALL_PRIMES_BELOW)
        .filter(|n| (2..*n).take_while(|d| d * d <= *n).all(|d| n % d != 0))
        .collect()
}

/// Miller-Rabin with seeded bases.
fn is_probable_prime(candidate: &BigUint, key_seed: &[u8]) -> bool {
    let one = BigUint::from(1u8);
    let minus_one = candidate - &one;
    let twos = minus_one.trailing_zeros().unwrap_or(0);
    let odd = &minus_one >> twos;
    let bases = seed::derive(key_seed, b"miller-rabin", BASES * 8);
    bases.chunks(8).all(|base| {
        let mut x = BigUint::from_bytes_be(base).modpow(&odd, candidate);
        if x == one || x == minus_one {
            return true;
        }
        for _ in 1..twos {
            x = &x * &x % candidate;
            if x == minus_one {
                return true;
            }
        }
        false
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn miller_rabin_knows_primes_and_carmichael_numbers() {
        let prime = BigUint::parse_bytes(b"170141183460469231731687303715884105727", 10).unwrap();
        assert!(is_probable_prime(&prime, b"seed"));
        assert!(!is_probable_prime(&(&prime + 2u8), b"seed"));
        assert!(!is_probable_prime(&BigUint::from(101_101u32), b"seed"));
        assert!(!is_probable_prime(&BigUint::from(825_265u32), b"seed"));
    }
}
