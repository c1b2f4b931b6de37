//! Keys of a session, and the card's side of it.

use super::cipher::{BlockCipher, Magma};
use super::des::TripleDes;
use crate::der::tlv;
use crate::digest::Digest;

/// Keys of one session: for encryption and for the codes. How they are made of what both sides share is published; byte
/// orders and the stream mode are not, and are those of the test system here.
#[derive(Clone)]
pub(super) enum SessionKeys {
    /// GOST: in version 1.0 as a stream, with 80 after the input of a code.
    Gost {
        encryption: Magma,
        codes: Magma,
        is_v10: bool,
    },
    /// Triple DES: version 1.0 swaps the keys and begins its counter later.
    Rsa {
        encryption: Box<TripleDes>,
        codes: Box<TripleDes>,
        is_v10: bool,
    },
}

impl SessionKeys {
    pub(super) fn gost(secret: &[u8], is_v10: bool) -> Self {
        let key = |number| Magma::new(&derived(Digest::Gost94, secret, number));
        Self::Gost {
            encryption: key(1),
            codes: key(2),
            is_v10,
        }
    }

    /// Of both halves of the secret.
    pub(super) fn rsa(terminal: &[u8], card: &[u8], is_v10: bool) -> Self {
        let secret: Vec<u8> = terminal.iter().zip(card).map(|(a, b)| a ^ b).collect();
        let key = |number| {
            Box::new(TripleDes::new(
                &derived(Digest::Sha1, &secret, number)[..16],
            ))
        };
        let (encryption, codes) = if is_v10 { (2, 1) } else { (1, 2) };
        Self::Rsa {
            encryption: key(encryption),
            codes: key(codes),
            is_v10,
        }
    }

    fn is_stream(&self) -> bool {
        matches!(self, Self::Gost { is_v10: true, .. })
    }

    /// What the counter of the first command is more than the seed.
    fn first(&self) -> u64 {
        match self {
            Self::Rsa { is_v10: true, .. } => 2,
            _ => 1,
        }
    }

    /// The initial vector of a counter.
    pub(super) fn vector(&self, counter: u64) -> u64 {
        match self {
            Self::Gost { encryption, .. } => encryption.encrypt(counter),
            Self::Rsa { encryption, .. } => encryption.encrypt(counter),
        }
    }

    pub(super) fn encrypt(&self, vector: u64, plain: &[u8]) -> Vec<u8> {
        match self {
            Self::Gost {
                encryption,
                is_v10: true,
                ..
            } => encryption.stream(vector, plain),
            Self::Gost { encryption, .. } => encryption.encrypt_blocks(vector, plain),
            Self::Rsa { encryption, .. } => encryption.encrypt_blocks(vector, plain),
        }
    }

    pub(super) fn decrypt(&self, vector: u64, cipher: &[u8]) -> Vec<u8> {
        match self {
            Self::Gost {
                encryption,
                is_v10: true,
                ..
            } => encryption.stream(vector, cipher),
            Self::Gost { encryption, .. } => encryption.decrypt_blocks(vector, cipher),
            Self::Rsa { encryption, .. } => encryption.decrypt_blocks(vector, cipher),
        }
    }

    /// Code over these octets.
    pub(super) fn code(&self, input: &[u8]) -> [u8; 4] {
        match self {
            Self::Gost { codes, .. } => codes.imitation(input),
            Self::Rsa { codes, .. } => codes.retail(input),
        }
    }
}

fn derived(digest: Digest, secret: &[u8], number: u8) -> Vec<u8> {
    digest.of(&[secret, &[0, 0, 0, number]].concat())
}

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
        let before = keys.first() - 1;
        Self {
            keys,
            counter: u64::from_be_bytes(seed).wrapping_add(before),
        }
    }

    fn next(&mut self) -> u64 {
        self.counter = self.counter.wrapping_add(1);
        self.counter
    }

    /// Code over the counter and these octets.
    fn code(&self, counter: u64, octets: &[&[u8]]) -> [u8; 4] {
        let mut input = [&counter.to_be_bytes()[..], &octets.concat()].concat();
        if self.keys.is_stream() {
            input.push(0x80);
        }
        self.keys.code(&input)
    }

    /// Opens a protected command: 87, 97 and 8E in this order; none when anything is wrong.
    pub(super) fn open(&mut self, header: [u8; 4], body: &[u8]) -> Option<Inner> {
        let counter = self.next();
        let covered = body.len().checked_sub(6)?;
        let (objects, code) = body.split_at(covered);
        let [0x8E, 0x04, code @ ..] = code else {
            return None;
        };
        if code != self.code(counter, &[&header, &[0x80, 0, 0, 0], objects]) {
            return None;
        }
        let indicator = self.indicator();
        let (data, rest) = match objects {
            [0x87, length, first, rest @ ..] if *length < 0x80 && *first == indicator => {
                let (cipher, rest) = rest.split_at_checked(usize::from(*length).checked_sub(1)?)?;
                (self.plain(counter, cipher)?, rest)
            }
            rest => (Vec::new(), rest),
        };
        let expected = match rest {
            // Version 1.0 of GOST wants it said always.
            [] if self.keys.is_stream() => return None,
            [] => None,
            [0x97, 0x01, 0] => Some(256),
            [0x97, 0x01, le] => Some(usize::from(*le)),
            _ => return None,
        };
        Some(Inner { data, expected })
    }

    fn indicator(&self) -> u8 {
        if self.keys.is_stream() { 0x02 } else { 0x01 }
    }

    fn plain(&self, counter: u64, cipher: &[u8]) -> Option<Vec<u8>> {
        let mut plain = self.keys.decrypt(self.keys.vector(counter), cipher);
        if self.keys.is_stream() {
            return Some(plain);
        }
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
            let mut plain = data.to_vec();
            if !self.keys.is_stream() {
                plain.push(0x80);
                plain.resize(plain.len().next_multiple_of(8), 0);
            }
            let cipher = self.keys.encrypt(self.keys.vector(counter), &plain);
            objects = tlv(&[0x87], &[&[self.indicator()][..], &cipher].concat());
        }
        objects.extend(tlv(&[0x99], &status.to_be_bytes()));
        let code = self.code(counter, &[&objects]);
        objects.extend(tlv(&[0x8E], &code));
        objects
    }
}
