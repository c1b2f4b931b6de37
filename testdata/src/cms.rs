//! CMS SignedData (RFC 5652) as a token writes it, and every way a case wants it wrong.

pub mod archive;
mod attribute;
pub mod countersignature;
mod envelope;
pub mod hostile;
pub mod signed_extra;
mod signer;
mod unsigned;
pub mod validation_data;
pub mod variant;

#[cfg(test)]
mod tests;

pub(crate) use envelope::{Plan, signed_data};
pub use variant::Variant;
