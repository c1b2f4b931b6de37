//! Certification paths (RFC 5280 §6).

pub mod build;
mod dns;
pub mod host;
pub mod inputs;
mod name_constraints;
mod policy_graph;
pub mod pool;
pub mod validate;
