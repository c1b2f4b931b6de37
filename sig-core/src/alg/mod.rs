//! Digest and signature algorithms, and the tables of them.

pub mod digest;
pub mod gost;
pub mod identifier;
pub mod provider;
pub mod sha;
pub mod signature;
pub mod spki;
