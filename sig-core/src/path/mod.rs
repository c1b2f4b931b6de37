//! Certification paths (RFC 5280 §6).

pub mod build;
pub mod validate;
