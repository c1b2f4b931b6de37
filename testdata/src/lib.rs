//! Generated test PKIs, signatures and lists.
//!
//! A PKI is declared in `testdata/pki/*.toml`: keys by seed, people, certificates, CRLs, OCSP responses,
//! time stamps. The generator turns a declaration into the same octets on every machine and at every
//! time: it has its own DER writer and its own GOST R 34.10-2012, and shares no code with the verifier.
//!
//! ```
//! let pki = testdata::pki::named("ru-demo")?;
//! let token = pki.token("citizen")?;
//! let at = testdata::Timestamp(1_795_262_400);
//! let signature = token.sign_attached(b"content", at)?;
//! assert_eq!(signature, token.sign_attached(b"content", at)?);
//! # Ok::<(), testdata::Error>(())
//! ```

pub mod card;
pub mod cases;
mod certificate;
mod cms;
mod crl;
pub mod demo;
mod der;
mod digest;
mod error;
pub mod evidence_record;
mod extension;
mod generated;
mod key;
pub mod list;
mod name;
mod ocsp;
mod oid;
mod pem;
mod person;
pub mod pki;
mod seed;
mod timestamp;
mod token;
mod tsp;

pub use certificate::Certificate;
pub use cms::Variant;
pub use cms::variant;
pub use digest::Digest;
pub use error::Error;
pub use generated::{Difference, check, generate, write};
pub use pem::pem;
pub use person::{Passport, Person, Sex};
pub use pki::Pki;
pub use timestamp::Timestamp;
pub use token::{Form, Token};
