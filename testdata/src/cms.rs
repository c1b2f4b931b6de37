//! CMS SignedData (RFC 5652) as a token writes it, and every way a case wants it wrong.

mod attribute;
pub mod countersignature;
mod envelope;
pub mod signed_extra;
mod signer;
pub mod variant;

pub(crate) use envelope::{Plan, signed_data};
pub use variant::Variant;
