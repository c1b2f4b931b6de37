//! Certificates, CRLs and OCSP responses as values, one structure a file (RFC 5280, RFC 6960).

pub mod authentic;
pub mod cache;
pub mod certificate;
pub mod crl;
pub mod crl_index;
pub mod crl_number;
pub mod crl_stream;
pub mod extension;
pub mod name;
pub mod name_match;
pub mod ocsp;
pub mod signed;

#[cfg(test)]
mod testing;
