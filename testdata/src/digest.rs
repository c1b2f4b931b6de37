use gost94::Gost94CryptoPro;
use md5::Md5;
use serde::Deserialize;
use sha1::Sha1;
use sha2::{Digest as _, Sha256, Sha512};
use shake::{ExtendableOutput as _, Shake256, Update as _, XofReader as _};
use streebog::{Streebog256, Streebog512};

use crate::oid::{self, Oid};

/// A digest algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Digest {
    #[serde(rename = "md5")]
    Md5,
    #[serde(rename = "sha-1")]
    Sha1,
    #[serde(rename = "sha-256")]
    Sha256,
    #[serde(rename = "sha-512")]
    Sha512,
    /// With 512 bits of output.
    #[serde(rename = "shake256")]
    Shake256,
    #[serde(rename = "streebog-256")]
    Streebog256,
    /// GOST R 34.11-94 with the S-box of RFC 4357 §11.2.
    #[serde(rename = "gost-94")]
    Gost94,
    #[serde(rename = "streebog-512")]
    Streebog512,
}

impl Digest {
    pub fn of(self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Md5 => Md5::digest(message).to_vec(),
            Self::Sha1 => Sha1::digest(message).to_vec(),
            Self::Sha256 => Sha256::digest(message).to_vec(),
            Self::Sha512 => Sha512::digest(message).to_vec(),
            Self::Gost94 => Gost94CryptoPro::digest(message).to_vec(),
            Self::Shake256 => {
                let mut value = vec![0; 64];
                Shake256::default()
                    .chain(message)
                    .finalize_xof()
                    .read(&mut value);
                value
            }
            Self::Streebog256 => Streebog256::digest(message).to_vec(),
            Self::Streebog512 => Streebog512::digest(message).to_vec(),
        }
    }

    pub fn oid(self) -> Oid {
        match self {
            Self::Md5 => oid::MD5,
            Self::Sha1 => oid::SHA1,
            Self::Sha256 => oid::SHA256,
            Self::Sha512 => oid::SHA512,
            Self::Gost94 => oid::GOST_94,
            Self::Shake256 => oid::SHAKE256,
            Self::Streebog256 => oid::STREEBOG_256,
            Self::Streebog512 => oid::STREEBOG_512,
        }
    }
}
