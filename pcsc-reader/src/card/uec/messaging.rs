//! The form of protected commands and answers (ISO/IEC 7816-4 §6).

use super::application::UecVersion;
use super::settings::Suite;
use super::terminal::UecTerminal;
use crate::apdu::{CommandApdu, Response, StatusWord, Tag, Tlv};
use crate::error::{CardError, CardErrorKind};

/// Cryptogram, Le, status word, message authentication code.
const CRYPTOGRAM: u8 = 0x87;
const EXPECTED: u8 = 0x97;
const STATUS: u8 = 0x99;
const MAC: u8 = 0x8E;

/// Bits of CLA that say secure messaging, the header included (ISO/IEC 7816-4 §5.4.1).
const PROTECTED: u8 = 0x0C;

/// Octets of a block of the cipher.
const BLOCK: usize = 8;

/// How protected commands look like, by version and suite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mode {
    /// First octet of the cryptogram: 01 with padding, 02 without.
    indicator: u8,
    /// Le is written also where nothing is expected.
    always_expects: bool,
    /// The input of the code ends with 80.
    closes_mac_input: bool,
    /// Counter of the first command, from the beginning of the session.
    first: u64,
}

impl Mode {
    pub(super) fn of(version: UecVersion, suite: Suite) -> Self {
        let is_stream = (version, suite) == (UecVersion::V10, Suite::Gost);
        Mode {
            indicator: if is_stream { 0x02 } else { 0x01 },
            always_expects: is_stream,
            closes_mac_input: is_stream,
            first: match (version, suite) {
                (UecVersion::V10, Suite::Rsa) => 2,
                _ => 1,
            },
        }
    }

    fn pads(self) -> bool {
        self.indicator == 0x01
    }

    fn code(
        self,
        terminal: &mut dyn UecTerminal,
        mut input: Vec<u8>,
    ) -> Result<[u8; 4], CardError> {
        if self.closes_mac_input {
            input.push(0x80);
        }
        terminal.mac(&input)
    }
}

/// The send sequence counter: each command and each answer has its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Counter(u64);

impl Counter {
    /// The counter of the first command of a session.
    pub(super) fn first(seed: [u8; 8], mode: Mode) -> Self {
        Counter(u64::from_be_bytes(seed).wrapping_add(mode.first))
    }

    /// Gives the counter and goes to the next.
    pub(super) fn take(&mut self) -> [u8; 8] {
        let now = self.0.to_be_bytes();
        self.0 = self.0.wrapping_add(1);
        now
    }
}

/// The protected form of a command. It is sent once, whatever the card answers: the counter has gone on.
///
/// # Errors
/// What kept the terminal from it.
pub(super) fn wrap(
    terminal: &mut dyn UecTerminal,
    mode: Mode,
    counter: [u8; 8],
    command: &CommandApdu,
) -> Result<CommandApdu, CardError> {
    let [class, instruction, p1, p2] = command.header();
    let header = [class | PROTECTED, instruction, p1, p2];
    let mut objects = Vec::new();
    if !command.data().is_empty() {
        let mut plain = zeroize::Zeroizing::new(Vec::with_capacity(command.data().len() + BLOCK));
        plain.extend_from_slice(command.data());
        if mode.pads() {
            plain.push(0x80);
            while !plain.len().is_multiple_of(BLOCK) {
                plain.push(0);
            }
        }
        let mut value = vec![mode.indicator];
        value.extend(terminal.encrypt(counter, &plain)?);
        put(&mut objects, CRYPTOGRAM, &value)?;
    }
    if command.expected().is_some() || mode.always_expects {
        // 256, and what is not said, is 00.
        let expected = command
            .expected()
            .and_then(|octets| u8::try_from(octets).ok());
        put(&mut objects, EXPECTED, &[expected.unwrap_or(0)])?;
    }
    let mut input = counter.to_vec();
    input.extend(header);
    input.extend([0x80, 0, 0, 0]);
    input.extend(&objects);
    let code = mode.code(terminal, input)?;
    put(&mut objects, MAC, &code)?;
    Ok(CommandApdu::new(header)
        .with_data(objects)
        .expecting(CommandApdu::ALL)
        .never_repeated())
}

/// What a protected answer says: exactly the objects 87 (if any), 99 and 8E in this order, under the right code.
///
/// # Errors
/// [`CardErrorKind::SecureMessaging`] for anything else; what kept the terminal from it.
pub(super) fn unwrap(
    terminal: &mut dyn UecTerminal,
    mode: Mode,
    counter: [u8; 8],
    answer: &[u8],
) -> Result<Response, CardError> {
    let broken = || CardError::new(CardErrorKind::SecureMessaging);
    let next = |octets| Tlv::first(octets).map_err(|_| broken());
    let (mut object, mut rest) = next(answer)?;
    let mut cryptogram = None;
    if object.tag == Tag(CRYPTOGRAM.into()) {
        cryptogram = Some(object.value);
        (object, rest) = next(rest)?;
    }
    let status: [u8; 2] = match object.tag == Tag(STATUS.into()) {
        true => object.value.try_into().map_err(|_| broken())?,
        false => return Err(broken()),
    };
    let covered = answer.len() - rest.len();
    let (code, rest) = next(rest)?;
    if code.tag != Tag(MAC.into()) || !rest.is_empty() {
        return Err(broken());
    }
    let mut input = counter.to_vec();
    input.extend_from_slice(answer.get(..covered).unwrap_or_default());
    let expected = mode.code(terminal, input)?;
    if code.value != expected {
        return Err(broken());
    }
    let data = match cryptogram {
        None => Vec::new(),
        Some(value) => match value.split_first() {
            Some((indicator, cipher)) if *indicator == mode.indicator => {
                plain(terminal, mode, counter, cipher)?
            }
            _ => return Err(broken()),
        },
    };
    Ok(Response {
        data,
        status: StatusWord(u16::from_be_bytes(status)),
    })
}

fn plain(
    terminal: &mut dyn UecTerminal,
    mode: Mode,
    counter: [u8; 8],
    cipher: &[u8],
) -> Result<Vec<u8>, CardError> {
    let broken = || CardError::new(CardErrorKind::SecureMessaging);
    if cipher.is_empty() || mode.pads() && !cipher.len().is_multiple_of(BLOCK) {
        return Err(broken());
    }
    let mut plain = terminal.decrypt(counter, cipher)?;
    if mode.pads() {
        while plain.last() == Some(&0) {
            plain.pop();
        }
        if plain.pop() != Some(0x80) {
            return Err(broken());
        }
    }
    Ok(plain)
}

/// Adds an object of at most 255 octets.
fn put(objects: &mut Vec<u8>, tag: u8, value: &[u8]) -> Result<(), CardError> {
    let length =
        u8::try_from(value.len()).map_err(|_| CardError::new(CardErrorKind::Unsupported))?;
    objects.push(tag);
    if length >= 0x80 {
        objects.push(0x81);
    }
    objects.push(length);
    objects.extend_from_slice(value);
    Ok(())
}

#[cfg(test)]
mod tests;
