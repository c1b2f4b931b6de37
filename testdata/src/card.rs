//! Cards that exist as programs only: what a card says to each command, as pure state machines.
//!
//! An emulator is a [`Card`]: octets in, octets out, no clock and no thread. [`vpcd::play`] puts it into a virtual
//! reader, so that a real card service and other programs read the same emulator that tests call directly. What comes
//! to [`Card::answer`] is what a reader passes on: with T=0 a command with data has no Le, and the answer waits for
//! GET RESPONSE ([`Waiting`] keeps it).

mod command;
pub mod container;
pub mod esmart;
pub mod etoken_java;
pub mod fault;
pub mod files;
pub mod jacarta_lt;
pub mod jacarta_pki;
mod pin;
pub mod piv;
pub mod pkcs15;
pub mod rutoken;
pub mod vpcd;

pub use command::{Command, Protocol, Waiting};
pub use pin::{CardPin, Pins};

use crate::error::Error;
use crate::pki::Pki;

/// A card.
pub trait Card: Send {
    /// Its answer to reset.
    fn atr(&self) -> Vec<u8>;

    /// Power comes, or the reader resets it: selections and verified PINs are gone.
    fn reset(&mut self);

    /// The response APDU to one command, or nothing when the card has left the reader.
    fn answer(&mut self, command: &[u8]) -> Option<Vec<u8>>;
}

/// A certificate of a declared PKI and what its key does on a card.
#[derive(Clone, Copy)]
pub struct Identity {
    pki: &'static Pki,
    certificate: &'static str,
}

impl Identity {
    /// The declared certificate and its key.
    ///
    /// # Errors
    /// When the PKI or the certificate is not declared.
    pub fn new(pki: &str, certificate: &'static str) -> Result<Self, Error> {
        let pki = crate::pki::named(pki)?;
        pki.certificate(certificate)?;
        Ok(Self { pki, certificate })
    }

    /// DER of the certificate.
    ///
    /// # Errors
    /// None: [`Self::new`] has looked it up.
    pub fn certificate(&self) -> Result<&'static [u8], Error> {
        Ok(&self.pki.certificate(self.certificate)?.der)
    }

    /// The public key as `subjectPublicKey` holds it.
    ///
    /// # Errors
    /// When the key is not declared.
    pub fn public_key(&self) -> Result<Vec<u8>, Error> {
        Ok(self.key()?.public_key_octets())
    }

    /// What the key makes of the input of a card's signature command: of RSA the padded block of the size of the
    /// modulus, to be raised to the private power; of ECDSA the digest, which gives r and s; of GOST the digest, which
    /// gives s and r. All numbers are big-endian.
    ///
    /// # Errors
    /// When the input is not one for the key.
    pub fn sign_raw(&self, input: &[u8]) -> Result<Vec<u8>, Error> {
        self.key()?.sign_raw(input)
    }

    /// As [`Self::sign_raw`] for RSA, after padding with block type 1 (RFC 8017 §9.2): for cards that take a
    /// `DigestInfo`.
    ///
    /// # Errors
    /// When the input is too long or the key is none of RSA.
    pub fn sign_digest_info(&self, digest_info: &[u8]) -> Result<Vec<u8>, Error> {
        self.key()?.sign_digest_info(digest_info)
    }

    fn key(&self) -> Result<&'static crate::key::Key, Error> {
        let key = &self.pki.certificate(self.certificate)?.key;
        self.pki.key(key)
    }
}
