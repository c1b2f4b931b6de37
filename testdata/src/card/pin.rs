//! PINs of a card: what VERIFY says, and how many tries were spent.

/// One PIN.
#[derive(Clone)]
pub struct CardPin {
    reference: u8,
    value: Vec<u8>,
    most: u8,
    left: u8,
    is_verified: bool,
    sent: u32,
    empty_spends: bool,
}

impl CardPin {
    /// A PIN that is right when the data of VERIFY is `value`, and blocked after `most` wrong ones.
    pub fn new(reference: u8, value: &[u8], most: u8) -> Self {
        Self {
            reference,
            value: value.to_vec(),
            most,
            left: most,
            is_verified: false,
            sent: 0,
            empty_spends: false,
        }
    }

    /// With so many tries left already.
    #[must_use]
    pub fn with_left(mut self, left: u8) -> Self {
        self.left = left;
        self
    }

    /// A VERIFY without data is a wrong PIN to this card.
    #[must_use]
    pub fn spending_on_empty(mut self) -> Self {
        self.empty_spends = true;
        self
    }
}

/// The PINs of a card.
#[derive(Clone, Default)]
pub struct Pins(Vec<CardPin>);

impl Pins {
    /// These PINs.
    pub fn new(pins: impl IntoIterator<Item = CardPin>) -> Self {
        Self(pins.into_iter().collect())
    }

    /// Nothing is verified any more.
    pub fn reset(&mut self) {
        for pin in &mut self.0 {
            pin.is_verified = false;
        }
    }

    /// The PIN has been verified since the last reset.
    pub fn is_verified(&self, reference: u8) -> bool {
        self.of(reference).is_some_and(|pin| pin.is_verified)
    }

    /// The verification of this PIN is used up: the next signature wants it again.
    pub fn forget(&mut self, reference: u8) {
        if let Some(pin) = self.0.iter_mut().find(|pin| pin.reference == reference) {
            pin.is_verified = false;
        }
    }

    /// Tries that are left; none without such a PIN.
    pub fn left(&self, reference: u8) -> Option<u8> {
        self.of(reference).map(|pin| pin.left)
    }

    /// How often a value was sent to the card for this PIN, right or wrong.
    pub fn sent(&self, reference: u8) -> u32 {
        self.of(reference).map_or(0, |pin| pin.sent)
    }

    /// The status word of VERIFY (ISO/IEC 7816-4 §11.6.6): without data the state of the PIN.
    pub fn verify(&mut self, reference: u8, data: &[u8]) -> u16 {
        let Some(pin) = self.0.iter_mut().find(|pin| pin.reference == reference) else {
            return 0x6A88;
        };
        if data.is_empty() && !pin.empty_spends {
            return match pin.left {
                _ if pin.is_verified => 0x9000,
                0 => 0x6983,
                left => 0x63C0 | u16::from(left.min(15)),
            };
        }
        pin.sent += 1;
        if pin.left == 0 {
            return 0x6983;
        }
        pin.is_verified = data == pin.value;
        if pin.is_verified {
            pin.left = pin.most;
            return 0x9000;
        }
        pin.left -= 1;
        0x63C0 | u16::from(pin.left.min(15))
    }

    fn of(&self, reference: u8) -> Option<&CardPin> {
        self.0.iter().find(|pin| pin.reference == reference)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_values_spend_tries_and_the_right_one_gives_them_back() {
        let mut pins = Pins::new([CardPin::new(1, b"1234", 3)]);
        assert_eq!(pins.verify(1, b""), 0x63C3);
        assert_eq!(pins.verify(1, b"0000"), 0x63C2);
        assert_eq!(pins.verify(1, b"1234"), 0x9000);
        assert_eq!((pins.left(1), pins.sent(1)), (Some(3), 2));
        assert_eq!(pins.verify(1, b""), 0x9000);
        pins.reset();
        assert!(!pins.is_verified(1));
        for expected in [0x63C2, 0x63C1, 0x63C0, 0x6983] {
            assert_eq!(pins.verify(1, b"0000"), expected);
        }
        assert_eq!(pins.verify(1, b"1234"), 0x6983);
        assert_eq!(pins.verify(2, b"1234"), 0x6A88);
    }

    #[test]
    fn an_empty_value_is_a_wrong_one_where_the_card_takes_it_so() {
        let mut pins = Pins::new([CardPin::new(1, b"1234", 3).spending_on_empty()]);
        assert_eq!(pins.verify(1, b""), 0x63C2);
    }
}
