//! Which algorithms were strong enough when: data with sources, judged at a proven time.

use std::fmt;

use super::digest::DigestId;
use super::dsa;
use super::ecdsa::{self, CURVES};
use super::gost::gost3410::named_parameters;
use super::gost::parameters::{self, Purpose};
use super::rsa::public_numbers;
use super::spki::SubjectPublicKeyInfo;
use crate::base::time::UnixTime;
use crate::der::oid::Oid;
use crate::der::oids;

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
    };
    match algorithm {
        oids::RSA | oids::RSA_PSS => plain(KeyFamily::Rsa, modulus_bits(key), None),
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

/// What a row is about.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Subject {
    /// A digest.
    Digest(DigestId),
    /// Keys of a family from this many bits on, up to the next row of the family.
    Key(KeyFamily, u32),
}

/// How long something is acceptable.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct StrengthRow {
    /// What the row is about.
    pub subject: Subject,
    /// The first instant at which it is; none means always.
    pub from: Option<UnixTime>,
    /// The first instant at which it no longer is; none means without a known end.
    pub until: Option<UnixTime>,
    /// Where that is written.
    pub source: &'static str,
}

/// A judgement about strength.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Strength {
    /// Acceptable at that time.
    Acceptable,
    /// Not acceptable since this instant.
    NotAcceptableSince(UnixTime),
    /// Nothing is known that would make it acceptable at that time, so it is not.
    Unknown,
}

const TS_119_312: &str = "ETSI TS 119 312 V1.5.1";
const TS_102_176: &str = "ETSI TS 102 176-1 V2.1.1";
/// With SHA-512 for Ed25519 and SHAKE256 for Ed448.
const FIPS_186_5: &str = "FIPS 186-5 §7";
const GOST_34_10: &str = "GOST R 34.10-2012, GOST R 34.11-2012, in force from 2013-01-01";
const FSB_TRANSITION: &str = "FSB 149/7/1/3-58 of 2014-01-31: not for signing after 2018-12-31";

/// 2004-08-01.
const AUGUST_2004: UnixTime = UnixTime::from_seconds(1_091_318_400);
/// 2012-08-01.
const AUGUST_2012: UnixTime = UnixTime::from_seconds(1_343_779_200);
/// 2013-01-01 in Moscow, which was at UTC+4.
const GOST_2012_BEGIN: UnixTime = UnixTime::from_seconds(1_356_984_000);
/// 2019-01-01 in Moscow.
const GOST_2001_END: UnixTime = UnixTime::from_seconds(1_546_290_000);
/// 2019-10-01.
const OCTOBER_2019: UnixTime = UnixTime::from_seconds(1_569_888_000);
/// 2029-01-01.
const JANUARY_2029: UnixTime = UnixTime::from_seconds(1_861_920_000);

/// The built-in table. Small RSA and elliptic-curve keys and DSA have no row.
pub const STANDARD: &[StrengthRow] = &[
    digest(DigestId::Md5, Some(AUGUST_2004), TS_102_176),
    digest(DigestId::Sha1, Some(AUGUST_2012), TS_119_312),
    digest(DigestId::Sha224, Some(JANUARY_2029), TS_119_312),
    digest(DigestId::Sha256, None, TS_119_312),
    digest(DigestId::Sha384, None, TS_119_312),
    digest(DigestId::Sha512, None, TS_119_312),
    digest(DigestId::Sha3_256, None, TS_119_312),
    digest(DigestId::Sha3_384, None, TS_119_312),
    digest(DigestId::Sha3_512, None, TS_119_312),
    digest(DigestId::Shake256, None, FIPS_186_5),
    digest(DigestId::Gost94, Some(GOST_2001_END), FSB_TRANSITION),
    since(Subject::Digest(DigestId::Streebog256)),
    since(Subject::Digest(DigestId::Streebog512)),
    key(KeyFamily::Rsa, 1024, Some(OCTOBER_2019), TS_119_312),
    key(KeyFamily::Rsa, 1900, Some(JANUARY_2029), TS_119_312),
    // PKCS #1 v1.5 ends for every size. From 3000 bits on PSS has no end in the source, but rows are about
    // keys, which do not say their scheme: the earlier end holds for both.
    key(KeyFamily::Rsa, 3000, Some(JANUARY_2029), TS_119_312),
    // P-256, P-384, P-521 and brainpool P256r1, P384r1, P512r1: all curves that signatures are verified on.
    key(KeyFamily::Ec, 256, None, TS_119_312),
    key(KeyFamily::Ed25519, 253, None, FIPS_186_5),
    key(KeyFamily::Ed448, 446, None, FIPS_186_5),
    key(
        KeyFamily::Gost2001,
        256,
        Some(GOST_2001_END),
        FSB_TRANSITION,
    ),
    since(Subject::Key(KeyFamily::Gost2012, 256)),
    since(Subject::Key(KeyFamily::Gost2012, 512)),
];

const fn digest(id: DigestId, until: Option<UnixTime>, source: &'static str) -> StrengthRow {
    StrengthRow {
        subject: Subject::Digest(id),
        from: None,
        until,
        source,
    }
}

const fn key(
    family: KeyFamily,
    bits: u32,
    until: Option<UnixTime>,
    source: &'static str,
) -> StrengthRow {
    StrengthRow {
        subject: Subject::Key(family, bits),
        from: None,
        until,
        source,
    }
}

const fn since(subject: Subject) -> StrengthRow {
    StrengthRow {
        subject,
        from: Some(GOST_2012_BEGIN),
        until: None,
        source: GOST_34_10,
    }
}

/// The row about a digest.
#[must_use]
pub fn digest_row(table: &[StrengthRow], id: DigestId) -> Option<&StrengthRow> {
    table.iter().find(|row| row.subject == Subject::Digest(id))
}

/// The row about keys of this family and size: the one with the most bits that the key still has.
#[must_use]
pub fn key_row<'a>(table: &'a [StrengthRow], key: &KeyDescription) -> Option<&'a StrengthRow> {
    let bits = |row: &&StrengthRow| match row.subject {
        Subject::Key(family, bits) if family == key.family && bits <= key.bits => Some(bits),
        Subject::Key(..) | Subject::Digest(_) => None,
    };
    table
        .iter()
        .filter(|row| bits(row).is_some())
        .max_by_key(bits)
}

/// Judges a digest at a time.
#[must_use]
pub fn judge_digest(table: &[StrengthRow], id: DigestId, at: UnixTime) -> Strength {
    digest_row(table, id).map_or(Strength::Unknown, |row| row.judge(at))
}

/// Judges a key at a time. Whether test parameters are allowed is for the policy to say.
#[must_use]
pub fn judge_key(table: &[StrengthRow], key: &KeyDescription, at: UnixTime) -> Strength {
    key_row(table, key).map_or(Strength::Unknown, |row| row.judge(at))
}

impl StrengthRow {
    /// Judges what the row is about at a time.
    #[must_use]
    pub fn judge(&self, at: UnixTime) -> Strength {
        match (self.from, self.until) {
            (Some(from), _) if at < from => Strength::Unknown,
            (_, Some(until)) if at >= until => Strength::NotAcceptableSince(until),
            _ => Strength::Acceptable,
        }
    }
}

#[cfg(test)]
mod tests;
