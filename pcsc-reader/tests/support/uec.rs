//! The terminal of the test system: "Test (emulator, own key set, own stated curve)", and reading with it.

use pcsc_reader::uec::{
    Photo, Proof, PublicKey, Suite, UecRoad, UecSettings, UecTerminal, UecVersion,
};
use pcsc_reader::{CardContents, CardError, CardErrorKind, Channel, Pin};
use testdata::card::Card;
use testdata::card::uec::{INFORMATION_RSA, TestTerminal, Uec};

use super::emulated::Emulated;

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
            information: keys.information(),
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
        let own = match self.keys.information() {
            INFORMATION_RSA => Suite::Rsa,
            _ => Suite::Gost,
        };
        assert_eq!((key_version, suite), (1, own));
        Ok(self.certificates.clone())
    }

    fn begin(
        &mut self,
        version: UecVersion,
        challenge: &[u8],
        card: &PublicKey,
    ) -> Result<Proof, CardError> {
        let key = match card {
            PublicKey::Gost(point) => point.as_slice(),
            PublicKey::Rsa { modulus, .. } => modulus,
            _ => return missing(None),
        };
        let is_v10 = version == UecVersion::V10;
        let parts = missing(self.keys.begin(is_v10, challenge, key))?;
        Ok(Proof { parts })
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

pub fn settings() -> UecSettings {
    UecSettings::builtin().unwrap()
}

pub fn pin(digits: &str) -> Pin {
    Pin::new(digits.as_bytes().to_vec().into()).unwrap_or_else(|error| panic!("{error}"))
}

pub fn facts<'c>(contents: &'c CardContents, key: &str) -> Vec<&'c str> {
    let facts = contents.facts.iter().filter(|fact| fact.key == key);
    facts.map(|fact| fact.value.as_str()).collect()
}

/// Reads all that the terminal and the PIN open.
pub fn read<C: Card>(
    card: &mut Emulated<C>,
    terminal: Option<&mut dyn UecTerminal>,
    digits: &str,
) -> (CardContents, Result<(), CardError>) {
    let (contents, result) = read_with_photo(card, terminal, digits);
    (contents, result.map(drop))
}

/// The same with the photograph.
pub fn read_with_photo<C: Card>(
    card: &mut Emulated<C>,
    terminal: Option<&mut dyn UecTerminal>,
    digits: &str,
) -> (CardContents, Result<Option<Photo>, CardError>) {
    let mut contents = CardContents::default();
    let result = UecRoad::new(settings()).read_protected(
        &mut Channel::new(card),
        terminal,
        &pin(digits),
        &mut contents,
        &mut (),
    );
    (contents, result)
}

/// Facts of the citizen that only a session opens.
pub fn assert_citizen(contents: &CardContents) {
    for (key, expected) in [
        ("snils", &["00100200304"][..]),
        ("oms_policy", &["1234567890123"]),
        ("holder_name", &["SIDOROV/PETR"]),
        ("birth_date", &["1980-02-29"]),
        ("birth_place", &[]),
        ("sex", &["мужской / male"]),
        ("surname", &["СИДОРОВ"]),
        ("given_name", &["ПЁТР"]),
        ("patronymic", &["ИВАНОВИЧ"]),
        ("address", &["УЛ. МИРА, 1"]),
        ("phone", &["+70000000000"]),
        ("email", &["p@example.test"]),
        ("oms_from", &["2011-01-01", "2011-01-01", "2009-01-01"]),
    ] {
        assert_eq!(facts(contents, key), expected, "{key}");
    }
    let codes: Vec<_> = contents.notes.iter().map(|note| note.code).collect();
    assert_eq!(codes, ["card.uec.legacy"]);
}
