//! The gRPC face: one file a service. Only `convert` and `status` see both
//! messages and domain values.

pub mod accounts;
pub mod confirmation;
mod convert;
pub mod limits;
mod status;
pub mod verification;

pub use status::DOMAIN;
