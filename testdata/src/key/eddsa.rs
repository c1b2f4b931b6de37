//! Ed25519 and Ed448 (RFC 8032), pure. The arithmetic of Ed448 is plain and over `num-bigint`: it signs test
//! data, so it need be neither fast nor constant in time, only right and apart from the code under test.

use ed25519_dalek::{Signer as _, SigningKey};
use num_bigint::BigUint;
use shake::{ExtendableOutput as _, Shake256, Update as _, XofReader as _};

use crate::oid::{self, Oid};

/// A key pair of either curve.
pub enum EddsaKey {
    Ed25519(Box<SigningKey>),
    Ed448(Box<Ed448Key>),
}

impl EddsaKey {
    pub fn derive_25519(seed: &[u8]) -> Self {
        let mut secret = [0; 32];
        secret.copy_from_slice(&crate::seed::derive(seed, b"ed25519", 32));
        Self::Ed25519(Box::new(SigningKey::from_bytes(&secret)))
    }

    pub fn derive_448(seed: &[u8]) -> Self {
        Self::Ed448(Box::new(Ed448Key::new(&crate::seed::derive(
            seed, b"ed448", 57,
        ))))
    }

    pub fn oid(&self) -> Oid {
        match self {
            Self::Ed25519(_) => oid::ED25519,
            Self::Ed448(_) => oid::ED448,
        }
    }

    pub fn public_key_octets(&self) -> Vec<u8> {
        match self {
            Self::Ed25519(key) => key.verifying_key().as_bytes().to_vec(),
            Self::Ed448(key) => key.public.clone(),
        }
    }

    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Ed25519(key) => key.sign(message).to_bytes().to_vec(),
            Self::Ed448(key) => key.sign(message),
        }
    }
}

/// RFC 8032 §5.2.5.
pub struct Ed448Key {
    scalar: BigUint,
    prefix: Vec<u8>,
    public: Vec<u8>,
}

impl Ed448Key {
    fn new(secret: &[u8]) -> Self {
        let mut scalar = shake(&[secret]);
        let prefix = scalar.split_off(57);
        scalar[0] &= 0xFC;
        scalar[55] |= 0x80;
        scalar[56] = 0;
        let scalar = BigUint::from_bytes_le(&scalar);
        let public = Point::base().times(&scalar).encode();
        Self {
            scalar,
            prefix,
            public,
        }
    }

    /// RFC 8032 §5.2.6, with an empty context.
    fn sign(&self, message: &[u8]) -> Vec<u8> {
        let domain = b"SigEd448\x00\x00".as_slice();
        let hash = |parts: &[&[u8]]| BigUint::from_bytes_le(&shake(parts)) % order();
        let nonce = hash(&[domain, &self.prefix, message]);
        let mut signature = Point::base().times(&nonce).encode();
        let challenge = hash(&[domain, &signature, &self.public, message]);
        let s = (nonce + challenge * &self.scalar) % order();
        signature.extend(little_endian(&s));
        signature
    }
}

fn shake(parts: &[&[u8]]) -> Vec<u8> {
    let mut state = Shake256::default();
    for part in parts {
        state.update(part);
    }
    let mut hash = vec![0; 114];
    state.finalize_xof().read(&mut hash);
    hash
}

fn little_endian(value: &BigUint) -> Vec<u8> {
    let mut octets = value.to_bytes_le();
    octets.resize(57, 0);
    octets
}

fn number(digits: &str) -> BigUint {
    BigUint::parse_bytes(digits.as_bytes(), 10).unwrap_or_default()
}

fn modulus() -> BigUint {
    (BigUint::from(1_u8) << 448) - (BigUint::from(1_u8) << 224) - 1_u8
}

fn order() -> BigUint {
    let low = "13818066809895115352007386748515426880336692474882178609894547503885";
    (BigUint::from(1_u8) << 446) - number(low)
}

/// A point (x/z, y/z) of x² + y² = 1 - 39081 x² y².
#[derive(Clone)]
struct Point {
    x: BigUint,
    y: BigUint,
    z: BigUint,
}

