//! Certificates and CRLs as values, one structure a file (RFC 5280).

pub mod authentic;
pub mod certificate;
pub mod crl;
pub mod crl_index;
pub mod extension;
pub mod name;
pub mod name_match;
pub mod signed;
