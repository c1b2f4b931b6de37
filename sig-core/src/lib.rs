//! Reads CMS, CAdES and X.509 and says what is proven about a signature.

pub mod alg;
pub mod base;
pub mod cms;
pub mod der;
pub mod finding;
pub mod path;
pub mod report;
pub mod trust;
pub mod validate;
pub mod x509;

pub use base::error::Error;
pub use base::limits::{Budget, Limits};
pub use base::time::UnixTime;
pub use validate::Validator;
pub use validate::evidence::{Evidence, Material};
pub use validate::policy::Policy;
