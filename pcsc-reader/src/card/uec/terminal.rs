//! The terminal's side of authentication: what holds the keys that open a card.

use super::application::UecVersion;
use super::cvc::PublicKey;
use super::settings::Suite;
use crate::error::CardError;

/// Keys and algorithms of a terminal. None come with this program: the keys of the system belonged to its operators, and
/// how it used the algorithms is not published, so that a security module ([`Sam`](super::Sam)) does it.
pub trait UecTerminal {
    /// What the terminal can do: the 16 octets of its certificate (5F20).
    ///
    /// # Errors
    /// What kept the terminal from telling.
    fn information(&mut self) -> Result<[u8; 16], CardError>;

    /// The certificates that lead from the root of this version to the terminal, that of the channel operator first
    /// (tag 7F21); empty when there are none.
    ///
    /// # Errors
    /// What kept the terminal from telling.
    fn certs(&mut self, key_version: u8, suite: Suite) -> Result<Vec<Vec<u8>>, CardError>;

    /// Begins with the challenge and the public key of a card of this version: what is signed, and what the session keys
    /// are made of, goes by version.
    ///
    /// # Errors
    /// What kept the terminal from it.
    fn begin(
        &mut self,
        version: UecVersion,
        challenge: &[u8],
        card: &PublicKey,
    ) -> Result<Proof, CardError>;

    /// Takes what the card answered to MUTUAL AUTHENTICATE; from now on there are session keys.
    ///
    /// # Errors
    /// [`CardErrorKind::SecureMessaging`](crate::CardErrorKind::SecureMessaging) when the card has not proven that it has the
    /// key, or what else kept the terminal from it.
    fn complete(&mut self, answer: &[u8]) -> Result<(), CardError>;

    /// Encrypts whole blocks (any length in the stream mode of version 1.0) under this send sequence counter.
    ///
    /// # Errors
    /// What kept the terminal from it.
    fn encrypt(&mut self, counter: [u8; 8], plain: &[u8]) -> Result<Vec<u8>, CardError>;

    /// Decrypts under this send sequence counter.
    ///
    /// # Errors
    /// What kept the terminal from it.
    fn decrypt(&mut self, counter: [u8; 8], cipher: &[u8]) -> Result<Vec<u8>, CardError>;

    /// Message authentication code over these octets, counter included.
    ///
    /// # Errors
    /// What kept the terminal from it.
    fn mac(&mut self, input: &[u8]) -> Result<[u8; 4], CardError>;
}

/// What a terminal shows the card to be believed.
#[derive(Clone, PartialEq, Eq)]
pub struct Proof {
    /// Data of MUTUAL AUTHENTICATE: one command each, or all in one where the card takes long ones. The first eight octets are those of the signature, with which the
    /// send sequence counter begins.
    pub parts: Vec<Vec<u8>>,
}

impl std::fmt::Debug for Proof {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Proof({} parts)", self.parts.len())
    }
}
