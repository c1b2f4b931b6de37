//! Certificates and CRLs as values, one structure a file (RFC 5280).

pub mod certificate;
pub mod crl;
pub mod crl_index;
pub mod crl_number;
pub mod extension;
pub mod name;
pub mod name_match;
pub mod signed;
