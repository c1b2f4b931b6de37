//! The terminal of the test system: "Test (emulator, own key set, own stated curve)".

use pcsc_reader::uec::{Proof, PublicKey, Suite, UecTerminal};
use pcsc_reader::{CardError, CardErrorKind};
use testdata::card::Card;
use testdata::card::uec::{INFORMATION, TestTerminal, Uec};

/// A terminal with keys of its own.
pub struct Terminal {
    pub keys: TestTerminal,
    pub certificates: Vec<Vec<u8>>,
    pub information: [u8; 16],
}

impl Terminal {
    pub fn new() -> Self {
        Self::of(TestTerminal::new())
    }

    pub fn of(keys: TestTerminal) -> Self {
        Terminal {
            certificates: keys.certificates(),
            information: INFORMATION,
            keys,
        }
    }
}

fn missing<T>(value: Option<T>) -> Result<T, CardError> {
    value.ok_or_else(|| CardError::new(CardErrorKind::TerminalCredentialMissing))
}

impl UecTerminal for Terminal {
    fn information(&mut self) -> Result<[u8; 16], CardError> {
        Ok(self.information)
    }

    fn certs(&mut self, key_version: u8, suite: Suite) -> Result<Vec<Vec<u8>>, CardError> {
        assert_eq!((key_version, suite), (1, Suite::Gost));
        Ok(self.certificates.clone())
    }

    fn begin(&mut self, challenge: &[u8], card: &PublicKey) -> Result<Proof, CardError> {
        let PublicKey::Gost(key) = card else {
            return missing(None);
        };
        let part = missing(self.keys.begin(challenge, key))?;
        Ok(Proof { parts: vec![part] })
    }

    fn complete(&mut self, answer: &[u8]) -> Result<(), CardError> {
        match self.keys.complete(answer) {
            true => Ok(()),
            false => Err(CardError::new(CardErrorKind::SecureMessaging)),
        }
    }

    fn encrypt(&mut self, counter: [u8; 8], plain: &[u8]) -> Result<Vec<u8>, CardError> {
        let vector = missing(self.keys.vector(counter))?;
        missing(self.keys.encrypt(vector, plain))
    }

    fn decrypt(&mut self, counter: [u8; 8], cipher: &[u8]) -> Result<Vec<u8>, CardError> {
        let vector = missing(self.keys.vector(counter))?;
        missing(self.keys.decrypt(vector, cipher))
    }

    fn mac(&mut self, input: &[u8]) -> Result<[u8; 4], CardError> {
        missing(self.keys.mac(input))
    }
}

/// What happens to answers between the card and the program; none when the card leaves.
type Change = Box<dyn FnMut(&[u8], Vec<u8>) -> Option<Vec<u8>> + Send>;

/// A card behind somebody who changes answers.
pub struct Between {
    pub card: Uec,
    change: Change,
}

impl Between {
    pub fn new(
        card: Uec,
        change: impl FnMut(&[u8], Vec<u8>) -> Option<Vec<u8>> + Send + 'static,
    ) -> Self {
        Between {
            card,
            change: Box::new(change),
        }
    }
}

impl Card for Between {
    fn atr(&self) -> Vec<u8> {
        self.card.atr()
    }

    fn reset(&mut self) {
        self.card.reset();
    }

    fn answer(&mut self, command: &[u8]) -> Option<Vec<u8>> {
        let answer = self.card.answer(command)?;
        (self.change)(command, answer)
    }
}
