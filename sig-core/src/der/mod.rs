//! BER and DER without copying: elements with offsets, read under a budget.

pub mod element;
pub(crate) mod hole;
pub mod octets;
pub mod oid;
pub mod oids;
pub mod reader;
pub mod string;
pub mod tag;
pub mod time;
pub mod transcode;
pub mod value;
pub mod writer;
