//! The citizen that the demonstration plays, and what the daemon trusts in it.

use crate::error::Error;
use crate::person::Person;
use crate::pki::{self, Pki};
use crate::token::Token;

/// Name of the demonstration PKI.
pub const PKI: &str = "ru-demo";
/// Id of the citizen and of the citizen's certificate.
pub const CITIZEN: &str = "citizen";

/// The demonstration PKI.
///
/// # Errors
/// When the declaration cannot be made.
pub fn pki() -> Result<&'static Pki, Error> {
    pki::named(PKI)
}

/// The claims of the citizen's account; they match the certificate on the token.
///
/// # Errors
/// When the declaration cannot be made.
pub fn citizen() -> Result<&'static Person, Error> {
    pki()?.person(CITIZEN)
}

/// The citizen's token.
///
/// # Errors
/// When the declaration cannot be made.
pub fn token() -> Result<Token<'static>, Error> {
    pki()?.token(CITIZEN)
}
