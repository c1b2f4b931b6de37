//! The card's side of a session.

use super::keys::SessionKeys;
use crate::der::tlv;

/// A session that the terminal has authenticated.
#[derive(Clone)]
pub(super) struct Session {
    keys: SessionKeys,
    counter: u64,
}

/// What a protected command asks for.
pub(super) struct Inner {
    pub(super) data: Vec<u8>,
    pub(super) expected: Option<usize>,
}

impl Session {
    /// The counter begins with the first octets of the terminal's signature.
    pub(super) fn new(keys: SessionKeys, seed: [u8; 8]) -> Self {
        Self {
            keys,
            counter: u64::from_be_bytes(seed),
        }
    }

    fn next(&mut self) -> u64 {
        self.counter = self.counter.wrapping_add(1);
        self.counter
    }

    /// Code over these octets, for the answer that proves the card's key.
    pub(super) fn code(&self, input: &[u8]) -> [u8; 4] {
        self.keys.codes.imitation(input)
    }

    /// Opens a protected command: 87, 97 and 8E in this order; none when anything is wrong.
    pub(super) fn open(&mut self, header: [u8; 4], body: &[u8]) -> Option<Inner> {
        let counter = self.next();
        let covered = body.len().checked_sub(6)?;
        let (objects, code) = body.split_at(covered);
        let [0x8E, 0x04, code @ ..] = code else {
            return None;
        };
        let input = [
            &counter.to_be_bytes()[..],
            &header,
            &[0x80, 0, 0, 0],
            objects,
        ]
        .concat();
        if code != self.code(&input) {
            return None;
        }
        let (data, rest) = match objects {
            [0x87, length, 0x01, rest @ ..] if *length < 0x80 => {
                let (cipher, rest) = rest.split_at_checked(usize::from(*length).checked_sub(1)?)?;
                (self.plain(counter, cipher)?, rest)
            }
            rest => (Vec::new(), rest),
        };
        let expected = match rest {
            [] => None,
            [0x97, 0x01, 0] => Some(256),
            [0x97, 0x01, le] => Some(usize::from(*le)),
            _ => return None,
        };
        Some(Inner { data, expected })
    }

    fn plain(&self, counter: u64, cipher: &[u8]) -> Option<Vec<u8>> {
        let vector = self.keys.vector(counter);
        let mut plain = self.keys.encryption.decrypt_blocks(vector, cipher);
        while plain.last() == Some(&0) {
            plain.pop();
        }
        (plain.pop() == Some(0x80)).then_some(plain)
    }

    /// The data of a protected answer.
    pub(super) fn close(&mut self, data: &[u8], status: u16) -> Vec<u8> {
        let counter = self.next();
        let mut objects = Vec::new();
        if !data.is_empty() {
            let mut padded = [data, &[0x80]].concat();
            padded.resize(padded.len().next_multiple_of(8), 0);
            let cipher = self
                .keys
                .encryption
                .encrypt_blocks(self.keys.vector(counter), &padded);
            objects = tlv(&[0x87], &[&[0x01][..], &cipher].concat());
        }
        objects.extend(tlv(&[0x99], &status.to_be_bytes()));
        let code = self.code(&[&counter.to_be_bytes()[..], &objects].concat());
        objects.extend(tlv(&[0x8E], &code));
        objects
    }
}
