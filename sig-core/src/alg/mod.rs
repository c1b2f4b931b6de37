//! Digest and signature algorithms, and the tables of them.

pub mod digest;
pub mod identifier;
pub mod signature;
pub mod spki;
