//! A security module that holds the keys of the test terminal.

use super::super::{Card, Command, Protocol, Waiting};
use super::terminal::TestTerminal;

const AID: [u8; 7] = [0xA0, 0, 0, 0x04, 0x32, 0x80, 0x80];
const PIN: [u8; 8] = [0x25, 0x98, 0x76, 0x5F, 0xFF, 0xFF, 0xFF, 0xFF];
/// T=1 only.
const ATR: [u8; 5] = [0x3B, 0x80, 0x80, 0x01, 0x01];

/// A security module (МБ) in a reader of its own. Its PIN is 98765.
pub struct Sam {
    terminal: TestTerminal,
    is_selected: bool,
    is_verified: bool,
    is_active: bool,
    has_environment: bool,
    vector: Option<[u8; 8]>,
    waiting: Waiting,
    tries: u8,
}

impl Sam {
    /// The module of this terminal.
    #[must_use]
    pub fn new(terminal: TestTerminal) -> Self {
        Self {
            terminal,
            is_selected: false,
            is_verified: false,
            is_active: true,
            has_environment: false,
            vector: None,
            waiting: Waiting::default(),
            tries: 3,
        }
    }

    /// It works: it has not been deactivated.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.is_active
    }

    fn carry_out(&mut self, command: &Command) -> (Vec<u8>, u16) {
        let header = command.header();
        let data = command.data.as_slice();
        let answer = |octets: Option<Vec<u8>>| match octets {
            Some(octets) => (octets, 0x9000),
            None => (Vec::new(), 0x6985),
        };
        let done = |is_done| (Vec::new(), if is_done { 0x9000 } else { 0x6982 });
        match header {
            [0x00, 0xA4, 0x04, _] => {
                self.reset();
                self.is_selected = data == AID;
                (Vec::new(), if self.is_selected { 0x9000 } else { 0x6A82 })
            }
            _ if !self.is_selected => (Vec::new(), 0x6985),
            [0x00, 0x20, 0x00, 0x01] => (Vec::new(), self.verify(data)),
            [0x00, 0xCA, 0x9F, 0x1C] => (self.terminal.information().to_vec(), 0x9000),
            [0x00, 0xCA, 0x5F, 0x25] => (vec![0x13, 0x03, 0x15], 0x9000),
            [0x00, 0xCA, 0x5F, 0x24] => (vec![0x18, 0x03, 0x14], 0x9000),
            [0x00, 0xCA, ..] => (Vec::new(), 0x6A88),
            _ if !self.is_verified => (Vec::new(), 0x6982),
            [0x80, 0x1C, 0x00, 0x77 | 0x7F] if !data.is_empty() => (Vec::new(), 0x6700),
            [0x80, 0x1C, 0x00, state @ (0x77 | 0x7F)] => {
                self.is_active = state == 0x77;
                (Vec::new(), 0x9000)
            }
            _ if !self.is_active => (Vec::new(), 0x6985),
            [0x80, 0x1A, 0x00, 0x00] if data.is_empty() => (Vec::new(), 0x6700),
            [0x80, 0x1A, 0x00, 0x00] => (self.terminal.provider(data), 0x9000),
            // Challenge and key; of RSA as a chain.
            [0x80, 0x16, 0x00, suite @ (0x21 | 0x22)] => match data.split_at_checked(16) {
                Some((challenge, card)) if (suite, card.len()) == (0x21, 64) => {
                    answer(self.begin(challenge, card))
                }
                Some((challenge, card)) if (suite, card.len()) == (0x22, 128) => {
                    answer(self.begin(challenge, card))
                }
                _ => (Vec::new(), 0x6700),
            },
            [0x80, 0x18, 0x00, 0x00] => done(self.terminal.complete(data)),
            [0x00, 0x22, 0xF3, 0x01] => {
                self.has_environment = true;
                self.vector = None;
                (Vec::new(), 0x9000)
            }
            _ if !self.has_environment => (Vec::new(), 0x6985),
            [0x00, 0x22, 0x21, 0xB4] => match data.split_first_chunk::<2>() {
                Some(([0x87, 0x08], vector)) => {
                    self.vector = vector.try_into().ok();
                    (Vec::new(), 0x9000)
                }
                _ => (Vec::new(), 0x6A80),
            },
            [0x00, 0x2A, 0x82, 0x81] => match data.try_into() {
                Ok(counter) => answer(self.terminal.vector(counter).map(Vec::from)),
                Err(_) => (Vec::new(), 0x6700),
            },
            [0x00, 0x2A, operation, object] => {
                let Some(vector) = self.vector.take() else {
                    return (Vec::new(), 0x6985);
                };
                answer(match (operation, object) {
                    (0x82, 0x82) => self.terminal.encrypt(vector, data),
                    (0x80, 0x82) => self.terminal.decrypt(vector, data),
                    (0x8E, 0x80) if vector == [0; 8] => self.terminal.mac(data).map(Vec::from),
                    _ => None,
                })
            }
            _ => (Vec::new(), 0x6D00),
        }
    }

    fn begin(&mut self, challenge: &[u8], card: &[u8]) -> Option<Vec<u8>> {
        let parts = self.terminal.begin(false, challenge, card);
        parts.map(|parts| parts.concat())
    }

    fn verify(&mut self, block: &[u8]) -> u16 {
        if self.tries == 0 {
            return 0x6983;
        }
        self.is_verified = block == PIN;
        if self.is_verified {
            self.tries = 3;
            return 0x9000;
        }
        self.tries -= 1;
        0x63C0 | u16::from(self.tries)
    }
}

impl Card for Sam {
    fn atr(&self) -> Vec<u8> {
        ATR.to_vec()
    }

    fn reset(&mut self) {
        self.is_selected = false;
        self.is_verified = false;
        self.has_environment = false;
        self.vector = None;
        self.waiting.reset();
    }

    fn answer(&mut self, octets: &[u8]) -> Option<Vec<u8>> {
        let Some(command) = Command::read(octets, Protocol::T1) else {
            return Some(vec![0x67, 0x00]);
        };
        if command.instruction == 0xC0 {
            return Some(self.waiting.fetch(&command));
        }
        let Some(whole) = self.waiting.chained(command.clone()) else {
            return Some(vec![0x90, 0x00]);
        };
        let (data, status) = self.carry_out(&whole);
        Some(self.waiting.respond(&command, Protocol::T1, &data, status))
    }
}
