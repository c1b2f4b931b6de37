//! Card verifiable certificates of the card and of terminals (tag 7F21).

use std::fmt;

use super::application::{FormatError, child, exactly, only, single};
use super::field::CardDate;
use crate::apdu::Tag;
use crate::language::Text;

const CERTIFICATE: Tag = Tag(0x7F21);
const BODY: Tag = Tag(0x7F4E);
const SIGNATURE: Tag = Tag(0x5F37);
const PROFILE: Tag = Tag(0x5F29);
const ISSUER: Tag = Tag(0x42);
const SUBJECT: Tag = Tag(0x5F20);
const PUBLIC_KEY: Tag = Tag(0x7F49);
const ROLE: Tag = Tag(0x7F4C);
const EFFECTIVE: Tag = Tag(0x5F25);
const EXPIRES: Tag = Tag(0x5F24);
/// Inside a public key: point or modulus, exponent.
const KEY: Tag = Tag(0x81);
const EXPONENT: Tag = Tag(0x82);
/// Public keys as files hold them.
const FILE_GOST: Tag = Tag(0xEA);
const FILE_RSA: Tag = Tag(0xEB);

/// Octets of a GOST public key, and of an RSA modulus.
const GOST_OCTETS: usize = 64;
const RSA_OCTETS: std::ops::RangeInclusive<usize> = 96..=512;
/// Most octets of a name, and of a signature.
const MOST_NAME: usize = 64;
const MOST_SIGNATURE: usize = 512;

/// A card verifiable certificate. `Debug` shows no subject and no key: the subject of a card is a person.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CardVerifiableCertificate {
    /// Profile of the certificate (5F29).
    pub profile: u8,
    /// Name of the issuer (42).
    pub issuer: Vec<u8>,
    /// Name of the subject (5F20): number of the card and of the person's insurance for a card, capabilities for a
    /// terminal. It is personal.
    pub subject: Vec<u8>,
    /// Public key (7F49).
    pub public_key: PublicKey,
    /// Whose it is (7F4C, 80).
    pub role: Role,
    /// Rights (7F4C, 81).
    pub rights: Vec<u8>,
    /// Version of the key (7F4C, 82).
    pub key_version: Option<u8>,
    /// Purpose of the key (7F4C, 83).
    pub purpose: Option<u8>,
    /// First day (5F25).
    pub effective: CardDate,
    /// Last day (5F24).
    pub expires: CardDate,
    /// What is signed: the object 7F4E.
    pub body: Vec<u8>,
    /// The object 5F37 that holds the signature.
    pub signature: Vec<u8>,
}

/// A public key of a card or terminal.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PublicKey {
    /// The coordinates of a point of GOST R 34.10-2001.
    Gost([u8; GOST_OCTETS]),
    /// Modulus and public exponent.
    Rsa {
        /// Modulus, big-endian.
        modulus: Vec<u8>,
        /// 3 or 65537.
        exponent: u32,
    },
}

/// Whose certificate it is (7F4C, 80).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Role {
    /// 1: certification authority.
    Authority,
    /// 2: issuer of cards.
    Issuer,
    /// 3: provider of services.
    ServiceProvider,
    /// 4: operator of the channel.
    ChannelOperator,
    /// 5: application of identification.
    Application,
    /// 6: security module.
    SecurityModule,
    /// 7: terminal.
    Terminal,
}

impl CardVerifiableCertificate {
    /// Reads a certificate. The signature is not checked: it belongs to a root that is published nowhere.
    ///
    /// # Errors
    /// [`FormatError`]: every object is there once with its length, nothing follows the last.
    pub fn read(octets: &[u8]) -> Result<Self, FormatError> {
        let certificate = single(octets)?;
        if certificate.tag != CERTIFICATE {
            return Err(FormatError::Missing(CERTIFICATE));
        }
        let required = |level, tag| only(level, tag)?.ok_or(FormatError::Missing(tag));
        let body = required(certificate.value, BODY)?;
        let signature = required(certificate.value, SIGNATURE)?;
        if !(1..=MOST_SIGNATURE).contains(&signature.len()) {
            return Err(FormatError::Value(SIGNATURE));
        }
        let named = |tag| {
            let value = required(body, tag)?;
            match value.len() {
                1..=MOST_NAME => Ok(value.to_vec()),
                _ => Err(FormatError::Value(tag)),
            }
        };
        let date = |tag| CardDate::from_yymmdd(child(body, tag)?).ok_or(FormatError::Date(tag));
        let [profile] = child(body, PROFILE)?;
        let about = required(body, ROLE)?;
        let [role] = child(about, Tag(0x80))?;
        let octet = |tag| match only(about, tag)? {
            None => Ok(None),
            Some(value) => exactly::<1>(tag, value).map(|[octet]| Some(octet)),
        };
        Ok(CardVerifiableCertificate {
            profile,
            issuer: named(ISSUER)?,
            subject: named(SUBJECT)?,
            public_key: PublicKey::read(required(body, PUBLIC_KEY)?)?,
            role: Role::of(role).ok_or(FormatError::Value(ROLE))?,
            rights: only(about, Tag(0x81))?.unwrap_or_default().to_vec(),
            key_version: octet(Tag(0x82))?,
            purpose: octet(Tag(0x83))?,
            effective: date(EFFECTIVE)?,
            expires: date(EXPIRES)?,
            body: object(certificate.value, BODY)?,
            signature: object(certificate.value, SIGNATURE)?,
        })
    }

