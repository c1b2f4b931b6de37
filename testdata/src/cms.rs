//! CMS SignedData (RFC 5652) as a token writes it, and every way a case wants it wrong.

mod attribute;
mod envelope;
mod signer;
pub mod variant;

pub(crate) use envelope::{Plan, signed_data};
pub use variant::Variant;
