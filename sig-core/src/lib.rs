//! Reads CMS, CAdES and X.509 and says what is proven about a signature.

pub mod alg;
pub mod base;
pub mod der;
pub mod finding;

pub use base::error::Error;
pub use base::limits::{Budget, Limits};
pub use base::time::UnixTime;
