//! GOST R 34.10-2012 signatures (RFC 7091 §6.1) with a nonce derived from key and digest, as
//! RFC 6979 does for ECDSA, so that a signature is a function of its declaration.

use num_bigint::BigUint;

use super::DigestParameter;
use super::curve::ParameterSet;
use crate::digest::Digest;
use crate::error::Error;
use crate::oid::{self, Oid};
use crate::{der, seed};

/// The edition of GOST R 34.10 whose names and digest a key uses; the mathematics is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edition {
    Of2001,
    Of2012,
}

pub struct GostKey {
    edition: Edition,
    set: ParameterSet,
    digest_parameter: DigestParameter,
    d: BigUint,
    public: (BigUint, BigUint),
}

impl GostKey {
    pub fn derive(
        key_seed: &[u8],
        set: ParameterSet,
        digest_parameter: DigestParameter,
        edition: Edition,
    ) -> Result<Self, Error> {
        let d = scalar(key_seed, b"gost private key", &set.curve().q);
        let key = Self::from_private(d, set, digest_parameter)?;
        Ok(Self { edition, ..key })
    }

    fn from_private(
        d: BigUint,
        set: ParameterSet,
        digest_parameter: DigestParameter,
    ) -> Result<Self, Error> {
        let public = set
            .curve()
            .multiply_base(&d)
            .ok_or_else(|| Error::value("GOST key", "zero"))?;
        Ok(Self {
            edition: Edition::Of2012,
            set,
            digest_parameter,
            d,
            public,
        })
    }

    pub fn octets(&self) -> usize {
        self.set.octets()
    }

    pub fn oid(&self) -> Oid {
        match (self.edition, self.octets()) {
            (Edition::Of2001, _) => oid::GOST_2001,
            (Edition::Of2012, 64) => oid::GOST_2012_512,
            (Edition::Of2012, _) => oid::GOST_2012_256,
        }
    }

    pub fn combined_oid(&self) -> Oid {
        match (self.edition, self.octets()) {
            (Edition::Of2001, _) => oid::GOST_2001_WITH_GOST_94,
            (Edition::Of2012, 64) => oid::GOST_2012_512_WITH_STREEBOG,
            (Edition::Of2012, _) => oid::GOST_2012_256_WITH_STREEBOG,
        }
    }

    pub fn digest(&self) -> Digest {
        match (self.edition, self.octets()) {
            (Edition::Of2001, _) => Digest::Gost94,
            (Edition::Of2012, 64) => Digest::Streebog512,
            (Edition::Of2012, _) => Digest::Streebog256,
        }
    }

    /// OCTET STRING with x and y, each little-endian.
    pub fn public_key_octets(&self) -> Vec<u8> {
        let (x, y) = &self.public;
        let mut octets = self.fixed(x);
        octets.reverse();
        let mut last = self.fixed(y);
        last.reverse();
        octets.append(&mut last);
        der::octet_string(&octets)
    }

    /// Parameters in `SubjectPublicKeyInfo`.
    pub fn parameters(&self) -> Option<Vec<u8>> {
        let curve = der::object_identifier(&self.set.oid());
        let digest = match self.edition {
            Edition::Of2001 => oid::GOST_94_CRYPTOPRO,
            Edition::Of2012 => self.digest().oid(),
        };
        match self.digest_parameter {
            DigestParameter::Present => {
                Some(der::sequence(&[curve, der::object_identifier(&digest)]))
            }
            DigestParameter::Absent => Some(der::sequence(&[curve])),
            DigestParameter::NoParameters => None,
        }
    }

    /// `s || r`, each big-endian and of full length.
    pub fn sign_digest(&self, digest: &[u8]) -> Vec<u8> {
        let q = &self.set.curve().q;
        let mut attempt = 0u32;
        loop {
            let label = [b"gost nonce", digest, &attempt.to_be_bytes()].concat();
            let k = scalar(&self.d.to_bytes_be(), &label, q);
            if let Some(signature) = self.sign_with_nonce(digest, &k) {
                return signature;
            }
            attempt += 1;
        }
    }

    fn sign_with_nonce(&self, digest: &[u8], k: &BigUint) -> Option<Vec<u8>> {
        let curve = self.set.curve();
        let q = &curve.q;
        let mut e = BigUint::from_bytes_le(digest) % q;
        if e == BigUint::ZERO {
            e = BigUint::from(1u8);
        }
        let (x, _) = curve.multiply_base(k)?;
        let r = x % q;
        let s = (&r * &self.d + k * e) % q;
        if r == BigUint::ZERO || s == BigUint::ZERO {
            return None;
        }
        Some([self.fixed(&s), self.fixed(&r)].concat())
    }

    pub fn group_order(&self) -> Vec<u8> {
        self.fixed(&self.set.curve().q)
    }

    fn fixed(&self, value: &BigUint) -> Vec<u8> {
        let octets = value.to_bytes_be();
        [vec![0; self.octets().saturating_sub(octets.len())], octets].concat()
    }
}

/// A number from 1 to q - 1; 128 bits beyond the length of q leave no bias worth a word.
fn scalar(key: &[u8], label: &[u8], q: &BigUint) -> BigUint {
    let octets = seed::derive(key, label, q.to_bytes_be().len() + 16);
    BigUint::from_bytes_be(&octets) % (q - 1u8) + 1u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> BigUint {
        BigUint::parse_bytes(text.as_bytes(), 16).unwrap()
    }

    /// The worked example of RFC 7091 §7.1.
    #[test]
    fn rfc_7091_7_1_example() {
        let d = number("7a929ade789bb9be10ed359dd39a72c11b60961f49397eee1d19ce9891ec3b28");
        let key = GostKey::from_private(d, ParameterSet::Test, DigestParameter::Present).unwrap();
        let x = number("7f2b49e270db6d90d8595bec458b50c58585ba1d4e9b788f6689dbd8e56fd80b");
        assert_eq!(key.public.0, x);
        let mut digest =
            hex::decode("2dfbc1b372d89a1188c09c52e0eec61fce52032ab1022e8e67ece6672b043ee5")
                .unwrap();
        digest.reverse();
        let k = number("77105c9b20bcd3122823c8cf6fcc7b956de33814e95b7fe64fed924594dceab3");
        let signature = key.sign_with_nonce(&digest, &k).unwrap();
        let s = "01456c64ba4642a1653c235a98a60249bcd6d3f746b631df928014f6c5bf9c40";
        let r = "41aa28d2f1ab148280cd9ed56feda41974053554a42767b83ad043fd39dc0493";
        assert_eq!(hex::encode(signature), format!("{s}{r}"));
    }

    #[test]
    fn a_signature_depends_on_key_and_digest_only() {
        let key = |seed: &[u8]| {
            let set = ParameterSet::Tc26A512;
            GostKey::derive(seed, set, DigestParameter::Absent, Edition::Of2012).unwrap()
        };
        assert_eq!(
            key(b"one").sign_digest(&[7; 64]),
            key(b"one").sign_digest(&[7; 64])
        );
        assert_ne!(
            key(b"one").sign_digest(&[7; 64]),
            key(b"one").sign_digest(&[8; 64])
        );
        assert_ne!(
            key(b"one").sign_digest(&[7; 64]),
            key(b"two").sign_digest(&[7; 64])
        );
    }
}
