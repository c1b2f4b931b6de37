//! Reads CMS, CAdES and X.509 and says what is proven about a signature.
//!
//! The library is pure: no clock, network, file, environment, log or randomness. Time, trust and evidence are
//! arguments; the same inputs give the same report, octet for octet. A bad signature is a report with findings,
//! never an error; an error means that nothing was judged.
//!
//! ```
//! use sig_core::alg::provider::RUSTCRYPTO;
//! use sig_core::{Evidence, Limits, Material, Policy, UnixTime, Validator};
//!
//! # fn main() -> Result<(), sig_core::Error> {
//! let limits = Limits::STANDARD;
//! let validator = Validator { algorithms: &RUSTCRYPTO, policy: Policy::builtin("etsi-ades")?, limits };
//! let evidence = Evidence::parse(b"not a signature", &limits)?.with_material(Material::default());
//! let report = validator.validate(evidence, UnixTime::from_seconds(1_795_302_000))?;
//! assert!(sig_core::report::json::write(&report).contains("NO_SIGNATURE"));
//! # Ok(())
//! # }
//! ```
//!
//! The layers, each of which may use those to its left: [`base`], [`der`], [`finding`], [`alg`], [`x509`],
//! [`profile`], [`path`], [`cms`], [`trust`], [`report`], [`validate`].

pub mod alg;
pub mod base;
pub mod cms;
pub mod der;
pub mod finding;
pub mod path;
pub mod profile;
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
