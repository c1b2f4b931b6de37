//! What the portal's accounts and applications are: values and rules, no
//! input or output.

pub mod account;
pub mod application;
pub mod attestation;
pub mod caller;
pub mod claims;
pub mod country;
pub mod deferral;
pub mod email;
pub mod enrolment;
pub mod identifiers;
pub mod ids;
pub mod matching;
pub mod names;
pub mod organisation;
pub mod origin;
pub mod postal_code;
pub mod reason;
pub mod sign_in;
pub mod time;
