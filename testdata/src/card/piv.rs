//! A PIV card (NIST SP 800-73-4): objects, certificates in slots, keys that sign.

use std::collections::BTreeMap;

use super::{Card, CardPin, Command, Identity, Pins, Protocol, Waiting};
use crate::der::{self, tlv};
use crate::error::Error;

const AID: [u8; 11] = [0xA0, 0, 0, 0x03, 0x08, 0, 0, 0x10, 0, 0x01, 0];
const APPLICATION_PIN: u8 = 0x80;
const GLOBAL_PIN: u8 = 0x00;
/// The key of digital signatures, which wants the PIN before each.
const SIGNATURE_KEY: u8 = 0x9C;

const OK: u16 = 0x9000;
const WRONG_LENGTH: u16 = 0x6700;
const SECURITY: u16 = 0x6982;
const CONDITIONS: u16 = 0x6985;
const WRONG_DATA: u16 = 0x6A80;
const NOT_FOUND: u16 = 0x6A82;
const WRONG_P1_P2: u16 = 0x6A86;
const UNKNOWN_INSTRUCTION: u16 = 0x6D00;

/// Which PIN the card says comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrimaryPin {
    Application,
    Global,
}

/// A key and its algorithm (NIST SP 800-78-4 table 6-2).
struct SlotKey {
    identity: Identity,
    algorithm: u8,
}

/// The card.
pub struct PivCard {
    atr: Vec<u8>,
    protocol: Protocol,
    objects: BTreeMap<Vec<u8>, Vec<u8>>,
    keys: BTreeMap<u8, SlotKey>,
    pins: Pins,
    primary: PrimaryPin,
    is_selected: bool,
    waiting: Waiting,
    signatures: u32,
}

impl PivCard {
    /// The PIN of the card, filled up as the card wants it.
    pub const PIN: &'static [u8] = b"123456";

    /// A contact card with T=1 and nothing in its slots.
    pub fn new() -> Self {
        let mut card = Self {
            atr: vec![0x3B, 0x80, 0x80, 0x01, 0x01],
            protocol: Protocol::T1,
            objects: BTreeMap::new(),
            keys: BTreeMap::new(),
            pins: Pins::default(),
            primary: PrimaryPin::Application,
            is_selected: false,
            waiting: Waiting::default(),
            signatures: 0,
        };
        card.set_pin(PrimaryPin::Application, 3);
        // FASC-N, GUID, expiration date, issuer asymmetric signature, error detection code.
        let holder = [
            tlv(&[0x30], &[0xD4; 25]),
            tlv(&[0x34], &(0x10..0x20).collect::<Vec<u8>>()),
            tlv(&[0x35], b"20400101"),
            tlv(&[0x3E], &[]),
            tlv(&[0xFE], &[]),
        ];
        card.put([0x5F, 0xC1, 0x02], &holder.concat());
        card
    }

    /// The same card behind T=0.
    #[must_use]
    pub fn with_t0(mut self) -> Self {
        self.atr = vec![0x3B, 0x02, 0x14, 0x50];
        self.protocol = Protocol::T0;
        self
    }

    /// The PIN that comes first, and how many tries it has left of as many.
    #[must_use]
    pub fn with_pin(mut self, primary: PrimaryPin, tries: u8) -> Self {
        self.set_pin(primary, tries);
        self
    }

    /// Only so many tries left.
    #[must_use]
    pub fn with_left(mut self, left: u8) -> Self {
        let reference = self.reference();
        self.pins = Pins::new([CardPin::new(reference, &padded(Self::PIN), 3).with_left(left)]);
        self
    }

    /// Puts a key and its certificate into a slot, whose object has this tag.
    ///
    /// # Errors
    /// When the certificate is not declared.
    pub fn with_key(
        mut self,
        slot: u8,
        tag: [u8; 3],
        algorithm: u8,
        identity: Identity,
    ) -> Result<Self, Error> {
        let certificate = identity.certificate()?.to_vec();
        self.keys.insert(
            slot,
            SlotKey {
                identity,
                algorithm,
            },
        );
        Ok(self.with_certificate(tag, &certificate, 0))
    }

    /// Puts octets into an object as a certificate with this CertInfo.
    #[must_use]
    pub fn with_certificate(mut self, tag: [u8; 3], octets: &[u8], info: u8) -> Self {
        let parts = [
            tlv(&[0x70], octets),
            tlv(&[0x71], &[info]),
            tlv(&[0xFE], &[]),
        ];
        self.put(tag, &parts.concat());
        self
    }

    /// Puts octets into an object as they are.
    #[must_use]
    pub fn with_object(mut self, tag: [u8; 3], octets: &[u8]) -> Self {
        self.objects.insert(tag.to_vec(), octets.to_vec());
        self
    }

    /// Says in the key history how many retired keys have certificates on the card.
    #[must_use]
    pub fn with_retired(mut self, count: u8) -> Self {
        let history = [
            tlv(&[0xC1], &[count]),
            tlv(&[0xC2], &[0]),
            tlv(&[0xFE], &[]),
        ];
        self.put([0x5F, 0xC1, 0x0C], &history.concat());
        self
    }

    /// Tries left of the PIN that comes first.
    pub fn tries_left(&self) -> u8 {
        self.pins.left(self.reference()).unwrap_or(0)
    }

    /// How often a value was sent for the PIN.
    pub fn pins_sent(&self) -> u32 {
        self.pins.sent(self.reference())
    }

    /// How many signatures it made.
    pub fn signatures(&self) -> u32 {
        self.signatures
    }

    fn reference(&self) -> u8 {
        match self.primary {
            PrimaryPin::Application => APPLICATION_PIN,
            PrimaryPin::Global => GLOBAL_PIN,
        }
    }

