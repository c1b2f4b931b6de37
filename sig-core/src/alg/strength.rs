//! Which algorithms are strong enough when: what a key is, and the rows that a policy carries about it.

use std::fmt;

use super::dsa;
use super::ecdsa::{self, CURVES};
use super::gost::gost3410::named_parameters;
use super::gost::parameters::{self, Purpose};
use super::rsa::public_numbers;
use super::signature::SignatureScheme;
use super::spki::SubjectPublicKeyInfo;
use crate::der::oid::Oid;
use crate::der::oids;

pub use table::{Moments, Strength, StrengthRow, StrengthTable, Subject, TableRejected, Use};

mod table;

/// A kind of key.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum KeyFamily {
    /// RSA.
    Rsa,
    /// A point on a curve of short Weierstrass form over a prime field, for ECDSA.
    Ec,
    /// Ed25519.
    Ed25519,
    /// Ed448.
    Ed448,
    /// DSA.
    Dsa,
    /// GOST R 34.10-2001.
    Gost2001,
    /// GOST R 34.10-2012.
    Gost2012,
    /// Any other algorithm, which has this identifier.
    Other(Oid),
}

/// The families that rows may name, with the words they are named by.
const FAMILIES: &[(KeyFamily, &str)] = &[
    (KeyFamily::Rsa, "rsa"),
    (KeyFamily::Ec, "ec"),
    (KeyFamily::Ed25519, "ed25519"),
    (KeyFamily::Ed448, "ed448"),
    (KeyFamily::Dsa, "dsa"),
    (KeyFamily::Gost2001, "gost2001"),
    (KeyFamily::Gost2012, "gost2012"),
];

/// The schemes that rows may name: those between which a key of one family can be used.
const SCHEMES: [SignatureScheme; 2] = [SignatureScheme::RsaPkcs1, SignatureScheme::RsaPss];

/// The scheme that a row names.
#[must_use]
pub fn scheme_by_name(name: &str) -> Option<SignatureScheme> {
    SCHEMES.into_iter().find(|scheme| scheme.name() == name)
}

impl KeyFamily {
    /// The word for it in policies; none for keys that no row can name.
    #[must_use]
    pub fn word(self) -> Option<&'static str> {
        let mut families = FAMILIES.iter();
        families
            .find(|(family, _)| *family == self)
            .map(|(_, word)| *word)
    }

    /// The family of a word.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        let mut families = FAMILIES.iter();
        families
            .find(|(_, known)| *known == word)
            .map(|(family, _)| *family)
    }
}

/// What a public key is, as far as strength is concerned.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct KeyDescription {
    /// The kind of key.
    pub family: KeyFamily,
    /// Bits of the RSA or DSA modulus or of the order of the group; 0 if that cannot be told.
    pub bits: u32,
    /// The named parameters, for keys that have them.
    pub parameters: Option<Oid>,
    /// The parameters are those of published examples, whose keys are worthless.
    pub test_only: bool,
    /// The only scheme the key may be used with, when it says so itself.
    pub scheme: Option<SignatureScheme>,
}

/// Describes a key from its identifier and size, without checking that it is a valid one.
#[must_use]
pub fn describe_key(key: &SubjectPublicKeyInfo) -> KeyDescription {
    let algorithm = key.algorithm.algorithm;
    let plain = |family, bits, parameters| KeyDescription {
        family,
        bits,
        parameters,
        test_only: false,
        scheme: None,
    };
    match algorithm {
        oids::RSA => plain(KeyFamily::Rsa, modulus_bits(key), None),
        oids::RSA_PSS => KeyDescription {
            scheme: Some(SignatureScheme::RsaPss),
            ..plain(KeyFamily::Rsa, modulus_bits(key), None)
        },
        oids::EC => {
            let oid = ecdsa::named_curve(key);
            let curve = CURVES.iter().find(|curve| Some(curve.oid) == oid);
            plain(KeyFamily::Ec, curve.map_or(0, |curve| curve.bits), oid)
        }
        // Bits of the order, as for other curves.
        oids::ED25519 => plain(KeyFamily::Ed25519, 253, None),
        oids::ED448 => plain(KeyFamily::Ed448, 446, None),
        oids::DSA => plain(KeyFamily::Dsa, dsa::modulus_bits(key), None),
        oids::GOST2001 => gost(key, KeyFamily::Gost2001, 256),
        oids::GOST2012_256 => gost(key, KeyFamily::Gost2012, 256),
        oids::GOST2012_512 => gost(key, KeyFamily::Gost2012, 512),
        other => plain(KeyFamily::Other(other), 0, None),
    }
}

fn modulus_bits(key: &SubjectPublicKeyInfo) -> u32 {
    let Ok(numbers) = public_numbers(key) else {
        return 0;
    };
    let leading = numbers
        .modulus
        .first()
        .map_or(0, |first| first.leading_zeros());
    u32::try_from(8 * numbers.modulus.len()).map_or(0, |bits| bits - leading)
}

fn gost(key: &SubjectPublicKeyInfo, family: KeyFamily, bits: u32) -> KeyDescription {
    let parameters = named_parameters(&key.algorithm)
        .ok()
        .map(|named| named.public_key);
    let purpose = parameters
        .and_then(|oid| parameters::by_oid(&oid))
        .map(|set| set.purpose);
    KeyDescription {
        family,
        bits,
        parameters,
        test_only: purpose == Some(Purpose::Test),
        scheme: None,
    }
}

impl fmt::Display for KeyDescription {
    /// Such as `rsa-2048`, `ec-p256`, `gost2012-256-xcha`; parameters without a short name as their identifier.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.family {
            KeyFamily::Rsa => write!(f, "rsa-{}", self.bits),
            KeyFamily::Ec => write!(f, "ec-{}", self.parameters_name()),
            KeyFamily::Ed25519 => f.write_str("ed25519"),
            KeyFamily::Ed448 => f.write_str("ed448"),
            KeyFamily::Dsa => write!(f, "dsa-{}", self.bits),
            KeyFamily::Gost2001 => write!(f, "gost2001-{}", self.parameters_name()),
            KeyFamily::Gost2012 => write!(f, "gost2012-{}-{}", self.bits, self.parameters_name()),
            KeyFamily::Other(oid) => f.write_str(&oids::name(&oid)),
        }
    }
}

impl KeyDescription {
    fn parameters_name(&self) -> String {
        let Some(oid) = self.parameters else {
            return "unnamed".to_owned();
        };
        let curve = CURVES.iter().find(|curve| curve.oid == oid);
        let short_name = curve
            .map(|curve| curve.short_name)
            .or_else(|| parameters::by_oid(&oid).map(|set| set.short_name));
        short_name.map_or_else(|| oid.to_string(), str::to_owned)
    }
}

#[cfg(test)]
mod tests;
