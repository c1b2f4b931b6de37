//! The terminal of the test system: "Test (emulator, own key set, own stated curve)".

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::keys::{CHANNEL_OPERATOR, PrivateKey, Signer, TERMINAL, certificate};
use super::messaging::SessionKeys;
use super::rsa;
use crate::der::tlv;
use crate::digest::Digest;

/// Name of the channel operator, long enough that certificates do not fit a short command.
const OPERATOR: [u8; 64] = [b'O'; 64];

/// What the test terminal can do: the suite of GOST, with both versions.
pub const INFORMATION: [u8; 16] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0x80, 11, 12, 13, 0x84, 15];
/// What the test terminal of the other suite can do: that of RSA, with both versions.
pub const INFORMATION_RSA: [u8; 16] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0x40, 11, 12, 13, 0x44, 15];

/// That of the channel operator, that of the terminal.
type Certificates = Vec<Vec<u8>>;

/// Keys and certificates of a terminal of the test system.
pub struct TestTerminal {
    key: Signer,
    certificates: Certificates,
    information: [u8; 16],
    random: u32,
    /// What the answer of the card must prove that it has seen, and the version of the card.
    sent: Vec<u8>,
    is_v10: bool,
    session: Option<SessionKeys>,
}

impl Default for TestTerminal {
    fn default() -> Self {
        Self::new()
    }
}

impl TestTerminal {
    /// A terminal of GOST whose certificates lead to the root that the emulated cards trust.
    #[must_use]
    pub fn new() -> Self {
        Self::under("root", false)
    }

    /// The same with RSA, triple DES and SHA-1.
    #[must_use]
    pub fn rsa() -> Self {
        Self::under("root", true)
    }

    /// A terminal whose certificates lead to another root.
    #[must_use]
    pub fn of_another_system() -> Self {
        Self::under("another root", false)
    }

    fn under(root: &'static str, is_rsa: bool) -> Self {
        static MADE: Mutex<BTreeMap<(&str, bool), Certificates>> = Mutex::new(BTreeMap::new());
        let key = Signer::named("terminal", is_rsa);
        let information = if is_rsa { INFORMATION_RSA } else { INFORMATION };
        let make = || {
            let root = Signer::named(root, is_rsa);
            let operator = Signer::named("operator", is_rsa);
            let of_operator = operator.objects();
            vec![
                certificate(&root, b"ROOT01", &OPERATOR, CHANNEL_OPERATOR, &of_operator),
                certificate(&operator, &OPERATOR, &information, TERMINAL, &key.objects()),
            ]
        };
        let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
        let certificates = made.entry((root, is_rsa)).or_insert_with(make).clone();
        Self {
            certificates,
            key,
            information,
            random: 0,
            sent: Vec::new(),
            is_v10: false,
            session: None,
        }
    }

    /// That of the channel operator, that of the terminal.
    #[must_use]
    pub fn certificates(&self) -> Vec<Vec<u8>> {
        self.certificates.clone()
    }

    /// What it can do.
    #[must_use]
    pub fn information(&self) -> [u8; 16] {
        self.information
    }

    fn random(&mut self) -> Vec<u8> {
        self.random += 1;
        let seed = format!("uec terminal random {}", self.random);
        Digest::Gost94.of(seed.as_bytes())
    }

    /// What proves the terminal's key to a card of this version (1.0 or 1.1) with this challenge and this point or
    /// modulus. With RSA there are two parts.
    pub fn begin(&mut self, is_v10: bool, challenge: &[u8], card: &[u8]) -> Option<Vec<Vec<u8>>> {
        let random = self.random();
        self.is_v10 = is_v10;
        self.session = None;
        let parts = match (&self.key, is_v10) {
            (Signer::Gost(key), false) => {
                let random = &random[..16];
                let signature = key.sign(&[random, challenge].concat());
                let secret = key.agree(card, random, challenge)?;
                self.session = Some(SessionKeys::gost(&secret, false));
                self.sent = random.to_vec();
                vec![[&signature, random].concat()]
            }
            (Signer::Gost(key), true) => {
                let ephemeral = PrivateKey::named(&hex::encode(&random));
                let point = ephemeral.public();
                let signature = key.sign(&[challenge, &compressed(&point)].concat());
                let secret = ephemeral.agree_plainly(card)?;
                self.session = Some(SessionKeys::gost(&secret, true));
                self.sent.clone_from(&point);
                vec![[signature, point].concat()]
            }
            (Signer::Rsa(key), _) => {
                self.sent = random[..16].to_vec();
                vec![key.sign(challenge), rsa::encrypt(card, &self.sent)]
            }
        };
        Some(parts)
    }

    /// Whether the card's answer proves that it has the key.
    pub fn complete(&mut self, answer: &[u8]) -> bool {
        if let Signer::Rsa(key) = &self.key {
            let opened = key.decrypt(answer).unwrap_or_default();
            let Some((own, card)) = opened.split_at_checked(16) else {
                return false;
            };
            let is_right = own == self.sent && card.len() == 16;
            if is_right {
                self.session = Some(SessionKeys::rsa(own, card, self.is_v10));
            }
            return is_right;
        }
        let expected = self.mac(&self.sent.clone());
        expected.is_some_and(|code| code == answer)
    }

    /// The counter, encrypted.
    #[must_use]
    pub fn vector(&self, counter: [u8; 8]) -> Option<[u8; 8]> {
        let keys = self.session.as_ref()?;
        Some(keys.vector(u64::from_be_bytes(counter)).to_be_bytes())
    }

    /// Whole blocks, or octets of a stream, after this initial vector.
    #[must_use]
    pub fn encrypt(&self, vector: [u8; 8], plain: &[u8]) -> Option<Vec<u8>> {
        let keys = self.session.as_ref()?;
        Some(keys.encrypt(u64::from_be_bytes(vector), plain))
    }

    /// Whole blocks, or octets of a stream, after this initial vector.
    #[must_use]
    pub fn decrypt(&self, vector: [u8; 8], cipher: &[u8]) -> Option<Vec<u8>> {
        let keys = self.session.as_ref()?;
        Some(keys.decrypt(u64::from_be_bytes(vector), cipher))
    }

    /// Code over these octets.
    #[must_use]
    pub fn mac(&self, input: &[u8]) -> Option<[u8; 4]> {
        Some(self.session.as_ref()?.code(input))
    }

    /// The answer of the module to a request of a service provider (`80 1A`); what it holds is not published.
    #[must_use]
    pub fn provider(&self, request: &[u8]) -> Vec<u8> {
        let seed = [b"uec provider", request].concat();
        tlv(&[0x80], &Digest::Gost94.of(&seed)[..16])
    }
}

/// A point in 33 octets: 02 or 03 by the last bit of y, and x.
pub(super) fn compressed(point: &[u8]) -> Vec<u8> {
    let sign = 0x02 | point.last().copied().unwrap_or(0) & 1;
    [&[sign], &point[..32]].concat()
}
