//! CMS and CAdES as values (RFC 5652, EN 319 122-1).

pub mod attribute;
pub mod build;
pub mod bundle;
pub mod cades;
pub mod coverage;
pub mod digest_input;
pub mod evidence_record;
pub mod hash_index;
pub mod references;
pub mod signed_data;
pub mod signer_info;
pub mod signing_certificate;
pub mod stream;
pub mod time_stamp;
pub mod time_stamp_response;
pub mod transport;
pub mod validation_data;
pub mod values;
