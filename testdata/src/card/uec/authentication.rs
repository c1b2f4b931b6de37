//! Terminals and PINs: what opens the card.

use super::super::{Command, Protocol};
use super::keys::{self, CHANNEL_OPERATOR, SessionKeys, TERMINAL};
use super::messaging::Session;
use super::{Form, OK, SECURITY, TRIES, Uec};
use crate::digest::Digest;

/// PIN 1, 1234.
const PIN: [u8; 8] = [0x24, 0x12, 0x34, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];

impl Uec {
    pub(super) fn get_challenge(&mut self, command: &Command) -> (Vec<u8>, u16) {
        if self.form != Form::V11 || command.expected != Some(16) {
            return (Vec::new(), 0x6700);
        }
        self.challenges += 1;
        let seed = format!("uec card challenge {}", self.challenges);
        let challenge = Digest::Gost94.of(seed.as_bytes())[..16].to_vec();
        self.challenge = Some(challenge.clone());
        (challenge, OK)
    }

    /// The certificate of the channel operator under the root, or that of the terminal under the operator.
    pub(super) fn verify_certificate(&mut self, data: &[u8]) -> u16 {
        // Long commands bring the certificate whole.
        let data = match data {
            [0x7F, 0x21, 0x81, _, rest @ ..] if self.takes_long_data => rest,
            [0x7F, 0x21, 0x82, _, _, rest @ ..] if self.takes_long_data => rest,
            data => data,
        };
        let Some(split) = data.len().checked_sub(67) else {
            return 0x6A80;
        };
        let (body, signature) = data.split_at(split);
        let signer = self.operator.as_ref().unwrap_or(&self.root);
        match keys::checked(signer, body, signature) {
            Some((CHANNEL_OPERATOR, key)) if self.operator.is_none() => self.operator = Some(key),
            Some((TERMINAL, key)) if self.operator.is_some() => self.terminal = Some(key),
            _ => return SECURITY,
        }
        OK
    }

    pub(super) fn authenticate(&mut self, data: &[u8]) -> (Vec<u8>, u16) {
        let (Some(terminal), Some(challenge)) = (&self.terminal, self.challenge.take()) else {
            return (Vec::new(), 0x6985);
        };
        let Some((signature, random)) = data.split_at_checked(64).filter(|_| data.len() == 80)
        else {
            return (Vec::new(), 0x6700);
        };
        let is_genuine = keys::verify(terminal, &[random, &challenge].concat(), signature);
        let secret = self.key.agree(terminal, random, &challenge);
        let (true, Some(secret)) = (is_genuine, secret) else {
            return (Vec::new(), SECURITY);
        };
        let mut seed = [0; 8];
        seed.copy_from_slice(&signature[..8]);
        let session = Session::new(SessionKeys::of(&secret), seed);
        let answer = session.code(random).to_vec();
        self.session = Some(session);
        (answer, OK)
    }

    pub(super) fn verify(&mut self, reference: u8, block: &[u8], is_secure: bool) -> u16 {
        self.pins += 1;
        if !is_secure {
            return SECURITY;
        }
        if reference != 0x01 {
            return 0x6A88;
        }
        if self.tries == 0 {
            return 0x6983;
        }
        self.is_verified = block == PIN;
        if self.is_verified {
            self.tries = TRIES;
            return OK;
        }
        self.tries -= 1;
        0x63C0 | u16::from(self.tries)
    }

    /// A piece of a long command; the command when it is whole.
    pub(super) fn envelope(&mut self, piece: &[u8]) -> Option<Command> {
        self.envelope.extend_from_slice(piece);
        let [_, _, _, _, 0, high, low, ..] = *self.envelope.as_slice() else {
            return None;
        };
        let length = 7 + usize::from(u16::from_be_bytes([high, low]));
        if self.envelope.len() < length {
            return None;
        }
        Command::read(&std::mem::take(&mut self.envelope), Protocol::T1)
    }
}
