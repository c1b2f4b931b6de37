//! Digest and signature algorithms, and the tables of them.

#[cfg(feature = "openssl")]
pub mod differential;
pub mod digest;
pub mod dsa;
pub mod ecdsa;
pub mod eddsa;
pub mod gost;
pub mod hmac;
pub mod identifier;
mod integer;
pub mod keyring;
#[cfg(feature = "openssl")]
pub mod openssl;
pub mod provider;
pub mod rsa;
mod scheme;
pub mod sha;
pub mod signature;
pub mod spki;
pub mod strength;
pub mod verified;

#[cfg(test)]
mod testing;
