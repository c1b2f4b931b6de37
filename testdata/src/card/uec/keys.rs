//! Keys, certificates and the terminal of the test system: own keys on the curve
//! id-GostR3410-2001-CryptoPro-A-ParamSet, digest GOST R 34.11-94 (CryptoPro), coordinates and numbers big-endian, signatures
//! `s || r`. How the real system did it is not published.

use num_bigint::BigUint;

use super::rsa::{self, RsaKey};
use crate::der::tlv;
use crate::digest::Digest;
use crate::key::ParameterSet;

/// Numbers of roles in certificates.
pub(super) const CHANNEL_OPERATOR: u8 = 4;
pub(super) const TERMINAL: u8 = 7;

/// Octets of a public key of GOST, and of its signatures.
const GOST_OCTETS: usize = 64;

const TAG_SIGNATURE: &[u8] = &[0x5F, 0x37];

/// A private key: a number that its name stands for.
pub(super) struct PrivateKey(BigUint);

impl PrivateKey {
    pub(super) fn named(name: &str) -> Self {
        let q = &ParameterSet::CryptoproA.curve().q;
        let digest = Digest::Gost94.of(format!("uec key {name}").as_bytes());
        Self(BigUint::from_bytes_be(&digest) % (q - 1u8) + 1u8)
    }

    pub(super) fn public(&self) -> Vec<u8> {
        let curve = ParameterSet::CryptoproA.curve();
        curve
            .multiply_base(&self.0)
            .map_or(Vec::new(), |point| octets(&point))
    }

    /// The nonce is made of key and message, so that a signature is a function of both.
    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let curve = ParameterSet::CryptoproA.curve();
        let q = &curve.q;
        let e = number(message);
        for attempt in 0u8..=255 {
            let seed = [&self.0.to_bytes_be(), message, &[attempt]].concat();
            let k = BigUint::from_bytes_be(&Digest::Gost94.of(&seed)) % q;
            let Some((x, _)) = curve.multiply_base(&k) else {
                continue;
            };
            let r = x % q;
            let s = (&r * &self.0 + k * &e) % q;
            if r != BigUint::ZERO && s != BigUint::ZERO {
                return [fixed(&s), fixed(&r)].concat();
            }
        }
        Vec::new()
    }

    /// The first half of the common point, as version 1.0 takes it.
    pub(super) fn agree_plainly(&self, public: &[u8]) -> Option<Vec<u8>> {
        let curve = ParameterSet::CryptoproA.curve();
        let (x, _) = curve.multiply(&self.0, &point(public)?)?;
        Some(fixed(&x))
    }

    /// 32 octets that both sides have: the common point, both random numbers.
    pub(super) fn agree(&self, public: &[u8], random: &[u8], challenge: &[u8]) -> Option<Vec<u8>> {
        let curve = ParameterSet::CryptoproA.curve();
        let common = curve.multiply(&self.0, &point(public)?)?;
        Some(Digest::Gost94.of(&[&octets(&common), random, challenge].concat()))
    }
}

/// Whether the signature is one of the key.
pub(super) fn verify(public: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let curve = ParameterSet::CryptoproA.curve();
    let q = &curve.q;
    let check = || {
        let (s, r) = signature.split_at_checked(32)?;
        let (s, r) = (BigUint::from_bytes_be(s), BigUint::from_bytes_be(r));
        if r == BigUint::ZERO || s == BigUint::ZERO || &r >= q || &s >= q {
            return None;
        }
        let v = number(message).modinv(q)?;
        let first = curve.multiply_base(&(&s * &v % q))?;
        let second = curve.multiply(&((q - &r) * &v % q), &point(public)?)?;
        let (x, _) = curve.sum(&first, &second)?;
        Some(x % q == r)
    };
    check().unwrap_or(false)
}

fn number(message: &[u8]) -> BigUint {
    let q = &ParameterSet::CryptoproA.curve().q;
    let e = BigUint::from_bytes_be(&Digest::Gost94.of(message)) % q;
    if e == BigUint::ZERO { 1u8.into() } else { e }
}

fn fixed(value: &BigUint) -> Vec<u8> {
    let octets = value.to_bytes_be();
    [vec![0; 32 - octets.len()], octets].concat()
}

fn octets((x, y): &(BigUint, BigUint)) -> Vec<u8> {
    [fixed(x), fixed(y)].concat()
}

fn point(public: &[u8]) -> Option<(BigUint, BigUint)> {
    let (x, y) = public.split_at_checked(32)?;
    Some((BigUint::from_bytes_be(x), BigUint::from_bytes_be(y)))
}

/// The key that signs certificates.
pub(super) enum Signer {
    Gost(PrivateKey),
    Rsa(RsaKey),
}

impl Signer {
    pub(super) fn named(name: &str, is_rsa: bool) -> Self {
        match is_rsa {
            true => Self::Rsa(RsaKey::named(name)),
            false => Self::Gost(PrivateKey::named(name)),
        }
    }

