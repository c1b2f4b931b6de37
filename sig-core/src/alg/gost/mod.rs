//! GOST R 34.10-2012 (RFC 7091) and GOST R 34.11-2012 (RFC 6986), and their predecessors of 2001 (RFC 5832) and
//! 1994 (RFC 5831).
//!
//! Verification handles public data only, so nothing here takes constant time.

#[cfg(target_arch = "x86_64")]
mod adx;
pub mod batch;
mod comb;
mod curve;
mod edwards;
mod field;
pub mod gost3410;
pub mod gost94;
mod inverse;
mod limbs;
mod montgomery;
pub mod parameters;
mod precomputed;
mod residue;
pub mod streebog;
mod weierstrass;