    /// What a terminal can do: its subject.
    #[must_use]
    pub fn terminal_information(&self) -> Option<[u8; 16]> {
        let subject = self.subject.as_slice().try_into().ok()?;
        (self.role == Role::Terminal).then_some(subject)
    }
}

/// The object of this tag with tag and length.
fn object(level: &[u8], tag: Tag) -> Result<Vec<u8>, FormatError> {
    let objects = crate::apdu::Tlv::all(level)?;
    let found = objects.into_iter().find(|object| object.tag == tag);
    found
        .map(|object| object.octets.to_vec())
        .ok_or(FormatError::Missing(tag))
}

impl PublicKey {
    /// Reads the objects 81 and 82: with an exponent the key is one of RSA.
    fn read(objects: &[u8]) -> Result<Self, FormatError> {
        let key = only(objects, KEY)?.ok_or(FormatError::Missing(KEY))?;
        let Some(exponent) = only(objects, EXPONENT)? else {
            return exactly(KEY, key).map(PublicKey::Gost);
        };
        let value = match exponent {
            [.., _] if exponent.len() <= 4 => exponent
                .iter()
                .fold(0, |sum, octet| sum << 8 | u32::from(*octet)),
            _ => return Err(FormatError::Value(EXPONENT)),
        };
        PublicKey::rsa(key, value)
    }

    fn rsa(modulus: &[u8], exponent: u32) -> Result<Self, FormatError> {
        if !matches!(exponent, 3 | 65_537) {
            return Err(FormatError::Value(EXPONENT));
        }
        if !RSA_OCTETS.contains(&modulus.len()) {
            return Err(FormatError::Value(KEY));
        }
        Ok(PublicKey::Rsa {
            modulus: modulus.to_vec(),
            exponent,
        })
    }

    /// Name for people, in Russian and English.
    pub(super) fn names(&self) -> (String, String) {
        match self {
            PublicKey::Gost(_) => ("ГОСТ".to_owned(), "GOST".to_owned()),
            PublicKey::Rsa { modulus, exponent } => {
                let bits = modulus.len() * 8;
                (
                    format!("RSA, {bits} бит, показатель {exponent}"),
                    format!("RSA, {bits} bits, exponent {exponent}"),
                )
            }
        }
    }

    /// Reads the file of the application's public key: `EA` or `EB`.
    ///
    /// # Errors
    /// [`FormatError`].
    pub fn from_file(octets: &[u8]) -> Result<Self, FormatError> {
        let object = single(octets)?;
        match object.tag {
            FILE_GOST | FILE_RSA => {}
            _ => return Err(FormatError::Missing(FILE_GOST)),
        }
        let key = PublicKey::read(object.value)?;
        let is_gost = matches!(key, PublicKey::Gost(_));
        if is_gost == (object.tag == FILE_GOST) {
            Ok(key)
        } else {
            Err(FormatError::Value(object.tag))
        }
    }

    /// The file of a Micron chip: 64 octets of a point, or 128 of a modulus whose exponent is 65537.
    ///
    /// # Errors
    /// [`FormatError::Value`] for another length.
    pub fn from_untagged(octets: &[u8]) -> Result<Self, FormatError> {
        match octets.len() {
            GOST_OCTETS => exactly(KEY, octets).map(PublicKey::Gost),
            128 => PublicKey::rsa(octets, 65_537),
            _ => Err(FormatError::Value(KEY)),
        }
    }
}

impl Role {
    fn of(number: u8) -> Option<Self> {
        Some(match number {
            1 => Role::Authority,
            2 => Role::Issuer,
            3 => Role::ServiceProvider,
            4 => Role::ChannelOperator,
            5 => Role::Application,
            6 => Role::SecurityModule,
            7 => Role::Terminal,
            _ => return None,
        })
    }

    /// Name for people.
    #[must_use]
    pub fn text(self) -> Text {
        let (ru, en) = match self {
            Role::Authority => ("удостоверяющий центр", "certification authority"),
            Role::Issuer => ("эмитент", "issuer"),
            Role::ServiceProvider => ("поставщик услуг", "service provider"),
            Role::ChannelOperator => ("оператор канала обслуживания", "channel operator"),
            Role::Application => ("ИД-приложение", "identification application"),
            Role::SecurityModule => ("модуль безопасности", "security module"),
            Role::Terminal => ("терминал", "terminal"),
        };
        Text { ru, en }
    }
}

impl fmt::Debug for CardVerifiableCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "CardVerifiableCertificate({:?}, subject of {} octets, {:?}, {} to {})",
            self.role,
            self.subject.len(),
            self.public_key,
            self.effective,
            self.expires
        )
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PublicKey::Gost(_) => write!(f, "GOST"),
            PublicKey::Rsa { modulus, exponent } => {
                write!(f, "RSA of {} bits, exponent {exponent}", modulus.len() * 8)
            }
        }
    }
}

#[cfg(test)]
mod tests;
