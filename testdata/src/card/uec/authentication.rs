//! Terminals and PINs: what opens the card.

use super::super::{Command, Protocol};
use super::keys::{self, CHANNEL_OPERATOR, PrivateKey, TERMINAL};
use super::messaging::{Session, SessionKeys};
use super::rsa::{self, RsaKey};
use super::terminal::compressed;
use super::{Form, OK, SECURITY, TRIES, Uec};
use crate::digest::Digest;

/// PIN 1, 1234.
const PIN: [u8; 8] = [0x24, 0x12, 0x34, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];

/// Keys of the root, by suite.
const ROOT_GOST: u8 = 0x15;
const ROOT_RSA: u8 = 0x16;

/// Octets of the public point of a terminal, and of its signature.
const GOST_OCTETS: usize = 64;

impl Uec {
    /// MANAGE SECURITY ENVIRONMENT of Micron: one key for each template.
    pub(super) fn manage(&mut self, template: [u8; 2], data: &[u8]) -> u16 {
        let is_template = matches!(template, [0x81, 0xB6 | 0xA4] | [0x31, 0xB4 | 0xB8]);
        match data {
            _ if self.form != Form::Micron => 0x6D00,
            [0x83, 0x01, key @ (ROOT_GOST | ROOT_RSA)] if is_template => {
                self.environment.insert(template, *key);
                OK
            }
            _ => 0x6A80,
        }
    }

    /// The chip of Micron wants to be told the key of the root first; the others do not.
    fn is_managed(&self, template: [u8; 2], root: u8) -> bool {
        self.form != Form::Micron || self.environment.get(&template) == Some(&root)
    }

    /// Secure messaging is set up.
    pub(super) fn may_message(&self) -> bool {
        [[0x31, 0xB4], [0x31, 0xB8]]
            .iter()
            .all(|template| self.form != Form::Micron || self.environment.contains_key(template))
    }

    pub(super) fn get_challenge(&mut self, command: &Command) -> (Vec<u8>, u16) {
        let length = if self.form == Form::Micron { 8 } else { 16 };
        if command.expected != Some(length) {
            return (Vec::new(), 0x6700);
        }
        self.challenges += 1;
        let seed = format!("uec card challenge {}", self.challenges);
        let challenge = Digest::Gost94.of(seed.as_bytes())[..length].to_vec();
        self.challenge = Some(challenge.clone());
        (challenge, OK)
    }

    /// The certificate of the channel operator under the root, or that of the terminal under the operator.
    pub(super) fn verify_certificate(&mut self, p2: u8, data: &[u8]) -> u16 {
        if p2 != if self.form == Form::V10 { 0xAE } else { 0xBE } {
            return 0x6A86;
        }
        // Long commands bring the certificate whole.
        let data = match keys::object(data) {
            Some(([0x7F, 0x21], value, [])) if self.takes_long_data => value,
            Some(([0x7F, 0x4E], ..)) if !self.takes_long_data => data,
            _ => return 0x6A80,
        };
        let Some((_, _, rest)) = keys::object(data) else {
            return 0x6A80;
        };
        let Some(([0x5F, 0x37], signature, [])) = keys::object(rest) else {
            return 0x6A80;
        };
        let body = &data[..data.len() - rest.len()];
        let (root, number) = match signature.len() {
            GOST_OCTETS => (PrivateKey::named("root").public(), ROOT_GOST),
            rsa::OCTETS if self.has_rsa => (RsaKey::named("root").public(), ROOT_RSA),
            _ => return SECURITY,
        };
        if !self.is_managed([0x81, 0xB6], number) {
            return 0x6985;
        }
        let signer = self.operator.as_ref().unwrap_or(&root);
        match keys::checked(signer, body, signature) {
            Some((CHANNEL_OPERATOR, key)) if self.operator.is_none() => self.operator = Some(key),
            Some((TERMINAL, key)) if self.operator.is_some() => self.terminal = Some(key),
            _ => return SECURITY,
        }
        OK
    }

    /// MUTUAL AUTHENTICATE with this key.
    pub(super) fn authenticate(&mut self, key: u8, command: &Command) -> (Vec<u8>, u16) {
        let (Some(terminal), Some(challenge)) = (self.terminal.clone(), self.challenge.take())
        else {
            return (Vec::new(), 0x6985);
        };
        let is_rsa = terminal.len() == rsa::OCTETS;
        let root = if is_rsa { ROOT_RSA } else { ROOT_GOST };
        if !self.is_managed([0x81, 0xA4], root) {
            return (Vec::new(), 0x6985);
        }
        let is_v11 = self.form == Form::V11;
        let data = command.data.as_slice();
        let opened = match (key, is_rsa) {
            (0x15, false) if is_v11 => self.gost_v11(&terminal, &challenge, data),
            (0x17, false) if !is_v11 => self.gost_v10(&terminal, &challenge, data),
            // In one long command or in a chain, each under its own key reference.
            (0x16, true) if !command.is_extended => self.rsa(&terminal, &challenge, data),
            (0x18, true) if command.is_extended => self.rsa(&terminal, &challenge, data),
            _ => return (Vec::new(), 0x6A88),
        };
        let Some((keys, answer)) = opened else {
            return (Vec::new(), SECURITY);
        };
        let mut seed = [0; 8];
        seed.copy_from_slice(&data[..8]);
        self.session = Some(Session::new(keys, seed));
        (answer, OK)
    }

    fn gost_v11(
        &self,
        terminal: &[u8],
        challenge: &[u8],
        data: &[u8],
    ) -> Option<(SessionKeys, Vec<u8>)> {
        let (signature, random) = data.split_at_checked(GOST_OCTETS)?;
        let is_genuine =
            random.len() == 16 && keys::verify(terminal, &[random, challenge].concat(), signature);
        let secret = self.key.agree(terminal, random, challenge)?;
        let keys = SessionKeys::gost(&secret, false);
        let answer = keys.code(random).to_vec();
        is_genuine.then_some((keys, answer))
    }

    fn gost_v10(
        &self,
        terminal: &[u8],
        challenge: &[u8],
        data: &[u8],
    ) -> Option<(SessionKeys, Vec<u8>)> {
        let (signature, point) = data.split_at_checked(GOST_OCTETS)?;
        if point.len() != GOST_OCTETS {
            return None;
        }
        let signed = [challenge, &compressed(point)].concat();
        let secret = self.key.agree_plainly(point)?;
        let keys = SessionKeys::gost(&secret, true);
        let answer = keys.code(point).to_vec();
        keys::verify(terminal, &signed, signature).then_some((keys, answer))
    }

    fn rsa(
        &self,
        terminal: &[u8],
        challenge: &[u8],
        data: &[u8],
    ) -> Option<(SessionKeys, Vec<u8>)> {
        let (signature, secret) = data.split_at_checked(rsa::OCTETS)?;
        let half = RsaKey::named("card").decrypt(secret)?;
        let is_genuine = half.len() == 16 && rsa::verify(terminal, challenge, signature);
        let own = Digest::Gost94.of(&[b"uec card half", challenge].concat())[..16].to_vec();
        let answer = rsa::encrypt(terminal, &[half.as_slice(), &own].concat());
        let keys = SessionKeys::rsa(&half, &own, self.form != Form::V11);
        is_genuine.then_some((keys, answer))
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