    /// Point or modulus.
    pub(super) fn public(&self) -> Vec<u8> {
        match self {
            Self::Gost(key) => key.public(),
            Self::Rsa(key) => key.public(),
        }
    }

    /// The objects 81 and, of RSA, 82.
    pub(super) fn objects(&self) -> Vec<u8> {
        let key = tlv(&[0x81], &self.public());
        match self {
            Self::Gost(_) => key,
            Self::Rsa(_) => [key, tlv(&[0x82], &rsa::EXPONENT)].concat(),
        }
    }

    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Gost(key) => key.sign(message),
            Self::Rsa(key) => key.sign(message),
        }
    }
}

/// A card verifiable certificate (7F21) of a public key, whose objects `81` and, for RSA, `82` are given.
pub(super) fn certificate(
    signer: &Signer,
    issuer: &[u8],
    subject: &[u8],
    role: u8,
    key: &[u8],
) -> Vec<u8> {
    let body = [
        tlv(&[0x5F, 0x29], &[0x01]),
        tlv(&[0x42], issuer),
        tlv(&[0x65], &[tlv(&[0x80], &[1]), tlv(&[0x81], &[1])].concat()),
        tlv(&[0x5F, 0x20], subject),
        tlv(&[0x7F, 0x49], key),
        tlv(
            &[0x7F, 0x4C],
            &[
                tlv(&[0x80], &[role]),
                tlv(&[0x81], &[0xFF, 0x00]),
                tlv(&[0x82], &[1]),
                tlv(&[0x83], &[1]),
            ]
            .concat(),
        ),
        tlv(&[0x5F, 0x25], &[0x13, 0x03, 0x15]),
        tlv(&[0x5F, 0x24], &[0x18, 0x03, 0x14]),
    ];
    let body = tlv(&[0x7F, 0x4E], &body.concat());
    let signature = tlv(TAG_SIGNATURE, &signer.sign(&body));
    tlv(&[0x7F, 0x21], &[body, signature].concat())
}

/// The first object of these octets: tag, value, what comes after it.
pub(super) fn object(octets: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let tag = if *octets.first()? & 0x1F == 0x1F {
        2
    } else {
        1
    };
    let (tag, rest) = octets.split_at_checked(tag)?;
    let (length, rest) = match *rest {
        [length @ 0..=0x7F, ref rest @ ..] => (usize::from(length), rest),
        [0x81, length, ref rest @ ..] => (usize::from(length), rest),
        [0x82, high, low, ref rest @ ..] => (usize::from(u16::from_be_bytes([high, low])), rest),
        _ => return None,
    };
    let (value, rest) = rest.split_at_checked(length)?;
    Some((tag, value, rest))
}

fn find<'o>(mut octets: &'o [u8], wanted: &[u8]) -> Option<&'o [u8]> {
    while !octets.is_empty() {
        let (tag, value, rest) = object(octets)?;
        if tag == wanted {
            return Some(value);
        }
        octets = rest;
    }
    None
}

/// The role and the public key of a certificate whose body the signer has signed.
pub(super) fn checked(signer: &[u8], body: &[u8], signature: &[u8]) -> Option<(u8, Vec<u8>)> {
    let (_, fields, _) = object(body)?;
    let [role] = *find(find(fields, &[0x7F, 0x4C])?, &[0x80])? else {
        return None;
    };
    let key = find(find(fields, &[0x7F, 0x49])?, &[0x81])?;
    verify_any(signer, body, signature).then(|| (role, key.to_vec()))
}

/// Whether the signature is one of the key, of the suite that its length tells.
pub(super) fn verify_any(public: &[u8], message: &[u8], signature: &[u8]) -> bool {
    match public.len() {
        GOST_OCTETS => verify(public, message, signature),
        rsa::OCTETS => rsa::verify(public, message, signature),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_one_of_its_key_and_message_only() {
        let key = PrivateKey::named("a");
        let signature = key.sign(b"message");
        assert!(verify(&key.public(), b"message", &signature));
        assert!(!verify(&key.public(), b"massage", &signature));
        assert!(!verify(
            &PrivateKey::named("b").public(),
            b"message",
            &signature
        ));
    }

    #[test]
    fn both_sides_agree() {
        let (card, terminal) = (PrivateKey::named("card"), PrivateKey::named("terminal"));
        let of = |own: &PrivateKey, other: &PrivateKey| own.agree(&other.public(), b"r", b"c");
        assert_eq!(of(&card, &terminal), of(&terminal, &card));
        assert!(of(&card, &terminal).is_some());
        let plain = |own: &PrivateKey, other: &PrivateKey| own.agree_plainly(&other.public());
        assert_eq!(plain(&card, &terminal), plain(&terminal, &card));
        assert!(plain(&card, &terminal).is_some());
    }
}