impl Point {
    fn base() -> Self {
        Self {
            x: number(
                "224580040295924300187604334099896036246789641632564134246125461686950415467406032909029192869357953282578032075146446173674602635247710",
            ),
            y: number(
                "298819210078481492676017930443930673437544040154080242095928241372331506189835876003536878655418784733982303233503462500531545062832660",
            ),
            z: BigUint::from(1_u8),
        }
    }

    /// RFC 8032 §5.2.4; the same formula doubles.
    fn plus(&self, other: &Self) -> Self {
        let p = modulus();
        let minus = |a: &BigUint, b: &BigUint| (a + &p - b) % &p;
        let a = &self.z * &other.z % &p;
        let b = &a * &a % &p;
        let c = &self.x * &other.x % &p;
        let d = &self.y * &other.y % &p;
        // E = d C D, where d = -39081: so F = B - E is here a sum, and G = B + E a difference.
        let e = &c * &d * 39081_u32 % &p;
        let f = (&b + &e) % &p;
        let g = minus(&b, &e);
        let h = (&self.x + &self.y) * (&other.x + &other.y) % &p;
        Self {
            x: &a * &f * minus(&minus(&h, &c), &d) % &p,
            y: a * &g * minus(&d, &c) % &p,
            z: f * g % &p,
        }
    }

    fn times(&self, multiplier: &BigUint) -> Self {
        let mut sum = Self {
            x: BigUint::ZERO,
            y: BigUint::from(1_u8),
            z: BigUint::from(1_u8),
        };
        for bit in (0..multiplier.bits()).rev() {
            sum = sum.plus(&sum);
            if multiplier.bit(bit) {
                sum = sum.plus(self);
            }
        }
        sum
    }

    /// RFC 8032 §5.2.2.
    fn encode(&self) -> Vec<u8> {
        let p = modulus();
        let inverse = self.z.modpow(&(&p - 2_u8), &p);
        let mut octets = little_endian(&(&self.y * &inverse % &p));
        octets[56] = u8::from((&self.x * inverse % p).bit(0)) << 7;
        octets
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8032 §7.4, "blank" and "1 octet".
    #[test]
    fn published_ed448_signatures() {
        let rows = [
            (
                "6c82a562cb808d10d632be89c8513ebf6c929f34ddfa8c9f63c9960ef6e348a3528c8a3fcc2f044e39a3fc5b94492f8f032e7549a20098f95b",
                "5fd7449b59b461fd2ce787ec616ad46a1da1342485a70e1f8a0ea75d80e96778edf124769b46c7061bd6783df1e50f6cd1fa1abeafe8256180",
                "",
                "533a37f6bbe457251f023c0d88f976ae2dfb504a843e34d2074fd823d41a591f2b233f034f628281f2fd7a22ddd47d7828c59bd0a21bfd3980ff0d2028d4b18a9df63e006c5d1c2d345b925d8dc00b4104852db99ac5c7cdda8530a113a0f4dbb61149f05a7363268c71d95808ff2e652600",
            ),
            (
                "c4eab05d357007c632f3dbb48489924d552b08fe0c353a0d4a1f00acda2c463afbea67c5e8d2877c5e3bc397a659949ef8021e954e0a12274e",
                "43ba28f430cdff456ae531545f7ecd0ac834a55d9358c0372bfa0c6c6798c0866aea01eb00742802b8438ea4cb82169c235160627b4c3a9480",
                "03",
                "26b8f91727bd62897af15e41eb43c377efb9c610d48f2335cb0bd0087810f4352541b143c4b981b7e18f62de8ccdf633fc1bf037ab7cd779805e0dbcc0aae1cbcee1afb2e027df36bc04dcecbf154336c19f0af7e0a6472905e799f1953d2a0ff3348ab21aa4adafd1d234441cf807c03a00",
            ),
        ];
        for (secret, public, message, signature) in rows {
            let key = Ed448Key::new(&hex::decode(secret).unwrap());
            assert_eq!(hex::encode(&key.public), public);
            let made = key.sign(&hex::decode(message).unwrap());
            assert_eq!(hex::encode(made), signature);
        }
    }
}
