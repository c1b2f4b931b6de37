//! Which algorithms are strong enough when: what a key is, and the rows that a policy carries about it.

use std::fmt;

use super::ecdsa::CURVES;
use super::gost::parameters;
use super::provider::{FAMILIES, KEY_AGREEMENT, SCHEMES};
use super::scheme::Shown;
use super::signature::SignatureScheme;
use super::spki::SubjectPublicKeyInfo;
use crate::der::oid::Oid;
use crate::der::oids;

pub use table::{Moments, Strength, StrengthRow, StrengthTable, Subject, TableRejected, Use};

mod table;

pub use super::provider::KeyFamily;

/// The schemes that rows may name: those between which a key of one family can be used.
const BY_SCHEME: [SignatureScheme; 2] = [SignatureScheme::RsaPkcs1, SignatureScheme::RsaPss];

/// The scheme that a row names.
#[must_use]
pub fn scheme_by_name(name: &str) -> Option<SignatureScheme> {
    BY_SCHEME.into_iter().find(|scheme| scheme.name() == name)
}

impl KeyFamily {
    /// The word for it in policies; none for keys that no row can name.
    #[must_use]
    pub fn word(self) -> Option<&'static str> {
        let mut families = FAMILIES.iter();
        families
            .find(|(family, ..)| *family == self)
            .map(|(_, word, _)| *word)
    }

    /// The family of a word.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        let mut families = FAMILIES.iter();
        families
            .find(|(_, known, _)| *known == word)
            .map(|(family, ..)| *family)
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
    if let Some(scheme) = SCHEMES.iter().find(|row| row.keys.contains(&algorithm)) {
        return (scheme.describe)(key);
    }
    match KEY_AGREEMENT.iter().find(|(oid, ..)| *oid == algorithm) {
        Some((_, family, bits)) => KeyDescription::new(*family, *bits),
        None => KeyDescription::new(KeyFamily::Other(algorithm), 0),
    }
}

impl fmt::Display for KeyDescription {
    /// Such as `rsa-2048`, `ec-p256`, `gost2012-256-xcha`; parameters without a short name as their identifier.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let row = FAMILIES.iter().find(|(family, ..)| *family == self.family);
        let Some((_, word, shown)) = row else {
            return match self.family {
                KeyFamily::Other(oid) => f.write_str(&oids::name(&oid)),
                _ => f.write_str("unknown"),
            };
        };
        f.write_str(word)?;
        if matches!(shown, Shown::Bits | Shown::BitsAndParameters) {
            write!(f, "-{}", self.bits)?;
        }
        if matches!(shown, Shown::Parameters | Shown::BitsAndParameters) {
            write!(f, "-{}", self.parameters_name())?;
        }
        Ok(())
    }
}

impl KeyDescription {
    /// A key without parameters that may be used by every scheme of its family.
    pub(super) const fn new(family: KeyFamily, bits: u32) -> Self {
        Self {
            family,
            bits,
            parameters: None,
            test_only: false,
            scheme: None,
        }
    }

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