    fn set_pin(&mut self, primary: PrimaryPin, tries: u8) {
        self.primary = primary;
        self.pins = Pins::new([CardPin::new(self.reference(), &padded(Self::PIN), tries)]);
        let policy = match primary {
            PrimaryPin::Application => [0x40, 0x00],
            PrimaryPin::Global => [0x60, 0x20],
        };
        let discovery = [tlv(&[0x4F], &AID), tlv(&[0x5F, 0x2F], &policy)];
        self.objects
            .insert(vec![0x7E], tlv(&[0x7E], &discovery.concat()));
    }

    fn put(&mut self, tag: [u8; 3], value: &[u8]) {
        self.objects.insert(tag.to_vec(), tlv(&[0x53], value));
    }

    fn carry_out(&mut self, command: &Command) -> (Vec<u8>, u16) {
        let status = |status| (Vec::new(), status);
        match command.header() {
            [0x00, 0xA4, 0x04, _] if AID.starts_with(&command.data) && command.data.len() >= 9 => {
                self.is_selected = true;
                self.pins.reset();
                let own = [
                    tlv(&[0x4F], &AID[5..]),
                    tlv(&[0x79], &tlv(&[0x4F], &AID[..5])),
                ];
                (tlv(&[0x61], &own.concat()), OK)
            }
            [0x00, 0xA4, ..] => status(NOT_FOUND),
            _ if !self.is_selected => status(CONDITIONS),
            [0x00, 0xCB, 0x3F, 0xFF] => match command.data.as_slice() {
                [0x5C, length, tag @ ..] if tag.len() == usize::from(*length) => {
                    match self.objects.get(tag) {
                        Some(object) => (object.clone(), OK),
                        None => status(NOT_FOUND),
                    }
                }
                _ => status(WRONG_DATA),
            },
            [0x00, 0x20, 0x00, reference] if matches!(command.data.len(), 0 | 8) => {
                status(self.pins.verify(reference, &command.data))
            }
            [0x00, 0x20, 0x00, _] => status(WRONG_DATA),
            [0x00, 0x87, algorithm, slot] => self.authenticate(algorithm, slot, &command.data),
            [0x00, 0x20 | 0xCB, ..] => status(WRONG_P1_P2),
            _ => status(UNKNOWN_INSTRUCTION),
        }
    }

    fn authenticate(&mut self, algorithm: u8, slot: u8, data: &[u8]) -> (Vec<u8>, u16) {
        let reference = self.reference();
        let Some(key) = self
            .keys
            .get(&slot)
            .filter(|key| key.algorithm == algorithm)
        else {
            return (Vec::new(), WRONG_P1_P2);
        };
        if !self.pins.is_verified(reference) {
            return (Vec::new(), SECURITY);
        }
        let Some(input) = challenge(data) else {
            return (Vec::new(), WRONG_DATA);
        };
        let Ok(value) = key.identity.sign_raw(input) else {
            return (Vec::new(), WRONG_DATA);
        };
        let value = match algorithm {
            0x11 | 0x14 => {
                let (r, s) = value.split_at(value.len() / 2);
                der::sequence(&[der::integer(r), der::integer(s)])
            }
            _ => value,
        };
        self.signatures += 1;
        if slot == SIGNATURE_KEY {
            self.pins.forget(reference);
        }
        (tlv(&[0x7C], &tlv(&[0x82], &value)), OK)
    }
}

impl Default for PivCard {
    fn default() -> Self {
        Self::new()
    }
}

impl Card for PivCard {
    fn atr(&self) -> Vec<u8> {
        self.atr.clone()
    }

    fn reset(&mut self) {
        self.is_selected = false;
        self.pins.reset();
        self.waiting.reset();
    }

    fn answer(&mut self, octets: &[u8]) -> Option<Vec<u8>> {
        let Some(mut command) = Command::read(octets, self.protocol) else {
            return Some(WRONG_LENGTH.to_be_bytes().to_vec());
        };
        if command.instruction == 0xC0 {
            return Some(self.waiting.fetch(&command));
        }
        // With T=0 a command without data has a P3 of 00 that asks for nothing.
        if command.instruction == 0x20 {
            command.expected = None;
        }
        let Some(whole) = self.waiting.chained(command) else {
            return Some(OK.to_be_bytes().to_vec());
        };
        let (data, status) = self.carry_out(&whole);
        Some(self.waiting.respond(&whole, self.protocol, &data, status))
    }
}

/// The octets to be signed in `7C { 82 empty, 81 input }`, in any order.
fn challenge(data: &[u8]) -> Option<&[u8]> {
    let (tag, template, []) = split(data)? else {
        return None;
    };
    let mut rest = (tag == 0x7C).then_some(template)?;
    let mut input = None;
    while !rest.is_empty() {
        let (tag, value, after) = split(rest)?;
        match tag {
            0x81 => input = Some(value),
            0x82 if value.is_empty() => {}
            _ => return None,
        }
        rest = after;
    }
    input
}

/// Tag, value and the rest of a data object with a tag of one octet.
fn split(octets: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&[tag, first], rest) = octets.split_first_chunk()?;
    let (length, rest) = match first {
        0..=0x7F => (usize::from(first), rest),
        0x81 => rest
            .split_first()
            .map(|(length, rest)| (usize::from(*length), rest))?,
        0x82 => {
            let (length, rest) = rest.split_first_chunk::<2>()?;
            (usize::from(u16::from_be_bytes(*length)), rest)
        }
        _ => return None,
    };
    let (value, rest) = rest.split_at_checked(length)?;
    Some((tag, value, rest))
}

fn padded(pin: &[u8]) -> Vec<u8> {
    let mut octets = pin.to_vec();
    octets.resize(8, 0xFF);
    octets
}
