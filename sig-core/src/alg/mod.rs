//! Digest and signature algorithms, and the tables of them.

#[cfg(feature = "openssl")]
pub mod differential;
pub mod digest;
pub mod ecdsa;
pub mod gost;
pub mod identifier;
mod integer;
pub mod keyring;
#[cfg(feature = "openssl")]
pub mod openssl;
pub mod provider;
pub mod rsa;
pub mod sha;
pub mod signature;
pub mod spki;
pub mod strength;

#[cfg(test)]
mod testing;
